#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ast/statement.h"

namespace pg2crdb {

/// A name in SQL that the tree keeps as text.
struct NameUse {
  enum class Kind { relation, type, routine };
  Kind kind = Kind::relation;
  ast::Name name;
  size_t begin = 0;
  size_t end = 0;
  int arguments = -1;
  std::vector<ast::TypeName> argument_types;
  bool changes = false;
};
struct TextNames {
  std::vector<NameUse> names;
  std::vector<std::string> unread;
};
TextNames names_in_sql(std::string_view sql);
TextNames names_in_plpgsql(std::string_view body);
TextNames names_in(const ast::CreateFunction& function);
TextNames names_in(const ast::DoBlock& block);

}  // namespace pg2crdb
