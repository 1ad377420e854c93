// Expressions in defaults, CHECKs, generated columns, indexes, views, triggers, policies and bodies in SQL:
// casts to regconfig, integer division, float with decimal. What has no counterpart is taken out of a table,
// because the table matters more than its default or CHECK, and reported as an error; an index, view,
// trigger, policy or routine is left for a person as a whole.
//
// Types are those of the dump's columns, so this pass runs before they are mapped. It knows a type or it does
// not: where it does not, nothing is rewritten.
#include "rewrite/pass.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>

#include "ast/describe.h"
#include "bind/assigned_values.h"
#include "bind/expression_types.h"
#include "bind/pg_catalog.h"
#include "bind/uncreated.h"
#include "passes/adapt_expressions/arithmetic.h"
#include "passes/adapt_expressions/literals.h"
#include "passes/adapt_expressions/patterns.h"
#include "passes/adapt_expressions/types.h"
#include "target/functions.h"

namespace pg2crdb {
namespace {

using namespace adapt;

constexpr FindingKind rules[] = {
    {"text-search-configuration", Severity::info, "functions",
     "CockroachDB takes a text search configuration as a string, not as regconfig",
     "Nothing to do where the configuration is a built-in one."},
    {"integer-division", Severity::info, "functions", "7 / 2 is 3.5 in CockroachDB, and 7 // 2 is 3",
     "Nothing to do."},
    {"division", Severity::warning, "functions",
     "7 / 2 is 3.5 in CockroachDB, and one of the operands may not be an integer",
     "Write // where both operands are integers."},
    {"float-decimal", Severity::warning, "functions",
     "CockroachDB does not mix floats with integers and decimals, and EXTRACT is a float there",
     "Check the precision of the result, then acknowledge."},
    {"money-arithmetic", Severity::warning, "functions",
     "amounts are decimals in CockroachDB: what is computed with them is rounded to cents, as PostgreSQL "
     "does",
     "Compare the last cent where amounts are multiplied by fractions: PostgreSQL computes those as floats."},
    {"missing-function", Severity::error, "functions",
     "an expression calls a function that CockroachDB does not have",
     "Write the expression with functions that exist, or define the function."},
    {"refused-function", Severity::error, "functions",
     "an expression calls a function of the dump that needs a person first",
     "Mend that function first, then put this back."},
    {"missing-operator", Severity::error, "functions",
     "an expression uses an operator that CockroachDB does not have for these types",
     "Write the expression with functions and operators that exist."},
    {"expression-refused", Severity::error, "functions", "an expression has a form that CockroachDB refuses",
     "Write the expression in another way."},
    {"context-dependent-cast", Severity::error, "functions",
     "a cast that depends on session settings is refused in generated columns and indexes",
     "Put AT TIME ZONE 'UTC' before the cast, or use parse_date, parse_timestamp."},
    {"regex-dialect", Severity::error, "functions",
     "CockroachDB's regular expressions have no look-around, back-references, \\m, \\M or \\y",
     "Write the pattern in the language of RE2: \\b for the edge of a word."},
};
enum : size_t {
  text_search_configuration,
  integer_division,
  division,
  float_decimal,
  money_arithmetic,
  missing_function,
  refused_function,
  missing_operator,
  expression_refused,
  context_dependent_cast,
  regex_dialect,
};

/// An aggregate is kept word for word, and CockroachDB has none that users make.
bool is_created(const ast::Statement* routine) {
  return routine->live() && std::holds_alternative<ast::CreateFunction>(routine->node);
}

/// Whether it is said to be immutable and CockroachDB does not believe that.
bool has_lost_immutability(const ast::Statement* routine) {
  const std::vector<std::string_view>& passes = routine->passes;
  return std::find(passes.begin(), passes.end(), "function-volatility") != passes.end();
}

bool same_type(const ast::TypeName& left, const ast::TypeName& right) {
  const bool same_schema =
      left.name.schema == right.name.schema || left.name.schema.empty() || right.name.schema.empty();
  return left.name.name == right.name.name && same_schema && left.array_bounds == right.array_bounds;
}

/// Where an expression stands decides what is allowed in it.
enum class Place { value, check, immutable };

struct Refusal {
  size_t rule = 0;
  std::string what;  ///< "calls `date_bin`, which CockroachDB does not have"
  int32_t offset = -1;

