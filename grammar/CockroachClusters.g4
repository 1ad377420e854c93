// What concerns a running cluster: backups, changefeeds, jobs, ranges, virtual clusters, and SHOW.
parser grammar CockroachClusters;

backup_statement : 'BACKUP' backup_targets? 'INTO' (text 'IN' | 'LATEST' 'IN')? places as_of? backup_options? ;

backup_targets : 'TABLE'? table_patterns | 'DATABASE' names ;

backup_options : 'WITH' ('OPTIONS' '(' backup_option (',' backup_option)* ')' | backup_option (',' backup_option)*) ;

backup_option
  : 'ENCRYPTION_PASSPHRASE' '=' text
  | ('REVISION_HISTORY' | 'UPDATES_CLUSTER_MONITORING_METRICS') ('=' expr)?
  | 'DETACHED' ('=' ('TRUE' | 'FALSE'))?
  | ('KMS' | 'INCREMENTAL_LOCATION') '=' places
  | 'EXECUTION' 'LOCALITY' '=' text
  | 'INCLUDE_ALL_VIRTUAL_CLUSTERS' '=' expr
  | 'STRICT' {has(Capability::strict_storage_locality)}? 'STORAGE' 'LOCALITY'
  ;

restore_statement
  : 'RESTORE' ('SYSTEM' 'USERS' | 'TABLE'? table_patterns | 'DATABASE' names)? 'FROM' (text 'IN')? places (',' places)* as_of?
    ('WITH' ('OPTIONS' '(' restore_option (',' restore_option)* ')' | restore_option (',' restore_option)*))?
  ;

restore_option
  : ('ENCRYPTION_PASSPHRASE' | 'INTO_DB' | 'NEW_DB_NAME' | 'VIRTUAL_CLUSTER_NAME' | 'VIRTUAL_CLUSTER') '=' text
  | ('KMS' | 'INCREMENTAL_LOCATION') '=' places
  | 'SKIP_MISSING_FOREIGN_KEYS' | 'SKIP_MISSING_SEQUENCES' | 'SKIP_MISSING_SEQUENCE_OWNERS' | 'SKIP_MISSING_VIEWS'
  | 'SKIP_MISSING_UDFS' | 'DETACHED' | 'SKIP_LOCALITIES_CHECK' | 'SCHEMA_ONLY' | 'VERIFY_BACKUP_TABLE_DATA'
  | 'UNSAFE_RESTORE_INCOMPATIBLE_VERSION' | 'REMOVE_REGIONS'
  | 'EXECUTION' 'LOCALITY' '=' text
  | 'EXPERIMENTAL' ('DEFERRED' 'COPY' | 'COPY')
  | 'GRANTS' {has(Capability::restore_grants)}?
  ;

places : text | '(' texts ')' ;

text : word | SCONST | PLACEHOLDER ;

texts : text (',' text)* ;

create_schedule
  : 'SCHEDULE' labelled?
    'FOR'
    ( 'BACKUP' backup_targets? 'INTO' places backup_options? recurring ('FULL' 'BACKUP' (SCONST | PLACEHOLDER | 'ALWAYS'))? schedule_options?
    | 'CHANGEFEED' (changefeed_targets 'INTO' text option_list? | 'INTO' text option_list? changefeed_query) recurring schedule_options?
    )
  ;

labelled : text | if_not_exists text ;

recurring : 'RECURRING' (SCONST | PLACEHOLDER) ;

schedule_options : 'WITH' 'SCHEDULE' 'OPTIONS' ('(' option (',' option)* ')' | option (',' option)*) ;

create_changefeed
  : 'CHANGEFEED'
    ( 'FOR' (changefeed_targets | 'DATABASE' {has(Capability::database_changefeeds)}? name (('INCLUDE' | 'EXCLUDE') 'TABLES' object_names)?) ('INTO' text)? option_list?
    | ('INTO' text)? option_list? changefeed_query
    )
  ;

changefeed_query : 'AS' 'SELECT' targets 'FROM' changed_table ('AS' name)? where? ;

changefeed_targets : changefeed_target (',' changefeed_target)* ;

