// Who calls a routine: PostgreSQL truncates no table that is being read (55006).
#include "passes/adapt_functions/callers.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "ast/walk.h"
#include "passes/adapt_functions/body_words.h"
#include "support/ascii.h"

namespace pg2crdb::functions {
namespace {

struct Caller {
  std::string name;  ///< empty of a DO block
  Names calls = {};  ///< names of routines that stand in the body
  bool reads = false;
};

const std::vector<std::string>* bodies_of(const ast::StatementNode& node) {
  const auto* function = std::get_if<ast::CreateFunction>(&node);
  return function == nullptr ? nullptr : &function->body;
}

bool any_truncates(const ast::Script& script) {
  const auto has_word = [](const std::string& body) {
    return lower(body).find("truncate") != std::string::npos;
  };
  return std::ranges::any_of(script.statements, [&](const ast::Statement& one) {
    const std::vector<std::string>* bodies = bodies_of(one.node);
    return bodies != nullptr && std::ranges::any_of(*bodies, has_word);
  });
}

/// Of whatever schema: a body names them by any path.
Names routines_of(const ast::Script& script) {
  Names names;
  for (const ast::Statement& one : script.statements) {
    if (const auto* function = std::get_if<ast::CreateFunction>(&one.node)) names.insert(function->name.name);
  }
  return names;
}

Caller caller_of(std::string name, const std::string& body, const Names& routines) {
  constexpr std::string_view reading[] = {"cursor", "execute",   "from",  "merge",
                                          "open",   "refcursor", "update"};
  Caller caller{std::move(name)};
  for (const Token& token : tokens_of(body)) {
    const bool is_word = token.kind == Token::Kind::word;
    if (!is_word && token.kind != Token::Kind::quoted) continue;
    caller.reads = caller.reads || (is_word && std::ranges::find(reading, token.text) != std::end(reading));
    if (token.text != caller.name && routines.contains(token.text)) caller.calls.insert(token.text);
  }
  return caller;
}

}  // namespace

Names called_while_reading(const PassContext& context) {
  Names called;
  if (!any_truncates(context.script)) return called;
  const Names routines = routines_of(context.script);
  std::vector<Caller> callers;
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) called.insert(call->name.name);
  };
  for (ast::Statement& statement : context.script.statements) {
    if (const auto* block = std::get_if<ast::DoBlock>(&statement.node)) {
      callers.push_back(caller_of({}, block->body, routines));
    } else if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
      for (const std::string& body : function->body) {
        callers.push_back(caller_of(function->name.name, body, routines));
        callers.back().reads = callers.back().reads || function->returns->name.name == "trigger";
      }
    } else {
      ast::walk(statement.node, look);
    }
  }
  for (bool any = true; any;) {
    any = false;
    for (Caller& one : callers) {
      if (one.calls.empty() || (!one.reads && !called.contains(one.name))) continue;
      called.merge(one.calls);
      one.calls.clear();
      any = true;
    }
  }
  return called;
}

}  // namespace pg2crdb::functions
