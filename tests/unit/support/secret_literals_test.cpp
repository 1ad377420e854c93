#include "support/secret_literals.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {
namespace {

TEST_CASE("secret literals: what is a password is hidden, whatever it is quoted with") {
  const struct {
    std::string_view sql, shown;
  } cases[] = {
      {"CREATE USER bob PASSWORD 's3cret' SUPERUSER", "CREATE USER bob PASSWORD '***' SUPERUSER"},
      {"ALTER ROLE a ENCRYPTED PASSWORD E's3\\'cret' LOGIN", "ALTER ROLE a ENCRYPTED PASSWORD E'***' LOGIN"},
      {"ALTER ROLE a PASSWORD U&'s3''cret'", "ALTER ROLE a PASSWORD U&'***'"},
      {"ALTER ROLE a PASSWORD\n  $x$s3'cret$x$ LOGIN", "ALTER ROLE a PASSWORD\n  $x$***$x$ LOGIN"},
      {"ALTER ROLE a password /* the old one */ 's3cret'", "ALTER ROLE a password /* the old one */ '***'"},
      {"ALTER ROLE a PASSWORD 's3cret", "ALTER ROLE a PASSWORD '***"},
      {"OPTIONS (user 'bob', password 's3cret')", "OPTIONS (user 'bob', password '***')"},
      {"OPTIONS (SET \"Password\" 's3cret', host 'h')", "OPTIONS (SET \"Password\" '***', host 'h')"},
      {"CONNECTION 'host=h password = s3cret' PUBLICATION p", "CONNECTION '***' PUBLICATION p"},
      {"CONNECTION $$host=h password=s3cret$$", "CONNECTION $$***$$"},
      {"SELECT dblink('postgresql://u:s3cret@h/db', 'SELECT 1')", "SELECT dblink('***', 'SELECT 1')"},
      {"VALUES ('SCRAM-SHA-256$4096:s3cret')", "VALUES ('***')"},
      {"-- ALTER ROLE don't PASSWORD\nALTER ROLE a PASSWORD 's3cret'",
       "-- ALTER ROLE don't PASSWORD\nALTER ROLE a PASSWORD '***'"},
      {"-- ALTER ROLE a PASSWORD 's3cret';\nSELECT 'x'", "-- ALTER ROLE a PASSWORD '***';\nSELECT 'x'"},
      {"AS $$ BEGIN ALTER ROLE a PASSWORD 's3cret'; EXECUTE 'ALTER ROLE a PASSWORD ''s3cret'''; END $$",
       "AS $$ BEGIN ALTER ROLE a PASSWORD '***'; EXECUTE '***'; END $$"},
  };
  for (const auto& [sql, shown] : cases) CHECK(without_secret_literals(sql) == shown);
}

TEST_CASE("secret literals: the rest of a statement is shown") {
  for (std::string_view sql :
       {"CREATE TABLE u (password text DEFAULT 'none', b text DEFAULT 'x')", "ALTER ROLE a PASSWORD NULL",
        "COMMENT ON COLUMN u.password IS 'kept as a hash'", "CONNECTION 'host=h dbname=d'",
        "SELECT $1, 'a$b$'", "SELECT 'http://example.com:80/a'", "OPTIONS (user 'bob')"})
    CHECK(without_secret_literals(sql) == sql);
}

}  // namespace
}  // namespace pg2crdb
