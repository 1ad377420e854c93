#include <catch2/catch_test_macros.hpp>

#include "tests/unit/diag/sample_findings.h"

using namespace pg2crdb;

namespace {

// Everything that a format might take for its own: of names, messages, notes, source.
Sample hostile() {
  Sample sample("./a|b <c>, %:.sql");
  Diagnostic& found = sample.find(0, 1, "</pre><script>alert(\"1\")</script> '&' \x01 \xFF money",
                                  "</script> '&' \x01 \xFF money");
  found.object = "public.\"a`|\n<b>\"";
  found.message = "table `a``b <script>` has `x`` <i> ``` _y_ | \"q\" \\ \n\x02 \xC0\xAF [l](u) &lt;";
  found.notes = {"<b>::error::"};
  return sample;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("json: the fields of the report's findings") {
  const std::string error =
      R"({"rule":"money-type","severity":"error","category":"types","object":"public.t",)"
      R"("span":{"file":"dump.sql","start":{"line":23,"column":11,"byte":559},"end":{"line":23,"column":16,"byte":564}},)"
      R"("message":"column `price` of table `public.t` has type `money`","notes":["6 rows hold currency signs"],)"
      R"("advice":"Use DECIMAL(19,2).","docs":"pg2crdb rules explain money-type"})";
  const std::string warning =
      R"({"rule":"sequence-cycle","severity":"warning","category":"sequences","object":"public.s",)"
      R"("span":{"file":"dump.sql","start":{"line":40,"column":1,"byte":800},"end":{"line":42,"column":10,"byte":851}},)"
      R"("message":"sequence `public.s` starts again at its end","notes":[],)"
      R"("advice":"Drop CYCLE, and watch for the end","docs":"pg2crdb rules explain sequence-cycle"})";
  const std::string remark =
      R"({"rule":"large-table","severity":"info","category":"speed","object":"",)"
      R"("span":{"file":"dump.sql","start":{"line":42,"column":11,"byte":9000},"end":{"line":42,"column":11,"byte":9010}},)"
      R"("message":"a remark","notes":[],"advice":"","docs":"pg2crdb rules explain large-table"})";
  CHECK(small_dump().render(FindingsFormat::json) ==
        "[\n" + error + ",\n" + warning + ",\n" + remark + "\n]\n");
  CHECK(small_dump().render(FindingsFormat::jsonl) == error + "\n" + warning + "\n" + remark + "\n");
}

TEST_CASE("json: hostile text stays in its strings") {
  CHECK(
      hostile().render(FindingsFormat::json) ==
      "[\n"
      R"({"rule":"money-type","severity":"error","category":"types","object":"public.\"a`|\n<b>\"",)"
      R"("span":{"file":"./a|b <c>, %:.sql","start":{"line":1,"column":25,"byte":24},"end":{"line":1,"column":48,"byte":47}},)"
      R"("message":"table `a``b <script>` has `x`` <i> ``` _y_ | \"q\" \\ \n\u0002 )"
      "\uFFFD\uFFFD"
      R"( [l](u) &lt;","notes":["<b>::error::"],"advice":"Use DECIMAL(19,2).","docs":"pg2crdb rules explain money-type"})"
      "\n]\n");
}

TEST_CASE("json: a finding about the run has no span") {
  Sample sample;
  sample.diagnostics.push_back({&large_table, Severity::info, "", {7, 0, 0}, "a remark", "", {}});
  CHECK(contains(sample.render(FindingsFormat::json), R"("span":null)"));
}

TEST_CASE("sarif") {
  CHECK(small_dump().render(FindingsFormat::sarif) ==
        R"({"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","runs":[{
"tool":{"driver":{"name":"pg2crdb","version":"0.1.0","rules":[
{"id":"money-type","shortDescription":{"text":"The type money does not exist."},"help":{"text":"Use DECIMAL(19,2)."},"defaultConfiguration":{"level":"error"},"properties":{"category":"types","tags":["types"]}},
{"id":"sequence-cycle","shortDescription":{"text":"A sequence that starts again at its end would stop there."},"help":{"text":"Drop CYCLE."},"defaultConfiguration":{"level":"warning"},"properties":{"category":"sequences","tags":["sequences"]}},
{"id":"large-table","shortDescription":{"text":"A table has many rows."},"help":{"text":"A table has many rows."},"defaultConfiguration":{"level":"note"},"properties":{"category":"speed","tags":["speed"]}}
]}},
"columnKind":"unicodeCodePoints",
"results":[
{"ruleId":"money-type","ruleIndex":0,"level":"error","message":{"text":"column `price` of table `public.t` has type `money`\nnote: 6 rows hold currency signs\nhelp: Use DECIMAL(19,2)."},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"dump.sql"},"region":{"startLine":23,"startColumn":11,"endLine":23,"endColumn":16}}}],"partialFingerprints":{"pg2crdb/v1":"5a0ac4542329b0cc"}},
{"ruleId":"sequence-cycle","ruleIndex":1,"level":"warning","message":{"text":"sequence `public.s` starts again at its end\nhelp: Drop CYCLE, and watch for the end"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"dump.sql"},"region":{"startLine":40,"startColumn":1,"endLine":42,"endColumn":10}}}],"partialFingerprints":{"pg2crdb/v1":"3d0330ab01541277"}},
{"ruleId":"large-table","ruleIndex":2,"level":"note","message":{"text":"a remark"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"dump.sql"},"region":{"startLine":42,"startColumn":11,"endLine":42,"endColumn":11}}}],"partialFingerprints":{"pg2crdb/v1":"368d4b658cef7478"}}
]}]}
)");
}

