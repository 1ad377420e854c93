#include "bind/later_names.h"

#include <string>
#include <utility>

#include "ast/describe.h"
#include "bind/history.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// What a finding calls a routine or block.
std::string called(const ast::Statement& user) {
  const std::string name = ast::statement_object(user.node);
  return name.empty() ? "DO in " + PassContext::line_of(user) : name;
}
std::string body_of(const ast::Statement& user) {
  const std::string name = ast::statement_object(user.node);
  return name.empty() ? "the DO block in " + PassContext::line_of(user) : "the body of `" + name + "`";
}

}  // namespace

/// The object of this script that a name in a body means at this point.
ObjectId LaterNames::meant(const Later& name, const Binder& binder) const {
  ObjectId id = ast::no_object;
  if (name.use.kind == NameUse::Kind::routine) {
    const std::vector<ObjectId> routines = binder.names.routines(name.use.name, name.path);
    if (!routines.empty()) id = routines.front();
  } else {
    const bool type = name.use.kind == NameUse::Kind::type;
    if (type) id = binder.names.find(ObjectKind::type, name.use.name, name.path);
    if (id == ast::no_object) id = binder.names.find(ObjectKind::table, name.use.name, name.path);
  }
  return id != ast::no_object && context_.script.objects[id].made_here() ? id : ast::no_object;
}

/// The same of one that was made behind the routine, and is not there any more.
ObjectId LaterNames::meant_between(const Later& name, const Binder& binder) const {
  const ObjectKind kind = name.use.kind == NameUse::Kind::routine ? ObjectKind::function : ObjectKind::table;
  const ObjectId id = binder.names.former(kind, name.use.name, name.path);
  const bool is_later = id != ast::no_object && context_.script.objects[id].made_here() &&
                        context_.script.objects[id].created > name.statement;
  return is_later ? id : ast::no_object;
}

void LaterNames::note(const ast::Statement& statement, const Binder& binder) {
  const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
  const auto* block = std::get_if<ast::DoBlock>(&statement.node);
  if (function == nullptr && block == nullptr) return;
  // An empty path, as pg_dump sets it, is not in the output: the target's own leads to public.
  Path path = binder.session().path();
  if (function != nullptr) path = path_of(function->settings).value_or(std::move(path));
  if (path.empty()) path.push_back("public");
  for (NameUse& use : (function != nullptr ? names_in(*function) : names_in(*block)).names) {
    Later name{statement.id, std::move(use), path};
    if (meant(name, binder) == ast::no_object) later_.push_back(std::move(name));
  }
}

void LaterNames::tell(const Binder& binder) {
  for (const Later& name : later_) {
    ast::Statement& user = context_.script.statements[name.statement];
    ObjectId id = meant(name, binder);
    if (id == ast::no_object) id = meant_between(name, binder);
    if (id == ast::no_object || !user.live()) continue;
    const ast::Statement& maker = context_.script.statements[context_.script.objects[id].created];
    context_.report(rules[History::body_names_later], user, called(user),
                    body_of(user) + " names `" + to_string(name.use.name) + "`, which is made in " +
                        PassContext::line_of(maker));
    context_.needs_person(user, "its body names " + to_string(name.use.name) + ", which is made later");
  }
  for (const Binder::Gone& one : binder.gone) {
    ast::Statement& user = context_.script.statements[one.statement];
    if (!user.live()) continue;
    context_.report(rules[History::body_names_gone], user, called(user),
                    body_of(user) + " names `" + one.name + "`, which is not there any more");
    context_.needs_person(user, "its body names " + one.name + ", which is not there any more");
  }
}

}  // namespace pg2crdb::bind
