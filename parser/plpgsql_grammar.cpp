#include "parser/plpgsql_grammar.h"

#include <simdjson.h>

#include <algorithm>
#include <unordered_map>

#include "parser/plpgsql_sql.h"
#include "support/ascii.h"

namespace pg2crdb::transform {
namespace {

/// Rules inside each other: some 200 blocks.
constexpr size_t deepest = 1500;

/// Thrown through the generated rules, which catch only ANTLR's own exceptions.
struct Refused {};

/// Stops at the first error.
class FirstError final : public antlr4::ANTLRErrorStrategy {
 public:
  size_t at = 0;  ///< the token that does not fit

  void reset(antlr4::Parser*) override {}
  antlr4::Token* recoverInline(antlr4::Parser* parser) override { stop(parser->getCurrentToken()); }
  void recover(antlr4::Parser*, std::exception_ptr) override { throw Refused(); }
  void sync(antlr4::Parser*) override {}
  bool inErrorRecoveryMode(antlr4::Parser*) override { return false; }
  void reportMatch(antlr4::Parser*) override {}
  void reportError(antlr4::Parser*, const antlr4::RecognitionException& error) override {
    stop(error.getOffendingToken());
  }

 private:
  [[noreturn]] void stop(const antlr4::Token* token) {
    at = token->getTokenIndex();
    throw Refused();
  }
};

/// The grammar's words and symbols.
class Literals {
 public:
  explicit Literals(const antlr4::dfa::Vocabulary& vocabulary) {
    for (size_t type = 0; type <= vocabulary.getMaxTokenType(); ++type) {
      const std::string quoted = vocabulary.getLiteralName(type);
      if (quoted.size() <= 2) continue;
      std::string literal = lower(quoted.substr(1, quoted.size() - 2));
      longest_ = std::max(longest_, literal.size());
      types_.emplace(std::move(literal), type);
    }
  }

  size_t type_of(const Token& token) const {
    switch (token.kind) {
      case Token::Kind::word:
        return literal(token.text, PlPgSql::WORD);
      case Token::Kind::quoted_word:
        return PlPgSql::WORD;
      case Token::Kind::string:
        // B'..' and X'..' are no texts.
        return lower(token.text[0]) == 'b' || lower(token.text[0]) == 'x' ? PlPgSql::OTHER : PlPgSql::STRING;
      case Token::Kind::other:
        break;
    }
    if (token.text[0] == '$') return PlPgSql::PARAMETER;
    if (std::ranges::all_of(token.text, is_digit)) return PlPgSql::NUMBER;
    return literal(token.text, PlPgSql::OTHER);
  }

 private:
  size_t literal(std::string_view text, size_t otherwise) const {
    if (text.size() > longest_) return otherwise;
    const auto found = types_.find(lower(text));
    return found == types_.end() ? otherwise : found->second;
  }

  std::unordered_map<std::string, size_t> types_;
  size_t longest_ = 0;
};

}  // namespace

class PlPgSqlTree::Parser final : public PlPgSql {
 public:
  using PlPgSql::PlPgSql;

  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t rule) override {
    while (!path_.empty() && path_.back() != context->parent) path_.pop_back();
    path_.push_back(context);
    if (path_.size() > deepest) throw BodyError{"the body is nested too deeply"};
    PlPgSql::enterRule(context, state, rule);
  }
  void start() {
    reset();
    path_.clear();
  }

 private:
  std::vector<antlr4::tree::ParseTree*> path_;  // from the body to the rule that is being read
};

PlPgSqlTree::PlPgSqlTree(const std::string& body) {
  const size_t zero = body.find('\0');
  if (zero != std::string::npos) throw BodyError{"the body holds a zero byte", static_cast<int32_t>(zero)};
  if (!simdjson::validate_utf8(body)) throw BodyError{"the body is not valid UTF-8"};
  scanned_ = scan(body);
  if (!scanned_.error.empty()) throw BodyError{scanned_.error, scanned_.error_offset};

  stream_ = std::make_unique<AntlrTokens>();
  parser_ = std::make_unique<Parser>(stream_.get());
  parser_->getATN();  // which makes its tables
  static const Literals literals(parser_->getVocabulary());
  for (const Token& token : scanned_.tokens) stream_->add(literals.type_of(token), token.begin, token.end);
  stream_->finish(body.size());

  const auto errors = std::make_shared<FirstError>();
  parser_->setErrorHandler(errors);
  parser_->removeErrorListeners();
  // What parses without looking at the context parses the same with it.
  for (const auto mode : {antlr4::atn::PredictionMode::SLL, antlr4::atn::PredictionMode::LL}) {
    parser_->getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(mode);
    stream_->seek(0);
    parser_->start();
    try {
      root_ = parser_->body();
      return;
    } catch (const Refused&) {
    }
  }
  if (errors->at >= scanned_.tokens.size()) {
    throw BodyError{"syntax error at end of input", static_cast<int32_t>(body.size())};
  }
  const Token& token = scanned_.tokens[errors->at];
  throw BodyError{"syntax error at or near \"" + std::string(token.text) + "\"",
                  static_cast<int32_t>(token.begin)};
}

PlPgSqlTree::~PlPgSqlTree() = default;

bool PlPgSqlTree::is_reserved(size_t token) const {
  const antlr4::atn::ATN& grammar = parser_->getATN();
  static const antlr4::misc::IntervalSet reserved =
      grammar.nextTokens(grammar.ruleToStartState[PlPgSql::RuleReserved]);
  return reserved.contains(type(token));
}

}  // namespace pg2crdb::transform
