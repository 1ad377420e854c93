#include "bind/assigned_values.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "bind/history.h"
#include "parser/parser.h"

namespace pg2crdb::bind {
namespace {

class AssignedValues {
 public:
  AssignedValues(const ast::Statement& statement, const ast::Script& script,
                 const std::function<bool(ObjectId)>& wanted,
                 const std::function<void(ast::Expr&, ObjectId)>& look)
      : statement_(statement), script_(script), wanted_(wanted), look_(look) {}

  void operator()(ast::Insert& insert) const {
    with(insert.with);
    const std::vector<ObjectId> columns = columns_of(insert);
    if (std::any_of(columns.begin(), columns.end(), [&](ObjectId id) { return is_wanted(id); })) {
      if (!insert.rows.empty()) read_rows(insert);
      if (insert.query) query(*insert.query, columns);
    }
    if (insert.conflict) set(insert.conflict->set);
  }
  void operator()(ast::Update& update) const {
    with(update.with);
    set(update.set);
  }
  void operator()(ast::Delete& erase) const { with(erase.with); }
  void operator()(ast::Merge& merge) const {
    with(merge.with);
    for (ast::MergeAction& action : merge.actions) {
      set(action.set);
      for (size_t i = 0; i < std::min(action.columns.size(), action.values.size()); ++i)
        put(action.values[i], action.columns[i]);
    }
  }
  template <class Node>
  void operator()(Node&) const {}

 private:
  void with(std::vector<ast::CommonTable>& tables) const {
    for (ast::CommonTable& table : tables) {
      if (table.change) std::visit(*this, table.change->node);
    }
  }

  void set(std::vector<ast::Assignment>& assignments) const {
    for (ast::Assignment& one : assignments) {
      auto* row = one.row && one.value ? std::get_if<ast::RowExpr>(&one.value->node) : nullptr;
      if (!one.row && one.value) put(*one.value, one.columns.front());
      for (size_t i = 0; row != nullptr && i < std::min(one.columns.size(), row->elements.size()); ++i)
        put(row->elements[i], one.columns[i]);
    }
  }

  void query(ast::Query& query, const std::vector<ObjectId>& columns) const {
    for (std::vector<ast::Expr>& row : query.values) {
      for (size_t i = 0; i < std::min(columns.size(), row.size()); ++i) put(row[i], columns[i]);
    }
    for (size_t i = 0; i < std::min(columns.size(), query.targets.size()); ++i) {
      ast::Expr& value = *query.targets[i].expr;
      const auto* reference = std::get_if<ast::ColumnRef>(&value.node);
      if (reference != nullptr && reference->star) return;
      put(value, columns[i]);
    }
  }

  void put(ast::Expr& value, const ast::AssignedColumn& column) const {
    if (column.steps.empty()) put(value, column.column.object);
  }
  void put(ast::Expr& value, ObjectId column) const {
    if (is_wanted(column)) look_(value, column);
  }
  bool is_wanted(ObjectId column) const { return column != ast::no_object && wanted_(column); }

  /// Those that it names, or all that its table has by then, in their order.
  std::vector<ObjectId> columns_of(const ast::Insert& insert) const {
    std::vector<ObjectId> columns;
    for (const ast::AssignedColumn& one : insert.columns)
      columns.push_back(one.steps.empty() ? one.column.object : ast::no_object);
    if (!insert.columns.empty()) return columns;
    const ObjectId table = insert.table.name.object;
    const auto before = [&](ast::StatementId id) {
      return id != ast::no_statement && stands_before(script_.statements[id].span, statement_.span);
    };
    for (ObjectId id = table == ast::no_object ? ast::no_object : table + 1;
         id != ast::no_object && id < script_.objects.size(); ++id) {
      const ast::Object& one = script_.objects[id];
      if (one.kind == ast::ObjectKind::column && one.parent == table && before(one.created) &&
          !before(one.dropped))
        columns.push_back(id);
    }
    return columns;
  }

  static void read_rows(ast::Insert& insert) {
    ParsedStatement parsed = parse_whole_statement("INSERT INTO t VALUES " + insert.rows);
    auto* whole = std::get_if<ast::Insert>(&parsed.node);
    if (whole == nullptr || !whole->query) return;
    insert.query = std::move(whole->query);
    insert.rows.clear();
  }

  const ast::Statement& statement_;
  const ast::Script& script_;
  const std::function<bool(ObjectId)>& wanted_;
  const std::function<void(ast::Expr&, ObjectId)>& look_;
};

}  // namespace

void each_assigned(ast::Statement& statement, const ast::Script& script,
                   const std::function<bool(ObjectId)>& wanted,
                   const std::function<void(ast::Expr&, ObjectId)>& look) {
  std::visit(AssignedValues(statement, script, wanted, look), statement.node);
}

}  // namespace pg2crdb::bind
