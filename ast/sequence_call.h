#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "ast/expr.h"
#include "ast/statement.h"

namespace pg2crdb::ast {

/// A name inside a regclass literal: `public.towns_id_seq`, `"Mixed"."Seq"`; nothing where it is no such
/// name.
std::optional<Name> parse_regclass(std::string_view literal);
/// The reverse, quoted where PostgreSQL would quote.
std::string regclass_text(const Name& name);

/// The literal that names the sequence in a call of nextval, setval or currval, under any number of casts;
/// null in other calls and where it is no literal.
Literal* sequence_literal(FunctionCall& call);
/// The same of calls that take any relation: `to_regclass('t')`, `pg_get_serial_sequence('t', 'c')`,
/// `has_table_privilege('t', 'SELECT')`, `pg_relation_size('t')`. Those of sequences are among them.
Literal* relation_literal(FunctionCall& call);
/// The name in a call of a sequence's function; nothing where there is none.
std::optional<Name> called_sequence(const FunctionCall& call);

/// `pg_get_serial_sequence('s.t', 'c')` with literals.
struct SerialSequenceCall {
  Name table;
  std::string column;
};
std::optional<SerialSequenceCall> serial_sequence_call(const FunctionCall& call);

/// The sequence of `nextval('s.q'::regclass)`, alone or under casts and operators (`'X' || nextval(..)`);
/// nothing where the expression calls no nextval on a literal.
std::optional<Name> nextval_sequence(const Expr& expr);

/// `SELECT setval('s.q', 42[, true])` with literals.
struct SetvalCall {
  Name sequence;
  std::string value;  ///< decimal digits
  bool is_called = true;
};
std::optional<SetvalCall> setval_call(const StatementNode& node);

}  // namespace pg2crdb::ast
