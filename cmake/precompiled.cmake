# Headers that most of our sources read are compiled once: the standard library's and fmt's for everything, the tree's too for
# what lies above ast/, the passes' and the binder's for what lies above these. Sources still include what they use: CMAKE_DISABLE_PRECOMPILE_HEADERS builds without, and a cache of
# compilers that several folders share wants that, since such a header is another one in each of them.
set(pg2crdb_standard_headers
  <algorithm> <array> <charconv> <cstdint> <cstring> <filesystem> <fstream> <functional> <iterator> <map> <memory> <mutex>
  <optional> <set> <span> <sstream> <string> <string_view> <tuple> <unordered_map> <unordered_set> <utility> <variant>
  <vector> <fmt/format.h>)
set(pg2crdb_tree_headers
  ${pg2crdb_standard_headers} ${PROJECT_SOURCE_DIR}/ast/describe.h ${PROJECT_SOURCE_DIR}/ast/field_values.h
  ${PROJECT_SOURCE_DIR}/ast/script.h ${PROJECT_SOURCE_DIR}/ast/walk.h)
set(pg2crdb_pass_headers
  ${pg2crdb_tree_headers} ${PROJECT_SOURCE_DIR}/bind/history.h ${PROJECT_SOURCE_DIR}/rewrite/pass.h)
set(pg2crdb_test_headers ${pg2crdb_standard_headers} <catch2/catch_test_macros.hpp>)

# pg2crdb_precompile(<target> <set>)
# <set> is standard, tree, pass or test. Targets of one set are compiled with the same options.
function(pg2crdb_precompile target set)
  set(carrier pg2crdb_precompiled_${set})
  if(NOT TARGET ${carrier})
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "")
    add_library(${carrier} OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
    target_link_libraries(${carrier} PRIVATE pg2crdb_options)
    target_precompile_headers(${carrier} PRIVATE ${pg2crdb_${set}_headers})
    if(set STREQUAL "test")
      target_link_libraries(${carrier} PRIVATE Catch2::Catch2)
      pg2crdb_test_options(${carrier})
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${carrier})
endfunction()
