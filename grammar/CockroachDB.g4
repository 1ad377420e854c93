// The SQL of CockroachDB 23.1 to 26.2: the DDL that we emit and that people write, queries, rows. It says what parses, not
// what runs: names are not resolved, types are not checked. docs/cockroachdb-grammar.md says what it covers and how well.
//
// - Words in quotes are keywords; grammar/scanner.cpp takes them from here. A keyword that CockroachDB does not reserve
//   has to stand in `plain_word` too, or it cannot be a name any more (a test looks after that).
// - Operators have no precedence here: a chain of operands is a chain of operands. So no rule is left-recursive, and nearly
//   all decisions take one token.
// - What a release has to be for stands in `{has(...)}?`, behind the words that it is about, by its name in
//   target/capabilities.def. What the parser of CockroachDB calls unimplemented is simply not here.
grammar CockroachDB;

// What the scanner names: IDENT is a name in double quotes or a word that is no keyword. NO_TYPE is one that PostgreSQL has
// a type for and CockroachDB refuses ("money"), LOCALE one that names a collation, behind COLLATE. INDEX_DEFINITION is
// the word INDEX before `(` and before a name and `(`: a column of that name has no type with parentheses.
tokens { IDENT, NO_TYPE, LOCALE, INDEX_DEFINITION, ICONST, FCONST, SCONST, BITCONST, BCONST, PLACEHOLDER, UNKNOWN }

@parser::postinclude {
#include "target/target.h"
}

@parser::members {
  // The checker answers for its target.
  public:
    virtual bool has(Capability capability) = 0;
}

one_statement : statement? ';'? EOF ;

one_expression : expr EOF ;

one_type : type EOF ;

statement
  : create_statement
  | alter_statement
  | drop_statement
  | comment_statement
  | grant_statement
  | revoke_statement
  | set_statement
  | reset_statement
  | show_statement
  | query_or_change
  | truncate_statement
  | copy_statement
  | import_statement
  | transaction_statement
  | 'EXPLAIN' explain_options (query_or_change | create_statement | alter_statement | drop_statement | other_statement)
  | refresh_statement
  | other_statement
  | unread_statement
  ;

// ---- Names ----

name : plain_name | column_word ;

plain_name : IDENT | NO_TYPE | LOCALE | 'DOUBLE' | unreserved_word ;

// Behind a dot, behind AS.
label : name | type_function_word | reserved_word ;

object_name : (name | 'FAMILY' | INDEX_DEFINITION) ('.' label)* ;

names : name (',' name)* ;

object_names : object_name (',' object_name)* ;

name_or_string : name | SCONST ;

role : name | SCONST | 'CURRENT_USER' | 'SESSION_USER' | 'CURRENT_ROLE' ;

roles : role (',' role)* ;

// `table@index`, `schema.index`.
index_name : object_name ('@' name)? ;

integer : ('+' | '-')? ICONST ;

number : ('+' | '-')? (ICONST | FCONST) ;

if_exists : 'IF' 'EXISTS' ;

if_not_exists : 'IF' 'NOT' 'EXISTS' ;

drop_behavior : 'CASCADE' | 'RESTRICT' ;

// ---- Types ----

type : 'SETOF'? simple_type array_bounds? ;

array_bounds : '[' ICONST? ']' | 'ARRAY' ('[' ICONST ']')? ;

simple_type
  : named_type
  | 'BIT' 'VARYING'? length?
  | 'VARBIT' length?
  | ('CHAR' | 'CHARACTER') 'VARYING'? length?
  | ('VARCHAR' | 'STRING') length?
  | 'INT' | 'INTEGER' | 'SMALLINT' | 'BIGINT' | 'REAL' | 'BOOLEAN' | 'BOX2D'
  | 'FLOAT' length?
  | 'DOUBLE' 'PRECISION'
  | ('DECIMAL' | 'DEC' | 'NUMERIC') ('(' ICONST (',' ICONST)? ')')?
  | ('TIME' | 'TIMESTAMP') length? time_zone?
  | ('TIMETZ' | 'TIMESTAMPTZ') length?
  | 'INTERVAL' interval_fields? length?
  | ('GEOMETRY' | 'GEOGRAPHY') ('(' shape (',' integer)? ')')?
  | 'VECTOR' {has(Capability::vector)}? length?
  | '@' ICONST
  ;

named_type
  : (IDENT | LOCALE | unreserved_word) ('.' label)*
  | (NO_TYPE | 'DOUBLE' | type_function_word) '.' label ('.' label)*
  ;

length : '(' ICONST ')' ;

time_zone : ('WITH' | 'WITHOUT') 'TIME' 'ZONE' ;

interval_fields
  : 'YEAR' ('TO' 'MONTH')?
  | 'MONTH'
  | 'DAY' ('TO' ('HOUR' | 'MINUTE' | 'SECOND'))?
  | 'HOUR' ('TO' ('MINUTE' | 'SECOND'))?
  | 'MINUTE' ('TO' 'SECOND')?
  | 'SECOND'
  ;

shape : name | 'POINT' | 'POLYGON' | 'GEOMETRY' ;

types : type (',' type)* ;

collation : LOCALE ;

// ---- Expressions ----

exprs : expr (',' expr)* ;

expr
  : 'NOT'* operand
    ( infix right_operand
    | ('AND' | 'OR') 'NOT'* operand
    | 'NOT' (between | in | like)
    | between
    | in
    | like
    | 'ESCAPE' operand
    | 'IS' 'NOT'? is_what
    | 'ISNULL'
    | 'NOTNULL'
    | 'COLLATE' collation
    | 'OVERLAPS' operand
    )*
  ;

// What may stand where NOT, IN and their like mean something else: DEFAULT a NOT NULL.
simple_expr : operand (infix simple_right_operand | 'IS' 'NOT'? 'DISTINCT' 'FROM' operand)* ;

infix
  : '+' | '-' | '*' | '/' | '//' | '%' | '^' | '&' | '|' | '#' | '||' | '&&' | '<' | '>' | '=' | '<=' | '>=' | '<>' | '!='
  | '?' | '?&' | '?|' | '->' | '->>' | '#>' | '#>>' | '#-' | '@>' | '<@' | '<<' | '>>' | '<<=' | '>>=' | '~' | '!~' | '~*' | '!~*'
  | '~~' | '!~~' | '~~*' | '!~~*' | '@@' | '<->' | '<=>' | '<#>'
  | 'OPERATOR' '(' qualified_operator ')'
  ;

qualified_operator : ('PG_CATALOG' '.')? infix ;

right_operand : ('ANY' | 'SOME' | 'ALL') operand | 'NOT'* operand ;

simple_right_operand : ('ANY' | 'SOME' | 'ALL')? operand ;

between : 'BETWEEN' ('SYMMETRIC' | 'ASYMMETRIC')? simple_expr 'AND' operand ;

in : 'IN' '(' inside_parentheses ')' ;

// Its ESCAPE stands further on in the chain: a LIKE b || c ESCAPE d.
like : ('LIKE' | 'ILIKE' | 'SIMILAR' 'TO') right_operand ;

is_what : 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN' | 'NAN' | 'DISTINCT' 'FROM' operand | 'OF' '(' types ')' ;

operand : ('+' | '-' | '~' | '|/' | '||/')* primary suffix* ;

suffix
  : '::' type
  | ':::' type
  | '[' expr ']'
  | 'AT' 'TIME' 'ZONE' operand
  ;

