#include "driver/finding_ranges.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "driver/findings_by_place.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using transform::Token;

/// Where the tokens of the commands begin: behind ALTER, what is altered, IF EXISTS, ONLY, the name and `*`.
size_t first_of_commands(const std::vector<Token>& tokens) {
  size_t at = 0;
  const auto skip = [&](std::string_view word) {
    const bool is_there = at < tokens.size() && tokens[at].kind == Token::Kind::word && tokens[at].is(word);
    at += is_there ? 1 : 0;
    return is_there;
  };
  if (!skip("alter")) return tokens.size();
  skip("foreign");
  skip("materialized");
  if (!skip("table") && !skip("index") && !skip("view") && !skip("sequence")) return tokens.size();
  if (skip("if")) skip("exists");
  skip("only");
  ++at;
  while (at + 1 < tokens.size() && tokens[at].text == ".") at += 2;
  if (at < tokens.size() && tokens[at].text == "*") ++at;
  return at;
}

/// The parts of the names in backticks: of `public.towns` both.
std::vector<std::string> names_in(std::string_view message) {
  std::vector<std::string> names;
  for (size_t begin = message.find('`'); begin != std::string_view::npos; begin = message.find('`', begin)) {
    const size_t end = message.find('`', begin + 1);
    if (end == std::string_view::npos) break;
    std::string_view quoted = message.substr(begin + 1, end - begin - 1);
    begin = end + 1;
    while (!quoted.empty()) {
      const size_t dot = std::min(quoted.find('.'), quoted.size());
      names.emplace_back(quoted.substr(0, dot));
      quoted.remove_prefix(std::min(dot + 1, quoted.size()));
    }
  }
  return names;
}

/// The one command that the finding is about; nothing where several may be.
std::optional<CommandRange> command_of(const std::vector<CommandRange>& commands, const Diagnostic& finding) {
  if (commands.size() == 1) return commands[0];
  const std::vector<std::string> said = names_in(finding.message);
  std::optional<CommandRange> found;
  for (const CommandRange& command : commands) {
    const bool is_named = std::ranges::any_of(said, [&](const std::string& name) {
      return std::ranges::find(command.names, name) != command.names.end();
    });
    if (!is_named) continue;
    if (found) return std::nullopt;
    found = command;
  }
  return found;
}

void narrow_to_commands(std::vector<Diagnostic>& findings, const std::vector<size_t>& within,
                        const ast::Statement& statement, const SourceFile& file) {
  const auto is_about_whole = [&](size_t one) { return findings[one].span == statement.span; };
  if (std::ranges::none_of(within, is_about_whole)) return;
  const std::string text(file.text(statement.span));
  if (lower(text.substr(0, 5)) != "alter") return;
  const std::vector<CommandRange> commands = commands_of_alter(text);
  for (const size_t one : within) {
    if (!is_about_whole(one)) continue;
    const std::optional<CommandRange> command = command_of(commands, findings[one]);
    if (!command) continue;
    Span& span = findings[one].span;
    span.end = span.begin + command->end;
    span.begin += command->begin;
  }
}

void widen_to_word(Diagnostic& finding, const SourceFile& file) {
  constexpr uint64_t longest = 200;  // of what is marked: a string may be a whole body
  Span& span = finding.span;
  const std::string_view text = file.text({span.file, span.begin, span.begin + longest});
  size_t length = length_of_first_word(text);
  // The name says more than the word before it.
  if (lower(text.substr(0, length)) == "constraint") {
    const size_t name = text.find_first_not_of(" \t\r\n", length);
    if (name != std::string_view::npos) length = name + length_of_first_word(text.substr(name));
  }
  span.end += length;
}

}  // namespace

size_t length_of_first_word(std::string_view text) {
  constexpr std::string_view operators = "+-*/<>=~!@#%^&|?:";
  const auto quoted = [&](size_t at) {
    const size_t end = text.find(text[at], at + 1);
    return end == std::string_view::npos ? at : end + 1;
  };
  const auto run = [&](size_t at, auto is_part) {
    while (at < text.size() && is_part(text[at])) ++at;
    return at;
  };
  if (text.empty()) return 0;
  if (text[0] == '\'') return quoted(0);
  if (operators.find(text[0]) != std::string_view::npos)
    return run(0, [&](char c) { return operators.find(c) != std::string_view::npos; });
  size_t end = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t behind = text[at] == '"' ? quoted(at) : run(at, in_name);
    if (behind == at) break;
    end = behind;
    if (end == text.size() || text[end] != '.') break;
    at = end + 1;
  }
  return end;
}

std::vector<CommandRange> commands_of_alter(const std::string& text) {
  std::string error;
  const std::optional<std::vector<Token>> tokens = transform::scan_sql(text, error);
  std::vector<CommandRange> commands;
  if (!tokens) return commands;
  size_t depth = 0;
  bool is_inside = false;
  for (size_t at = first_of_commands(*tokens); at < tokens->size(); ++at) {
    const Token& token = (*tokens)[at];
    if (token.text == ";") break;
    if (token.text == "(" || token.text == "[") ++depth;
    if ((token.text == ")" || token.text == "]") && depth > 0) --depth;
    if (token.text == "," && depth == 0) {
      is_inside = false;
      continue;
    }
    if (!is_inside) commands.push_back({token.begin, token.end, {}});
    is_inside = true;
    commands.back().end = token.end;
    if (token.is_name()) commands.back().names.push_back(token.name());
  }
  return commands;
}

void narrow_ranges(JudgedFindings& judged, std::span<const CompiledInput> inputs) {
  const FindingsByPlace by_place(judged);
  std::vector<Diagnostic>& findings = judged.diagnostics;
  for (const CompiledInput& input : inputs) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.id >= input.statements_read) break;
      const std::vector<size_t> within = by_place.within(statement.span);
      if (within.empty()) continue;
      const SourceFile& file = input.file->of(statement.span);
      narrow_to_commands(findings, within, statement, file);
      for (const size_t one : within) {
        if (findings[one].span.empty()) widen_to_word(findings[one], file);
      }
    }
  }
}

}  // namespace pg2crdb
