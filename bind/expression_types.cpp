#include "bind/expression_types.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "ast/serial.h"
#include "bind/pg_catalog.h"

namespace pg2crdb::bind {

ast::TypeName own_type(std::string_view name) {
  ast::TypeName type;
  type.name = {"pg_catalog", std::string(name)};
  return type;
}

namespace {

bool is(const ast::TypeName& type, std::string_view name) {
  return type.name.name == name && type.array_bounds.empty() &&
         (type.name.schema.empty() || type.name.schema == "pg_catalog");
}

template <class Range>
bool is_any(const ast::TypeName& type, const Range& names) {
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view name) { return is(type, name); });
}

constexpr std::string_view integers[] = {"int2", "int4", "int8", "smallint", "integer", "bigint"};
constexpr std::string_view texts[] = {"text", "varchar", "bpchar"};
constexpr std::string_view moments[] = {"date", "timestamp", "timestamptz"};

bool is_integer(const ast::TypeName& type) {
  return is_any(type, integers);
}
bool is_floating(const ast::TypeName& type) {
  return is(type, "float4") || is(type, "float8");
}
bool is_number(const ast::TypeName& type) {
  return is_integer(type) || is_floating(type) || is(type, "numeric");
}

/// The type of a sum of two numbers, the one of which is not that of the other.
ast::TypeName wider(const ast::TypeName& left, const ast::TypeName& right) {
  if (is_floating(left) || is_floating(right)) return own_type("float8");
  if (is(left, "numeric") || is(right, "numeric")) return own_type("numeric");
  const auto is_long = [](const ast::TypeName& type) { return is(type, "int8") || is(type, "bigint"); };
  return own_type(is_long(left) || is_long(right) ? "int8" : "int4");
}

/// Of integers, CockroachDB's is a decimal without fractions: what is divided by // all the same.
ast::TypeName sum_of(const ast::TypeName& type) {
  if (is(type, "int8") || is(type, "bigint")) return own_type("numeric");
  return is_integer(type) ? own_type("int8") : type;
}

bool is_untyped(const ast::Expr& expr) {
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  return literal != nullptr &&
         (literal->kind == ast::Literal::Kind::string || literal->kind == ast::Literal::Kind::null);
}

ast::TypeName element_of(ast::TypeName array) {
  array.array_bounds.pop_back();
  return array;
}

/// What lower() and upper() of a range give.
ast::TypeName bound_of(const ast::TypeName& range) {
  constexpr std::pair<std::string_view, std::string_view> bounds[] = {
      {"int4range", "int4"}, {"int8range", "int8"},    {"numrange", "numeric"},
      {"daterange", "date"}, {"tsrange", "timestamp"}, {"tstzrange", "timestamptz"}};
  for (const auto& [name, bound] : bounds) {
    if (is(range, name)) return own_type(bound);
  }
  return {};
}

/// By functions that give one type, whatever they are given.
ast::TypeName given_by(std::string_view function) {
  constexpr std::pair<std::string_view, std::string_view> types[] = {
      {"age", "interval"},
      {"bool_and", "bool"},
      {"bool_or", "bool"},
      {"every", "bool"},
      {"gen_random_uuid", "uuid"},
      {"json_build_array", "json"},
      {"json_build_object", "json"},
      {"jsonb_build_array", "jsonb"},
      {"jsonb_build_object", "jsonb"},
      {"jsonb_set", "jsonb"},
      {"justify_days", "interval"},
      {"justify_hours", "interval"},
      {"justify_interval", "interval"},
      {"make_date", "date"},
      {"make_interval", "interval"},
      {"make_timestamp", "timestamp"},
      {"make_timestamptz", "timestamptz"},
      {"to_date", "date"},
      {"to_jsonb", "jsonb"},
      {"to_number", "numeric"},
      {"to_timestamp", "timestamptz"},
      {"uuid_generate_v4", "uuid"},
  };
  for (const auto& [name, type] : types) {
    if (function == name) return own_type(type);
  }
  return {};
}

ast::TypeName returned_by(const ast::StatementNode& routine) {
  const auto* create = std::get_if<ast::CreateFunction>(&routine);
  if (create == nullptr) return {};
  const ast::TypeName& returns = create->returns;
  const bool is_known = !returns.set_of && !returns.percent_type && !returns.name.name.starts_with("any");
  ast::TypeName type = is_known ? returns : ast::TypeName();
  type.modifiers.clear();  // PostgreSQL does not look at them
  return type;
}

}  // namespace

