# Writes one source that holds all rule passes: cmake -D SOURCE_DIR= -D OUTPUT= -P write_rule_passes.cmake
include(${CMAKE_CURRENT_LIST_DIR}/literals.cmake)
file(GLOB rules RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/passes/*/pass.rule)
file(WRITE ${OUTPUT} "// Made of passes/*/pass.rule.
#include \"rewrite/pass.h\"

namespace pg2crdb {
")
foreach(rule IN LISTS rules)
  file(READ ${SOURCE_DIR}/${rule} text)
  cmake_path(GET rule PARENT_PATH folder)
  cmake_path(GET folder FILENAME name)
  string(REPLACE "_" "-" shown ${name})
  pg2crdb_literals(literals "${text}" rule)
  file(APPEND ${OUTPUT} "
extern const Pass ${name};
const Pass ${name} = {
    .name = \"${shown}\",
    .category = {},
    .summary = {},
    .rules = {},
    .run = {},
    .rule_path = \"${rule}\",
    .rule_text =${literals},
};
")
endforeach()
file(APPEND ${OUTPUT} "
}  // namespace pg2crdb
")
