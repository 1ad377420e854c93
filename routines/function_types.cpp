#include "routines/function_types.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace pg2crdb::routines {

namespace {

struct Result {
  std::string_view name;
  std::string_view type;
};

/// Whatever the arguments are.
constexpr Result results[] = {
    {"array_length", "int4"},
    {"array_ndims", "int4"},
    {"array_to_string", "text"},
    {"bool_and", "bool"},
    {"bool_or", "bool"},
    {"cardinality", "int4"},
    {"char_length", "int4"},
    {"character_length", "int4"},
    {"clock_timestamp", "timestamptz"},
    {"concat", "text"},
    {"concat_ws", "text"},
    {"count", "int8"},
    {"cume_dist", "float8"},
    {"dense_rank", "int8"},
    {"every", "bool"},
    {"format", "text"},
    {"gen_random_uuid", "uuid"},
    {"json_array_length", "int4"},
    {"jsonb_agg", "jsonb"},
    {"jsonb_array_length", "int4"},
    {"jsonb_build_array", "jsonb"},
    {"jsonb_build_object", "jsonb"},
    {"jsonb_object_agg", "jsonb"},
    {"jsonb_set", "jsonb"},
    {"jsonb_typeof", "text"},
    {"nextval", "int8"},
    {"now", "timestamptz"},
    {"octet_length", "int4"},
    {"percent_rank", "float8"},
    {"quote_ident", "text"},
    {"quote_literal", "text"},
    {"rank", "int8"},
    {"regexp_replace", "text"},
    {"row_number", "int8"},
    {"statement_timestamp", "timestamptz"},
    {"strpos", "int4"},
    {"to_char", "text"},
    {"to_date", "date"},
    {"to_jsonb", "jsonb"},
    {"transaction_timestamp", "timestamptz"},
    {"uuid_generate_v4", "uuid"},
};

/// Texts of texts.
constexpr std::string_view texts[] = {
    "btrim", "initcap", "left",  "lower",      "lpad",       "ltrim",  "md5",       "repeat",    "replace",
    "right", "rpad",    "rtrim", "split_part", "string_agg", "substr", "substring", "translate", "upper"};

bool has(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

KnownType element_of(KnownType array) {
  if (!array || array->array_bounds.size() != 1) return std::nullopt;
  array->array_bounds.clear();
  return array;
}

}  // namespace

KnownType without_modifiers(KnownType type) {
  if (type) type->modifiers.clear();
  return type;
}

bool is_type(const KnownType& type, std::initializer_list<std::string_view> names) {
  return type && type->array_bounds.empty() && has(names, type->name.name);
}

KnownType type_of_call(const std::string& name, const std::vector<KnownType>& arguments) {
  const auto known = std::ranges::find(results, name, &Result::name);
  if (known != std::end(results)) return built_in_type(std::string(known->type));
  const KnownType first = arguments.empty() ? std::nullopt : without_modifiers(arguments[0]);
  const bool is_text = is_type(first, {"text", "varchar"});
  if (has(texts, name)) return is_text ? KnownType(built_in_type("text")) : std::nullopt;
  if (name == "length") return is_text ? KnownType(built_in_type("int4")) : std::nullopt;
  constexpr std::string_view of_first[] = {"first_value", "lag", "last_value", "lead", "max", "min"};
  if (has(of_first, name) && arguments.size() == 1)
    return is_type(first, {"varchar"}) ? KnownType(built_in_type("text")) : first;
  if (name == "sum" && is_type(first, {"int2", "int4"})) return built_in_type("int8");
  if (name == "sum" && is_type(first, {"int8", "numeric"})) return built_in_type("numeric");
  if (name == "sum" && is_type(first, {"float8", "interval"})) return first;
  if (name == "avg" && is_type(first, {"int2", "int4", "int8", "numeric"})) return built_in_type("numeric");
  if (name == "avg" && is_type(first, {"float8", "interval"})) return first;
  constexpr std::string_view same[] = {"abs", "ceil", "ceiling", "floor", "round", "trunc"};
  if (has(same, name) && is_type(first, {"numeric", "float8"})) return first;
  if (name == "abs" && is_type(first, {"int4", "int8"})) return first;
  if (name == "array_agg" && first && first->array_bounds.empty()) {
    KnownType array = first;
    array->array_bounds = {-1};
    return array;
  }
  constexpr std::string_view arrays[] = {"array_append", "array_cat", "array_remove", "array_replace"};
  if (has(arrays, name) && first && !first->array_bounds.empty()) return first;
  if (name == "array_position" && first) return built_in_type("int4");
  if (name == "date_trunc" && arguments.size() == 2) {
    const KnownType second = without_modifiers(arguments[1]);
    return is_type(second, {"timestamp", "timestamptz"}) ? second : std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::vector<Field>> rows_of_call(const std::string& name,
                                               const std::vector<KnownType>& arguments,
                                               const std::string& alias) {
  const auto type = [](const char* built_in) { return built_in_type(built_in); };
  std::vector<Field> fields;
  const auto add = [&](const std::string& column, const KnownType& of) {
    if (of) fields.push_back({column, *of, {}});
    return of.has_value();
  };
  const std::string own = alias.empty() ? name : alias;  // of what gives one column without a name
  if (name == "jsonb_each" || name == "jsonb_each_text") {
    add("key", type("text"));
    add("value", type(name == "jsonb_each" ? "jsonb" : "text"));
  } else if (name == "jsonb_array_elements") {
    add("value", type("jsonb"));
  } else if (name == "jsonb_array_elements_text" || name == "json_array_elements_text") {
    add("value", type("text"));
  } else if (name == "jsonb_object_keys" || name == "json_object_keys" || name == "regexp_split_to_table" ||
             name == "string_to_table") {
    add(own, type("text"));
  } else if (name == "generate_series" && arguments.size() > 1) {
    const KnownType first = without_modifiers(arguments[0]), second = without_modifiers(arguments[1]);
    const bool same = first && second && first->name == second->name;
    const KnownType numbers = same ? first : std::nullopt;
    if (!is_type(numbers, {"int4", "int8", "timestamp", "timestamptz"}) || !add(own, numbers))
      return std::nullopt;
    const bool of_times = is_type(numbers, {"timestamp", "timestamptz"});
    const KnownType step = arguments.size() > 2 ? without_modifiers(arguments[2]) : std::nullopt;
    if (arguments.size() > 2 && !of_times && (!step || step->name != numbers->name)) return std::nullopt;
  } else if (name == "generate_subscripts") {
    add(own, type("int4"));
  } else if (name == "unnest" && !arguments.empty()) {
    for (const KnownType& one : arguments) {
      if (!add(arguments.size() == 1 ? own : name, element_of(one))) return std::nullopt;
    }
  } else {
    return std::nullopt;
  }
  return fields;
}

}  // namespace pg2crdb::routines
