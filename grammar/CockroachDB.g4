// The SQL of CockroachDB 23.1 to 26.2. It says what parses, not what runs: names are not resolved, types are not checked.
// docs/cockroachdb-grammar.md says how well it agrees with CockroachDB's own parser.
//
// - Words in quotes are keywords; keywords.def says of each what CockroachDB lets it name, and the build makes
//   CockroachWords.g4 of it: `name`, `label`, `bare_label` and their like are those rules.
// - No rule is left-recursive, and nearly all decisions take one token.
// - What a release has to be for stands in `{has(...)}?`, behind the words that it is about, by its name in
//   target/capabilities.def. What the parser of CockroachDB calls unimplemented is simply not here.
// - Other braces are calls of grammar/judging_parser.h, for what no rule can say.
grammar CockroachDB;
import CockroachClusters, CockroachObjects, CockroachTables, CockroachQueries, CockroachExpressions, CockroachWords;

options { superClass = JudgingParser; }

// What the scanner names: IDENT is a name in double quotes or a word that is no keyword. NO_TYPE is one that PostgreSQL has
// a type for and CockroachDB refuses ("money"), LOCALE one that names a collation, behind COLLATE. INDEX_DEFINITION is
// the word INDEX before `(` and before a name and `(`: a column of that name has no type with parentheses. WEIGHT is
// a fraction of one, behind VISIBILITY.
tokens { IDENT, NO_TYPE, LOCALE, INDEX_DEFINITION, ICONST, FCONST, WEIGHT, SCONST, BITCONST, BCONST, PLACEHOLDER, UNKNOWN }

@parser::postinclude {
#include "grammar/judging_parser.h"
}

one_statement : statement? ';'? EOF ;

one_expression : expr EOF ;

one_type : 'SETOF'? type EOF ;

statement
  : preparable_statement
  | ('ANALYZE' | 'ANALYSE') object_name
  | call_statement
  | copy_statement
  | comment_statement
  | do_statement
  | execute_statement
  | 'DEALLOCATE' 'PREPARE'? ('ALL' | name)
  | 'DISCARD' ('ALL' | 'SEQUENCES' | 'TEMP' | 'TEMPORARY')
  | grant_statement
  | revoke_statement
  | 'PREPARE' (name ('(' types ')')? 'AS' preparable_statement | 'TRANSACTION' SCONST)
  | transaction_statement
  | 'REASSIGN' 'OWNED' 'BY' roles 'TO' role
  | 'DROP' 'OWNED' 'BY' roles drop_behavior?
  | refresh_statement
  | 'SET' ('SESSION' | 'LOCAL')? 'TRANSACTION' transaction_modes
  | cursor_statement
  | 'UNLISTEN' ('*' | object_name)
  | inspect_statement
  ;

// What may be prepared, explained, and stand in WITH.
preparable_statement
  : create_statement
  | alter_statement
  | drop_statement
  | query_or_change
  | set_statement
  | reset_statement
  | show_statement
  | truncate_statement
  | import_statement
  | export_statement
  | explain_statement
  | backup_statement
  | restore_statement
  | cancel_statement
  | pause_statement
  | resume_statement
  | experimental_statement
  | check_statement
  ;

create_statement
  : 'CREATE'
    ( create_table
    | create_index
    | create_view
    | create_sequence
    | create_type
    | create_schema
    | create_database
    | create_role
    | create_function
    | create_trigger
    | create_policy
    | 'EXTENSION' if_not_exists? name
    | 'EXTERNAL' 'CONNECTION' labelled 'AS' text
    | statistics
    | create_changefeed
    | create_schedule
    | create_replication
    | ('VIRTUAL' 'CLUSTER' | 'TENANT') if_not_exists? virtual_cluster ('FROM' 'REPLICATION' 'OF' primary 'ON' primary ('WITH' ('OPTIONS' '(' cluster_replication_options ')' | cluster_replication_options))?)?
    )
  ;

alter_statement
  : 'ALTER'
    ( alter_table
    | alter_index
    | 'MATERIALIZED'? 'VIEW' if_exists? relation (alter_relation | view_option)
    | 'SEQUENCE' if_exists? (object_name ('*'? alter_relation | sequence_option+) | only alter_relation)
    | alter_type
    | alter_database
    | alter_schema
    | alter_role
    | alter_default_privileges
    | alter_function
    | alter_policy
    | 'PARTITION' label 'OF' ('TABLE' object_name | 'INDEX' object_name ('@' (label | '*'))?) configure_zone
    | 'EXTERNAL' 'CONNECTION' {has(Capability::alter_external_connection)}? text 'AS' text
    | alter_backup
    | alter_changefeed
    | alter_job
    | alter_range
    | alter_virtual_cluster
    )
  ;

