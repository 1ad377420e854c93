// Statements that change rows, other than INSERTs of literals, which the parser has counted as rows of the
// load. In phases the load carries rows and could not verify what changes them on the way, so they need a
// person. Where the script's order is kept they are statements like all others, as text: what passes made of
// their expressions (bind/row_change.h) is written into it, or left for a person; there COPY's rows, which
// are no SQL, need one.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>

#include "ast/describe.h"
#include "ast/equal.h"
#include "ast/walk.h"
#include "bind/row_change.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"statement-unsupported", Severity::error, "statements",
     "CockroachDB has no such statement, and others may rely on it",
     "Write by hand what it did, or remove it from the dump."},
    {"copy-in-order", Severity::error, "rows",
     "the rows behind COPY ... FROM stdin are no statements that a file of SQL could hold in this place",
     "Write them as INSERTs, or load them with `pg2crdb compile` without --in-order and `pg2crdb load`."},
};
enum : size_t { statement_unsupported, copy_in_order };

/// Where the query divides integers and its text does not say so yet.
std::vector<size_t> integer_divisions(ast::Statement& query, const std::string& text) {
  std::vector<size_t> places;
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    const auto* operation = std::get_if<ast::Operation>(&expr.node);
    if (operation == nullptr || operation->op != std::vector<std::string>{"//"} || expr.offset < 0) return;
    const auto at = static_cast<size_t>(expr.offset);
    if (text.compare(at, 1, "/") == 0 && text.compare(at, 2, "//") != 0) places.push_back(at);
  };
  walk(query.node, visitor);
  return places;
}

/// Writes what passes changed in its queries into the text of a statement. False, and nothing is written,
/// where that is more than how integers are divided.
bool write_changes(ast::Opaque& change, const std::vector<ast::Statement*>& queries) {
  std::string text = change.text;
  std::vector<size_t> places;
  for (ast::Statement* query : queries) {
    const std::vector<size_t> more = integer_divisions(*query, text);
    places.insert(places.end(), more.begin(), more.end());
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  for (auto place = places.rbegin(); place != places.rend(); ++place) text.insert(*place, "/");
  const std::vector<ast::Query> written = bind::queries_of(text);
  if (written.size() != queries.size()) return false;
  for (size_t i = 0; i < written.size(); ++i) {
    if (!ast::equal(ast::StatementNode(ast::SelectStatement{written[i]}), queries[i]->node)) return false;
  }
  change.text = std::move(text);
  return true;
}

/// What became of the queries of a statement becomes of it.
void settle(PassContext& context, ast::Statement& change, const std::vector<ast::Statement*>& queries) {
  auto& opaque = std::get<ast::Opaque>(change.node);
  for (const ast::Statement* query : queries) {
    if (change.live() && !query->live()) context.needs_person(change, query->reason);
  }
  const auto changed = std::find_if(queries.begin(), queries.end(),
                                    [](const ast::Statement* query) { return !query->passes.empty(); });
  if (change.live() && changed != queries.end()) {
    if (write_changes(opaque, queries)) {
      context.rewritten(change);
    } else {
      const std::string reason =
          "it computes what `" + std::string((*changed)->passes.back()) + "` would have to change";
      context.report(rules[statement_unsupported], change, {},
                     "`" + opaque.kind + "` is not translated: " + reason, -1,
                     "Write its expressions as CockroachDB has them.");
      context.needs_person(change, reason);
    }
  }
  for (ast::Statement* query : queries) context.drop(*query, "it is part of another statement");
}

void settle_queries(PassContext& context) {
  std::map<ast::StatementId, std::vector<ast::Statement*>> queries;
  for (ast::Statement& statement : context.script.statements) {
    if (const ast::Statement* change = bind::row_change_of(context.script, statement))
      queries[change->id].push_back(&statement);
  }
  for (const auto& [id, of_change] : queries) settle(context, context.script.statements[id], of_change);
}

void run(PassContext& context) {
  if (context.options.in_order) settle_queries(context);
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (context.options.in_order) {
      if (!std::holds_alternative<ast::CopyFrom>(statement.node)) continue;
      const std::string table = ast::statement_object(statement.node);
      context.report(rules[copy_in_order], statement, table, "the rows of `" + table + "` are left out");
      context.needs_person(statement, "its rows are no SQL");
      continue;
    }
    const std::string kind = ast::statement_kind(statement.node);
    const bool inserts = kind == "INSERT";
    if (!inserts && kind != "UPDATE" && kind != "DELETE" && kind != "MERGE") continue;
    // Of an INSERT, the parser has said why its rows are not among the load's.
    const std::string why = inserts && !statement.reason.empty()
                                ? *statement.reason
                                : "it changes rows, which then could not be verified";
    const std::string reason = why + ": run it by hand after the migration";
    context.report(rules[statement_unsupported], statement, {},
                   "`" + kind + "` is not translated: " + reason);
    context.needs_person(statement, reason);
  }
}

}  // namespace

extern const Pass row_statements;
const Pass row_statements = {
    .name = "row-statements",
    .category = "statements",
    .fidelity = Fidelity::exact,
    .summary =
        "holds back statements that change rows; where the script's order is kept, rows that are no SQL",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
