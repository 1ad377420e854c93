#include "parser/transform.h"

namespace pg2crdb::transform {

ast::StatementNode rename(Context& context, const RenameStmt& node) {
  reads_only(node, node.renameType, node.relationType, node.relation, node.object, node.subname, node.newname,
             node.behavior, node.missing_ok);
  ast::Rename result;
  ast::ObjectRef& reference = result.object;
  const ast::ObjectKind kind =
      node.renameType == OBJECT_ATTRIBUTE ? ast::ObjectKind::column : object_kind(node.renameType);
  if (kind == ast::ObjectKind::other) throw Unmodelled{};
  if (node.object != nullptr) {
    const bool of_domain = kind == ast::ObjectKind::domain_constraint;
    reference = object_ref(context, of_domain ? ast::ObjectKind::domain : kind, node.object);
  } else {  // ONLY says nothing here: PostgreSQL refuses it where a child has the same
    reference.name = relation_name(node.relation);
  }
  reference.kind = kind;
  if (node.subname != nullptr)
    (reference.name.empty() ? reference.name.name : reference.member) = node.subname;
  // Of others, the parser's word says nothing.
  if (kind == ast::ObjectKind::column) result.relation = object_kind(node.relationType);
  result.new_name = text(node.newname);
  result.cascade = node.behavior == DROP_CASCADE;
  result.if_exists = node.missing_ok;
  return result;
}

namespace {

ast::ObjectRef named_object(const Context& context, ObjectType type, const void* object) {
  const ast::ObjectKind kind = object_kind(type);
  if (kind == ast::ObjectKind::other) throw Unmodelled{};
  return object_ref(context, kind, static_cast<const Node*>(object));
}

}  // namespace

ast::StatementNode set_schema(Context& context, const AlterObjectSchemaStmt& node) {
  reads_only(node, node.objectType, node.relation, node.object, node.newschema, node.missing_ok);
  ast::SetSchema result;
  const void* const relation = node.relation;  // which stands in a field of its own
  result.object = named_object(context, node.objectType, relation != nullptr ? relation : node.object);
  result.schema = text(node.newschema);
  result.if_exists = node.missing_ok;
  return result;
}

ast::StatementNode alter_owner(Context& context, const AlterOwnerStmt& node) {
  reads_only(node, node.objectType, node.object, node.newowner);
  ast::AlterOwner result;
  result.object = named_object(context, node.objectType, node.object);
  result.role = role(node_as<RoleSpec>(node.newowner));
  return result;
}

ast::StatementNode comment(Context& context, const CommentStmt& node) {
  reads_only(node, node.objtype, node.object, node.comment);
  ast::Comment result;
  result.object = named_object(context, node.objtype, node.object);
  result.text = text(node.comment);
  result.is_null = node.comment == nullptr;
  return result;
}

}  // namespace pg2crdb::transform
