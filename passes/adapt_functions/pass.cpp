// CockroachDB's functions take fewer words than PostgreSQL's and check their bodies when they are created.
// Words that only tuned the planner are taken off; SET is too, and that is said louder, because names in the
// body then resolve by the caller's search_path. A body is read with CockroachDB's grammars: what is refused
// in it is listed with its lines, and the function is left for a person. What they cannot see is looked for
// word by word: names that mean nothing there. A body in PL/pgSQL of which all can be written in forms that
// it takes is written so (routines/). NEW.c and OLD.c are written (NEW).c and (OLD).c where they are read.
#include "rewrite/pass.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/named_relation.h"
#include "ast/walk.h"
#include "bind/binder.h"
#include "bind/expression_types.h"
#include "bind/uncreated.h"
#include "grammar/cockroachdb.h"
#include "passes/adapt_functions/body_check.h"
#include "passes/adapt_functions/knowledge.h"
#include "passes/adapt_functions/rules.h"
#include "routines/returned_rows.h"
#include "routines/routine.h"
#include "support/batches.h"

namespace pg2crdb {
namespace {

using namespace functions;

// Fewer bodies are not worth a thread of their own, which learns the grammar anew.
constexpr size_t bodies_of_a_thread = 64;
constexpr size_t bodies_of_a_batch = 4;

/// Pseudo-types that no function of CockroachDB may have. DDL facts 11.1.
constexpr std::string_view refused_types[] = {
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblemultirange",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anyenum",
    "anymultirange",
    "anynonarray",
    "anyrange",
    "cstring",
    "event_trigger",
    "fdw_handler",
    "index_am_handler",
    "internal",
    "language_handler",
    "opaque",
    "pg_ddl_command",
    "table_am_handler",
    "tsm_handler",
};

/// Of a body that reads keys of an hstore.
constexpr std::string_view keep_keys =
    "Write the body for JSONB, whose `->>` gives the text of a key, and choose --hstore jsonb: it makes such "
    "columns JSONB, and leaves bodies that read their keys as they are.";

template <class Range, class Value>
bool contains(const Range& range, const Value& name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

/// What names of relations in a body mean; empty where the catalog says it.
std::function<const ast::Statement*(const ast::Name&)> relations_of(const PassContext& context,
                                                                    const ast::Statement& body) {
  if (!context.options.in_order) return {};
  return [&context, &body](const ast::Name& name) {
    return ast::named_relation(context.script, context.catalog, name, body);
  };
}

/// A block is a body that is run once.
void look_at_block(PassContext& context, const Knowledge& known, Tools& tools, ast::Statement& statement,
                   ast::DoBlock& block) {
  if (!context.target.has(Capability::do_statement)) return;  // another pass says so
  ast::CreateFunction body;
  body.language = block.language.empty() ? "plpgsql" : block.language;
  body.body = {block.body};
  const std::string object = "DO in " + PassContext::line_of(statement);
  const std::string which = "the DO block in " + PassContext::line_of(statement);
  if (body.language != "plpgsql") {
    context.report(rules[function_language], statement, object,
                   which + " is written in `" + body.language + "`");
    context.needs_person(statement, "it is written in " + body.language);
    return;
  }
  BodyScanner scanner(context, body);
  scanner.scan();
  std::erase_if(scanner.missing_calls, [&](const BodyRefusal& call) {
    return context.catalog.has_function({"public", call.what});
  });
  scanner.refusals.insert(scanner.refusals.end(), scanner.refused_anywhere.begin(),
                          scanner.refused_anywhere.end());
  BodyCheck check(context, tools.grammar, statement, object, which, block.offset);
  check.report_calls(scanner.missing_calls);
  check.convert(body,
                {context.catalog,
                 context.target,
                 known.columns,
                 {},
                 {},
                 false,
                 &known.changing_triggers,
                 {},
                 &known.altered,
                 relations_of(context, statement),
                 &known.extensions,
                 {},
                 routines::Routine::Kind::block,
                 &known.unique_keys,
                 &known.emptied_otherwise},
                std::move(scanner.refusals), tools.types, known.uncreated, known.raised);
  if (statement.live()) block.body = body.body.front();
}

class Adapter {
 public:
  Adapter(PassContext& context, const Knowledge& known, Tools& tools, ast::Statement& statement,
          ast::CreateFunction& function)
      : context_(context),
        known_(known),
        tools_(tools),
        statement_(statement),
        function_(function),
        object_(to_string(function.name)),
        has_settings_(!function.settings.empty()) {}

  void run() {
    standard_body();
    clauses();
    settings();
    if (function_.language != "sql" && function_.language != "plpgsql") {
      refuse(function_language, "is written in `" + function_.language + "`");
      return;
    }
    features();
    types();
    if (statement_.live() && function_.body.size() == 1) body();
  }

 private:
  std::string which() const { return (function_.procedure ? "procedure `" : "function `") + object_ + "`"; }

  void refuse(size_t rule, const std::string& what, int32_t offset = -1, std::string advice = {}) {
    context_.report(rules[rule], statement_, object_, which() + " " + what, offset, std::move(advice));
    context_.needs_person(statement_, "it " + what);
  }

  /// CockroachDB binds a string body, too, when the routine is made.
  void standard_body() {
    if (!function_.bound_when_made() || context_.target.has(Capability::sql_standard_function_body)) return;
    if (const std::string changed = changed_later(); !changed.empty())
      refuse(function_body, "is bound to " + changed);
    function_.standard_body = ast::CreateFunction::StandardBody::none;
    context_.report(rules[function_sql_body], statement_, object_, which() + ": its body becomes a string");
    context_.rewritten(statement_);
  }

  /// What the body names and the script drops, or a column that it renames or drops; empty where there is
  /// none. Relations that are renamed have their new name in the body already.
  std::string changed_later() const {
    const ast::ObjectId own = function_.name.object;
    if (context_.options.in_order && own != ast::no_object && !context_.script.objects[own].stands())
      return {};  // it goes with that
    const std::vector<ast::ObjectId>& used = statement_.text_objects;
    const auto is_used = [&](ast::ObjectId id) { return std::ranges::find(used, id) != used.end(); };
    const auto is_named = [&](const std::string& column) {
      return function_.body.front().find(column) != std::string::npos;
    };
    const auto is_later = [&](ast::StatementId id) { return id != ast::no_statement && id > statement_.id; };
    for (ast::ObjectId id = 0; id < context_.script.objects.size(); ++id) {
      const ast::Object& object = context_.script.objects[id];
      if (!is_later(object.dropped)) continue;
      if (is_used(id)) return "`" + to_string(object.name) + "`, which is dropped later";
      if (object.kind == ast::ObjectKind::column && is_used(object.parent) && is_named(object.name.name))
        return "column `" + object.name.name + "`, which is dropped later";
    }
    for (const ast::Statement& later : context_.script.statements) {
      const auto* rename = std::get_if<ast::Rename>(&later.node);
      if (rename == nullptr || !is_later(later.id) || !is_used(rename->object.name.object)) continue;
      if (!rename->object.member.empty() && is_named(rename->object.member))
        return "column `" + rename->object.member + "`, which is renamed later";
    }
    return {};
  }

  void clauses() {
    std::string words;
    const auto strip = [&](Capability capability, bool present, const std::string& word) {
      if (!present || context_.target.has(capability)) return false;
      words += (words.empty() ? "" : ", ") + word;
      return true;
    };
    if (strip(Capability::function_cost, !function_.cost.empty(), "COST " + *function_.cost))
      function_.cost.clear();
    if (strip(Capability::function_rows, !function_.rows.empty(), "ROWS " + *function_.rows))
      function_.rows.clear();
    if (strip(Capability::function_parallel, !function_.parallel.empty(), "PARALLEL " + *function_.parallel))
      function_.parallel.clear();
    if (strip(Capability::function_support, !function_.support.empty(),
              "SUPPORT " + to_string(function_.support)))
      function_.support.clear();
    if (strip(Capability::function_transform, !function_.transforms.empty(), "TRANSFORM"))
      function_.transforms.clear();
    if (words.empty()) return;
    context_.report(rules[function_clause], statement_, object_, which() + ": " + words + " left out");
    context_.rewritten(statement_);
  }

  void settings() {
    if (function_.settings.empty() || context_.target.has(Capability::function_set)) return;
    std::string names;
    for (const ast::SetVariable& setting : function_.settings)
      names += (names.empty() ? "" : ", ") + setting.name;
    const Path path = path_set();
    const bool no_path = path == Path::not_needed;
    const bool only_path = function_.settings.size() == 1;
    context_.report(
        rules[no_path && only_path ? function_empty_path : function_setting], statement_, object_,
        which() + ": SET " + names + " left out" +
            (function_.security_definer ? "; it is SECURITY DEFINER" : ""),
        -1,
        no_path && !only_path ? "Check what it does without the settings besides search_path, which it "
                                "does not need: names in its body have schemas."
        : path == Path::needed_by_made_sql
            ? "Names in its body have schemas; check that SQL that it makes while it runs has them, too."
            : "");
    function_.settings.clear();
    context_.rewritten(statement_);
  }

  /// What an empty search_path does for its body: nothing, where no name of it could be one of the script's
  /// without it; of SQL that it makes while it runs that is not known.
  enum class Path { needed, needed_by_made_sql, not_needed };
  Path path_set() const {
    const auto its = std::ranges::find(function_.settings, "search_path", &ast::SetVariable::name);
    if (its == function_.settings.end() || its->values.size() != 1) return Path::needed;
    const auto* path = std::get_if<ast::Literal>(&its->values.front().node);
    if (path == nullptr || !path->text.empty()) return Path::needed;
    const TextNames found = bind::names_in_body_of(statement_);
    const bool any_bare = std::ranges::any_of(found.names, [this](const NameUse& use) {
      return use.name.schema.empty() && known_.made.contains(use.name.name);
    });
    if (any_bare) return Path::needed;
    return found.unread.empty() ? Path::not_needed : Path::needed_by_made_sql;
  }

  void needs(Capability capability, bool used, const std::string& what, std::string advice = {}) {
    if (used && statement_.live() && !context_.target.has(capability))
      refuse(function_feature, what, -1, std::move(advice));
  }

  /// RETURNING old.x, new.x (PostgreSQL 18), which no release has: there they are names of tables. In a
  /// trigger's function they are its own.
  bool returns_old_or_new() {
    if (function_.returns->name.name == "trigger") return false;
    bool found = false;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
      found = found || (column != nullptr && column->names.size() + (column->star ? 1 : 0) == 2 &&
                        (column->names.front() == "old" || column->names.front() == "new"));
    };
    for (ast::BodyStatement& statement : function_.statements) {
      std::visit(
          [&](auto& node) {
            if constexpr (requires { node.returning; }) {
              for (ast::SelectItem& item : node.returning.targets) {
                if (item.expr) ast::walk(*item.expr, visitor);
              }
            }
          },
          statement.node);
    }
    if (function_.language == "plpgsql" && function_.body.size() == 1)
      found = found || routines::returns_old_or_new(function_.body.front());
    return found;
  }

  void features() {
    using Mode = ast::FunctionParameter::Mode;
    const auto any = [this](auto condition) {
      return std::any_of(function_.parameters.begin(), function_.parameters.end(), condition);
    };
    needs(Capability::plpgsql, function_.language == "plpgsql", "is written in PL/pgSQL");
    needs(Capability::procedures, function_.procedure, "is a procedure");
    if (returns_old_or_new())
      refuse(function_feature, "reads OLD or NEW in RETURNING", -1, "Read the row before it is changed.");
    needs(Capability::function_window, function_.window, "is a WINDOW function",
          "Write the window function in each query that calls it.");
    needs(Capability::variadic, any([](const auto& p) { return p.mode == Mode::variadic; }),
          "has a VARIADIC parameter", "Give it an array parameter, and callers an ARRAY[..].");
    needs(Capability::out_parameters,
          any([](const auto& p) { return p.mode == Mode::out || p.mode == Mode::inout; }),
          "has OUT parameters");
    needs(Capability::parameter_defaults, any([](const auto& p) { return bool(p.default_value); }),
          "has defaults of parameters");
    needs(Capability::returns_table, any([](const auto& p) { return p.mode == Mode::table; }),
          "returns a TABLE");
    needs(Capability::security_definer, function_.security_definer, "is SECURITY DEFINER");
    needs(Capability::triggers, function_.returns->name.name == "trigger", "is a trigger's");
    needs(Capability::set_returning_plpgsql,
          function_.language == "plpgsql" &&
              (function_.returns->set_of || any([](const auto& p) { return p.mode == Mode::table; })),
          "returns a set from PL/pgSQL");
    if (!context_.target.has(Capability::security_definer) && function_.security_invoker) {
      function_.security_invoker = false;
      context_.report(rules[function_clause], statement_, object_, which() + ": SECURITY INVOKER left out");
      context_.rewritten(statement_);
    }
  }

  void types() {
    size_t number = 0;
    for (const ast::FunctionParameter& parameter : function_.parameters) {
      ++number;
      type(parameter.type, parameter.name.empty() ? "parameter " + std::to_string(number)
                                                  : "parameter `" + parameter.name + "`");
      if (statement_.live() && parameter.mode == ast::FunctionParameter::Mode::out &&
          parameter.type.name.name == "record") {
        refuse(function_type, "has an OUT parameter of type record", parameter.type.offset);
      }
    }
    type(function_.returns, "the result");
  }

  void type(const ast::TypeName& type, const std::string& whose) {
    if (!statement_.live()) return;
    const bool pseudo = (type.name.schema.empty() || type.name.schema == "pg_catalog") &&
                        contains(refused_types, type.name.name);
    if (pseudo)
      refuse(function_type, "has the type `" + type.name.name + "` for " + whose, type.offset);
    else if (type.percent_type)
      refuse(function_type, "has a %TYPE for " + whose, type.offset);
    else if (type.name.name == "hstore" && reads_keys())
      refuse(function_type,
             "reads keys of " + whose + ", of the type `hstore`, which CockroachDB does not have",
             type.offset, std::string(keep_keys));
  }

  /// Whether a body has the operator `->`.
  bool reads_keys() const {
    return std::any_of(function_.body.begin(), function_.body.end(),
                       [](const std::string& text) { return text.find("->") != std::string::npos; });
  }

  /// Where a body that has the operator `->` names a column of the type hstore; nothing where it does not.
  std::optional<Token> read_keys_of() const {
    if (known_.hstore.empty() || !reads_keys()) return std::nullopt;
    for (const Token& token : tokens_of(function_.body.front())) {
      if (known_.hstore.contains(token.text)) return token;
    }
    return std::nullopt;
  }

  /// What passes have written otherwise in the trees of a body in SQL stands in its text still.
  void leave_out_rewritten(std::vector<BodyRefusal>& calls) {
    Names called;
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) called.insert(call->name.name);
    };
    for (ast::BodyStatement& one : function_.statements) {
      if (std::holds_alternative<ast::Opaque>(one.node)) return;
      ast::walk(one.node, look);
    }
    if (function_.statements.empty()) return;
    std::erase_if(calls, [&](const BodyRefusal& call) { return !called.contains(call.what); });
  }

