#include "passes/adapt_expressions/adapter.h"

#include <algorithm>
#include <cctype>

#include "bind/pg_catalog.h"
#include "passes/adapt_expressions/absent_forms.h"
#include "passes/adapt_expressions/arguments.h"
#include "passes/adapt_expressions/booleans.h"
#include "passes/adapt_expressions/computed_fields.h"
#include "passes/adapt_expressions/extracts.h"
#include "passes/adapt_expressions/hstore.h"
#include "passes/adapt_expressions/inserted_rows.h"
#include "passes/adapt_expressions/joined_texts.h"
#include "passes/adapt_expressions/kept_values.h"
#include "passes/adapt_expressions/lists.h"
#include "passes/adapt_expressions/missing_overloads.h"
#include "passes/adapt_expressions/network_texts.h"
#include "passes/adapt_expressions/null_counts.h"
#include "passes/adapt_expressions/one_type.h"
#include "passes/adapt_expressions/overlaps.h"
#include "passes/adapt_expressions/overloads_there.h"
#include "passes/adapt_expressions/padding.h"
#include "passes/adapt_expressions/patterns.h"
#include "passes/adapt_expressions/printed_types.h"
#include "passes/adapt_expressions/rules.h"
#include "passes/adapt_expressions/slices.h"
#include "passes/adapt_expressions/sorting.h"
#include "passes/adapt_expressions/text_operators.h"
#include "passes/adapt_expressions/times.h"
#include "target/functions.h"

