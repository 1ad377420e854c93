#include "driver/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

/// What became of a place of the input: of the statements that were read from it, mostly one, and of those
/// that were added to them, in the order of the output.
struct Outcome {
  Span span;
  std::vector<const ast::Statement*> read;
  std::vector<const EmittedStatement*> emitted;
};

bool is_sql(const ast::Statement& statement) {
  return !std::holds_alternative<ast::MetaCommand>(statement.node) &&
         !std::holds_alternative<ast::CopyFrom>(statement.node);
}

/// The places of a file, in its order.
std::vector<Outcome> outcomes_in(const CompiledInput& input, uint32_t file) {
  std::map<uint64_t, Outcome> all;
  for (const ast::Statement& statement : input.script.statements) {
    if (statement.id >= input.statements_read || statement.span.file != file || !is_sql(statement)) continue;
    Outcome& outcome = all[statement.span.begin];
    outcome.span = statement.span;
    outcome.read.push_back(&statement);
  }
  for (const EmittedStatement& emitted : input.output.statements) {
    if (emitted.statement->span.file != file) continue;
    const auto behind = all.upper_bound(emitted.statement->span.begin);
    if (behind != all.begin()) std::prev(behind)->second.emitted.push_back(&emitted);
  }
  std::vector<Outcome> outcomes;
  for (auto& [begin, outcome] : all) outcomes.push_back(std::move(outcome));
  return outcomes;
}

bool is_held_back(const Outcome& outcome) {
  return std::ranges::any_of(outcome.read,
                             [](const ast::Statement* one) {
                               return one->fate == ast::Fate::needs_person ||
                                      one->fate == ast::Fate::merged || one->fate == ast::Fate::moved;
                             }) ||
         std::ranges::any_of(outcome.emitted, [](const EmittedStatement* one) { return one->held_back(); });
}

/// What is left out, and others may name.
bool takes_definition(const Outcome& outcome) {
  return outcome.emitted.empty() && std::ranges::any_of(outcome.read, [](const ast::Statement* one) {
           return !std::holds_alternative<ast::SetVariable>(one->node) &&
                  !std::holds_alternative<ast::Transaction>(one->node) &&
                  !std::holds_alternative<ast::SelectStatement>(one->node) &&
                  !std::holds_alternative<ast::Comment>(one->node);
         });
}

bool means_the_same(const Outcome& outcome) {
  const auto is_exact = [](const ast::Statement& statement) {
    return std::ranges::all_of(statement.passes, [](std::string_view name) {
      const Pass* pass = find_pass(name);
      return pass != nullptr && pass->fidelity == Fidelity::exact;
    });
  };
  return std::ranges::all_of(outcome.read, [&](const ast::Statement* one) { return is_exact(*one); }) &&
         std::ranges::all_of(outcome.emitted,
                             [&](const EmittedStatement* one) { return is_exact(*one->statement); });
}

/// Words in any letters, and blanks, do not matter.
bool reads_alike(const std::string& one, const std::string& other) {
  const transform::ScannedSql first = transform::scan(one), second = transform::scan(other);
  return first.error.empty() && second.error.empty() &&
         std::ranges::equal(first.tokens, second.tokens, [](const auto& a, const auto& b) {
           return a.kind == b.kind && (a.kind == transform::Token::Kind::word ? lower(a.text) == lower(b.text)
                                                                              : a.text == b.text);
         });
}

std::string comments_of(const std::string& text) {
  std::string out;
  for (const transform::Token& comment : transform::scan(text).comments)
    out.append(comment.text).append(comment.text.ends_with('\n') ? "" : "\n");
  return out;
}

