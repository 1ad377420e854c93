// PL/pgSQL as PostgreSQL 18 reads it (pl_gram.y). PostgreSQL's own scanner makes the tokens (parser/sql_tokens.h); the SQL
// in a body, expressions too, is a run of them up to the word that ends it outside of parentheses, whoever's word that is,
// and goes through PostgreSQL's own grammar then. What is declared plays no part: names are the binder's.
//
// - Words in quotes are keywords; the reader takes them from here. What PL/pgSQL does not reserve has to stand in `plainName`,
//   or nobody can call a variable so.
// - A statement whose second token is `:=`, `=`, `[` or `.` assigns, whatever word it begins with.
// - Runs are told apart by their first tokens alone, so that nearly all decisions take one token or two.
grammar PlPgSql;

// What the scanner names: WORD is a name or a word that is no keyword here, STRING a literal that is a text.
tokens { WORD, PARAMETER, NUMBER, STRING, OTHER }

body : option* block ';'? EOF ;

// `#variable_conflict use_column`
option : '#' name name ;

label : '<<' name '>>' ;

block : label? declarations? 'BEGIN' statements ('EXCEPTION' handler+)? 'END' name? ;

// ---- Declarations ----

declarations : 'DECLARE' ('DECLARE' | declaration)* ;

declaration
  : name 'ALIAS' 'FOR' variable ';'                                            # aliasDeclaration
  | name scroll? 'CURSOR' cursorParameters? ('IS' | 'FOR') toSemicolon ';'     # cursorDeclaration
  | name constant='CONSTANT'? type collation? (notNull='NOT' 'NULL')? defaultValue? ';'         # variableDeclaration
  ;

scroll : no='NO'? 'SCROLL' ;

cursorParameters : '(' cursorParameter (',' cursorParameter)* ')' ;
cursorParameter : name type ;

type
  : ~('ALIAS' | 'CURSOR' | 'NO' | 'SCROLL' | 'CONSTANT' | ',' | ';' | '(' | ')' | '[' | ']' | ':=' | '=' | 'DEFAULT' | 'COLLATE'
      | 'NOT')
    (~(',' | ';' | '(' | ')' | '[' | ']' | ':=' | '=' | 'DEFAULT' | 'COLLATE' | 'NOT') | parentheses)*
  ;

collation : 'COLLATE' variable ;

defaultValue : (':=' | '=' | 'DEFAULT') toSemicolon ;

// ---- Statements ----

statements : statement* ;

statement
  : assignment
  | nestedBlock
  | ifStatement
  | caseStatement
  | loopStatement
  | whileStatement
  | forStatement
  | foreachStatement
  | exitStatement
  | returnStatement
  | raiseStatement
  | assertStatement
  | performStatement
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

assignment : target (':=' | '=') toSemicolon ';' ;
nestedBlock : block ';' ;
ifStatement : 'IF' toThen 'THEN' statements elsif* otherwise? 'END' 'IF' ';' ;
caseStatement : 'CASE' toWhen? when+ otherwise? 'END' 'CASE' ';' ;
loopStatement : label? loopBody ;
whileStatement : label? 'WHILE' toLoop loopBody ;
forStatement : label? 'FOR' variables 'IN' forSource loopBody ;
foreachStatement : label? 'FOREACH' variables ('SLICE' NUMBER)? 'IN' 'ARRAY' toLoop loopBody ;
exitStatement : ('EXIT' | 'CONTINUE') name? ('WHEN' toSemicolon)? ';' ;
returnStatement : 'RETURN' returned? ';' ;
raiseStatement : 'RAISE' raised? ';' ;
assertStatement : 'ASSERT' toComma (',' toSemicolon)? ';' ;
performStatement : 'PERFORM' toSemicolon ';' ;
executeStatement : 'EXECUTE' toIntoUsing (into | intoUsing)* ';' ;
getStatement : 'GET' ('CURRENT' | stacked='STACKED')? 'DIAGNOSTICS' diagnosticsItem (',' diagnosticsItem)* ';' ;
openStatement : 'OPEN' variable opened? ';' ;
fetchStatement : 'FETCH' direction? variable into ';' ;
moveStatement : 'MOVE' direction? variable ';' ;
closeStatement : 'CLOSE' variable ';' ;
transactionStatement : ('COMMIT' | 'ROLLBACK') ('AND' no='NO'? chain='CHAIN')? ';' ;
nullStatement : 'NULL' ';' ;
sqlStatement : sql ';' ;