primary
  : ICONST | FCONST | SCONST | BITCONST | BCONST | PLACEHOLDER | 'NULL' | 'TRUE' | 'FALSE'
  | '(' inside_parentheses? ')' ('.' (label | '*' | '@' ICONST))?
  | callable_name ('.' (label | '*'))* (call | SCONST)?
  | ('ROLLUP' | 'CUBE') ('.' label)*
  | type_function_word call
  | 'COLLATION' 'FOR' '(' expr ')'
  | word_of_call ('(' exprs? ')' | column_path)
  | 'CASE' expr? ('WHEN' expr 'THEN' expr)+ ('ELSE' expr)? 'END'
  | 'ARRAY' ('[' array_items? ']' | '(' select ')')
  | 'EXISTS' ('(' select ')' | column_path)
  | 'ROW' ('(' exprs? ')' | column_path)
  | 'CAST' '(' expr 'AS' type ')'
  | 'ANNOTATE_TYPE' ('(' expr ',' type ')' | column_path)
  | ('EXTRACT' | 'EXTRACT_DURATION') ('(' (label | SCONST) 'FROM' expr ')' | column_path)
  | 'POSITION' ('(' simple_expr 'IN' simple_expr ')' | column_path)
  | 'SUBSTRING' ('(' substring_arguments ')' | column_path)
  | 'OVERLAY' ('(' overlay_arguments ')' | column_path)
  | 'TRIM' ('(' trim_arguments ')' | column_path)
  | special_value
  | ('TIME' | 'TIMESTAMP' | 'TIMETZ' | 'TIMESTAMPTZ') (length? time_zone? SCONST | column_path)
  | 'INTERVAL' (length? SCONST interval_fields? length? | column_path)
  | word_of_type ('VARYING'? ('(' ICONST (',' ICONST)? ')')? SCONST | column_path)
  | word_without_call column_path
  ;

special_value
  : ('CURRENT_DATE' | 'CURRENT_TIME' | 'CURRENT_TIMESTAMP' | 'LOCALTIME' | 'LOCALTIMESTAMP' | 'CURRENT_SCHEMA'
    | 'CURRENT_CATALOG' | 'CURRENT_USER' | 'CURRENT_ROLE' | 'SESSION_USER' | 'USER') ('(' expr? ')')?
  ;

column_path : ('.' (label | '*'))* ;

// Words that name a column, and a function only with arguments that are written as any other's.
word_of_call : 'COALESCE' | 'GREATEST' | 'LEAST' | 'NULLIF' | 'IF' | 'IFERROR' | 'IFNULL' | 'ISERROR' ;

word_of_type
  : 'BIGINT' | 'BIT' | 'BOOLEAN' | 'BOX2D' | 'CHAR' | 'CHARACTER' | 'DEC' | 'DECIMAL' | 'FLOAT' | 'GEOGRAPHY' | 'GEOMETRY'
  | 'INT' | 'INTEGER' | 'NUMERIC' | 'REAL' | 'SMALLINT' | 'STRING' | 'VARBIT' | 'VARCHAR' | 'VECTOR'
  ;

word_without_call
  : 'BETWEEN' | 'CHARACTERISTICS' | 'GROUPING' | 'INOUT' | 'OUT' | 'POINT' | 'POLYGON' | 'PRECISION' | 'SETOF' | 'TREAT'
  | 'VALUES' | 'VIRTUAL' | 'WORK'
  ;

callable_name : IDENT | NO_TYPE | LOCALE | 'DOUBLE' | callable_word ;

// A query, or expressions: one, a list, a row with labels. A query that begins with a parenthesis is read as an expression first.
inside_parentheses
  : bare_select
  | expr (',' expr)* ','? ('AS' label (',' label)* | query_tail)
  ;

array_items : array_item (',' array_item)* ;

array_item : expr | '[' array_items? ']' ;

substring_arguments : expr ('FROM' expr ('FOR' expr)? | 'FOR' expr ('FROM' expr)? | (',' expr)*) ;

overlay_arguments : expr ('PLACING' expr 'FROM' expr ('FOR' expr)? | (',' expr)+) ;

trim_arguments : ('BOTH' | 'LEADING' | 'TRAILING')? ('FROM' exprs | expr ('FROM' exprs | (',' expr)*)) ;

call : '(' call_arguments? ')' ('WITHIN' 'GROUP' '(' order_by ')')? ('FILTER' '(' 'WHERE' expr ')')? ('OVER' window)? ;

call_arguments : '*' | 'DISTINCT' exprs | 'ALL'? exprs order_by? ;

window : name | '(' window_definition ')' ;

window_definition : window_name? ('PARTITION' 'BY' exprs)? order_by? frame? ;

window_name : IDENT ;

frame
  : ('RANGE' | 'ROWS' | 'GROUPS') (frame_bound | 'BETWEEN' frame_bound 'AND' frame_bound)
    ('EXCLUDE' ('CURRENT' 'ROW' | 'GROUP' | 'TIES' | 'NO' 'OTHERS'))?
  ;

frame_bound : 'UNBOUNDED' ('PRECEDING' | 'FOLLOWING') | 'CURRENT' 'ROW' | simple_expr ('PRECEDING' | 'FOLLOWING') ;

// ---- Queries ----

select : bare_select | '(' select ')' query_tail ;

// One that does not begin with a parenthesis.
bare_select : with_clause (simple_select | '(' select ')') query_tail | simple_select query_tail ;

simple_select
  : 'SELECT' ('ALL' | 'DISTINCT' ('ON' '(' exprs ')')?)? targets? ('FROM' table_refs as_of?)? where?
    ('GROUP' 'BY' exprs)? ('HAVING' expr)? ('WINDOW' name 'AS' '(' window_definition ')' (',' name 'AS' '(' window_definition ')')*)?
  | 'VALUES' value_row (',' value_row)*
  | 'TABLE' object_name
  ;

value_row : '(' value (',' value)* ')' ;

value : expr | 'DEFAULT' ;

query_tail
  : (('UNION' | 'INTERSECT' | 'EXCEPT') ('ALL' | 'DISTINCT')? (simple_select | '(' select ')'))*
    order_by? (limit limit? locking* | locking+ (limit limit?)?)?
  ;

order_by : 'ORDER' 'BY' sort_item (',' sort_item)* ;

sort_item
  : 'PRIMARY' 'KEY' object_name ('ASC' | 'DESC')?
  | 'INDEX' object_name '@' name ('ASC' | 'DESC')?
  | expr ('ASC' | 'DESC')? ('NULLS' ('FIRST' | 'LAST'))?
  ;

limit
  : 'LIMIT' ('ALL' | expr)
  | 'OFFSET' expr ('ROW' | 'ROWS')?
  | 'FETCH' ('FIRST' | 'NEXT') ('(' expr ')' | number | PLACEHOLDER)? ('ROW' | 'ROWS') 'ONLY'
  ;

locking
  : 'FOR' ('UPDATE' | 'NO' 'KEY' 'UPDATE' | 'SHARE' | 'KEY' 'SHARE') ('OF' object_names)? ('SKIP' 'LOCKED' | 'NOWAIT')?
  | 'FOR' 'READ' 'ONLY'
  ;

with_clause : 'WITH' 'RECURSIVE'? common_table (',' common_table)* ;

common_table : name name_list? 'AS' ('NOT'? 'MATERIALIZED')? '(' inner_statement ')' ;

name_list : '(' names ')' ;

inner_statement : query_or_change | show_statement | 'EXPLAIN' explain_options query_or_change ;

targets : target (',' target)* ;

target : '*' | expr ('AS' label | bare_label)? ;

// Words that go on with the expression are no names of its result without AS.
bare_label : IDENT | NO_TYPE | LOCALE | label_word ;

table_refs : table_ref (',' table_ref)* ;

table_ref : table_primary join* ;

join
  : 'CROSS' 'JOIN' table_primary
  | 'NATURAL' join_type? 'JOIN' table_primary
  | join_type? 'JOIN' table_ref ('ON' expr | 'USING' name_list)
  ;

join_type : (('FULL' | 'LEFT' | 'RIGHT') 'OUTER'? | 'INNER') ('HASH' | 'MERGE' | 'LOOKUP' | 'INVERTED' | 'STRAIGHT')? ;

