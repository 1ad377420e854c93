// DO blocks of migrations that are scripts in disguise: PL/pgSQL gives them what SQL has no words for, as
// CREATE TYPE IF NOT EXISTS.
#include "parser/block_statements.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "ast/describe.h"
#include "ast/walk.h"
#include "parser/constant_text.h"
#include "parser/constant_variables.h"
#include "parser/move_offsets.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"

namespace pg2crdb {
namespace {

using transform::Token;

/// Blocks and loops inside each other.
constexpr int deepest = 20;
/// What loops come to.
constexpr size_t most_statements = 1000;

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

/// `'towns' || '_name'` becomes 'towns_name'.
void write_out_constants(ast::Expr& expr) {
  ast::Visitor visitor;
  visitor.expr = [](ast::Expr& one) {
    if (!std::holds_alternative<ast::Operation>(one.node) &&
        !std::holds_alternative<ast::FunctionCall>(one.node))
      return;
    if (std::optional<std::string> text = constant_text(one))
      one.node = ast::Literal{ast::Literal::Kind::string, std::move(*text)};
  };
  ast::walk(expr, visitor);
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
    if (!declarations() || !block(0)) return std::nullopt;
    accept(";");
    if (at_ != tokens_.size()) return std::nullopt;
    return std::move(found_);
  }

  std::optional<GuardedStatements> read_guarded() {
    GuardedStatements guarded;
    BlockStatement one;
    if (!declarations() || !accept("begin")) return std::nullopt;
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
  /// With the values of variables in their places; empty where one has none that is known.
  std::string text(size_t from, size_t end) const {
    return variables_.written_in(body_, std::span(tokens_).subspan(from, end - from));
  }

  /// `DECLARE name type [:= value];`
  bool declarations() {
    if (!accept("declare")) return true;
    while (at_ < tokens_.size() && !is("begin")) {
      const size_t begin = at_;
      while (at_ < tokens_.size() && !is(";")) ++at_;
      if (!accept(";") || !variables_.declare(body_, std::span(tokens_).subspan(begin, at_ - 1 - begin)))
        return false;
    }
    return true;
  }

  bool block(int depth) {
    const size_t begin = at_;
    if (depth > deepest || !accept("begin")) return false;
    const size_t first = found_.size();
    while (!is("end") && !is("exception")) {
      if (!part(depth)) return false;
    }
    if (!is("exception")) return accept("end");
    GuardedStatements guarded;
    const bool one = found_.size() == first + 1 && !std::holds_alternative<ast::DoBlock>(found_[first].node);
    if (!one || !handler(guarded) || !accept("end")) return false;
    const std::string whole = text(begin, at_);
    found_[first].node = ast::DoBlock{{}, whole};
    return !whole.empty();
  }

  bool part(int depth) {
    if (is("begin")) return block(depth + 1) && accept(";");
    if (is("for") || is("foreach")) return loop(depth + 1);
    return nothing() || statement();
  }

  /// `FOREACH name IN ARRAY ARRAY['a', 'b'] LOOP`, `FOR i IN 1..3 LOOP`: each turn in its place.
  bool loop(int depth) {
    const size_t head = at_;
    while (at_ < tokens_.size() && !is("loop") && !is(";")) ++at_;
    if (depth > deepest || !is("loop")) return false;
    const std::optional<ConstantLoop> turns =
        variables_.loop(body_, std::span(tokens_).subspan(head, at_ - head));
    if (!turns) return false;
    const size_t first = found_.size();
    const size_t begin = ++at_;
    for (const std::string& value : turns->values) {
      at_ = begin;
      const ConstantVariables outer = variables_;
      variables_.set(turns->variable, value);
      while (!is("end")) {
        if (found_.size() >= most_statements || !part(depth)) return false;
      }
      variables_ = outer;
    }
    if (!accept("end") || !accept("loop") || !accept(";")) return false;
    // All stand where the loop does: what comes later in a script stands behind.
    const size_t place = tokens_[head].begin;
    for (size_t i = first; i < found_.size(); ++i) {
      const size_t behind = found_[i].begin - place;
      move_offsets(found_[i].node, [&](size_t offset) { return offset + behind; });
      found_[i].begin = place;
      found_[i].end = tokens_[at_ - 2].end;
    }
    return true;
  }

  bool statement() {
    BlockStatement one;
    if (is("if")) {
      const size_t begin = at_;
      GuardedStatements guarded;
      if (!branch(one, guarded)) return false;
      const std::string whole = text(begin, at_);
      if (whole.empty()) return false;
      one.node = ast::DoBlock{{}, "BEGIN " + whole + " END"};
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
    write_out_constants(*condition);
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
    const bool executes = is("execute");
    // PL/pgSQL puts no values of variables into a definition.
    if (!executes && variables_.any_in(std::span(tokens_).subspan(at_, end - at_))) return false;
    const std::optional<std::string> sql = executes ? executed_text(end) : text(at_, end);
    if (!sql) return false;
    ParsedStatement parsed = parse_statement(*sql);
    if (!parsed.error.empty() || !is_definition(parsed.node)) return false;
    if (executes) move_offsets(parsed.node, [](size_t) { return size_t{0}; });
    one = {std::move(parsed.node), tokens_[at_].begin, tokens_[end - 1].end};
    at_ = end + 1;
    return true;
  }

  /// `EXECUTE 'CREATE TABLE towns ()'`, `EXECUTE format('CREATE TABLE %I ()', 'towns')`
  std::optional<std::string> executed_text(size_t end) const {
    const std::optional<ast::Expr> expr = end > at_ + 1 ? parse_expression(text(at_ + 1, end)) : std::nullopt;
    return expr ? constant_text(*expr) : std::nullopt;
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
  ConstantVariables variables_;
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
