// The types of what queries compute.
#include <algorithm>

#include "routines/function_types.h"
#include "routines/query_from.h"

namespace pg2crdb::routines {
namespace {

/// The type of what a query computes.
class Computed {
  using Type = std::optional<ast::TypeName>;

 public:
  Computed(const Conversion& conversion, const From& from) : conversion_(conversion), from_(from) {}

  std::optional<ast::TypeName> operator()(const ast::Expr& expr) const {
    return std::visit([this](const auto& node) { return type(node); }, expr.node);
  }
  /// The type that all of them have; a string or NULL takes that of the others.
  Type common(const std::vector<const ast::Expr*>& all) const {
    Type result;
    bool any_string = false;
    for (const ast::Expr* one : all) {
      const auto* literal = std::get_if<ast::Literal>(&one->node);
      any_string = any_string || (literal != nullptr && literal->kind == ast::Literal::Kind::string);
      const bool takes_any = literal != nullptr && (literal->kind == ast::Literal::Kind::string ||
                                                    literal->kind == ast::Literal::Kind::null);
      if (takes_any) continue;
      const Type own = (*this)(*one);
      if (!own || (result && own->array_bounds != result->array_bounds)) return std::nullopt;
      const bool same = !result || own->name == result->name;
      if (!same && !own->array_bounds.empty()) return std::nullopt;
      result = same ? plain(own) : type_of_either(result, own);
      if (!result) return std::nullopt;
    }
    return result || !any_string ? result : Type(built_in_type("text"));
  }

 private:
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
    if (literal.kind == Kind::decimal) return built_in_type("numeric");
    return std::nullopt;
  }
  Type type(const ast::ColumnRef& ref) const {
    if (ref.star) return std::nullopt;
    if (const Field* field = from_.find(ref.names)) return known(field->type);
    if (ref.names.size() == 2 && from_.all(ref.names[0]).empty()) return field(ref.names[0], ref.names[1]);
    if (ref.names.size() != 1 || from_.has(ref.names[0])) return std::nullopt;
    ast::plpgsql::Variable variable;
    variable.names = ref.names;
    const Type known = conversion_.single_type(variable);
    return known ? conversion_.known_type(*known) : std::nullopt;
  }
  Type type(const ast::Subquery& query) const {
    using Kind = ast::Subquery::Kind;
    if (query.kind != Kind::scalar && query.kind != Kind::array) return built_in_type("bool");
    const std::optional<std::vector<Field>> fields = columns_below(conversion_, *query.query, {});
    if (!fields || fields->size() != 1) return std::nullopt;
    Type type = known(fields->front().type);
    if (query.kind == Kind::array && type && !type->array_bounds.empty()) return std::nullopt;
    if (query.kind == Kind::array && type) type->array_bounds = {-1};
    return type;
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
    if (operation.kind == Kind::nullif) return plain((*this)(*operation.left));
    if (operation.kind != Kind::op) return built_in_type("bool");
    if (operation.op.size() != 1 || !operation.right) return std::nullopt;
    const std::string& op = operation.op[0];
    if (!operation.left) return type_of_sign(op, (*this)(*operation.right));
    return type_of_operation(op, (*this)(*operation.left), (*this)(*operation.right));
  }
  Type type(const ast::Coalesce& coalesce) const { return common(pointers(coalesce.arguments)); }

  static std::vector<const ast::Expr*> pointers(const std::vector<ast::Expr>& exprs) {
    std::vector<const ast::Expr*> result;
    for (const ast::Expr& expr : exprs) result.push_back(&expr);
    return result;
  }
  static Type known(const ast::TypeName& type) { return type.empty() ? std::nullopt : Type(type); }
  static Type plain(Type type) { return without_modifiers(std::move(type)); }

  Type type(const ast::FunctionCall& call) const {
    const std::vector<ast::Statement*> found = conversion_.routine.catalog.functions(call.name);
    if (found.empty()) {
      std::vector<Type> types;
      for (const ast::Expr& one : call.arguments) types.push_back((*this)(one));
      return type_of_call(call.name.name, types);
    }
    const auto* function = found.size() == 1 ? std::get_if<ast::CreateFunction>(&found[0]->node) : nullptr;
    if (function == nullptr || function->returns->set_of || function->returns->empty()) return std::nullopt;
    return conversion_.known_type(*function->returns);
  }
  /// An element of an array, a field of a row.
  Type type(const ast::Indirection& read) const {
    const bool is_step = read.steps.size() == 1;
    if (is_step && read.steps[0].kind == ast::Step::Kind::index) {
      Type array = (*this)(*read.argument);
      if (array && array->name.name == "jsonb" && array->array_bounds.empty()) return array;
      if (!array || array->array_bounds.size() != 1) return std::nullopt;
      array->array_bounds.clear();
      return array;
    }
    const auto* row = std::get_if<ast::ColumnRef>(&read.argument->node);
    if (!is_step || read.steps[0].kind != ast::Step::Kind::field || row == nullptr || row->names.size() != 1)
      return std::nullopt;
    return field(row->names[0], read.steps[0].field);
  }
  Type type(const ast::ArrayExpr& array) const {
    Type element = common(pointers(array.elements));
    if (!element || !element->array_bounds.empty()) return std::nullopt;
    element->array_bounds = {-1};
    return element;
  }
  /// Of a variable or parameter that holds a table's row.
  Type field(const std::string& variable, const std::string& name) const {
    const ast::plpgsql::VariableType* known = conversion_.type_of(variable);
    const bool is_named = known != nullptr && known->kind == ast::plpgsql::VariableType::Kind::named;
    const std::optional<std::vector<Field>> fields = is_named && known->type.array_bounds.empty()
                                                         ? conversion_.row_fields(known->type.name)
                                                         : std::nullopt;
    if (!fields) return std::nullopt;
    const auto found = std::ranges::find(*fields, name, &Field::name);
    return found == fields->end() || found->type.empty() ? std::nullopt : Type(found->type);
  }

  const Conversion& conversion_;
  const From& from_;
};

}  // namespace

std::optional<ast::TypeName> computed_type(const Conversion& conversion, const From& from,
                                           const ast::Expr& expr) {
  return Computed(conversion, from)(expr);
}

std::optional<ast::TypeName> common_type(const Conversion& conversion, const From& from,
                                         const std::vector<const ast::Expr*>& all) {
  return Computed(conversion, from).common(all);
}

}  // namespace pg2crdb::routines
