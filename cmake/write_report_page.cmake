# Writes the source behind diag/report_page.h: cmake -D SOURCE_DIR= -D OUTPUT= -P write_report_page.cmake
# Several files of a kind are one behind the other, by their names.
file(WRITE ${OUTPUT} "// Made of diag/report/*.
#include \"diag/report_page.h\"

namespace pg2crdb {
")
foreach(kind css js)
  file(GLOB parts ${SOURCE_DIR}/diag/report/*.${kind})
  list(SORT parts)
  set(literals)
  foreach(part IN LISTS parts)
    file(READ ${part} text)
    if(text MATCHES "\\)page\"|</(script|style)")
      message(FATAL_ERROR "${part} holds what ends the text it is put into")
    endif()
    # Compilers limit one literal to 64 KiB; adjacent ones are joined.
    string(LENGTH "${text}" length)
    set(at 0)
    while(at LESS length)
      string(SUBSTRING "${text}" ${at} 16000 piece)
      string(APPEND literals "\n    R\"page(${piece})page\"")
      math(EXPR at "${at} + 16000")
    endwhile()
  endforeach()
  file(APPEND ${OUTPUT} "
const std::string_view report_${kind} =${literals};
")
endforeach()
file(APPEND ${OUTPUT} "
}  // namespace pg2crdb
")
