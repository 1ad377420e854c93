// Aggregates of the script's own that only gather what they are given, as array_agg does, or join it, as
// string_agg does, and hand it to a function: CockroachDB has no CREATE AGGREGATE (#74775), but all that they
// do. One that a body in PL/pgSQL names stays with the others, for a person, and so do several of one name
// where a call does not tell which it means.
#include "rewrite/pass.h"

#include <algorithm>
#include <utility>

#include "ast/describe.h"
#include "ast/shown_name.h"
#include "ast/walk.h"
#include "bind/own_aggregates.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"aggregate-replaced", Severity::info, "functions",
     "CockroachDB has no CREATE AGGREGATE; what the aggregate does is written where it is called",
     "Write queries of applications the same way."},
};

/// What an aggregate does.
struct Wrapped {
  bind::OwnAggregate aggregate;
  bool joins = false;     ///< texts; else it gathers values
  std::string separator;  ///< of texts
};

bool is_polymorphic(const ast::TypeName& type) {
  return type.name.name.starts_with("any");
}

bool is_parameter(const ast::Expr& expr, int64_t number, const ast::CreateFunction& function) {
  if (const auto* parameter = std::get_if<ast::Parameter>(&expr.node)) return parameter->number == number;
  const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
  return column != nullptr && column->names.size() == 1 &&
         column->names[0] == function.parameters[static_cast<size_t>(number - 1)].name;
}

const ast::Literal* written_text(const ast::Expr& expr) {
  const ast::Expr* inner = &expr;
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) inner = &*cast->argument;
  const auto* literal = std::get_if<ast::Literal>(&inner->node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string ? literal : nullptr;
}

/// `$1 || separator || $2`; null where it is something else.
const ast::Literal* separator_in(const ast::Expr& expr, const ast::CreateFunction& function) {
  const auto joined = [](const ast::Expr& one) {
    const auto* operation = std::get_if<ast::Operation>(&one.node);
    const bool joins =
        operation != nullptr && operation->op == std::vector<std::string>{"||"} && operation->left;
    return joins ? operation : nullptr;
  };
  const ast::Operation* outer = joined(expr);
  if (outer == nullptr || !is_parameter(*outer->right, 2, function)) return nullptr;
  const ast::Operation* inner = joined(*outer->left);
  return inner != nullptr && is_parameter(*inner->left, 1, function) ? written_text(*inner->right) : nullptr;
}

/// CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2 ELSE $1 || ', ' || $2 END: the separator.
std::optional<std::string> joining(const ast::CreateFunction& function) {
  if (function.statements.size() != 1 || function.parameters.size() != 2 || function.strict)
    return std::nullopt;
  const auto* select = std::get_if<ast::SelectStatement>(&function.statements[0].node);
  if (select == nullptr || select->query->targets.size() != 1 || !select->query->from.empty() ||
      select->query->where)
    return std::nullopt;
  const auto* choice = std::get_if<ast::Case>(&select->query->targets[0].expr->node);
  if (choice == nullptr || choice->argument || choice->whens.size() != 2 || !choice->otherwise)
    return std::nullopt;
  const auto gives_other = [&](const ast::CaseWhen& when, int64_t null, int64_t other) {
    const auto* test = std::get_if<ast::NullTest>(&when.condition->node);
    return test != nullptr && !test->negated && is_parameter(*test->argument, null, function) &&
           is_parameter(*when.result, other, function);
  };
  const ast::CaseWhen& first = choice->whens[0];
  const ast::CaseWhen& second = choice->whens[1];
  const bool skips_nulls = (gives_other(first, 2, 1) && gives_other(second, 1, 2)) ||
                           (gives_other(first, 1, 2) && gives_other(second, 2, 1));
  const ast::Literal* separator = skips_nulls ? separator_in(*choice->otherwise, function) : nullptr;
  return separator == nullptr ? std::nullopt : std::optional(separator->text);
}

