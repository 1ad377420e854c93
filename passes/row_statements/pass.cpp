// Statements that change rows, other than INSERTs of literals, which the parser has counted as rows of the
// load. In phases the load carries rows and could not verify what changes them on the way, so they need a
// person. Where the script's order is kept they are statements like all others; there COPY's rows, which are
// no SQL, need one.
#include "rewrite/pass.h"

#include "ast/describe.h"

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

void run(PassContext& context) {
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