  /// There, too: the first of its places is shown.
  void stands_at(int32_t other) {
    if (other >= 0 && (offset < 0 || other < offset)) offset = other;
  }
};

class Adapter {
 public:
  Adapter(PassContext& context, const bind::Uncreated& uncreated, bind::ExpressionTypes& types,
          ast::Statement& statement)
      : context_(context), uncreated_(uncreated), types_(types), statement_(statement) {}

  void run() {
    object_ = ast::statement_object(statement_.node);
    kind_ = ast::statement_kind(statement_.node);
    types_.enter(statement_);
    if (auto* table = std::get_if<ast::CreateTable>(&statement_.node)) {
      this->table(*table);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement_.node)) {
      alter_table(*alter);
    } else if (std::holds_alternative<ast::CreateIndex>(statement_.node)) {
      whole(Place::immutable);
    } else if (std::holds_alternative<ast::CreateTrigger>(statement_.node) ||
               std::holds_alternative<ast::CreatePolicy>(statement_.node) ||
               std::holds_alternative<ast::CreateView>(statement_.node) ||
               std::holds_alternative<ast::CreateTableAs>(statement_.node) ||
               std::holds_alternative<ast::SelectStatement>(statement_.node)) {
      whole(Place::value);
    } else if (ast::changed_table(statement_.node) != nullptr) {
      std::vector<Refusal> refusals;
      bind::each_assigned(
          statement_, context_.script, [&](ast::ObjectId id) { return may_write_literal(column_type(id)); },
          [&](ast::Expr& value, ast::ObjectId id) {
            literals(store_literal(value, column_type(id)), value, refusals);
          });
      whole(Place::value, std::move(refusals));
    } else if (auto* function = std::get_if<ast::CreateFunction>(&statement_.node)) {
      routine(*function);
    }
  }

 private:
  void table(ast::CreateTable& table) {
    for (ast::Column& column : table.columns) this->column(table.name, column);
    constraints(table.constraints);
  }

  void column(const ast::Name& table, ast::Column& column) {
    if (column.default_value || (column.generated && column.generated->expr)) {
      const std::string object = to_string(table) + "." + column.name;
      if (column.default_value &&
          !fits(*column.default_value, Place::value, object, "the DEFAULT of `" + object + "`",
                "; it is left out", &column.type)) {
        column.default_value.reset();
      }
      if (column.generated && column.generated->expr &&
          !fits(*column.generated->expr, Place::immutable, object, "generated column `" + object + "`",
                "; it becomes an ordinary column that nothing fills")) {
        column.generated.reset();
        column.not_null = false;
      }
    }
    constraints(column.constraints);
  }

  void constraints(std::vector<ast::Constraint>& all) {
    std::erase_if(all, [this](ast::Constraint& constraint) { return !this->constraint(constraint); });
  }

  bool constraint(ast::Constraint& constraint) {
    if (constraint.kind != ast::Constraint::Kind::check || !constraint.check) return true;
    return fits(*constraint.check, Place::check, object_,
                "CHECK `" + constraint.name + "` of `" + object_ + "`", "; it is left out");
  }

  void alter_table(ast::AlterTable& alter) {
    const size_t before = alter.commands.size();
    std::erase_if(alter.commands, [&](ast::AlterCommand& command) {
      if (auto* add = std::get_if<ast::AddConstraint>(&command)) return !constraint(add->constraint);
      if (auto* add = std::get_if<ast::AddColumn>(&command)) column(alter.name, add->column);
      auto* set = std::get_if<ast::SetDefault>(&command);
      if (set == nullptr || !set->value) return false;
      const std::string object = object_ + "." + set->column;
      return !fits(*set->value, Place::value, object, "the DEFAULT of `" + object + "`", "; it is left out");
    });
    if (alter.commands.empty() && before > 0) context_.drop(statement_, "its expression is refused");
  }

  void routine(ast::CreateFunction& function) {
    std::vector<Refusal> refusals;
    for (ast::FunctionParameter& one : function.parameters) {
      if (!one.default_value) continue;
      literals(write_literal(*one.default_value, one.type), *one.default_value, refusals);
      types_.walk(*one.default_value, visitor(Place::value, refusals));
    }
    in_body_ = true;
    for (ast::BodyStatement& one : function.statements)
      types_.walk(one.node, visitor(Place::value, refusals));
    tell(refusals);
  }

  /// A statement that stands or falls as one.
  void whole(Place place, std::vector<Refusal> refusals = {}) {
    types_.walk(statement_.node, visitor(place, refusals));
    tell(refusals);
  }

