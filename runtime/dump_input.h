#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "plan/load_plan.h"
#include "runtime/content_digest.h"
#include "support/byte_source.h"
#include "support/result.h"

namespace pg2crdb {

constexpr size_t kLargestRead = size_t{256} << 10;

/// The error of an input that is not what the plan was made of.
Error not_the_plans(const std::string& path, const std::string& what);
/// That error where the input has another SHA-256 than the plan says.
Result<void> compare_digest(const LoadPlan::Input& input, const std::string& digest);

/// An error (Kind::usage) where rows came from standard input.
Result<void> check_read_again(const LoadPlan& plan);

/// An input whose every byte is looked at, what is left out included.
class HashedSource : public ByteSource {
 public:
  HashedSource(std::unique_ptr<ByteSource> source, InputDigest& digest, const std::string& path)
      : source_(std::move(source)), digest_(digest), path_(path) {}

  Result<size_t> read(char* buffer, size_t size) override;
  Result<void> skip(uint64_t count) override;

 private:
  std::unique_ptr<ByteSource> source_;
  InputDigest& digest_;
  const std::string& path_;
};

}  // namespace pg2crdb