alter_relation : 'RENAME' 'TO' object_name | 'SET' 'SCHEMA' name | 'OWNER' 'TO' role ;

view_option
  : 'SET' {has(Capability::security_invoker)}? '(' 'SECURITY_INVOKER' ('=' invoker_value)? ')'
  | 'RESET' {has(Capability::security_invoker)}? '(' 'SECURITY_INVOKER' ')'
  ;

drop_statement
  : 'DROP'
    ( ('TABLE' | 'MATERIALIZED'? 'VIEW' | 'SEQUENCE' | 'TYPE') if_exists? object_names drop_behavior?
    | 'SCHEMA' if_exists? schema_names drop_behavior?
    | 'INDEX' 'CONCURRENTLY'? if_exists? index_name (',' index_name)* drop_behavior?
    | 'DATABASE' if_exists? name drop_behavior?
    | ('ROLE' | 'USER') if_exists? role_or_string (',' role_or_string)*
    | ('FUNCTION' | 'PROCEDURE' {has(Capability::procedures)}?) if_exists? routines drop_behavior?
    | 'TRIGGER' {has(Capability::triggers)}? if_exists? name 'ON' object_name drop_behavior?
    | 'POLICY' {has(Capability::row_level_security)}? if_exists? name 'ON' object_name drop_behavior?
    | 'SCHEDULE' expr
    | 'SCHEDULES' select
    | 'EXTERNAL' 'CONNECTION' text
    | ('VIRTUAL' 'CLUSTER' | 'TENANT') if_exists? virtual_cluster 'IMMEDIATE'?
    )
  ;

comment_statement
  : 'COMMENT' 'ON'
    ( 'DATABASE' name
    | 'SCHEMA' schema_name
    | 'TYPE' {has(Capability::comment_on_type)}? object_name
    | 'VIEW' {has(Capability::comment_on_view)}? object_name
    | 'SEQUENCE' {has(Capability::comment_on_sequence)}? object_name
    | ('FUNCTION' | 'PROCEDURE' | 'ROUTINE') {has(Capability::comment_on_function)}? routine
    | 'TABLE' object_name
    | 'COLUMN' column_name
    | 'INDEX' index_name
    | 'CONSTRAINT' name 'ON' object_name
    ) 'IS' (SCONST | 'NULL')
  ;

explain_statement : 'EXPLAIN' ('ANALYZE' | 'ANALYSE')? ('(' explain_option (',' explain_option)* ')')? explained ;

explained : preparable_statement | comment_statement | execute_statement | call_statement | do_statement ;

explain_option
  : 'VERBOSE' | 'TYPES' | 'ENV' | 'CATALOG' | 'REDACT' | 'DEBUG' | 'PLAN' | 'DISTSQL' | 'OPT' | 'VEC' | 'DDL' | 'GIST' | 'VIZ' | 'SHAPE' | 'MEMO' | 'JSON'
  ;

call_statement : 'CALL' {has(Capability::procedures)}? (function_name | '[' 'FUNCTION' ICONST ']') arguments ;

do_statement : 'DO' {has(Capability::do_statement)}? ('LANGUAGE' language)? SCONST ('LANGUAGE' language)? ;

execute_statement
  : 'EXECUTE' (name ('(' exprs ')')? | ('SCHEDULE' expr | 'SCHEDULES' select) {has(Capability::execute_schedules)}?)
  ;

cursor_statement
  : 'DECLARE' name 'BINARY'? ('INSENSITIVE' | 'ASENSITIVE')? ('NO'? 'SCROLL')? 'CURSOR' (('WITH' | 'WITHOUT') 'HOLD')? 'FOR' select
  | ('FETCH' | 'MOVE') (cursor_step? ('FROM' | 'IN')? name)
  | 'CLOSE' ('ALL' | name)
  ;

cursor_step
  : 'NEXT' | 'PRIOR' | 'FIRST' | 'LAST' | 'ALL' | integer | ('ABSOLUTE' | 'RELATIVE') integer | ('FORWARD' | 'BACKWARD') (integer | 'ALL')?
  ;

