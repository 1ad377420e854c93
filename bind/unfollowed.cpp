// Statements that are kept word for word, and whose effect others rely on.
#include "bind/history.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {

std::string changed_domain(const ast::Script& script, const ast::Statement& statement) {
  const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
  if (opaque == nullptr || !opaque->kind.starts_with("ALTER DOMAIN") || opaque->kind.ends_with("OWNER TO") ||
      opaque->kind.ends_with("SET SCHEMA"))
    return {};
  std::string name;
  for (const ObjectId id : statement.text_objects) {
    const ast::Object& object = script.objects[id];
    if (object.kind == ast::ObjectKind::domain && object.made_here()) name = to_string(object.name);
  }
  return name;
}

namespace {

/// The PREPARE of what an EXECUTE runs; null where the script has none.
ast::Statement* prepared_for(ast::Script& script, const ast::Statement& execute) {
  const auto name_in = [](const ast::Statement& statement) {
    std::string error;
    const auto tokens = transform::scan_sql(std::get<ast::Opaque>(statement.node).text, error);
    return tokens && tokens->size() > 1 ? (*tokens)[1].name() : std::string();
  };
  const std::string name = name_in(execute);
  for (ast::StatementId id = execute.id; id-- > 0;) {
    ast::Statement& one = script.statements[id];
    const auto* opaque = std::get_if<ast::Opaque>(&one.node);
    if (opaque != nullptr && opaque->kind == "PREPARE" && name_in(one) == name) return &one;
  }
  return nullptr;
}

}  // namespace

/// A cursor that calls a routine of the script, which may change rows.
bool History::hold_back_call(ast::Statement& statement) {
  for (const ObjectId id : statement.text_objects) {
    const ast::Object& one = object(id);
    const auto* create =
        one.made_here() ? std::get_if<ast::CreateFunction>(&this->statement(one.created).node) : nullptr;
    if (create == nullptr || create->volatility == "STABLE" || create->volatility == "IMMUTABLE") continue;
    const std::string name = to_string(one.name);
    report(routine_ran, statement, name, "the cursor calls `" + name + "`, and is left out");
    context_.needs_person(statement, "it calls " + name);
    return true;
  }
  return false;
}

bool History::hold_back_unfollowed(ast::Statement& statement, const ast::Opaque& opaque) {
  if (follow_owned(statement, opaque)) return true;
  if (opaque.kind == "REASSIGN OWNED" || opaque.kind == "DROP OWNED") {
    report(owned_by_role, statement, {}, "`" + opaque.kind + "` is not followed");
    context_.needs_person(statement, "what the role owned is not known");
    return true;
  }
  if (opaque.kind == "DISCARD") {
    if (discards_all(opaque) || discards_temporary(opaque)) {
      for (const ObjectId id : binder_.names.in_schema("pg_temp")) erase(id, statement);
    }
    return false;
  }
  if (opaque.kind == "DECLARE CURSOR") return hold_back_call(statement);
  if (opaque.kind == "EXECUTE") {
    // Whoever runs the one by hand needs the other.
    ast::Statement* prepared = prepared_for(context_.script, statement);
    if (prepared != nullptr && prepared->live())
      context_.needs_person(*prepared, "it is run in " + line_of(statement.id));
    return false;
  }
  const std::string name = changed_domain(context_.script, statement);
  if (name.empty()) return false;
  report(domain_altered, statement, name, "domain `" + name + "` is changed");
  context_.needs_person(statement, "the domain is expanded as it was created");
  return true;
}

}  // namespace pg2crdb::bind
