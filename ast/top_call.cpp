#include "ast/top_call.h"

namespace pg2crdb::ast {

const FunctionCall* top_call(const StatementNode& node) {
  const auto* select = std::get_if<SelectStatement>(&node);
  if (select == nullptr || select->query->targets.size() != 1) return nullptr;
  const Query& query = *select->query;
  if (const Expr* const target = query.targets.front().expr ? &*query.targets.front().expr : nullptr) {
    if (const auto* call = std::get_if<FunctionCall>(&target->node)) return call;
    const auto* column = std::get_if<ColumnRef>(&target->node);
    if (column == nullptr || !column->star) return nullptr;
  }
  if (query.from.size() != 1) return nullptr;
  const auto* function = std::get_if<FunctionRef>(&query.from.front().node);
  if (function == nullptr || function->functions.size() != 1) return nullptr;
  return std::get_if<FunctionCall>(&function->functions.front().call->node);
}

}  // namespace pg2crdb::ast
