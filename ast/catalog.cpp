#include "ast/catalog.h"

#include <algorithm>
#include <functional>

namespace pg2crdb::ast {
namespace {

std::string_view schema_of(const Name& name) {
  return name.schema.empty() ? std::string_view("public") : std::string_view(name.schema);
}

std::string key(const Name& name) {
  return std::string(schema_of(name)) + '\0' + name.name;
}

bool is_there(const Statement& statement) {
  return statement.live() || statement.fate == Fate::needs_person;
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

Statement* Catalog::Index::find(const Name& name) const {
  if (slots_.empty()) return nullptr;
  const std::string_view schema = schema_of(name);
  return slots_[slot_of(hash_of(schema, name.name), schema, name.name)].statement;
}

void Catalog::Index::add(const Name& name, Statement* statement) {
  if (2 * count_ >= slots_.size()) grow();
  const std::string_view schema = schema_of(name);
  const uint64_t hash = hash_of(schema, name.name);
  Slot& slot = slots_[slot_of(hash, schema, name.name)];
  if (slot.statement != nullptr) return;
  slot = {hash, names_.size(), schema.size() + 1 + name.name.size(), statement};
  names_.append(schema).append(1, '\0').append(name.name);
  ++count_;
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

Catalog::Names::Names(Script& script) {
  for (Statement& statement : script.statements) {
    if (!is_there(statement)) continue;
    if (auto* create = std::get_if<CreateTable>(&statement.node)) {
      tables.add(create->name, &statement);
    } else if (auto* index = std::get_if<CreateIndex>(&statement.node)) {
      indexes.add({index->table.schema, index->name}, &statement);
    } else if (auto* sequence = std::get_if<CreateSequence>(&statement.node)) {
      sequences.add(sequence->name, &statement);
    } else if (auto* view = std::get_if<CreateView>(&statement.node)) {
      views.add(view->name, &statement);
    } else if (auto* as = std::get_if<CreateTableAs>(&statement.node)) {
      (as->materialized_view ? views : tables).add(as->name, &statement);
    } else if (auto* enumeration = std::get_if<CreateEnum>(&statement.node)) {
      enums.add(enumeration->name, &statement);
    } else if (auto* composite = std::get_if<CreateCompositeType>(&statement.node)) {
      composites.add(composite->name, &statement);
    } else if (auto* domain = std::get_if<CreateDomain>(&statement.node)) {
      domains.add(domain->name, &statement);
    } else if (auto* function = std::get_if<CreateFunction>(&statement.node)) {
      functions.add(function->name, &statement);
    } else if (auto* schema = std::get_if<CreateSchema>(&statement.node)) {
      schemas.insert(schema->name.empty() ? schema->owner.name : schema->name);
    } else if (auto* role = std::get_if<CreateRole>(&statement.node)) {
      roles.insert(role->name);
    } else if (auto* extension = std::get_if<CreateExtension>(&statement.node)) {
      extensions.emplace(extension->name, extension->schema);
    }
  }
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
    primary_keys[key(table)] = constraint.columns.empty() ? std::vector{column} : constraint.columns;
  } else if (constraint.kind == Constraint::Kind::foreign_key) {
    foreign_keys.push_back({&statement, table, &constraint});
  }
}

std::string Catalog::extension_schema(const std::string& extension) const {
  const auto it = names().extensions.find(extension);
  return it == names().extensions.end() ? std::string() : it->second;
}

std::vector<std::string> Catalog::primary_key(const Name& table) const {
  const auto it = keys().primary_keys.find(key(table));
  return it == keys().primary_keys.end() ? std::vector<std::string>() : it->second;
}

Column* find_column(CreateTable& table, const std::string& name) {
  auto it = std::find_if(table.columns.begin(), table.columns.end(),
                         [&](const Column& c) { return c.name == name; });
  return it == table.columns.end() ? nullptr : &*it;
}

}  // namespace pg2crdb::ast
