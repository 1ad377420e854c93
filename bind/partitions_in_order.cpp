#include "bind/partitions_in_order.h"

#include <variant>
#include <vector>

namespace pg2crdb::bind {

using ast::ObjectId;
using ast::ObjectKind;

ObjectId PartitionsInOrder::renamed_by(const ast::Statement& statement) const {
  const ast::ObjectRef* object = nullptr;
  if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) object = &rename->object;
  if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) object = &move->object;
  const bool partition =
      object != nullptr && object->member.empty() && partitions_.contains(object->name.object);
  return partition ? object->name.object : ast::no_object;
}

std::string PartitionsInOrder::emptied_by(const ast::Statement& statement) {
  if (const auto* create = std::get_if<ast::CreateTable>(&statement.node);
      create != nullptr && !create->partition_of.empty())
    partitions_.insert(create->name.object);
  std::vector<ObjectId> emptied;
  if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    for (const ast::AlterCommand& command : alter->commands) {
      if (const auto* attach = std::get_if<ast::AttachPartition>(&command))
        partitions_.insert(attach->partition.object);
    }
  } else if (const auto* drop = std::get_if<ast::Drop>(&statement.node)) {
    for (const ast::ObjectRef& one : drop->objects) {
      if (drop->kind == ObjectKind::table) emptied.push_back(one.name.object);
    }
  } else if (const auto* truncate = std::get_if<ast::Truncate>(&statement.node)) {
    for (const ast::Name& table : truncate->tables) emptied.push_back(table.object);
  } else if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
             opaque != nullptr && opaque->kind.ends_with(" DETACH PARTITION")) {
    emptied = statement.text_objects;
  }
  for (const ObjectId id : emptied) {
    if (id != ast::no_object && partitions_.contains(id)) return to_string(script_.objects[id].name);
  }
  return {};
}

}  // namespace pg2crdb::bind
