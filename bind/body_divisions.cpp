// PostgreSQL divides integers by `/` into integers, CockroachDB into decimals. A body is text, so that what
// is divided is told by the words around.
#include "bind/body_divisions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "parser/sql_tokens.h"

namespace pg2crdb {
namespace {

using transform::Token;

constexpr std::string_view integer_types[] = {"bigint", "bigserial", "int",    "int2",     "int4",
                                              "int8",   "integer",   "serial", "smallint", "smallserial"};
constexpr std::string_view other_types[] = {"dec",    "decimal",  "double", "float",   "float4",
                                            "float8", "interval", "money",  "numeric", "real"};
constexpr std::string_view integer_functions[] = {"array_length", "ascii",    "bit_length", "cardinality",
                                                  "char_length",  "count",    "length",     "nextval",
                                                  "octet_length", "position", "strpos"};
constexpr std::string_view other_functions[] = {"avg",     "cbrt",  "ceil", "ceiling", "date_part", "exp",
                                                "extract", "floor", "ln",   "log",     "pi",        "power",
                                                "random",  "round", "sqrt", "stddev",  "trunc"};
/// Words in front of a parenthesis that call nothing.
constexpr std::string_view no_functions[] = {
    "and", "between", "by",     "case",   "else", "elsif",  "from", "if",    "in",    "like", "not",
    "on",  "or",      "return", "select", "then", "values", "when", "where", "while", "using"};

template <class Range>
bool contains(const Range& range, std::string_view word) {
  return std::find(std::begin(range), std::end(range), word) != std::end(range);
}

Operand of_both(Operand left, Operand right) {
  if (left == Operand::other || right == Operand::other) return Operand::other;
  return left == right ? left : Operand::unknown;
}

class Reader {
 public:
  using NameKind = std::function<Operand(const std::vector<std::string>&)>;

  Reader(const std::string& body, const NameKind& name_kind) : body_(body), name_kind_(name_kind) {
    std::string error;
    const bool zero = body.find('\0') != std::string::npos;
    if (auto tokens = zero ? std::nullopt : transform::scan_sql(body, error)) tokens_ = std::move(*tokens);
  }

  std::vector<Division> read() {
    read_declarations();
    std::vector<Division> divisions;
    for (size_t i = 1; i + 1 < tokens_.size(); ++i) {
      if (!is(i, "/")) continue;
      const auto begin = body_.begin();
      const auto lines = std::count(begin, begin + static_cast<std::ptrdiff_t>(tokens_[i].begin), '\n');
      divisions.push_back({tokens_[i].begin, static_cast<size_t>(lines) + 1, of_both(left(i), right(i))});
    }
    return divisions;
  }

 private:
  static constexpr size_t none = static_cast<size_t>(-1);

  /// A part of an expression that stands by itself, from its first token to behind its last.
  struct Part {
    size_t begin = none;
    size_t end = none;
    Operand kind = Operand::unknown;
  };

  bool is(size_t i, std::string_view word) const { return i < tokens_.size() && tokens_[i].is(word); }

  /// `DECLARE n integer := 7;` and `FOR n IN 1..7 LOOP`
  void read_declarations() {
    bool declares = false, begins = false;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const bool first = begins;
      begins = is(i, ";") || is(i, "declare");
      if (is(i, "declare")) declares = true;
      if (is(i, "begin")) declares = false;
      if (is(i, "for") && is(i + 2, "in")) {
        size_t end = i + 3;
        while (end < tokens_.size() && !is(end, "loop") && !is(end, "select")) ++end;
        const std::string_view text = std::string_view(body_).substr(tokens_[i].end);
        const bool counts =
            is(end, "loop") && text.substr(0, tokens_[end].begin - tokens_[i].end).find("..") != text.npos;
        if (counts) declare(tokens_[i + 1].name(), Operand::integer);
      }
      if (!declares || !first || !tokens_[i].is_name()) continue;
      const size_t type = is(i + 1, "constant") ? i + 2 : i + 1;
      const bool whole = type < tokens_.size() && tokens_[type].is_name() && !is(type + 1, ".") &&
                         !is(type + 1, "%") && !is(type + 1, "[");
      declare(tokens_[i].name(), whole ? operand_of_type(tokens_[type].name()) : Operand::unknown);
    }
  }

  /// One of two that differ is not known.
  void declare(const std::string& name, Operand kind) {
    const auto [known, is_new] = declared_.emplace(name, kind);
    if (!is_new && known->second != kind) known->second = Operand::unknown;
  }

  Operand kind_of(const std::vector<std::string>& parts) const {
    const auto known = parts.size() == 1 ? declared_.find(parts.front()) : declared_.end();
    return known == declared_.end() ? name_kind_(parts) : known->second;
  }

  /// What stands to the left of the operator at `op`, with what is multiplied before.
  Operand left(size_t op) const {
    Operand all = Operand::integer;
    for (size_t depth = 0; depth < tokens_.size(); ++depth) {
      const Part part = part_before(op);
      if (part.begin == none) return all == Operand::other ? all : Operand::unknown;
      all = of_both(all, part.kind);
      if (part.begin == 0) return all;
      op = part.begin - 1;
      if (is(op, "^")) return Operand::other;
      if (!is(op, "*") && !is(op, "/") && !is(op, "%")) return all;
    }
    return Operand::unknown;
  }

