// Functions that triggers execute and that have no body which could be translated: PostgreSQL's own and those
// of its extensions are written out in PL/pgSQL, and a function that asks for its trigger's arguments is
// written once for each list of them, where the release has none.
#include "rewrite/pass.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "ast/describe.h"
#include "ast/serial.h"
#include "routines/routine.h"
#include "routines/trigger.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"trigger-function-written", Severity::info, "triggers",
     "the trigger's function is PostgreSQL's own or an extension's, and written out in PL/pgSQL",
     "Nothing to do."},
    {"trigger-function-text-search", Severity::warning, "triggers",
     "the function that keeps a tsvector is written out in PL/pgSQL, and computes it on every INSERT and "
     "UPDATE",
     "Check that no UPDATE sets the tsvector itself; a generated column would do the same."},
    {"trigger-arguments", Severity::warning, "triggers",
     "triggers have no arguments before 26.2: the function is written with those of its trigger in their "
     "places",
     "Nothing to do; a trigger that is created later and gives other arguments needs a function of its own."},
    {"trigger-whole-row", Severity::info, "triggers",
     "NEW and OLD as a whole are written so that CockroachDB takes them for what they are", "Nothing to do."},
    {"trigger-row-values", Severity::error, "triggers",
     "CockroachDB makes one value of NEW.* and OLD.* among values",
     "Write their columns, or INSERT ... SELECT with one SELECT a row."},
    {"trigger-function-tables", Severity::info, "triggers",
     "what the function does goes by the trigger's table: it is written once for each table",
     "Nothing to do; a trigger of another table needs a function of its own."},
};
enum : size_t {
  function_written,
  function_text_search,
  trigger_arguments,
  whole_row,
  row_values,
  function_tables,
};

/// The statement that creates the trigger's function; null where there is none, or it is written twice.
ast::Statement* function_of(const PassContext& context, const ast::CreateTrigger& trigger) {
  ast::Statement* found = nullptr;
  for (ast::Statement* statement : context.catalog.functions(trigger.function)) {
    const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
    if (!statement->live() || function == nullptr || !function->parameters.empty()) continue;
    if (found != nullptr) return nullptr;
    found = statement;
  }
  return found;
}

/// `a`, `b`
std::string list(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "`" : ", `") + value + "`";
  return text;
}

/// Names for functions that the script has none of.
class FreeNames {
 public:
  explicit FreeNames(const PassContext& context) : catalog_(context.catalog) {}

  ast::Name of(const std::string& schema, const std::string& base) {
    ast::Name name;
    name.schema = schema;
    name.name = base;
    for (int number = 2; catalog_.has_function(name) || !taken_.insert(to_string(name)).second; ++number)
      name.name = base + "_" + std::to_string(number);
    return name;
  }

 private:
  const ast::Catalog& catalog_;
  std::set<std::string> taken_;
};

/// Adds a function that takes no arguments; its name from now on.
ast::Name add_function(PassContext& context, ast::CreateFunction function, const ast::Statement& origin,
                       Beside beside) {
  ast::Object object;
  object.kind = ast::ObjectKind::function;
  object.signature = "()";
  ast::Name name = function.name;
  name.object = static_cast<ast::ObjectId>(context.script.objects.size());
  object.name = function.name = name;
  ast::Statement& added = context.add(std::move(function), origin, ast::Phase::post_data, beside);
  added.text_objects = origin.text_objects;
  object.created = added.id;
  context.script.objects.push_back(std::move(object));
  return name;
}

// --- functions that nobody wrote

/// What a trigger does to rows of a table whose columns are known.
class BuiltIn {
 public:
  BuiltIn(const PassContext& context, const ast::CreateTrigger& trigger)
      : context_(context), trigger_(trigger) {
    const ast::Statement* made = context.catalog.table(trigger.table);
    table_ = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
  }

  size_t rule = function_written;
  std::string name;  ///< for the function; without its schema

  /// Its statements; nothing where it is no function that is known, or it would not do the same.
  std::optional<std::string> body() {
    if (!trigger_.for_each_row || trigger_.timing != "BEFORE" || trigger_.on_delete || table_ == nullptr)
      return std::nullopt;
    const std::string& function = trigger_.function.name;
    if (function == "tsvector_update_trigger") return text_search();
    if (function == "suppress_redundant_updates_trigger") return only_changes();
    if (function == "moddatetime") return time_of_change();
    if (function == "insert_username") return name_of_user();
    return std::nullopt;
  }

