// Expressions, calls and types.
//
// A chain of operands has no levels here: operators tell the parser which they are (`infix`, `prefix`, `postfix`), and it
// refuses those that may not follow one another without parentheses (grammar/chains.h). So no rule is left-recursive, and
// nearly all decisions take one token.
parser grammar CockroachExpressions;

exprs : expr (',' expr)* ;

expr
  : {open();} operand
    ( ('+' | '-') {infix(Level::sum);} operand
    | ('*' | '/' | '//' | '%') {infix(Level::product);} operand
    | '^' {infix(Level::power);} operand
    | ('||' | '->' | '->>' | '#>' | '#>>' | '#-' | '<->' | '<=>' | '<#>') {infix(Level::other_operator);} operand
    | '|' {infix(Level::bit_or);} operand
    | '#' {infix(Level::bit_xor);} operand
    | '&' {infix(Level::bit_and);} operand
    | ('<<' | '>>' | '<<=' | '>>=') {infix(Level::shift);} operand
    | ('<' | '>' | '=' | '<=' | '>=' | '<>' | '!=') {infix(Level::comparison);} (quantifier {quantified();})? operand
    | ('~' | '!~' | '~*' | '!~*' | '~~' | '!~~') {infix(Level::match);} (quantifier {quantified();})? operand
    | ('~~*' | '!~~*') {has(Capability::like_operators)}? {infix(Level::match);} (quantifier {quantified();})? operand
    | ('@>' | '<@' | '?' | '?|' | '?&') {infix(Level::containment);} (quantifier {quantified();})? operand
    | ('?@>' | '?<@') {has(Capability::first_contains)}? {infix(Level::containment);} operand
    | '&&' {infix(Level::shift);} (quantifier {quantified();})? operand
    | '@@' {infix(Level::other_operator);} (quantifier {quantified();})? operand
    | 'OPERATOR' '(' ('PG_CATALOG' '.')?
      (comparing_operator ')' {infix(Level::qualified);} (quantifier {quantified();})? | calculating_operator ')' {infix(Level::qualified);}) operand
    | 'AND' {infix(Level::conjunction);} operand
    | 'OR' {infix(Level::disjunction);} operand
    | 'NOT'? 'BETWEEN' {infix(Level::match);} ('SYMMETRIC' | 'ASYMMETRIC')? simple_expr 'AND' operand
    | 'NOT'? 'IN' {postfix(Level::match);} '(' inside_parentheses? ')'
    | 'NOT'? ('LIKE' | 'ILIKE') {infix(Level::like);} (quantifier {quantified();})? operand
    | 'NOT'? 'SIMILAR' 'TO' {infix(Level::like);} operand
    | 'ESCAPE' {escape();} operand
    | 'IS' 'NOT'? ('DISTINCT' {infix(Level::is_);} 'FROM' operand | {postfix(Level::is_);} (('NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN' | 'NAN') | 'OF' '(' types ')'))
    | ('ISNULL' | 'NOTNULL') {postfix(Level::is_);}
    | 'COLLATE' {touch();} collation
    | 'AT' 'TIME' 'ZONE' {infix(Level::at);} operand
    | ('::' | ':::') {touch();} type
    )*
    {close();}
  ;

quantifier : 'ANY' | 'SOME' | 'ALL' ;

// What may stand where AND, NOT, IN and their like mean something else: DEFAULT a NOT NULL.
simple_expr
  : {open();} simple_operand
    ( ('+' | '-') {infix(Level::sum);} simple_operand
    | ('*' | '/' | '//' | '%') {infix(Level::product);} simple_operand
    | '^' {infix(Level::power);} simple_operand
    | '||' {infix(Level::other_operator);} simple_operand
    | '|' {infix(Level::bit_or);} simple_operand
    | '#' {infix(Level::bit_xor);} simple_operand
    | '&' {infix(Level::bit_and);} simple_operand
    | ('<<' | '>>') {infix(Level::shift);} simple_operand
    | ('<' | '>' | '=' | '<=' | '>=' | '<>' | '!=') {infix(Level::comparison);} simple_operand
    | 'OPERATOR' '(' ('PG_CATALOG' '.')? (comparing_operator | calculating_operator) ')' {infix(Level::qualified);} simple_operand
    | 'IS' 'NOT'? ('DISTINCT' {infix(Level::is_);} 'FROM' simple_operand | {postfix(Level::is_);} 'OF' '(' types ')')
    | ('::' | ':::') {touch();} type
    )*
    {close();}
  ;

