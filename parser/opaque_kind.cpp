#include <cctype>

#include "ast/describe.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

/// SQL's words for an object type.
std::string object_words(ObjectType type) {
  switch (type) {
    case OBJECT_ATTRIBUTE:
      return "TYPE";
    case OBJECT_USER_MAPPING:
      return "USER MAPPING";
    default:
      return std::string(ast::keywords(object_kind(type)));
  }
}

/// The words of a sub-command of ALTER TABLE.
std::string_view alter_words(AlterTableType subtype) {
  switch (subtype) {
    case AT_AddColumn:
      return "ADD COLUMN";
    case AT_DropColumn:
      return "DROP COLUMN";
    case AT_ColumnDefault:
      return "ALTER COLUMN SET DEFAULT";
    case AT_SetNotNull:
      return "ALTER COLUMN SET NOT NULL";
    case AT_DropNotNull:
      return "ALTER COLUMN DROP NOT NULL";
    case AT_AlterColumnType:
      return "ALTER COLUMN TYPE";
    case AT_AddConstraint:
      return "ADD CONSTRAINT";
    case AT_DropConstraint:
      return "DROP CONSTRAINT";
    case AT_AlterConstraint:
      return "ALTER CONSTRAINT";
    case AT_ValidateConstraint:
      return "VALIDATE CONSTRAINT";
    case AT_AddIdentity:
      return "ALTER COLUMN ADD GENERATED";
    case AT_SetIdentity:
      return "ALTER COLUMN SET GENERATED";
    case AT_DropIdentity:
      return "ALTER COLUMN DROP IDENTITY";
#if PG_VERSION_NUM >= 170000
    case AT_SetExpression:
      return "ALTER COLUMN SET EXPRESSION";
#endif
    case AT_DropExpression:
      return "ALTER COLUMN DROP EXPRESSION";
    case AT_SetStatistics:
      return "SET STATISTICS";
    case AT_SetStorage:
      return "SET STORAGE";
    case AT_SetCompression:
      return "SET COMPRESSION";
    case AT_SetOptions:
      return "ALTER COLUMN SET (options)";
    case AT_ResetOptions:
      return "ALTER COLUMN RESET (options)";
    case AT_AlterColumnGenericOptions:
      return "ALTER COLUMN OPTIONS";
    case AT_ChangeOwner:
      return "OWNER TO";
    case AT_ClusterOn:
      return "CLUSTER ON";
    case AT_DropCluster:
      return "SET WITHOUT CLUSTER";
    case AT_SetLogged:
      return "SET LOGGED";
    case AT_SetUnLogged:
      return "SET UNLOGGED";
    case AT_DropOids:
      return "SET WITHOUT OIDS";
    case AT_SetAccessMethod:
      return "SET ACCESS METHOD";
    case AT_SetTableSpace:
      return "SET TABLESPACE";
    case AT_SetRelOptions:
      return "SET (options)";
    case AT_ResetRelOptions:
      return "RESET (options)";
    case AT_EnableTrig:
    case AT_EnableTrigAll:
    case AT_EnableTrigUser:
      return "ENABLE TRIGGER";
    case AT_EnableAlwaysTrig:
      return "ENABLE ALWAYS TRIGGER";
    case AT_EnableReplicaTrig:
      return "ENABLE REPLICA TRIGGER";
    case AT_DisableTrig:
    case AT_DisableTrigAll:
    case AT_DisableTrigUser:
      return "DISABLE TRIGGER";
    case AT_EnableRule:
      return "ENABLE RULE";
    case AT_EnableAlwaysRule:
      return "ENABLE ALWAYS RULE";
    case AT_EnableReplicaRule:
      return "ENABLE REPLICA RULE";
    case AT_DisableRule:
      return "DISABLE RULE";
    case AT_AddInherit:
      return "INHERIT";
    case AT_DropInherit:
      return "NO INHERIT";
    case AT_AddOf:
      return "OF";
    case AT_DropOf:
      return "NOT OF";
    case AT_ReplicaIdentity:
      return "REPLICA IDENTITY";
    case AT_GenericOptions:
      return "OPTIONS";
    case AT_AttachPartition:
      return "ATTACH PARTITION";
    case AT_DetachPartition:
    case AT_DetachPartitionFinalize:
      return "DETACH PARTITION";
    case AT_EnableRowSecurity:
      return "ENABLE ROW LEVEL SECURITY";
    case AT_DisableRowSecurity:
      return "DISABLE ROW LEVEL SECURITY";
    case AT_ForceRowSecurity:
      return "FORCE ROW LEVEL SECURITY";
    case AT_NoForceRowSecurity:
      return "NO FORCE ROW LEVEL SECURITY";
    default:
      return "other command";
  }
}