namespace pg2crdb::adapt {
namespace {

/// An aggregate is kept word for word, and CockroachDB has none that users make.
bool is_created(const ast::Statement* routine) {
  return routine->live() && std::holds_alternative<ast::CreateFunction>(routine->node);
}

/// Whether it is said to be immutable and CockroachDB does not believe that.
bool has_lost_immutability(const ast::Statement* routine) {
  const std::vector<std::string_view>& passes = routine->passes;
  return std::find(passes.begin(), passes.end(), "function-volatility") != passes.end();
}

/// Forms of a call that PostgreSQL has words for and CockroachDB does not.
std::string_view foreign_form(const ast::FunctionCall& call) {
  if (!call.sql_syntax) return {};
  const std::string& name = call.name.name;
  if (name == "is_normalized") return "IS NORMALIZED";
  if (name == "normalize") return "NORMALIZE";
  if (name == "is_json") return "IS JSON";
  if (name == "is_document") return "IS DOCUMENT";
  if (name.starts_with("json") || name.starts_with("xml")) return name;
  if (name == "timezone" && call.arguments.size() == 1) return "AT LOCAL";
  return {};
}

/// Of the aggregates over a sorted group CockroachDB has two: its rank() and the like are of windows alone.
bool lacks_within_group(const ast::FunctionCall& call) {
  return call.modifiers && call.modifiers->within_group && call.name.name != "percentile_cont" &&
         call.name.name != "percentile_disc";
}

/// LIKE with an ESCAPE: the call of like_escape, which PostgreSQL reads it as and writes it as, goes out as
/// the word again.
bool escapes(ast::Operation& operation) {
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

constexpr std::string_view tells_apart =
    "tells values apart whose type becomes text, of which equal ones may be written otherwise";

bool is_body(Place place) {
  return place == Place::sql_body || place == Place::plpgsql_body;
}

}  // namespace

bind::ExpressionTypes::Visitor ExpressionAdapter::visitor(Place place, std::vector<Remark>& refusals) {
  bind::ExpressionTypes::Visitor visitor;
  visitor.expr = [this, place, &refusals](ast::Expr& expr) { visit(expr, place, refusals); };
  visitor.sorted = [this, &refusals](const bind::ExpressionTypes::Sorted& one) { sorted(one, refusals); };
  visitor.aligned = [this, &refusals](ast::Query& query, const Results& left, const Results& right) {
    aligned(query, left, right, refusals);
  };
  visitor.counted = [this](ast::Expr& expr) { count(expr); };
  visitor.told_apart = [this, &refusals](const ast::TypeName& type, int32_t offset) {
    if (equals_otherwise_than_texts(type, context_.catalog))
      refusals.push_back({missing_operator, std::string(tells_apart), offset});
  };
  visitor.inserted = [this](std::vector<std::vector<ast::Expr>>& rows, const std::vector<ast::TypeName>& to) {
    changed_any_ = write_inserted(rows, to, types_) || changed_any_;
  };
  visitor.written = [this](ast::Expr& expr) {
    note_unpadded(unpadded(expr, types_, context_.catalog), expr.offset);
    changed_any_ = pad_written(expr, types_) || changed_any_;
    changed_any_ = write_boolean(expr, types_) || changed_any_;
    note_quotient(expr);
  };
  visitor.assigned = [this, place, &refusals](ast::Expr& expr, const ast::TypeName& to) {
    // Money has words of its own there, and is written below.
    const bool is_written = std::holds_alternative<ast::Literal>(expr.node) ||
                            std::holds_alternative<ast::ArrayExpr>(expr.node) ||
                            std::holds_alternative<ast::RowExpr>(expr.node);
    if (is_written && type_of(to) != Type::money) store(expr, to, refusals);
    if (place == Place::plpgsql_body)
      assigned_text(expr, to, refusals);
    else if (becomes_another(types_.of(expr), to, context_.target))
      refuse_conversion(expr, to, refusals);
    changed_any_ = write_assigned_network(expr, to, types_) || changed_any_;
    // Types of bodies in PL/pgSQL are not mapped behind this.
    const auto* typed = place == Place::plpgsql_body ? std::get_if<ast::Cast>(&expr.node) : nullptr;
    const bool is_stored = typed != nullptr && context_.options.hstore == HstoreColumns::jsonb &&
                           typed->type.name.name == "hstore" && to.name.name == "hstore";
    if (is_stored && std::holds_alternative<ast::Literal>(typed->argument->node)) {
      ast::Expr constant = *typed->argument;
      expr = std::move(constant);
    }
    tell(write_assigned(expr, to, types_), expr.offset);
    if (type_of(to) == Type::text) note_quotient(expr);
  };
  visitor.quotient_stored = [this](int32_t offset) { note_stored_quotient(offset); };
  if (place == Place::sql_body || place == Place::query) {
    visitor.unknown_column = [&refusals](const std::string& column, bool is_written, int32_t offset) {
      refusals.push_back({expression_refused, unknown_column(column, is_written), offset});
    };
  }
  return visitor;
}

void ExpressionAdapter::forget() {
  remarks_.clear();
  changed_any_ = false;
}

void ExpressionAdapter::visit(ast::Expr& expr, Place place, std::vector<Remark>& refusals) {
  if (hstore(expr, {}, refusals)) return;
  if (place == Place::plpgsql_body)
    changed_any_ = write_operator_as_call(expr, context_.target) || changed_any_;
  pattern(expr, refusals);
  for (ast::Expr* one : written_with_blanks(expr, types_))
    note_unpadded(unpadded(*one, types_, context_.catalog), expr.offset);
  compared_rows(expr);
  compared_texts(expr, refusals);
  const std::vector<Group> groups = groups_of(expr);
  mixed_types(groups, refusals);
  changed_any_ = write_network_texts(expr, types_) || changed_any_;
  if (context_.options.hstore == HstoreColumns::jsonb)
    changed_any_ = write_hstore_choices(expr, groups, types_) || changed_any_;
  literals(write_literals(expr, groups, types_, context_.catalog), expr.offset, refusals);
  changed_any_ = write_computed_field(expr, types_, context_.catalog) || changed_any_;
  if (!is_body(place)) note_moments(expr);
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
      call != nullptr && !context_.catalog.has_function(call->name))
    changed_any_ = write_call_of_type(expr) || changed_any_;
  const auto refuse = [&](size_t rule, std::string what) {
    refusals.push_back({rule, std::move(what), expr.offset});
  };
  if (std::string form = absent_form(expr, context_.target, types_); !form.empty())
    refuse(expression_refused, std::move(form));
  if (std::string form = absent_array_beside(expr, groups, context_.target, types_); !form.empty())
    refuse(expression_refused, std::move(form));
  const bool may_ask = place == Place::query || is_body(place);
  if (may_ask && !context_.target.has(Capability::array_slices) && write_slice(expr, types_)) {
    changed_any_ = true;
    return;
  }
  if (makes_nested_array(expr)) noted(array_of_arrays, "ARRAY[[..]] is an array of arrays", expr.offset);
  if (!context_.target.has(Capability::mixed_variadic_arguments))
    changed_any_ = write_null_count(expr, types_) || changed_any_;
  if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
    function(*call, place, refuse, refusals);
    changed_any_ = write_object_key(*call, types_, context_.catalog) || changed_any_;
    const std::string name = call->name.name;
    const Kept kept = write_kept_values(expr, types_, context_.catalog, context_.target);
    changed_any_ = kept == Kept::rewritten || changed_any_;
    if (kept == Kept::missing)
      refuse(missing_function, "calls `" + name + "` of a type that CockroachDB has none for");
    if (kept != Kept::as_before) return;
    const Overlaps overlaps = built_in(call->name) ? write_overlaps(*call, types_) : Overlaps::as_before;
    changed_any_ = overlaps == Overlaps::rewritten || changed_any_;
    if (overlaps == Overlaps::unclear)
      refuse(expression_refused, "uses OVERLAPS with a length of one span, and with an end of the other");
    changed_any_ = write_padding(expr, types_) || changed_any_;
    changed_any_ = write_booleans(*call, types_) || changed_any_;
    if (!context_.target.has(Capability::mixed_variadic_arguments))
      changed_any_ = write_joined_texts(*call, types_) || changed_any_;
    if (joins_booleans(*call, types_))
      refuse(expression_refused, "joins an array of booleans, of which PostgreSQL writes `t` and `f`");
    if (built_in(call->name)) tell(write_arguments(*call, types_), expr.offset);
    texts(expr);
    tell(write_rounding(expr, types_), expr.offset);
    changed_any_ = write_times(expr, types_) || changed_any_;
    citext(write_citext(expr, types_), refuse);
  } else if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    tell(write_rounding(expr, types_), expr.offset);
    texts(expr);
    changed_any_ = write_padding(expr, types_) || changed_any_;
    if (!is_body(place)) note_moment(*cast->argument, cast->type);
    this->cast(expr, *cast, place, refuse, refusals);
  } else if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    if (escapes(*operation)) {
      std::erase_if(refusals,
                    [&](const Remark& refusal) { return refusal.offset == operation->right->offset; });
    }
    this->operation(*operation, refuse);
    changed_any_ = write_text_match(*operation, types_) || changed_any_;
    if (write_kept_values(expr, types_, context_.catalog, context_.target) == Kept::rewritten) {
      changed_any_ = true;
      return;
    }
    changed_any_ = write_padding(expr, types_) || changed_any_;
    spell_like(*operation);
    citext(write_citext(expr, types_), refuse);
    changed_any_ = write_joined(*operation, types_, context_.catalog) || changed_any_;
    changed_any_ = write_list(*operation, types_) || changed_any_;
    changed_any_ = write_times(expr, types_) || changed_any_;
    texts(expr);
    if (operation->kind == ast::Operation::Kind::op && !operation->op.empty())
      tell(write_arithmetic(expr, types_), expr.offset);
    else
      tell(write_choice(expr, types_), expr.offset);
  } else if (auto* indirection = std::get_if<ast::Indirection>(&expr.node)) {
    if (type_of_value(*indirection->argument) == Type::becomes_text)
      refuse(expression_refused, "takes a part of a value whose type becomes text");
    if (std::holds_alternative<ast::Subquery>(indirection->argument->node) && !indirection->steps.empty() &&
        indirection->steps[0].kind == ast::Step::Kind::field)
      refuse(expression_refused, "takes a field of the row that a subquery gives");
    for (ast::Step& step : indirection->steps) {
      if (step.kind == ast::Step::Kind::index) count(*step.lower);
      if (step.kind == ast::Step::Kind::slice && !context_.target.has(Capability::array_slices))
        refuse(expression_refused, "takes a slice of an array");
    }
  } else if (std::holds_alternative<ast::NamedArgument>(expr.node) && place != Place::plpgsql_body &&
             !context_.target.has(Capability::named_arguments)) {
    refuse(expression_refused, "names an argument of a function");
  } else if (auto* subquery = std::get_if<ast::Subquery>(&expr.node)) {
    if (subquery->op.size() > 1 && subquery->op.front() != "pg_catalog" &&
        !context_.target.has(Capability::qualified_operators))
      refuse(missing_operator, "uses OPERATOR(" + subquery->op.front() + "." + subquery->op.back() + ")");
    tested_literal(*subquery, expr.offset, refusals);
    changed_any_ = write_test(*subquery, types_) || changed_any_;
  } else {
    citext(write_citext(expr, types_), refuse);
    tell(write_choice(expr, types_), expr.offset);
  }
}

