#include "passes/merge_partitions/families.h"

#include <utility>

namespace pg2crdb::partitions {

Families::Families(PassContext& context) : context_(context) {
  for (ast::Statement& statement : context_.script.statements) {
    if (!statement.live()) continue;
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      if (!table->partition_of.empty()) parents_[key_of(table->name)] = table->partition_of;
      if (table->partition_by) roots_.insert(key_of(table->name));
      if (!table->source_name.empty()) renamed_[key_of(table->source_name)] = table->name;
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node);
               alter != nullptr && alter->kind != ast::ObjectKind::index) {
      for (const ast::AlterCommand& command : alter->commands) {
        const auto* attach = std::get_if<ast::AttachPartition>(&command);
        if (attach != nullptr) parents_[key_of(attach->partition)] = alter->name;
      }
    }
  }
  for (const auto& [child, parent] : parents_) {
    partition_names_.insert(child.substr(child.find('\0') + 1));
    parent_names_.insert(parent.name);
    tops_[child] = climb(parent);
    if (!roots_.contains(child)) ++leaves_[root_key(child)];
  }
}

bool Families::is_partition(ast::ObjectId id) {
  partitions_.resize(context_.script.objects.size());
  if (!partitions_[id]) partitions_[id] = is_partition(context_.script.objects[id].name);
  return *partitions_[id];
}

size_t Families::leaves_of(const std::string& root) const {
  const auto found = leaves_.find(root);
  return found == leaves_.end() ? 0 : found->second;
}

std::string Families::root_key(std::string child) const {
  for (size_t i = 0; i <= parents_.size(); ++i) {
    const auto it = parents_.find(child);
    if (it == parents_.end()) break;
    child = key_of(it->second);
  }
  return child;
}

ast::Statement* Families::root_of(const ast::Name& name) const {
  if (!partition_names_.contains(name.name)) return nullptr;
  ast::Statement* const* root = tops_.find(key_of(name));
  return root == nullptr ? nullptr : *root;
}

ast::Statement* Families::climb(ast::Name top) const {
  for (size_t i = 0; i < parents_.size(); ++i) {
    const auto above = parents_.find(key_of(top));
    if (above == parents_.end()) break;
    top = above->second;
  }
  return context_.catalog.table(top);
}

const ast::Name& Families::root_name(const ast::Name& name) const {
  const ast::Name& made = std::get<ast::CreateTable>(root_of(name)->node).name;
  const auto called = called_.find(made.object);
  return called == called_.end() ? made : called->second;
}

void Families::follow(const ast::Statement& statement) {
  if (!context_.options.in_order) return;
  if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
    const ast::Name& table = rename->object.name;
    if (rename->object.kind == ast::ObjectKind::table)
      called_[table.object] = {table.schema, rename->new_name, table.object};
  } else if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
    const ast::Name& table = move->object.name;
    if (move->object.kind == ast::ObjectKind::table)
      called_[table.object] = {move->schema, table.name, table.object};
  }
}

std::vector<std::string> Families::columns_of(const ast::Name& partition, bool insert) {
  if (tables_.empty()) {
    for (const ast::Statement& statement : context_.script.statements) {
      if (const auto* table = std::get_if<ast::CreateTable>(&statement.node))
        tables_[key_of(table->name)] = table;
    }
  }
  const auto found = tables_.find(key_of(partition));
  const ast::CreateTable* table = found == tables_.end() ? nullptr : found->second;
  if (table == nullptr || table->columns.empty() || !table->partition_of.empty())
    table = &std::get<ast::CreateTable>(root_of(partition)->node);
  std::vector<std::string> names;
  for (const ast::Column& column : table->columns) {
    if (insert || !column.generated) names.push_back(name_in_source(column));
  }
  return names;
}

const ast::Name& Families::name_now(const ast::Name& in_dump) const {
  const auto renamed = renamed_.find(key_of(in_dump));
  return renamed == renamed_.end() ? in_dump : renamed->second;
}

}  // namespace pg2crdb::partitions
