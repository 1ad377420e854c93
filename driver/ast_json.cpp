#include "driver/ast_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "ast/document.h"
#include "driver/input_text.h"
#include "parser/parser.h"

namespace pg2crdb {
namespace {

const FindingKind* parser_rule(std::string_view id) {
  const auto rule = std::find_if(parser_rules.begin(), parser_rules.end(),
                                 [&](const FindingKind& one) { return one.id == id; });
  return rule == parser_rules.end() ? nullptr : &*rule;
}

}  // namespace

std::string ast_json(CompiledInput& input, const Diagnostics& diagnostics,
                     const std::vector<InlineIgnore>& ignores) {
  ast::Document document;
  document.input = {input.inputs[0].path, input.file->name(), input.inputs[0].bytes, input.inputs[0].sha256};
  document.script = std::move(input.script);
  for (const Diagnostic& found : diagnostics.all()) {
    document.findings.push_back(
        {std::string(found.rule->id), found.object, found.span, found.message, found.advice});
  }
  for (const InlineIgnore& ignore : ignores)
    document.ignores.push_back({ignore.rule, ignore.reason, ignore.statement, ignore.comment});
  return to_json(std::move(document), *input.file);
}

Result<CompiledInput> read_ast(const std::string& name, Diagnostics& diagnostics,
                               std::vector<InlineIgnore>& ignores) {
  const std::string shown = name == "-" ? "<stdin>" : name;
  auto text = read_input_text(name);
  if (!text) return text.error();
  auto read = ast::parse_document(*text, 0);
  if (!read) {
    Error error = read.error();
    error.message = fmt::format("{}: {}", shown, error.message);
    return error;
  }
  ast::Document& document = read->document;
  for (size_t i = 0; i < document.findings.size(); ++i) {
    ast::Document::Finding& finding = document.findings[i];
    const FindingKind* rule = parser_rule(finding.rule);
    if (rule == nullptr) {
      return usage_error(
          fmt::format("{}: findings[{}].rule: `{}` is no rule of the parser, whose findings "
                      "stand here",
                      shown, i, finding.rule));
    }
    diagnostics.add({rule,
                     rule->severity,
                     std::move(finding.object),
                     finding.span,
                     std::move(finding.message),
                     std::move(finding.advice),
                     {}});
  }
  for (ast::Document::Ignore& ignore : document.ignores)
    ignores.push_back({std::move(ignore.rule), std::move(ignore.reason), ignore.statement, ignore.comment});
  CompiledInput input;
  input.file = std::move(read->file);
  input.script = std::move(document.script);
  input.statements_read = static_cast<size_t>(
      std::count_if(input.script.statements.begin(), input.script.statements.end(),
                    [](const ast::Statement& statement) { return statement.fate != ast::Fate::added; }));
  input.inputs.push_back(
      {std::move(document.input.path), document.input.bytes, std::move(document.input.sha256)});
  input.pass_names = std::move(read->pass_names);
  return input;
}

}  // namespace pg2crdb