comparing_operator
  : '<' | '>' | '=' | '<=' | '>=' | '<>' | '!=' | '?' | '?|' | '?&' | '@>' | '<@' | '!~' | '~*' | '!~*' | '&&' | '@@' | '~'
  | ('~~' | '!~~' | '~~*' | '!~~*') {has(Capability::like_operators)}?
  | ('?@>' | '?<@') {has(Capability::first_contains)}?
  ;

calculating_operator
  : '+' | '-' | '*' | '/' | '//' | '%' | '^' | '&' | '|' | '#' | '<<' | '>>' | '||' | '->' | '->>' | '#>' | '#>>' | '<->' | '<=>' | '<#>'
  ;

operand
  : ( ('+' | '-' | '~') {prefix(Level::sign);}
    | ('|/' | '||/') {prefix(Level::shift);}
    | 'OPERATOR' '(' ('PG_CATALOG' '.')? ('+' | '-' | '~' | '|/' | '||/') ')' {prefix(Level::shift);}
    | 'NOT' {prefix(Level::negation);}
    )*
    (primary ('OVERLAPS' {need_pair();} row {need_pair(); plain();})? | 'DEFAULT' {default_value(); plain();})
  ;

simple_operand
  : (('+' | '-' | '~') {prefix(Level::sign);} | 'OPERATOR' '(' ('PG_CATALOG' '.')? ('+' | '-' | '~' | '|/' | '||/') ')' {prefix(Level::shift);})* primary
  ;

primary : (tuple | value {plain();}) subscript* ;

subscript : '[' (expr (':' {slice();} expr?)? | ':' {slice();} expr?) ']' {plain();} ;

tuple
  : '(' (')' {a_row(0);} | inside_parentheses ')' ('.' {need_plain();} (label | '*' | '@' ICONST))?)
  | 'ROW' (row_in_parentheses | {plain();} path?)
  ;

row : 'ROW' row_in_parentheses | '(' (')' {a_row(0);} | inside_parentheses ')') ;

row_in_parentheses locals [size_t count] @init {$count = 0;}
  : '(' (expr {$count++;} (',' expr {$count++;})*)? ')' {a_row($count);}
  ;

// A query, or expressions: one, a row, a row with labels. A query that begins with a parenthesis is read as an expression first.
inside_parentheses locals [size_t count] @init {$count = 1;}
  : bare_select {a_query();}
  | expr
    ( ',' (expr {$count++;} (',' expr {$count++;})*)? {a_row($count);}
    | 'AS' {need_row();} names {labelled_row();}
    | {need_query();} query_continued {a_query();}
    | {enclose();}
    )
  ;

value
  : ICONST | FCONST | SCONST | BITCONST | BCONST | PLACEHOLDER | 'NULL' | 'TRUE' | 'FALSE'
  | '@' ICONST
  | value_name (path | call | 'PRECISION'? SCONST)?
  | 'OPERATOR' path?
  | word_value
  | type_word (call | SCONST | 'FOR' '(' expr ')')
  | ('FAMILY' | INDEX_DEFINITION) (path | call)
  | '[' 'FUNCTION' ICONST ']' call
  | special_value
  | 'CASE' expr? ('WHEN' expr 'THEN' expr)+ ('ELSE' expr)? 'END'
  | 'ARRAY' ('[' array_items? ']' | '(' (')' | inside_parentheses {need_query_or_row();} ')') | 'ROW' row_in_parentheses)
  | 'CAST' '(' expr 'AS' type ')'
  ;

