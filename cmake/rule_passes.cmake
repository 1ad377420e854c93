# pg2crdb_rule_passes(<result>)
# For each passes/<name>/pass.rule a source that holds its text, so that the program needs no file to run it; and one
# with the tables of all (rewrite/rule_table.h), which are what is read at the start. The tables are made by a program
# of ours: where the build cannot run it (a cross build without an emulator) there are none, and the texts are read.
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
  set(tables ${PROJECT_BINARY_DIR}/rule_passes/rule_tables.cpp)
  if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    file(CONFIGURE OUTPUT ${tables} CONTENT "#include \"passes/rule_tables.h\"
std::string_view pg2crdb::rule_table(std::string_view) { return {}; }
")
  else()
    add_executable(pg2crdb_rule_tables rewrite/rule_tables/main.cpp)
    target_link_libraries(pg2crdb_rule_tables PRIVATE pg2crdb_rewrite)
    add_custom_command(OUTPUT ${tables}
      COMMAND pg2crdb_rule_tables ${tables} ${rules}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      DEPENDS pg2crdb_rule_tables ${rules}
      COMMENT "Tables of the rule passes" VERBATIM)
  endif()
  set(${result} ${sources} ${tables} PARENT_SCOPE)
endfunction()
