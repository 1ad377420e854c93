#include "driver/chosen_tables.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "target/quote.h"

namespace pg2crdb {
namespace {

/// All that a pattern may mean the table by.
std::vector<std::string> names_of(const LoadPlan::Table& table) {
  std::vector<std::string> names;
  for (const ObjectName& name : {table.target(), table.source()}) {
    names.push_back(name.schema + "." + name.name);
    names.push_back(quote_name(name.schema, name.name));
    names.push_back(name.name);
  }
  return names;
}

bool fits(const std::string& pattern, const LoadPlan::Table& table) {
  const std::vector<std::string> names = names_of(table);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return ::fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
  });
}

bool fits_one(const std::vector<std::string>& patterns, const LoadPlan::Table& table) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return fits(pattern, table); });
}

}  // namespace

Result<void> choose_tables(LoadPlan& plan, const Options& options) {
  const std::vector<std::string> included = split_commas(options.include);
  const std::vector<std::string> excluded = split_commas(options.exclude);
  for (const auto& [option, patterns] : {std::pair("--include", &included), {"--exclude", &excluded}}) {
    for (const std::string& pattern : *patterns) {
      const bool known = std::any_of(plan.tables.begin(), plan.tables.end(),
                                     [&](const LoadPlan::Table& table) { return fits(pattern, table); });
      if (known) continue;
      return usage_error(
          fmt::format("`{} {}` is no table of the plan", option, pattern),
          "write SCHEMA.TABLE, with `*` and `?` for what may be anything, in quotes for the shell");
    }
  }
  std::set<ObjectName> left_out;
  std::erase_if(plan.tables, [&](const LoadPlan::Table& table) {
    const bool leaves = (!included.empty() && !fits_one(included, table)) || fits_one(excluded, table);
    if (leaves) left_out.insert(table.target());
    return leaves;
  });
  const auto of_those = [&](const auto& part) { return left_out.contains({part.schema, part.table}); };
  std::erase_if(plan.indexes, of_those);
  std::erase_if(plan.constraints, of_those);
  std::erase_if(plan.policies, of_those);
  std::erase_if(plan.left_out, of_those);
  if (!plan.tables.empty() || (included.empty() && excluded.empty())) return {};
  return usage_error("--include and --exclude leave no table", "name one that is to be worked on");
}

}  // namespace pg2crdb
