#include <simdjson.h>

#include <cctype>

#include "ast/describe.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

namespace {

/// A field's text, empty where it is absent.
std::string_view field_text(Json fields, std::string_view name) {
  for (auto [key, value] : object(fields)) {
    if (key == name && value.is_string()) return text(value);
  }
  return {};
}

bool has_field(Json fields, std::string_view name) {
  for (auto [key, value] : object(fields)) {
    if (key == name) return true;
  }
  return false;
}

/// SQL's words for the object type in a field.
std::string object_words(Json fields, std::string_view field) {
  const std::string_view type = field_text(fields, field);
  switch (name_number(type)) {
    case "OBJECT_ATTRIBUTE"_n:
      return "TYPE";
    case "OBJECT_USER_MAPPING"_n:
      return "USER MAPPING";
    default:
      return std::string(ast::keywords(object_kind(type)));
  }
}

/// The words of a sub-command of ALTER TABLE.
std::string_view alter_words(std::string_view subtype) {
  switch (name_number(subtype)) {
    case "AT_AddColumn"_n:
      return "ADD COLUMN";
    case "AT_DropColumn"_n:
      return "DROP COLUMN";
    case "AT_ColumnDefault"_n:
      return "ALTER COLUMN SET DEFAULT";
    case "AT_SetNotNull"_n:
      return "ALTER COLUMN SET NOT NULL";
    case "AT_DropNotNull"_n:
      return "ALTER COLUMN DROP NOT NULL";
    case "AT_AlterColumnType"_n:
      return "ALTER COLUMN TYPE";
    case "AT_AddConstraint"_n:
      return "ADD CONSTRAINT";
    case "AT_DropConstraint"_n:
      return "DROP CONSTRAINT";
    case "AT_AlterConstraint"_n:
      return "ALTER CONSTRAINT";
    case "AT_ValidateConstraint"_n:
      return "VALIDATE CONSTRAINT";
    case "AT_AddIdentity"_n:
      return "ALTER COLUMN ADD GENERATED";
    case "AT_SetIdentity"_n:
      return "ALTER COLUMN SET GENERATED";
    case "AT_DropIdentity"_n:
      return "ALTER COLUMN DROP IDENTITY";
    case "AT_SetExpression"_n:
      return "ALTER COLUMN SET EXPRESSION";
    case "AT_DropExpression"_n:
      return "ALTER COLUMN DROP EXPRESSION";
    case "AT_SetStatistics"_n:
      return "SET STATISTICS";
    case "AT_SetStorage"_n:
      return "SET STORAGE";
    case "AT_SetCompression"_n:
      return "SET COMPRESSION";
    case "AT_SetOptions"_n:
      return "ALTER COLUMN SET (options)";
    case "AT_ResetOptions"_n:
      return "ALTER COLUMN RESET (options)";
    case "AT_AlterColumnGenericOptions"_n:
      return "ALTER COLUMN OPTIONS";
    case "AT_ChangeOwner"_n:
      return "OWNER TO";
    case "AT_ClusterOn"_n:
      return "CLUSTER ON";
    case "AT_DropCluster"_n:
      return "SET WITHOUT CLUSTER";
    case "AT_SetLogged"_n:
      return "SET LOGGED";
    case "AT_SetUnLogged"_n:
      return "SET UNLOGGED";
    case "AT_DropOids"_n:
      return "SET WITHOUT OIDS";
    case "AT_SetAccessMethod"_n:
      return "SET ACCESS METHOD";
    case "AT_SetTableSpace"_n:
      return "SET TABLESPACE";
    case "AT_SetRelOptions"_n:
      return "SET (options)";
    case "AT_ResetRelOptions"_n:
      return "RESET (options)";
    case "AT_EnableTrig"_n:
    case "AT_EnableTrigAll"_n:
    case "AT_EnableTrigUser"_n:
      return "ENABLE TRIGGER";
    case "AT_EnableAlwaysTrig"_n:
      return "ENABLE ALWAYS TRIGGER";
    case "AT_EnableReplicaTrig"_n:
      return "ENABLE REPLICA TRIGGER";
    case "AT_DisableTrig"_n:
    case "AT_DisableTrigAll"_n:
    case "AT_DisableTrigUser"_n:
      return "DISABLE TRIGGER";
    case "AT_EnableRule"_n:
      return "ENABLE RULE";
    case "AT_EnableAlwaysRule"_n:
      return "ENABLE ALWAYS RULE";
    case "AT_EnableReplicaRule"_n:
      return "ENABLE REPLICA RULE";
    case "AT_DisableRule"_n:
      return "DISABLE RULE";
    case "AT_AddInherit"_n:
      return "INHERIT";
    case "AT_DropInherit"_n:
      return "NO INHERIT";
    case "AT_AddOf"_n:
      return "OF";
    case "AT_DropOf"_n:
      return "NOT OF";
    case "AT_ReplicaIdentity"_n:
      return "REPLICA IDENTITY";
    case "AT_GenericOptions"_n:
      return "OPTIONS";
    case "AT_AttachPartition"_n:
      return "ATTACH PARTITION";
    case "AT_DetachPartition"_n:
    case "AT_DetachPartitionFinalize"_n:
      return "DETACH PARTITION";
    case "AT_EnableRowSecurity"_n:
      return "ENABLE ROW LEVEL SECURITY";
    case "AT_DisableRowSecurity"_n:
      return "DISABLE ROW LEVEL SECURITY";
    case "AT_ForceRowSecurity"_n:
      return "FORCE ROW LEVEL SECURITY";
    case "AT_NoForceRowSecurity"_n:
      return "NO FORCE ROW LEVEL SECURITY";
    default:
      return "other command";
  }
}

/// Whether ast::AlterCommand has a place for the sub-command, whatever stands in it.
bool alter_is_modelled(std::string_view subtype) {
  switch (name_number(subtype)) {
    case "AT_AddColumn"_n:
    case "AT_DropColumn"_n:
    case "AT_ColumnDefault"_n:
    case "AT_SetNotNull"_n:
    case "AT_DropNotNull"_n:
    case "AT_AlterColumnType"_n:
    case "AT_AddConstraint"_n:
    case "AT_DropConstraint"_n:
    case "AT_ValidateConstraint"_n:
    case "AT_AddIdentity"_n:
    case "AT_SetIdentity"_n:
    case "AT_DropIdentity"_n:
    case "AT_DropExpression"_n:
    case "AT_ChangeOwner"_n:
    case "AT_AttachPartition"_n:
    case "AT_EnableRowSecurity"_n:
    case "AT_DisableRowSecurity"_n:
    case "AT_ForceRowSecurity"_n:
    case "AT_NoForceRowSecurity"_n:
      return true;
    default:
      return false;
  }
}

/// Of the first command that is not modelled, else of the first.
std::string alter_kind(Json fields) {
  const std::string kind = object_words(fields, "objtype");
  std::string_view chosen;
  for (auto [key, value] : object(fields)) {
    if (key != "cmds") continue;
    for (Json node : array(value)) {
      const std::string_view subtype = field_text(open_as("AlterTableCmd", node), "subtype");
      if (chosen.empty()) chosen = subtype;
      if (!alter_is_modelled(subtype)) {
        chosen = subtype;
        break;
      }
    }
  }
  if (kind == "TYPE") {
    switch (name_number(chosen)) {
      case "AT_AddColumn"_n:
        return "ALTER TYPE ADD ATTRIBUTE";
      case "AT_DropColumn"_n:
        return "ALTER TYPE DROP ATTRIBUTE";
      case "AT_AlterColumnType"_n:
        return "ALTER TYPE ALTER ATTRIBUTE";
      default:
        break;
    }
  }
  return "ALTER " + kind + " " + std::string(alter_words(chosen));
}

std::string define_kind(Json fields) {
  const std::string words = object_words(fields, "kind");
  if (words != "TYPE") return "CREATE " + words;
  return has_field(fields, "definition") ? "CREATE TYPE (base)" : "CREATE TYPE (shell)";
}

std::string rename_kind(Json fields) {
  switch (name_number(field_text(fields, "renameType"))) {
    case "OBJECT_COLUMN"_n:
    case "OBJECT_ATTRIBUTE"_n:
      return "ALTER " + object_words(fields, "relationType") + " RENAME";
    case "OBJECT_TABCONSTRAINT"_n:
      return "ALTER TABLE RENAME";
    case "OBJECT_DOMCONSTRAINT"_n:
      return "ALTER DOMAIN RENAME";
    default:
      return "ALTER " + object_words(fields, "renameType") + " RENAME";
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

std::string_view transaction_command(std::string_view kind) {
  switch (name_number(kind)) {
    case "TRANS_STMT_BEGIN"_n:
      return "BEGIN";
    case "TRANS_STMT_START"_n:
      return "START TRANSACTION";
    case "TRANS_STMT_COMMIT"_n:
      return "COMMIT";
    case "TRANS_STMT_ROLLBACK"_n:
      return "ROLLBACK";
    case "TRANS_STMT_SAVEPOINT"_n:
      return "SAVEPOINT";
    case "TRANS_STMT_RELEASE"_n:
      return "RELEASE SAVEPOINT";
    case "TRANS_STMT_ROLLBACK_TO"_n:
      return "ROLLBACK TO SAVEPOINT";
    case "TRANS_STMT_PREPARE"_n:
      return "PREPARE TRANSACTION";
    case "TRANS_STMT_COMMIT_PREPARED"_n:
      return "COMMIT PREPARED";
    case "TRANS_STMT_ROLLBACK_PREPARED"_n:
      return "ROLLBACK PREPARED";
    default:
      return "TRANSACTION";
  }
}

std::string opaque_kind(std::string_view tag, Json fields) {
  switch (name_number(tag)) {
    // Modelled, with something in it that is not.
    case "CreateStmt"_n:
      return "CREATE TABLE";
    case "AlterTableStmt"_n:
      return alter_kind(fields);
    case "IndexStmt"_n:
      return "CREATE INDEX";
    case "CreateSchemaStmt"_n:
      return "CREATE SCHEMA";
    case "CreatedbStmt"_n:
      return "CREATE DATABASE";
    case "CreateSeqStmt"_n:
      return "CREATE SEQUENCE";
    case "AlterSeqStmt"_n:
      return "ALTER SEQUENCE";
    case "CompositeTypeStmt"_n:
      return "CREATE TYPE";
    case "CreateEnumStmt"_n:
      return "CREATE TYPE AS ENUM";
    case "AlterEnumStmt"_n:
      return "ALTER TYPE";
    case "ViewStmt"_n:
      return "CREATE VIEW";
    case "CreateTableAsStmt"_n:
      return field_text(fields, "objtype") == "OBJECT_MATVIEW" ? "CREATE MATERIALIZED VIEW"
                                                               : "CREATE TABLE AS";
    case "RefreshMatViewStmt"_n:
      return "REFRESH MATERIALIZED VIEW";
    case "CreateFunctionStmt"_n: {
      const std::string kind = has_field(fields, "is_procedure") ? "CREATE PROCEDURE" : "CREATE FUNCTION";
      return has_field(fields, "sql_body") ? kind + " with an SQL-standard body" : kind;
    }
    case "CreateTrigStmt"_n:
      return "CREATE TRIGGER";
    case "GrantStmt"_n:
    case "GrantRoleStmt"_n:
      return has_field(fields, "is_grant") ? "GRANT" : "REVOKE";
    case "RenameStmt"_n:
      return rename_kind(fields);
    case "AlterObjectSchemaStmt"_n:
      return "ALTER " + object_words(fields, "objectType") + " SET SCHEMA";
    case "AlterOwnerStmt"_n:
      return "ALTER " + object_words(fields, "objectType") + " OWNER TO";
    case "CommentStmt"_n:
      return "COMMENT ON " + object_words(fields, "objtype");
    case "DropStmt"_n:
      return "DROP " + object_words(fields, "removeType");
    case "DropdbStmt"_n:
      return "DROP DATABASE";
    case "DropTableSpaceStmt"_n:
      return "DROP TABLESPACE";
    case "VariableSetStmt"_n: {
      const std::string_view name = field_text(fields, "name");
      if (name.starts_with("TRANSACTION")) return "SET TRANSACTION";
      return name == "SESSION CHARACTERISTICS" ? "SET SESSION CHARACTERISTICS" : "SET";
    }
    case "SelectStmt"_n:
      return has_field(fields, "intoClause") ? "SELECT INTO" : "SELECT";
    case "TransactionStmt"_n:
      return std::string(transaction_command(field_text(fields, "kind")));

    // Not modelled. The words of all others are those of the tag.
    case "RuleStmt"_n:
      return "CREATE RULE";
    case "DefineStmt"_n:
      return define_kind(fields);
    case "CreateRangeStmt"_n:
      return "CREATE TYPE AS RANGE";
    case "CreateOpClassStmt"_n:
      return "CREATE OPERATOR CLASS";
    case "CreateOpFamilyStmt"_n:
      return "CREATE OPERATOR FAMILY";
    case "AlterOpFamilyStmt"_n:
      return "ALTER OPERATOR FAMILY";
    case "CreatePLangStmt"_n:
      return "CREATE LANGUAGE";
    case "CreateEventTrigStmt"_n:
      return "CREATE EVENT TRIGGER";
    case "AlterEventTrigStmt"_n:
      return "ALTER EVENT TRIGGER";
    case "CreateForeignServerStmt"_n:
      return "CREATE SERVER";
    case "AlterForeignServerStmt"_n:
      return "ALTER SERVER";
    case "CreateFdwStmt"_n:
      return "CREATE FOREIGN DATA WRAPPER";
    case "AlterFdwStmt"_n:
      return "ALTER FOREIGN DATA WRAPPER";
    case "CreateStatsStmt"_n:
      return "CREATE STATISTICS";
    case "AlterStatsStmt"_n:
      return "ALTER STATISTICS";
    case "CreateAmStmt"_n:
      return "CREATE ACCESS METHOD";
    case "CreateTableSpaceStmt"_n:
      return "CREATE TABLESPACE";
    case "AlterTableSpaceOptionsStmt"_n:
      return "ALTER TABLESPACE";
    case "AlterTableMoveAllStmt"_n:
      return "ALTER " + object_words(fields, "objtype") + " ALL IN TABLESPACE";
    case "SecLabelStmt"_n:
      return "SECURITY LABEL";
    case "LockStmt"_n:
      return "LOCK TABLE";
    case "VacuumStmt"_n:
      return has_field(fields, "is_vacuumcmd") ? "VACUUM" : "ANALYZE";
    case "ConstraintsSetStmt"_n:
      return "SET CONSTRAINTS";
    case "VariableShowStmt"_n:
      return "SHOW";
    case "CheckPointStmt"_n:
      return "CHECKPOINT";
    case "ClosePortalStmt"_n:
      return "CLOSE";
    case "AlterObjectDependsStmt"_n:
      return "ALTER " + object_words(fields, "objectType") + " DEPENDS ON EXTENSION";
    case "AlterFunctionStmt"_n: {
      const std::string words = object_words(fields, "objtype");
      return "ALTER " + (words.empty() ? "FUNCTION" : words);
    }
    case "AlterExtensionContentsStmt"_n:
      return "ALTER EXTENSION";
    case "AlterDatabaseSetStmt"_n:
      return "ALTER DATABASE SET";
    case "AlterDatabaseRefreshCollStmt"_n:
      return "ALTER DATABASE";
    case "AlterRoleSetStmt"_n:
      return "ALTER ROLE SET";
    case "AlterTSConfigurationStmt"_n:
      return "ALTER TEXT SEARCH CONFIGURATION";
    case "AlterTSDictionaryStmt"_n:
      return "ALTER TEXT SEARCH DICTIONARY";
    default:
      return words_of(tag);
  }
}

}  // namespace pg2crdb::transform
