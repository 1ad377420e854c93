#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ast/box.h"
#include "ast/name.h"
#include "ast/one_of.h"
#include "ast/type.h"

namespace pg2crdb::ast {

struct Expr;
struct Query;

struct Literal {
  enum class Kind { null, boolean, integer, decimal, string, bit_string };
  Kind kind = Kind::null;
  std::string text;  ///< unquoted; "true"/"false" for boolean; bit strings keep their leading b or x
};

/// `a`, `t.a`, `s.t.a`, `t.*`, `*`.
struct ColumnRef {
  std::vector<std::string> names;
  bool star = false;
  ObjectId object = no_object;  ///< the column, once bound; not part of the SQL
};

struct Parameter {
  int64_t number = 0;  ///< `$1`; 0 is a bare `$`
};

enum class SortOrder { unspecified, ascending, descending };
enum class NullsOrder { unspecified, first, last };

struct SortItem {
  Box<Expr> expr;
  SortOrder order = SortOrder::unspecified;
  NullsOrder nulls = NullsOrder::unspecified;
  std::vector<std::string> using_operator;  ///< ORDER BY x USING >
};

/// OVER (...), or an entry of the WINDOW clause.
struct Window {
  std::string name;        ///< its own name in the WINDOW clause, or the window referred to by OVER name
  std::string references;  ///< OVER (other ...)
  std::vector<Expr> partition_by;
  std::vector<SortItem> order_by;
  int64_t frame_options = 0;  ///< PostgreSQL's FRAMEOPTION_* bits
  Box<Expr> start_offset;
  Box<Expr> end_offset;
};

/// What only few calls have.
struct CallModifiers {
  std::vector<SortItem> order_by;  ///< inside the parentheses, or WITHIN GROUP
  bool within_group = false;
  Box<Expr> filter;
  Box<Window> over;
};

struct FunctionCall {
  Name name;
  std::vector<Expr> arguments;
  bool star = false;  ///< count(*)
  bool distinct = false;
  bool variadic = false;
  bool sql_syntax =
      false;  ///< written with keywords: EXTRACT(y FROM t), POSITION(a IN b), x AT TIME ZONE z ...
  Box<CallModifiers> modifiers;
};

struct Cast {
  Box<Expr> argument;
  TypeName type;
};

/// Anything with an operator between or before its operands.
struct Operation {
  enum class Kind {
    op,        ///< left op right, op right
    any,       ///< left op ANY (right)
    all,       ///< left op ALL (right)
    distinct,  ///< IS DISTINCT FROM
    not_distinct,
    nullif,
    in,    ///< [NOT] IN (list): op is "=" or "<>", right is a list
    like,  ///< op is "~~" or "!~~"
    ilike,
    similar,
    between,
    not_between,
    between_symmetric,
    not_between_symmetric,
  };
  Kind kind = Kind::op;
  std::vector<std::string> op;  ///< possibly qualified: OPERATOR(pg_catalog.=)
  Box<Expr> left;               ///< empty for a prefix operator
  Box<Expr> right;
};

struct ExprList {
  std::vector<Expr> items;
};

struct BoolExpr {
  enum class Kind { conjunction, disjunction, negation };
  Kind kind = Kind::conjunction;
  std::vector<Expr> arguments;
};

/// IS [NOT] NULL.
struct NullTest {
  Box<Expr> argument;
  bool negated = false;
};

/// IS [NOT] TRUE / FALSE / UNKNOWN.
struct BooleanTest {
  enum class Kind { is_true, is_not_true, is_false, is_not_false, is_unknown, is_not_unknown };
  Box<Expr> argument;
  Kind kind = Kind::is_true;
};

struct CaseWhen {
  Box<Expr> condition;
  Box<Expr> result;
};

struct Case {
  Box<Expr> argument;
  std::vector<CaseWhen> whens;
  Box<Expr> otherwise;
};

struct Coalesce {
  std::vector<Expr> arguments;
};

struct MinMax {
  bool greatest = true;
  std::vector<Expr> arguments;
};

/// CURRENT_DATE, CURRENT_TIMESTAMP(3), CURRENT_USER ...
struct ValueFunction {
  std::string keyword;     ///< upper case, as SQL spells it
  int64_t precision = -1;  ///< -1 where none was given
};

struct Subquery {
  enum class Kind { exists, any, all, scalar, array };
  Kind kind = Kind::scalar;
  Box<Expr> test;               ///< left operand of IN / op ANY / op ALL
  std::vector<std::string> op;  ///< empty for IN
  Box<Query> query;
};

struct ArrayExpr {
  std::vector<Expr> elements;
};

struct RowExpr {
  std::vector<Expr> elements;
  bool explicit_row = false;  ///< ROW(...) rather than (...)
};

/// One step of `(x).field`, `x[1]`, `x[1:2]`, `(x).*`.
struct Step {
  enum class Kind { field, star, index, slice };
  Kind kind = Kind::field;
  std::string field;
  Box<Expr> lower;  ///< the index itself where kind is index
  Box<Expr> upper;
};

struct Indirection {
  Box<Expr> argument;
  std::vector<Step> steps;
};

struct Collate {
  Box<Expr> argument;
  Name collation;
};

struct NamedArgument {
  std::string name;
  Box<Expr> argument;
};

/// The word DEFAULT as a value.
struct DefaultValue {};

/// GROUPING SETS / ROLLUP / CUBE / () in GROUP BY.
struct GroupingSet {
  enum class Kind { empty, simple, rollup, cube, sets };
  Kind kind = Kind::empty;
  std::vector<Expr> content;
};

/// Expressions, queries and joins inside each other go no deeper in any tree, since every walk over one is
/// recursive.
inline constexpr int max_depth = 600;

/// An expression. `offset` counts bytes from the beginning of its statement, -1 where the parser did not say.
struct Expr {
  using Node = OneOf<Literal, ColumnRef, Parameter, FunctionCall, Cast, Operation, ExprList, BoolExpr,
                     NullTest, BooleanTest, Case, Coalesce, MinMax, ValueFunction, Subquery, ArrayExpr,
                     RowExpr, Indirection, Collate, NamedArgument, DefaultValue, GroupingSet>;
  Node node;
  int32_t offset = -1;
};

}  // namespace pg2crdb::ast
