#include <pg_query.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "ast/describe.h"
#include "ast/equal.h"
#include "emit/sql.h"
#include "parser/dump_reader.h"
#include "parser/parser.h"
#include "support/byte_source.h"

namespace {

using namespace pg2crdb;

std::vector<std::filesystem::path> corpus_files() {
  const char* given = std::getenv("PG2CRDB_CORPUS");
  const std::filesystem::path root =
      given ? std::filesystem::path(given) : std::filesystem::path(PG2CRDB_SOURCE_DIR) / ".." / "shared" / "corpus";
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(root)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file() && entry.path().extension() == ".sql") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string fingerprint(const std::string& sql) {
  const PgQueryFingerprintResult result = pg_query_fingerprint(sql.c_str());
  std::string text = result.error ? std::string("refused: ") + result.error->message : result.fingerprint_str;
  pg_query_free_fingerprint_result(result);
  return text;
}

/// Two ways to write what the tree holds in one, so that only the order of words in the text differs.
bool order_is_lost(const ast::StatementNode& node) {
  (void)node;
  return false;
}

}  // namespace

TEST_CASE("every statement of the corpus prints to what parses to the same tree") {
  const auto files = corpus_files();
  if (files.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  size_t printed = 0;
  size_t opaque = 0;
  for (const auto& file : files) {
    auto input = open_input(file.string());
    REQUIRE(input);
    DumpReader reader(**input);
    while (true) {
      auto segment = reader.next();
      if (!segment || !*segment) break;
      if ((*segment)->kind != Segment::Kind::sql) continue;
      const std::string sql((*segment)->text);
      const ParsedStatement parsed = parse_statement(sql);
      if (std::holds_alternative<ast::Opaque>(parsed.node)) {
        ++opaque;
        continue;
      }
      ++printed;
      const std::string text = to_sql(parsed.node, Dialect::postgresql);
      const ParsedStatement again = parse_statement(text);
      const bool same = ast::equal(parsed.node, again.node);
      const bool same_fingerprint = fingerprint(sql) == fingerprint(text) || order_is_lost(parsed.node);
      if (same && same_fingerprint) continue;
      UNSCOPED_INFO(file.string() << ':' << (*segment)->line << (same ? "" : " tree")
                                  << (same_fingerprint ? "" : " fingerprint"));
      UNSCOPED_INFO(sql);
      UNSCOPED_INFO(text);
      CHECK((same && same_fingerprint));
    }
  }
  WARN(printed << " statements printed, " << opaque << " are opaque");
  CHECK(printed > 0);
}
