// INTO of a statement that changes rows: of several PostgreSQL makes an error (P0003), CockroachDB takes the
// first (source of its PL/pgSQL). STRICT asks for one row, so the statement is given one where it has none:
// `SELECT changed.* INTO STRICT v FROM (SELECT 1) LEFT JOIN changed ON true`.
#include <algorithm>
#include <utility>

#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "routines/single_rows.h"
#include "routines/text_statements.h"
#include "routines/told_rows.h"
#include "support/ascii.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// Whether it was EXECUTE, which takes the first row in PostgreSQL, too.
bool was_text(const Conversion& conversion, const Statement& statement) {
  constexpr std::string_view execute = "execute";
  return statement.offset >= 0 &&
         lower(conversion.text.substr(static_cast<size_t>(statement.offset), execute.size())) == execute;
}

}  // namespace

void convert_changed_into(Conversion& conversion) {
  const Target& target = conversion.routine.target;
  if (target.has(Capability::plpgsql_one_changed_row)) return;
  std::string changed, any;
  each_part(conversion.body, [&](Statement& statement) {
    auto* run = std::get_if<RunSql>(&statement.node);
    auto* text = run == nullptr ? nullptr : std::get_if<ast::Opaque>(&run->sql.statement);
    if (text == nullptr || run->into.targets.empty() || run->into.strict) return;
    const std::optional<ToldRows::Dml> dml = ToldRows::read(*run);
    if (!dml || !dml->returns) return;
    bool is_single = false;
    ast::Opaque looked_at = *text;
    adapt_text(looked_at, 0,
               [&](ast::StatementNode& node) { is_single = changes_one_row(conversion, node); });
    if (is_single) return;
    const bool takes_first = was_text(conversion, statement);
    if (!target.has(Capability::with_in_bodies) || !target.has(Capability::plpgsql_into_strict)) {
      if (!takes_first) conversion.note_first_row(run->into.targets[0].names[0], statement.offset);
      return;
    }
    if (changed.empty()) changed = conversion.new_name("changed");
    if (any.empty() && !takes_first) any = conversion.new_name("any_row");
    const std::string from =
        takes_first ? changed : "(SELECT 1) AS " + any + " LEFT JOIN " + changed + " ON true";
    run->sql.statement = ast::Opaque{"SELECT", dml->with_list() + changed + " AS (" + dml->text +
                                                   ") SELECT " + changed + ".* FROM " + from};
    run->into.strict = !takes_first;
    conversion.note("INTO of what may change several rows", statement.offset);
  });
}

}  // namespace pg2crdb::routines
