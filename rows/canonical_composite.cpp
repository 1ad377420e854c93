#include "rows/canonical.h"
#include "rows/canonical_forms.h"
#include "rows/record_text.h"

namespace pg2crdb {

bool append_composite(std::string& out, const std::vector<CanonicalType>& fields, std::string_view text) {
  std::string canonical;
  size_t count = 0;
  const bool is_read = read_record(text, [&](std::optional<std::string_view> value) {
    if (count == fields.size()) return false;
    out += count == 0 ? '(' : ',';
    if (value) {
      canonical.clear();
      append_canonical(canonical, fields[count], *value);
      append_record_field(out, canonical);
    }
    ++count;
    return true;
  });
  out += ')';
  return is_read && count == fields.size();
}

}  // namespace pg2crdb
