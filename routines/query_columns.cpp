#include "routines/query_columns.h"

#include <algorithm>
#include <utility>

namespace pg2crdb::routines {
namespace {

/// The columns of common tables, by their names.
using CommonTables = std::vector<std::pair<std::string, std::vector<Field>>>;

std::optional<std::vector<Field>> columns(const Conversion& conversion, const ast::Query& query,
                                          CommonTables common_tables);

/// What the tables, queries and functions in FROM bring.
class From {
 public:
  From(const Conversion& conversion, const ast::Query& query, CommonTables common_tables)
      : conversion_(conversion), common_tables_(std::move(common_tables)) {
    for (const ast::CommonTable& table : query.with) {
      std::optional<std::vector<Field>> fields;
      if (table.query && !query.recursive) fields = columns(conversion, *table.query, common_tables_);
      known_ = known_ && fields && rename(*fields, table.columns);
      if (!known_) return;
      common_tables_.insert(common_tables_.begin(), {table.name, std::move(*fields)});
    }
    for (const ast::FromItem& item : query.from) add(item);
  }
  bool known() const { return known_; }

  /// `*`, or `t.*`.
  std::vector<Field> all(const std::string& table) const {
    std::vector<Field> result;
    for (const Field& field : fields_) {
      if (table.empty() || field.source[0] == table) result.push_back(field);
    }
    return result;
  }
  const Field* find(const std::vector<std::string>& names) const {
    const Field* found = nullptr;
    for (const Field& field : fields_) {
      const bool is_it =
          names.size() == 1 ? field.name == names[0] : names.size() == 2 && field.source == names;
      if (is_it && found != nullptr) return nullptr;
      if (is_it) found = &field;
    }
    return found;
  }
  bool has(const std::string& column) const {
    return std::ranges::any_of(fields_, [&](const Field& field) { return field.name == column; });
  }

 private:
  static bool rename(std::vector<Field>& fields, const std::vector<std::string>& names) {
    if (names.size() > fields.size()) return false;
    for (size_t i = 0; i < names.size(); ++i) fields[i].name = names[i];
    return true;
  }

  void add_all(std::optional<std::vector<Field>> fields, const ast::Alias& alias, const std::string& name) {
    known_ = fields && rename(*fields, alias.columns);
    if (!known_) return;
    for (Field& field : *fields) {
      field.source = {alias.name.empty() ? name : alias.name, field.name};
      fields_.push_back(std::move(field));
    }
  }

  void add(const ast::FromItem& item) {
    if (!known_) return;
    if (const auto* table = std::get_if<ast::TableRef>(&item.node)) {
      add_all(of_relation(table->name), table->alias, table->name.name);
    } else if (const auto* join = std::get_if<ast::Join>(&item.node)) {
      known_ = !join->natural && join->using_columns.empty() && join->alias.name.empty();
      add(*join->left);
      add(*join->right);
    } else if (const auto* query = std::get_if<ast::SubqueryRef>(&item.node)) {
      add_all(columns(conversion_, *query->query, common_tables_), query->alias, {});
    } else {
      add(std::get<ast::FunctionRef>(item.node));
    }
  }

  /// One function of the script's own that gives rows.
  void add(const ast::FunctionRef& item) {
    const bool is_plain = item.functions.size() == 1 && !item.ordinality && item.columns.empty() &&
                          item.functions[0].columns.empty();
    const auto* call = is_plain ? std::get_if<ast::FunctionCall>(&item.functions[0].call->node) : nullptr;
    known_ = call != nullptr;
    if (known_) add_all(of_function(call->name), item.alias, call->name.name);
  }

  std::optional<std::vector<Field>> of_relation(const ast::Name& name) const {
    if (name.schema.empty()) {
      const auto found = std::ranges::find(common_tables_, name.name, &CommonTables::value_type::first);
      if (found != common_tables_.end()) return found->second;
    }
    const ast::CreateTable* table = conversion_.table(name);
    if (table == nullptr) return std::nullopt;
    std::vector<Field> fields;
    for (const ast::Column& column : table->columns) {
      std::optional<ast::TypeName> type = conversion_.column_type(column);
      if (!type) return std::nullopt;
      fields.push_back({column.name, std::move(*type), {}});
    }
    return fields;
  }

  std::optional<std::vector<Field>> of_function(const ast::Name& name) const {
    const std::vector<ast::Statement*> found = conversion_.routine.catalog.functions(name);
    const auto* function = found.size() == 1 ? std::get_if<ast::CreateFunction>(&found[0]->node) : nullptr;
    if (function == nullptr) return std::nullopt;
    std::vector<Field> fields;
    for (const ast::FunctionParameter& one : function->parameters) {
      using Mode = ast::FunctionParameter::Mode;
      if (one.mode == Mode::in || one.mode == Mode::variadic) continue;
      std::optional<ast::TypeName> type = conversion_.known_type(one.type);
      if (!type || one.name.empty()) return std::nullopt;
      fields.push_back({one.name, std::move(*type), {}});
    }
    if (!fields.empty()) return fields;
    const ast::TypeName& returned = *function->returns;
    const bool is_row = returned.array_bounds.empty() && conversion_.table(returned.name) != nullptr;
    return is_row ? of_relation(returned.name) : std::nullopt;
  }