  Operand right(size_t op) const {
    size_t begin = op + 1;
    while (is(begin, "-") || is(begin, "+")) ++begin;
    const Part part = part_from(begin);
    return is(part.end, "^") ? Operand::other : part.kind;
  }

  Operand of_cast(size_t type) const {
    return type < tokens_.size() && tokens_[type].is_name() && !is(type + 1, "[")
               ? operand_of_type(tokens_[type].name())
               : Operand::unknown;
  }

  /// Of the expression between two tokens: sums of products.
  Operand inside(size_t begin, size_t end) const {
    Operand all = Operand::integer;
    for (bool first = true; begin < end; first = false) {
      if (!first) {
        const bool arithmetic =
            is(begin, "+") || is(begin, "-") || is(begin, "*") || is(begin, "/") || is(begin, "%");
        if (is(begin, "^")) return Operand::other;
        if (!arithmetic) return Operand::unknown;
        ++begin;
      }
      while (begin < end && (is(begin, "-") || is(begin, "+"))) ++begin;
      const Part part = part_from(begin);
      if (part.end == none || part.end > end) return Operand::unknown;
      all = of_both(all, part.kind);
      begin = part.end;
    }
    return all;
  }

  size_t closing(size_t open) const {
    size_t depth = 0;
    for (size_t i = open; i < tokens_.size(); ++i) {
      if (is(i, "(")) ++depth;
      if (is(i, ")") && --depth == 0) return i;
    }
    return none;
  }
  size_t opening(size_t close) const {
    size_t depth = 0;
    for (size_t i = close + 1; i-- > 0;) {
      if (is(i, ")")) ++depth;
      if (is(i, "(") && --depth == 0) return i;
    }
    return none;
  }

  bool is_number(size_t i) const {
    return i < tokens_.size() && tokens_[i].kind == Token::Kind::other && tokens_[i].text[0] >= '0' &&
           tokens_[i].text[0] <= '9';
  }

  Operand of_call(size_t name) const {
    const std::string called = tokens_[name].name();
    if (contains(integer_functions, called)) return Operand::integer;
    return contains(other_functions, called) ? Operand::other : Operand::unknown;
  }

  /// The part that begins there.
  Part part_from(size_t begin) const {
    Part part;
    if (begin >= tokens_.size()) return part;
    size_t end = begin + 1;
    if (is_number(begin)) {
      const bool whole = tokens_[begin].text.find_first_not_of("0123456789_") == std::string_view::npos;
      part.kind = whole ? Operand::integer : Operand::other;
    } else if (tokens_[begin].text[0] == '$' && tokens_[begin].kind == Token::Kind::other) {
      part.kind = kind_of({std::string(tokens_[begin].text)});
    } else if (is(begin, "(")) {
      const size_t close = closing(begin);
      if (close == none) return part;
      part.kind = inside(begin + 1, close);
      end = close + 1;
      if (is(end, ".") && end + 1 < tokens_.size()) {  // (NEW).n
        part.kind = close == begin + 2 ? kind_of({tokens_[begin + 1].name(), tokens_[end + 1].name()})
                                       : Operand::unknown;
        end += 2;
      }
    } else if (tokens_[begin].is_name()) {
      std::vector<std::string> parts = {tokens_[begin].name()};
      while (is(end, ".") && end + 1 < tokens_.size() && tokens_[end + 1].is_name()) {
        parts.push_back(tokens_[end + 1].name());
        end += 2;
      }
      if (is(end, "(")) {
        part.kind = of_call(end - 1);
        const size_t close = closing(end);
        if (close == none) return part;
        end = close + 1;
      } else {
        part.kind = is(begin, "case") ? Operand::unknown : kind_of(parts);
      }
    } else {
      return part;
    }
    while (is(end, "[")) {
      while (end < tokens_.size() && !is(end, "]")) ++end;
      ++end;
      part.kind = Operand::unknown;
    }
    while (is(end, "::")) {
      part.kind = of_cast(end + 1);
      end += is(end + 1, "double") ? 3 : 2;
      if (is(end, "(")) end = closing(end) == none ? tokens_.size() : closing(end) + 1;
    }
    part.begin = begin;
    part.end = end;
    return part;
  }

  /// The part that ends in front of a token: one from where it may begin that ends there.
  Part part_before(size_t end) const {
    constexpr size_t furthest = 200;
    for (size_t begin = end; begin-- > 0 && end - begin < furthest;) {
      if (is(begin, ";")) break;
      if (is(begin, ".") || is(begin, "::")) continue;
      const bool goes_on = begin > 0 && (is(begin - 1, ".") || is(begin - 1, "::"));
      const bool called = begin > 0 && is(begin, "(") && tokens_[begin - 1].is_name() &&
                          !contains(no_functions, tokens_[begin - 1].name());
      if (goes_on || called) continue;
      const Part part = part_from(begin);
      if (part.end == end) return part;
    }
    return {};
  }

  const std::string& body_;
  const NameKind& name_kind_;
  std::vector<Token> tokens_;
  std::map<std::string, Operand> declared_;
};

}  // namespace

std::vector<Division> divisions_of_body(
    const std::string& body, const std::function<Operand(const std::vector<std::string>&)>& name_kind) {
  if (body.find('/') == std::string::npos) return {};
  return Reader(body, name_kind).read();
}

Operand operand_of_type(const std::string& type) {
  if (contains(integer_types, type)) return Operand::integer;
  return contains(other_types, type) ? Operand::other : Operand::unknown;
}

}  // namespace pg2crdb
