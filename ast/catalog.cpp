#include "ast/catalog.h"

#include <algorithm>

namespace pg2crdb::ast {

std::string Catalog::key(const Name& name) { return (name.schema.empty() ? "public" : name.schema) + "." + name.name; }

Statement* Catalog::find(const Index& index, const Name& name) {
  auto it = index.find(key(name));
  return it == index.end() ? nullptr : it->second;
}

Catalog::Catalog(Script& script) {
  auto note = [this](Statement& statement, const Name& table, const Constraint& constraint,
                     const std::string& column) {
    if (constraint.kind == Constraint::Kind::primary_key) {
      primary_keys_[key(table)] = constraint.columns.empty() ? std::vector{column} : constraint.columns;
    } else if (constraint.kind == Constraint::Kind::foreign_key) {
      foreign_keys_.push_back({&statement, table, &constraint});
    }
  };
  for (Statement& statement : script.statements) {
    if (!statement.live() && statement.fate != Fate::needs_person) continue;
    if (auto* create = std::get_if<CreateTable>(&statement.node)) {
      tables_.emplace(key(create->name), &statement);
      for (const Column& column : create->columns) {
        for (const Constraint& constraint : column.constraints) note(statement, create->name, constraint, column.name);
      }
      for (const Constraint& constraint : create->constraints) note(statement, create->name, constraint, {});
    } else if (auto* alter = std::get_if<AlterTable>(&statement.node)) {
      for (const AlterCommand& command : alter->commands) {
        if (auto* add = std::get_if<AddConstraint>(&command)) note(statement, alter->name, add->constraint, {});
      }
    } else if (auto* index = std::get_if<CreateIndex>(&statement.node)) {
      indexes_.emplace(key({index->table.schema, index->name}), &statement);
    } else if (auto* sequence = std::get_if<CreateSequence>(&statement.node)) {
      sequences_.emplace(key(sequence->name), &statement);
    } else if (auto* view = std::get_if<CreateView>(&statement.node)) {
      views_.emplace(key(view->name), &statement);
    } else if (auto* as = std::get_if<CreateTableAs>(&statement.node)) {
      (as->materialized_view ? views_ : tables_).emplace(key(as->name), &statement);
    } else if (auto* enumeration = std::get_if<CreateEnum>(&statement.node)) {
      enums_.emplace(key(enumeration->name), &statement);
    } else if (auto* composite = std::get_if<CreateCompositeType>(&statement.node)) {
      composites_.emplace(key(composite->name), &statement);
    } else if (auto* domain = std::get_if<CreateDomain>(&statement.node)) {
      domains_.emplace(key(domain->name), &statement);
    } else if (auto* function = std::get_if<CreateFunction>(&statement.node)) {
      functions_.insert(key(function->name));
    } else if (auto* schema = std::get_if<CreateSchema>(&statement.node)) {
      schemas_.insert(schema->name.empty() ? schema->owner.name : schema->name);
    } else if (auto* role = std::get_if<CreateRole>(&statement.node)) {
      roles_.insert(role->name);
    } else if (auto* extension = std::get_if<CreateExtension>(&statement.node)) {
      extensions_.emplace(extension->name, extension->schema);
    }
  }
}

Statement* Catalog::table(const Name& name) const { return find(tables_, name); }
Statement* Catalog::sequence(const Name& name) const { return find(sequences_, name); }
Statement* Catalog::view(const Name& name) const { return find(views_, name); }
Statement* Catalog::enum_type(const Name& name) const { return find(enums_, name); }
Statement* Catalog::composite_type(const Name& name) const { return find(composites_, name); }
Statement* Catalog::domain(const Name& name) const { return find(domains_, name); }
Statement* Catalog::index(const Name& name) const { return find(indexes_, name); }
bool Catalog::has_function(const Name& name) const { return functions_.contains(key(name)); }

std::string Catalog::extension_schema(const std::string& extension) const {
  auto it = extensions_.find(extension);
  return it == extensions_.end() ? std::string() : it->second;
}

std::vector<std::string> Catalog::primary_key(const Name& table) const {
  auto it = primary_keys_.find(key(table));
  return it == primary_keys_.end() ? std::vector<std::string>() : it->second;
}

Column* find_column(CreateTable& table, const std::string& name) {
  auto it = std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& c) { return c.name == name; });
  return it == table.columns.end() ? nullptr : &*it;
}

}  // namespace pg2crdb::ast
