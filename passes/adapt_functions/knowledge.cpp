#include "passes/adapt_functions/knowledge.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "ast/walk.h"
#include "passes/adapt_functions/body_words.h"
#include "passes/adapt_functions/callers.h"
#include "support/ascii.h"

namespace pg2crdb::functions {
namespace {

template <class Range, class Value>
bool contains(const Range& range, const Value& name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

/// All names that a variable which is made could be taken for.
Names column_names(ast::Script& script) {
  Names names;
  ast::Visitor look;
  look.query = [&](ast::Query& query) {
    for (const ast::SelectItem& item : query.targets) names.insert(item.alias);
  };
  for (ast::Statement& statement : script.statements) {
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Column& column : table->columns) names.insert(column.name);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* add = std::get_if<ast::AddColumn>(&command)) names.insert(add->column.name);
      }
    } else if (auto* view = std::get_if<ast::CreateView>(&statement.node)) {
      names.insert(view->columns.begin(), view->columns.end());
      ast::walk(statement.node, look);
    } else if (auto* made = std::get_if<ast::CreateTableAs>(&statement.node)) {
      names.insert(made->columns.begin(), made->columns.end());
      ast::walk(statement.node, look);
    }
  }
  return names;
}

/// Columns of the type hstore, which becomes text: of these names no table has one of JSON.
Names hstore_columns(const ast::Script& script) {
  Names names, others;
  const auto add = [&](const ast::Column& column) {
    if (column.type.name.name == "hstore") names.insert(column.name);
    if (column.type.name.name == "json" || column.type.name.name == "jsonb") others.insert(column.name);
  };
  for (const ast::Statement& statement : script.statements) {
    if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Column& column : table->columns) add(column);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* one = std::get_if<ast::AddColumn>(&command)) add(one->column);
      }
    }
  }
  for (const std::string& name : others) names.erase(name);
  return names;
}

/// Whether a trigger's function does nothing but set fields of its row.
bool sets_its_row_only(const PassContext& context, const ast::CreateFunction& function) {
  constexpr std::string_view others[] = {"call",    "delete", "execute", "insert", "merge",
                                         "perform", "select", "update",  "with"};
  if (function.language != "plpgsql" || function.body.size() != 1) return false;
  const std::vector<Token> tokens = tokens_of(function.body.front());
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool is_word = tokens[i].kind == Token::Kind::word, is_part = i > 1 && tokens[i - 1].text == ".";
    if (is_word && contains(others, tokens[i].text)) return false;
    if (context.catalog.has_function({is_part ? tokens[i - 2].text : "", tokens[i].text})) return false;
  }
  return true;
}

/// Tables with triggers that may change rows beside the one that woke them.
std::vector<ast::Name> tables_with_changing_triggers(const PassContext& context) {
  std::vector<ast::Name> tables;
  for (const ast::Statement& statement : context.script.statements) {
    const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node);
    if (trigger == nullptr) continue;
    const std::vector<ast::Statement*> functions = context.catalog.functions(trigger->function);
    const auto* function =
        functions.size() == 1 ? std::get_if<ast::CreateFunction>(&functions[0]->node) : nullptr;
    if (function == nullptr || !sets_its_row_only(context, *function)) tables.push_back(trigger->table);
  }
  return tables;
}

FiredBy fired_functions(const PassContext& context) {
  FiredBy fired;
  for (const ast::Statement& statement : context.script.statements) {
    const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node);
    const ast::Statement* made = trigger == nullptr ? nullptr : context.catalog.table(trigger->table);
    const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    if (table == nullptr) continue;
    for (const ast::Statement* function : context.catalog.functions(trigger->function)) {
      std::vector<const ast::CreateTable*>& tables = fired[function->id];
      if (!contains(tables, table)) tables.push_back(table);
    }
  }
  return fired;
}

