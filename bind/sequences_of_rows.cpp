// The numbers that rows take from sequences: which values have to be set before the load, and which nobody
// has.
#include <algorithm>
#include <set>
#include <utility>

#include "ast/catalog.h"
#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/domain_default.h"
#include "bind/drawn_numbers.h"
#include "bind/history.h"
#include "bind/sequences.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

/// Sequences that rows take numbers from, since they leave a column out: what was set before has to be set
/// before the load.
void History::draw(ObjectId table, const ast::DataBlock& block) {
  ast::CreateTable* create = table_of(table);
  if (create == nullptr || block.columns.empty()) return;
  for (const ObjectId id : binder_.names.columns(table)) {
    const std::string& name = object(id).name.name;
    if (gives(block, name)) continue;
    const ast::Column* column = column_of(table, name);
    if (column == nullptr) continue;
    if (block.left_out.empty() && (late_defaults_.contains(column->object) || late_defaults_.contains(id)))
      default_lost(table, name);
    // A partition may have a default of its own, which goes when it becomes a part of the whole.
    const ast::Column* own = ast::find_column(*create, name);
    if (own != nullptr && own != column && own->default_value) default_lost(table, name);
    draw(whole_of(table), *column, block);
  }
}

void History::draw(ObjectId table, const ast::Column& column, const ast::DataBlock& block) {
  for (const ObjectId sequence : sequences_of(column))
    draw_from(sequence, table, block, taken_at(column, block));
}

/// Rows that are there when a column is added take its numbers then.
void History::draw_for_rows(ObjectId table, const ast::Column& added, const ast::Statement& by) {
  const std::vector<ObjectId> sequences = sequences_of(added);
  uint64_t rows = 0;
  any_rows(table, [&](const ast::DataBlock& block) {
    if (block.left_out.empty()) rows += block.rows;
    return false;
  });
  const std::string name = to_string(object(table).name);
  for (const ObjectId sequence : sequences) {
    // What one statement adds is filled row by row, as the load does it.
    uint64_t taken_here = 0;
    for (const auto& [id, place] : added_at_) {
      const ast::Column* beside =
          object(id).created == by.id ? column_of(table, object(id).name.name) : nullptr;
      if (beside != nullptr && std::ranges::count(sequences_of(*beside), sequence) > 0) taken_here += rows;
    }
    const auto drawn = draws_.find(sequence);
    if (rows < 2 || sequence == ast::no_object || drawn == draws_.end() || drawn->second.loaded <= taken_here)
      continue;
    report(sequence_gap, by, name,
           "rows of `" + name + "` take numbers from `" + to_string(object(sequence).name) + "` for `" +
               added.name + "` behind all that were taken before, the load's row by row");
  }
  added_at_[added.object] = by.span;
  any_rows(table, [&](const ast::DataBlock& block) {
    if (block.left_out.empty()) draw(whole_of(table), added, block);
    return false;
  });
  if (rows == 0 || children(table).empty()) return;
  for (const ObjectId sequence : sequences) {
    if (sequence == ast::no_object) continue;
    report(sequence_gap, by, name,
           "rows of `" + name + "` take numbers from `" + to_string(object(sequence).name) + "` for `" +
               added.name + "` one partition or child after the other, the load's in the script's order");
  }
}

/// Where the rows took their numbers for the column: it may have been added behind them.
Span History::taken_at(const ast::Column& column, const ast::DataBlock& block) const {
  const auto added = added_at_.find(column.object);
  return added != added_at_.end() && stands_before(block.header, added->second) ? added->second
                                                                                : block.header;
}

/// Numbers that rows took for a column that goes: no row that is loaded takes them any more.
void History::lose_numbers_for(ObjectId table, const ast::Column& column) {
  const std::vector<ObjectId> sequences = sequences_of(column);
  if (sequences.empty()) return;
  any_rows(table, [&](const ast::DataBlock& block) {
    if (!block.left_out.empty() || gives(block, column.name)) return false;
    for (const ObjectId sequence : sequences) {
      Draws& draws = draws_[sequence];
      if (draws.loaded < block.rows) continue;
      draws.loaded -= block.rows;
      lose_drawn(sequence, block, taken_at(column, block));
    }
    return false;
  });
}

