#include <fmt/format.h>

#include <set>
#include <utility>

#include "runtime/connection.h"
#include "runtime/runtime.h"
#include "runtime/violations.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

struct Constraint {
  ObjectName table;
  std::string name, kind;
  std::string full_table() const { return quote_name(table.schema, table.name); }
};

std::string_view kind_of(std::string_view contype) {
  if (contype == "f") return "FOREIGN KEY";
  if (contype == "c") return "CHECK";
  if (contype == "u") return "UNIQUE";
  return contype == "n" ? "NOT NULL" : "constraint";
}

Result<std::vector<Constraint>> unvalidated(Connection& connection) {
  const Result<Rows> rows = connection.query(
      "SELECT n.nspname, c.relname, k.conname, k.contype FROM pg_catalog.pg_constraint k"
      " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace"
      " WHERE NOT k.convalidated AND n.nspname NOT IN"
      " ('pg_catalog', 'information_schema', 'crdb_internal', 'pg_extension') ORDER BY 1, 2, 3");
  if (!rows) return rows.error();
  std::vector<Constraint> out;
  for (const std::vector<std::string>& row : rows->values) {
    out.push_back({{row[0], row[1]}, row[2], std::string(kind_of(row[3]))});
  }
  return out;
}

// SHOW CONSTRAINTS is what a person would look at: it must agree.
Result<void> check_none_left(Connection& connection, const std::set<ObjectName>& tables) {
  for (const ObjectName& table : tables) {
    const std::string name = quote_name(table.schema, table.name);
    const Result<Rows> rows = connection.query(
        fmt::format("SELECT constraint_name FROM [SHOW CONSTRAINTS FROM {}] WHERE NOT validated", name));
    if (!rows) return rows.error();
    if (rows->size() > 0) {
      return Error{
          .kind = Error::Kind::interrupted,
          .message = fmt::format("constraint {} on {} is still not validated, although VALIDATE CONSTRAINT "
                                 "succeeded",
                                 rows->values[0][0], name),
          .sqlstate = {},
          .advice = "run `pg2crdb revalidate` again"};
    }
  }
  return {};
}

/// The server names one row; a person has to correct them all.
void name_rows(Connection& connection, const Constraint& constraint, uint64_t most, Observer& observer) {
  const Result<std::vector<std::string>> rows =
      violating_rows(connection, constraint.table, constraint.name, most + 1);
  if (!rows) {
    observer.problem(
        fmt::format("the rows that break {} cannot be named: {}", constraint.name, rows.error().message));
    return;
  }
  for (size_t i = 0; i < rows->size() && i < most; ++i)
    observer.problem(fmt::format("{} of {} breaks {}", (*rows)[i], constraint.full_table(), constraint.name));
  if (rows->size() > most)
    observer.problem(fmt::format("more rows of {} break {}", constraint.full_table(), constraint.name));
}

}  // namespace

Result<std::vector<Revalidated>> revalidate(const std::string& target, Observer& observer,
                                            uint64_t max_named_rows) {
  Result<Connection> connection = Connection::open(target);
  if (!connection) return connection.error();
  const Result<std::vector<Constraint>> found = unvalidated(*connection);
  if (!found) return found.error();

  std::vector<Revalidated> validated;
  std::set<ObjectName> tables;
  std::string failures;
  std::string sqlstate;
  size_t failed = 0;
  bool broken_by_rows = true;
  for (const Constraint& constraint : *found) {
    if (stop_requested) {
      return Error{.kind = Error::Kind::interrupted,
                   .message = fmt::format("stopped: {} of {} were validated", validated.size(),
                                          counted(found->size(), "constraint")),
                   .sqlstate = {},
                   .advice = "run `pg2crdb revalidate` again"};
    }
    const Result<void> done = connection->execute(fmt::format(
        "ALTER TABLE {} VALIDATE CONSTRAINT {}", constraint.full_table(), quote_identifier(constraint.name)));
    if (!done) {
      if (done.error().sqlstate.empty()) return done.error();
      if (failed++ == 0) sqlstate = done.error().sqlstate;
      broken_by_rows = broken_by_rows && done.error().sqlstate.starts_with("23");
      const std::string failure =
          fmt::format("{} ({}) on {}: ERROR {}: {}", constraint.name, constraint.kind,
                      constraint.full_table(), done.error().sqlstate, done.error().message);
      observer.log("cannot validate constraint " + failure);
      if (done.error().sqlstate.starts_with("23"))
        name_rows(*connection, constraint, max_named_rows, observer);
      failures += (failures.empty() ? "" : "; ") + failure;
      continue;
    }
    observer.log(fmt::format("validated constraint {} ({}) on {}", constraint.name, constraint.kind,
                             constraint.full_table()));
    validated.push_back({constraint.table, constraint.name, constraint.kind});
    tables.insert(constraint.table);
  }
  if (failed > 0) {
    return Error{
        .kind = broken_by_rows ? Error::Kind::differs : Error::Kind::interrupted,
        .message = fmt::format("{} of {} cannot be validated: {}", failed,
                               counted(found->size(), "constraint"), failures),
        .sqlstate = sqlstate,
        .advice =
            "correct the rows that break them, on the target or in the source and load again; then run "
            "`pg2crdb revalidate` again"};
  }
  const Result<std::vector<Constraint>> left = unvalidated(*connection);
  if (!left) return left.error();
  if (!left->empty()) {
    return Error{.kind = Error::Kind::interrupted,
                 .message = fmt::format("constraint {} on {} is not validated: it appeared while others were",
                                        left->front().name, left->front().full_table()),
                 .sqlstate = {},
                 .advice = "run `pg2crdb revalidate` again"};
  }
  if (connection->is_cockroachdb()) {
    const Result<void> none_left = check_none_left(*connection, tables);
    if (!none_left) return none_left.error();
  }
  return validated;
}

}  // namespace pg2crdb
