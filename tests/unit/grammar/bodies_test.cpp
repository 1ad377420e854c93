// What CockroachDB refuses in bodies, and where.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "grammar/cockroachdb.h"

namespace pg2crdb {
namespace {

CockroachGrammar& newest() {
  static CockroachGrammar grammar{Target()};
  return grammar;
}

std::vector<BodyProblem> problems_of(const std::string& body, std::string_view language = "plpgsql") {
  return newest().check_body(language, body);
}

/// The only problem, and the word that it stands at.
void check_problem(const std::string& body, const std::string& form, const std::string& word) {
  CAPTURE(body);
  const std::vector<BodyProblem> problems = problems_of(body);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].form == form);
  CHECK(body.substr(problems[0].offset, problems[0].length) == word);
}

/// A statement that does not fit into the grammars, and the word that is told of.
void check_misfit(const std::string& body, const std::string& word, std::string_view language = "plpgsql") {
  CAPTURE(body);
  const std::vector<BodyProblem> problems = problems_of(body, language);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].form.empty());
  CHECK(!problems[0].missing);
  CHECK(body.substr(problems[0].offset, problems[0].length) == word);
}

void check_accepted(const std::vector<std::string>& bodies, std::string_view language = "plpgsql") {
  for (const std::string& body : bodies) {
    CAPTURE(body);
    const std::vector<BodyProblem> problems = problems_of(body, language);
    INFO((problems.empty() ? std::string() : problems[0].message));
    CHECK(problems.empty());
  }
}

std::string evidence_file() {
  const char* given = std::getenv("PG2CRDB_CORPUS");
  const std::string corpus = given != nullptr ? given : PG2CRDB_SOURCE_DIR "/../shared/corpus";
  const std::string file = corpus + "/../crdb-verdicts/plpgsql-25.2.tsv";
  return std::filesystem::exists(file) ? file : std::string();
}

}  // namespace

TEST_CASE("bodies that CockroachDB has the forms of are accepted") {
  check_accepted({
      "BEGIN END",
      "<<outer>> DECLARE x INT8 := 1; y CONSTANT public.mood = 'a'; z NUMERIC(10, 2)[]; BEGIN x := y; END "
      "outer;",
      "DECLARE c CURSOR FOR SELECT 1; d NO SCROLL CURSOR IS WITH q AS (SELECT 1) SELECT * FROM q; BEGIN OPEN "
      "c; "
      "FETCH NEXT FROM c INTO x, y; MOVE FORWARD 2 FROM c; CLOSE c; OPEN d SCROLL FOR TABLE t; END",
      "BEGIN IF a = 1 THEN NULL; ELSIF b LIKE 'x' || c ESCAPE d THEN BEGIN NULL; END; ELSE RETURN; END IF; "
      "END",
      "BEGIN <<l>> FOR i IN REVERSE 10..f(1) BY 2 LOOP EXIT l WHEN i = 1; CONTINUE; END LOOP l; END",
      "BEGIN FOR i IN 1..3 LOOP WHILE true LOOP LOOP EXIT; END LOOP; END LOOP; END LOOP; END",
      "BEGIN NEW.a := (NEW).b + 1; RETURN NEW; EXCEPTION WHEN unique_violation OR SQLSTATE '22012' THEN "
      "RAISE "
      "WARNING 'a % b %', (NEW).a, f(1, 2) USING ERRCODE = '22000', HINT := 'a' || b; WHEN OTHERS THEN "
      "RETURN "
      "NULL; END",
      "BEGIN INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING RETURNING id INTO STRICT x; SELECT INTO x, y a, "
      "b "
      "FROM t; SELECT a INTO x FROM t WHERE b IN (SELECT 1); UPDATE t SET a = 1; CALL p(1, 'x'); END",
      "BEGIN RETURN QUERY SELECT 1; RETURN NEXT r; RETURN NEXT; COMMIT AND NO CHAIN; ROLLBACK; SET "
      "TRANSACTION "
      "ISOLATION LEVEL SERIALIZABLE; END",
      "DECLARE type INT8; BEGIN \"type\" := type + 1; \"my;var\" := 'a;b'; x := $q$END;$q$; /* ; */ END",
  });
}

