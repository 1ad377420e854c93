#include <simdjson.h>

#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

namespace {

ast::StatementNode copy(Context& context, Json fields) {
  ast::CopyFrom result;
  bool is_from = false;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "relation"_n:
        result.table = relation(context, value).name;
        break;
      case "attlist"_n:
        result.columns = string_nodes(value);
        break;
      case "is_from"_n:
        is_from = boolean(value);
        break;
      case "options"_n:
        for (Json node : array(value)) {
          Json argument;
          if (def_elem(node, argument).name != "freeze") throw Unmodelled{};  // the others say how rows read
        }
        break;
      default:
        throw Unmodelled{};  // a file, a program, WHERE
    }
  }
  if (!is_from) throw Unmodelled{};
  return result;
}

ast::StatementNode truncate(Context& context, Json fields) {
  ast::Truncate result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "relations"_n:
        for (Json node : array(value)) {
          Relation table = relation(context, open_as("RangeVar", node));
          if (table.only) throw Unmodelled{};
          result.tables.push_back(std::move(table.name));
        }
        break;
      case "restart_seqs"_n:
        result.restart_identity = boolean(value);
        break;
      case "behavior"_n:
        result.cascade = cascades(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode do_block(Json fields) {
  ast::DoBlock result;
  bool has_body = false;
  for (auto [key, value] : object(fields)) {
    if (key != "args") throw Unmodelled{};
    for (Json node : array(value)) {
      Json argument;
      switch (name_number(def_elem(node, argument).name)) {
        case "as"_n:
          if (has_body) throw Unmodelled{};  // PostgreSQL refuses it later
          has_body = true;
          result.body = string_node(argument);
          break;
        case "language"_n:
          result.language = string_node(argument);
          break;
        default:
          throw Unmodelled{};
      }
    }
  }
  return result;
}

ast::StatementNode transaction(Json fields) {
  ast::Transaction result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "kind"_n:
        switch (name_number(text(value))) {
          case "TRANS_STMT_BEGIN"_n:
          case "TRANS_STMT_START"_n:
          case "TRANS_STMT_COMMIT"_n:
          case "TRANS_STMT_ROLLBACK"_n:
            result.command = transaction_command(text(value));
            break;
          default:
            throw Unmodelled{};
        }
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

}  // namespace

ast::StatementNode statement(Context& context, std::string_view tag, Json fields) {
  switch (name_number(tag)) {
    case "CreateStmt"_n:
      return create_table(context, fields);
    case "AlterTableStmt"_n:
      return alter_table(context, fields);
    case "IndexStmt"_n:
      return create_index(context, fields);
    case "CreateSchemaStmt"_n:
      return create_schema(context, fields);
    case "CreatedbStmt"_n:
      return create_database(context, fields);
    case "CreateExtensionStmt"_n:
      return create_extension(context, fields);
    case "CreateSeqStmt"_n:
      return create_sequence(context, fields);
    case "AlterSeqStmt"_n:
      return alter_sequence(context, fields);
    case "CreateEnumStmt"_n:
      return create_enum(context, fields);
    case "AlterEnumStmt"_n:
      return alter_enum(context, fields);
    case "CompositeTypeStmt"_n:
      return create_composite_type(context, fields);
    case "CreateDomainStmt"_n:
      return create_domain(context, fields);
    case "ViewStmt"_n:
      return create_view(context, fields);
    case "CreateTableAsStmt"_n:
      return create_table_as(context, fields);
    case "RefreshMatViewStmt"_n:
      return refresh_materialized_view(context, fields);
    case "CreateFunctionStmt"_n:
      return create_function(context, fields);
    case "CreateTrigStmt"_n:
      return create_trigger(context, fields);
    case "CreatePolicyStmt"_n:
      return create_policy(context, fields);
    case "CreateRoleStmt"_n:
      return create_role(context, fields);
    case "AlterRoleStmt"_n:
      return alter_role(context, fields);
    case "GrantStmt"_n:
      return grant(context, fields);
    case "GrantRoleStmt"_n:
      return grant_role(context, fields);
    case "AlterDefaultPrivilegesStmt"_n:
      return alter_default_privileges(context, fields);
    case "RenameStmt"_n:
      return rename(context, fields);
    case "AlterObjectSchemaStmt"_n:
      return set_schema(context, fields);
    case "AlterOwnerStmt"_n:
      return alter_owner(context, fields);
    case "CommentStmt"_n:
      return comment(context, fields);
    case "DropStmt"_n:
      return drop(context, fields);
    case "DropRoleStmt"_n:
      return drop_role(context, fields);
    case "DropdbStmt"_n:
      return drop_named(ast::ObjectKind::database, "dbname", fields);
    case "DropTableSpaceStmt"_n:
      return drop_named(ast::ObjectKind::tablespace, "tablespacename", fields);
    case "DropSubscriptionStmt"_n:
      return drop_named(ast::ObjectKind::subscription, "subname", fields);
    case "TruncateStmt"_n:
      return truncate(context, fields);
    case "DoStmt"_n:
      return do_block(fields);
    case "VariableSetStmt"_n:
      return set_variable(context, fields);
    case "SelectStmt"_n:
      return ast::SelectStatement{query(context, fields)};
    case "TransactionStmt"_n:
      return transaction(fields);
    case "CopyStmt"_n:
      return copy(context, fields);
    default:
      throw Unmodelled{};
  }
}

}  // namespace pg2crdb::transform
