// The rule language: docs/rule-language.md is its reference. SQL inside a rule (`sql`) is cut out by the places of
// its tokens and parsed by libpg_query, so this grammar only has to find its end: a semicolon, or the brace of a test.
grammar Rewrite;

file : passHeader? finding* rewriteRule* EOF ;

passHeader : 'pass' STRING 'in' name ',' name (',' name)? ';' ;

finding : 'finding' name severity 'in' name STRING 'help' STRING ';' ;

rewriteRule
  : 'rule' name report? placement? matched+ condition? target? action* saying? helping? linking? ruleTest*
  ;

report
  : 'reports' name
  | severity ('in' name)? STRING?
  ;
severity : 'error' | 'warning' | 'info' ;

placement : 'run' (side='first' | side='last' | (side='before' | side='after') name) ';' ;

// --- what is matched

matched : 'match' subject ';' ;
subject
  : 'statement' 'of' 'kind' STRING (',' STRING)*      # statementOfKind
  | 'statement' sql                                   # statementSubject
  | 'column' tablePart '.' columnPart sql?            # columnSubject
  | noun=('type' | 'expression' | 'role' | 'name' | 'parameter') sql  # plainSubject
  | noun=('constraint' | 'option' | 'privilege' | 'command') ('on' VARIABLE)? sql?  # ownedSubject
  | 'index' 'element' ('on' VARIABLE)? sql?           # elementSubject
  ;
tablePart : VARIABLE | name | QUOTED ;
columnPart : VARIABLE | name | QUOTED ;

condition : 'where' test_ ';' ;
test_
  : 'not' test_                                  # negation
  | test_ 'and' test_                            # conjunction
  | test_ 'or' test_                             # disjunction
  | '(' test_ ')'                                # grouped
  | value op=('=' | '<>' | '<' | '<=' | '>' | '>=') value  # comparison
  | value op=('~' | '!~') STRING ('as' VARIABLE)?  # pattern
  | value negation_='not'? 'in' '(' literal (',' literal)* ')'  # membership
  | value 'is' negation_='not'? word+                      # property
  | value 'has' negation_='no'? word+ value?               # possession
  | value                                        # truth
  ;
// What something is or has: `primary key`, `composite type`.
word : NAME | 'column' | 'type' | 'index' | 'role' | 'rows' ;

value
  : VARIABLE path*
  | path+
  | 'count' '(' value ')'
  | 'type' 'of' value
  | literal
  ;
literal : STRING | NUMBER | 'true' | 'false' ;
path : '.' name ;

target : 'when' targetTest ';' ;
targetTest
  : 'not' targetTest                             # targetNegation
  | targetTest 'and' targetTest                  # targetConjunction
  | targetTest 'or' targetTest                   # targetDisjunction
  | '(' targetTest ')'                           # targetGrouped
  | 'crdb' op=('=' | '<>' | '<' | '<=' | '>' | '>=') NUMBER  # targetVersion
  | 'crdb' verb=('has' | 'lacks') name           # targetCapability
  ;

// --- what happens

action
  : 'delete' because? ';'                        # deleteAction
  | 'hold' because? ';'                          # holdAction
  | 'move' 'to' name because? ';'                # moveAction
  | 'rewrite' 'as' sql ';'                       # rewriteAction
  | 'add' side=('before' | 'after') 'rows' 'verbatim' STRING ';'  # addVerbatimAction
  | 'add' side=('before' | 'after') 'rows' sql ';'    # addStatementAction
  | 'add' 'to' path+ sql ';'                     # addElementAction
  | 'set' path+ 'to' sql ';'                     # setAction
  | 'unset' path+ ';'                            # unsetAction
  | 'replace' STRING 'by' STRING 'in' path+ ';'  # replaceAction
  | 'rename' 'to' STRING ';'                     # renameAction
  ;
because : 'because' STRING ;

// --- what is said

saying : 'say' STRING ('about' STRING)? once='once'? ';' ;
helping : 'help' STRING ';' ;
linking : 'docs' STRING ';' ;

// --- how it is tested

ruleTest
  : 'test' ('for' 'crdb' NUMBER)? block ('becomes' block | same='unchanged')? (said='reports' STRING (',' STRING)*)? ';'
  ;
block : '{' (~('{' | '}') | block)* '}' ;

sql : ~(';' | '{' | '}')+ ;

// Any word of this language may be a name.
name
  : NAME | 'pass' | 'in' | 'finding' | 'help' | 'rule' | 'reports' | 'error' | 'warning' | 'info' | 'run' | 'first'
  | 'last' | 'before' | 'after' | 'match' | 'statement' | 'of' | 'kind' | 'column' | 'type' | 'expression' | 'role'
  | 'name' | 'parameter' | 'constraint' | 'option' | 'privilege' | 'command' | 'index' | 'element' | 'on' | 'where'
  | 'not' | 'and' | 'or' | 'is' | 'has' | 'no' | 'count' | 'true' | 'false' | 'when' | 'crdb' | 'lacks' | 'delete'
  | 'hold' | 'move' | 'to' | 'rewrite' | 'as' | 'add' | 'verbatim' | 'set' | 'unset' | 'rename' | 'because' | 'say'
  | 'docs' | 'test' | 'for' | 'becomes' | 'unchanged' | 'rows' | 'replace' | 'by'
  | 'about' | 'once'
  ;

STRING : '\'' (~'\'' | '\'\'')* '\'' ;
QUOTED : '"' (~'"' | '""')* '"' ;
VARIABLE : '$' '$'? [A-Za-z_] [A-Za-z0-9_]* ;
NUMBER : [0-9]+ ('.' [0-9]+)? ;
NAME : [A-Za-z_] [A-Za-z0-9_]* ('-' [A-Za-z0-9_]+)* ;
COMMENT : '--' ~[\r\n]* -> skip ;
BLANKS : [ \t\r\n\f]+ -> skip ;
OTHER : . ;
