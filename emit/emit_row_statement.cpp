#include <variant>

#include "emit/emit.h"

namespace pg2crdb {
namespace {

void write_column(SqlWriter& out, const ast::AssignedColumn& assigned) {
  out.dotted(assigned.column.names);
  for (const ast::Step& step : assigned.steps) write_step(out, step);
}

void write_columns(SqlWriter& out, const std::vector<ast::AssignedColumn>& columns) {
  if (columns.empty()) return;
  out.open();
  out.list(columns, [&out](const ast::AssignedColumn& column) { write_column(out, column); });
  out.close();
}

void write_set(SqlWriter& out, const std::vector<ast::Assignment>& assignments) {
  out.keyword("SET");
  out.list(assignments, [&out](const ast::Assignment& assignment) {
    if (assignment.row) {
      write_columns(out, assignment.columns);
    } else {
      write_column(out, assignment.columns.front());
    }
    out.keyword("=");
    write_expr(out, *assignment.value);
  });
}

void write_condition(SqlWriter& out, std::string_view words, const ast::Box<ast::Expr>& condition) {
  if (!condition) return;
  out.keyword(words);
  write_expr(out, *condition);
}

void write_where(SqlWriter& out, const ast::Box<ast::Expr>& condition, const std::string& cursor) {
  write_condition(out, "WHERE", condition);
  if (cursor.empty()) return;
  out.keyword("WHERE CURRENT OF");
  out.ident(cursor);
}

void write_overriding(SqlWriter& out, ast::Overriding overriding) {
  if (overriding == ast::Overriding::user_value) out.keyword("OVERRIDING USER VALUE");
  if (overriding == ast::Overriding::system_value) out.keyword("OVERRIDING SYSTEM VALUE");
}

void write_returning(SqlWriter& out, const ast::Returning& returning) {
  if (returning.targets.empty()) return;
  out.keyword("RETURNING");
  if (!returning.old_name.empty() || !returning.new_name.empty()) {
    out.keyword("WITH");
    out.open();
    if (!returning.old_name.empty()) {
      out.keyword("OLD AS");
      out.ident(returning.old_name);
      if (!returning.new_name.empty()) out.comma();
    }
    if (!returning.new_name.empty()) {
      out.keyword("NEW AS");
      out.ident(returning.new_name);
    }
    out.close();
  }
  write_select_items(out, returning.targets);
}

void write_conflict(SqlWriter& out, const ast::OnConflict& conflict) {
  out.keyword("ON CONFLICT");
  if (!conflict.elements.empty()) write_index_elements(out, conflict.elements);
  write_condition(out, "WHERE", conflict.predicate);
  if (!conflict.constraint.empty()) {
    out.keyword("ON CONSTRAINT");
    out.ident(conflict.constraint);
  }
  if (!conflict.update) {
    out.keyword("DO NOTHING");
    return;
  }
  out.keyword("DO UPDATE");
  write_set(out, conflict.set);
  write_condition(out, "WHERE", conflict.where);
}

void write_action(SqlWriter& out, const ast::MergeAction& action) {
  using When = ast::MergeAction::When;
  using Kind = ast::MergeAction::Kind;
  switch (action.when) {
    case When::matched:
      out.keyword("WHEN MATCHED");
      break;
    case When::not_matched_by_source:
      out.keyword("WHEN NOT MATCHED BY SOURCE");
      break;
    case When::not_matched_by_target:
      out.keyword("WHEN NOT MATCHED");
      break;
  }
  write_condition(out, "AND", action.condition);
  out.keyword("THEN");
  switch (action.kind) {
    case Kind::nothing:
      out.keyword("DO NOTHING");
      break;
    case Kind::delete_:
      out.keyword("DELETE");
      break;
    case Kind::update:
      out.keyword("UPDATE");
      write_set(out, action.set);
      break;
    case Kind::insert:
      out.keyword("INSERT");
      write_columns(out, action.columns);
      write_overriding(out, action.overriding);
      if (action.values.empty()) {
        out.keyword("DEFAULT VALUES");
      } else {
        out.keyword("VALUES");
        out.open();
        write_exprs(out, action.values);
        out.close();
      }
      break;
  }
}

}  // namespace

void write_statement(SqlWriter& out, const ast::Insert& statement) {
  write_with(out, statement.recursive, statement.with, Layout::one_line);
  out.keyword("INSERT INTO");
  write_table_ref(out, statement.table);
  write_columns(out, statement.columns);
  write_overriding(out, statement.overriding);
  if (!statement.rows.empty()) {
    out.keyword("VALUES");
    out.keyword(statement.rows);
  } else if (statement.query) {
    write_query(out, *statement.query, Layout::one_line);
  } else {
    out.keyword("DEFAULT VALUES");
  }
  if (statement.conflict) write_conflict(out, *statement.conflict);
  write_returning(out, statement.returning);
}

void write_statement(SqlWriter& out, const ast::Update& statement) {
  write_with(out, statement.recursive, statement.with, Layout::one_line);
  out.keyword("UPDATE");
  write_table_ref(out, statement.table);
  write_set(out, statement.set);
  if (!statement.from.empty()) {
    out.keyword("FROM");
    write_from_items(out, statement.from);
  }
  write_where(out, statement.where, statement.current_of);
  write_returning(out, statement.returning);
}

void write_statement(SqlWriter& out, const ast::Delete& statement) {
  write_with(out, statement.recursive, statement.with, Layout::one_line);
  out.keyword("DELETE FROM");
  write_table_ref(out, statement.table);
  if (!statement.using_.empty()) {
    out.keyword("USING");
    write_from_items(out, statement.using_);
  }
  write_where(out, statement.where, statement.current_of);
  write_returning(out, statement.returning);
}

void write_statement(SqlWriter& out, const ast::Merge& statement) {
  write_with(out, statement.recursive, statement.with, Layout::one_line);
  out.keyword("MERGE INTO");
  write_table_ref(out, statement.table);
  out.keyword("USING");
  write_from_item(out, *statement.source);
  out.keyword("ON");
  write_expr(out, *statement.on);
  for (const ast::MergeAction& action : statement.actions) write_action(out, action);
  write_returning(out, statement.returning);
}

void write_row_statement(SqlWriter& out, const ast::RowStatement& statement) {
  std::visit([&out](const auto& node) { write_statement(out, node); }, statement.node);
}

}  // namespace pg2crdb
