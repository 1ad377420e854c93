#include "parser/dump_reader.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

namespace pg2crdb {
namespace {

using Kind = Segment::Kind;

struct Piece {
  Segment segment;
  std::string text;
};

// Gives its text in pieces of a fixed size, and notes the largest read that it was asked for.
class SlowSource : public ByteSource {
 public:
  SlowSource(std::string_view text, size_t piece) : text_(text), piece_(piece) {}
  Result<size_t> read(char* buffer, size_t size) override {
    const size_t count = std::min({size, piece_, text_.size()});
    if (count > 0) std::memcpy(buffer, text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }
  Result<void> skip(uint64_t) override { return Error{}; }

 private:
  std::string_view text_;
  size_t piece_;
};

std::vector<Piece> read_pieces(ByteSource& source) {
  DumpReader reader(source);
  std::vector<Piece> pieces;
  while (true) {
    const auto segment = reader.next();
    REQUIRE(segment);
    if (!*segment) return pieces;
    pieces.push_back({**segment, std::string((*segment)->text)});
  }
}

std::vector<Piece> read_pieces(std::string_view text) {
  return read_pieces(*memory_source(text));
}

std::vector<std::string> texts(std::string_view text) {
  std::vector<std::string> result;
  for (const Piece& piece : read_pieces(text)) result.push_back(piece.text);
  return result;
}

std::string error_of(std::string_view text) {
  const auto source = memory_source(text);
  DumpReader reader(*source);
  while (true) {
    const auto segment = reader.next();
    if (!segment) return segment.error().message;
    if (!*segment) return {};
  }
}

// As pg_dump 17 writes it.
constexpr std::string_view dump = R"SQL(--
-- PostgreSQL database dump
--

\restrict fSAOCA2QfBe92jTlWmIA7C24fSbUHEouOGMpfSDdJdMUYy1M7ygyRNBBMMuJO4y

-- Dumped from database version 17.6

SET statement_timeout = 0;
SET client_encoding = 'UTF8';

--
-- Name: bıgınt; Type: DOMAIN; Schema: public; Owner: postgres
--

CREATE DOMAIN public."bıgınt" AS bigint; ALTER DOMAIN public."bıgınt" OWNER TO postgres;

--
-- Name: last_updated(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.last_updated() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
BEGIN
    NEW.last_update = CURRENT_TIMESTAMP; -- it's; "here" $1 $x$
    RETURN NEW;
END $_$;

CREATE FUNCTION public.add(a integer, begin integer) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT CASE WHEN a > 1 THEN a ELSE 1 END;
 SELECT (a + 1);
END;

CREATE RULE protect AS
    ON UPDATE TO public.towns DO INSTEAD ( SELECT 1; SELECT ';)';
 SELECT 2);

--
-- Data for Name: towns; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.towns (id, code, "from;x", name) FROM stdin;
1	001	\N	L'Abergement-Clémenciat -- no comment
2	\\.	;	$$"
\.

INSERT INTO public.towns VALUES (3, 'O''Neil; -- /*', E'\';', U&'\0041;', "x"";");
COPY public.empty FROM STDIN WITH (FREEZE);
\.


/* outer /* inner; */ ; */ SELECT pg_catalog.setval('public.towns_id_seq', 36684, true);
SELECT 1 - -1, 4/2, a$b$c, '--', '/*' FROM x WHERE y->>'a' = $1;
\unrestrict fSAOCA2QfBe92jTlWmIA7C24fSbUHEouOGMpfSDdJdMUYy1M7ygyRNBBMMuJO4y
)SQL";

TEST_CASE("a dump is cut into its segments") {
  const std::vector<Piece> pieces = read_pieces(dump);
  struct Expected {
    Kind kind;
    std::string_view begins;
    std::string_view ends;
    uint64_t line;
    uint64_t column;
  };
  const std::vector<Expected> expected = {
      {Kind::toc_comment, "-- PostgreSQL database dump", "database dump", 2, 1},
      {Kind::meta_command, "\\restrict fSA", "JO4y", 5, 1},
      {Kind::sql, "SET statement_timeout", "= 0;", 9, 1},
      {Kind::sql, "SET client_encoding", "'UTF8';", 10, 1},
      {Kind::toc_comment, "-- Name: bıgınt; Type: DOMAIN", "Owner: postgres", 13, 1},
      {Kind::sql, "CREATE DOMAIN", "AS bigint;", 16, 1},
      {Kind::sql, "ALTER DOMAIN", "postgres;", 16, 42},
      {Kind::toc_comment, "-- Name: last_updated()", "Owner: postgres", 19, 1},
      {Kind::sql, "CREATE FUNCTION public.last_updated()", "END $_$;", 22, 1},
      {Kind::sql, "CREATE FUNCTION public.add", "SELECT (a + 1);\nEND;", 30, 1},
      {Kind::sql, "CREATE RULE", " SELECT 2);", 37, 1},
      {Kind::toc_comment, "-- Data for Name: towns", "Owner: postgres", 42, 1},
      {Kind::sql, "COPY public.towns", "FROM stdin;", 45, 1},
      {Kind::copy_data, "", "", 46, 1},
      {Kind::insert, "INSERT INTO", "\"x\"\";\");", 50, 1},
      {Kind::sql, "COPY public.empty", "(FREEZE);", 51, 1},
      {Kind::copy_data, "", "", 52, 1},
      {Kind::sql, "SELECT pg_catalog.setval", "true);", 55, 28},
      {Kind::sql, "SELECT 1", "$1;", 56, 1},
      {Kind::meta_command, "\\unrestrict", "JO4y", 57, 1},
  };
  REQUIRE(pieces.size() == expected.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Segment& segment = pieces[i].segment;
    INFO(pieces[i].text);
    CHECK(segment.kind == expected[i].kind);
    CHECK(pieces[i].text.starts_with(expected[i].begins));
    CHECK(pieces[i].text.ends_with(expected[i].ends));
    CHECK(segment.line == expected[i].line);
    CHECK(segment.column == expected[i].column);
    CHECK(segment.complete);
    if (segment.kind != Kind::copy_data) {
      CHECK(dump.substr(segment.begin, segment.end - segment.begin) == pieces[i].text);
    }
  }
  const Segment& rows = pieces[13].segment;
  CHECK(rows.rows == 2);
  CHECK(dump.substr(rows.begin, rows.end - rows.begin) ==
        "1\t001\t\\N\tL'Abergement-Clémenciat -- no comment\n2\t\\\\.\t;\t$$\"\n");
  CHECK(pieces[16].segment.rows == 0);
  CHECK(pieces[16].segment.begin == pieces[16].segment.end);
}

bool same(const Piece& left, const Piece& right) {
  const Segment& a = left.segment;
  const Segment& b = right.segment;
  return a.kind == b.kind && a.begin == b.begin && a.end == b.end && a.line == b.line &&
         a.column == b.column && a.rows == b.rows && a.complete == b.complete && left.text == right.text;
}

TEST_CASE("how the bytes arrive makes no difference, nor where the input ends") {
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, size_t{4096}}) {
    for (const size_t size : {dump.size(), size_t{900}, size_t{1400}, size_t{1480}, size_t{1}}) {
      SlowSource slow(dump.substr(0, size), piece);
      const std::vector<Piece> pieces = read_pieces(slow);
      const std::vector<Piece> expected = read_pieces(dump.substr(0, size));
      REQUIRE(pieces.size() == expected.size());
      for (size_t i = 0; i < pieces.size(); ++i) CHECK(same(pieces[i], expected[i]));
    }
  }
}

TEST_CASE("wherever a dump is cut off, what stands before is read as before and what is cut is told") {
  const std::vector<Piece> whole = read_pieces(dump);
  for (size_t size = 0; size < dump.size(); ++size) {
    const std::vector<Piece> pieces = read_pieces(dump.substr(0, size));
    REQUIRE(pieces.size() <= whole.size());
    for (size_t i = 0; i + 1 < pieces.size(); ++i) REQUIRE(same(pieces[i], whole[i]));
    if (pieces.empty() || same(pieces.back(), whole[pieces.size() - 1])) continue;
    const Segment& last = pieces.back().segment;
    // Comments and psql's lines need no end.
    REQUIRE((!last.complete || last.kind == Kind::meta_command || last.kind == Kind::toc_comment ||
             last.kind == Kind::way_comment));
  }
}

TEST_CASE("CRLF line ends and a byte order mark") {
  std::string text = "\xef\xbb\xbf";
  for (const char c : dump) {
    if (c == '\n') text += '\r';
    text += c;
  }
  const std::vector<Piece> pieces = read_pieces(text);
  const std::vector<Piece> expected = read_pieces(dump);
  REQUIRE(pieces.size() == expected.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    CHECK(pieces[i].segment.kind == expected[i].segment.kind);
    CHECK(pieces[i].segment.line == expected[i].segment.line);
    CHECK(pieces[i].segment.column == expected[i].segment.column);
    CHECK(pieces[i].segment.rows == expected[i].segment.rows);
    CHECK(pieces[i].segment.complete);
    CHECK_FALSE(pieces[i].text.ends_with('\r'));
  }
  CHECK(read_pieces("\xef\xbb\xbfSELECT 1;").front().segment.begin == 3);
}

TEST_CASE("statements") {
  CHECK(texts("") == std::vector<std::string>{});
  CHECK(texts(" ;;\n-- only a comment") == std::vector<std::string>{});
  CHECK(texts("SELECT 1;SELECT 2;") == std::vector<std::string>{"SELECT 1;", "SELECT 2;"});
  CHECK(texts("DO $$BEGIN; END$$;DO $a$ $b$ ; $$ $a$;") ==
        std::vector<std::string>{"DO $$BEGIN; END$$;", "DO $a$ $b$ ; $$ $a$;"});
  CHECK(texts("SELECT e'\\';', xe'\\';SELECT 2;") ==
        std::vector<std::string>{"SELECT e'\\';', xe'\\';", "SELECT 2;"});
  CHECK(texts("SELECT '$$;', a$$;SELECT $1;") ==
        std::vector<std::string>{"SELECT '$$;', a$$;", "SELECT $1;"});
  // An unbalanced parenthesis costs one statement, not the rest of the dump.
  CHECK(texts("CREATE TABLE t (a integer;\nSELECT 2;") ==
        std::vector<std::string>{"CREATE TABLE t (a integer;", "SELECT 2;"});
  CHECK(texts("BEGIN;\nSELECT CASE WHEN a THEN b END;\nEND;") ==
        std::vector<std::string>{"BEGIN;", "SELECT CASE WHEN a THEN b END;", "END;"});
  CHECK(
      texts(
          "create or /* x; */ replace procedure p()\nbegin atomic\n insert into t values (1); end; SELECT 2;")
          .size() == 2);
  // psql would take these for the beginning of a body.
  CHECK(texts("CREATE FUNCTION a.begin() RETURNS int RETURN 1; CREATE FUNCTION begin(a int) RETURNS int "
              "RETURN 2;")
            .size() == 2);
  CHECK(texts("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a.begin() + t.end FROM t; SELECT 2; END; "
              "SELECT 3;")
            .size() == 2);
  CHECK(texts("CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1; BEGIN'; SELECT 2;").size() ==
        2);
}

TEST_CASE("psql's lines outside statements") {
  const auto pieces = read_pieces("\\connect towns\n\\.\nSELECT 1;  \\echo x\nSELECT\n\\gset a;");
  REQUIRE(pieces.size() == 6);
  CHECK(pieces[0].text == "\\connect towns");
  CHECK(pieces[1].text == "\\.");
  CHECK(pieces[1].segment.kind == Kind::meta_command);
  CHECK(pieces[3].text == "\\echo x");
  CHECK(pieces[4].text == "SELECT");
  CHECK(pieces[4].segment.complete);
  CHECK(pieces[4].segment.ended_by_command);
  CHECK(pieces[5].text == "\\gset a;");
}

TEST_CASE("psql's commands end statements, or stand in their midst") {
  const auto sent = read_pieces("SELECT 1 AS a \\gset\nSELECT 2 \\; SELECT 3;\nSELECT '\\gset';");
  REQUIRE(sent.size() == 5);
  CHECK(sent[0].text == "SELECT 1 AS a");
  CHECK(sent[1].text == "\\gset");
  CHECK(sent[2].text == "SELECT 2");
  CHECK(sent[3].text == "SELECT 3;");
  CHECK_FALSE(sent[3].segment.ended_by_command);
  CHECK(sent[4].text == "SELECT '\\gset';");

  const auto inside = read_pieces("SELECT 1\n\\if true\n, 2\n\\endif\n;\n\\set a 1 \\set b 2\nSELECT 3;");
  REQUIRE(inside.size() == 4);
  CHECK(inside[0].text == "SELECT 1\n\\if true\n, 2\n\\endif\n;");
  CHECK(inside[0].segment.has_commands);
  CHECK(inside[1].text == "\\set a 1 ");
  CHECK(inside[2].text == "\\set b 2");
  CHECK_FALSE(inside[3].segment.has_commands);
}

TEST_CASE("rows behind psql's \\copy, and behind a COPY that \\g sends") {
  for (const char* copy : {"\\copy t (a) from stdin", "COPY t FROM stdin \\g"}) {
    INFO(copy);
    const auto pieces = read_pieces(std::string(copy) + "\n1\n2\n\\.\nSELECT 1;");
    const auto rows = std::find_if(pieces.begin(), pieces.end(),
                                   [](const Piece& piece) { return piece.segment.kind == Kind::copy_data; });
    REQUIRE(rows != pieces.end());
    CHECK(rows->segment.rows == 2);
    CHECK(pieces.back().text == "SELECT 1;");
  }
  CHECK(read_pieces("\\copy t from 'a.csv' csv\nSELECT 1;").size() == 2);
}

TEST_CASE("marks of migration tools") {
  const std::string_view text =
      "-- +goose Up\nCREATE TABLE a (b int)\n-- +goose StatementEnd\n  -- +goose Down\nSELECT '\n-- +goose "
      "Down\n';\n"
      "/*\n-- +goose Down\n*/\nSELECT 1 -- +goose Down\n;\n-- migrate:down\n-- +goose Down\nDROP TABLE a;";
  const auto pieces = read_pieces(text);
  REQUIRE(pieces.size() == 9);
  CHECK(pieces[0].segment.kind == Kind::migration_mark);
  CHECK(pieces[1].text == "CREATE TABLE a (b int)");
  CHECK(pieces[1].segment.complete);
  CHECK(pieces[2].text == "-- +goose StatementEnd");
  CHECK(pieces[3].text == "-- +goose Down");
  CHECK(pieces[3].segment.indented);
  CHECK(pieces[4].text == "SELECT '\n-- +goose Down\n';");
  CHECK(pieces[5].text == "SELECT 1 -- +goose Down\n;");
  CHECK(pieces[6].text == "-- migrate:down");
  CHECK(pieces[7].text == "-- +goose Down");
  CHECK_FALSE(pieces[7].segment.indented);
  CHECK(pieces[8].text == "DROP TABLE a;");

  const auto count = [&](MarkOptions marks) {
    const auto source = memory_source(text);
    DumpReader reader(*source, marks);
    size_t found = 0;
    while (true) {
      const auto segment = reader.next();
      REQUIRE(segment);
      if (!*segment) return found;
      if ((*segment)->kind == Kind::migration_mark) ++found;
    }
  };
  CHECK(count({false, std::nullopt}) == 0);
  CHECK(count({true, MigrationTool::dbmate}) == 1);
}

TEST_CASE("a mark inside a statement ends it only in a file that has begun with one") {
  const std::string_view text =
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC\n-- +goose Down\nSELECT 1; END;";
  CHECK(texts(text) == std::vector<std::string>{std::string(text)});
}

TEST_CASE("only COPY ... FROM stdin is followed by rows") {
  for (const char* copy : {"COPY t FROM stdin;", "copy t (a, b) from STDIN with (format csv);",
                           "COPY \"from\" FROM\n stdin;", "COPY t FROM stdin WITH DELIMITER ';';"}) {
    INFO(copy);
    const auto pieces = read_pieces(std::string(copy) + " -- x\n1\t2\n\\.\nSELECT 1;");
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[1].segment.kind == Kind::copy_data);
    CHECK(pieces[1].segment.rows == 1);
  }
  for (const char* copy : {"COPY t FROM '/tmp/stdin';", "COPY t TO stdout;",
                           "COPY (SELECT a FROM stdin) TO stdout;", "COPY t FROM PROGRAM 'cat stdin';"}) {
    INFO(copy);
    CHECK(read_pieces(std::string(copy) + "\nSELECT 1;").back().text == "SELECT 1;");
  }
}

