#include <cctype>

#include "parser/number.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

std::string upper(std::string_view word) {
  std::string result(word);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

std::string number(const Node* node) {
  if (const auto* integer = node_if<Integer>(node)) return std::to_string(integer->ival);
  return plain_number(node_as<Float>(node).fval);
}

bool truth(const Node* argument) {
  switch (tag_of(argument)) {
    case T_Boolean:
      return node_as<Boolean>(argument).boolval;
    case T_Integer:
      return node_as<Integer>(argument).ival != 0;
    default: {
      const std::string word = string_node(argument);
      return word == "true" || word == "on" || word == "1";
    }
  }
}

void set_value(ast::Option& option, const Node* argument) {
  option.has_value = true;
  switch (tag_of(argument)) {
    case T_String:
      option.value = string_node(argument);
      option.string_value = true;
      break;
    case T_Boolean:
      option.value = truth(argument) ? "true" : "false";
      break;
    case T_TypeName: {  // a bare word: buffering = auto
      const auto& word = node_as<TypeName>(argument);
      reads_only(word, word.names, word.typemod, word.location);
      option.value = ast::to_string(qualified_name(word.names));
      break;
    }
    default:
      option.value = number(argument);
  }
}

std::vector<ast::Option> options(const List* list) {
  std::vector<ast::Option> result;
  for (const DefElem& node : Nodes<DefElem>(list)) {
    option_reads_only(node, node.defnamespace, node.defname, node.arg);
    ast::Option option;
    if (node.defnamespace != nullptr) option.name.append(node.defnamespace).append(".");
    option.name.append(text(node.defname));
    if (node.arg != nullptr) set_value(option, node.arg);
    result.push_back(std::move(option));
  }
  return result;
}

}  // namespace pg2crdb::transform
