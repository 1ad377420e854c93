#include "scan/scan.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <set>

#include "support/byte_source.h"

using namespace pg2crdb;

namespace {

LoadPlan::Column column_of(std::string name, std::string source_type) {
  LoadPlan::Column column;
  column.name = column.source_name = std::move(name);
  column.source_type = std::move(source_type);
  return column;
}

/// A dump and its plan, grown table by table.
struct Dump {
  std::string text;
  LoadPlan plan;

  Dump() { plan.inputs.push_back({"dump.sql", 0, ""}); }

  size_t table(const std::string& name, std::vector<LoadPlan::Column> columns, std::vector<std::string> key) {
    LoadPlan::Table& table = plan.tables.emplace_back();
    table.schema = table.source_schema = "public";
    table.name = table.source_name = name;
    table.columns = std::move(columns);
    table.key = std::move(key);
    return plan.tables.size() - 1;
  }

  void rows(size_t table, LoadPlan::Data::Format format, std::string_view rows, uint64_t count) {
    text += "-- a line\n";
    LoadPlan::Data data;
    data.format = format;
    data.begin = text.size();
    data.first_line = 1 + static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    text += rows;
    data.end = text.size();
    data.rows = count;
    for (const LoadPlan::Column& column : plan.tables[table].columns)
      data.columns.push_back(column.source_name);
    plan.tables[table].data.push_back(std::move(data));
  }

  std::vector<Answer> ask(const std::vector<Question>& questions, ScanOptions options = {}) {
    auto answers = scan_rows(
        plan, questions, options,
        [this](const std::string&) -> Result<std::unique_ptr<ByteSource>> { return memory_source(text); });
    REQUIRE(answers);
    return *answers;
  }
};

ValueTest is_long(const LoadPlan::Column&) {
  return [](std::string_view value) { return value.size() > 3; };
}

constexpr auto copy_text = LoadPlan::Data::Format::copy;
constexpr auto insert = LoadPlan::Data::Format::insert;

}  // namespace

TEST_CASE("rows of COPY and of INSERT are counted, and the first of those found are named") {
  Dump dump;
  const size_t t = dump.table("t", {column_of("id", "integer"), column_of("x", "text")}, {"id"});
  const size_t other = dump.table("other", {column_of("x", "text")}, {});
  dump.rows(t, copy_text, "1\tab\n2\tabcd\n3\t\\N\n4\ta\\tbc\n", 4);
  dump.rows(other, copy_text, "abcdef\n", 1);
  dump.rows(t, insert,
            "INSERT INTO t VALUES (5, 'abc'), (6, 'line\nend');\nINSERT INTO t VALUES (7, 'seven');\n", 3);
  const Answer answer = dump.ask({{.table = t, .columns = {1}, .make = is_long}})[0];
  CHECK(answer.rows == 7);
  CHECK(answer.found == 4);
  REQUIRE(answer.first.size() == 3);
  CHECK(answer.first[0].file == "dump.sql");
  CHECK(answer.first[0].line == 3);
  CHECK(answer.first[0].key == "id = 2");
  CHECK(answer.first[0].value == "abcd");
  CHECK(answer.first[1].value == "a\\tbc");
  CHECK(answer.first[2].value == "line\\nend");
  CHECK(answer.first[2].line == 9);
}

TEST_CASE("a value is cut short, between characters") {
  Dump dump;
  const size_t t = dump.table("t", {column_of("x", "text")}, {});
  dump.rows(t, copy_text, std::string(39, 'x') + "\xC3\xA9\xC3\xA9\n", 1);
  const Answer answer = dump.ask({{.table = t, .columns = {0}, .make = is_long}})[0];
  CHECK(answer.first.at(0).value == std::string(39, 'x') + "...");
  CHECK(answer.first.at(0).key.empty());
}

TEST_CASE("rows above a limit are found") {
  Dump dump;
  const size_t t = dump.table("t", {column_of("x", "text")}, {});
  dump.rows(t, copy_text, "a\n" + std::string(99, 'x') + "\n" + std::string(100, 'x') + "\n", 3);
  const Answer answer =
      dump.ask({{.kind = Question::Kind::row_size, .table = t, .columns = {}, .limit = 100}})[0];
  CHECK(answer.found == 1);
  CHECK(answer.first.at(0).value == "101 bytes");
}

TEST_CASE("a key that grows is told by the rows before") {
  Dump dump;
  const size_t t = dump.table("t", {column_of("id", "integer")}, {"id"});
  dump.rows(t, copy_text, "1\n2\n5\n-4\n9\n", 5);
  const Answer answer = dump.ask({{.kind = Question::Kind::growth, .table = t, .columns = {0}}})[0];
  CHECK(answer.rows == 5);
  CHECK(answer.found == 3);
  CHECK(answer.lowest == -4);
  CHECK(answer.highest == 9);
}

