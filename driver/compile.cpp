#include "driver/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>

#include "ast/describe.h"
#include "driver/ast_json.h"
#include "driver/decided_statements.h"
#include "driver/finding_ranges.h"
#include "driver/hold_back.h"
#include "driver/inline_ignores.h"
#include "driver/kept_input.h"
#include "driver/row_questions.h"
#include "driver/unacknowledged.h"
#include "driver/workload_findings.h"
#include "emit/load_plan.h"
#include "passes/pipeline.h"

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

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Ledger make_ledger(const std::vector<CompiledInput>& inputs) {
  Ledger ledger;
  uint64_t statements_read = 0;
  for (const CompiledInput& input : inputs) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.id < input.statements_read) count_fate(statement, ledger);
    }
    statements_read += input.statements_read;
    for (const ast::DataBlock& block : input.script.data) {
      ledger.rows_left_out += block.left_out.empty() ? block.skipped.size() : block.rows;
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

std::vector<std::string> Compiled::input_paths() const {
  std::vector<std::string> paths;
  for (const CompiledInput& input : inputs)
    paths.insert(paths.end(), input.files.up.begin(), input.files.up.end());
  return paths;
}

bool Compiled::failed() const {
  return findings.any_from(choices.fail_on) ||
         std::any_of(inputs.begin(), inputs.end(),
                     [](const CompiledInput& input) { return !input.unacknowledged.empty(); });
}

namespace {

// A way down is named along with others, as `migrations/*.sql` does; alone it is a mistake.
std::optional<Error> none_leads_up(const std::vector<CompiledInput>& inputs) {
  if (inputs.empty() || std::any_of(inputs.begin(), inputs.end(), [](const CompiledInput& input) {
        return !input.files.up.empty() || input.files.down.empty();
      }))
    return {};
  return usage_error(
      fmt::format("{} leads down, and nothing that was named leads up", inputs[0].file->name()),
      "name the migrations' ways up as well, or read it as it stands with --migrations none");
}

bool can_be_read_twice(const std::string& name) {
  std::error_code problem;
  return std::filesystem::is_regular_file(name, problem) || std::filesystem::is_directory(name, problem);
}

ReadAgain reader_of(const Options& options, const std::vector<std::string>& names, uint32_t index,
                    const CompiledInput& input) {
  if (!std::all_of(names.begin(), names.end(), can_be_read_twice)) return {};
  return [&options, &names, index, &input]() -> std::optional<ast::Script> {
    Diagnostics ignored;
    std::vector<InlineIgnore> ignores;
    auto again = read_script(options, names, index, ignored, ignores);
    if (!again) return std::nullopt;
    const bool same =
        std::equal(again->inputs.begin(), again->inputs.end(), input.inputs.begin(), input.inputs.end(),
                   [](const auto& now, const auto& before) { return now.sha256 == before.sha256; });
    return same ? std::optional(std::move(again->script)) : std::nullopt;
  };
}

/// Runs the passes until no decision is left that what they find is about, each time over the script as the
/// decisions before have changed it.
template <class Pass>
Result<void> decide_and_pass(CompiledInput& input, DecidedStatements& decided, const Pass& pass_and_emit,
                             Diagnostics& diagnostics) {
  decided.begin();
  const auto change = [&](ast::Script& script, const FoundBefore* known) {
    return decided.change(script, *input.file, known, input.decided_texts, diagnostics);
  };
  if (auto changed = change(input.script, nullptr); !changed) return changed.error();
  input.added_beside = decided.added_beside();
  input.statements_read = input.script.statements.size();
  while (decided.need_findings()) {
    ast::Script as_read = input.script;
    FoundBefore known{diagnostics};
    pass_and_emit(known.findings);
    for (const ast::Statement& statement : input.script.statements)
      known.objects.push_back(ast::statement_object(statement.node));
    const auto changed = change(as_read, &known);
    if (!changed) return changed.error();
    if (!*changed) {
      diagnostics = std::move(known.findings);
      return {};
    }
    input.output = {};
    input.script = std::move(as_read);
  }
  pass_and_emit(diagnostics);
  return {};
}

/// One pg2crdb.toml holds for all that is compiled at once: which of two, the order of the inputs shall not
/// say. Each of `scripts` is the files of one.
std::optional<Error> other_config(const Options& options,
                                  const std::vector<std::vector<std::string>>& scripts) {
  if (options.no_config || !options.config.empty()) return std::nullopt;
  std::map<std::string, std::string> found;  // by folder
  std::string first, config;
  for (const std::vector<std::string>& names : scripts) {
    for (const std::string& name : names) {
      std::error_code problem;
      const std::string folder = std::filesystem::is_directory(name, problem)
                                     ? name
                                     : std::filesystem::path(name).parent_path().string();
      const auto [its, unknown] = found.try_emplace(folder);
      if (unknown) its->second = find_config(name);
      if (first.empty()) {
        first = name;
        config = its->second;
      } else if (its->second != config) {
        const auto shown = [](const std::string& path) { return path.empty() ? "none" : path; };
        return usage_error(fmt::format("{} has the configuration {}, and {} has {}", first, shown(config),
                                       name, shown(its->second)),
                           "name the one that is meant with --config, or look at them one by one");
      }
    }
  }
  return std::nullopt;
}

Result<Compiled> compile_scripts(const Options& options, const std::vector<std::vector<std::string>>& scripts,
                                 const GiveUp& give_up = {}) {
  const bool from_stdin = std::any_of(scripts.begin(), scripts.end(), [](const auto& names) {
    return std::find(names.begin(), names.end(), "-") != names.end();
  });
  if (options.scan_data && from_stdin) {
    if (auto kept = keep_standard_input(); !kept) return kept.error();
  }
  const std::string first = !options.ast.empty() ? options.ast : scripts.empty() ? "-" : scripts[0][0];
  if (auto error = other_config(options, scripts)) return *error;
  auto choices = make_choices(options, first);
  if (!choices) return choices.error();
  Compiled compiled;
  compiled.choices = std::move(*choices);
  if (options.verbose && !compiled.choices.config.path.empty()) {
    fmt::print(stderr, "pg2crdb: configuration {}\n", compiled.choices.config.path);
  }
  Diagnostics diagnostics;
  std::vector<InlineIgnore> ignores;
  std::vector<const SourceFile*> files;
  // Who writes migrations and trees changes them there.
  const bool decides = !options.in_order && options.ast.empty();
  DecidedStatements decided(compiled.choices);
  for (const std::vector<std::string>& names : scripts) {
    const auto start = std::chrono::steady_clock::now();
    // Of several scripts none is meant more than the others.
    const std::span<const Decision> adding =
        decides && scripts.size() == 1 ? std::span<const Decision>(compiled.choices.config.decisions)
                                       : std::span<const Decision>();
    auto input = options.ast.empty() ? read_script(options, names, static_cast<uint32_t>(files.size()),
                                                   diagnostics, ignores, adding, give_up)
                                     : read_ast(options.ast, diagnostics, ignores);
    if (!input) return input.error();
    decided.note_added(input->script, input->added);
    const double read_seconds = seconds_since(start);
    PipelineOptions pipeline = compiled.choices.pipeline;
    bool is_given_up = false;
    if (give_up) pipeline.give_up = [&] { return is_given_up = is_given_up || give_up(); };
    PrintAfter wanted{compiled.choices.print_after, *input->file};
    if (!wanted.pass.empty()) {
      pipeline.after = print_after;
      pipeline.after_data = &wanted;
    }
    pipeline.pass.explain = [&](const ast::Statement& statement, int64_t offset, std::string_view what) {
      const SourceFile& file = input->file->of(statement.span);
      const Location at =
          file.locate(statement.span.begin + static_cast<uint64_t>(std::max<int64_t>(offset, 0)));
      fmt::print(stderr, "{}:{}:{}: rule {}: {}\n", file.name(), at.line, at.column,
                 pipeline.pass.explained_rule, what);
    };
    const bool tree_from_outside = !options.ast.empty();
    // Without all passes, PostgreSQL's forms stay in the output, as somebody asked.
    const bool complete = pipeline.disabled.empty() && pipeline.stop_after.empty();
    const OutputOptions output{.emit = {.annotate = options.annotate},
                               .in_order = options.in_order,
                               .migrations = input->read.marked_files,
                               .read_with_grammar = complete && !options.no_self_check};
    ReadAgain read_again = reader_of(options, names, static_cast<uint32_t>(files.size()), *input);
    double passes_seconds = 0;
    const auto pass_and_emit = [&](Diagnostics& found) {
      run_passes(*input, compiled.choices, pipeline, tree_from_outside, read_again, found);
      if (is_given_up) return;
      if (decides) decided.finish(input->script, *input->file, input->decided_texts, found);
      passes_seconds = seconds_since(start) - read_seconds;
      make_checked_output(*input, compiled.choices, output, tree_from_outside, found);
    };
    const bool changes = decides && decided.change_any();
    if (changes || !input->added.empty())
      read_again = {};  // what is changed or added stands in no file of it
    if (changes) {
      if (auto done = decide_and_pass(*input, decided, pass_and_emit, diagnostics); !done)
        return done.error();
    } else {
      pass_and_emit(diagnostics);
    }
    if (is_given_up) return given_up();
    if (decided.refused()) return *decided.refused();
    follow_merged(ignores, input->script, *input->file);
    const double emitted_seconds = seconds_since(start) - read_seconds - passes_seconds;
    if (input->workload) find_in_workload(*input, compiled.choices, diagnostics);
    auto rows = ask_rows(options, compiled.choices, *input, diagnostics);
    if (!rows) return rows.error();
    input->rows = std::move(*rows);
    if (options.verbose) {
      uint64_t bytes = 0;
      for (const LoadPlan::Input& one : input->inputs) bytes += one.bytes;
      fmt::print(
          stderr,
          "pg2crdb: {}: {} bytes, read in {:.3f} s, passes {:.3f} s, emitted in {:.3f} s, rows looked at "
          "in {:.3f} s\n",
          input->file->name(), with_commas(bytes), read_seconds, passes_seconds, emitted_seconds,
          seconds_since(start) - read_seconds - passes_seconds - emitted_seconds);
    }
    for (const auto& before : input->file->before()) files.push_back(before.get());
    files.push_back(input->file.get());
    for (const auto& next : input->file->next()) files.push_back(next.get());
    compiled.inputs.push_back(std::move(*input));
  }
  if (const auto error = none_leads_up(compiled.inputs)) return *error;
  compiled.ledger = make_ledger(compiled.inputs);
  compiled.findings = judge(std::move(diagnostics), compiled.choices, std::move(files), ignores,
                            decides ? &decided : nullptr);
  narrow_ranges(compiled.findings, compiled.inputs);
  compiled.decided = decided.all();
  if (!options.workload.empty()) keep_workload(compiled);
  for (CompiledInput& input : compiled.inputs)
    input.unacknowledged = unacknowledged_statements(input, compiled.findings);
  return compiled;
}

}  // namespace

Result<Compiled> compile_inputs(const Options& options, const std::vector<std::string>& names) {
  std::vector<std::vector<std::string>> scripts;
  for (const std::string& name : names) scripts.push_back({name});
  return compile_scripts(options, scripts);
}

Result<Compiled> compile_history(const Options& options, const std::vector<std::string>& names,
                                 const GiveUp& give_up) {
  return compile_scripts(options, {names}, give_up);
}

LoadPlan plan_of(const Compiled& compiled) {
  const CompiledInput& input = compiled.inputs[0];
  LoadPlan plan = make_load_plan(input.script, input.output.statements, compiled.choices.target, *input.file,
                                 input.inputs[0]);
  plan.inputs = input.inputs;
  return plan;
}

}  // namespace pg2crdb
