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
  CHECK(csv.header);
  CHECK(csv.delimiter == ",");
  CHECK(csv.null == "NIL");
  const CopyForm old = form_of_copy("COPY t FROM STDIN WITH CSV NULL AS 'it''s' DELIMITER E'\\t' HEADER;");
  CHECK(old.csv);
  CHECK(old.header);
  CHECK(old.delimiter == "\t");
  CHECK(old.null == "it's");
  const CopyForm pipe = form_of_copy("COPY t FROM STDIN DELIMITERS '|' NULL '';");
  CHECK(pipe.null.empty());
  CHECK_FALSE(form_of_copy("COPY t FROM stdin (HEADER false, DELIMITER '|')").header);
  CHECK_FALSE(form_of_copy("COPY t FROM 'stdin' CSV").csv);
}

}  // namespace pg2crdb
