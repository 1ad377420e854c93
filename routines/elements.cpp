// Elements of arrays, keys of JSON and fields as targets: CockroachDB sets variables and their fields only.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "ast/walk.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

ast::Expr integer(std::string digits) {
  return {ast::Literal{ast::Literal::Kind::integer, std::move(digits)}};
}
ast::Expr call(std::string name, std::vector<ast::Expr> arguments) {
  ast::FunctionCall made;
  made.name.name = std::move(name);
  made.arguments = std::move(arguments);
  return {std::move(made)};
}
ast::Expr coalesce(ast::Expr first, ast::Expr second) {
  ast::Coalesce made;
  made.arguments.push_back(std::move(first));
  made.arguments.push_back(std::move(second));
  return {std::move(made)};
}
Statement assignment(Variable target, Value value) {
  Assignment node;
  node.target = std::move(target);
  node.value = std::move(value);
  Statement statement;
  statement.node = std::move(node);
  return statement;
}
Variable variable(std::string name) {
  Variable result;
  result.names = {std::move(name)};
  return result;
}

std::optional<int64_t> whole_number(const ast::Expr& expr) {
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  if (literal == nullptr || literal->kind != ast::Literal::Kind::integer) return std::nullopt;
  int64_t number = 0;
  const char* end = literal->text.data() + literal->text.size();
  const auto [rest, error] = std::from_chars(literal->text.data(), end, number);
  return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

class Elements {
 public:
  explicit Elements(Conversion& conversion) : conversion_(conversion) {}

  void run() {
    bool any = false;
    each_part(conversion_.body, [&](Assignment& one) { any = any || !one.target.steps.empty(); });
    if (any) original_ = conversion_.body;
    each_part(conversion_.body, [&](Statements& statements) {
      std::vector<Statement>& list = statements.list;
      for (size_t i = 0; i < list.size(); ++i) {
        std::vector<Statement> before, behind;
        convert(list[i], before, behind);
        insert(list, i, before);
        i += before.size();
        insert(list, i + 1, behind);
        i += behind.size();
      }
    });
  }

 private:
  static void insert(std::vector<Statement>& list, size_t at, std::vector<Statement>& added) {
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(at), std::make_move_iterator(added.begin()),
                std::make_move_iterator(added.end()));
  }

  void convert(Statement& statement, std::vector<Statement>& before, std::vector<Statement>& behind) {
    const Target& target = conversion_.routine.target;
    if (auto* set = std::get_if<Assignment>(&statement.node)) {
      if (set->target.steps.size() != 1 || set->target.steps[0].kind != ast::Step::Kind::index ||
          target.has(Capability::plpgsql_element_assignment))
        return;
      const int32_t offset = statement.offset;
      if (key(*set) || element(*set, offset, before)) conversion_.note("an assignment to an element", offset);
    } else if (auto* fetch = std::get_if<Fetch>(&statement.node)) {
      if (target.has(Capability::plpgsql_into_field)) return;
      for (Variable& one : fetch->into.targets) field(one, behind);
      if (!behind.empty()) conversion_.note("INTO a field", statement.offset);
    } else if (auto* run = std::get_if<RunSql>(&statement.node)) {
      if (target.has(Capability::plpgsql_into_field)) return;
      for (Variable& one : run->into.targets) field(one, behind);
      if (!behind.empty()) conversion_.note("INTO a field", statement.offset);
    }
  }

  static ast::Expr read(const Variable& target) {
    if (target.names.size() == 1) return column(target.names);
    ast::Indirection field;
    field.argument = column({target.names[0]});
    ast::Step step;
    step.field = target.names[1];
    field.steps.push_back(std::move(step));
    return {std::move(field)};
  }

  /// `j['a'] := v` makes an object of NULL, and puts in a null for NULL.
  bool key(Assignment& set) {
    const std::optional<ast::TypeName> type = conversion_.type_of_target(set.target);
    const auto* name = std::get_if<ast::Literal>(&set.target.steps[0].lower->node);
    auto* value = std::get_if<ast::Expr>(&set.value.node);
    if (!type || type->name.name != "jsonb" || !type->array_bounds.empty() || name == nullptr ||
        name->kind != ast::Literal::Kind::string || value == nullptr)
      return false;
    ast::ArrayExpr path;
    path.elements.push_back(text_literal(name->text));
    const auto jsonb = [](ast::Expr expr) {
      ast::Cast cast;
      cast.argument = std::move(expr);
      cast.type = built_in_type("jsonb");
      return ast::Expr{std::move(cast)};
    };
    std::vector<ast::Expr> arguments;
    arguments.push_back(coalesce(read(set.target), jsonb(text_literal("{}"))));
    arguments.push_back({std::move(path)});
    arguments.push_back(coalesce(jsonb(std::move(*value)), jsonb(text_literal("null"))));
    set.value = value_of(call("jsonb_set", std::move(arguments)));
    set.target.steps.clear();
    return true;
  }

  /// `a[n] := v` fills up with NULLs what is missing before, but an array without elements begins with n
  /// then. CockroachDB's begin with 1.
  bool element(Assignment& set, int32_t offset, std::vector<Statement>& before) {
    std::optional<ast::TypeName> type = conversion_.type_of_target(set.target);
    const ast::Expr index = *set.target.steps[0].lower;
    auto* value = std::get_if<ast::Expr>(&set.value.node);
    const bool begins_with_1 = whole_number(index) == 1 || is_filled_from_1(set.target, index, offset) ||
                               (has_elements(set.target) && is_at_least(index, 1));
    if (!type || type->array_bounds.size() != 1 || value == nullptr || !begins_with_1) return false;
    type->array_bounds.clear();
    ast::Expr given = std::move(*value);
    if (!is_of_type(given, *type)) {
      const std::string name = conversion_.new_name(set.target.names.back() + "_element");
      conversion_.declare(name, std::move(*type));
      Value computed = std::move(set.value);
      computed.node = std::move(given);
      before.push_back(assignment(variable(name), std::move(computed)));
      given = column({name});
    }
    set.value = value_of(with_element(read(set.target), index, std::move(given)));
    set.target.steps.clear();
    return true;
  }

  /// `ARRAY(SELECT CASE n WHEN index THEN value ELSE a[n] END FROM generate_series(1, ...) AS g (n) ORDER BY
  /// n)`
  ast::Expr with_element(ast::Expr array, const ast::Expr& index, ast::Expr value) {
    if (number_.empty()) {
      number_ = conversion_.new_name("element_number");
      numbers_ = conversion_.new_name("element_numbers");
    }
    std::vector<ast::Expr> length;
    length.push_back(array);
    length.push_back(integer("1"));
    ast::MinMax last;
    last.arguments.push_back(index);
    last.arguments.push_back(coalesce(call("array_length", std::move(length)), integer("0")));
    std::vector<ast::Expr> bounds;
    bounds.push_back(integer("1"));
    bounds.push_back({std::move(last)});
    ast::FunctionRef::Function series;
    series.call = call("generate_series", std::move(bounds));
    ast::FunctionRef from;
    from.functions.push_back(std::move(series));
    from.alias = {numbers_, {number_}};

    ast::Step step;
    step.kind = ast::Step::Kind::index;
    step.lower = column({number_});
    ast::Indirection old;
    old.argument = std::move(array);
    old.steps.push_back(std::move(step));
    ast::CaseWhen when;
    when.condition = index;
    when.result = std::move(value);
    ast::Case choice;
    choice.argument = column({number_});
    choice.whens.push_back(std::move(when));
    choice.otherwise = ast::Expr{std::move(old)};
    ast::SelectItem item;
    item.expr = ast::Expr{std::move(choice)};
    ast::SortItem order;
    order.expr = column({number_});
    ast::Query query;
    query.targets.push_back(std::move(item));
    query.from.emplace_back();
    query.from.back().node = std::move(from);
    query.order_by.push_back(std::move(order));
    ast::Subquery elements;
    elements.kind = ast::Subquery::Kind::array;
    elements.query = std::move(query);
    return {std::move(elements)};
  }

  /// Whether a variable is declared with elements, and set by elements alone.
  bool has_elements(const Variable& target) const {
    if (target.names.size() != 1 || conversion_.type_of(target.names[0]) == nullptr) return false;
    bool declared = false, set = false;
    each_part(original_, [&](Declaration& one) {
      const auto* variable = std::get_if<VariableDeclaration>(&one.node);
      const auto* value = variable != nullptr && variable->default_value
                              ? std::get_if<ast::Expr>(&variable->default_value->node)
                              : nullptr;
      declared = declared || (one.name == target.names[0] && value != nullptr && is_filled(*value));
    });
    each_part(original_,
              [&](Variable& one) { set = set || (one.names[0] == target.names[0] && one.steps.empty()); });
    return declared && !set && !calls();
  }

  /// `'{1}'`, `ARRAY[1]`
  static bool is_filled(const ast::Expr& expr) {
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return is_filled(*cast->argument);
    if (const auto* array = std::get_if<ast::ArrayExpr>(&expr.node)) return !array->elements.empty();
    const auto* literal = std::get_if<ast::Literal>(&expr.node);
    return literal != nullptr && literal->kind == ast::Literal::Kind::string && literal->text.size() > 2 &&
           literal->text[0] == '{' && literal->text.find_first_not_of(" {}") != std::string::npos;
  }

  /// `FOR i IN 1..n LOOP a[i] := ...`: each turn sets the next one.
  bool is_filled_from_1(const Variable& target, const ast::Expr& index, int32_t offset) const {
    const auto* ref = std::get_if<ast::ColumnRef>(&index.node);
    if (ref == nullptr || ref->names.size() != 1) return false;
    bool filled = false;
    each_part(original_, [&](ForRange& loop) {
      const auto* from = std::get_if<ast::Expr>(&loop.from.node);
      if (loop.variable != ref->names[0] || loop.reverse || loop.by || from == nullptr ||
          whole_number(*from) != 1)
        return;
      const bool is_inside =
          std::ranges::find(loop.statements.list, offset, &Statement::offset) != loop.statements.list.end();
      if (!is_inside) return;
      filled = true;
      each_part(loop.statements, [&](Exit& one) { filled = filled && !one.continues; });
      each_part(loop.statements, [&](Variable& one) {
        const bool is_array = one.names == target.names && one.steps.empty();
        filled = filled && one.names[0] != loop.variable && !is_array;
      });
    });
    return filled && !calls();
  }

  /// Whether a procedure is called, which may set what it is given.
  bool calls() const {
    bool found = false;
    each_part(original_, [&](StaticSql& one) {
      const auto* text = std::get_if<ast::Opaque>(&one.statement);
      found = found || (text != nullptr && text->kind == "CALL");
    });
    return found;
  }

  /// What an assignment would not change.
  static bool is_of_type(const ast::Expr& expr, const ast::TypeName& type) {
    const auto* literal = std::get_if<ast::Literal>(&expr.node);
    using Kind = ast::Literal::Kind;
    constexpr size_t digits_of_int4 = 9;
    if (literal == nullptr || !type.modifiers.empty()) return false;
    const bool is_integer = type.name.name == "int4" || type.name.name == "int8";
    return (literal->kind == Kind::integer && is_integer && literal->text.size() <= digits_of_int4) ||
           (literal->kind == Kind::string && type.name.name == "text") ||
           (literal->kind == Kind::boolean && type.name.name == "bool");
  }

  /// Whether a number is never less, and never NULL: a constant, a loop's variable, a variable that is only
  /// ever made greater, a sum of such.
  bool is_at_least(const ast::Expr& expr, int64_t least) const {
    if (const std::optional<int64_t> number = whole_number(expr)) return *number >= least;
    if (const auto* coalesced = std::get_if<ast::Coalesce>(&expr.node)) {
      const auto* length = std::get_if<ast::FunctionCall>(&coalesced->arguments[0].node);
      constexpr std::string_view lengths[] = {"array_length", "cardinality", "jsonb_array_length"};
      return coalesced->arguments.size() == 2 && least == 0 && length != nullptr &&
             std::ranges::find(lengths, length->name.name) != std::end(lengths) &&
             is_at_least(coalesced->arguments[1], least);
    }
    if (const auto* sum = std::get_if<ast::Operation>(&expr.node)) {
      const bool is_sum = sum->kind == ast::Operation::Kind::op && sum->op == std::vector<std::string>{"+"} &&
                          sum->left && sum->right;
      return is_sum && ((is_at_least(*sum->left, least) && is_at_least(*sum->right, 0)) ||
                        (is_at_least(*sum->left, 0) && is_at_least(*sum->right, least)));
    }
    const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
    return ref != nullptr && ref->names.size() == 1 && is_variable_at_least(ref->names[0], least);
  }

  bool is_variable_at_least(const std::string& name, int64_t least) const {
    const bool is_parameter = std::ranges::any_of(
        conversion_.routine.parameters, [&](const ast::FunctionParameter& one) { return one.name == name; });
    if (is_parameter || asked_.contains(name)) return false;
    asked_.insert(name);
    bool good = true;
    size_t declared = 0, set = 0, targets = 0;
    const auto at_least = [&](const Value& value) {
      const auto* expr = std::get_if<ast::Expr>(&value.node);
      return expr != nullptr && is_at_least(*expr, least);
    };
    each_part(original_, [&](ForRange& loop) {
      if (loop.variable != name) return;
      ++declared;
      good = good && at_least(loop.reverse ? loop.to : loop.from);
    });
    each_part(original_, [&](Declaration& one) {
      const auto* declaration = std::get_if<VariableDeclaration>(&one.node);
      if (one.name != name) return;
      ++declared;
      good = good && declaration != nullptr && declaration->default_value &&
             at_least(*declaration->default_value);
    });
    each_part(original_, [&](Variable& one) { targets += one.names[0] == name ? 1 : 0; });
    each_part(original_, [&](Assignment& one) {
      if (one.target.names != std::vector{name}) return;
      ++set;
      good = good && (at_least(one.value) || is_made_greater(name, one.value));
    });
    asked_.erase(name);
    return good && declared > 0 && targets == set && !calls();
  }

  /// `i := i + 1`
  bool is_made_greater(const std::string& name, const Value& value) const {
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    const auto* sum = expr == nullptr ? nullptr : std::get_if<ast::Operation>(&expr->node);
    if (sum == nullptr || sum->kind != ast::Operation::Kind::op || sum->op != std::vector<std::string>{"+"} ||
        !sum->left || !sum->right)
      return false;
    const auto* ref = std::get_if<ast::ColumnRef>(&sum->left->node);
    return ref != nullptr && ref->names == std::vector{name} && is_at_least(*sum->right, 0);
  }

  /// `SELECT a INTO r.f`
  void field(Variable& target, std::vector<Statement>& behind) {
    if (target.names.size() != 2 || !target.steps.empty()) return;
    std::optional<ast::TypeName> type = conversion_.type_of_target(target);
    if (!type) return;
    const std::string name = conversion_.new_name(target.names[0] + "_" + target.names[1]);
    conversion_.declare(name, std::move(*type));
    behind.push_back(assignment(std::move(target), value_of(column({name}))));
    target = variable(name);
  }

  Conversion& conversion_;
  mutable Body original_;  ///< as it was before any was converted
  std::string number_;
  std::string numbers_;
  mutable std::set<std::string> asked_;  ///< variables whose values are being looked at
};

}  // namespace

void convert_elements(Conversion& conversion) {
  Elements(conversion).run();
}

}  // namespace pg2crdb::routines
