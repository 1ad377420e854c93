// Tables, indexes, views, sequences, types.
parser grammar CockroachTables;

persistence : 'UNLOGGED' | ('LOCAL' | 'GLOBAL')? temporary ;

temporary : 'TEMPORARY' | 'TEMP' ;

create_table
  : persistence? 'TABLE' if_not_exists? object_name
    ( '(' (table_element (',' table_element)*)? ')' table_partition? table_storage? on_commit? locality?
    | ('(' table_as_column (',' table_as_element)* ')')? table_storage? 'AS' select ('WITH' 'DATA')? on_commit?
    )
  ;

on_commit : 'ON' 'COMMIT' 'PRESERVE' 'ROWS' ;

table_as_column : name {nothing_said();} ('PRIMARY' 'KEY' storage_parameters? | 'FAMILY' {once(1);} name)* ;

table_as_element : table_as_column | family | ('CONSTRAINT' name)? 'PRIMARY' 'KEY' '(' names ')' storage_parameters? ;

table_element
  : index_in_table
  | family
  | ('CONSTRAINT' name)? constraint
  | column
  | 'LIKE' object_name (('INCLUDING' | 'EXCLUDING') ('ALL' | 'CONSTRAINTS' | 'DEFAULTS' | 'GENERATED' | 'INDEXES'))*
  ;

family : 'FAMILY' name? '(' names ')' ;

column : name type {column_is_text = type_is_text; nothing_said();} column_clause* ;

column_clause
  : ('CONSTRAINT' name)? column_qualification
  | 'COLLATE' {need_text();} collation
  | 'FAMILY' {once(1);} name
  | 'CREATE' {once(1);} ('FAMILY' name? | if_not_exists 'FAMILY' name)
  ;

column_qualification
  : 'NOT' ('NULL' {clash(2, 4);} | 'VISIBLE')
  | 'NULL' {clash(4, 2);}
  | 'UNIQUE' ('WITHOUT' 'INDEX')?
  | 'PRIMARY' 'KEY' using_hash? storage_parameters?
  | 'CHECK' '(' expr ')'
  | 'DEFAULT' {once(8);} simple_expr
  | 'ON' 'UPDATE' {once(16);} simple_expr
  | 'REFERENCES' {once(32);} object_name ('(' name ')')? references
  | 'GENERATED' ('ALWAYS' | 'BY' 'DEFAULT') 'AS' 'IDENTITY' {once(8);} ('(' sequence_option* ')')?
  | ('GENERATED' 'ALWAYS')? 'AS' '(' expr ')' ('STORED' | 'VIRTUAL')
  ;

references
  : ('MATCH' ('FULL' | 'SIMPLE'))?
    ('ON' ('DELETE' reference_action ('ON' 'UPDATE' reference_action)? | 'UPDATE' reference_action ('ON' 'DELETE' reference_action)?))?
  ;

reference_action : 'NO' 'ACTION' | 'RESTRICT' | 'CASCADE' | 'SET' ('NULL' | 'DEFAULT') ;

constraint : constraint_kind ('NOT' 'VALID')? ;

constraint_kind
  : 'CHECK' '(' expr ')'
  | 'UNIQUE' ('WITHOUT' 'INDEX')? '(' index_elements ')' storing? partition_by? where?
  | 'PRIMARY' 'KEY' '(' index_elements ')' using_hash? storage_parameters?
  | 'FOREIGN' 'KEY' '(' names ')' 'REFERENCES' object_name name_list? references
  ;

using_hash : 'USING' 'HASH' ('WITH' 'BUCKET_COUNT' '=' expr)? ;

storing : ('STORING' | 'COVERING' | 'INCLUDE') '(' names ')' ;

table_storage : storage_parameters | 'WITHOUT' 'OIDS' ;

storage_parameters : 'WITH' '(' storage_parameter (',' storage_parameter)* ')' ;

storage_parameter : (name | SCONST) '=' variable_value ;

table_partition : 'PARTITION' 'ALL'? 'BY' partitions ;

partition_by : 'PARTITION' 'BY' partitions ;

partitions
  : 'LIST' '(' names ')' '(' list_partition (',' list_partition)* ')'
  | 'RANGE' '(' names ')' '(' range_partition (',' range_partition)* ')'
  | 'NOTHING'
  ;

list_partition : 'PARTITION' label 'VALUES' 'IN' '(' exprs ')' partition_by? ;

range_partition : 'PARTITION' label 'VALUES' 'FROM' '(' exprs ')' 'TO' '(' exprs ')' partition_by? ;

