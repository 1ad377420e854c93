#include "driver/statements_besides.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

#include "ast/describe.h"
#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

ObjectName full_name(const ast::Name& name) {
  return {name.schema.empty() ? "public" : name.schema, name.name};
}

/// Whether two names may be one: where one is without a schema, that of the session decides.
bool may_be(const ast::Name& name, const ast::Name& other) {
  return name.name == other.name &&
         (name.schema == other.schema || name.schema.empty() || other.schema.empty());
}

/// Of text that is kept word for word, what runs as it stands.
bool runs(const ast::Opaque& opaque) {
  constexpr std::array words = {"call"sv,  "execute"sv, "explain"sv, "insert"sv, "update"sv, "delete"sv,
                                "merge"sv, "with"sv,    "select"sv,  "do"sv,     "copy"sv};
  const std::vector<transform::Token> tokens = transform::scan(opaque.text).tokens;
  return !tokens.empty() &&
         std::ranges::any_of(words, [&](std::string_view word) { return tokens[0].is(word); });
}

/// What is stored, and runs when somebody calls it.
bool is_stored(const ast::StatementNode& node) {
  const auto* view = std::get_if<ast::CreateView>(&node);
  return view != nullptr || std::holds_alternative<ast::CreateFunction>(node) ||
         std::holds_alternative<ast::CreateTrigger>(node) || std::holds_alternative<ast::CreatePolicy>(node);
}

/// Of a language that a server is extended in.
bool is_compiled(const ast::CreateFunction& routine) {
  return routine.language == "c" || routine.language == "internal";
}

}  // namespace

StatementsBesides::StatementsBesides(const ast::Script& script, const LoadPlan& plan) {
  for (size_t i = 0; i < plan.tables.size(); ++i) {
    tables_.emplace(plan.tables[i].target(), i);
    if (plan.tables[i].renamed()) tables_.emplace(plan.tables[i].source(), i);
  }
  for (const ast::Statement& statement : script.statements) {
    if (const auto* routine = std::get_if<ast::CreateFunction>(&statement.node))
      routines_.emplace(routine->name.name, routine);
  }
  for (const ast::Statement& statement : script.statements) look_at(statement);
  for (const ast::DataBlock& block : script.data) {
    if (!block.left_out.empty() && block.rows > 0) change(block.table);
  }
  fire(script);
}

bool StatementsBesides::have_default(const ast::CreateTable& create, const ast::Column& column) const {
  const ast::TypeName& type = column.source_type.empty() ? column.type : *column.source_type;
  return column.default_value || column.identity || domains_.contains(full_name(type.name)) ||
         columns_of_.contains({full_name(create.name), column.name});
}

void StatementsBesides::look_at(const ast::Statement& statement) {
  if (const auto* domain = std::get_if<ast::CreateDomain>(&statement.node)) {
    if (domain->default_value) domains_.insert(full_name(domain->name));
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* set = std::get_if<ast::SetDefault>(&command);
      if (set != nullptr && set->value) columns_of_.emplace(full_name(alter->name), set->column);
    }
  }
  if (!statement.live() && statement.fate != ast::Fate::needs_person) return;
  for (const ast::TableRef* changed : ast::changed_tables(statement.node)) change(changed->name);
  if (const auto* truncate = std::get_if<ast::Truncate>(&statement.node)) {
    for (const ast::Name& name : truncate->tables) change(name);
  }
  if (const auto* block = std::get_if<ast::DoBlock>(&statement.node)) {
    run(names_in(*block), block->body);
  } else if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node)) {
    if (runs(*opaque)) run(names_in_sql(opaque->text), {});
  } else if (!is_stored(statement.node) && !routines_.empty()) {
    run_calls(statement.node);
  }
}

/// Triggers, those that others fire included.
void StatementsBesides::fire(const ast::Script& script) {
  std::set<const ast::CreateTrigger*> fired;
  for (bool more = true; more;) {
    more = false;
    for (const ast::Statement& statement : script.statements) {
      const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node);
      if (trigger == nullptr || fired.contains(trigger) || !is_fired(statement, *trigger, script)) continue;
      fired.insert(trigger);
      change(trigger->table);
      run(trigger->function);
      more = true;
    }
  }
}

bool StatementsBesides::is_fired(const ast::Statement& made, const ast::CreateTrigger& trigger,
                                 const ast::Script& script) const {
  if (is_changed(trigger.table)) return true;
  return trigger.on_insert && std::ranges::any_of(script.data, [&](const ast::DataBlock& block) {
           return block.rows > 0 && may_be(block.table, trigger.table) &&
                  stands_before(made.span, block.header);
         });
}

void StatementsBesides::run_calls(const ast::StatementNode& node) {
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) run(call->name);
  };
  walk(const_cast<ast::StatementNode&>(node), visitor);  // nothing is changed
}

void StatementsBesides::run(const ast::Name& routine) {
  const auto [begin, end] = routines_.equal_range(routine.name);
  for (auto one = begin; one != end; ++one) {
    const ast::CreateFunction& function = *one->second;
    if (!may_be(function.name, routine) || is_compiled(function) || !ran_.insert(&function).second) continue;
    run(names_in(function), function.body.empty() ? std::string() : function.body[0]);
  }
}

/// What is put together as text, and what is not read, may change anything.
void StatementsBesides::run(const TextNames& names, const std::string& text) {
  const std::vector<transform::Token> tokens = transform::scan(text).tokens;
  const bool dynamic =
      std::ranges::any_of(tokens, [](const transform::Token& one) { return one.is("execute"); });
  if (dynamic || !names.unread.empty()) everything_ = true;
  for (const NameUse& use : names.names) {
    if (use.kind == NameUse::Kind::routine) run(use.name);
    if (use.kind == NameUse::Kind::relation && use.changes) change(use.name);
  }
}

void StatementsBesides::change(const ast::Name& name) {
  for (const auto& [table, index] : tables_) {
    if (may_be({table.schema, table.name}, name)) changed_.insert(index);
  }
}

bool StatementsBesides::is_changed(const ast::Name& name) const {
  return everything_ || std::ranges::any_of(tables_, [&](const auto& table) {
           return changed_.contains(table.second) && may_be({table.first.schema, table.first.name}, name);
         });
}

}  // namespace pg2crdb
