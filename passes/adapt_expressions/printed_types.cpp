#include "passes/adapt_expressions/printed_types.h"

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

std::string printed_row(const ast::TypeName& type, const ast::Catalog& catalog, int depth) {
  const ast::TypeName element = element_type(type);
  if (std::string own = printed_as(type); !own.empty()) return own;
  constexpr int deepest = 8;
  const std::vector<ast::Column>* fields = depth < deepest ? fields_of(element, catalog) : nullptr;
  if (fields == nullptr) return {};
  std::string printed = "(";
  bool any = false;
  for (const ast::Column& one : *fields) {
    const std::string field = printed_row(one.type, catalog, depth + 1);
    any = any || !field.empty();
    printed += (&one == &fields->front() ? "" : ",") + field;
  }
  return any ? printed + ")" + (type.array_bounds.empty() ? "" : "[]") : std::string();
}

}  // namespace

const std::vector<ast::Column>* fields_of(const ast::TypeName& type, const ast::Catalog& catalog) {
  if (type.name.empty() || type.percent_type || type_of(element_type(type)) != Type::other) return nullptr;
  if (const ast::Statement* made = catalog.composite_type(type.name)) {
    const auto* composite = std::get_if<ast::CreateCompositeType>(&made->node);
    return composite == nullptr ? nullptr : &composite->attributes;
  }
  const ast::Statement* made = catalog.table(type.name);
  const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
  const bool is_known = table != nullptr && table->inherits.empty() && table->likes.empty();
  return is_known ? &table->columns : nullptr;
}

std::string printed_as(const ast::TypeName& type, const ast::Catalog& catalog) {
  return printed_row(type, catalog, 0);
}

}  // namespace pg2crdb::adapt
