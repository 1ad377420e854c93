# Writes the source of one rule pass: cmake -D NAME= -D RULE= -D SOURCE_DIR= -D OUTPUT= -P write_rule_pass.cmake
file(READ ${SOURCE_DIR}/${RULE} text)
if(text MATCHES "\\)rule\"")
  message(FATAL_ERROR "${RULE} holds )rule\", which ends the string it is put into")
endif()
string(REPLACE "_" "-" shown ${NAME})
# Compilers limit one literal to 64 KiB; adjacent ones are joined.
string(LENGTH "${text}" length)
set(literals)
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 16000 piece)
  string(APPEND literals "\n    R\"rule(${piece})rule\"")
  math(EXPR at "${at} + 16000")
endwhile()
file(WRITE ${OUTPUT} "// Made of ${RULE}.
#include \"rewrite/pass.h\"

namespace pg2crdb {

extern const Pass ${NAME};
const Pass ${NAME} = {
    .name = \"${shown}\",
    .category = {},
    .summary = {},
    .rules = {},
    .run = {},
    .rule_path = \"${RULE}\",
    .rule_text =${literals},
};

}  // namespace pg2crdb
")
