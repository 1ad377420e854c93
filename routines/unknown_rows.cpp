// Loops over queries, and records, that are left: what of them the dump does not have.
#include "routines/unknown_rows.h"

#include <algorithm>
#include <set>

#include "ast/describe.h"
#include "ast/walk.h"
#include "target/functions.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

std::vector<Change> unknown_rows(Conversion& conversion) {
  std::vector<Change> result;
  const Routine& routine = conversion.routine;
  const auto look_into = [&](StaticSql& sql) {
    auto* select = std::get_if<ast::SelectStatement>(&sql.statement);
    if (select == nullptr) return;
    std::set<std::string> own;
    std::vector<std::string> unknown;
    ast::Visitor look;
    look.query = [&](ast::Query& query) {
      for (const ast::CommonTable& one : query.with) own.insert(one.name);
    };
    ast::walk(*select->query, look);
    look = {};
    // The system's own, and those that a trigger calls the changed rows.
    const auto add = [&](const ast::Name& name) {
      const bool is_system = name.schema == "pg_catalog" || name.schema == "information_schema" ||
                             (name.schema.empty() && name.name.starts_with("pg_"));
      if (is_system || (name.schema.empty() && !routine.fired_by.empty())) return;
      const std::string written = "`" + to_string(name) + "`";
      if (std::ranges::find(unknown, written) == unknown.end()) unknown.push_back(written);
    };
    look.table_ref = [&](ast::TableRef& table) {
      const bool is_own = table.name.schema.empty() && own.contains(table.name.name);
      if (!is_own && routine.relation(table.name) == nullptr) add(table.name);
    };
    look.expr = [&](ast::Expr& expr) {
      const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
      const bool is_known = call == nullptr || routine.catalog.has_function(call->name) ||
                            ((call->name.schema.empty() || call->name.schema == "pg_catalog") &&
                             is_built_in_function(call->name.name));
      if (!is_known) add(call->name);
    };
    ast::walk(*select->query, look);
    if (unknown.empty()) return;
    std::string names;
    for (const std::string& one : unknown) names += (names.empty() ? "" : ", ") + one;
    const auto begin = conversion.text.begin();
    const auto offset = static_cast<size_t>(std::max(sql.offset, 0));
    const size_t line =
        1 + static_cast<size_t>(std::count(
                begin, begin + static_cast<std::ptrdiff_t>(std::min(offset, conversion.text.size())), '\n'));
    result.push_back({"What " + names + " gives in body line " + std::to_string(line) +
                          " is not known: write it down in a file that is compiled in front "
                          "(docs/routines.md).",
                      line, offset});
  };
  each_part(conversion.body, [&](ForRows& loop) {
    if (auto* sql = std::get_if<StaticSql>(&loop.rows)) look_into(*sql);
  });
  each_part(conversion.body, [&](RunSql& run) {
    if (run.into.targets.size() == 1) look_into(run.sql);
  });
  return result;
}

}  // namespace pg2crdb::routines
