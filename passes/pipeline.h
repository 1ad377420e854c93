#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rewrite/pass.h"

namespace pg2crdb {

/// The built-in passes, in order.
std::span<const Pass* const> all_passes();
/// A built-in pass; null for an unknown name.
const Pass* find_pass(std::string_view name);
/// A rule of a built-in pass; null for an unknown id. The front end has rules of its own: `parser_rules`.
const FindingKind* find_rule(std::string_view id);

/// What columns of type integer become.
enum class Integers { int4, int8 };

struct PipelineOptions {
  PassOptions pass;
  Integers integers = Integers::int4;
  std::vector<PlacedPass> placed;     ///< passes from outside; at the same place, in this order
  std::vector<std::string> disabled;  ///< names of passes to leave out
  std::string stop_after;             ///< empty: run all
  /// Called after each pass, for --print-after; may be empty.
  void (*after)(const Pass&, const ast::Script&, void*) = nullptr;
  void* after_data = nullptr;
  /// Asked after each pass; where it says true, the others are left out, and the script is of no more use.
  /// May be empty.
  std::function<bool()> give_up;
};

/// Every pass that `options` asks for, placed ones included, disabled ones too, in the order in which they
/// run. Throws InternalError for a placement next to a pass that does not exist.
std::vector<const Pass*> passes_in_order(const PipelineOptions& options);

/// A pass ended with an exception, or the ledger does not add up behind it: a mistake of the pass, never of
/// the input.
class PassFailure : public InternalError {
 public:
  PassFailure(std::string_view pass, const std::string& problem)
      : InternalError("the pass " + std::string(pass) + " stops: " + problem),
        pass_(pass),
        problem_(problem) {}

  std::string_view pass() const { return pass_; }
  const std::string& problem() const { return problem_; }

 private:
  std::string_view pass_;  // lives as long as the pass
  std::string problem_;
};

/// Runs the passes over the script, those that `PassOptions::in_order` skips left out; then Script::order is
/// the script's own, with what was added beside its origin. Throws PassFailure for the first pass that fails;
/// the script is then of no more use.
void run_pipeline(ast::Script& script, const Target& target, const PipelineOptions& options,
                  Diagnostics& diagnostics);

}  // namespace pg2crdb
