#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rows/canonical.h"
#include "rows/hash128.h"

// Never crashes, whatever the text, and what is canonical stays as it is. The first byte chooses the type.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr std::array<std::string_view, 24> types = {"text",
                                                      "character(3)",
                                                      "numeric",
                                                      "real",
                                                      "double precision",
                                                      "jsonb",
                                                      "timestamp with time zone",
                                                      "timestamp without time zone",
                                                      "time without time zone",
                                                      "time with time zone",
                                                      "interval",
                                                      "bytea",
                                                      "boolean",
                                                      "inet",
                                                      "public.geometry",
                                                      "text[]",
                                                      "numeric[]",
                                                      "double precision[]",
                                                      "character(3)[]",
                                                      "bytea[]",
                                                      "interval[]",
                                                      "timestamp with time zone[]",
                                                      "inet[]",
                                                      "jsonb[]"};
  if (size == 0) return 0;
  const pg2crdb::CanonicalType type = pg2crdb::canonical_type(types[data[0] % types.size()]);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string once = "kept";
  pg2crdb::append_canonical(once, type, text);
  if (!once.starts_with("kept")) std::abort();
  once.erase(0, 4);
  std::string twice;
  pg2crdb::append_canonical(twice, type, once);
  if (once != twice) std::abort();
  pg2crdb::canonical_type(text);
  pg2crdb::hash128(text, data[0]);
  return 0;
}