  void tell(const std::vector<Refusal>& refusals) {
    const std::string which = kind_ + (object_.empty() ? "" : " `" + object_ + "`");
    bool person = false;
    std::string reason;
    for (const Refusal& refusal : unique(refusals)) {
      context_.report(rules[refusal.rule], statement_, object_, which + " " + refusal.what, refusal.offset);
      if (refusal.rule == regex_dialect) continue;
      person = true;
      if (reason.empty()) reason = "it " + refusal.what;
    }
    finish();
    if (person) context_.needs_person(statement_, reason);
  }

  /// False where it is refused, which is then reported. `into`: the type that its value is stored as.
  bool fits(ast::Expr& root, Place place, const std::string& object, const std::string& which,
            const std::string& consequence, const ast::TypeName* into = nullptr) {
    std::vector<Refusal> refusals;
    if (into != nullptr) literals(write_literal(root, *into), root, refusals);
    if (into != nullptr && is_converted(root, *into, &bind::Uncreated::Cast::assigns))
      refusals.push_back({expression_refused, converts(*into), root.offset});
    types_.walk(root, visitor(place, refusals));
    bool fine = true;
    for (const Refusal& refusal : unique(refusals)) {
      const bool harmless = refusal.rule == regex_dialect && place == Place::value;
      context_.report(rules[refusal.rule], statement_, object,
                      which + " " + refusal.what + (harmless ? "" : consequence), refusal.offset);
      fine = fine && harmless;
    }
    finish();
    if (!fine) context_.rewritten(statement_);
    return fine;
  }

  /// Each once, where it stands first.
  static std::vector<Refusal> unique(const std::vector<Refusal>& refusals) {
    std::vector<Refusal> result;
    for (const Refusal& refusal : refusals) {
      const auto known = std::find_if(result.begin(), result.end(),
                                      [&](const Refusal& r) { return r.what == refusal.what; });
      if (known == result.end()) {
        result.push_back(refusal);
      } else {
        known->stands_at(refusal.offset);
      }
    }
    return result;
  }

  /// Says what was rewritten or may be meant otherwise, once a statement and rule.
  void finish() {
    for (const auto& [rule, what] : changes_) {
      if (!said_.insert(rule).second) continue;
      context_.report(rules[rule], statement_, object_,
                      kind_ + (object_.empty() ? "" : " `" + object_ + "`") + ": " + what.what, what.offset);
    }
    changes_.clear();
  }

  void changed(size_t rule, const std::string& what, int32_t offset) {
    context_.rewritten(statement_);
    noted(rule, what, offset);
  }

  void noted(size_t rule, const std::string& what, int32_t offset) {
    const auto [it, added] = changes_.emplace(rule, Refusal{rule, what, offset});
    if (!added && it->second.what == what) it->second.stands_at(offset);
  }

  bind::ExpressionTypes::Visitor visitor(Place place, std::vector<Refusal>& refusals) {
    bind::ExpressionTypes::Visitor visitor;
    visitor.expr = [this, place, &refusals](ast::Expr& expr) { visit(expr, place, refusals); };
    visitor.sorted = [&refusals](const ast::Expr& expr, const ast::TypeName& type) {
      if (type_of(type) == Type::becomes_text)
        refusals.push_back({missing_operator, "sorts by a value whose type becomes text", expr.offset});
    };
    return visitor;
  }

