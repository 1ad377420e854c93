#include "rows/insert.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>

namespace pg2crdb {
namespace {

using Values = std::vector<std::optional<std::string>>;

// All rows; nothing where the INSERT is not plain.
std::optional<std::vector<Values>> rows_of(InsertReader& reader) {
  std::vector<Values> rows;
  std::vector<Field> fields;
  while (reader.next(fields)) {
    Values& row = rows.emplace_back();
    for (const Field& field : fields) {
      row.push_back(field.null ? std::nullopt : std::optional<std::string>(field.text));
    }
  }
  if (!reader.plain_head() || reader.failed()) return std::nullopt;
  return rows;
}

std::optional<std::vector<Values>> rows_of(std::string_view sql) {
  InsertReader reader(sql);
  return rows_of(reader);
}

std::optional<Values> row(const std::string& values) {
  const auto rows = rows_of("INSERT INTO t VALUES (" + values + ");");
  if (!rows || rows->size() != 1) return std::nullopt;
  return rows->front();
}

TEST_CASE("INSERTs of real dumps") {
  InsertReader playlist(R"(INSERT INTO "PlaylistTrack" ("PlaylistId", "TrackId") VALUES (5, 472);)");
  CHECK(*rows_of(playlist) == std::vector<Values>{{"5", "472"}});
  CHECK(playlist.schema().empty());
  CHECK(playlist.table() == "PlaylistTrack");
  CHECK(playlist.columns() == std::vector<std::string>{"PlaylistId", "TrackId"});

  InsertReader products(
      "INSERT INTO products VALUES (67, 'Laughing Lumberjack Lager', 16, 1, '24 - 12 oz bottles', 14, 52, 0, "
      "10, 0);");
  CHECK(rows_of(products)->front()[4] == "24 - 12 oz bottles");
  CHECK(products.columns().empty());

  InsertReader many(
      "INSERT INTO public.towns OVERRIDING SYSTEM VALUE VALUES\n\t(1, 'L''Abergement', -4.50, NULL),\n"
      "\t(2, 'Ars', 1e+20, true) ON CONFLICT DO NOTHING;");
  CHECK(*rows_of(many) == std::vector<Values>{{"1", "L'Abergement", "-4.50", std::nullopt},
                                              {"2", "Ars", "100000000000000000000", "true"}});
  CHECK(many.schema() == "public");
  CHECK(many.on_conflict_do_nothing());
}

TEST_CASE("numbers are what PostgreSQL makes of them") {
  CHECK(*row("+5, - 5, 007, .5, 10., 1e3, -0") == Values{"5", "-5", "7", "0.5", "10", "1000", "-0"});
  CHECK(*row("- - 5") == Values{"5"});
  InsertReader reader("INSERT INTO t VALUES (1, 2.5, 1e3, '2.5');");
  std::vector<Field> fields;
  REQUIRE(reader.next(fields));
  CHECK(reader.fractions() == std::vector<size_t>{1, 2});
  InsertReader zeros("INSERT INTO t VALUES ('-0', -0, (-0), -0.0, - 0, ARRAY[1, -0], -1);");
  REQUIRE(zeros.next(fields));
  CHECK(zeros.negative_zeros() == std::vector<size_t>{1, 4, 5});
}

TEST_CASE("ON CONFLICT DO NOTHING says which key") {
  const auto read = [](const std::string& clause) {
    const std::string sql = "INSERT INTO t VALUES (1) ON CONFLICT " + clause + ";";
    InsertReader reader(sql);
    if (!rows_of(reader)) return std::string("not plain");
    std::string said = reader.conflict_constraint();
    for (const std::string& column : reader.conflict_columns()) said += " " + column;
    return said;
  };
  CHECK(read("DO NOTHING").empty());
  CHECK(read("(A, \"B\") DO NOTHING") == " a B");
  CHECK(read("ON CONSTRAINT t_pkey DO NOTHING") == "t_pkey");
  CHECK(read("(lower(a)) DO NOTHING") == "not plain");
  CHECK(read("(a) WHERE b DO NOTHING") == "not plain");
  CHECK(read("(a) DO UPDATE SET a = 1") == "not plain");
}

TEST_CASE("names are folded and unquoted") {
  InsertReader reader(R"(insert into Public."A ""b"" c" (Id, "Id") values (1, 2))");
  CHECK(*rows_of(reader) == std::vector<Values>{{"1", "2"}});
  CHECK(reader.schema() == "public");
  CHECK(reader.table() == "A \"b\" c");
  CHECK(reader.columns() == std::vector<std::string>{"id", "Id"});
}

TEST_CASE("names are cut where PostgreSQL cuts them") {
  const std::string sixty(60, 'a');
  const std::string plain = "INSERT INTO " + sixty + "bcde VALUES (1)";
  InsertReader reader(plain);
  CHECK(reader.table() == sixty + "bcd");
  const std::string quoted = "INSERT INTO \"" + sixty + "aa\xc3\xa4\" VALUES (1)";
  InsertReader accents(quoted);
  CHECK(accents.table() == sixty + "aa");
}

TEST_CASE("literals come out as COPY would have them") {
  CHECK(*row("'a\\nb', E'a\\nb\\'c''d\\\\', E'\\x41\\102\\u00e9\\U0001F600'") ==
        Values{"a\\nb", "a\nb'c'd\\", "AB\xc3\xa9\xf0\x9f\x98\x80"});
  CHECK(*row("B'101', X'1F', b'', FALSE, null") == Values{"101", "00011111", "", "false", std::nullopt});
  CHECK(*row("'', '''', 'x'''") == Values{"", "'", "x'"});
  CHECK(*row("0, -1, +2, .5, 3., 1.5e-7, 'NaN'") == Values{"0", "-1", "2", "0.5", "3", "0.00000015", "NaN"});
  CHECK(*row("'two '  \n 'lines', 'it''s'\n''") == Values{"two lines", "it's"});
  CHECK(*row("N'Boris Tschaikowski'") == Values{"Boris Tschaikowski"});
  CHECK(*row("N'Edinburgh ', N' it''s  ', N'  '") == Values{"Edinburgh", " it's", ""});
}

TEST_CASE("casts are read only where they cannot change the value") {
  CHECK(*row("'{}'::jsonb, 'happy'::public.mood, '{a,b}'::text[], NULL::integer") ==
        Values{"{}", "happy", "{a,b}", std::nullopt});
  CHECK(
      *row("'abc'::varchar(3), '101'::bit(3), CAST('ab' AS character(4)), 5::text, TRUE::text, NULL::x[]") ==
      Values{"abc", "101", "ab", "5", "true", std::nullopt});
  for (const char* changed :
       {"'abc'::char", "'abc'::varchar(2)", "1::boolean", "5::bit(4)", "TRUE::integer", "B'101'::integer",
        "'abc'::\"char\"", "'1.2345 s'::interval(3)", "1.234::numeric(5,2)", "'10'::bit(4)",
        "DEFAULT::integer", "'{abc}'::varchar(2)[]", "'a'::geometry(Point,4326)"}) {
    INFO(changed);
    CHECK_FALSE(row(changed));
  }
}

// Of one row: values, and for each cast its field and type.
std::string casts_of(const std::string& values) {
  const std::string sql = "INSERT INTO t VALUES (" + values + ");";
  InsertReader reader(sql);
  std::vector<Field> fields;
  if (!reader.next(fields)) return "not plain";
  std::string out;
  for (const Field& field : fields) out += (field.null ? "NULL" : std::string(field.text)) + "|";
  for (const InsertReader::TypeCast& cast : reader.casts())
    out += " " + std::to_string(cast.field) + " " + cast.type + (cast.array ? "[]" : "");
  return reader.failed() ? "not plain" : out;
}

TEST_CASE("casts to a type that has to be the column's are told") {
  CHECK(casts_of("1, '2024-01-02'::date, 4.5::integer") == "1|2024-01-02|4.5| 1 date 2 int4");
  CHECK(casts_of("DATE '2024-01-02', timestamp with time zone '2024-01-02 03:04+00'") ==
        "2024-01-02|2024-01-02 03:04+00| 0 date 1 timestamptz");
  CHECK(casts_of("'x'::character varying, '1'::double precision, '3'::pg_catalog.int8") ==
        "x|1|3| 1 float8 2 int8");
  CHECK(casts_of("'2024-01-01'::date::text") == "2024-01-01| 0 date");
  CHECK(casts_of("interval '1 day', NULL::integer") == "1 day|NULL| 0 interval");
  CHECK(casts_of("upper('d')") == "not plain");
}

TEST_CASE("arrays and dollar quotes are literals") {
  CHECK(casts_of(R"(ARRAY['a', 'b c', NULL, 'null', '', 'q"\']::text[])") ==
        R"({a,"b c",NULL,"null","","q\"\\"}|)");
  CHECK(casts_of("ARRAY[[1, -2], [3, 4]], ARRAY[]::integer[]") == "{{1,-2},{3,4}}|{}| 1 int4[]");
  CHECK(casts_of("ARRAY['2024-01-02'::date]") == "{2024-01-02}| 0 date[]");
  CHECK(casts_of("ARRAY[TRUE, $$d$$, E'\\t']") == "{true,d,\"\t\"}|");
  CHECK(casts_of("$$it's$$, $a$ $$ $a$, 1") == "it's| $$ |1|");
  CHECK(casts_of("ARRAY[1.5]") == "not plain");  // rounded where the column has integers
  CHECK(casts_of("ARRAY[1 + 1, (2)], ARRAY['a' || 'b']") == "{2,2}|{ab}|");
  CHECK(casts_of("ARRAY[DEFAULT]") == "not plain");
}

TEST_CASE("what is computed of literals with one outcome is read") {
  CHECK(*row("1 + 2 * 3, -(4 - 10), (60 * 60) * 24, 2 - -3, ((7))") == Values{"7", "6", "86400", "5", "7"});
  CHECK(*row("'a' || E'\\t' || chr(228) || $$b$$::text, ('x' || 'y')::varchar(2)") == Values{"a\t\xc3\xa4"
                                                                                             "b",
                                                                                             "xy"});
  CHECK(casts_of("CAST('2024-01-02' AS date), CAST((1 + 1) AS bigint)") == "2024-01-02|2| 0 date 1 int8");
  CHECK(*row("1 /* a /* nested */ comment */, -- (2)\n 3") == Values{"1", "3"});
  CHECK(*row("U&'d\\0061t\\+000061', E'\\ud83d\\ude00'") == Values{"data", "\xf0\x9f\x98\x80"});
  for (const char* other : {"1 / 2", "1.5 + 1", "2 ^ 3", "9223372036854775807 + 1", "'1' || 2",
                            "'{}'::jsonb || '{}'::jsonb", "NULL || 'a'", "now()", "(SELECT 1)", "(1, 2)",
                            "E'\\ud83d'", "U&'d!0061' UESCAPE '!'", "chr(0)", "DATE 'x' || 'y'", "1 + a"}) {
    INFO(other);
    CHECK_FALSE(row(other));
  }
  CHECK_FALSE(row(std::string(100, '(') + "'a'" + std::string(100, ')')));
}

TEST_CASE("what RETURNING gives is nobody's") {
  for (const char* clause :
       {"RETURNING id", "RETURNING *", "RETURNING t.id AS x, \"B\"", "ON CONFLICT DO NOTHING RETURNING id"}) {
    INFO(clause);
    const std::string sql = "INSERT INTO t VALUES (1) " + std::string(clause) + ";";
    InsertReader reader(sql);
    CHECK(rows_of(reader));
    CHECK(reader.returning());
  }
  CHECK_FALSE(rows_of("INSERT INTO t VALUES (1) RETURNING nextval('s');"));
}

TEST_CASE("DEFAULT is told from NULL") {
  InsertReader reader("INSERT INTO public.film VALUES (1, DEFAULT, NULL, DEFAULT);");
  std::vector<Field> fields;
  REQUIRE(reader.next(fields));
  CHECK(reader.defaults() == std::vector<size_t>{1, 3});
  CHECK(fields[1].null);
}

TEST_CASE("other INSERTs are not plain") {
  for (const char* sql :
       {"INSERT INTO t SELECT * FROM u;", "INSERT INTO t DEFAULT VALUES;",
        "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1;", "INSERT INTO t VALUES (now());",
        "INSERT INTO t VALUES ('a' 'b');", "INSERT INTO t VALUES (0x1F);", "INSERT INTO t VALUES ('open",
        "INSERT INTO t VALUES (1", "INSERT INTO t VALUES", "INSERT INTO t (a VALUES (1);",
        "INSERT INTO t VALUES ();", "INSERT INTO t VALUES (1),;",
        "INSERT INTO t OVERRIDING USER VALUE VALUES (1);", "WITH x AS (SELECT 1) INSERT INTO t VALUES (1);",
        "INSERT INTO d.s.t VALUES (1);", "INSERT INTO t VALUES (B'12');", ""}) {
    INFO(sql);
    CHECK_FALSE(rows_of(sql));
  }
}

}  // namespace
}  // namespace pg2crdb
