# Each dependency is the installed copy; -DPG2CRDB_FETCH=ON downloads the ones that are not installed.
include(FetchContent)

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
# The archive is preferred, as below.
set(Boost_USE_STATIC_LIBS TRUE)
find_package(Boost 1.74 QUIET COMPONENTS program_options)
if(NOT Boost_FOUND)
  set(Boost_USE_STATIC_LIBS FALSE)
  find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
endif()
find_package(PkgConfig QUIET)

# A macro, so that what the fetched project sets is seen here.
macro(pg2crdb_fetch name repository tag)
  if(NOT PG2CRDB_FETCH)
    message(FATAL_ERROR
      "${name} is not installed: run scripts/setup, or configure with -DPG2CRDB_FETCH=ON to download it")
  endif()
  message(STATUS "${name}: downloading ${repository} ${tag}")
  FetchContent_Declare(${name} GIT_REPOSITORY https://github.com/${repository}.git GIT_TAG ${tag}
    GIT_SHALLOW TRUE SYSTEM)
  FetchContent_MakeAvailable(${name})
endmacro()

# For libraries that bring no CMake package: defines <target> from a header and a library, if both exist.
function(pg2crdb_find_plain target header)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "NAMES;SUFFIXES")
  string(REGEX REPLACE ".*::" "" name ${target})
  find_path(${name}_INCLUDE_DIR ${header} PATH_SUFFIXES ${arg_SUFFIXES})
  find_library(${name}_LIBRARY NAMES ${arg_NAMES})
  mark_as_advanced(${name}_INCLUDE_DIR ${name}_LIBRARY)
  if(${name}_INCLUDE_DIR AND ${name}_LIBRARY)
    add_library(${target} UNKNOWN IMPORTED)
    set_target_properties(${target} PROPERTIES
      IMPORTED_LOCATION ${${name}_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${${name}_INCLUDE_DIR})
    message(STATUS "${name}: ${${name}_LIBRARY}")
  endif()
endfunction()

# pg2crdb_archive_for_programs(<target> <library> <archive>)
# <target> is <archive> where a program is linked and the archive is installed, else <library>: each library that need
# not be looked for makes a start sooner. The archives are compiled for programs and do not go into libpg2crdb.so.
function(pg2crdb_archive_for_programs target library archive)
  find_library(${target}_ARCHIVE NAMES ${archive})
  mark_as_advanced(${target}_ARCHIVE)
  add_library(${target} INTERFACE IMPORTED)
  target_link_libraries(${target} INTERFACE ${library})
  if(${target}_ARCHIVE)
    set(for_program "$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>")
    set_target_properties(${target} PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "$<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>"
      INTERFACE_LINK_LIBRARIES "$<IF:${for_program},${${target}_ARCHIVE},${library}>")
  endif()
endfunction()

pg2crdb_find_plain(libpq::libpq libpq-fe.h NAMES pq SUFFIXES postgresql pgsql)
pg2crdb_find_plain(zstd::zstd zstd.h NAMES zstd)
# Of OpenSSL two digests are used: the loader takes longer for the whole of it than a file to lint does.
pg2crdb_find_plain(openssl::crypto openssl/sha.h NAMES libcrypto.a crypto)
foreach(required libpq::libpq zstd::zstd openssl::crypto)
  if(NOT TARGET ${required})
    message(FATAL_ERROR "${required} is not installed: run scripts/setup")
  endif()
endforeach()
pg2crdb_archive_for_programs(pg2crdb::zlib ZLIB::ZLIB libz.a)
pg2crdb_archive_for_programs(pg2crdb::zstd zstd::zstd libzstd.a)

# The allocator of programs, where it is installed: a sixth of what a compile takes. Sanitizers bring one of their own.
find_library(jemalloc_ARCHIVE NAMES libjemalloc.a)
mark_as_advanced(jemalloc_ARCHIVE)
add_library(pg2crdb::allocator INTERFACE IMPORTED)
if(jemalloc_ARCHIVE AND NOT PG2CRDB_SANITIZE)
  target_link_libraries(pg2crdb::allocator INTERFACE ${jemalloc_ARCHIVE} Threads::Threads ${CMAKE_DL_LIBS} m)
  target_sources(pg2crdb::allocator INTERFACE ${PROJECT_SOURCE_DIR}/cmake/allocator.cpp)
  message(STATUS "allocator: ${jemalloc_ARCHIVE}")
endif()

# libpq is opened when a connection is wanted (runtime/libpq.cpp): nothing links it.
add_library(libpq::headers INTERFACE IMPORTED)
target_include_directories(libpq::headers INTERFACE ${libpq_INCLUDE_DIR})

find_package(fmt 9 QUIET)
if(NOT TARGET fmt::fmt)
  pg2crdb_fetch(fmt fmtlib/fmt 9.1.0)
endif()

find_package(simdjson 3 QUIET)
if(NOT TARGET simdjson::simdjson)
  pg2crdb_fetch(simdjson simdjson/simdjson v3.0.1)
endif()

find_package(tomlplusplus 3 QUIET)
if(NOT TARGET tomlplusplus::tomlplusplus)
  pg2crdb_fetch(tomlplusplus marzer/tomlplusplus v3.3.0)
endif()

# A packaged httplib is compiled with feature macros that change its classes; only pkg-config knows them.
find_package(httplib QUIET)
if(NOT TARGET httplib::httplib AND PKG_CONFIG_FOUND)
  pkg_check_modules(cpp_httplib QUIET IMPORTED_TARGET cpp-httplib)
  if(cpp_httplib_FOUND)
    add_library(httplib::httplib INTERFACE IMPORTED)
    target_link_libraries(httplib::httplib INTERFACE PkgConfig::cpp_httplib)
    message(STATUS "httplib: ${cpp_httplib_VERSION}")
  endif()
endif()
if(NOT TARGET httplib::httplib)
  pg2crdb_fetch(httplib yhirose/cpp-httplib v0.11.4)
endif()

if(BUILD_TESTING)
  find_package(Catch2 3 QUIET)
  if(NOT TARGET Catch2::Catch2WithMain)
    pg2crdb_fetch(Catch2 catchorg/Catch2 v3.7.1)
  endif()
endif()

# pg_query_node_headers: PostgreSQL's own headers, which declare the nodes of its grammar. They are many and have common
# names, so that only who reads the nodes sees them.

# libpg_query has no build description that CMake reads; this is its Makefile's list of sources and flags.
function(pg2crdb_build_pg_query source_dir)
  file(GLOB sources ${source_dir}/src/*.c ${source_dir}/src/postgres/*.c)
  add_library(pg_query STATIC ${sources} ${source_dir}/vendor/protobuf-c/protobuf-c.c
    ${source_dir}/vendor/xxhash/xxhash.c ${source_dir}/protobuf/pg_query.pb-c.c)
  target_include_directories(pg_query SYSTEM INTERFACE ${source_dir})
  target_include_directories(pg_query PRIVATE ${source_dir} ${source_dir}/vendor ${source_dir}/src/include
    ${source_dir}/src/postgres/include)
  set(pg_query_node_headers ${source_dir}/src ${source_dir}/src/postgres/include PARENT_SCOPE)
  target_compile_options(pg_query PRIVATE -w -O2 -fno-strict-aliasing -fwrapv)
  set_target_properties(pg_query PROPERTIES POSITION_INDEPENDENT_CODE ON)
  add_library(pg_query::pg_query ALIAS pg_query)
endfunction()

# Sets <result> to the PostgreSQL major version whose grammar the header in <folder> belongs to.
function(pg2crdb_pg_query_version folder result)
  file(STRINGS ${folder}/pg_query.h line REGEX "^#define PG_VERSION_NUM [0-9]+")
  string(REGEX REPLACE "^.* ([0-9]+)[0-9][0-9][0-9][0-9].*$" "\\1" version "${line}")
  set(${result} "${version}" PARENT_SCOPE)
endfunction()

# What scripts/setup has unpacked, of a release too new to be installed, comes before what is installed.
set(PG2CRDB_PG_QUERY ${PROJECT_SOURCE_DIR}/build/libpg_query CACHE PATH "Folder of a libpg_query, or OFF")
set(pg_query_version 0)
file(GLOB pg_query_archive ${PG2CRDB_PG_QUERY}/lib/*/libpg_query.a)
if(PG2CRDB_PG_QUERY AND pg_query_archive)
  set(pg_query_headers ${PG2CRDB_PG_QUERY}/include)
  pg2crdb_pg_query_version(${pg_query_headers} pg_query_version)
  add_library(pg_query::pg_query STATIC IMPORTED)
  set_target_properties(pg_query::pg_query PROPERTIES
    IMPORTED_LOCATION ${pg_query_archive} INTERFACE_INCLUDE_DIRECTORIES ${pg_query_headers})
  add_library(newer_libc STATIC cmake/newer_libc.cpp)
  target_link_libraries(pg_query::pg_query INTERFACE newer_libc)
else()
  find_path(pg_query_INCLUDE_DIR pg_query.h)
  set(pg_query_headers ${pg_query_INCLUDE_DIR})
  # Its own installation leaves out the headers of the nodes, the packages have them.
  if(EXISTS ${pg_query_headers}/pg_query/postgres/nodes/parsenodes.h)
    pg2crdb_pg_query_version(${pg_query_headers} pg_query_version)
  endif()
  if(pg_query_version GREATER_EQUAL 17 OR (pg_query_version GREATER_EQUAL 15 AND NOT PG2CRDB_FETCH))
    # The archive is preferred: the finished binary then runs where libpg_query is not installed.
    pg2crdb_find_plain(pg_query::pg_query pg_query.h NAMES libpg_query.a pg_query)
  endif()
endif()
set(pg_query_node_headers ${pg_query_headers}/pg_query ${pg_query_headers}/pg_query/postgres)
if(NOT TARGET pg_query::pg_query)
  pg2crdb_fetch(libpg_query pganalyze/libpg_query 17-6.1.0)
  enable_language(C)
  pg2crdb_build_pg_query(${libpg_query_SOURCE_DIR})
  pg2crdb_pg_query_version(${libpg_query_SOURCE_DIR} pg_query_version)
endif()
message(STATUS "libpg_query: grammar of PostgreSQL ${pg_query_version}")
if(pg_query_version LESS 17)
  message(WARNING "libpg_query ${pg_query_version} rejects newer syntax; version 17 is what is tested")
elseif(pg_query_version GREATER 18)
  message(WARNING "libpg_query ${pg_query_version} is newer than any tested version")
endif()
