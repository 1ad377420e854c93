#include "bind/iso_dates.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "bind/session.h"
#include "support/ascii.h"

namespace pg2crdb::bind {
namespace {

/// `German` is read as DMY, others in the order that holds.
std::string iso_style(const std::string& style) {
  const std::string words = lower(style);
  const auto says = [&](std::string_view word) { return words.find(word) != std::string::npos; };
  if (!says("german") && !says("sql") && !says("postgres")) return style;
  if (says("ymd")) return "ISO, YMD";
  if (says("mdy") || says("us") || says("noneuro")) return "ISO, MDY";
  return says("dmy") || says("euro") || says("german") ? "ISO, DMY" : "ISO";
}

bool write_iso(ast::Literal& literal) {
  std::string style = iso_style(literal.text);
  if (style == literal.text) return false;
  literal.text = std::move(style);
  literal.kind = ast::Literal::Kind::string;
  return true;
}

}  // namespace

bool write_iso(ast::StatementNode& node) {
  if (auto* set = std::get_if<ast::SetVariable>(&node); set != nullptr && set->name == "datestyle") {
    std::string style;
    for (const ast::Expr& value : set->values) {
      const auto* literal = std::get_if<ast::Literal>(&value.node);
      if (literal == nullptr) return false;
      style += (style.empty() ? "" : ", ") + literal->text;
    }
    ast::Literal whole{ast::Literal::Kind::string, std::move(style)};
    if (!write_iso(whole)) return false;
    set->values = {ast::Expr{std::move(whole), -1}};
    return true;
  }
  auto* select = std::get_if<ast::SelectStatement>(&node);
  if (select == nullptr) return false;
  bool changed = false;
  for (ast::SelectItem& target : select->query->targets) {
    const auto set = configured_setting(target);
    if (!set || set->name != "datestyle") continue;
    ast::Expr* value = &std::get<ast::FunctionCall>(target.expr->node).arguments[1];
    while (auto* cast = std::get_if<ast::Cast>(&value->node)) value = &*cast->argument;
    changed |= write_iso(std::get<ast::Literal>(value->node));
  }
  return changed;
}

}  // namespace pg2crdb::bind
