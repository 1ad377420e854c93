#include "parser/transform.h"

namespace pg2crdb::transform {

ast::StatementNode create_schema(const CreateSchemaStmt& node) {
  reads_only(node, node.schemaname, node.authrole, node.if_not_exists);
  ast::CreateSchema result;
  result.name = text(node.schemaname);
  if (node.authrole != nullptr) result.owner = role(*node.authrole);
  result.has_owner = node.authrole != nullptr;
  result.if_not_exists = node.if_not_exists;
  return result;
}

ast::StatementNode create_database(const CreatedbStmt& node) {
  reads_only(node, node.dbname, node.options);
  ast::CreateDatabase result;
  result.name = text(node.dbname);
  result.options = options(node.options);
  return result;
}

ast::StatementNode create_extension(const CreateExtensionStmt& node) {
  reads_only(node, node.extname, node.if_not_exists, node.options);
  ast::CreateExtension result;
  result.name = text(node.extname);
  result.if_not_exists = node.if_not_exists;
  for (const DefElem& option : Nodes<DefElem>(node.options)) {
    option_reads_only(option, option.defname, option.arg);
    switch (name_number(text(option.defname))) {
      case "schema"_n:
        result.schema = string_node(option.arg);
        break;
      case "new_version"_n:
        result.version = string_node(option.arg);
        break;
      case "cascade"_n:
        result.cascade = truth(option.arg);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode create_enum(const CreateEnumStmt& node) {
  reads_only(node, node.typeName, node.vals);
  ast::CreateEnum result;
  result.name = qualified_name(node.typeName);
  result.labels = string_nodes(node.vals);
  return result;
}

ast::StatementNode alter_enum(const AlterEnumStmt& node) {
  reads_only(node, node.typeName, node.oldVal, node.newVal, node.newValNeighbor, node.newValIsAfter,
             node.skipIfNewValExists);
  ast::AlterEnum result;
  result.name = qualified_name(node.typeName);
  result.old_label = text(node.oldVal);
  result.label = text(node.newVal);
  result.neighbor = text(node.newValNeighbor);
  // ADD VALUE without a place says "after", too.
  result.after = node.newValIsAfter && !result.neighbor.empty();
  result.if_not_exists = node.skipIfNewValExists;
  return result;
}

ast::StatementNode create_composite_type(Context& context, const CompositeTypeStmt& node) {
  reads_only(node, node.typevar, node.coldeflist);
  ast::CreateCompositeType result;
  result.name = relation_name(node.typevar);
  for (const ColumnDef& one : Nodes<ColumnDef>(node.coldeflist)) {
    result.attributes.push_back(column(context, one));
  }
  return result;
}

ast::StatementNode create_domain(Context& context, const CreateDomainStmt& node) {
  reads_only(node, node.domainname, node.typeName, node.collClause, node.constraints);
  ast::CreateDomain result;
  result.name = qualified_name(node.domainname);
  result.type = type_name(context, node_as<TypeName>(node.typeName));
  result.collation = collation_name(node.collClause);
  ast::Column like_column;
  for (const Constraint& one : Nodes<Constraint>(node.constraints)) {
    add_column_constraint(context, like_column, one);
  }
  result.default_value = std::move(like_column.default_value);
  result.not_null = like_column.not_null;
  result.constraints = std::move(like_column.constraints);
  return result;
}

}  // namespace pg2crdb::transform
