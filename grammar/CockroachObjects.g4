// Schemas, databases, roles, privileges, routines, triggers, policies.
parser grammar CockroachObjects;

create_schema : 'SCHEMA' if_not_exists? (schema_name ('AUTHORIZATION' role)? | 'AUTHORIZATION' role) ;

alter_schema : 'SCHEMA' schema_name ('RENAME' 'TO' name | 'OWNER' 'TO' role) ;

create_database
  : 'DATABASE' if_not_exists? name 'WITH'?
    ('TEMPLATE' '='? word_or_string)? ('ENCODING' '='? word_or_string)? ('LC_COLLATE' '='? word_or_string)?
    ('LC_CTYPE' '='? word_or_string)? ('CONNECTION' 'LIMIT' '='? integer)? primary_region? ('REGIONS' '='? regions)? survive?
    placement? ('OWNER' '='? role)? super_region? secondary_region?
  ;

primary_region : 'PRIMARY' 'REGION' '='? name_or_string ;

secondary_region : 'SECONDARY' 'REGION' '='? name_or_string ;

super_region : 'SUPER' 'REGION' name_or_string 'VALUES' regions ;

regions : name_or_string (',' name_or_string)* ;

survive : 'SURVIVE' '='? ('REGION' | 'ZONE' | 'AVAILABILITY' 'ZONE') 'FAILURE' ;

placement : 'PLACEMENT' ('RESTRICTED' | 'DEFAULT') ;

alter_database
  : 'DATABASE' name
    ( 'RENAME' 'TO' name
    | 'OWNER' 'TO' role
    | 'CONVERT' 'TO' 'SCHEMA' 'WITH' 'PARENT' name
    | 'ADD' ('REGION' if_not_exists? name_or_string | super_region)
    | 'DROP' ('REGION' if_exists? name_or_string | 'SECONDARY' 'REGION' if_exists? | 'SUPER' 'REGION' name_or_string)
    | 'ALTER' (super_region | 'LOCALITY' ('GLOBAL' | 'REGIONAL' ('IN' name_or_string)?) configure_zone)
    | 'SET'? primary_region
    | 'SET' secondary_region
    | survive
    | placement
    | configure_zone
    | set_or_reset
    )
  ;

// ---- Roles, privileges ----

create_role : ('ROLE' | 'USER') if_not_exists? new_role 'WITH'? role_option* ;

new_role : role | SCONST ;

role_option
  : 'CREATEROLE' | 'NOCREATEROLE' | 'LOGIN' | 'NOLOGIN' | 'CONTROLJOB' | 'NOCONTROLJOB' | 'CONTROLCHANGEFEED'
  | 'NOCONTROLCHANGEFEED' | 'CREATEDB' | 'NOCREATEDB' | 'CREATELOGIN' | 'NOCREATELOGIN' | 'VIEWACTIVITY' | 'NOVIEWACTIVITY'
  | 'VIEWACTIVITYREDACTED' | 'NOVIEWACTIVITYREDACTED' | 'CANCELQUERY' | 'NOCANCELQUERY' | 'MODIFYCLUSTERSETTING'
  | 'NOMODIFYCLUSTERSETTING' | 'SQLLOGIN' | 'NOSQLLOGIN' | 'VIEWCLUSTERSETTING' | 'NOVIEWCLUSTERSETTING' | 'REPLICATION'
  | 'NOREPLICATION' | ('BYPASSRLS' | 'NOBYPASSRLS') {has(Capability::bypassrls_option)}?
  | 'PASSWORD' (SCONST | 'NULL' | PLACEHOLDER)
  | ('VALID' 'UNTIL' | 'SUBJECT' | 'PROVISIONSRC' {has(Capability::provisioning_source)}?) (text | 'NULL')
  ;

alter_role
  : ('ROLE' | 'USER')
    ( if_exists? new_role ('WITH'? role_option+ | 'WITH' | ('IN' 'DATABASE' name)? set_or_reset)?
    | 'ALL' ('IN' 'DATABASE' name)? set_or_reset
    )
  ;

set_or_reset : 'SET' (variable_assignment | 'TRANSACTION' transaction_modes) | 'RESET' ('ALL' | session_variable) ;