template <class Refuse>
void ExpressionAdapter::function(ast::FunctionCall& call, Place place, Refuse refuse,
                                 std::vector<Remark>& refusals) {
  const std::string name = call.name.name;
  if (const std::string_view form = foreign_form(call); !form.empty()) {
    refuse(expression_refused, "uses " + std::string(form));
    return;
  }
  const auto tells = [&](const ast::Expr& one) {
    return equals_otherwise_than_texts(types_.of(one), context_.catalog);
  };
  const ast::Window* window = call.modifiers && call.modifiers->over ? &*call.modifiers->over : nullptr;
  if ((call.distinct && std::ranges::any_of(call.arguments, tells)) ||
      (window != nullptr && std::ranges::any_of(window->partition_by, tells)))
    refuse(missing_operator, std::string(tells_apart));
  constexpr std::string_view looking[] = {"array_position", "array_positions", "array_remove",
                                          "array_replace"};
  if (built_in(call.name) && contains(looking, name) && !call.arguments.empty() && tells(call.arguments[0]))
    refuse(missing_operator, std::string(tells_apart));
  if (built_in(call.name) && name.find("_populate_record") != std::string::npos && !call.arguments.empty() &&
      !printed_as(types_.of(call.arguments[0]), context_.catalog).empty())
    refuse(missing_function, "calls `" + name + "` for a row with a field whose type becomes text");
  if (lacks_within_group(call) && !context_.catalog.has_function(call.name)) {
    refuse(missing_function, "calls `" + name + (name == "mode" ? "`" : "` WITHIN GROUP") +
                                 ", which CockroachDB does not have");
    return;
  }
  if (call.variadic && place != Place::plpgsql_body && !context_.target.has(Capability::variadic)) {
    refuse(expression_refused, "passes VARIADIC arguments");
    return;
  }
  if (context_.catalog.has_function(call.name)) {
    std::vector<ast::Statement*> overloads = context_.catalog.functions(call.name);
    if (context_.options.in_order && overloads.size() > 1) {
      OverloadsThere found = overloads_there(call, overloads, context_.script, types_);
      if (const ast::Statement* later = is_body(place) ? found.later : nullptr) {
        const std::string where = " is made in " + PassContext::line_of(*later);
        if (found.any_taken)
          noted(overload_choice,
                "calls `" + to_string(call.name) + "`, of which the one that is meant" + where,
                call.arguments.empty() ? -1 : call.arguments.front().offset);
        else
          refuse(expression_refused,
                 "calls `" + to_string(call.name) + "`, of which the one that takes what is given" + where);
      }
      overloads = std::move(found.there);
    }
    const bool may_be_built_in = call.name.schema.empty() && !bind::signatures_in_pg_catalog(name).empty();
    const Arguments arguments =
        may_be_built_in ? Arguments::as_before : write_arguments_of(call, overloads, types_);
    changed_any_ = arguments == Arguments::rewritten || changed_any_;
    if (arguments == Arguments::unclear)
      noted(overload_choice, "calls one of several `" + to_string(call.name) + "` that take other numbers",
            call.arguments.front().offset);
    if (std::string form = absent_argument(call, overloads, context_.target, types_); !form.empty())
      refuse(expression_refused, std::move(form));
    for (ast::Expr& argument : call.arguments) {
      auto* named = std::get_if<ast::NamedArgument>(&argument.node);
      ast::Expr& value = named == nullptr ? argument : *named->argument;
      const bool is_written = string_literal(value) != nullptr ||
                              std::holds_alternative<ast::ArrayExpr>(value.node) ||
                              std::holds_alternative<ast::RowExpr>(value.node);
      const ast::FunctionParameter* taken =
          is_written ? parameter_of(call, value, overloads, types_) : nullptr;
      if (taken != nullptr && !printed_as(taken->type, context_.catalog).empty())
        literals(write_literal(value, taken->type, context_.catalog), value.offset, refusals);
    }
    if (is_body(place)) return;  // what hangs on it is told at the end
    if (std::none_of(overloads.begin(), overloads.end(), is_created))
      refuse(refused_function, "calls `" + to_string(call.name) + "`, which needs a person");
    else if (place == Place::immutable && !context_.target.has(Capability::function_in_computed_column))
      refuse(expression_refused,
             "calls `" + to_string(call.name) +
                 "`, a function of the script's own, where CockroachDB has none before 25.3");
    else if (place == Place::immutable &&
             std::all_of(overloads.begin(), overloads.end(), has_lost_immutability))
      refuse(expression_refused, "calls `" + to_string(call.name) + "`, which is not immutable");
    return;
  }
  constexpr std::string_view syntax[] = {"if", "iferror", "iserror", "ifnull"};
  if (call.name.schema.empty() && contains(syntax, name)) {
    refuse(missing_function,
           "calls `" + name +
               "(..)`, which is no function in PostgreSQL, where the call fails, and syntax with "
               "another meaning in CockroachDB");
    return;
  }
  const ast::ObjectId object = call.name.object;
  // Where the script's order is kept, the name may be that of another place.
  if (object != ast::no_object && context_.script.objects[object].made_here() &&
      is_created(&context_.script.statements[context_.script.objects[object].created]))
    return;
  // A body's names that nothing makes are told of as the script's others are.
  if (is_body(place) && (!built_in(call.name) || (!is_built_in_function(name) && !call.sql_syntax &&
                                                  bind::signatures_in_pg_catalog(name).empty())))
    return;
  if (!built_in(call.name)) {
    // Of another schema where the order is kept: it may be the target's, as tables of other schemas are.
    if (context_.options.in_order && !call.name.schema.empty()) return;
    refuse(missing_function,
           "calls `" + to_string(call.name) + "`, which neither the dump nor CockroachDB defines");
    return;
  }
  if (const std::string own = uncreated_.configuration(call);
      !own.empty() && !context_.target.has(Capability::text_search_objects)) {
    refuse(expression_refused, "reads text with `" + own + "`, a configuration of the script's own");
    return;
  }
  const bool known = call.sql_syntax || has_function(context_.target, name);
  if (!known && place == Place::plpgsql_body) return;  // its words tell
  if (!known || overload_missing(call, context_.target, types_)) {
    refuse(missing_function, "calls `" + name + "`" + (known ? " with arguments that" : ", which") +
                                 " CockroachDB does not have");
  } else if (std::string form = absent_argument(call, {}, context_.target, types_); !form.empty()) {
    refuse(expression_refused, std::move(form));
  } else if (takes_rows_apart(call)) {
    refuse(expression_refused,
           "takes an array of rows apart, of which CockroachDB makes one column (#98352)");
  } else if (takes_what_becomes_text(call)) {
    refuse(missing_function, "calls `" + name + "` with a value whose type becomes text");
  } else if (call.distinct && call.modifiers && !call.modifiers->order_by.empty() &&
             !call.modifiers->within_group && !context_.target.has(Capability::distinct_ordered_aggregate)) {
    refuse(expression_refused, "aggregates with DISTINCT and ORDER BY at once");
  }
}

