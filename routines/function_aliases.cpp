#include "routines/function_aliases.h"

#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "ast/field_values.h"

namespace pg2crdb::routines {
namespace {

/// What stands before the dots of columns, and the functions in FROM that have no alias.
struct Look {
  std::set<std::string>& qualifiers;
  std::vector<ast::FunctionRef*>& functions;

  template <class T>
  void operator()(T& node) const {
    if constexpr (std::is_same_v<T, ast::ColumnRef>) {
      if (node.names.size() == (node.star ? 1 : 2)) qualifiers.insert(node.names[0]);
    }
    if constexpr (std::is_same_v<T, ast::FunctionRef>) {
      if (node.alias.name.empty() && node.functions.size() == 1) functions.push_back(&node);
    }
    ast::for_each_child(node, *this);
  }
};

template <class Tree>
bool write(Tree& tree) {
  std::set<std::string> qualifiers;
  std::vector<ast::FunctionRef*> functions;
  Look{qualifiers, functions}(tree);
  bool written = false;
  for (ast::FunctionRef* function : functions) {
    const auto* call = std::get_if<ast::FunctionCall>(&function->functions[0].call->node);
    if (call == nullptr || !qualifiers.contains(call->name.name)) continue;
    function->alias.name = call->name.name;
    written = true;
  }
  return written;
}

}  // namespace

bool write_function_aliases(ast::StatementNode& statement) {
  return write(statement);
}

bool write_function_aliases(ast::plpgsql::Body& body) {
  return write(body);
}

}  // namespace pg2crdb::routines