changefeed_target : 'TABLE'? object_name ('FAMILY' name)? ;

create_replication
  : 'LOGICALLY' 'REPLICATED' replicated 'FROM' replicated 'ON' text
    ('WITH' ('OPTIONS' '(' replication_option (',' replication_option)* ')' | replication_option (',' replication_option)*))?
  | 'LOGICAL' 'REPLICATION' 'STREAM' 'FROM' replicated 'ON' text 'INTO' replicated
    ('WITH' ('OPTIONS' '(' replication_option (',' replication_option)* ')' | replication_option (',' replication_option)*))?
  ;

replicated : 'DATABASE' name | 'TABLE' object_name | 'TABLES' '(' object_names ')' ;

replication_option
  : ('CURSOR' | 'MODE' | 'DEFAULT' 'FUNCTION' | 'LABEL' | 'DISCARD' | 'PARENT') '=' text
  | 'FUNCTION' object_name 'FOR' 'TABLE' object_name
  | 'SKIP' 'SCHEMA' 'CHECK'
  | 'UNIDIRECTIONAL'
  | 'BIDIRECTIONAL' 'ON' text
  ;

statistics : 'STATISTICS' name ('ON' names)? 'FROM' object_name (statistics_option+ | 'WITH' 'OPTIONS' statistics_option+)? ;

statistics_option : as_of | 'USING' 'EXTREMES' | where | 'THROTTLING' FCONST ;

alter_backup
  : 'BACKUP'
    ( text ('IN' text)? ('ADD' 'NEW_KMS' '=' places 'WITH' 'OLD_KMS' '=' places)+
    | 'SCHEDULE' ICONST backup_schedule_change (',' backup_schedule_change)*
    )
  ;

backup_schedule_change
  : 'SET'
    ( 'LABEL' text | 'INTO' places | 'WITH' backup_option | recurring | 'FULL' 'BACKUP' ('ALWAYS' | SCONST | PLACEHOLDER)
    | 'SCHEDULE' 'OPTION' option
    )
  | 'EXECUTE' 'FULL'? 'IMMEDIATELY'
  ;

alter_changefeed : 'CHANGEFEED' expr changefeed_change+ ;

changefeed_change
  : 'ADD' changefeed_targets option_list?
  | 'DROP' changefeed_targets
  | 'SET' (option (',' option)* | ('INCLUDE' | 'EXCLUDE') {has(Capability::database_changefeeds)}? 'TABLES' object_names)
  | 'UNSET' names
  ;

alter_job : 'JOB' expr 'OWNER' 'TO' role ;

alter_range
  : 'RANGE'
    ( ('DEFAULT' | name) configure_zone
    | expr relocate ('LEASE' 'TO' expr | ('VOTERS' | 'NONVOTERS')? 'FROM' expr 'TO' expr)
    | relocate ('LEASE' 'TO' expr 'FOR' select | ('VOTERS' | 'NONVOTERS')? 'FROM' expr 'TO' expr 'FOR' select)
    )
  ;

alter_virtual_cluster
  : ('VIRTUAL' 'CLUSTER' | 'TENANT')
    ( virtual_cluster ('START' 'SERVICE' ('SHARED' | 'EXTERNAL') | 'STOP' 'SERVICE' | 'RENAME' 'TO' primary | virtual_cluster_replication
      | ('GRANT' | 'REVOKE') ('ALL' 'CAPABILITIES' | 'CAPABILITY' capability (',' capability)*)
      | 'SET' 'CLUSTER' 'SETTING' variable ('=' | 'TO') variable_value | 'RESET' 'CLUSTER' 'SETTING' variable)
    | 'ALL' ('SET' 'CLUSTER' 'SETTING' variable ('=' | 'TO') variable_value | 'RESET' 'CLUSTER' 'SETTING' variable)
    )
  ;

virtual_cluster : primary | '[' expr ']' ;

capability : variable ('=' variable_value)? ;

