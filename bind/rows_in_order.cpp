#include "bind/rows_in_order.h"

#include <algorithm>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/drawn_numbers.h"
#include "bind/history.h"
#include "bind/row_values.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

std::vector<ast::SelectStatement> RowsInOrder::numbers_of_undone(const ast::Statement& undone) {
  std::vector<ast::SelectStatement> taking;
  const auto tell = [&](const std::string& sequence) {
    context_.report(rules[History::sequence_gap], undone, sequence,
                    "what is rolled back here took numbers from `" + sequence + "`, how many is not known");
  };
  if (const auto* select = std::get_if<ast::SelectStatement>(&undone.node)) {
    const ObjectId moved = moved_by(*select);
    if (moved == ast::no_object || drew_for_good(undone, {}) == Holds::no) return taking;
    if (select->query->targets.size() == 1 && select->query->from.empty() && !select->query->where) {
      taking.push_back(*select);
    } else {
      tell(to_string(context_.script.objects[moved].name));
    }
    return taking;
  }
  const auto* insert = std::get_if<ast::Insert>(&undone.node);
  const ObjectId table = insert == nullptr ? ast::no_object : changed_in(undone.node);
  if (table == ast::no_object || !context_.script.objects[table].made_here()) return taking;
  const Holds drew = drew_for_good(undone, context_.script.objects[table].name.name);
  if (drew == Holds::no) return taking;
  for (const DrawnNumbers& drawn : drawn_by(*insert, table, undone, context_.script, binder_)) {
    ast::Name sequence = context_.script.objects[drawn.sequence].name;
    if (drew == Holds::yes && drawn.count) {
      if (binder_.stays_unwritten(sequence.schema)) sequence.schema.clear();
      taking.push_back(take_numbers(sequence, *drawn.count));
    } else {
      tell(to_string(sequence));
    }
  }
  return taking;
}

/// The sequence of the script that a query moves by nextval or setval; none where it moves none.
ObjectId RowsInOrder::moved_by(const ast::SelectStatement& select) const {
  ObjectId moved = ast::no_object;
  TreeEdit look;
  look.call = [&](ast::FunctionCall& call) {
    if (call.name.name != "nextval" && call.name.name != "setval") return;
    const std::optional<ast::Name> name = ast::called_sequence(call);
    if (!name) return;
    const ObjectId found = binder_.names.find(ObjectKind::sequence, *name, binder_.session().path());
    if (context_.script.objects[found].made_here()) moved = found;
  };
  ast::Query query = *select.query;
  edit(query, look);
  return moved;
}

/// What is rolled back before it may have made the table another one, or given the numbers back.
Holds RowsInOrder::drew_for_good(const ast::Statement& undone, const std::string& table) const {
  for (ast::StatementId id = undone.id; id-- > 0;) {
    const ast::Statement& one = context_.script.statements[id];
    if (one.fate != ast::Fate::dropped) break;
    const auto* create = std::get_if<ast::CreateTable>(&one.node);
    const auto* truncate = std::get_if<ast::Truncate>(&one.node);
    const auto* sequence = std::get_if<ast::AlterSequence>(&one.node);
    const bool restarts =
        (truncate != nullptr && truncate->restart_identity) ||
        (sequence != nullptr && (sequence->options.restart_default || !sequence->options.restart.empty()));
    if (restarts || (create != nullptr && create->name.name == table)) return Holds::no;
    const auto* rename = std::get_if<ast::Rename>(&one.node);
    if (std::holds_alternative<ast::SetSchema>(one.node) ||
        (rename != nullptr && rename->object.member.empty()))
      return Holds::unknown;
  }
  return Holds::yes;
}

bool RowsInOrder::hold_back(ast::Statement& statement) {
  if (std::holds_alternative<ast::Transaction>(statement.node)) waiting_.clear();
  const ObjectId table = changed_in(statement.node);
  if (table == ast::no_object || !context_.script.objects[table].made_here()) return false;
  const std::string name = to_string(context_.script.objects[table].name);
  if (context_.script.objects[table].kind == ObjectKind::view) {
    context_.report(rules[History::rows_of_view], statement, name,
                    "`" + ast::statement_kind(statement.node) + "` of the view `" + name +
                        "`, which CockroachDB takes of tables only");
    context_.needs_person(statement, "it changes rows of a view");
    return true;
  }
  if (binder_.session().is_replica() && has_trigger(table)) {
    context_.report(
        rules[History::rows_of_settings], statement, name,
        "rows of `" + name + "` are written under `session_replication_role replica`: no trigger fires");
    context_.needs_person(statement, "its triggers would fire");
    return true;
  }
  const auto* insert = std::get_if<ast::Insert>(&statement.node);
  return insert != nullptr && wait_for_rows(statement, *insert, table);
}

