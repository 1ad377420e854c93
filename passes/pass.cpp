#include "passes/pass.h"

#include <algorithm>

namespace pg2crdb {

#define PASS(name) extern const Pass name;
#include "passes/pipeline.def"
#undef PASS

namespace {

constexpr const Pass* pipeline[] = {
#define PASS(name) &name,
#include "passes/pipeline.def"
#undef PASS
};

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
      throw InternalError("the ledger does not add up at statement " + std::to_string(i) +
                          ", last touched by pass " + std::string(pass));
    }
  }
}

}  // namespace

void PassContext::touched(ast::Statement& statement) {
  if (statement.passes.empty() || statement.passes.back() != pass_) statement.passes.push_back(pass_);
}

void PassContext::rewritten(ast::Statement& statement) {
  if (statement.fate == ast::Fate::kept) statement.fate = ast::Fate::rewritten;
  touched(statement);
}

void PassContext::drop(ast::Statement& statement, std::string reason) {
  statement.fate = ast::Fate::dropped;
  statement.reason = std::move(reason);
  touched(statement);
}

void PassContext::merge(ast::Statement& statement, ast::Statement& into, std::string reason) {
  statement.fate = ast::Fate::merged;
  statement.merged_into = into.id;
  statement.reason = std::move(reason);
  touched(statement);
  rewritten(into);
}

void PassContext::move(ast::Statement& statement, ast::Phase phase, std::string reason) {
  if (statement.fate != ast::Fate::added) statement.fate = ast::Fate::moved;
  statement.phase = phase;
  statement.reason = std::move(reason);
  touched(statement);
}

void PassContext::needs_person(ast::Statement& statement, std::string reason) {
  statement.fate = ast::Fate::needs_person;
  statement.reason = std::move(reason);
  touched(statement);
}

ast::Statement& PassContext::add(ast::StatementNode node, const ast::Statement& origin, ast::Phase phase) {
  ast::Statement& statement = script.add(std::move(node), origin.span, phase);
  touched(statement);
  return statement;
}

void PassContext::report(const Rule& rule, const ast::Statement& statement, std::string object,
                         std::string message, int64_t offset, std::string advice) {
  Diagnostic diagnostic;
  diagnostic.rule = &rule;
  diagnostic.severity = rule.severity;
  diagnostic.object = std::move(object);
  diagnostic.span = statement.span;
  if (offset >= 0) {
    diagnostic.span.begin += static_cast<uint64_t>(offset);
    diagnostic.span.end = diagnostic.span.begin;
  }
  diagnostic.message = std::move(message);
  diagnostic.advice = std::move(advice);
  diagnostics_.add(std::move(diagnostic));
}

std::span<const Pass* const> all_passes() {
  return pipeline;
}

const Pass* find_pass(std::string_view name) {
  const auto it =
      std::find_if(std::begin(pipeline), std::end(pipeline), [&](const Pass* p) { return p->name == name; });
  return it == std::end(pipeline) ? nullptr : *it;
}

const Rule* find_rule(std::string_view id) {
  for (const Pass* pass : pipeline) {
    for (const Rule& rule : pass->rules) {
      if (rule.id == id) return &rule;
    }
  }
  return nullptr;
}

void run_pipeline(ast::Script& script, const Target& target, const PipelineOptions& options,
                  Diagnostics& diagnostics) {
  for (const Pass* pass : pipeline) {
    if (std::find(options.disabled.begin(), options.disabled.end(), pass->name) == options.disabled.end()) {
      ast::Catalog catalog(script);
      PassContext context(pass->name, script, catalog, target, options.pass, diagnostics);
      pass->run(context);
      if (options.after != nullptr) options.after(*pass, script, options.after_data);
    }
    if (pass->name == options.stop_after) break;
  }
  check_ledger(script);
}

}  // namespace pg2crdb
