# find_package(pg2crdb CONFIG): the target pg2crdb::pg2crdb, and a function that makes plugins.
include(${CMAKE_CURRENT_LIST_DIR}/pg2crdb-targets.cmake)

# pg2crdb_add_plugin(<name> <source>...): the shared object <name>.so for `pg2crdb --plugin`. Exactly one of its
# sources holds PG2CRDB_PLUGIN(...), of rewrite/plugin.h.
function(pg2crdb_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE pg2crdb::pg2crdb)
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden)
endfunction()
