#include "emit/order.h"

#include <algorithm>
#include <tuple>

namespace pg2crdb {

std::vector<OrderedStatement> output_order(const ast::Script& script) {
  std::vector<OrderedStatement> order;
  const auto shown = [](const ast::Statement& statement) {
    return statement.fate == ast::Fate::needs_person ||
           (statement.live() && !std::holds_alternative<ast::CopyFrom>(statement.node));
  };
  for (const ast::StatementId id : script.order) {
    if (shown(script.statements[id])) order.push_back({&script.statements[id], script.statements[id].phase});
  }
  if (!script.order.empty()) return order;
  for (const ast::Statement& statement : script.statements) {
    if (shown(statement)) order.push_back({&statement, statement.phase});
  }
  std::stable_sort(order.begin(), order.end(), [](const OrderedStatement& a, const OrderedStatement& b) {
    const Span& left = a.statement->span;
    const Span& right = b.statement->span;
    return std::tuple(a.phase, left.file, left.begin) < std::tuple(b.phase, right.file, right.begin);
  });
  return order;
}

}  // namespace pg2crdb
