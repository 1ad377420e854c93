#include "runtime/row_source.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "support/sha256.h"

using namespace pg2crdb;

namespace {

/// Gives at most `step` bytes a call.
class SlowSource : public ByteSource {
 public:
  SlowSource(std::string_view text, size_t step) : text_(text), step_(step) {}
  Result<size_t> read(char* buffer, size_t size) override {
    const size_t count = std::min({size, step_, text_.size()});
    std::memcpy(buffer, text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }
  Result<void> skip(uint64_t count) override {
    text_.remove_prefix(std::min<uint64_t>(count, text_.size()));
    return {};
  }

 private:
  std::string_view text_;
  size_t step_;
};

struct Collected : BatchSink {
  std::vector<std::string> events;
  std::string rows;
  std::vector<uint64_t> lines;
  std::vector<size_t> sizes;
  size_t batches_wanted = SIZE_MAX;

  bool table_begins(size_t table) override {
    events.push_back("begin " + std::to_string(table));
    return true;
  }
  bool take(Batch batch) override {
    CHECK(batch.rows.ends_with('\n'));
    CHECK(static_cast<uint64_t>(std::count(batch.rows.begin(), batch.rows.end(), '\n')) == batch.count);
    rows += batch.rows;
    for (uint64_t i = 0; i < batch.count; ++i) lines.push_back(batch.line_of(i));
    sizes.push_back(batch.rows.size());
    return sizes.size() < batches_wanted;
  }
  bool table_ends(size_t table) override {
    events.push_back("end " + std::to_string(table));
    return true;
  }
};

constexpr std::string_view kDump =
    "COPY public.a (id, t) FROM stdin;\n"
    "1\tone\n"
    "2\ta rather longer row than all the others\n"
    "3\t\\N\n"
    "\\.\n"
    "\n"
    "INSERT INTO public.b VALUES (1, 'it''s; \"x'), -- (no row)\n"
    "\t(2, E'back\\'slash;\\\\');\n"
    "-- between; 'them\n"
    "INSERT INTO public.b VALUES (3, 'two\n"
    "lines');\n"
    "INSERT INTO public.b VALUES (4, NULL);\n"
    "\n"
    "COPY public.a (id, t) FROM stdin;\n"
    "4\tfour\n"
    "\\.\n";

LoadPlan plan_of_dump() {
  LoadPlan plan;
  plan.inputs.push_back({"dump.sql", kDump.size(), ""});
  const auto block = [&](LoadPlan::Data::Format format, std::string_view begin, std::string_view end,
                         uint64_t line, uint64_t rows) {
    const size_t first = kDump.find(begin);
    return LoadPlan::Data{0, format, first, kDump.find(end, first), line, rows, {"id", "t"}};
  };
  LoadPlan::Table a;
  a.schema = a.source_schema = "public";
  a.name = a.source_name = "a";
  a.data.push_back(block(LoadPlan::Data::Format::copy, "1\tone", "\\.\n", 2, 3));
  a.data.push_back(block(LoadPlan::Data::Format::copy, "4\tfour", "\\.\n", 15, 1));
  LoadPlan::Table b;
  b.schema = b.source_schema = "public";
  b.name = b.source_name = "b";
  b.data.push_back(
      block(LoadPlan::Data::Format::insert, "INSERT", "\n\nCOPY public.a (id, t) FROM stdin;\n4", 7, 4));
  LoadPlan::Table empty;
  empty.schema = empty.source_schema = "public";
  empty.name = empty.source_name = "empty";
  plan.tables = {a, b, empty};
  return plan;
}

Result<void> read(const LoadPlan& plan, RowSourceOptions options, size_t step, Collected& out,
                  std::string_view text = kDump) {
  if (options.wanted.empty()) options.wanted.assign(plan.tables.size(), true);
  return read_dump_rows(
      plan, options,
      [&](const std::string&) -> Result<std::unique_ptr<ByteSource>> {
        return std::unique_ptr<ByteSource>(new SlowSource(text, step));
      },
      out);
}

const std::string kRows =
    "1\tone\n2\ta rather longer row than all the others\n3\t\\N\n"
    "1\tit's; \"x\n2\tback'slash;\\\\\n3\ttwo\\nlines\n4\t\\N\n"
    "4\tfour\n";

}  // namespace

TEST_CASE("a dump's rows are the same at any piece and batch size") {
  const LoadPlan plan = plan_of_dump();
  for (const size_t step : {1, 2, 3, 5, 7, 64, 100000}) {
    for (const size_t batch : {1, 10, 50, 100000}) {
      CAPTURE(step, batch);
      Collected out;
      RowSourceOptions options;
      options.batch_bytes = batch;
      const Result<void> done = read(plan, options, step, out);
      REQUIRE(done);
      CHECK(out.rows == kRows);
      CHECK(out.lines == std::vector<uint64_t>{2, 3, 4, 7, 8, 10, 12, 15});
      CHECK(out.events ==
            std::vector<std::string>{"begin 2", "end 2", "begin 0", "begin 1", "end 1", "end 0"});
    }
  }
}

TEST_CASE("rows are skipped and numbers rounded as the plan says") {
  const std::string_view dump =
      "INSERT INTO b VALUES (1, 2.5), (2, -2.5), (3, 7);\nINSERT INTO b VALUES (4.4, NULL);\n";
  LoadPlan plan;
  plan.inputs.push_back({"dump.sql", dump.size(), ""});
  LoadPlan::Table table;
  table.schema = table.source_schema = "public";
  table.name = table.source_name = "b";
  table.data.push_back(
      {0, LoadPlan::Data::Format::insert, 0, dump.size(), 1, 2, {"id", "n"}, {0, 2}, {0, 1}});
  plan.tables = {table};
  Collected out;
  const Result<void> done = read(plan, {}, 7, out, dump);
  REQUIRE(done);
  CHECK(out.rows == "2\t-3\n4\t\\N\n");
}

LoadPlan plan_of_copy(std::string_view dump, const std::string& options, uint64_t rows) {
  LoadPlan plan;
  plan.inputs.push_back({"dump.sql", dump.size(), ""});
  LoadPlan::Table table;
  table.schema = table.source_schema = "public";
  table.name = table.source_name = "b";
  LoadPlan::Data& data = table.data.emplace_back();
  data.end = dump.size();
  data.first_line = 1;
  data.rows = rows;
  data.columns = {"id", "t"};
  data.form = read_copy_form(options);
  plan.tables = {table};
  return plan;
}

TEST_CASE("rows of a COPY with options come out as those of one without") {
  struct Form {
    std::string_view dump, rows;
    std::string options;
    uint64_t count;
    std::vector<uint64_t> forced_null, forced_not_null;
  };
  const Form forms[] = {
      {"id,t\r\n1,\"q,uoted\"\r\n2,\"two\nlines \"\"x\"\"\"\r\n3,\r\n4,\"\"\r\n",
       "1\tq,uoted\n2\ttwo\\nlines \"x\"\n3\t\\N\n4\t\n",
       "csv header",
       4,
       {},
       {}},
      {"1;NIL\n2;\"NIL\"\n3;back\\slash\n",
       "1\t\\N\n2\tNIL\n3\tback\\\\slash\n",
       "csv delimiter ';' null 'NIL'",
       3,
       {},
       {}},
      {"1|pipe\n2|\n3|a\\|b\\tc\n", "1\tpipe\n2\t\\N\n3\ta|b\\tc\n", "delimiter '|' null ''", 3, {}, {}},
      {"id,t\n1,#a\\#\n,#\n2,\n",
       "1\ta#\\n,\n2\t\\N\n",
       "(format csv, quote '#', escape '\\', header match)",
       2,
       {},
       {}},
      {"1,\"\"\n2,\n", "1\t\\N\n2\t\\N\n", "csv", 2, {1}, {}},
      {"1,\"\"\n2,\n", "1\t\n2\t\n", "csv", 2, {}, {1}},
      {"1,\"\"\n2,\n", "1\t\\N\n2\t\n", "csv", 2, {1}, {1}},
  };
  for (const Form& form : forms) {
    LoadPlan plan = plan_of_copy(form.dump, form.options, form.count);
    plan.tables[0].data[0].forced_null = form.forced_null;
    plan.tables[0].data[0].forced_not_null = form.forced_not_null;
    for (const size_t step : {1U, 7U, 1000U}) {
      for (const size_t batch : {1U, 1000U}) {
        CAPTURE(form.dump, step, batch);
        Collected out;
        RowSourceOptions options;
        options.batch_bytes = batch;
        REQUIRE(read(plan, options, step, out, form.dump));
        CHECK(out.rows == form.rows);
      }
    }
  }
}

TEST_CASE("a header that has to match and does not is told") {
  const std::string_view dump = "id,other\n1,a\n";
  Collected out;
  const Result<void> done = read(plan_of_copy(dump, "csv header match", 1), {}, 7, out, dump);
  REQUIRE_FALSE(done);
  CHECK(done.error().message == "dump.sql:1: HEADER MATCH, and the header's name 2 is other, not t");
}

TEST_CASE("the word DEFAULT is the value that the plan has for it") {
  const std::string_view dump = "INSERT INTO b VALUES (1, DEFAULT), (2, 'x'), (DEFAULT, NULL);\n";
  LoadPlan plan = plan_of_copy(dump, "", 3);
  plan.tables[0].data[0].format = LoadPlan::Data::Format::insert;
  plan.tables[0].data[0].defaults = {{0, true, ""}, {1, false, "a\tb"}};
  Collected out;
  REQUIRE(read(plan, {}, 7, out, dump));
  CHECK(out.rows == "1\ta\\tb\n2\tx\n\\N\t\\N\n");
}

TEST_CASE("a dollar-quoted string of an INSERT holds what would end it") {
  const std::string dump = "INSERT INTO b VALUES (1, $$a;'b$$);\nINSERT INTO b VALUES (2, $x$ $$; $x$);\n";
  LoadPlan plan;
  plan.inputs.push_back({"dump.sql", dump.size(), ""});
  LoadPlan::Table table;
  table.schema = table.source_schema = "public";
  table.name = table.source_name = "b";
  table.data.push_back({0, LoadPlan::Data::Format::insert, 0, dump.size(), 1, 2, {"id", "t"}, {}, {}});
  plan.tables = {table};
  for (const size_t step : {1U, 3U, 1000U}) {
    CAPTURE(step);
    Collected out;
    REQUIRE(read(plan, {}, step, out, dump));
    CHECK(out.rows == "1\ta;'b\n2\t $$; \n");
  }
}

TEST_CASE("the last INSERT of a block may end with it") {
  for (const std::string_view end : {"", " ", " -- sent by psql", ";"}) {
    const std::string dump =
        "INSERT INTO b VALUES (1, 'a;b');\nINSERT INTO b VALUES (2, NULL)" + std::string(end);
    LoadPlan plan;
    plan.inputs.push_back({"dump.sql", dump.size(), ""});
    LoadPlan::Table table;
    table.schema = table.source_schema = "public";
    table.name = table.source_name = "b";
    table.data.push_back({0, LoadPlan::Data::Format::insert, 0, dump.size(), 1, 2, {"id", "t"}, {}, {}});
    plan.tables = {table};
    for (const size_t step : {1U, 1000U}) {
      CAPTURE(end, step);
      Collected out;
      REQUIRE(read(plan, {}, step, out, dump));
      CHECK(out.rows == "1\ta;b\n2\t\\N\n");
    }
  }
}

TEST_CASE("only wanted tables are read") {
  Collected out;
  RowSourceOptions options;
  options.wanted = {false, true, false};
  REQUIRE(read(plan_of_dump(), options, 1000, out));
  CHECK(out.events == std::vector<std::string>{"begin 1", "end 1"});
}

TEST_CASE("a row limit counts a table's rows over all its blocks") {
  for (const uint64_t limit : {1U, 2U, 3U, 4U}) {
    for (const size_t batch : {1, 100000}) {
      CAPTURE(limit, batch);
      Collected out;
      RowSourceOptions options;
      options.batch_bytes = batch;
      options.row_limit = limit;
      options.wanted = {true, false, false};
      REQUIRE(read(plan_of_dump(), options, 1000, out));
      CHECK(out.lines.size() == limit);
      Collected inserts;
      options.wanted = {false, true, false};
      REQUIRE(read(plan_of_dump(), options, 1000, inserts));
      CHECK(inserts.lines.size() == limit);
    }
  }
}

TEST_CASE("a row that is too long is named by its line") {
  for (const bool insert : {false, true}) {
    Collected out;
    RowSourceOptions options;
    options.batch_bytes = 4;
    options.longest_row = 30;
    options.wanted = {!insert, insert, false};
    const Result<void> done = read(plan_of_dump(), options, 1, out);
    REQUIRE_FALSE(done);
    CHECK(done.error().message.starts_with(insert ? "dump.sql:7: a row is longer"
                                                  : "dump.sql:3: a row is longer"));
  }
}

TEST_CASE("a dump that is not the plan's is an error") {
  LoadPlan plan = plan_of_dump();
  Collected out;
  const Result<void> shorter = read(plan, {}, 1000, out, kDump.substr(0, kDump.find("2\ta rather")));
  REQUIRE_FALSE(shorter);
  CHECK(shorter.error().kind == Error::Kind::usage);

  plan.tables[0].data[0].rows = 4;
  const Result<void> other = read(plan, {}, 1000, out);
  REQUIRE_FALSE(other);
  CHECK(other.error().message.find(": public.a has 3 rows from line 2 on, not 4") != std::string::npos);

  plan.tables[0].name = "letters";
  const Result<void> renamed = read(plan, {}, 1000, out);
  REQUIRE_FALSE(renamed);
  CHECK(renamed.error().message.find(": public.letters (public.a in the source) has 3 rows") !=
        std::string::npos);
}

TEST_CASE("the digest is of the whole dump, whatever tables are wanted, at any piece size") {
  LoadPlan plan = plan_of_dump();
  Sha256 digest;
  digest.add(kDump);
  plan.inputs[0].sha256 = digest.hexadecimal();
  // In a row, between rows, in the last line.
  std::vector<std::string> edited(3, std::string(kDump));
  edited[0][kDump.find("rather")] = 'R';
  edited[1][kDump.find("between")] = 'B';
  edited[2][kDump.size() - 2] = ';';
  for (const std::vector<bool>& wanted :
       {std::vector<bool>{true, true, false}, {false, true, false}, {true, false, true}}) {
    for (const size_t step : {1, 7, 100000}) {
      CAPTURE(wanted, step);
      RowSourceOptions options;
      options.wanted = wanted;
      options.check_digest = true;
      Collected out;
      REQUIRE(read(plan, options, step, out));
      for (const std::string& text : edited) {
        Collected others;
        const Result<void> refused = read(plan, options, step, others, text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == Error::Kind::usage);
        CHECK(refused.error().message.starts_with(
            "dump.sql is not the dump that was compiled: its SHA-256 is "));
      }
      options.check_digest = false;
      CHECK(read(plan, options, step, out, edited[1]));
    }
  }
}

TEST_CASE("the length is looked at with a row limit, too") {
  RowSourceOptions options;
  options.row_limit = 1;
  Collected out;
  const std::string longer = std::string(kDump) + "\n";
  const Result<void> refused = read(plan_of_dump(), options, 1000, out, longer);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("it has more than") != std::string::npos);
}

