#include "parser/migration_ways.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

constexpr std::array ups = {"up"sv, "ups"sv, "do"sv, "apply"sv, "deploy"sv, "forward"sv};
constexpr std::array downs = {"down"sv, "downs"sv, "undo"sv, "rollback"sv, "revert"sv, "backward"sv};
// More words make a sentence.
constexpr size_t most_words = 4;
constexpr size_t longest = 80;

template <size_t count>
bool is_one_of(std::string_view word, const std::array<std::string_view, count>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

struct Word {
  std::string text;  ///< lower case
  char before = ' ';
};

/// Runs of letters, and what stands before each.
std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_letter(text[i])) continue;
    if (i == 0 || !is_letter(text[i - 1])) words.push_back({{}, i == 0 ? ' ' : text[i - 1]});
    words.back().text += lower(text[i]);
  }
  return words;
}

}  // namespace

std::optional<WayComment> way_comment(std::string_view comment) {
  if (comment.size() > longest) return std::nullopt;
  const std::vector<Word> words = words_of(comment);
  if (words.empty() || words.size() > most_words) return std::nullopt;
  WayComment way;
  size_t ways = 0;
  for (const Word& word : words) {
    const bool down = is_one_of(word.text, downs);
    if (!down && !is_one_of(word.text, ups)) {
      way.pattern += word.text + " ";
      continue;
    }
    ++ways;
    way.down = down;
    way.sure = "@+!"sv.find(word.before) != std::string_view::npos;
    way.pattern += "* ";
  }
  if (way.pattern == "create above drop below ") return WayComment{true, true, std::move(way.pattern)};
  return ways == 1 ? std::optional(way) : std::nullopt;
}

namespace {

/// A path without the last word in it that says a way; what is called alike otherwise has the same.
struct NamedWay {
  std::string pattern;
  bool down = false;
};

NamedWay way_of(std::string_view path) {
  NamedWay way{std::string(path)};
  size_t end = path.size();
  while (end > 0) {
    while (end > 0 && !is_letter(path[end - 1])) --end;
    size_t begin = end;
    while (begin > 0 && is_letter(path[begin - 1])) --begin;
    const std::string word = lower(path.substr(begin, end - begin));
    if (is_one_of(word, downs) || is_one_of(word, ups)) {
      way.down = is_one_of(word, downs);
      // What parts it from the words before goes too: 0001.a.rollback.sql stands beside 0001.a.sql.
      if (begin > 0 && path[begin - 1] != '/') --begin;
      way.pattern.erase(begin, end - begin);
      break;
    }
    end = begin;
  }
  return way;
}

}  // namespace

std::optional<std::pair<std::string, std::string>> way_down_among(const std::vector<std::string>& paths) {
  std::unordered_map<std::string, std::string> others;
  for (const std::string& path : paths) {
    if (NamedWay way = way_of(path); !way.down) others.emplace(std::move(way.pattern), path);
  }
  for (const std::string& path : paths) {
    const NamedWay way = way_of(path);
    const auto other = way.down ? others.find(way.pattern) : others.end();
    if (other != others.end()) return std::pair(path, other->second);
  }
  return std::nullopt;
}

}  // namespace pg2crdb
