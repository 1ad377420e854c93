# pg2crdb_page(<result> HEADER <header> NAMESPACE <namespace> STYLE <variable> SCRIPT <variable> PARTS <file>...)
# A source that holds the style and the script of a page, so that the program needs no file to show it: those of PARTS
# that end in .css and in .js, one behind the other. HEADER declares the variables.
function(pg2crdb_page result)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;NAMESPACE;STYLE;SCRIPT" "PARTS")
  set(source ${PROJECT_BINARY_DIR}/pages/${arg_STYLE}.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/write_page.cmake)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D "PARTS=${arg_PARTS}" -D HEADER=${arg_HEADER} -D NAMESPACE=${arg_NAMESPACE}
      -D STYLE=${arg_STYLE} -D SCRIPT=${arg_SCRIPT} -D OUTPUT=${source} -P ${script}
    DEPENDS ${arg_PARTS} ${script} ${PROJECT_SOURCE_DIR}/cmake/literals.cmake
    COMMENT "Style and script of a page: ${arg_STYLE}" VERBATIM)
  set(${result} ${source} PARENT_SCOPE)
endfunction()

# The HTML report.
function(pg2crdb_report_page result)
  file(GLOB parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/diag/report/*.css ${PROJECT_SOURCE_DIR}/diag/report/*.js)
  list(SORT parts)
  pg2crdb_page(source HEADER diag/report_page.h NAMESPACE pg2crdb STYLE report_css SCRIPT report_js PARTS ${parts})
  set(${result} ${source} PARENT_SCOPE)
endfunction()

# The console, which looks as the report does.
function(pg2crdb_console_page result)
  file(GLOB parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/console/page/*.css ${PROJECT_SOURCE_DIR}/console/page/*.js)
  list(SORT parts)
  set(report ${PROJECT_SOURCE_DIR}/diag/report)
  pg2crdb_page(source HEADER console/page.h NAMESPACE pg2crdb::console STYLE page_css SCRIPT page_js
    PARTS ${report}/page.css ${report}/elements.js ${report}/diff.js ${parts})
  set(${result} ${source} PARENT_SCOPE)
endfunction()

# docs/rules.md, of which `pg2crdb rules explain` shows a section.
function(pg2crdb_rules_page result)
  set(source ${PROJECT_BINARY_DIR}/pages/rules_page.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/write_rules_page.cmake)
  set(page ${PROJECT_SOURCE_DIR}/docs/rules.md)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D PAGE=${page} -D OUTPUT=${source} -P ${script}
    DEPENDS ${page} ${script} ${PROJECT_SOURCE_DIR}/cmake/literals.cmake
    COMMENT "The list of rules" VERBATIM)
  set(${result} ${source} PARENT_SCOPE)
endfunction()
