#include "driver/compile.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "driver/ast_json.h"
#include "driver/hold_back.h"
#include "driver/inline_ignores.h"
#include "driver/pg_dump.h"
#include "emit/load_plan.h"
#include "parser/parser.h"
#include "passes/pipeline.h"
#include "runtime/connection.h"
#include "support/byte_source.h"

namespace pg2crdb {
namespace {

struct PrintAfter {
  const std::string& pass;
  const SourceFile& file;
};

void print_after(const Pass& pass, const ast::Script& script, void* data) {
  const auto& wanted = *static_cast<const PrintAfter*>(data);
  if (pass.name != wanted.pass) return;
  fmt::print(stderr, "-- after {}\n", pass.name);
  for (const OutputFile& phase :
       phase_files(emit_script(script, wanted.file), wanted.file, {.annotate = true}))
    fmt::print(stderr, "{}", phase.text);
}

void count_fate(const ast::Statement& statement, Ledger& ledger) {
  switch (statement.fate) {
    case ast::Fate::kept:
      ++ledger.kept;
      return;
    case ast::Fate::rewritten:
      ++ledger.rewritten;
      return;
    case ast::Fate::merged:
      ++ledger.merged;
      return;
    case ast::Fate::moved:
      ++ledger.moved;
      return;
    case ast::Fate::dropped:
      ++ledger.dropped;
      return;
    case ast::Fate::needs_person:
      ++ledger.needs_person;
      return;
    case ast::Fate::added:
      return;
  }
  throw InternalError(fmt::format("statement {} has no fate", statement.id));
}

bool needs_somebody(const Compiled& compiled) {
  for (const CompiledInput& input : compiled.inputs) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.fate == ast::Fate::needs_person && !compiled.findings.acknowledged_within(statement.span))
        return true;
    }
  }
  return false;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string counted(uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_commas(count), count == 1 ? one : many);
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_named(const std::string& name) {
  if (is_database_url(name)) return dump_schema(name);
  return open_input(name);
}

std::string shown_name(const Options& options, const std::string& name) {
  if (name == "-" && !options.stdin_filename.empty()) return options.stdin_filename;
  if (name == "-") return "<stdin>";
  return is_database_url(name) ? redacted(name) : name;
}

Ledger make_ledger(const std::vector<CompiledInput>& inputs) {
  Ledger ledger;
  uint64_t statements_read = 0;
  for (const CompiledInput& input : inputs) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.id < input.statements_read) count_fate(statement, ledger);
    }
    statements_read += input.statements_read;
    for (const ast::DataBlock& block : input.script.data) {
      if (!block.left_out.empty()) ledger.rows_left_out += block.rows;
      if (block.format == ast::DataBlock::Format::copy_text) {
        ++ledger.copy_blocks;
        ledger.copy_rows += block.rows;
        continue;
      }
      ledger.insert_statements += block.statements;
      ledger.insert_rows += block.rows;
      (block.left_out.empty() ? ledger.moved : ledger.dropped) += block.statements;
    }
  }
  ledger.read = statements_read + ledger.insert_statements;
  const uint64_t sum =
      ledger.kept + ledger.rewritten + ledger.merged + ledger.moved + ledger.dropped + ledger.needs_person;
  if (sum != ledger.read) {
    throw InternalError(fmt::format("{} statements were read, and {} have a fate", ledger.read, sum));
  }
  return ledger;
}

bool Compiled::failed() const {
  return findings.any_from(choices.fail_on) || needs_somebody(*this);
}

Result<CompiledInput> read_one(const Options& options, const std::string& name, uint32_t index,
                               Diagnostics& diagnostics, std::vector<InlineIgnore>& ignores) {
  auto source = open_named(name);
  if (!source) return source.error();
  CompiledInput input;
  input.file = std::make_unique<SourceFile>(index, shown_name(options, name));
  IgnoreScanner scanner(std::move(*source));
  auto parsed = parse_dump(scanner, *input.file, diagnostics);
  if (!parsed) {
    Error error = parsed.error();
    if (error.message.find(input.file->name()) == std::string::npos && !is_database_url(name)) {
      error.message = fmt::format("{}: {}", input.file->name(), error.message);
    }
    return error;
  }
  input.script = std::move(parsed->script);
  input.statements_read = input.script.statements.size();
  for (InlineIgnore& ignore : scanner.ignores_of(input.script)) ignores.push_back(std::move(ignore));
  input.input = {is_database_url(name) ? redacted(name) : name, parsed->bytes, parsed->sha256};
  return input;
}