ast::TypeName ExpressionTypes::common_of(const ast::TypeName& left, const ast::TypeName& right) {
  if (left.empty() || right.empty()) return {};
  if (left.name.name == right.name.name && left.array_bounds.size() == right.array_bounds.size()) {
    ast::TypeName same = left;
    if (left.modifiers != right.modifiers) same.modifiers.clear();
    return same;
  }
  if (is_number(left) && is_number(right)) return wider(left, right);
  for (const char* last : {"timestamptz", "timestamp"}) {
    const auto is_moment = [](const ast::TypeName& type) { return is_any(type, moments); };
    if (is_moment(left) && is_moment(right) && (is(left, last) || is(right, last))) return own_type(last);
  }
  const auto is_text = [](const ast::TypeName& type) {
    return is_any(type, texts) || (type.name.name == "citext" && type.array_bounds.empty());
  };
  return is_text(left) && is_text(right) ? own_type("text") : ast::TypeName();
}

ast::TypeName ExpressionTypes::common(const std::vector<const ast::Expr*>& all) {
  std::optional<ast::TypeName> type;
  for (const ast::Expr* one : all) {
    if (is_untyped(*one)) continue;
    const ast::TypeName next = of(*one);
    type = type ? common_of(*type, next) : next;
  }
  return type.value_or(ast::TypeName());
}

ast::TypeName ExpressionTypes::of_column(const ast::ColumnRef& reference) {
  if (reference.star || reference.names.empty()) return {};
  if (reference.object != ast::no_object) {
    if (script_.objects[reference.object].kind != ast::ObjectKind::column) return {};
    if (ast::TypeName type = of_object(reference.object); !type.empty() || in_order_) return type;
  }
  const std::optional<Column> column = find_column(reference);
  return column ? column->type : ast::TypeName();
}

std::optional<ExpressionTypes::Column> ExpressionTypes::find_column(const ast::ColumnRef& reference) {
  const std::vector<std::string>& names = reference.names;
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    std::optional<Column> found;
    bool unsure = false;
    bool named = false;
    for (const Item& item : scope->items) {
      if (names.size() > 1 ? item.alias != names[names.size() - 2] : item.is_row) continue;
      named = named || names.size() > 1;
      const Columns& columns = columns_of(item);
      const auto at = std::find_if(columns.list.begin(), columns.list.end(),
                                   [&](const Column& one) { return one.name == names.back(); });
      if (at == columns.list.end()) {
        unsure = unsure || !columns.complete;
        continue;
      }
      // A variable that holds no row is NULL in all of it.
      const bool may_be_null = at->may_be_null || item.is_optional || item.is_row;
      if (!found) {
        found = *at;
        found->type = type_of(*at);
        found->may_be_null = may_be_null;
      } else {
        found->type = common_of(found->type, type_of(*at));
        found->is_quotient = found->is_quotient || at->is_quotient;
        found->mixes_lengths = found->mixes_lengths || at->mixes_lengths;
        // Of a join by name, the side that has a row says it.
        const bool is_merged =
            std::find(scope->merged.begin(), scope->merged.end(), names.back()) != scope->merged.end();
        found->may_be_null =
            is_merged ? found->may_be_null && may_be_null : found->may_be_null || may_be_null;
      }
    }
    // A bare name that two had would be ambiguous, but where a join makes one of both.
    const bool is_one = found && names.size() == 1 && !scope->is_natural &&
                        std::ranges::find(scope->merged, names[0]) == scope->merged.end();
    if ((unsure && !is_one) || (named && !found)) return std::nullopt;
    if (found) return found;
  }
  return std::nullopt;
}

