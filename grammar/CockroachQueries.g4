// Queries and changes of rows.
parser grammar CockroachQueries;

select : bare_select | '(' select ')' query_tail ;

// One that does not begin with a parenthesis.
bare_select : with_clause (simple_select | '(' select ')') query_tail | simple_select query_tail ;

simple_select
  : 'SELECT' ('ALL'? targets? | 'DISTINCT' ('ON' '(' exprs ')')? targets) ('FROM' table_refs as_of?)? where?
    ('GROUP' 'BY' group (',' group)*)? ('HAVING' expr)? ('WINDOW' name 'AS' window (',' name 'AS' window)*)?
  | 'VALUES' '(' exprs ')' (',' '(' exprs ')')*
  | 'TABLE' table_ref
  ;

// ROLLUP (a) is none, though it may be called anywhere else.
group : {not_grouping(ROLLUP, CUBE, OPEN);} expr ;

query_tail : query_continued? ;

query_continued : set_operation+ order_by? limits? | order_by limits? | limits ;

set_operation : ('UNION' | 'INTERSECT' | 'EXCEPT') ('ALL' | 'DISTINCT')? (simple_select | '(' select ')') ;

limits
  : limit (offset lockings? | lockings)?
  | offset (limit lockings? | lockings)?
  | lockings (limit offset? | offset limit?)?
  ;

order_by : 'ORDER' 'BY' sort_item (',' sort_item)* ;

order_by_expr : 'ORDER' 'BY' sort_expr (',' sort_item)* ;

sort_item
  : 'PRIMARY' 'KEY' object_name ('ASC' | 'DESC')?
  | 'INDEX' object_name '@' label ('ASC' | 'DESC')?
  | sort_expr
  ;

sort_expr : expr ('ASC' | 'DESC')? ('NULLS' ('FIRST' | 'LAST'))? ;

limit : 'LIMIT' ('ALL' | expr) | 'FETCH' ('FIRST' | 'NEXT') (primary | ('+' | '-') (ICONST | FCONST))? ('ROW' | 'ROWS') 'ONLY' ;

offset : 'OFFSET' expr ('ROW' | 'ROWS')? ;

lockings : locking+ | 'FOR' 'READ' 'ONLY' ;

locking
  : 'FOR' ('UPDATE' | 'NO' 'KEY' 'UPDATE' | 'SHARE' | 'KEY' 'SHARE') ('OF' object_names)? ('SKIP' 'LOCKED' | 'NOWAIT')?
  ;

with_clause : 'WITH' 'RECURSIVE'? common_table (',' common_table)* ;

common_table : name name_list? 'AS' ('NOT'? 'MATERIALIZED')? '(' preparable_statement ')' ;

targets : target (',' target)* ;

target : '*' | expr ('AS' label | bare_label)? ;

table_refs : table_ref (',' table_ref)* ;

table_ref : table_primary join* ;

join
  : 'CROSS' join_method? 'JOIN' table_primary
  | 'NATURAL' (join_type join_method?)? 'JOIN' table_primary
  | (join_type join_method?)? 'JOIN' table_ref ('ON' expr | 'USING' name_list)
  ;

join_type : ('FULL' | 'LEFT' | 'RIGHT') 'OUTER'? | 'INNER' ;

join_method : 'HASH' | 'MERGE' | 'LOOKUP' | 'INVERTED' | 'STRAIGHT' ;

table_primary
  : '(' table_in_parentheses ')' ordinality? alias?
  | table_without_parenthesis
  ;

table_without_parenthesis
  : plain_name ('.' label ('.' label ('.' label)?)?)? (named_table | arguments function_alias)
  | (column_word | 'FAMILY' | INDEX_DEFINITION) ('.' label ('.' label ('.' label)?)? (named_table | arguments function_alias) | named_table)
  | function_in_from function_alias
  | 'ONLY' (object_name | '(' object_name ')') index_hint? ordinality? alias?
  | 'LATERAL' ('(' select ')' | function_in_from | object_name arguments | rows_from) ordinality? alias?
  | rows_from function_alias
  | '[' (statement_as_table | ICONST ('(' (ICONST (',' ICONST)*)? ')')? alias) ']' index_hint? ordinality? alias?
  ;

