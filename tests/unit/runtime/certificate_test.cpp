#include "runtime/certificate.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <vector>

#include "support/sha256.h"

namespace pg2crdb {
namespace {

Certificate sample() {
  Certificate certificate;
  certificate.tool = "0.1.0";
  certificate.moment = "2026-11-30T01:02:03Z";
  certificate.plan = "00112233445566778899aabbccddeeff";
  certificate.inputs = {{"dump \"1\".sql", 12, std::string(64, 'a')}, {"b.sql", 0, std::string(64, 'b')}};
  certificate.source = "postgresql://me@old/shop";
  certificate.target = "postgresql://root@new/shop";
  certificate.database = "104 of 5f";
  const HashedRows rows{18446744073709551615U, {1, 0xfedcba9876543210}};
  certificate.tables = {{{"public", "a\n\"b\""}, {"id", "n"}, {"computed"}, rows, rows},
                        {{"public", "empty"}, {}, {}, {}, {3, {5, 0}}}};
  certificate.tables_left_out = {{"public", "not \"asked\""}};
  certificate.schema_differences = 2;
  return certificate;
}

/// A text with the last field that its other lines ask for.
std::string sealed(const std::string& lines) {
  Sha256 digest;
  digest.add(lines);
  return lines + "  \"sha256\": \"" + digest.hexadecimal() + "\"\n}\n";
}

std::string problem_of(const std::string& text) {
  const Result<Certificate> read = parse_certificate(text);
  return read ? std::string() : read.error().message;
}

TEST_CASE("a certificate is read as it was written") {
  for (const bool equal : {false, true}) {
    Certificate certificate = sample();
    certificate.equal = equal;
    const std::string text = to_json(certificate);
    const Result<Certificate> read = parse_certificate(text);
    REQUIRE(read);
    CHECK(to_json(*read) == text);
    CHECK(read->equal == equal);
    CHECK(read->tables[0].table == ObjectName{"public", "a\n\"b\""});
    CHECK(read->tables[0].target == certificate.tables[0].target);
    CHECK(read->tables[1].columns.empty());
    CHECK(read->inputs[0].path == "dump \"1\".sql");
    CHECK(read->schema_differences == 2);
    CHECK(read->row_hash == row_hash_version);
  }
  CHECK(parse_certificate(to_json(Certificate())));
}

TEST_CASE("a certificate of which any byte was changed is refused") {
  const std::string text = to_json(sample());
  for (size_t at = 0; at < text.size(); ++at) {
    for (const int change : {1, 2, 32, 128}) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ change);
      CAPTURE(at, change);
      REQUIRE_FALSE(parse_certificate(changed));
    }
    std::string longer = text;
    longer.insert(at, 1, ' ');
    REQUIRE_FALSE(parse_certificate(longer));
    REQUIRE_FALSE(parse_certificate(text.substr(0, at)));
    REQUIRE_FALSE(parse_certificate(std::string(text).erase(at, 1)));
  }
  CHECK_FALSE(parse_certificate(text + "\n"));
  CHECK_FALSE(parse_certificate(text + text));
  CHECK(problem_of(text.substr(0, 400)).find("cut short") != std::string::npos);
  CHECK(problem_of("{}").find("is none") != std::string::npos);
}

TEST_CASE("what has the right digest and is no certificate is refused") {
  const std::string text = to_json(sample());
  const std::string lines = text.substr(0, text.find("  \"sha256\": \"" + text.substr(text.size() - 68, 64)));
  REQUIRE(sealed(lines) == text);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = lines;
    other.replace(other.find(from), from.size(), to);
    return problem_of(sealed(other));
  };
  CHECK(changed("\"certificate\": 1", "\"certificate\": 2").find("is of version 2") != std::string::npos);
  CHECK(changed("\"moment\"", "\"when\"").find("`moment`") != std::string::npos);
  CHECK(changed("\"source_hash\": \"f", "\"source_hash\": \"g").find("`source_hash`") != std::string::npos);
  CHECK(changed("\"source_hash\": \"f", "\"source_hash\": \"").find("`source_hash`") != std::string::npos);
  CHECK(changed("\"target_rows\": 3", "\"target_rows\": -3").find("`target_rows`") != std::string::npos);
  CHECK(changed("[\"id\"", "[1").find("`columns`") != std::string::npos);
  CHECK(changed("\"tables\": [", "\"tables\": [5,").find("`tables`") != std::string::npos);
  CHECK(changed("\"plan\"", "plan").find("not JSON") != std::string::npos);
}

TEST_CASE("a certificate of another form of hashes is not compared") {
  struct Silent : Observer {
    void log(std::string_view) override {}
    void rows_moved(std::string_view, uint64_t, uint64_t) override {}
  } observer;
  Certificate certificate = sample();
  ++certificate.row_hash;
  const Result<void> checked = check_certificate({}, certificate, {}, observer);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().kind == Error::Kind::usage);
  CHECK(checked.error().advice == "check it with pg2crdb 0.1.0, which wrote it");
}

}  // namespace
}  // namespace pg2crdb
