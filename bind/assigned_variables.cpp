// How often statements of a body in PL/pgSQL assign to a variable.
#include "bind/assigned_variables.h"

#include <algorithm>
#include <functional>

#include "ast/body_parts.h"

namespace pg2crdb::bind {

using namespace ast::plpgsql;

namespace {

size_t count_targets(Statements& statements, const std::function<bool(const Variable&)>& is_it) {
  size_t count = 0;
  each_part(statements, [&](Assignment& one) { count += is_it(one.target) ? 1 : 0; });
  const auto add = [&](std::vector<Variable>& targets) {
    count += static_cast<size_t>(std::count_if(targets.begin(), targets.end(), is_it));
  };
  each_part(statements, [&](Into& one) { add(one.targets); });
  each_part(statements, [&](ForRows& one) { add(one.targets); });
  each_part(statements, [&](Foreach& one) { add(one.targets); });
  return count;
}

}  // namespace

bool names(const Variable& variable, const std::string& name) {
  return variable.steps.empty() && variable.names.size() == 1 && variable.names[0] == name;
}

size_t count_assignments(Statements& statements, const std::string& name) {
  return count_targets(statements,
                       [&](const Variable& one) { return one.names.size() == 1 && one.names[0] == name; });
}

bool assigns_fields(Statements& statements, const std::string& name) {
  return count_targets(statements,
                       [&](const Variable& one) { return one.names.size() > 1 && one.names[0] == name; }) > 0;
}

}  // namespace pg2crdb::bind
