#include <fmt/format.h>

#include "driver/command.h"
#include "driver/config.h"
#include "passes/pipeline.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

std::string_view to_string(Fidelity fidelity) {
  switch (fidelity) {
    case Fidelity::exact:
      return "exact";
    case Fidelity::changes_behaviour:
      return "changes-behaviour";
    case Fidelity::loses:
      break;
  }
  return "loses";
}

int run(const Options& options) {
  if (!options.arguments.empty() && options.arguments[0] != "list") {
    return fail(usage_error(fmt::format("`pg2crdb passes` takes `list`, not `{}`", options.arguments[0])));
  }
  const auto choices = make_choices(options, "-");
  if (!choices) return fail(choices.error());
  const std::vector<const Pass*> passes = passes_in_order(choices->pipeline);
  if (options.format != "json") {
    for (const Pass* pass : passes) {
      fmt::print("{:<28} {:<18} {}\n", pass->name, to_string(pass->fidelity), pass->summary);
    }
    return exit_clean;
  }
  std::string out;
  for (const Pass* pass : passes) {
    out += fmt::format("{}{{\"name\": \"{}\", \"category\": \"{}\", \"fidelity\": \"{}\", \"summary\": ",
                       out.empty() ? "" : ",\n", pass->name, pass->category, to_string(pass->fidelity));
    append_json_string(out, pass->summary);
    out += ", \"rules\": [";
    for (const FindingKind& rule : pass->rules) {
      if (out.back() != '[') out += ", ";
      append_json_string(out, rule.id);
    }
    out += "]}";
  }
  fmt::print("[\n{}\n]\n", out);
  return exit_clean;
}

}  // namespace

const Command passes_command = {
    {.name = "passes",
     .arguments = "list",
     .summary = "the pipeline, in order",
     .details = "One line a pass: its name, whether it is exact, changes behaviour or loses something, and "
                "what it does.",
     .groups = {OptionGroup::outside, OptionGroup::settings, OptionGroup::format},
     .formats = "text|json",
     .most_arguments = 1,
     .examples = {"pg2crdb passes list", "pg2crdb passes list --plugin ./libmine.so"}},
    run,
};

}  // namespace pg2crdb