 private:
  const ast::Column* column(const std::string& name_of_column) const {
    const auto found = std::ranges::find(table_->columns, name_of_column, &ast::Column::name);
    return found == table_->columns.end() ? nullptr : &*found;
  }
  bool is_of_type(const std::string& name_of_column, std::initializer_list<std::string_view> types) const {
    const ast::Column* one = column(name_of_column);
    return one != nullptr && one->type.array_bounds.empty() &&
           !context_.catalog.is_user_type(one->type.name) &&
           std::find(types.begin(), types.end(), one->type.name.name) != types.end();
  }

  /// The words of all columns, one text behind the other.
  std::optional<std::string> text_search() {
    constexpr std::array<std::string_view, 15> configurations = {
        "danish",    "dutch",      "english", "finnish", "french",  "german",  "hungarian", "italian",
        "norwegian", "portuguese", "russian", "simple",  "spanish", "swedish", "turkish"};
    const std::vector<std::string>& arguments = trigger_.arguments;
    if (arguments.size() < 3 || !is_of_type(arguments[0], {"tsvector"})) return std::nullopt;
    std::string configuration = arguments[1];
    constexpr std::string_view catalog = "pg_catalog.";
    if (configuration.starts_with(catalog)) configuration.erase(0, catalog.size());
    if (std::ranges::find(configurations, configuration) == configurations.end()) return std::nullopt;
    std::string text;
    for (size_t i = 2; i < arguments.size(); ++i) {
      if (!is_of_type(arguments[i], {"text", "varchar"})) return std::nullopt;
      text += (text.empty() ? "coalesce((NEW)." : " || ' ' || coalesce((NEW).") +
              quote_identifier(arguments[i]) + ", '')";
    }
    rule = function_text_search;
    name = trigger_.table.name + "_" + arguments[0] + "_update";
    return "NEW." + quote_identifier(arguments[0]) + " := to_tsvector('" + configuration + "', " + text +
           ");\n  RETURN NEW;";
  }

  /// Nothing is written where not a byte of the row would change. Values of some types are equal and yet not
  /// the same: those are compared as text.
  std::optional<std::string> only_changes() {
    constexpr std::array<std::string_view, 13> same = {"bool",        "bytea", "date",   "int2", "int4",
                                                       "int8",        "name",  "text",   "time", "timestamp",
                                                       "timestamptz", "uuid",  "varchar"};
    constexpr std::array<std::string_view, 6> as_text = {"bpchar",   "float4", "float8",
                                                         "interval", "jsonb",  "numeric"};
    // Where the script's order is kept, columns may come later.
    if (context_.options.in_order || trigger_.on_insert || !trigger_.arguments.empty() ||
        !table_->likes.empty() || !table_->inherits.empty() || !table_->of_type.empty())
      return std::nullopt;
    std::string is_same = "OLD IS NOT DISTINCT FROM NEW";
    for (const ast::Column& one : table_->columns) {
      const std::string_view integer = ast::integer_of_serial(one.type);
      const std::string_view type = integer.empty() ? one.type.name.name : integer;
      const bool is_text = std::ranges::find(as_text, type) != as_text.end();
      const bool is_known = (is_text || std::ranges::find(same, type) != same.end()) &&
                            !context_.catalog.is_user_type(one.type.name);
      if (one.generated || !one.type.array_bounds.empty() ||
          (!is_known && context_.catalog.enum_type(one.type.name) == nullptr))
        return std::nullopt;
      const std::string field = "." + quote_identifier(one.name) + "::text";
      if (is_text) is_same += " AND (OLD)" + field + " IS NOT DISTINCT FROM (NEW)" + field;
    }
    name = trigger_.table.name + "_suppress_redundant_updates";
    return "IF " + is_same + " THEN\n    RETURN NULL;\n  END IF;\n  RETURN NEW;";
  }

