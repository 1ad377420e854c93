#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ast/box.h"
#include "ast/expr.h"
#include "ast/index_element.h"
#include "ast/name.h"
#include "ast/one_of.h"
#include "ast/query.h"
#include "ast/row_statement.h"
#include "ast/type.h"

namespace pg2crdb::ast {

/// PostgreSQL's kinds of objects, as COMMENT ON, GRANT ON, DROP and OWNER TO name them.
enum class ObjectKind {
  table,
  column,
  index,
  constraint,
  domain_constraint,
  sequence,
  view,
  materialized_view,
  foreign_table,
  type,
  domain,
  schema,
  database,
  extension,
  function,
  procedure,
  routine,
  aggregate,
  operator_,
  trigger,
  policy,
  rule,
  role,
  language,
  event_trigger,
  foreign_data_wrapper,
  foreign_server,
  large_object,
  tablespace,
  collation,
  conversion,
  cast,
  statistics,
  publication,
  subscription,
  text_search_configuration,
  text_search_dictionary,
  text_search_parser,
  text_search_template,
  operator_class,
  operator_family,
  access_method,
  transform,
  parameter,
  other,
};

/// An object as a statement refers to it.
struct ObjectRef {
  ObjectKind kind = ObjectKind::table;
  Name name;                   ///< of a column, constraint, trigger, policy, rule: the relation's name
  std::string member;          ///< of a column, constraint, trigger, policy, rule: its own name
  bool has_arguments = false;  ///< f(integer, text) rather than f
  std::vector<TypeName> arguments;
};

enum class Persistence { permanent, temporary, unlogged };

/// A role as written. Only `name` is a name; the others are keywords.
struct Role {
  enum class Kind { named, public_, current_role, current_user, session_user };
  Kind kind = Kind::named;
  std::string name;
};

// --- tables
// ------------------------------------------------------------------------------------------------------

struct SequenceOptions {
  Sparse<TypeName> type;      ///< AS integer; empty where not said
  Sparse<std::string> start;  ///< decimal digits; empty where not said, for all of these
  Sparse<std::string> increment;
  Sparse<std::string> minimum;
  Sparse<std::string> maximum;
  bool no_minimum = false;
  bool no_maximum = false;
  Sparse<std::string> cache;
  bool cycle = false;
  bool no_cycle = false;
  Sparse<std::string> restart;  ///< RESTART WITH n
  bool restart_default = false;
  Sparse<Name> sequence_name;         ///< SEQUENCE NAME s.q, only in identity columns
  std::vector<std::string> owned_by;  ///< s, t, c; or "none"
};

struct Generated {
  Box<Expr> expr;
  bool stored = true;
};

struct Identity {
  bool always = true;
  SequenceOptions options;
  Sparse<Name>
      restored_name;  ///< the sequence's name once passes took it out of `options`; not part of the SQL
};

enum class ForeignKeyAction { no_action, restrict_, cascade, set_null, set_default };
enum class ForeignKeyMatch { simple, full, partial };

struct Constraint {
  enum class Kind { primary_key, unique, check, foreign_key, exclude, not_null };
  Kind kind = Kind::check;
  std::string name;                  ///< empty where not said
  std::vector<std::string> columns;  ///< empty for a column's own constraint as written; `fold` fills it
  std::vector<std::string> including;
  Box<Expr> check;
  bool nulls_not_distinct = false;
  bool without_overlaps = false;
  bool deferrable = false;
  bool initially_deferred = false;
  bool not_valid = false;
  bool no_inherit = false;
  bool not_enforced = false;
  Sparse<std::string> using_index;
  std::vector<Option> options;
  Sparse<std::string> tablespace;
  // foreign keys
  Name referenced;
  std::vector<std::string> referenced_columns;  ///< empty: the referenced table's primary key
  ForeignKeyMatch match = ForeignKeyMatch::simple;
  ForeignKeyAction on_delete = ForeignKeyAction::no_action;
  ForeignKeyAction on_update = ForeignKeyAction::no_action;
  std::vector<std::string> on_delete_columns;
  // EXCLUDE
  Sparse<std::string> access_method;
  std::vector<IndexElement> exclude_elements;
  std::vector<std::vector<std::string>> exclude_operators;  ///< one an element, possibly qualified
  Box<Expr> where;
  // CockroachDB's own
  bool hash_sharded = false;   ///< PRIMARY KEY (..) USING HASH
  bool if_not_exists = false;  ///< ADD CONSTRAINT IF NOT EXISTS ..
  int64_t offset = -1;  ///< bytes from the beginning of the statement that holds it, wherever it was written
  ObjectId object = no_object;  ///< once bound; not part of the SQL
};

struct Column {
  std::string name;
  TypeName type;  ///< empty in OF-type tables and partitions
  Sparse<Name> collation;
  Sparse<std::string> storage;      ///< PLAIN, EXTERNAL, EXTENDED, MAIN
  Sparse<std::string> compression;  ///< pglz, lz4
  Box<Expr> default_value;
  bool not_null = false;
  bool explicit_null = false;         ///< the word NULL
  Sparse<std::string> not_null_name;  ///< PostgreSQL 18 names not-null constraints
  bool not_null_no_inherit = false;
  Box<Generated> generated;
  Box<Identity> identity;
  std::vector<Constraint> constraints;  ///< PRIMARY KEY, UNIQUE, CHECK, REFERENCES written on the column
  Sparse<std::string> own_clauses;      ///< CockroachDB's own, word for word: NOT VISIBLE, ON UPDATE now()
  int32_t offset = -1;
  ObjectId object = no_object;  ///< once bound; not part of the SQL
  // What passes tell the load plan; not part of the SQL.
  Sparse<TypeName> source_type;     ///< the type in PostgreSQL where a pass changed it; empty otherwise
  Sparse<std::string> source_name;  ///< its name in PostgreSQL where a rule renamed it; empty otherwise
  /// "schema.table" of the key whose integers become UUIDs here; empty otherwise
  Sparse<std::string> key_namespace;
};

struct PartitionBound {
  enum class Kind { range, list, hash, default_ };
  Kind kind = Kind::range;
  std::vector<Expr> list;
  std::vector<Expr> from;  ///< MINVALUE and MAXVALUE are column references of that name
  std::vector<Expr> to;
  int64_t modulus = 0;
  int64_t remainder = 0;
};

struct PartitionBy {
  std::string strategy;  ///< "RANGE", "LIST", "HASH"
  std::vector<IndexElement> key;
};

struct LikeClause {
  Name table;
  std::vector<std::string> including;  ///< "ALL", "DEFAULTS" ...
  int32_t columns_before = 0;          ///< of the table's own: what it copies stands behind that many
};

struct CreateTable {
  Name name;
  bool if_not_exists = false;
  Persistence persistence = Persistence::permanent;
  std::vector<Column> columns;
  std::vector<Constraint> constraints;
  std::vector<LikeClause> likes;
  std::vector<Name> inherits;
  Sparse<TypeName> of_type;
  Sparse<Name> partition_of;
  Box<PartitionBound> bound;
  Box<PartitionBy> partition_by;
  std::vector<Option> options;
  bool with_oids = false;
  Sparse<std::string> access_method;
  Sparse<std::string> tablespace;
  std::vector<std::string> own_elements;  ///< CockroachDB's own, word for word: FAMILY f (a, b)
  Sparse<std::string> own_clauses;        ///< the same, behind the elements: LOCALITY GLOBAL
  Sparse<Name>
      source_name;  ///< its name in PostgreSQL where a rule renamed it; empty otherwise; not part of the SQL
};

/// What the dump's rows and a live source call it.
inline const std::string& name_in_source(const Column& column) {
  return column.source_name.empty() ? column.name : *column.source_name;
}
inline const Name& name_in_source(const CreateTable& table) {
  return table.source_name.empty() ? table.name : *table.source_name;
}

struct AddColumn {
  Column column;
  bool if_not_exists = false;
};
struct DropColumn {
  std::string column;
  bool if_exists = false;
  bool cascade = false;
};
struct SetDefault {
  std::string column;
  Box<Expr> value;
};  ///< empty: DROP DEFAULT
struct SetNotNull {
  std::string column;
  bool not_null = true;
};
struct SetType {
  std::string column;
  TypeName type;
  Sparse<Name> collation;
  Box<Expr> using_;
};
struct AddConstraint {
  Constraint constraint;
};
struct DropConstraint {
  std::string name;
  bool if_exists = false;
  bool cascade = false;
};
struct ValidateConstraint {
  std::string name;
};
struct AddIdentity {
  std::string column;
  Identity identity;
};
/// ALTER COLUMN c SET GENERATED ..., SET INCREMENT ..., RESTART.
struct SetIdentity {
  std::string column;
  bool sets_always = false;  ///< SET GENERATED was there
  bool always = false;
  SequenceOptions options;
};
struct DropIdentity {
  std::string column;
  bool if_exists = false;
};
/// A generated column becomes a plain one, its values stay.
struct DropExpression {
  std::string column;
  bool if_exists = false;
};
struct OwnerTo {
  Role role;
};
struct AttachPartition {
  Name partition;
  PartitionBound bound;
};
struct RowSecurity {
  enum class Action { enable, disable, force, no_force };
  Action action = Action::enable;
};

using AlterCommand = OneOf<AddColumn, DropColumn, SetDefault, SetNotNull, SetType, AddConstraint,
                           DropConstraint, ValidateConstraint, AddIdentity, SetIdentity, DropIdentity,
                           DropExpression, OwnerTo, AttachPartition, RowSecurity>;

/// ALTER TABLE, and ALTER INDEX / VIEW / SEQUENCE / MATERIALIZED VIEW / FOREIGN TABLE / TYPE where they share
/// its commands. A command that is not modelled makes the whole statement `Opaque`.
struct AlterTable {
  ObjectKind kind = ObjectKind::table;
  Name name;
  bool only = false;
  bool if_exists = false;
  std::vector<AlterCommand> commands;
};

struct CreateIndex {
  std::string name;  ///< empty: the server chooses
  Name table;
  bool only = false;
  bool unique = false;
  bool concurrently = false;
  bool if_not_exists = false;
  std::string method;  ///< as written; empty where not said
  std::vector<IndexElement> elements;
  std::vector<std::string> including;
  bool nulls_not_distinct = false;
  std::vector<Option> options;
  Sparse<std::string> tablespace;
  Box<Expr> where;
  bool hash_sharded = false;        ///< CockroachDB's own, made by rules: ON t (..) USING HASH
  Sparse<std::string> own_clauses;  ///< CockroachDB's own, word for word: NOT VISIBLE
};

// --- other objects
// -----------------------------------------------------------------------------------------------

struct CreateSchema {
  std::string name;
  Role owner;
  bool has_owner = false;
  bool if_not_exists = false;
};
struct CreateDatabase {
  std::string name;
  std::vector<Option> options;
};
struct CreateExtension {
  std::string name;
  std::string schema;
  std::string version;
  bool if_not_exists = false;
  bool cascade = false;
};

struct CreateSequence {
  Name name;
  bool if_not_exists = false;
  Persistence persistence = Persistence::permanent;
  SequenceOptions options;
};
struct AlterSequence {
  Name name;
  bool if_exists = false;
  SequenceOptions options;
};

struct CreateEnum {
  Name name;
  bool if_not_exists = false;  ///< CockroachDB's words: PostgreSQL has none
  std::vector<std::string> labels;
};
struct AlterEnum {
  Name name;
  std::string old_label;  ///< RENAME VALUE old TO new; empty for ADD VALUE
  std::string label;
  bool if_not_exists = false;
  std::string neighbor;
  bool after = false;
};
struct CreateCompositeType {
  Name name;
  bool if_not_exists = false;  ///< as of an enum
  std::vector<Column> attributes;
};
struct CreateDomain {
  Name name;
  TypeName type;
  Sparse<Name> collation;
  Box<Expr> default_value;
  bool not_null = false;
  std::vector<Constraint> constraints;
};

struct CreateView {
  Name name;
  bool or_replace = false;
  Persistence persistence = Persistence::permanent;
  std::vector<std::string> columns;
  std::vector<Option> options;
  Box<Query> query = Query{};        ///< never empty
  Sparse<std::string> check_option;  ///< "", "LOCAL", "CASCADED"
};

/// CREATE MATERIALIZED VIEW and CREATE TABLE AS.
struct CreateTableAs {
  bool materialized_view = true;
  Persistence persistence = Persistence::permanent;  ///< of a table
  Name name;
  bool if_not_exists = false;
  std::vector<std::string> columns;
  std::vector<Option> options;
  Sparse<std::string> access_method;
  Sparse<std::string> tablespace;
  Box<Query> query = Query{};  ///< never empty
  bool with_data = true;
};
struct RefreshMaterializedView {
  Name name;
  bool concurrently = false;
  bool with_data = true;
};

struct FunctionParameter {
  enum class Mode { in, out, inout, variadic, table };
  std::string name;
  Mode mode = Mode::in;
  bool mode_written = false;  ///< the word IN was there
  TypeName type;
  Box<Expr> default_value;
};

struct SetVariable {
  enum class Kind { value, default_, current, reset, reset_all };
  Kind kind = Kind::value;
  std::string name;
  std::vector<Expr> values;
  bool local = false;
};

struct BodyStatement;

/// CREATE FUNCTION / PROCEDURE.
struct CreateFunction {
  bool procedure = false;
  bool or_replace = false;
  Name name;
  std::vector<FunctionParameter> parameters;
  Sparse<TypeName> returns;  ///< empty for procedures, for RETURNS TABLE, and where OUT parameters say it
  std::string language;
  std::string volatility;  ///< "", "IMMUTABLE", "STABLE", "VOLATILE"
  bool strict = false;
  bool called_on_null_input = false;  ///< the words were there
  bool security_definer = false;
  bool security_invoker = false;  ///< the words were there
  bool leakproof = false;
  bool window = false;
  Sparse<std::string> cost;
  Sparse<std::string> rows;
  Sparse<std::string> parallel;  ///< "SAFE" ...
  Sparse<Name> support;
  std::vector<TypeName> transforms;
  std::vector<SetVariable> settings;
  std::vector<std::string> body;  ///< one string, or object file and symbol
  int32_t offset = -1;            ///< of the body's first byte; -1 where its string has escapes
  /// Of SQL that is no string and is bound when the routine is made, the body is what stands between BEGIN
  /// ATOMIC and END, or `SELECT expression` for RETURN expression.
  enum class StandardBody { none, atomic, returned };
  StandardBody standard_body = StandardBody::none;
  /// A body in SQL as trees, while passes work on it: what they change in these goes out, and the text where
  /// they change nothing. Empty where it is another language's, or PostgreSQL does not parse it.
  std::vector<BodyStatement> statements;

