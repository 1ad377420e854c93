#pragma once
#include <string_view>
#include <vector>

#include "ast/catalog.h"
#include "ast/expr.h"
#include "bind/expression_types.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {

/// Whether PostgreSQL makes one of a type the other without a word, in an argument or beside it; never of a
/// type itself.
bool becomes(Type from, Type to);

/// The type that PostgreSQL gives a date beside a timestamp, citext beside text and their kin, by its name;
/// empty where CockroachDB takes both as they are, or PostgreSQL refuses them.
std::string_view one_type(Type left, Type right);

/// Casts values that stand where all are of one type: times beside dates, citext beside text. Numbers are
/// `write_choice`'s. Whether any was.
bool write_one_type(const std::vector<ast::Expr*>& values, bind::ExpressionTypes& types);

/// Casts what PostgreSQL joins to a text as the text of itself, and CockroachDB does not take: enums. Whether
/// any was.
bool write_joined(ast::Operation& operation, bind::ExpressionTypes& types, const ast::Catalog& catalog);

}  // namespace pg2crdb::adapt