TEST_CASE("a form that CockroachDB does not have is named at its place, and what follows is read on") {
  check_problem("BEGIN PERFORM f(1) FROM t; END", "PERFORM", "PERFORM");
  check_problem("BEGIN FOR r IN SELECT * FROM t LOOP NULL; END LOOP; END", "FOR over a query", "FOR");
  check_problem("BEGIN FOREACH x IN ARRAY a LOOP NULL; END LOOP; END", "FOREACH", "FOREACH");
  check_problem("DECLARE x t.a%TYPE := 1; BEGIN NULL; END", "%TYPE", "TYPE");
  check_problem("DECLARE x public.t%ROWTYPE; BEGIN NULL; END", "%ROWTYPE", "ROWTYPE");
  check_problem("DECLARE r record; BEGIN NULL; END", "a RECORD variable", "record");
  check_problem("DECLARE x INT8 DEFAULT 1; BEGIN NULL; END", "DEFAULT in a declaration", "DEFAULT");
  check_problem("DECLARE x INT8 NOT NULL := 1; BEGIN NULL; END", "a NOT NULL variable", "NULL");
  check_problem("DECLARE x ALIAS FOR $1; BEGIN NULL; END", "ALIAS FOR", "$1");
  check_problem("DECLARE c CURSOR (k int) FOR SELECT k; BEGIN NULL; END", "a cursor with parameters", ")");
  check_problem("#variable_conflict use_column\nBEGIN NULL; END", "a line with #", "use_column");
  check_problem("BEGIN IF a THEN NULL; ELSEIF b THEN NULL; END IF; END", "ELSEIF", "ELSEIF");
  check_problem("BEGIN CASE a WHEN 1, 2 THEN NULL; ELSE NULL; END CASE; END", "a CASE statement", "CASE");
  check_problem("BEGIN EXECUTE 'a' || b INTO c USING d; END", "EXECUTE", "EXECUTE");
  check_problem("BEGIN RETURN QUERY EXECUTE 'SELECT 1'; END", "RETURN QUERY EXECUTE", "EXECUTE");
  check_problem("BEGIN OPEN c FOR EXECUTE 'SELECT 1' USING 1; END", "OPEN FOR EXECUTE", "EXECUTE");
  check_problem("BEGIN a[1] := 2; END", "an assignment to an array's element", "[");
  check_problem("BEGIN NEW.a[1] := 2; END", "an assignment to an array's element", "[");
  check_problem("BEGIN a.b.c := 2; END", "an assignment to a field of a field", ".");
  check_problem("BEGIN $1 := 2; END", "an assignment to a parameter by its number", "$1");
  check_problem("BEGIN message := 'a'; END", "a variable that is named like a word of PL/pgSQL", "message");
  check_problem("BEGIN NEW.type := 'a'; END", "a field that is named like a word of PL/pgSQL", "type");
  check_problem("BEGIN SELECT 1 INTO query; END", "a variable that is named like a word of PL/pgSQL",
                "query");
  check_problem("BEGIN SELECT 1, 2 INTO a, NEW.b FROM t; END", "INTO a field", ".");
  check_problem("BEGIN UPDATE t SET error = 1; END", "the name error", "error");
  check_problem("BEGIN x := a FROM t; END", "a value with FROM", "FROM");
  check_problem("BEGIN RAISE; END", "RAISE without arguments", "RAISE");
  check_problem("BEGIN RAISE 'a' USING TABLE = 't'; END", "RAISE USING TABLE", "TABLE");
  check_problem("BEGIN GET DIAGNOSTICS n = ROW_COUNT; END", "GET DIAGNOSTICS", "DIAGNOSTICS");
  check_problem("BEGIN CREATE TABLE t (a INT8); END", "CREATE", "CREATE");
  CHECK(problems_of("DECLARE r t%ROWTYPE; BEGIN PERFORM f(); ASSERT true; x[1] := 1; RAISE; END").size() ==
        5);
}

TEST_CASE("what fits into neither grammar is refused at its word") {
  check_misfit("BEGIN NULL;; END", ";");
  check_misfit("BEGIN LOOP NULL; END", "");
  check_misfit("BEGIN IF a THEN NULL; END", "");
  check_misfit("BEGIN x := f(a => 1); END", ">");
  check_misfit("BEGIN RETURN a, b; END", ",");
  check_misfit("BEGIN INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (1); END", "OVERRIDING");
  check_misfit("DECLARE x xml; BEGIN NULL; END", "xml");
  check_misfit("BEGIN SELECT 1 INTO x INTO y; END", "INTO");
  check_misfit("BEGIN (SELECT 1); END", "(");
  check_misfit("x", "x");
  check_misfit("", "");
  check_misfit("SELECT 1; SELECT a FROM t WHERE CURRENT OF c; SELECT 2", "OF", "sql");
}

