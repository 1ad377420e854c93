// One statement after the other.
#include <algorithm>

#include "ast/walk.h"
#include "bind/binder.h"
#include "bind/pg_catalog.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

bool works_unseen(ast::StatementNode& node) {
  if (const auto* opaque = std::get_if<ast::Opaque>(&node)) {
    const bool several =
        opaque->kind.starts_with("ALTER TABLE") && opaque->text.find(',') != std::string::npos;
    return several || opaque->kind == "unparsed" || opaque->kind == "CALL" || opaque->kind == "EXECUTE" ||
           opaque->kind.ends_with(" INHERIT");
  }
  if (std::holds_alternative<ast::DoBlock>(node)) return true;
  auto* select = std::get_if<ast::SelectStatement>(&node);
  if (select == nullptr) return false;
  bool calls = false;
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    const bool own = call != nullptr && !is_system_schema(call->name.schema) &&
                     (!call->name.schema.empty() || signatures_in_pg_catalog(call->name.name).empty());
    calls = calls || own;
  };
  walk(*select->query, visitor);
  return calls;
}

Binder::Result Binder::bind(ast::Statement& statement) {
  current_ = &statement;
  result_ = {};
  dropped_ = ast::no_object;
  changed_ = false;
  changed_by_block_.clear();
  unresolved_ = false;
  unresolved_calls_.clear();
  copied_keys_.clear();
  copied_comments_.clear();
  const bool knew_path = session_.path().is_known;
  follow_settings(statement);
  if (knew_path) path_lost_by_ = statement.id;
  path_ = existing(session_.path());
  sets_path_ = sets_path_ || (in_order && !path_.empty() && path_.front() != "public");
  looking_ = true;
  std::visit([this](auto& node) { this->statement(node); }, statement.node);
  looking_ = false;
  result_.dropped = dropped_;
  all_seen_ = all_seen_ && !works_unseen(statement.node);
  if (changed_) statement.as_written = false;
  if (in_order) {
    const bool changed = changed_;
    body(statement, path_, names_in_body_of(statement));
    changed_ = changed_ || changed;
    return result_;
  }
  if (std::holds_alternative<ast::CreateFunction>(statement.node))
    bodies_.push_back({statement.id, path_, session_.path().empty()});
  if (unresolved_ || !unresolved_calls_.empty())
    pending_.push_back({statement.id, path_, unresolved_, std::move(unresolved_calls_)});
  return result_;
}

void Binder::finish() {
  for (Pending& pending : pending_) {
    const bool calls = std::any_of(pending.calls.begin(), pending.calls.end(),
                                   [&](const std::string& name) { return names.has_routine_named(name); });
    if (!pending.relations_or_types && !calls) continue;
    ast::Statement& statement = script_.statements[pending.statement];
    finishing_ = true;
    current_ = &statement;
    path_ = pending.path;
    later(statement);
    finishing_ = false;
  }
  finishing_ = true;
  for (const Later& one : found_when_run_) texts(one);
  finishing_ = false;
  if (expand_stars) qualify_columns();
  bodies();
}

void Binder::bind(ast::DataBlock& block) {
  path_ = existing(session_.path());
  if (block.table.schema.empty()) note_guess(block.table.name);
  ObjectId id = names.find_alias(block.table, path_);
  if (id == ast::no_object) id = find_relation(block.table);
  if (id == ast::no_object) {
    const bool certain = is_certain(block.table) && all_seen_;
    place(block.table);
    id = external(ObjectKind::table, block.table);
    if (certain) early_[id];
  }
  block.table.object = id;
  const ast::Object& table = script_.objects[id];
  if (!table.made_here()) return;
  const auto* create = std::get_if<ast::CreateTable>(&script_.statements[table.created].node);
  if (create != nullptr && !create->source_name.empty()) {  // rows go by the dump's name
    block.table = create->source_name;
    block.table.object = id;
    return;
  }
  if (!block.table.schema.empty() || table.name.schema != "public") block.table.schema = table.name.schema;
  block.table.name = table.name.name;
}

/// A statement that named what nothing was known of: the same reading again, now that the script is over.
/// Nothing is made.
void Binder::later(ast::Statement& statement) {
  ast::StatementNode& node = statement.node;
  if (auto* create = std::get_if<ast::CreateTable>(&node)) {
    sources(*create);
    parts(*create);
  } else if (auto* alter = std::get_if<ast::AlterTable>(&node)) {
    const Scope scope = scope_of(alter->name.object, alter->name);
    for (ast::AlterCommand& one : alter->commands) command(one, alter->name.object, scope);
  } else if (auto* index = std::get_if<ast::CreateIndex>(&node)) {
    parts(*index);
  } else if (auto* view = std::get_if<ast::CreateView>(&node)) {
    query(*view->query, nullptr);
  } else if (auto* as = std::get_if<ast::CreateTableAs>(&node)) {
    query(*as->query, nullptr);
  } else if (auto* function = std::get_if<ast::CreateFunction>(&node)) {
    parts(*function);
  } else if (auto* trigger = std::get_if<ast::CreateTrigger>(&node)) {
    if (trigger->constraint_from) relation(*trigger->constraint_from);
    trigger_function(*trigger);
  } else if (auto* policy = std::get_if<ast::CreatePolicy>(&node)) {
    parts(*policy);
  } else if (auto* domain = std::get_if<ast::CreateDomain>(&node)) {
    tree(*domain, nullptr);
  } else if (auto* composite = std::get_if<ast::CreateCompositeType>(&node)) {
    parts(*composite);
  } else if (auto* select = std::get_if<ast::SelectStatement>(&node)) {
    query(*select->query, nullptr);
  } else {
    std::visit(
        [this]([[maybe_unused]] auto& one) {
          if constexpr (ast::changes_rows<std::remove_cvref_t<decltype(one)>>) row_change(one, nullptr);
        },
        node);
  }
}

}  // namespace pg2crdb::bind
