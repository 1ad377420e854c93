# One shared library of all folders, which plugins link, and what `cmake --install` puts
# where: the program, the library, the folders' headers, and a package for find_package(pg2crdb CONFIG).
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/pg2crdb)

add_library(libpg2crdb SHARED)
foreach(library IN LISTS pg2crdb_libraries)
  target_sources(libpg2crdb PRIVATE $<TARGET_OBJECTS:${library}>)
  string(REPLACE "pg2crdb_" "" folder ${library})
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pg2crdb
    FILES_MATCHING PATTERN "*.h" PATTERN "*.def" PATTERN "${folder}/*/*" EXCLUDE)
endforeach()
# The archives again, for what they link and are compiled with; their objects are all there already.
target_link_libraries(libpg2crdb PRIVATE ${pg2crdb_libraries})
# Calls inside the library need no detour, since nobody replaces its functions; and the fewer names it shows, the sooner
# it is loaded.
target_link_options(libpg2crdb PRIVATE LINKER:-Bsymbolic-functions LINKER:--exclude-libs,ALL
  LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/shown_names.map)
set_target_properties(libpg2crdb PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/shown_names.map)
target_compile_definitions(libpg2crdb INTERFACE PG2CRDB_VERSION="${PROJECT_VERSION}")
target_compile_features(libpg2crdb INTERFACE cxx_std_20)
target_include_directories(libpg2crdb INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/pg2crdb>)
# No version in the file's name: a plugin that was built for another one has to find this library all the
# same, so that it can be told.
set_target_properties(libpg2crdb PROPERTIES OUTPUT_NAME pg2crdb EXPORT_NAME pg2crdb LINKER_LANGUAGE CXX
  INSTALL_RPATH $ORIGIN)

install(TARGETS libpg2crdb EXPORT pg2crdb-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS pg2crdb_file_host pg2crdb_console_server LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET pg2crdb_object_store)
  install(TARGETS pg2crdb_object_store LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(EXPORT pg2crdb-targets NAMESPACE pg2crdb:: DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pg2crdb-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES cmake/pg2crdb-config.cmake ${PROJECT_BINARY_DIR}/pg2crdb-config-version.cmake
  DESTINATION ${package_folder})

# For the programs, which are defined behind this file.
file(RELATIVE_PATH to_library /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
# What is opened when it is needed lies beside the program, until it is installed.
set(CMAKE_INSTALL_RPATH $ORIGIN $ORIGIN/${to_library})
