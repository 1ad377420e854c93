#include "ast/catalog.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace pg2crdb::ast {
namespace {

std::string_view schema_of(const Name& name) {
  return name.schema.empty() ? std::string_view("public") : std::string_view(name.schema);
}

bool is_there(const Statement& statement) {
  return statement.live() || statement.fate == Fate::needs_person;
}

/// Whether what is kept word for word may make a routine.
bool may_be_routine(const Opaque& opaque) {
  const std::string_view kind = opaque.kind;
  const auto says = [&](std::string_view word) { return kind.find(word) != std::string_view::npos; };
  return kind == "unparsed" ||
         (kind.starts_with("CREATE") && (says("FUNCTION") || says("PROCEDURE") || says("AGGREGATE")));
}

}  // namespace

uint64_t Catalog::Index::hash_of(std::string_view schema, std::string_view name) {
  const std::hash<std::string_view> hash;
  return hash(schema) * 0x9E3779B97F4A7C15u ^ hash(name);
}

/// The name's slot, or the free one where it belongs.
size_t Catalog::Index::slot_of(uint64_t hash, std::string_view schema, std::string_view name) const {
  const size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.size == 0) return i;
    if (slot.hash != hash || slot.size != schema.size() + 1 + name.size()) continue;
    const std::string_view both(names_.data() + slot.name, slot.size);
    if (both.starts_with(schema) && both[schema.size()] == '\0' && both.ends_with(name)) return i;
  }
}

Statement* Catalog::Index::find(uint64_t hash, std::string_view schema, std::string_view name) const {
  return slots_.empty() ? nullptr : slots_[slot_of(hash, schema, name)].first;
}

Statement* Catalog::Index::find(std::string_view schema, std::string_view name) const {
  return find(hash_of(schema, name), schema, name);
}

std::vector<Statement*> Catalog::Index::all(std::string_view schema, std::string_view name) const {
  if (find(schema, name) == nullptr) return {};
  const Slot& slot = slots_[slot_of(hash_of(schema, name), schema, name)];
  const auto shared = shared_.find(slot.name);
  return shared == shared_.end() ? std::vector{slot.first} : shared->second;
}

void Catalog::Index::add(std::string_view schema, std::string_view name, Statement* statement) {
  if (2 * count_ >= slots_.size()) grow();
  const uint64_t hash = hash_of(schema, name);
  Slot& slot = slots_[slot_of(hash, schema, name)];
  if (slot.size == 0) {
    slot = {hash, names_.size(), schema.size() + 1 + name.size(), statement};
    names_.append(schema).append(1, '\0').append(name);
    ++count_;
    return;
  }
  if (slot.first == nullptr) {
    slot.first = statement;
    return;
  }
  std::vector<Statement*>& all = shared_[slot.name];
  if (all.empty()) all.push_back(slot.first);
  const auto place = [](const Statement* one) {
    return std::pair(std::holds_alternative<Opaque>(one->node), one->id);
  };
  all.insert(std::upper_bound(all.begin(), all.end(), statement,
                              [&](const Statement* a, const Statement* b) { return place(a) < place(b); }),
             statement);
  slot.first = all.front();
}

void Catalog::Index::remove(std::string_view schema, std::string_view name, const Statement& statement) {
  if (find(schema, name) == nullptr) return;
  Slot& slot = slots_[slot_of(hash_of(schema, name), schema, name)];
  const auto shared = shared_.find(slot.name);
  if (shared == shared_.end()) {
    if (slot.first == &statement) slot.first = nullptr;
    return;
  }
  std::erase(shared->second, &statement);
  slot.first = shared->second.front();
  if (shared->second.size() == 1) shared_.erase(shared);
}

void Catalog::Index::grow() {
  std::vector<Slot> old = std::move(slots_);
  slots_.assign(std::max<size_t>(4 * old.size(), 64), Slot{});
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.size == 0) continue;
    size_t i = slot.hash & mask;
    while (slots_[i].size != 0) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

