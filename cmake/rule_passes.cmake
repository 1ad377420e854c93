# pg2crdb_rule_passes(<result>)
# For each passes/<name>/pass.rule a source that holds its text, so that the program needs no file to run it.
function(pg2crdb_rule_passes result)
  file(GLOB rules CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} passes/*/pass.rule)
  set(sources)
  foreach(rule IN LISTS rules)
    cmake_path(GET rule PARENT_PATH folder)
    cmake_path(GET folder FILENAME name)
    set(source ${PROJECT_BINARY_DIR}/rule_passes/${name}.cpp)
    add_custom_command(OUTPUT ${source}
      COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D RULE=${rule} -D SOURCE_DIR=${PROJECT_SOURCE_DIR} -D OUTPUT=${source}
        -P ${PROJECT_SOURCE_DIR}/cmake/write_rule_pass.cmake
      DEPENDS ${PROJECT_SOURCE_DIR}/${rule} ${PROJECT_SOURCE_DIR}/cmake/write_rule_pass.cmake
      COMMENT "Rule pass: ${rule}" VERBATIM)
    list(APPEND sources ${source})
  endforeach()
  set(${result} ${sources} PARENT_SCOPE)
endfunction()