/// unnest() of an array of a composite type; in FROM PostgreSQL gives each of its fields a column.
bool ExpressionAdapter::takes_rows_apart(const ast::FunctionCall& call) const {
  if (call.name.name != "unnest" || call.arguments.size() != 1) return false;
  const ast::TypeName type = types_.of(call.arguments[0]);
  return !type.array_bounds.empty() && (context_.catalog.composite_type(type.name) != nullptr ||
                                        context_.catalog.table(type.name) != nullptr);
}

/// lower(range) is no lower(text).
bool ExpressionAdapter::takes_what_becomes_text(const ast::FunctionCall& call) const {
  constexpr std::string_view of_any_type[] = {
      "array_agg", "array_append", "array_position", "array_positions", "array_prepend",
      "concat",    "concat_ws",    "count",          "first_value",     "format",
      "lag",       "last_value",   "lead",           "nth_value"};
  const bool writes = writes_arguments(call);
  return !contains(of_any_type, call.name.name) &&
         std::any_of(call.arguments.begin(), call.arguments.end(), [&](const ast::Expr& argument) {
           const ast::TypeName type = types_.of(argument);
           // An hstore becomes an object in JSON, the others a text.
           return type_of(type) == Type::becomes_text && !(writes && type.name.name != "hstore");
         });
}

