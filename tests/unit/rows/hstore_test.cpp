#include "rows/hstore.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {
namespace {

std::string json_of(std::string_view hstore) {
  std::string out;
  return append_hstore_as_json(out, hstore) ? out : "none";
}

}  // namespace

TEST_CASE("pairs of an hstore are members of an object") {
  CHECK(json_of(R"("a"=>"1", "b"=>NULL)") == R"({"a": "1", "b": null})");
  CHECK(json_of("") == "{}");
  CHECK(json_of(R"("q\"uote"=>"back\\slash", ""=>"")") == R"({"q\"uote": "back\\slash", "": ""})");
  CHECK(json_of("\"line\"=>\"a\nb\x01\"") == R"({"line": "a\nb\u0001"})");
  CHECK(json_of(R"("n"=>"NULL")") == R"({"n": "NULL"})");
}

TEST_CASE("an hstore that is written by hand is read as PostgreSQL reads it") {
  CHECK(json_of(" a=>1 , b => null,c=>x\\ y ") == R"({"a": "1", "b": null, "c": "x y"})");
  CHECK(json_of("a=>b=c,") == R"({"a": "b=c"})");
}

TEST_CASE("what is no hstore is told") {
  for (const char* text :
       {"a", "a=>", "=>1", R"("a"=>"1" "b"=>"2")", R"("a=>1)", "a=>1, a=>2", R"({"a": "1"})", "a=>\\"}) {
    INFO(text);
    CHECK(json_of(text) == "none");
  }
}

TEST_CASE("an hstore is written as PostgreSQL writes it") {
  CHECK(canonical_hstore("") == "");
  CHECK(canonical_hstore("a=>1") == R"("a"=>"1")");
  CHECK(canonical_hstore(R"(bb=>2 , "a" => NULL, c=>"null", b=>"q\"\\r")") ==
        R"("a"=>NULL, "b"=>"q\"\\r", "c"=>"null", "bb"=>"2")");
  CHECK_FALSE(canonical_hstore("a=>1, a=>2"));
  CHECK_FALSE(canonical_hstore("a"));
}

}  // namespace pg2crdb