  const Conversion& conversion_;
  CommonTables common_tables_;
  std::vector<Field> fields_;
  bool known_ = true;
};

/// The type of what a query computes.
class Computed {
 public:
  Computed(const Conversion& conversion, const From& from) : conversion_(conversion), from_(from) {}

  std::optional<ast::TypeName> operator()(const ast::Expr& expr) const {
    return std::visit([this](const auto& node) { return type(node); }, expr.node);
  }

 private:
  using Type = std::optional<ast::TypeName>;

  template <class Node>
  Type type(const Node&) const {
    return std::nullopt;
  }
  Type type(const ast::Cast& cast) const { return conversion_.known_type(cast.type); }
  Type type(const ast::BoolExpr&) const { return built_in_type("bool"); }
  Type type(const ast::NullTest&) const { return built_in_type("bool"); }
  Type type(const ast::BooleanTest&) const { return built_in_type("bool"); }
  Type type(const ast::Literal& literal) const {
    using Kind = ast::Literal::Kind;
    constexpr size_t digits_of_int4 = 9;
    if (literal.kind == Kind::boolean) return built_in_type("bool");
    if (literal.kind == Kind::string) return built_in_type("text");
    if (literal.kind == Kind::integer && literal.text.size() <= digits_of_int4) return built_in_type("int4");
    return std::nullopt;
  }
  Type type(const ast::ColumnRef& ref) const {
    if (ref.star) return std::nullopt;
    if (const Field* field = from_.find(ref.names)) return field->type;
    if (ref.names.size() != 1 || from_.has(ref.names[0])) return std::nullopt;
    ast::plpgsql::Variable variable;
    variable.names = ref.names;
    const Type known = conversion_.single_type(variable);
    return known ? conversion_.known_type(*known) : std::nullopt;
  }
  Type type(const ast::Subquery& query) const {
    using Kind = ast::Subquery::Kind;
    if (query.kind != Kind::scalar && query.kind != Kind::array) return built_in_type("bool");
    if (query.kind == Kind::array) return std::nullopt;
    const std::optional<std::vector<Field>> fields = columns_of(conversion_, *query.query);
    return fields && fields->size() == 1 ? Type(fields->front().type) : std::nullopt;
  }
  Type type(const ast::ValueFunction& value) const {
    if (value.keyword == "CURRENT_DATE") return built_in_type("date");
    return value.keyword == "CURRENT_TIMESTAMP" ? Type(built_in_type("timestamptz")) : std::nullopt;
  }
  Type type(const ast::Case& choice) const {
    std::vector<const ast::Expr*> results;
    for (const ast::CaseWhen& when : choice.whens) results.push_back(&*when.result);
    if (choice.otherwise) results.push_back(&*choice.otherwise);
    return common(results);
  }
  Type type(const ast::MinMax& all) const { return common(pointers(all.arguments)); }
  Type type(const ast::Operation& operation) const {
    using Kind = ast::Operation::Kind;
    constexpr std::string_view comparisons[] = {"=", "<>", "!=", "<", ">", "<=", ">="};
    if (operation.kind == Kind::nullif) return plain((*this)(*operation.left));
    if (operation.kind == Kind::op && operation.op.size() == 1) {
      if (const Type computed = arithmetic(operation)) return computed;
    }
    const bool compares = operation.kind != Kind::op ||
                          (operation.op.size() == 1 &&
                           std::ranges::find(comparisons, operation.op[0]) != std::end(comparisons));
    return compares ? Type(built_in_type("bool")) : std::nullopt;
  }
  Type type(const ast::Coalesce& coalesce) const { return common(pointers(coalesce.arguments)); }

  static std::vector<const ast::Expr*> pointers(const std::vector<ast::Expr>& exprs) {
    std::vector<const ast::Expr*> result;
    for (const ast::Expr& expr : exprs) result.push_back(&expr);
    return result;
  }
  static Type plain(Type type) {
    if (type) type->modifiers.clear();
    return type;
  }
  static bool is(const Type& type, std::initializer_list<std::string_view> names) {
    return type && type->array_bounds.empty() && std::ranges::find(names, type->name.name) != names.end();
  }

  /// The type that all of them have; a string or NULL takes that of the others.
  Type common(const std::vector<const ast::Expr*>& all) const {
    Type result;
    for (const ast::Expr* one : all) {
      const auto* literal = std::get_if<ast::Literal>(&one->node);
      const bool takes_any = literal != nullptr && (literal->kind == ast::Literal::Kind::string ||
                                                    literal->kind == ast::Literal::Kind::null);
      if (takes_any) continue;
      const Type own = (*this)(*one);
      if (!own || (result && (own->name != result->name || own->array_bounds != result->array_bounds)))
        return std::nullopt;
      result = plain(own);
    }
    return result;
  }

