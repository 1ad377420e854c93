// Holds the grammar to what CockroachDB itself said, where the evidence is found beside the corpus: 25.2's
// parser over the corpus and over the documentation's examples, and the sessions with a node of 26.1. Every
// disagreement of these has a reason in disagreements.tsv. Of sentences made from the official grammar, and
// of statements with one token changed, a share.
#include <simdjson.h>

#include <algorithm>
#include <array>
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

// Without blanks and semicolon: the evidence shows the first hundred characters with other blanks.
std::string plain(std::string_view sql) {
  std::string out;
  for (const char c : sql.substr(0, 1000)) {
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != ';') out += c;
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
  size_t unexplained = 0;
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
    const size_t at = ours ? 0 : problems[i]->offset;
    std::string near = statement.sql.substr(at < 60 ? 0 : at - 60, 200);
    std::ranges::replace(near, '\n', ' ');
    std::cout << statement.place << ": " << verdict << ": " << (ours ? "" : problems[i]->message + ": ")
              << near << "\n";
    ++unexplained;
  }
  const auto percent = [](size_t part, size_t whole) {
    return whole == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  };
  std::cout << source << ": " << statements.size() << " statements; of " << agreement.accepted
            << " that CockroachDB accepts we accept " << agreement.both_accept << " ("
            << percent(agreement.both_accept, agreement.accepted) << " %), of " << agreement.refused
            << " that it refuses we refuse " << agreement.both_refuse << " ("
            << percent(agreement.both_refuse, agreement.refused) << " %)\n";
  CHECK(unexplained == 0);
  for (const Reason& reason : reasons) {
    INFO("no statement has this reason: " << reason.contains);
    CHECK((reason.source != source || reason.used > 0));
  }
  return agreement;
}

struct Sentence {
  std::string kind;  // the rule that it was made of, or what was done to a statement
  std::string sql;
  bool accepted = false;
};

std::vector<Sentence> read_sentences(const std::string& path) {
  std::vector<Sentence> sentences;
  std::istringstream rows(read_file(path));
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    std::vector<std::string> fields;
    std::istringstream line(row);
    for (std::string field; std::getline(line, field, '\t');) fields.push_back(field);
    // An error message of two lines is none of ours.
    if (fields.size() == 4) sentences.push_back({fields[0], fields[3], fields[1] == "yes"});
  }
  return sentences;
}

// FNV-1a: the same half on every machine.
size_t half_of(std::string_view text) {
  uint32_t hash = 2166136261;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  return (hash >> 16) & 1;
}