Result<Compiled> compile_inputs(const Options& options, const std::vector<std::string>& names) {
  const std::vector<std::string> inputs = options.ast.empty() ? names : std::vector{options.ast};
  auto choices = make_choices(options, inputs.empty() ? "-" : inputs[0]);
  if (!choices) return choices.error();
  Compiled compiled;
  compiled.choices = std::move(*choices);
  if (options.verbose && !compiled.choices.config.path.empty()) {
    fmt::print(stderr, "pg2crdb: configuration {}\n", compiled.choices.config.path);
  }
  Diagnostics diagnostics;
  std::vector<InlineIgnore> ignores;
  std::vector<const SourceFile*> files;
  for (const std::string& name : inputs) {
    const auto start = std::chrono::steady_clock::now();
    auto input = options.ast.empty()
                     ? read_one(options, name, static_cast<uint32_t>(files.size()), diagnostics, ignores)
                     : read_ast(name, diagnostics, ignores);
    if (!input) return input.error();
    const double read_seconds = seconds_since(start);
    PipelineOptions pipeline = compiled.choices.pipeline;
    PrintAfter wanted{compiled.choices.print_after, *input->file};
    if (!wanted.pass.empty()) {
      pipeline.after = print_after;
      pipeline.after_data = &wanted;
    }
    pipeline.pass.explain = [&](const ast::Statement& statement, int64_t offset, std::string_view what) {
      const Location at =
          input->file->locate(statement.span.begin + static_cast<uint64_t>(std::max<int64_t>(offset, 0)));
      fmt::print(stderr, "{}:{}:{}: rule {}: {}\n", input->file->name(), at.line, at.column,
                 pipeline.pass.explained_rule, what);
    };
    const bool tree_from_outside = !options.ast.empty();
    run_passes(*input, compiled.choices, pipeline, tree_from_outside, diagnostics);
    const double passes_seconds = seconds_since(start) - read_seconds;
    // Without all passes, PostgreSQL's forms stay in the output, as somebody asked.
    const bool complete = pipeline.disabled.empty() && pipeline.stop_after.empty();
    const OutputOptions output{.emit = {.annotate = options.annotate},
                               .read_with_grammar = complete && !options.no_self_check};
    make_checked_output(*input, compiled.choices, output, tree_from_outside, diagnostics);
    if (options.verbose) {
      fmt::print(stderr, "pg2crdb: {}: {} bytes, read in {:.3f} s, passes {:.3f} s, emitted in {:.3f} s\n",
                 input->file->name(), with_commas(input->input.bytes), read_seconds, passes_seconds,
                 seconds_since(start) - read_seconds - passes_seconds);
    }
    files.push_back(input->file.get());
    compiled.inputs.push_back(std::move(*input));
  }
  compiled.ledger = make_ledger(compiled.inputs);
  compiled.findings = judge(std::move(diagnostics), compiled.choices, std::move(files), ignores);
  return compiled;
}

LoadPlan plan_of(const Compiled& compiled) {
  const CompiledInput& input = compiled.inputs[0];
  return make_load_plan(input.script, input.output.statements, compiled.choices.target, *input.file,
                        input.input);
}

std::string summary_line(const Compiled& compiled) {
  const Ledger& ledger = compiled.ledger;
  std::string out =
      fmt::format("read {}: {} kept, {} rewritten, {} merged, {} moved, {} dropped, {} {} a person",
                  counted(ledger.read, "statement", "statements"), with_commas(ledger.kept),
                  with_commas(ledger.rewritten), with_commas(ledger.merged), with_commas(ledger.moved),
                  with_commas(ledger.dropped), with_commas(ledger.needs_person),
                  ledger.needs_person == 1 ? "needs" : "need");
  if (ledger.copy_blocks > 0) {
    out += fmt::format("; {} with {}", counted(ledger.copy_blocks, "COPY block", "COPY blocks"),
                       counted(ledger.copy_rows, "row", "rows"));
  }
  if (ledger.insert_statements > 0) {
    out += fmt::format("; {} with {}",
                       counted(ledger.insert_statements, "INSERT statement", "INSERT statements"),
                       counted(ledger.insert_rows, "row", "rows"));
  }
  if (ledger.rows_left_out > 0)
    out += fmt::format("; {} not loaded, since the script removes them again",
                       counted(ledger.rows_left_out, "row", "rows"));
  const JudgedFindings& findings = compiled.findings;
  out += fmt::format("; {}, {}, {}", counted(findings.count(Severity::error), "error", "errors"),
                     counted(findings.count(Severity::warning), "warning", "warnings"),
                     counted(findings.count(Severity::info), "info", "infos"));
  if (findings.count_acknowledged() > 0)
    out += fmt::format(", {} acknowledged", findings.count_acknowledged());
  return out;
}

}  // namespace pg2crdb
