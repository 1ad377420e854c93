// One of everything, as pg_dump 15 to 18 write it, for the releases that people run: what is found for each,
// and what is made of it for the default one.
//
// PG2CRDB_UPDATE=1 writes what came out into corpus/everything/expected; read the difference before it is
// committed.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <vector>

#include "compiled.h"
#include "parser/grammar_version.h"

namespace pg2crdb::test {
namespace {

void check_expected(const std::string& name, const std::string& text) {
  const std::string path = PG2CRDB_SOURCE_DIR "/corpus/everything/expected/" + name;
  INFO(path);
  if (std::getenv("PG2CRDB_UPDATE") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  CHECK(read_file(path) == text);
}

/// Rule and message of each, without its place, in order of their texts.
std::vector<std::string> without_places(const std::string& findings) {
  std::vector<std::string> lines;
  std::istringstream text(findings);
  for (std::string line; std::getline(text, line);)
    lines.push_back(std::regex_replace(line, std::regex(" [0-9]+:[0-9]+ "), " "));
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

TEST_CASE("one of everything, for each release") {
  for (const std::string dump : {"dump-15", "dump-18"}) {
    if (dump == "dump-18" && grammar_version() < "18") continue;
    const std::string text = read_file(PG2CRDB_SOURCE_DIR "/corpus/everything/" + dump + ".sql");
    for (const std::string release : {"25.2", "25.4", "26.2", "26.3"}) {
      INFO(dump << " " << release);
      Compiled compiled = compile(text, Target(parse_version(release).value()));
      REQUIRE(compiled.error.empty());
      if (release == "26.2") check_expected(dump + ".sql", emitted(compiled));
      check_expected(dump + "-" + release + ".findings", findings(compiled));
    }
  }
}

TEST_CASE("pg_dump 16 and 17 write it in other words than 15, and the same is found") {
  const std::string folder = PG2CRDB_SOURCE_DIR "/corpus/everything/";
  for (const std::string dump : {"dump-16", "dump-17"}) {
    const std::string text = read_file(folder + dump + ".sql");
    for (const std::string release : {"25.2", "25.4", "26.2", "26.3"}) {
      INFO(dump << " " << release);
      Compiled compiled = compile(text, Target(parse_version(release).value()));
      REQUIRE(compiled.error.empty());
      if (release == "26.2") check_expected(dump + ".sql", emitted(compiled));
      CHECK(without_places(findings(compiled)) ==
            without_places(read_file(folder + "expected/dump-15-" + release + ".findings")));
    }
  }
}

}  // namespace pg2crdb::test
