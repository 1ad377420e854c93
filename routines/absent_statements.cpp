// TRUNCATE and SET in bodies.
#include "routines/absent_statements.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "ast/walk.h"
#include "emit/sql.h"
#include "routines/conversion.h"
#include "routines/kept_found.h"
#include "support/ascii.h"

namespace pg2crdb::routines {
namespace {

/// `DELETE FROM t` for each table. What else TRUNCATE does is not seen by a body: where its rows lie, and
/// that none of them is looked at.
std::vector<ast::StatementNode> deletions(const ast::Truncate& truncate, const ast::Catalog& catalog,
                                          const std::set<ast::ObjectId>* emptied_otherwise) {
  std::vector<ast::StatementNode> result;
  if (truncate.restart_identity || emptied_otherwise == nullptr) return result;
  for (const ast::Name& name : truncate.tables) {
    const ast::Statement* made = catalog.table(name);
    const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    if (table == nullptr || emptied_otherwise->contains(table->name.object)) return {};
    ast::Delete one;
    one.table.name = name;
    result.emplace_back(std::move(one));
  }
  return result;
}

/// CockroachDB keeps the text of such a setting, and nothing reads it.
constexpr std::string_view settings_of_extensions[] = {
#define EXTENSION_SETTINGS(name) name,
#include "routines/extension_settings.def"
};

bool is_of_application(const std::string& setting) {
  const size_t dot = setting.find('.');
  if (dot == std::string::npos) return false;
  const std::string first = lower(setting.substr(0, dot));
  return !first.starts_with("pg_") &&
         std::ranges::find(settings_of_extensions, first) == std::end(settings_of_extensions);
}

/// `SELECT set_config('a.b', 'text', true)`: an application's own takes any text.
std::vector<ast::StatementNode> setting(const ast::SetVariable& set) {
  const bool is_own =
      set.kind == ast::SetVariable::Kind::value && set.values.size() == 1 && is_of_application(set.name);
  const auto* value = is_own ? std::get_if<ast::Literal>(&set.values[0].node) : nullptr;
  if (value == nullptr || value->kind != ast::Literal::Kind::string) return {};
  ast::FunctionCall call;
  call.name.name = "set_config";
  call.arguments.push_back(text_literal(set.name));
  call.arguments.push_back(text_literal(value->text));
  call.arguments.push_back({ast::Literal{ast::Literal::Kind::boolean, set.local ? "true" : "false"}});
  ast::SelectItem item;
  item.expr = ast::Expr{std::move(call)};
  ast::SelectStatement select;
  select.query->targets.push_back(std::move(item));
  std::vector<ast::StatementNode> result;
  result.emplace_back(std::move(select));
  return result;
}

/// What a loop or a cursor reads while it is open: PostgreSQL truncates none of these (55006), DELETE goes
/// on.
class OpenRows {
 public:
  explicit OpenRows(const Routine& routine) : routine_(routine) {}

  void add(ast::plpgsql::StaticSql& sql) {
    if (!std::holds_alternative<ast::SelectStatement>(sql.statement)) all_ = true;
    ast::Visitor look;
    look.table_ref = [&](ast::TableRef& table) {
      const ast::Statement* made = routine_.relation(table.name);
      if (made == nullptr || !std::holds_alternative<ast::CreateTable>(made->node)) all_ = true;
      tables_.push_back(made);
    };
    look.expr = [&](ast::Expr& expr) {
      const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
      if (call != nullptr && routine_.catalog.has_function(call->name)) all_ = true;
    };
    ast::walk(sql.statement, look);
  }
  void add(ast::plpgsql::Rows& rows) {
    if (auto* sql = std::get_if<ast::plpgsql::StaticSql>(&rows))
      add(*sql);
    else
      all_ = true;
  }
  bool may_read(const ast::Truncate& truncate) const {
    return all_ || std::ranges::any_of(truncate.tables, [&](const ast::Name& name) {
             return std::ranges::find(tables_, routine_.relation(name)) != tables_.end();
           });
  }

