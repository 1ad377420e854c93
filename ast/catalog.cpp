#include "ast/catalog.h"

#include <algorithm>
#include <functional>

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

uint64_t hash_of(std::string_view schema, std::string_view name) {
  const std::hash<std::string_view> hash;
  return hash(schema) * 0x9E3779B97F4A7C15u ^ hash(name);
}

}  // namespace

/// The name's slot, or the free one where it belongs.
size_t Catalog::Index::slot_of(uint64_t hash, std::string_view schema, std::string_view name) const {
  const size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.statement == nullptr) return i;
    if (slot.hash != hash || slot.size != schema.size() + 1 + name.size()) continue;
    const std::string_view both(names_.data() + slot.name, slot.size);
    if (both.starts_with(schema) && both[schema.size()] == '\0' && both.ends_with(name)) return i;
  }
}

Statement* Catalog::Index::find(std::string_view schema, std::string_view name) const {
  return slots_.empty() ? nullptr : slots_[slot_of(hash_of(schema, name), schema, name)].statement;
}

Statement* Catalog::Index::add(std::string_view schema, std::string_view name, Statement* statement) {
  if (2 * count_ >= slots_.size()) grow();
  const uint64_t hash = hash_of(schema, name);
  Slot& slot = slots_[slot_of(hash, schema, name)];
  if (slot.statement != nullptr) return slot.statement;
  slot = {hash, names_.size(), schema.size() + 1 + name.size(), statement};
  names_.append(schema).append(1, '\0').append(name);
  ++count_;
  return statement;
}

void Catalog::Index::grow() {
  std::vector<Slot> old = std::move(slots_);
  slots_.assign(std::max<size_t>(4 * old.size(), 64), Slot{});
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.statement == nullptr) continue;
    size_t i = slot.hash & mask;
    while (slots_[i].statement != nullptr) i = (i + 1) & mask;
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

/// Changes where the catalog has to read the script again. 0 for what it does not list.
template <class Entry>
uint64_t digest(const Statement& statement, const Entry& entry) {
  if (!is_there(statement)) return 0;
  if (entry.index == nullptr) {
    const auto* opaque = std::get_if<Opaque>(&statement.node);
    return opaque != nullptr && may_be_routine(*opaque) ? 1 : 0;
  }
  return hash_of(entry.schema, entry.name) + 2 + statement.node.index();
}

}  // namespace

uint64_t Catalog::Names::digest_of(const Statement& statement) {
  return digest(statement, entry_of(statement));
}

bool Catalog::Names::holds(const Statement& statement) const {
  const uint64_t before = statement.id < digests_.size() ? digests_[statement.id] : 0;
  return before == digest_of(statement);
}

Catalog::Names::Names(Script& script) {
  digests_.reserve(script.statements.size());
  for (Statement& statement : script.statements) {
    const Entry entry = entry_of(statement);
    digests_.push_back(digest(statement, entry));
    if (digests_.back() == 0) continue;
    if (entry.index == &Names::functions) {
      add_function(entry, statement);
    } else if (entry.index != nullptr) {
      (this->*entry.index).add(entry.schema, entry.name, &statement);
    }
  }
  for (const Object& object : script.objects) {
    if (!object.made_here() || !is_routine(object.kind)) continue;
    Statement& statement = script.statements[object.created];
    if (std::holds_alternative<Opaque>(statement.node) && is_there(statement))
      add_function({&Names::functions, schema_of(object.name), object.name.name}, statement);
  }
}

void Catalog::Names::add_function(const Entry& entry, Statement& statement) {
  Statement* first = functions.add(entry.schema, entry.name, &statement);
  if (first != &statement) overloads[first].push_back(&statement);
}

Catalog::Keys::Keys(Script& script) {
  for (Statement& statement : script.statements) {
    if (!is_there(statement)) continue;
    if (auto* create = std::get_if<CreateTable>(&statement.node)) {
      for (const Column& column : create->columns) {
        for (const Constraint& constraint : column.constraints)
          note(statement, create->name, constraint, column.name);
      }
      for (const Constraint& constraint : create->constraints) note(statement, create->name, constraint, {});
    } else if (auto* alter = std::get_if<AlterTable>(&statement.node)) {
      for (const AlterCommand& command : alter->commands) {
        if (auto* added = std::get_if<AddConstraint>(&command))
          note(statement, alter->name, added->constraint, {});
      }
    }
  }
}

void Catalog::Keys::note(Statement& statement, const Name& table, const Constraint& constraint,
                         const std::string& column) {
  if (constraint.kind == Constraint::Kind::primary_key) {
    primary_keys[key_of(table)] = constraint.columns.empty() ? std::vector{column} : constraint.columns;
  } else if (constraint.kind == Constraint::Kind::foreign_key) {
    foreign_keys.push_back({&statement, table, &constraint});
  }
}

void Catalog::catch_up() {
  for (const StatementId id : changed_) {
    const Statement& statement = script_.statements[id];
    if (names_ != nullptr && !names_->holds(statement)) names_.reset();
    if (std::holds_alternative<CreateTable>(statement.node) ||
        std::holds_alternative<AlterTable>(statement.node)) {
      keys_.reset();
    }
  }
  changed_.clear();
}

Statement* Catalog::find(const Index& index, const Name& name) {
  return index.find(schema_of(name), name.name);
}

std::vector<Statement*> Catalog::functions(const Name& name) const {
  std::vector<Statement*> found;
  Statement* first = find(names().functions, name);
  if (first == nullptr) return found;
  found.push_back(first);
  const auto others = names().overloads.find(first);
  if (others != names().overloads.end())
    found.insert(found.end(), others->second.begin(), others->second.end());
  return found;
}

std::string Catalog::extension_schema(const std::string& extension) const {
  const Statement* statement = names().extensions.find({}, extension);
  return statement == nullptr ? std::string() : std::get<CreateExtension>(statement->node).schema;
}

std::vector<std::string> Catalog::primary_key(const Name& table) const {
  const auto it = keys().primary_keys.find(key_of(table));
  return it == keys().primary_keys.end() ? std::vector<std::string>() : it->second;
}

Column* find_column(CreateTable& table, const std::string& name) {
  auto it = std::find_if(table.columns.begin(), table.columns.end(),
                         [&](const Column& c) { return c.name == name; });
  return it == table.columns.end() ? nullptr : &*it;
}

}  // namespace pg2crdb::ast
