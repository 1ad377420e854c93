# Each dependency is the installed copy; -DPG2CRDB_FETCH=ON downloads the ones that are not installed.
include(cmake/fetch.cmake)
if(PG2CRDB_FETCH)
  enable_language(C)
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig QUIET)
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)
endif()

find_package(ZLIB QUIET)
if(NOT TARGET ZLIB::ZLIB)
  pg2crdb_fetch_library(ZLIB::ZLIB zlib INCLUDES . SOURCES *.c)
  target_compile_definitions(fetched_zlib PRIVATE HAVE_UNISTD_H)
endif()

# The archive is preferred, as below.
set(Boost_USE_STATIC_LIBS TRUE)
find_package(Boost 1.74 QUIET COMPONENTS program_options)
if(NOT Boost_FOUND)
  set(Boost_USE_STATIC_LIBS FALSE)
  find_package(Boost 1.74 QUIET COMPONENTS program_options)
endif()
if(NOT Boost_FOUND)
  # All its libraries but their tests and manuals: it looks by itself for those that this one needs.
  set(BOOST_INCLUDE_LIBRARIES program_options)
  pg2crdb_fetch_project(boost */CMakeLists.txt */tools/cmake/* */libs/*/include/* */libs/*/src/*)
endif()

# For libraries that bring no CMake package: defines <target> from a header and a library, if both exist. VALIDATOR is a
# function that find_path asks about the header's folder.
function(pg2crdb_find_plain target header)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "VALIDATOR" "NAMES;SUFFIXES")
  string(REGEX REPLACE ".*::" "" name ${target})
  if(arg_VALIDATOR)
    list(PREPEND arg_VALIDATOR VALIDATOR)
  endif()
  find_path(${name}_INCLUDE_DIR ${header} PATH_SUFFIXES ${arg_SUFFIXES} ${arg_VALIDATOR})
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
# What was downloaded is an archive for both.
function(pg2crdb_archive_for_programs target library archive)
  find_library(${target}_ARCHIVE NAMES ${archive})
  mark_as_advanced(${target}_ARCHIVE)
  add_library(${target} INTERFACE IMPORTED)
  target_link_libraries(${target} INTERFACE ${library})
  get_target_property(installed ${library} IMPORTED)
  if(installed AND ${target}_ARCHIVE)
    set(for_program "$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>")
    set_target_properties(${target} PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "$<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>"
      INTERFACE_LINK_LIBRARIES "$<IF:${for_program},${${target}_ARCHIVE},${library}>")
  endif()
endfunction()

pg2crdb_find_plain(zstd::zstd zstd.h NAMES zstd)
if(NOT TARGET zstd::zstd)
  pg2crdb_fetch_library(zstd::zstd zstd INCLUDES lib SOURCES lib/common/*.c lib/compress/*.c lib/decompress/*.c)
  target_compile_definitions(fetched_zstd PRIVATE ZSTD_DISABLE_ASM)
endif()

# Of OpenSSL two digests are used: the loader takes longer for the whole of it than a file to lint does.
pg2crdb_find_plain(openssl::crypto openssl/sha.h NAMES libcrypto.a crypto)
if(NOT TARGET openssl::crypto)
  message(FATAL_ERROR "OpenSSL's libcrypto and its headers are not installed: run scripts/setup, or install what your "
    "system calls libssl-dev or openssl-devel. Nothing downloads it: the system is who mends it.")
endif()
pg2crdb_archive_for_programs(pg2crdb::zlib ZLIB::ZLIB libz.a)
pg2crdb_archive_for_programs(pg2crdb::zstd zstd::zstd libzstd.a)

# The allocator of programs, where it is installed: a sixth of what a compile takes. Sanitizers bring one of their own.
find_library(jemalloc_ARCHIVE NAMES libjemalloc.a)
mark_as_advanced(jemalloc_ARCHIVE)
add_library(pg2crdb::allocator INTERFACE IMPORTED)
if(jemalloc_ARCHIVE AND NOT PG2CRDB_SANITIZE)
  target_link_libraries(pg2crdb::allocator INTERFACE ${jemalloc_ARCHIVE} Threads::Threads ${CMAKE_DL_LIBS} m)
  message(STATUS "allocator: ${jemalloc_ARCHIVE}")
endif()

# libpq is opened when a connection is wanted (runtime/libpq.cpp): nothing links it.
find_path(libpq_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql pgsql)
mark_as_advanced(libpq_INCLUDE_DIR)
if(NOT libpq_INCLUDE_DIR)
  pg2crdb_fetch(libpq */libpq-fe.h */postgres_ext.h)
  set(libpq_INCLUDE_DIR ${libpq_SOURCE_DIR}/src/interfaces/libpq ${libpq_SOURCE_DIR}/src/include)
  # PostgreSQL's own build makes it.
  file(CONFIGURE OUTPUT ${libpq_SOURCE_DIR}/src/include/pg_config_ext.h CONTENT "#define PG_INT64_TYPE long long int\n")
