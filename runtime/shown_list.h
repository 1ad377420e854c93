#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace pg2crdb {

/// A list in a message: the first ten, and of the others how many.
class ShownList {
 public:
  explicit ShownList(std::string_view separator) : separator_(separator) {}

  void add(std::string_view one) {
    if (++count_ > most) return;
    if (!text_.empty()) text_ += separator_;
    text_ += one;
  }
  bool empty() const { return count_ == 0; }
  std::string text() const {
    return count_ > most ? fmt::format("{}{}and {} more", text_, separator_, count_ - most) : text_;
  }

 private:
  static constexpr size_t most = 10;
  const std::string_view separator_;
  std::string text_;
  size_t count_ = 0;
};

}  // namespace pg2crdb
