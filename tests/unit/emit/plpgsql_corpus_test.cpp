#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "emit/plpgsql.h"
#include "parser/dump_reader.h"
#include "parser/parser.h"
#include "parser/plpgsql.h"
#include "support/byte_source.h"

using namespace pg2crdb;

namespace {

std::string corpus_folder() {
  const char* given = std::getenv("PG2CRDB_CORPUS");
  const std::string folder = given != nullptr ? given : PG2CRDB_SOURCE_DIR "/../shared/corpus";
  return std::filesystem::is_directory(folder) ? folder : std::string();
}

/// The body and the name of a statement that has one in PL/pgSQL.
struct Routine {
  std::string name;
  std::string body;
};
std::optional<Routine> routine(const ast::StatementNode& node) {
  if (const auto* block = std::get_if<ast::DoBlock>(&node)) return Routine{"", block->body};
  const auto* function = std::get_if<ast::CreateFunction>(&node);
  if (function == nullptr || function->language != "plpgsql" || function->body.size() != 1)
    return std::nullopt;
  return Routine{function->name.name, function->body[0]};
}

bool prints_to_itself(const ast::plpgsql::Body& body) {
  const ParsedBody again = parse_plpgsql(to_plpgsql(body, Dialect::postgresql));
  return again.body && ast::plpgsql::equal(body, *again.body);
}

}  // namespace

TEST_CASE("every body of the corpus parses, and prints to what parses to the same tree") {
  const std::string folder = corpus_folder();
  if (folder.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  size_t bodies = 0, refused = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".sql") continue;
    auto input = open_input(entry.path().string());
    REQUIRE(input);
    DumpReader reader(**input);
    for (auto segment = reader.next(); segment && *segment; segment = reader.next()) {
      if ((*segment)->kind != Segment::Kind::sql) continue;
      const std::string sql((*segment)->text);
      const std::optional<Routine> one = routine(parse_statement(sql).node);
      if (!one) continue;
      ++bodies;
      const ParsedBody parsed = parse_plpgsql(one->body, BodyPlaces(sql, one->body), one->name);
      INFO(entry.path().string() << ':' << (*segment)->line << ": " << parsed.error);
      if (!parsed.body) ++refused;
      CHECK(parsed.body);
      if (parsed.body) CHECK(prints_to_itself(*parsed.body));
    }
  }
  WARN(bodies << " bodies in PL/pgSQL, of which are refused: " << refused);
  CHECK(bodies > 0);
}

TEST_CASE("bodies whose verdict is known parse where PostgreSQL takes them") {
  const std::string folder = corpus_folder();
  if (folder.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  std::ifstream verdicts(folder + "/../crdb-verdicts/plpgsql-25.2.tsv");
  std::string line;
  std::getline(verdicts, line);  // names of the columns
  std::vector<std::string> taken;
  size_t legal = 0;
  while (std::getline(verdicts, line)) {
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
    REQUIRE(fields.size() >= 6);
    const bool is_legal = fields[4] == "yes";
    legal += is_legal ? 1 : 0;
    const ParsedBody parsed = parse_plpgsql(fields[5]);
    INFO(fields[0] << ": " << fields[5] << ": " << parsed.error);
    if (is_legal) CHECK((parsed.body && prints_to_itself(*parsed.body)));
    if (!is_legal && parsed.body) taken.push_back(fields[0]);
  }
  CHECK(legal > 500);
  // No syntax: what a type is.
  CHECK(taken == std::vector<std::string>{"DECLARE x hstore;", "DECLARE x void;", "DECLARE x trigger;",
                                          "DECLARE x anyelement;"});
}
