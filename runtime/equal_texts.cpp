#include "runtime/equal_texts.h"

#include <atomic>
#include <future>

#include "rows/hash128.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr uint64_t progress_rows = 100'000;
constexpr uint64_t text_seed = 3;
constexpr std::string_view copy_end = ") TO STDOUT";

Result<HashedRows> hash_lines(CopyStream& stream, std::atomic<bool>& failed,
                              const std::function<void(uint64_t)>& progress) {
  HashedRows hashed;
  const Result<void> read = stream.read_lines([&](std::string_view line) {
    hashed.hash += hash128(line, text_seed);
    if (++hashed.rows % progress_rows == 0) progress(hashed.rows);
    return !failed.load(std::memory_order_relaxed);
  });
  if (read) return hashed;
  failed = true;
  return read.error();
}

}  // namespace

Result<std::optional<uint64_t>> rows_of_equal_texts(CopyStream& source, CopyStream& target,
                                                    const std::function<void(uint64_t)>& progress) {
  std::atomic<bool> failed = false;
  std::future<Result<HashedRows>> other =
      std::async(std::launch::async, [&] { return hash_lines(source, failed, progress); });
  const Result<HashedRows> there = hash_lines(target, failed, [](uint64_t) {});
  const Result<HashedRows> here = other.get();
  if (!here) return here.error();
  if (!there) return there.error();
  return *here == *there ? std::optional(here->rows) : std::nullopt;
}

std::string first_rows(const std::string& copy, const std::vector<std::string>& key) {
  if (!copy.ends_with(copy_end)) throw InternalError("no COPY of a SELECT");
  std::string by;
  for (const std::string& column : key) by += (by.empty() ? "" : ", ") + quote_identifier(column);
  return copy.substr(0, copy.size() - copy_end.size()) + " ORDER BY " + by + " LIMIT 100" +
         std::string(copy_end);
}

}  // namespace pg2crdb
