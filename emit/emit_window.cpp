#include <cstdint>

#include "emit/emit.h"

namespace pg2crdb {
namespace {

/// PostgreSQL's FRAMEOPTION_* bits, nodes/parsenodes.h.
enum Frame : int64_t {
  non_default = 0x1,
  range = 0x2,
  rows = 0x4,
  groups = 0x8,
  between = 0x10,
  start_unbounded_preceding = 0x20,
  end_unbounded_preceding = 0x40,
  start_unbounded_following = 0x80,
  end_unbounded_following = 0x100,
  start_current_row = 0x200,
  end_current_row = 0x400,
  start_offset_preceding = 0x800,
  end_offset_preceding = 0x1000,
  start_offset_following = 0x2000,
  end_offset_following = 0x4000,
  exclude_current_row = 0x8000,
  exclude_group = 0x10000,
  exclude_ties = 0x20000,
};

void write_frame(SqlWriter& out, const ast::Window& window) {
  const int64_t options = window.frame_options;
  if (!(options & non_default)) return;
  out.keyword(options & rows ? "ROWS" : options & groups ? "GROUPS" : "RANGE");
  if (options & between) out.keyword("BETWEEN");
  if (options & start_unbounded_preceding) out.keyword("UNBOUNDED PRECEDING");
  if (options & start_unbounded_following) out.keyword("UNBOUNDED FOLLOWING");
  if (options & start_current_row) out.keyword("CURRENT ROW");
  if (options & (start_offset_preceding | start_offset_following)) {
    write_operand(out, *window.start_offset, Level::sign);
    out.keyword(options & start_offset_preceding ? "PRECEDING" : "FOLLOWING");
  }
  if (options & between) {
    out.keyword("AND");
    if (options & end_unbounded_preceding) out.keyword("UNBOUNDED PRECEDING");
    if (options & end_unbounded_following) out.keyword("UNBOUNDED FOLLOWING");
    if (options & end_current_row) out.keyword("CURRENT ROW");
    if (options & (end_offset_preceding | end_offset_following)) {
      write_operand(out, *window.end_offset, Level::sign);
      out.keyword(options & end_offset_preceding ? "PRECEDING" : "FOLLOWING");
    }
  }
  if (options & exclude_current_row) out.keyword("EXCLUDE CURRENT ROW");
  if (options & exclude_group) out.keyword("EXCLUDE GROUP");
  if (options & exclude_ties) out.keyword("EXCLUDE TIES");
}

}  // namespace

void write_order(SqlWriter& out, ast::SortOrder order, ast::NullsOrder nulls) {
  if (order == ast::SortOrder::ascending) out.keyword("ASC");
  if (order == ast::SortOrder::descending) out.keyword("DESC");
  if (nulls == ast::NullsOrder::first) out.keyword("NULLS FIRST");
  if (nulls == ast::NullsOrder::last) out.keyword("NULLS LAST");
}

void write_sort_items(SqlWriter& out, const std::vector<ast::SortItem>& items) {
  out.list(items, [&out](const ast::SortItem& item) {
    write_expr(out, *item.expr);
    if (!item.using_operator.empty()) {
      out.keyword("USING");
      write_operator(out, item.using_operator);
    }
    write_order(out, item.order, item.nulls);
  });
}

void write_window(SqlWriter& out, const ast::Window& window) {
  out.open();
  if (!window.references.empty()) out.ident(window.references);
  if (!window.partition_by.empty()) {
    out.keyword("PARTITION BY");
    write_exprs(out, window.partition_by);
  }
  if (!window.order_by.empty()) {
    out.keyword("ORDER BY");
    write_sort_items(out, window.order_by);
  }
  write_frame(out, window);
  out.close();
}

}  // namespace pg2crdb
