// One core: COPY text transcoded to the CSV that is sent, on plain rows and on rows full of what CSV has to
// quote. `bench_transcode [ROUNDS]` prints one JSON object: gigabytes of COPY text a second of CPU, the best
// of the rounds.
#include "runtime/transcode.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "plan/load_plan.h"

namespace {

using namespace pg2crdb;

constexpr size_t kBatch = size_t{4} << 20;

/// Nine mixed columns, as of the table that `bench/figures.py` loads.
std::string plain_rows() {
  std::string rows;
  for (unsigned i = 0; rows.size() < kBatch; ++i) {
    rows += fmt::format("{}\t{}\tname {} of somebody\t{}.{:02}\tt\t2026-{:02}-{:02} 10:11:12.{:06}+00\t", i,
                        i * 7919 % 100000, i * 31 % 9973, i % 1000, i % 100, 1 + i % 12, 1 + i % 28,
                        i * 977 % 1000000);
    rows += fmt::format("{:08x}-0000-4000-8000-{:012x}\ta sentence that is neither short nor long\t{}\n",
                        i * 2654435761U, i, i % 3 == 0 ? "\\N" : "72.5");
  }
  return rows;
}

std::string trap_rows() {
  std::string rows;
  for (unsigned i = 0; rows.size() < kBatch; ++i) {
    rows += fmt::format(
        "{}\t\\N\t\t\"quoted, {}\"\t{{\"key\": \"a\\\\nb\", \"n\": [{}, null]}}\t"
        "tab\\there\\nand a line\t\\\\x{:08x}\t,\t trimmed? \n",
        i, i, i, i);
  }
  return rows;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double best_rate(const std::string& rows, int rounds) {
  std::vector<LoadPlan::Column> columns(9);
  std::vector<const LoadPlan::Column*> pointers;
  for (const LoadPlan::Column& column : columns) pointers.push_back(&column);
  Transcoder transcoder(pointers);
  CsvBuffer csv;
  std::vector<Transcoder::BadRow> bad;
  double best = 0;
  for (int round = 0; round < rounds; ++round) {
    csv.clear();
    const double begin = cpu_seconds();
    transcoder.append(csv, rows, bad);
    best = std::max(best, static_cast<double>(rows.size()) / (cpu_seconds() - begin) / 1e9);
  }
  if (!bad.empty()) fmt::print(stderr, "bad row: {}\n", bad[0].reason);
  return bad.empty() ? best : 0;
}

}  // namespace

int main(int count, char** words) {
  const int rounds = count > 1 ? std::atoi(words[1]) : 100;
  fmt::print("{{\"plain\": {:.2f}, \"trap\": {:.2f}}}\n", best_rate(plain_rows(), rounds),
             best_rate(trap_rows(), rounds));
  return 0;
}
