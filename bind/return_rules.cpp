// Views in two steps as pg_dump before 10 wrote them, where a view needs what stands behind it: CREATE TABLE
// with the view's columns, later CREATE RULE "_RETURN" AS ON SELECT TO it DO INSTEAD SELECT ..., which makes
// a view of it. They become what pg_dump writes since then: a view that selects NULLs, and CREATE OR REPLACE
// VIEW.
#include <algorithm>

#include "ast/sequence_call.h"
#include "bind/history.h"
#include "parser/names.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {
namespace {

constexpr std::string_view blanks = " \t\r\n";

/// The next word of a text; a name in quotes is one, with its schema.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  size_t end = 0;
  for (bool quoted = false; end < text.size() && (quoted || blanks.find(text[end]) == std::string_view::npos);
       ++end) {
    if (text[end] == '"') quoted = !quoted;
  }
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

struct ReturnRule {
  ast::Name view;
  std::string create;  ///< CREATE OR REPLACE VIEW ...
};

std::optional<ReturnRule> return_rule(const ast::StatementNode& node) {
  const auto* opaque = std::get_if<ast::Opaque>(&node);
  if (opaque == nullptr || opaque->kind != "CREATE RULE") return std::nullopt;
  std::string_view rest = opaque->text;
  for (const std::string_view expected : {"CREATE", "RULE", "\"_RETURN\"", "AS", "ON", "SELECT", "TO"}) {
    if (take_word(rest) != expected) return std::nullopt;
  }
  const std::string_view name = take_word(rest);
  const std::optional<ast::Name> view = ast::parse_regclass(name);
  if (!view || take_word(rest) != "DO" || take_word(rest) != "INSTEAD") return std::nullopt;
  return ReturnRule{*view, "CREATE OR REPLACE VIEW " + std::string(name) + " AS " + std::string(rest)};
}

ast::CreateView stub(const ast::CreateTable& table) {
  ast::CreateView view;
  view.name = table.name;
  for (const ast::Column& column : table.columns) {
    ast::SelectItem item;
    item.expr =
        ast::Expr{ast::Cast{ast::Expr{ast::Literal{ast::Literal::Kind::null, {}}, -1}, column.type}, -1};
    item.alias = column.name;
    view.query->targets.push_back(std::move(item));
  }
  return view;
}

}  // namespace

std::optional<CreatedRule> created_rule(const ast::Opaque& opaque) {
  if (opaque.kind != "CREATE RULE") return std::nullopt;
  std::string error;
  const auto tokens = transform::scan_sql(opaque.text, error).value_or(std::vector<transform::Token>());
  const auto word = std::find_if(tokens.begin(), tokens.end(),
                                 [](const transform::Token& token) { return token.is("rule"); });
  const TextNames found = names_in_sql(opaque.text);
  const auto table = std::find_if(found.names.begin(), found.names.end(), [](const NameUse& use) {
    return use.kind == NameUse::Kind::relation && use.changes;
  });
  if (tokens.end() - word < 5 || table == found.names.end()) return std::nullopt;
  CreatedRule rule{word[1].name(), table->name, word[4].is("insert")};  // RULE name AS ON event
  for (const NameUse& use : found.names) {
    if (use.changes && use.name != table->name) rule.changes.push_back(use.name);
  }
  return rule;
}

void read_return_rules(PassContext& context) {
  for (ast::Statement& rule : context.script.statements) {
    const std::optional<ReturnRule> said = return_rule(rule.node);
    if (!said) continue;
    const auto made = std::find_if(context.script.statements.begin(), context.script.statements.end(),
                                   [&](const ast::Statement& one) {
                                     const auto* table = std::get_if<ast::CreateTable>(&one.node);
                                     return table != nullptr && table->name == said->view && one.id < rule.id;
                                   });
    ParsedStatement view = parse_statement(said->create);
    if (made == context.script.statements.end() || !std::holds_alternative<ast::CreateView>(view.node))
      continue;
    made->node = stub(std::get<ast::CreateTable>(made->node));
    rule.node = std::move(view.node);
    context.rewritten(*made);
    context.rewritten(rule);
  }
}

}  // namespace pg2crdb::bind
