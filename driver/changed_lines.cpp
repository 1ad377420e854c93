#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <vector>

#include "driver/baseline.h"
#include "driver/merged_statements.h"
#include "support/program_output.h"

namespace pg2crdb {
namespace {

/// Lines of a file, from 1, both within.
struct Lines {
  uint64_t first = 0;
  uint64_t last = 0;
  bool are_around = false;  ///< those between them are gone
};

bool changes(const Lines& change, const Lines& statement) {
  if (change.are_around) return statement.first <= change.first && change.last <= statement.last;
  return change.first <= statement.last && statement.first <= change.last;
}

/// `+12,3` in the head of a hunk.
std::optional<Lines> lines_of(std::string_view head) {
  const size_t plus = head.find('+');
  if (plus == std::string_view::npos) return {};
  uint64_t first = 0, count = 1;
  const char* const end = head.data() + head.size();
  const auto read = std::from_chars(head.data() + plus + 1, end, first);
  if (read.ptr != end && *read.ptr == ',') std::from_chars(read.ptr + 1, end, count);
  return count == 0 ? Lines{first, first + 1, true} : Lines{first, first + count - 1};
}

std::vector<Lines> hunks(std::string_view diff) {
  std::vector<Lines> changed;
  while (!diff.empty()) {
    const std::string_view line = diff.substr(0, diff.find('\n'));
    if (line.starts_with("@@ ")) {
      if (const auto lines = lines_of(line)) changed.push_back(*lines);
    }
    diff.remove_prefix(std::min(line.size() + 1, diff.size()));
  }
  return changed;
}

using ChangedLines = std::optional<std::vector<Lines>>;

/// The lines of a file that are not as they were; nothing of one that is no file, or that git does not know.
Result<ChangedLines> changed_lines(const std::string& name, const std::string& revision) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(name, error)) return ChangedLines();
  const std::filesystem::path path = std::filesystem::canonical(name, error);
  const std::string folder = path.parent_path().string(), file = ":(literal)" + path.filename().string();
  const auto git = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-C", folder});
    arguments.insert(arguments.end(), {"--", file});
    return whole_output({.name = "git", .arguments = std::move(arguments)});
  };
  Result<std::string> known = git({"ls-files"});
  if (!known) return known.error();
  if (known->empty()) return ChangedLines();
  Result<std::string> diff = git({"diff", "--unified=0", "--inter-hunk-context=0", "--no-color",
                                  "--no-ext-diff", "--no-textconv", "--text", revision});
  if (!diff) return diff.error();
  return ChangedLines(hunks(*diff));
}

/// The lines of the statement that a place is in.
Lines statement_lines(const SourceFile& file, uint64_t place) {
  const std::vector<SourceFile::Kept>& texts = file.texts();
  const auto behind = std::ranges::upper_bound(texts, place, {}, &SourceFile::Kept::begin);
  const uint64_t line = file.locate(place).line;
  if (behind == texts.begin()) return {line, line};
  const SourceFile::Kept& kept = *std::prev(behind);
  if (place >= kept.begin + kept.text.size()) return {line, line};
  return {kept.line, kept.line + static_cast<uint64_t>(std::ranges::count(kept.text, '\n'))};
}

/// Whether the statement that begins or goes on at `place` is another one than before.
bool is_changed(const Span& place, const std::vector<const SourceFile*>& files,
                const std::vector<ChangedLines>& changed) {
  if (place.file >= changed.size() || !changed[place.file]) return true;
  const Lines its = statement_lines(*files[place.file], place.begin);
  return std::ranges::any_of(*changed[place.file], [&](const Lines& one) { return changes(one, its); });
}

/// The statements into which one was merged that is another one than before.
std::vector<Span> changed_by_others(std::span<const CompiledInput> inputs,
                                    const std::vector<const SourceFile*>& files,
                                    const std::vector<ChangedLines>& changed) {
  std::vector<Span> found;
  for (const CompiledInput& input : inputs) {
    for (const MergedStatement& merged : merged_statements(input.script)) {
      if (is_changed(merged.from, files, changed)) found.push_back(merged.into);
    }
  }
  return found;
}

/// Of what git, or the system, says; its own words stand in the message.
std::string advice_for(const std::string& message) {
  if (message.find("not a git repository") != std::string::npos)
    return "the files have to be in a repository of git: clone it, or compare with a --baseline";
  if (message.find("cannot be started") != std::string::npos)
    return "install git, or compare with a --baseline";
  if (message.find("dubious ownership") != std::string::npos)
    return "the repository is another user's: `git config --global --add safe.directory` names it as safe";
  return "a shallow clone lacks older revisions: git fetch them first";
}

}  // namespace

Result<void> take_unchanged(JudgedFindings& findings, std::span<const CompiledInput> inputs,
                            const std::string& revision) {
  if (revision.starts_with('-') || revision.find("..") != std::string::npos)
    return usage_error(fmt::format("`{}` is no revision of git", revision));
  std::vector<ChangedLines> changed(findings.files.size());
  for (size_t i = 0; i < changed.size(); ++i) {
    auto lines = changed_lines(findings.files[i]->name(), revision);
    if (!lines) {
      Error error = lines.error();
      error.kind = Error::Kind::usage;
      error.message = fmt::format("--changed-since {}: {}", revision, error.message);
      error.advice = advice_for(error.message);
      return error;
    }
    changed[i] = std::move(*lines);
  }
  const std::vector<Span> by_others = changed_by_others(inputs, findings.files, changed);
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    const Span& place = findings.diagnostics[i].span;
    if (findings.acknowledged[i] || is_changed(place, findings.files, changed)) continue;
    if (std::ranges::any_of(by_others, [&](const Span& statement) { return is_within(statement, place); }))
      continue;
    findings.acknowledged[i] = {.by = "--changed-since " + revision,
                                .reason = "the statement is as it was",
                                .in_source = false,
                                .is_old = true};
  }
  return {};
}

}  // namespace pg2crdb