ast::TypeName ExpressionTypes::of_call(const ast::FunctionCall& call) {
  const std::string& name = call.name.name;
  if (call.name.object != ast::no_object && script_.objects[call.name.object].made_here())
    return returned_by(script_.statements[script_.objects[call.name.object].created].node);
  const bool may_be_own = !call.name.schema.empty() || signatures_in_pg_catalog(name).empty();
  if (in_body_ && call.name.object == ast::no_object && may_be_own && catalog_.has_function(call.name)) {
    const std::vector<ast::Statement*> overloads = catalog_.functions(call.name);
    const ast::TypeName type = returned_by(overloads.front()->node);
    const bool is_clear = std::all_of(overloads.begin(), overloads.end(), [&](const ast::Statement* one) {
      return common_of(returned_by(one->node), type).name.name == type.name.name;
    });
    return is_clear ? type : ast::TypeName();
  }
  if (!call.name.schema.empty() && call.name.schema != "pg_catalog") return {};
  const auto is_called = [&](const auto& names) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  constexpr std::string_view counting[] = {
      "length",      "char_length", "character_length",   "octet_length",     "bit_length",
      "strpos",      "position",    "array_length",       "array_lower",      "array_upper",
      "cardinality", "ascii",       "jsonb_array_length", "json_array_length"};
  constexpr std::string_view counting_rows[] = {"count", "row_number", "rank", "dense_rank", "nextval"};
  constexpr std::string_view writing[] = {
      "array_to_string", "btrim",          "chr",        "concat",      "concat_ws",
      "current_setting", "encode",         "format",     "initcap",     "json_typeof",
      "jsonb_typeof",    "left",           "lpad",       "ltrim",       "md5",
      "overlay",         "repeat",         "replace",    "quote_ident", "quote_literal",
      "quote_nullable",  "regexp_replace", "reverse",    "right",       "rpad",
      "rtrim",           "split_part",     "string_agg", "substr",      "substring",
      "to_char",         "to_hex",         "translate",  "version"};
  constexpr std::string_view telling_time[] = {"now", "clock_timestamp", "statement_timestamp",
                                               "transaction_timestamp"};
  constexpr std::string_view of_their_own[] = {"min",        "max", "abs",  "first_value",
                                               "last_value", "lag", "lead", "nth_value"};
  constexpr std::string_view searched[] = {"to_tsvector",       "json_to_tsvector", "jsonb_to_tsvector",
                                           "array_to_tsvector", "setweight",        "strip"};
  constexpr std::string_view searching[] = {"to_tsquery", "plainto_tsquery", "phraseto_tsquery",
                                            "websearch_to_tsquery"};
  constexpr std::string_view of_any_number[] = {"round", "trunc", "ceil", "ceiling", "floor",
                                                "sign",  "sqrt",  "exp",  "ln"};
  if (is_called(counting)) return own_type("int4");
  if (is_called(counting_rows)) return own_type("int8");
  if (is_called(writing)) return own_type("text");
  if (is_called(searched)) return own_type("tsvector");
  if (is_called(searching)) return own_type("tsquery");
  if (is_called(telling_time)) return own_type("timestamptz");
  if (const ast::TypeName type = given_by(name); !type.empty()) return type;
  // The source's EXTRACT is exact from PostgreSQL 14 on; what counts is what it is in the output.
  if (name == "date_part" || name == "extract") return own_type("float8");
  if (name == "random" || name == "pi") return own_type("float8");
  if (call.arguments.empty()) return {};
  constexpr std::string_view of_floats[] = {"acos", "asin",    "atan",    "atan2", "cbrt", "cos",
                                            "cot",  "degrees", "radians", "sin",   "tan"};
  if (is_called(of_floats)) return own_type("float8");
  if (name == "mod" && call.arguments.size() == 2)
    return common_of(of(call.arguments[0]), of(call.arguments[1]));
  if (name == "div" || (name == "log" && call.arguments.size() == 2)) return own_type("numeric");
  if (name.starts_with("percentile_") && call.modifiers && call.modifiers->order_by.size() == 1) {
    ast::TypeName type = of(*call.modifiers->order_by[0].expr);
    if (name == "percentile_cont" && is_number(type)) type = own_type("float8");
    if (!type.empty() && !of(call.arguments[0]).array_bounds.empty()) type.array_bounds.push_back(-1);
    return type;
  }
  if (name == "power" || name == "pow") return common_of(of(call.arguments[0]), of(call.arguments.back()));
  if (is_called(of_their_own)) return of(call.arguments[0]);
  if (name == "array_agg") {
    ast::TypeName type = of(call.arguments[0]);
    if (!type.empty()) type.array_bounds.push_back(-1);
    return type;
  }
  if (name == "date_trunc" && call.arguments.size() > 1) {
    const ast::TypeName type = of(call.arguments[1]);
    return is(type, "date") ? own_type("timestamptz") : type;
  }
  if (name == "sum") return sum_of(of(call.arguments[0]));
  if (name == "avg" || is_called(of_any_number)) {
    const ast::TypeName type = of(call.arguments[0]);
    if (is_floating(type)) return own_type("float8");
    return is(type, "numeric") || (name == "avg" && is_integer(type)) ? own_type("numeric") : ast::TypeName();
  }
  if (name == "lower" || name == "upper") {
    const ast::TypeName bound = bound_of(of(call.arguments[0]));
    return bound.empty() ? own_type("text") : bound;
  }
  if (name == "timezone" && call.arguments.size() == 2) {
    const ast::TypeName time = of(call.arguments[1]);
    return is(time, "timestamptz") ? own_type("timestamp")
           : is(time, "timestamp") ? own_type("timestamptz")
                                   : ast::TypeName();
  }
  return {};
}

