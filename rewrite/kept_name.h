#pragma once
#include <string>

#include "ast/reflect.h"
#include "ast/statement.h"

namespace pg2crdb::rewrite {

/// What is shown or read without an alias is called by its expression: where that is written in another way,
/// the name stays. What was a column before is called as the rule calls it.
class KeptName {
 public:
  /// Of a node before rules have changed it; it lives at least as long.
  KeptName(const ast::TypeInfo& type, void* node);

  /// Once they have: gives it the name that it had, where it would have another one.
  void keep() const;

 private:
  ast::SelectItem* item_ = nullptr;
  ast::FunctionRef* function_ = nullptr;
  std::string name_;
};

}  // namespace pg2crdb::rewrite
