#pragma once
#include <string>
#include <vector>

#include "bind/expression_types.h"
#include "passes/adapt_expressions/literals.h"
#include "target/target.h"

namespace pg2crdb::adapt {

/// What of the expression alone CockroachDB has no counterpart for: "reads the system column `ctid`"; empty
/// where there is one.
std::string absent_form(const ast::Expr& expr, const Target& target, bind::ExpressionTypes& types);

/// The same of a text that becomes a value of that type: `'{{1,2},{3,4}}'`, `'[0:1]={1,2}'` of an array.
std::string absent_array(const ast::Expr& value, const ast::TypeName& type, const Target& target);
/// The same of texts that become arrays beside others in the expression, of which `groups` are those of one
/// type: `a || '{{1,2}}'`, `COALESCE(a, '{{1,2}}')`.
std::string absent_array_beside(const ast::Expr& expr, const std::vector<Group>& groups, const Target& target,
                                bind::ExpressionTypes& types);
/// The same of what a call gives one of the routines of the script, or a function of PostgreSQL's own.
std::string absent_argument(const ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
                            const Target& target, bind::ExpressionTypes& types);

/// Writes an operator as the function that CockroachDB has for it: `@ n` as abs(n), `j @? p` as
/// jsonb_path_exists(j, p). In trees of statements rules do that (renamed-functions).
bool write_operator_as_call(ast::Expr& expr, const Target& target);

/// `ARRAY[[1, 2], [3, 4]]`, which CockroachDB takes as an array of arrays (type facts 1, transcript 08).
bool makes_nested_array(const ast::Expr& expr);

}  // namespace pg2crdb::adapt
