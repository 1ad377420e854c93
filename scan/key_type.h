#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "rows/fit.h"

namespace pg2crdb {

/// How values of a foreign key are compared: those that PostgreSQL holds equal are appended as one text.
class KeyType {
 public:
  /// Of a type as format_type() spells it. Nothing where equal values may have several texts.
  static std::optional<KeyType> of(std::string_view type);
  /// Of an enum's labels, and of what is as good as a text.
  static KeyType of_labels() { return {Kind::text, Fit("")}; }

  /// Whether values of both types that are equal are appended alike.
  bool compares_with(const KeyType& other) const { return kind_ == other.kind_; }
  /// False where the value is not understood, as one that is rounded or cut where it is inserted.
  bool append(std::string& out, std::string_view value) const;

 private:
  /// Numbers without and with a fraction are compared with one another.
  enum class Kind {
    number,
    text,
    blank_padded,
    uuid,
    date,
    timestamp,
    timestamptz,
    time,
    timetz,
    interval,
    boolean,
    bytea,
    inet,
    float4,
    float8
  };
  KeyType(Kind kind, Fit fit) : kind_(kind), fit_(fit) {}
  bool append_number_value(std::string& out, std::string_view value) const;
  bool append_float_value(std::string& out, std::string_view value) const;
  bool append_interval_value(std::string& out, std::string_view value) const;
  bool has_room_for_fraction(std::string_view value) const;
  bool append_timestamp_value(std::string& out, std::string_view value) const;

  Kind kind_;
  Fit fit_;                   ///< of the length and the scale
  bool whole_ = false;        ///< of `number`: no fraction
  size_t most_fraction_ = 6;  ///< digits of a time's seconds
};

}  // namespace pg2crdb
