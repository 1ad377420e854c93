# Changes a lexer or parser of ANTLR 4.9, so that its tables are made with its first object and not whenever a program
# is loaded: cmake -D SOURCE=<Grammar>Parser.cpp -P lazy_antlr.cmake
# ANTLR makes them in the constructor of a static member; here that is a local object of the parser's constructor. What
# the tool has just written need not be verified either.
file(READ ${SOURCE} text)
cmake_path(GET SOURCE STEM name)
function(replace from to)
  string(FIND "${text}" "${from}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${SOURCE} does not hold `${from}`: it is not what ANTLR 4.9 generates")
  endif()
  string(REPLACE "${from}" "${to}" text "${text}")
  set(text "${text}" PARENT_SCOPE)
endfunction()
replace("${name}::Initializer ${name}::_init;" "")
replace("  _interpreter = new " "  static const Initializer tables;\n  _interpreter = new ")
replace("  atn::ATNDeserializer deserializer;"
  "  atn::ATNDeserializationOptions options;\n  options.setVerifyATN(false);\n  atn::ATNDeserializer deserializer(options);")
file(WRITE ${SOURCE} "${text}")