virtual_cluster_replication
  : ('PAUSE' | 'RESUME') 'REPLICATION'
  | 'COMPLETE' 'REPLICATION' 'TO' ('SYSTEM' 'TIME' expr | 'LATEST')
  | 'SET' 'REPLICATION' cluster_replication_options
  | 'START' 'REPLICATION' 'OF' primary 'ON' primary ('WITH' ('OPTIONS' '(' cluster_replication_options ')' | cluster_replication_options))?
  ;

cluster_replication_options : cluster_replication_option (',' cluster_replication_option)* ;

cluster_replication_option
  : 'RETENTION' '=' primary | ('NO' 'READ' | 'READ') 'VIRTUAL' 'CLUSTER' | 'EXPIRATION' 'WINDOW' '=' primary | 'SOURCE' 'EXPIRATION' 'WINDOW' '=' primary
  ;

// ---- Jobs ----

cancel_statement
  : 'CANCEL'
    ( 'JOB' expr | 'JOBS' (select | for_schedules) | ('QUERY' | 'SESSION') if_exists? expr | ('QUERIES' | 'SESSIONS') if_exists? select
    | 'ALL' name 'JOBS'
    )
  ;

pause_statement
  : 'PAUSE'
    ( 'JOB' expr reason? | 'JOBS' (select reason? | for_schedules) | 'SCHEDULE' expr | 'SCHEDULES' select | 'ALL' name 'JOBS'
    )
  ;

reason : 'WITH' 'REASON' '=' text ;

resume_statement
  : 'RESUME' ('JOB' expr | 'JOBS' (select | for_schedules) | 'SCHEDULE' expr | 'SCHEDULES' select | 'ALL' name 'JOBS')
  ;

for_schedules : 'FOR' ('SCHEDULES' select | 'SCHEDULE' expr) ;

experimental_statement
  : 'EXPERIMENTAL'
    ( 'SCRUB' ('DATABASE' name as_of? | 'TABLE' object_name as_of? ('WITH' 'OPTIONS' scrub_option (',' scrub_option)*)?)
    | 'CHANGEFEED' 'FOR' changefeed_targets option_list?
    )
  ;

scrub_option : ('INDEX' | INDEX_DEFINITION | 'CONSTRAINT') ('ALL' | '(' names ')') | 'PHYSICAL' ;

inspect_statement
  : 'INSPECT' {has(Capability::inspect)}? ('TABLE' object_name | 'DATABASE' name) as_of? ('WITH' 'OPTIONS' inspect_option (',' inspect_option)*)?
  ;

inspect_option : ('INDEX' | INDEX_DEFINITION) ('ALL' | '(' index_name (',' index_name)* ')') | 'DETACHED' ;

check_statement
  : 'CHECK' 'EXTERNAL' 'CONNECTION' (SCONST | PLACEHOLDER | word) ('WITH' ('OPTIONS' '(' check_option (',' check_option)* ')' | first_check_option (',' check_option)*))?
  ;

first_check_option : 'TRANSFER' '=' text | 'CONCURRENTLY' '=' expr ;

check_option : first_check_option | 'TIME' '=' text ;

// ---- SHOW ----

