#include "driver/baseline.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <tuple>

#include "support/json.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

struct Known {
  std::string file;
  std::string rule;
  std::string object;
  std::string message;
  auto operator<=>(const Known&) const = default;
};
using Counts = std::map<Known, uint64_t>;

/// What stands before the first number: a line, which what stands above moves, or how many there are.
std::string before_numbers(const std::string& message) {
  for (size_t blank = message.find(' '); blank != std::string::npos; blank = message.find(' ', blank + 1)) {
    if (blank + 1 < message.size() && message[blank + 1] >= '0' && message[blank + 1] <= '9')
      return message.substr(0, blank);
  }
  return message;
}

/// A text as the baseline holds it, where what is no UTF-8 is replaced.
std::string as_kept(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const Utf8Character character = decode_utf8(text);
    kept += character.valid ? text.substr(0, character.length) : replacement_character;
    text.remove_prefix(character.length);
  }
  return kept;
}

/// A file as it is called from the folder of the baseline on; what is no file keeps its name.
std::string name_from(const std::string& name, const std::string& baseline) {
  std::error_code error;
  if (!std::filesystem::exists(name, error)) return as_kept(name);
  const std::filesystem::path folder = std::filesystem::absolute(baseline, error).parent_path();
  return as_kept(std::filesystem::absolute(name, error)
                     .lexically_normal()
                     .lexically_relative(folder.lexically_normal())
                     .generic_string());
}

/// Of the files that were looked at: a run over some says nothing of the others.
std::set<std::string> names_of(const JudgedFindings& findings, const std::string& baseline) {
  std::set<std::string> names = {""};
  for (const SourceFile* file : findings.files) names.insert(name_from(file->name(), baseline));
  return names;
}

Known known_of(const JudgedFindings& findings, const Diagnostic& finding, const std::string& baseline) {
  const bool has_place = finding.span.file < findings.files.size();
  return {has_place ? name_from(findings.files[finding.span.file]->name(), baseline) : "",
          std::string(finding.rule->id), as_kept(finding.object), as_kept(before_numbers(finding.message))};
}

std::optional<Error> read_line(std::string_view line, simdjson::dom::parser& parser, Counts& counts) {
  std::string_view file, rule, object, message;
  uint64_t count = 0;
  simdjson::dom::element root;
  if (parser.parse(simdjson::padded_string(line)).get(root) != simdjson::SUCCESS ||
      root["file"].get(file) != simdjson::SUCCESS || root["rule"].get(rule) != simdjson::SUCCESS ||
      root["object"].get(object) != simdjson::SUCCESS || root["message"].get(message) != simdjson::SUCCESS ||
      root["count"].get(count) != simdjson::SUCCESS)
    return usage_error("is no line of a baseline", "`--update-baseline` writes the file anew");
  counts[{std::string(file), std::string(rule), std::string(object), std::string(message)}] += count;
  return {};
}

Result<Counts> read_baseline(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code problem;
  // A device may have no end.
  if (!in || !std::filesystem::is_regular_file(path, problem))
    return usage_error(fmt::format("the baseline {} cannot be read", path),
                       "`--update-baseline` writes one of what is found now");
  Counts counts;
  simdjson::dom::parser parser;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \r\t") == std::string::npos) continue;
    if (auto error = read_line(line, parser, counts)) {
      error->message = fmt::format("{}:{}: {}", path, number, error->message);
      return *error;
    }
  }
  return counts;
}

Acknowledged as_known(const std::string& by, std::string reason) {
  return {.by = by, .reason = std::move(reason), .in_source = false, .is_old = true};
}

}  // namespace

Result<BaselineUse> take_baseline(JudgedFindings& findings, const std::string& path) {
  Result<Counts> read = read_baseline(path);
  if (!read) return read.error();
  BaselineUse use;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    if (findings.acknowledged[i]) continue;
    const auto known = read->find(known_of(findings, findings.diagnostics[i], path));
    if (known == read->end() || known->second == 0) continue;
    --known->second;
    ++use.known;
    findings.acknowledged[i] = as_known(path, "it was there when the baseline was written");
  }
  const std::set<std::string> names = names_of(findings, path);
  for (const auto& [known, count] : *read) use.gone += names.contains(known.file) ? count : 0;
  return use;
}

std::string make_baseline(JudgedFindings& findings, const std::string& path) {
  Counts counts;
  if (Result<Counts> before = read_baseline(path); before) {
    const std::set<std::string> looked_at = names_of(findings, path);
    counts = std::move(*before);
    std::erase_if(counts, [&](const auto& one) { return looked_at.contains(one.first.file); });
  }
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    if (findings.acknowledged[i]) continue;
    ++counts[known_of(findings, findings.diagnostics[i], path)];
    findings.acknowledged[i] = as_known(path, "it stands in the baseline");
  }
  std::string out;
  for (const auto& [known, count] : counts) {
    const std::tuple<std::string_view, const std::string&> members[] = {{"{\"file\":", known.file},
                                                                        {",\"rule\":", known.rule},
                                                                        {",\"object\":", known.object},
                                                                        {",\"message\":", known.message}};
    for (const auto& [name, value] : members) {
      out += name;
      append_json_string(out, value);
    }
    out += fmt::format(",\"count\":{}}}\n", count);
  }
  return out;
}

}  // namespace pg2crdb
