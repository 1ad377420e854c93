#include "bind/namespace.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace pg2crdb;
using ast::no_object;
using ast::ObjectId;
using ast::ObjectKind;
using bind::Namespace;
using Among = Namespace::Among;

namespace {

std::string times(size_t count, const std::string& text) {
  std::string result;
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

struct Fixture {
  std::deque<ast::Object> objects;
  Namespace names{objects};

  ObjectId table(const std::string& schema, const std::string& name) {
    return names.create(ObjectKind::table, {schema, name}, 0);
  }
  ObjectId find(const std::string& schema, const std::string& name, const bind::Path& path = {"public"}) {
    return names.find(ObjectKind::table, {schema, name}, path);
  }
};

}  // namespace

// The expected names are PostgreSQL 15's.
TEST_CASE("names of what is left unnamed are cut as PostgreSQL cuts them") {
  CHECK(bind::object_name("t", "a", "key") == "t_a_key");
  CHECK(bind::object_name("t", "", "pkey") == "t_pkey");
  CHECK(bind::object_name("t", "a", "") == "t_a");
  CHECK(bind::object_name(times(57, "a"), times(47, "b"), "key") ==
        times(29, "a") + "_" + times(29, "b") + "_key");
  CHECK(bind::object_name(times(57, "a"), "k", "seq") == times(57, "a") + "_k_seq");
  CHECK(bind::object_name(times(58, "a"), "k", "seq") == times(57, "a") + "_k_seq");
}

TEST_CASE("names are cut between characters") {
  const std::string table = times(29, "ä");
  CHECK(bind::object_name(table, times(22, "ö"), "key") == times(14, "ä") + "_" + times(14, "ö") + "_key");
  CHECK(bind::object_name(table, "x" + times(19, "€"), "check") ==
        times(14, "ä") + "_x" + times(9, "€") + "_check");
  CHECK(bind::object_name(table, "y", "fkey") == times(28, "ä") + "_y_fkey");
}

TEST_CASE("a chosen name gets a number where it is taken") {
  Fixture test;
  const ObjectId table = test.table("public", "t");
  test.names.create(ObjectKind::constraint, {{}, "t_a_check"}, 0, table);
  test.table("public", "t_a_check1");
  test.table("public", "t_a_seq");

  CHECK(test.names.choose_name("public", "t", "a", "check", Among::constraints) == "t_a_check1");
  CHECK(test.names.choose_name("public", "t", "a", "check", Among::both) == "t_a_check2");
  CHECK(test.names.choose_name("public", "t", "a", "check", Among::relations) == "t_a_check");
  CHECK(test.names.choose_name("public", "t", "a", "seq", Among::relations) == "t_a_seq1");
  CHECK(test.names.choose_name("app", "t", "a", "seq", Among::relations) == "t_a_seq");
}

TEST_CASE("a constraint that goes, or moves with its table, frees its name") {
  Fixture test;
  const ObjectId table = test.table("public", "t");
  const ObjectId check = test.names.create(ObjectKind::constraint, {{}, "t_check"}, 0, table);
  const auto chosen = [&](const char* schema) {
    return test.names.choose_name(schema, "t", "", "check", Among::constraints);
  };
  CHECK(chosen("public") == "t_check1");
  test.names.rename(table, {"app", "t"});
  CHECK(chosen("public") == "t_check");
  CHECK(chosen("app") == "t_check1");
  test.names.drop(check, 1);
  CHECK(chosen("app") == "t_check");
}

TEST_CASE("schema and name are two fields") {
  Fixture test;
  const ObjectId one = test.table("a", "b.c");
  const ObjectId other = test.table("a.b", "c");
  CHECK(test.find("a", "b.c") == one);
  CHECK(test.find("a.b", "c") == other);
}

TEST_CASE("names without a schema are looked for along the path") {
  Fixture test;
  const ObjectId in_public = test.table("public", "t");
  const ObjectId in_app = test.table("app", "t");
  CHECK(test.find("", "t", {"app", "public"}) == in_app);
  CHECK(test.find("", "t", {"other", "public"}) == in_public);
  CHECK(test.find("", "t", {"other"}) == no_object);
}

TEST_CASE("relations of all kinds share a space, types have another") {
  Fixture test;
  const ObjectId view = test.names.create(ObjectKind::view, {"public", "t"}, 0);
  const ObjectId type = test.names.create(ObjectKind::type, {"public", "t"}, 0);
  CHECK(test.names.find(ObjectKind::sequence, {"public", "t"}, {}) == view);
  CHECK(test.names.find(ObjectKind::domain, {"public", "t"}, {}) == type);
  CHECK(test.names.find(ObjectKind::schema, {{}, "t"}, {}) == no_object);
}

TEST_CASE("what lives in a relation goes with it, and an older object comes not back") {
  Fixture test;
  const ObjectId table = test.table("public", "t");
  const ObjectId column = test.names.create(ObjectKind::column, {{}, "a"}, 0, table);
  CHECK(test.names.find_in(table, ObjectKind::column, "a") == column);
  CHECK(test.names.columns(table) == std::vector{column});
  test.names.drop(table, 5);
  CHECK(test.find("public", "t") == no_object);
  CHECK_FALSE(test.objects[column].stands());
  CHECK(test.objects[column].dropped == 5);
  CHECK(test.names.former(ObjectKind::table, {{}, "t"}, {"public"}) == table);

  const ObjectId next = test.table("public", "t");
  CHECK(next != table);
  CHECK(test.names.find_in(next, ObjectKind::column, "a") == no_object);
}

TEST_CASE("three renames exchange two names") {
  Fixture test;
  const ObjectId a = test.table("public", "a");
  const ObjectId b = test.table("public", "b");
  test.names.rename(a, {"public", "c"});
  test.names.rename(b, {"public", "a"});
  test.names.rename(a, {"public", "b"});
  CHECK(test.find("public", "a") == b);
  CHECK(test.find("public", "b") == a);
  CHECK(test.find("public", "c") == no_object);
}

TEST_CASE("routines are told apart by their signatures, along the whole path") {
  Fixture test;
  const auto make = [&](const char* schema, const char* signature) {
    return test.names.create(ObjectKind::function, {schema, "f"}, 0, no_object, signature);
  };
  const ObjectId one = make("app", "(int4)");
  const ObjectId two = make("public", "(text)");
  const ObjectId hidden = make("public", "(int4)");
  CHECK(test.names.routines({{}, "f"}, {"app", "public"}) == std::vector{one, two});
  CHECK(test.names.routine({{}, "f"}, "(int4)", {"app", "public"}) == one);
  CHECK(test.names.routine({"public", "f"}, "(int4)", {}) == hidden);
  CHECK(test.names.routine({{}, "f"}, "(bool)", {"app", "public"}) == no_object);
}

TEST_CASE("an owned object goes with the one that owns it now") {
  Fixture test;
  const ObjectId table = test.table("public", "t");
  const ObjectId column = test.names.create(ObjectKind::column, {{}, "a"}, 0, table);
  const ObjectId kept = test.names.create(ObjectKind::sequence, {"public", "kept"}, 0, column);
  const ObjectId gone = test.names.create(ObjectKind::sequence, {"public", "gone"}, 0);
  test.names.set_parent(kept, no_object);
  test.names.set_parent(gone, column);
  test.names.drop(table, 3);
  CHECK(test.objects[kept].stands());
  CHECK_FALSE(test.objects[gone].stands());
}
