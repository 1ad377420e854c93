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
#include "support/secret_literals.h"
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
  std::error_code problem;
  const auto size = fs::file_size(path, problem);
  std::string text(problem ? 0 : size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

bool stays_below(const fs::path& path) {
  return path.is_relative() && std::find(path.begin(), path.end(), "..") == path.end();
}

/// A file that an earlier compile wrote, and what it is now.
struct EarlierFile {
  FolderFile written;
  std::string sha256;  ///< empty where it is gone
};

/// What an earlier compile wrote into the folder, as its report says; nothing where there is no such report.
std::vector<EarlierFile> earlier_files(const fs::path& folder) {
  std::vector<EarlierFile> files;
  // Most of a report lies behind what is asked for, and is not looked at.
  simdjson::ondemand::parser parser;
  simdjson::padded_string report;
  simdjson::ondemand::document root;
  std::string_view tool;
  simdjson::ondemand::array listed;
  if (simdjson::padded_string::load((folder / report_name).string()).get(report) != simdjson::SUCCESS ||
      parser.iterate(report).get(root) != simdjson::SUCCESS ||
      root["tool"]["name"].get(tool) != simdjson::SUCCESS || tool != "pg2crdb" ||
      root["folder"].get(listed) != simdjson::SUCCESS)
    return files;
  for (auto one : listed) {
    std::string_view path;
    std::string_view sha256;
    if (one["path"].get(path) != simdjson::SUCCESS || one["sha256"].get(sha256) != simdjson::SUCCESS ||
        !stays_below(path))
      continue;
    const std::optional<std::string> text = read_file(folder / path);
    files.push_back({{std::string(path), std::string(sha256)}, text ? sha256_of(*text) : std::string()});
  }
  return files;
}

Result<void> remove_earlier(OutputFiles& files, const fs::path& folder,
                            const std::vector<EarlierFile>& earlier_files, std::span<const FolderFile> kept) {
  for (const auto& [earlier, now] : earlier_files) {
    if (now.empty()) continue;
    const auto again = std::find_if(kept.begin(), kept.end(),
                                    [&](const FolderFile& file) { return file.path == earlier.path; });
    const fs::path path = folder / earlier.path;
    if (now != earlier.sha256 && (again == kept.end() || now != again->sha256)) {
      return usage_error(fmt::format("{} is of an earlier compile and has been changed since", path.string()),
                         "take it out of the folder, or compile into another one");
    }
    if (again == kept.end()) files.remove(path.string());
  }
  return {};
}

/// A file of the folder that is made here.
struct Made {
  explicit Made(std::string its_text) : text(std::move(its_text)), sha256(sha256_of(text)) {}
  std::string text, sha256;
};

template <class Make>
std::future<Made> make_aside(const Make& make) {
  return std::async(std::launch::async, [make] { return Made(make()); });
}

}  // namespace

Result<void> check_unchanged(const std::string& folder) {
  for (const auto& [written, now] : earlier_files(folder)) {
    if (!written.path.ends_with(".sql") || now == written.sha256) continue;
    return usage_error(
        fmt::format("{} has been {} since it was compiled, and what is run is in load-plan.json",
                    (fs::path(folder) / written.path).string(), now.empty() ? "taken away" : "changed"),
        "run your own files with a client of the database (`load` comes behind 20-pre-data), or write the "
        "change into the dump or a rule, and compile again");
  }
  return {};
}

Result<void> add_compiled_folder(OutputFiles& files, const std::string& folder, const Compiled& compiled,
                                 std::span<const OutputFile> written) {
  const bool planned = !compiled.choices.pipeline.pass.in_order;
  std::future<Made> plan;
  if (planned) plan = make_aside([&] { return to_json(plan_of(compiled)); });
  std::future<Made> shown = make_aside([&] { return report_html(compiled); });
  const std::vector<EarlierFile> earlier = earlier_files(folder);
  std::vector<FolderFile> listed;
  for (const OutputFile& file : written) listed.push_back({file.name, sha256_of(file.text)});
  std::string body = report_body(compiled, written);
  const Made html = shown.get();
  listed.push_back({"report.html", html.sha256});
  std::optional<Made> planned_rows;
  if (planned) {
    planned_rows = plan.get();
    listed.push_back({"load-plan.json", planned_rows->sha256});
  }
  if (auto removed = remove_earlier(files, folder, earlier, listed); !removed) return removed;
  const std::string report = report_head(compiled, listed) + std::move(body);
  struct Text {
    std::string_view name, text;
    bool holds_password = false;
  };
  std::vector<Text> texts;
  for (const OutputFile& file : written)
    texts.push_back({file.name, file.text, !secret_literals(file.text).empty()});
  // The plan holds the statements of all of them.
  const bool any_password =
      std::any_of(texts.begin(), texts.end(), [](const Text& text) { return text.holds_password; });
  texts.push_back({report_name, report});
  texts.push_back({"report.html", html.text});
  if (planned_rows) texts.push_back({"load-plan.json", planned_rows->text, any_password});
  for (const Text& text : texts) {
    const fs::path path = fs::path(folder) / text.name;
    std::error_code problem;
    fs::create_directories(path.parent_path(), problem);
    if (problem)
      return usage_error(
          fmt::format("the folder {} cannot be made: {}", path.parent_path().string(), problem.message()));
    if (auto added = files.add(path.string(), text.text, text.holds_password); !added) return added;
  }
  return {};
}

}  // namespace pg2crdb
