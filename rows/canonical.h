#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rows/copy_text.h"

namespace pg2crdb {

/// How a type's text is brought to one form for both servers, chosen once a column from PostgreSQL's type
/// name.
enum class CanonicalForm {
  text,          ///< byte for byte
  blank_padded,  ///< char(n): without trailing blanks
  integer,       ///< without blanks, plus and leading zeros
  number,        ///< numeric: exact decimal without superfluous zeros or exponent
  float4,
  float8,  ///< the shortest digits that read back as the same bits
  json,    ///< sorted keys, last duplicate wins, exact numbers, no blanks: what jsonb keeps
  date,
  timestamptz,  ///< as UTC, six digits at most
  timestamp,
  time,
  timetz,
  interval,  ///< months, days, microseconds
  uuid,      ///< lower case, with its four hyphens
  bytea,     ///< lower-case hex, from hex or escape form
  boolean,
  inet,       ///< /32 and /128 left out
  hex,        ///< geometry: upper-case hex
  array,      ///< one dimension; each element in its own form
  composite,  ///< "(1,x,)": each field in its own form
};

struct CanonicalType {
  CanonicalForm form = CanonicalForm::text;
  CanonicalForm element = CanonicalForm::text;  ///< of arrays
  std::vector<CanonicalType> fields = {};       ///< of a composite, and of an array of them
  int digits = 6;                               ///< of a time's seconds, and of an array of them
};

/// The form of a type as format_type() spells it: "numeric(10,2)", "timestamp with time zone", "integer[]".
CanonicalType canonical_type(std::string_view postgresql_type);

/// Appends the value's canonical text. Exact: two values that PostgreSQL holds different come out different
/// (json aside, as above). A text that cannot be read as its type is appended as it is.
void append_canonical(std::string& out, const CanonicalType& type, std::string_view text);

}  // namespace pg2crdb