  /// Of the extension moddatetime.
  std::optional<std::string> time_of_change() {
    if (trigger_.on_insert || trigger_.arguments.size() != 1) return std::nullopt;
    const std::string& changed = trigger_.arguments[0];
    const bool is_local = is_of_type(changed, {"timestamp"});
    if (!is_local && !is_of_type(changed, {"timestamptz"})) return std::nullopt;
    name = trigger_.table.name + "_" + changed + "_moddatetime";
    return "NEW." + quote_identifier(changed) + (is_local ? " := now()::timestamp;" : " := now();") +
           "\n  RETURN NEW;";
  }

  /// Of the extension insert_username.
  std::optional<std::string> name_of_user() {
    if (trigger_.arguments.size() != 1 || !is_of_type(trigger_.arguments[0], {"text"})) return std::nullopt;
    name = trigger_.table.name + "_" + trigger_.arguments[0] + "_insert_username";
    return "NEW." + quote_identifier(trigger_.arguments[0]) + " := current_user;\n  RETURN NEW;";
  }

  const PassContext& context_;
  const ast::CreateTrigger& trigger_;
  const ast::CreateTable* table_ = nullptr;
};

void write_out(PassContext& context, FreeNames& names, ast::Statement& statement,
               ast::CreateTrigger& trigger) {
  BuiltIn built_in(context, trigger);
  const std::optional<std::string> body = built_in.body();
  if (!body) return;
  ast::CreateFunction function;
  function.name = names.of(trigger.table.schema, built_in.name);
  ast::TypeName type;
  type.name = {"pg_catalog", "trigger"};
  function.returns = std::move(type);
  function.language = "plpgsql";
  function.body = {"\nBEGIN\n  " + *body + "\nEND;\n"};
  const std::string made = to_string(function.name);
  context.report(rules[built_in.rule], statement, ast::statement_object(statement.node),
                 "trigger `" + trigger.name + "` of `" + to_string(trigger.table) + "` executes `" + made +
                     "`, which does what `" + to_string(trigger.function) + "` did");
  trigger.function = add_function(context, std::move(function), statement, Beside::before);
  trigger.arguments.clear();
  context.rewritten(statement);
}

// --- arguments

/// The triggers of one function that give it the same arguments.
struct Group {
  std::vector<std::string> arguments = {};
  std::string body = {};
  std::vector<ast::Statement*> triggers = {};
};

/// Nothing where the function asks for an argument that only a run knows.
std::optional<std::vector<Group>> groups_of(const std::string& body,
                                            const std::vector<ast::Statement*>& triggers) {
  std::vector<Group> groups;
  for (ast::Statement* one : triggers) {
    const std::vector<std::string>& arguments = std::get<ast::CreateTrigger>(one->node).arguments;
    auto group = std::ranges::find(groups, arguments, &Group::arguments);
    if (group == groups.end()) {
      std::optional<std::string> with = routines::with_arguments(body, arguments);
      if (!with) return std::nullopt;
      groups.push_back({arguments, std::move(*with)});
      group = groups.end() - 1;
    }
    group->triggers.push_back(one);
  }
  return groups;
}

/// Another function of the same owner, who matters where it is SECURITY DEFINER; its name.
ast::Name add_copy(PassContext& context, const ast::Statement& statement, ast::Name name,
                   const std::string& body) {
  auto copy = std::get<ast::CreateFunction>(statement.node);
  const ast::Name original = copy.name;
  copy.name = std::move(name);
  copy.body = {body};
  name = add_function(context, std::move(copy), statement, Beside::behind);
  const size_t count = context.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    const ast::Statement& one = context.script.statements[i];
    const auto* owner = std::get_if<ast::AlterOwner>(&one.node);
    if (owner == nullptr || !one.live() || owner->object.kind != ast::ObjectKind::function ||
        owner->object.name != original)
      continue;
    ast::AlterOwner same = *owner;
    same.object.name = name;
    context.add(std::move(same), one, ast::Phase::post_data);
  }
  return name;
}

