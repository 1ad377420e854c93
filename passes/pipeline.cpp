#include "passes/pipeline.h"

#include <algorithm>
#include <deque>
#include <map>
#include <new>
#include <stdexcept>

#include "passes/rule_tables.h"
#include "rewrite/rule_scan.h"
#include "rewrite/rule_set.h"
#include "support/result.h"

namespace pg2crdb {

#define PASS(name) extern const Pass name;
#include "passes/pipeline.def"
#undef PASS

namespace {

constexpr const Pass* listed[] = {
#define PASS(name) &name,
#include "passes/pipeline.def"
#undef PASS
};

/// The passes, those in the rule language read, once a run.
const std::vector<const Pass*>& pipeline() {
  // Never destroyed: what it holds is of use until the program ends, and much to take apart.
  static auto& read = *new std::deque<Pass>;
  static const std::vector<const Pass*> passes = [] {
    std::vector<const Pass*> all;
    for (const Pass* pass : listed) {
      const bool unread = !pass->rule_text.empty();
      all.push_back(unread ? &read.emplace_back(rewrite::read_rule_pass(*pass, rule_table(pass->name)))
                           : pass);
    }
    return all;
  }();
  return passes;
}

bool has_reason(const ast::Statement& statement) {
  using ast::Fate;
  return statement.fate == Fate::kept || statement.fate == Fate::rewritten || statement.fate == Fate::added ||
         !statement.reason.empty();
}

/// What holds after the passes: ids are indexes, whoever left the output says why, and what was merged stands
/// in a statement that is still there. Looked at once, at the end: a statement names the passes that touched
/// it.
void check_ledger(const ast::Script& script) {
  for (size_t i = 0; i < script.statements.size(); ++i) {
    const ast::Statement& statement = script.statements[i];
    const bool merged = statement.fate == ast::Fate::merged;
    if (statement.id != i || !has_reason(statement) ||
        (merged && statement.merged_into >= script.statements.size())) {
      const std::string_view pass = statement.passes.empty() ? "none" : statement.passes.back();
      throw PassFailure(pass, "the ledger does not add up at statement " + std::to_string(i));
    }
  }
}

}  // namespace

std::span<const Pass* const> all_passes() {
  return pipeline();
}

const Pass* find_pass(std::string_view name) {
  const auto it =
      std::find_if(pipeline().begin(), pipeline().end(), [&](const Pass* p) { return p->name == name; });
  return it == pipeline().end() ? nullptr : *it;
}

const FindingKind* find_rule(std::string_view id) {
  for (const Pass* pass : pipeline()) {
    for (const FindingKind& rule : pass->rules) {
      if (rule.id == id) return &rule;
    }
  }
  return nullptr;
}

std::vector<const Pass*> passes_in_order(const PipelineOptions& options) {
  for (const PlacedPass& placed : options.placed) {
    if (find_pass(placed.placement.pass) == nullptr)
      throw InternalError("pass " + std::string(placed.pass->name) + " is placed next to `" +
                          placed.placement.pass + "`, which is no pass");
  }
  std::vector<const Pass*> order;
  for (const Pass* built_in : pipeline()) {
    auto place = [&](Placement::Side side) {
      for (const PlacedPass& placed : options.placed) {
        if (placed.placement.side == side && placed.placement.pass == built_in->name)
          order.push_back(placed.pass);
      }
    };
    place(Placement::Side::before);
    order.push_back(built_in);
    place(Placement::Side::after);
  }
  return order;
}

namespace {

bool is_on(const Pass& pass, const PipelineOptions& options) {
  if (pass.name == "hstore-columns" && options.pass.hstore != HstoreColumns::jsonb) return false;
  if (pass.name == "widen-integers" && options.integers != Integers::int8) return false;
  if (options.pass.in_order && pass.in_order == InOrder::skipped) return false;
  return std::find(options.disabled.begin(), options.disabled.end(), pass.name) == options.disabled.end();
}

/// Passes from `begin` on that are rule files one after the other, and so can run as one: where nobody wants
/// to see the script between them.
size_t end_of_rule_passes(const std::vector<const Pass*>& order, size_t begin,
                          const PipelineOptions& options) {
  size_t end = begin;
  while (end < order.size() && order[end]->rule_file != nullptr && options.after == nullptr &&
         (end == begin || order[end - 1]->name != options.stop_after))
    ++end;
  return end;
}

/// The rules of several passes as one program: one walk over a statement instead of one for each. Kept, since
/// a program is asked for again with the next input.
const rewrite::RuleProgram& joined(const std::vector<const Pass*>& passes) {
  static auto& programs = *new std::map<std::vector<const Pass*>, rewrite::RuleProgram>;
  const auto found = programs.find(passes);
  if (found != programs.end()) return found->second;
  std::vector<const rewrite::RewriteRule*> rules;
  for (const Pass* pass : passes) {
    for (const rewrite::RewriteRule& rule : pass->rule_file->rules) rules.push_back(&rule);
  }
  return programs.emplace(passes, rewrite::RuleProgram(std::move(rules), rewrite::Bodies::passed_by))
      .first->second;
}

/// A pass, or rule passes that run as one, of which the first is named.
struct Step {
  const Pass* first = nullptr;
  const rewrite::RuleProgram* program = nullptr;  ///< null: of a pass that is no rule file
};

std::vector<Step> steps_of(const PipelineOptions& options) {
  const std::vector<const Pass*> order = passes_in_order(options);
  std::vector<Step> steps;
  for (size_t i = 0; i < order.size();) {
    const size_t next = std::max(end_of_rule_passes(order, i, options), i + 1);
    std::vector<const Pass*> passes;
    for (size_t k = i; k < next; ++k) {
      if (is_on(*order[k], options)) passes.push_back(order[k]);
    }
    if (!passes.empty())
      steps.push_back({passes[0], passes[0]->rule_file == nullptr ? nullptr : &joined(passes)});
    if (order[next - 1]->name == options.stop_after) break;
    i = next;
  }
  return steps;
}

rewrite::RuleScan scan_for(const std::vector<Step>& steps) {
  std::vector<const rewrite::RuleProgram*> programs;
  for (const Step& step : steps) {
    if (step.program != nullptr) programs.push_back(step.program);
  }
  return rewrite::RuleScan(programs);
}

void run_guarded(const Step& step, PassContext& context, rewrite::RuleScan& scan) {
  try {
    if (step.program != nullptr) {
      step.program->run(context, &scan);
    } else {
      step.first->run(context);
    }
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    throw PassFailure(step.first->name, problem.what());
  }
}

}  // namespace

void run_pipeline(ast::Script& script, const Target& target, const PipelineOptions& options,
                  Diagnostics& diagnostics) {
  const std::vector<Step> steps = steps_of(options);
  rewrite::RuleScan scan = scan_for(steps);
  if (options.pass.in_order) {
    script.order.clear();
    for (const ast::Statement& statement : script.statements) script.order.push_back(statement.id);
  }
  ast::Catalog catalog(script);
  for (const Step& step : steps) {
    PassContext context(step.first->name, script, catalog, target, options.pass, diagnostics);
    run_guarded(step, context, scan);
    catalog.catch_up();
    if (options.after != nullptr) options.after(*step.first, script, options.after_data);
    if (options.give_up && options.give_up()) return;
  }
  check_ledger(script);
}

}  // namespace pg2crdb