/// Whether ast::AlterCommand has a place for the sub-command, whatever stands in it.
bool alter_is_modelled(AlterTableType subtype) {
  switch (subtype) {
    case AT_AddColumn:
    case AT_DropColumn:
    case AT_ColumnDefault:
    case AT_SetNotNull:
    case AT_DropNotNull:
    case AT_AlterColumnType:
    case AT_AddConstraint:
    case AT_DropConstraint:
    case AT_ValidateConstraint:
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_DropIdentity:
    case AT_DropExpression:
    case AT_ChangeOwner:
    case AT_AttachPartition:
    case AT_EnableRowSecurity:
    case AT_DisableRowSecurity:
    case AT_ForceRowSecurity:
    case AT_NoForceRowSecurity:
      return true;
    default:
      return false;
  }
}

/// Of the first command that is not modelled, else of the first. One that does other things besides has a
/// kind of its own: what leaves out a command that is not needed must not take the others along.
std::string alter_kind(const AlterTableStmt& node) {
  const Nodes<AlterTableCmd> commands(node.cmds);
  AlterTableType chosen = commands[0].subtype;
  for (const AlterTableCmd& command : commands) {
    if (alter_is_modelled(command.subtype)) continue;
    chosen = command.subtype;
    break;
  }
  if (!alter_is_modelled(chosen)) {
    for (const AlterTableCmd& command : commands) {
      if (alter_words(command.subtype) != alter_words(chosen))
        return "ALTER " + object_words(node.objtype) + " of several kinds";
    }
  }
  const std::string kind = object_words(node.objtype);
  if (kind == "TYPE") {
    switch (chosen) {
      case AT_AddColumn:
        return "ALTER TYPE ADD ATTRIBUTE";
      case AT_DropColumn:
        return "ALTER TYPE DROP ATTRIBUTE";
      case AT_AlterColumnType:
        return "ALTER TYPE ALTER ATTRIBUTE";
      default:
        break;
    }
  }
  return "ALTER " + kind + " " + std::string(alter_words(chosen));
}

std::string commit_words(OnCommitAction action) {
  if (keeps_rows(action)) return {};
  return action == ONCOMMIT_DROP ? " ON COMMIT DROP" : " ON COMMIT DELETE ROWS";
}

std::string define_kind(const DefineStmt& node) {
  const std::string words = object_words(node.kind);
  if (words != "TYPE") return "CREATE " + words;
  return node.definition != nullptr ? "CREATE TYPE (base)" : "CREATE TYPE (shell)";
}

std::string rename_kind(const RenameStmt& node) {
  switch (node.renameType) {
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE:
      return "ALTER " + object_words(node.relationType) + " RENAME";
    case OBJECT_TABCONSTRAINT:
      return "ALTER TABLE RENAME";
    case OBJECT_DOMCONSTRAINT:
      return "ALTER DOMAIN RENAME";
    default:
      return "ALTER " + object_words(node.renameType) + " RENAME";
  }
}

/// EXPLAIN ANALYZE runs what it explains.
bool runs_changes(const ExplainStmt& node) {
  bool runs = false;
  for (const DefElem& option : Nodes<DefElem>(node.options)) {
    if (text(option.defname) != "analyze") continue;
    runs = option.arg == nullptr || tag_of(option.arg) == T_Float || truth(option.arg);
  }
  return runs && tag_of(node.query) != T_SelectStmt;
}

std::string_view tag_name(NodeTag tag) {
  switch (tag) {
#define PG2CRDB_NODE(type) \
  case T_##type:           \
    return #type;
#include "parser/pg_nodes.def"
    default:
      return "Other";
  }
}