/// The same function for each list of arguments: it itself has the first one.
void write_for_arguments(PassContext& context, FreeNames& names, ast::Statement& statement,
                         const std::vector<ast::Statement*>& triggers) {
  auto& function = std::get<ast::CreateFunction>(statement.node);
  std::optional<std::vector<Group>> groups = groups_of(function.body.front(), triggers);
  if (!groups) return;
  for (const Group& group : *groups) {
    const bool is_first = &group == &groups->front();
    ast::Name name = is_first ? function.name : names.of(function.name.schema, function.name.name);
    context.report(
        rules[trigger_arguments], statement, to_string(function.name),
        "function `" + to_string(name) + "` is written for triggers " +
            (group.arguments.empty() ? "without arguments" : "that give " + list(group.arguments)));
    if (!is_first) name = add_copy(context, statement, std::move(name), group.body);
    for (ast::Statement* one : group.triggers) {
      auto& trigger = std::get<ast::CreateTrigger>(one->node);
      if (!is_first) trigger.function = name;
      trigger.arguments.clear();
      context.rewritten(*one);
    }
  }
  function.body = {groups->front().body};
  context.rewritten(statement);
}

using Triggers = std::vector<ast::Statement*>;
using TriggersOfFunctions = std::map<ast::StatementId, Triggers>;

/// As SQL writes it.
std::string table_of(const ast::Statement& trigger) {
  const ast::Name& name = std::get<ast::CreateTrigger>(trigger.node).table;
  return quote_name(name.schema, name.name);
}

/// The table of all triggers of a function; empty where there are none, or several.
std::string table_of(const Triggers& triggers) {
  const auto differs = [&](const ast::Statement* one) { return table_of(*one) != table_of(*triggers[0]); };
  return triggers.empty() || std::ranges::any_of(triggers, differs) ? std::string() : table_of(*triggers[0]);
}

/// Whether a body reads a column of its row that the table does not have.
bool reads_others(const std::string& body, const ast::CreateTable& table) {
  return std::ranges::any_of(routines::row_fields(body), [&](const routines::RowField& field) {
    return std::ranges::find(table.columns, field.column, &ast::Column::name) == table.columns.end();
  });
}

/// The body with the table's name, in the forms that the target has.
std::string written_for(const PassContext& context, const std::string& body, const ast::Name& table) {
  const std::set<std::string, std::less<>> no_columns;
  const std::string named =
      routines::with_table(body, table.schema.empty() ? "public" : table.schema, table.name);
  std::string converted = routines::convert_body(named, {context.catalog, context.target, no_columns}).text;
  return converted.empty() ? named : converted;
}

/// Whether a function that asks for its trigger's table goes out where that is a constant, and not as it is:
/// it runs a text that names the table, or reads columns that only some tables have.
bool goes_by_table(const PassContext& context, const std::string& body, const Triggers& triggers) {
  if (!routines::reads_table_name(body)) return false;
  // The name of a partition is gone.
  const bool any_merged = std::ranges::any_of(context.script.statements, [](const ast::Statement& one) {
    return one.fate == ast::Fate::merged && std::holds_alternative<ast::CreateTable>(one.node);
  });
  if (any_merged) return false;
  const bool executes = routines::executes_by_table(body);
  return std::ranges::any_of(triggers, [&](const ast::Statement* one) {
    const ast::Name& name = std::get<ast::CreateTrigger>(one->node).table;
    const ast::Statement* made = context.catalog.table(name);
    const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    if (table == nullptr || (!executes && !reads_others(body, *table))) return false;
    const std::string written = written_for(context, body, name);
    return !routines::executes(written) && !reads_others(written, *table);
  });
}

/// The name of the only table of a function's triggers, as a constant.
void write_table_name(PassContext& context, ast::Statement& statement, const Triggers& triggers,
                      bool is_told) {
  auto& function = std::get<ast::CreateFunction>(statement.node);
  if (table_of(triggers).empty() || !goes_by_table(context, function.body.front(), triggers)) return;
  const ast::Name& table = std::get<ast::CreateTrigger>(triggers[0]->node).table;
  std::string body =
      routines::with_table(function.body.front(), table.schema.empty() ? "public" : table.schema, table.name);
  if (body == function.body.front()) return;
  function.body.front() = std::move(body);
  if (!is_told)
    context.report(
        rules[function_tables], statement, to_string(function.name),
        "function `" + to_string(function.name) + "` is written for triggers of `" + table.name + "`");
  context.rewritten(statement);
}

