#include "driver/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "driver/findings_by_place.h"
#include "driver/kept_layout.h"
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

/// The whole of the statement that a span is in, as of a DO block whose statements were taken out of it.
Span whole(const Span& span, const SourceFile& source) {
  const std::vector<SourceFile::Kept>& texts = source.texts();
  const auto behind = std::ranges::upper_bound(texts, span.begin, {}, &SourceFile::Kept::begin);
  if (behind == texts.begin()) return span;
  const SourceFile::Kept& kept = *std::prev(behind);
  if (span.begin >= kept.begin + kept.text.size()) return span;
  return {span.file, kept.begin, std::max<uint64_t>(span.end, kept.begin + kept.text.size())};
}

/// The places of a file, in its order. What stands within another statement is of its place. What decisions
/// add beside statements has none.
std::vector<Outcome> outcomes_in(const CompiledInput& input, const SourceFile& source) {
  std::vector<const ast::Statement*> read;
  std::set<uint64_t> added;
  for (const ast::Statement& statement : input.script.statements) {
    if (statement.id >= input.statements_read || statement.span.file != source.index()) continue;
    if (input.is_added(statement)) {
      added.insert(statement.span.begin);
    } else {
      read.push_back(&statement);
    }
  }
  std::ranges::stable_sort(read, [](const ast::Statement* one, const ast::Statement* other) {
    return one->span.begin < other->span.begin;
  });
  std::vector<Outcome> outcomes;
  for (const ast::Statement* statement : read) {
    const Span span = whole(statement->span, source);
    if (outcomes.empty() || outcomes.back().span.end <= span.begin) outcomes.push_back({span, {}, {}});
    outcomes.back().read.push_back(statement);
    outcomes.back().span.end = std::max(outcomes.back().span.end, span.end);
  }
  for (const EmittedStatement& emitted : input.output.statements) {
    const Span& span = emitted.statement->span;
    if (span.file != source.index() || added.contains(span.begin)) continue;
    const auto behind =
        std::ranges::upper_bound(outcomes, span.begin, {}, [](const Outcome& one) { return one.span.begin; });
    if (behind != outcomes.begin()) std::prev(behind)->emitted.push_back(&emitted);
  }
  return outcomes;
}

