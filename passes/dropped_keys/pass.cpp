// Keys that a script drops while their table stays. CockroachDB drops a primary key only together with its
// successor (57000), and before 26.2 a UNIQUE constraint only by its index (#42840). Emit forms 5.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ast/walk.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

using Kind = ast::Constraint::Kind;

constexpr FindingKind rules[] = {
    {"primary-key-dropped", Severity::error, "constraints",
     "CockroachDB drops a primary key only in the statement that adds the next one",
     "Add the new key in the same ALTER TABLE, or leave the old one."},
    {"unique-dropped", Severity::info, "constraints",
     "before 26.2 CockroachDB drops a UNIQUE constraint by its index only", "Nothing to do."},
    {"primary-key-swapped", Severity::warning, "constraints",
     "before 26.2.1 CockroachDB may leave a unique index over the columns of a primary key that is replaced",
     "Look for it behind the statement with SHOW INDEXES, and DROP INDEX ... CASCADE where those columns "
     "need not be "
     "unique any more."},
};
enum : size_t { primary_key_dropped, unique_dropped, primary_key_swapped };

bool adds_primary_key(const ast::AlterTable& alter) {
  return std::any_of(alter.commands.begin(), alter.commands.end(), [](const ast::AlterCommand& command) {
    const auto* add = std::get_if<ast::AddConstraint>(&command);
    return add != nullptr && add->constraint.kind == Kind::primary_key;
  });
}

class Keys {
 public:
  explicit Keys(PassContext& context) : context_(context) {}