TEST_CASE("rows of a COPY") {
  // Empty lines are rows; a line is the end only if nothing else stands on it.
  auto pieces = read_pieces("COPY t FROM stdin;\n\n\\.x\n\\N\n.\n\\\\.\n\\.");
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[1].segment.rows == 5);
  CHECK(pieces[1].segment.complete);

  pieces = read_pieces("COPY t FROM stdin;\n1\n2\n3");
  CHECK(pieces[1].segment.rows == 2);
  CHECK_FALSE(pieces[1].segment.complete);
  CHECK(pieces[1].segment.end == 24);

  pieces = read_pieces("COPY t FROM stdin;");
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[1].segment.kind == Kind::copy_data);
  CHECK_FALSE(pieces[1].segment.complete);
}

TEST_CASE("a dump that is no text") {
  CHECK(error_of(std::string_view("SELECT 1;\nSELECT '\0';", 21)) ==
        "line 2 holds a NUL byte: this is no SQL text");
  CHECK(error_of(std::string_view("COPY t FROM stdin;\n1\n2\0\n\\.\n", 28)) ==
        "line 3 holds a NUL byte: this is no SQL text");
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{4096}}) {
    SlowSource slow(std::string_view("\xff\xfeS\0E\0", 6), piece);
    DumpReader reader(slow);
    CHECK(reader.next().error().message == "the input is UTF-16 text, not UTF-8");
  }
}

