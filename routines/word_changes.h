#pragma once
#include <map>
#include <set>
#include <type_traits>
#include <vector>

#include "ast/field_values.h"
#include "ast/plpgsql.h"
#include "parser/sql_tokens.h"
#include "routines/edit.h"

/// What passes write into a statement that a word in its text says, so that the rest of it stays as it was
/// written: `//` for `/`, where NULLs come in ORDER BY, `$1` for the name of a parameter.
namespace pg2crdb::routines {

class WordChanges {
 public:
  /// `tokens` are those of the text that the offsets of the tree before count bytes of; those of what was
  /// made of it are `shift` more.
  explicit WordChanges(const std::vector<transform::Token>& tokens, int32_t shift = 0)
      : tokens_(tokens), shift_(shift) {}

  /// Makes such changes of `now` in `before` as well, which it was made from.
  template <class Tree>
  void take_over(Tree& before, const Tree& now) {
    each(const_cast<Tree&>(now), [this](auto& node) { note(node); });
    if (!divided_.empty() || !sorted_.empty() || !numbered_.empty())
      each(before, [this](auto& node) { take(node); });
  }
  const std::vector<TextEdit>& edits() const { return edits_; }

 private:
  /// Calls `visit` for each expression and entry of ORDER BY.
  template <class Visit>
  struct Each {
    const Visit& visit;
    template <class T>
    void operator()(T& node) const {
      if constexpr (std::is_same_v<T, ast::Expr> || std::is_same_v<T, ast::SortItem>) visit(node);
      ast::for_each_child(node, *this);
    }
  };
  template <class Tree, class Visit>
  static void each(Tree& tree, const Visit& visit) {
    Each<Visit>{visit}(tree);
  }

  void note(const ast::Expr& expr);
  void note(const ast::SortItem& item);
  void take(ast::Expr& expr);
  void take_number(ast::Expr& expr, int64_t number);
  void take(ast::SortItem& item);
  const transform::Token* last_of_item(size_t inside) const;

  const std::vector<transform::Token>& tokens_;
  int32_t shift_;
  std::set<int32_t> divided_;  ///< by the operator's place
  std::map<int32_t, ast::NullsOrder> sorted_;
  std::map<int32_t, int64_t> numbered_;  ///< by the place of the name
  std::vector<TextEdit> edits_;
};

}  // namespace pg2crdb::routines
