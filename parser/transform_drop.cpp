#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

/// Of the objects that have a name and nothing else.
ast::Drop drop_named(ast::ObjectKind kind, const char* name, bool if_exists) {
  ast::ObjectRef object;
  object.kind = kind;
  object.name.name = text(name);
  ast::Drop result;
  result.kind = kind;
  result.objects.push_back(std::move(object));
  result.if_exists = if_exists;
  return result;
}

}  // namespace

ast::StatementNode drop(Context& context, const DropStmt& node) {
  reads_only(node, node.objects, node.removeType, node.behavior, node.missing_ok, node.concurrent);
  ast::Drop result;
  result.kind = object_kind(node.removeType);
  if (result.kind == ast::ObjectKind::other) throw Unmodelled{};
  for (const Node* object : Nodes<Node>(node.objects)) {
    result.objects.push_back(object_ref(context, result.kind, object));
  }
  result.cascade = node.behavior == DROP_CASCADE;
  result.if_exists = node.missing_ok;
  result.concurrently = node.concurrent;
  return result;
}

ast::StatementNode drop_role(Context& context, const DropRoleStmt& node) {
  reads_only(node, node.roles, node.missing_ok);
  ast::Drop result;
  result.kind = ast::ObjectKind::role;
  for (const Node* object : Nodes<Node>(node.roles)) {
    result.objects.push_back(object_ref(context, result.kind, object));
  }
  result.if_exists = node.missing_ok;
  return result;
}

ast::StatementNode drop_database(const DropdbStmt& node) {
  reads_only(node, node.dbname, node.missing_ok);
  return drop_named(ast::ObjectKind::database, node.dbname, node.missing_ok);
}

ast::StatementNode drop_tablespace(const DropTableSpaceStmt& node) {
  reads_only(node, node.tablespacename, node.missing_ok);
  return drop_named(ast::ObjectKind::tablespace, node.tablespacename, node.missing_ok);
}

ast::StatementNode drop_subscription(const DropSubscriptionStmt& node) {
  reads_only(node, node.subname, node.missing_ok, node.behavior);
  ast::Drop result = drop_named(ast::ObjectKind::subscription, node.subname, node.missing_ok);
  result.cascade = node.behavior == DROP_CASCADE;
  return result;
}

}  // namespace pg2crdb::transform