/// A query that makes a table runs behind the load, and behind what sets sequences.
void History::tell_numbers_of_query(ast::Statement& statement, ast::CreateTableAs& create) {
  std::set<ObjectId> taken;
  TreeEdit look;
  look.call = [&](ast::FunctionCall& call) { taken.insert(moved_by(call, binder_)); };
  edit(statement.node, look);
  ast::Statement asking;
  asking.node = ast::SelectStatement{create.query};
  for (const ObjectId sequence : moved_inside(asking)) taken.insert(sequence);
  taken.erase(ast::no_object);
  for (const ObjectId sequence : taken) {
    late_changes_.insert(sequence);
    const std::string name = to_string(create.name);
    report(sequence_gap, statement, name,
           "the query that makes `" + name + "` takes numbers from `" + to_string(object(sequence).name) +
               "`, and runs after the load");
  }
}

/// That give the column its numbers where a row does not.
std::vector<ObjectId> History::sequences_of(const ast::Column& column) {
  const ast::Expr* given = default_of(column);
  if (given == nullptr) given = domain_default(column, context_.script);
  std::vector<ObjectId> sequences;
  for (const ObjectId id : binder_.names.members(column.object)) {
    const bool own = is_made_by_column(context_.script, id);
    if (own && (column.identity || given == nullptr)) sequences.push_back(id);
  }
  if (given != nullptr) {
    if (const std::optional<ast::Name> name = ast::nextval_sequence(*given))
      sequences.push_back(binder_.names.find(ast::ObjectKind::sequence, *name, {"public"}));
    // Routines that it calls may take some, too.
    ast::Statement calling;
    ast::SelectStatement select;
    select.query->targets.push_back({*given, {}});
    calling.node = std::move(select);
    for (const ObjectId id : moved_inside(calling)) {
      if (std::ranges::find(sequences, id) == sequences.end()) sequences.push_back(id);
    }
  }
  return sequences;
}

/// A RESTART that is rolled back takes the numbers with it that were drawn behind it.
bool History::draws_are_undone(ObjectId sequence, const Span& place) const {
  const auto undone = undone_restarts_.find(sequence);
  return undone != undone_restarts_.end() && stands_before(undone->second.restart, place) &&
         stands_before(place, undone->second.rollback);
}

void History::note_undone_restart(const ast::Statement& undone, const ast::Statement& rollback) {
  std::vector<ObjectId> restarted;
  const Namespace& names = binder_.names;
  const Path& path = binder_.session().path();
  const auto column = [&](ObjectId table, const std::string& name) {
    const std::vector<ObjectId> own = own_sequences(names.find_in(table, ast::ObjectKind::column, name));
    restarted.insert(restarted.end(), own.begin(), own.end());
  };
  if (const auto* alter = std::get_if<ast::AlterSequence>(&undone.node)) {
    if (restarts(alter->options))
      restarted.push_back(names.find(ast::ObjectKind::sequence, alter->name, path));
  } else if (const auto* table = std::get_if<ast::AlterTable>(&undone.node)) {
    for (const ast::AlterCommand& command : table->commands) {
      const auto* set = std::get_if<ast::SetIdentity>(&command);
      if (set != nullptr && restarts(set->options))
        column(names.find(ast::ObjectKind::table, table->name, path), set->column);
    }
  } else if (const std::optional<ast::Truncate> truncate = truncate_of(undone.node)) {
    for (const ast::Name& name : truncate->tables) {
      if (!truncate->restart_identity) break;
      const ObjectId emptied = names.find(ast::ObjectKind::table, name, path);
      for (const ObjectId id : names.columns(emptied))
        restarted.insert(restarted.end(), names.members(id).begin(), names.members(id).end());
    }
  }
  for (const ObjectId sequence : restarted) {
    if (sequence != ast::no_object && !draws_are_undone(sequence, undone.span))
      undone_restarts_[sequence] = {undone.span, rollback.span};
  }
}

/// What is rolled back keeps the numbers that it took, and what setval set, which is a statement again.
void History::lose_numbers(ast::Statement& undone) {
  if (ast::changed_table(undone.node) != nullptr) return lose_number_of_inserts(undone);
  const auto* select = std::get_if<ast::SelectStatement>(&undone.node);
  bool stays = false;
  TreeEdit look;
  look.call = [&](ast::FunctionCall& call) {
    const ObjectId sequence = moved_by(call, binder_);
    if (sequence == ast::no_object || draws_are_undone(sequence, undone.span)) return;
    if (ast::setval_call(undone.node)) {
      stays = true;
      return;
    }
    Draws& draws = draws_[sequence];
    draws.last_lost = undone.span;
    if (select != nullptr && sole_call(*select, "nextval") == &call) {
      ++draws.lost;
    } else {
      uncounted_[sequence] = undone.id;
    }
  };
  edit(undone.node, look);
  for (const ObjectId sequence : moved_inside(undone)) {
    if (draws_are_undone(sequence, undone.span)) continue;
    draws_[sequence].last_lost = undone.span;
    uncounted_[sequence] = undone.id;
  }
  if (!stays) return;
  undone.fate = ast::Fate::kept;
  undone.reason.clear();
}

