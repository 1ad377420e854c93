#include "passes/adapt_expressions/missing_overloads.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

bool is_one(const ast::Expr& expr, std::string_view type, bind::ExpressionTypes& types) {
  const ast::TypeName of = types.of(expr);
  return of.array_bounds.empty() && built_in(of.name) && of.name.name == type;
}

bool is_negative(const ast::Expr& expr) {
  if (const auto* literal = std::get_if<ast::Literal>(&expr.node)) return literal->text.starts_with('-');
  const auto* sign = std::get_if<ast::Operation>(&expr.node);
  return sign != nullptr && sign->op.size() == 1 && sign->op.front() == "-" && !sign->left;
}

/// What a call of that name gives of its only argument.
void call_of(ast::Expr& argument, std::string_view name) {
  ast::FunctionCall call;
  call.name.name = name;
  call.arguments.push_back(std::move(argument));
  argument = ast::Expr{std::move(call), -1};
}

}  // namespace

bool overload_missing(const ast::FunctionCall& call, const Target& target, bind::ExpressionTypes& types) {
  const std::string& name = call.name.name;
  const std::vector<ast::Expr>& arguments = call.arguments;
  const bool formats = target.has(Capability::formatting_functions);
  if (name == "to_timestamp") return arguments.size() == 2 && !formats;
  if (name == "like_escape" || name == "unaccent") return arguments.size() == 2;
  const auto given = [&](size_t i) {
    return i < arguments.size() ? type_of(types.of(arguments[i])) : Type::unknown;
  };
  const auto is = [&](size_t i, std::string_view type) {
    return i < arguments.size() && is_one(arguments[i], type, types);
  };
  if (name == "ltrim" || name == "rtrim" || name == "btrim") return is(0, "bytea");
  if (name == "overlay") return is(0, "bytea") || is(0, "bit") || is(0, "varbit");
  if (name == "length") return arguments.size() == 2 || is(0, "tsvector");
  if (name == "to_tsvector") return is(arguments.size() - 1, "jsonb") || is(arguments.size() - 1, "json");
  if (name == "generate_series") return given(0) == Type::decimal || given(1) == Type::decimal;
  if (name == "width_bucket")
    return given(0) == Type::floating || given(1) == Type::floating || given(2) == Type::floating;
  if (name == "split_part" && arguments.size() == 3 && !target.has(Capability::split_part_from_end))
    return is_negative(arguments[2]);
  if (name == "regexp_replace") return arguments.size() > 4 || given(3) == Type::integer;
  if (name == "timezone") return given(0) == Type::interval || given(0) == Type::time;
  if (name == "age") {
    const auto any_is = [&](Type type) {
      return std::ranges::any_of(arguments,
                                 [&](const ast::Expr& one) { return type_of(types.of(one)) == type; });
    };
    return any_is(Type::timestamp) && !any_is(Type::timestamptz);
  }
  if (name != "to_char" || arguments.size() != 2 || formats) return false;
  const Type type = type_of(types.of(arguments[0]));
  if (type == Type::integer || type == Type::decimal || type == Type::floating) return true;
  const ast::Literal* pattern = string_literal(arguments[1]);
  return pattern != nullptr && !pattern->text.empty() &&
         pattern->text.find_first_not_of("FM09.,SDGLV \"-+") == std::string::npos;
}

bool operator_missing(const ast::Operation& operation, bind::ExpressionTypes& types) {
  if (!operation.left || !operation.right || operation.op.empty()) return false;
  const std::string& op = operation.op.back();
  const auto either = [&](std::string_view type) {
    return is_one(*operation.left, type, types) || is_one(*operation.right, type, types);
  };
  constexpr std::string_view of_searches[] = {"||", "&&", "<->", "<@", "@>", "<", "<=", ">", ">="};
  constexpr std::string_view likes[] = {"~~", "!~~"};
  if (op == "@@" && (either("jsonb") || either("jsonpath"))) return true;
  const auto is_text = [&](const ast::Expr& one) { return type_of(types.of(one)) == Type::text; };
  if (op == "<->" && (is_text(*operation.left) || is_text(*operation.right))) return true;
  if (contains(of_searches, op)) return either("tsvector") || either("tsquery");
  return contains(likes, op) && either("bytea");
}

bool write_text_match(ast::Operation& operation, bind::ExpressionTypes& types) {
  const bool matches = operation.kind == ast::Operation::Kind::op && !operation.op.empty() &&
                       operation.op.back() == "@@" && operation.left && operation.right;
  if (!matches) return false;
  ast::Expr &text = *operation.left, &query = *operation.right;
  if (type_of(types.of(text)) != Type::text) return false;
  const Type type = type_of(types.of(query));
  const bool is_text = type == Type::text || (type == Type::unknown && string_literal(query) != nullptr);
  if (!is_text && !is_one(query, "tsquery", types)) return false;
  call_of(text, "to_tsvector");
  if (is_text) call_of(query, "plainto_tsquery");
  return true;
}

}  // namespace pg2crdb::adapt