// ---- Settings, transactions ----

set_statement
  : 'SET' ('SESSION' | 'LOCAL')? variable_assignment
  | 'SET' 'SESSION' 'CHARACTERISTICS' 'AS' 'TRANSACTION' transaction_modes
  | 'SET' 'SESSION' 'AUTHORIZATION' 'DEFAULT'
  | 'SET' 'CLUSTER' 'SETTING' variable ('=' | 'TO') variable_value
  | 'SET' 'TRACING' ('=' | 'TO') variable_value (',' variable_value)*
  | 'USE' variable_value
  ;

variable_assignment
  : variable ('=' | 'TO') variable_value (',' variable_value)*
  | 'TIME' 'ZONE' zone_value
  | 'SCHEMA' variable_value
  | 'NAMES' variable_value
  | 'ROLE' (word_or_string)
  | '(' variable ('=' | 'TO') variable_value ')'
  ;

zone_value : variable_value | 'LOCAL' ;

// What every statement may give a variable.
variable_value : expr | 'ON' | 'NONE' | INDEX_DEFINITION ;

variable : name ('.' label)* ;

session_variable
  : plain_word ('.' plain_word)*
  | 'DATABASE' | 'NAMES' | 'ROLE' | 'SESSION_USER' | 'LC_COLLATE' | 'LC_CTYPE' | 'TIME' 'ZONE' | 'VIRTUAL_CLUSTER_NAME'
  ;

reset_statement : 'RESET' ('ALL' | 'CLUSTER' 'SETTING' variable | 'SESSION'? session_variable | 'SESSION' 'ALL') ;

transaction_statement
  : 'BEGIN' 'TRANSACTION'? transaction_modes?
  | 'START' 'TRANSACTION' transaction_modes?
  | ('COMMIT' | 'END') transaction_word? chain?
  | 'ABORT' ('TRANSACTION' | 'WORK')? chain?
  | 'ROLLBACK' transaction_word? ('TO' 'SAVEPOINT'? name | chain)?
  | ('ROLLBACK' | 'COMMIT') 'PREPARED' SCONST
  | 'SAVEPOINT' name
  | 'RELEASE' 'SAVEPOINT'? name
  ;

transaction_word : 'TRANSACTION' | 'WORK' {has(Capability::transaction_chains)}? ;

chain : 'AND' {has(Capability::transaction_chains)}? 'NO'? 'CHAIN' ;

transaction_modes : {nothing_said();} transaction_mode (','? transaction_mode)* ;

transaction_mode
  : 'ISOLATION' 'LEVEL' {once(1);} ('READ' ('COMMITTED' | 'UNCOMMITTED') | 'REPEATABLE' 'READ' | 'SERIALIZABLE' | 'SNAPSHOT')
  | 'PRIORITY' {once(2);} ('LOW' | 'NORMAL' | 'HIGH')
  | 'READ' {once(4);} ('ONLY' | 'WRITE')
  | as_of {once(8);}
  | 'NOT'? 'DEFERRABLE' {once(16);}
  ;

// ---- Names ----

names : name (',' name)* ;

name_list : '(' names ')' ;

object_name : (name | 'FAMILY' | INDEX_DEFINITION) ('.' label ('.' label)?)? ;

object_names : object_name (',' object_name)* ;

// With what PostgreSQL says of tables that inherit.
relation : object_name '*'? | only ;

only : 'ONLY' (object_name | '(' object_name ')') ;

schema_name : name ('.' name)? ;

schema_names : schema_name (',' schema_name)* ;

column_name : (name | 'FAMILY' | INDEX_DEFINITION) ('.' label ('.' label ('.' label)?)?)? ;

// `table@index`, `schema.index`.
index_name : object_name ('@' label)? ;

name_or_string : name | SCONST ;

word_or_string : word | SCONST ;

role : plain_name | 'CURRENT_USER' | 'SESSION_USER' ;

roles : role (',' role)* ;

role_or_string : role | SCONST ;

integer : ('+' | '-')? ICONST ;

if_exists : 'IF' 'EXISTS' ;

if_not_exists : 'IF' 'NOT' 'EXISTS' ;

drop_behavior : 'CASCADE' | 'RESTRICT' ;

// Those that grammar/judging_parser.h asks for.
ROLLUP : 'ROLLUP' ;
CUBE : 'CUBE' ;
OPEN : '(' ;