Names made_extensions(const ast::Script& script) {
  Names names;
  for (const ast::Statement& statement : script.statements) {
    if (const auto* create = std::get_if<ast::CreateExtension>(&statement.node)) names.insert(create->name);
  }
  return names;
}

Names names_made(const ast::Script& script) {
  Names names;
  for (const ast::Object& object : script.objects) {
    if (object.made_here() && object.parent == ast::no_object) names.insert(object.name.name);
  }
  return names;
}

routines::Sqlstates raised_errors(const ast::Script& script) {
  routines::Sqlstates raised;
  for (const ast::Statement& statement : script.statements) {
    if (const auto* block = std::get_if<ast::DoBlock>(&statement.node)) {
      routines::collect_raised(block->body, raised);
    } else if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
      for (const std::string& body : function->body) routines::collect_raised(body, raised);
    }
  }
  return raised;
}

/// Of a table that loses a constraint or an index no key is kept: which of them it was is not asked.
void take_dropped(const ast::StatementNode& node, const ast::Script& script,
                  routines::Routine::UniqueKeys& keys) {
  if (const auto* alter = std::get_if<ast::AlterTable>(&node)) {
    const bool drops = std::ranges::any_of(alter->commands, [](const ast::AlterCommand& command) {
      return std::holds_alternative<ast::DropConstraint>(command);
    });
    if (drops) keys.erase(alter->name.object);
    return;
  }
  const auto* drop = std::get_if<ast::Drop>(&node);
  if (drop == nullptr || drop->kind != ast::ObjectKind::index) return;
  for (const ast::ObjectRef& index : drop->objects) {
    const ast::ObjectId id = index.name.object;
    for (const ast::Statement& made : script.statements) {
      const auto* create = std::get_if<ast::CreateIndex>(&made.node);
      const bool may_be_meant = create != nullptr && create->unique &&
                                (id != ast::no_object && script.objects[id].made_here()
                                     ? script.objects[id].created == made.id
                                     : create->name.empty() || create->name == index.name.name);
      if (may_be_meant) keys.erase(create->table.object);
    }
  }
}

/// Keys that always hold: none that is checked at the end of a transaction, nor one that is taken away again.
routines::Routine::UniqueKeys unique_keys_of(const ast::Script& script) {
  using Kind = ast::Constraint::Kind;
  routines::Routine::UniqueKeys keys;
  const auto add = [&](ast::ObjectId table, const ast::Constraint& one, const std::string& column) {
    const bool is_key = one.kind == Kind::primary_key || one.kind == Kind::unique;
    if (!is_key || one.deferrable || one.without_overlaps) return;
    if (!one.columns.empty())
      keys[table].push_back(one.columns);
    else if (!column.empty())
      keys[table].push_back({column});
  };
  for (const ast::Statement& statement : script.statements) {
    take_dropped(statement.node, script, keys);
    if (!statement.live()) continue;
    if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Constraint& one : table->constraints) add(table->name.object, one, {});
      for (const ast::Column& column : table->columns) {
        for (const ast::Constraint& one : column.constraints) add(table->name.object, one, column.name);
      }
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* one = std::get_if<ast::AddConstraint>(&command))
          add(alter->name.object, one->constraint, {});
      }
    } else if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
      std::vector<std::string> columns;
      for (const ast::IndexElement& element : index->elements) columns.push_back(element.column);
      if (index->unique && !index->where && !contains(columns, std::string()))
        keys[index->table.object].push_back(std::move(columns));
    }
  }
  return keys;
}

/// Whether a text that is run may hide rows of any table.
bool may_enable_row_security(const ast::StatementNode& node) {
  const auto enables = [](const std::string& text) {
    const std::string words = lower(text);
    return words.find("level") != std::string::npos && words.find("security") != std::string::npos;
  };
  if (const auto* block = std::get_if<ast::DoBlock>(&node)) return enables(block->body);
  if (const auto* opaque = std::get_if<ast::Opaque>(&node)) return enables(opaque->text);
  const auto* function = std::get_if<ast::CreateFunction>(&node);
  return function != nullptr && std::ranges::any_of(function->body, enables);
}

