#include "bind/session.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "parser/parser.h"

using namespace pg2crdb;
using bind::Path;

namespace {

ast::Script parsed(std::string_view sql) {
  SourceFile file{0, "dump.sql"};
  Diagnostics diagnostics;
  const std::unique_ptr<ByteSource> source = memory_source(sql);
  Result<ParsedDump> dump = parse_dump(*source, file, diagnostics);
  REQUIRE(dump);
  return std::move(dump->script);
}

bind::Session session_after(std::string_view sql) {
  const ast::Script script = parsed(sql);
  bind::Session session;
  for (const ast::Statement& statement : script.statements) session.take(statement.node);
  return session;
}

Path path_after(std::string_view sql) {
  return session_after(sql).path();
}

using Range = std::pair<ast::StatementId, ast::StatementId>;

std::vector<Range> ranges(std::string_view sql) {
  const ast::Script script = parsed(sql);
  std::vector<Range> found;
  for (const bind::RolledBack& range : bind::rolled_back(script)) found.emplace_back(range.first, range.last);
  return found;
}

}  // namespace

TEST_CASE("every way to set the search_path") {
  CHECK(path_after("") == Path{"public"});
  CHECK(path_after("SET search_path = app, pg_catalog;") == Path{"app"});
  CHECK(path_after("SET search_path TO 'App', \"My Schema\", app;") == Path{"App", "My Schema", "app"});
  CHECK(path_after("SET LOCAL search_path = app;") == Path{"public"});
  CHECK(path_after("BEGIN; SET LOCAL search_path = app;") == Path{"app"});
  CHECK(path_after("BEGIN; SET LOCAL search_path = app; COMMIT;") == Path{"public"});
  CHECK(path_after("SELECT set_config('search_path', 'app', true);") == Path{"public"});
  CHECK(path_after("SET search_path = \"$user\", public;") == Path{"public"});
  CHECK(path_after("SET ROLE joe;") == Path{"joe", "public"});
  CHECK(path_after("SET ROLE joe; RESET ROLE;") == Path{"public"});
  CHECK(path_after("SET ROLE joe; SET search_path = app, \"$user\";") == Path{"app", "joe"});
  CHECK(path_after("SET SESSION AUTHORIZATION joe; SET ROLE eve; SET ROLE NONE;") == Path{"joe", "public"});
  CHECK(path_after("\\connect - joe\n") == Path{"joe", "public"});
  CHECK(path_after("\\connect - joe\nSET ROLE eve;\n\\connect shop\n") == Path{"joe", "public"});
  CHECK(path_after("SET search_path = '';").empty());
  CHECK(path_after("SELECT pg_catalog.set_config('search_path', '', false);").empty());
  CHECK(path_after("SELECT set_config('search_path', 'App, \"B, c\"', false);") == Path{"app", "B, c"});
  CHECK(path_after("SELECT set_config('Search_Path', 'app', false);") == Path{"app"});
  CHECK(path_after("SELECT set_config('work_mem', 'app', false);") == Path{"public"});
  CHECK(path_after("SET SCHEMA 'app';") == Path{"app"});
}

TEST_CASE("a search_path that nobody knows") {
  const auto is_known = [](std::string_view sql) { return path_after(sql).is_known; };
  CHECK(is_known("SELECT set_config('search_path', 'app', false);"));
  CHECK_FALSE(is_known("SELECT set_config('search_path', 'app' || 'x', false);"));
  CHECK_FALSE(is_known("SELECT set_config('search_path', 'app', false) FROM t;"));
  CHECK_FALSE(is_known("SELECT set_config('search_path', 'app', false) WHERE false;"));
  CHECK_FALSE(is_known("SELECT set_config(a, b, false) FROM t;"));
  CHECK(is_known("SELECT set_config('search_path', 'app' || 'x', false); SET search_path = app;"));
  CHECK(is_known("SELECT set_config('search_path', 'app' || 'x', true);"));
  CHECK_FALSE(is_known("BEGIN; SELECT set_config('search_path', 'app' || 'x', true);"));
  CHECK(is_known("BEGIN; SELECT set_config('search_path', 'app' || 'x', true); COMMIT;"));
  CHECK_FALSE(is_known("BEGIN; SELECT set_config('search_path', 'app' || 'x', false); COMMIT;"));
  CHECK_FALSE(is_known("DO $$ BEGIN IF true THEN SET search_path = app; END IF; END $$;"));
  CHECK_FALSE(is_known("DO $$ DECLARE v text; BEGIN v := set_config('search_path', 'app', false); END $$;"));
  CHECK(is_known("DO $$ DECLARE v text; BEGIN v := set_config('search_path', lower('A'), true); END $$;"));
  CHECK_FALSE(is_known("DO $$ BEGIN EXECUTE 'SET search_path = ' || current_user; END $$;"));
  CHECK(is_known("DO $$ BEGIN EXECUTE 'ALTER DATABASE d SET search_path = app'; END $$;"));
  CHECK(is_known("DO $$ BEGIN SET search_path = app; END $$;"));
}