/// What times add up to; empty where they are none.
ast::TypeName of_times(const std::string& op, const ast::TypeName& left, const ast::TypeName& right) {
  const auto is_moment = [](const ast::TypeName& type) {
    return is(type, "timestamp") || is(type, "timestamptz");
  };
  const bool adds = op == "+", subtracts = op == "-";
  if (subtracts && is(left, "date") && is(right, "date")) return own_type("int8");  // int4 in PostgreSQL
  if (subtracts && is_moment(left) && (is_moment(right) || is(right, "date"))) return own_type("interval");
  if ((adds || subtracts) && is_moment(left) && is(right, "interval")) return left;
  if (adds && is(left, "interval") && is_moment(right)) return right;
  if (adds && is(left, "interval") && is(right, "date")) return own_type("timestamp");
  if ((adds || subtracts) && is(left, "date") && is_integer(right)) return left;
  if (adds && is_integer(left) && is(right, "date")) return right;
  if (adds && ((is(left, "date") && is(right, "time")) || (is(left, "time") && is(right, "date"))))
    return own_type("timestamp");
  if (subtracts && is(left, "time") && is(right, "time")) return own_type("interval");
  if ((adds || subtracts) && is(left, "time") && is(right, "interval")) return left;
  if ((op == "*" || op == "/") && is(left, "interval") && is_number(right)) return left;
  if (op == "*" && is_number(left) && is(right, "interval")) return right;
  if ((adds || subtracts) && is(left, "date") && is(right, "interval")) return own_type("timestamp");
  if ((adds || subtracts) && is(left, "interval") && is(right, "interval")) return left;
  return {};
}

ast::TypeName ExpressionTypes::of_operation(const ast::Operation& operation) {
  using Kind = ast::Operation::Kind;
  if (operation.kind == Kind::nullif) return of(*operation.left);
  if (operation.kind != Kind::op) return own_type("bool");
  if (operation.op.size() != 1 || !operation.right) return {};
  const std::string& op = operation.op[0];
  constexpr std::string_view comparing[] = {"=", "<>", "!=", "<", ">", "<=", ">=", "~~", "!~~", "@@"};
  if (std::find(std::begin(comparing), std::end(comparing), op) != std::end(comparing))
    return own_type("bool");
  ast::TypeName right = of(*operation.right);
  if (!operation.left) return op == "+" || op == "-" ? right : ast::TypeName();
  const ast::TypeName left = of(*operation.left);
  if (op == "||") {
    if (!left.array_bounds.empty()) return left;
    if (is(left, "jsonb") && !is_any(right, texts)) return left;
    return is_any(left, texts) || is_any(right, texts) ? own_type("text") : ast::TypeName();
  }
  if (op == "->>" || op == "#>>") return own_type("text");
  if ((op == "->" || op == "#>") && (is(left, "json") || is(left, "jsonb"))) return left;
  const bool computes =
      op == "+" || op == "-" || op == "*" || op == "/" || op == "//" || op == "%" || op == "^";
  if (!computes) return {};
  // What is written, and NULL, is of the type of the number beside it.
  if (is_number(left) && is_untyped(*operation.right)) return left;
  if (is_number(right) && is_untyped(*operation.left)) return right;
  if (is(left, "money") || is(right, "money")) {
    const bool ratio = op == "/" && is(left, "money") && is(right, "money");
    return own_type(ratio ? "float8" : "money");
  }
  if (const ast::TypeName time = of_times(op, left, right); !time.empty()) return time;
  const auto may_be_number = [](const ast::TypeName& type) { return type.empty() || is_number(type); };
  if (!may_be_number(left) || !may_be_number(right)) return {};
  // Beside a float, what is not known is one as well.
  if (is_floating(left) || is_floating(right)) return own_type("float8");
  ast::TypeName type = common_of(left, right);
  type.modifiers.clear();
  return type;
}

