# pg2crdb_rule_passes(<result>)
# A source that holds the texts of all passes/<name>/pass.rule, so that the program needs no file to run them; and one
# with the tables of all (rewrite/rule_table.h), which are what is read at the start. The tables are made by a program
# of ours: where the build cannot run it (a cross build without an emulator) there are none, and the texts are read.
function(pg2crdb_rule_passes result)
  file(GLOB rules CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} passes/*/pass.rule)
  set(texts ${PROJECT_BINARY_DIR}/rule_passes/rule_passes.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/write_rule_passes.cmake)
  add_custom_command(OUTPUT ${texts}
    COMMAND ${CMAKE_COMMAND} -D SOURCE_DIR=${PROJECT_SOURCE_DIR} -D OUTPUT=${texts} -P ${script}
    DEPENDS ${rules} ${script} ${PROJECT_SOURCE_DIR}/cmake/literals.cmake
    COMMENT "Texts of the rule passes" VERBATIM)
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
  set(${result} ${texts} ${tables} PARENT_SCOPE)
endfunction()