table_primary
  : 'ONLY'? object_name ('*'? index_hint? | '(' call_arguments? ')') ordinality? alias?
  | 'LATERAL' ('(' select ')' | object_name '(' call_arguments? ')') ordinality? alias?
  | special_value ordinality? alias?
  | 'ROWS' 'FROM' '(' table_function (',' table_function)* ')' ordinality? alias?
  | '(' table_in_parentheses ')' ordinality? alias?
  | '[' (ICONST 'AS' name | statement) ']' ordinality? alias?
  ;

table_function : expr ;

table_in_parentheses : bare_select | table_ref query_tail ;

index_hint : '@' (name | '[' ICONST ']' | '{' hint (',' hint)* '}') ;

hint : label ('=' (name | '[' ICONST ']' | SCONST))? ('ASC' | 'DESC')? ;

ordinality : 'WITH' 'ORDINALITY' ;

alias : 'AS' name alias_columns? | bare_alias alias_columns? ;

alias_columns : '(' name type? (',' name type?)* ')' ;

bare_alias : IDENT | NO_TYPE | LOCALE | alias_word ;

as_of : 'AS' 'OF' 'SYSTEM' 'TIME' expr ;

where : 'WHERE' expr ;

// ---- Rows ----

query_or_change
  : with_clause (simple_select query_tail | '(' select ')' query_tail | insert_rows | update_rows | delete_rows)
  | simple_select query_tail
  | '(' select ')' query_tail
  | insert_rows
  | update_rows
  | delete_rows
  ;

insert_rows
  : ('INSERT' | 'UPSERT') 'INTO' object_name index_hint? ('AS' name)?
    ('DEFAULT' 'VALUES' | ('(' names ')')? select) on_conflict? returning?
  ;

on_conflict
  : 'ON' 'CONFLICT' ('(' names ')' where? | 'ON' 'CONSTRAINT' name)?
    'DO' ('NOTHING' | 'UPDATE' 'SET' assignments where?)
  ;

update_rows
  : 'UPDATE' 'ONLY'? object_name '*'? index_hint? change_alias? 'SET' assignments ('FROM' table_refs)? where? order_by? limit? returning?
  ;

change_alias : 'AS' name | bare_alias ;

delete_rows
  : 'DELETE' 'FROM' 'ONLY'? object_name '*'? index_hint? change_alias? ('USING' table_refs)? where? order_by? limit? returning?
  ;

assignments : assignment (',' assignment)* ;

assignment : name '=' value | '(' names ')' '=' ('(' (bare_select | value (',' value)*) ')' | 'ROW' value_row) ;

returning : 'RETURNING' ('NOTHING' | targets) ;

truncate_statement : 'TRUNCATE' 'TABLE'? object_names drop_behavior? ;

copy_statement
  : 'COPY' object_name name_list? ('FROM' 'STDIN' | 'TO' 'STDOUT') copy_options?
  | 'COPY' '(' inner_statement ')' 'TO' 'STDOUT' copy_options?
  ;

copy_options : 'WITH'? ('(' copy_option (',' copy_option)* ')' | copy_option+) ;

copy_option
  : ('BINARY' | 'CSV' | 'HEADER' | 'DESTINATION' '=' SCONST)
  | ('DELIMITER' | 'NULL' | 'QUOTE' | 'ESCAPE' | 'ENCODING') 'AS'? SCONST
  | 'FORMAT' ('CSV' | 'BINARY' | 'TEXT' | SCONST)
  | 'HEADER' ('TRUE' | 'FALSE')
  ;

import_statement
  : 'IMPORT' 'INTO' object_name name_list? name 'DATA' '(' exprs ')' with_options?
  ;

with_options : 'WITH' ('OPTIONS' '(' option (',' option)* ')' | option (',' option)*) ;

option : (label | SCONST) ('=' option_value)? ;

option_value : simple_expr | 'ON' ;

// ---- Tables ----

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
    | 'STATISTICS' name ('ON' names)? 'FROM' object_name as_of_option?
    | unread_creation
    )
  ;

as_of_option : as_of | 'WITH' 'OPTIONS' anything* ;

persistence : 'UNLOGGED' | ('LOCAL' | 'GLOBAL')? ('TEMPORARY' | 'TEMP') ;

create_table
  : persistence? 'TABLE' if_not_exists? object_name
    ( '(' (table_element (',' table_element)*)? ')' partition_by? storage_parameters? on_commit? locality?
    | ('(' table_as_element (',' table_as_element)* ')')? storage_parameters? on_commit? 'AS' select ('WITH' 'NO'? 'DATA')?
    )
  ;

on_commit : 'ON' 'COMMIT' 'PRESERVE' 'ROWS' ;

table_as_element : family | constraint | name ('PRIMARY' 'KEY' storage_parameters? | 'FAMILY' name)* ;

table_element
  : index_in_table
  | family
  | constraint
  | column
  | 'LIKE' object_name (('INCLUDING' | 'EXCLUDING') ('ALL' | 'CONSTRAINTS' | 'DEFAULTS' | 'GENERATED' | 'INDEXES'))*
  ;

family : 'FAMILY' name? '(' names ')' ;

column : name type column_clause* ;

column_clause
  : ('CONSTRAINT' name)? column_qualification
  | 'COLLATE' collation
  | 'FAMILY' name
  | 'CREATE' if_not_exists? 'FAMILY' name?
  ;

column_qualification
  : 'NOT' ('NULL' | 'VISIBLE')
  | 'NULL'
  | 'UNIQUE' ('WITHOUT' 'INDEX')?
  | 'PRIMARY' 'KEY' using_hash? storage_parameters?
  | 'CHECK' '(' expr ')'
  | 'DEFAULT' simple_expr
  | 'ON' 'UPDATE' simple_expr
  | 'REFERENCES' object_name name_list? reference_clauses
  | 'GENERATED' ('ALWAYS' | 'BY' 'DEFAULT') 'AS' 'IDENTITY' ('(' identity_option* ')')?
  | ('GENERATED' 'ALWAYS')? 'AS' '(' expr ')' ('STORED' | 'VIRTUAL')
  ;

reference_clauses : ('MATCH' ('FULL' | 'SIMPLE'))? ('ON' ('DELETE' | 'UPDATE') reference_action)* ;

reference_action : 'NO' 'ACTION' | 'RESTRICT' | 'CASCADE' | 'SET' ('NULL' | 'DEFAULT') ;

constraint : ('CONSTRAINT' if_not_exists? name)? constraint_kind ('NOT' 'VALID')? ;

constraint_kind
  : 'CHECK' '(' expr ')'
  | 'UNIQUE' ('WITHOUT' 'INDEX')? '(' index_elements ')' storing? partition_by? where?
  | 'PRIMARY' 'KEY' '(' index_elements ')' using_hash? storage_parameters?
  | 'FOREIGN' 'KEY' '(' names ')' 'REFERENCES' object_name name_list? reference_clauses
  ;

using_hash : 'USING' 'HASH' ('WITH' 'BUCKET_COUNT' '=' simple_expr)? ;

storing : ('STORING' | 'COVERING' | 'INCLUDE') '(' names ')' ;

storage_parameters : 'WITH' '(' storage_parameter (',' storage_parameter)* ')' ;

storage_parameter : (name | SCONST) ('=' option_value)? ;

partition_by
  : 'PARTITION' 'ALL'? 'BY'
    ( 'LIST' '(' names ')' '(' list_partition (',' list_partition)* ')'
    | 'RANGE' '(' names ')' '(' range_partition (',' range_partition)* ')'
    | 'NOTHING'
    )
  ;

list_partition : 'PARTITION' (name | 'DEFAULT') 'VALUES' 'IN' '(' value (',' value)* ')' partition_by? ;