TEST_CASE("a body in SQL is statements") {
  check_accepted({"", "SELECT 1", "SELECT $1; -- ;\nINSERT INTO t VALUES (';') RETURNING a;"}, "sql");
  CHECK(problems_of("anything at all", "plperl").empty());
  const std::vector<BodyProblem> problems = problems_of("SELECT 1;\nTRUNCATE t", "sql");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].form == "TRUNCATE");
  CHECK(problems[0].parses);
  CHECK(problems[0].offset == 10);
}

TEST_CASE("a form that came with a release is refused before it") {
  struct Gate {
    std::string body, before, since;
  };
  const std::vector<Gate> gates = {
      {"BEGIN FOR i IN 1..3 LOOP x := i; END LOOP; END", "24.2", "24.3"},
      {"BEGIN NEW.a := 1; END", "24.2", "24.3"},
      {"BEGIN x := 1; BEGIN x := 1; END; END", "23.2", "24.1"},
      {"BEGIN NULL; END", "23.2", "24.1"},
      {"BEGIN RETURN; END", "23.2", "24.1"},
      {"BEGIN COMMIT; END", "23.2", "24.1"},
      {"BEGIN SELECT 1 INTO STRICT x; END", "23.2", "24.1"},
      {"BEGIN LOOP EXIT WHEN a; END LOOP; END", "23.2", "24.1"},
      {"BEGIN CALL p(); END", "23.2", "24.1"},
      {"BEGIN RETURN QUERY SELECT 1; END", "25.1", "25.2"},
      {"BEGIN x := (WITH q AS (SELECT 1) SELECT * FROM q); END", "24.3", "25.1"},
  };
  for (const Gate& gate : gates) {
    CAPTURE(gate.body);
    CockroachGrammar before(Target(parse_version(gate.before).value()));
    CockroachGrammar since(Target(parse_version(gate.since).value()));
    CHECK(since.check_body("plpgsql", gate.body).empty());
    const std::vector<BodyProblem> problems = before.check_body("plpgsql", gate.body);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].hint.starts_with("Since CockroachDB " + gate.since + ": "));
  }
}

TEST_CASE("a body that is nested too deeply is said to be") {
  std::string body = "BEGIN ";
  for (size_t i = 0; i < 10'000; ++i) body += "BEGIN ";
  const std::vector<BodyProblem> problems = problems_of(body);
  REQUIRE_FALSE(problems.empty());
  CHECK(problems.back().too_deep);
}

TEST_CASE("the grammar agrees with CockroachDB's parser about bodies in PL/pgSQL") {
  // Taken by the parser, and refused when the expression's type is looked for.
  const std::vector<std::string> untyped = {"array slice read", "variable named default, read"};
  const std::string path = evidence_file();
  if (path.empty()) SKIP("no evidence: set PG2CRDB_CORPUS");
  CockroachGrammar grammar(Target(parse_version("25.2").value()));
  std::ifstream rows(path);
  std::string row;
  std::getline(rows, row);
  size_t count = 0, excused = 0;
  while (std::getline(rows, row)) {
    std::vector<std::string> fields;
    std::istringstream line(row);
    for (std::string field; std::getline(line, field, '\t');) fields.push_back(field);
    REQUIRE(fields.size() >= 6);
    const bool accepted = fields[2] == "yes";
    const std::vector<BodyProblem> problems = grammar.check_body("plpgsql", fields[5]);
    const bool ours =
        std::ranges::all_of(problems, [](const BodyProblem& problem) { return problem.parses; });
    ++count;
    if (std::ranges::find(untyped, fields[0]) != untyped.end()) {
      excused += accepted && !ours ? 1 : 0;
      continue;
    }
    CAPTURE(fields[0], fields[5], fields[3]);
    INFO((problems.empty() ? std::string() : problems[0].message));
    CHECK(ours == accepted);
  }
  std::cout << "bodies: " << count << " rows, all agree but " << excused << "\n";
  CHECK(excused == untyped.size());
}

}  // namespace pg2crdb
