// ALTER FUNCTION, which the tree keeps as text: what it sets stands in the CREATE FUNCTION then. And calls of
// which it is not known which of several routines they mean.
#include <algorithm>

#include "ast/describe.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb::bind {

namespace {

/// Behind the routine's name and its arguments, which begin at `at`.
size_t after_signature(std::string_view text, size_t at) {
  at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  if (at == text.size() || text[at] != '(') return at;
  int depth = 0;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) return at + 1;
  }
  return at;
}

void take_settings(std::vector<ast::SetVariable>& settings, const std::vector<ast::SetVariable>& taken) {
  using Kind = ast::SetVariable::Kind;
  for (const ast::SetVariable& one : taken) {
    if (one.kind == Kind::reset_all) settings.clear();
    std::erase_if(settings, [&](const ast::SetVariable& other) { return other.name == one.name; });
    if (one.kind == Kind::value || one.kind == Kind::current) settings.push_back(one);
  }
}

bool alters_routine(const ast::Opaque& opaque) {
  return opaque.kind == "ALTER FUNCTION" || opaque.kind == "ALTER PROCEDURE" ||
         opaque.kind == "ALTER ROUTINE";
}

/// The routine that the statement is about, in its text.
std::vector<NameUse>::const_iterator altered_in(const TextNames& found) {
  return std::find_if(found.names.begin(), found.names.end(), [](const NameUse& use) {
    return use.kind == NameUse::Kind::routine && use.changes && use.has_place();
  });
}

}  // namespace

bool write_signature(ast::Opaque& opaque, bool only_one) {
  if (!alters_routine(opaque)) return false;
  const TextNames found = names_in_sql(opaque.text);
  const auto about = altered_in(found);
  if (about == found.names.end()) return false;
  const size_t begin = about->end, end = after_signature(opaque.text, begin);
  if (end == begin || opaque.text[end - 1] != ')') return false;
  if (only_one) {
    opaque.text.erase(begin, end - begin);
    return true;
  }
  const std::string signature = opaque.text.substr(begin, end - begin);
  std::string error, written = signature;
  const auto tokens = transform::scan_sql(signature, error);
  if (!tokens) return false;
  for (auto token = tokens->rbegin(); token != tokens->rend(); ++token) {
    if (token->is("int") || token->is("integer")) written.replace(token->begin, token->text.size(), "INT4");
  }
  opaque.text.replace(begin, signature.size(), written);
  return written != signature;
}

/// True where the statement's effect now stands in the routine.
bool History::alter_routine(ast::Statement& statement, const ast::Opaque& opaque) {
  if (!alters_routine(opaque)) return false;
  const TextNames found = names_in_sql(opaque.text);
  const auto about = altered_in(found);
  ObjectId routine = ast::no_object;
  for (const ObjectId id : statement.text_objects) {
    if (!is_routine(object(id).kind)) continue;
    if (routine != ast::no_object && routine != id) return false;  // one of several overloads
    routine = id;
  }
  if (about == found.names.end() || routine == ast::no_object || !object(routine).made_here()) return false;
  ast::Statement& created = this->statement(object(routine).created);
  auto* create = created.live() ? std::get_if<ast::CreateFunction>(&created.node) : nullptr;
  if (create == nullptr) return false;
  // What ALTER sets is written as it is in CREATE.
  std::string options = opaque.text.substr(after_signature(opaque.text, about->end));
  const ParsedStatement parsed = parse_statement("CREATE FUNCTION f() RETURNS void LANGUAGE sql " + options);
  const auto* set = std::get_if<ast::CreateFunction>(&parsed.node);
  if (set == nullptr) return false;
  options = lower(options);
  if (!set->volatility.empty()) create->volatility = set->volatility;
  if (set->strict || set->called_on_null_input) {
    create->strict = set->strict;
    create->called_on_null_input = set->called_on_null_input;
  }
  if (set->security_definer || set->security_invoker) {
    create->security_definer = set->security_definer;
    create->security_invoker = set->security_invoker;
  }
  if (options.find("leakproof") != std::string::npos) create->leakproof = set->leakproof;
  if (!set->cost.empty()) create->cost = set->cost;
  if (!set->rows.empty()) create->rows = set->rows;
  if (!set->parallel.empty()) create->parallel = set->parallel;
  if (!set->support.empty()) create->support = set->support;
  take_settings(create->settings, set->settings);
  context_.merge(statement, created, "the routine is made with it");
  return true;
}

/// Another routine of the same name that a call in the statement may mean as well; none where it is known
/// what is meant. The first that may be meant stands in the tree, the others beside it.
ObjectId History::other_meaning(const ast::Statement& user, ObjectId routine) {
  if (is_text(user.node)) return ast::no_object;
  const std::vector<ObjectId>& beside = user.text_objects;
  const auto is_other = [&](ObjectId id) {
    const ast::Object& one = object(id);
    return id != routine && is_routine(one.kind) && one.stands() && one.name == object(routine).name;
  };
  const bool is_beside = std::find(beside.begin(), beside.end(), routine) != beside.end();
  if (const auto found = std::find_if(beside.begin(), beside.end(), is_other);
      found != beside.end() && (is_beside || names(user.node, routine)))
    return *found;
  ObjectId other = ast::no_object;
  if (!is_beside) return other;
  TreeEdit look;
  look.name = [&](ast::Name& name) {
    if (name.object != ast::no_object && is_other(name.object)) other = name.object;
  };
  edit(const_cast<ast::StatementNode&>(user.node), look);
  return other;
}

void History::tell_unsure_call(const ast::Statement& user, const ast::Name& routine,
                               const ast::Statement& by) {
  const std::string about = ast::statement_object(user.node);
  report(rename_unfollowed, user, about,
         "`" + about + "` calls one of several routines `" + to_string(routine) +
             "`, and which one is not known: one of them is renamed or dropped in " + line_of(by.id));
}

/// Whether the statement calls the routine that is dropped or another one, so that nothing is taken from it.
/// Without CASCADE nothing depends on what is dropped: the other one is meant.
bool History::mean_another(ast::Statement& user, ObjectId routine, const ast::Statement& by) {
  const ObjectId other = other_meaning(user, routine);
  if (other == ast::no_object) return false;
  const auto* drop = std::get_if<ast::Drop>(&by.node);
  if (user.live() && (drop == nullptr || drop->cascade)) tell_unsure_call(user, object(routine).name, by);
  TreeEdit point;
  point.name = [&](ast::Name& name) {
    if (name.object == routine) name.object = other;
  };
  edit(user.node, point);
  std::erase(user.text_objects, routine);
  return true;
}

}  // namespace pg2crdb::bind