  /// Of two of one type, or of texts.
  Type arithmetic(const ast::Operation& operation) const {
    constexpr std::string_view signs[] = {"+", "-", "*", "/", "%"};
    const std::string& op = operation.op[0];
    if (!operation.left || !operation.right) return std::nullopt;
    const Type left = plain((*this)(*operation.left)), right = plain((*this)(*operation.right));
    if (op == "->>") return built_in_type("text");
    if (op == "||" && is(left, {"text", "varchar"}) && is(right, {"text", "varchar"}))
      return built_in_type("text");
    const bool same = left && right && left->name == right->name;
    if (std::ranges::find(signs, op) == std::end(signs) || !same) return std::nullopt;
    return is(left, {"int4", "int8", "numeric", "float8"}) ? left : std::nullopt;
  }
  Type type(const ast::FunctionCall& call) const {
    const std::string& name = call.name.name;
    if (name == "count") return built_in_type("int8");
    if (name == "now" || name == "clock_timestamp") return built_in_type("timestamptz");
    if (name == "row_number" || name == "rank" || name == "dense_rank") return built_in_type("int8");
    if (name == "gen_random_uuid") return built_in_type("uuid");
    constexpr std::string_view texts[] = {"btrim", "concat", "concat_ws",  "initcap", "left",       "lower",
                                          "lpad",  "ltrim",  "md5",        "repeat",  "replace",    "right",
                                          "rpad",  "rtrim",  "split_part", "substr",  "string_agg", "upper"};
    const Type first = call.arguments.empty() ? std::nullopt : plain((*this)(call.arguments[0]));
    if (std::ranges::find(texts, name) != std::end(texts) &&
        (is(first, {"text", "varchar"}) || name == "concat" || name == "concat_ws"))
      return built_in_type("text");
    if (name == "length" && is(first, {"text", "varchar"})) return built_in_type("int4");
    if ((name == "min" || name == "max" || name == "lag" || name == "lead") && call.arguments.size() == 1)
      return is(first, {"varchar"}) ? Type(built_in_type("text")) : first;
    if (name == "sum" && is(first, {"int2", "int4"})) return built_in_type("int8");
    if (name == "sum" && is(first, {"int8", "numeric"})) return built_in_type("numeric");
    if (name == "sum" && is(first, {"float8"})) return first;
    if (name == "date_trunc" && call.arguments.size() == 2) {
      const Type second = plain((*this)(call.arguments[1]));
      return is(second, {"timestamp", "timestamptz"}) ? second : std::nullopt;
    }
    const std::vector<ast::Statement*> found = conversion_.routine.catalog.functions(call.name);
    const auto* function = found.size() == 1 ? std::get_if<ast::CreateFunction>(&found[0]->node) : nullptr;
    if (function == nullptr || function->returns->set_of || function->returns->empty()) return std::nullopt;
    return conversion_.known_type(*function->returns);
  }

  const Conversion& conversion_;
  const From& from_;
};

/// As PostgreSQL calls a column of that; empty where it has no name of its own.
std::string name_of(const ast::SelectItem& item) {
  if (!item.alias.empty()) return item.alias;
  if (const auto* ref = std::get_if<ast::ColumnRef>(&item.expr->node)) return ref->names.back();
  if (const auto* call = std::get_if<ast::FunctionCall>(&item.expr->node)) return call->name.name;
  return std::holds_alternative<ast::Coalesce>(item.expr->node) ? "coalesce" : std::string();
}

std::optional<std::vector<Field>> columns(const Conversion& conversion, const ast::Query& query,
                                          CommonTables common_tables) {
  if (query.left || !query.values.empty()) return std::nullopt;
  const From from(conversion, query, std::move(common_tables));
  if (!from.known()) return std::nullopt;
  const Computed computed(conversion, from);
  std::vector<Field> result;
  for (const ast::SelectItem& target : query.targets) {
    const auto* ref = std::get_if<ast::ColumnRef>(&target.expr->node);
    if (ref != nullptr && ref->star) {
      if (ref->names.size() > 1) return std::nullopt;
      const std::vector<Field> all = from.all(ref->names.empty() ? "" : ref->names[0]);
      if (all.empty()) return std::nullopt;
      result.insert(result.end(), all.begin(), all.end());
      continue;
    }
    Field field;
    if (const Field* known = ref == nullptr ? nullptr : from.find(ref->names)) field = *known;
    std::optional<ast::TypeName> type = computed(*target.expr);
    field.name = name_of(target);
    if (!type || field.name.empty()) return std::nullopt;
    field.type = std::move(*type);
    result.push_back(std::move(field));
  }
  for (size_t i = 0; i < result.size(); ++i) {
    for (size_t other = 0; other < i; ++other) {
      if (result[other].name == result[i].name) return std::nullopt;
    }
  }
  return result;
}

}  // namespace

std::optional<std::vector<Field>> columns_of(const Conversion& conversion, const ast::Query& query) {
  return columns(conversion, query, {});
}

std::vector<Field> fields_of_star(const Conversion& conversion, const ast::Query& query,
                                  const ast::ColumnRef& star) {
  return From(conversion, query, {}).all(star.names.empty() ? "" : star.names[0]);
}

}  // namespace pg2crdb::routines
