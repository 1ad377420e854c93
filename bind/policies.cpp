// ALTER POLICY in a history: the policy is made as it ends up.
#include "bind/policies.h"

#include "bind/history.h"
#include "bind/tree_edit.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {

namespace {

/// Whether ALTER POLICY p ON s.t goes on with TO.
bool says_roles(const std::string& text) {
  std::string error;
  const auto tokens = transform::scan_sql(text, error);
  if (!tokens) return false;
  size_t at = 5;  // behind the table, or the dot behind its schema
  while (at + 1 < tokens->size() && (*tokens)[at].text == ".") at += 2;
  return at < tokens->size() && (*tokens)[at].is("to");
}

}  // namespace

std::optional<ast::CreatePolicy> altered_policy(const ast::Opaque& opaque) {
  constexpr std::string_view command = "ALTER";
  if (opaque.kind != "ALTER POLICY") return std::nullopt;
  ParsedStatement parsed = parse_statement("CREATE" + opaque.text.substr(command.size()));
  auto* altered = std::get_if<ast::CreatePolicy>(&parsed.node);
  return altered == nullptr ? std::nullopt : std::optional(std::move(*altered));
}

/// True where the policy is made with what the statement says of it.
bool History::alter_policy(ast::Statement& statement, const ast::Opaque& opaque) {
  std::optional<ast::CreatePolicy> altered = altered_policy(opaque);
  if (!altered) return false;
  const ObjectId policy =
      binder_.names.find_in(binder_.bind_again(*altered), ast::ObjectKind::policy, altered->name);
  if (policy == ast::no_object || !object(policy).made_here()) return false;
  ast::Statement& created = this->statement(object(policy).created);
  auto* create = created.live() ? std::get_if<ast::CreatePolicy>(&created.node) : nullptr;
  if (create == nullptr) return false;
  forget_offsets(altered->using_);
  forget_offsets(altered->with_check);
  if (says_roles(opaque.text)) create->roles = std::move(altered->roles);
  if (altered->using_) create->using_ = std::move(altered->using_);
  if (altered->with_check) create->with_check = std::move(altered->with_check);
  adopt(created.id, objects_of(created), statement.text_objects);
  for (const ast::Role& role : create->roles) {
    const ObjectId id = binder_.names.find(ast::ObjectKind::role, {{}, role.name}, {});
    if (id != ast::no_object) binder_.note_use(id, created.id);
  }
  context_.merge(statement, created, "the policy is made so");
  return true;
}

}  // namespace pg2crdb::bind