/// Tables that DELETE does not empty as TRUNCATE does: it wakes triggers, leaves rows that policies, or
/// policies that are not there, hide (DDL facts 11.3), and asks whether rows of other tables refer to it,
/// where TRUNCATE is refused. Of tables that inherit or are partitions nothing is said here.
std::set<ast::ObjectId> tables_emptied_otherwise(const PassContext& context) {
  using Kind = ast::Constraint::Kind;
  std::set<ast::ObjectId> tables;
  bool may_hide_any = false;
  const auto add = [&](const ast::Name& name) {
    const ast::Statement* made = context.catalog.table(name);
    const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    if (table != nullptr) tables.insert(table->name.object);
  };
  const auto refer = [&](const ast::Name& table, const ast::Constraint& one) {
    const bool is_other = one.referenced.object != table.object || table.object == ast::no_object;
    if (one.kind == Kind::foreign_key && is_other) add(one.referenced);
  };
  for (const ast::Statement& statement : context.script.statements) {
    if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Constraint& one : table->constraints) refer(table->name, one);
      for (const ast::Column& column : table->columns) {
        for (const ast::Constraint& one : column.constraints) refer(table->name, one);
      }
      for (const ast::Name& parent : table->inherits) add(parent);
      const bool is_part = !table->inherits.empty() || !table->partition_of.empty();
      if (is_part) add(table->name);
      if (!table->partition_of.empty()) add(*table->partition_of);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* one = std::get_if<ast::AddConstraint>(&command)) refer(alter->name, one->constraint);
        if (const auto* security = std::get_if<ast::RowSecurity>(&command)) {
          using Action = ast::RowSecurity::Action;
          if (security->action == Action::enable || security->action == Action::force) add(alter->name);
        }
      }
    } else if (const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
      if (trigger->on_delete || trigger->on_truncate) add(trigger->table);
    } else if (const auto* policy = std::get_if<ast::CreatePolicy>(&statement.node)) {
      add(policy->table);
    }
    may_hide_any = may_hide_any || may_enable_row_security(statement.node);
  }
  if (!may_hide_any) return tables;
  for (const ast::Statement& one : context.script.statements) {
    if (const auto* table = std::get_if<ast::CreateTable>(&one.node)) tables.insert(table->name.object);
  }
  return tables;
}

/// Tables whose columns are others behind some statement of the script than in its CREATE TABLE.
std::set<ast::ObjectId> altered_tables(const ast::Script& script) {
  std::set<ast::ObjectId> tables;
  for (const ast::Statement& statement : script.statements) {
    if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
      if (rename->object.kind == ast::ObjectKind::column) tables.insert(rename->object.name.object);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      const bool alters = std::ranges::any_of(alter->commands, [](const ast::AlterCommand& command) {
        return std::holds_alternative<ast::AddColumn>(command) ||
               std::holds_alternative<ast::DropColumn>(command) ||
               std::holds_alternative<ast::SetType>(command);
      });
      if (alters) tables.insert(alter->name.object);
    }
  }
  tables.erase(ast::no_object);
  return tables;
}

}  // namespace

Knowledge::Knowledge(PassContext& context)
    : uncreated(context.script),
      columns(column_names(context.script)),
      extensions(made_extensions(context.script)),
      made(names_made(context.script)),
      hstore(hstore_columns(context.script)),
      changing_triggers(tables_with_changing_triggers(context)),
      fired(fired_functions(context)),
      unique_keys(unique_keys_of(context.script)),
      emptied_otherwise(tables_emptied_otherwise(context)),
      called_while_reading(functions::called_while_reading(context)),
      raised(raised_errors(context.script)) {
  if (context.options.in_order) altered = altered_tables(context.script);
}

}  // namespace pg2crdb::functions
