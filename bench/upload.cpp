// Import files in object storage, written as a load writes them: `bench_upload MEGABYTES URL` uploads so many
// in files of 256 MB, one a core at a time, where --host-files URL would put them, and removes them. The keys
// come from the environment, as the load's do. Prints one JSON object: seconds, without those of the removal.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/import_store.h"
#include "runtime/journal.h"
#include "runtime/runtime.h"

namespace {

using namespace pg2crdb;

constexpr size_t file_megabytes = 256;

class Quiet : public Observer {
 public:
  void log(std::string_view line) override { fmt::print(stderr, "{}\n", line); }
  void rows_moved(std::string_view /*table*/, uint64_t /*rows*/, uint64_t /*bytes*/) override {}
};

std::string megabyte_of_rows() {
  std::string rows;
  for (unsigned i = 0; rows.size() < (size_t{1} << 20); ++i)
    rows += fmt::format("{},{:08x},a sentence that is neither short nor long,{}.25\n", i, i * 2654435761U,
                        i % 977);
  rows.resize(size_t{1} << 20);
  return rows;
}

int failed(const Error& error) {
  fmt::print(stderr, "bench_upload: {}\n", error.message);
  return 1;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    fmt::print(stderr, "usage: bench_upload MEGABYTES URL\n");
    return 2;
  }
  const size_t megabytes = std::strtoull(words[1], nullptr, 10);
  LoadOptions options;
  options.host_files = words[2];
  Quiet observer;
  Result<Journal> journal = Journal::open({}, {}, false);
  if (!journal) return failed(journal.error());
  Result<std::unique_ptr<ImportStore>> store = ImportStore::open(options, *journal, observer);
  if (!store) return failed(store.error());
  const std::string rows = megabyte_of_rows();
  const size_t files = (megabytes + file_megabytes - 1) / file_megabytes;
  std::vector<std::unique_ptr<ImportFile>> written(files);
  std::atomic<size_t> next = 0;
  std::atomic<bool> broken = false;
  const auto write_file = [&](size_t number) -> Result<void> {
    Result<std::unique_ptr<ImportFile>> file = (*store)->create(fmt::format("file-{}.csv", number));
    if (!file) return file.error();
    for (size_t i = number * file_megabytes; i < std::min(megabytes, (number + 1) * file_megabytes); ++i) {
      if (Result<void> sent = (*file)->write(rows); !sent) return sent;
    }
    const Result<std::string> closed = (*file)->close();
    if (!closed) return closed.error();
    written[number] = std::move(*file);
    return {};
  };
  const auto started = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
    threads.emplace_back([&] {
      for (size_t number = next++; number < files && !broken; number = next++) {
        if (const Result<void> done = write_file(number); !done) broken = failed(done.error()) != 0;
      }
    });
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  if (broken) return 1;
  fmt::print("{{\"megabytes\": {}, \"seconds\": {:.3f}}}\n", megabytes, seconds.count());
  return 0;
}
