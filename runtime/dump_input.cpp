#include "runtime/dump_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "runtime/runtime.h"

namespace pg2crdb {

Error not_the_plans(const std::string& path, const std::string& what) {
  return {Error::Kind::usage,
          fmt::format("{} is not the dump that was compiled: {}", path, what),
          {},
          "compile the dump again"};
}

Result<size_t> HashedSource::read(char* buffer, size_t size) {
  Result<size_t> count = source_->read(buffer, size);
  if (count) digest_.add({buffer, *count});
  return count;
}

Result<void> HashedSource::skip(uint64_t count) {
  std::string ignored;
  while (count > 0) {
    ignored.resize(static_cast<size_t>(std::min<uint64_t>(count, kLargestRead)));
    Result<size_t> got = read(ignored.data(), ignored.size());
    if (!got) return got.error();
    if (*got == 0) return not_the_plans(path_, "it is shorter");
    count -= *got;
  }
  return {};
}

Result<void> compare_digest(const LoadPlan::Input& input, const std::string& digest) {
  // Who writes a plan by hand need not know the digest.
  if (input.sha256.empty() || input.sha256 == digest) return {};
  return not_the_plans(input.path, fmt::format("its SHA-256 is {}, not {}", digest, input.sha256));
}

Result<void> check_read_again(const LoadPlan& plan) {
  for (const LoadPlan::Table& table : plan.tables) {
    for (const LoadPlan::Data& data : table.data) {
      if (plan.inputs[data.input].path == "-") {
        return Error{.kind = Error::Kind::usage,
                     .message = "the rows came from standard input, which cannot be read again",
                     .sqlstate = {},
                     .advice = "put the dump into a file, or give --source"};
      }
    }
  }
  return {};
}

Result<void> check_inputs(const LoadPlan& plan) {
  std::vector<bool> used(plan.inputs.size(), false);
  for (const LoadPlan::Table& table : plan.tables) {
    for (const LoadPlan::Data& data : table.data) used[data.input] = true;
  }
  std::string buffer(kLargestRead, '\0');
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    const LoadPlan::Input& input = plan.inputs[i];
    if (!used[i] || input.path == "-") continue;
    Result<std::unique_ptr<ByteSource>> source = open_input(input.path);
    if (!source) {
      Error error = source.error();
      if (error.advice.empty())
        error.advice =
            "the plan names it as it was named when it was compiled: run this where that was, or "
            "compile the dump again";
      return error;
    }
    Sha256 digest;
    ContentDigest content;
    uint64_t bytes = 0;
    while (bytes <= input.bytes) {
      if (stop_requested)
        return Error{Error::Kind::interrupted, fmt::format("stopped while {} was read", input.path), {}, {}};
      Result<size_t> count = (*source)->read(buffer.data(), buffer.size());
      if (!count) return count.error();
      if (*count == 0) break;
      digest.add({buffer.data(), *count});
      content.add({buffer.data(), *count});
      bytes += *count;
    }
    if (bytes != input.bytes) {
      return not_the_plans(input.path, fmt::format("it has {} than {} bytes",
                                                   bytes < input.bytes ? "less" : "more", input.bytes));
    }
    if (Result<void> same = compare_digest(input, digest.hexadecimal()); !same) return same;
    if (!input.sha256.empty()) note_content(input.sha256, content.end());
  }
  return {};
}

}  // namespace pg2crdb
