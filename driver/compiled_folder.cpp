#include "driver/compiled_folder.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "driver/report.h"
#include "emit/load_plan.h"
#include "support/sha256.h"

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view report_name = "report.json";

std::string sha256_of(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.hexadecimal();
}

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

bool stays_below(const fs::path& path) {
  return path.is_relative() && std::find(path.begin(), path.end(), "..") == path.end();
}

/// What an earlier compile wrote into the folder, as its report says; nothing where there is no such report.
std::vector<FolderFile> earlier_files(const fs::path& folder) {
  std::vector<FolderFile> files;
  const std::optional<std::string> report = read_file(folder / report_name);
  if (!report) return files;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view tool;
  simdjson::dom::array listed;
  if (parser.parse(*report).get(root) != simdjson::SUCCESS ||
      root["tool"]["name"].get(tool) != simdjson::SUCCESS || tool != "pg2crdb" ||
      root["folder"].get(listed) != simdjson::SUCCESS)
    return files;
  for (const simdjson::dom::element one : listed) {
    std::string_view path;
    std::string_view sha256;
    if (one["path"].get(path) == simdjson::SUCCESS && one["sha256"].get(sha256) == simdjson::SUCCESS &&
        stays_below(path))
      files.push_back({std::string(path), std::string(sha256)});
  }
  return files;
}

Result<void> remove_earlier(OutputFiles& files, const fs::path& folder, std::span<const FolderFile> kept) {
  for (const FolderFile& earlier : earlier_files(folder)) {
    const auto again = std::find_if(kept.begin(), kept.end(),
                                    [&](const FolderFile& file) { return file.path == earlier.path; });
    const fs::path path = folder / earlier.path;
    const std::optional<std::string> text = read_file(path);
    if (!text) continue;
    const std::string now = sha256_of(*text);
    if (now != earlier.sha256 && (again == kept.end() || now != again->sha256)) {
      return usage_error(fmt::format("{} is of an earlier compile and has been changed since", path.string()),
                         "take it out of the folder, or compile into another one");
    }
    if (again == kept.end()) files.remove(path.string());
  }
  return {};
}

}  // namespace

Result<void> add_compiled_folder(OutputFiles& files, const std::string& folder, const Compiled& compiled,
                                 std::span<const OutputFile> written) {
  struct Text {
    std::string name;
    std::string text;
  };
  const bool planned = !compiled.choices.pipeline.pass.in_order;
  std::future<std::string> plan;
  if (planned) plan = std::async(std::launch::async, [&] { return to_json(plan_of(compiled)); });
  std::vector<Text> texts;
  for (const OutputFile& file : written) texts.push_back({file.name, file.text});
  texts.push_back({"report.html", compiled.findings.render_as(FindingsFormat::html, false)});
  if (planned) texts.push_back({"load-plan.json", plan.get()});
  std::vector<FolderFile> listed;
  for (const Text& text : texts) listed.push_back({text.name, sha256_of(text.text)});
  if (auto removed = remove_earlier(files, folder, listed); !removed) return removed;
  texts.insert(texts.begin() + static_cast<ptrdiff_t>(written.size()),
               {std::string(report_name), report_json(compiled, written, listed)});
  for (const Text& text : texts) {
    const fs::path path = fs::path(folder) / text.name;
    std::error_code problem;
    fs::create_directories(path.parent_path(), problem);
    if (problem)
      return usage_error(
          fmt::format("the folder {} cannot be made: {}", path.parent_path().string(), problem.message()));
    if (auto added = files.add(path.string(), text.text); !added) return added;
  }
  return {};
}

}  // namespace pg2crdb
