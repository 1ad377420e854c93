// What options and configuration choose together.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "driver/capabilities_file.h"
#include "driver/config.h"
#include "driver/plugins.h"
#include "driver/rules.h"

namespace pg2crdb {
namespace {

std::optional<Severity> parse_severity(std::string_view name) {
  for (Severity severity : {Severity::info, Severity::warning, Severity::error}) {
    if (to_string(severity) == name) return severity;
  }
  return {};
}

std::optional<SequenceKeys> parse_sequences(std::string_view name) {
  if (name == "keep") return SequenceKeys::keep;
  if (name == "unique-rowid") return SequenceKeys::unique_rowid;
  if (name == "uuid") return SequenceKeys::uuid;
  if (name == "hash-sharded") return SequenceKeys::hash_sharded;
  return {};
}

/// With the place in the configuration where the word stands; as it is where an option said it.
Error placed_error(const Config& config, const std::string& key, bool of_option, Error error) {
  const auto place = config.places.find(key);
  if (!of_option && place != config.places.end()) error.message = place->second + ": " + error.message;
  return error;
}

std::vector<std::string> pass_names(const PipelineOptions& pipeline) {
  std::vector<std::string> names;
  for (const Pass* pass : passes_in_order(pipeline)) names.emplace_back(pass->name);
  return names;
}

std::optional<Error> unknown_pass(const std::string& name, const PipelineOptions& pipeline) {
  const std::vector<std::string> names = pass_names(pipeline);
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  const std::string near = nearest(name, names);
  return usage_error(fmt::format("there is no pass `{}`{}", name,
                                 near.empty() ? "" : fmt::format(": did you mean `{}`?", near)),
                     "`pg2crdb passes list` names them");
}

std::optional<Error> check_decisions(const Choices& choices) {
  for (const Decision& decision : choices.config.decisions) {
    auto error = decision.rule.empty() ? std::nullopt : unknown_rule(decision.rule, choices.pipeline);
    if (!error) continue;
    error->message = decision.place + ": " + error->message;
    return error;
  }
  return {};
}

std::optional<Error> choose_passes(const std::vector<std::string>& chosen, Choices& choices) {
  std::vector<std::string> named;
  for (const std::string& word : chosen) {
    const bool off = word.starts_with('-');
    const std::string name = off ? word.substr(1) : word;
    if (auto error = unknown_pass(name, choices.pipeline)) return error;
    (off ? choices.pipeline.disabled : named).push_back(name);
  }
  if (named.empty()) return {};
  for (const std::string& name : pass_names(choices.pipeline)) {
    if (std::find(named.begin(), named.end(), name) == named.end()) choices.pipeline.disabled.push_back(name);
  }
  return {};
}

std::optional<Error> choose_severities(const Options& options, Choices& choices) {
  std::map<std::string, std::string> levels = choices.config.severity;
  std::set<std::string> of_options;
  for (const std::string& pair : split_commas(options.severity)) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) {
      return usage_error(fmt::format("`--severity {}` has to be ID=error, ID=warning or ID=info", pair));
    }
    levels[*of_options.insert(pair.substr(0, equals)).first] = pair.substr(equals + 1);
  }
  for (const auto& [id, level] : levels) {
    const auto wrong = [&, name = id](Error error) {
      return placed_error(choices.config, "severity." + name, of_options.contains(name), std::move(error));
    };
    if (auto error = unknown_rule(id, choices.pipeline)) return wrong(std::move(*error));
    const auto severity = parse_severity(level);
    if (!severity)
      return wrong(usage_error(
          fmt::format("the severity of `{}` cannot be `{}`: it is one of error, warning, info", id, level)));
    choices.severity[id] = *severity;
  }
  return {};
}

std::optional<Error> choose_target(const std::string& version, Choices& choices) {
  if (version.empty()) return {};
  const auto parsed = parse_version(version);
  if (!parsed) {
    return usage_error(fmt::format("CockroachDB `{}` is not known: it is one of {}, or a patch of them",
                                   version, known_versions_text()));
  }
  choices.target = Target(*parsed);
  return {};
}

/// The cluster that answered: none but its own release may be named beside it.
std::optional<Error> choose_cluster(const std::string& path, const std::string& named, Choices& choices) {
  auto cluster = read_capabilities(path);
  if (!cluster) return cluster.error();
  const auto release = parse_version(named);
  const bool same = named.empty() || (release && (release->patch == 0 ? *release == cluster->version.release()
                                                                      : *release == cluster->version));
  if (!same) {
    return usage_error(fmt::format("{} is of a cluster that ran CockroachDB {}, not {}", path,
                                   to_string(cluster->version), named),
                       "ask the cluster again: `pg2crdb probe --target URL`");
  }
  choices.target = Target(cluster->version, std::move(cluster->answers));
  choices.target_from = "the answers of a cluster";
  return {};
}