elsif : ('ELSIF' | 'ELSEIF') toThen 'THEN' statements ;
when : 'WHEN' toThen 'THEN' statements ;
otherwise : 'ELSE' statements ;

handler : 'WHEN' condition ('OR' condition)* 'THEN' statements ;
condition : name STRING? ;

loopBody : 'LOOP' statements 'END' 'LOOP' name? ';' ;

// Without dots it is a query.
forSource
  : 'EXECUTE' toLoopUsing loopUsing?                  # forExecute
  | cursor arguments?                                 # forCursor
  | 'REVERSE' toDots '..' toLoopBy ('BY' toLoop)?       # forReverse
  | toDotsLoop ('..' toLoopBy ('BY' toLoop)?)?        # forRangeOrQuery
  ;

returned
  : 'NEXT' toSemicolon?                               # returnNext
  | 'QUERY' 'EXECUTE' toUsing usingValues?            # returnQueryExecute
  | 'QUERY' query                                     # returnQuery
  | returnedValue                                     # returnValue
  ;

raised
  : level? STRING (',' toCommaUsing)* raiseOptions?   # raiseMessage
  | level? (bareName STRING?) raiseOptions?           # raiseCondition
  | level? raiseOptions                               # raiseUsing
  ;
level : 'EXCEPTION' | 'WARNING' | 'NOTICE' | 'INFO' | 'LOG' | 'DEBUG' ;
raiseOptions : 'USING' raiseOption (',' raiseOption)* ;
raiseOption : name (':=' | '=') toComma ;

diagnosticsItem : variable (':=' | '=') name ;

opened
  : scroll? 'FOR' 'EXECUTE' toUsing usingValues?      # openExecute
  | scroll? 'FOR' query                               # openQuery
  | arguments                                         # openArguments
  ;

direction
  : ('NEXT' | 'PRIOR' | 'FIRST' | 'LAST' | 'ALL')? ('FROM' | 'IN')
  | ('ABSOLUTE' | 'RELATIVE') toFromIn ('FROM' | 'IN')
  | ('FORWARD' | 'BACKWARD') (all='ALL' | count)? ('FROM' | 'IN')
  | count ('FROM' | 'IN')
  ;

into : 'INTO' strict='STRICT'? variables ;
usingValues : 'USING' toComma (',' toComma)* ;
intoUsing : 'USING' toCommaInto (',' toCommaInto)* ;
loopUsing : 'USING' toCommaLoop (',' toCommaLoop)* ;

arguments : '(' argument (',' argument)* ')' ;
argument : (name (':=' | '=>'))? toComma ;

// A statement of SQL ends at a semicolon outside of its parentheses, and outside of the body that it gives to a routine.
sql
  : ('CALL' | 'DO' | 'SELECT' | 'VALUES' | 'INSERT' | WORD)
    ((~(';' | '(' | ')' | '[' | '.' | ':=' | '=') | sqlParentheses) (~(';' | '(' | ')') | sqlParentheses)*)?
  | 'CREATE' ('OR' 'REPLACE')? ('FUNCTION' | 'PROCEDURE')
    (~(';' | '(' | ')' | 'BEGIN' | 'CASE') | sqlParentheses | atomic)*
  | 'CREATE' (~(';' | '(' | ')' | '[' | '.' | ':=' | '=' | 'FUNCTION' | 'PROCEDURE') (~(';' | '(' | ')') | sqlParentheses)*)?
  ;
sqlParentheses : '(' (~('(' | ')') | sqlParentheses)* ')' ;
atomic : ('BEGIN' | 'CASE') (~('BEGIN' | 'CASE' | 'END' | '(' | ')') | sqlParentheses | atomic)* 'END' ;