locality
  : 'LOCALITY'
    ( 'GLOBAL'
    | 'REGIONAL' ('BY' 'TABLE')? ('IN' ('PRIMARY' 'REGION' | name_or_string))?
    | 'REGIONAL' 'BY' 'ROW' ('AS' name)?
    )
  ;

alter_table
  : 'TABLE' if_exists? relation
    ( table_command (',' table_command)*
    | 'RENAME' 'TO' object_name
    | 'SET' 'SCHEMA' name
    | 'SET' locality
    | 'SET' ('LOGGED' | 'UNLOGGED') {has(Capability::set_logged)}?
    | 'OWNER' 'TO' role
    | configure_zone
    | range_command
    )
  ;

table_command
  : 'ADD' 'COLUMN'? if_not_exists? column
  | 'ADD' ('CONSTRAINT' if_not_exists? name)? constraint
  | 'ALTER' 'PRIMARY' 'KEY' 'USING' 'COLUMNS' '(' index_elements ')' using_hash? storage_parameters?
  | 'ALTER' 'COLUMN'? name alter_column
  | 'DROP' 'CONSTRAINT' if_exists? name drop_behavior?
  | 'DROP' 'COLUMN'? if_exists? name drop_behavior?
  | 'VALIDATE' 'CONSTRAINT' name
  | 'RENAME' ('COLUMN' | 'CONSTRAINT')? name 'TO' name
  | 'SET' '(' storage_parameter (',' storage_parameter)* ')'
  | 'RESET' '(' name_or_string (',' name_or_string)* ')'
  | table_partition
  | 'INJECT' 'STATISTICS' expr
  | 'EXPERIMENTAL_AUDIT' 'SET' ('READ' 'WRITE' | 'OFF')
  | ('ENABLE' | 'DISABLE' | 'NO'? 'FORCE') {has(Capability::row_level_security)}? 'ROW' 'LEVEL' 'SECURITY'
  | ('ENABLE' | 'DISABLE') 'TRIGGER' {has(Capability::enable_disable_trigger)}? ('ALL' | 'USER' | name)
  ;

alter_column
  : 'SET' 'DEFAULT' expr
  | 'DROP' ('DEFAULT' | 'NOT' 'NULL' | 'STORED' | 'ON' 'UPDATE' | 'IDENTITY' {has(Capability::identity_add_to_existing)}? if_exists?)
  | 'SET' ('VISIBLE' | 'NOT' ('VISIBLE' | 'NULL'))
  | 'SET' 'ON' 'UPDATE' expr
  | ('SET' 'DATA')? 'TYPE' type ('COLLATE' collation)? ('USING' expr)?
  | 'ADD' {has(Capability::identity_add_to_existing)}? 'GENERATED' ('ALWAYS' | 'BY' 'DEFAULT') 'AS' 'IDENTITY' ('(' sequence_option* ')')?
  | 'SET' 'GENERATED' {has(Capability::identity_set_generated)}? ('ALWAYS' | 'BY' 'DEFAULT')
  | identity_change+
  ;

identity_change
  : 'SET' {has(Capability::identity_set_generated)}? identity_option
  | 'SET' 'PER' ('NODE' {has(Capability::sequence_cache_per_node)}? | 'SESSION' {has(Capability::sequence_cache_per_session)}?) 'CACHE' integer
  | 'RESTART' {has(Capability::identity_set_generated)}? ('WITH'? integer)?
  ;

range_command
  : 'SPLIT' 'AT' select ('WITH' 'EXPIRATION' expr)?
  | 'UNSPLIT' ('AT' select | 'ALL')
  | 'SCATTER' ('FROM' '(' exprs ')' 'TO' '(' exprs ')')?
  | relocate ('LEASE' | 'VOTERS' | 'NONVOTERS')? select
  ;

relocate : 'EXPERIMENTAL_RELOCATE' | 'RELOCATE' | 'TESTING_RELOCATE' ;

configure_zone : 'CONFIGURE' 'ZONE' ('USING' ('DEFAULT' | zone_setting (',' zone_setting)*) | 'DISCARD') ;

zone_setting : variable '=' (variable_value | 'COPY' 'FROM' 'PARENT') ;

// ---- Indexes ----

create_index
  : 'UNIQUE'? ('INVERTED' | 'VECTOR' {has(Capability::vector_index)}?)? 'INDEX' 'CONCURRENTLY'? (if_not_exists label | name)?
    'ON' object_name ('USING' index_method)? '(' index_elements ')' index_clauses
  ;

