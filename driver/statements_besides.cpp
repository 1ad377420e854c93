#include "driver/statements_besides.h"

#include "ast/describe.h"

namespace pg2crdb {
namespace {

ObjectName full_name(const ast::Name& name) {
  return {name.schema.empty() ? "public" : name.schema, name.name};
}

}  // namespace

StatementsBesides::StatementsBesides(const ast::Script& script, const LoadPlan& plan) {
  for (size_t i = 0; i < plan.tables.size(); ++i) {
    tables_.emplace(plan.tables[i].target(), i);
    if (plan.tables[i].renamed()) tables_.emplace(plan.tables[i].source(), i);
  }
  for (const ast::Statement& statement : script.statements) look_at(statement);
  for (const ast::DataBlock& block : script.data) {
    if (!block.left_out.empty() && block.rows > 0) change(block.table);
  }
}

bool StatementsBesides::have_default(const ast::CreateTable& create, const ast::Column& column) const {
  const ast::TypeName& type = column.source_type.empty() ? column.type : *column.source_type;
  return column.default_value || column.identity || domains_.contains(full_name(type.name)) ||
         columns_of_.contains({full_name(create.name), column.name});
}

void StatementsBesides::look_at(const ast::Statement& statement) {
  if (const auto* domain = std::get_if<ast::CreateDomain>(&statement.node)) {
    if (domain->default_value) domains_.insert(full_name(domain->name));
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* set = std::get_if<ast::SetDefault>(&command);
      if (set != nullptr && set->value) columns_of_.emplace(full_name(alter->name), set->column);
    }
  }
  if (!statement.live() && statement.fate != ast::Fate::needs_person) return;
  for (const ast::TableRef* changed : ast::changed_tables(statement.node)) change(changed->name);
  if (const auto* truncate = std::get_if<ast::Truncate>(&statement.node)) {
    for (const ast::Name& name : truncate->tables) change(name);
  }
}

void StatementsBesides::change(const ast::Name& name) {
  const auto [begin, end] = tables_.equal_range(full_name(name));
  for (auto one = begin; one != end; ++one) changed_.insert(one->second);
}

}  // namespace pg2crdb
