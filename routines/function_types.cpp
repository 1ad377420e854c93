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

/// Whatever the arguments are: pg_proc of PostgreSQL 15.
constexpr Result results[] = {
    {"acos", "float8"},
    {"acosd", "float8"},
    {"acosh", "float8"},
    {"array_length", "int4"},
    {"array_lower", "int4"},
    {"array_ndims", "int4"},
    {"array_position", "int4"},
    {"array_to_string", "text"},
    {"array_upper", "int4"},
    {"ascii", "int4"},
    {"asin", "float8"},
    {"asind", "float8"},
    {"asinh", "float8"},
    {"atan", "float8"},
    {"atan2", "float8"},
    {"atan2d", "float8"},
    {"atand", "float8"},
    {"atanh", "float8"},
    {"bit_length", "int4"},
    {"bool_and", "bool"},
    {"bool_or", "bool"},
    {"cardinality", "int4"},
    {"cbrt", "float8"},
    {"char_length", "int4"},
    {"character_length", "int4"},
    {"chr", "text"},
    {"clock_timestamp", "timestamptz"},
    {"col_description", "text"},
    {"concat", "text"},
    {"concat_ws", "text"},
    {"convert_from", "text"},
    {"convert_to", "bytea"},
    {"corr", "float8"},
    {"cos", "float8"},
    {"cosd", "float8"},
    {"cosh", "float8"},
    {"cot", "float8"},
    {"cotd", "float8"},
    {"count", "int8"},
    {"covar_pop", "float8"},
    {"covar_samp", "float8"},
    {"cume_dist", "float8"},
    {"current_database", "name"},
    {"current_schema", "name"},
    {"current_setting", "text"},
    {"currval", "int8"},
    {"date_part", "float8"},
    {"decode", "bytea"},
    {"degrees", "float8"},
    {"dense_rank", "int8"},
    {"div", "numeric"},
    {"encode", "text"},
    {"every", "bool"},
    {"format", "text"},
    {"gen_random_uuid", "uuid"},
    {"get_bit", "int4"},
    {"get_byte", "int4"},
    {"has_column_privilege", "bool"},
    {"has_schema_privilege", "bool"},
    {"has_table_privilege", "bool"},
    {"host", "text"},
    {"inet_client_addr", "inet"},
    {"inet_server_addr", "inet"},
    {"initcap", "text"},
    {"json_array_length", "int4"},
    {"json_extract_path_text", "text"},
    {"json_typeof", "text"},
    {"jsonb_agg", "jsonb"},
    {"jsonb_array_length", "int4"},
    {"jsonb_build_array", "jsonb"},
    {"jsonb_build_object", "jsonb"},
    {"jsonb_extract_path", "jsonb"},
    {"jsonb_extract_path_text", "text"},
    {"jsonb_insert", "jsonb"},
    {"jsonb_object", "jsonb"},
    {"jsonb_object_agg", "jsonb"},
    {"jsonb_path_exists", "bool"},
    {"jsonb_path_match", "bool"},
    {"jsonb_path_query_array", "jsonb"},
    {"jsonb_path_query_first", "jsonb"},
    {"jsonb_pretty", "text"},
    {"jsonb_set", "jsonb"},
    {"jsonb_strip_nulls", "jsonb"},
    {"jsonb_typeof", "text"},
    {"lastval", "int8"},
    {"left", "text"},
    {"lpad", "text"},
    {"make_date", "date"},
    {"make_timestamp", "timestamp"},
    {"make_timestamptz", "timestamptz"},
    {"masklen", "int4"},
    {"md5", "text"},
    {"nextval", "int8"},
    {"now", "timestamptz"},
    {"ntile", "int4"},
    {"num_nonnulls", "int4"},
    {"num_nulls", "int4"},
    {"octet_length", "int4"},
    {"percent_rank", "float8"},
    {"pg_backend_pid", "int4"},
    {"pg_get_serial_sequence", "text"},
    {"pg_get_userbyid", "name"},
    {"pg_has_role", "bool"},
    {"pg_table_is_visible", "bool"},
    {"pi", "float8"},
    {"position", "int4"},
    {"quote_ident", "text"},
    {"quote_literal", "text"},
    {"quote_nullable", "text"},
    {"radians", "float8"},
    {"random", "float8"},
    {"rank", "int8"},
    {"regexp_replace", "text"},
    {"regr_intercept", "float8"},
    {"regr_r2", "float8"},
    {"regr_slope", "float8"},
    {"repeat", "text"},
    {"replace", "text"},
    {"reverse", "text"},
    {"right", "text"},
    {"row_number", "int8"},
    {"rpad", "text"},
    {"set_byte", "bytea"},
    {"set_config", "text"},
    {"setval", "int8"},
    {"sha224", "bytea"},
    {"sha256", "bytea"},
    {"sha384", "bytea"},
    {"sha512", "bytea"},
    {"sin", "float8"},
    {"sind", "float8"},
    {"sinh", "float8"},
    {"split_part", "text"},
    {"statement_timestamp", "timestamptz"},
    {"strpos", "int4"},
    {"tan", "float8"},
    {"tand", "float8"},
    {"tanh", "float8"},
    {"timeofday", "text"},
    {"to_char", "text"},
    {"to_date", "date"},
    {"to_hex", "text"},
    {"to_jsonb", "jsonb"},
    {"to_number", "numeric"},
    {"to_timestamp", "timestamptz"},
    {"transaction_timestamp", "timestamptz"},
    {"translate", "text"},
    {"uuid_generate_v4", "uuid"},
    {"width_bucket", "int4"},
};