range_partition : 'PARTITION' (name | 'DEFAULT') 'VALUES' 'FROM' '(' exprs ')' 'TO' '(' exprs ')' partition_by? ;

locality
  : 'LOCALITY'
    ( 'GLOBAL'
    | 'REGIONAL' ('BY' 'TABLE')? ('IN' ('PRIMARY' 'REGION' | name_or_string))?
    | 'REGIONAL' 'BY' 'ROW' ('AS' name)?
    )
  ;

alter_table
  : 'TABLE' if_exists? 'ONLY'? object_name '*'? (table_command (',' table_command)* | configure_zone | range_command)
  ;

table_command
  : 'ADD' 'COLUMN'? if_not_exists? column
  | 'ADD' constraint
  | 'ALTER' 'PRIMARY' 'KEY' 'USING' 'COLUMNS' '(' index_elements ')' using_hash? storage_parameters?
  | 'ALTER' 'COLUMN'? name alter_column
  | 'DROP' 'CONSTRAINT' if_exists? name drop_behavior?
  | 'DROP' 'COLUMN'? if_exists? name drop_behavior?
  | 'VALIDATE' 'CONSTRAINT' name
  | 'RENAME' ('TO' object_name | 'CONSTRAINT' name 'TO' name | 'COLUMN'? name 'TO' name)
  | 'SET' 'SCHEMA' name
  | 'SET' locality
  | 'SET' ('LOGGED' | 'UNLOGGED') {has(Capability::set_logged)}?
  | 'SET' '(' storage_parameter (',' storage_parameter)* ')'
  | 'RESET' '(' names ')'
  | 'OWNER' 'TO' role
  | partition_by
  | 'INJECT' 'STATISTICS' expr
  | 'EXPERIMENTAL_AUDIT' 'SET' ('READ' 'WRITE' | 'OFF')
  | row_level_security
  | ('ENABLE' | 'DISABLE') 'TRIGGER' {has(Capability::enable_disable_trigger)}? ('ALL' | 'USER' | name)
  ;

row_level_security
  : ('ENABLE' | 'DISABLE' | 'NO'? 'FORCE') {has(Capability::row_level_security)}? 'ROW' 'LEVEL' 'SECURITY'
    (',' ('ENABLE' | 'DISABLE' | 'NO'? 'FORCE') 'ROW' 'LEVEL' 'SECURITY')?
  ;

alter_column
  : 'SET' 'DEFAULT' expr
  | 'DROP' ('DEFAULT' | 'NOT' 'NULL' | 'STORED' | 'ON' 'UPDATE' | 'IDENTITY' if_exists?)
  | 'SET' 'NOT'? ('NULL' | 'VISIBLE')
  | 'SET' 'ON' 'UPDATE' simple_expr
  | ('SET' 'DATA')? 'TYPE' type ('COLLATE' collation)? ('USING' expr)?
  | 'ADD' {has(Capability::identity_add_to_existing)}? 'GENERATED' ('ALWAYS' | 'BY' 'DEFAULT') 'AS' 'IDENTITY' ('(' identity_option* ')')?
  | identity_change+
  ;

identity_change
  : 'SET' 'GENERATED' {has(Capability::identity_set_generated)}? ('ALWAYS' | 'BY' 'DEFAULT')
  | 'SET' {has(Capability::identity_set_generated)}? identity_option
  | 'RESTART' ('WITH'? integer)?
  ;

range_command
  : 'SPLIT' 'AT' select ('WITH' 'EXPIRATION' expr)?
  | 'UNSPLIT' ('AT' select | 'ALL')
  | 'SCATTER' ('FROM' '(' exprs ')' 'TO' '(' exprs ')')?
  | ('EXPERIMENTAL_RELOCATE' | 'RELOCATE') anything*
  ;

configure_zone : 'CONFIGURE' 'ZONE' ('USING' ('DEFAULT' | zone_setting (',' zone_setting)*) | 'DISCARD') ;

zone_setting : object_name '=' (expr | 'COPY' 'FROM' 'PARENT') ;

// ---- Indexes ----

create_index
  : 'UNIQUE'? ('INVERTED' | 'VECTOR' {has(Capability::vector_index)}?)? 'INDEX' 'CONCURRENTLY'? (if_not_exists? name)? 'ON' object_name
    ('USING' index_method)? '(' index_elements ')' index_clauses
  ;

index_in_table
  : 'UNIQUE'? INDEX_DEFINITION name? '(' index_elements ')' index_clauses
  | ('INVERTED' | 'VECTOR' {has(Capability::vector_index)}?) INDEX_DEFINITION name? '(' index_elements ')' index_clauses
  ;

index_method : 'BTREE' | 'GIN' | 'GIST' | 'INVERTED' | 'PREFIX' | ('HNSW' | 'CSPANN') {has(Capability::vector_index)}? ;

index_elements : index_element (',' index_element)* ;

index_element
  : indexed operator_class? ('ASC'? ('NULLS' 'FIRST')? | 'DESC' ('NULLS' 'LAST')?)
  ;

indexed
  : '(' expr ')'
  | callable_name ('.' label)* call_in_index?
  | column_word | 'ROLLUP' | 'CUBE'
  | word_of_call '(' exprs ')'
  | type_function_word call_in_index
  | 'CAST' '(' expr 'AS' type ')'
  | 'SUBSTRING' '(' substring_arguments ')'
  | 'TRIM' '(' trim_arguments ')'
  | 'OVERLAY' '(' overlay_arguments ')'
  | 'POSITION' '(' simple_expr 'IN' simple_expr ')'
  | ('EXTRACT' | 'EXTRACT_DURATION') '(' (label | SCONST) 'FROM' expr ')'
  ;

call_in_index : '(' call_arguments? ')' ;

operator_class : IDENT ;

index_clauses : using_hash? storing? partition_by? storage_parameters? where? visibility? ;

visibility : 'NOT' 'VISIBLE' | 'VISIBLE' | 'INVISIBLE' | 'VISIBILITY' number ;

alter_index
  : 'INDEX' if_exists? index_name
    ( 'RENAME' 'TO' name
    | visibility
    | partition_by
    | configure_zone
    | range_command
    )
  ;

// ---- Views ----

create_view
  : ('OR' 'REPLACE')? ('TEMPORARY' | 'TEMP')? 'VIEW' if_not_exists? object_name name_list?
    ('WITH' {has(Capability::security_invoker)}? '(' 'SECURITY_INVOKER' ('=' option_value)? ')')? 'AS' select
  | 'MATERIALIZED' 'VIEW' if_not_exists? object_name name_list? 'AS' select
    ('WITH' 'NO'? 'DATA')?
  ;

refresh_statement : 'REFRESH' 'MATERIALIZED' 'VIEW' 'CONCURRENTLY'? object_name as_of? ('WITH' 'NO'? 'DATA')? ;

// ---- Sequences ----

create_sequence : ('TEMPORARY' | 'TEMP')? 'SEQUENCE' if_not_exists? object_name sequence_option* ;

sequence_option
  : identity_option
  | 'OWNED' 'BY' ('NONE' | object_name)
  | 'VIRTUAL'
  ;

identity_option
  : 'AS' type
  | 'NO' ('CYCLE' | 'MINVALUE' | 'MAXVALUE')
  | 'CYCLE'
  | ('MINVALUE' | 'MAXVALUE' | 'CACHE') integer
  | 'PER' ('SESSION' | 'NODE' {has(Capability::sequence_cache_per_node)}?) 'CACHE' integer
  | 'INCREMENT' 'BY'? integer
  | 'START' 'WITH'? integer
  | 'RESTART' ('WITH'? integer)?
  ;

// ---- Types ----

create_type
  : 'TYPE' if_not_exists? object_name 'AS'
    ( 'ENUM' '(' (SCONST (',' SCONST)*)? ')'
    | '(' (attribute (',' attribute)*)? ')'
    )
  ;

