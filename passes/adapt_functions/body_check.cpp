#include "passes/adapt_functions/body_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ast/body_parts.h"
#include "passes/adapt_expressions/changed_views.h"
#include "passes/adapt_expressions/given_columns.h"
#include "passes/adapt_expressions/rules.h"
#include "passes/adapt_expressions/slices.h"
#include "passes/adapt_functions/rules.h"
#include "routines/absent_statements.h"
#include "routines/function_aliases.h"
#include "routines/intervals.h"
#include "routines/raised_errors.h"
#include "routines/sql_body.h"
#include "routines/text_statements.h"
#include "routines/unread.h"
#include "target/functions.h"

namespace pg2crdb::functions {
namespace {

constexpr std::string_view tell_apart =
    "PostgreSQL raises an error there (42702), CockroachDB takes the column: write the table before the "
    "column, "
    "or call the variable otherwise.";
constexpr std::string_view takes_variable =
    "PostgreSQL takes the variable there, as `#variable_conflict use_variable` says, CockroachDB takes the "
    "column: call the variable otherwise.";

constexpr size_t most_told = 2;  ///< texts of EXECUTE, and the like

/// From 1.
size_t line_of(const std::string& body, size_t offset) {
  return 1 + static_cast<size_t>(
                 std::count(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

/// `PERFORM (body line 3), EXECUTE (body line 9)`.
std::string list(const std::vector<BodyRefusal>& refusals) {
  std::string text;
  for (const BodyRefusal& refusal : refusals) {
    text += (text.empty() ? "" : ", ") + refusal.what + " (body line " + std::to_string(refusal.line) + ")";
  }
  return text;
}

std::string list(const std::vector<routines::Change>& changes) {
  std::vector<BodyRefusal> all;
  for (const routines::Change& change : changes) all.push_back({change.what, change.offset, change.line});
  return list(all);
}

}  // namespace

BodyCheck::BodyCheck(PassContext& context, CockroachGrammar& grammar, ast::Statement& statement,
                     std::string object, std::string which, int32_t offset)
    : context_(context),
      grammar_(grammar),
      statement_(statement),
      object_(std::move(object)),
      which_(std::move(which)),
      offset_(offset) {}

int64_t BodyCheck::place_of(size_t offset) const {
  return offset_ < 0 ? -1 : offset_ + static_cast<int64_t>(offset);
}

/// An extension's functions and types, which are named without its schema now, are nothing that is waited
/// for, nor is what the body called before.
void BodyCheck::forget_built_in(const std::string& body) {
  std::erase_if(statement_.text_objects, [&](ast::ObjectId id) {
    const ast::Object& object = context_.script.objects[id];
    if (object.made_here()) return false;
    if (object.kind == ast::ObjectKind::type) return is_extension_type(object.name.name);
    return object.kind == ast::ObjectKind::function &&
           (is_built_in_function(object.name.name) || body.find(object.name.name) == std::string::npos);
  });
}

void BodyCheck::note_named(const std::vector<ast::Name>& names) {
  std::vector<ast::ObjectId>& named = statement_.text_objects;
  for (ast::ObjectId id = 0; id < context_.script.objects.size(); ++id) {
    const ast::Object& object = context_.script.objects[id];
    const bool has_kind = object.kind == ast::ObjectKind::table || object.kind == ast::ObjectKind::view ||
                          object.kind == ast::ObjectKind::materialized_view ||
                          object.kind == ast::ObjectKind::function;
    const bool is_named =
        has_kind && object.made_here() &&
        std::ranges::any_of(names, [&](const ast::Name& one) { return may_be_same(one, object.name); });
    if (is_named && std::ranges::find(named, id) == named.end()) named.push_back(id);
  }
}

void BodyCheck::convert(ast::CreateFunction& function, routines::Routine routine,
                        std::vector<BodyRefusal> forms, bind::ExpressionTypes& types,
                        const bind::Uncreated& uncreated, const routines::Sqlstates& raised) {
  constexpr std::string_view language = "plpgsql";
  const std::string& body = function.body.front();
  adapt::ExpressionAdapter expressions(context_, uncreated, types);
  std::vector<adapt::Remark> misused;
  std::vector<BodyRefusal> unknown;
  std::vector<ast::Column> columns =
      adapt::declared_columns(function, context_.catalog, context_.options.in_order);
  if (columns.empty() && function.returns) {
    columns.emplace_back();
    columns.back().type = *function.returns;
  }
  bool is_read = false, decides = false, means_variable = false;
  std::optional<size_t> class_handler;
  routine.adapt = [&](ast::plpgsql::Body& tree) {
    is_read = true;
    ast::plpgsql::each_part(tree, [&](ast::plpgsql::StaticSql& sql) {
      const auto place = static_cast<size_t>(std::max(sql.offset, 0));
      for (std::string& what : adapt::changed_views(context_, statement_, sql.statement))
        unknown.push_back({std::move(what), place, line_of(function.body.front(), place)});
    });
    if (!context_.target.has(Capability::plpgsql_class_handlers)) {
      if (const std::optional<int32_t> handler = routines::add_raised(tree, raised)) {
        class_handler = static_cast<size_t>(std::max(*handler, 0));
        expressions.note_change();
      }
    }
    for (const ast::plpgsql::CompilerOption& one : tree.options) {
      if (one.name != "variable_conflict") continue;
      decides = one.value == "use_column";
      means_variable = one.value == "use_variable";
    }
    types.enter(statement_);
    bind::ExpressionTypes::Visitor visitor = body_visitor(expressions, misused);
    // A trigger's function is looked into when a trigger is made that runs it.
    const bool is_looked_into = function.returns->name.name != "trigger" || !routine.fired_by.empty();
    if (is_looked_into) {
      visitor.unknown_column = [&](const std::string& column, bool is_written, int32_t offset) {
        const auto place = static_cast<size_t>(std::max(offset, 0));
        unknown.push_back(
            {adapt::unknown_column(column, is_written), place, line_of(function.body.front(), place)});
      };
    }
    visitor.ambiguous = [&](ast::Expr* reference, const std::string& name, const std::string& relation) {
      if (decides) {
        // CockroachDB takes the column as well, and from 26.3 on neither (release facts 19.11).
        if (reference == nullptr || relation.empty()) return;
        std::get<ast::ColumnRef>(reference->node).names = {relation, name};
        return expressions.note_change();
      }
      const auto place = static_cast<size_t>(reference == nullptr ? 0 : std::max(reference->offset, 0));
      unknown.push_back({"names `" + name + "`, which is a variable and a column there", place,
                         line_of(function.body.front(), place),
                         std::string(means_variable ? takes_variable : tell_apart)});
    };
    visitor.returned = [&](ast::StatementNode& query) {
      expressions.give(query, columns, adapt::Coercion::refuses, misused);
    };
    types.walk(tree, visitor);
    return expressions.changed_any();
  };
  routines::ConvertedBody converted = routines::convert_body(body, routine);
  constexpr std::string_view of_class = "a handler of a class of errors";
  if (class_handler &&
      std::ranges::find(converted.changes, of_class, &routines::Change::what) == converted.changes.end())
    converted.changes.push_back({std::string(of_class), line_of(body, *class_handler), *class_handler});
  for (const adapt::Remark& one : adapt::unique(misused)) {
    context_.report(adapt::rules[one.rule], statement_, object_, which_ + " " + one.what,
                    place_of(static_cast<size_t>(std::max(one.offset, 0))));
    if (one.rule != adapt::regex_dialect) context_.needs_person(statement_, "its body " + one.what);
  }
  if (!unknown.empty()) {
    unknown = first_of_each(std::move(unknown));
    report(function_body, list(unknown), unknown);
  }
  const size_t told = std::min(converted.built_texts.size(), most_told);
  for (size_t i = 0; i < told; ++i)
    built_texts_ += (built_texts_.empty() ? "" : " ") + converted.built_texts[i].what;
  const size_t untold = converted.built_texts.size() - told;
  if (untold > 0)
    built_texts_ += untold == 1 ? " There is 1 more." : " There are " + std::to_string(untold) + " more.";
  if (!converted.cut.empty())
    context_.report(rules[text_cut], statement_, object_,
                    which_ + " may cut a text for " + list(converted.cut),
                    place_of(converted.cut.front().offset));
  if (!converted.first_rows.empty())
    context_.report(rules[into_first_row], statement_, object_,
                    which_ + " takes the first of several rows for " + list(converted.first_rows),
                    place_of(converted.first_rows.front().offset));
  std::vector<BodyRefusal> left;
  if (!converted.text.empty()) {
    ast::CreateFunction now;
    now.name = function.name;
    now.parameters = function.parameters;
    now.body = {converted.text};
    BodyScanner scanner(context_, now);
    scanner.scan();
    left = std::move(scanner.refusals);
    left.insert(left.end(), scanner.refused_anywhere.begin(), scanner.refused_anywhere.end());
    read(language, converted.text, left, left);
    if (left.empty() && converted.refused.empty()) {
      if (!statement_.live()) return;  // it goes out as it was written
      function.body.front() = std::move(converted.text);
      forget_built_in(function.body.front());
      if (!converted.named_by_text.empty()) note_named(converted.named_by_text);
      for (auto& [place, name] : converted.parameter_names) function.parameters[place].name = std::move(name);
      if (!converted.changes.empty())
        context_.report(rules[function_body_rewritten], statement_, object_,
                        which_ + " is written otherwise: " + list(converted.changes),
                        place_of(converted.changes.front().offset));
      tell_of(expressions);
      context_.rewritten(statement_);
      return;
    }
  }
  for (const routines::Change& one : converted.refused) {
    forms.push_back({one.what, one.offset, one.line});
    left.push_back(forms.back());
  }
  run(language, body, std::move(forms), left);
  if (statement_.live() && !is_read) {
    const std::optional<routines::Change> unread = routines::unread_part(body, routine.name);
    const std::string why = unread ? unread->what : "no tree was made of it";
    const size_t place = unread ? unread->offset : 0;
    report(function_body, "is not read: " + why + " (body line " + std::to_string(line_of(body, place)) + ")",
           {{why, place, line_of(body, place)}});
  }
  if (statement_.live()) tell_of(expressions);
}

bind::ExpressionTypes::Visitor BodyCheck::body_visitor(adapt::ExpressionAdapter& expressions,
                                                       std::vector<adapt::Remark>& refusals) const {
  bind::ExpressionTypes::Visitor visitor = expressions.visitor(adapt::Place::plpgsql_body, refusals);
  visitor.kept_word_for_word = [&](ast::Opaque& opaque, int32_t offset,
                                   const std::function<void(ast::StatementNode&)>& walk) {
    const bool has_tree = routines::adapt_text(opaque, offset, [&](ast::StatementNode& node) {
      expressions.note_changes(node, offset);
      walk(node);
      if (!context_.target.has(Capability::function_name_as_alias) &&
          routines::write_function_aliases(node, context_.catalog))
        expressions.note_change();
    });
    if (has_tree) return;
    expressions.note_unread(opaque.text, offset);
    expressions.note_changes(opaque, offset);
  };
  return visitor;
}

void BodyCheck::tell_of(const adapt::ExpressionAdapter& expressions) {
  for (const auto& [rule, remark] : expressions.remarks())
    context_.report(adapt::rules[rule], statement_, object_, which_ + ": " + remark.what,
                    place_of(static_cast<size_t>(std::max(remark.offset, 0))));
}

void BodyCheck::write_absent_forms(ast::CreateFunction& function, bind::ExpressionTypes& types,
                                   const std::set<ast::ObjectId>* emptied_otherwise) {
  std::string forms;
  const auto note = [&](const std::string& form) {
    if (forms.find(form) == std::string::npos) forms += (forms.empty() ? "" : ", ") + form;
  };
  bind::ExpressionTypes::Visitor slices;
  slices.expr = [&](ast::Expr& expr) {
    if (adapt::write_slice(expr, types)) note("a slice of an array");
  };
  types.enter(statement_);
  for (ast::BodyStatement& one : function.statements) {
    std::vector<ast::StatementNode> now =
        routines::written_otherwise(one.node, context_.catalog, emptied_otherwise);
    if (now.size() == 1) {
      note(std::holds_alternative<ast::Truncate>(one.node) ? "TRUNCATE" : "SET");
      one.node = std::move(now[0]);
    }
    if (routines::write_intervals(one.node, context_.catalog)) note("make_interval()");
    if (!context_.target.has(Capability::array_slices)) types.walk(one.node, slices);
  }
  if (forms.empty()) return;
  const std::string& body = function.body.front();
  context_.report(
      rules[function_body_rewritten], statement_, object_, which_ + " is written otherwise: " + forms,
      place_of(forms == "make_interval()" ? std::min(body.find("make_interval"), body.size()) : 0));
  context_.rewritten(statement_);
}

void BodyCheck::write_statements(ast::CreateFunction& function, bind::ExpressionTypes& types,
                                 const std::set<ast::ObjectId>* emptied_otherwise) {
  constexpr std::string_view language = "sql";
  std::vector<BodyRefusal> refused, still_refused;
  write_absent_forms(function, types, emptied_otherwise);
  for (const std::string& name : routines::number_parameters(function)) {
    const size_t offset = std::min(function.body.front().find(name), function.body.front().size());
    refused.push_back({"`" + name + "`", offset, line_of(function.body.front(), offset)});
  }
  if (!refused.empty()) {
    context_.report(rules[function_body_rewritten], statement_, object_,
                    which_ + " is written otherwise: " + list(refused), place_of(refused.front().offset));
    context_.rewritten(statement_);
    refused.clear();
  }
  const std::string as_it_is = routines::written_body(function);
  read(language, as_it_is, refused, refused);
  if (refused.empty()) return;
  read(language, routines::rewritten_body(function, routines::Types::as_text), still_refused, still_refused);
  if (!still_refused.empty()) return run(language, function.body.front(), {});
  std::string anew = routines::rewritten_body(function);
  read(language, anew, still_refused, still_refused);
  if (!still_refused.empty()) return;
  for (BodyRefusal& one : refused) one.what = "`" + form_at(as_it_is, one.offset) + "`";
  context_.report(rules[function_body_rewritten], statement_, object_,
                  which_ + " is written otherwise: " + list(first_of_each(refused)),
                  place_of(refused.front().offset));
  function.body.front() = std::move(anew);
  context_.rewritten(statement_);
}

void BodyCheck::run(std::string_view language, const std::string& body, std::vector<BodyRefusal> forms,
                    const std::vector<BodyRefusal>& left) {
  std::vector<BodyRefusal> misfits;
  read(language, body, forms, misfits);
  std::stable_sort(forms.begin(), forms.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  // A form explains what does not fit on its line.
  std::erase_if(misfits, [&](const BodyRefusal& misfit) {
    return std::any_of(forms.begin(), forms.end(), [&](const auto& f) { return f.line == misfit.line; });
  });
  forms = first_of_each(std::move(forms));
  misfits = first_of_each(std::move(misfits));
  const auto would_go = [&](const BodyRefusal& one) {
    return std::ranges::find(left, one.what, &BodyRefusal::what) == left.end();
  };
  const bool any_left = !std::ranges::all_of(forms, would_go) || !std::ranges::all_of(misfits, would_go);
  if (any_left) {
    std::erase_if(forms, would_go);
    std::erase_if(misfits, would_go);
  }
  if (!forms.empty()) report(function_body, "uses " + list(forms), forms);
  if (misfits.empty()) return;
  if (language == "plpgsql") {
    if (const std::optional<routines::Change> unread = routines::unread_part(body, {}))
      return report(function_body, "is not read by PostgreSQL either: " + list(std::vector{*unread}),
                    {{unread->what, unread->offset, unread->line}});
  }
  report(function_body, "is not read by CockroachDB: " + list(misfits), misfits);
}

void BodyCheck::report_calls(const std::vector<BodyRefusal>& calls) {
  if (!calls.empty()) report(function_body_call, "calls " + list(calls), calls);
}

void BodyCheck::read(std::string_view language, const std::string& body, std::vector<BodyRefusal>& forms,
                     std::vector<BodyRefusal>& misfits) {
  for (const BodyProblem& problem : grammar_.check_body(language, body)) {
    if (problem.too_deep) continue;
    (problem.form.empty() ? misfits : forms)
        .push_back({problem.form.empty() ? problem.message : problem.form, problem.offset,
                    line_of(body, problem.offset), problem.hint});
  }
}

std::string BodyCheck::form_at(const std::string& body, size_t offset) {
  constexpr std::string_view ends = " \t\r\n(),;";
  const size_t before = offset == 0 ? std::string::npos : body.find_last_of(ends, offset);
  const size_t begin = before == std::string::npos ? 0 : std::min(before + 1, offset);
  return body.substr(begin, std::max(body.find_first_of(ends, offset + 1), begin) - begin);
}

void BodyCheck::report(size_t rule, const std::string& what, const std::vector<BodyRefusal>& refusals) {
  context_.report(rules[rule], statement_, object_, which_ + " " + what, place_of(refusals.front().offset),
                  advice(refusals));
  context_.needs_person(statement_, (object_.empty() ? "it " : "its body ") + what);
}

std::vector<BodyRefusal> BodyCheck::first_of_each(std::vector<BodyRefusal> refusals) {
  std::vector<BodyRefusal> first;
  for (BodyRefusal& refusal : refusals) {
    const bool told =
        std::any_of(first.begin(), first.end(), [&](const auto& f) { return f.what == refusal.what; });
    if (!told) first.push_back(std::move(refusal));
  }
  return first;
}

std::string BodyCheck::advice(const std::vector<BodyRefusal>& refusals) const {
  constexpr size_t most = 3;
  // What is written otherwise in other bodies.
  constexpr std::string_view converted[] = {"%ROWTYPE",
                                            "%TYPE",
                                            "FOR over a query",
                                            "FOREACH",
                                            "FOUND",
                                            "PERFORM",
                                            "a CASE statement",
                                            "a RECORD variable",
                                            "ROW_COUNT",
                                            "a cursor with parameters",
                                            "arguments by name"};
  constexpr std::string_view not_here =
      "CockroachDB has no such form; it is written otherwise where all that it depends on is known and means "
      "the "
      "same (docs/routines.md), which is not so here.";
  std::vector<std::string> hints;
  for (const BodyRefusal& refusal : refusals) {
    const bool is_converted = std::ranges::find(converted, refusal.what) != std::end(converted);
    const bool is_told =
        !built_texts_.empty() && (is_converted || refusal.what.find("EXECUTE") != std::string::npos);
    const std::string hint = is_told ? built_texts_ : is_converted ? std::string(not_here) : refusal.hint;
    if (!hint.empty() && std::ranges::find(hints, hint) == hints.end()) hints.push_back(hint);
  }
  std::string text;
  if (hints.size() > most) return text;
  for (const std::string& hint : hints) text += (text.empty() ? "" : " ") + hint;
  return text;
}

}  // namespace pg2crdb::functions
