// DO blocks of migrations that are scripts in disguise: PL/pgSQL gives them what SQL has no words for, as
// CREATE TYPE IF NOT EXISTS.
#include "parser/block_statements.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "ast/describe.h"
#include "parser/move_offsets.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"

namespace pg2crdb {
namespace {

using transform::Token;

/// Blocks inside each other.
constexpr int deepest = 20;

/// Whether the statement says what there is, and neither reads nor writes rows.
bool is_definition(const ast::StatementNode& node) {
  if (const auto* opaque = std::get_if<ast::Opaque>(&node)) {
    for (const std::string_view word : {"ALTER ", "COMMENT ", "CREATE ", "SECURITY "}) {
      if (opaque->kind.starts_with(word)) return true;
    }
    return false;
  }
  // Outside of a transaction, what is local ends with the block.
  if (const auto* set = std::get_if<ast::SetVariable>(&node)) return !set->local;
  return !std::holds_alternative<ast::DoBlock>(node) && !std::holds_alternative<ast::CreateTableAs>(node) &&
         !std::holds_alternative<ast::SelectStatement>(node) && ast::changed_table(node) == nullptr &&
         !std::holds_alternative<ast::Transaction>(node) && !std::holds_alternative<ast::CopyFrom>(node) &&
         !std::holds_alternative<ast::MetaCommand>(node);
}

class BlockReader {
 public:
  explicit BlockReader(const std::string& body) : body_(body) {
    std::string error;
    const bool zero = body.find('\0') != std::string::npos;
    if (std::optional<std::vector<Token>> tokens = zero ? std::nullopt : transform::scan_sql(body, error))
      tokens_ = std::move(*tokens);
  }

  std::optional<std::vector<BlockStatement>> read() {
    if (!block(0)) return std::nullopt;
    accept(";");
    if (at_ != tokens_.size()) return std::nullopt;
    return std::move(found_);
  }

  std::optional<GuardedStatements> read_guarded() {
    GuardedStatements guarded;
    BlockStatement one;
    if (!accept("begin")) return std::nullopt;
    if (is("if")) {
      if (!branch(one, guarded)) return std::nullopt;
    } else if (definition(one)) {
      guarded.nodes.push_back(std::move(one.node));
    } else {
      return std::nullopt;
    }
    const bool handled = is("exception");
    if (handled && (!handler(guarded) || guarded.nodes.size() != 1 || !guarded.otherwise.empty()))
      return std::nullopt;
    if (!accept("end")) return std::nullopt;
    accept(";");
    if (at_ != tokens_.size() || (!guarded.condition && guarded.passes_over.empty())) return std::nullopt;
    return guarded;
  }

 private:
  bool is(std::string_view word) const { return at_ < tokens_.size() && tokens_[at_].is(word); }
  bool accept(std::string_view word) {
    if (!is(word)) return false;
    ++at_;
    return true;
  }
  std::string text(size_t from, size_t end) const {
    return body_.substr(tokens_[from].begin, tokens_[end - 1].end - tokens_[from].begin);
  }

  bool block(int depth) {
    const size_t begin = at_;
    if (depth > deepest || !accept("begin")) return false;
    const size_t first = found_.size();
    while (!is("end") && !is("exception")) {
      const bool read = is("begin") ? block(depth + 1) && accept(";") : nothing() || statement();
      if (!read) return false;
    }
    if (!is("exception")) return accept("end");
    GuardedStatements guarded;
    const bool one = found_.size() == first + 1 && !std::holds_alternative<ast::DoBlock>(found_[first].node);
    if (!one || !handler(guarded) || !accept("end")) return false;
    found_[first].node = ast::DoBlock{{}, text(begin, at_)};
    return true;
  }

  bool statement() {
    BlockStatement one;
    if (is("if")) {
      const size_t begin = at_;
      GuardedStatements guarded;
      if (!branch(one, guarded)) return false;
      one.node = ast::DoBlock{{}, "BEGIN " + text(begin, at_) + " END"};
    } else if (!definition(one)) {
      return false;
    }
    found_.push_back(std::move(one));
    return true;
  }

