#include "passes/adapt_expressions/changed_views.h"

#include <algorithm>

#include "ast/named_relation.h"
#include "routines/changed_tables.h"

namespace pg2crdb::adapt {
namespace {

/// The name of a view, also of a materialized one; null of what else is made.
const ast::Name* view_name(const ast::Statement* made) {
  if (made == nullptr) return nullptr;
  if (const auto* view = std::get_if<ast::CreateView>(&made->node)) return &view->name;
  const auto* table = std::get_if<ast::CreateTableAs>(&made->node);
  return table != nullptr && table->materialized_view ? &table->name : nullptr;
}

/// Whether triggers of the view's do all that is done to it.
bool is_done_by_triggers(const PassContext& context, const ast::Name& view,
                         const routines::ChangedRelation& change) {
  if (!context.target.has(Capability::instead_of_triggers)) return false;
  bool inserts = false, updates = false, deletes = false;
  for (const ast::Statement& statement : context.script.statements) {
    const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node);
    const bool is_its_own = trigger != nullptr && statement.live() && trigger->timing == "INSTEAD OF" &&
                            trigger->table.schema == view.schema && trigger->table.name == view.name;
    if (!is_its_own) continue;
    inserts = inserts || trigger->on_insert;
    updates = updates || trigger->on_update;
    deletes = deletes || trigger->on_delete;
  }
  return (inserts || !change.inserts) && (updates || !change.updates) && (deletes || !change.deletes);
}

}  // namespace

std::vector<std::string> changed_views(const PassContext& context, const ast::Statement& user,
                                       const ast::StatementNode& statement) {
  std::vector<std::string> said;
  if (context.target.has(Capability::updatable_views)) return said;
  for (const routines::ChangedRelation& change : routines::changed_relations(statement)) {
    const ast::Name* view =
        view_name(ast::named_relation(context.script, context.catalog, change.name, user));
    if (view == nullptr || is_done_by_triggers(context, *view, change)) continue;
    std::string what = "changes rows of the view `" + to_string(*view) + "`";
    if (std::ranges::find(said, what) == said.end()) said.push_back(std::move(what));
  }
  return said;
}

}  // namespace pg2crdb::adapt
