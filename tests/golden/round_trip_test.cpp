#include <pg_query.h>
#include <simdjson.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

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

/// The JSON of a parse tree with the elements of every list sorted, and without what the AST leaves out on purpose:
/// places, the words INITIALLY IMMEDIATE and NOT DEFERRABLE (the default), and the names and OUT parameters by which
/// ALTER FUNCTION may name a function that its input types identify.
std::string unordered(simdjson::dom::element value) {
  std::string text;
  if (value.is_array()) {
    std::vector<std::string> items;
    for (simdjson::dom::element item : simdjson::dom::array(value)) {
      std::string_view kind;
      const bool default_words = item["Constraint"]["contype"].get(kind) == simdjson::SUCCESS &&
                                 (kind == "CONSTR_ATTR_IMMEDIATE" || kind == "CONSTR_ATTR_NOT_DEFERRABLE");
      if (!default_words) items.push_back(unordered(item));
    }
    std::ranges::sort(items);
    for (const std::string& item : items) text += item + ",";
    return "[" + text + "]";
  }
  if (value.is_object()) {
    for (auto [key, member] : simdjson::dom::object(value)) {
      if (key == "objfuncargs" || key.ends_with("location") || key == "stmt_len") continue;
      text += std::string(key) + ":" + unordered(member) + ",";
    }
    return "{" + text + "}";
  }
  return simdjson::minify(value);
}

std::string unordered_tree(const std::string& sql) {
  const PgQueryParseResult result = pg_query_parse(sql.c_str());
  simdjson::dom::parser parser;
  std::string text;
  if (!result.error) text = unordered(parser.parse(std::string_view(result.parse_tree)));
  pg_query_free_parse_result(result);
  return text;
}

/// Statements whose clauses SQL takes in any order and the AST keeps as fields: the text is printed in one order.
bool order_is_free(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateTable>(node) || std::holds_alternative<ast::CreateSequence>(node) ||
         std::holds_alternative<ast::CreateFunction>(node) || std::holds_alternative<ast::CreateTrigger>(node) ||
         std::holds_alternative<ast::AlterOwner>(node);
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
      const bool same_fingerprint = fingerprint(sql) == fingerprint(text) ||
                                    (order_is_free(parsed.node) && unordered_tree(sql) == unordered_tree(text));
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