named_table : '*'? index_hint? ordinality? alias? ;

function_in_from
  : type_function_word arguments
  | INDEX_DEFINITION arguments
  | '[' 'FUNCTION' ICONST ']' arguments
  | special_call
  ;

// Calls that are not written as any other's.
special_call : word_call | special_value | 'CAST' '(' expr 'AS' type ')' | 'COLLATION' 'FOR' '(' expr ')' ;

rows_from : 'ROWS' 'FROM' '(' row_source (',' row_source)* ')' ;

row_source : (function_in_from | object_name arguments) ('AS'? name ('(' typed_names ')')?)? ;

statement_as_table : query_or_change | explain_statement | show_statement ;

// Joined tables have to be two.
table_in_parentheses
  : bare_select
  | table_without_parenthesis join+
  | '(' table_in_parentheses ')' (ordinality? alias? join+ | query_tail | ordinality? alias)
  ;

index_hint : '@' (label | '[' ICONST ']' | '{' hint (',' hint)* '}') ;

hint : label ('=' (label | '[' ICONST ']' | SCONST))? ('ASC' | 'DESC')? ;

ordinality : 'WITH' 'ORDINALITY' ;

alias : 'AS'? name name_list? ;

function_alias : ordinality? ('AS'? name ('(' typed_names ')')?)? ;

typed_names : name type? (',' name type?)* ;

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
  : ('INSERT' | 'UPSERT') 'INTO' changed_table ('AS' name)? ('DEFAULT' 'VALUES' | ('(' names ')')? select) on_conflict? returning?
  ;

changed_table : 'ONLY'? object_name index_hint? '*'? ;

on_conflict
  : 'ON' 'CONFLICT'
    ( 'DO' 'NOTHING'
    | ('(' names ')' where? | 'ON' 'CONSTRAINT' name) 'DO' ('NOTHING' | 'UPDATE' 'SET' assignments where?)
    )
  ;

update_rows
  : 'UPDATE' changed_table changed_alias? 'SET' assignments ('FROM' table_refs)? where? order_by? limit? returning?
  ;

// SET is none: UPDATE t SET a = 1.
changed_alias : 'AS' name | alias_name ;

delete_rows
  : 'DELETE' ('BATCH' ('(' 'SIZE' expr (',' 'SIZE' expr)* ')')?)? 'FROM' changed_table changed_alias? ('USING' table_refs)? where?
    order_by? limit? returning?
  ;

assignments : assignment (',' assignment)* ;

assignment : name '=' expr | '(' names ')' '=' '(' inside_parentheses? ')' ;

returning : 'RETURNING' ('NOTHING' | targets) ;

truncate_statement : 'TRUNCATE' 'TABLE'? relation (',' relation)* drop_behavior? ;

copy_statement
  : 'COPY'
    ( object_name name_list? ('FROM' 'STDIN' | 'TO' 'STDOUT') copy_options?
    | '(' query_or_change ')' 'TO' 'STDOUT' copy_options?
    )
  ;

copy_options : 'WITH'? ('(' copy_parameter (',' copy_parameter)* ')' | copy_option+) ;

copy_option
  : 'DESTINATION' '=' text
  | 'BINARY' | 'CSV' | 'HEADER'
  | ('DELIMITER' | 'NULL') text
  | ('QUOTE' | 'ESCAPE' | 'ENCODING') SCONST
  ;

copy_parameter
  : ('DESTINATION' | 'DELIMITER' | 'NULL') text
  | 'FORMAT' ('CSV' | 'BINARY' | 'TEXT' | SCONST)
  | 'HEADER' ('TRUE' | 'FALSE')?
  | ('QUOTE' | 'ESCAPE' | 'ENCODING') SCONST
  ;

import_statement
  : 'IMPORT'
    ( 'INTO' object_name name_list? name 'DATA' '(' texts ')'
    | 'TABLE' {until(Capability::import_into_only)}? object_name 'FROM' name text
    | name {until(Capability::import_into_only)}? text
    ) option_list?
  ;

export_statement : 'EXPORT' 'INTO' name text option_list? 'FROM' select ;

option_list : 'WITH' ('OPTIONS' '(' option (',' option)* ')' | option (',' option)*) ;

option : (name | SCONST) ('=' text)? ;