std::string with_line_ends_of(std::string text, const std::string& file) {
  if (file.find("\r\n") == std::string::npos) return text;
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

/// Takes the line along where nothing else stands on it.
FileEdit removal(const std::string& file, size_t begin, size_t end) {
  const bool begins_line = begin == 0 || file[begin - 1] == '\n';
  if (begins_line && file.compare(end, 2, "\r\n") == 0)
    end += 2;
  else if (begins_line && file.compare(end, 1, "\n") == 0)
    end += 1;
  return {begin, end, {}};
}

/// Nothing where it stays as it is.
std::optional<FileEdit> edit_for(const Outcome& outcome, const std::string& file) {
  const Span& span = outcome.span;
  const std::string before = file.substr(span.begin, span.end - span.begin);
  if (outcome.emitted.empty()) return removal(file, span.begin, span.end);
  std::string after;
  for (const EmittedStatement* one : outcome.emitted) after += (after.empty() ? "" : "\n") + one->sql + ";";
  const bool has_end = before.ends_with(';');
  if (!has_end) after.pop_back();
  if (reads_alike(before, after)) return std::nullopt;
  return FileEdit{span.begin, span.end, with_line_ends_of(comments_of(before) + after, file)};
}

Result<std::string> read_plain(const SourceFile& source) {
  std::ifstream in(source.name(), std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  std::string bytes = std::move(text).str();
  const bool is_as_read = std::ranges::all_of(source.texts(), [&](const SourceFile::Kept& kept) {
    return kept.begin <= bytes.size() && bytes.compare(kept.begin, kept.text.size(), kept.text) == 0;
  });
  if (!in || !is_as_read)
    return usage_error(fmt::format("{} is no file of plain text that could be mended", source.name()),
                       "--fix and --diff are for files that are written by hand");
  return bytes;
}

void acknowledge(JudgedFindings& findings, const Span& statement) {
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    const Span& span = findings.diagnostics[i].span;
    if (!findings.acknowledged[i] && span.file == statement.file && statement.begin <= span.begin &&
        span.begin < statement.end)
      findings.acknowledged[i] = {
          .by = "--fix", .reason = "it is mended", .in_source = false, .is_old = true};
  }
}

Result<FixedFile> fix(const CompiledInput& input, const SourceFile& source, bool unsafe,
                      JudgedFindings& findings, FixCounts& counts) {
  Result<std::string> text = read_plain(source);
  if (!text) return text.error();
  FixedFile file{source.name(), std::move(*text), {}};
  const std::vector<Outcome> outcomes = outcomes_in(input, source.index());
  const bool any_left = std::ranges::any_of(outcomes, is_held_back);
  for (const Outcome& outcome : outcomes) {
    // What a person has to look at needs what it names.
    if (is_held_back(outcome) || (any_left && takes_definition(outcome))) {
      ++counts.unfixed;
      continue;
    }
    std::optional<FileEdit> edit = edit_for(outcome, file.before);
    if (!edit) continue;
    const bool is_taken = unsafe || means_the_same(outcome);
    ++(is_taken ? counts.fixed : counts.unsafe);
    if (!is_taken) continue;
    acknowledge(findings, outcome.span);
    file.edits.push_back(std::move(*edit));
  }
  return file;
}

// --- the difference

/// Lines of a text, their ends included.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

/// Lines that go, and those that come for them.
struct LineEdit {
  size_t first = 0;
  size_t end = 0;
  std::string text;
};

std::vector<LineEdit> by_lines(const std::string& before, const std::vector<FileEdit>& edits) {
  std::vector<size_t> begins = {0};
  for (const std::string_view line : lines_of(before)) begins.push_back(begins.back() + line.size());
  const auto line_at = [&](size_t byte) {
    return static_cast<size_t>(std::ranges::upper_bound(begins, byte) - begins.begin()) - 1;
  };
  std::vector<LineEdit> out;
  size_t copied = 0;  // of the lines of the last one
  const auto close = [&] {
    if (!out.empty()) out.back().text.append(before, copied, begins[out.back().end] - copied);
  };
  for (const FileEdit& edit : edits) {
    const size_t first = line_at(edit.begin),
                 end = line_at(edit.end == edit.begin ? edit.end : edit.end - 1) + 1;
    if (out.empty() || first >= out.back().end) {
      close();
      out.push_back({first, end, {}});
      copied = begins[first];
    }
    out.back().end = std::max(out.back().end, end);
    out.back().text.append(before, copied, edit.begin - copied).append(edit.text);
    copied = edit.end;
  }
  close();
  return out;
}

void append_lines(std::string& out, char sign, std::string_view text) {
  for (const std::string_view line : lines_of(text)) {
    out += sign;
    out += line;
    if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

}  // namespace

std::string FixedFile::after() const {
  std::string out;
  size_t copied = 0;
  for (const FileEdit& edit : edits) {
    out.append(before, copied, edit.begin - copied).append(edit.text);
    copied = edit.end;
  }
  return out.append(before, copied);
}

std::string FixedFile::diff() const {
  constexpr size_t around = 3;
  const std::vector<std::string_view> lines = lines_of(before);
  const std::vector<LineEdit> changed = by_lines(before, edits);
  std::string out = fmt::format("--- {}\n+++ {}\n", path, path);
  ptrdiff_t shift = 0;  // of the lines behind, by what was changed before
  for (size_t i = 0; i < changed.size();) {
    size_t last = i;
    while (last + 1 < changed.size() && changed[last + 1].first <= changed[last].end + 2 * around) ++last;
    const size_t first = changed[i].first - std::min(changed[i].first, around);
    const size_t end = std::min(changed[last].end + around, lines.size());
    std::string body;
    size_t at = first, added = 0, taken = 0;
    const auto keep_to = [&](size_t line) {
      for (; at < line; ++at) append_lines(body, ' ', lines[at]);
    };
    for (; i <= last; ++i) {
      keep_to(changed[i].first);
      for (; at < changed[i].end; ++at, ++taken) append_lines(body, '-', lines[at]);
      append_lines(body, '+', changed[i].text);
      added += lines_of(changed[i].text).size();
    }
    keep_to(end);
    const size_t old_count = end - first, new_count = old_count - taken + added;
    const ptrdiff_t new_first = static_cast<ptrdiff_t>(first) + shift + (new_count == 0 ? 0 : 1);
    out += fmt::format("@@ -{},{} +{},{} @@\n{}", first + (old_count == 0 ? 0 : 1), old_count, new_first,
                       new_count, body);
    shift += static_cast<ptrdiff_t>(added) - static_cast<ptrdiff_t>(taken);
  }
  return out;
}

Result<Fixes> make_fixes(Compiled& compiled, bool unsafe) {
  Fixes fixes;
  for (const CompiledInput& input : compiled.inputs) {
    std::vector<const SourceFile*> sources = {input.file.get()};
    for (const auto& next : input.file->next()) sources.push_back(next.get());
    for (const SourceFile* source : sources) {
      Result<FixedFile> file = fix(input, *source, unsafe, compiled.findings, fixes.counts);
      if (!file) return file.error();
      if (!file->edits.empty()) fixes.files.push_back(std::move(*file));
    }
  }
  return fixes;
}

}  // namespace pg2crdb
