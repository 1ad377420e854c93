#include "order/names.h"

namespace pg2crdb::order {

const ast::Name* name_made_by(const ast::StatementNode& node) {
  if (const auto* table = std::get_if<ast::CreateTable>(&node)) return &table->name;
  if (const auto* view = std::get_if<ast::CreateView>(&node)) return &view->name;
  if (const auto* as = std::get_if<ast::CreateTableAs>(&node)) return &as->name;
  if (const auto* sequence = std::get_if<ast::CreateSequence>(&node)) return &sequence->name;
  if (const auto* one = std::get_if<ast::CreateEnum>(&node)) return &one->name;
  if (const auto* composite = std::get_if<ast::CreateCompositeType>(&node)) return &composite->name;
  if (const auto* domain = std::get_if<ast::CreateDomain>(&node)) return &domain->name;
  if (const auto* function = std::get_if<ast::CreateFunction>(&node)) return &function->name;
  return nullptr;
}

}  // namespace pg2crdb::order