// The SQL of a gigantic row: a COPY whose one line has `size` bytes.
class LongRow : public ByteSource {
 public:
  explicit LongRow(uint64_t size) : left_(size) {}
  Result<size_t> read(char* buffer, size_t size) override {
    largest_read = std::max(largest_read, size);
    std::string_view& text = left_ > 0 && head_.empty() ? row_ : head_.empty() ? tail_ : head_;
    if (&text == &row_) {
      const size_t count = static_cast<size_t>(std::min<uint64_t>(size, left_));
      std::memset(buffer, 'x', count);
      left_ -= count;
      return count;
    }
    const size_t count = std::min(size, text.size());
    if (count > 0) std::memcpy(buffer, text.data(), count);
    text.remove_prefix(count);
    return count;
  }
  Result<void> skip(uint64_t) override { return Error{}; }

  size_t largest_read = 0;

 private:
  uint64_t left_;
  std::string_view head_ = "COPY t FROM stdin;\n1\n";
  std::string_view row_;
  std::string_view tail_ = "\n3\n\\.\nSELECT 1;\n";
};

TEST_CASE("a row of any length is read in constant memory") {
  constexpr uint64_t size = uint64_t{64} << 20U;
  LongRow source(size);
  const auto pieces = read_pieces(source);
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[1].segment.rows == 3);
  CHECK(pieces[1].segment.end - pieces[1].segment.begin == size + 5);
  CHECK(pieces[2].segment.line == 6);
  // What is read at once is never more than what the window has room for.
  CHECK(source.largest_read <= size_t{1} << 20U);
}

