#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rows/copy_text.h"
#include "rows/insert.h"

// Any bytes are a row of COPY, and an INSERT. What was decoded comes back when it is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace pg2crdb;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  std::vector<Field> fields;
  std::string scratch;
  if (decode_copy_row(text, fields, scratch)) {
    std::string line;
    append_copy_row(line, fields);
    line.pop_back();
    std::vector<Field> again;
    std::string second_scratch;
    if (!decode_copy_row(line, again, second_scratch) || again.size() != fields.size()) __builtin_trap();
    for (size_t i = 0; i < fields.size(); ++i) {
      if (again[i].null != fields[i].null || again[i].text != fields[i].text) __builtin_trap();
    }
    std::string csv;
    append_csv_row(csv, fields);
  }
  for (const std::string& sql : {std::string(text), "INSERT INTO t VALUES (" + std::string(text)}) {
    InsertReader reader(sql);
    while (reader.next(fields)) {
    }
    if (reader.position() > sql.size()) __builtin_trap();
  }
  return 0;
}