  void body() {
    BodyScanner scanner(context_, function_);
    scanner.scan();
    std::erase_if(scanner.missing_calls, [this](const BodyRefusal& call) {
      return context_.catalog.has_function({function_.name.schema, call.what}) ||
             context_.catalog.has_function({"public", call.what});
    });
    leave_out_rewritten(scanner.missing_calls);
    BodyCheck check(context_, tools_.grammar, statement_, object_, which(), function_.offset);
    check.report_calls(scanner.missing_calls);
    const std::string configuration = known_.uncreated.configuration(function_.body.front());
    if (!configuration.empty() && !context_.target.has(Capability::text_search_objects))
      refuse(function_body, "reads text with `" + configuration + "`, a configuration of the script's own");
    const std::string own_operator = known_.uncreated.own_operator(function_.body.front());
    if (!own_operator.empty())
      return refuse(function_body, "uses `" + own_operator + "`, an operator of the script's own");
    if (const std::optional<Token> column = read_keys_of()) {
      const int32_t place =
          function_.offset < 0 ? -1 : function_.offset + static_cast<int32_t>(column->begin);
      return refuse(function_type,
                    "reads keys of `" + column->text +
                        "`, a column of the type `hstore`, which CockroachDB "
                        "does not have",
                    place, std::string(keep_keys));
    }
    if (!function_.statements.empty() && scanner.refused_anywhere.empty())
      return check.write_statements(function_, tools_.types, known_.emptied_otherwise_by(function_));
    if (function_.language != "plpgsql") {
      check.run(function_.language, function_.body.front(), std::move(scanner.refused_anywhere));
      const bool is_unread = function_.statements.empty() && !tokens_of(function_.body.front()).empty();
      if (is_unread && statement_.live()) refuse(function_body, "is not read");
      return;
    }
    scanner.refusals.insert(scanner.refusals.end(), scanner.refused_anywhere.begin(),
                            scanner.refused_anywhere.end());
    check.convert(function_,
                  {context_.catalog,
                   context_.target,
                   known_.columns,
                   function_.parameters,
                   function_.name.name,
                   has_settings_,
                   &known_.changing_triggers,
                   fired_by(),
                   &known_.altered,
                   relations_of(context_, statement_),
                   &known_.extensions,
                   {},
                   kind(),
                   &known_.unique_keys,
                   known_.emptied_otherwise_by(function_)},
                  std::move(scanner.refusals), tools_.types, known_.uncreated, known_.raised);
    if (statement_.live()) trigger_rows();
  }

