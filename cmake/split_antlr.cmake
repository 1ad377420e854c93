# Moves a part of a parser that ANTLR made into a source of its own: compiled at once, a large grammar takes a gigabyte.
# cmake -D SOURCE=<Grammar>Parser.cpp -D REST=<Grammar>ParserRest.cpp -P split_antlr.cmake
cmake_path(GET SOURCE STEM name)
file(READ ${SOURCE} text)
string(LENGTH "${text}" middle)
# Behind it are the tables, too, which take as much to compile as a fifth of the rules.
math(EXPR middle "${middle} * 3 / 5")
string(FIND "${text}" "${name}::${name}(TokenStream" beginning)
string(SUBSTRING "${text}" ${middle} -1 rest)
# Where the functions of a rule begin.
string(FIND "${rest}" "\n//-----------------" at)
if(beginning EQUAL -1 OR at EQUAL -1)
  message(FATAL_ERROR "${SOURCE} is not what ANTLR 4.9 generates")
endif()
math(EXPR middle "${middle} + ${at}")
string(SUBSTRING "${text}" 0 ${beginning} includes)
string(SUBSTRING "${text}" ${middle} -1 rest)
string(SUBSTRING "${text}" 0 ${middle} text)
file(WRITE ${SOURCE} "${text}")
file(WRITE ${REST} "${includes}${rest}")