/// The same function for each table where it matters which one it is: it itself has the first one.
void write_for_tables(PassContext& context, FreeNames& names, ast::Statement& statement,
                      TriggersOfFunctions& functions, std::set<ast::StatementId>& told) {
  const auto& function = std::get<ast::CreateFunction>(statement.node);
  Triggers& triggers = functions[statement.id];
  if (triggers.empty() || !table_of(triggers).empty() ||
      (!routines::holds_row(function.body.front()) &&
       !goes_by_table(context, function.body.front(), triggers)))
    return;
  const std::string first = table_of(*triggers[0]);
  std::map<std::string, Triggers> others;
  for (ast::Statement* one : triggers) {
    if (table_of(*one) != first) others[table_of(*one)].push_back(one);
  }
  std::erase_if(triggers, [&](const ast::Statement* one) { return table_of(*one) != first; });
  for (auto& [table, users] : others) {
    const std::string& end = std::get<ast::CreateTrigger>(users[0]->node).table.name;
    const ast::Name name =
        add_copy(context, statement, names.of(function.name.schema, function.name.name + "_" + end),
                 function.body.front());
    context.report(rules[function_tables], statement, to_string(function.name),
                   "function `" + to_string(name) + "` is written for triggers of `" + end + "`");
    for (ast::Statement* one : users) {
      std::get<ast::CreateTrigger>(one->node).function = name;
      context.rewritten(*one);
    }
    const ast::StatementId copy = context.script.objects[name.object].created;
    functions[copy] = std::move(users);
    told.insert({statement.id, copy});
  }
}

/// NEW and OLD where they are not read column by column.
void write_rows(PassContext& context, ast::Statement& statement, const Triggers& triggers) {
  auto& function = std::get<ast::CreateFunction>(statement.node);
  routines::WrittenRows written = routines::write_rows(function.body.front(), table_of(triggers));
  const std::string object = to_string(function.name);
  if (!written.refused.empty()) {
    context.report(rules[row_values], statement, object, "function `" + object + "` has " + written.refused);
    context.needs_person(statement, "its body has " + written.refused);
  } else if (!written.changes.empty()) {
    function.body.front() = std::move(written.body);
    std::string changes;
    for (const std::string& change : written.changes) changes += (changes.empty() ? "" : ", ") + change;
    context.report(rules[whole_row], statement, object,
                   "function `" + object + "`: " + changes + " written otherwise");
    context.rewritten(statement);
  }
}

void run(PassContext& context) {
  if (!context.target.has(Capability::triggers)) return;
  FreeNames names(context);
  TriggersOfFunctions triggers;
  const size_t count = context.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node);
    if (trigger == nullptr || !statement.live()) continue;
    if (!context.catalog.has_function(trigger->function)) {
      write_out(context, names, statement, *trigger);
    } else if (const ast::Statement* function = function_of(context, *trigger)) {
      triggers[function->id].push_back(&statement);
    }
  }
  std::set<ast::StatementId> told;  // of the functions that are written for a table
  for (size_t i = 0; i < context.script.statements.size();
       ++i) {  // copies that are added here are looked at, too
    ast::Statement& statement = context.script.statements[i];
    auto* function = std::get_if<ast::CreateFunction>(&statement.node);
    if (function == nullptr || !statement.live() || function->language != "plpgsql" ||
        function->body.size() != 1 || function->returns->name.name != "trigger")
      continue;
    write_for_tables(context, names, statement, triggers, told);
    write_table_name(context, statement, triggers[statement.id], told.contains(statement.id));
    write_rows(context, statement, triggers[statement.id]);
  }
  if (context.target.has(Capability::trigger_arguments)) return;
  for (const auto& [id, users] : triggers) {
    ast::Statement& statement = context.script.statements[id];
    const auto& function = std::get<ast::CreateFunction>(statement.node);
    if (statement.live() && !users.empty() && function.language == "plpgsql" && function.body.size() == 1 &&
        routines::reads_arguments(function.body.front()))
      write_for_arguments(context, names, statement, users);
  }
}

}  // namespace

extern const Pass trigger_functions;
const Pass trigger_functions = {
    .name = "trigger-functions",
    .category = "triggers",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "writes out functions of PostgreSQL's own that triggers execute, and arguments of triggers",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