void History::tell_uncounted(ObjectId sequence) {
  const auto uncounted = uncounted_.find(sequence);
  if (uncounted == uncounted_.end() || !object(sequence).made_here() || !object(sequence).stands()) return;
  const std::string name = to_string(object(sequence).name);
  report(sequence_gap, statement(object(sequence).created), name,
         "what stands in " + line_of(uncounted->second) + " and is rolled back took numbers from `" + name +
             "`, how many is not known");
}

/// The rows are not loaded, and the numbers that they took there are nobody's.
void History::lose_drawn(ObjectId sequence, const ast::DataBlock& block, const Span& place) {
  Draws& draws = draws_[sequence];
  if (draws.set && stands_before(place, *draws.set)) return;
  if (draws_are_undone(sequence, place)) return;
  draws.lost += block.rows;
  draws.last_lost = place;
}

void History::draw_from(ObjectId sequence, ObjectId table, const ast::DataBlock& block, const Span& place) {
  if (sequence == ast::no_object) return;
  Draws& draws = draws_[sequence];
  if (!block.left_out.empty()) {
    const std::vector<size_t>& blocks = rows_[block.table.object];
    const auto index = static_cast<size_t>(&block - context_.script.data.data());
    if (std::binary_search(blocks.begin(), blocks.end(), index)) {
      if (draws.loaded < block.rows) return;  // the column had another default then
      draws.loaded -= block.rows;
    }
    return lose_drawn(sequence, block, place);
  }
  const bool uncounted = uncounted_.erase(sequence) > 0;
  const bool set = set_before_rows(sequence);
  const ObjectId before = std::exchange(draws.table, table);
  const bool shared = before != ast::no_object && before != table;
  if (draws.loaded == 0 && draws.lost > 0 && !shared) {
    lost_numbers_.push_back({sequence, std::exchange(draws.lost, 0), draws.last_lost, true});
  }
  const bool gap =
      uncounted || draws.lost > 0 || shared || (draws.loaded > 0 && set) || late_changes_.contains(sequence);
  const auto tell = [&](ObjectId drawing) {
    const std::string name = to_string(object(drawing).name);
    report(sequence_gap, statement(object(drawing).created), name,
           "rows of `" + name + "` take numbers from `" + to_string(object(sequence).name) +
               "`, from which other rows took some before, or which is set or altered in between");
  };
  if (shared && draws.told != before) tell(before);  // the load may bring either first
  if (gap && std::exchange(draws.told, table) != table) tell(table);
  draws.loaded += block.rows;
}

/// The sequence gives its numbers to rows that are not loaded all the same: a query takes them, before the
/// load where loaded rows have those behind them.
void History::take_lost_numbers() {
  for (const auto& [sequence, undone] : uncounted_) tell_uncounted(sequence);
  for (const auto& [sequence, draws] : draws_) {
    if (draws.lost > 0) lost_numbers_.push_back({sequence, draws.lost, draws.last_lost, false});
  }
  std::sort(lost_numbers_.begin(), lost_numbers_.end(),
            [](const LostNumbers& left, const LostNumbers& right) {
              return std::pair(script_place(left.place), left.sequence) <
                     std::pair(script_place(right.place), right.sequence);
            });
  for (const LostNumbers& lost : lost_numbers_) {
    if (!object(lost.sequence).made_here() || !object(lost.sequence).stands()) continue;
    ast::Name sequence = object(lost.sequence).name;
    if (sequence.schema == "public") sequence.schema.clear();
    const std::deque<ast::Statement>& all = context_.script.statements;
    const auto behind = std::find_if(all.begin(), all.end(), [&](const ast::Statement& one) {
      return one.fate != ast::Fate::added && stands_before(lost.place, one.span);
    });
    if (auto* table = std::get_if<ast::CreateTable>(&statement(object(lost.sequence).created).node);
        table != nullptr && behind == all.end())
      expand_serials(*table, lost.sequence);  // what stands beside the table would stand before its sequence
    const ast::Statement& origin = behind == all.end() ? statement(object(lost.sequence).created) : *behind;
    ast::Statement& taking = context_.add(take_numbers(sequence, lost.count), origin,
                                          lost.early ? ast::Phase::pre_data : ast::Phase::revalidate);
    taking.before_rows = lost.early;
  }
}

}  // namespace pg2crdb::bind
