#include "driver/console_decisions.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "driver/console_choices.h"
#include "driver/output_files.h"

namespace pg2crdb {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Without a decision. What begins the file then does so without the empty line that parted the two.
void cut(std::string& text, size_t at, size_t size) {
  text.erase(at, size);
  if (at == 0) text.erase(0, text.find_first_not_of("\r\n"));
}

}  // namespace

Result<void> ConsoleDecisions::write(const std::string& path, const std::string& text) {
  OutputFiles files({});
  if (auto added = files.add(path, text); !added) return added;
  return files.commit();
}

Result<void> ConsoleDecisions::add(std::span<const Decision> decisions, const Compiled& compiled) {
  if (const auto checked = check_decisions(decisions, compiled); !checked) return checked.error();
  auto file = find_decision_file(options_, compiled.choices.config);
  if (!file) return file.error();
  if (file->text.find(toml_decisions(decisions)) != std::string::npos)
    return usage_error(fmt::format("{} has this decision already", file->path));
  const Result<std::string> after = with_decisions(*file, decisions);
  if (!after) return after.error();
  return change(std::move(*file), *after);
}

Result<DecisionFile> ConsoleDecisions::unchanged(const Compiled& compiled) const {
  auto file = find_decision_file(options_, compiled.choices.config);
  if (!file || file->text == compiled.choices.config.text) return file;
  return usage_error(fmt::format("{} has changed since it was read", file->path), "compile again first");
}

Result<void> ConsoleDecisions::remove(const Decision& decision, const Compiled& compiled) {
  auto file = unchanged(compiled);
  if (!file) return file.error();
  std::string after = file->text;
  cut(after, decision.whole.begin, decision.whole.end - decision.whole.begin);
  return change(std::move(*file), std::move(after));
}

Result<void> ConsoleDecisions::choose(const std::string& key, const std::string& value,
                                      const Compiled& compiled) {
  auto file = unchanged(compiled);
  if (!file) return file.error();
  Result<std::string> after = with_key(*file, compiled.choices.config, key, value);
  if (!after) return after.error();
  return change(std::move(*file), std::move(*after));
}

Result<void> ConsoleDecisions::change(DecisionFile before, std::string after) {
  if (auto written = write(before.path, after); !written) return written;
  done_.push_back({std::move(before), std::move(after)});
  return {};
}

Result<void> ConsoleDecisions::undo() {
  if (done_.empty()) return usage_error("nothing is left to be taken back");
  const Change& last = done_.back();
  const std::string& path = last.before.path;
  std::string now = text_of(path);
  if (now != last.after) {
    const bool added = last.after.starts_with(last.before.text);
    const std::string block = added ? last.after.substr(last.before.text.size()) : std::string();
    const size_t at = block.empty() ? std::string::npos : now.find(block);
    if (at == std::string::npos || now.find(block, at + 1) != std::string::npos)
      return usage_error(fmt::format("{} was changed by somebody else since", path),
                         "take the decision out of it by hand");
    cut(now, at, block.size());
    if (auto written = write(path, now); !written) return written;
  } else if (last.before.exists) {
    if (auto written = write(path, last.before.text); !written) return written;
  } else {
    std::error_code problem;
    std::filesystem::remove(path, problem);
    if (problem) return usage_error(fmt::format("{} cannot be removed: {}", path, problem.message()));
  }
  done_.pop_back();
  return {};
}

}  // namespace pg2crdb
