// What bodies do to a session: DO blocks, and routines that the script calls; and what is not known of it
// then.
#include <algorithm>
#include <array>
#include <utility>

#include "ast/walk.h"
#include "bind/session.h"
#include "parser/parser.h"
#include "support/ascii.h"

namespace pg2crdb::bind {

using transform::Token;

/// What a block sets stays set behind it.
void Session::run(const ast::DoBlock& block) {
  if (block.language.empty() || block.language == "plpgsql") run_body(block.body, true);
}

/// A local setting ends with a routine that sets something where it is declared.
void Session::run(const ast::CreateFunction& routine, bool surely) {
  if ((routine.language != "plpgsql" && routine.language != "sql") || routine.body.size() != 1) return;
  const bool in_transaction = std::exchange(in_transaction_, in_transaction_ && routine.settings.empty());
  run_body(routine.body.front(), surely);
  in_transaction_ = in_transaction;
}

/// Of a body with branches it is not known what of it is run.
void Session::run_body(const std::string& body, bool surely) {
  std::string error;
  const std::optional<std::vector<Token>> tokens = transform::scan_sql(body, error);
  if (!tokens) return;
  const auto is_one_of = [](const Token& token, const auto& words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is(word); });
  };
  constexpr std::array<std::string_view, 5> branches = {"if", "case", "loop", "exception", "return"};
  constexpr std::array<std::string_view, 5> beginnings = {"begin", "declare", "then", "else", "loop"};
  const bool is_sure = surely && std::none_of(tokens->begin(), tokens->end(),
                                              [&](const auto& one) { return is_one_of(one, branches); });
  for (size_t begin = 0, at = 0; at <= tokens->size() && begin < tokens->size(); ++at) {
    const bool ends = at == tokens->size();  // a body in SQL may end without a semicolon
    if (!ends && !is_one_of((*tokens)[at], beginnings) && (*tokens)[at].text != ";") continue;
    const Token& first = (*tokens)[begin];
    const size_t end = ends ? body.size() : (*tokens)[at].begin;
    const std::string rest = body.substr(first.end, end - std::min(first.end, end));
    ParsedStatement parsed;
    if (first.is("set") || first.is("reset")) parsed = parse_statement(std::string(first.text) + rest);
    if (first.is("perform") || first.is("select")) parsed = parse_statement("SELECT" + rest);
    const auto* set = std::get_if<ast::SetVariable>(&parsed.node);
    const auto* select = std::get_if<ast::SelectStatement>(&parsed.node);
    if (set == nullptr && select == nullptr) {
      lose_text(*tokens, begin, at);
    } else if (is_sure) {
      take(parsed.node);
    } else if (set != nullptr) {
      if (!set->local || in_transaction_) lose(set->name, set->local);
    } else {
      lose_all(*select->query);
    }
    begin = at + 1;
  }
}

namespace {

/// Whether the last argument of the call whose parenthesis opens at `i` is `true`.
bool ends_with_true(const std::vector<Token>& tokens, size_t i, size_t end) {
  int depth = 0;
  for (; i < end; ++i) {
    if (tokens[i].text == "(") ++depth;
    if (tokens[i].text == ")" && --depth == 0) return tokens[i - 1].is("true");
  }
  return false;
}

}  // namespace

/// What is set where nothing of ours reads it: by an assignment, or by a text that is executed.
void Session::lose_text(const std::vector<Token>& tokens, size_t begin, size_t end) {
  const bool executes = begin < tokens.size() && tokens[begin].is("execute");
  for (size_t i = begin; i < end; ++i) {
    const auto text = [&](size_t at) {
      const bool is_text = at < end && tokens[at].kind == Token::Kind::string;
      return is_text ? lower(tokens[at].text.substr(std::min<size_t>(1, tokens[at].text.size())))
                     : std::string();
    };
    if (tokens[i].is("set_config")) {
      const bool local = ends_with_true(tokens, i + 1, end);
      const std::string name = text(i + 2);
      if (!local || in_transaction_) lose(name.substr(0, name.find('\'')), local);
    }
    if (executes && text(i).starts_with("set ") && text(i).find("search_path") != std::string::npos)
      lose("search_path", false);
  }
}

/// The value of a setting is not known any more.
void Session::lose(std::string_view name, bool local) {
  if (local && !outside_) outside_ = Outside{path_, role_, values_};
  if (name == "search_path") {
    path_.is_known = false;
    if (outside_ && !local) outside_->path.is_known = false;
  }
  if (std::string* value = values_.find(name)) *value = Values::computed;
  if (std::string* value = outside_ && !local ? outside_->values.find(name) : nullptr)
    *value = Values::computed;
}

void Session::lose(const ast::FunctionCall& set_config) {
  const bool local = sets_locally(set_config);
  if (local && !in_transaction_) return;
  if (const ast::Literal* variable = constant_of(set_config.arguments[0]))
    return lose(lower(variable->text), local);
  for (const std::string_view name : {"search_path", "timezone", "datestyle", "intervalstyle", "array_nulls"})
    lose(name, local);
}

/// Whatever is set in the query, be it run or not.
void Session::lose_all(const ast::Query& query) {
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    if (const ast::FunctionCall* call = set_config_of(expr)) lose(*call);
  };
  walk(const_cast<ast::Query&>(query), visitor);  // nothing is changed
}

/// What is set to no constant, or by a call inside of something else.
void Session::lose_computed(const ast::Query& query) {
  std::vector<const ast::FunctionCall*> known;
  for (const ast::SelectItem& target : query.targets) {
    if (configured_setting(target)) known.push_back(set_config_of(*target.expr));
  }
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    const ast::FunctionCall* call = set_config_of(expr);
    if (call != nullptr && std::find(known.begin(), known.end(), call) == known.end()) lose(*call);
  };
  walk(const_cast<ast::Query&>(query), visitor);  // nothing is changed
}

}  // namespace pg2crdb::bind
