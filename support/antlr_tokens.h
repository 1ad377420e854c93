#pragma once
#include <antlr4-runtime.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Tokens for a parser of ANTLR's that a scanner of another kind makes. Only for sources that are compiled
/// with ANTLR's headers.
namespace pg2crdb {

class AntlrToken final : public antlr4::Token {
 public:
  AntlrToken(size_t type, size_t begin, size_t end, size_t index)
      : type_(type), begin_(begin), end_(end), index_(index) {}
  std::string getText() const override { return {}; }
  size_t getType() const override { return type_; }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() const override { return 0; }
  size_t getChannel() const override { return DEFAULT_CHANNEL; }
  size_t getTokenIndex() const override { return index_; }
  size_t getStartIndex() const override { return begin_; }  ///< bytes of the text
  size_t getStopIndex() const override { return end_; }     ///< behind the last byte
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  antlr4::CharStream* getInputStream() const override { return nullptr; }
  std::string toString() const override { return {}; }

 private:
  size_t type_, begin_, end_, index_;
};

/// The tokens of one text after the other: nothing is allocated for a token.
class AntlrTokens : public antlr4::TokenStream {
 public:
  void clear() {
    tokens_.clear();
    at_ = 0;
  }
  void add(size_t type, size_t begin, size_t end) { tokens_.emplace_back(type, begin, end, tokens_.size()); }
  /// `size` is the text's: what reads past the last token finds its end there.
  void finish(size_t size) { add(antlr4::Token::EOF, size, size); }

  void consume() override { ++at_; }
  size_t LA(ssize_t i) override { return LT(i)->getType(); }
  antlr4::Token* LT(ssize_t i) override {
    if (i < 0) return at_ < static_cast<size_t>(-i) ? nullptr : &tokens_[at_ - static_cast<size_t>(-i)];
    return &tokens_[std::min(at_ + static_cast<size_t>(i) - 1, tokens_.size() - 1)];
  }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return tokens_.size(); }
  std::string getSourceName() const override { return {}; }
  antlr4::Token* get(size_t index) const override { return const_cast<AntlrToken*>(&tokens_[index]); }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getText() override { return {}; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

 private:
  std::vector<AntlrToken> tokens_;
  size_t at_ = 0;
};

}  // namespace pg2crdb
