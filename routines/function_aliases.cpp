#include "routines/function_aliases.h"

#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "ast/field_values.h"

namespace pg2crdb::routines {
namespace {

/// What stands before the dots of columns, what stands alone, and the functions in FROM that have no alias.
struct Look {
  std::set<std::string>& qualifiers;
  std::set<std::string>& names;
  std::vector<ast::FunctionRef*>& functions;

  template <class T>
  void operator()(T& node) const {
    if constexpr (std::is_same_v<T, ast::ColumnRef>) {
      if (node.names.size() == (node.star ? 1 : 2)) qualifiers.insert(node.names[0]);
      if (node.names.size() == 1 && !node.star) names.insert(node.names[0]);
    }
    if constexpr (std::is_same_v<T, ast::FunctionRef>) {
      if (node.alias.name.empty() && node.functions.size() == 1) functions.push_back(&node);
    }
    ast::for_each_child(node, *this);
  }
};

template <class Tree>
bool write(Tree& tree) {
  std::set<std::string> qualifiers, names;
  std::vector<ast::FunctionRef*> functions;
  Look{qualifiers, names, functions}(tree);
  bool written = false;
  for (ast::FunctionRef* function : functions) {
    const auto* call = std::get_if<ast::FunctionCall>(&function->functions[0].call->node);
    if (call == nullptr) continue;
    // A row as a whole is named by one of the script's own functions.
    const bool is_own = !call->name.schema.empty() && call->name.schema != "pg_catalog";
    if (!qualifiers.contains(call->name.name) && !(is_own && names.contains(call->name.name))) continue;
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