/// "AlterFooBarStmt" as "ALTER FOO BAR": for what no case names.
std::string words_of(std::string_view tag) {
  if (tag.ends_with("Stmt")) tag.remove_suffix(4);
  std::string result;
  for (size_t i = 0; i < tag.size(); ++i) {
    const auto letter = static_cast<unsigned char>(tag[i]);
    if (i > 0 && std::isupper(letter)) result.push_back(' ');
    result.push_back(static_cast<char>(std::toupper(letter)));
  }
  return result;
}

}  // namespace

std::string_view transaction_command(TransactionStmtKind kind) {
  switch (kind) {
    case TRANS_STMT_BEGIN:
      return "BEGIN";
    case TRANS_STMT_START:
      return "START TRANSACTION";
    case TRANS_STMT_COMMIT:
      return "COMMIT";
    case TRANS_STMT_ROLLBACK:
      return "ROLLBACK";
    case TRANS_STMT_SAVEPOINT:
      return "SAVEPOINT";
    case TRANS_STMT_RELEASE:
      return "RELEASE SAVEPOINT";
    case TRANS_STMT_ROLLBACK_TO:
      return "ROLLBACK TO SAVEPOINT";
    case TRANS_STMT_PREPARE:
      return "PREPARE TRANSACTION";
    case TRANS_STMT_COMMIT_PREPARED:
      return "COMMIT PREPARED";
    case TRANS_STMT_ROLLBACK_PREPARED:
      return "ROLLBACK PREPARED";
    default:
      return "TRANSACTION";
  }
}