show_statement
  : 'SHOW'
    ( session_variable
    | 'SESSION' (session_variable | 'ALL')
    | 'ALL'
    | 'BACKUPS' 'IN' places ('WITH' backups_option (',' backups_option)*)? (('NEWER' | 'OLDER') {has(Capability::backups_newer_than)}? 'THAN' text)*
    | 'BACKUP' (('SCHEMAS' | 'FILES' | 'RANGES' | 'VALIDATE')? 'FROM' text 'IN' places | text 'IN' places | 'SCHEMAS'? text | 'CONNECTION' text) show_backup_options?
    | 'COLUMNS' 'FROM' object_name with_comment?
    | ('CONSTRAINT' | 'CONSTRAINTS') 'FROM' object_name with_comment?
    | 'CREATE' show_create
    | ('DATABASES' | 'TYPES') with_comment?
    | 'ENUMS' in_schema?
    | ('FUNCTIONS' | 'PROCEDURES') in_schema?
    | 'EXTERNAL' ('CONNECTIONS' | 'CONNECTION' text)
    | 'GRANTS' ('ON' granted_target)? ('FOR' roles)?
    | 'SYSTEM' 'GRANTS' ('FOR' roles)?
    | ('INDEX' | 'INDEXES' | 'KEYS') 'FROM' ('DATABASE' name | object_name) with_comment?
    | 'PARTITIONS' 'FROM' ('TABLE' object_name | 'DATABASE' name | 'INDEX' object_name ('@' (label | '*'))?)
    | 'AUTOMATIC' 'JOBS'
    | 'JOBS' (select? job_options? | 'WHEN' 'COMPLETE' select | for_schedules)
    | 'JOB' (expr job_options? | 'WHEN' 'COMPLETE' expr)
    | 'CHANGEFEED' ('JOBS' select? | 'JOB' expr) job_options?
    | 'LOCALITY'
    | ('RUNNING' | 'PAUSED')? 'SCHEDULES' ('FOR' ('BACKUP' | 'SQL' 'STATISTICS' | 'CHANGEFEED'))?
    | 'SCHEDULE' expr
    | 'ALL'? ('CLUSTER' | 'LOCAL')? ('STATEMENTS' | 'QUERIES' | 'SESSIONS' | 'TRANSACTIONS')
    | 'CLUSTER'? 'RANGES' ranges_options?
    | 'RANGES' 'FROM' ('INDEX' index_name | 'TABLE' object_name | 'DATABASE' name | 'CURRENT_CATALOG') ranges_options?
    | 'RANGE' 'FROM' ('TABLE' object_name | 'INDEX' index_name) 'FOR' 'ROW' '(' exprs ')'
    | 'REGIONS' ('FROM' ('CLUSTER' | 'ALL' 'DATABASES' | 'DATABASE' name?))?
    | 'SUPER' 'REGIONS' 'FROM' 'DATABASE' name
    | 'SURVIVAL' 'GOAL' 'FROM' 'DATABASE' name?
    | 'ROLES' | 'USERS'
    | 'SAVEPOINT' 'STATUS'
    | 'COMMIT' 'TIMESTAMP'
    | 'SCHEMAS' ('FROM' name)? with_comment?
    | 'SEQUENCES' ('FROM' name)?
    | 'STATISTICS' ('USING' 'JSON')? 'FOR' 'TABLE' object_name option_list?
    | 'HISTOGRAM' ICONST
    | 'TABLES' ('FROM' schema_name)? with_comment?
    | ('TRIGGERS' {has(Capability::triggers)}? | 'POLICIES' {has(Capability::row_level_security)}?) ('FROM' | 'FOR') object_name
    | 'COMPACT'? 'KV'? 'TRACE' 'FOR' 'SESSION'
    | 'EXPERIMENTAL_REPLICA' 'TRACE' 'FOR' 'SESSION'
    | 'EXPERIMENTAL_FINGERPRINTS' 'FROM' ('TABLE' object_name | 'VIRTUAL' 'CLUSTER' virtual_cluster) option_list?
    | 'TRANSACTION' ('ISOLATION' 'LEVEL' | 'PRIORITY' | 'STATUS')
    | 'TRANSFER' 'STATE' ('WITH' SCONST)?
    | 'DEFAULT' 'SESSION' 'VARIABLES' 'FOR' (('ROLE' | 'USER') (new_role | 'ALL'))
    | 'DEFAULT' 'PRIVILEGES' ('FOR' (('ROLE' | 'USER' | 'GRANTEE') roles | 'ALL' 'ROLES'))? ('IN' 'SCHEMA' name)?
    | 'ZONE' ('CONFIGURATION' | 'CONFIGURATIONS') ('FOR' | 'FROM') zone_target
    | 'ALL'? 'ZONE' 'CONFIGURATIONS'
    | 'FULL' 'TABLE' 'SCANS'
    | ('PUBLIC' | 'ALL')? 'CLUSTER' ('SETTINGS' | 'SETTING' ('ALL' | variable)) ('FOR' ('VIRTUAL' 'CLUSTER' | 'TENANT') virtual_cluster)?
    | 'CLUSTER' 'SETTINGS' 'FOR'
    | ('TENANTS' | 'VIRTUAL' 'CLUSTERS') ('WITH' cluster_detail (',' cluster_detail)*)?
    | ('TENANT' | 'VIRTUAL' 'CLUSTER') virtual_cluster ('WITH' cluster_detail (',' cluster_detail)*)?
    | 'LAST' 'QUERY' 'STATISTICS' ('RETURNING' names)?
    | 'SYNTAX' SCONST
    | 'COMPLETIONS' 'AT' 'OFFSET' ICONST 'FOR' SCONST
    | 'LOGICAL' 'REPLICATION' 'JOBS' ('WITH' 'DETAILS')?
    | 'INSPECT' {has(Capability::inspect)}? 'ERRORS' ('FOR' ('TABLE' object_name | 'DATABASE' name | 'JOB' ICONST))* ('WITH' 'DETAILS')?
    | 'STATEMENT' {has(Capability::statement_hints)}? 'HINTS' 'FOR' SCONST ('WITH' 'DETAILS')?
    )
  ;