/// Texts of texts.
constexpr std::string_view texts[] = {"btrim",      "lower",  "ltrim",     "overlay", "rtrim",
                                      "string_agg", "substr", "substring", "upper"};

bool has(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

KnownType element_of(KnownType array) {
  if (!array || array->array_bounds.size() != 1) return std::nullopt;
  array->array_bounds.clear();
  return array;
}

/// Of functions of exact and of other numbers; integers are the latter to those.
KnownType type_of_mathematics(const std::string& name, const std::vector<KnownType>& arguments) {
  constexpr std::string_view of_one[] = {"exp", "ln", "log", "log10", "sqrt"};
  const KnownType first = arguments.empty() ? std::nullopt : without_modifiers(arguments[0]);
  const KnownType second = arguments.size() < 2 ? std::nullopt : without_modifiers(arguments[1]);
  if (has(of_one, name) && arguments.size() == 1) {
    if (is_type(first, {"numeric"})) return first;
    return is_type(first, {"int2", "int4", "int8", "float4", "float8"}) ? KnownType(built_in_type("float8"))
                                                                        : std::nullopt;
  }
  if (name == "sign" && is_type(first, {"numeric", "float8"})) return first;
  if (arguments.size() != 2 || !first || !second) return std::nullopt;
  const bool same =
      first->name == second->name && first->array_bounds.empty() && second->array_bounds.empty();
  if (name == "mod" && same && is_type(first, {"int2", "int4", "int8", "numeric"})) return first;
  if ((name == "power" || name == "pow") && same && is_type(first, {"numeric", "float8"})) return first;
  return std::nullopt;
}

/// Of what is a time where an argument is one.
KnownType type_of_time(const std::string& name, const std::vector<KnownType>& arguments) {
  const KnownType first = arguments.empty() ? std::nullopt : without_modifiers(arguments[0]);
  const KnownType second = arguments.size() < 2 ? std::nullopt : without_modifiers(arguments[1]);
  if (name == "age" && is_type(first, {"date", "timestamp", "timestamptz"})) return built_in_type("interval");
  if (name == "date_trunc" && arguments.size() == 2) {
    if (is_type(second, {"date"})) return built_in_type("timestamptz");
    return is_type(second, {"timestamp", "timestamptz", "interval"}) ? second : std::nullopt;
  }
  if (name != "timezone" || arguments.size() != 2) return std::nullopt;
  if (is_type(second, {"timestamptz"})) return built_in_type("timestamp");
  return is_type(second, {"timestamp"}) ? KnownType(built_in_type("timestamptz")) : std::nullopt;
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
  if (const KnownType number = type_of_mathematics(name, arguments)) return number;
  if (const KnownType time = type_of_time(name, arguments)) return time;
  if (name == "array_agg" && first && first->array_bounds.empty()) {
    KnownType array = first;
    array->array_bounds = {-1};
    return array;
  }
  constexpr std::string_view arrays[] = {"array_append", "array_cat", "array_remove", "array_replace"};
  if (has(arrays, name) && first && !first->array_bounds.empty()) return first;
  if (name == "array_prepend" && arguments.size() == 2 && arguments[1] && !arguments[1]->array_bounds.empty())
    return without_modifiers(arguments[1]);
  if (name == "string_to_array" || name == "regexp_split_to_array") {
    ast::TypeName texts_of = built_in_type("text");
    texts_of.array_bounds = {-1};
    return texts_of;
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