index_in_table
  : 'UNIQUE'? INDEX_DEFINITION name? '(' index_elements ')' index_clauses
  | ('INVERTED' | 'VECTOR' {has(Capability::vector_index)}?) INDEX_DEFINITION name? '(' index_elements ')' storing? partition_by?
    storage_parameters? where? visibility?
  ;

index_method : 'BTREE' | 'GIN' | 'GIST' | 'INVERTED' | 'PREFIX' | ('HNSW' | 'CSPANN') {has(Capability::vector_index)}? ;

index_elements : index_element (',' index_element)* ;

// NULLS is found in the order that CockroachDB has anyway.
index_element : indexed name? ('ASC'? ('NULLS' 'FIRST')? | 'DESC' ('NULLS' 'LAST')?) ;

indexed
  : '(' expr ')'
  | plain_name (('.' label ('.' label ('.' label)?)?)? arguments)?
  | type_function_word arguments
  | (column_word | 'FAMILY' | INDEX_DEFINITION) '.' label ('.' label ('.' label)?)? arguments
  | INDEX_DEFINITION arguments
  | column_word
  | '[' 'FUNCTION' ICONST ']' arguments
  | special_call
  ;

index_clauses : using_hash? storing? partition_by? storage_parameters? where? visibility? ;

visibility : 'NOT' 'VISIBLE' | 'VISIBLE' | 'INVISIBLE' | 'VISIBILITY' WEIGHT ;

alter_index
  : 'INDEX' if_exists? index_name
    ( 'RENAME' 'TO' label
    | visibility
    | partition_by (',' partition_by)*
    | configure_zone
    | range_command
    | 'SET' {has(Capability::alter_index_parameters)}? '(' storage_parameter (',' storage_parameter)* ')'
    | 'RESET' {has(Capability::alter_index_parameters)}? '(' name_or_string (',' name_or_string)* ')'
    )
  ;

// ---- Views ----

create_view
  : ('OR' 'REPLACE' temporary? 'VIEW' | temporary? 'VIEW' if_not_exists?) object_name name_list?
    ('WITH' {has(Capability::security_invoker)}? '(' 'SECURITY_INVOKER' ('=' invoker_value)? ')')? 'AS' select
  | 'MATERIALIZED' 'VIEW' if_not_exists? object_name name_list? 'AS' select with_data?
  ;

invoker_value : 'TRUE' | 'FALSE' | ICONST | SCONST | 'ON' | 'OFF' ;

with_data : 'WITH' 'NO'? 'DATA' ;

refresh_statement : 'REFRESH' 'MATERIALIZED' 'VIEW' 'CONCURRENTLY'? object_name as_of? with_data? ;

// ---- Sequences ----

create_sequence : temporary? 'SEQUENCE' if_not_exists? object_name sequence_option* ;

sequence_option
  : identity_option
  | 'PER' ('NODE' | 'SESSION' {has(Capability::sequence_cache_per_session)}?) 'CACHE' integer
  | 'AS' ('INT' | 'INTEGER' | 'SMALLINT' | 'BIGINT' | 'INT2' | 'INT4' | 'INT8' | 'INT64')
  | 'OWNED' 'BY' ('NONE' | column_name)
  | 'VIRTUAL'
  | 'RESTART' ('WITH'? integer)?
  ;

identity_option
  : 'CYCLE'
  | 'NO' ('CYCLE' | 'MINVALUE' | 'MAXVALUE')
  | ('MINVALUE' | 'MAXVALUE' | 'CACHE') integer
  | 'INCREMENT' 'BY'? integer
  | 'START' 'WITH'? integer
  ;

// ---- Types ----

create_type
  : 'TYPE' if_not_exists? object_name 'AS'
    ( 'ENUM' '(' (SCONST (',' SCONST)*)? ')'
    | '(' (attribute (',' attribute)*)? ')'
    )
  ;

attribute : name (simple_type ({has(Capability::composite_array_attributes)}? array_bounds)? | vector) ;

alter_type
  : 'TYPE' object_name
    ( 'ADD' 'VALUE' if_not_exists? SCONST (('BEFORE' | 'AFTER') SCONST)?
    | 'DROP' 'VALUE' SCONST
    | 'RENAME' ('VALUE' SCONST 'TO' SCONST | 'TO' name)
    | 'SET' 'SCHEMA' name
    | 'OWNER' 'TO' role
    )
  ;