class Replacer {
 public:
  explicit Replacer(PassContext& context) : context_(context) {}

  void run() {
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      std::optional<bind::OwnAggregate> aggregate = bind::read_aggregate(context_.script, statement);
      std::optional<Wrapped> wrapped = aggregate ? wrap(std::move(*aggregate)) : std::nullopt;
      if (!wrapped || is_named_in_text(wrapped->aggregate.name.name) || is_unclear(wrapped->aggregate))
        continue;
      replace(*wrapped);
      leave_out(wrapped->aggregate);
      const std::string name = to_string(wrapped->aggregate.name);
      context_.report(rules[0], statement, name,
                      "aggregate `" + name + "` is written as " +
                          (wrapped->joins ? "string_agg" : "array_agg") + " where it is called");
      context_.drop(statement, "it is written where it is called");
    }
  }

 private:
  std::optional<Wrapped> wrap(bind::OwnAggregate aggregate) const {
    if (!aggregate.final_function.empty()) {
      const std::vector<ast::Statement*> last = context_.catalog.functions(aggregate.final_function);
      const auto* function = last.empty() ? nullptr : std::get_if<ast::CreateFunction>(&last[0]->node);
      if (function == nullptr) return std::nullopt;
      aggregate.final_function = function->name;
    }
    const ast::Name& by = aggregate.state_function;
    const bool is_own = by.schema.empty() || by.schema == "pg_catalog";
    const bool is_array =
        !aggregate.state.array_bounds.empty() || aggregate.state.name.name.ends_with("array");
    if (is_own && by.name == "array_append" && is_array && (!aggregate.initial || *aggregate.initial == "{}"))
      return Wrapped{std::move(aggregate), false, {}};
    const std::vector<ast::Statement*> functions = context_.catalog.functions(by);
    const auto* function =
        functions.size() == 1 ? std::get_if<ast::CreateFunction>(&functions[0]->node) : nullptr;
    const bool is_text = aggregate.state.name.name == "text" && !is_array && !aggregate.initial;
    if (function == nullptr || !is_text) return std::nullopt;
    const std::optional<std::string> separator = joining(*function);
    if (!separator) return std::nullopt;
    return Wrapped{std::move(aggregate), true, *separator};
  }

  /// In a body that has no tree yet.
  bool is_named_in_text(const std::string& name) const {
    return std::ranges::any_of(context_.script.statements, [&](const ast::Statement& one) {
      const auto* function = std::get_if<ast::CreateFunction>(&one.node);
      const auto* block = std::get_if<ast::DoBlock>(&one.node);
      if (!one.live()) return false;
      if (block != nullptr) return bind::names(block->body, name);
      return function != nullptr && function->statements.empty() &&
             std::ranges::any_of(function->body,
                                 [&](const std::string& text) { return bind::names(text, name); });
    });
  }

  /// Whether a call may mean this one or another of its name. It is bound to the first of them then, and the
  /// others are among what the statement's text names; in a routine, whose text names them all in any case,
  /// it is bound to none.
  bool is_unclear(const bind::OwnAggregate& aggregate) const {
    return std::ranges::any_of(context_.script.statements, [&](ast::Statement& one) {
      if (!one.live()) return false;
      const bool names_several = !std::holds_alternative<ast::CreateFunction>(one.node) &&
                                 std::ranges::any_of(one.text_objects, [&](ast::ObjectId id) {
                                   return ast::may_be_same(context_.script.objects[id].name, aggregate.name);
                                 });
      bool unclear = false;
      ast::Visitor calls;
      calls.expr = [&](ast::Expr& expr) {
        const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
        unclear = unclear || (call != nullptr && ast::may_be_same(call->name, aggregate.name) &&
                              (names_several || call->name.object == ast::no_object));
      };
      ast::walk(one.node, calls);
      return unclear;
    });
  }

  /// What else is said of it.
  void leave_out(const bind::OwnAggregate& aggregate) const {
    const auto is_it = [&](const ast::ObjectRef& one) { return one.name.object == aggregate.object; };
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      auto* grant = std::get_if<ast::Grant>(&statement.node);
      const auto* owner = std::get_if<ast::AlterOwner>(&statement.node);
      const auto* comment = std::get_if<ast::Comment>(&statement.node);
      const bool is_about = (owner != nullptr && is_it(owner->object)) ||
                            (comment != nullptr && is_it(comment->object)) ||
                            (grant != nullptr && std::erase_if(grant->objects, is_it) > 0);
      if (!is_about) continue;
      const std::string name = to_string(aggregate.name);
      context_.report(rules[0], statement, name,
                      ast::statement_kind(statement.node) + " goes with aggregate `" + name +
                          "`, which is written where it is called");
      if (grant != nullptr && !grant->objects.empty())
        context_.rewritten(statement);
      else
        context_.drop(statement, "the aggregate is written where it is called");
    }
  }

  void replace(const Wrapped& wrapped) const {
    const ast::ObjectId object = wrapped.aggregate.object;
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      bool found = false;
      const auto is_it = [&](const ast::FunctionCall* call) {
        return call != nullptr && call->name.object == object && call->arguments.size() == 1;
      };
      ast::Visitor names;
      names.query = [&](ast::Query& query) {
        for (ast::SelectItem& item : query.targets) {
          const bool is_shown = item.alias.empty() && is_it(std::get_if<ast::FunctionCall>(&item.expr->node));
          if (is_shown) item.alias = ast::shown_name(item);
        }
      };
      ast::walk(statement.node, names);
      ast::Visitor calls;
      calls.expr = [&](ast::Expr& expr) {
        if (!is_it(std::get_if<ast::FunctionCall>(&expr.node))) return;
        expr = written(std::move(expr), wrapped);
        found = true;
      };
      ast::walk(statement.node, calls);
      const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
      const bool is_read = function != nullptr && !function->statements.empty();
      if (found || is_read) std::erase(statement.text_objects, object);
      if (found) context_.rewritten(statement);
    }
  }

  static ast::Expr written(ast::Expr expr, const Wrapped& wrapped) {
    const int32_t offset = expr.offset;
    const bind::OwnAggregate& aggregate = wrapped.aggregate;
    auto& call = std::get<ast::FunctionCall>(expr.node);
    call.name = {{}, wrapped.joins ? "string_agg" : "array_agg"};
    const auto* cast = std::get_if<ast::Cast>(&call.arguments[0].node);
    const bool is_cast = cast != nullptr && cast->type.name.name == aggregate.argument.name.name &&
                         cast->type.array_bounds == aggregate.argument.array_bounds;
    if (!is_cast && !is_polymorphic(aggregate.argument))
      call.arguments[0] = {ast::Cast{ast::Box<ast::Expr>(call.arguments[0]), aggregate.argument}, offset};
    if (wrapped.joins) call.arguments.push_back(literal(wrapped.separator));
    if (aggregate.initial) {
      ast::Coalesce coalesce;
      coalesce.arguments = {std::move(expr), literal(*aggregate.initial)};
      expr = {std::move(coalesce), offset};
    }
    if (aggregate.final_function.empty()) return expr;
    ast::FunctionCall last;
    last.name = aggregate.final_function;
    last.arguments.push_back(std::move(expr));
    return {std::move(last), offset};
  }

  static ast::Expr literal(std::string text) {
    return {ast::Literal{ast::Literal::Kind::string, std::move(text)}, -1};
  }

  PassContext& context_;
};

void run(PassContext& context) {
  if (!context.target.has(Capability::create_aggregate)) Replacer(context).run();
}

}  // namespace

extern const Pass wrapped_aggregates;
const Pass wrapped_aggregates = {
    .name = "wrapped-aggregates",
    .category = "functions",
    .fidelity = Fidelity::exact,
    .summary = "writes aggregates of one's own that only gather or join values as array_agg and string_agg",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