  bool bound_when_made() const { return standard_body != StandardBody::none && body.size() == 1; }
};

struct CreateTrigger {
  std::string name;
  Name table;
  std::string timing;  ///< "BEFORE", "AFTER", "INSTEAD OF"
  bool or_replace = false;
  bool constraint = false;
  bool on_insert = false;
  bool on_update = false;
  bool on_delete = false;
  bool on_truncate = false;
  bool for_each_row = false;
  bool deferrable = false;
  bool initially_deferred = false;
  std::vector<std::string> update_columns;
  Sparse<Name> constraint_from;
  Sparse<std::string> old_table;
  Sparse<std::string> new_table;
  Box<Expr> when;
  Name function;
  std::vector<std::string> arguments;
};

struct CreatePolicy {
  std::string name;
  Name table;
  bool permissive = true;
  bool if_not_exists = false;  ///< CockroachDB's words, as of a constraint
  std::string command;         ///< "ALL", "SELECT", "INSERT", "UPDATE", "DELETE"
  std::vector<Role> roles;
  Box<Expr> using_;
  Box<Expr> with_check;
};

// --- roles, privileges, comments
// ---------------------------------------------------------------------------------

struct CreateRole {
  std::string name;
  bool login = false;
  std::vector<Option> options;
  bool if_not_exists = false;
};  ///< options upper case: "LOGIN", "NOSUPERUSER", "CONNECTION LIMIT", "PASSWORD"
struct AlterRole {
  Role role;
  std::vector<Option> options;
};

struct Privilege {
  std::string name;
  std::vector<std::string> columns;
};  ///< upper case: "SELECT"; "ALL"

struct Grant {
  bool grant = true;  ///< false: REVOKE
  bool grant_option = false;
  std::vector<Privilege> privileges;
  ObjectKind kind = ObjectKind::table;
  bool all_in_schema = false;  ///< ON ALL TABLES IN SCHEMA; the objects are schemas then
  std::vector<ObjectRef> objects;
  std::vector<Role> grantees;
  Role granted_by;
  bool has_granted_by = false;
  bool cascade = false;
};
struct GrantRole {
  bool grant = true;
  std::vector<std::string> roles;
  std::vector<Role> members;
  std::vector<Option> options;
  Role granted_by;
  bool has_granted_by = false;
  bool cascade = false;
};
struct AlterDefaultPrivileges {
  std::vector<Role> for_roles;
  std::vector<std::string> schemas;
  Grant grant;
};

/// ALTER <kind> name RENAME ... TO new_name. Of a column, attribute, constraint, trigger or policy, the
/// object has its relation's name, and `member` is what is renamed.
struct Rename {
  ObjectRef object;
  ObjectKind relation = ObjectKind::table;  ///< of a column: the word that its relation is called by
  std::string new_name;
  bool if_exists = false;
  bool cascade = false;  ///< of an attribute
};
/// ALTER <kind> name SET SCHEMA schema.
struct SetSchema {
  ObjectRef object;
  std::string schema;
  bool if_exists = false;
};
/// ALTER <kind> name OWNER TO role, for what ALTER TABLE does not cover: schemas, types, functions, databases
/// ...
struct AlterOwner {
  ObjectRef object;
  Role role;
};
struct Comment {
  ObjectRef object;
  std::string text;
  bool is_null = false;
};
struct Drop {
  ObjectKind kind = ObjectKind::table;
  std::vector<ObjectRef> objects;
  bool if_exists = false;
  bool cascade = false;
  bool concurrently = false;
};

// --- the rest
// ----------------------------------------------------------------------------------------------------

struct Truncate {
  std::vector<Name> tables;
  bool restart_identity = false;
  bool cascade = false;
};
struct DoBlock {
  std::string language;  ///< empty where not said: plpgsql
  std::string body;
  int32_t offset = -1;  ///< as of CreateFunction
};
/// A SELECT at top level: setval, set_config, statistics calls ...
struct SelectStatement {
  Box<Query> query = Query{};  ///< never empty
};
struct Transaction {
  std::string command;
};  ///< "BEGIN", "COMMIT", "ROLLBACK" ...
/// The line before the rows of a dump; the rows are a DataBlock of the script.
struct CopyFrom {
  Name table;
  std::vector<std::string> columns;
};
/// A psql line: `\connect db`, `\restrict token`.
struct MetaCommand {
  std::string text;
};

/// What is not modelled, word for word. Never dropped, never guessed: a pass decides by `kind`.
struct Opaque {
  std::string kind;  ///< the command's words: "CREATE RULE", "ALTER TABLE SET STATISTICS", "unparsed"
  std::string text;  ///< without the final semicolon
};

using StatementNode =
    OneOf<CreateTable, AlterTable, CreateIndex, CreateSchema, CreateDatabase, CreateExtension, CreateSequence,
          AlterSequence, CreateEnum, AlterEnum, CreateCompositeType, CreateDomain, CreateView, CreateTableAs,
          RefreshMaterializedView, CreateFunction, CreateTrigger, CreatePolicy, CreateRole, AlterRole, Grant,
          GrantRole, AlterDefaultPrivileges, Rename, SetSchema, AlterOwner, Comment, Drop, Truncate, DoBlock,
          SetVariable, SelectStatement, Insert, Update, Delete, Merge, Transaction, CopyFrom, MetaCommand,
          Opaque>;

/// One of a routine's body in SQL.
struct BodyStatement {
  StatementNode node;
};

}  // namespace pg2crdb::ast
