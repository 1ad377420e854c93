#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace pg2crdb {

/// Why something at run time did not work. The text is for a person, without a password in it; `sqlstate` is
/// empty unless a server answered.
struct Error {
  enum class Kind {
    usage,        ///< wrong option, configuration or unreadable input: exit status 2
    rejected,     ///< rows that the target refused: exit status 3
    differs,      ///< rows that differ: exit status 4
    interrupted,  ///< the database, the network or a signal stopped us, resumable: exit status 5
  };
  Kind kind = Kind::usage;
  std::string message;
  std::string sqlstate;
  std::string advice;
};

/// A broken invariant of this program (never bad input). Caught in main only, and printed as an internal
/// error.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// A value or the reason why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  explicit operator bool() const { return std::holds_alternative<T>(state_); }
  T& operator*() { return std::get<T>(state_); }
  const T& operator*() const { return std::get<T>(state_); }
  T* operator->() { return &std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }
  const Error& error() const { return std::get<Error>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace pg2crdb
