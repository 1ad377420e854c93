#include <cstdint>
#include <string_view>

#include "parser/parser.h"

// Any bytes are a dump: read, or refused with a sentence.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto source = pg2crdb::memory_source(std::string_view(reinterpret_cast<const char*>(bytes), size));
  pg2crdb::SourceFile file(0, "dump.sql");
  pg2crdb::Diagnostics diagnostics;
  const auto dump = pg2crdb::parse_dump(*source, file, diagnostics);
  if (!dump && dump.error().message.empty()) __builtin_trap();
  for (const pg2crdb::Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.rule == nullptr || diagnostic.span.begin > diagnostic.span.end ||
        diagnostic.span.end > size) {
      __builtin_trap();
    }
  }
  return 0;
}
