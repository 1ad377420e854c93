#include <cstdint>
#include <string_view>

#include "parser/names.h"

// Any text is read as SQL and as PL/pgSQL: what is found stands in it, and what cannot be read is said.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  for (const pg2crdb::TextNames& names : {pg2crdb::names_in_sql(text), pg2crdb::names_in_plpgsql(text)}) {
    for (const pg2crdb::NameUse& use : names.names) {
      if (use.name.empty() || use.begin > use.end || use.end > size) __builtin_trap();
    }
    for (const std::string& what : names.unread) {
      if (!what.starts_with("line ")) __builtin_trap();
    }
  }
  return 0;
}
