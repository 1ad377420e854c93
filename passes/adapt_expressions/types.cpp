#include "passes/adapt_expressions/types.h"

#include <string>
#include <unordered_map>

#include "bind/expression_types.h"

namespace pg2crdb::adapt {
namespace {

/// Of PostgreSQL's own.
const std::unordered_map<std::string_view, Type> built_in_types = {
    {"int2", Type::integer},
    {"int4", Type::integer},
    {"int8", Type::integer},
    {"smallint", Type::integer},
    {"integer", Type::integer},
    {"bigint", Type::integer},
    {"serial", Type::integer},
    {"serial2", Type::integer},
    {"serial4", Type::integer},
    {"serial8", Type::integer},
    {"bigserial", Type::integer},
    {"smallserial", Type::integer},
    {"float4", Type::floating},
    {"float8", Type::floating},
    {"numeric", Type::decimal},
    {"text", Type::text},
    {"varchar", Type::text},
    {"bpchar", Type::text},
    {"date", Type::date},
    {"time", Type::time},
    {"timetz", Type::timetz},
    {"timestamp", Type::timestamp},
    {"timestamptz", Type::timestamptz},
    {"interval", Type::interval},
    {"money", Type::money},
    {"box", Type::becomes_text},
    {"circle", Type::becomes_text},
    {"datemultirange", Type::becomes_text},
    {"daterange", Type::becomes_text},
    {"int4multirange", Type::becomes_text},
    {"int4range", Type::becomes_text},
    {"int8multirange", Type::becomes_text},
    {"int8range", Type::becomes_text},
    {"line", Type::becomes_text},
    {"lseg", Type::becomes_text},
    {"macaddr", Type::becomes_text},
    {"macaddr8", Type::becomes_text},
    {"nummultirange", Type::becomes_text},
    {"numrange", Type::becomes_text},
    {"path", Type::becomes_text},
    {"point", Type::becomes_text},
    {"polygon", Type::becomes_text},
    {"tsmultirange", Type::becomes_text},
    {"tsrange", Type::becomes_text},
    {"tstzmultirange", Type::becomes_text},
    {"tstzrange", Type::becomes_text},
    {"xml", Type::becomes_text},
};
/// Of extensions, in whichever schema.
const std::unordered_map<std::string_view, Type> extension_types = {
    {"citext", Type::citext},          {"cube", Type::becomes_text},   {"halfvec", Type::becomes_text},
    {"hstore", Type::becomes_text},    {"isbn", Type::becomes_text},   {"lquery", Type::becomes_text},
    {"ltxtquery", Type::becomes_text}, {"seg", Type::becomes_text},    {"sparsevec", Type::becomes_text},
    {"ean13", Type::becomes_text},     {"isbn13", Type::becomes_text}, {"ismn", Type::becomes_text},
    {"ismn13", Type::becomes_text},    {"issn", Type::becomes_text},   {"issn13", Type::becomes_text},
    {"upc", Type::becomes_text},
};

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
  if (const auto known = extension_types.find(name); known != extension_types.end()) return known->second;
  if (!built_in(type.name)) return Type::other;
  if (const auto known = built_in_types.find(name); known != built_in_types.end()) return known->second;
  return name.starts_with("any") ? Type::unknown : Type::other;
}

std::string printed_as(const ast::TypeName& type) {
  constexpr std::string_view others[] = {"cid",         "cidr", "int2vector",    "name", "oidvector",
                                         "pg_snapshot", "tid",  "txid_snapshot", "xid",  "xid8"};
  const ast::TypeName element = element_type(type);
  const bool is_kept =
      type_of(element) == Type::becomes_text ||
      (built_in(element.name) && !element.percent_type && contains(others, element.name.name));
  return is_kept ? element.name.name + (type.array_bounds.empty() ? "" : "[]") : std::string();
}

ast::TypeName element_type(ast::TypeName type) {
  type.array_bounds.clear();
  return type;
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
