// Calls of functions that CockroachDB does not have, where others do the same: concat() of an array's
// elements, make_interval(). sha256() and its like are there, but give the digits as a text.
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "ast/shown_name.h"
#include "ast/walk.h"
#include "routines/conversion.h"
#include "routines/intervals.h"
#include "routines/query_columns.h"
#include "routines/text_calls.h"

namespace pg2crdb::routines {

namespace {

bool is_built_in(const ast::Catalog& catalog, const ast::Name& name) {
  return (name.schema.empty() || name.schema == "pg_catalog") && !catalog.has_function(name);
}
bool is_digest(const ast::Name& name) {
  constexpr std::string_view algorithms[] = {"sha224", "sha256", "sha384", "sha512"};
  return (name.schema.empty() || name.schema == "pg_catalog") &&
         std::ranges::find(algorithms, name.name) != std::end(algorithms);
}
/// Of a function of the script of the same name, too, it is the one that takes bytes.
bool is_built_in(const Conversion& conversion, const ast::FunctionCall& call) {
  if (is_built_in(conversion.routine.catalog, call.name)) return true;
  if (!is_digest(call.name) || call.arguments.size() != 1) return false;
  const std::optional<ast::TypeName> type = type_of_value(conversion, call.arguments[0]);
  return type && type->name.name == "bytea" && type->array_bounds.empty();
}

/// PostgreSQL computes the one by the other.
bool concat(ast::FunctionCall& call) {
  const bool with_separator = call.name.name == "concat_ws";
  const size_t arguments = with_separator ? 2 : 1;
  if (!call.variadic || (call.name.name != "concat" && !with_separator) || call.arguments.size() != arguments)
    return false;
  call.name = {"", "array_to_string"};
  call.variadic = false;
  if (with_separator)
    std::swap(call.arguments[0], call.arguments[1]);
  else
    call.arguments.push_back(text_literal(""));
  return true;
}

/// `format(f, VARIADIC ARRAY['a', 'b'])`
bool format(ast::FunctionCall& call) {
  auto* last = call.arguments.empty() ? nullptr : std::get_if<ast::ArrayExpr>(&call.arguments.back().node);
  const bool are_texts = last != nullptr && std::ranges::all_of(last->elements, [](const ast::Expr& one) {
                           const auto* literal = std::get_if<ast::Literal>(&one.node);
                           return literal != nullptr && literal->kind == ast::Literal::Kind::string;
                         });
  if (!call.variadic || call.name.name != "format" || !are_texts) return false;
  std::vector<ast::Expr> elements = std::move(last->elements);
  call.arguments.pop_back();
  std::ranges::move(elements, std::back_inserter(call.arguments));
  call.variadic = false;
  return true;
}

/// A sum of units: NULL where one of them is.
std::optional<ast::Expr> interval(const ast::FunctionCall& call) {
  struct Unit {
    std::string_view parameter;
    std::string_view length;
  };
  constexpr Unit units[] = {{"years", "1 year"}, {"months", "1 month"}, {"weeks", "1 week"},
                            {"days", "1 day"},   {"hours", "1 hour"},   {"mins", "1 minute"},
                            {"secs", "1 second"}};
  if (call.variadic || call.modifiers) return std::nullopt;
  if (call.arguments.empty()) {
    ast::Cast nothing;
    nothing.argument = text_literal("0 days");
    nothing.type = built_in_type("interval");
    return ast::Expr{std::move(nothing)};
  }
  std::optional<ast::Expr> sum;
  std::set<const Unit*> given;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const auto* named = std::get_if<ast::NamedArgument>(&call.arguments[i].node);
    const Unit* unit = i < std::size(units) ? &units[i] : std::end(units);
    if (named != nullptr) unit = std::ranges::find(units, named->name, &Unit::parameter);
    if (unit == std::end(units) || !given.insert(unit).second) return std::nullopt;
    ast::Expr count = named != nullptr ? *named->argument : call.arguments[i];
    if (unit->parameter == "secs") {
      ast::Cast cast;
      cast.argument = std::move(count);
      cast.type = built_in_type("float8");
      count = ast::Expr{std::move(cast)};
    }
    ast::Cast one;
    one.argument = text_literal(std::string(unit->length));
    one.type = built_in_type("interval");
    ast::Operation product;
    product.op = {"*"};
    product.left = std::move(count);
    product.right = ast::Expr{std::move(one)};
    if (!sum) {
      sum = ast::Expr{std::move(product)};
      continue;
    }
    ast::Operation more;
    more.op = {"+"};
    more.left = std::move(*sum);
    more.right = ast::Expr{std::move(product)};
    sum = ast::Expr{std::move(more)};
  }
  return sum;
}

/// `digest(b::BYTEA, 'sha256')`
std::optional<ast::Expr> digest(const ast::FunctionCall& call) {
  if (!is_digest(call.name) || call.arguments.size() != 1 || call.variadic || call.modifiers)
    return std::nullopt;
  ast::Cast bytes;
  bytes.argument = call.arguments[0];
  bytes.type = built_in_type("bytea");
  const auto* cast = std::get_if<ast::Cast>(&call.arguments[0].node);
  const bool is_cast = cast != nullptr && cast->type.name.name == "bytea" && cast->type.array_bounds.empty();
  ast::FunctionCall now;
  now.name.name = "digest";
  now.arguments.push_back(is_cast ? call.arguments[0] : ast::Expr{std::move(bytes)});
  now.arguments.push_back(text_literal(call.name.name));
  return ast::Expr{std::move(now)};
}

/// uuidv4() of PostgreSQL 18 (type facts 6).
std::optional<ast::Expr> random_uuid(const ast::FunctionCall& call) {
  if (!call.arguments.empty() || call.modifiers) return std::nullopt;
  ast::FunctionCall now;
  now.name.name = "gen_random_uuid";
  return ast::Expr{std::move(now)};
}

std::optional<ast::Expr> replaced(const ast::FunctionCall& call) {
  if (call.name.name == "uuidv4") return random_uuid(call);
  return call.name.name == "make_interval" ? interval(call) : digest(call);
}

/// What shows a call without an alias is called by it: where `is_written` otherwise, the name stays.
template <class Tree, class IsWritten>
void keep_names(Tree& tree, IsWritten is_written) {
  ast::Visitor look;
  look.query = [&](ast::Query& query) {
    for (ast::SelectItem& item : query.targets) {
      if (!item.alias.empty()) continue;
      const std::string name = ast::shown_name(item);
      bool is_of_call = false;
      ast::Visitor calls;
      calls.expr = [&](ast::Expr& expr) {
        const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
        is_of_call = is_of_call || (call != nullptr && call->name.name == name && is_written(*call));
      };
      ast::walk(*item.expr, calls);
      if (is_of_call) item.alias = name;
    }
  };
  ast::walk(tree, look);
}

}  // namespace

