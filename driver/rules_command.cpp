#include <fmt/format.h>

#include "driver/command.h"
#include "driver/config.h"
#include "grammar/cockroachdb.h"
#include "parser/parser.h"
#include "passes/pass.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

struct ListedRule {
  const Rule* rule;
  std::string_view by;  // the pass, "parser", "grammar" or "decisions"
};

std::vector<ListedRule> listed_rules() {
  std::vector<ListedRule> rules;
  for (const Rule& rule : parser_rules) rules.push_back({&rule, "parser"});
  for (const Pass* pass : all_passes()) {
    for (const Rule& rule : pass->rules) rules.push_back({&rule, pass->name});
  }
  rules.push_back({&cockroachdb_syntax, "grammar"});
  for (const Rule& rule : driver_rules) rules.push_back({&rule, "decisions"});
  return rules;
}

std::string as_json(const ListedRule& listed) {
  std::string out = "{";
  const std::pair<std::string_view, std::string_view> members[] = {
      {"id", listed.rule->id},
      {"severity", to_string(listed.rule->severity)},
      {"category", listed.rule->category},
      {"reported_by", listed.by},
      {"summary", listed.rule->summary},
      {"advice", listed.rule->advice}};
  for (const auto& [name, value] : members) {
    if (out.size() > 1) out += ", ";
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, value);
  }
  return out + "}";
}

void list(bool json) {
  if (json) {
    std::string out;
    for (const ListedRule& listed : listed_rules()) out += (out.empty() ? "" : ",\n") + as_json(listed);
    fmt::print("[\n{}\n]\n", out);
    return;
  }
  for (const ListedRule& listed : listed_rules()) {
    fmt::print("{:<36} {:<8} {}\n", listed.rule->id, to_string(listed.rule->severity), listed.rule->summary);
  }
}

int explain(const std::string& id, bool json) {
  for (const ListedRule& listed : listed_rules()) {
    if (listed.rule->id != id) continue;
    const Rule& rule = *listed.rule;
    if (json) {
      fmt::print("{}\n", as_json(listed));
    } else {
      fmt::print("{}\n\n{}\n{}\n\nseverity:    {}\ncategory:    {}\nreported by: {}\n", rule.id, rule.summary,
                 rule.advice, to_string(rule.severity), rule.category, listed.by);
    }
    return exit_clean;
  }
  const std::string near = nearest(id, all_rule_ids());
  return fail(usage_error(fmt::format("there is no rule `{}`{}", id,
                                      near.empty() ? "" : fmt::format(": did you mean `{}`?", near)),
                          "`pg2crdb rules list` names them"));
}

int run(const Options& options) {
  const bool json = options.format == "json";
  const std::string action = options.arguments.empty() ? "list" : options.arguments[0];
  if (action == "list" && options.arguments.size() < 2) {
    list(json);
    return exit_clean;
  }
  if (action == "explain" && options.arguments.size() == 2) return explain(options.arguments[1], json);
  return fail(usage_error("`pg2crdb rules` takes `list` or `explain ID`"));
}

}  // namespace

const Command rules_command = {
    {.name = "rules",
     .arguments = "list|explain ID",
     .summary = "the rules that findings are reported by",
     .details = "`list` has one line a rule, `explain` says what one means and what to do.",
     .groups = {OptionGroup::format},
     .formats = "text|json",
     .most_arguments = 2,
     .examples = {"pg2crdb rules list", "pg2crdb rules explain unused-decision"}},
    run,
};

}  // namespace pg2crdb
