#include "parser/psql.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {
namespace {

using Branch = PsqlSession::Branch;
using Effect = PsqlSession::Effect;

Effect run(PsqlSession& session, std::string_view line) {
  return session.run(read_psql_command(line));
}

std::string expanded(PsqlSession& session, std::string_view sql) {
  const auto expansion = session.expand(sql, sql.find('\\') != std::string_view::npos);
  return expansion ? expansion->text : std::string(sql);
}

TEST_CASE("a psql command ends at the next one, at its separator and at the line's end") {
  const PsqlCommand two = read_psql_command("\\set a 'x\\'y' \\echo done");
  CHECK(two.name == "set");
  CHECK(two.arguments == "a 'x\\'y'");
  CHECK(two.size == 14);
  const PsqlCommand separated = read_psql_command("\\set a 1 \\\\ SELECT :a;");
  CHECK(separated.arguments == "a 1");
  CHECK(separated.size == 11);
  const PsqlCommand copy = read_psql_command("\\copy t from 'a\\b' csv");
  CHECK(copy.arguments == "t from 'a\\b' csv");
  CHECK(copy.size == 22);
  CHECK(read_psql_command("\\").name.empty());
  CHECK(read_psql_command("\\gset pre_").ends_statement());
  CHECK_FALSE(read_psql_command("\\echo x").ends_statement());
}

TEST_CASE("conditions hold as psql reads booleans") {
  for (const char* word : {"true", "T", "tr", "1", "on", "yes", "y", "'true'"}) {
    PsqlSession session;
    INFO(word);
    CHECK(run(session, std::string("\\if ") + word) == Effect::done);
    CHECK(session.branch() == Branch::taken);
  }
  // What is no boolean is false; `o` may be on and off.
  for (const char* word : {"false", "F", "0", "off", "of", "no", "n", "o", "2", "", "1 > 0"}) {
    PsqlSession session;
    INFO(word);
    CHECK(run(session, std::string("\\if ") + word) == Effect::done);
    CHECK(session.branch() == Branch::not_taken);
  }
}

TEST_CASE("one branch of a condition is taken, and within a branch that is not, none") {
  PsqlSession session;
  run(session, "\\if false");
  run(session, "\\if true");
  CHECK(session.branch() == Branch::not_taken);
  run(session, "\\else");
  CHECK(session.branch() == Branch::not_taken);
  run(session, "\\endif");
  run(session, "\\elif yes");
  CHECK(session.branch() == Branch::taken);
  run(session, "\\elif yes");
  CHECK(session.branch() == Branch::not_taken);
  run(session, "\\else");
  CHECK(session.branch() == Branch::not_taken);
  CHECK(run(session, "\\else") == Effect::unmatched);
  run(session, "\\endif");
  CHECK(session.branch() == Branch::taken);
  CHECK(run(session, "\\endif") == Effect::unmatched);
}

TEST_CASE("a condition that only the server or the command line knows leaves every branch open") {
  for (const char* condition :
       {"\\if :never_set", "\\if :SERVER_VERSION_NUM", "\\if `true`", "\\if :asked"}) {
    PsqlSession session;
    INFO(condition);
    run(session, "\\prompt 'really? ' asked");
    CHECK(run(session, condition) == Effect::unknown);
    CHECK(session.branch() == Branch::unknown);
    run(session, "\\if true");
    CHECK(session.branch() == Branch::unknown);
    run(session, "\\endif");
    run(session, "\\else");
    CHECK(session.branch() == Branch::unknown);
    run(session, "\\endif");
    CHECK(session.branch() == Branch::taken);
  }
  PsqlSession decided;
  run(decided, "\\if true");
  CHECK(run(decided, "\\elif :never_set") == Effect::done);
  CHECK(decided.branch() == Branch::not_taken);
}

TEST_CASE("whether a variable is set") {
  PsqlSession session;
  run(session, "\\if :{?schema}");
  CHECK(session.branch() == Branch::not_taken);
  run(session, "\\else");
  run(session, "\\set schema app");
  run(session, "\\endif");
  run(session, "\\if :{?schema}");
  CHECK(session.branch() == Branch::taken);
  run(session, "\\endif");
  run(session, "\\unset schema");
  CHECK(expanded(session, "SELECT :{?schema}, :{?USER}") == "SELECT FALSE, TRUE");
  session.set_unknown_names("row_");
  CHECK(run(session, "\\if :{?row_count}") == Effect::unknown);
}

TEST_CASE("variables in statements, outside of quotes and comments") {
  PsqlSession session;
  run(session, "\\set schema app");
  run(session, "\\set label 'it''s' ' ' \"here\"");
  run(session, "\\set path 'a\\\\b'");
  run(session, "\\set both :schema _ :schema");
  CHECK(expanded(session, "SELECT :schema.f(:'label'), :\"schema\"") ==
        "SELECT app.f('it''s \"here\"'), \"app\"");
  CHECK(expanded(session, "SELECT :'path'") == "SELECT  E'a\\\\b'");
  CHECK(expanded(session, ":both") == "app_app");
  const std::string_view untouched =
      "SELECT ':schema', \":schema\", $$:schema$$, $a$:'schema'$a$, E'\\':schema', x::schema, :other /* "
      ":schema */ "
      "-- :schema";
  CHECK(expanded(session, untouched) == untouched);
}

TEST_CASE("an expansion knows where its bytes come from") {
  PsqlSession session;
  run(session, "\\set s longer_than_its_name");
  const std::string_view sql = "CREATE TABLE :s.t (a int);";
  const auto expansion = session.expand(sql, false);
  REQUIRE(expansion);
  CHECK(expansion->source_of(expansion->text.find("CREATE")) == 0);
  CHECK(expansion->source_of(expansion->text.find("longer")) == sql.find(":s"));
  CHECK(expansion->source_of(expansion->text.find("than")) == sql.find(":s"));
  CHECK(expansion->source_of(expansion->text.find("(a")) == sql.find("(a"));
}

TEST_CASE("conditions in the midst of a statement") {
  PsqlSession session;
  run(session, "\\set wide on");
  CHECK(expanded(session, "CREATE TABLE t (a int\n\\if :wide\n, b int\n\\else\n, c int\n\\endif\n);") ==
        "CREATE TABLE t (a int\n\n, b int\n\n);");
  CHECK(session.open_conditions() == 0);
  const auto open = session.expand("SELECT 1\n\\if :never_set\n, 2\n\\endif\n;", true);
  REQUIRE(open);
  CHECK(open->unknown_condition);
  const auto other = session.expand("SELECT 1\n\\bind 2\n;", true);
  REQUIRE(other);
  CHECK(other->command == "bind");
  CHECK(expanded(session, "SELECT a\\:b") == "SELECT a:b");
}

TEST_CASE("the database of a connection") {
  CHECK(connected_to("towns").database == "towns");
  CHECK(connected_to("Towns alice").database == "towns");
  CHECK(connected_to("\"My \"\"DB\"\"\"").database == "My \"DB\"");
  CHECK(connected_to("- alice").database.empty());
  CHECK(connected_to("").database.empty());
  CHECK(connected_to("- Alice").user == "alice");
  CHECK(connected_to("towns -").user.empty());
  CHECK(connected_to("\"dbname=towns user=Alice\"").user == "Alice");
  CHECK(connected_to("postgresql://alice:x@host:5432/towns").user == "alice");
  CHECK(connected_to("postgresql://host/towns").user.empty());
  CHECK(connected_to("-reuse-previous=on \"dbname='a\\'b='\"").database == "a'b=");
  CHECK(connected_to("\"host=x dbname = towns\"").database == "towns");
  CHECK(connected_to("postgresql://alice@host:5432/towns?sslmode=off").database == "towns");
}

}  // namespace
}  // namespace pg2crdb