/// What psql does, and rows.
bool is_sql(const Outcome& outcome) {
  return std::ranges::none_of(outcome.read, [](const ast::Statement* one) {
    return std::holds_alternative<ast::MetaCommand>(one->node) ||
           std::holds_alternative<ast::CopyFrom>(one->node);
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

bool ends_in_line_comment(const std::string& text) {
  const transform::ScannedSql scanned = transform::scan(text);
  return !scanned.comments.empty() && scanned.comments.back().end == text.size() &&
         scanned.comments.back().text.starts_with("--");
}

std::string comments_of(const std::string& text) {
  std::string out;
  for (const transform::Token& comment : transform::scan(text).comments)
    out.append(comment.text).append(comment.text.ends_with('\n') ? "" : "\n");
  return out;
}

std::string with_carriage_returns(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' && !out.ends_with('\r')) out += '\r';
    out += c;
  }
  return out;
}

/// Where the comments begin that stand in lines of their own right above a statement and say what to ignore
/// in it; the statement's own place where none does.
size_t begin_of_ignores(const std::string& file, size_t statement) {
  size_t begin = statement;
  bool ignores = false;
  while (begin > 0 && file[begin - 1] == '\n') {
    const size_t line_end = begin - 1;
    const size_t above = line_end == 0 ? std::string::npos : file.rfind('\n', line_end - 1);
    const size_t line = above == std::string::npos ? 0 : above + 1;
    const std::string_view text = std::string_view(file).substr(line, line_end - line);
    if (!text.starts_with("--")) break;
    ignores = ignores || text.find("pg2crdb: ignore") != std::string_view::npos;
    begin = line;
  }
  return ignores ? begin : statement;
}

/// The statement that was read, of those that stand in its place; null where they are several, or none. The
/// mark of a migration tool that stands above one is left out.
const EmittedStatement* only_read(const Outcome& outcome) {
  const auto is_read = [](const EmittedStatement* one) { return one->statement->fate != ast::Fate::added; };
  const auto first = std::ranges::find_if(outcome.emitted, is_read);
  const auto is_left_out = [](const ast::Statement* one) { return one->fate == ast::Fate::dropped; };
  const auto left_out = std::ranges::count_if(outcome.read, is_left_out);
  if (outcome.read.size() - static_cast<size_t>(left_out) != 1 || first == outcome.emitted.end() ||
      std::any_of(first + 1, outcome.emitted.end(), is_read))
    return nullptr;
  return *first;
}

/// Nothing where it stays as it is. `carriage_returns`: the file's lines end in CR LF.
std::optional<FileEdit> edit_for(const Outcome& outcome, const std::string& file, bool carriage_returns) {
  const Span& span = outcome.span;
  const std::string before = file.substr(span.begin, span.end - span.begin);
  const bool has_end = before.ends_with(';');
  const EmittedStatement* own = only_read(outcome);
  std::optional<std::string> kept;  // of `own`, with the layout that it has in the file
  const auto joined = [&] {
    std::string all;
    for (const EmittedStatement* one : outcome.emitted)
      all += (all.empty() ? "" : "\n") + (kept && one == own ? *kept : one->sql) + ";";
    if (!has_end) all.pop_back();
    return all;
  };
  std::string after = joined();
  if (reads_alike(before, after)) return std::nullopt;
  if (own != nullptr) kept = with_kept_layout(before.substr(0, before.size() - (has_end ? 1 : 0)), own->sql);
  if (kept) {
    if (ends_in_line_comment(*kept)) *kept += '\n';  // what comes behind is none of it
    after = joined();
    if (reads_alike(before, after)) return std::nullopt;
  }
  std::string added;  // what is made first; what the statement is to be ignored for stays with it
  size_t begin = span.begin;
  if (const ast::Statement& first = *outcome.emitted[0]->statement; first.fate == ast::Fate::added) {
    begin = begin_of_ignores(file, span.begin);
    for (size_t i = 0; begin < span.begin && i + 1 < outcome.emitted.size(); ++i) {
      if (outcome.emitted[i]->statement->fate != ast::Fate::added) break;
      added += outcome.emitted[i]->sql + ";\n";
    }
  }
  const std::string text = added + file.substr(begin, span.begin - begin) +
                           (kept ? std::string() : comments_of(before)) + after.substr(added.size());
  return FileEdit{begin, span.end, carriage_returns ? with_carriage_returns(text) : text};
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

/// What of an input is left as it is.
class Obstacles {
 public:
  Obstacles(const CompiledInput& input, const JudgedFindings& findings)
      : findings_(findings), by_place_(findings) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.fate == ast::Fate::merged) merged_into_.insert(statement.merged_into);
    }
  }

  /// What is merged into another statement goes with it in the output alone.
  bool hold_back(const Outcome& outcome) const {
    return std::ranges::any_of(outcome.read,
                               [&](const ast::Statement* one) {
                                 return one->fate == ast::Fate::needs_person ||
                                        one->fate == ast::Fate::merged || one->fate == ast::Fate::moved ||
                                        merged_into_.contains(one->id);
                               }) ||
           std::ranges::any_of(outcome.emitted,
                               [](const EmittedStatement* one) { return one->held_back(); }) ||
           has_error(outcome.span);
  }

 private:
  bool has_error(const Span& place) const {
    return std::ranges::any_of(by_place_.within(place), [&](size_t one) {
      return findings_.diagnostics[one].severity == Severity::error;
    });
  }

  const JudgedFindings& findings_;
  const FindingsByPlace by_place_;
  std::set<ast::StatementId> merged_into_;
};