// Of thousands of sentences the worst kinds are printed, and each half by itself has to reach the floors.
void compare_sentences(const std::string& file, double accepted_floor, double refused_floor) {
  const std::string folder = evidence_folder();
  if (folder.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  const std::vector<Sentence> sentences = read_sentences(folder + "/crdb-verdicts/" + file);
  REQUIRE(sentences.size() > 1000);
  std::vector<std::string_view> texts;
  for (const Sentence& sentence : sentences) texts.push_back(sentence.sql);
  CockroachGrammar grammar(Target(parse_version("25.2").value()));
  const auto problems = grammar.check_all(texts);
  std::array<Agreement, 2> halves;
  std::map<std::string, Agreement> kinds;
  for (size_t i = 0; i < sentences.size(); ++i) {
    for (Agreement* agreement : {&halves[half_of(sentences[i].sql)], &kinds[sentences[i].kind]}) {
      (sentences[i].accepted ? agreement->accepted : agreement->refused) += 1;
      if (sentences[i].accepted && !problems[i]) ++agreement->both_accept;
      if (!sentences[i].accepted && problems[i]) ++agreement->both_refuse;
    }
  }
  for (const auto& [kind, agreement] : kinds) {
    if (agreement.both_accept == agreement.accepted && agreement.both_refuse == agreement.refused) continue;
    std::cout << file << ": " << kind << ": accepted " << agreement.both_accept << " of "
              << agreement.accepted << ", refused " << agreement.both_refuse << " of " << agreement.refused
              << "\n";
  }
  for (const Agreement& half : halves) {
    const double accepted = static_cast<double>(half.both_accept) / static_cast<double>(half.accepted);
    const double refused = static_cast<double>(half.both_refuse) / static_cast<double>(half.refused);
    std::cout << file << ", a half: accepted " << half.both_accept << " of " << half.accepted << " ("
              << 100 * accepted << " %), refused " << half.both_refuse << " of " << half.refused << " ("
              << 100 * refused << " %)\n";
    CHECK(accepted >= accepted_floor);
    CHECK(refused >= refused_floor);
  }
}

// A refusal that the evidence lists; the place is where the statement begins or ends.
struct Refusal {
  uint64_t line = 0;
  std::string beginning;
};

std::map<std::string, std::vector<Refusal>> read_refusals(const std::string& folder) {
  std::map<std::string, std::vector<Refusal>> refusals;
  std::istringstream rows(read_file(folder + "/crdb-verdicts/parser-25.2.tsv"));
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    std::vector<std::string> fields;
    std::istringstream line(row);
    for (std::string field; std::getline(line, field, '\t');) fields.push_back(field);
    refusals[fields[0]].push_back({std::stoull(fields[1]), plain(fields.back())});
  }
  return refusals;
}

struct Placed {
  uint64_t line = 0;
  std::string text;  // plain
  bool refused = false;
};

// The statement that a refusal means: of those that begin so the nearest.
Placed* find_refused(std::vector<Placed>& statements, const Refusal& refusal) {
  Placed* nearest = nullptr;
  const auto distance = [&](const Placed& statement) {
    return statement.line > refusal.line ? statement.line - refusal.line : refusal.line - statement.line;
  };
  for (Placed& statement : statements) {
    if (statement.refused || !statement.text.starts_with(refusal.beginning)) continue;
    if (nearest == nullptr || distance(statement) < distance(*nearest)) nearest = &statement;
  }
  return nearest;
}

std::vector<Judged> corpus_statements(const std::string& folder) {
  const auto refusals = read_refusals(folder);
  std::vector<Judged> judged;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder + "/corpus")) {
    if (entry.path().extension() != ".sql" || entry.file_size() > largest_file) continue;
    const std::string name = std::filesystem::relative(entry.path(), folder + "/corpus").string();
    auto input = open_input(entry.path().string());
    REQUIRE(input);
    DumpReader reader(**input);
    std::vector<Placed> placed;
    const size_t first = judged.size();
    while (true) {
      auto segment = reader.next();
      REQUIRE(segment);
      if (!*segment) break;
      if ((*segment)->kind != Segment::Kind::sql && (*segment)->kind != Segment::Kind::insert) continue;
      const uint64_t line = (*segment)->line;
      judged.push_back({name + ":" + std::to_string(line), std::string((*segment)->text), true});
      placed.push_back({line, plain(judged.back().sql)});
    }
    const auto refused = refusals.find(name);
    if (refused == refusals.end()) continue;
    for (const Refusal& refusal : refused->second) {
      if (Placed* statement = find_refused(placed, refusal))
        statement->refused = true;
      else
        std::cout << name << ":" << refusal.line << ": not found: " << refusal.beginning << "\n";
    }
    for (size_t i = 0; i < placed.size(); ++i) judged[first + i].accepted = !placed[i].refused;
  }
  return judged;
}

