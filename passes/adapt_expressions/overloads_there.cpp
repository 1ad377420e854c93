#include "passes/adapt_expressions/overloads_there.h"

#include <algorithm>

#include "passes/adapt_expressions/arguments.h"

namespace pg2crdb::adapt {
namespace {

ast::ObjectId object_of(const ast::Statement* routine) {
  const auto* function = std::get_if<ast::CreateFunction>(&routine->node);
  return function == nullptr ? ast::no_object : function->name.object;
}

std::vector<ast::Statement*> before(ast::StatementId at, const std::vector<ast::Statement*>& all,
                                    const ast::Script& script) {
  std::vector<ast::Statement*> found;
  for (ast::Statement* one : all) {
    const ast::ObjectId id = object_of(one);
    const bool is_gone = id != ast::no_object && script.objects[id].dropped != ast::no_statement &&
                         script.objects[id].dropped < at;
    if (one->id > at || is_gone) continue;
    if (id != ast::no_object)
      std::erase_if(found, [&](const ast::Statement* older) { return object_of(older) == id; });
    found.push_back(one);
  }
  return found;
}

}  // namespace

OverloadsThere overloads_there(const ast::FunctionCall& call, const std::vector<ast::Statement*>& all,
                               const ast::Script& script, bind::ExpressionTypes& types) {
  OverloadsThere result{before(types.at(), all, script)};
  if (result.there.empty()) {
    result.there = all;
    return result;
  }
  const auto end = static_cast<ast::StatementId>(script.statements.size());
  const Meant last = meant_by(call, before(end, all, script), types);
  if (last.overload == nullptr || last.overload->id <= types.at()) return result;
  const ast::ObjectId object = object_of(last.overload);
  const bool is_replaced =
      object != ast::no_object && std::ranges::find(result.there, object, object_of) != result.there.end();
  if (is_replaced) return result;
  result.later = last.overload;
  result.any_taken = meant_by(call, result.there, types).any_taken;
  return result;
}

}  // namespace pg2crdb::adapt
