// What json keeps of a text and jsonb does not.
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

#include "scan/value_checks.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

using simdjson::ondemand::json_type;

constexpr size_t deepest = 10000;

/// Walks a JSON text. Each step is true where what is looked for was met.
class JsonSearch {
 public:
  enum class What { equal_keys, number_beyond_double };

  explicit JsonSearch(What what) : what_(what) {}

  bool run(std::string_view json) {
    if (json.size() > parser_.capacity() &&
        parser_.allocate(2 * json.size() + 1024, deepest) != simdjson::SUCCESS)
      return false;
    text_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    text_ = json;
    keys_.clear();
    simdjson::ondemand::document document;
    if (parser_.iterate(simdjson::padded_string_view(text_.data(), text_.size(), text_.capacity()))
            .get(document) != simdjson::SUCCESS)
      return false;
    return value(document);
  }

 private:
  template <class Value>
  bool value(Value& json) {
    json_type type = json_type::null;
    if (json.type().get(type) != simdjson::SUCCESS) return false;
    switch (type) {
      case json_type::object:
        return object(json);
      case json_type::array:
        return array(json);
      case json_type::number:
        return what_ == What::number_beyond_double && number(json);
      default:
        return false;
    }
  }

  template <class Value>
  bool object(Value& json) {
    simdjson::ondemand::object members;
    if (json.get_object().get(members) != simdjson::SUCCESS) return false;
    const size_t first = keys_.size();
    for (auto member : members) {
      simdjson::ondemand::field field;
      if (std::move(member).get(field) != simdjson::SUCCESS) return false;
      // Half of a surrogate pair has no UTF-8: such keys are compared as they are written.
      std::string_view key;
      const simdjson::ondemand::raw_json_string raw = field.key();
      if (field.unescaped_key().get(key) != simdjson::SUCCESS) key = as_written(raw);
      if (what_ == What::equal_keys) keys_.push_back(key);
      if (value(field.value())) return true;
    }
    const auto begin = keys_.begin() + static_cast<ptrdiff_t>(first);
    std::sort(begin, keys_.end());
    const bool equal = std::adjacent_find(begin, keys_.end()) != keys_.end();
    keys_.erase(begin, keys_.end());
    return equal;
  }

  template <class Value>
  bool array(Value& json) {
    simdjson::ondemand::array elements;
    if (json.get_array().get(elements) != simdjson::SUCCESS) return false;
    for (auto element : elements) {
      simdjson::ondemand::value inner;
      if (std::move(element).get(inner) != simdjson::SUCCESS) return false;
      if (value(inner)) return true;
    }
    return false;
  }

  template <class Value>
  static bool number(Value& json) {
    std::string_view token;
    if (simdjson::simdjson_result<std::string_view>(json.raw_json_token()).get(token) != simdjson::SUCCESS)
      return false;
    double number = 0;
    const auto [end, problem] = std::from_chars(token.data(), token.data() + token.size(), number);
    return problem == std::errc::result_out_of_range;
  }

  std::string_view as_written(const simdjson::ondemand::raw_json_string& raw) const {
    const char* const begin = raw.raw();
    const char* end = begin;
    while (end < text_.data() + text_.size() && *end != '"') end += *end == '\\' ? 2 : 1;
    return {begin, static_cast<size_t>(end - begin)};
  }

  const What what_;
  simdjson::ondemand::parser parser_;
  std::string text_;
  std::vector<std::string_view> keys_;  ///< of the objects around the place, one behind the other
};

bool search(JsonSearch::What what, std::string_view json) {
  thread_local JsonSearch searches[] = {JsonSearch(JsonSearch::What::equal_keys),
                                        JsonSearch(JsonSearch::What::number_beyond_double)};
  return searches[static_cast<size_t>(what)].run(json);
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
  return search(JsonSearch::What::number_beyond_double, json);
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
