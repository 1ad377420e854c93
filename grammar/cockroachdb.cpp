#include "grammar/cockroachdb.h"

#include <CockroachDBParser.h>
#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <set>
#include <unordered_set>

#include "grammar/cut.h"
#include "grammar/describe.h"
#include "grammar/predictions.h"
#include "grammar/scanner.h"
#include "support/antlr_tokens.h"
#include "support/batches.h"

namespace pg2crdb {
namespace {

using Grammar = antlr::CockroachDBParser;

// Threads are worth their start for this many bytes each.
constexpr size_t bytes_of_a_thread = size_t{256} << 10;
// Longer ones are not remembered: they do not come again.
constexpr size_t longest_remembered = 4096;
constexpr size_t most_remembered = 100'000;
// As describe.h has it.
constexpr size_t end_of_statement = UINT16_MAX;

// Thrown through the generated rules, which catch only ANTLR's own exceptions.
struct Refused {};

// Stops at the first error, and remembers where. When the same statement is read again to explain it, also
// gathers what could have stood there; to do that everywhere would take long.
class FirstError final : public antlr4::ANTLRErrorStrategy {
 public:
  bool explaining = false;
  size_t at = 0;              // index of the token that does not fit
  std::set<size_t> expected;  // token types
  bool predicate_failed = false;

  void reset(antlr4::Parser*) override {
    expected.clear();
    predicate_failed = false;
  }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    stop(parser, parser->getInputStream()->index());
    return nullptr;
  }
  void recover(antlr4::Parser*, std::exception_ptr) override { throw Refused(); }
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
    throw Refused();
  }
  void add(const antlr4::misc::IntervalSet& types) {
    for (const ssize_t type : types.toList()) {
      if (type > 0) expected.insert(static_cast<size_t>(type));
      if (type == -1) expected.insert(end_of_statement);
    }
  }
};

// Asked only where the build's predictions do not know, and for errors: ANTLR's tables are made then. Its own
// class locks every look at what it has learned, because all parsers share it. Here each has its own.
class Simulator final : public antlr4::atn::ParserATNSimulator {
 public:
  using ParserATNSimulator::ParserATNSimulator;