bool write_intervals(ast::StatementNode& statement, const ast::Catalog& catalog) {
  keep_names(statement, [&](const ast::FunctionCall& call) {
    return call.name.name == "make_interval" && is_built_in(catalog, call.name) && interval(call);
  });
  bool any = false;
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    if (call == nullptr || call->name.name != "make_interval" || !is_built_in(catalog, call->name)) return;
    std::optional<ast::Expr> sum = interval(*call);
    if (!sum) return;
    const int32_t offset = expr.offset;
    expr = std::move(*sum);
    expr.offset = offset;
    any = true;
  };
  ast::walk(statement, look);
  return any;
}

void convert_calls(Conversion& conversion) {
  keep_names(conversion.body,
             [&](const ast::FunctionCall& call) { return is_built_in(conversion, call) && replaced(call); });
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    if (call == nullptr || !is_built_in(conversion, *call)) return;
    if (!conversion.routine.target.has(Capability::variadic) && (concat(*call) || format(*call)))
      conversion.note("VARIADIC", expr.offset);
    if (std::optional<ast::Expr> now = replaced(*call)) {
      const int32_t offset = expr.offset;
      conversion.note(call->name.name + "()", offset);
      expr = std::move(*now);
      expr.offset = offset;
    }
  };
  ast::walk(conversion.body, look);
  each_part(conversion.body, [&](ast::plpgsql::StaticSql& one) {
    auto* text = std::get_if<ast::Opaque>(&one.statement);
    const auto is_looked_for = [](const std::string& name, const std::string&) {
      return name == "make_interval" || name == "uuidv4" || name.starts_with("sha");
    };
    std::string written;
    const auto rewrite = [&](const ast::Expr& expr) -> std::optional<ast::Expr> {
      const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
      std::optional<ast::Expr> now =
          call != nullptr && is_built_in(conversion, *call) ? replaced(*call) : std::nullopt;
      if (now) written = call->name.name + "()";
      return now;
    };
    if (text != nullptr && rewrite_calls(text->text, is_looked_for, rewrite))
      conversion.note(written, one.offset);
  });
}

}  // namespace pg2crdb::routines
