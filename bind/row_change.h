#pragma once
#include <string>
#include <vector>

#include "ast/script.h"

namespace pg2crdb::bind {

/// INSERT, UPDATE and DELETE are text to the tree. Where they go out as statements (`compile --in-order`),
/// what each computes stands in the script as queries of its own, so that passes look at its expressions and
/// types as at all others. These queries never go out: row_statements takes what became of them, and writes
/// it into the text or leaves the statement for a person.
bool is_row_change(const ast::StatementNode& node);

/// Adds the queries of a statement; the first of them has the returned place, the others follow. The place
/// behind the last statement where there are none: rows of literals compute nothing.
ast::StatementId add_queries(ast::Script& script, const ast::Statement& change);

/// The same queries of a text, to be compared with what became of them.
std::vector<ast::Query> queries_of(const std::string& text);

/// Whether it is an UPDATE or DELETE whose WHERE never holds: `false`, `1 = 0`.
bool changes_no_rows(const ast::Opaque& opaque);

/// The statement whose query this is; null for all others.
ast::Statement* row_change_of(ast::Script& script, const ast::Statement& query);

}  // namespace pg2crdb::bind
