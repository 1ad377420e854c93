// The check of what is emitted, with CockroachDB's grammar: the output of a schema of about 2.5 MB, made of
// the DDL of several files, against the compile that made it. `bench_self_check FILE...` prints one JSON
// object.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "emit/emitted.h"
#include "grammar/cockroachdb.h"
#include "parser/parser.h"
#include "passes/pipeline.h"
#include "support/byte_source.h"

namespace {

using namespace pg2crdb;

constexpr size_t bytes_wanted = 2'500'000;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Output {
  std::vector<std::string> statements;
  size_t bytes = 0;
};

void compile(const char* name, Output& output) {
  auto source = open_input(name);
  if (!source) return;
  SourceFile file(0, name);
  Diagnostics diagnostics;
  auto dump = parse_dump(**source, file, diagnostics);
  if (!dump) return;
  run_pipeline(dump->script, Target(), {}, diagnostics);
  for (EmittedStatement& statement : emit_script(dump->script, file)) {
    if (statement.held_back()) continue;
    output.bytes += statement.sql.size();
    output.statements.push_back(std::move(statement.sql));
  }
}

}  // namespace

int main(int argc, char** argv) {
  Output output;
  double compiled = 0;
  for (int i = 1; i < argc && output.bytes < bytes_wanted; ++i)
    compiled += seconds_of([&] { compile(argv[i], output); });
  const std::vector<std::string_view> texts(output.statements.begin(), output.statements.end());
  double cold = 1e9, warm = 1e9;
  size_t refused = 0;
  for (int round = 0; round < 5; ++round) {
    // As in a compile: the grammar is made, and learns, within the run.
    CockroachGrammar grammar{Target()};
    cold = std::min(cold, seconds_of([&] {
                      for (const auto& problem : grammar.check_all(texts)) refused += problem ? 1 : 0;
                    }));
    // Everything has been seen: what is left is the scanner.
    warm = std::min(warm, seconds_of([&] { grammar.check_all(texts); }));
  }
  const std::vector<std::string_view> one(texts.begin(),
                                          texts.begin() + std::min<ptrdiff_t>(1, std::ssize(texts)));
  double start = 1e9;
  for (int round = 0; round < 5; ++round)
    start = std::min(start, seconds_of([&] { CockroachGrammar{Target()}.check_all(one); }));
  fmt::print(
      "{{\"bytes\": {}, \"statements\": {}, \"refused\": {}, \"cores\": {}, \"compile_seconds\": {:.4f}, "
      "\"check_seconds\": {:.4f}, \"scan_seconds\": {:.4f}, \"one_statement_seconds\": {:.4f}}}\n",
      output.bytes, texts.size(), refused, std::thread::hardware_concurrency(), compiled, cold, warm, start);
}
