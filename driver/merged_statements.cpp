#include "driver/merged_statements.h"

#include <variant>

namespace pg2crdb {
namespace {

/// Where a part of an ALTER TABLE may have gone of which something is left, or was until a pass dropped it.
ast::StatementId table_of(const ast::Statement& statement, const ast::Script& script) {
  const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
  if (alter == nullptr || statement.fate == ast::Fate::kept || alter->name.object >= script.objects.size())
    return ast::no_statement;
  return script.objects[alter->name.object].created;
}

}  // namespace

std::vector<MergedStatement> merged_statements(const ast::Script& script) {
  std::vector<MergedStatement> merged;
  for (const ast::Statement& statement : script.statements) {
    ast::StatementId into =
        statement.fate == ast::Fate::merged ? statement.merged_into : table_of(statement, script);
    if (into >= script.statements.size()) continue;
    while (script.statements[into].fate == ast::Fate::merged) into = script.statements[into].merged_into;
    merged.push_back({statement.span, script.statements[into].span});
  }
  return merged;
}

}  // namespace pg2crdb