TEST_CASE("references to rows that are not there are found, wherever the tables stand") {
  Dump dump;
  const size_t child = dump.table(
      "child", {column_of("id", "integer"), column_of("a", "character(3)"), column_of("b", "numeric")}, {});
  const size_t parent =
      dump.table("parent", {column_of("b", "numeric(4,2)"), column_of("a", "character(3)")}, {});
  dump.rows(child, copy_text, "1\tx  \t1\n2\tx  \t2\n3\t\\N\t9\n4\ty  \t1\n5\ty  \t1\n", 5);
  dump.rows(parent, copy_text, "1.00\tx  \n", 1);
  dump.rows(parent, insert, "INSERT INTO parent VALUES (2.00, 'x  ');\n", 1);
  Question question{.kind = Question::Kind::reference,
                    .table = child,
                    .columns = {1, 2},
                    .referenced = parent,
                    .referenced_columns = {1, 0}};
  Answer answer = dump.ask({question})[0];
  CHECK(answer.rows == 5);
  CHECK(answer.found == 2);
  CHECK(answer.one_key_in == 1);
  REQUIRE(answer.first.size() == 1);
  CHECK(answer.first[0].line == 5);
  CHECK(answer.first[0].value == "a = y  , b = 1");
  question.all_or_none_null = true;
  answer = dump.ask({question})[0];
  CHECK(answer.found == 3);
  REQUIRE(answer.first.size() == 2);
  CHECK(answer.first[0].value == "a = NULL, b = 9");
}

TEST_CASE("rows with a missing key are told from others in their line, and in their line of another file") {
  const auto row = [](const std::string& p) { return "INSERT INTO child VALUES " + p + ";\n"; };
  const std::string texts[] = {row("(1, 1), (2, 9), (3, 1)"), row("(4, 1), (5, 1)"), row("(6, 8)"), "1\n"};
  LoadPlan plan;
  plan.tables.resize(2);
  plan.tables[0].columns = {column_of("id", "integer"), column_of("p", "integer")};
  plan.tables[0].key = {"id"};
  plan.tables[1].columns = {column_of("id", "integer")};
  for (uint32_t i = 0; i < 4; ++i) {
    plan.inputs.push_back({std::to_string(i), 0, ""});
    LoadPlan::Data data;
    data.input = i;
    data.format = i < 3 ? insert : copy_text;
    data.end = texts[i].size();
    data.first_line = 1;
    data.rows = i < 2 ? 3 - i : 1;
    data.columns = i < 3 ? std::vector<std::string>{"id", "p"} : std::vector<std::string>{"id"};
    plan.tables[i < 3 ? 0 : 1].data.push_back(data);
  }
  const auto answers = scan_rows(plan,
                                 {{.kind = Question::Kind::reference,
                                   .table = 0,
                                   .columns = {1},
                                   .referenced = 1,
                                   .referenced_columns = {0}}},
                                 {}, [&](const std::string& path) -> Result<std::unique_ptr<ByteSource>> {
                                   return memory_source(texts[std::stoul(path)]);
                                 });
  REQUIRE(answers);
  const Answer& answer = answers->at(0);
  CHECK(answer.found == 2);
  REQUIRE(answer.first.size() == 2);
  CHECK(answer.first[0].file == "0");
  CHECK(answer.first[0].key == "id = 2");
  CHECK(answer.first[1].file == "2");
  CHECK(answer.first[1].key == "id = 6");
}

TEST_CASE("keys that are not understood are counted, and prove nothing in the table that is referred to") {
  Dump dump;
  const size_t child = dump.table("child", {column_of("p", "integer")}, {});
  const size_t parent = dump.table("parent", {column_of("id", "bigint")}, {});
  dump.rows(child, copy_text, "007\n8\nx\n", 3);
  dump.rows(parent, copy_text, "7\n", 1);
  const Question question{.kind = Question::Kind::reference,
                          .table = child,
                          .columns = {0},
                          .referenced = parent,
                          .referenced_columns = {0}};
  const Answer answer = dump.ask({question})[0];
  CHECK(answer.rows == 2);
  CHECK(answer.found == 1);
  CHECK(answer.unread == 1);
  REQUIRE(answer.first.size() == 1);
  CHECK(answer.first[0].value == "8");
  dump.rows(parent, copy_text, "y\n", 1);
  const Answer other = dump.ask({question})[0];
  CHECK(other.found == 0);
  CHECK(other.unread == 2);
}

