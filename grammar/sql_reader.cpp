#include "grammar/sql_reader.h"

#include <CockroachDBParser.h>

#include <unordered_set>

#include "grammar/describe.h"
#include "grammar/reading.h"

namespace pg2crdb {
namespace {

using Generated = antlr::CockroachDBParser;

// Longer ones are not remembered: they do not come again.
constexpr size_t longest_remembered = 4096;
constexpr size_t most_remembered = 100'000;

class Parser final : public LimitedParser<Generated> {
 public:
  Parser(antlr4::TokenStream* tokens, const Target& target) : LimitedParser(tokens), target_(target) {}

  bool has(Capability capability) override {
    if (target_.has(capability)) return true;
    missing = capability;
    getATN();  // the exception that comes of it looks into ANTLR's tables: they have to be made
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
        scanner_(literals_) {}

  std::optional<SyntaxProblem> check(std::string_view statement) {
    if (auto problem = scanner_.scan(statement, scanned_)) return problem;
    return check(Start::statement, statement, scanned_);
  }

  std::optional<SyntaxProblem> check(Start start, std::string_view text,
                                     std::span<const ScannedToken> tokens) {
    types_.assign(1, static_cast<char16_t>(start));
    for (const ScannedToken& token : tokens) types_ += static_cast<char16_t>(token.type);
    const bool remembered = types_.size() <= longest_remembered;
    if (remembered && accepted_.contains(types_)) return std::nullopt;
    frame_.take(tokens, text.size());
    start_ = start;
    if (!parses(antlr4::atn::PredictionMode::SLL) &&
        (frame_.parser.too_deep || !parses(antlr4::atn::PredictionMode::LL)))
      return explain(text, tokens);
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

  SyntaxProblem explain(std::string_view text, std::span<const ScannedToken> tokens) {
    FirstError& errors = *frame_.errors;
    const auto refusal = [&] { return Refusal{text, tokens, literals_, errors.at, errors.expected}; };
    if (frame_.parser.too_deep) {
      errors.at = frame_.stream.index();
      return describe_depth(refusal());
    }
    if (errors.predicate_failed) return describe_release(refusal(), frame_.parser.missing);
    errors.explaining = true;
    parses(antlr4::atn::PredictionMode::LL);
    errors.explaining = false;
    return describe(refusal());
  }

  ParserFrame<Parser> frame_;
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
  return parts_->check(start, text, tokens);
}

const Scanner& SqlReader::scanner() const {
  return parts_->scanner();
}

const std::vector<std::string>& SqlReader::literals() const {
  return parts_->literals();
}

}  // namespace pg2crdb
