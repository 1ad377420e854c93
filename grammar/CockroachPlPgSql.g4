// PL/pgSQL as CockroachDB reads it, over the tokens of grammar/scanner.cpp. The SQL in a body, expressions too, is a run of
// them up to the word that ends it outside of parentheses, whoever's word that is; each goes through CockroachDB.g4 then.
// What is declared plays no part: names are not resolved.
//
// - Words in quotes are keywords; grammar/body_reader.cpp takes them from here. Where CockroachDB wants a name of one's
//   own, WORD stands; where any word of the language will do that it does not reserve, `name`.
// - PostgreSQL's forms stand here too where they can be told by their words, so that what follows is read as well and
//   all that is refused can be named at once. `refused`: CockroachDB's parser does not take it. `unmade`: it does, and
//   the routine is refused when it is made. Where the target has the capability, neither says anything.
// - Decisions take one token or two.
grammar CockroachPlPgSql;

// What the scanner names: WORD is a name or a word that is no keyword here, STRING a literal that is a text.
tokens { WORD, PARAMETER, NUMBER, STRING, OTHER }

@parser::postinclude {
#include "target/target.h"
}

@parser::members {
  public:
    // About the token that was read last.
    virtual void refused(Capability, const char*) {}
    virtual void unmade(Capability, const char*) {}
    // About the rule that is being read.
    virtual void refused_here(Capability, const char*) {}
    // The rule that ends is SQL of its own. What INTO fills is cut out of a statement that is executed.
    virtual void type_read() {}
    virtual void expression_read() {}
    virtual void statement_read() {}
    virtual void executed_read() {}
    // What was read last is not.
    virtual void unread() {}
}

body : option* label? block ';'? EOF ;

// `#variable_conflict use_column`
option : '#' name name {refused(Capability::plpgsql_alias, "a line with #");} ;

label : '<<' name '>>' ;

block : declarations? 'BEGIN' statements ('EXCEPTION' handler+)? 'END' name? ;

// ---- Declarations ----

declarations : 'DECLARE' ('DECLARE'? declaration)* ;

declaration : name (alias | cursor | variable) ';' ;

alias : 'ALIAS' 'FOR' (name | PARAMETER) {refused(Capability::plpgsql_alias, "ALIAS FOR");} ;

cursor : scroll? 'CURSOR' cursorParameters? ('IS' | 'FOR') statementToSemicolon ;

scroll : 'NO'? 'SCROLL' ;

cursorParameters : parentheses {refused(Capability::plpgsql_cursor_arguments, "a cursor with parameters");} ;

variable
  : 'CONSTANT'? type (percent arrayBounds*)? collation? ('NOT' 'NULL' {unmade(Capability::plpgsql_not_null_variables, "a NOT NULL variable");})?
    ((':=' | '=' | 'DEFAULT' {refused(Capability::plpgsql_default, "DEFAULT in a declaration");}) toSemicolon)?
  ;

// Elsewhere CockroachDB would take `a % type` for the rest of an expression.
percent
  : '%' {unread();}
    ('TYPE' {refused(Capability::plpgsql_percent_type, "%TYPE");} | 'ROWTYPE' {refused(Capability::plpgsql_percent_type, "%ROWTYPE");})
  ;

arrayBounds : 'ARRAY' | square ;

collation : 'COLLATE' name {unmade(Capability::plpgsql_not_null_variables, "COLLATE of a variable");} ('.' name)? ;

// ---- Statements ----

statements : statement* ;

statement
  : label {refused(Capability::plpgsql_labels, "a label");} compound
  | compound
  | assignment
  | ifStatement
  | caseStatement
  | exitStatement
  | returnStatement
  | raiseStatement
  | assertStatement
  | performStatement
  | callStatement
  | doStatement
  | executeStatement
  | getStatement
  | openStatement
  | fetchStatement
  | moveStatement
  | closeStatement
  | transactionStatement
  | nullStatement
  | sqlStatement
  ;