TEST_CASE("settings that decide what becomes of rows, and what gives them back") {
  CHECK(session_after("SET session_replication_role = replica;").is_replica());
  CHECK(session_after("SELECT set_config('session_replication_role', 'Replica', false);").is_replica());
  CHECK_FALSE(session_after("SET LOCAL session_replication_role = replica;").is_replica());
  CHECK(session_after("BEGIN; SET LOCAL session_replication_role = replica;").is_replica());
  CHECK_FALSE(session_after("BEGIN; SET LOCAL session_replication_role = replica; COMMIT;").is_replica());
  CHECK(session_after("SET array_nulls = off; BEGIN; SET LOCAL array_nulls = on; COMMIT;")
            .reads_null_as_text());
  CHECK_FALSE(session_after("SET array_nulls = off; SET array_nulls TO DEFAULT;").reads_null_as_text());
  CHECK(session_after("SET timezone = 'Asia/Tokyo';").reads_otherwise() == "timezone asia/tokyo");
  CHECK(session_after("SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE;").reads_otherwise() ==
        "timezone -08:00");
  CHECK(session_after("SET TIME ZONE INTERVAL '0' HOUR;").reads_otherwise().empty());
  CHECK(session_after("SET TIME ZONE -8; SET TIME ZONE LOCAL;").reads_otherwise().empty());
  for (const char* back : {"RESET ALL;", "DISCARD ALL;", "\\connect other\n"}) {
    const bind::Session session = session_after(
        std::string(
            "SET timezone = 'Asia/Tokyo'; SET array_nulls = off; SET session_replication_role = replica;\n") +
        back);
    CHECK(session.reads_otherwise().empty());
    CHECK_FALSE(session.reads_null_as_text());
    CHECK_FALSE(session.is_replica());
  }
}

TEST_CASE("a setting that an expression gives is not known") {
  const auto after = [](const std::string& sql) { return session_after(sql).reads_otherwise(); };
  CHECK(after("SELECT set_config('timezone', current_setting('app.zone'), false);") == "timezone (computed)");
  CHECK(after("SELECT set_config('TimeZone', 'Asia/' || city, false) FROM places;") == "timezone (computed)");
  CHECK(after("SELECT count(*) FROM (SELECT set_config('timezone', 'Asia/Tokyo', false)) AS s;") ==
        "timezone (computed)");
  CHECK(after("SELECT set_config(name, setting, false) FROM saved;") == "timezone (computed)");
  CHECK(after("SELECT set_config('datestyle', lower('DMY'), false);") == "datestyle (computed)");
  CHECK(after("SELECT set_config('intervalstyle', lower('x'), false);") == "intervalstyle (computed)");
  CHECK(session_after("SELECT set_config('array_nulls', lower('OFF'), false);").reads_null_as_text());
  CHECK(after("DO $$ BEGIN IF true THEN SET timezone = 'Asia/Tokyo'; END IF; END $$;") ==
        "timezone (computed)");
  CHECK(
      after(
          "DO $$ BEGIN IF true THEN PERFORM set_config('timezone', 'Asia/Tokyo', false); END IF; END $$;") ==
      "timezone (computed)");
  CHECK(after("SELECT set_config('timezone', lower('A'), false); SET timezone = 'UTC';").empty());
  CHECK(after("SELECT set_config('timezone'::text, 'UTC'::text, false);").empty());
  CHECK(after("SELECT set_config('work_mem', lower('A'), false);").empty());
}

TEST_CASE("what gives the search_path back") {
  CHECK(path_after("SET search_path = app; RESET search_path;") == Path{"public"});
  CHECK(path_after("SET search_path = app; RESET ALL;") == Path{"public"});
  CHECK(path_after("SET search_path = app; SET search_path TO DEFAULT;") == Path{"public"});
  CHECK(path_after("SET search_path = app; DISCARD ALL;") == Path{"public"});
  CHECK(path_after("DO $$ BEGIN SET search_path = app; END $$;") == Path{"app"});
  CHECK(path_after(
            "DO $$ DECLARE i int; BEGIN i := 1; PERFORM set_config('search_path', 'app', false); END $$;") ==
        Path{"app"});
  CHECK(path_after("DO $$ BEGIN IF false THEN SET search_path = app; END IF; END $$;") == Path{"public"});
  CHECK(path_after("SET search_path = app; RESET work_mem;") == Path{"app"});
}

