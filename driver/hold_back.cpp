#include "driver/hold_back.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ast/describe.h"
#include "driver/findings.h"
#include "support/secret_literals.h"

namespace pg2crdb {
namespace {

// More statements than these that passes cannot do are no accident of a statement.
constexpr size_t most_blamed = 20;

Diagnostic about(const FindingKind& rule, const ast::Statement& statement, std::string message) {
  return about(rule, statement.span, ast::statement_object(statement.node), std::move(message));
}

void hold_back(ast::Statement& statement, std::string reason) {
  statement.fate = ast::Fate::needs_person;
  statement.reason = std::move(reason);
}

/// As the parser leaves what it cannot read, so that no pass looks into it.
void make_opaque(ast::Statement& statement, const SourceFile& file, std::string reason) {
  std::string text(file.of(statement.span).text(statement.span));
  if (text.ends_with(';')) text.pop_back();
  statement.node = ast::Opaque{"unparsed", std::move(text)};
  hold_back(statement, std::move(reason));
}

/// Tries passes on scripts that are thrown away.
class Trial {
 public:
  Trial(const SourceFile& file, const Target& target, PipelineOptions options)
      : file_(file), target_(target), options_(std::move(options)) {
    options_.after = nullptr;
    options_.give_up = {};
    options_.pass.explain = nullptr;
    options_.pass.explained_rule.clear();
  }

  /// The statement without which the passes come through a beginning of the script that they do not come
  /// through with it; none where they do not even come through a script of nothing.
  std::optional<ast::StatementId> find_culprit(const ast::Script& script) const {
    if (fails(script, 0)) return std::nullopt;
    size_t good = 0;
    size_t bad = script.statements.size();
    while (bad - good > 1) {
      const size_t middle = good + (bad - good) / 2;
      (fails(script, middle) ? bad : good) = middle;
    }
    return bad == 0 ? std::nullopt : std::optional(static_cast<ast::StatementId>(bad - 1));
  }

 private:
  bool fails(ast::Script script, size_t live) const {
    for (size_t i = live; i < script.statements.size(); ++i)
      make_opaque(script.statements[i], file_, "left out of a trial");
    Diagnostics ignored;
    try {
      run_pipeline(script, target_, options_, ignored);
    } catch (const PassFailure&) {
      return true;
    }
    return false;
  }