attribute : name simple_type ({has(Capability::composite_array_attributes)}? array_bounds)? ;

alter_type
  : 'TYPE' object_name
    ( 'ADD' 'VALUE' if_not_exists? SCONST (('BEFORE' | 'AFTER') SCONST)?
    | 'DROP' 'VALUE' SCONST
    | 'RENAME' 'VALUE' SCONST 'TO' SCONST
    | 'RENAME' 'TO' name
    | 'SET' 'SCHEMA' name
    | 'OWNER' 'TO' role
    )
  ;

// ---- Schemas, databases ----

create_schema : 'SCHEMA' if_not_exists? (object_name ('AUTHORIZATION' role)? | 'AUTHORIZATION' role) ;

create_database : 'DATABASE' if_not_exists? name 'WITH'? database_option* ;

database_option
  : ('TEMPLATE' | 'ENCODING' | 'LC_COLLATE' | 'LC_CTYPE') '='? name_or_string
  | 'CONNECTION' 'LIMIT' '='? integer
  | 'OWNER' '='? role
  | 'PRIMARY' 'REGION' '='? name_or_string
  | 'SECONDARY' 'REGION' '='? name_or_string
  | 'REGIONS' '='? name_or_string (',' name_or_string)*
  | survive
  | placement
  | 'SUPER' 'REGION' name 'VALUES' name_or_string (',' name_or_string)*
  ;

survive : 'SURVIVE' '='? ('REGION' | 'ZONE' | 'AVAILABILITY' 'ZONE') 'FAILURE' ;

placement : 'PLACEMENT' ('RESTRICTED' | 'DEFAULT') ;

alter_database
  : 'DATABASE' if_exists? name
    ( 'RENAME' 'TO' name
    | 'OWNER' 'TO' role
    | 'CONVERT' 'TO' 'SCHEMA' 'WITH' 'PARENT' name
    | 'ADD' 'REGION' if_not_exists? name_or_string
    | 'DROP' 'REGION' if_exists? name_or_string
    | 'DROP' 'SECONDARY' 'REGION' if_exists?
    | ('ADD' | 'ALTER') 'SUPER' 'REGION' name 'VALUES' name_or_string (',' name_or_string)*
    | 'DROP' 'SUPER' 'REGION' name
    | 'SET'? 'PRIMARY' 'REGION' '='? name_or_string
    | 'SET' 'SECONDARY' 'REGION' '='? name_or_string
    | survive
    | placement
    | 'ALTER' 'LOCALITY' ('GLOBAL' | 'REGIONAL' ('IN' label)?) configure_zone
    | configure_zone
    | set_variable
    | reset_variable
    )
  ;

alter_schema : 'SCHEMA' object_name ('RENAME' 'TO' name | 'OWNER' 'TO' role) ;

// ---- Roles, privileges ----

create_role : ('ROLE' | 'USER') if_not_exists? role 'WITH'? role_option* ;

role_option
  : 'CREATEROLE' | 'NOCREATEROLE' | 'LOGIN' | 'NOLOGIN' | 'CONTROLJOB' | 'NOCONTROLJOB' | 'CONTROLCHANGEFEED'
  | 'NOCONTROLCHANGEFEED' | 'CREATEDB' | 'NOCREATEDB' | 'CREATELOGIN' | 'NOCREATELOGIN' | 'VIEWACTIVITY' | 'NOVIEWACTIVITY'
  | 'VIEWACTIVITYREDACTED' | 'NOVIEWACTIVITYREDACTED' | 'CANCELQUERY' | 'NOCANCELQUERY' | 'MODIFYCLUSTERSETTING'
  | 'NOMODIFYCLUSTERSETTING' | 'SQLLOGIN' | 'NOSQLLOGIN' | 'VIEWCLUSTERSETTING' | 'NOVIEWCLUSTERSETTING' | 'REPLICATION'
  | 'NOREPLICATION' | ('BYPASSRLS' | 'NOBYPASSRLS') {has(Capability::bypassrls_option)}?
  | 'PASSWORD' (SCONST | 'NULL' | PLACEHOLDER)
  | 'VALID' 'UNTIL' (SCONST | 'NULL' | PLACEHOLDER)
  | 'SUBJECT' (SCONST | 'NULL' | PLACEHOLDER)
  | 'PROVISIONSRC' SCONST
  ;

alter_role
  : ('ROLE' | 'USER')
    ( if_exists? role ('IN' 'DATABASE' name)? (set_variable | reset_variable)
    | 'ALL' ('IN' 'DATABASE' name)? (set_variable | reset_variable)
    | if_exists? role 'WITH'? role_option+
    )
  ;

privileges : 'ALL' 'PRIVILEGES'? | privilege (',' privilege)* ;

privilege
  : 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE' | 'DROP' | 'USAGE' | 'EXECUTE' | 'CONNECT' | 'ZONECONFIG' | 'BACKUP'
  | 'RESTORE' | 'CHANGEFEED' | 'RULE' | 'REPLICATIONDEST' | 'REPLICATIONSOURCE' | 'INSPECT'
  | 'TRIGGER' {has(Capability::trigger_privilege)}?
  | 'MAINTAIN' {has(Capability::maintain_privilege)}?
  | ('TEMPORARY' | 'TEMP') {has(Capability::temporary_privilege)}?
  ;

grant_statement
  : 'GRANT' privileges 'ON' grant_target 'TO' roles ('WITH' 'GRANT' 'OPTION')?
  | 'GRANT' 'SYSTEM' ('ALL' 'PRIVILEGES'? | label (',' label)*) 'TO' roles ('WITH' 'GRANT' 'OPTION')?
  | 'GRANT' names 'TO' roles ('WITH' 'ADMIN' 'OPTION')?
  ;

revoke_statement
  : 'REVOKE' ('GRANT' 'OPTION' 'FOR')? privileges 'ON' grant_target 'FROM' roles
  | 'REVOKE' ('GRANT' 'OPTION' 'FOR')? 'SYSTEM' ('ALL' 'PRIVILEGES'? | label (',' label)*) 'FROM' roles
  | 'REVOKE' ('ADMIN' 'OPTION' 'FOR')? names 'FROM' roles
  ;

grant_target
  : 'TABLE'? table_pattern (',' table_pattern)*
  | 'SEQUENCE' table_pattern (',' table_pattern)*
  | 'DATABASE' names
  | 'SCHEMA' object_names
  | 'TYPE' object_names
  | ('FUNCTION' | 'PROCEDURE') routine (',' routine)*
  | 'EXTERNAL' 'CONNECTION' names
  | 'ALL' ('TABLES' | 'SEQUENCES' | 'FUNCTIONS' | 'PROCEDURES' | 'ROUTINES' {has(Capability::grant_on_routines)}?) 'IN' 'SCHEMA' object_names
  ;

table_pattern : '*' | name ('.' (label | '*'))* ;

alter_default_privileges
  : 'DEFAULT' 'PRIVILEGES' ('FOR' (('ROLE' | 'USER') roles | 'ALL' 'ROLES'))? ('IN' 'SCHEMA' object_names)?
    ( 'GRANT' privileges 'ON' default_target 'TO' roles ('WITH' 'GRANT' 'OPTION')?
    | 'REVOKE' ('GRANT' 'OPTION' 'FOR')? privileges 'ON' default_target 'FROM' roles drop_behavior?
    )
  ;

default_target
  : 'TABLES' | 'SEQUENCES' | 'TYPES' | 'SCHEMAS' | 'FUNCTIONS' | 'ROUTINES' {has(Capability::default_privileges_routines)}?
  ;

// ---- Functions, triggers, policies ----