  void run() {
    find_dropped();
    if (lose_some_.empty()) return;
    const size_t count = context_.script.statements.size();  // what is added needs no look
    for (size_t i = 0; i < count; ++i) {
      ast::Statement& statement = context_.script.statements[i];
      if (!statement.live()) continue;
      if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
        look_at(statement, *alter);
      } else if (const auto* rename = std::get_if<ast::Rename>(&statement.node);
                 rename != nullptr && rename->object.kind == ast::ObjectKind::constraint) {
        if (auto key = keys_.extract({rename->object.name.object, rename->object.member}); !key.empty()) {
          key.key().second = rename->new_name;
          keys_.insert(std::move(key));
        }
      }
      note(statement);
    }
  }

 private:
  void find_dropped() {
    for (const ast::Statement& statement : context_.script.statements) {
      const auto* alter = statement.live() ? std::get_if<ast::AlterTable>(&statement.node) : nullptr;
      if (alter != nullptr &&
          std::any_of(alter->commands.begin(), alter->commands.end(), [](const ast::AlterCommand& command) {
            return std::holds_alternative<ast::DropConstraint>(command);
          }))
        lose_some_.insert(alter->name.object);
    }
  }

  static ast::ObjectId table_of(const ast::StatementNode& node) {
    if (const auto* create = std::get_if<ast::CreateTable>(&node)) return create->name.object;
    const auto* alter = std::get_if<ast::AlterTable>(&node);
    return alter == nullptr ? ast::no_object : alter->name.object;
  }

  void note(ast::Statement& statement) {
    if (!lose_some_.contains(table_of(statement.node))) return;
    ast::Visitor visitor;
    visitor.constraint = [&](ast::Constraint& constraint) {
      if (constraint.object == ast::no_object) return;
      const ast::Object& object = context_.script.objects[constraint.object];
      keys_[{object.parent, constraint.name.empty() ? object.name.name : constraint.name}] = {
          constraint.kind, constraint.object};
    };
    walk(statement.node, visitor);
  }

  void look_at(ast::Statement& statement, ast::AlterTable& alter) {
    std::vector<std::pair<ast::DropConstraint, ast::ObjectId>> uniques;
    std::optional<ast::DropConstraint> primary;
    std::erase_if(alter.commands, [&](const ast::AlterCommand& command) {
      const auto* drop = std::get_if<ast::DropConstraint>(&command);
      const auto key = drop == nullptr ? keys_.end() : keys_.find({alter.name.object, drop->name});
      if (key == keys_.end()) return false;
      const Key found = key->second;
      keys_.erase(key);
      if (found.kind == Kind::primary_key) primary = *drop;
      if (found.kind != Kind::unique || context_.target.has(Capability::drop_unique_constraint)) return false;
      uniques.emplace_back(*drop, found.object);
      return true;
    });
    if (primary) primary_key(statement, alter, *primary);
    const ast::Name table = alter.name;
    const bool only_these = alter.commands.empty();
    for (const auto& [drop, constraint] : uniques) {
      ast::Drop index = by_index(statement, table, drop, constraint);
      if (only_these && &drop == &uniques.back().first) {
        statement.node = std::move(index);
      } else {
        context_.add(std::move(index), statement, ast::Phase::pre_data, Beside::before);
      }
    }
  }

  void primary_key(ast::Statement& statement, ast::AlterTable& alter, const ast::DropConstraint& drop) {
    if (adds_primary_key(alter)) return tell_swapped(statement, drop.name, alter.name);
    auto& statements = context_.script.statements;
    size_t next = statement.id + 1;
    while (next < statements.size() && statements[next].fate == ast::Fate::dropped) ++next;
    if (next < statements.size() && statements[next].live() && statements[next].fate != ast::Fate::added &&
        share_file(statements[next].span, statement.span)) {
      ast::Statement& successor = context_.script.statements[next];
      auto* more = std::get_if<ast::AlterTable>(&successor.node);
      if (more != nullptr && more->name.object == alter.name.object && adds_primary_key(*more)) {
        // Into the later one: what the new key's columns need, NOT NULL, stands in front of that, and so do
        // they.
        const auto stays =
            std::ranges::stable_partition(alter.commands, [](const ast::AlterCommand& command) {
              return !std::holds_alternative<ast::AddColumn>(command);
            });
        more->commands.insert(more->commands.begin(), alter.commands.begin(), stays.begin());
        alter.commands.erase(alter.commands.begin(), stays.begin());
        if (alter.commands.empty()) {
          context_.merge(statement, successor, "a primary key goes in the statement that adds the next one");
        } else {
          context_.rewritten(statement);
          context_.rewritten(successor);
        }
        tell_swapped(successor, drop.name, alter.name);
        return;
      }
    }
    const std::string object = to_string(alter.name);
    context_.report(rules[primary_key_dropped], statement, object,
                    "primary key `" + drop.name + "` of `" + object + "` is dropped, and none is added");
    context_.needs_person(statement, "a primary key is dropped without its successor");
  }

  /// Of a key that goes in the statement that adds the next one.
  void tell_swapped(const ast::Statement& statement, const std::string& old, const ast::Name& table) {
    if (context_.target.has(Capability::primary_key_swap)) return;
    const std::string object = to_string(table);
    context_.report(rules[primary_key_swapped], statement, object,
                    "primary key `" + old + "` of `" + object +
                        "` is replaced: its columns may stay unique, by an index that is left behind");
  }

  ast::Drop by_index(ast::Statement& statement, const ast::Name& table, const ast::DropConstraint& drop,
                     ast::ObjectId constraint) {
    const std::string object = to_string(table);
    context_.report(rules[unique_dropped], statement, object,
                    "UNIQUE constraint `" + drop.name + "` of `" + object + "` is dropped with its index");
    context_.rewritten(statement);
    ast::ObjectRef index;
    index.kind = ast::ObjectKind::index;
    index.name = {table.schema, drop.name, constraint};
    ast::Drop result;
    result.kind = ast::ObjectKind::index;
    result.objects.push_back(std::move(index));
    result.if_exists = drop.if_exists;
    result.cascade = true;
    return result;
  }

  PassContext& context_;
  struct Key {
    Kind kind = Kind::unique;
    ast::ObjectId object = ast::no_object;
  };
  std::set<ast::ObjectId> lose_some_;                          ///< tables that lose constraints
  std::map<std::pair<ast::ObjectId, std::string>, Key> keys_;  ///< of those, by table and name
};

void run(PassContext& context) {
  Keys(context).run();
}

}  // namespace

extern const Pass dropped_keys;
const Pass dropped_keys = {
    .name = "dropped-keys",
    .category = "constraints",
    .fidelity = Fidelity::exact,
    .summary = "drops keys in the ways that CockroachDB takes",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