// What may have a label.
compound
  : nestedBlock
  | loopBody
  | 'WHILE' toLoop loopBody
  | forStatement
  | foreachStatement
  ;

nestedBlock : {refused_here(Capability::plpgsql_nested_blocks, "a nested block");} block ';' ;
loopBody : 'LOOP' statements 'END' 'LOOP' name? ';' ;
forStatement : 'FOR' targets 'IN' 'REVERSE'? toDots (integers | {refused_here(Capability::plpgsql_query_for, "FOR over a query"); unread();}) loopBody ;
integers : '..' {refused(Capability::plpgsql_integer_for, "FOR over integers");} toBy ('BY' toLoop)? ;
foreachStatement
  : 'FOREACH' {refused(Capability::plpgsql_query_for, "FOREACH");} targets ('SLICE' NUMBER)? 'IN' 'ARRAY' toLoop loopBody
  ;

assignment : target (':=' | '=') toSemicolon ';' ;
target : variableName fields? elements? ;
fields
  : '.' {refused(Capability::plpgsql_field_assignment, "an assignment to a field");} field
    ('.' {refused(Capability::plpgsql_nested_field, "an assignment to a field of a field");} name)*
  ;
elements
  : {refused_here(Capability::plpgsql_element_assignment, "an assignment to an array's element");} square ('.' name | square)*
  ;

ifStatement : 'IF' toThen 'THEN' statements elsif* otherwise? 'END' 'IF' ';' ;
elsif : ('ELSIF' | 'ELSEIF' {refused(Capability::plpgsql_elseif, "ELSEIF");}) toThen 'THEN' statements ;
otherwise : 'ELSE' statements ;

// CockroachDB's parser does not look into what a CASE compares.
caseStatement
  : 'CASE' {unmade(Capability::plpgsql_case_statement, "a CASE statement");} (toWhen {unread();})? when+ otherwise? 'END' 'CASE' ';'
  ;
when : 'WHEN' toThen {unread();} 'THEN' statements ;

exitStatement
  : ('EXIT' | 'CONTINUE') (name {refused(Capability::plpgsql_labels, "a label");})?
    ('WHEN' {refused(Capability::plpgsql_labels, "EXIT WHEN");} toSemicolon)? ';'
  ;

returnStatement
  : 'RETURN'
    ( 'NEXT' {refused(Capability::set_returning_plpgsql, "RETURN NEXT");} toSemicolon?
    | 'QUERY' ({refused(Capability::set_returning_plpgsql, "RETURN QUERY");} statementToSemicolon | dynamicQuery)
    | returned
    | {refused(Capability::plpgsql_bare_return, "RETURN without a value");}
    ) ';'
  ;
dynamicQuery : 'EXECUTE' {refused(Capability::plpgsql_execute, "RETURN QUERY EXECUTE");} toSemicolon {unread();} ;

raiseStatement
  : 'RAISE' ( {refused(Capability::plpgsql_bare_raise, "RAISE without arguments");} | level? (raised raiseOptions? | raiseOptions)) ';'
  ;
raised : STRING (',' toUsing)* | word | 'SQLSTATE' STRING ;
level : 'EXCEPTION' | 'WARNING' | 'NOTICE' | 'INFO' | 'LOG' | 'DEBUG' ;
raiseOptions : 'USING' raiseOption (',' raiseOption)* ;
raiseOption
  : ( 'MESSAGE' | 'DETAIL' | 'HINT' | 'ERRCODE'
    | 'COLUMN' {unmade(Capability::plpgsql_bare_raise, "RAISE USING COLUMN");}
    | 'CONSTRAINT' {unmade(Capability::plpgsql_bare_raise, "RAISE USING CONSTRAINT");}
    | 'DATATYPE' {unmade(Capability::plpgsql_bare_raise, "RAISE USING DATATYPE");}
    | 'TABLE' {unmade(Capability::plpgsql_bare_raise, "RAISE USING TABLE");}
    | 'SCHEMA' {unmade(Capability::plpgsql_bare_raise, "RAISE USING SCHEMA");}
    ) (':=' | '=') toComma
  ;