// What follows a name: `.b`, `.b.c.d`, `.*`, and the arguments of a function that is called so.
path : '.' ('*' | label (second_path | call | SCONST)?) ;

second_path : '.' ('*' | label (third_path | call | SCONST)?) ;

third_path : '.' ('*' | label (call | SCONST)?) ;

special_value
  : ('CURRENT_DATE' | 'CURRENT_SCHEMA' | 'CURRENT_USER' | 'SESSION_USER') ('(' ')')?
  | ('CURRENT_TIME' | 'CURRENT_TIMESTAMP' | 'LOCALTIME' | 'LOCALTIMESTAMP') ('(' expr? ')')?
  | 'CURRENT_CATALOG' | 'CURRENT_ROLE' | 'USER'
  ;

// Words that name a column, and a function or a type only in forms of their own.
word_value : word_call | word_literal | column_word path? ;

word_call
  : ('COALESCE' | 'GREATEST' | 'LEAST') '(' exprs ')'
  | 'IF' '(' expr ',' expr ',' expr ')'
  | 'IFERROR' '(' expr ',' expr (',' expr)? ')'
  | 'ISERROR' '(' expr (',' expr)? ')'
  | ('IFNULL' | 'NULLIF') '(' expr ',' expr ')'
  | 'ANNOTATE_TYPE' '(' expr ',' type ')'
  | ('EXTRACT' | 'EXTRACT_DURATION') '(' (extracted 'FROM' expr | exprs) ')'
  | 'EXISTS' '(' select ')'
  | 'POSITION' '(' (simple_expr 'IN' simple_expr)? ')'
  | 'SUBSTRING' '(' (expr ('FROM' expr ('FOR' expr)? | 'FOR' expr ('FROM' expr)? | (',' expr)*))? ')'
  | 'OVERLAY' '(' expr ('PLACING' expr 'FROM' expr ('FOR' expr)? | (',' expr)*) ')'
  | 'TRIM' '(' ('BOTH' | 'LEADING' | 'TRAILING')? ('FROM' exprs | expr ('FROM' exprs | (',' expr)*)) ')'
  ;

extracted : plain_word | 'YEAR' | 'MONTH' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND' | SCONST ;

word_literal
  : ('BIGINT' | 'BOOLEAN' | 'BOX2D' | 'INT' | 'INTEGER' | 'REAL' | 'SMALLINT') SCONST
  | ('FLOAT' | 'STRING' | 'TIMESTAMPTZ' | 'TIMETZ' | 'VARBIT' | 'VARCHAR' | 'VECTOR') length? SCONST
  | ('BIT' | 'CHAR' | 'CHARACTER') 'VARYING'? length? SCONST
  | ('DEC' | 'DECIMAL' | 'NUMERIC') precision? SCONST
  | ('GEOGRAPHY' | 'GEOMETRY') shape_modifier? SCONST
  | ('TIME' | 'TIMESTAMP') length? time_zone? SCONST
  | 'INTERVAL' (length SCONST | SCONST interval_fields?)
  ;

array_items : exprs | array (',' array)* ;

array : '[' array_items? ']' ;

call
  : arguments ('WITHIN' 'GROUP' '(' 'ORDER' 'BY' sort_expr ')')? ('FILTER' '(' 'WHERE' expr ')')? ('OVER' (name | window))?
  ;

arguments : '(' ('*' | 'DISTINCT' exprs | 'ALL'? exprs order_by_expr?)? ')' ;

window : '(' window_name? ('PARTITION' 'BY' exprs)? order_by_expr? frame? ')' ;

