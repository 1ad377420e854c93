#pragma once
#include <optional>
#include <string>

#include "ast/expr.h"
#include "bind/binder.h"

namespace pg2crdb::bind {

/// What the rows of a relation of PostgreSQL's catalog are about.
enum class CatalogRows {
  types,
  labels,
  relations,   ///< everything that pg_class has
  tables,      ///< without views
  selectable,  ///< what information_schema has of them
  indexes,
  columns,
  selectable_columns,
  constraints,  ///< and those of domains
  table_constraints,
  triggers,
  policies,
  roles,
  logins,
  schemas,
};

/// `EXISTS (SELECT FROM pg_type WHERE typname = 'mood')`, its negation, and other ways to ask whether the
/// catalog has something. What is empty is not asked for.
struct CatalogQuestion {
  CatalogRows rows = CatalogRows::relations;
  bool absent = false;  ///< whether it is not there
  std::string name = {};
  std::optional<std::string> relation = {};  ///< that it lives in, or of a label its type; by its bare name
  std::optional<std::string> schema = {};    ///< of that
  std::optional<ast::Name> place = {};       ///< the relation as the path leads to it: 't'::regclass
  bool has_more = false;  ///< it asks for what is not understood: that can only leave rows out
};

/// Nothing where the expression asks anything else.
std::optional<CatalogQuestion> catalog_question(const ast::Expr& condition, const ast::Script& script,
                                                const Binder& binder);

}  // namespace pg2crdb::bind