Catalog::Names::Entry Catalog::Names::entry_of(const Statement& statement) {
  const auto qualified = [](Index Names::*index, const Name& name) {
    return Entry{index, schema_of(name), name.name};
  };
  const StatementNode& node = statement.node;
  if (const auto* table = std::get_if<CreateTable>(&node)) return qualified(&Names::tables, table->name);
  if (const auto* as = std::get_if<CreateTableAs>(&node))
    return qualified(as->materialized_view ? &Names::views : &Names::tables, as->name);
  if (const auto* index = std::get_if<CreateIndex>(&node))
    return {&Names::indexes, schema_of(index->table), index->name};
  if (const auto* sequence = std::get_if<CreateSequence>(&node))
    return qualified(&Names::sequences, sequence->name);
  if (const auto* view = std::get_if<CreateView>(&node)) return qualified(&Names::views, view->name);
  if (const auto* type = std::get_if<CreateEnum>(&node)) return qualified(&Names::enums, type->name);
  if (const auto* type = std::get_if<CreateCompositeType>(&node))
    return qualified(&Names::composites, type->name);
  if (const auto* domain = std::get_if<CreateDomain>(&node)) return qualified(&Names::domains, domain->name);
  if (const auto* function = std::get_if<CreateFunction>(&node))
    return qualified(&Names::functions, function->name);
  if (const auto* schema = std::get_if<CreateSchema>(&node))
    return {&Names::schemas, {}, schema->name.empty() ? schema->owner.name : schema->name};
  if (const auto* role = std::get_if<CreateRole>(&node)) return {&Names::roles, {}, role->name};
  if (const auto* extension = std::get_if<CreateExtension>(&node))
    return {&Names::extensions, {}, extension->name};
  return {};
}

namespace {

/// What is kept word for word and may make a routine: which one is known from the objects alone.
constexpr uint64_t unnamed = 1;

}  // namespace

uint64_t Catalog::Names::digest_of(const StatementNode& node, const Entry& entry) {
  if (entry.index != nullptr) return Index::hash_of(entry.schema, entry.name) + 2 + node.index();
  const auto* opaque = std::get_if<Opaque>(&node);
  return opaque != nullptr && may_be_routine(*opaque) ? unnamed : 0;
}

Catalog::Names::Names(Script& script) {
  digests_.reserve(script.statements.size());
  for (Statement& statement : script.statements) {
    const Entry entry = entry_of(statement);
    digests_.push_back(is_there(statement) ? digest_of(statement.node, entry) : 0);
    if (digests_.back() != 0 && entry.index != nullptr)
      (this->*entry.index).add(entry.schema, entry.name, &statement);
  }
  for (const Object& object : script.objects) {
    if (!object.made_here() || !is_routine(object.kind)) continue;
    Statement& statement = script.statements[object.created];
    if (std::holds_alternative<Opaque>(statement.node) && is_there(statement))
      functions.add(schema_of(object.name), object.name.name, &statement);
  }
}

bool Catalog::Names::take_in(Statement& statement) {
  if (digests_.size() <= statement.id) digests_.resize(statement.id + size_t{1});
  const Entry entry = entry_of(statement);
  const uint64_t was = digests_[statement.id];
  const uint64_t as_it_reads = digest_of(statement.node, entry);
  const uint64_t is = is_there(statement) ? as_it_reads : 0;
  if (was == is) return true;
  // Under which name it was listed is not known any more.
  if (entry.index == nullptr || (was != 0 && was != as_it_reads)) return false;
  digests_[statement.id] = is;
  if (was == 0) {
    (this->*entry.index).add(entry.schema, entry.name, &statement);
  } else {
    (this->*entry.index).remove(entry.schema, entry.name, statement);
  }
  return true;
}

