#include <stdexcept>
#include <variant>

#include "emit/emit.h"

namespace pg2crdb {
namespace {

using ast::Query;

constexpr int clause_indent = 2;

/// A clause begins: on a line of its own, or not.
void begin_clause(SqlWriter& out, Layout layout, std::string_view words) {
  if (layout == Layout::lines) out.line(clause_indent);
  out.keyword(words);
}

void write_alias(SqlWriter& out, const ast::Alias& alias) {
  if (alias.name.empty()) return;
  out.keyword("AS");
  out.ident(alias.name);
  if (!alias.columns.empty()) out.ident_list(alias.columns);
}

void write_column_definitions(SqlWriter& out, const std::vector<ast::ColumnDefinition>& columns) {
  out.open();
  out.list(columns, [&out](const ast::ColumnDefinition& column) {
    out.ident(column.name);
    write_type(out, column.type);
    if (!column.collation.empty()) {
      out.keyword("COLLATE");
      out.name(column.collation);
    }
  });
  out.close();
}

void write(SqlWriter& out, const ast::TableRef& table) {
  write_table_ref(out, table);
}

void write(SqlWriter& out, const ast::SubqueryRef& subquery) {
  if (subquery.lateral) out.keyword("LATERAL");
  out.open();
  write_query(out, *subquery.query, Layout::one_line);
  out.close();
  write_alias(out, subquery.alias);
}

void write(SqlWriter& out, const ast::FunctionRef& function) {
  if (function.lateral) out.keyword("LATERAL");
  if (function.rows_from) {
    out.keyword("ROWS FROM");
    out.open();
  }
  out.list(function.functions, [&out](const ast::FunctionRef::Function& item) {
    write_expr(out, *item.call);
    if (item.columns.empty()) return;
    out.keyword("AS");
    write_column_definitions(out, item.columns);
  });
  if (function.rows_from) out.close();
  if (function.ordinality) out.keyword("WITH ORDINALITY");
  if (function.columns.empty()) {
    write_alias(out, function.alias);
    return;
  }
  out.keyword("AS");
  if (!function.alias.name.empty()) out.ident(function.alias.name);
  write_column_definitions(out, function.columns);
}

void write_join_side(SqlWriter& out, const ast::FromItem& item, bool right) {
  const auto* join = std::get_if<ast::Join>(&item.node);
  // A join with an alias brings its own parentheses.
  if (!join || !right || !join->alias.name.empty()) {
    write_from_item(out, item);
    return;
  }
  out.open();
  write_from_item(out, item);
  out.close();
}

void write(SqlWriter& out, const ast::Join& join) {
  using Kind = ast::Join::Kind;
  const bool parentheses = !join.alias.name.empty();
  if (parentheses) out.open();
  write_join_side(out, *join.left, false);
  if (join.natural) out.keyword("NATURAL");
  switch (join.kind) {
    case Kind::inner:
      out.keyword("JOIN");
      break;
    case Kind::left:
      out.keyword("LEFT JOIN");
      break;
    case Kind::right:
      out.keyword("RIGHT JOIN");
      break;
    case Kind::full:
      out.keyword("FULL JOIN");
      break;
    case Kind::cross:
      out.keyword("CROSS JOIN");
      break;
  }
  write_join_side(out, *join.right, true);
  if (!join.using_columns.empty()) {
    out.keyword("USING");
    out.ident_list(join.using_columns);
    if (!join.using_alias.empty()) {
      out.keyword("AS");
      out.ident(join.using_alias);
    }
  }
  if (join.on) {
    out.keyword("ON");
    write_expr(out, *join.on);
  }
  if (parentheses) {
    out.close();
    write_alias(out, join.alias);
  }
}

}  // namespace

void write_table_ref(SqlWriter& out, const ast::TableRef& table) {
  if (table.only) out.keyword("ONLY");
  out.name(table.name);
  write_alias(out, table.alias);
}

void write_from_item(SqlWriter& out, const ast::FromItem& item) {
  std::visit([&out](const auto& node) { write(out, node); }, item.node);
}

void write_from_items(SqlWriter& out, const std::vector<ast::FromItem>& items) {
  out.list(items, [&out](const ast::FromItem& item) { write_from_item(out, item); });
}

void write_select_items(SqlWriter& out, const std::vector<ast::SelectItem>& items) {
  out.list(items, [&out](const ast::SelectItem& item) {
    write_expr(out, *item.expr);
    if (item.alias.empty()) return;
    out.keyword("AS");
    out.ident(item.alias);
  });
}

void write_with(SqlWriter& out, bool recursive, const std::vector<ast::CommonTable>& tables, Layout layout) {
  if (tables.empty()) return;
  out.keyword(recursive ? "WITH RECURSIVE" : "WITH");
  bool first = true;
  for (const ast::CommonTable& table : tables) {
    if (!first) {
      out.comma();
      if (layout == Layout::lines) out.line(clause_indent);
    }
    first = false;
    out.ident(table.name);
    if (!table.columns.empty()) out.ident_list(table.columns);
    out.keyword("AS");
    if (table.materialized == ast::CommonTable::Materialized::always) out.keyword("MATERIALIZED");
    if (table.materialized == ast::CommonTable::Materialized::never) out.keyword("NOT MATERIALIZED");
    out.open();
    if (table.query) {
      write_query(out, *table.query, Layout::one_line);
    } else if (table.change) {
      write_row_statement(out, *table.change);
    } else {
      throw std::logic_error("a common table has no query");
    }
    out.close();
  }
  if (layout == Layout::lines) out.line(clause_indent);
}

namespace {

/// Whether a query has to stand in parentheses to be a side of `operation`.
bool needs_parentheses(const Query& side, Query::SetOperation operation, bool right) {
  if (!side.with.empty() || !side.order_by.empty() || side.limit || side.offset || !side.locking.empty())
    return true;
  if (side.set_operation == Query::SetOperation::none) return false;
  const bool intersects = operation == Query::SetOperation::intersect;
  const bool side_intersects = side.set_operation == Query::SetOperation::intersect;
  if (intersects != side_intersects) return intersects;
  return right;
}

void write_side(SqlWriter& out, const Query& side, Query::SetOperation operation, bool right, Layout layout) {
  if (!needs_parentheses(side, operation, right)) {
    write_query(out, side, layout);
    return;
  }
  out.open();
  write_query(out, side, Layout::one_line);
  out.close();
}

void write_set_operation(SqlWriter& out, const Query& query, Layout layout) {
  write_side(out, *query.left, query.set_operation, false, layout);
  switch (query.set_operation) {
    case Query::SetOperation::none:
      break;
    case Query::SetOperation::union_:
      begin_clause(out, layout, "UNION");
      break;
    case Query::SetOperation::intersect:
      begin_clause(out, layout, "INTERSECT");
      break;
    case Query::SetOperation::except:
      begin_clause(out, layout, "EXCEPT");
      break;
  }
  if (query.set_all) out.keyword("ALL");
  if (layout == Layout::lines) out.line(clause_indent);
  write_side(out, *query.right, query.set_operation, true, layout);
}

void write_values(SqlWriter& out, const Query& query) {
  out.keyword("VALUES");
  out.list(query.values, [&out](const std::vector<ast::Expr>& row) {
    out.open();
    write_exprs(out, row);
    out.close();
  });
}

void write_select(SqlWriter& out, const Query& query, Layout layout) {
  out.keyword("SELECT");
  if (query.distinct) out.keyword("DISTINCT");
  if (!query.distinct_on.empty()) {
    out.keyword("ON");
    out.open();
    write_exprs(out, query.distinct_on);
    out.close();
  }
  write_select_items(out, query.targets);
  if (!query.from.empty()) {
    begin_clause(out, layout, "FROM");
    write_from_items(out, query.from);
  }
  if (query.where) {
    begin_clause(out, layout, "WHERE");
    write_expr(out, *query.where);
  }
  if (!query.group_by.empty()) {
    begin_clause(out, layout, query.group_distinct ? "GROUP BY DISTINCT" : "GROUP BY");
    write_exprs(out, query.group_by);
  }
  if (query.having) {
    begin_clause(out, layout, "HAVING");
    write_expr(out, *query.having);
  }
  if (!query.windows.empty()) {
    begin_clause(out, layout, "WINDOW");
    out.list(query.windows, [&out](const ast::Window& window) {
      out.ident(window.name);
      out.keyword("AS");
      write_window(out, window);
    });
  }
}

void write_limit(SqlWriter& out, const Query& query, Layout layout) {
  if (query.limit && !query.limit_with_ties) {
    begin_clause(out, layout, "LIMIT");
    const auto* literal = std::get_if<ast::Literal>(&query.limit->node);
    if (literal && literal->kind == ast::Literal::Kind::null) {
      out.keyword("ALL");
    } else {
      write_expr(out, *query.limit);
    }
  }
  if (query.offset) {
    begin_clause(out, layout, "OFFSET");
    write_expr(out, *query.offset);
  }
  if (query.limit && query.limit_with_ties) {
    begin_clause(out, layout, "FETCH FIRST");
    write_operand(out, *query.limit, Level::primary);
    out.keyword("ROWS WITH TIES");
  }
}

}  // namespace

void write_query(SqlWriter& out, const Query& query, Layout layout) {
  write_with(out, query.recursive, query.with, layout);
  if (query.set_operation != Query::SetOperation::none) {
    write_set_operation(out, query, layout);
  } else if (!query.values.empty()) {
    write_values(out, query);
  } else {
    write_select(out, query, layout);
  }
  if (!query.order_by.empty()) {
    begin_clause(out, layout, "ORDER BY");
    write_sort_items(out, query.order_by);
  }
  write_limit(out, query, layout);
  for (const ast::Locking& locking : query.locking) {
    begin_clause(out, layout, "FOR");
    out.keyword(locking.strength);
    if (!locking.tables.empty()) {
      out.keyword("OF");
      out.list(locking.tables, [&out](const ast::Name& table) { out.name(table); });
    }
    if (!locking.wait.empty()) out.keyword(locking.wait);
  }
}

}  // namespace pg2crdb