std::string opaque_kind(const Node* node) {
  switch (tag_of(node)) {
    // Modelled, with something in it that is not.
    case T_CreateStmt:
      return "CREATE TABLE" + commit_words(node_as<CreateStmt>(node).oncommit);
    case T_AlterTableStmt:
      return alter_kind(node_as<AlterTableStmt>(node));
    case T_IndexStmt:
      return "CREATE INDEX";
    case T_CreateSchemaStmt:
      return "CREATE SCHEMA";
    case T_CreatedbStmt:
      return "CREATE DATABASE";
    case T_CreateSeqStmt:
      return "CREATE SEQUENCE";
    case T_AlterSeqStmt:
      return "ALTER SEQUENCE";
    case T_CompositeTypeStmt:
      return "CREATE TYPE";
    case T_CreateEnumStmt:
      return "CREATE TYPE AS ENUM";
    case T_AlterEnumStmt:
      return "ALTER TYPE";
    case T_ViewStmt:
      return "CREATE VIEW";
    case T_CreateTableAsStmt: {
      const auto& as = node_as<CreateTableAsStmt>(node);
      if (as.objtype == OBJECT_MATVIEW) return "CREATE MATERIALIZED VIEW";
      return "CREATE TABLE AS" + commit_words(as.into->onCommit);
    }
    case T_RefreshMatViewStmt:
      return "REFRESH MATERIALIZED VIEW";
    case T_CreateFunctionStmt:
      return node_as<CreateFunctionStmt>(node).is_procedure ? "CREATE PROCEDURE" : "CREATE FUNCTION";
    case T_CreateTrigStmt:
      return "CREATE TRIGGER";
    case T_GrantStmt:
      return node_as<GrantStmt>(node).is_grant ? "GRANT" : "REVOKE";
    case T_GrantRoleStmt:
      return node_as<GrantRoleStmt>(node).is_grant ? "GRANT" : "REVOKE";
    case T_RenameStmt:
      return rename_kind(node_as<RenameStmt>(node));
    case T_AlterObjectSchemaStmt:
      return "ALTER " + object_words(node_as<AlterObjectSchemaStmt>(node).objectType) + " SET SCHEMA";
    case T_AlterOwnerStmt:
      return "ALTER " + object_words(node_as<AlterOwnerStmt>(node).objectType) + " OWNER TO";
    case T_CommentStmt:
      return "COMMENT ON " + object_words(node_as<CommentStmt>(node).objtype);
    case T_DropStmt:
      return "DROP " + object_words(node_as<DropStmt>(node).removeType);
    case T_DropdbStmt:
      return "DROP DATABASE";
    case T_DropTableSpaceStmt:
      return "DROP TABLESPACE";
    case T_VariableSetStmt: {
      const std::string_view name = text(node_as<VariableSetStmt>(node).name);
      if (name.starts_with("TRANSACTION")) return "SET TRANSACTION";
      return name == "SESSION CHARACTERISTICS" ? "SET SESSION CHARACTERISTICS" : "SET";
    }
    case T_SelectStmt:
      return node_as<SelectStmt>(node).intoClause != nullptr ? "SELECT INTO" : "SELECT";
    case T_TransactionStmt:
      return std::string(transaction_command(node_as<TransactionStmt>(node).kind));

    // Not modelled. The words of all others are those of the tag.
    case T_RuleStmt:
      return "CREATE RULE";
    case T_DefineStmt:
      return define_kind(node_as<DefineStmt>(node));
    case T_CreateRangeStmt:
      return "CREATE TYPE AS RANGE";
    case T_CreateOpClassStmt:
      return "CREATE OPERATOR CLASS";
    case T_CreateOpFamilyStmt:
      return "CREATE OPERATOR FAMILY";
    case T_AlterOpFamilyStmt:
      return "ALTER OPERATOR FAMILY";
    case T_CreatePLangStmt:
      return "CREATE LANGUAGE";
    case T_CreateEventTrigStmt:
      return "CREATE EVENT TRIGGER";
    case T_AlterEventTrigStmt:
      return "ALTER EVENT TRIGGER";
    case T_CreateForeignServerStmt:
      return "CREATE SERVER";
    case T_AlterForeignServerStmt:
      return "ALTER SERVER";
    case T_CreateFdwStmt:
      return "CREATE FOREIGN DATA WRAPPER";
    case T_AlterFdwStmt:
      return "ALTER FOREIGN DATA WRAPPER";
    case T_CreateStatsStmt:
      return "CREATE STATISTICS";
    case T_AlterStatsStmt:
      return "ALTER STATISTICS";
    case T_CreateAmStmt:
      return "CREATE ACCESS METHOD";
    case T_CreateTableSpaceStmt:
      return "CREATE TABLESPACE";
    case T_AlterTableSpaceOptionsStmt:
      return "ALTER TABLESPACE";
    case T_AlterTableMoveAllStmt:
      return "ALTER " + object_words(node_as<AlterTableMoveAllStmt>(node).objtype) + " ALL IN TABLESPACE";
    case T_SecLabelStmt:
      return "SECURITY LABEL";
    case T_LockStmt:
      return "LOCK TABLE";
    case T_VacuumStmt:
      return node_as<VacuumStmt>(node).is_vacuumcmd ? "VACUUM" : "ANALYZE";
    case T_ConstraintsSetStmt:
      return "SET CONSTRAINTS";
    case T_VariableShowStmt:
      return "SHOW";
    case T_ExplainStmt:
      return runs_changes(node_as<ExplainStmt>(node)) ? "EXPLAIN ANALYZE" : "EXPLAIN";
    case T_CheckPointStmt:
      return "CHECKPOINT";
    case T_ClosePortalStmt:
      return "CLOSE";
    case T_AlterObjectDependsStmt:
      return "ALTER " + object_words(node_as<AlterObjectDependsStmt>(node).objectType) +
             " DEPENDS ON EXTENSION";
    case T_AlterFunctionStmt: {
      const std::string words = object_words(node_as<AlterFunctionStmt>(node).objtype);
      return "ALTER " + (words.empty() ? "FUNCTION" : words);
    }
    case T_AlterExtensionContentsStmt:
      return "ALTER EXTENSION";
    case T_AlterDatabaseSetStmt:
      return "ALTER DATABASE SET";
    case T_AlterDatabaseRefreshCollStmt:
      return "ALTER DATABASE";
    case T_AlterRoleSetStmt:
      return "ALTER ROLE SET";
    case T_AlterTSConfigurationStmt:
      return "ALTER TEXT SEARCH CONFIGURATION";
    case T_AlterTSDictionaryStmt:
      return "ALTER TEXT SEARCH DICTIONARY";
    default:
      return words_of(tag_name(tag_of(node)));
  }
}

}  // namespace pg2crdb::transform
