# What most sources spend their time on while they are compiled are headers and templates that others of their folder need, too:
# PG2CRDB_UNITY compiles several at once. Files with functions or classes of their own that are called like another file's of the
# folder stay alone; who adds one gives it another name, or writes it down here. Each pass has a `run` and `rules` of its own, so
# that these all do.
set(pg2crdb_alone
)

# pg2crdb_unite(<target> <source>...)
function(pg2crdb_unite target)
  if(NOT PG2CRDB_UNITY OR target STREQUAL "pg2crdb_passes")
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  foreach(source IN LISTS ARGN)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE name)
    if(name IN_LIST pg2crdb_alone OR NOT name MATCHES "^[a-z]+/[a-z_]+[.]cpp$")
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
