# Writes the source behind a page's header: see pg2crdb_page() in pages.cmake, which calls it.
include(${CMAKE_CURRENT_LIST_DIR}/literals.cmake)
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
    if(text MATCHES "</(script|style)")
      message(FATAL_ERROR "${part} holds what ends the text it is put into")
    endif()
    pg2crdb_literals(more "${text}" page)
    string(APPEND literals "${more}")
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