template <class Refuse>
void ExpressionAdapter::cast(ast::Expr& expr, ast::Cast& cast, Place place, Refuse refuse,
                             std::vector<Remark>& refusals) {
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
  const ast::TypeName written = types_.of(*cast.argument);
  const bool is_kept = context_.options.hstore == HstoreColumns::jsonb && written.name.name == "hstore";
  if (!is_kept && converts_texts_otherwise(written, cast.type, context_.target, context_.catalog))
    return refuse(expression_refused, "casts `" + written.name.name + "` to `" + cast.type.name.name +
                                          "`, one of which becomes text");
  if (written.empty() && may_convert_text(*cast.argument, cast.type, context_.target))
    return refuse(expression_refused,
                  "casts what may be a text to `" + cast.type.name.name + "`, which becomes text");
  if (std::holds_alternative<ast::RowExpr>(cast.argument->node)) store(*cast.argument, cast.type, refusals);
  if (place != Place::immutable || context_.target.has(Capability::computed_column_context_casts)) return;
  const Type from = type_of_value(*cast.argument);
  const Type to = type_of(cast.type);
  const bool to_time = is_time(to) && to != Type::interval;
  const bool from_time = is_time(from);
  const bool zone = from == Type::timestamptz && (to_time && to != Type::timestamptz);
  const bool parses = from == Type::text && (to_time || to == Type::interval);
  if (zone || parses || (from_time && to == Type::text)) {
    refuse(context_dependent_cast,
           "casts to `" + cast.type.name.name + "`, which depends on session settings");
  }
}