// A privilege may have any name until ON shows that none of a role's is meant.
privileges : {privileges_begin();} ('ALL' 'PRIVILEGES'? | privilege_or_role (',' privilege_or_role)*) ;

privilege_or_role : privilege | (plain_name | column_word | 'GRANT') {no_privilege();} ;

privilege
  : 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE' | 'DROP' | 'USAGE' | 'EXECUTE' | 'CONNECT' | 'ZONECONFIG' | 'BACKUP'
  | 'RESTORE' | 'CHANGEFEED' | 'RULE' | 'REPLICATIONDEST' | 'REPLICATIONSOURCE' | 'INSPECT' | 'EXTERNALCONNECTION'
  | 'EXTERNALIOIMPLICITACCESS' | 'VIEWACTIVITY' | 'VIEWACTIVITYREDACTED' | 'VIEWCLUSTERSETTING' | 'MODIFYCLUSTERSETTING'
  | 'MODIFYSQLCLUSTERSETTING' | 'CANCELQUERY' | 'NOSQLLOGIN' | 'VIEWCLUSTERMETADATA' | 'VIEWDEBUG' | 'VIEWJOB'
  | 'VIEWSYSTEMTABLE' | 'REPAIRCLUSTER' | 'REPAIRCLUSTERMETADATA' | 'MANAGEVIRTUALCLUSTER' | 'REPLICATION' | 'CREATEROLE'
  | 'CREATEDB' | 'CREATELOGIN' | 'CONTROLJOB' | 'BYPASSRLS'
  | 'REFERENCES' {has(Capability::references_privilege)}?
  | 'TRUNCATE' {has(Capability::truncate_privilege)}?
  | 'TRIGGER' {has(Capability::trigger_privilege)}?
  | 'MAINTAIN' {has(Capability::maintain_privilege)}?
  | ('TEMPORARY' | 'TEMP') {has(Capability::temporary_privilege)}?
  ;

grant_statement
  : 'GRANT'
    ( privileges
      ( 'ON' {need_privileges();} grant_target 'TO' roles ('WITH' 'GRANT' 'OPTION')?
      | 'TO' roles ('WITH' 'ADMIN' 'OPTION')?
      )
    | 'SYSTEM' privileges {need_privileges();} 'TO' roles ('WITH' 'GRANT' 'OPTION')?
    )
  ;

revoke_statement
  : 'REVOKE'
    ( privileges ('ON' {need_privileges();} grant_target 'FROM' roles | 'FROM' roles)
    | 'GRANT' 'OPTION' 'FOR' 'SYSTEM'? privileges {need_privileges();} ('ON' grant_target)? 'FROM' roles
    | 'ADMIN' 'OPTION' 'FOR' privileges 'FROM' roles
    | 'SYSTEM' privileges {need_privileges();} 'FROM' roles
    )
  ;

grant_target
  : 'TABLE'? table_patterns
  | 'SEQUENCE' table_patterns
  | 'DATABASE' names
  | 'SCHEMA' schema_names
  | 'TYPE' object_names
  | ('FUNCTION' | 'PROCEDURE') routines
  | 'EXTERNAL' 'CONNECTION' names
  | 'ALL' ('TABLES' | 'SEQUENCES' | 'FUNCTIONS' | 'PROCEDURES' | 'ROUTINES' {has(Capability::grant_on_routines)}?) 'IN' 'SCHEMA' schema_names
  ;

table_patterns : table_pattern (',' table_pattern)* ;

table_pattern : '*' | (name | 'FAMILY' | INDEX_DEFINITION) ('.' ('*' | label ('.' ('*' | label))?))? ;

alter_default_privileges
  : 'DEFAULT' 'PRIVILEGES' ('FOR' (('ROLE' | 'USER') roles | 'ALL' 'ROLES'))? ('IN' 'SCHEMA' schema_names)?
    ( 'GRANT' privileges {need_privileges();} 'ON' default_target 'TO' roles ('WITH' 'GRANT' 'OPTION')?
    | 'REVOKE' ('GRANT' 'OPTION' 'FOR')? privileges {need_privileges();} 'ON' default_target 'FROM' roles drop_behavior?
    )
  ;

default_target
  : 'TABLES' | 'SEQUENCES' | 'TYPES' | 'SCHEMAS' | 'FUNCTIONS' | 'ROUTINES' {has(Capability::default_privileges_routines)}?
  ;

