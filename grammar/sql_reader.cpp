#include "grammar/sql_reader.h"

#include <CockroachDBParser.h>

#include <unordered_set>

#include "grammar/describe.h"
#include "grammar/reading.h"
#include "grammar/scanned_tokens.h"
#include "support/call_with_stack.h"

namespace pg2crdb {
namespace {

using Generated = antlr::CockroachDBParser;

// Longer ones are not remembered: they do not come again.
constexpr size_t longest_remembered = 4096;
constexpr size_t most_remembered = 100'000;
// For max_depth rules within one another; what is not used of it is never there.
constexpr size_t deep_stack = size_t{512} << 20;

class Parser final : public LimitedParser<Generated> {
 public:
  Parser(antlr4::TokenStream* tokens, const Target& target) : LimitedParser(tokens), target_(target) {}

  void start() {
    LimitedParser::start();
    begin();
  }

  bool has(Capability capability) override {
    if (target_.has(capability)) return true;
    missing = capability;
    getATN();  // the exception that comes of it looks into ANTLR's tables: they have to be made
    return false;
  }

  bool until(Capability capability) override {
    if (!target_.has(capability)) return true;
    missing = capability;
    getATN();
    return false;
  }

  Capability missing{};

 private:
  const Target& target_;
};

}  // namespace

class SqlReader::Parts {
 public:
  explicit Parts(const Target& target)
      : frame_(predictions, target),
        literals_(literals_of(frame_.parser.getVocabulary())),
        scanner_(literals_, target.version()) {}

  std::optional<SyntaxProblem> check(std::string_view statement) {
    if (auto problem = scanner_.scan(statement, scanned_)) return problem;
    return check(Start::statement, statement, scanned_, false);
  }

  std::optional<SyntaxProblem> check(Start start, std::string_view text, std::span<const ScannedToken> tokens,
                                     bool in_body) {
    types_.assign({static_cast<char16_t>(start), static_cast<char16_t>(in_body)});
    const bool remembered = tokens.size() <= longest_remembered;
    if (remembered) {
      for (const ScannedToken& token : tokens) types_ += static_cast<char16_t>(token.type);
      if (accepted_.contains(types_)) return std::nullopt;
    }
    frame_.take(tokens, text.size());
    start_ = start;
    frame_.parser.reads_body = in_body;
    frame_.parser.reads_expression = in_body && start == Start::expression;
    if (!parses(antlr4::atn::PredictionMode::SLL)) {
      if (frame_.parser.too_deep) return check_deep(text, tokens);
      const size_t suspected = frame_.errors->at;
      if (!parses_or_explains()) return explain(text, tokens, frame_.errors->at == suspected);
    }
    if (remembered && accepted_.size() < most_remembered) accepted_.insert(types_);
    return std::nullopt;
  }

  const Scanner& scanner() const { return scanner_; }
  const std::vector<std::string>& literals() const { return literals_; }

 private:
  bool parses(antlr4::atn::PredictionMode mode) {
    return frame_.parses(mode, [this](Parser& parser) {
      switch (start_) {
        case Start::statement:
          parser.one_statement();
          break;
        case Start::expression:
          parser.one_expression();
          break;
        case Start::type:
          parser.one_type();
          break;
      }
    });
  }

  // On a stack that is large enough. ANTLR's second way of deciding would go down the whole stack at each
  // decision: the first has to do.
  std::optional<SyntaxProblem> check_deep(std::string_view text, std::span<const ScannedToken> tokens) {
    bool read = false;
    const bool called = call_with_stack(deep_stack, [&] {
      frame_.parser.deepest = CockroachGrammar::max_depth;
      read = parses(antlr4::atn::PredictionMode::SLL);
      frame_.parser.deepest = Parser::ordinary_depth;
    });
    if (read) return std::nullopt;
    FirstError& errors = *frame_.errors;
    if (!called || frame_.parser.too_deep) errors.at = frame_.stream.index();
    const Refusal refusal{text, tokens, literals_, errors.at, errors.expected};
    if (!called || frame_.parser.too_deep) return describe_depth(refusal);
    return describe_known(refusal).value_or(describe(refusal));
  }

  // What is known without reading again.
  std::optional<SyntaxProblem> describe_known(Refusal refusal) const {
    if (frame_.parser.misfit != nullptr) {
      refusal.at = frame_.parser.misfit_at;
      return describe_misfit(refusal, frame_.parser.misfit);
    }
    if (frame_.errors->predicate_failed) return describe_release(refusal, frame_.parser.missing);
    return std::nullopt;
  }

  // Gathers what could stand at `errors->at` on the way.
  bool parses_or_explains() {
    frame_.errors->explaining = true;
    const bool parsed = parses(antlr4::atn::PredictionMode::LL);
    frame_.errors->explaining = false;
    return parsed;
  }

  // `gathered`: what could stand where it is refused is known.
  SyntaxProblem explain(std::string_view text, std::span<const ScannedToken> tokens, bool gathered) {
    FirstError& errors = *frame_.errors;
    const auto refusal = [&] { return Refusal{text, tokens, literals_, errors.at, errors.expected}; };
    if (const auto known = describe_known(refusal())) return *known;
    if (scanner_.has_later_words()) {
      if (const auto later = word_of_later_release(text)) return *later;
      frame_.take(tokens, text.size());
      gathered = false;
    }
    if (!gathered) parses_or_explains();
    return describe(refusal());
  }

  // A word that the release does not know may be what it refuses.
  std::optional<SyntaxProblem> word_of_later_release(std::string_view text) {
    std::vector<ScannedToken> tokens;
    if (scanner_.scan_as_newest(text, tokens)) return std::nullopt;
    const size_t at = frame_.errors->at;
    frame_.take(tokens, text.size());
    parses(antlr4::atn::PredictionMode::LL);
    if (frame_.errors->predicate_failed) {
      return describe_release({text, tokens, literals_, frame_.errors->at, frame_.errors->expected},
                              frame_.parser.missing);
    }
    frame_.errors->at = at;
    return std::nullopt;
  }

  ParserFrame<Parser, ScannedTokens> frame_;
  std::vector<std::string> literals_;
  Scanner scanner_;
  std::vector<ScannedToken> scanned_;
  Start start_ = Start::statement;
  // Whether a text parses depends on nothing but the types of its tokens, and on what it is to be.
  std::u16string types_;
  std::unordered_set<std::u16string> accepted_;
};

SqlReader::SqlReader(const Target& target) : parts_(std::make_unique<Parts>(target)) {}

SqlReader::~SqlReader() = default;

std::optional<SyntaxProblem> SqlReader::check(std::string_view statement) {
  return parts_->check(statement);
}

std::optional<SyntaxProblem> SqlReader::check(Start start, std::string_view text,
                                              std::span<const ScannedToken> tokens) {
  return parts_->check(start, text, tokens, true);
}

const Scanner& SqlReader::scanner() const {
  return parts_->scanner();
}

const std::vector<std::string>& SqlReader::literals() const {
  return parts_->literals();
}

}  // namespace pg2crdb
