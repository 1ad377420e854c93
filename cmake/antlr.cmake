# ANTLR: the tool (Java) runs while building, the runtime is a library. What another release generates is not what
# lazy_antlr.cmake changes.
function(pg2crdb_is_antlr_4_9 result tool)
  execute_process(COMMAND ${tool} OUTPUT_VARIABLE usage ERROR_VARIABLE usage)
  if(NOT usage MATCHES "Version 4[.]9")
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

# Later ones have a header that says so.
function(pg2crdb_is_antlr_runtime_4_9 result folder)
  if(EXISTS ${folder}/Version.h)
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

find_program(PG2CRDB_ANTLR NAMES antlr4 VALIDATOR pg2crdb_is_antlr_4_9 DOC "ANTLR 4.9's tool")
if(NOT PG2CRDB_ANTLR)
  pg2crdb_download(antlr_tool jar)
  find_package(Java COMPONENTS Runtime)
  if(NOT Java_JAVA_EXECUTABLE)
    message(FATAL_ERROR "ANTLR's tool is run by Java, which is not installed: install what your system calls "
      "default-jre-headless or java-headless. Nothing downloads it.")
  endif()
  set(PG2CRDB_ANTLR ${Java_JAVA_EXECUTABLE} -jar ${jar})
endif()
pg2crdb_find_plain(antlr4::runtime antlr4-runtime.h NAMES antlr4-runtime SUFFIXES antlr4-runtime
  VALIDATOR pg2crdb_is_antlr_runtime_4_9)
if(NOT TARGET antlr4::runtime)
  pg2crdb_fetch_library(antlr4::runtime antlr_runtime INCLUDES runtime/src SOURCES runtime/src/*.cpp
    runtime/src/atn/*.cpp runtime/src/dfa/*.cpp runtime/src/misc/*.cpp runtime/src/support/*.cpp runtime/src/tree/*.cpp
    runtime/src/tree/pattern/*.cpp runtime/src/tree/xpath/*.cpp)
endif()
pg2crdb_archive_for_programs(pg2crdb::antlr antlr4::runtime libantlr4-runtime.a)

# pg2crdb_antlr(<target> <Grammar.g4> [PREDICTED] [WITHOUT_TREE] [LARGE] [IMPORTS <Grammar.g4> ...])
# A static library of the lexer and parser that ANTLR makes of a combined grammar; their headers are
# <Grammar>Lexer.h and <Grammar>Parser.h, to be included in .cpp files only. Our warnings, clang-tidy and the sanitizers
# are not for generated code. The grammar's own code may include our headers, but not link to our libraries.
# PREDICTED: every decision is left to the parser's simulator, which has the build's predictions. WITHOUT_TREE: nobody keeps
# what a rule was (lazy_antlr.cmake). LARGE: the parser is compiled in four parts. IMPORTS are what the grammar imports; one that
# is generated lies in the build folder.
function(pg2crdb_antlr target grammar)
  cmake_parse_arguments(PARSE_ARGV 2 arg "PREDICTED;WITHOUT_TREE;LARGE" "" "IMPORTS")
  cmake_path(GET grammar STEM name)
  list(TRANSFORM arg_IMPORTS REPLACE "^grammar/" "${PROJECT_SOURCE_DIR}/grammar/")
  set(predicted)
  if(arg_PREDICTED)
    set(predicted -Xforce-atn)
  endif()
  set(folder ${PROJECT_BINARY_DIR}/antlr/${name})
  set(scripts ${PROJECT_SOURCE_DIR}/cmake/lazy_antlr.cmake)
  set(sources ${folder}/${name}Lexer.cpp ${folder}/${name}Parser.cpp)
  set(headers ${folder}/${name}Lexer.h ${folder}/${name}Parser.h)
  set(split)
  if(arg_LARGE)
    set(parts ${folder}/${name}Parser1.cpp ${folder}/${name}Parser2.cpp ${folder}/${name}Parser3.cpp)
    list(APPEND sources ${parts})
    list(APPEND scripts ${PROJECT_SOURCE_DIR}/cmake/split_antlr.cmake)
    list(JOIN parts "," joined)
    set(split COMMAND ${CMAKE_COMMAND} -D SOURCE=${folder}/${name}Parser.cpp -D PARTS=${joined}
      -P ${PROJECT_SOURCE_DIR}/cmake/split_antlr.cmake)
  endif()
  add_custom_command(OUTPUT ${sources} ${headers}
    COMMAND ${PG2CRDB_ANTLR} -Dlanguage=Cpp -package pg2crdb::antlr -no-listener -no-visitor -Werror -Xexact-output-dir
      ${predicted} -lib ${PROJECT_BINARY_DIR} -o ${folder} ${PROJECT_SOURCE_DIR}/${grammar}
    COMMAND ${CMAKE_COMMAND} -D SOURCE=${folder}/${name}Lexer.cpp -P ${PROJECT_SOURCE_DIR}/cmake/lazy_antlr.cmake
    COMMAND ${CMAKE_COMMAND} -D SOURCE=${folder}/${name}Parser.cpp -D WITHOUT_TREE=${arg_WITHOUT_TREE} -P ${PROJECT_SOURCE_DIR}/cmake/lazy_antlr.cmake
    ${split}
    DEPENDS ${PROJECT_SOURCE_DIR}/${grammar} ${arg_IMPORTS} ${scripts}
    COMMENT "ANTLR: ${grammar}" VERBATIM)
  add_library(${target} STATIC ${sources} ${headers})
  target_include_directories(${target} SYSTEM PUBLIC ${folder})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC pg2crdb::antlr Threads::Threads)
  target_compile_options(${target} PRIVATE -w)
  set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "")
endfunction()

# pg2crdb_cockroach_words(<result>)
# The grammar of CockroachDB's words, made of their table.
function(pg2crdb_cockroach_words result)
  set(words ${PROJECT_BINARY_DIR}/CockroachWords.g4)
  set(table ${PROJECT_SOURCE_DIR}/grammar/keywords.def)
  set(script ${PROJECT_SOURCE_DIR}/cmake/cockroach_words.cmake)
  add_custom_command(OUTPUT ${words}
    COMMAND ${CMAKE_COMMAND} -D KEYWORDS=${table} -D OUTPUT=${words} -P ${script}
    DEPENDS ${table} ${script} VERBATIM)
  set(${result} ${words} PARENT_SCOPE)
endfunction()

# pg2crdb_predictions(<result>)
# The source with what grammar/predictions.h declares. A program of ours makes it: where the build cannot run that (a
# cross build without an emulator) it is empty, and the parser finds everything out by itself.
function(pg2crdb_predictions result)
  set(source ${PROJECT_BINARY_DIR}/predictions.cpp)
  if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"grammar/predictions.h\"
const pg2crdb::Predictions pg2crdb::predictions = {};
const pg2crdb::Predictions pg2crdb::body_predictions = {};
")
  else()
    add_executable(pg2crdb_predictions_writer grammar/predictions_writer/main.cpp)
    target_link_libraries(pg2crdb_predictions_writer PRIVATE antlr_cockroachdb antlr_cockroach_plpgsql pg2crdb_target)
    add_custom_command(OUTPUT ${source}
      COMMAND pg2crdb_predictions_writer ${source}
      DEPENDS pg2crdb_predictions_writer
      COMMENT "Predictions of the grammar" VERBATIM)
  endif()
  set(${result} ${source} PARENT_SCOPE)
endfunction()
