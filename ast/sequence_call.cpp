#include "ast/sequence_call.h"

#include <algorithm>
#include <vector>

#include "ast/walk.h"
#include "support/name_size.h"

namespace pg2crdb::ast {
namespace {

/// The literal under any number of casts: `('s.q'::text)::regclass`.
const Literal* literal_under_casts(const Expr& expr) {
  const Expr* inner = &expr;
  while (const auto* cast = std::get_if<Cast>(&inner->node)) inner = &*cast->argument;
  return std::get_if<Literal>(&inner->node);
}

/// A whole number, possibly negative or in quotes with a cast.
std::optional<std::string> integer_argument(const Expr& expr) {
  const auto is_number = [](const Literal& literal) {
    return literal.kind != Literal::Kind::null &&
           std::any_of(literal.text.begin(), literal.text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (const Literal* literal = literal_under_casts(expr))
    return is_number(*literal) ? std::optional(literal->text) : std::nullopt;
  const auto* operation = std::get_if<Operation>(&expr.node);
  if (operation == nullptr || operation->left || operation->op != std::vector<std::string>{"-"})
    return std::nullopt;
  const Literal* literal = literal_under_casts(*operation->right);
  if (literal == nullptr) return std::nullopt;
  return "-" + literal->text;
}

void append_part(std::string& text, const std::string& part) {
  const bool plain = !part.empty() && !(part[0] >= '0' && part[0] <= '9') && part[0] != '$' &&
                     std::all_of(part.begin(), part.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
                     });
  if (plain) {
    text += part;
    return;
  }
  text += '"';
  for (const char c : part) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

}  // namespace

std::optional<Name> parse_regclass(std::string_view literal) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (size_t i = 0; i < literal.size(); ++i) {
    const char c = literal[i];
    if (c == '"') {
      if (quoted && i + 1 < literal.size() && literal[i + 1] == '"') {
        parts.back() += '"';
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (c == '.' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += !quoted && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  for (std::string& part : parts) part.resize(clipped_name(part).size());
  if (quoted || parts.size() > 2 || parts.back().empty() || parts.front().empty()) return std::nullopt;
  return parts.size() == 1 ? Name{{}, parts[0]} : Name{parts[0], parts[1]};
}

std::string regclass_text(const Name& name) {
  std::string text;
  if (!name.schema.empty()) {
    append_part(text, name.schema);
    text += '.';
  }
  append_part(text, name.name);
  return text;
}

Literal* sequence_literal(FunctionCall& call) {
  const std::string& name = call.name.name;
  if ((name != "nextval" && name != "setval" && name != "currval") || call.arguments.empty()) return nullptr;
  return const_cast<Literal*>(literal_under_casts(call.arguments[0]));
}

Literal* relation_literal(FunctionCall& call) {
  constexpr std::string_view functions[] = {"to_regclass",      "pg_get_serial_sequence",
                                            "pg_relation_size", "pg_total_relation_size",
                                            "pg_table_size",    "pg_indexes_size"};
  const std::string& name = call.name.name;
  if (Literal* literal = sequence_literal(call)) return literal;
  if (call.arguments.empty()) return nullptr;
  size_t at = 0;
  if (name == "has_table_privilege" || name == "has_sequence_privilege") {
    if (call.arguments.size() < 2) return nullptr;
    at = call.arguments.size() - 2;
  } else if (std::find(std::begin(functions), std::end(functions), name) == std::end(functions)) {
    return nullptr;
  }
  return const_cast<Literal*>(literal_under_casts(call.arguments[at]));
}

std::optional<SerialSequenceCall> serial_sequence_call(const FunctionCall& call) {
  if (call.name.name != "pg_get_serial_sequence" || call.arguments.size() != 2) return std::nullopt;
  const Literal* table = literal_under_casts(call.arguments[0]);
  const Literal* column = literal_under_casts(call.arguments[1]);
  const std::optional<Name> name = table == nullptr ? std::nullopt : parse_regclass(table->text);
  if (!name || column == nullptr) return std::nullopt;
  return SerialSequenceCall{*name, column->text};
}

std::optional<Name> called_sequence(const FunctionCall& call) {
  const Literal* literal = sequence_literal(const_cast<FunctionCall&>(call));
  return literal == nullptr ? std::nullopt : parse_regclass(literal->text);
}

std::optional<Name> nextval_sequence(const Expr& expr) {
  std::optional<Name> sequence;
  Visitor visitor;
  visitor.expr = [&](Expr& inner) {
    const auto* call = std::get_if<FunctionCall>(&inner.node);
    if (call == nullptr || call->name.name != "nextval" || call->arguments.size() != 1) return;
    if (const Literal* literal = literal_under_casts(call->arguments[0]))
      sequence = parse_regclass(literal->text);
  };
  Expr copy = expr;
  walk(copy, visitor);
  return sequence;
}

std::optional<SetvalCall> setval_call(const StatementNode& node) {
  const auto* select = std::get_if<SelectStatement>(&node);
  if (select == nullptr || select->query->targets.size() != 1) return std::nullopt;
  const Query& query = *select->query;
  // With one of these it may give no row, and set nothing.
  if (!query.from.empty() || query.where || query.having || query.limit || query.offset) return std::nullopt;
  const auto* call = std::get_if<FunctionCall>(&select->query->targets[0].expr->node);
  if (call == nullptr || call->name.name != "setval" || call->arguments.size() < 2) return std::nullopt;
  const Literal* sequence = literal_under_casts(call->arguments[0]);
  const std::optional<std::string> value = integer_argument(call->arguments[1]);
  if (sequence == nullptr || !value) return std::nullopt;
  const std::optional<Name> name = parse_regclass(sequence->text);
  if (!name) return std::nullopt;
  SetvalCall result{*name, *value, true};
  if (call->arguments.size() > 2) {
    const Literal* is_called = literal_under_casts(call->arguments[2]);
    if (is_called == nullptr || is_called->kind == Literal::Kind::null) return std::nullopt;
    result.is_called = is_called->text == "true" || is_called->text == "t";
  }
  return result;
}

}  // namespace pg2crdb::ast