 private:
  const Routine& routine_;
  bool all_ = false;  ///< what they read is not known
  std::vector<const ast::Statement*> tables_;
};

/// Where TRUNCATE stands that may be one of what is open: a loop around it, or any cursor of the body.
std::set<int32_t> truncated_while_open(Conversion& conversion) {
  using namespace ast::plpgsql;
  std::set<int32_t> places;
  const auto look = [&](auto& part, const OpenRows& open) {
    each_part(part, [&](RunSql& run) {
      const auto* truncate = std::get_if<ast::Truncate>(&run.sql.statement);
      if (truncate != nullptr && open.may_read(*truncate)) places.insert(run.sql.offset);
    });
  };
  each_part(conversion.body, [&](ForRows& loop) {
    OpenRows open(conversion.routine);
    open.add(loop.rows);
    look(loop.statements, open);
  });
  OpenRows cursors(conversion.routine);
  each_part(conversion.body, [&](Declaration& one) {
    if (auto* cursor = std::get_if<CursorDeclaration>(&one.node)) cursors.add(cursor->query);
  });
  each_part(conversion.body, [&](ForCursor& loop) { look(loop.statements, cursors); });
  bool any_opened = false;
  each_part(conversion.body, [&](Open& one) {
    any_opened = true;
    if (one.rows) cursors.add(*one.rows);
  });
  if (any_opened) look(conversion.body, cursors);
  return places;
}

/// Whether a table's own trigger truncates it, which PostgreSQL refuses as well.
bool truncates_its_table(const ast::Truncate& truncate, const Routine& routine) {
  return std::ranges::any_of(truncate.tables, [&](const ast::Name& name) {
    const ast::Statement* made = routine.relation(name);
    const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    return std::ranges::find(routine.fired_by, table) != routine.fired_by.end();
  });
}

}  // namespace

std::vector<ast::StatementNode> written_otherwise(const ast::StatementNode& node, const ast::Catalog& catalog,
                                                  const std::set<ast::ObjectId>* emptied_otherwise) {
  if (const auto* truncate = std::get_if<ast::Truncate>(&node))
    return deletions(*truncate, catalog, emptied_otherwise);
  const auto* set = std::get_if<ast::SetVariable>(&node);
  return set == nullptr ? std::vector<ast::StatementNode>() : setting(*set);
}

/// They leave FOUND and ROW_COUNT as they were.
void convert_absent_statements(Conversion& conversion) {
  using namespace ast::plpgsql;
  const auto counts = [](const transform::Token& token) { return is_found(token) || token.is("row_count"); };
  const Routine& routine = conversion.routine;
  if (std::ranges::any_of(conversion.tokens(), counts)) return;
  const std::set<int32_t> while_open = truncated_while_open(conversion);
  const auto is_refused = [&](const StaticSql& sql) {
    const auto* truncate = std::get_if<ast::Truncate>(&sql.statement);
    return truncate != nullptr &&
           (while_open.contains(sql.offset) || truncates_its_table(*truncate, routine));
  };
  each_part(conversion.body, [&](Statements& statements) {
    std::vector<Statement> all;
    for (Statement& one : statements.list) {
      const auto* run = std::get_if<RunSql>(&one.node);
      std::vector<ast::StatementNode> now;
      if (run != nullptr && !is_refused(run->sql))
        now = written_otherwise(run->sql.statement, routine.catalog, routine.emptied_otherwise);
      if (now.empty()) {
        all.push_back(std::move(one));
        continue;
      }
      const bool truncates = std::holds_alternative<ast::Truncate>(run->sql.statement);
      conversion.note(truncates ? "TRUNCATE" : "SET", one.offset);
      for (ast::StatementNode& node : now) {
        Statement written = &node == &now.front() ? one : Statement();
        if (auto* select = std::get_if<ast::SelectStatement>(&node)) {
          Perform perform;
          perform.query.node = std::move(*select->query->targets[0].expr);
          written.node = std::move(perform);
        } else {
          RunSql changed;
          changed.sql.statement = ast::Opaque{"DELETE", to_sql(node, Dialect::cockroachdb)};
          written.node = std::move(changed);
        }
        all.push_back(std::move(written));
      }
    }
    statements.list = std::move(all);
  });
}

}  // namespace pg2crdb::routines
