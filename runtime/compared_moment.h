#pragma once
#include <optional>
#include <string>

#include "runtime/connection.h"
#include "runtime/shared_moment.h"
#include "support/result.h"

namespace pg2crdb {

/// Both sides as they are at one moment, each at one of its own. Others read them as they were then while
/// this lives.
class ComparedMoment {
 public:
  /// Whether commits of nodes whose clocks are ahead are waited for, which takes half a second.
  enum class Clocks { waited_for, as_they_are };

  /// Now. `source` is empty where there is no live one.
  static Result<ComparedMoment> take(const std::string& source, const std::string& target, Clocks clocks);
  /// The target as `begin` has it, for statements as begin_now() gives them, and of a live source, `shared`.
  /// Others keep both.
  static ComparedMoment kept_by_others(const std::string& source, const SharedMoment* shared,
                                       const std::string& target, std::string begin);

  Result<Connection> open_source() const;
  Result<Connection> open_target() const;

  /// The source's transactions: where another moment has the same text, nothing was written in between. Empty
  /// where the source does not tell.
  const std::string& transactions() const { return transactions_; }

 private:
  ComparedMoment(std::string source, std::string target)
      : source_(std::move(source)), target_(std::move(target)) {}

  std::string source_, target_;
  std::string snapshot_;                ///< of the source
  std::optional<Connection> exporter_;  ///< keeps it
  std::string transactions_;
  std::string begin_;                 ///< a transaction in which the target is what it was
  std::optional<Connection> keeper_;  ///< of that
};

/// Sessions that see one moment, opened where they are needed.
class Sessions {
 public:
  explicit Sessions(const ComparedMoment& moment) : moment_(&moment) {}
  const ComparedMoment& moment() const { return *moment_; }

  Result<Connection*> source();
  Result<Connection*> target();
  /// A session in which something failed is of no use any more.
  void forget() {
    source_.reset();
    target_.reset();
  }

 private:
  const ComparedMoment* moment_;
  std::optional<Connection> source_, target_;
};

}  // namespace pg2crdb