  /// `NULL;` and `RAISE NOTICE 'done %', name;`
  bool nothing() {
    const size_t before = at_;
    if (accept("null") && accept(";")) return true;
    at_ = before;
    const bool told = accept("raise") && (accept("notice") || accept("info") || accept("debug") ||
                                          accept("log") || accept("warning"));
    // A call may do something.
    while (told && at_ < tokens_.size() && !is("(") && !is(";")) ++at_;
    if (told && accept(";")) return true;
    at_ = before;
    return false;
  }

  /// `IF condition THEN definitions [ELSE definitions] END IF;` `all` is the place of its statement, or of
  /// the whole where there are several: their places count from there.
  bool branch(BlockStatement& all, GuardedStatements& guarded) {
    const size_t whole = tokens_[at_].begin;
    const size_t begin = ++at_;
    while (at_ < tokens_.size() && !is("then") && !is(";")) ++at_;
    if (!is("then") || at_ == begin) return false;
    std::optional<ast::Expr> condition = parse_expression(text(begin, at_));
    if (!condition) return false;
    guarded.condition = std::move(*condition);
    ++at_;
    std::vector<BlockStatement> nodes, otherwise;
    if (!definitions(nodes) || (accept("else") && !definitions(otherwise))) return false;
    const size_t count = nodes.size() + otherwise.size();
    if (count == 0 || !accept("end") || !accept("if") || !accept(";")) return false;
    const BlockStatement& only = nodes.empty() ? otherwise[0] : nodes[0];
    all.begin = count == 1 ? only.begin : whole;
    all.end = count == 1 ? only.end : tokens_[at_ - 1].begin;
    const auto take = [&](std::vector<BlockStatement>& from, std::vector<ast::StatementNode>& to) {
      for (BlockStatement& one : from) {
        const size_t behind = one.begin - all.begin;
        move_offsets(one.node, [&](size_t offset) { return offset + behind; });
        to.push_back(std::move(one.node));
      }
    };
    take(nodes, guarded.nodes);
    take(otherwise, guarded.otherwise);
    return true;
  }

  bool definitions(std::vector<BlockStatement>& found) {
    while (!is("end") && !is("else")) {
      if (nothing()) continue;
      BlockStatement one;
      if (!definition(one)) return false;
      found.push_back(std::move(one));
    }
    return true;
  }

  bool definition(BlockStatement& one) {
    size_t end = at_;
    int depth = 0;
    for (; end < tokens_.size() && (depth > 0 || !tokens_[end].is(";")); ++end) {
      if (tokens_[end].is("(")) ++depth;
      if (tokens_[end].is(")")) --depth;
      if (tokens_[end].is("into")) return false;  // PL/pgSQL takes it for its own
    }
    if (end == at_ || end == tokens_.size()) return false;
    const std::optional<std::string> executed = end == at_ + 2 ? executed_text() : std::nullopt;
    ParsedStatement parsed = parse_statement(executed ? *executed : text(at_, end));
    if (!parsed.error.empty() || !is_definition(parsed.node)) return false;
    one = {std::move(parsed.node), tokens_[at_].begin, tokens_[end - 1].end};
    at_ = end + 1;
    return true;
  }

  /// `EXECUTE 'CREATE TABLE towns ()'`
  std::optional<std::string> executed_text() const {
    if (!is("execute") || tokens_[at_ + 1].kind != Token::Kind::string) return std::nullopt;
    const std::optional<ast::Expr> expr = parse_expression(text(at_ + 1, at_ + 2));
    const auto* literal = expr ? std::get_if<ast::Literal>(&expr->node) : nullptr;
    return literal == nullptr ? std::nullopt : std::optional(literal->text);
  }

  /// `EXCEPTION WHEN duplicate_object [OR ...] THEN NULL; [WHEN ...]`
  bool handler(GuardedStatements& guarded) {
    if (!accept("exception") || !is("when")) return false;
    while (accept("when")) {
      do {
        if (at_ == tokens_.size() || !tokens_[at_].is_name()) return false;
        guarded.passes_over.push_back(tokens_[at_++].name());
      } while (accept("or"));
      if (!accept("then")) return false;
      while (nothing()) {
      }
    }
    return true;
  }

  const std::string& body_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  std::vector<BlockStatement> found_;
};

}  // namespace

std::optional<std::vector<BlockStatement>> statements_of_block(const std::string& body) {
  return BlockReader(body).read();
}

std::optional<GuardedStatements> guarded_statements(const std::string& body) {
  return BlockReader(body).read_guarded();
}

}  // namespace pg2crdb