/// The table or view whose rows the statement changes, which what is rolled back is not bound to.
ObjectId RowsInOrder::changed_in(const ast::StatementNode& node) const {
  const ast::TableRef* changed = ast::changed_table(node);
  if (changed == nullptr) return ast::no_object;
  return changed->name.object != ast::no_object
             ? changed->name.object
             : binder_.names.find(ObjectKind::table, changed->name, binder_.session().path());
}

bool RowsInOrder::has_trigger(ObjectId table) const {
  const std::vector<ObjectId>& members = binder_.names.members(table);
  return std::any_of(members.begin(), members.end(),
                     [&](ObjectId id) { return context_.script.objects[id].kind == ObjectKind::trigger; });
}

/// True where rows that came before these refer to them, which CockroachDB does not wait for, and these to
/// those.
bool RowsInOrder::wait_for_rows(ast::Statement& statement, const ast::Insert& insert, ObjectId table) {
  bool refers_back = false;
  std::erase_if(waiting_, [&](const Waiting& one) {
    if (one.referenced != table) return false;
    ast::Statement& waiting = context_.script.statements[one.statement];
    const std::string name = to_string(context_.script.objects[one.table].name);
    context_.report(rules[History::rows_before_parents], waiting, name,
                    "rows of `" + name + "` refer to rows of `" +
                        to_string(context_.script.objects[table].name) + "` that come in " +
                        PassContext::line_of(statement));
    context_.needs_person(waiting, "it refers to rows that come later");
    for (const Key& key : keys_[table]) refers_back = refers_back || key.referenced == one.table;
    return true;
  });
  if (refers_back) {
    context_.needs_person(statement, "it refers to rows that are left for a person");
    return true;
  }
  for (const Key& key : keys_[table]) {
    const ast::Object& referenced = context_.script.objects[key.referenced];
    if (referenced.made_here() && !filled_.contains(key.referenced) && key.referenced != table &&
        context_.script.objects[key.constraint].stands() && gives(insert, table, key.columns))
      waiting_.push_back({statement.id, table, key.referenced});
  }
  filled_.insert(table);
  return false;
}

/// Whether a row of the INSERT has a value in each of the columns, as far as it is known.
bool RowsInOrder::gives(const ast::Insert& insert, ObjectId table,
                        const std::vector<std::string>& columns) const {
  std::vector<std::string> given = given_columns(insert);
  if (given.empty()) {
    for (const ObjectId id : binder_.names.columns(table))
      given.push_back(context_.script.objects[id].name.name);
  }
  bool any = false;
  const bool read = each_row(insert, [&](const std::vector<Said>& row) {
    any = any || std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
            const auto at =
                static_cast<size_t>(std::find(given.begin(), given.end(), column) - given.begin());
            return at < row.size() && row[at] == Said::value;
          });
  });
  return any || !read;
}

void RowsInOrder::note_keys(const ast::Statement& statement) {
  const auto note = [&](ObjectId table, const std::string& column, const ast::Constraint& one) {
    if (one.kind != ast::Constraint::Kind::foreign_key || !one.deferrable) return;
    if (one.referenced.object == ast::no_object || one.object == ast::no_object) return;
    keys_[table].push_back(
        {one.object, one.referenced.object, one.columns.empty() ? std::vector{column} : one.columns});
  };
  const auto note_column = [&](ObjectId table, const ast::Column& column) {
    for (const ast::Constraint& one : column.constraints) note(table, column.name, one);
  };
  if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
    for (const ast::Column& column : create->columns) note_column(create->name.object, column);
    for (const ast::Constraint& one : create->constraints) note(create->name.object, {}, one);
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    const ObjectId table = alter->name.object;
    for (const ast::AlterCommand& command : alter->commands) {
      if (const auto* add = std::get_if<ast::AddColumn>(&command)) note_column(table, add->column);
      if (const auto* add = std::get_if<ast::AddConstraint>(&command)) note(table, {}, add->constraint);
    }
  }
}

}  // namespace pg2crdb::bind