TEST_CASE("rows of which a condition says no are found") {
  Dump dump;
  const size_t t = dump.table("t", {column_of("a", "integer"), column_of("b", "text")}, {"a"});
  dump.rows(t, copy_text, "1\tx\n2\ty\n3\t\\N\n", 3);
  const Answer answer = dump.ask({{.kind = Question::Kind::condition,
                                   .table = t,
                                   .columns = {1},
                                   .condition = [](const std::vector<Field>& values) -> std::optional<bool> {
                                     if (values[0].null) return std::nullopt;
                                     return values[0].text == "x";
                                   }}})[0];
  CHECK(answer.rows == 3);
  CHECK(answer.found == 1);
  CHECK(answer.first.at(0).key == "a = 2");
  CHECK(answer.first.at(0).value == "y");
}

TEST_CASE("a table without rows is one of which none were looked at") {
  Dump dump;
  const size_t t = dump.table("t", {column_of("x", "text")}, {});
  const Answer answer = dump.ask({{.table = t, .columns = {0}, .make = is_long}})[0];
  CHECK(answer.rows == 0);
  CHECK(answer.found == 0);
}

TEST_CASE("neither threads, nor where batches end, nor what is asked besides change an answer") {
  Dump dump;
  const size_t child = dump.table("child", {column_of("id", "integer"), column_of("p", "integer")}, {"id"});
  const size_t parent = dump.table("parent", {column_of("id", "integer")}, {"id"});
  std::mt19937 random(1);
  std::string rows;
  std::set<unsigned> there;
  std::map<unsigned, uint64_t> referring;
  for (int i = 0; i < 5000; ++i) {
    const unsigned reference = random() % 9000;
    rows += std::to_string(i) + "\t" + std::to_string(reference) + "\n";
    ++referring[reference];
  }
  dump.rows(child, copy_text, rows, 5000);
  rows.clear();
  for (unsigned i = 0; i < 9000; ++i) {
    if (random() % 10 == 0) continue;
    there.insert(i);
    rows += std::to_string(i) + "\n";
  }
  dump.rows(parent, copy_text, rows, there.size());
  uint64_t broken = 0;
  for (const auto& [reference, count] : referring) broken += there.contains(reference) ? 0 : count;
  const std::vector<Question> questions = {{.kind = Question::Kind::reference,
                                            .table = child,
                                            .columns = {1},
                                            .referenced = parent,
                                            .referenced_columns = {0}},
                                           {.table = child, .columns = {1}, .make = is_long}};
  const std::vector<Answer> answers = dump.ask(questions);
  CHECK(answers[0].found == broken);
  for (const unsigned jobs : {1U, 3U}) {
    for (const size_t batch_bytes : {size_t{1}, size_t{1000}}) {
      const std::vector<Answer> others = dump.ask(questions, {.jobs = jobs, .batch_bytes = batch_bytes});
      for (size_t i = 0; i < answers.size(); ++i) {
        CHECK(others[i].rows == answers[i].rows);
        CHECK(others[i].found == answers[i].found);
        CHECK(others[i].first.size() == answers[i].first.size());
        for (size_t j = 0; j < answers[i].first.size(); ++j)
          CHECK(others[i].first[j].line == answers[i].first[j].line);
      }
    }
  }
  const Answer sampled = dump.ask(questions, {.jobs = 2, .most_keys = 1000})[0];
  CHECK(sampled.one_key_in > 4);
  CHECK(sampled.found > 0);
  CHECK(sampled.found < broken);
}

TEST_CASE("an input that is another one is an error") {
  Dump dump;
  const size_t t = dump.table("t", {column_of("x", "text")}, {});
  dump.rows(t, copy_text, "a\n", 2);
  const auto answers = scan_rows(
      dump.plan, {{.table = t, .columns = {0}, .make = is_long}}, {},
      [&](const std::string&) -> Result<std::unique_ptr<ByteSource>> { return memory_source(dump.text); });
  REQUIRE_FALSE(answers);
  CHECK(answers.error().message.find("is not the dump that was compiled") != std::string::npos);
}

TEST_CASE("of a table that is asked for growth alone the first rows are enough") {
  Dump dump;
  const size_t t = dump.table("t", {column_of("id", "integer")}, {"id"});
  dump.rows(t, copy_text, "1\n2\n3\n4\n", 4);
  dump.rows(t, copy_text, "5\n", 1);
  const Question growth{.kind = Question::Kind::growth, .table = t, .columns = {0}};
  CHECK(dump.ask({growth}, {.growth_rows = 3})[0].rows == 3);
  CHECK(dump.ask({growth}, {.growth_rows = 3})[0].highest == 3);
  const std::vector<Answer> both =
      dump.ask({growth, {.table = t, .columns = {0}, .make = is_long}}, {.growth_rows = 3});
  CHECK(both[0].rows == 5);
  CHECK(both[1].rows == 5);
}
