#include <fmt/format.h>

#include <algorithm>

#include "driver/command.h"
#include "driver/config.h"
#include "driver/toml_text.h"

namespace pg2crdb {
namespace {

std::string_view to_string(SequenceKeys keys) {
  switch (keys) {
    case SequenceKeys::keep:
      return "keep";
    case SequenceKeys::unique_rowid:
      return "unique-rowid";
    case SequenceKeys::uuid:
      return "uuid";
    case SequenceKeys::hash_sharded:
      return "hash-sharded";
  }
  return {};
}

/// Lines of a pg2crdb.toml that would have the same effect.
class Shown {
 public:
  Shown(const Options& options, const Choices& choices)
      : options_(options), choices_(choices), config_(choices.config) {}

  std::string text() {
    add("crdb", toml_string(pg2crdb::to_string(choices_.target.version())), release_origin());
    add("sequences", toml_string(std::string(to_string(choices_.pipeline.pass.sequences))),
        origin("sequences", !options_.sequences.empty()));
    const bool jsonb = choices_.pipeline.pass.hstore == HstoreColumns::jsonb;
    add("hstore", jsonb ? "\"jsonb\"" : "\"text\"", origin("hstore", !options_.hstore.empty()));
    const bool wide = choices_.pipeline.integers == Integers::int8;
    add("integers", wide ? "\"int8\"" : "\"int4\"", origin("integers", !options_.integers.empty()));
    add("fail_on", toml_string(std::string(pg2crdb::to_string(choices_.fail_on))),
        origin("fail_on", !options_.fail_on.empty(), "fail-on"));
    add("passes", toml_array(options_.passes.empty() ? config_.passes : split_commas(options_.passes)),
        origin("passes", !options_.passes.empty()));
    add("select", toml_array(choices_.select), origin("select", !options_.select.empty()));
    add("ignore", toml_array(choices_.ignore), origin("ignore", !options_.ignore.empty()));
    if (const std::string& path = options_.baseline.empty() ? config_.baseline : options_.baseline;
        !path.empty())
      add("baseline", toml_string(path), origin("baseline", !options_.baseline.empty()));
    add("rules", toml_array(both(config_.rules, options_.rules)), origin_of_both("rules", options_.rules));
    add("plugins", toml_array(both(config_.plugins, options_.plugins)),
        origin_of_both("plugins", options_.plugins, "plugin"));
    add_severities();
    for (const Decision& decision : config_.decisions)
      out_ += "\n" + (options_.origin ? "# " + decision.place + "\n" : "") + toml_decision(decision);
    return out_;
  }

 private:
  void add(std::string_view key, const std::string& value, const std::string& origin) {
    out_ += fmt::format("{} = {}{}\n", key, value, options_.origin ? "  # " + origin : "");
  }

  std::string place(const std::string& key) const {
    const auto found = config_.places.find(key);
    return found == config_.places.end() ? std::string() : found->second;
  }

  /// Of what an option replaces.
  std::string origin(const std::string& key, bool given, std::string_view option = {}) const {
    if (given) return fmt::format("--{}", option.empty() ? std::string_view(key) : option);
    return place(key).empty() ? "the default" : place(key);
  }

  /// Of what an option adds to.
  std::string origin_of_both(const std::string& key, const std::vector<std::string>& given,
                             std::string_view option = {}) const {
    const std::string here = place(key);
    const std::string other = origin(key, !given.empty(), option);
    return here.empty() || given.empty() ? other : here + " and " + other;
  }

  std::string release_origin() const {
    if (!options_.capabilities.empty()) return options_.capabilities;
    return origin("crdb", !options_.crdb.empty());
  }

  static std::vector<std::string> both(std::vector<std::string> one, const std::vector<std::string>& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
  }

  void add_severities() {
    if (choices_.severity.empty()) return;
    out_ += "\n[severity]\n";
    for (const auto& [rule, severity] : choices_.severity) {
      const auto of_rule = [&](const std::string& one) { return one.starts_with(rule + "="); };
      const bool given = std::ranges::any_of(split_commas(options_.severity), of_rule);
      add(rule, toml_string(std::string(pg2crdb::to_string(severity))),
          origin("severity." + rule, given, "severity"));
    }
  }

  const Options& options_;
  const Choices& choices_;
  const Config& config_;
  std::string out_;
};

int run(const Options& options) {
  if (options.arguments.front() != "show")
    return fail(usage_error(fmt::format("`pg2crdb config` has no `{}`", options.arguments.front()),
                            "pg2crdb config show [INPUT]"));
  const std::string input = options.arguments.size() > 1 ? options.arguments[1] : "-";
  const auto choices = make_choices(options, input);
  if (!choices) return fail(choices.error());
  fmt::print("{}", Shown(options, *choices).text());
  return exit_clean;
}

}  // namespace

const Command config_command = {
    {.name = "config",
     .arguments = "show [INPUT]",
     .summary = "the settings that an INPUT would be read with, and where each of them comes from",
     .details =
         "What the command line, pg2crdb.toml and the defaults say together, as a pg2crdb.toml that "
         "says all of it. Without an INPUT the configuration is looked for from the current folder on: "
         "docs/configuration.md.",
     .groups = {OptionGroup::release, OptionGroup::answers, OptionGroup::choices, OptionGroup::outside,
                OptionGroup::findings, OptionGroup::settings, OptionGroup::old, OptionGroup::origin,
                OptionGroup::order},
     .formats = {},
     .least_arguments = 1,
     .most_arguments = 2,
     .examples = {"pg2crdb config show --origin", "pg2crdb config show db/structure.sql --crdb 25.2"}},
    run,
};

}  // namespace pg2crdb