ast::TypeName ExpressionTypes::of_part(const ast::Indirection& part) {
  ast::TypeName type = of(*part.argument);
  for (const ast::Step& step : part.steps) {
    if (step.kind == ast::Step::Kind::slice) continue;
    if (step.kind == ast::Step::Kind::field) {
      type = of_field(type, step.field);
      continue;
    }
    if (step.kind != ast::Step::Kind::index) return {};
    if (is(type, "point")) return own_type("float8");
    if (type.array_bounds.empty()) return {};
    if (type.array_bounds.size() > part.steps.size()) return {};
    type = element_of(std::move(type));
  }
  return type;
}

/// Of a row of a type or a table of the script's own.
ast::TypeName ExpressionTypes::of_field(const ast::TypeName& row, const std::string& field) {
  if (in_order_ || !row.array_bounds.empty() || !catalog_.is_user_type(row.name)) return {};
  const Columns columns = columns_of_type(row.name);
  const auto found = std::ranges::find(columns.list, field, &Column::name);
  return found == columns.list.end() ? ast::TypeName() : found->type;
}

ast::TypeName ExpressionTypes::of(const ast::Expr& expr) {
  std::vector<const ast::Expr*> parts;
  const auto all = [&](const std::vector<ast::Expr>& list) {
    for (const ast::Expr& one : list) parts.push_back(&one);
  };
  if (const auto* literal = std::get_if<ast::Literal>(&expr.node)) {
    using Kind = ast::Literal::Kind;
    if (literal->kind == Kind::boolean) return own_type("bool");
    constexpr std::string_view last_int4 = "2147483647";
    const bool is_short = literal->text.size() < last_int4.size() ||
                          (literal->text.size() == last_int4.size() && literal->text <= last_int4);
    if (literal->kind == Kind::integer) return own_type(is_short ? "int4" : "int8");
    return literal->kind == Kind::decimal ? own_type("numeric") : ast::TypeName();
  }
  if (const auto* column = std::get_if<ast::ColumnRef>(&expr.node)) {
    ast::TypeName type = of_column(*column);
    const std::string_view integer = ast::integer_of_serial(type);
    return integer.empty() ? type : own_type(integer);
  }
  if (const auto* parameter = std::get_if<ast::Parameter>(&expr.node)) {
    const auto at = static_cast<uint64_t>(parameter->number - 1);
    return at < parameters_.size() ? parameters_[at] : ast::TypeName();
  }
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return cast->type;
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) return of_call(*call);
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) return of_operation(*operation);
  if (const auto* part = std::get_if<ast::Indirection>(&expr.node)) return of_part(*part);
  if (const auto* collate = std::get_if<ast::Collate>(&expr.node)) return of(*collate->argument);
  if (std::holds_alternative<ast::BoolExpr>(expr.node) || std::holds_alternative<ast::NullTest>(expr.node) ||
      std::holds_alternative<ast::BooleanTest>(expr.node))
    return own_type("bool");
  if (const auto* value = std::get_if<ast::ValueFunction>(&expr.node)) {
    if (value->keyword == "CURRENT_TIMESTAMP") return own_type("timestamptz");
    if (value->keyword == "LOCALTIMESTAMP") return own_type("timestamp");
    if (value->keyword == "LOCALTIME") return own_type("time");
    if (value->keyword == "CURRENT_TIME") return own_type("timetz");
    return value->keyword == "CURRENT_DATE" ? own_type("date") : ast::TypeName();
  }
  if (const auto* subquery = std::get_if<ast::Subquery>(&expr.node)) {
    using Kind = ast::Subquery::Kind;
    if (subquery->kind != Kind::scalar && subquery->kind != Kind::array) return own_type("bool");
    const bool tells = std::exchange(tells_quotients_, false);
    const Columns columns = columns_of(*subquery);
    tells_quotients_ = tells;
    if (columns.list.size() != 1 || !columns.complete || columns.list[0].type.empty()) return {};
    ast::TypeName type = columns.list[0].type;
    if (subquery->kind == Kind::array) type.array_bounds.push_back(-1);
    return type;
  }
  if (const auto* choice = std::get_if<ast::Case>(&expr.node)) {
    for (const ast::CaseWhen& when : choice->whens) parts.push_back(&*when.result);
    if (choice->otherwise) parts.push_back(&*choice->otherwise);
  } else if (const auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) {
    all(coalesce->arguments);
  } else if (const auto* most = std::get_if<ast::MinMax>(&expr.node)) {
    all(most->arguments);
  } else if (const auto* array = std::get_if<ast::ArrayExpr>(&expr.node)) {
    all(array->elements);
    ast::TypeName type = common(parts);
    if (!type.empty()) type.array_bounds.push_back(-1);
    return type;
  }
  return common(parts);
}

}  // namespace pg2crdb::bind
