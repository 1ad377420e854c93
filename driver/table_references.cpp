#include "driver/table_references.h"

#include <algorithm>
#include <unordered_map>

namespace pg2crdb {
namespace {

bool stands(const ast::Statement& statement) {
  return statement.live() || statement.fate == ast::Fate::needs_person;
}

void add_reference(std::vector<std::string>& references, const ast::Constraint& constraint) {
  if (constraint.kind != ast::Constraint::Kind::foreign_key) return;
  std::string table = to_string(constraint.referenced);
  if (std::ranges::find(references, table) == references.end()) references.push_back(std::move(table));
}

}  // namespace

std::vector<TableReferences> table_references(const ast::Script& script) {
  std::vector<TableReferences> tables;
  std::unordered_map<std::string, size_t> numbers;
  for (const ast::Statement& statement : script.statements) {
    const auto* create = std::get_if<ast::CreateTable>(&statement.node);
    if (create == nullptr || !stands(statement)) continue;
    TableReferences table{to_string(create->name), statement.id, {}};
    for (const ast::Column& column : create->columns) {
      for (const ast::Constraint& constraint : column.constraints) add_reference(table.refers_to, constraint);
    }
    for (const ast::Constraint& constraint : create->constraints) add_reference(table.refers_to, constraint);
    numbers.emplace(table.table, tables.size());
    tables.push_back(std::move(table));
  }
  for (const ast::Statement& statement : script.statements) {
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter == nullptr || !stands(statement)) continue;
    const auto number = numbers.find(to_string(alter->name));
    if (number == numbers.end()) continue;
    for (const ast::AlterCommand& command : alter->commands) {
      if (const auto* added = std::get_if<ast::AddConstraint>(&command))
        add_reference(tables[number->second].refers_to, added->constraint);
    }
  }
  return tables;
}

}  // namespace pg2crdb