std::optional<Error> choose_words(const Options& options, Choices& choices) {
  const Config& config = choices.config;
  const std::string& sequences = options.sequences.empty() ? config.sequences : options.sequences;
  if (!sequences.empty()) {
    const auto parsed = parse_sequences(sequences);
    if (!parsed) {
      return placed_error(
          config, "sequences", !options.sequences.empty(),
          usage_error(fmt::format(
              "`sequences` cannot be `{}`: it is one of keep, unique-rowid, uuid, hash-sharded", sequences)));
    }
    choices.pipeline.pass.sequences = *parsed;
  }
  const std::string& hstore = options.hstore.empty() ? config.hstore : options.hstore;
  if (hstore == "jsonb") {
    choices.pipeline.pass.hstore = HstoreColumns::jsonb;
  } else if (!hstore.empty() && hstore != "text") {
    return placed_error(
        config, "hstore", !options.hstore.empty(),
        usage_error(fmt::format("`hstore` cannot be `{}`: it is one of text, jsonb", hstore)));
  }
  const std::string& integers = options.integers.empty() ? config.integers : options.integers;
  if (integers == "int8") {
    choices.pipeline.integers = Integers::int8;
  } else if (!integers.empty() && integers != "int4") {
    return placed_error(
        config, "integers", !options.integers.empty(),
        usage_error(fmt::format("`integers` cannot be `{}`: it is one of int4, int8", integers)));
  }
  const std::string& fail_on = options.fail_on.empty() ? config.fail_on : options.fail_on;
  if (!fail_on.empty()) {
    const auto parsed = parse_severity(fail_on);
    if (!parsed) {
      return placed_error(
          config, "fail_on", !options.fail_on.empty(),
          usage_error(fmt::format("`fail_on` cannot be `{}`: it is one of error, warning, info", fail_on)));
    }
    choices.fail_on = *parsed;
  }
  return {};
}

std::optional<Error> add_rules(const std::vector<std::string>& paths, Choices& choices) {
  if (paths.empty()) return {};
  auto set = load_rules(paths, choices.pipeline);
  if (!set) return set.error();
  choices.rules = std::move(*set);
  const std::vector<PlacedPass>& placed = choices.rules->placed();
  choices.pipeline.placed.insert(choices.pipeline.placed.end(), placed.begin(), placed.end());
  return {};
}

std::optional<Error> unknown_rewrite_rule(const std::string& name, const Choices& choices) {
  std::vector<std::string> known;
  for (const rewrite::RewriteRule* rule : rewrite_rules(choices)) known.push_back(rule->name);
  if (std::find(known.begin(), known.end(), name) != known.end()) return {};
  const std::string near = nearest(name, known);
  return usage_error(fmt::format("there is no rewrite rule `{}`{}", name,
                                 near.empty() ? "" : fmt::format(": did you mean `{}`?", near)),
                     "`pg2crdb rules list` names them");
}

}  // namespace

Result<Choices> make_choices(const Options& options, const std::string& input) {
  Choices choices;
  const std::string path = options.no_config         ? std::string()
                           : !options.config.empty() ? options.config
                                                     : find_config(input);
  if (!path.empty()) {
    auto config = read_config(path);
    if (!config) return config.error();
    choices.config = std::move(*config);
  }
  const Config& config = choices.config;
  std::vector<std::string> plugins = config.plugins;
  plugins.insert(plugins.end(), options.plugins.begin(), options.plugins.end());
  auto placed = load_plugins(plugins);
  if (!placed) return placed_error(config, "plugins", !options.plugins.empty(), placed.error());
  choices.pipeline.placed = std::move(*placed);
  std::vector<std::string> rules = config.rules;
  rules.insert(rules.end(), options.rules.begin(), options.rules.end());
  if (auto error = add_rules(rules, choices))
    return placed_error(config, "rules", !options.rules.empty(), std::move(*error));
  if (!options.explain_rule.empty()) {
    if (auto error = unknown_rewrite_rule(options.explain_rule, choices)) return *error;
    choices.pipeline.pass.explained_rule = options.explain_rule;
  }
  if (auto error = check_decisions(choices)) return *error;
  const std::string& named = options.crdb.empty() ? config.crdb : options.crdb;
  if (named.empty()) choices.target_from = options.crdb_of_cluster.empty() ? "the default" : "the cluster's";
  const std::string& release = named.empty() ? options.crdb_of_cluster : named;
  if (auto error = options.capabilities.empty() ? choose_target(release, choices)
                                                : choose_cluster(options.capabilities, release, choices))
    return placed_error(config, "crdb", !options.crdb.empty() || config.crdb.empty(), std::move(*error));
  if (auto error = choose_words(options, choices)) return *error;
  if (auto error =
          choose_passes(options.passes.empty() ? config.passes : split_commas(options.passes), choices)) {
    return placed_error(config, "passes", !options.passes.empty(), std::move(*error));
  }
  for (const std::string& pass : {options.print_after, options.stop_after}) {
    if (pass.empty()) continue;
    if (auto error = unknown_pass(pass, choices.pipeline)) return *error;
  }
  choices.pipeline.pass.in_order = options.in_order;
  if (options.in_order && choices.pipeline.pass.sequences == SequenceKeys::uuid) {
    return usage_error("--in-order does not go with --sequences uuid: old keys stand in the rows' statements",
                       "choose unique-rowid or hash-sharded, or compile without --in-order");
  }
  choices.print_after = options.print_after;
  choices.pipeline.stop_after = options.stop_after;
  choices.select = options.select.empty() ? config.select : split_commas(options.select);
  choices.ignore = options.ignore.empty() ? config.ignore : split_commas(options.ignore);
  for (const bool selects : {true, false}) {
    for (const std::string& id : selects ? choices.select : choices.ignore) {
      if (auto error = unknown_rule(id, choices.pipeline))
        return placed_error(config, selects ? "select" : "ignore",
                            !(selects ? options.select : options.ignore).empty(), std::move(*error));
    }
  }
  if (auto error = choose_severities(options, choices)) return *error;
  return choices;
}

}  // namespace pg2crdb
