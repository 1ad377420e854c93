#include "parser/databases.h"

#include <algorithm>
#include <array>
#include <utility>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

struct Word {
  std::string text;
  bool quoted = false;
};

// The words that a statement begins with, names and strings as SQL reads them; other bytes are words by
// themselves.
std::vector<Word> first_words(std::string_view sql, size_t most) {
  std::vector<Word> words;
  for (size_t i = 0; i < sql.size() && words.size() < most;) {
    const char c = sql[i];
    Word word;
    if (is_blank(c)) {
      ++i;
      continue;
    }
    if (c == '"' || c == '\'') {
      word.quoted = true;
      for (++i; i < sql.size(); ++i) {
        if (sql[i] == c && !sql.substr(i + 1).starts_with(c)) break;
        if (sql[i] == c) ++i;
        word.text += sql[i];
      }
      ++i;
    } else if (in_name(c)) {
      for (; i < sql.size() && in_name(sql[i]); ++i) word.text += lower(sql[i]);
    } else {
      word.text = c;
      ++i;
    }
    words.push_back(std::move(word));
  }
  return words;
}

bool is(const std::vector<Word>& words, size_t i, std::string_view text) {
  return i < words.size() && !words[i].quoted && words[i].text == text;
}

template <size_t N>
bool is_one_of(const std::vector<Word>& words, size_t i, const std::array<std::string_view, N>& texts) {
  return std::any_of(texts.begin(), texts.end(), [&](std::string_view text) { return is(words, i, text); });
}

constexpr std::array changes = {"create"sv, "alter"sv, "drop"sv};
constexpr std::array role_words = {"role"sv, "user"sv, "group"sv};
constexpr std::array session_words = {"set"sv,    "reset"sv,    "begin"sv,   "start"sv,
                                      "commit"sv, "rollback"sv, "discard"sv, "checkpoint"sv};

// What the cluster owns, not a database: roles and tablespaces.
bool is_of_cluster(const std::vector<Word>& words) {
  if (is_one_of(words, 0, changes))
    return (is_one_of(words, 1, role_words) && !is(words, 2, "mapping")) || is(words, 1, "tablespace");
  if (is(words, 0, "comment")) return is(words, 2, "role") || is(words, 2, "tablespace");
  if (!is(words, 0, "grant") && !is(words, 0, "revoke")) return false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (is(words, i, "on")) return is(words, i + 1, "tablespace") || is(words, i + 1, "parameter");
  }
  return true;  // GRANT role TO role
}

// UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = 'template1'
bool changes_database_row(const std::vector<Word>& words) {
  return is(words, 0, "update") && is(words, 1, "pg_catalog") && is(words, 3, "pg_database");
}

// What pg_dump writes into a database that holds nothing: settings, the language and the schema that each
// has.
bool says_nothing(const std::vector<Word>& words) {
  if (is_one_of(words, 0, session_words)) return true;
  if (is(words, 0, "select")) {
    return is(words, 1, "set_config") || (is(words, 1, "pg_catalog") && is(words, 3, "set_config"));
  }
  if (changes_database_row(words)) return true;
  if (is(words, 0, "create")) return is(words, 1, "extension") && is(words, 5, "plpgsql");
  if (is(words, 0, "comment"))
    return (is(words, 2, "extension") && is(words, 3, "plpgsql")) ||
           (is(words, 2, "schema") && is(words, 3, "public"));
  if (is(words, 0, "alter")) return is(words, 1, "schema") && is(words, 2, "public");
  if (!is(words, 0, "grant") && !is(words, 0, "revoke")) return false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (is(words, i, "on")) return is(words, i + 1, "schema") && is(words, i + 2, "public");
  }
  return false;
}

std::optional<std::string> database_of(const std::vector<Word>& words) {
  size_t at = words.size();
  if (is_one_of(words, 0, changes)) {
    if (is(words, 1, "database")) at = is(words, 2, "if") ? 4 : 2;
    for (size_t i = 2; is_one_of(words, 1, role_words) && i + 2 < words.size(); ++i) {
      if (is(words, i, "in") && is(words, i + 1, "database")) at = i + 2;
    }
  } else if (is(words, 0, "comment") || is(words, 0, "security")) {
    for (size_t i = 1; i + 1 < std::min<size_t>(words.size(), 6); ++i) {
      if (is(words, i, "on") && is(words, i + 1, "database")) at = i + 2;
    }
  } else if (is(words, 0, "grant") || is(words, 0, "revoke")) {
    for (size_t i = 1; i + 1 < words.size() && at == words.size(); ++i) {
      if (is(words, i, "on") && is(words, i + 1, "database")) at = i + 2;
    }
  }
  for (size_t i = 4; changes_database_row(words) && i + 3 < words.size(); ++i) {
    if (is(words, i, "where") && is(words, i + 1, "datname")) at = i + 3;
  }
  if (at >= words.size()) return std::nullopt;
  return words[at].text;
}

constexpr size_t enough_words = 24;

}  // namespace

std::optional<std::string> database_of_statement(std::string_view sql) {
  return database_of(first_words(sql, enough_words));
}

size_t DatabaseParts::part(const std::string& name) {
  const auto it = std::find_if(parts_.begin(), parts_.end(),
                               [&](const DatabasePart& candidate) { return candidate.name == name; });
  if (it != parts_.end()) return static_cast<size_t>(it - parts_.begin());
  parts_.push_back({name, false, {}});
  return parts_.size() - 1;
}

void DatabaseParts::connect(const std::string& name) {
  if (name.empty()) return;
  connected_ = true;
  current_ = part(name);
  if (name == chosen_) read_ = current_;
}

bool DatabaseParts::takes(std::string_view sql) {
  // Most scripts never leave the one database: their statements need not be looked at.
  if (all_ || (chosen_.empty() && read_ == current_)) return true;
  const std::vector<Word> words = first_words(sql, enough_words);
  last_ = current_;
  if (const auto about = database_of(words)) {
    // A statement about a database that the script does not connect to is kept: what it says is reported.
    const bool of_read = read_ != none ? *about == parts_[read_].name : chosen_.empty() || *about == chosen_;
    if (of_read || chosen_.empty()) return true;
    last_ = part(*about);
    ++parts_[last_].found.statements;
    return false;
  }
  if (is_of_cluster(words)) return true;
  if (!says_nothing(words)) {
    parts_[current_].content = true;
    if (read_ == none && chosen_.empty()) read_ = current_;
  }
  // Before the first \connect nothing is left out but by choice of another database: settings, and no
  // content.
  const bool taken = chosen_.empty() ? read_ == none || read_ == current_
                                     : current_ == read_ || (current_ == 0 && !parts_[0].content);
  if (!taken) ++parts_[current_].found.statements;
  return taken;
}

void DatabaseParts::count_rows(uint64_t rows) {
  parts_[last_].found.rows += rows;
}

bool DatabaseParts::ambiguous() const {
  return chosen_.empty() && std::count_if(parts_.begin(), parts_.end(),
                                          [](const DatabasePart& each) { return each.content; }) > 1;
}

const std::string& DatabaseParts::read() const {
  return read_ == none ? parts_[0].name : parts_[read_].name;
}

}  // namespace pg2crdb