namespace {

/// Calls `f(table, constraint, column)` for each key that a statement holds and that is still there; `column`
/// is the one that it is written at.
template <class Function>
void for_each_key(const Statement& statement, Function f) {
  if (!is_there(statement)) return;
  const auto key = [&](const Name& table, const Constraint& constraint, const std::string& column) {
    if (constraint.kind == Constraint::Kind::primary_key || constraint.kind == Constraint::Kind::foreign_key)
      f(table, constraint, column);
  };
  if (const auto* create = std::get_if<CreateTable>(&statement.node)) {
    for (const Column& column : create->columns) {
      for (const Constraint& constraint : column.constraints) key(create->name, constraint, column.name);
    }
    for (const Constraint& constraint : create->constraints) key(create->name, constraint, {});
  } else if (const auto* alter = std::get_if<AlterTable>(&statement.node)) {
    for (const AlterCommand& command : alter->commands) {
      if (const auto* added = std::get_if<AddConstraint>(&command)) key(alter->name, added->constraint, {});
    }
  }
}

std::vector<std::string> columns_of(const Constraint& constraint, const std::string& column) {
  return constraint.columns.empty() ? std::vector{column} : constraint.columns;
}

}  // namespace

uint64_t Catalog::Keys::digest_of(const Statement& statement) {
  uint64_t digest = 0;
  const auto take = [&](uint64_t more) { digest = digest * 0x9E3779B97F4A7C15u + more + 1; };
  for_each_key(statement, [&](const Name& table, const Constraint& constraint, const std::string& column) {
    take(Index::hash_of(table.schema, table.name));
    if (constraint.kind == Constraint::Kind::foreign_key) {
      take(reinterpret_cast<uintptr_t>(&constraint));
    } else {
      for (const std::string& one : columns_of(constraint, column)) take(Index::hash_of({}, one));
    }
  });
  return digest;
}

Catalog::Keys::Keys(Script& script) {
  digests_.reserve(script.statements.size());
  for (Statement& statement : script.statements) {
    digests_.push_back(digest_of(statement));
    if (digests_.back() == 0) continue;
    for_each_key(statement, [&](const Name& table, const Constraint& constraint, const std::string& column) {
      if (constraint.kind == Constraint::Kind::primary_key) {
        primary_keys[key_of(table)] = columns_of(constraint, column);
      } else {
        foreign_keys.push_back({&statement, table, &constraint});
      }
    });
  }
}

bool Catalog::Keys::holds(const Statement& statement) const {
  const uint64_t before = statement.id < digests_.size() ? digests_[statement.id] : 0;
  return before == digest_of(statement);
}

void Catalog::catch_up() {
  for (const StatementId id : changed_) {
    Statement& statement = script_.statements[id];
    if (names_ != nullptr && !names_->take_in(statement)) names_.reset();
    if (keys_ != nullptr && !keys_->holds(statement)) keys_.reset();
  }
  changed_.clear();
}

Statement* Catalog::find(const Index& index, const Name& name) {
  return index.find(schema_of(name), name.name);
}

bool Catalog::is_user_type(const Name& name) const {
  const uint64_t hash = Index::hash_of(schema_of(name), name.name);
  const auto has = [&](const Index& index) {
    return index.find(hash, schema_of(name), name.name) != nullptr;
  };
  const Names& all = names();
  return has(all.enums) || has(all.composites) || has(all.domains) || has(all.tables) || has(all.views);
}

std::vector<Statement*> Catalog::functions(const Name& name) const {
  return names().functions.all(schema_of(name), name.name);
}

std::string Catalog::extension_schema(const std::string& extension) const {
  const Statement* statement = names().extensions.find({}, extension);
  return statement == nullptr ? std::string() : std::get<CreateExtension>(statement->node).schema;
}

const std::vector<std::string>& Catalog::primary_key(const Name& table) const {
  static const std::vector<std::string> none;
  const auto it = keys().primary_keys.find(key_of(table));
  return it == keys().primary_keys.end() ? none : it->second;
}

Column* find_column(CreateTable& table, const std::string& name) {
  auto it = std::find_if(table.columns.begin(), table.columns.end(),
                         [&](const Column& c) { return c.name == name; });
  return it == table.columns.end() ? nullptr : &*it;
}

}  // namespace pg2crdb::ast