TEST_CASE("settings of a database or role hold for sessions that begin later") {
  const auto later = [](std::string_view sql) { return path_after(std::string(sql) + "\n\\connect -\n"); };
  CHECK(path_after("ALTER DATABASE d SET search_path TO app, public; RESET search_path;") == Path{"public"});
  CHECK(later("ALTER DATABASE d SET SEARCH_PATH = app, public;") == Path{"app", "public"});
  CHECK(later("ALTER DATABASE search_path SET search_path TO 'My App', b;") == Path{"My App", "b"});
  CHECK(later("ALTER DATABASE d SET search_path TO app; ALTER DATABASE d RESET ALL;") == Path{"public"});
  CHECK(later("\\connect other\nALTER DATABASE d SET search_path TO app;") == Path{"public"});
  CHECK(later("\\connect \"d\"\nALTER DATABASE d SET search_path TO app;") == Path{"app"});
  // Of a role, where the session is known to be its own.
  CHECK(later("ALTER ROLE joe SET search_path TO app;") == Path{"public"});
  CHECK(later("ALTER ROLE ALL IN DATABASE d SET search_path TO app;") == Path{"app"});
  CHECK(later("ALTER USER CURRENT_USER SET search_path TO app;") == Path{"app"});
  CHECK(later("\\c d joe\nALTER ROLE joe SET search_path TO app;") == Path{"app"});
}

TEST_CASE("the path that a function's SET clause gives") {
  const auto path_of = [](std::string_view clause) {
    const ast::Script script =
        parsed("CREATE FUNCTION f() RETURNS int LANGUAGE sql " + std::string(clause) + " AS 'SELECT 1';");
    return bind::path_of(std::get<ast::CreateFunction>(script.statements.front().node).settings);
  };
  CHECK(path_of("SET search_path = app, public") == Path{"app", "public"});
  CHECK(path_of("SET search_path TO 'App', public") == Path{"App", "public"});
  CHECK(path_of("SET search_path TO 'app, public'") ==
        Path{"app, public"});  // one schema: PostgreSQL quotes it
  CHECK(path_of("SET search_path = ''") == Path{});
  CHECK(path_of("SET work_mem = '1MB'") == std::nullopt);
  CHECK(path_of("") == std::nullopt);
}

TEST_CASE("a transaction that is rolled back") {
  CHECK(ranges("BEGIN; SELECT 1; COMMIT; SELECT 2;").empty());
  CHECK(ranges("BEGIN; SELECT 1; ROLLBACK; SELECT 2;") == std::vector<Range>{{0, 2}});
  CHECK(ranges("START TRANSACTION; SELECT 1; ABORT;") == std::vector<Range>{{0, 2}});
  CHECK(ranges("ROLLBACK; SELECT 1;").empty());
  CHECK(ranges("BEGIN; SELECT 1; END; BEGIN; ROLLBACK;") == std::vector<Range>{{3, 4}});
}

TEST_CASE("savepoints") {
  CHECK(ranges("BEGIN; SAVEPOINT a; SELECT 1; ROLLBACK TO a; COMMIT;") == std::vector<Range>{{1, 3}});
  CHECK(ranges("BEGIN; SAVEPOINT a; SELECT 1; ROLLBACK TO SAVEPOINT a; SELECT 2; ROLLBACK TO a; COMMIT;") ==
        std::vector<Range>{{1, 3}, {1, 5}});
  CHECK(ranges("BEGIN; SAVEPOINT a; SAVEPOINT b; ROLLBACK TO b; ROLLBACK TO a; COMMIT;") ==
        std::vector<Range>{{1, 4}});
  // The inner one of two of a name, then, once that is released, the outer one.
  CHECK(ranges("BEGIN; SAVEPOINT a; SAVEPOINT a; SELECT 1; ROLLBACK TO a; COMMIT;") ==
        std::vector<Range>{{2, 4}});
  CHECK(ranges("BEGIN; SAVEPOINT a; SAVEPOINT a; RELEASE a; ROLLBACK TO a; COMMIT;") ==
        std::vector<Range>{{1, 4}});
  // The whole transaction holds what was in it.
  CHECK(ranges("BEGIN; SAVEPOINT a; ROLLBACK TO a; ROLLBACK;") == std::vector<Range>{{0, 3}});
  CHECK(ranges("BEGIN; SAVEPOINT \"S 1\"; SAVEPOINT \"s 1\"; ROLLBACK TO \"S 1\" /* both */; COMMIT;") ==
        std::vector<Range>{{1, 3}});
  CHECK(ranges("BEGIN; SAVEPOINT Sp; SELECT 1; ROLLBACK TO \"sp\"; COMMIT;") == std::vector<Range>{{1, 3}});
}