// ---- Routines, triggers, policies ----

create_function
  : ('OR' 'REPLACE')?
    ( 'FUNCTION' object_name parameters
      ('RETURNS' ('TABLE' {has(Capability::returns_table)}? {need_no_outs();} '(' table_parameter (',' table_parameter)* ')' | 'SETOF'? type))?
    | 'PROCEDURE' {has(Capability::procedures)}? object_name parameters
    )
    function_option*
    ('RETURN' expr | 'BEGIN' {has(Capability::sql_standard_function_body)}? 'ATOMIC' ((statement | 'RETURN' expr) ';')* 'END')?
  ;

parameters : {outs = false;} '(' (parameter (',' parameter)*)? ')' ;

parameter : parameter_type (('DEFAULT' | '=') expr)? ;

parameter_type : parameter_mode (parameter_name type | type) | parameter_name parameter_mode? type | type ;

parameter_mode : 'IN' ('OUT' {outs = true;})? | ('OUT' | 'INOUT') {has(Capability::out_parameters)}? {outs = true;} ;

parameter_name : plain_name | type_function_word ;

table_parameter : parameter_name type ;

function_option
  : 'AS' SCONST (',' SCONST)?
  | 'LANGUAGE' language
  | function_property
  ;

language : word | SCONST ;

function_property
  : 'CALLED' 'ON' 'NULL' 'INPUT'
  | 'RETURNS' 'NULL' 'ON' 'NULL' 'INPUT'
  | 'STRICT' | 'IMMUTABLE' | 'STABLE' | 'VOLATILE'
  | 'NOT'? 'LEAKPROOF'
  | 'EXTERNAL'? 'SECURITY' ('INVOKER' | 'DEFINER' {has(Capability::security_definer)}?)
  ;

routines : routine (',' routine)* ;

routine : object_name ('(' (parameter_type (',' parameter_type)*)? ')')? ;

alter_function
  : 'FUNCTION' routine
    ( function_property+ 'RESTRICT'?
    | 'RENAME' 'TO' name
    | 'OWNER' 'TO' role
    | 'SET' 'SCHEMA' name
    | 'NO'? 'DEPENDS' 'ON' 'EXTENSION' name
    )
  | 'PROCEDURE' {has(Capability::procedures)}? routine ('RENAME' 'TO' name | 'OWNER' 'TO' role | 'SET' 'SCHEMA' name)
  ;

create_trigger
  : ('OR' 'REPLACE')? 'TRIGGER' {has(Capability::triggers)}? name ('BEFORE' | 'AFTER' | 'INSTEAD' 'OF')
    {nothing_said();} trigger_event ('OR' trigger_event)* 'ON' object_name
    ('REFERENCING' (('OLD' | 'NEW') ('TABLE' | 'ROW') 'AS'? name)+)?
    ('FOR' 'EACH'? ('ROW' | 'STATEMENT'))? ('WHEN' expr)? 'EXECUTE' ('FUNCTION' | 'PROCEDURE') function_name
    '(' trigger_argument? (',' trigger_argument)* ')'
  ;

trigger_event : 'INSERT' {once(1);} | 'UPDATE' {once(2);} ('OF' names)? | 'DELETE' {once(4);} | 'TRUNCATE' {once(8);} ;

trigger_argument : ICONST | FCONST | SCONST | label ;

function_name
  : plain_name ('.' label ('.' label ('.' label)?)?)?
  | type_function_word
  | (column_word | 'FAMILY' | INDEX_DEFINITION) '.' label ('.' label ('.' label)?)?
  | INDEX_DEFINITION
  ;

create_policy
  : 'POLICY' {has(Capability::row_level_security)}? if_not_exists? name 'ON' object_name ('AS' ('PERMISSIVE' | 'RESTRICTIVE'))?
    ('FOR' ('ALL' | 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'))? ('TO' roles)? policy_conditions
  ;

policy_conditions : (using_condition check_condition? | check_condition using_condition?)? ;

using_condition : 'USING' '(' expr ')' ;

check_condition : 'WITH' 'CHECK' '(' expr ')' ;

alter_policy
  : 'POLICY' {has(Capability::row_level_security)}? name 'ON' object_name ('RENAME' 'TO' name | ('TO' roles)? policy_conditions)
  ;
