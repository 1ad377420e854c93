// compile --in-order over every dump of the corpus and every case of the passes: what goes out stands in the
// order of the script, once each, and nothing is moved into another statement's place.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compiled.h"
#include "emit/output.h"
#include "parser/parser.h"

namespace pg2crdb::test {
namespace {

std::vector<std::string> inputs() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(PG2CRDB_SOURCE_DIR "/passes")) {
    if (entry.path().extension() != ".test") continue;
    const std::string text = read_file(entry.path().string());
    std::string sql = text.substr(0, text.find("----\n"));
    while (sql.starts_with("# ")) sql.erase(0, sql.find('\n') + 1);
    texts.push_back(std::move(sql));
  }
  if (corpus_folder().empty()) return texts;
  constexpr uintmax_t largest = 2 << 20;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus_folder())) {
    if (entry.path().extension() == ".sql" && entry.file_size() < largest)
      texts.push_back(read_file(entry.path().string()));
  }
  return texts;
}

}  // namespace

TEST_CASE("in the script's order, what goes out stands where it stood") {
  size_t live = 0, added = 0;
  for (const std::string& sql : inputs()) {
    INFO(sql.substr(0, 300));
    SourceFile file(0, "dump.sql");
    Diagnostics diagnostics;
    const std::unique_ptr<ByteSource> source = memory_source(sql);
    Result<ParsedDump> parsed = parse_dump(*source, file, diagnostics, {.keep_inserts = true});
    if (!parsed) continue;
    ast::Script& script = parsed->script;
    for (const ast::DataBlock& block : script.data) CHECK(block.format == ast::DataBlock::Format::copy_text);
    PipelineOptions options;
    options.pass.in_order = true;
    run_pipeline(script, Target(), options, diagnostics);
    const Output output =
        make_output(script, Target(), file, {.in_order = true}, [&](const Refusal& refusal) {
          script.statements[refusal.statement].fate = ast::Fate::needs_person;
          script.statements[refusal.statement].reason = refusal.message;
        });
    REQUIRE(output.phases.size() == 1);
    uint64_t last = 0;
    std::map<ast::StatementId, int> times;
    for (const OutputFile::Place& place : output.phases[0].places) {
      CHECK(place.statement->span.begin >= last);
      last = place.statement->span.begin;
      ++times[place.statement->id];
      live += place.live ? 1 : 0;
    }
    for (const ast::Statement& statement : script.statements) {
      INFO(sql.substr(statement.span.begin, statement.span.end - statement.span.begin));
      const bool out = statement.live() || statement.fate == ast::Fate::needs_person;
      CHECK(times[statement.id] == (out ? 1 : 0));
      CHECK(statement.fate != ast::Fate::moved);
      added += statement.fate == ast::Fate::added ? 1 : 0;
    }
  }
  CHECK(live > 100);
  CHECK(added > 10);
}

}  // namespace pg2crdb::test
