#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/diagnostic.h"
#include "driver/options.h"
#include "driver/regular_expression.h"
#include "passes/pipeline.h"
#include "rewrite/rule_set.h"
#include "support/result.h"
#include "support/span.h"
#include "target/target.h"

namespace pg2crdb {

/// What becomes of what a decision is about.
enum class DecisionAction {
  acknowledge,  ///< its findings do not count
  remove,       ///< "delete": the statement is left out, with its rows where it makes their table
  keep,         ///< a statement that would be held back or left out goes out word for word
  add_user,     ///< a role that the dump names and does not create may log in
  replace,      ///< other SQL is compiled in the statement's place, or in that of a text within it
  add,          ///< a statement is read that the input does not have
};
/// Where a statement that is added stands: what it needs may be there, or what needs it. Above and below are
/// of one statement.
enum class AddedPosition { first, last, above, below };
/// As a configuration names it: "add-user".
std::string_view to_string(DecisionAction action);
std::optional<DecisionAction> parse_action(std::string_view name);
/// "acknowledge, delete, ...".
std::string known_actions();
std::string_view to_string(AddedPosition position);
std::optional<AddedPosition> parse_position(std::string_view name);

/// What a person decided about findings or statements: one [[decision]] of pg2crdb.toml. It is about what all
/// of `rule`, `object`, `statement` and `find` fit that are not empty.
struct Decision {
  DecisionAction action = DecisionAction::acknowledge;
  std::string rule;    ///< of a finding; empty, for delete and replace alone: whatever is found
  std::string object;  ///< qualified name, `*` stands for any characters; empty: every object
  /// Of delete, keep, replace, and add above and below: its text as the dump has it, without the semicolon.
  std::string statement;
  std::string find;  ///< of replace: the text within the statement that `sql` takes the place of
  RegularExpression expression = {};           ///< `find`, where it is one: `regular_expression = true`
  std::optional<std::string> sql;              ///< of replace and add
  std::optional<AddedPosition> position = {};  ///< of add; last where it is not said
  std::string reason;
  std::string until;    ///< last day on which it holds, "2026-12-31"; empty: for ever
  Span span;            ///< its first line in the configuration, `file` not set
  Span whole;           ///< all of its lines, with an empty one in front
  std::string place;    ///< the same for an error: "pg2crdb.toml:12:1"
  size_t sql_line = 0;  ///< of the configuration, in which `sql` begins

  /// It adds a statement above or below the one that `statement` names.
  bool adds_beside() const { return position > AddedPosition::last; }
};

/// What is wrong about the keys that a decision has and lacks; nothing where they go together.
std::optional<std::string> problem_of(const Decision& decision);

/// A pg2crdb.toml, word for word. What it does not say is empty.
struct Config {
  std::string path;  ///< empty: there is none
  std::string text;
  std::string crdb;
  std::string sequences;
  std::string hstore;
  std::string integers;
  std::string fail_on;
  std::string baseline;  ///< a path, from the configuration's folder on
  std::vector<std::string> passes;
  std::vector<std::string> rules;    ///< paths, those that were relative to the configuration's folder too
  std::vector<std::string> plugins;  ///< paths, those that were relative to the configuration's folder too
  std::vector<std::string> select;
  std::vector<std::string> ignore;
  std::map<std::string, std::string> severity;
  std::vector<Decision> decisions;
  /// Of each key that it has, "pg2crdb.toml:12"; those of `severity` are "severity.rule".
  std::map<std::string, std::string, std::less<>> places;
};

/// Reads a configuration. Unknown keys and wrong values are errors that name the line; the rules and passes
/// that it names are looked at in `make_choices`, because they may be a plugin's.
Result<Config> read_config(const std::string& path);

/// The pg2crdb.toml beside `input` or in the nearest folder above it; for standard input and URLs, from the
/// current folder on. Empty where there is none.
std::string find_config(const std::string& input);

/// The command line and the configuration together, checked; the command line wins.
struct Choices {
  Target target;
  std::string_view target_from;  ///< "the default", "the cluster's"; empty where it was named
  std::shared_ptr<const rewrite::RuleSet> rules;  ///< what `pipeline` and diagnostics point into; may be null
  PipelineOptions pipeline;
  std::string print_after;
  std::vector<std::string> select;  ///< ids of rules; empty: all
  std::vector<std::string> ignore;
  std::map<std::string, Severity> severity;
  Severity fail_on = Severity::error;
  Config config;
};

/// Finds the configuration from `input` (unless the options say otherwise), loads the plugins and rules of
/// both and checks every name.
Result<Choices> make_choices(const Options& options, const std::string& input);

/// What the driver itself reports: decisions that match nothing or are out of date, and what cannot
/// go out: because of rules and passes from outside, of answers of a cluster, or of a mistake of this
/// program.
extern const std::span<const FindingKind> driver_rules;
extern const FindingKind& unused_decision;
extern const FindingKind& expired_decision;
extern const FindingKind& not_cockroachdb;
extern const FindingKind& internal_error;
extern const FindingKind& capabilities_contradicted;

/// Any rule by its id, of the program or of passes from outside; null for an unknown one.
const FindingKind* find_any_rule(std::string_view id, std::span<const PlacedPass> placed);
/// The ids of all of them.
std::vector<std::string> rule_ids(const PipelineOptions& pipeline);
/// The error for a rule that is not there, with the nearest one; none where it is.
std::optional<Error> unknown_rule(std::string_view id, const PipelineOptions& pipeline);

}  // namespace pg2crdb
