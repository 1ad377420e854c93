#pragma once
#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pg2crdb::ast {

/// An owned, possibly empty node that copies deeply: what makes trees of plain structs possible.
template <class T>
class Box {
 public:
  Box() = default;
  Box(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Box(const Box& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Box(Box&&) noexcept = default;
  Box& operator=(const Box& other) {
    if (this != &other) value_ = other.value_ ? std::make_unique<T>(*other.value_) : nullptr;
    return *this;
  }
  Box& operator=(Box&&) noexcept = default;
  ~Box() = default;

  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }
  void reset() { value_.reset(); }
  /// The value, made where there is none.
  T& filled() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }

 private:
  std::unique_ptr<T> value_;
};

/// A text, a name or a list that is empty in nearly all nodes: it takes the room of a pointer, and reads as
/// an empty T where there is none.
template <class T>
class Sparse {
 public:
  Sparse() = default;
  Sparse(T value) {
    if (!value.empty()) value_ = std::move(value);
  }
  Sparse& operator=(T value) { return *this = Sparse(std::move(value)); }
  template <class Value>
  requires(!std::same_as<std::remove_cvref_t<Value>, Sparse> &&
           !std::same_as<std::remove_cvref_t<Value>, T> && std::constructible_from<T, Value>) Sparse&
  operator=(Value&& value) {
    return *this = T(std::forward<Value>(value));
  }

  bool empty() const { return !value_ || value_->empty(); }
  explicit operator bool() const { return !empty(); }
  operator const T&() const { return value_ ? *value_ : none(); }
  operator std::string_view() const requires std::same_as<T, std::string> {
    return static_cast<const T&>(*this);
  }
  const T& operator*() const { return *this; }
  const T* operator->() const { return &static_cast<const T&>(*this); }
  void clear() { value_.reset(); }
  T& filled() { return value_.filled(); }
  T& operator*() { return filled(); }

  bool operator==(const Sparse& other) const { return *this == *other; }
  template <class Other>
  bool operator==(const Other& other) const {
    return static_cast<const T&>(*this) == other;
  }

 private:
  static const T& none() {
    static const T empty{};
    return empty;
  }

  Box<T> value_;
};

}  // namespace pg2crdb::ast