create_function
  : ('OR' 'REPLACE')? 'FUNCTION' object_name '(' (parameter (',' parameter)*)? ')'
    ( 'RETURNS' 'TABLE' {has(Capability::returns_table)}? '(' table_parameter (',' table_parameter)* ')'
    | 'RETURNS' type
    )? function_option+
  | ('OR' 'REPLACE')? 'PROCEDURE' {has(Capability::procedures)}? object_name '(' (parameter (',' parameter)*)? ')' function_option+
  ;

parameter : parameter_type (('DEFAULT' | '=') expr)? ;

parameter_type : parameter_mode (parameter_name parameter_mode? type | type) | parameter_name parameter_mode? type | type ;

parameter_mode : 'IN' 'OUT'? | 'OUT' {has(Capability::out_parameters)}? | 'INOUT' {has(Capability::out_parameters)}? ;

parameter_name : plain_name | type_function_word ;

table_parameter : parameter_name type ;

function_option
  : 'AS' SCONST (',' SCONST)?
  | 'LANGUAGE' (label | SCONST)
  | function_property
  | ('EXTERNAL')? 'SECURITY' ('INVOKER' | 'DEFINER' {has(Capability::security_definer)}?)
  ;

function_property
  : 'CALLED' 'ON' 'NULL' 'INPUT'
  | 'RETURNS' 'NULL' 'ON' 'NULL' 'INPUT'
  | 'STRICT' | 'IMMUTABLE' | 'STABLE' | 'VOLATILE'
  | 'NOT'? 'LEAKPROOF'
  ;

routine : object_name ('(' (parameter (',' parameter)*)? ')')? ;

alter_function
  : ('FUNCTION' | 'PROCEDURE' | 'ROUTINE') routine
    ( function_property+ 'RESTRICT'?
    | 'RENAME' 'TO' name
    | 'OWNER' 'TO' role
    | 'SET' 'SCHEMA' name
    | ('EXTERNAL')? 'SECURITY' ('INVOKER' | 'DEFINER')
    )
  ;

create_trigger
  : ('OR' 'REPLACE')? 'TRIGGER' {has(Capability::triggers)}? name ('BEFORE' | 'AFTER' | 'INSTEAD' 'OF')
    trigger_event ('OR' trigger_event)* 'ON' object_name
    ('REFERENCING' (('OLD' | 'NEW') ('TABLE' | 'ROW') 'AS'? name)+)?
    ('FOR' 'EACH'? ('ROW' | 'STATEMENT'))? ('WHEN' expr)? 'EXECUTE' ('FUNCTION' | 'PROCEDURE') object_name '(' (trigger_argument (',' trigger_argument)*)? ')'
  ;

trigger_event : 'INSERT' | 'UPDATE' ('OF' names)? | 'DELETE' | 'TRUNCATE' ;

trigger_argument : ICONST | FCONST | SCONST | label ;

