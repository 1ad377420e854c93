// One core: a text of DDL compiled (read, parsed, all passes, all phases emitted) against libpg_query's raw
// parse of the same text; and the same compile with the rules of a file against the one without.
// `bench_compile [--rounds N] [--rules FILE] [--ddl FILE] FILE...` prints one JSON object; --ddl keeps the
// text. `bench_compile --raw FILE` does nothing but the raw parse, and prints its seconds.
#include <fmt/format.h>
#include <pg_query.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emit/phases.h"
#include "parser/parser.h"
#include "passes/pipeline.h"
#include "rewrite/rule_set.h"
#include "support/byte_source.h"

namespace {

using namespace pg2crdb;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

bool parses(std::string_view sql) {
  PgQuerySplitResult result = pg_query_split_with_parser(std::string(sql).c_str());
  const bool parsed = result.error == nullptr && result.n_stmts == 1;
  pg_query_free_split_result(result);
  return parsed;
}

struct Texts {
  std::string ddl;
  std::string inserts;
  size_t files = 0, statements = 0, insert_statements = 0, left_out = 0;
};

/// A dump's DDL with its comments: without rows, COPY headers, psql's lines and what no parser reads.
void add_file(const std::string& name, Texts& texts) {
  std::ifstream in(name, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto source = memory_source(text);
  DumpReader reader(*source);
  uint64_t copied = 0;
  size_t before_last = 0;  // of texts.ddl, where the last statement begins
  bool last_is_ddl = false;
  for (;;) {
    const auto segment = reader.next();
    if (!segment || !*segment) break;
    const Segment& s = **segment;
    const std::string_view between = std::string_view(text).substr(copied, s.begin - copied);
    copied = s.end;
    if (s.kind == Segment::Kind::toc_comment) {
      texts.ddl.append(between).append(s.text);
      continue;
    }
    if (s.kind == Segment::Kind::copy_data) {
      // The statement before was their COPY; the line behind them is `\.`.
      if (last_is_ddl) {
        texts.ddl.resize(before_last);
        --texts.statements;
        last_is_ddl = false;
      }
      copied = std::min<uint64_t>(text.find('\n', s.end), text.size());
      continue;
    }
    texts.ddl.append(between);
    if (s.kind == Segment::Kind::meta_command) continue;
    last_is_ddl = false;
    if (!s.complete || !parses(s.text)) {
      ++texts.left_out;
    } else if (s.kind == Segment::Kind::insert) {
      texts.inserts.append(s.text).append("\n");
      ++texts.insert_statements;
    } else {
      before_last = texts.ddl.size();
      last_is_ddl = true;
      texts.ddl.append(s.text);
      ++texts.statements;
    }
  }
  texts.ddl += '\n';
  ++texts.files;
}

struct Times {
  double raw_parse = 0, compile = 0, parse = 0, passes = 0, emit = 0;
};

double raw_parse(const std::string& text) {
  const double start = cpu_seconds();
  PgQuerySplitResult result = pg_query_split_with_parser(text.c_str());
  pg_query_free_split_result(result);
  return cpu_seconds() - start;
}

Times compile(const std::string& text, const std::vector<PlacedPass>& placed = {}) {
  Times times;
  const double start = cpu_seconds();
  size_t emitted = 0;
  {
    SourceFile file(0, "corpus.sql");
    Diagnostics diagnostics;
    const auto source = memory_source(text);
    auto parsed = parse_dump(*source, file, diagnostics);
    if (!parsed) throw InternalError(parsed.error().message);
    const double read = cpu_seconds();
    PipelineOptions options;
    options.placed = placed;
    run_pipeline(parsed->script, Target(default_version()), options, diagnostics);
    const double passed = cpu_seconds();
    for (const OutputFile& phase : phase_files(emit_script(parsed->script, file), file, {}))
      emitted += phase.text.size();
    times.parse = read - start;
    times.passes = passed - read;
    times.emit = cpu_seconds() - passed;
  }
  times.compile = cpu_seconds() - start;
  if (emitted == 0) throw InternalError("nothing was emitted");
  return times;
}

/// The least time of each part over the rounds; the two sides take turns.
Times measure(const std::string& text, int rounds) {
  Times best;
  for (int round = 0; round < rounds; ++round) {
    const double raw = raw_parse(text);
    const Times one = compile(text);
    auto keep = [round](double& least, double seconds) {
      if (round == 0 || seconds < least) least = seconds;
    };
    keep(best.raw_parse, raw);
    keep(best.compile, one.compile);
    keep(best.parse, one.parse);
    keep(best.passes, one.passes);
    keep(best.emit, one.emit);
  }
  return best;
}

std::unique_ptr<rewrite::RuleSet> read_rules(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  auto read = rewrite::read_rule_file(path, std::string((std::istreambuf_iterator<char>(in)), {}));
  if (const auto* problem = std::get_if<rewrite::RuleProblem>(&read)) throw InternalError(problem->text());
  std::vector<std::unique_ptr<rewrite::RuleFile>> files;
  files.push_back(std::move(std::get<std::unique_ptr<rewrite::RuleFile>>(read)));
  auto made = rewrite::RuleSet::make(std::move(files));
  if (const auto* problem = std::get_if<rewrite::RuleProblem>(&made)) throw InternalError(problem->text());
  return std::move(std::get<std::unique_ptr<rewrite::RuleSet>>(made));
}

/// Seconds with and without the rules, each the least of the rounds; they take turns. Reading the rules
/// counts.
std::string measure_rules(const std::string& text, const std::string& path, int rounds) {
  double without = 0, with = 0, reading = 0;
  size_t count = 0;
  for (int round = 0; round < rounds; ++round) {
    const double plain = compile(text).compile;
    const double start = cpu_seconds();
    const auto rules = read_rules(path);
    const double read = cpu_seconds() - start;
    const double ruled = read + compile(text, rules->placed()).compile;
    count = rules->rules().size();
    without = round == 0 ? plain : std::min(without, plain);
    with = round == 0 ? ruled : std::min(with, ruled);
    reading = round == 0 ? read : std::min(reading, read);
  }
  return fmt::format(
      R"({{"rules": {}, "without_seconds": {:.4f}, "with_seconds": {:.4f}, "reading_seconds": {:.4f}, "cost": {:.3f}}})",
      count, without, with, reading, with / without - 1);
}

std::string to_json(const Times& times, size_t bytes, size_t statements) {
  return fmt::format(
      R"({{"bytes": {}, "statements": {}, "raw_parse_seconds": {:.4f}, "compile_seconds": {:.4f}, )"
      R"("read_and_parse_seconds": {:.4f}, "passes_seconds": {:.4f}, "emit_seconds": {:.4f}, "ratio": {:.3f}}})",
      bytes, statements, times.raw_parse, times.compile, times.parse, times.passes, times.emit,
      times.compile / times.raw_parse);
}

}  // namespace

int main(int count, char** words) {
  if (count == 3 && std::string_view(words[1]) == "--raw") {
    std::ifstream in(words[2], std::ios::binary);
    fmt::print("{:.4f}\n", raw_parse(std::string((std::istreambuf_iterator<char>(in)), {})));
    return 0;
  }
  int rounds = 15;
  std::string rules;
  std::string ddl_file;
  Texts texts;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(words[i]) == "--rounds" && i + 1 < count) {
      rounds = std::stoi(words[++i]);
    } else if (std::string_view(words[i]) == "--rules" && i + 1 < count) {
      rules = words[++i];
    } else if (std::string_view(words[i]) == "--ddl" && i + 1 < count) {
      ddl_file = words[++i];
    } else {
      add_file(words[i], texts);
    }
  }
  if (texts.ddl.empty()) {
    fmt::print(stderr, "usage: bench_compile [--rounds N] [--rules FILE] [--ddl FILE] FILE...\n");
    return 2;
  }
  if (!ddl_file.empty()) std::ofstream(ddl_file, std::ios::binary) << texts.ddl;
  const Times ddl = measure(texts.ddl, rounds);
  fmt::print(R"({{"files": {}, "rounds": {}, "statements_left_out": {}, "ddl": {})", texts.files, rounds,
             texts.left_out, to_json(ddl, texts.ddl.size(), texts.statements));
  if (!texts.inserts.empty()) {
    const Times inserts = measure(texts.inserts, std::max(rounds / 5, 1));
    fmt::print(R"(, "inserts": {})", to_json(inserts, texts.inserts.size(), texts.insert_statements));
  }
  if (!rules.empty()) fmt::print(R"(, "rules": {})", measure_rules(texts.ddl, rules, rounds));
  fmt::print("}}\n");
}