TEST_CASE("sarif: a rule stands once, and paths are URIs") {
  Sample sample("/data/my dump.sql");
  sample.find(0, 1, "a money", "money");
  sample.find(100, 2, "b money", "money");
  const std::string sarif = sample.render(FindingsFormat::sarif);
  CHECK(sarif.find("\"id\":\"money-type\"") == sarif.rfind("\"id\":\"money-type\""));
  CHECK(contains(sarif, R"("uri":"file:///data/my%20dump.sql")"));
  CHECK(contains(hostile().render(FindingsFormat::sarif), R"("uri":"./a%7Cb%20%3Cc%3E,%20%25%3A.sql")"));
}

TEST_CASE("github: one command a finding") {
  CHECK(small_dump().render(FindingsFormat::github) ==
        "::error file=dump.sql,line=23,endLine=23,col=11,endColumn=15,title=money-type::column `price` of "
        "table "
        "`public.t` has type `money`%0Anote: 6 rows hold currency signs%0Ahelp: Use DECIMAL(19,2).\n"
        "::warning file=dump.sql,line=40,endLine=42,title=sequence-cycle::sequence `public.s` starts again "
        "at its "
        "end%0Ahelp: Drop CYCLE, and watch for the end\n"
        "::notice file=dump.sql,line=42,endLine=42,col=11,endColumn=11,title=large-table::a remark\n");
  CHECK(hostile().render(FindingsFormat::github) ==
        "::error file=./a|b <c>%2C %25%3A.sql,line=1,endLine=1,col=25,endColumn=47,title=money-type::table "
        "`a``b "
        "<script>` has `x`` <i> ``` _y_ | \"q\" \\ %0A\u2402 \uFFFD\uFFFD [l](u) &lt;%0Anote: "
        "<b>::error::%0Ahelp: "
        "Use DECIMAL(19,2).\n");
}

TEST_CASE("gcc: a line a finding") {
  CHECK(small_dump().render(FindingsFormat::gcc) ==
        "dump.sql:23:11: error: column `price` of table `public.t` has type `money` [money-type]\n"
        "dump.sql:40:1: warning: sequence `public.s` starts again at its end [sequence-cycle]\n"
        "dump.sql:42:11: note: a remark [large-table]\n");
  Sample sample;
  sample.diagnostics.push_back({&large_table, Severity::info, "", {7, 0, 0}, "a\nremark", "", {}});
  CHECK(sample.render(FindingsFormat::gcc) == "pg2crdb: note: a\u240Aremark [large-table]\n");
}

TEST_CASE("junit: a test a finding") {
  CHECK(small_dump().render(FindingsFormat::junit) ==
        R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="2">
<testsuite name="pg2crdb" tests="3" failures="2">
<testcase classname="money-type" name="dump.sql:23" file="dump.sql" line="23"><failure type="error" message="column `price` of table `public.t` has type `money`">column `price` of table `public.t` has type `money`
note: 6 rows hold currency signs
help: Use DECIMAL(19,2).</failure></testcase>
<testcase classname="sequence-cycle" name="dump.sql:40" file="dump.sql" line="40"><failure type="warning" message="sequence `public.s` starts again at its end">sequence `public.s` starts again at its end
help: Drop CYCLE, and watch for the end</failure></testcase>
<testcase classname="large-table" name="dump.sql:42" file="dump.sql" line="42"><system-out>a remark</system-out></testcase>
</testsuite>
</testsuites>
)");
  const std::string text = hostile().render(FindingsFormat::junit);
  CHECK_FALSE(contains(text, "<b>"));
  CHECK_FALSE(contains(text, "<script>"));
  CHECK(contains(text, "./a|b &lt;c&gt;, %:.sql"));
}

TEST_CASE("gitlab: a code quality report") {
  CHECK(small_dump().render(FindingsFormat::gitlab) ==
        R"([
{"description":"column `price` of table `public.t` has type `money`; Use DECIMAL(19,2).","check_name":"money-type","fingerprint":"5a0ac4542329b0cc","severity":"critical","location":{"path":"dump.sql","lines":{"begin":23}}},
{"description":"sequence `public.s` starts again at its end; Drop CYCLE, and watch for the end","check_name":"sequence-cycle","fingerprint":"3d0330ab01541277","severity":"minor","location":{"path":"dump.sql","lines":{"begin":40}}},
{"description":"a remark","check_name":"large-table","fingerprint":"368d4b658cef7478","severity":"info","location":{"path":"dump.sql","lines":{"begin":42}}}
]
)");
  CHECK(contains(hostile().render(FindingsFormat::gitlab), R"("path":"a|b <c>, %:.sql")"));
}

TEST_CASE("markdown: a table a severity") {
  CHECK(small_dump().render(FindingsFormat::markdown) ==
        R"(## pg2crdb: 1 error, 1 warning, 1 info

### Errors: to be fixed

| where | object | finding | what to do |
|---|---|---|---|
| `dump.sql:23` | `public.t` | column `price` of table `public.t` has type `money`<br>6 rows hold currency signs (`money-type`) | Use DECIMAL(19,2). |

### Warnings: to be acknowledged

| where | object | finding | what to do |
|---|---|---|---|
| `dump.sql:40` | `public.s` | sequence `public.s` starts again at its end (`sequence-cycle`) | Drop CYCLE, and watch for the end |

### Worth knowing

| where | object | finding | what to do |
|---|---|---|---|
| `dump.sql:42` |  | a remark (`large-table`) |  |

`pg2crdb rules explain RULE` explains a finding's rule.
)");
}

TEST_CASE("markdown: hostile text neither leaves its cell nor becomes markup") {
  // A code span ends at a run of as many backticks as it began with; what has no such run is plain, and
  // escaped.
  CHECK(hostile().render(FindingsFormat::markdown) ==
        "## pg2crdb: 1 error\n\n### Errors: to be fixed\n\n| where | object | finding | what to do |\n"
        "|---|---|---|---|\n"
        "| `./a\\|b <c>, %:.sql:1` | ``public.\"a`\\|\u240A<b>\"`` | table `a``b <script>` has "
        "\\`x\\`\\` \\<i\\> \\`\\`\\` \\_y\\_ \\| \"q\" \\\\ \u240A\u2402 \uFFFD\uFFFD \\[l\\](u) \\&lt;<br>"
        "\\<b\\>::error:: (`money-type`) | Use DECIMAL(19,2). |\n"
        "\n`pg2crdb rules explain RULE` explains a finding's rule.\n");
}

TEST_CASE("html: one page that holds the findings, and lets nothing else in") {
  const std::string page = small_dump().render(FindingsFormat::html);
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"));
  CHECK(page.ends_with("</body>\n</html>\n"));
  CHECK(contains(page, "<h1>pg2crdb: 1 error, 1 warning, 1 info</h1>\n"));
  CHECK(contains(page, "\"rule\":\"money-type\""));
  CHECK(contains(page, "content=\"default-src 'none'; script-src 'sha256-"));
  CHECK_FALSE(contains(page, "src="));
}

TEST_CASE("html: the policy names the script and the style by their hashes") {
  const std::string page = html_page("t", "{}");
  const size_t begin = page.find("'sha256-") + 8;
  const std::string_view hash = std::string_view(page).substr(begin, page.find('\'', begin) - begin);
  CHECK(hash.size() == 44);
  CHECK(hash.ends_with('='));
}

TEST_CASE("html: hostile text is text") {
  const std::string page = hostile().render(FindingsFormat::html);
  CHECK(contains(page, "\\u003cscript>"));
  CHECK_FALSE(contains(page, "<i>"));
  CHECK_FALSE(contains(page, "<b>"));
  CHECK(contains(html_page("</title><script>", "{}"), "<title>&lt;/title&gt;&lt;script&gt;</title>"));
  CHECK(contains(html_page("t", "[\"</script><!--\"]"), ">[\"\\u003c/script>\\u003c!--\"]</script>"));
}

TEST_CASE("nothing found is said in each format's own words") {
  const Sample none;
  CHECK(none.render(FindingsFormat::text).empty());
  CHECK(none.render(FindingsFormat::json) == "[]\n");
  CHECK(none.render(FindingsFormat::jsonl).empty());
  CHECK(none.render(FindingsFormat::github).empty());
  CHECK(none.render(FindingsFormat::gitlab) == "[]\n");
  CHECK(none.render(FindingsFormat::markdown) == "## pg2crdb: no findings\n");
  CHECK(contains(none.render(FindingsFormat::html), "<h1>pg2crdb: no findings</h1>"));
  CHECK(none.render(FindingsFormat::sarif) ==
        "{\"version\":\"2.1.0\",\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"runs\":[{\n"
        "\"tool\":{\"driver\":{\"name\":\"pg2crdb\",\"version\":\"0.1.0\",\"rules\":[\n]}},\n"
        "\"columnKind\":\"unicodeCodePoints\",\n\"results\":[\n]}]}\n");
}
