#pragma once
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "ast/index_element.h"
#include "ast/one_of.h"
#include "ast/query.h"

/// Statements that change rows. Each may stand in a WITH, too (`CommonTable::change`).
namespace pg2crdb::ast {

/// What gets a value: `c`, `c.field`, `c[1]`.
struct AssignedColumn {
  ColumnRef column;  ///< one name, of a column of the table that is changed
  std::vector<Step> steps;
  int32_t offset = -1;
};

/// `c = value`; where `row` is set, `(a, b) = value`.
struct Assignment {
  std::vector<AssignedColumn> columns;
  bool row = false;
  Box<Expr> value;
};

struct Returning {
  Sparse<std::string> old_name;  ///< RETURNING WITH (OLD AS o, NEW AS n); empty where not said
  Sparse<std::string> new_name;
  std::vector<SelectItem> targets;  ///< empty: there is no RETURNING
};

enum class Overriding { none, user_value, system_value };

struct OnConflict {
  std::vector<IndexElement> elements;
  Box<Expr> predicate;     ///< of a partial index: ON CONFLICT (a) WHERE predicate
  std::string constraint;  ///< ON CONFLICT ON CONSTRAINT c
  bool update = false;     ///< DO UPDATE rather than DO NOTHING
  std::vector<Assignment> set;
  Box<Expr> where;
};

struct Insert {
  bool recursive = false;
  std::vector<CommonTable> with;
  TableRef table;
  std::vector<AssignedColumn> columns;
  Overriding overriding = Overriding::none;
  Box<Query> query;  ///< VALUES, SELECT; where this and `rows` are empty: DEFAULT VALUES
  /// VALUES of literals and DEFAULT alone, word for word from the first parenthesis to the last: there may be
  /// any number of them, and nothing in them to look at.
  std::string rows;
  Box<OnConflict> conflict;
  Returning returning;
};

struct Update {
  bool recursive = false;
  std::vector<CommonTable> with;
  TableRef table;
  std::vector<Assignment> set;
  std::vector<FromItem> from;
  Box<Expr> where;
  Sparse<std::string> current_of;  ///< WHERE CURRENT OF cursor
  Returning returning;
};

struct Delete {
  bool recursive = false;
  std::vector<CommonTable> with;
  TableRef table;
  std::vector<FromItem> using_;
  Box<Expr> where;
  Sparse<std::string> current_of;  ///< WHERE CURRENT OF cursor
  Returning returning;
};

struct MergeAction {
  enum class When { matched, not_matched_by_source, not_matched_by_target };
  enum class Kind { nothing, insert, update, delete_ };
  When when = When::matched;
  Box<Expr> condition;
  Kind kind = Kind::nothing;
  std::vector<Assignment> set;          ///< of an update
  std::vector<AssignedColumn> columns;  ///< of an insert, as the two below
  Overriding overriding = Overriding::none;
  std::vector<Expr> values;  ///< empty: DEFAULT VALUES
};

struct Merge {
  bool recursive = false;
  std::vector<CommonTable> with;
  TableRef table;
  Box<FromItem> source;
  Box<Expr> on;
  std::vector<MergeAction> actions;
  Returning returning;
};

template <class Statement>
inline constexpr bool changes_rows = std::is_same_v<Statement, Insert> || std::is_same_v<Statement, Update> ||
                                     std::is_same_v<Statement, Delete> || std::is_same_v<Statement, Merge>;

/// One of them inside of another statement.
struct RowStatement {
  OneOf<Insert, Update, Delete, Merge> node;
};

}  // namespace pg2crdb::ast