/// A number of rows, or a place in an array, is an integer in CockroachDB before it is one.
void ExpressionAdapter::count(ast::Expr& expr) {
  const Type type = type_of_value(expr);
  if (type != Type::decimal && type != Type::floating) return;
  cast_to(expr, "int8");
  changed_any_ = true;
}

template <class Refuse>
void ExpressionAdapter::citext(Citext done, Refuse refuse) {
  changed_any_ = changed_any_ || done == Citext::rewritten;
  if (done == Citext::unclear)
    refuse(
        missing_function,
        "looks for a part of a citext, whatever the case, or compares it in a form that has no counterpart");
}

template <class Refuse>
void ExpressionAdapter::operation(const ast::Operation& operation, Refuse refuse) {
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
  constexpr std::string_view prefixes[] = {"+", "-", "~", "|/", "||/"};
  if (!operation.left && !contains(prefixes, op)) {
    refuse(missing_operator, "uses `" + op + "` before its only operand");
    return;
  }
  if (!operation.left || !operation.right) return;
  if (operator_missing(operation, types_)) {
    refuse(missing_operator, "uses `" + op + "` of types that CockroachDB has none for");
    return;
  }
  const ast::TypeName left_type = types_.of(*operation.left);
  const ast::TypeName right_type = types_.of(*operation.right);
  for (const auto& [value, to] :
       {std::pair(&*operation.left, &right_type), std::pair(&*operation.right, &left_type)}) {
    if (!to->empty() && is_converted(*value, *to, &bind::Uncreated::Cast::implicit))
      refuse(expression_refused, converts(*to));
  }
  if (means_otherwise_of_texts(operation, left_type, right_type, context_.target, context_.catalog)) {
    constexpr std::string_view of_keys[] = {"->", "?", "?&", "?|"};
    const bool keeps_keys = left_type.name.name == "hstore" && contains(of_keys, op);
    refuse(missing_operator, "uses `" + op + "` on a type whose values become text" +
                                 (keeps_keys ? "; --hstore jsonb keeps its keys" : ""));
  }
}

void ExpressionAdapter::literals(Literals done, int32_t offset, std::vector<Remark>& refusals) {
  if (done == Literals::rewritten) changed_any_ = true;
  if (done == Literals::unclear)
    refusals.push_back({expression_refused, "has a constant that may be stored as another text", offset});
}

}  // namespace pg2crdb::adapt
