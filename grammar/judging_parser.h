#pragma once
#include <antlr4-runtime.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "grammar/unparsed.h"
#include "target/target.h"

namespace pg2crdb {

/// What CockroachDB.g4 is generated on: the checks of CockroachDB's parser that no rule can say. The rules
/// call them behind the words that they are about; what is not in order throws `Unparsed`, with `misfit` set.
class JudgingParser : public antlr4::Parser {
 public:
  using Parser::Parser;

  /// The checker answers for its target.
  virtual bool has(Capability capability) = 0;
  /// What went away when the capability came.
  virtual bool until(Capability capability) = 0;

  const char* misfit = nullptr;   ///< a sentence without full stop; null where a token did not fit
  size_t misfit_at = 0;           ///< index of the token that it is about
  bool reads_body = false;        ///< of a routine
  bool reads_expression = false;  ///< an expression alone, in a body

 protected:
  /// How tightly an operator binds, as the precedences of CockroachDB's grammar. Those of the same level
  /// follow one another from `is_` to `containment` only in parentheses.
  enum class Level : uint8_t {
    none,
    disjunction,
    conjunction,
    negation,
    is_,
    comparison,
    match,
    like,  ///< `match`, and ESCAPE may follow
    escape,
    containment,
    other_operator,
    bit_or,
    bit_xor,
    bit_and,
    shift,
    qualified,  ///< OPERATOR(...); once it is read it binds as `shift` does
    sum,
    product,
    power,
    at,
    sign,
  };

  void begin() {
    misfit = nullptr;
    pending_.clear();
    chains_.clear();
    shape_ = other;
    said_ = 0;
  }

  // ---- A chain of operands. Operators wait on a stack until one that binds less tightly follows.

  void open() { chains_.push_back({pending_.size(), false}); }
  void close() {
    if (chains_.back().operators) shape_ = other;
    pending_.resize(chains_.back().begin);
    chains_.pop_back();
  }
  void touch() { chains_.back().operators = true; }
  void prefix(Level level) {
    touch();
    pending_.push_back(level);
  }
  void infix(Level level) {
    postfix(level);
    pending_.push_back(level == Level::qualified ? Level::shift : level);
  }
  void postfix(Level level) {
    touch();
    const Level its = order(level);
    while (waits() && order(pending_.back()) >= its) {
      if (order(pending_.back()) == its && its >= Level::is_ && its <= Level::containment)
        refuse("needs parentheses beside an operator that binds as tightly");
      pending_.pop_back();
    }
  }
  /// ANY, SOME, ALL behind the operator that was read.
  void quantified() { pending_.back() = Level::other_operator; }
  void escape() {
    touch();
    while (waits() && pending_.back() != Level::like) pending_.pop_back();
    if (!waits()) refuse("needs LIKE, ILIKE or SIMILAR TO before it");
    pending_.back() = Level::escape;
  }

  // ---- What the expression is that was read last.

  void plain() { shape_ = other; }
  void a_query() { shape_ = query; }
  void a_row(size_t values) { shape_ = static_cast<int64_t>(values); }
  void labelled_row() { shape_ = labelled; }
  /// It stands alone in parentheses: of those only a query's mean nothing.
  void enclose() {
    if (shape_ != query) shape_ = other;
  }
  void need_plain() {
    if (shape_ != other) refuse("may follow an expression in parentheses, not a query or a row");
  }
  void need_pair() {
    if (shape_ != 2) refuse("needs a row of two values on each side");
  }
  void need_row() {
    if (shape_ < 0) refuse("needs a row before it, in parentheses of its own: ((1, 2) AS a, b)");
  }
  void need_query() {
    if (shape_ != query) refuse("may follow a query only");
  }
  void need_query_or_row() {
    if (shape_ != query && shape_ < 0)
      refuse("ends an ARRAY that is neither a query nor a row of several values");
  }

  // ---- Privileges: any name, until ON shows that no role is meant.

  void privileges_begin() { no_privilege_ = none; }
  void no_privilege() {
    if (no_privilege_ == none) no_privilege_ = read();
  }
  void need_privileges() {
    if (no_privilege_ != none) refuse_at(no_privilege_, "is no privilege");
  }

  // ---- What may be said once.

  void nothing_said() { said_ = 0; }
  void once(uint32_t what) {
    if ((said_ & what) != 0) refuse("is said twice");
    said_ |= what;
  }
  void clash(uint32_t what, uint32_t with) {
    if ((said_ & with) != 0) refuse("contradicts what was said before");
    said_ |= what;
  }

  void need_text() {
    if (!column_is_text) refuse("needs a column of a string type");
  }
  void need_no_outs() {
    if (outs) refuse("may not be returned beside OUT parameters");
  }
  /// Before an element of GROUP BY: ROLLUP (a) is none, though it may be called anywhere else.
  void not_grouping(size_t rollup, size_t cube, size_t open_parenthesis) {
    const size_t word = getInputStream()->LA(1);
    if ((word == rollup || word == cube) && getInputStream()->LA(2) == open_parenthesis)
      refuse_at(read() + 1, "is not in CockroachDB's GROUP BY");
  }

  // ---- What parses, and is refused when a routine is made: its expressions are given types then.

  void slice() {
    if (reads_body && !has(Capability::array_slices)) refuse("begins a slice, which no release has");
  }
  void default_value() {
    if (reads_expression) refuse("is no value here: a variable of that name needs double quotes");
  }

  bool type_is_text = false;    ///< of the type that was read last
  bool column_is_text = false;  ///< of the column that is being read
  bool outs = false;            ///< among the parameters that were read last

 private:
  static constexpr int64_t other = -1, query = -2, labelled = -3;
  static constexpr size_t none = static_cast<size_t>(-1);

  struct Chain {
    size_t begin = 0;        ///< of its part of `pending_`
    bool operators = false;  ///< it is no operand alone
  };

  static Level order(Level level) { return level == Level::like ? Level::match : level; }
  bool waits() const { return pending_.size() > chains_.back().begin; }
  size_t read() { return getInputStream()->index() - 1; }
  [[noreturn]] void refuse(const char* sentence) { refuse_at(read(), sentence); }
  [[noreturn]] void refuse_at(size_t token, const char* sentence) {
    misfit = sentence;
    misfit_at = token;
    throw Unparsed();
  }

  std::vector<Level> pending_;
  std::vector<Chain> chains_;
  int64_t shape_ = other;  ///< or the number of a row's values
  size_t no_privilege_ = none;
  uint32_t said_ = 0;
};

}  // namespace pg2crdb
