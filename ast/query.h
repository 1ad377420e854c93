#pragma once
#include <string>
#include <vector>

#include "ast/box.h"
#include "ast/expr.h"
#include "ast/name.h"
#include "ast/one_of.h"

namespace pg2crdb::ast {

struct Query;
struct FromItem;
struct RowStatement;

struct ColumnDefinition {  ///< of a function in FROM: f() AS x(a integer, b text COLLATE "C")
  std::string name;
  TypeName type;
  Name collation;
};

struct Alias {
  std::string name;
  std::vector<std::string> columns;
};

struct TableRef {
  Name name;
  bool only = false;
  Alias alias;
};

struct SubqueryRef {
  bool lateral = false;
  Box<Query> query;
  Alias alias;
};

struct FunctionRef {
  struct Function {
    Box<Expr> call;
    std::vector<ColumnDefinition> columns;
  };
  bool lateral = false;
  bool rows_from = false;
  bool ordinality = false;
  std::vector<Function> functions;
  Alias alias;
  std::vector<ColumnDefinition> columns;
};

struct Join {
  enum class Kind { inner, left, right, full, cross };
  Kind kind = Kind::inner;
  bool natural = false;
  Box<FromItem> left;
  Box<FromItem> right;
  std::vector<std::string> using_columns;
  std::string using_alias;
  Box<Expr> on;
  Alias alias;
};

struct FromItem {
  OneOf<TableRef, SubqueryRef, FunctionRef, Join> node;
  int32_t offset = -1;
};

struct CommonTable {
  enum class Materialized { unspecified, always, never };
  std::string name;
  std::vector<std::string> columns;
  Materialized materialized = Materialized::unspecified;
  Box<Query> query;          ///< empty where it changes rows
  Box<RowStatement> change;  ///< INSERT .. RETURNING; in statements that change rows themselves
};

struct SelectItem {
  Box<Expr> expr;
  std::string alias;
};

struct Locking {
  std::string strength;  ///< "UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"
  std::vector<Name> tables;
  std::string wait;  ///< "", "NOWAIT", "SKIP LOCKED"
};

/// SELECT, VALUES or a set operation over two queries.
struct Query {
  enum class SetOperation { none, union_, intersect, except };

  bool recursive = false;
  std::vector<CommonTable> with;

  SetOperation set_operation = SetOperation::none;
  bool set_all = false;
  Box<Query> left;
  Box<Query> right;

  std::vector<std::vector<Expr>> values;  ///< VALUES (..), (..); then nothing below up to order_by is set

  bool distinct = false;
  std::vector<Expr> distinct_on;
  std::vector<SelectItem> targets;
  std::vector<FromItem> from;
  Box<Expr> where;
  std::vector<Expr> group_by;
  bool group_distinct = false;
  Box<Expr> having;
  std::vector<Window> windows;

  std::vector<SortItem> order_by;
  Box<Expr> limit;
  bool limit_with_ties = false;
  Box<Expr> offset;
  std::vector<Locking> locking;
};

}  // namespace pg2crdb::ast
