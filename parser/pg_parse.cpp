#include "parser/parser.h"
#include "parser/pg_tree.h"
#include "parser/plain_constants.h"
#include "parser/statement_text.h"
#include "parser/transform.h"

namespace pg2crdb {
namespace {

ParsedStatement unparsed(std::string_view sql, std::string error, int32_t offset) {
  return {ast::Opaque{"unparsed", std::string(without_semicolon(sql))}, std::move(error), offset};
}

/// Of what is kept word for word. PostgreSQL's own stack ends before, as it is set up at first.
constexpr int deepest = 8192;

/// `prefix` bytes of `sql` are ours.
ParsedStatement parse(std::string_view sql, size_t prefix, bool rows_as_text = true) {
  const size_t zero = sql.find('\0');
  if (zero != std::string_view::npos) {
    return unparsed(sql, "the statement holds a zero byte", static_cast<int32_t>(zero));
  }
  static thread_local std::string terminated;
  terminated.assign(sql);
  const transform::PgTree tree(terminated);
  if (!tree.good()) return unparsed(sql, tree.error(), tree.error_offset());

  const auto statements = tree.statements();
  if (statements.size() == 0) return {ast::Opaque{"empty", std::string(without_semicolon(sql))}, {}, -1};
  if (statements.size() > 1) return unparsed(sql, "more than one statement", -1);
  const Node* node = statements[0].stmt;
  transform::Context context{sql, static_cast<int32_t>(prefix)};
  context.rows_as_text = rows_as_text;
  try {
    return {transform::statement(context, node), {}, -1};
  } catch (const transform::TooDeep&) {
  } catch (const transform::Unmodelled&) {
    if (!transform::nested_deeper(node, deepest)) {
      return {ast::Opaque{transform::opaque_kind(node),
                          transform::with_plain_constants(std::string(without_semicolon(sql)))},
              {},
              -1};
    }
  }
  return unparsed(sql, "the statement is nested too deeply", -1);
}

std::optional<ast::Expr> only_expression(ParsedStatement parsed) {
  auto* select = std::get_if<ast::SelectStatement>(&parsed.node);
  return select ? transform::only_expression(*select->query) : std::nullopt;
}

/// `sql` in the middle of a statement; a comment at its end must not swallow what follows.
ParsedStatement parse_between(std::string_view before, std::string_view sql, std::string_view after) {
  std::string whole;
  whole.reserve(before.size() + sql.size() + after.size());
  whole.append(before).append(sql).append(after);
  return parse(whole, before.size());
}

}  // namespace

ParsedStatement parse_statement(std::string_view sql) {
  return parse(sql, 0);
}

ParsedStatement parse_whole_statement(std::string_view sql) {
  return parse(sql, 0, false);
}

std::optional<ast::Expr> parse_expression(std::string_view sql) {
  return only_expression(parse_between("SELECT ", sql, ""));
}

std::optional<ast::TypeName> parse_type(std::string_view sql) {
  if (std::optional<ast::Expr> expr = only_expression(parse_between("SELECT NULL::", sql, ""))) {
    if (auto* cast = std::get_if<ast::Cast>(&expr->node)) {
      const auto* literal = std::get_if<ast::Literal>(&cast->argument->node);
      if (literal && literal->kind == ast::Literal::Kind::null) return std::move(cast->type);
    }
  }
  // t.c%TYPE is a type only in a function's signature.
  ParsedStatement parsed = parse_between("CREATE FUNCTION f(", sql, "\n) RETURNS void LANGUAGE sql AS ''");
  auto* function = std::get_if<ast::CreateFunction>(&parsed.node);
  if (!function || function->parameters.size() != 1) return std::nullopt;
  ast::FunctionParameter& parameter = function->parameters[0];
  if (!parameter.name.empty() || parameter.default_value || parameter.mode_written ||
      parameter.mode != ast::FunctionParameter::Mode::in) {
    return std::nullopt;
  }
  return std::move(parameter.type);
}

}  // namespace pg2crdb
