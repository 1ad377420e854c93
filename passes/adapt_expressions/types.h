#pragma once
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "ast/expr.h"

namespace pg2crdb::adapt {

template <class Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

inline bool built_in(const ast::Name& name) {
  return name.schema.empty() || name.schema == "pg_catalog";
}

/// Types, as far as operators and functions of CockroachDB tell them apart.
enum class Type {
  unknown,
  integer,
  floating,
  decimal,
  text,
  citext,
  date,
  time,
  timetz,
  timestamp,
  timestamptz,
  interval,
  money,
  becomes_text,  ///< equality and || are left of its operators, and functions of any type
  other
};

Type type_of(const ast::TypeName& type);
/// What `printed_value` calls a type whose constants CockroachDB keeps as they are written, texts mostly:
/// with
/// `[]` where it is an array's. Empty of other types.
std::string printed_as(const ast::TypeName& type);
/// The type of an array's elements, or of what is none.
ast::TypeName element_type(ast::TypeName type);
/// An interval is one, too.
bool is_time(Type type);

/// Schemas count where both are written.
bool same_type(const ast::TypeName& left, const ast::TypeName& right);

/// Writes `value::type`, a type of PostgreSQL's own.
void cast_to(ast::Expr& value, std::string_view type);

/// A function of PostgreSQL's own that makes text or JSON of values as their output functions write them.
bool writes_arguments(const ast::FunctionCall& call);

/// Null where it is none, or none without casts around it.
const ast::Literal* string_literal(const ast::Expr& expr);
/// What COALESCE, GREATEST, LEAST or CASE gives one of; none of other expressions.
std::vector<ast::Expr*> choices(ast::Expr& expr);

}  // namespace pg2crdb::adapt