  size_t adaptivePredict(antlr4::TokenStream* input, size_t decision,
                         antlr4::ParserRuleContext* context) override {
    if (getPredictionMode() == antlr4::atn::PredictionMode::SLL) {
      const size_t alternative = predictions.alternative(decision, [&](size_t k) {
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
};

class Parser final : public Grammar {
 public:
  explicit Parser(antlr4::TokenStream* tokens, const Target& target) : Grammar(tokens), target_(target) {}

  bool has(Capability capability) override {
    if (target_.has(capability)) return true;
    missing = capability;
    getATN();  // the exception that comes of it looks into ANTLR's tables: they have to be made
    return false;
  }
  void enterRule(antlr4::ParserRuleContext* context, size_t state, size_t rule) override {
    while (!path_.empty() && path_.back() != context->parent) path_.pop_back();
    path_.push_back(context);
    if (path_.size() > CockroachGrammar::max_depth) {
      too_deep = true;
      throw Refused();
    }
    Grammar::enterRule(context, state, rule);
  }
  void start() {
    reset();
    path_.clear();
    too_deep = false;
  }

  Capability missing{};
  bool too_deep = false;

 private:
  const Target& target_;
  std::vector<antlr4::tree::ParseTree*> path_;  // from the statement to the rule that is being read
};

std::vector<std::string> literals_of(const antlr4::dfa::Vocabulary& vocabulary) {
  std::vector<std::string> literals(vocabulary.getMaxTokenType() + 1);
  for (size_t type = 0; type < literals.size(); ++type) {
    const std::string quoted = vocabulary.getLiteralName(type);
    if (quoted.size() > 2) literals[type] = quoted.substr(1, quoted.size() - 2);
  }
  return literals;
}

}  // namespace

const FindingKind cockroachdb_syntax = {
    "cockroachdb-syntax", Severity::error, "syntax",
    "CockroachDB's parser refuses the statement, whatever is in the database",
    "Write it in a form that CockroachDB has; `--crdb` names the release that is meant."};

// What one thread reads with.
class CockroachGrammar::Reader {
 public:
  explicit Reader(const Target& target)
      : parser_(&stream_, target),
        literals_(literals_of(parser_.getVocabulary())),
        scanner_(literals_),
        errors_(std::make_shared<FirstError>()) {
    const auto* generated = parser_.getInterpreter<antlr4::atn::ParserATNSimulator>();
    simulator_ = new Simulator(&parser_, generated->atn, decisions_, contexts_);
    parser_.setInterpreter(simulator_);
    parser_.setErrorHandler(errors_);
    parser_.removeErrorListeners();
    parser_.setBuildParseTree(false);
  }

  std::optional<SyntaxProblem> check(std::string_view statement) {
    if (auto problem = scanner_.scan(statement, scanned_)) return problem;
    types_.clear();
    for (const ScannedToken& token : scanned_) types_ += static_cast<char16_t>(token.type);
    const bool remembered = types_.size() <= longest_remembered;
    if (remembered && accepted_.contains(types_)) return std::nullopt;
    stream_.clear();
    for (const ScannedToken& token : scanned_) stream_.add(token.type, token.begin, token.end);
    stream_.finish(statement.size());
    if (!parses(antlr4::atn::PredictionMode::SLL) &&
        (parser_.too_deep || !parses(antlr4::atn::PredictionMode::LL)))
      return explain(statement);
    if (remembered && accepted_.size() < most_remembered) accepted_.insert(types_);
    return std::nullopt;
  }

  const Scanner& scanner() const { return scanner_; }

 private:
  bool parses(antlr4::atn::PredictionMode mode) {
    simulator_->setPredictionMode(mode);
    stream_.seek(0);
    parser_.start();
    try {
      parser_.one_statement();
      return true;
    } catch (const Refused&) {
      return false;
    }
  }

  SyntaxProblem explain(std::string_view statement) {
    const auto refusal = [&] {
      return Refusal{statement, scanned_, literals_, errors_->at, errors_->expected};
    };
    if (parser_.too_deep) {
      errors_->at = stream_.index();
      return describe_depth(refusal());
    }
    if (errors_->predicate_failed) return describe_release(refusal(), parser_.missing);
    errors_->explaining = true;
    parses(antlr4::atn::PredictionMode::LL);
    errors_->explaining = false;
    return describe(refusal());
  }

  AntlrTokens stream_;
  std::vector<antlr4::dfa::DFA> decisions_;
  antlr4::atn::PredictionContextCache contexts_;
  Parser parser_;
  std::vector<std::string> literals_;
  Scanner scanner_;
  std::shared_ptr<FirstError> errors_;
  Simulator* simulator_ = nullptr;  // owned by the parser
  std::vector<ScannedToken> scanned_;
  // Whether a statement parses depends on nothing but the types of its tokens.
  std::u16string types_;
  std::unordered_set<std::u16string> accepted_;
};

CockroachGrammar::CockroachGrammar(const Target& target) : target_(target) {}

CockroachGrammar::~CockroachGrammar() = default;

CockroachGrammar::Reader& CockroachGrammar::reader(size_t number) {
  while (readers_.size() <= number) readers_.push_back(std::make_unique<Reader>(target_));
  return *readers_[number];
}

std::optional<SyntaxProblem> CockroachGrammar::check(std::string_view statement) {
  return reader(0).check(statement);
}

CutText CockroachGrammar::cut(std::string_view sql) {
  return cut_statements(reader(0).scanner(), sql);
}

std::vector<std::optional<SyntaxProblem>> CockroachGrammar::check_all(
    std::span<const std::string_view> statements) {
  size_t bytes = 0;
  for (const std::string_view statement : statements) bytes += statement.size();
  const size_t threads = worthwhile_threads(bytes, bytes_of_a_thread);
  reader(threads - 1);
  std::vector<std::optional<SyntaxProblem>> problems(statements.size());
  in_batches(statements.size(), threads,
             [&](size_t thread, size_t i) { problems[i] = readers_[thread]->check(statements[i]); });
  return problems;
}

}  // namespace pg2crdb
