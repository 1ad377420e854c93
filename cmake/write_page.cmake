# Writes the source behind a page's header: see pg2crdb_page() in pages.cmake, which calls it.
file(WRITE ${OUTPUT} "// Made of the page's parts.
#include \"${HEADER}\"

namespace ${NAMESPACE} {
")
foreach(kind css js)
  set(literals)
  foreach(part IN LISTS PARTS)
    if(NOT part MATCHES "\\.${kind}$")
      continue()
    endif()
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
  if(kind STREQUAL "css")
    set(name ${STYLE})
  else()
    set(name ${SCRIPT})
  endif()
  file(APPEND ${OUTPUT} "
const std::string_view ${name} =${literals};
")
endforeach()
file(APPEND ${OUTPUT} "
}  // namespace ${NAMESPACE}
")