create_policy
  : 'POLICY' {has(Capability::row_level_security)}? if_not_exists? name 'ON' object_name ('AS' ('PERMISSIVE' | 'RESTRICTIVE'))?
    ('FOR' ('ALL' | 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'))? ('TO' roles)? ('USING' '(' expr ')')? ('WITH' 'CHECK' '(' expr ')')?
  ;

alter_policy
  : 'POLICY' name 'ON' object_name
    ('RENAME' 'TO' name | ('TO' roles)? ('USING' '(' expr ')')? ('WITH' 'CHECK' '(' expr ')')?)
  ;

// ---- ALTER, DROP, COMMENT ----

alter_statement
  : 'ALTER'
    ( alter_table
    | alter_index
    | ('MATERIALIZED'? 'VIEW' | 'SEQUENCE') if_exists? object_name alter_relation
    | alter_type
    | alter_database
    | alter_schema
    | alter_role
    | alter_default_privileges
    | alter_function
    | alter_policy
    | 'PARTITION' name 'OF' ('TABLE' | 'INDEX') index_name_pattern configure_zone
    | unread_alteration
    )
  ;

index_name_pattern : object_name ('@' (name | '*'))? ;

alter_relation
  : 'RENAME' 'TO' object_name
  | 'SET' 'SCHEMA' name
  | 'OWNER' 'TO' role
  | 'SET' {has(Capability::security_invoker)}? '(' storage_parameter ')'
  | 'RESET' {has(Capability::security_invoker)}? '(' name ')'
  | sequence_option+
  ;

drop_statement
  : 'DROP'
    ( ('TABLE' | 'MATERIALIZED'? 'VIEW' | 'SEQUENCE' | 'TYPE') if_exists? object_names drop_behavior?
    | 'SCHEMA' if_exists? object_names drop_behavior?
    | 'INDEX' 'CONCURRENTLY'? if_exists? index_name (',' index_name)* drop_behavior?
    | 'DATABASE' if_exists? name drop_behavior?
    | ('ROLE' | 'USER') if_exists? roles
    | ('FUNCTION' | 'PROCEDURE' {has(Capability::procedures)}?) if_exists? routine (',' routine)* drop_behavior?
    | 'TRIGGER' {has(Capability::triggers)}? if_exists? name 'ON' object_name drop_behavior?
    | 'POLICY' {has(Capability::row_level_security)}? if_exists? name 'ON' object_name drop_behavior?
    | 'OWNED' 'BY' roles drop_behavior?
    | unread_removal
    )
  ;

comment_statement
  : 'COMMENT' 'ON'
    ( 'DATABASE' name
    | 'SCHEMA' object_name
    | 'TYPE' {has(Capability::comment_on_type)}? object_name
    | 'TABLE' object_name
    | 'COLUMN' object_name
    | 'INDEX' index_name
    | 'CONSTRAINT' name 'ON' object_name
    ) 'IS' (SCONST | 'NULL')
  ;

// ---- Settings, transactions ----

set_statement
  : 'SET' ('SESSION' | 'LOCAL')? variable_assignment
  | 'SET' 'LOCAL'? 'TRANSACTION' transaction_mode+
  | 'SET' 'SESSION' ('TRANSACTION' | 'CHARACTERISTICS' 'AS' 'TRANSACTION') transaction_mode+
  | 'SET' 'SESSION' 'AUTHORIZATION' 'DEFAULT'
  | 'SET' 'CLUSTER' 'SETTING' object_name ('=' | 'TO') variable_value
  | 'USE' variable_value
  ;

set_variable : 'SET' variable_assignment ;

variable_assignment
  : object_name ('=' | 'TO') variable_value (',' variable_value)*
  | 'TIME' 'ZONE' variable_value
  | 'SCHEMA' SCONST
  | ('NAMES') ('=' | 'TO')? variable_value
  | 'ROLE' ('=' | 'TO')? variable_value
  | 'TRACING' ('=' | 'TO')? variable_value (',' variable_value)*
  | '(' object_name ('=' | 'TO') variable_value ')'
  ;

variable_value : expr | 'ON' | 'DEFAULT' ;

reset_statement : 'RESET' ('ALL' | 'CLUSTER' 'SETTING' object_name | 'SESSION'? object_name | 'TIME' 'ZONE') ;

reset_variable : 'RESET' ('ALL' | object_name) ;

transaction_statement
  : 'BEGIN' ('TRANSACTION' | 'WORK')? transaction_modes?
  | 'START' 'TRANSACTION' transaction_modes?
  | ('COMMIT' | 'END') ('TRANSACTION' | 'WORK')?
  | 'ABORT' ('TRANSACTION' | 'WORK')?
  | 'ROLLBACK' ('TRANSACTION' | 'WORK')? ('TO' 'SAVEPOINT'? name)?
  | 'ROLLBACK' 'PREPARED' SCONST
  | 'COMMIT' 'PREPARED' SCONST
  | 'PREPARE' 'TRANSACTION' SCONST
  | 'SAVEPOINT' name
  | 'RELEASE' 'SAVEPOINT'? name
  ;

transaction_modes : transaction_mode (','? transaction_mode)* ;

transaction_mode
  : 'ISOLATION' 'LEVEL' ('READ' ('COMMITTED' | 'UNCOMMITTED') | 'REPEATABLE' 'READ' | 'SERIALIZABLE' | 'SNAPSHOT')
  | 'PRIORITY' ('LOW' | 'NORMAL' | 'HIGH')
  | 'READ' ('ONLY' | 'WRITE')
  | as_of
  | 'NOT'? 'DEFERRABLE'
  ;

// ---- Others ----

explain_options : ('ANALYZE' | 'ANALYSE')? ('(' label (',' label)* ')')? ;

other_statement
  : 'PREPARE' name ('(' types ')')? 'AS' query_or_change
  | 'EXECUTE' name ('(' exprs? ')')?
  | 'DEALLOCATE' 'PREPARE'? ('ALL' | name)
  | 'DISCARD' ('ALL' | 'SEQUENCES' | 'TEMP' | 'TEMPORARY')
  | 'CALL' {has(Capability::procedures)}? object_name '(' exprs? ')'
  | 'DO' {has(Capability::do_statement)}? ('LANGUAGE' (label | SCONST))? SCONST ('LANGUAGE' (label | SCONST))?
  | ('ANALYZE' | 'ANALYSE') object_name
  | 'REASSIGN' 'OWNED' 'BY' roles 'TO' role
  | 'DECLARE' name ('BINARY' | 'INSENSITIVE' | 'ASENSITIVE' | 'NO' 'SCROLL' | 'SCROLL')* 'CURSOR' (('WITH' | 'WITHOUT') 'HOLD')? 'FOR' select
  | ('FETCH' | 'MOVE') cursor_step? ('FROM' | 'IN')? name
  | 'CLOSE' ('ALL' | name)
  ;

cursor_step
  : 'NEXT' | 'PRIOR' | 'FIRST' | 'LAST' | 'ALL' | integer | ('ABSOLUTE' | 'RELATIVE') integer | ('FORWARD' | 'BACKWARD') (integer | 'ALL')?
  ;

// What has to do with a running cluster, not with a schema. Only the first words are looked at.
unread_statement
  : ('BACKUP' | 'RESTORE' | 'EXPORT' | 'CANCEL' | 'PAUSE' | 'RESUME' | 'EXPERIMENTAL' | 'CHECK' | 'UNLISTEN'
    | 'INSPECT' | 'SCRUB' | 'REVERT') anything*
  ;

unread_creation : ('CHANGEFEED' | 'SCHEDULE' | 'EXTERNAL' 'CONNECTION' | 'VIRTUAL' 'CLUSTER' | 'LOGICAL' | 'LOGICALLY' | 'TENANT') anything* ;

unread_alteration
  : ('RANGE' | 'BACKUP' | 'CHANGEFEED' | 'JOB' | 'VIRTUAL' 'CLUSTER' | 'EXTERNAL' 'CONNECTION' | 'TENANT') anything*
  ;

unread_removal : ('SCHEDULE' | 'SCHEDULES' | 'EXTERNAL' 'CONNECTION' | 'VIRTUAL' 'CLUSTER' | 'TENANT' | 'PROVISIONED') anything* ;

show_statement : 'SHOW' anything+ ;

anything : ~(';' | '(' | ')' | '[' | ']' | '{' | '}' | UNKNOWN) | '(' anything* ')' | '[' anything* ']' ;

// ---- Words ----

// Reserved: a name only in double quotes, behind a dot and behind AS.
reserved_word
  : 'ALL' | 'ANALYSE' | 'ANALYZE' | 'AND' | 'ANY' | 'ARRAY' | 'AS' | 'ASC' | 'ASYMMETRIC' | 'BOTH' | 'CASE' | 'CAST'
  | 'CHECK' | 'COLLATE' | 'COLUMN' | 'CONCURRENTLY' | 'CONSTRAINT' | 'CREATE' | 'CURRENT_CATALOG' | 'CURRENT_DATE'
  | 'CURRENT_ROLE' | 'CURRENT_SCHEMA' | 'CURRENT_TIME' | 'CURRENT_TIMESTAMP' | 'CURRENT_USER' | 'DEFAULT' | 'DEFERRABLE'
  | 'DESC' | 'DISTINCT' | 'DO' | 'ELSE' | 'END' | 'EXCEPT' | 'FALSE' | 'FETCH' | 'FOR' | 'FOREIGN' | 'FROM' | 'GRANT'
  | 'GROUP' | 'HAVING' | 'IN' | 'INITIALLY' | 'INTERSECT' | 'INTO' | 'LATERAL' | 'LEADING' | 'LIMIT' | 'LOCALTIME'
  | 'LOCALTIMESTAMP' | 'NOT' | 'NULL' | 'OFFSET' | 'ON' | 'ONLY' | 'OR' | 'ORDER' | 'PLACING' | 'PRIMARY' | 'REFERENCES'
  | 'RETURNING' | 'SELECT' | 'SESSION_USER' | 'SOME' | 'SYMMETRIC' | 'TABLE' | 'THEN' | 'TO' | 'TRAILING' | 'TRUE'
  | 'UNION' | 'UNIQUE' | 'USER' | 'USING' | 'VARIADIC' | 'WHEN' | 'WHERE' | 'WINDOW' | 'WITH'
  ;

// Functions and types may be called so, columns not.
type_function_word
  : 'AUTHORIZATION' | 'COLLATION' | 'CROSS' | 'FAMILY' | 'FULL' | 'ILIKE' | 'INNER' | 'IS' | 'ISNULL' | 'JOIN' | 'LEFT'
  | 'LIKE' | 'NATURAL' | 'NONE' | 'NOTNULL' | 'OUTER' | 'OVERLAPS' | 'RIGHT' | 'SIMILAR'
  ;

// Columns and tables may be called so, functions not.
column_word
  : 'ANNOTATE_TYPE' | 'BETWEEN' | 'BIGINT' | 'BIT' | 'BOOLEAN' | 'BOX2D' | 'CHAR' | 'CHARACTER' | 'CHARACTERISTICS'
  | 'COALESCE' | 'DEC' | 'DECIMAL' | 'EXISTS' | 'EXTRACT' | 'EXTRACT_DURATION' | 'FLOAT' | 'GEOGRAPHY' | 'GEOMETRY'
  | 'GREATEST' | 'GROUPING' | 'IF' | 'IFERROR' | 'IFNULL' | 'INOUT' | 'INT' | 'INTEGER' | 'INTERVAL' | 'ISERROR' | 'LEAST'
  | 'NULLIF' | 'NUMERIC' | 'OUT' | 'OVERLAY' | 'POINT' | 'POLYGON' | 'POSITION' | 'PRECISION' | 'REAL' | 'ROW' | 'SETOF'
  | 'SMALLINT' | 'STRING' | 'SUBSTRING' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMPTZ' | 'TIMETZ' | 'TREAT' | 'TRIM' | 'VALUES'
  | 'VARBIT' | 'VARCHAR' | 'VECTOR' | 'VIRTUAL' | 'WORK'
  ;

unreserved_word : plain_word | expression_word | 'SET' | 'ROLLUP' | 'CUBE' ;

callable_word : plain_word | expression_word | 'SET' ;

// Behind a table, behind an expression without AS.
alias_word : plain_word | expression_word | 'ROLLUP' | 'CUBE' ;

label_word : plain_word | 'SET' | 'ROLLUP' | 'CUBE' ;

// Unreserved, and they go on with an expression.
expression_word
  : 'AT' | 'DAY' | 'ESCAPE' | 'FILTER' | 'HOUR' | 'MINUTE' | 'MONTH' | 'OPERATOR' | 'OVER' | 'SECOND' | 'VARYING'
  | 'WITHIN' | 'WITHOUT' | 'YEAR'
  ;

// The unreserved words of this grammar that nothing else is said of.
plain_word
  : 'ABORT' | 'ABSOLUTE' | 'ACTION' | 'ADD' | 'ADMIN' | 'AFTER' | 'ALTER' | 'ALWAYS' | 'ASENSITIVE' | 'AVAILABILITY'
  | 'BACKUP' | 'BACKWARD' | 'BEFORE' | 'BEGIN' | 'BINARY' | 'BTREE' | 'BUCKET_COUNT' | 'BY' | 'BYPASSRLS' | 'CACHE'
  | 'CALL' | 'CALLED' | 'CANCEL' | 'CANCELQUERY' | 'CASCADE' | 'CHANGEFEED' | 'CLOSE' | 'CLUSTER' | 'COLUMNS' | 'COMMENT'
  | 'COMMIT' | 'COMMITTED' | 'CONFIGURE' | 'CONFLICT' | 'CONNECT' | 'CONNECTION' | 'CONSTRAINTS' | 'CONTROLCHANGEFEED'
  | 'CONTROLJOB' | 'CONVERT' | 'COPY' | 'COVERING' | 'CREATEDB' | 'CREATELOGIN' | 'CREATEROLE' | 'CSPANN' | 'CSV'
  | 'CURRENT' | 'CURSOR' | 'CYCLE' | 'DATA' | 'DATABASE' | 'DEALLOCATE' | 'DECLARE' | 'DEFAULTS' | 'DEFINER' | 'DELETE'
  | 'DELIMITER' | 'DESTINATION' | 'DISABLE' | 'DISCARD' | 'DROP' | 'EACH' | 'ENABLE' | 'ENCODING' | 'ENUM' | 'EXCLUDE'
  | 'EXCLUDING' | 'EXECUTE' | 'EXPERIMENTAL' | 'EXPERIMENTAL_AUDIT' | 'EXPERIMENTAL_RELOCATE' | 'EXPIRATION' | 'EXPLAIN'
  | 'EXPORT' | 'EXTENSION' | 'EXTERNAL' | 'FAILURE' | 'FIRST' | 'FOLLOWING' | 'FORCE' | 'FORMAT' | 'FORWARD' | 'FUNCTION'
  | 'FUNCTIONS' | 'GENERATED' | 'GIN' | 'GIST' | 'GLOBAL' | 'GROUPS' | 'HASH' | 'HEADER' | 'HIGH' | 'HNSW' | 'HOLD'
  | 'IDENTITY' | 'IMMUTABLE' | 'IMPORT' | 'INCLUDE' | 'INCLUDING' | 'INCREMENT' | 'INDEX' | 'INDEXES' | 'INJECT' | 'INPUT'
  | 'INSENSITIVE' | 'INSERT' | 'INSPECT' | 'INSTEAD' | 'INVERTED' | 'INVISIBLE' | 'INVOKER' | 'ISOLATION' | 'JOB' | 'KEY'
  | 'LANGUAGE' | 'LAST' | 'LC_COLLATE' | 'LC_CTYPE' | 'LEAKPROOF' | 'LEVEL' | 'LIST' | 'LISTEN' | 'LOCAL' | 'LOCALITY'
  | 'LOCKED' | 'LOGGED' | 'LOGICAL' | 'LOGICALLY' | 'LOGIN' | 'LOOKUP' | 'LOW' | 'MAINTAIN' | 'MATCH' | 'MATERIALIZED'
  | 'MAXVALUE' | 'MERGE' | 'MINVALUE' | 'MODIFYCLUSTERSETTING' | 'MOVE' | 'NAMES' | 'NAN' | 'NEW' | 'NEXT' | 'NO'
  | 'NOBYPASSRLS' | 'NOCANCELQUERY' | 'NOCONTROLCHANGEFEED' | 'NOCONTROLJOB' | 'NOCREATEDB' | 'NOCREATELOGIN'
  | 'NOCREATEROLE' | 'NODE' | 'NOLOGIN' | 'NOMODIFYCLUSTERSETTING' | 'NOREPLICATION' | 'NORMAL' | 'NOSQLLOGIN' | 'NOTHING'
  | 'NOTIFY' | 'NOVIEWACTIVITY' | 'NOVIEWACTIVITYREDACTED' | 'NOVIEWCLUSTERSETTING' | 'NOWAIT' | 'NULLS' | 'OF' | 'OFF'
  | 'OLD' | 'OPTION' | 'OPTIONS' | 'ORDINALITY' | 'OTHERS' | 'OWNED' | 'OWNER' | 'PARENT' | 'PARTITION' | 'PASSWORD'
  | 'PAUSE' | 'PER' | 'PERMISSIVE' | 'PG_CATALOG' | 'PLACEMENT' | 'POLICY' | 'PRECEDING' | 'PREFIX' | 'PREPARE'
  | 'PREPARED' | 'PRESERVE' | 'PRIOR' | 'PRIORITY' | 'PRIVILEGES' | 'PROCEDURE' | 'PROCEDURES' | 'PROVISIONED'
  | 'PROVISIONSRC' | 'QUOTE' | 'RANGE' | 'READ' | 'REASSIGN' | 'RECURSIVE' | 'REFERENCING' | 'REFRESH' | 'REGION'
  | 'REGIONAL' | 'REGIONS' | 'RELATIVE' | 'RELEASE' | 'RELOCATE' | 'RENAME' | 'REPEATABLE' | 'REPLACE' | 'REPLICATION'
  | 'REPLICATIONDEST' | 'REPLICATIONSOURCE' | 'RESET' | 'RESTART' | 'RESTORE' | 'RESTRICT' | 'RESTRICTED' | 'RESTRICTIVE'
  | 'RESUME' | 'RETURNS' | 'REVERT' | 'REVOKE' | 'ROLE' | 'ROLES' | 'ROLLBACK' | 'ROUTINE' | 'ROUTINES' | 'ROWS' | 'RULE'
  | 'SAVEPOINT' | 'SCATTER' | 'SCHEDULE' | 'SCHEDULES' | 'SCHEMA' | 'SCHEMAS' | 'SCROLL' | 'SCRUB' | 'SECONDARY'
  | 'SECURITY' | 'SECURITY_INVOKER' | 'SEQUENCE' | 'SEQUENCES' | 'SERIALIZABLE' | 'SESSION' | 'SETTING' | 'SHARE' | 'SHOW'
  | 'SIMPLE' | 'SKIP' | 'SNAPSHOT' | 'SPLIT' | 'SQLLOGIN' | 'STABLE' | 'START' | 'STATEMENT' | 'STATISTICS' | 'STDIN'
  | 'STDOUT' | 'STORED' | 'STORING' | 'STRAIGHT' | 'STRICT' | 'SUBJECT' | 'SUPER' | 'SURVIVE' | 'SYSTEM' | 'TABLES'
  | 'TEMP' | 'TEMPLATE' | 'TEMPORARY' | 'TENANT' | 'TEXT' | 'TIES' | 'TRACING' | 'TRANSACTION' | 'TRIGGER' | 'TRUNCATE'
  | 'TYPE' | 'TYPES' | 'UNBOUNDED' | 'UNCOMMITTED' | 'UNKNOWN' | 'UNLISTEN' | 'UNLOGGED' | 'UNSPLIT' | 'UNTIL' | 'UPDATE'
  | 'UPSERT' | 'USAGE' | 'USE' | 'VALID' | 'VALIDATE' | 'VALUE' | 'VIEW' | 'VIEWACTIVITY' | 'VIEWACTIVITYREDACTED'
  | 'VIEWCLUSTERSETTING' | 'VISIBILITY' | 'VISIBLE' | 'VOLATILE' | 'WRITE' | 'ZONE' | 'ZONECONFIG'
  ;
