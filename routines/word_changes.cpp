#include "routines/word_changes.h"

#include <algorithm>
#include <string_view>

namespace pg2crdb::routines {
namespace {

using transform::Token;

bool is_any(const Token& token, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is(word); });
}

/// Whether an entry of ORDER BY ends before it. `rows` and its kin may be columns, too.
bool ends_item(const std::vector<Token>& tokens, size_t first, size_t at) {
  const Token& token = tokens[at];
  if (is_any(token, {",", ")", ";", "limit", "offset", "fetch", "for", "union", "intersect", "except", "on",
                     "returning", "into", "loop"}))
    return true;
  return at > first && is_any(token, {"rows", "range", "groups"}) && !tokens[at - 1].is(".");
}

/// Behind the last token of the entry that begins with `first`.
size_t end_of_item(const std::vector<Token>& tokens, size_t first) {
  size_t depth = 0;
  for (size_t at = first; at < tokens.size(); ++at) {
    if (depth == 0 && ends_item(tokens, first, at)) return at;
    if (is_any(tokens[at], {"(", "["})) ++depth;
    if (is_any(tokens[at], {")", "]"})) --depth;
  }
  return tokens.size();
}

}  // namespace

void WordChanges::note(const ast::Expr& expr) {
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation != nullptr && operation->op == std::vector<std::string>{"//"} && expr.offset >= 0)
    divided_.insert(expr.offset - shift_);
  const auto* parameter = std::get_if<ast::Parameter>(&expr.node);
  if (parameter != nullptr && expr.offset >= 0) numbered_.emplace(expr.offset - shift_, parameter->number);
}

void WordChanges::note(const ast::SortItem& item) {
  if (item.nulls != ast::NullsOrder::unspecified && item.expr->offset >= 0)
    sorted_.emplace(item.expr->offset - shift_, item.nulls);
}

void WordChanges::take(ast::Expr& expr) {
  const auto number = numbered_.find(expr.offset);
  if (number != numbered_.end() && std::holds_alternative<ast::ColumnRef>(expr.node))
    return take_number(expr, number->second);
  auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation == nullptr) return;
  // Beside another operator, `//` is written with parentheses: in PostgreSQL it ranks below `+`.
  if (operation->left) divided_.erase(operation->left->offset);
  if (operation->right) divided_.erase(operation->right->offset);
  if (operation->op != std::vector<std::string>{"/"} || !divided_.contains(expr.offset)) return;
  const auto begin = static_cast<size_t>(expr.offset);
  const auto token = std::ranges::lower_bound(tokens_, begin, {}, &Token::begin);
  if (token == tokens_.end() || token->begin != begin || token->text != "/") return;
  operation->op = {"//"};
  edits_.push_back({begin, token->end, "//"});
}

void WordChanges::take_number(ast::Expr& expr, int64_t number) {
  const size_t parts = std::get<ast::ColumnRef>(expr.node).names.size();
  const auto begin = static_cast<size_t>(expr.offset);
  const auto first = std::ranges::lower_bound(tokens_, begin, {}, &Token::begin);
  if (parts == 0 || tokens_.end() - first < static_cast<std::ptrdiff_t>(2 * parts - 1) ||
      first->begin != begin)
    return;
  const Token& last = *(first + static_cast<std::ptrdiff_t>(2 * parts - 2));
  expr.node = ast::Parameter{number};
  edits_.push_back({begin, last.end, "$" + std::to_string(number)});
}

void WordChanges::take(ast::SortItem& item) {
  const auto found = sorted_.find(item.expr->offset);
  if (found == sorted_.end() || item.nulls != ast::NullsOrder::unspecified) return;
  const Token* last = last_of_item(static_cast<size_t>(item.expr->offset));
  if (last == nullptr) return;
  item.nulls = found->second;
  edits_.push_back(
      {last->end, last->end, item.nulls == ast::NullsOrder::first ? " NULLS FIRST" : " NULLS LAST"});
}

/// Of the innermost entry of an ORDER BY around a place; null where there is none.
const Token* WordChanges::last_of_item(size_t inside) const {
  const Token* last = nullptr;
  for (size_t i = 0; i + 2 < tokens_.size() && tokens_[i].begin < inside; ++i) {
    if (!tokens_[i].is("order") || !tokens_[i + 1].is("by")) continue;
    for (size_t first = i + 2; first < tokens_.size() && tokens_[first].begin <= inside;) {
      const size_t end = end_of_item(tokens_, first);
      if (end == first) break;
      if (inside < tokens_[end - 1].end) last = &tokens_[end - 1];
      if (end == tokens_.size() || !tokens_[end].is(",")) break;
      first = end + 1;
    }
  }
  return last;
}

}  // namespace pg2crdb::routines
