# What an installation has besides the programs and the library, and a package of all of it: `cpack -G DEB` in the build folder.

if(NOT CMAKE_CROSSCOMPILING)
  set(generated)
  # pg2crdb_generated(<what> <file> <folder>)
  function(pg2crdb_generated what file folder)
    set(path ${PROJECT_BINARY_DIR}/generated/${what}/${file})
    add_custom_command(OUTPUT ${path} COMMAND pg2crdb generate ${what} > ${path} DEPENDS pg2crdb VERBATIM)
    install(FILES ${path} DESTINATION ${folder})
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated/${what})
    set(generated ${generated} ${path} PARENT_SCOPE)
  endfunction()
  pg2crdb_generated(man pg2crdb.1 ${CMAKE_INSTALL_MANDIR}/man1)
  pg2crdb_generated(complete-bash pg2crdb ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  pg2crdb_generated(complete-zsh _pg2crdb ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
  pg2crdb_generated(complete-fish pg2crdb.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  add_custom_target(pg2crdb_generated_files ALL DEPENDS ${generated})
endif()
install(FILES NOTICE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "*.json")

set(CPACK_PACKAGE_VENDOR "The authors of pg2crdb")
set(CPACK_PACKAGE_CONTACT "The authors of pg2crdb")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
# Opened where servers are worked on, and where the input is an archive.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libpq5, postgresql-client")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Reads what pg_dump wrote, writes the schema as CockroachDB takes it with a report of every
 difference, moves the rows, and verifies that each of them arrived. Lints SQL for PostgreSQL
 that CockroachDB is to run.")
include(CPack)
