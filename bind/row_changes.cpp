// What the history makes of INSERT, UPDATE, DELETE and MERGE.
#include <algorithm>

#include "ast/describe.h"
#include "bind/history.h"
#include "bind/row_values.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

bool never_holds(const ast::Expr& expr) {
  if (const auto* literal = std::get_if<ast::Literal>(&expr.node))
    return literal->kind == ast::Literal::Kind::boolean && literal->text == "false";
  const auto* equal = std::get_if<ast::Operation>(&expr.node);
  if (equal == nullptr || equal->kind != ast::Operation::Kind::op ||
      equal->op != std::vector<std::string>{"="} || !equal->left || !equal->right)
    return false;
  const auto* left = std::get_if<ast::Literal>(&equal->left->node);
  const auto* right = std::get_if<ast::Literal>(&equal->right->node);
  return left != nullptr && right != nullptr && left->kind == ast::Literal::Kind::integer &&
         right->kind == ast::Literal::Kind::integer && left->text.size() == 1 && right->text.size() == 1 &&
         left->text != right->text;
}

/// Whether it is an UPDATE or DELETE whose WHERE never holds: `false`, `1 = 0`.
bool changes_no_rows(const ast::StatementNode& node) {
  if (const auto* update = std::get_if<ast::Update>(&node))
    return update->with.empty() && update->where && never_holds(*update->where);
  const auto* erase = std::get_if<ast::Delete>(&node);
  return erase != nullptr && erase->with.empty() && erase->where && never_holds(*erase->where);
}

/// The table that an UPDATE or DELETE changes, if it changes nothing else.
const ast::TableRef* only_changed(const ast::StatementNode& node) {
  if (!std::holds_alternative<ast::Update>(node) && !std::holds_alternative<ast::Delete>(node))
    return nullptr;
  const std::vector<const ast::TableRef*> changed = ast::changed_tables(node);
  return changed.size() == 1 ? changed.front() : nullptr;
}

}  // namespace

void History::take_row_change(ast::Statement& statement) {
  const bool fires =
      std::any_of(context_.script.objects.begin(), context_.script.objects.end(),
                  [](const ast::Object& one) { return one.kind == ObjectKind::trigger && one.made_here(); });
  if (!fires && changes_no_rows(statement.node)) {
    context_.drop(statement, "its condition never holds");
  } else if (changes_nothing(statement.node)) {
    context_.drop(statement, "its table has no rows here");
  }
}

/// UPDATE and DELETE of a table that has no rows where they stand, as in migrations that come without rows.
bool History::changes_nothing(const ast::StatementNode& node) {
  const ast::TableRef* changed = brings_rows_ ? nullptr : only_changed(node);
  const ObjectId table = changed == nullptr ? ast::no_object : changed->name.object;
  const ast::CreateTable* create = table_of(table);
  if (create == nullptr || create->if_not_exists || partitions_.contains(table) || !children(table).empty())
    return false;
  // A trigger of another table may have brought rows.
  const auto is_trigger = [](const ast::Object& one) {
    return one.kind == ObjectKind::trigger && one.made_here();
  };
  const bool fires =
      std::any_of(rows_.begin(), rows_.end(), [](const auto& one) { return !one.second.empty(); }) &&
      std::any_of(context_.script.objects.begin(), context_.script.objects.end(), is_trigger);
  return !fires && !holds_rows(table);
}

/// The table whose rows an UPDATE or DELETE changes, if it changes nothing else.
ObjectId History::changed_by(const ast::Statement& statement) const {
  const ast::TableRef* changed = only_changed(statement.node);
  const ObjectId table = changed == nullptr ? ast::no_object : changed->name.object;
  return table != ast::no_object && object(table).kind == ObjectKind::table ? table : ast::no_object;
}

/// What becomes of a statement that names an object which is dropped.
void History::erase_row_change(ast::Statement& user, ObjectId id, const ast::Statement& by) {
  const std::vector<const ast::TableRef*> changed = ast::changed_tables(user.node);
  if (std::all_of(changed.begin(), changed.end(),
                  [&](const ast::TableRef* table) { return table->name.object == id; }))
    return leave_out(user, by);
  reads_dropped(user, id, by);
}

/// DEFAULT VALUES is one row; of what others computed it is not known how many numbers they took.
void History::lose_number_of_inserts(ast::Statement& undone) {
  const auto* insert = std::get_if<ast::Insert>(&undone.node);
  if (insert == nullptr) return;
  const std::vector<std::string> given = bind::given_columns(*insert);
  bool draws = false;  // for columns that it names
  bind::each_row(*insert, [&](const std::vector<Said>& row) {
    draws = draws || std::find(row.begin(), row.end(), Said::default_) != row.end();
  });
  TreeEdit look;
  look.call = [&](ast::FunctionCall& call) { draws = draws || call.name.name == "nextval"; };
  edit(undone.node, look);
  for (const ast::TableRef* changed : ast::changed_tables(undone.node)) {
    const ObjectId table = binder_.names.find(ObjectKind::table, changed->name, binder_.session().path());
    if (table_of(table) == nullptr) continue;
    for (const ObjectId id : binder_.names.columns(table)) {
      const ast::Column* column = column_of(table, object(id).name.name);
      const bool named =
          column != nullptr && std::find(given.begin(), given.end(), column->name) != given.end();
      if (column == nullptr || (named && !draws)) continue;
      for (const ObjectId sequence : sequences_of(*column)) {
        if (sequence == ast::no_object || draws_are_undone(sequence, undone.span)) continue;
        Draws& drawn = draws_[sequence];
        drawn.last_lost = undone.span;
        if (has_default_values(*insert)) {
          ++drawn.lost;
        } else {
          uncounted_[sequence] = undone.id;
        }
      }
    }
  }
}

}  // namespace pg2crdb::bind
