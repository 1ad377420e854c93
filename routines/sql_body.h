#pragma once
#include <string>
#include <vector>

#include "ast/statement.h"
#include "parser/sql_body.h"

namespace pg2crdb::routines {

/// The body of a routine in SQL, with its `statements` where a pass changed them, and where CockroachDB reads
/// the text otherwise than PostgreSQL does: operators of other ranks, `integer`, which may mean INT8 there.
/// What stands around these stays as it was, to the byte. Comments inside of a statement that is written anew
/// stand before it.
std::string written_body(const ast::CreateFunction& function);

/// The same of a text that is one statement, which `before` was read from. Offsets of what it is now are
/// `shift` more.
std::string written_statement(const std::string& text, WrittenStatement before, const ast::StatementNode& now,
                              int32_t shift);

/// Writes `$1` for a parameter that a body in SQL names with the routine's name before it, and `($1).field`
/// for a field of one: in CockroachDB what stands before a dot is a relation. The names as they were written,
/// each once.
std::vector<std::string> number_parameters(ast::CreateFunction& function);

enum class Types {
  as_they_are,
  as_text,  ///< each of the server's own, whatever becomes of it later
};

/// The same, with all statements written anew that are no text to us: `$1.field` is `($1).field` then, and
/// whatever else CockroachDB has another form for.
std::string rewritten_body(const ast::CreateFunction& function, Types types = Types::as_they_are);

}  // namespace pg2crdb::routines
