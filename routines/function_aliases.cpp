#include "routines/function_aliases.h"

#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "ast/field_values.h"

namespace pg2crdb::routines {
namespace {

/// What stands before the dots of columns, what stands alone, and the functions in FROM.
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
      if (node.functions.size() == 1 && node.columns.empty() && !node.ordinality) functions.push_back(&node);
    }
    ast::for_each_child(node, *this);
  }
};

/// The only column of what a function of the script gives, by the name that PostgreSQL knows it by; empty
/// where there are several, or it has none.
std::string only_column(const ast::Catalog& catalog, const ast::Name& name) {
  const std::vector<ast::Statement*> found = catalog.functions(name);
  const auto* function = found.empty() ? nullptr : std::get_if<ast::CreateFunction>(&found.front()->node);
  if (function == nullptr) return {};
  std::vector<std::string> columns;
  for (const ast::FunctionParameter& one : function->parameters) {
    using Mode = ast::FunctionParameter::Mode;
    if (one.mode == Mode::out || one.mode == Mode::inout || one.mode == Mode::table)
      columns.push_back(one.name);
  }
  return columns.size() == 1 ? columns[0] : std::string();
}

template <class Tree>
bool write(Tree& tree, const ast::Catalog& catalog) {
  std::set<std::string> qualifiers, names;
  std::vector<ast::FunctionRef*> functions;
  Look{qualifiers, names, functions}(tree);
  bool written = false;
  for (ast::FunctionRef* function : functions) {
    const auto* call = std::get_if<ast::FunctionCall>(&function->functions[0].call->node);
    if (call == nullptr) continue;
    ast::Alias& alias = function->alias;
    // A row as a whole is named by one of the script's own functions.
    const bool is_own = !call->name.schema.empty() && call->name.schema != "pg_catalog";
    if (alias.name.empty() &&
        (qualifiers.contains(call->name.name) || (is_own && names.contains(call->name.name)))) {
      alias.name = call->name.name;
      written = true;
    }
    const std::string column =
        alias.name.empty() || !alias.columns.empty() ? std::string() : only_column(catalog, call->name);
    if (column.empty() || column == alias.name) continue;
    alias.columns = {column};
    written = true;
  }
  return written;
}

}  // namespace

bool write_function_aliases(ast::StatementNode& statement, const ast::Catalog& catalog) {
  return write(statement, catalog);
}

bool write_function_aliases(ast::plpgsql::Body& body, const ast::Catalog& catalog) {
  return write(body, catalog);
}

}  // namespace pg2crdb::routines