TEST_CASE("a statement that is longer than the window") {
  const std::string sql =
      "SELECT '" + std::string(3 << 20, 'x') + ";', $$" + std::string(2 << 20, '\n') + ";$$;";
  const std::string text = "SELECT 1;\n" + sql + "\nSELECT 2;\n";
  const auto pieces = read_pieces(text);
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[1].text == sql);
  CHECK(pieces[2].segment.line == 3 + (2 << 20));
}

TEST_CASE("SHA-256 and size are those of the whole input") {
  const auto source = memory_source("abc");
  DumpReader reader(*source);
  CHECK_FALSE((*reader.next())->complete);
  CHECK_FALSE(*reader.next());
  CHECK_FALSE(*reader.next());
  CHECK(reader.bytes() == 3);
  CHECK(reader.sha256() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("real dumps are cut into complete segments, in order") {
  const char* variable = std::getenv("PG2CRDB_CORPUS");
  const std::filesystem::path corpus =
      variable != nullptr ? variable : std::filesystem::path(PG2CRDB_SOURCE_DIR) / "../shared/corpus";
  if (!std::filesystem::is_directory(corpus)) SKIP("no corpus: set PG2CRDB_CORPUS");
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
    if (entry.path().extension() != ".sql") continue;
    INFO(entry.path().filename().string());
    ++files;
    const auto source = open_input(entry.path().string());
    REQUIRE(source);
    DumpReader reader(**source);
    uint64_t end = 0;
    uint64_t line = 1;
    while (true) {
      const auto segment = reader.next();
      REQUIRE(segment);
      if (!*segment) break;
      INFO((*segment)->text.substr(0, 200));
      CHECK((*segment)->complete);
      CHECK((*segment)->begin >= end);
      CHECK((*segment)->end >= (*segment)->begin);
      CHECK((*segment)->line >= line);
      end = (*segment)->end;
      line = (*segment)->line;
      if ((*segment)->kind == Kind::copy_data) CHECK((*segment)->rows <= end - (*segment)->begin);
    }
    CHECK(reader.bytes() == std::filesystem::file_size(entry.path()));
    CHECK(end <= reader.bytes());
  }
  CHECK(files > 0);
}

}  // namespace
}  // namespace pg2crdb
