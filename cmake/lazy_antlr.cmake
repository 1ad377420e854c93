# Changes a lexer or parser of ANTLR 4.9, so that its tables are made when they are needed and not whenever a program is
# loaded: cmake -D SOURCE=<Grammar>Parser.cpp [-D WITHOUT_TREE=1] -P lazy_antlr.cmake
# ANTLR makes them in the constructor of a static member. Here that is a local object: a lexer's are made with the first
# lexer, a parser's when it is first asked for them (getATN), since ours may never need them (grammar/predictions.h).
# What the tool has just written need not be verified either. And a parser need not ask at each decision what its simulator
# is: that is a sixth of its work.
cmake_path(GET SOURCE STEM name)
cmake_path(REPLACE_EXTENSION SOURCE ".h" OUTPUT_VARIABLE header)

function(replace file from to)
  file(READ ${file} text)
  string(FIND "${text}" "${from}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${file} does not hold `${from}`: it is not what ANTLR 4.9 generates")
  endif()
  string(REPLACE "${from}" "${to}" text "${text}")
  file(WRITE ${file} "${text}")
endfunction()

replace(${SOURCE} "${name}::Initializer ${name}::_init;" "")

# The names of rules and tokens are for messages: they are made when somebody asks for them.
set(names "std::vector<std::string>")
replace(${SOURCE} "\n};\n\n${names} ${name}::" "\n};\n  return names;\n}\n\n${names} ${name}::")
replace(${SOURCE} "\n};\n\ndfa::Vocabulary ${name}::_vocabulary(_literalNames, _symbolicNames);" "\n};\n  return names;\n}

dfa::Vocabulary& ${name}::_vocabulary() {
  static dfa::Vocabulary words(_literalNames(), _symbolicNames());
  return words;
}")
replace(${SOURCE} "return _vocabulary;" "return _vocabulary();")
replace(${SOURCE} "_vocabulary.get" "_vocabulary().get")
replace(${SOURCE} "_symbolicNames.size()" "_symbolicNames().size()")
replace(${header} "static antlr4::dfa::Vocabulary _vocabulary;" "static antlr4::dfa::Vocabulary& _vocabulary();")
set(kinds rule literal symbolic)
if(name MATCHES "Lexer$")
  list(APPEND kinds channel mode)
endif()
foreach(kind IN LISTS kinds)
  replace(${SOURCE} "${names} ${name}::_${kind}Names = {"
    "${names}& ${name}::_${kind}Names() {\n  static ${names} names = {")
  replace(${header} "static ${names} _${kind}Names;" "static ${names}& _${kind}Names();")
endforeach()
foreach(kind IN ITEMS rule channel mode)
  file(READ ${SOURCE} text)
  string(REPLACE "return _${kind}Names;" "return _${kind}Names();" text "${text}")
  file(WRITE ${SOURCE} "${text}")
endforeach()

replace(${SOURCE} "  atn::ATNDeserializer deserializer;" "  atn::ATNDeserializationOptions options;
  options.setVerifyATN(false);
  atn::ATNDeserializer deserializer(options);")
if(name MATCHES "Lexer$")
  replace(${SOURCE} "  _interpreter = new " "  static const Initializer tables;\n  _interpreter = new ")
else()
  replace(${header} "{ return _atn; }" "{ static const Initializer tables; return _atn; }")
  replace(${SOURCE} "getInterpreter<atn::ParserATNSimulator>()" "static_cast<atn::ParserATNSimulator*>(_interpreter)")
endif()

# What a rule is while it is read lies on the stack, where nobody asks for it afterwards: to allocate it is a large part of
# the work, and it would be kept until the end of the text.
if(WITHOUT_TREE)
  file(READ ${SOURCE} text)
  string(REGEX REPLACE "([A-Za-z_]+Context) \\*_localctx = _tracker[.]createInstance<[A-Za-z_]+>\\(_ctx, getState\\(\\)\\);"
    "\\1 its_context(_ctx, getState());\n  \\1 *_localctx = &its_context;" text "${text}")
  string(REGEX REPLACE "dynamic_cast<[A-Za-z_]+ [*]>\\(_localctx\\)" "_localctx" text "${text}")
  string(REPLACE "return _localctx;" "return nullptr;" text "${text}")
  file(WRITE ${SOURCE} "${text}")
endif()