// Its words are looked at by nobody, so that `assert := 1` is one.
assertStatement : 'ASSERT' {unmade(Capability::plpgsql_assert, "ASSERT");} toSemicolon {unread();} ';' ;
performStatement : 'PERFORM' {refused(Capability::plpgsql_perform, "PERFORM");} toSemicolon {unread();} ';' ;
callStatement : 'CALL' {refused(Capability::plpgsql_call, "CALL");} toSemicolon ';' ;
doStatement : 'DO' (STRING | 'LANGUAGE' name)+ ';' ;
executeStatement : 'EXECUTE' {unmade(Capability::plpgsql_execute, "EXECUTE");} toSemicolon {unread();} ';' ;

getStatement
  : 'GET' ('CURRENT' | 'STACKED')? 'DIAGNOSTICS' {unmade(Capability::plpgsql_get_diagnostics, "GET DIAGNOSTICS");}
    diagnosticsItem (',' diagnosticsItem)* ';'
  ;
diagnosticsItem : word (':=' | '=') name ;

openStatement
  : 'OPEN' word
    ( scroll? 'FOR' (statementToSemicolon | 'EXECUTE' {refused(Capability::plpgsql_execute, "OPEN FOR EXECUTE");} toSemicolon {unread();})
    | cursorParameters
    )? ';'
  ;
fetchStatement : fetchToInto 'INTO' targets ';' ;
moveStatement : moveToSemicolon ';' ;
closeStatement : 'CLOSE' word ';' ;
transactionStatement
  : ('COMMIT' {refused(Capability::plpgsql_transactions, "COMMIT");} | 'ROLLBACK' {refused(Capability::plpgsql_transactions, "ROLLBACK");})
    ('AND' 'NO'? 'CHAIN')? ';'
  ;
nullStatement : 'NULL' {refused(Capability::plpgsql_null_statement, "the NULL statement");} ';' ;
sqlStatement : sql ';' ;

handler : 'WHEN' condition ('OR' condition)* 'THEN' statements ;
condition : 'SQLSTATE' STRING | name ;

// ---- Names ----

word : WORD | 'ELSEIF' ;

name : word | keyword ;

// A variable that is set.
variableName
  : word
  | settableKeyword {refused(Capability::plpgsql_keyword_variables, "a variable that is named like a word of PL/pgSQL");}
  | PARAMETER {refused(Capability::plpgsql_parameter_assignment, "an assignment to a parameter by its number");}
  ;

field : word | keyword {refused(Capability::plpgsql_keyword_variables, "a field that is named like a word of PL/pgSQL");} ;

targets : intoTarget (',' intoTarget)* ;
intoTarget
  : ( word
    | keyword {refused(Capability::plpgsql_keyword_variables, "a variable that is named like a word of PL/pgSQL");}
    ) ('.' {refused(Capability::plpgsql_into_field, "INTO a field");} name)*
  ;

// Those that begin another statement are only read as such.
keyword : settableKeyword | 'ASSERT' | 'ELSIF' | 'EXCEPTION' ;

