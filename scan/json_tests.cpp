// What json keeps of a text and jsonb does not.
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "scan/value_checks.h"
#include "support/ascii.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

/// Walks a JSON text. Each step is true where what is looked for was met.
class JsonSearch {
 public:
  enum class What { equal_keys, number_beyond_double };

  explicit JsonSearch(What what) : what_(what) {}

  /// Of a text that PostgreSQL took for JSON, however deep.
  bool run(std::string_view json) {
    keys_.clear();
    unescaped_.clear();
    opened_.clear();
    bool key_is_next = false;
    for (size_t at = 0; at < json.size();) {
      const char c = json[at];
      size_t end = at + 1;
      if (c == '{' || c == '[') {
        opened_.push_back(c == '{' ? keys_.size() : of_array);
        key_is_next = c == '{';
      } else if (c == '}' || c == ']') {
        if (opened_.empty()) return false;
        if (opened_.back() != of_array && close_object(opened_.back())) return true;
        opened_.pop_back();
      } else if (c == ',') {
        key_is_next = !opened_.empty() && opened_.back() != of_array;
      } else if (c == '"') {
        end = string_end(json, at);
        if (key_is_next && what_ == What::equal_keys) add_key(json.substr(at, end - at));
        key_is_next = false;
      } else if (c == '-' || is_digit(c)) {
        while (end < json.size() && in_number(json[end])) ++end;
        if (what_ == What::number_beyond_double && is_beyond_double(json.substr(at, end - at))) return true;
      }
      at = end;
    }
    return false;
  }

 private:
  static constexpr size_t of_array = std::string_view::npos;

  /// Whether two of its keys, which are the last ones from `first` on, are equal.
  bool close_object(size_t first) {
    const auto begin = keys_.begin() + static_cast<ptrdiff_t>(first);
    std::sort(begin, keys_.end());
    const bool equal = std::adjacent_find(begin, keys_.end()) != keys_.end();
    keys_.erase(begin, keys_.end());
    return equal;
  }

  /// With its quotes. Half of a surrogate pair has no UTF-8: such keys are compared as they are written.
  void add_key(std::string_view written) {
    std::string_view key = written;
    std::string_view text;
    const bool is_escaped = written.find('\\') != std::string_view::npos;
    if (is_escaped && parser_.parse(written.data(), written.size()).get(text) == simdjson::SUCCESS)
      key = unescaped_.emplace_back('"' + std::string(text) + '"');
    keys_.push_back(key);
  }

  static size_t string_end(std::string_view json, size_t quote) {
    size_t at = quote + 1;
    // Most have no escapes.
    const size_t next = json.find('"', at);
    const std::string_view plain = json.substr(at, next - std::min(at, next));
    if (next != std::string_view::npos && plain.find('\\') == std::string_view::npos) return next + 1;
    while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
    return std::min(at + 1, json.size());
  }

  static bool in_number(char c) {
    return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
  }

  static bool is_beyond_double(std::string_view token) {
    // The largest one has 309 digits before the point, the smallest one 323 zeros behind it.
    if (token.size() < 300 && token.find_first_of("eE") == std::string_view::npos) return false;
    double number = 0;
    const auto [end, problem] = std::from_chars(token.data(), token.data() + token.size(), number);
    return problem == std::errc::result_out_of_range;
  }

  const What what_;
  std::vector<std::string_view> keys_;  ///< of the objects around the place, one behind the other
  std::vector<size_t> opened_;          ///< where the keys of each begin, from outside inwards; or of_array
  std::deque<std::string> unescaped_;
  simdjson::dom::parser parser_;
};

bool search(JsonSearch::What what, std::string_view json) {
  thread_local JsonSearch searches[] = {JsonSearch(JsonSearch::What::equal_keys),
                                        JsonSearch(JsonSearch::What::number_beyond_double)};
  return searches[static_cast<size_t>(what)].run(json);
}

/// Told without a walk: such a number has an exponent, or hundreds of digits, some of which stand where it is
/// looked for them.
bool may_have_number_beyond_double(std::string_view json) {
  bool has_exponent = false;
  for (size_t i = 1; i < json.size(); ++i)
    has_exponent |= is_digit(json[i - 1]) & (json[i] == 'e' || json[i] == 'E');
  if (has_exponent) return true;
  constexpr size_t step = 256, few = 16;
  for (size_t at = 0; at + few <= json.size(); at += step) {
    if (json.substr(at, few).find_first_not_of("0123456789.") == std::string_view::npos) return true;
  }
  return false;
}

/// The four digits at `at`; -1 where they are none.
int32_t code_unit(std::string_view json, size_t at) {
  if (at + 4 > json.size()) return -1;
  int32_t unit = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = hex_digit(json[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

}  // namespace

bool has_equal_keys(std::string_view json) {
  return search(JsonSearch::What::equal_keys, json);
}

bool has_number_beyond_double(std::string_view json) {
  return may_have_number_beyond_double(json) && search(JsonSearch::What::number_beyond_double, json);
}

bool has_escape_refused_by_jsonb(std::string_view json) {
  for (size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at)) {
    if (json.substr(at, 2) != "\\u") {
      at += 2;
      continue;
    }
    const int32_t unit = code_unit(json, at + 2);
    at += 6;
    if (unit == 0) return true;
    if (unit < 0xD800 || unit > 0xDFFF) continue;
    const int32_t low = json.substr(std::min(at, json.size()), 2) == "\\u" ? code_unit(json, at + 2) : -1;
    if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return true;
    at += 6;
  }
  return false;
}

}  // namespace pg2crdb
