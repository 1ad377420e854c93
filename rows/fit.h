#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace pg2crdb {

/// What a type of the target holds at most. COPY and IMPORT INTO do not refuse a value that is too long: they
/// cut it in silence, and keep a number with more digits than it may have (crdb-observed, COPY).
class Fit {
 public:
  /// Of a type as it is emitted: "VARCHAR(10)", "DECIMAL(5,2)[]". Of all others every value fits.
  explicit Fit(std::string_view target_type);

  bool always() const { return kind_ == Kind::any; }
  /// Whether the value, as COPY's text has it without escapes, stays what it is; of an array, each element.
  bool takes(std::string_view value) const;
  /// Whether both take the same values.
  bool operator==(const Fit&) const = default;

 private:
  enum class Kind { any, characters, byte, bits, bits_at_most, digits };
  bool takes_one(std::string_view value) const;
  bool takes_digits(std::string_view value) const;

  Kind kind_ = Kind::any;
  bool array_ = false;
  size_t size_ = 0;   ///< characters, bits, digits
  size_t scale_ = 0;  ///< of `digits`, those behind the point
};

}  // namespace pg2crdb
