// Overloads that PostgreSQL tells apart by types which are one type in CockroachDB: xml becomes text, money a
// decimal, json is jsonb. It takes one routine with such arguments, and callers of both would get that one.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <vector>

#include "ast/signature.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"overload-clash", Severity::error, "functions",
     "two routines have the same arguments once their types are those of CockroachDB, which takes one of "
     "them",
     "Give one of them another name, and its callers."},
};

bool is_built_in(const ast::Name& name) {
  return name.schema.empty() || name.schema == "pg_catalog";
}

/// Modifiers do not count.
bool is_same(const ast::TypeName& left, const ast::TypeName& right) {
  if (left.array_bounds.empty() != right.array_bounds.empty()) return false;
  if (!is_built_in(left.name) || !is_built_in(right.name)) return left.name == right.name;
  const auto is_json = [](const ast::Name& name) { return name.name == "json" || name.name == "jsonb"; };
  return left.name.name == right.name.name || (is_json(left.name) && is_json(right.name));
}

/// Whether both are there at once.
bool stand_together(const PassContext& context, const ast::Statement& first, const ast::Statement& second) {
  const ast::ObjectId one = std::get<ast::CreateFunction>(first.node).name.object;
  const ast::ObjectId other = std::get<ast::CreateFunction>(second.node).name.object;
  if (one == ast::no_object || one == other) return one == ast::no_object;
  const ast::Object& object = context.script.objects[one];
  return object.stands() || object.dropped > second.id;
}

void run(PassContext& context) {
  std::map<std::string, std::vector<const ast::Statement*>> seen;
  for (ast::Statement& statement : context.script.statements) {
    const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
    if (function == nullptr || !statement.live()) continue;
    const std::vector<ast::TypeName> types = ast::argument_types(*function);
    std::vector<const ast::Statement*>& others = seen[key_of(function->name)];
    const auto clash = std::ranges::find_if(others, [&](const ast::Statement* other) {
      return std::ranges::equal(types, ast::argument_types(std::get<ast::CreateFunction>(other->node)),
                                is_same) &&
             stand_together(context, *other, statement);
    });
    if (clash == others.end()) {
      others.push_back(&statement);
      continue;
    }
    const std::string object = to_string(function->name);
    context.report(rules[0], statement, object,
                   (function->procedure ? "procedure `" : "function `") + object +
                       "` has the arguments of that in " + PassContext::line_of(**clash) +
                       " once their types are CockroachDB's");
    context.needs_person(statement, "another routine has the same arguments");
  }
}

}  // namespace

extern const Pass routine_overloads;
const Pass routine_overloads = {
    .name = "routine-overloads",
    .category = "functions",
    .fidelity = Fidelity::exact,
    .summary = "finds overloads that have one signature in CockroachDB",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