  routines::Routine::Kind kind() const {
    return function_.procedure ? routines::Routine::Kind::procedure : routines::Routine::Kind::function;
  }

  std::vector<const ast::CreateTable*> fired_by() const {
    const auto found = known_.fired.find(statement_.id);
    const bool is_fired = function_.returns->name.name == "trigger" && found != known_.fired.end();
    return is_fired ? found->second : std::vector<const ast::CreateTable*>();
  }

  void trigger_rows() {
    if (function_.returns->name.name != "trigger" ||
        context_.target.has(Capability::trigger_row_without_parentheses))
      return;
    BodyScanner scanner(context_, function_);
    std::string body = scanner.with_rows();
    if (scanner.rows_rewritten == 0) return;
    function_.body.front() = std::move(body);
    context_.report(rules[trigger_row], statement_, object_,
                    which() + ": NEW and OLD get parentheses in " + std::to_string(scanner.rows_rewritten) +
                        (scanner.rows_rewritten == 1 ? " place" : " places"));
    context_.rewritten(statement_);
  }

  PassContext& context_;
  const Knowledge& known_;
  Tools& tools_;
  ast::Statement& statement_;
  ast::CreateFunction& function_;
  std::string object_;
  bool has_settings_;
};

/// A routine or block, looked at on any thread.
struct LookedAt {
  ast::Statement statement;  ///< a copy until all have been looked at: each sees the others as they were
  Diagnostics findings = {};
  std::exception_ptr problem = {};
};