TEST_CASE("a sink that wants no more ends the reading") {
  Collected out;
  out.batches_wanted = 1;
  RowSourceOptions options;
  options.batch_bytes = 1;
  REQUIRE(read(plan_of_dump(), options, 1000, out));
  CHECK(out.sizes.size() == 1);
}

TEST_CASE("rows of a CSV file are rows of COPY, each with its line") {
  const std::string csv =
      "id,t\n"
      "1,\"a, \"\"b\"\"\"\n"
      "2,\"two\nlines\t\\\"\r\n"
      "3,\n"
      "4,\"\"";
  LoadPlan plan;
  plan.inputs.push_back({"t.csv", csv.size(), ""});
  LoadPlan::Table table;
  table.schema = table.source_schema = "public";
  table.name = table.source_name = "t";
  table.data.push_back({0, LoadPlan::Data::Format::copy, 5, csv.size(), 2, 4, {"id", "t"}});
  table.data.back().form = read_copy_form("csv");
  plan.tables = {table};
  for (const size_t step : {size_t{1}, size_t{7}, csv.size()}) {
    for (const size_t batch : {size_t{1}, size_t{1} << 20}) {
      RowSourceOptions options;
      options.batch_bytes = batch;
      Collected out;
      const Result<void> done = read(plan, options, step, out, csv);
      if (!done) FAIL(done.error().message);
      CHECK(out.rows == "1\ta, \"b\"\n2\ttwo\\nlines\\t\\\\\n3\t\\N\n4\t\n");
      CHECK(out.lines == std::vector<uint64_t>{2, 3, 5, 6});
      CHECK(out.sizes.size() == (batch == 1 ? 4 : 1));
    }
  }
  RowSourceOptions limited;
  limited.row_limit = 2;
  Collected two;
  REQUIRE(read(plan, limited, 100, two, csv));
  CHECK(two.rows == "1\ta, \"b\"\n2\ttwo\\nlines\\t\\\\\n");

  Collected narrow;
  const std::string wrong = "id,t\n1,a\n2\n3,c\n4,d";
  plan.inputs[0].bytes = plan.tables[0].data[0].end = wrong.size();
  const Result<void> refused = read(plan, {}, 100, narrow, wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "t.csv:3: this is no row of 2 values");
}
