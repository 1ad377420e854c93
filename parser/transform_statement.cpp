#include "ast/sequence_call.h"
#include "parser/plain_constants.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

/// A file, a program and WHERE are not modelled, and not COPY TO. How the rows are written stands in the
/// statement's text: plan/copy_form.h.
ast::StatementNode copy(const CopyStmt& node) {
  reads_only(node, node.relation, node.attlist, node.is_from, node.options);
  if (!node.is_from) throw Unmodelled{};
  ast::CopyFrom result;
  result.table = relation_name(node.relation);
  result.columns = string_nodes(node.attlist);
  for (const DefElem& option : Nodes<DefElem>(node.options)) {
    if (text(option.defname) == "format" && string_node(option.arg) == "binary") throw Unmodelled{};
  }
  return result;
}

ast::StatementNode truncate(const TruncateStmt& node) {
  reads_only(node, node.relations, node.restart_seqs, node.behavior);
  ast::Truncate result;
  for (const RangeVar& table : Nodes<RangeVar>(node.relations)) {
    if (!table.inh) throw Unmodelled{};
    result.tables.push_back(relation_name(&table));
  }
  result.restart_identity = node.restart_seqs;
  result.cascade = node.behavior == DROP_CASCADE;
  return result;
}

ast::StatementNode do_block(const Context& context, const DoStmt& node) {
  reads_only(node, node.args);
  ast::DoBlock result;
  bool has_body = false;
  for (const DefElem& option : Nodes<DefElem>(node.args)) {
    option_reads_only(option, option.defname, option.arg);
    if (text(option.defname) == "language") {
      result.language = string_node(option.arg);
    } else if (text(option.defname) == "as" && !has_body) {  // PostgreSQL refuses a second one later
      has_body = true;
      result.body = string_node(option.arg);
      result.offset = written_body(context, option.location, result.body);
    } else {
      throw Unmodelled{};
    }
  }
  if (result.language.empty() || result.language == "plpgsql")
    result.body = with_plain_constants(std::move(result.body));
  return result;
}

#if PG_VERSION_NUM >= 170000
#define PG2CRDB_LOCATION(node) , node.location
#else
#define PG2CRDB_LOCATION(node)
#endif

ast::StatementNode transaction(const TransactionStmt& node) {
  const std::string command(transaction_command(node.kind));
  switch (node.kind) {
    case TRANS_STMT_BEGIN:
    case TRANS_STMT_START:
    case TRANS_STMT_COMMIT:
    case TRANS_STMT_ROLLBACK:
      reads_only(node, node.kind PG2CRDB_LOCATION(node));
      return ast::Transaction{command};
    case TRANS_STMT_SAVEPOINT:
    case TRANS_STMT_RELEASE:
    case TRANS_STMT_ROLLBACK_TO:  // however the name is written: U&"d\0061ta"
      reads_only(node, node.kind, node.savepoint_name PG2CRDB_LOCATION(node));
      return ast::Opaque{command,
                         command + " " + ast::regclass_text({{}, std::string(text(node.savepoint_name))})};
    default:
      throw Unmodelled{};
  }
}

}  // namespace

ast::StatementNode statement(Context& context, const Node* node) {
  switch (tag_of(node)) {
    case T_CreateStmt:
      return create_table(context, node_as<CreateStmt>(node));
    case T_AlterTableStmt:
      return alter_table(context, node_as<AlterTableStmt>(node));
    case T_IndexStmt:
      return create_index(context, node_as<IndexStmt>(node));
    case T_CreateSchemaStmt:
      return create_schema(node_as<CreateSchemaStmt>(node));
    case T_CreatedbStmt:
      return create_database(node_as<CreatedbStmt>(node));
    case T_CreateExtensionStmt:
      return create_extension(node_as<CreateExtensionStmt>(node));
    case T_CreateSeqStmt:
      return create_sequence(context, node_as<CreateSeqStmt>(node));
    case T_AlterSeqStmt:
      return alter_sequence(context, node_as<AlterSeqStmt>(node));
    case T_CreateEnumStmt:
      return create_enum(node_as<CreateEnumStmt>(node));
    case T_AlterEnumStmt:
      return alter_enum(node_as<AlterEnumStmt>(node));
    case T_CompositeTypeStmt:
      return create_composite_type(context, node_as<CompositeTypeStmt>(node));
    case T_CreateDomainStmt:
      return create_domain(context, node_as<CreateDomainStmt>(node));
    case T_ViewStmt:
      return create_view(context, node_as<ViewStmt>(node));
    case T_CreateTableAsStmt:
      return create_table_as(context, node_as<CreateTableAsStmt>(node));
    case T_RefreshMatViewStmt:
      return refresh_materialized_view(node_as<RefreshMatViewStmt>(node));
    case T_CreateFunctionStmt:
      return create_function(context, node_as<CreateFunctionStmt>(node));
    case T_CreateTrigStmt:
      return create_trigger(context, node_as<CreateTrigStmt>(node));
    case T_CreatePolicyStmt:
      return create_policy(context, node_as<CreatePolicyStmt>(node));
    case T_CreateRoleStmt:
      return create_role(node_as<CreateRoleStmt>(node));
    case T_AlterRoleStmt:
      return alter_role(node_as<AlterRoleStmt>(node));
    case T_GrantStmt:
      return grant(context, node_as<GrantStmt>(node));
    case T_GrantRoleStmt:
      return grant_role(node_as<GrantRoleStmt>(node));
    case T_AlterDefaultPrivilegesStmt:
      return alter_default_privileges(context, node_as<AlterDefaultPrivilegesStmt>(node));
    case T_RenameStmt:
      return rename(context, node_as<RenameStmt>(node));
    case T_AlterObjectSchemaStmt:
      return set_schema(context, node_as<AlterObjectSchemaStmt>(node));
    case T_AlterOwnerStmt:
      return alter_owner(context, node_as<AlterOwnerStmt>(node));
    case T_CommentStmt:
      return comment(context, node_as<CommentStmt>(node));
    case T_DropStmt:
      return drop(context, node_as<DropStmt>(node));
    case T_DropRoleStmt:
      return drop_role(context, node_as<DropRoleStmt>(node));
    case T_DropdbStmt:
      return drop_database(node_as<DropdbStmt>(node));
    case T_DropTableSpaceStmt:
      return drop_tablespace(node_as<DropTableSpaceStmt>(node));
    case T_DropSubscriptionStmt:
      return drop_subscription(node_as<DropSubscriptionStmt>(node));
    case T_TruncateStmt:
      return truncate(node_as<TruncateStmt>(node));
    case T_DoStmt:
      return do_block(context, node_as<DoStmt>(node));
    case T_VariableSetStmt:
      return set_variable(context, node_as<VariableSetStmt>(node));
    case T_TransactionStmt:
      return transaction(node_as<TransactionStmt>(node));
    case T_CopyStmt:
      return copy(node_as<CopyStmt>(node));
    case T_SelectStmt:
      return select(context, node_as<SelectStmt>(node));
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
      return std::visit([](auto&& one) { return ast::StatementNode(std::move(one)); },
                        row_statement(context, node).node);
    default:
      throw Unmodelled{};
  }
}

}  // namespace pg2crdb::transform
