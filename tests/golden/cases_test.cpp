// Runs passes/<name>/cases/*.test: a piece of a real dump, what the whole pipeline makes of it, and what it
// finds.
//
//   # what is tested, and where the lines come from
//   -- options: crdb=25.2 sequences=uuid hstore=jsonb integers=int8 in-order (may be missing; `rows`: a
//   statement has to stay behind
//                                                          rows, which the output alone does not tell;
//                                                          `grammar=18`: an older grammar does not read it)
//   input SQL
//   ----
//   the emitted statements of all phases, or in the script's order
//   ----
//   findings, one a line: severity rule-id line:column message
//
// PG2CRDB_UPDATE=1 writes what came out into the files; read the difference before it is committed.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "compiled.h"
#include "parser/grammar_version.h"
#include "parser/parser.h"
#include "rewrite/rule_test.h"

namespace pg2crdb::test {
namespace {

struct Case {
  std::string head;  // comment and options lines
  std::string input;
  std::string output;
  std::string findings;
};

Case read_case(const std::string& path) {
  Case result;
  std::istringstream in(read_file(path));
  std::string* sections[] = {&result.input, &result.output, &result.findings};
  size_t section = 0;
  bool in_head = true;
  for (std::string line; std::getline(in, line);) {
    in_head = in_head && (line.starts_with("# ") || line.starts_with("-- options:"));
    if (in_head) {
      result.head += line + "\n";
    } else if (line == "----" && section < 2) {
      ++section;
    } else {
      *sections[section] += line + "\n";
    }
  }
  return result;
}

struct Settings {
  Target target;
  PipelineOptions pipeline;
  bool behind_rows = false;
  bool readable = true;
};

Settings settings_of(const Case& test) {
  Settings settings;
  const size_t at = test.head.find("-- options:");
  if (at == std::string::npos) return settings;
  std::istringstream words(test.head.substr(at + 11));
  for (std::string word; words >> word;) {
    const std::string key = word.substr(0, word.find('='));
    const std::string value = word.substr(word.find('=') + 1);
    if (key == "rows") settings.behind_rows = true;
    if (key == "grammar") settings.readable = grammar_version().substr(0, value.size()) >= value;
    if (key == "in-order") settings.pipeline.pass.in_order = true;
    if (key == "crdb") settings.target = Target(parse_version(value).value());
    if (key == "hstore") settings.pipeline.pass.hstore = HstoreColumns::jsonb;
    if (key == "integers") settings.pipeline.integers = Integers::int8;
    if (key == "sequences") {
      settings.pipeline.pass.sequences = value == "uuid"           ? SequenceKeys::uuid
                                         : value == "unique-rowid" ? SequenceKeys::unique_rowid
                                         : value == "hash-sharded" ? SequenceKeys::hash_sharded
                                                                   : SequenceKeys::keep;
    }
  }
  return settings;
}

std::vector<std::string> case_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(PG2CRDB_SOURCE_DIR "/passes")) {
    if (entry.path().extension() == ".test") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string pass_name(const std::filesystem::path& folder) {
  std::string name = folder.filename().string();
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

}  // namespace

TEST_CASE("cases of the passes") {
  const bool update = std::getenv("PG2CRDB_UPDATE") != nullptr;
  for (const std::string& path : case_files()) {
    INFO(path);
    const Case test = read_case(path);
    const Settings settings = settings_of(test);
    if (!settings.readable) continue;
    Compiled compiled = compile(test.input, settings.target, settings.pipeline);
    CHECK(compiled.error.empty());
    const std::string output = emitted(compiled);
    const std::string found = findings(compiled);
    if (update) {
      std::ofstream(path, std::ios::binary) << test.head << test.input << "----\n"
                                            << output << "----\n"
                                            << found;
      continue;
    }
    CHECK(output == test.output);
    CHECK(found == test.findings);
  }
}

/// What was emitted, without comments (statements that need a person are only comments) and without the
/// clause that PostgreSQL's grammar does not have there.
std::string recompilable(const std::string& sql) {
  std::string result;
  std::istringstream lines(sql);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--") || line.empty()) continue;
    for (const std::string words :
         {"CREATE POLICY", "CREATE ROLE", "CREATE TYPE", "CREATE USER", "ADD CONSTRAINT"}) {
      const std::string clause = words + " IF NOT EXISTS";
      const size_t at = line.find(clause);
      if (at == 0 || (at != std::string::npos && line.starts_with("ALTER TABLE ")))
        line.replace(at, clause.size(), words);
    }
    result += line + "\n";
  }
  return result;
}

TEST_CASE("what a pass emits is compiled again to itself") {
  for (const std::string& path : case_files()) {
    INFO(path);
    const Case test = read_case(path);
    const Settings settings = settings_of(test);
    if (settings.behind_rows || !settings.readable) continue;
    const std::string once = recompilable(emitted(compile(test.input, settings.target, settings.pipeline)));
    if (once.find("USING HASH") != std::string::npos || once.find("DROP STORED") != std::string::npos)
      continue;  // CockroachDB's own, no PostgreSQL grammar takes it
    PipelineOptions again;
    again.pass.in_order = settings.pipeline.pass.in_order;
    CHECK(recompilable(emitted(compile(once, settings.target, again))) == once);
  }
}

TEST_CASE("every pass is listed, documented and has cases, and every rule is produced by one") {
  std::set<std::string> names, produced;
  // Several passes may report the same thing; then all declare it in the same words.
  std::map<std::string, FindingKind> declared;
  for (const Pass* pass : all_passes()) {
    INFO(pass->name);
    CHECK(names.insert(std::string(pass->name)).second);
    CHECK_FALSE(pass->summary.empty());
    for (const FindingKind& rule : pass->rules) {
      INFO(rule.id);
      const FindingKind& first = declared.emplace(rule.id, rule).first->second;
      CHECK((first.severity == rule.severity && first.category == rule.category &&
             first.summary == rule.summary && first.advice == rule.advice));
      CHECK_FALSE(rule.advice.empty());
    }
  }
  for (const FindingKind& rule : parser_rules) CHECK(declared.emplace(rule.id, rule).second);

  size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PG2CRDB_SOURCE_DIR "/passes")) {
    if (!entry.is_directory()) continue;
    ++folders;
    INFO(entry.path());
    CHECK(names.contains(pass_name(entry.path())));
    CHECK(std::filesystem::exists(entry.path() / "pass.md"));
    CHECK(std::filesystem::is_directory(entry.path() / "cases"));
  }
  CHECK(folders == names.size());

  for (const std::string& path : case_files()) {
    const Case test = read_case(path);
    std::istringstream lines(test.findings);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string severity, id;
      words >> severity >> id;
      produced.insert(id);
    }
  }
  for (const Pass* pass : all_passes()) {
    for (const FindingKind& rule : pass->rules) {
      INFO(pass->name << " declares " << rule.id << ", which no case produces");
      CHECK(produced.contains(std::string(rule.id)));
    }
  }
}

TEST_CASE("the tests in the built-in rule files") {
  size_t rules = 0, tests = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PG2CRDB_SOURCE_DIR "/passes")) {
    const std::filesystem::path path = entry.path() / "pass.rule";
    if (!std::filesystem::exists(path)) continue;
    rewrite::ReadRules read = rewrite::read_rule_file(path.string(), read_file(path.string()));
    const auto* problem = std::get_if<rewrite::RuleProblem>(&read);
    INFO((problem == nullptr ? std::string() : problem->text()));
    REQUIRE(problem == nullptr);
    size_t of_file = 0;
    for (const rewrite::RewriteRule& rule : std::get<std::unique_ptr<rewrite::RuleFile>>(read)->rules) {
      ++rules;
      for (const rewrite::RuleTestResult& result : rewrite::run_tests(rule)) {
        INFO(rule.shown() << "\n" << result.problem);
        CHECK(result.passed);
        ++of_file;
      }
    }
    INFO(path << " has no test");
    CHECK(of_file > 0);
    tests += of_file;
  }
  CHECK(rules > 0);
  WARN(rules << " built-in rules, " << tests << " tests in their files");
}

}  // namespace pg2crdb::test