  void visit(ast::Expr& expr, Place place, std::vector<Refusal>& refusals) {
    literals(write_literals(expr, types_), expr, refusals);
    const auto refuse = [&](size_t rule, std::string what) {
      refusals.push_back({rule, std::move(what), expr.offset});
    };
    if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
      function(*call, place, refuse);
    } else if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
      this->cast(expr, *cast, place, refuse);
    } else if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
      if (escapes(*operation)) {
        std::erase_if(refusals,
                      [&](const Refusal& refusal) { return refusal.offset == operation->right->offset; });
      }
      this->operation(*operation, refuse);
      if (operation->kind == ast::Operation::Kind::op && !operation->op.empty()) arithmetic(expr);
    } else if (const auto* indirection = std::get_if<ast::Indirection>(&expr.node)) {
      if (type_of_value(*indirection->argument) == Type::becomes_text)
        refuse(expression_refused, "takes a part of a value whose type becomes text");
      for (const ast::Step& step : indirection->steps) {
        if (step.kind == ast::Step::Kind::slice && !context_.target.has(Capability::array_slices))
          refuse(expression_refused, "takes a slice of an array");
      }
    } else if (std::holds_alternative<ast::NamedArgument>(expr.node) &&
               !context_.target.has(Capability::named_arguments)) {
      refuse(expression_refused, "names an argument of a function");
    }
  }

  /// Whether a cast of the script's own makes the value one of that type. `anywhere`: how the cast is said to
  /// be, for a place where nobody writes it; null: it is written, so that a value of unknown type counts.
  bool is_converted(const ast::Expr& value, const ast::TypeName& to,
                    bool bind::Uncreated::Cast::*anywhere = nullptr) const {
    if (context_.target.has(Capability::create_cast)) return false;
    const auto makes_it = [&](const bind::Uncreated::Cast& cast) { return same_type(cast.to, to); };
    if (std::none_of(uncreated_.casts().begin(), uncreated_.casts().end(), makes_it)) return false;
    const auto* literal = std::get_if<ast::Literal>(&value.node);
    const ast::TypeName declared = types_.of(value);
    const Type type = type_of(declared);
    if (type == Type::unknown && (literal != nullptr || anywhere != nullptr)) return false;
    return std::any_of(uncreated_.casts().begin(), uncreated_.casts().end(), [&](const auto& cast) {
      const Type from = type_of(cast.from);
      // What is written is read from text by CockroachDB, too.
      const bool applies = anywhere != nullptr ? cast.*anywhere : !(cast.of_text && from == Type::text);
      if (!applies || !makes_it(cast)) return false;
      if (!declared.empty()) return same_type(cast.from, declared);
      return type == Type::unknown || type == from;
    });
  }

  static std::string converts(const ast::TypeName& to) {
    return "converts to `" + to.name.name + "` by a cast of the script's own";
  }

  /// Forms of a call that PostgreSQL has words for and CockroachDB does not.
  static std::string_view foreign_form(const ast::FunctionCall& call) {
    if (!call.sql_syntax) return {};
    const std::string& name = call.name.name;
    if (name == "is_normalized") return "IS NORMALIZED";
    if (name == "normalize") return "NORMALIZE";
    if (name == "timezone" && call.arguments.size() == 1) return "AT LOCAL";
    return {};
  }

  template <class Refuse>
  void function(ast::FunctionCall& call, Place place, Refuse refuse) {
    const std::string name = call.name.name;
    if (const std::string_view form = foreign_form(call); !form.empty()) {
      refuse(expression_refused, "uses " + std::string(form));
      return;
    }
    if (call.variadic && !context_.target.has(Capability::variadic)) {
      refuse(expression_refused, "passes VARIADIC arguments");
      return;
    }
    if (context_.catalog.has_function(call.name)) {
      if (in_body_) return;  // what hangs on it is told at the end
      const std::vector<ast::Statement*> overloads = context_.catalog.functions(call.name);
      if (std::none_of(overloads.begin(), overloads.end(), is_created))
        refuse(refused_function, "calls `" + to_string(call.name) + "`, which needs a person");
      else if (place == Place::immutable &&
               std::all_of(overloads.begin(), overloads.end(), has_lost_immutability))
        refuse(expression_refused, "calls `" + to_string(call.name) + "`, which is not immutable");
      return;
    }
    const ast::ObjectId object = call.name.object;
    // Where the script's order is kept, the name may be that of another place.
    if (object != ast::no_object && context_.script.objects[object].made_here() &&
        is_created(&context_.script.statements[context_.script.objects[object].created]))
      return;
    // A body's names that nothing makes are told of as the script's others are.
    if (in_body_ && (!built_in(call.name) || (!is_built_in_function(name) && !call.sql_syntax &&
                                              bind::signatures_in_pg_catalog(name).empty())))
      return;
    if (!built_in(call.name)) {
      refuse(missing_function,
             "calls `" + to_string(call.name) + "`, which neither the dump nor CockroachDB defines");
      return;
    }
    if (const std::string own = uncreated_.configuration(call);
        !own.empty() && !context_.target.has(Capability::text_search_objects)) {
      refuse(expression_refused, "reads text with `" + own + "`, a configuration of the script's own");
      return;
    }
    const bool is_later = name == "pg_trigger_depth" && !context_.target.has(Capability::trigger_depth);
    const bool known = call.sql_syntax || (is_built_in_function(name) && !is_later);
    if (!known || overload_missing(call)) {
      refuse(missing_function, "calls `" + name + "`" + (known ? " with arguments that" : ", which") +
                                   " CockroachDB does not have");
    } else if (takes_what_becomes_text(call)) {
      refuse(missing_function, "calls `" + name + "` with a value whose type becomes text");
    } else if (name == "string_agg" && call.distinct && call.modifiers && !call.modifiers->order_by.empty() &&
               !context_.target.has(Capability::distinct_ordered_aggregate)) {
      refuse(expression_refused, "aggregates with DISTINCT and ORDER BY at once");
    } else if (call.distinct && call.modifiers && !call.modifiers->order_by.empty() &&
               !call.modifiers->within_group &&
               !context_.target.has(Capability::distinct_ordered_aggregate)) {
      refuse(expression_refused, "aggregates with DISTINCT and ORDER BY at once");
    }
  }

  /// lower(range) is no lower(text).
  bool takes_what_becomes_text(const ast::FunctionCall& call) const {
    constexpr std::string_view of_any_type[] = {"array_agg", "concat", "concat_ws", "count", "format"};
    return !contains(of_any_type, call.name.name) &&
           std::any_of(call.arguments.begin(), call.arguments.end(), [&](const ast::Expr& argument) {
             return type_of_value(argument) == Type::becomes_text;
           });
  }

  /// Names that exist, with parameters that do not. Emit forms 8.
  bool overload_missing(const ast::FunctionCall& call) const {
    const std::string& name = call.name.name;
    const std::vector<ast::Expr>& arguments = call.arguments;
    if (name == "to_timestamp") return arguments.size() == 2;
    if (name == "like_escape" || name == "unaccent") return arguments.size() == 2;
    if (name == "age")
      return arguments.size() == 2 && type_of_value(arguments[0]) == Type::timestamp &&
             type_of_value(arguments[1]) == Type::timestamp;
    if (name != "to_char" || arguments.size() != 2) return false;
    const Type type = type_of_value(arguments[0]);
    if (type == Type::integer || type == Type::decimal || type == Type::floating) return true;
    const ast::Literal* pattern = string_literal(arguments[1]);
    return pattern != nullptr && !pattern->text.empty() &&
           pattern->text.find_first_not_of("FM09.,SDGLV \"-+") == std::string::npos;
  }

  template <class Refuse>
  void cast(ast::Expr& expr, ast::Cast& cast, Place place, Refuse refuse) {
    if (built_in(cast.type.name) && cast.type.name.name == "regconfig" && cast.type.array_bounds.empty() &&
        !context_.target.has(Capability::regconfig)) {
      ast::Expr argument = *cast.argument;
      if (auto* literal = std::get_if<ast::Literal>(&argument.node)) {
        constexpr std::string_view schema = "pg_catalog.";
        if (literal->text.starts_with(schema)) literal->text.erase(0, schema.size());
      }
      changed(text_search_configuration, "the cast to regconfig is left out", expr.offset);
      expr = std::move(argument);
      return;
    }
    if (is_converted(*cast.argument, cast.type)) return refuse(expression_refused, converts(cast.type));
    if (place != Place::immutable || context_.target.has(Capability::computed_column_context_casts)) return;
    const Type from = type_of_value(*cast.argument);
    const Type to = type_of(cast.type);
    const bool to_time =
        to == Type::date || to == Type::time || to == Type::timestamp || to == Type::timestamptz;
    const bool from_time = from == Type::date || from == Type::time || from == Type::timestamp ||
                           from == Type::timestamptz || from == Type::interval;
    const bool zone = from == Type::timestamptz && (to_time && to != Type::timestamptz);
    const bool parses = from == Type::text && (to_time || to == Type::interval);
    if (zone || parses || (from_time && to == Type::text)) {
      refuse(context_dependent_cast,
             "casts to `" + cast.type.name.name + "`, which depends on session settings");
    }
  }

  /// LIKE with an ESCAPE: the call of like_escape, which PostgreSQL reads it as and writes it as, goes out as
  /// the word again.
  static bool escapes(ast::Operation& operation) {
    const std::string op = operation.op.empty() ? "" : operation.op.back();
    if (op != "~~" && op != "!~~" && op != "~~*" && op != "!~~*") return false;
    auto* call = std::get_if<ast::FunctionCall>(&operation.right->node);
    if (call == nullptr || call->name.name != "like_escape" || !built_in(call->name) ||
        call->arguments.size() != 2)
      return false;
    call->name.schema = "pg_catalog";
    if (operation.kind == ast::Operation::Kind::op)
      operation.kind = op.ends_with('*') ? ast::Operation::Kind::ilike : ast::Operation::Kind::like;
    return operation.kind == ast::Operation::Kind::like || operation.kind == ast::Operation::Kind::ilike;
  }

  template <class Refuse>
  void operation(const ast::Operation& operation, Refuse refuse) {
    if (operation.op.empty()) return;
    const std::string op = operation.op.back();
    if (std::isalpha(static_cast<unsigned char>(op.front())) != 0) return;  // BETWEEN and its kin
    if (operation.op.size() > 1 && operation.op.front() != "pg_catalog" &&
        !context_.target.has(Capability::qualified_operators)) {
      refuse(missing_operator, "uses OPERATOR(" + operation.op.front() + "." + op + ")");
      return;
    }
    if (!is_built_in_operator(op)) {
      refuse(missing_operator, "uses the operator `" + op + "`");
      return;
    }
    if (!operation.left || !operation.right) return;
    const ast::TypeName left_type = types_.of(*operation.left);
    const ast::TypeName right_type = types_.of(*operation.right);
    for (const auto& [value, to] :
         {std::pair(&*operation.left, &right_type), std::pair(&*operation.right, &left_type)}) {
      if (!to->empty() && is_converted(*value, *to, &bind::Uncreated::Cast::implicit))
        refuse(expression_refused, converts(*to));
    }
    constexpr std::string_view of_texts[] = {"=", "<>", "!=", "||", "~~", "!~~", "~", "~*"};
    const Type left = type_of(left_type);
    const Type right = type_of(right_type);
    if ((left == Type::becomes_text || right == Type::becomes_text) && !contains(of_texts, op)) {
      refuse(missing_operator, "uses `" + op + "` on a type whose values become text");
    } else if (op == "~" || op == "~*" || op == "!~" || op == "!~*") {
      const ast::Literal* pattern = string_literal(*operation.right);
      const std::string_view part = pattern == nullptr ? std::string_view() : foreign_to_re2(pattern->text);
      if (!part.empty()) refuse(regex_dialect, "has `" + std::string(part) + "` in a regular expression");
    }
  }

  void literals(Literals done, const ast::Expr& expr, std::vector<Refusal>& refusals) {
    if (done == Literals::rewritten) context_.rewritten(statement_);
    if (done == Literals::unclear)
      refusals.push_back({expression_refused, "has a range that may be stored as another text", expr.offset});
  }

  void arithmetic(ast::Expr& expr) {
    switch (write_arithmetic(expr, types_)) {
      case Computed::as_before:
        return;
      case Computed::integers_divided:
        return changed(integer_division, "integer division is written //", expr.offset);
      case Computed::perhaps_integers_divided:
        return noted(division, "a division by / may be one of integers", expr.offset);
      case Computed::as_float:
        return changed(float_decimal, "an exact number beside a float becomes double precision", expr.offset);
      case Computed::power_as_float:
        return changed(float_decimal, "a power or root of exact numbers is computed in double precision",
                       expr.offset);
      case Computed::perhaps_power_as_float:
        return noted(float_decimal, "a power by ^ may be one of integers, which is an integer in CockroachDB",
                     expr.offset);
      case Computed::as_money:
        return changed(money_arithmetic, "what is computed with money is rounded to cents", expr.offset);
    }
  }

  ast::TypeName column_type(ast::ObjectId id) const {
    ast::ColumnRef column;
    column.names = {context_.script.objects[id].name.name};
    column.object = id;
    return types_.of({std::move(column), -1});
  }
  Type type_of_value(const ast::Expr& expr) const { return type_of(types_.of(expr)); }

  PassContext& context_;
  const bind::Uncreated& uncreated_;
  bind::ExpressionTypes& types_;
  ast::Statement& statement_;
  std::string object_, kind_;
  bool in_body_ = false;
  std::map<size_t, Refusal> changes_;
  std::set<size_t> said_;
};

void run(PassContext& context) {
  bind::ExpressionTypes types(context.script, context.catalog, context.options.in_order);
  const bind::Uncreated uncreated(context.script);
  for (ast::Statement& statement : context.script.statements) {
    if (statement.live()) Adapter(context, uncreated, types, statement).run();
  }
}

}  // namespace

extern const Pass adapt_expressions;
const Pass adapt_expressions = {
    .name = "adapt-expressions",
    .category = "functions",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "rewrites expressions that mean something else in CockroachDB and finds those that it refuses",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
