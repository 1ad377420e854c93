#pragma once
#include "bind/expression_types.h"
#include "passes/adapt_expressions/literals.h"

namespace pg2crdb::adapt {

/// What became of an expression where columns of hstore become jsonb.
enum class HstoreUse {
  none,       ///< it has nothing to do with hstore
  kept,       ///< it means the same
  rewritten,  ///< it means the same as it is now
  missing,    ///< jsonb has nothing that means the same
};

/// A constant of the type, or what is stored as it: as JSON.
HstoreUse write_hstore_constant(ast::Expr& value, const ast::TypeName& type);

/// `->` of a key, `?`, `?&`, `?|`, `=` and `<>` of an hstore.
HstoreUse write_hstore_operator(ast::Operation& operation, bind::ExpressionTypes& types,
                                const ast::Catalog& catalog);

/// Whether a cast or a call writes an hstore as text, whose words jsonb's are not: `"a"=>"1"`, {"a": "1"}.
bool writes_hstore_as_text(const ast::Expr& value, bind::ExpressionTypes& types, const ast::Catalog& catalog);

/// The constants among what COALESCE, CASE, GREATEST and LEAST choose from beside such values, `groups` of
/// one type each: the rest, operands, is told by the operator. Whether any was written.
bool write_hstore_choices(const ast::Expr& expr, const std::vector<Group>& groups,
                          bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
