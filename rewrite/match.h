#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ast/reflect.h"

namespace pg2crdb::rewrite {

/// What a variable stands for: one node, or a run of list elements. Matching binds nodes where they stand;
/// see `Bindings::own`.
struct Binding {
  std::string name;
  const ast::TypeInfo* type = nullptr;  ///< of the node, or of each element
  bool many = false;
  std::vector<std::shared_ptr<void>> nodes;
};

/// A pointer to a node that somebody else owns.
std::shared_ptr<void> where_it_stands(void* node);

class Bindings {
 public:
  const Binding* find(std::string_view name) const;
  /// False where the name is bound already and to something else.
  bool bind(Binding binding);
  bool bind_node(std::string_view name, const ast::TypeInfo& type, const void* node);
  void bind_text(std::string_view name, std::string text);
  /// Puts copies in place of nodes that are bound where they stand. To be called before these are changed:
  /// most matches are never acted upon, and those need no copies.
  void own();
  void clear() { all_.clear(); }
  const std::vector<Binding>& all() const { return all_; }
  size_t size() const { return all_.size(); }
  void resize(size_t size) { all_.resize(size); }

 private:
  std::vector<Binding> all_;
};

/// A node as a person would write it: a name with its schema, an expression or type as SQL.
std::string shown(const ast::TypeInfo& type, const void* node);
std::string shown(const Binding& binding);

/// Where and why a match failed; filled in only if asked for.
struct Mismatch {
  std::string path;    ///< ".columns[1].type"
  std::string reason;  ///< "`int4` is not `money`"
};

/// Whether the subject has the pattern's form. Statements, columns, constraints, index elements and the like
/// are open: what the pattern does not say may be anything. Expressions, types and queries are exact. Lists
/// are exact in order and number but for `...` and `$$many`; options, constraints and privileges of an open
/// node may stand among others. A type without brackets, as the whole pattern, fits arrays
/// of it too. Variables that are met are bound.
bool matches(const ast::TypeInfo& type, const void* pattern, const void* subject, Bindings& bindings,
             Mismatch* mismatch = nullptr);

/// Puts what is bound in place of each variable of a tree. False, with the variable's name in `problem`,
/// where one is not bound or is bound to something that cannot stand there.
bool instantiate(const ast::TypeInfo& type, void* node, const Bindings& bindings, std::string& problem);

}  // namespace pg2crdb::rewrite
