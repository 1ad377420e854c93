#include "emit/output.h"

#include <fmt/format.h>

#include <optional>

#include "support/result.h"

namespace pg2crdb {
namespace {

std::optional<Refusal> first_refusal(const std::vector<OutputFile>& files, CockroachGrammar& grammar) {
  for (const OutputFile& file : files) {
    if (auto refusal = check_output(file, grammar)) return refusal;
  }
  return std::nullopt;
}

}  // namespace

Output make_output(const ast::Script& script, const Target& target, const SourceFile& file,
                   const OutputOptions& options, const std::function<void(const Refusal&)>& hold_back) {
  const auto refuse = [&](const Refusal& refusal) {
    hold_back(refusal);
    if (script.statements[refusal.statement].live())
      throw InternalError(fmt::format("statement {} was not held back", refusal.statement));
  };
  Output output;
  output.statements = emit_script(script, file);
  for (const EmittedStatement& statement : output.statements) {
    if (!statement.failure.empty() && !statement.held_back())
      refuse({statement.statement->id, statement.sql, 0, statement.failure});
  }
  CockroachGrammar grammar(target);
  if (options.read_with_grammar) {
    for (const Refusal& refusal : self_check(output.statements, grammar)) refuse(refusal);
  }
  // Each round holds back one more statement, so this ends.
  while (true) {
    output.phases = options.in_order
                        ? in_order_files(output.statements, file, options.migrations, options.emit)
                        : phase_files(output.statements, file, options.emit);
    const std::optional<Refusal> refusal = first_refusal(output.phases, grammar);
    if (!refusal) return output;
    refuse(*refusal);
  }
}

}  // namespace pg2crdb