frame
  : ('RANGE' | 'ROWS' | 'GROUPS')
    ( frame_start
    | 'BETWEEN'
      ( 'UNBOUNDED' 'PRECEDING' 'AND' frame_end
      | 'CURRENT' 'ROW' 'AND' ('CURRENT' 'ROW' | 'UNBOUNDED' 'FOLLOWING' | expr 'FOLLOWING')
      | expr ('PRECEDING' 'AND' frame_end | 'FOLLOWING' 'AND' ('UNBOUNDED' 'FOLLOWING' | expr 'FOLLOWING'))
      )
    )
    ('EXCLUDE' ('CURRENT' 'ROW' | 'GROUP' | 'TIES' | 'NO' 'OTHERS'))?
  ;

frame_start : 'UNBOUNDED' 'PRECEDING' | 'CURRENT' 'ROW' | expr 'PRECEDING' ;

frame_end : 'UNBOUNDED' 'FOLLOWING' | 'CURRENT' 'ROW' | expr ('PRECEDING' | 'FOLLOWING') ;

// ---- Types ----

types : type (',' type)* ;

type : {type_is_text = false;} (simple_type array_bounds? | vector) ;

array_bounds : '[' ICONST? ']' | 'ARRAY' ('[' ICONST ']')? ;

vector : 'VECTOR' {has(Capability::vector)}? length? ;

simple_type
  : (type_name | text_type {type_is_text = true;}) ('.' label ('.' label)? {type_is_text = false;})?
  | NO_TYPE '.' label ('.' label)?
  | 'BIT' 'VARYING'? length?
  | 'VARBIT' length?
  | ('CHAR' | 'CHARACTER') 'VARYING'? length? {type_is_text = true;}
  | ('VARCHAR' | 'STRING') length? {type_is_text = true;}
  | 'INT' | 'INTEGER' | 'SMALLINT' | 'BIGINT' | 'REAL' | 'BOOLEAN' | 'BOX2D'
  | 'FLOAT' length?
  | 'DOUBLE' 'PRECISION'
  | ('DECIMAL' | 'DEC' | 'NUMERIC') precision?
  | ('TIME' | 'TIMESTAMP') length? time_zone?
  | ('TIMETZ' | 'TIMESTAMPTZ') length?
  | 'INTERVAL' (interval_fields | length)?
  | ('GEOMETRY' | 'GEOGRAPHY') shape_modifier?
  | '@' ICONST
  ;

text_type : 'TEXT' | 'NAME' | 'BPCHAR' | 'CITEXT' ;

length : '(' ICONST ')' ;

precision : '(' ICONST (',' ICONST)? ')' ;

time_zone : ('WITH' | 'WITHOUT') 'TIME' 'ZONE' ;

interval_fields
  : 'YEAR' ('TO' 'MONTH')?
  | 'MONTH'
  | 'DAY' ('TO' ('HOUR' | 'MINUTE' | 'SECOND' length?))?
  | 'HOUR' ('TO' ('MINUTE' | 'SECOND' length?))?
  | 'MINUTE' ('TO' 'SECOND' length?)?
  | 'SECOND' length?
  ;

shape_modifier : '(' shape (',' integer)? ')' ;

shape
  : 'GEOMETRY' | 'GEOMETRYM' | 'GEOMETRYZ' | 'GEOMETRYZM' | 'GEOMETRYCOLLECTION' | 'GEOMETRYCOLLECTIONM' | 'GEOMETRYCOLLECTIONZ'
  | 'GEOMETRYCOLLECTIONZM' | 'LINESTRING' | 'LINESTRINGM' | 'LINESTRINGZ' | 'LINESTRINGZM' | 'MULTILINESTRING'
  | 'MULTILINESTRINGM' | 'MULTILINESTRINGZ' | 'MULTILINESTRINGZM' | 'MULTIPOINT' | 'MULTIPOINTM' | 'MULTIPOINTZ' | 'MULTIPOINTZM'
  | 'MULTIPOLYGON' | 'MULTIPOLYGONM' | 'MULTIPOLYGONZ' | 'MULTIPOLYGONZM' | 'POINT' | 'POINTM' | 'POINTZ' | 'POINTZM'
  | 'POLYGON' | 'POLYGONM' | 'POLYGONZ' | 'POLYGONZM'
  ;

collation : LOCALE ;