settableKeyword
  : 'ABSOLUTE' | 'ALIAS' | 'AND' | 'ARRAY' | 'BACKWARD' | 'CALL' | 'CHAIN' | 'CLOSE' | 'COLLATE' | 'COLUMN'
  | 'COLUMN_NAME' | 'COMMIT' | 'CONSTANT' | 'CONSTRAINT' | 'CONSTRAINT_NAME' | 'CONTINUE' | 'CURRENT' | 'CURSOR' | 'DATATYPE'
  | 'DEBUG' | 'DEFAULT' | 'DETAIL' | 'DIAGNOSTICS' | 'DO' | 'DUMP' | 'ERRCODE' | 'ERROR' | 'EXIT' | 'FETCH' | 'FIRST'
  | 'FORWARD' | 'GET' | 'HINT' | 'IMPORT' | 'INFO' | 'INSERT' | 'IS' | 'LANGUAGE' | 'LAST' | 'LOG' | 'MERGE' | 'MESSAGE'
  | 'MESSAGE_TEXT' | 'MOVE' | 'NEXT' | 'NO' | 'NOTICE' | 'OPEN' | 'OPTION' | 'PERFORM' | 'PG_CONTEXT' | 'PG_DATATYPE_NAME'
  | 'PG_EXCEPTION_CONTEXT' | 'PG_EXCEPTION_DETAIL' | 'PG_EXCEPTION_HINT' | 'PRINT_STRICT_PARAMS' | 'PRIOR' | 'QUERY' | 'RAISE'
  | 'RELATIVE' | 'RETURN' | 'RETURNED_SQLSTATE' | 'REVERSE' | 'ROLLBACK' | 'ROW_COUNT' | 'ROWTYPE' | 'SCHEMA' | 'SCHEMA_NAME'
  | 'SCROLL' | 'SLICE' | 'SQLSTATE' | 'STACKED' | 'TABLE' | 'TABLE_NAME' | 'TYPE' | 'UPSERT' | 'USE_COLUMN' | 'USE_VARIABLE'
  | 'VARIABLE_CONFLICT' | 'WARNING'
  ;

// ---- Runs that CockroachDB.g4 reads ----

parentheses : round | square ;
round : '(' (~(';' | '(' | ')' | '[' | ']') | parentheses)* ')' ;
square : '[' (~(';' | '(' | ')' | '[' | ']') | parentheses)* ']' ;

// A type.
type @after {type_read();}
  : ~('ALIAS' | 'CURSOR' | 'NO' | 'SCROLL' | 'CONSTANT' | ';' | '(' | ')' | '[' | ']' | ':=' | '=' | '%' | 'COLLATE' | 'DECLARE'
      | 'DEFAULT' | 'NOT')
    (~(';' | '(' | ')' | '[' | ']' | ':=' | '=' | '%' | 'COLLATE' | 'DECLARE' | 'DEFAULT' | 'NOT') | parentheses)*
  ;

// Statements.
statementToSemicolon @after {statement_read();} : (~('EXECUTE' | ';' | '(' | ')' | '[' | ']') | parentheses) (~(';' | '(' | ')' | '[' | ']') | parentheses)* ;
fetchToInto @after {statement_read();} : 'FETCH' (~(':=' | '=' | 'INTO' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
moveToSemicolon @after {statement_read();} : 'MOVE' (~(':=' | '=' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
sql @after {executed_read();}
  : ('IMPORT' | 'INSERT' | 'MERGE' | 'UPSERT' | WORD)
    ((~(':=' | '=' | '.' | ';' | '(' | ')' | '[' | ']') | round) (~(';' | '(' | ')' | '[' | ']') | parentheses)*)?
  ;

// Expressions.
returned @after {expression_read();} : (~('NEXT' | 'QUERY' | ';' | '(' | ')' | '[' | ']') | parentheses) (~(';' | '(' | ')' | '[' | ']') | parentheses)* ;
toBy @after {expression_read();} : (~('BY' | 'LOOP' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toComma @after {expression_read();} : (~(',' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toDots @after {expression_read();} : (~('..' | 'LOOP' | 'REVERSE' | ';' | '(' | ')' | '[' | ']') | parentheses) (~('..' | 'LOOP' | ';' | '(' | ')' | '[' | ']') | parentheses)* ;
toLoop @after {expression_read();} : (~('LOOP' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toSemicolon @after {expression_read();} : (~(';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toThen @after {expression_read();} : (~('THEN' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toUsing @after {expression_read();} : (~(',' | 'USING' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toWhen @after {expression_read();} : (~('WHEN' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
