// Triggers in a history: which of them are on where rows come.
#include <algorithm>

#include "ast/describe.h"
#include "bind/history.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {

bool switch_off_for_replicas(ast::Opaque& opaque) {
  constexpr std::string_view replica = " ENABLE REPLICA TRIGGER";
  std::string error;
  const auto tokens = opaque.kind.ends_with(replica) ? transform::scan_sql(opaque.text, error) : std::nullopt;
  if (!tokens) return false;
  std::vector<std::pair<size_t, size_t>> places;
  for (size_t i = 0; i + 2 < tokens->size(); ++i) {
    if ((*tokens)[i].is("enable") && (*tokens)[i + 1].is("replica") && (*tokens)[i + 2].is("trigger"))
      places.emplace_back((*tokens)[i].begin, (*tokens)[i + 2].begin);
  }
  for (auto place = places.rbegin(); place != places.rend(); ++place)
    opaque.text.replace(place->first, place->second - place->first, "DISABLE ");
  opaque.kind.replace(opaque.kind.size() - replica.size(), replica.size(), " DISABLE TRIGGER");
  return true;
}

/// That rows of the table fire: its own, and those of the whole that it is a part of.
std::vector<ObjectId> History::triggers_of(ObjectId table) const {
  std::vector<ObjectId> found;
  for (ObjectId one = table;; one = partitions_.at(one)) {
    for (const ObjectId member : binder_.names.members(one)) {
      if (object(member).kind == ast::ObjectKind::trigger) found.push_back(member);
    }
    if (whole_of(one) == one) return found;
  }
}

void History::fire(ObjectId table, const ast::DataBlock& block) {
  const auto tell = [&](ObjectId fired, ObjectId trigger) {
    const bool off = binder_.session().is_replica() ? !in_replicas_.contains({fired, trigger})
                                                    : off_.contains({fired, trigger});
    if (!object(trigger).made_here() || off) return;
    const ast::Statement& made = statement(object(trigger).created);
    const auto* create = made.live() ? std::get_if<ast::CreateTrigger>(&made.node) : nullptr;
    if (create == nullptr || !create->on_insert) return;
    const std::string name = ast::statement_object(made.node);
    report(rows_of_trigger, made, name,
           "rows of `" + to_string(block.table) + "` are inserted after `" + name + "` is created");
  };
  for (const ObjectId trigger : triggers_of(table)) tell(table, trigger);
  for (const ObjectId one : with_partitions(table)) {  // which get some of the rows
    if (one == table) continue;
    for (const ObjectId member : binder_.names.members(one)) {
      if (object(member).kind == ast::ObjectKind::trigger) tell(one, member);
    }
  }
}

/// Rules write an INSERT over, which the load does not; COPY does not either.
void History::apply_rules(ObjectId table, const ast::DataBlock& block) {
  if (block.format != ast::DataBlock::Format::insert) return;
  for (const ObjectId member : binder_.names.members(table)) {
    if (object(member).kind != ast::ObjectKind::rule || off_.contains({table, member})) continue;
    const ast::Statement& made = statement(object(member).created);
    const auto* opaque = std::get_if<ast::Opaque>(&made.node);
    const std::optional<CreatedRule> rule = opaque == nullptr ? std::nullopt : created_rule(*opaque);
    if (!rule || !rule->on_insert) continue;
    const std::string name = to_string(block.table);
    std::string writes;
    for (const ast::Name& other : rule->changes)
      writes += (writes.empty() ? ", which writes `" : ", `") + to_string(other) + "`";
    report(rows_of_trigger, made, name,
           "rows of `" + name + "` are inserted after its rule `" + rule->name + "` is created" + writes);
  }
}

/// ENABLE and DISABLE RULE.
void History::switch_rule(const ast::Statement& statement, const ast::Opaque& opaque) {
  if (!opaque.kind.ends_with(" RULE")) return;
  const bool on = opaque.kind.ends_with(" ENABLE RULE") || opaque.kind.ends_with(" ENABLE ALWAYS RULE");
  for (const MemberUse& use : names_in_sql(opaque.text).members) {
    if (use.kind != ast::ObjectKind::rule) continue;
    for (const ObjectId table : statement.text_objects) {
      const ObjectId rule = binder_.names.find_in(table, use.kind, use.name);
      if (rule == ast::no_object) continue;
      if (on) {
        off_.erase({table, rule});
      } else {
        off_.emplace(table, rule);
      }
    }
  }
}

/// ENABLE and DISABLE TRIGGER. Those that are switched off for the rows only (pg_dump --disable-triggers) are
/// left out: the load fires none.
void History::switch_triggers(ast::Statement& statement, const ast::Opaque& opaque) {
  const bool off = opaque.kind.ends_with(" DISABLE TRIGGER");
  const bool on = opaque.kind.ends_with(" ENABLE TRIGGER") || opaque.kind.ends_with(" ENABLE ALWAYS TRIGGER");
  const auto found = std::find_if(statement.text_objects.begin(), statement.text_objects.end(),
                                  [&](ObjectId id) { return is_relation(object(id).kind); });
  if (!(off || on) || found == statement.text_objects.end()) return;
  const ObjectId table = *found;
  std::vector<ObjectId> named;
  for (const MemberUse& use : names_in_sql(opaque.text).members) {
    if (use.kind != ast::ObjectKind::trigger) continue;
    for (const ObjectId trigger : triggers_of(table)) {
      if (object(trigger).name.name == use.name) named.push_back(trigger);
    }
    if (named.empty()) return;  // nothing of that name is known
  }
  for (const ObjectId one : with_partitions(table)) {
    for (const ObjectId trigger : named.empty() ? triggers_of(one) : named) {
      if (off) {
        off_.emplace(one, trigger);
      } else {
        off_.erase({one, trigger});
      }
      if (opaque.kind.ends_with(" REPLICA TRIGGER") || opaque.kind.ends_with(" ALWAYS TRIGGER")) {
        in_replicas_.emplace(one, trigger);
      } else {
        in_replicas_.erase({one, trigger});
      }
    }
  }
  std::vector<SwitchedOff>& before = switched_off_[table];
  if (off) {
    before.push_back({statement.id, std::move(named)});
    return;
  }
  // What is behind the last that switched off all of them says by itself how they end up.
  size_t first = before.size();
  while (first > 0 && (named.empty() || !before[first - 1].triggers.empty())) --first;
  bool answers = false;
  const auto answered = [&](const SwitchedOff& older) {
    if (!named.empty() && older.triggers != named) return false;
    if (this->statement(older.statement).live()) {
      context_.drop(this->statement(older.statement), "switched on again in " + line_of(statement.id));
      answers = true;
    }
    return true;
  };
  before.erase(std::remove_if(before.begin() + static_cast<std::ptrdiff_t>(first), before.end(), answered),
               before.end());
  if (answers && first == 0 && opaque.kind.ends_with(" ENABLE TRIGGER"))
    context_.drop(statement, "what was switched off for the rows before it");
}

/// Where triggers cannot be switched, one that is off at the end of the script is not made.
void History::leave_out_switched_off() {
  if (context_.target.has(Capability::enable_disable_trigger)) return;
  for (const auto& [table, trigger] : off_) {
    const ast::Object& one = object(trigger);
    if (one.parent != table || !one.stands() || !one.made_here()) continue;
    ast::Statement& made = statement(one.created);
    if (made.live()) context_.drop(made, "it is switched off at the end of the script");
  }
}

}  // namespace pg2crdb::bind
