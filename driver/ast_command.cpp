#include <fmt/format.h>
#include <unistd.h>

#include "ast/dump.h"
#include "driver/ast_json.h"
#include "driver/command.h"
#include "driver/compile.h"

namespace pg2crdb {
namespace {

int run(const Options& options) {
  auto choices = make_choices(options, options.arguments[0]);
  if (!choices) return fail(choices.error());
  Diagnostics diagnostics;
  std::vector<InlineIgnore> ignores;
  auto& input = until_exit(read_script(options, options.arguments, 0, diagnostics, ignores));
  if (!input) return fail(input.error());
  if (options.format == "json" && !input->file->next().empty())
    return fail(usage_error("a tree as JSON is that of one file", "name the migrations one by one"));
  std::vector<const SourceFile*> files = {input->file.get()};
  for (const auto& next : input->file->next()) files.push_back(next.get());
  if (options.format == "json") {
    fmt::print("{}", ast_json(*input, diagnostics, ignores));
  } else {
    for (const ast::Statement& statement : input->script.statements)
      fmt::print("{}", ast::dump_tree(statement));
  }
  // Decisions are about what the passes find.
  choices->config = {};
  const JudgedFindings findings = judge(std::move(diagnostics), *choices, files, {});
  std::fflush(stdout);
  fmt::print(stderr, "{}", findings.render_as(FindingsFormat::text, text_style(options, STDERR_FILENO)));
  return findings.any_from(choices->fail_on) ? exit_findings : exit_clean;
}

}  // namespace

const Command ast_command = {
    {.name = "ast",
     .arguments = "INPUT",
     .summary = "the tree of each statement, as read",
     .details =
         "INPUT is what `compile` takes. No pass has run: this is what passes see first. What --format json "
         "prints, other programs may change and `pg2crdb compile --ast` reads: docs/ast.md.",
     .groups = {OptionGroup::input, OptionGroup::reading, OptionGroup::findings, OptionGroup::settings,
                OptionGroup::format, OptionGroup::jobs},
     .formats = "tree|json",
     .least_arguments = 1,
     .most_arguments = 1,
     .examples = {"echo 'CREATE TABLE t (id bigint);' | pg2crdb ast -",
                  "pg2crdb ast dump.sql --format json > ast.json"}},
    run,
};

}  // namespace pg2crdb
