#pragma once
#include <antlr4-runtime.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "grammar/scanner.h"
#include "support/antlr_tokens.h"

/// Between the sources of this folder only.
namespace pg2crdb {

/// Scanned tokens for a parser that keeps none: its objects are made when they are looked at, and used again
/// for others. So a text of millions of tokens needs no more memory than the scanner's.
class ScannedTokens final : public antlr4::TokenStream {
 public:
  /// `size` is the text's: what reads past the last token finds its end there.
  void take(std::span<const ScannedToken> tokens, size_t size) {
    tokens_ = tokens;
    end_ = size;
    at_ = 0;
  }

  void consume() override { ++at_; }
  size_t LA(ssize_t i) override {
    if (i < 0) return at_ < static_cast<size_t>(-i) ? 0 : type(at_ - static_cast<size_t>(-i));
    return type(at_ + static_cast<size_t>(i) - 1);
  }
  antlr4::Token* LT(ssize_t i) override {
    if (i >= 0) return make(near_, at_ + static_cast<size_t>(i) - 1);
    return at_ < static_cast<size_t>(-i) ? nullptr : make(near_, at_ - static_cast<size_t>(-i));
  }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return tokens_.size() + 1; }
  std::string getSourceName() const override { return {}; }
  antlr4::Token* get(size_t index) const override { return make(asked_, index); }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getText() override { return {}; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

 private:
  using Ring = std::array<AntlrToken, 8>;

  static Ring ring() {
    const AntlrToken none(0, 0, 0, 0);
    return {none, none, none, none, none, none, none, none};
  }
  size_t type(size_t index) const {
    return index < tokens_.size() ? size_t{tokens_[index].type} : antlr4::Token::EOF;
  }
  antlr4::Token* make(Ring& ring, size_t index) const {
    const size_t known = std::min(index, tokens_.size());
    AntlrToken& token = ring[known % ring.size()];
    token = known < tokens_.size()
                ? AntlrToken(tokens_[known].type, tokens_[known].begin, tokens_[known].end, known)
                : AntlrToken(antlr4::Token::EOF, end_, end_, known);
    return &token;
  }

  std::span<const ScannedToken> tokens_;
  size_t end_ = 0, at_ = 0;
  Ring near_ = ring();
  mutable Ring asked_ = ring();
};

}  // namespace pg2crdb
