# Writes one source that holds all rule passes: cmake -D SOURCE_DIR= -D OUTPUT= -P write_rule_passes.cmake
file(GLOB rules RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/passes/*/pass.rule)
file(WRITE ${OUTPUT} "// Made of passes/*/pass.rule.
#include \"rewrite/pass.h\"

namespace pg2crdb {
")
foreach(rule IN LISTS rules)
  file(READ ${SOURCE_DIR}/${rule} text)
  if(text MATCHES "\\)rule\"")
    message(FATAL_ERROR "${rule} holds )rule\", which ends the string it is put into")
  endif()
  cmake_path(GET rule PARENT_PATH folder)
  cmake_path(GET folder FILENAME name)
  string(REPLACE "_" "-" shown ${name})
  # Compilers limit one literal to 64 KiB; adjacent ones are joined.
  string(LENGTH "${text}" length)
  set(literals)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 16000 piece)
    string(APPEND literals "\n    R\"rule(${piece})rule\"")
    math(EXPR at "${at} + 16000")
  endwhile()
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
