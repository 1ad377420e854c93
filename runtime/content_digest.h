#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plan/load_plan.h"
#include "rows/hash128.h"
#include "support/result.h"
#include "support/sha256.h"

namespace pg2crdb {

/// 128 bits of bytes that come in pieces, however they are cut: a sixth of what a SHA-256 costs. Good against
/// accidents, as the hashes of rows are.
class ContentDigest {
 public:
  void add(std::string_view bytes);
  Hash128 end();

 private:
  void fold(std::string_view block);

  Hash128 digest_;
  std::string rest_;  ///< less than a block
};

/// Notes that bytes of this SHA-256 have that digest: they were read for both, by this process.
void note_content(const std::string& sha256, const Hash128& digest);

/// Looks whether an input is the plan's, as it is read: by its SHA-256, or, where this process has looked at
/// all of it before, by what it noted then.
class InputDigest {
 public:
  explicit InputDigest(const LoadPlan::Input& input);
  void add(std::string_view bytes);
  /// An error (Kind::usage) where what was added is not the plan's input.
  Result<void> compare();

 private:
  const LoadPlan::Input& input_;
  std::optional<Hash128> known_;
  ContentDigest content_;
  std::unique_ptr<Sha256> sha256_;
};

}  // namespace pg2crdb
