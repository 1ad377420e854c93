#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "ast/statement.h"

namespace pg2crdb::bind {

/// What `ALTER ROLE r SET v` or `ALTER DATABASE d SET v`, which the tree keeps word for word, is about.
struct Setting {
  std::string variable;      ///< in lower case; empty where all are meant: RESET ALL
  bool of_database = false;  ///< that it names, with a role or without
  std::string role;          ///< empty for databases, for ALL and for CURRENT_USER
  size_t role_begin = 0;     ///< where it stands in the text
  size_t role_end = 0;
};
/// Nothing where the statement is none.
std::optional<Setting> setting_of(const ast::Opaque& opaque);

}  // namespace pg2crdb::bind
