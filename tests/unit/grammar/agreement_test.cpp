// Holds the grammar to what CockroachDB itself said, where the evidence is found beside the corpus: 25.2's
// parser over the corpus and over the documentation's examples, and the sessions with a node of 26.1. Every
// disagreement has a reason in disagreements.tsv.
#include <simdjson.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "grammar/cockroachdb.h"
#include "parser/dump_reader.h"
#include "support/byte_source.h"

namespace pg2crdb {
namespace {

constexpr uintmax_t largest_file = 3 << 20;

struct Judged {
  std::string place;  // file:line, page, transcript
  std::string sql;
  bool accepted = false;  // by CockroachDB
};

// How often we say the same as CockroachDB.
struct Agreement {
  size_t accepted = 0, refused = 0;  // by CockroachDB
  size_t both_accept = 0, both_refuse = 0;
};

std::string evidence_folder() {
  const char* given = std::getenv("PG2CRDB_CORPUS");
  const std::string corpus = given != nullptr ? given : PG2CRDB_SOURCE_DIR "/../shared/corpus";
  return std::filesystem::is_directory(corpus) ? corpus + "/.." : std::string();
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Letters and digits alone: the evidence shows statements with their blanks and comments changed.
std::string plain(std::string_view sql, size_t length) {
  std::string out;
  for (const char c : sql) {
    if (out.size() == length) break;
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') out += c;
  }
  return out;
}

struct Reason {
  std::string source, verdict, contains, text;
  size_t used = 0;
};

std::vector<Reason> read_reasons() {
  std::vector<Reason> reasons;
  std::istringstream rows(read_file(PG2CRDB_SOURCE_DIR "/tests/unit/grammar/disagreements.tsv"));
  for (std::string row; std::getline(rows, row);) {
    if (row.empty() || row.starts_with("#")) continue;
    std::istringstream fields(row);
    Reason reason;
    std::getline(fields, reason.source, '\t');
    std::getline(fields, reason.verdict, '\t');
    std::getline(fields, reason.contains, '\t');
    std::getline(fields, reason.text, '\t');
    reasons.push_back(reason);
  }
  return reasons;
}

// Counts, and lists what has no reason in disagreements.tsv.
Agreement compare(const std::string& source, const std::vector<Judged>& statements, const Target& target) {
  std::vector<std::string_view> texts;
  for (const Judged& statement : statements) texts.push_back(statement.sql);
  CockroachGrammar grammar(target);
  const auto problems = grammar.check_all(texts);
  std::vector<Reason> reasons = read_reasons();
  Agreement agreement;
  std::string unexplained;
  for (size_t i = 0; i < statements.size(); ++i) {
    const Judged& statement = statements[i];
    const bool ours = !problems[i];
    (statement.accepted ? agreement.accepted : agreement.refused) += 1;
    if (ours == statement.accepted) {
      (ours ? agreement.both_accept : agreement.both_refuse) += 1;
      continue;
    }
    const std::string verdict = ours ? "we accept" : "we refuse";
    const auto reason = std::ranges::find_if(reasons, [&](const Reason& row) {
      return row.source == source && row.verdict == verdict &&
             (statement.place + " " + statement.sql).find(row.contains) != std::string::npos;
    });
    if (reason != reasons.end()) {
      ++reason->used;
      continue;
    }
    unexplained += statement.place + ": " + verdict + ": " + (ours ? "" : problems[i]->message + ": ") +
                   statement.sql + "\n";
  }
  const auto percent = [](size_t part, size_t whole) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  std::cout << source << ": " << statements.size() << " statements; of " << agreement.accepted
            << " that CockroachDB accepts we accept " << agreement.both_accept << " ("
            << percent(agreement.both_accept, agreement.accepted) << " %), of " << agreement.refused
            << " that it refuses we refuse " << agreement.both_refuse << " ("
            << percent(agreement.both_refuse, agreement.refused) << " %)\n";
  INFO("disagreements without a reason:\n" << unexplained);
  CHECK(unexplained.empty());
  for (const Reason& reason : reasons) {
    INFO("no statement has this reason: " << reason.contains);
    CHECK((reason.source != source || reason.used > 0));
  }
  return agreement;
}

struct Refusals {
  std::map<std::string, std::set<std::string>> by_place;  // file:line -> beginnings
  size_t count = 0;
};

Refusals read_refusals(const std::string& folder) {
  Refusals refusals;
  std::istringstream rows(read_file(folder + "/crdb-verdicts/parser-25.2.tsv"));
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    std::vector<std::string> fields;
    std::istringstream line(row);
    for (std::string field; std::getline(line, field, '\t');) fields.push_back(field);
    refusals.by_place[fields[0] + ":" + fields[1]].insert(plain(fields.size() > 5 ? fields[5] : "", 40));
    ++refusals.count;
  }
  return refusals;
}

std::vector<Judged> corpus_statements(const std::string& folder) {
  Refusals refusals = read_refusals(folder);
  std::vector<Judged> statements;
  size_t found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder + "/corpus")) {
    if (entry.path().extension() != ".sql" || entry.file_size() > largest_file) continue;
    const std::string name = std::filesystem::relative(entry.path(), folder + "/corpus").string();
    auto input = open_input(entry.path().string());
    REQUIRE(input);
    DumpReader reader(**input);
    while (true) {
      auto segment = reader.next();
      REQUIRE(segment);
      if (!*segment) break;
      if ((*segment)->kind != Segment::Kind::sql && (*segment)->kind != Segment::Kind::insert) continue;
      Judged statement{name + ":" + std::to_string((*segment)->line), std::string((*segment)->text), true};
      const auto refused = refusals.by_place.find(statement.place);
      if (refused != refusals.by_place.end() && refused->second.contains(plain(statement.sql, 40))) {
        statement.accepted = false;
        ++found;
      }
      statements.push_back(std::move(statement));
    }
  }
  std::cout << "refusals found in the corpus: " << found << " of " << refusals.count << "\n";
  return statements;
}

}  // namespace

TEST_CASE("the grammar agrees with CockroachDB's parser about the corpus") {
  const std::string folder = evidence_folder();
  if (folder.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  const Agreement agreement =
      compare("corpus", corpus_statements(folder), Target(parse_version("25.2").value()));
  CHECK(static_cast<double>(agreement.both_accept) >= 0.999 * static_cast<double>(agreement.accepted));
  CHECK(static_cast<double>(agreement.both_refuse) >= 0.95 * static_cast<double>(agreement.refused));
}

TEST_CASE("the grammar agrees with CockroachDB's parser about the documentation's examples") {
  const std::string folder = evidence_folder();
  if (folder.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  std::vector<Judged> statements;
  simdjson::dom::parser parser;
  for (simdjson::dom::element example :
       parser.load_many(folder + "/crdb-verdicts/documentation-examples-25.2.jsonl")) {
    statements.push_back({std::string(std::string_view(example["page"])),
                          std::string(std::string_view(example["sql"])), bool(example["ok"])});
  }
  const Agreement agreement = compare("documentation", statements, Target(parse_version("25.2").value()));
  CHECK(static_cast<double>(agreement.both_accept) >= 0.999 * static_cast<double>(agreement.accepted));
  CHECK(static_cast<double>(agreement.both_refuse) >= 0.95 * static_cast<double>(agreement.refused));
}

}  // namespace pg2crdb