  const SourceFile& file_;
  const Target& target_;
  PipelineOptions options_;
};

/// Names of capabilities of which the cluster answered other than the table of its release has it.
std::vector<std::string_view> contradictions(const Target& target) {
  std::vector<std::string_view> names;
  const Target believed(target.version());
  for (const CapabilityInfo& row : capabilities()) {
    if (believed.has(row.capability) != target.has(row.capability)) names.push_back(row.name);
  }
  return names;
}

/// Whose mistake it is that is not a person's own rule's: of a file of answers that says the contrary of what
/// is known, or ours.
const FindingKind& own_mistake(const Target& target) {
  return contradictions(target).empty() ? internal_error : capabilities_contradicted;
}

void note_contradictions(const Target& target, Diagnostic& finding) {
  constexpr size_t most = 5;
  std::vector<std::string_view> names = contradictions(target);
  if (names.empty()) return;
  const size_t count = names.size();
  names.resize(std::min(count, most));
  finding.notes.push_back(fmt::format("of {} {} it says the contrary: {}{}", count,
                                      count == 1 ? "capability" : "capabilities", fmt::join(names, ", "),
                                      count > most ? " ..." : ""));
}

Diagnostic failed_pass(const ast::Statement& statement, const PassFailure& failure, bool is_foreign,
                       const Target& target) {
  Diagnostic finding =
      about(own_mistake(target), statement,
            fmt::format("the pass `{}` stops at this statement: {}", failure.pass(), failure.problem()));
  note_contradictions(target, finding);
  if (is_foreign) {
    finding.advice = fmt::format(
        "Mend the pass `{}`, which is not one of pg2crdb's own; until then the statement is a "
        "comment in the output.",
        failure.pass());
  }
  return finding;
}

/// The names of what a person added: passes, and rules of rule files.
std::unordered_set<std::string_view> foreign_names(const Choices& choices) {
  std::unordered_set<std::string_view> foreign;
  for (const PlacedPass& placed : choices.pipeline.placed) foreign.insert(placed.pass->name);
  if (choices.rules != nullptr) {
    for (const rewrite::RewriteRule* rule : choices.rules->rules()) foreign.insert(rule->name);
  }
  return foreign;
}

std::string names_among(const std::vector<std::string_view>& passes,
                        const std::unordered_set<std::string_view>& foreign) {
  std::vector<std::string_view> names;
  std::copy_if(passes.begin(), passes.end(), std::back_inserter(names),
               [&](std::string_view pass) { return foreign.contains(pass); });
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void run_passes(CompiledInput& input, const Choices& choices, const PipelineOptions& options,
                bool tree_from_outside, const ReadAgain& read_again, Diagnostics& diagnostics) {
  if (tree_from_outside) return run_pipeline(input.script, choices.target, options, diagnostics);
  const std::unordered_set<std::string_view> foreign = foreign_names(choices);
  std::optional<ast::Script> read;
  if (!read_again) read = input.script;
  const auto found_before = static_cast<ptrdiff_t>(diagnostics.all().size());
  std::vector<Diagnostic> blamed;
  while (true) {
    try {
      run_pipeline(input.script, choices.target, options, diagnostics);
      for (Diagnostic& finding : blamed) diagnostics.add(std::move(finding));
      return;
    } catch (const PassFailure& failure) {
      if (!read) read = read_again();
      const auto culprit = read && blamed.size() < most_blamed
                               ? Trial(*input.file, choices.target, options).find_culprit(*read)
                               : std::nullopt;
      if (!culprit) throw;
      ast::Statement& statement = read->statements[*culprit];
      blamed.push_back(failed_pass(statement, failure, foreign.contains(failure.pass()), choices.target));
      make_opaque(statement, *input.file, fmt::format("the pass {} stops at it", failure.pass()));
      diagnostics.all().erase(diagnostics.all().begin() + found_before, diagnostics.all().end());
      input.script = *read;
    }
  }
}

void make_checked_output(CompiledInput& input, const Choices& choices, const OutputOptions& options,
                         bool tree_from_outside, Diagnostics& diagnostics) {
  const std::unordered_set<std::string_view> foreign = foreign_names(choices);
  const std::string release = to_string(choices.target.version());
  const auto refuse = [&](const Refusal& refusal) {
    ast::Statement& statement = input.script.statements[refusal.statement];
    const std::string by = names_among(statement.passes, foreign);
    const bool verbatim = statement.as_written || std::holds_alternative<ast::Opaque>(statement.node);
    std::string subject = "what pg2crdb makes of this";
    std::string reason = "a mistake of pg2crdb";
    if (!by.empty()) {
      subject = "what `" + by + "` makes of this";
      reason = "what " + by + " makes of it CockroachDB would not parse";
    } else if (verbatim) {
      subject = "`" + ast::statement_kind(statement.node) + "`, which is kept word for word,";
      reason = "CockroachDB would not parse it";
    } else if (tree_from_outside) {
      subject = "what comes of this tree";
      reason = "CockroachDB would not parse what comes of its tree";
    }
    const bool ours = by.empty() && !verbatim && !tree_from_outside;
    Diagnostic finding =
        about(ours ? own_mistake(choices.target) : not_cockroachdb, statement,
              fmt::format("{} is no SQL of CockroachDB {}: {}", subject, release, refusal.message));
    finding.notes.push_back("it would be: " + without_secret_literals(refusal.sql));
    if (ours) note_contradictions(choices.target, finding);
    if (ours && !statement.passes.empty())
      finding.notes.push_back(fmt::format("passes that touched it: {}", fmt::join(statement.passes, ", ")));
    diagnostics.add(std::move(finding));
    // What was read or added is not lost: it goes out as a comment.
    hold_back(statement, std::move(reason));
  };
  input.output = make_output(input.script, choices.target, *input.file, options, refuse);
}

}  // namespace pg2crdb
