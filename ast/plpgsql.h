#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ast/one_of.h"
#include "ast/statement.h"

/// A body in PL/pgSQL. The SQL in it is the tree's own: what rules and passes know of a query outside holds
/// in a body. Offsets count bytes from the beginning of the statement that holds the body, -1 where a pass
/// made the node; `end` is behind the last byte.
namespace pg2crdb::ast::plpgsql {

/// What is evaluated: an expression, or a query that gives one, written without its SELECT: `a FROM t`. What
/// the tree has no place for is kept word for word.
struct Value {
  OneOf<Expr, Query, Opaque> node;
  int32_t offset = -1;
  int32_t end = -1;
};

/// A variable where it is named as one: to be set, opened, fetched from.
struct Variable {
  std::vector<std::string> names;  ///< `v`, `r.f`, `block.r.f`, `$1`: those before the first bracket
  std::vector<Step> steps;         ///< `[1].f`: only where it is assigned to
  int32_t offset = -1;
};

/// INTO [STRICT] a, b.
struct Into {
  bool strict = false;
  std::vector<Variable> targets;  ///< none: nothing is kept
};

/// SQL as it stands in the body, without its INTO.
struct StaticSql {
  StatementNode statement;
  int32_t offset = -1;
};
/// EXECUTE text USING a, b.
struct DynamicSql {
  Value text;
  std::vector<Value> parameters;
};
/// What rows come from.
using Rows = OneOf<StaticSql, DynamicSql>;

struct Statement;
struct Statements {
  std::vector<Statement> list;
  std::vector<std::string> comments;  ///< behind the last
};

// --- declarations
// ------------------------------------------------------------------------------------------------

struct VariableType {
  enum class Kind { named, of_variable, of_row };
  Kind kind = Kind::named;
  TypeName type;                      ///< of a named one
  std::vector<std::string> names;     ///< t.c%TYPE, v%TYPE; t%ROWTYPE
  std::vector<int64_t> array_bounds;  ///< of %TYPE and %ROWTYPE, as in TypeName
  int32_t offset = -1;
};

enum class Scroll { unspecified, scroll, no_scroll };

struct VariableDeclaration {
  bool constant = false;
  VariableType type;
  Name collation;
  bool not_null = false;
  Box<Value> default_value;
};
struct AliasDeclaration {
  Variable of;
};
struct CursorParameter {
  std::string name;
  VariableType type;
};
struct CursorDeclaration {
  Scroll scroll = Scroll::unspecified;
  std::vector<CursorParameter> parameters;
  StaticSql query;
};

/// Comments of any node: those that stand before it or in the middle of what became a tree, as they are
/// written; the one behind it in its last line.
struct Comments {
  std::vector<std::string> before;
  std::string behind;
};

struct Declaration {
  std::string name;
  OneOf<VariableDeclaration, AliasDeclaration, CursorDeclaration> node;
  Comments comments;
  bool after_blank_line = false;
  int32_t offset = -1;
  int32_t end = -1;
};

/// A condition of an exception: by its name, or by its SQLSTATE.
struct Condition {
  std::string name;
  std::string sqlstate;
};

struct Handler {
  std::vector<Condition> conditions;
  Statements statements;
  int32_t offset = -1;
};

// --- statements
// --------------------------------------------------------------------------------------------------

struct Block {
  std::string label;
  std::vector<Declaration> declarations;
  std::vector<std::string> comments;  ///< behind the last declaration
  Statements statements;
  std::vector<Handler> handlers;
};

struct Assignment {
  Variable target;
  Value value;
};

/// A condition and what is done where it holds; of CASE with an argument its values.
struct Branch {
  Value condition;
  Statements statements;
  int32_t offset = -1;
};
struct If {
  std::vector<Branch> branches;
  bool has_else = false;
  Statements otherwise;
};
struct Case {
  Box<Value> argument;
  std::vector<Branch> branches;
  bool has_else = false;  ///< without one, no match is an error
  Statements otherwise;
};

struct Loop {
  std::string label;
  Statements statements;
};
struct While {
  std::string label;
  Value condition;
  Statements statements;
};
struct ForRange {
  std::string label;
  std::string variable;  ///< the loop's own
  bool reverse = false;
  Value from;
  Value to;
  Box<Value> by;
  Statements statements;
};
struct ForRows {
  std::string label;
  std::vector<Variable> targets;
  Rows rows;
  Statements statements;
};
/// An argument of a cursor.
struct Argument {
  std::string name;  ///< empty where it is by its place
  Value value;
};
struct ForCursor {
  std::string label;
  std::string variable;  ///< the loop's own record
  Variable cursor;
  std::vector<Argument> arguments;
  Statements statements;
};
struct Foreach {
  std::string label;
  std::vector<Variable> targets;
  int64_t slice = 0;
  Value array;
  Statements statements;
};

/// EXIT, CONTINUE.
struct Exit {
  bool continues = false;
  std::string label;
  Box<Value> condition;
};

struct Return {
  Box<Value> value;
};
struct ReturnNext {
  Box<Value> value;
};
struct ReturnQuery {
  Rows rows;
};

struct Raise {
  enum class Level { unspecified, exception, warning, notice, info, log, debug };
  struct Option {
    std::string name;  ///< lower case: "errcode", "hint"
    Value value;
  };
  Level level = Level::unspecified;
  bool has_format = false;
  std::string format;  ///< with a % for each argument
  std::vector<Value> arguments;
  Condition condition;  ///< instead of a format; all empty: the error that is handled is raised again
  std::vector<Option> options;
};
struct Assert {
  Value condition;
  Box<Value> message;
};
struct GetDiagnostics {
  struct Item {
    Variable target;
    std::string item;  ///< lower case: "row_count"
  };
  bool stacked = false;
  std::vector<Item> items;
};

/// A statement of SQL: CALL and DO are among them.
struct RunSql {
  StaticSql sql;
  Into into;
};
struct Perform {
  Value query;
};
struct Execute {
  DynamicSql sql;
  Into into;
};

struct Open {
  Variable cursor;
  Scroll scroll = Scroll::unspecified;
  Box<Rows> rows;  ///< of a cursor that is declared without a query
  std::vector<Argument> arguments;
};
/// FETCH, MOVE.
struct Fetch {
  enum class Direction {
    unspecified,
    next,
    prior,
    first,
    last,
    all,
    absolute,
    relative,
    forward,
    forward_all,
    backward,
    backward_all,
  };
  bool moves = false;
  Direction direction = Direction::unspecified;
  Box<Value> count;
  Variable cursor;
  Into into;
};
struct Close {
  Variable cursor;
};

struct Null {};

/// COMMIT, ROLLBACK.
struct EndTransaction {
  enum class Chain { unspecified, chain, no_chain };
  bool rollback = false;
  Chain chain = Chain::unspecified;
};

struct Statement {
  OneOf<Block, Assignment, If, Case, Loop, While, ForRange, ForRows, ForCursor, Foreach, Exit, Return,
        ReturnNext, ReturnQuery, Raise, Assert, GetDiagnostics, RunSql, Perform, Execute, Open, Fetch, Close,
        Null, EndTransaction>
      node;
  Comments comments;
  bool after_blank_line = false;
  int32_t offset = -1;
  int32_t end = -1;
};

/// `#variable_conflict use_column`
struct CompilerOption {
  std::string name;
  std::string value;
};

struct Body {
  std::vector<CompilerOption> options;
  Block block;
  Comments comments;
  std::vector<std::string> comments_behind;  ///< in lines of their own
};

/// The same tree, wherever it stood.
bool equal(const Body& a, const Body& b);
bool equal(const Value& a, const Value& b);
bool equal(const VariableType& a, const VariableType& b);
bool equal(const StaticSql& a, const StaticSql& b);

}  // namespace pg2crdb::ast::plpgsql
