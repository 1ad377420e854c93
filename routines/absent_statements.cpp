// TRUNCATE and SET in bodies.
#include "routines/absent_statements.h"

#include <algorithm>
#include <utility>

#include "emit/sql.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {
namespace {

/// `DELETE FROM t` for each table. What else TRUNCATE does is not seen by a body: where its rows lie, and
/// that none of them is looked at.
std::vector<ast::StatementNode> deletions(const ast::Truncate& truncate, const ast::Catalog& catalog,
                                          const std::set<ast::ObjectId>* emptied_otherwise) {
  std::vector<ast::StatementNode> result;
  if (truncate.restart_identity || emptied_otherwise == nullptr) return result;
  for (const ast::Name& name : truncate.tables) {
    const ast::Statement* made = catalog.table(name);
    const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    if (table == nullptr || emptied_otherwise->contains(table->name.object)) return {};
    ast::Delete one;
    one.table.name = name;
    result.emplace_back(std::move(one));
  }
  return result;
}

/// `SELECT set_config('a.b', 'text', true)`: one with a dot in its name takes any text.
std::vector<ast::StatementNode> setting(const ast::SetVariable& set) {
  const bool is_own = set.kind == ast::SetVariable::Kind::value && set.values.size() == 1 &&
                      set.name.find('.') != std::string::npos;
  const auto* value = is_own ? std::get_if<ast::Literal>(&set.values[0].node) : nullptr;
  if (value == nullptr || value->kind != ast::Literal::Kind::string) return {};
  ast::FunctionCall call;
  call.name.name = "set_config";
  call.arguments.push_back(text_literal(set.name));
  call.arguments.push_back(text_literal(value->text));
  call.arguments.push_back({ast::Literal{ast::Literal::Kind::boolean, set.local ? "true" : "false"}});
  ast::SelectItem item;
  item.expr = ast::Expr{std::move(call)};
  ast::SelectStatement select;
  select.query->targets.push_back(std::move(item));
  std::vector<ast::StatementNode> result;
  result.emplace_back(std::move(select));
  return result;
}

}  // namespace

std::vector<ast::StatementNode> written_otherwise(const ast::StatementNode& node, const ast::Catalog& catalog,
                                                  const std::set<ast::ObjectId>* emptied_otherwise) {
  if (const auto* truncate = std::get_if<ast::Truncate>(&node))
    return deletions(*truncate, catalog, emptied_otherwise);
  const auto* set = std::get_if<ast::SetVariable>(&node);
  return set == nullptr ? std::vector<ast::StatementNode>() : setting(*set);
}

/// They leave FOUND and ROW_COUNT as they were.
void convert_absent_statements(Conversion& conversion) {
  using namespace ast::plpgsql;
  const auto counts = [](const transform::Token& token) {
    return token.is("found") || token.is("row_count");
  };
  const Routine& routine = conversion.routine;
  if (std::ranges::any_of(conversion.tokens(), counts)) return;
  each_part(conversion.body, [&](Statements& statements) {
    std::vector<Statement> all;
    for (Statement& one : statements.list) {
      const auto* run = std::get_if<RunSql>(&one.node);
      std::vector<ast::StatementNode> now;
      if (run != nullptr)
        now = written_otherwise(run->sql.statement, routine.catalog, routine.emptied_otherwise);
      if (now.empty()) {
        all.push_back(std::move(one));
        continue;
      }
      const bool truncates = std::holds_alternative<ast::Truncate>(run->sql.statement);
      conversion.note(truncates ? "TRUNCATE" : "SET", one.offset);
      for (ast::StatementNode& node : now) {
        Statement written = &node == &now.front() ? one : Statement();
        if (auto* select = std::get_if<ast::SelectStatement>(&node)) {
          Perform perform;
          perform.query.node = std::move(*select->query->targets[0].expr);
          written.node = std::move(perform);
        } else {
          RunSql changed;
          changed.sql.statement = ast::Opaque{"DELETE", to_sql(node, Dialect::cockroachdb)};
          written.node = std::move(changed);
        }
        all.push_back(std::move(written));
      }
    }
    statements.list = std::move(all);
  });
}

}  // namespace pg2crdb::routines
