#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

ast::AttachPartition attach_partition(Context& context, const PartitionCmd& node) {
  reads_only(node, node.name, node.bound);
  ast::AttachPartition result;
  result.partition = relation_name(node.name);
  if (node.bound != nullptr) result.bound = partition_bound(context, *node.bound);
  return result;
}

ast::SetType set_type(Context& context, std::string name, const ColumnDef& definition) {
  ast::Column parsed = column(context, definition);
  return {std::move(name), std::move(parsed.type), std::move(parsed.collation),
          std::move(parsed.default_value)};
}

ast::SetIdentity set_identity(Context& context, std::string name, const List& list) {
  ast::SetIdentity result;
  result.column = std::move(name);
  for (const DefElem& node : Nodes<DefElem>(&list)) {
    if (text(node.defname) != "generated") {
      set_sequence_option(context, result.options, node);
      continue;
    }
    option_reads_only(node, node.defname, node.arg);
    result.sets_always = true;
    result.always = node_as<Integer>(node.arg).ival == 'a';
  }
  if (!result.options.sequence_name.empty()) throw Unmodelled{};  // PostgreSQL refuses it later
  return result;
}

ast::AlterCommand alter_command(Context& context, const AlterTableCmd& node) {
  reads_only(node, node.subtype, node.name, node.newowner, node.def, node.behavior, node.missing_ok);
  std::string name(text(node.name));
  const bool cascade = node.behavior == DROP_CASCADE;
  switch (node.subtype) {
    case AT_AddColumn:
      return ast::AddColumn{column(context, node_as<ColumnDef>(node.def)), node.missing_ok};
    case AT_DropColumn:
      return ast::DropColumn{std::move(name), node.missing_ok, cascade};
    case AT_ColumnDefault:
      return ast::SetDefault{std::move(name), expression_if(context, node.def)};
    case AT_SetNotNull:
      return ast::SetNotNull{std::move(name), true};
    case AT_DropNotNull:
      return ast::SetNotNull{std::move(name), false};
    case AT_AlterColumnType:
      return set_type(context, std::move(name), node_as<ColumnDef>(node.def));
    case AT_AddConstraint:
      return ast::AddConstraint{constraint(context, node_as<Constraint>(node.def))};
    case AT_DropConstraint:
      return ast::DropConstraint{std::move(name), node.missing_ok, cascade};
    case AT_ValidateConstraint:
      return ast::ValidateConstraint{std::move(name)};
    case AT_AddIdentity:
      return ast::AddIdentity{std::move(name), identity(context, node_as<Constraint>(node.def))};
    case AT_SetIdentity:
      return set_identity(context, std::move(name), node_as<List>(node.def));
    case AT_DropIdentity:
      return ast::DropIdentity{std::move(name), node.missing_ok};
    case AT_DropExpression:
      return ast::DropExpression{std::move(name), node.missing_ok};
    case AT_ChangeOwner:
      return ast::OwnerTo{role(node_as<RoleSpec>(node.newowner))};
    case AT_AttachPartition:
      return attach_partition(context, node_as<PartitionCmd>(node.def));
    case AT_EnableRowSecurity:
      return ast::RowSecurity{ast::RowSecurity::Action::enable};
    case AT_DisableRowSecurity:
      return ast::RowSecurity{ast::RowSecurity::Action::disable};
    case AT_ForceRowSecurity:
      return ast::RowSecurity{ast::RowSecurity::Action::force};
    case AT_NoForceRowSecurity:
      return ast::RowSecurity{ast::RowSecurity::Action::no_force};
    default:
      throw Unmodelled{};
  }
}

}  // namespace

ast::StatementNode alter_table(Context& context, const AlterTableStmt& node) {
  reads_only(node, node.relation, node.cmds, node.objtype, node.missing_ok);
  ast::AlterTable result;
  Relation table = relation(context, *node.relation);
  result.name = std::move(table.name);
  result.only = table.only;
  for (const AlterTableCmd& command : Nodes<AlterTableCmd>(node.cmds)) {
    result.commands.push_back(alter_command(context, command));
  }
  result.kind = object_kind(node.objtype);
  result.if_exists = node.missing_ok;
  // ALTER TYPE ADD ATTRIBUTE comes as ADD COLUMN.
  if (result.kind == ast::ObjectKind::type || result.kind == ast::ObjectKind::other) throw Unmodelled{};
  return result;
}

}  // namespace pg2crdb::transform