// A transcript of psql shows a statement, then what the node said. Statements of several lines are left out.
std::vector<Judged> transcript_statements(const std::filesystem::path& path) {
  constexpr std::string_view beginnings[] = {
      "ALTER ",  "ANALYZE ", "BEGIN",    "CALL ",     "COMMENT ", "COMMIT",  "COPY ", "CREATE ",
      "DELETE ", "DROP ",    "EXPLAIN ", "GRANT ",    "IMPORT ",  "INSERT ", "LOCK ", "REFRESH ",
      "RESET ",  "REVOKE ",  "ROLLBACK", "SECURITY ", "SELECT ",  "SET ",    "SHOW ", "TRUNCATE ",
      "UPDATE ", "UPSERT ",  "VACUUM ",  "VALUES ",   "WITH "};
  std::vector<Judged> statements;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    const bool begins =
        std::ranges::any_of(beginnings, [&](std::string_view word) { return line.starts_with(word); });
    if (begins && line.ends_with(';')) {
      statements.push_back({path.filename().string(), line, true});
    } else if (!statements.empty() && line.starts_with("psql:") &&
               line.find("ERROR:  ") != std::string::npos) {
      constexpr size_t code = 5;  // `ERROR:  42601: at or near "x": syntax error`
      const std::string_view message = std::string_view(line).substr(line.find("ERROR:  ") + 8 + code + 2);
      statements.back().accepted =
          !message.starts_with("at or near") && !message.starts_with("lexical error");
    }
  }
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

TEST_CASE("the grammar agrees with the node of the transcripts") {
  const std::string folder = evidence_folder();
  if (folder.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  std::vector<Judged> statements;
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/reference/transcripts")) {
    for (Judged& statement : transcript_statements(entry.path())) statements.push_back(std::move(statement));
  }
  compare("transcripts", statements, Target(parse_version("26.1").value()));
}

TEST_CASE("the grammar agrees with CockroachDB's parser about the forms that pg_dump prints") {
  const std::string folder = evidence_folder();
  if (folder.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  constexpr size_t shown = 120;  // longer ones are cut
  std::vector<Judged> statements;
  std::istringstream lines(read_file(folder + "/crdb-verdicts/pg_dump-forms-25.2.txt"));
  for (std::string line; std::getline(lines, line);) {
    const bool accepted = line.starts_with("OK ");
    const size_t begin = accepted ? 5 : line.find(" | ") + 3;
    const std::string sql =
        line.substr(begin, accepted ? std::string::npos : line.find(" | ", begin) - begin);
    if (sql.size() < shown) statements.push_back({"form", sql, accepted});
  }
  compare("forms", statements, Target(parse_version("25.2").value()));
}

TEST_CASE("the grammar agrees with CockroachDB's parser about sentences of its own grammar") {
  compare_sentences("generated-25.2.tsv", 0.996, 0.994);
}

TEST_CASE("the grammar agrees with CockroachDB's parser about statements with one token changed") {
  compare_sentences("mutants-25.2.tsv", 0.999, 0.999);
}

// What the official grammars gained and lost, an example each. Of what came before 25.3 only the presence is
// held: clauses of releases that nobody runs any more have no gates of their own.
TEST_CASE("the grammar has what each release's has, and not before") {
  const std::string folder = evidence_folder();
  if (folder.empty()) SKIP("no corpus: set PG2CRDB_CORPUS");
  std::map<Version, std::vector<Judged>> by_release;
  std::istringstream rows(read_file(folder + "/reference/crdb-grammar-added-since.tsv"));
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    std::istringstream line(row);
    std::string version, production, example;
    std::getline(line, version, '\t');
    std::getline(line, production, '\t');
    std::getline(line, example, '\t');
    const bool gone = version.starts_with('-');
    const Version since = parse_version(gone ? version.substr(1) : version).value();
    by_release[since].push_back({production, example, !gone});
    // A word that is not reserved is a name before it is a word.
    if (since < Version{25, 3} || production.starts_with("word")) continue;
    Version before;
    for (const Release& release : known_releases()) {
      if (release.version < since) before = release.version;
    }
    by_release[before].push_back({production, example, gone});
  }
  CHECK(by_release.size() > 8);
  for (const auto& [version, statements] : by_release)
    compare("releases " + to_string(version), statements, Target(version));
}

}  // namespace pg2crdb
