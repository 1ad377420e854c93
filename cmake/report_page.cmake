# pg2crdb_report_page(<result>)
# A source that holds the style and the script of the HTML report, so that the program needs no file to write one.
function(pg2crdb_report_page result)
  file(GLOB parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/diag/report/*.css ${PROJECT_SOURCE_DIR}/diag/report/*.js)
  set(source ${PROJECT_BINARY_DIR}/report_page/report_page.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/write_report_page.cmake)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D SOURCE_DIR=${PROJECT_SOURCE_DIR} -D OUTPUT=${source} -P ${script}
    DEPENDS ${parts} ${script}
    COMMENT "Style and script of the HTML report" VERBATIM)
  set(${result} ${source} PARENT_SCOPE)
endfunction()
