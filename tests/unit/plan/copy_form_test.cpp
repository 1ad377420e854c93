#include "plan/copy_form.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {

TEST_CASE("how rows behind a COPY are written") {
  const CopyForm plain = form_of_copy("COPY public.\"a from stdin\" (a, b) FROM stdin;");
  CHECK_FALSE(plain.csv);
  CHECK(plain.delimiter == "\t");
  CHECK(plain.null == "\\N");
  const CopyForm csv = form_of_copy("copy t (\"csv\") from STDIN with (format 'csv', header, null 'NIL');");
  CHECK(csv.csv);
  CHECK(csv.header == CopyForm::Header::names);
  CHECK(csv.delimiter == ",");
  CHECK(csv.null == "NIL");
  const CopyForm old = form_of_copy("COPY t FROM STDIN WITH CSV NULL AS 'it''s' DELIMITER E'\\t' HEADER;");
  CHECK(old.csv);
  CHECK(old.header == CopyForm::Header::names);
  CHECK(old.delimiter == "\t");
  CHECK(old.null == "it's");
  const CopyForm pipe = form_of_copy("COPY t FROM STDIN DELIMITERS '|' NULL '';");
  CHECK(pipe.null.empty());
  CHECK(form_of_copy("COPY t FROM stdin (HEADER false, DELIMITER '|')").header == CopyForm::Header::none);
  CHECK_FALSE(form_of_copy("COPY t FROM 'stdin' CSV").csv);
}

TEST_CASE("quotes, escapes and columns that options name") {
  using Names = std::vector<std::string>;
  const CopyForm form = form_of_copy(
      "COPY t FROM stdin WITH (FORMAT csv, QUOTE '#', ESCAPE E'\\\\', FORCE_NULL (a, \"B b\"), "
      "FORCE_NOT_NULL *, "
      "HEADER match, ENCODING 'UTF8', FREEZE, ON_ERROR stop);");
  CHECK(form.quote == "#");
  CHECK(form.escape == "\\");
  CHECK(form.force_null.names == Names{"a", "B b"});
  CHECK(form.force_not_null.all);
  CHECK(form.header == CopyForm::Header::match);
  CHECK(form.unread.empty());
  const CopyForm old = form_of_copy("COPY t FROM stdin CSV HEADER QUOTE AS '#' FORCE NOT NULL a, b FREEZE;");
  CHECK(old.quote == "#");
  CHECK(old.escape == "#");
  CHECK(old.force_not_null.names == Names{"a", "b"});
  CHECK_FALSE(old.force_null.any());
  CHECK(old.unread.empty());
}

TEST_CASE("options that no load can read are told") {
  const auto unread = [](const std::string& options) {
    return form_of_copy("COPY t FROM stdin " + options + ";").unread;
  };
  CHECK(unread("(FORMAT binary)") == "FORMAT binary");
  CHECK(unread("WITH (FORMAT csv, ENCODING 'latin1')") == "ENCODING 'latin1'");
  CHECK(unread("ENCODING 'LATIN1'") == "ENCODING 'LATIN1'");
  CHECK(unread("(ON_ERROR ignore)") == "ON_ERROR ignore");
  CHECK(unread("(DEFAULT '\\D')") == "DEFAULT '\\D'");
  CHECK(unread("(FORMAT csv) WHERE a > 1") == "WHERE a > 1");
  CHECK(unread("USING DELIMITERS '|' WITH NULL AS ''").empty());
  CHECK(unread("(HEADER, LOG_VERBOSITY verbose)").empty());
}

}  // namespace pg2crdb
