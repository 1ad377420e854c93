#include "order/extent.h"

#include <algorithm>

#include "bind/session.h"

namespace pg2crdb::order {
namespace {

bool makes_table(const ast::Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(), [](const ast::Statement& one) {
    return std::holds_alternative<ast::CreateTable>(one.node);
  });
}

bool sets(const ast::Script& script, std::string_view variable) {
  return std::any_of(script.statements.begin(), script.statements.end(), [&](const ast::Statement& one) {
    const auto* set = std::get_if<ast::SetVariable>(&one.node);
    return set != nullptr && set->name == variable;
  });
}

}  // namespace

bool empties_path(const ast::Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(), [](const ast::Statement& one) {
    const auto* select = std::get_if<ast::SelectStatement>(&one.node);
    if (select == nullptr || select->query->targets.size() != 1) return false;
    const auto set = bind::configured_setting(select->query->targets[0]);
    return set && set->name == "search_path" && set->text.empty();
  });
}

bool is_dump(const ast::Script& script) {
  return makes_table(script) && (empties_path(script) || (sets(script, "standard_conforming_strings") &&
                                                          sets(script, "client_encoding")));
}

}  // namespace pg2crdb::order
