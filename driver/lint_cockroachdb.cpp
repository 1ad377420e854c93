#include "driver/lint_cockroachdb.h"

#include <fmt/format.h>

#include "driver/inline_ignores.h"
#include "driver/unacknowledged.h"
#include "grammar/cockroachdb.h"
#include "parser/dump_reader.h"

namespace pg2crdb {
namespace {

// Read and checked at a time: enough for all cores, little enough for any file.
constexpr size_t bytes_at_a_time = size_t{4} << 20;

// One file. Only the texts of refused statements are kept.
class Checker {
 public:
  Checker(CockroachGrammar& grammar, CompiledInput& input, Diagnostics& diagnostics)
      : grammar_(grammar), input_(input), diagnostics_(diagnostics) {}

  // Of a migration, the way up.
  Result<void> run(ByteSource& source, const MarkOptions& marks) {
    DumpReader reader(source, marks);
    bool down = false;
    while (true) {
      auto segment = reader.next();
      if (!segment) return segment.error();
      if (!*segment) break;
      const Segment& read = **segment;
      if (read.kind == Segment::Kind::migration_mark) take_mark(*read.mark, down);
      if (read.kind != Segment::Kind::sql && read.kind != Segment::Kind::insert) continue;
      if (down) {
        ++input_.read.down_parts.statements;
        continue;
      }
      waiting_.push_back({read.begin, read.line, read.column, std::string(read.text)});
      bytes_ += read.text.size();
      if (bytes_ >= bytes_at_a_time) check();
    }
    check();
    return {};
  }

 private:
  struct Waiting {
    uint64_t begin, line, column;
    std::string text;
  };

  void take_mark(const MigrationMark& mark, bool& down) {
    if (mark.kind != MigrationMark::Kind::up && mark.kind != MigrationMark::Kind::down) return;
    std::vector<MigrationTool>& tools = input_.read.migrations;
    if (!tools.empty() && tools[0] != mark.tool) return;  // a comment to the file's own tool
    down = mark.kind == MigrationMark::Kind::down;
    tools = {mark.tool};
  }

  void check() {
    std::vector<std::string_view> texts;
    for (const Waiting& statement : waiting_) texts.push_back(statement.text);
    const auto problems = grammar_.check_all(texts);
    for (size_t i = 0; i < waiting_.size(); ++i) {
      const Waiting& statement = waiting_[i];
      const Span span{input_.file->index(), statement.begin, statement.begin + statement.text.size()};
      input_.script.add(ast::Opaque{}, span, ast::Phase::pre_data).fate = ast::Fate::kept;
      if (problems[i]) report(statement, *problems[i]);
    }
    waiting_.clear();
    bytes_ = 0;
  }

  void report(const Waiting& statement, const SyntaxProblem& problem) {
    input_.file->keep(statement.begin, statement.line, statement.column, statement.text);
    const uint64_t begin = statement.begin + problem.offset;
    Diagnostic diagnostic;
    diagnostic.rule = &cockroachdb_syntax;
    diagnostic.severity = cockroachdb_syntax.severity;
    diagnostic.span = {input_.file->index(), begin, begin + problem.length};
    diagnostic.message = problem.message;
    diagnostic.advice = problem.hint;
    diagnostics_.add(std::move(diagnostic));
  }

  CockroachGrammar& grammar_;
  CompiledInput& input_;
  Diagnostics& diagnostics_;
  std::vector<Waiting> waiting_;
  size_t bytes_ = 0;
};

}  // namespace

namespace {

/// What is decided of SQL for PostgreSQL, as migrations beside these are, has nothing to do here, and is not
/// called unused.
void leave_out_others(Choices& choices, std::vector<InlineIgnore>& ignores) {
  const auto is_of_others = [&](const std::string& rule) {
    return rule != cockroachdb_syntax.id && find_any_rule(rule, choices.pipeline.placed) != nullptr;
  };
  std::erase_if(choices.config.decisions, [&](const Decision& decision) {
    return decision.rule.empty() || is_of_others(decision.rule);
  });
  std::erase_if(ignores, [&](const InlineIgnore& ignore) {
    return ignore.misspelt.empty() && is_of_others(ignore.rule);
  });
}

}  // namespace

Result<Compiled> lint_cockroachdb(const Options& options, const std::vector<std::string>& names) {
  auto choices = make_choices(options, names.empty() ? "-" : names[0]);
  if (!choices) return choices.error();
  Compiled compiled;
  compiled.choices = std::move(*choices);
  CockroachGrammar grammar(compiled.choices.target);
  Diagnostics diagnostics;
  std::vector<InlineIgnore> ignores;
  std::vector<const SourceFile*> files;
  InputFiles found;
  for (const std::string& name : names) {
    auto more = find_input_files(options, {name});
    if (!more) return more.error();
    found.up.insert(found.up.end(), more->up.begin(), more->up.end());
    found.below.insert(found.below.end(), more->below.begin(), more->below.end());
    if (more->tool) found.tool = more->tool;
  }
  for (const std::string& name : found.up) {
    auto source = open_named(name);
    if (!source) return source.error();
    IgnoreScanner scanner(std::move(*source));
    CompiledInput input;
    input.files.up.push_back(name);
    input.file = std::make_unique<SourceFile>(static_cast<uint32_t>(files.size()), shown_name(options, name));
    if (auto done = Checker(grammar, input, diagnostics).run(scanner, read_options(options, found).marks);
        !done) {
      Error error = done.error();
      error.message = fmt::format("{}: {}", input.file->name(), error.message);
      return error;
    }
    input.statements_read = input.script.statements.size();
    for (InlineIgnore& ignore : scanner.ignores_of(input.script, *input.file))
      ignores.push_back(std::move(ignore));
    files.push_back(input.file.get());
    compiled.inputs.push_back(std::move(input));
  }
  const bool marked = std::any_of(compiled.inputs.begin(), compiled.inputs.end(),
                                  [](const CompiledInput& one) { return !one.read.migrations.empty(); });
  if (auto known = leave_out_below(found, found.tool || marked); !known) return known.error();
  compiled.ledger = make_ledger(compiled.inputs);
  leave_out_others(compiled.choices, ignores);
  compiled.findings = judge(std::move(diagnostics), compiled.choices, std::move(files), ignores);
  for (CompiledInput& input : compiled.inputs)
    input.unacknowledged = unacknowledged_statements(input, compiled.findings);
  return compiled;
}

}  // namespace pg2crdb