// ---- Names ----

variables : variable (',' variable)* ;
variable : (name | PARAMETER) ('.' name)* ;
target : (name | PARAMETER) ('.' attribute | '[' inner* ']')* ;
cursor : (plainName | PARAMETER) ('.' name)* ;
attribute : name | reserved ;

name : plainName | 'SELECT' | 'VALUES' ;

plainName : bareName | level ;

bareName
  : WORD | 'ABSOLUTE' | 'ALIAS' | 'AND' | 'ARRAY' | 'ASSERT' | 'BACKWARD' | 'CALL' | 'CHAIN' | 'CLOSE' | 'COLLATE' | 'COMMIT'
  | 'CONSTANT' | 'CONTINUE' | 'CREATE' | 'CURRENT' | 'CURSOR' | 'DEFAULT' | 'DIAGNOSTICS' | 'DO' | 'ELSEIF' | 'ELSIF' | 'EXIT'
  | 'FETCH' | 'FIRST' | 'FORWARD' | 'FUNCTION' | 'GET' | 'INSERT' | 'IS' | 'LAST' | 'MOVE' | 'NEXT' | 'NO' | 'OPEN' | 'PERFORM'
  | 'PRIOR' | 'PROCEDURE' | 'QUERY' | 'RAISE' | 'RELATIVE' | 'REPLACE' | 'RETURN' | 'REVERSE' | 'ROLLBACK' | 'SCROLL' | 'SLICE'
  | 'STACKED' | 'TABLE'
  ;

reserved
  : 'ALL' | 'BEGIN' | 'BY' | 'CASE' | 'DECLARE' | 'ELSE' | 'END' | 'EXECUTE' | 'FOR' | 'FOREACH' | 'FROM' | 'IF' | 'IN' | 'INTO'
  | 'LOOP' | 'NOT' | 'NULL' | 'OR' | 'STRICT' | 'THEN' | 'TO' | 'USING' | 'WHEN' | 'WHILE'
  ;

// ---- Runs of tokens that PostgreSQL's own grammar reads ----

parentheses : '(' inner* ')' | '[' inner* ']' ;
inner : ~(';' | '(' | ')' | '[' | ']') | parentheses ;

query : (~('EXECUTE' | ';' | '(' | ')' | '[' | ']') | parentheses) (~(';' | '(' | ')' | '[' | ']') | parentheses)* ;
returnedValue
  : (~('NEXT' | 'QUERY' | ';' | '(' | ')' | '[' | ']') | parentheses) (~(';' | '(' | ')' | '[' | ']') | parentheses)*
  ;
count
  : (~('ABSOLUTE' | 'ALL' | 'BACKWARD' | 'FIRST' | 'FORWARD' | 'FROM' | 'IN' | 'LAST' | 'NEXT' | 'PRIOR' | 'RELATIVE' | ';'
       | '(' | ')' | '[' | ']') | parentheses)
    (~('FROM' | 'IN' | ';' | '(' | ')' | '[' | ']') | parentheses)*
  ;
toSemicolon : (~(';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toComma : (~(',' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toCommaInto : (~(',' | 'INTO' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toCommaLoop : (~(',' | 'LOOP' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toCommaUsing : (~(',' | 'USING' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toDots : (~('..' | 'LOOP' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toDotsLoop
  : (~('..' | 'EXECUTE' | 'LOOP' | 'REVERSE' | ';' | '(' | ')' | '[' | ']') | parentheses)
    (~('..' | 'LOOP' | ';' | '(' | ')' | '[' | ']') | parentheses)*
  ;
toFromIn : (~('FROM' | 'IN' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toIntoUsing : (~('INTO' | 'USING' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toLoop : (~('LOOP' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toLoopBy : (~('LOOP' | 'BY' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toLoopUsing : (~('LOOP' | 'USING' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toThen : (~('THEN' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toUsing : (~('USING' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
toWhen : (~('WHEN' | ';' | '(' | ')' | '[' | ']') | parentheses)+ ;
