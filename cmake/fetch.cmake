# What -DPG2CRDB_FETCH=ON downloads where it is not installed: one version of each, whose SHA-256 is known.
#
# pg2crdb_source_<name> is a SHA-256 and an address. One without a host is below pool/main of Debian's archive, whose
# archives of sources stay as they are; the second host has all that ever was in there.
set(pg2crdb_pools https://deb.debian.org/debian/pool/main
  https://snapshot.debian.org/archive/debian/20261101T000000Z/pool/main)
set(pg2crdb_source_antlr_tool bb117b1476691dc2915a318efd36f8957c0ad93447fb1dac01107eb15fe137cd
  https://www.antlr.org/download/antlr-4.9.2-complete.jar)
set(pg2crdb_source_antlr_runtime ef6e4798657432fa985bef30a0044e499e96b26017b5d863e072f438feaa2ab4
  a/antlr4-cpp-runtime/antlr4-cpp-runtime_4.9+dfsg.orig.tar.xz)
set(pg2crdb_source_boost 404df4b4072fc7f2d4483d4fc2d61ff6f554dd80c9a812652684d5952e881c91
  b/boost1.83/boost1.83_1.83.0.orig.tar.xz)
set(pg2crdb_source_catch2 c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c
  c/catch2/catch2_3.7.1.orig.tar.gz)
set(pg2crdb_source_fmt 84ce1c2d0be3a9863935137969dcec6970125caac032f82474640bfc81463583
  f/fmtlib/fmtlib_9.1.0+ds1.orig.tar.gz)
set(pg2crdb_source_httplib 8b1a5df569003b6a4f24c68489bbda5c64aec94697bdc9ebba5d79408b2ae7eb
  c/cpp-httplib/cpp-httplib_0.11.4+ds.orig.tar.xz)
set(pg2crdb_source_libpg_query a3dc0e4084a23da35128d4e9809ff27241c29a44fde74ba40a378b33d2cdefe2
  libp/libpg-query/libpg-query_17-6.1.0.orig.tar.gz)
set(pg2crdb_source_libpq 11df0df97fe3ea4ba9a791faaf39cee1d2fe571e78885b5b55d8517d27c323b4
  p/postgresql-15/postgresql-15_15.18.orig.tar.bz2)
set(pg2crdb_source_simdjson 156b1bc5eb0561b2bd166b46d191fd3d95a3e709cc63761477d3b7aec2b6e9ed
  s/simdjson/simdjson_3.0.1.orig.tar.gz)
set(pg2crdb_source_tomlplusplus 8517f65938a4faae9ccf8ebb36631a38c1cadfb5efa85d9a72e15b9e97d25155
  https://github.com/marzer/tomlplusplus/archive/refs/tags/v3.4.0.tar.gz)
set(pg2crdb_source_zlib 60dd315c07f616887caa029408308a018ace66e3d142726a97db164b3b8f69fb
  z/zlib/zlib_1.3.dfsg+really1.3.1.orig.tar.gz)
set(pg2crdb_source_zstd 8cf4bbb65e77ec348d052c8d6230eba66d435bddf64c8b5be2fcb16880c19953
  libz/libzstd/libzstd_1.5.4+dfsg2.orig.tar.xz)

# pg2crdb_download(<name> <result>)
# Sets <result> to the path of the file, whose bytes are the right ones: what was put there by hand is taken, too.
function(pg2crdb_download name result)
  if(NOT PG2CRDB_FETCH)
    message(FATAL_ERROR
      "${name} is not installed: run scripts/setup, or configure with -DPG2CRDB_FETCH=ON to download it")
  endif()
  list(GET pg2crdb_source_${name} 0 sum)
  list(GET pg2crdb_source_${name} 1 addresses)
  cmake_path(GET addresses FILENAME file)
  if(NOT addresses MATCHES "^https:")
    list(TRANSFORM pg2crdb_pools APPEND /${addresses} OUTPUT_VARIABLE addresses)
  endif()
  set(path ${PROJECT_BINARY_DIR}/fetched/${file})
  set(found)
  set(failures)
  if(EXISTS ${path})
    file(SHA256 ${path} found)
  endif()
  foreach(address IN LISTS addresses)
    if(NOT found STREQUAL sum)
      message(STATUS "${name}: downloading ${address}")
      file(DOWNLOAD ${address} ${path} STATUS status INACTIVITY_TIMEOUT 60)
      file(SHA256 ${path} found)
      list(GET status 1 reason)
      string(APPEND failures "\n  ${address}: ${reason}, SHA-256 ${found}")
    endif()
  endforeach()
  if(NOT found STREQUAL sum)
    file(REMOVE ${path})
    message(FATAL_ERROR "${name} could not be downloaded, or is not what it was:${failures}\n"
      "Install it, or put the file with the SHA-256 ${sum} at ${path}")
  endif()
  set(${result} ${path} PARENT_SCOPE)
endfunction()

# pg2crdb_fetch(<name> [<pattern>...])
# Sets <name>_SOURCE_DIR to the folder of the sources: all of them, or those whose paths match a pattern.
function(pg2crdb_fetch name)
  pg2crdb_download(${name} archive)
  set(folder ${PROJECT_BINARY_DIR}/fetched/${name})
  # The mark is written last, and knows of what.
  set(mark ${folder}/unpacked)
  set(wanted "${pg2crdb_source_${name}} ${ARGN}")
  set(unpacked)
  if(EXISTS ${mark})
    file(READ ${mark} unpacked)
  endif()
  if(NOT unpacked STREQUAL wanted)
    file(REMOVE_RECURSE ${folder})
    file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${folder}/sources PATTERNS ${ARGN})
    file(WRITE ${mark} "${wanted}")
  endif()
  # Most archives hold one folder.
  file(GLOB sources ${folder}/sources/*)
  list(LENGTH sources entries)
  if(entries GREATER 1)
    set(sources ${folder}/sources)
  endif()
  set(${name}_SOURCE_DIR ${sources} PARENT_SCOPE)
endfunction()

# pg2crdb_fetch_library(<target> <name> INCLUDES <folder>... [SOURCES <pattern>...])
# Downloads <name> and makes a static library of its sources, with its headers: fetched_<name>, which is <target>, too.
# Libraries as small as these need no more, and their own descriptions install and test themselves.
function(pg2crdb_fetch_library target name)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "INCLUDES;SOURCES")
  pg2crdb_fetch(${name})
  set(${name}_SOURCE_DIR ${${name}_SOURCE_DIR} PARENT_SCOPE)
  list(TRANSFORM arg_INCLUDES PREPEND ${${name}_SOURCE_DIR}/)
  list(TRANSFORM arg_SOURCES PREPEND ${${name}_SOURCE_DIR}/)
  if(arg_SOURCES)
    file(GLOB sources ${arg_SOURCES})
    add_library(fetched_${name} STATIC ${sources})
    target_include_directories(fetched_${name} SYSTEM PUBLIC ${arg_INCLUDES})
    target_compile_options(fetched_${name} PRIVATE -w -O2)
    # Its code is older than the newest C.
    set_target_properties(fetched_${name} PROPERTIES C_STANDARD 11 CXX_CLANG_TIDY "")
  else()
    add_library(fetched_${name} INTERFACE)
    target_include_directories(fetched_${name} SYSTEM INTERFACE ${arg_INCLUDES})
  endif()
  add_library(${target} ALIAS fetched_${name})
endfunction()

# pg2crdb_fetch_project(<name> [<pattern>...])
# Downloads <name> and reads its own description; nothing of it is installed.
function(pg2crdb_fetch_project name)
  pg2crdb_fetch(${name} ${ARGN})
  set(BUILD_TESTING OFF)
  set(BUILD_SHARED_LIBS OFF)
  set(CMAKE_CXX_CLANG_TIDY)
  # CMake 4 wants to be told that it may read descriptions as old as some of these.
  set(CMAKE_POLICY_VERSION_MINIMUM 3.5)
  add_subdirectory(${${name}_SOURCE_DIR} ${PROJECT_BINARY_DIR}/fetched/${name}/build EXCLUDE_FROM_ALL SYSTEM)
endfunction()
