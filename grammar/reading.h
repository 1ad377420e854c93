#pragma once
#include <antlr4-runtime.h>

#include <set>
#include <span>
#include <string>
#include <vector>

#include "grammar/cockroachdb.h"
#include "grammar/describe.h"
#include "grammar/predictions.h"
#include "grammar/scanner.h"
#include "grammar/unparsed.h"
#include "support/antlr_tokens.h"

/// What the readers of both grammars are made of; between the sources of this folder only.
namespace pg2crdb {

/// Stops at the first error, and remembers where. When the same text is read again to explain it, also
/// gathers what could have stood there; to do that everywhere would take long.
class FirstError final : public antlr4::ANTLRErrorStrategy {
 public:
  bool explaining = false;
  size_t at = 0;              ///< index of the token that does not fit
  std::set<size_t> expected;  ///< token types
  bool predicate_failed = false;

  void reset(antlr4::Parser*) override {
    expected.clear();
    predicate_failed = false;
  }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    stop(parser, parser->getInputStream()->index());
    return nullptr;
  }
  void recover(antlr4::Parser*, std::exception_ptr) override { throw Unparsed(); }
  void sync(antlr4::Parser* parser) override {
    if (explaining && parser->getInputStream()->index() == at) add(parser->getExpectedTokens());
  }
  bool inErrorRecoveryMode(antlr4::Parser*) override { return false; }
  void reportMatch(antlr4::Parser*) override {}
  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override {
    predicate_failed = dynamic_cast<const antlr4::FailedPredicateException*>(&error) != nullptr;
    const auto* dead_end = dynamic_cast<const antlr4::NoViableAltException*>(&error);
    if (dead_end == nullptr) stop(parser, parser->getInputStream()->index());
    if (explaining && dead_end->getDeadEndConfigs() != nullptr) {
      for (const auto& config : dead_end->getDeadEndConfigs()->configs)
        add(parser->getATN().nextTokens(config->state));
    }
    stop(parser, dead_end->getOffendingToken()->getTokenIndex());
  }

 private:
  [[noreturn]] void stop(antlr4::Parser* parser, size_t index) {
    at = index;
    if (explaining && !predicate_failed && parser->getInputStream()->index() == at)
      add(parser->getExpectedTokens());
    throw Unparsed();
  }
  void add(const antlr4::misc::IntervalSet& types) {
    for (const ssize_t type : types.toList()) {
      if (type > 0) expected.insert(static_cast<size_t>(type));
      if (type == -1) expected.insert(end_of_text);
    }
  }
};

/// Asked only where the build's predictions do not know, and for errors: ANTLR's tables are made then. Its
/// own class locks every look at what it has learned, because all parsers share it. Here each has its own.
class Simulator final : public antlr4::atn::ParserATNSimulator {
 public:
  Simulator(antlr4::Parser* its_parser, const antlr4::atn::ATN& its_atn,
            std::vector<antlr4::dfa::DFA>& decisions, antlr4::atn::PredictionContextCache& contexts,
            const Predictions& its_predictions)
      : ParserATNSimulator(its_parser, its_atn, decisions, contexts), predictions_(its_predictions) {}

  size_t adaptivePredict(antlr4::TokenStream* input, size_t decision,
                         antlr4::ParserRuleContext* context) override {
    if (getPredictionMode() == antlr4::atn::PredictionMode::SLL) {
      const size_t alternative = predictions_.alternative(decision, [&](size_t k) {
        const size_t type = input->LA(static_cast<ssize_t>(k));
        return type == antlr4::Token::EOF ? 0 : type;
      });
      if (alternative != 0) return alternative;
    }
    if (decisionToDFA.empty()) {
      const size_t count = getParser()->getATN().getNumberOfDecisions();
      for (size_t i = 0; i < count; ++i) decisionToDFA.emplace_back(atn.getDecisionState(i), i);
    }
    return ParserATNSimulator::adaptivePredict(input, decision, context);
  }

 protected:
  antlr4::dfa::DFAState* getExistingTargetState(antlr4::dfa::DFAState* from, size_t type) override {
    const auto edge = from->edges.find(type);
    return edge == from->edges.end() ? nullptr : edge->second;
  }

 private:
  const Predictions& predictions_;
};

/// A generated parser that does not go deeper than it may.
template <class Generated>
class LimitedParser : public Generated {
 public:
  using Generated::Generated;

  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t rule) override {
    while (!path_.empty() && path_.back() != context->parent) path_.pop_back();
    path_.push_back(context);
    if (path_.size() > deepest) {
      too_deep = true;
      throw Unparsed();
    }
    Generated::enterRule(context, state, rule);
  }
  void start() {
    Generated::reset();
    path_.clear();
    too_deep = false;
  }

  /// Rules within one another; an ordinary thread's stack holds that many.
  static constexpr size_t ordinary_depth = 2000;

  size_t deepest = ordinary_depth;
  bool too_deep = false;

 private:
  std::vector<antlr4::tree::ParseTree*> path_;  // from the start rule to the rule that is being read
};

/// The literals of a grammar by token type; empty where a type has none.
inline std::vector<std::string> literals_of(const antlr4::dfa::Vocabulary& vocabulary) {
  std::vector<std::string> literals(vocabulary.getMaxTokenType() + 1);
  for (size_t type = 0; type < literals.size(); ++type) {
    const std::string quoted = vocabulary.getLiteralName(type);
    if (quoted.size() > 2) literals[type] = quoted.substr(1, quoted.size() - 2);
  }
  return literals;
}

/// Scanned tokens for a parser that goes back to them.
class KeptTokens final : public AntlrTokens {
 public:
  void take(std::span<const ScannedToken> tokens, size_t size) {
    clear();
    for (const ScannedToken& token : tokens) add(token.type, token.begin, token.end);
    finish(size);
  }
};

/// Tables, learned predictions and error strategy around a generated parser. `Stream` takes scanned tokens.
template <class Parser, class Stream>
class ParserFrame {
 public:
  template <class... Arguments>
  explicit ParserFrame(const Predictions& its_predictions, const Arguments&... arguments)
      : parser(&stream, arguments...), errors(std::make_shared<FirstError>()) {
    const auto* generated = parser.template getInterpreter<antlr4::atn::ParserATNSimulator>();
    simulator_ = new Simulator(&parser, generated->atn, decisions_, contexts_, its_predictions);
    parser.setInterpreter(simulator_);
    parser.setErrorHandler(errors);
    parser.removeErrorListeners();
    parser.setBuildParseTree(false);
  }

  /// The stream holds the tokens of a text of `size` bytes.
  void take(std::span<const ScannedToken> tokens, size_t size) { stream.take(tokens, size); }

  /// `rule(parser)` reads the stream from its beginning.
  template <class Rule>
  bool parses(antlr4::atn::PredictionMode mode, Rule rule) {
    simulator_->setPredictionMode(mode);
    stream.seek(0);
    parser.start();
    try {
      rule(parser);
      return true;
    } catch (const Unparsed&) {
      return false;
    }
  }

  Stream stream;

 private:
  std::vector<antlr4::dfa::DFA> decisions_;
  antlr4::atn::PredictionContextCache contexts_;
  Simulator* simulator_ = nullptr;  // owned by the parser

 public:
  Parser parser;
  std::shared_ptr<FirstError> errors;
};

}  // namespace pg2crdb
