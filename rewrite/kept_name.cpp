#include "rewrite/kept_name.h"

#include <variant>

#include "ast/shown_name.h"

namespace pg2crdb::rewrite {

using ast::type_info;

namespace {

std::string called(const ast::FunctionRef& function) {
  const auto* call = function.functions.empty()
                         ? nullptr
                         : std::get_if<ast::FunctionCall>(&function.functions[0].call->node);
  return call == nullptr ? std::string() : call->name.name;
}

}  // namespace

KeptName::KeptName(const ast::TypeInfo& type, void* node) {
  if (&type == &type_info<ast::SelectItem>()) {
    auto& item = *static_cast<ast::SelectItem*>(node);
    if (!item.alias.empty() || std::holds_alternative<ast::ColumnRef>(item.expr->node)) return;
    item_ = &item;
    name_ = ast::shown_name(item);
  } else if (&type == &type_info<ast::FunctionRef>()) {
    auto& function = *static_cast<ast::FunctionRef*>(node);
    if (!function.alias.name.empty()) return;
    function_ = &function;
    name_ = called(function);
  }
}

void KeptName::keep() const {
  if (name_.empty() || name_ == ast::no_shown_name) return;
  if (item_ != nullptr && item_->alias.empty() && ast::shown_name(*item_) != name_) item_->alias = name_;
  if (function_ != nullptr && called(*function_) != name_) function_->alias.name = name_;
}

}  // namespace pg2crdb::rewrite