with_comment : 'WITH' 'COMMENT' ;

in_schema : 'FROM' name ('.' name)? ;

show_create
  : (object_name | 'TABLE' object_name | 'VIEW' object_name | 'SEQUENCE' object_name | 'DATABASE' name) ('WITH' ('REDACT' | 'IGNORE_FOREIGN_KEYS'))?
  | 'INDEXES' 'FROM' 'TABLE'? object_name
  | 'SECONDARY' 'INDEXES' 'FROM' 'TABLE'? object_name
  | ('FUNCTION' | 'PROCEDURE') object_name
  | 'TRIGGER' name 'ON' object_name
  | 'ALL'
    ( 'SCHEMAS' | 'TABLES' | 'TYPES' | 'SCHEDULES' | 'EXTERNAL' 'CONNECTIONS'
    | ('TRIGGERS' | 'ROUTINES') {has(Capability::show_create_all_routines)}?
    )
  | 'SCHEDULE' expr
  | 'EXTERNAL' 'CONNECTION' text
  ;

granted_target : 'ROLE' roles | 'SCHEMA' (schema_names | name '.' '*') | 'TYPE' object_names | 'EXTERNAL' 'CONNECTION' names | grant_target ;

show_backup_options : 'WITH' ('OPTIONS' '(' show_backup_option (',' show_backup_option)* ')' | show_backup_option (',' show_backup_option)*) ;

backups_option : ('INDEX' | 'DEBUG') {has(Capability::backups_with_index)}? ;

show_backup_option
  : 'AS_JSON' | 'CHECK_FILES' | 'SKIP' 'SIZE' | 'DEBUG_IDS' | 'PRIVILEGES' | 'DEBUG_DUMP_METADATA_SST'
  | ('INCREMENTAL_LOCATION' | 'KMS') '=' places
  | ('ENCRYPTION_PASSPHRASE' | 'ENCRYPTION_INFO_DIR' | 'TRANSFER' | 'TIME') '=' text
  | 'CONCURRENTLY' '=' expr
  ;

job_options : 'WITH' job_option (',' job_option)* ;

job_option
  : 'EXECUTION' 'DETAILS'
  | 'RESOLVED' 'TIMESTAMP' {has(Capability::jobs_resolved_timestamp)}?
  | 'WATCHED_TABLES' {has(Capability::watched_tables)}?
  ;

ranges_options : 'WITH' {nothing_said();} ranges_option (',' ranges_option)* ;

ranges_option : ('TABLES' | 'INDEXES') {once(1);} | 'DETAILS' | 'KEYS' | 'EXPLAIN' ;

cluster_detail : 'REPLICATION' 'STATUS' | 'PRIOR' 'REPLICATION' 'DETAILS' | 'CAPABILITIES' ;

zone_target
  : 'RANGE' label
  | 'DATABASE' name
  | 'TABLE' object_name ('PARTITION' label)?
  | 'INDEX' index_name ('PARTITION' label)?
  | 'PARTITION' label 'OF' ('TABLE' object_name | 'INDEX' index_name)
  ;