/// A script while it is mended.
class Mending {
 public:
  Mending(const CompiledInput& input, JudgedFindings& findings)
      : input_(input), findings_(findings), by_place_(findings) {}

  /// Adds the files of the script that change, and counts.
  Result<void> run(bool unsafe, Fixes& fixes) {
    std::vector<const SourceFile*> sources = {input_.file.get()};
    for (const auto& next : input_.file->next()) {
      if (!input_.is_added(*next)) sources.push_back(next.get());
    }
    std::set<std::filesystem::path> paths;
    for (const SourceFile* source : sources) {
      std::error_code error;
      if (!paths.insert(std::filesystem::weakly_canonical(source->name(), error)).second)
        return usage_error(fmt::format("{} is given twice", source->name()));
      if (Result<void> looked = look_at(*source, fixes.counts); !looked) return looked;
    }
    if (unsafe_ > 0 && !unsafe) {
      fixes.counts.unsafe += unsafe_;
      fixes.counts.waiting += mended_.size() - unsafe_;
      return {};
    }
    fixes.counts.fixed += mended_.size();
    for (const Span& span : mended_) acknowledge(span);
    for (FixedFile& file : files_) {
      if (!file.edits.empty()) fixes.files.push_back(std::move(file));
    }
    return {};
  }

 private:
  Result<void> look_at(const SourceFile& source, FixCounts& counts) {
    Result<std::string> text = read_plain(source);
    if (!text) return text.error();
    FixedFile file{source.name(), std::move(*text), {}};
    for (StatementFix& fix : statement_fixes(input_, findings_, source, file.before, counts)) {
      unsafe_ += fix.means_the_same ? 0 : 1;
      mended_.push_back(fix.statement);
      file.edits.push_back(std::move(fix.edit));
    }
    files_.push_back(std::move(file));
    return {};
  }

  void acknowledge(const Span& place) {
    for (const size_t one : by_place_.within(place)) {
      if (!findings_.acknowledged[one])
        findings_.acknowledged[one] = {
            .by = "--fix", .reason = "it is mended", .in_source = false, .is_old = true};
    }
  }

  const CompiledInput& input_;
  JudgedFindings& findings_;
  const FindingsByPlace by_place_;
  std::vector<FixedFile> files_;
  std::vector<Span> mended_;
  size_t unsafe_ = 0;
};

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
  const std::string_view end_of_name = path.find(' ') == std::string::npos ? "" : "\t";
  std::string out = fmt::format("--- a/{}{}\n+++ b/{}{}\n", path, end_of_name, path, end_of_name);
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

std::vector<StatementFix> statement_fixes(const CompiledInput& input, const JudgedFindings& findings,
                                          const SourceFile& source, const std::string& text,
                                          FixCounts& counts, const Span* within) {
  const Obstacles obstacles(input, findings);
  const bool carriage_returns = text.find("\r\n") != std::string::npos;
  std::vector<StatementFix> fixes;
  for (const Outcome& outcome : outcomes_in(input, source)) {
    const bool outside =
        within != nullptr && (outcome.span.end < within->begin || within->end < outcome.span.begin);
    if (outside || !is_sql(outcome)) continue;
    if (obstacles.hold_back(outcome)) {
      ++counts.unfixed;
    } else if (outcome.emitted.empty()) {
      ++counts.unused;
    } else if (std::optional<FileEdit> edit = edit_for(outcome, text, carriage_returns)) {
      fixes.push_back({outcome.span, std::move(*edit), means_the_same(outcome)});
    }
  }
  return fixes;
}

Result<Fixes> make_fixes(Compiled& compiled, bool unsafe) {
  Fixes fixes;
  for (const CompiledInput& input : compiled.inputs) {
    if (Result<void> done = Mending(input, compiled.findings).run(unsafe, fixes); !done) return done.error();
  }
  return fixes;
}

}  // namespace pg2crdb
