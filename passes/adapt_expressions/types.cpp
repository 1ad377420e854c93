#include "passes/adapt_expressions/types.h"

#include <string>

#include "bind/expression_types.h"

namespace pg2crdb::adapt {
namespace {

constexpr std::string_view text_types[] = {
    "box",           "circle",         "datemultirange", "daterange", "int4multirange",
    "int4range",     "int8multirange", "int8range",      "line",      "lseg",
    "nummultirange", "numrange",       "path",           "point",     "polygon",
    "tsmultirange",  "tsrange",        "tstzmultirange", "tstzrange", "xml",
};
/// Of extensions, in whichever schema.
constexpr std::string_view extension_text_types[] = {"cube",      "halfvec", "hstore",   "lquery",
                                                     "ltxtquery", "seg",     "sparsevec"};

}  // namespace

bool writes_arguments(const ast::FunctionCall& call) {
  constexpr std::string_view writing[] = {"array_to_json",
                                          "array_to_string",
                                          "concat",
                                          "concat_ws",
                                          "format",
                                          "json_agg",
                                          "json_build_array",
                                          "json_build_object",
                                          "json_object_agg",
                                          "jsonb_agg",
                                          "jsonb_build_array",
                                          "jsonb_build_object",
                                          "jsonb_object_agg",
                                          "row_to_json",
                                          "to_json",
                                          "to_jsonb"};
  return built_in(call.name) && contains(writing, call.name.name);
}

Type type_of(const ast::TypeName& type) {
  if (type.name.empty() || type.percent_type) return Type::unknown;
  if (!type.array_bounds.empty()) return Type::other;
  const std::string& name = type.name.name;
  if (contains(extension_text_types, name)) return Type::becomes_text;
  if (name == "citext") return Type::citext;
  if (!built_in(type.name)) return Type::other;
  if (name.starts_with("any")) return Type::unknown;
  if (contains(text_types, name)) return Type::becomes_text;
  if (name == "int2" || name == "int4" || name == "int8" || name == "smallint" || name == "integer" ||
      name == "bigint")
    return Type::integer;
  if (name.starts_with("serial") || name == "bigserial" || name == "smallserial") return Type::integer;
  if (name == "float4" || name == "float8") return Type::floating;
  if (name == "numeric") return Type::decimal;
  if (name == "text" || name == "varchar" || name == "bpchar") return Type::text;
  if (name == "date") return Type::date;
  if (name == "time") return Type::time;
  if (name == "timetz") return Type::timetz;
  if (name == "timestamp") return Type::timestamp;
  if (name == "timestamptz") return Type::timestamptz;
  if (name == "interval") return Type::interval;
  if (name == "money") return Type::money;
  return Type::other;
}

bool is_time(Type type) {
  return type == Type::date || type == Type::time || type == Type::timetz || type == Type::timestamp ||
         type == Type::timestamptz || type == Type::interval;
}

bool same_type(const ast::TypeName& left, const ast::TypeName& right) {
  const bool same_schema =
      left.name.schema == right.name.schema || left.name.schema.empty() || right.name.schema.empty();
  return left.name.name == right.name.name && same_schema && left.array_bounds == right.array_bounds;
}

void cast_to(ast::Expr& value, std::string_view type) {
  value = {ast::Cast{ast::Box<ast::Expr>(value), bind::own_type(type)}, value.offset};
}

std::vector<ast::Expr*> choices(ast::Expr& expr) {
  std::vector<ast::Expr*> values;
  if (auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) {
    for (ast::Expr& one : coalesce->arguments) values.push_back(&one);
  } else if (auto* most = std::get_if<ast::MinMax>(&expr.node)) {
    for (ast::Expr& one : most->arguments) values.push_back(&one);
  } else if (auto* choice = std::get_if<ast::Case>(&expr.node)) {
    for (ast::CaseWhen& when : choice->whens) values.push_back(&*when.result);
    if (choice->otherwise) values.push_back(&*choice->otherwise);
  }
  return values;
}

const ast::Literal* string_literal(const ast::Expr& expr) {
  const ast::Expr* inner = &expr;
  while (const auto* cast = std::get_if<ast::Cast>(&inner->node)) inner = &*cast->argument;
  const auto* literal = std::get_if<ast::Literal>(&inner->node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string ? literal : nullptr;
}

}  // namespace pg2crdb::adapt