endif()
add_library(libpq::headers INTERFACE IMPORTED)
target_include_directories(libpq::headers INTERFACE ${libpq_INCLUDE_DIR})

find_package(fmt 9 QUIET)
if(NOT TARGET fmt::fmt)
  pg2crdb_fetch_library(fmt::fmt fmt INCLUDES include SOURCES src/format.cc src/os.cc)
endif()

find_package(simdjson 3 QUIET)
if(NOT TARGET simdjson::simdjson)
  pg2crdb_fetch_library(simdjson::simdjson simdjson INCLUDES singleheader SOURCES singleheader/simdjson.cpp)
  target_compile_definitions(fetched_simdjson PUBLIC SIMDJSON_THREADS_ENABLED=1)
  target_link_libraries(fetched_simdjson PUBLIC Threads::Threads)
endif()

find_package(tomlplusplus 3 QUIET)
if(NOT TARGET tomlplusplus::tomlplusplus)
  pg2crdb_fetch_library(tomlplusplus::tomlplusplus tomlplusplus INCLUDES include)
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
  pg2crdb_fetch_library(httplib::httplib httplib INCLUDES .)
  target_link_libraries(fetched_httplib INTERFACE Threads::Threads)
endif()

# Nothing downloads it: it speaks TLS, and the system is who mends it. From 7.85 on it is told its protocols by name.
find_package(CURL 7.85 QUIET)
if(NOT TARGET CURL::libcurl)
  message(STATUS "libcurl: none, so import files cannot be put into object storage")
endif()

if(BUILD_TESTING)
  find_package(Catch2 3 QUIET)
  if(NOT TARGET Catch2::Catch2WithMain)
    pg2crdb_fetch_project(catch2)
  endif()
endif()

# pg_query_node_headers: PostgreSQL's own headers, which declare the nodes of its grammar. They are many and have common
# names, so that only who reads the nodes sees them.

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
  # It has no build description that CMake reads; this is its Makefile's list of sources and flags.
  pg2crdb_fetch_library(pg_query::pg_query libpg_query INCLUDES . SOURCES src/*.c src/postgres/*.c
    vendor/protobuf-c/protobuf-c.c vendor/xxhash/xxhash.c protobuf/pg_query.pb-c.c)
  target_include_directories(fetched_libpg_query PRIVATE ${libpg_query_SOURCE_DIR}/vendor
    ${libpg_query_SOURCE_DIR}/src/include ${libpg_query_SOURCE_DIR}/src/postgres/include)
  target_compile_options(fetched_libpg_query PRIVATE -fno-strict-aliasing -fwrapv)
  set(pg_query_node_headers ${libpg_query_SOURCE_DIR}/src ${libpg_query_SOURCE_DIR}/src/postgres/include)
  pg2crdb_pg_query_version(${libpg_query_SOURCE_DIR} pg_query_version)
endif()
message(STATUS "libpg_query: grammar of PostgreSQL ${pg_query_version}")
if(pg_query_version LESS 17)
  message(WARNING "libpg_query ${pg_query_version} rejects newer syntax; version 17 is what is tested")
elseif(pg_query_version GREATER 18)
  message(WARNING "libpg_query ${pg_query_version} is newer than any tested version")
endif()
