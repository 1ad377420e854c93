#include "bind/absence.h"

#include <algorithm>
#include <string_view>

namespace pg2crdb::bind {
namespace {

/// ALTER TABLE IF EXISTS t ..., in a statement that is kept word for word: the words before the first name.
bool says_if_exists(std::string_view text) {
  constexpr std::string_view words[] = {"ALTER", "FOREIGN", "MATERIALIZED", "TABLE",
                                        "VIEW",  "INDEX",   "SEQUENCE"};
  while (true) {
    const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n"));
    if (std::find(std::begin(words), std::end(words), word) == std::end(words)) break;
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n", word.size()), text.size()));
  }
  return text.starts_with("IF EXISTS ");
}

}  // namespace

bool forgives_absence(const ast::StatementNode& node) {
  if (const auto* alter = std::get_if<ast::AlterTable>(&node)) return alter->if_exists;
  if (const auto* sequence = std::get_if<ast::AlterSequence>(&node)) return sequence->if_exists;
  if (const auto* rename = std::get_if<ast::Rename>(&node)) return rename->if_exists;
  if (const auto* move = std::get_if<ast::SetSchema>(&node)) return move->if_exists;
  if (const auto* opaque = std::get_if<ast::Opaque>(&node)) return says_if_exists(opaque->text);
  const auto* drop = std::get_if<ast::Drop>(&node);
  return drop != nullptr && drop->if_exists;
}

}  // namespace pg2crdb::bind