void look_at(const PassContext& context, const Knowledge& known, Tools& tools, LookedAt& one) {
  PassContext apart = context.apart(one.findings);
  try {
    if (auto* function = std::get_if<ast::CreateFunction>(&one.statement.node))
      Adapter(apart, known, tools, one.statement, *function).run();
    else
      look_at_block(apart, known, tools, one.statement, std::get<ast::DoBlock>(one.statement.node));
  } catch (...) {
    one.problem = std::current_exception();
  }
}

void run(PassContext& context) {
  std::vector<LookedAt> all;
  for (const ast::Statement& statement : context.script.statements) {
    const bool has_body = std::holds_alternative<ast::CreateFunction>(statement.node) ||
                          std::holds_alternative<ast::DoBlock>(statement.node);
    if (has_body && statement.live()) all.push_back({statement});
  }
  if (all.empty()) return;
  const Knowledge known(context);
  context.catalog.fill();
  std::vector<std::unique_ptr<Tools>> tools(worthwhile_threads(all.size(), bodies_of_a_thread));
  const auto look = [&](size_t thread, size_t i) {
    if (tools[thread] == nullptr) tools[thread] = std::make_unique<Tools>(context);
    look_at(context, known, *tools[thread], all[i]);
  };
  in_batches(all.size(), tools.size(), look, bodies_of_a_batch);
  for (LookedAt& one : all) {
    context.take(std::move(one.statement), std::move(one.findings));
    if (one.problem) std::rethrow_exception(one.problem);
  }
}

}  // namespace

extern const Pass adapt_functions;
const Pass adapt_functions = {
    .name = "adapt-functions",
    .category = "functions",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "takes clauses off functions that CockroachDB refuses and finds bodies that it would not run",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
