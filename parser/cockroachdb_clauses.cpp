#include "parser/cockroachdb_clauses.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <variant>

#include "parser/move_offsets.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;
using transform::Token;

constexpr std::string_view cockroachdb = "CockroachDB";

bool is_value_function(const Token& token) {
  constexpr std::array words = {"current_catalog"sv, "current_date"sv,      "current_role"sv,
                                "current_time"sv,    "current_timestamp"sv, "current_user"sv,
                                "localtime"sv,       "localtimestamp"sv,    "session_user"sv};
  return std::ranges::any_of(words, [&](std::string_view word) { return token.is(word); });
}

class Reader {
 public:
  Reader(const std::string& sql, std::vector<Token> tokens)
      : sql_(sql), plain_(sql), tokens_(std::move(tokens)) {
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      if (is(i, "::") && is(i + 1, ":")) erase(i + 1, i + 2);
      // CockroachDB prints current_timestamp(), which PostgreSQL takes without parentheses alone.
      if (i > 0 && is(i, "(") && is(i + 1, ")") && is_value_function(tokens_[i - 1])) erase(i, i + 2);
    }
  }

  std::optional<CockroachStatement> read() {
    if (!is(0, "create")) return parsed();
    if (is(1, "table")) return table();
    if ((is(1, "role") || is(1, "user")) && is(2, "if") && is(3, "not") && is(4, "exists")) return role();
    const size_t kind = kind_of_index(1);
    if (!is(kind, "index")) return parsed();
    CockroachStatement read;
    std::optional<ast::CreateIndex> index = read_index(1, end_of_statement(), {});
    if (!index) return std::nullopt;
    read.node = std::move(*index);
    return read;
  }

 private:
  bool is(size_t i, std::string_view word) const { return i < tokens_.size() && tokens_[i].is(word); }

  size_t end_of_statement() const {
    return !tokens_.empty() && is(tokens_.size() - 1, ";") ? tokens_.size() - 1 : tokens_.size();
  }

  // As it is written.
  std::string text(size_t first, size_t end) const {
    if (first == end) return {};
    return sql_.substr(tokens_[first].begin, tokens_[end - 1].end - tokens_[first].begin);
  }
  // The same without what was left out of it.
  std::string plain(size_t first, size_t end) const {
    if (first == end) return {};
    return plain_.substr(tokens_[first].begin, tokens_[end - 1].end - tokens_[first].begin);
  }

  void erase(size_t first, size_t end) {
    std::fill(plain_.begin() + static_cast<std::ptrdiff_t>(tokens_[first].begin),
              plain_.begin() + static_cast<std::ptrdiff_t>(tokens_[end - 1].end), ' ');
  }

  void leave_out(size_t first, size_t end, VendorClause::Meaning meaning) {
    erase(first, end);
    clauses_.push_back({cockroachdb, tokens_[first].begin, tokens_[end - 1].end, meaning});
  }

  size_t behind_parentheses(size_t i) const {
    int depth = 0;
    for (; i < tokens_.size(); ++i) {
      if (is(i, "(")) ++depth;
      if (is(i, ")") && --depth == 0) return i + 1;
    }
    return tokens_.size();
  }

  // Behind the words before INDEX.
  size_t kind_of_index(size_t i) const {
    if (is(i, "unique")) ++i;
    if (is(i, "inverted") || is(i, "vector")) ++i;
    return i;
  }

  // The words stay as many bytes.
  void write(size_t token, std::string_view word) {
    std::copy(word.begin(), word.end(), plain_.begin() + static_cast<std::ptrdiff_t>(tokens_[token].begin));
  }

  std::optional<CockroachStatement> parsed() {
    ParsedStatement parsed = parse_statement(plain_);
    if (!parsed.error.empty() || plain_ == sql_) return std::nullopt;
    return CockroachStatement{std::move(parsed.node)};
  }

  std::optional<CockroachStatement> role() {
    erase(2, 5);
    std::optional<CockroachStatement> read = parsed();
    auto* role = read ? std::get_if<ast::CreateRole>(&read->node) : nullptr;
    if (role != nullptr) role->if_not_exists = true;
    return read;
  }

  std::optional<CockroachStatement> table() {
    size_t open = 2;
    while (open < tokens_.size() && !is(open, "(")) ++open;
    const size_t close = behind_parentheses(open);
    if (close <= open + 1) return std::nullopt;
    const bool guarded = is(2, "if") && is(3, "not") && is(4, "exists");
    const std::string name = text(guarded ? 5 : 2, open);
    CockroachStatement read;
    bool all_read = true;
    for (size_t first = open + 1; first < close - 1;) {
      size_t end = first;
      while (end < close - 1 && !is(end, ",")) end = is(end, "(") ? behind_parentheses(end) : end + 1;
      all_read = element(first, end, open, name, read) && all_read;
      first = end + 1;
    }
    if (!all_read) return std::nullopt;
    std::string own_clauses;
    if (const size_t end = end_of_statement(); close < end && is_own(close, end)) {
      own_clauses = text(close, end);
      erase(close, end);
    }
    if (plain_ == sql_) return std::nullopt;
    ParsedStatement parsed = parse_statement(plain_);
    auto* created = std::get_if<ast::CreateTable>(&parsed.node);
    if (created == nullptr || !keep(*created)) return std::nullopt;
    created->own_elements = std::move(own_elements_);
    created->own_clauses = std::move(own_clauses);
    read.node = std::move(parsed.node);
    read.clauses = std::move(clauses_);
    return read;
  }

  // What stands behind a table's columns, where PostgreSQL has no such words.
  bool is_own(size_t first, size_t end) const {
    constexpr std::array words = {"locality"sv, "schema_locked"sv, "values"sv, "all"sv};
    for (size_t i = first; i < end; ++i) {
      if (std::ranges::any_of(words, [&](std::string_view word) { return is(i, word); }) ||
          (tokens_[i].is_name() && tokens_[i].name().starts_with("ttl")))
        return true;
    }
    return false;
  }

  bool element(size_t first, size_t end, size_t open, const std::string& table, CockroachStatement& read) {
    const size_t kind = kind_of_index(first);
    if (is(kind, "index") && names_columns(kind + 1)) {
      std::optional<ast::CreateIndex> index = read_index(first, end, table);
      erase_element(first, end, open);
      if (!index) return false;
      read.indexes.push_back({{tokens_[first].begin, tokens_[end - 1].end}, std::move(*index)});
      return true;
    }
    size_t begin = first;
    if (is(begin, "constraint")) begin += 2;
    const bool without_index = is(begin, "unique") && is(begin + 1, "without");
    const bool family = is(first, "family") && names_columns(first + 1);
    if (without_index) {  // which it refuses but for an experimental setting
      leave_out(first, end, VendorClause::Meaning::lost);
      erase_element(first, end, open);
    } else if (family) {
      own_elements_.push_back(text(first, end));
      erase_element(first, end, open);
    } else if (is(begin, "primary") || (is(begin, "unique") && is(begin + 1, "("))) {
      key(begin, end);
      ++constraints_;
    } else if (is(begin, "check") || is(begin, "foreign") || begin != first) {
      ++constraints_;
    } else if (is_shard(tokens_[first])) {
      erase_element(first, end, open);
    } else {
      column(first, end);
    }
    return true;
  }

  // A column that USING HASH makes by itself.
  static bool is_shard(const Token& token) {
    const std::string name = token.is_name() ? token.name() : std::string();
    return name.starts_with("crdb_internal_") && name.find("_shard_") != std::string::npos;
  }

  // Behind a name or none, columns in parentheses: numbers would be of a type, whose column is called so.
  bool names_columns(size_t i) const {
    if (!is(i, "(")) ++i;
    return is(i, "(") && i + 1 < tokens_.size() && (tokens_[i + 1].is_name() || is(i + 1, "("));
  }

  // With the comma before it; the first one's behind it.
  void erase_element(size_t first, size_t end, size_t open) {
    erase(first, end);
    if (first > open + 1) {
      erase(first - 1, first);
    } else if (is(end, ",")) {
      erase(end, end + 1);
    }
  }

  void key(size_t first, size_t end) {
    for (size_t i = first; i < end; ++i) {
      if (is(i, "asc")) {
        erase(i, i + 1);
      } else if (is(i, "desc")) {
        leave_out(i, i + 1, VendorClause::Meaning::lost);
      } else if (is(i, "using") && is(i + 1, "hash")) {
        hashed_.push_back(constraints_);
        erase(i, i + 2);
      } else if (is(i, "storing")) {
        write(i, "include");
      } else if (is(i, "with") && is(i + 1, "(")) {
        leave_out(i, behind_parentheses(i + 1), VendorClause::Meaning::storage);
      } else if (is(i, "not") && is(i + 1, "visible")) {
        leave_out(i, i + 2, VendorClause::Meaning::storage);
      }
    }
  }

  void column(size_t first, size_t end) {
    const std::string name = tokens_[first].name();
    const auto own = [&](size_t begin, size_t behind) {
      std::string& clauses = own_clauses_[name];
      clauses += (clauses.empty() ? "" : " ") + text(begin, behind);
      erase(begin, behind);
      return behind;
    };
    bool refers = false;
    for (size_t i = first + 1; i < end;) {
      refers = refers || is(i, "references");
      if (is(i, "not") && is(i + 1, "visible")) {
        i = own(i, i + 2);
      } else if (is(i, "on") && is(i + 1, "update") && !refers) {
        i = own(i, end_of_expression(i + 2, end));
      } else if (is(i, "family") || (is(i, "create") && is(i + 1, "family"))) {
        i = own(i, end);
      } else if (is(i, "as") && is(i + 1, "(") && !is(i - 1, "always")) {
        const size_t behind = behind_parentheses(i + 1);
        computed_[name] = {plain(i + 2, behind - 1), !is(behind, "virtual")};
        erase(i, std::min(behind + 1, end));
        i = behind + 1;
      } else {
        i = is(i, "(") ? behind_parentheses(i) : i + 1;
      }
    }
  }

  size_t end_of_expression(size_t i, size_t end) const {
    constexpr std::array words = {"not"sv,        "null"sv,   "default"sv, "as"sv,     "check"sv,
                                  "constraint"sv, "unique"sv, "primary"sv, "family"sv, "references"sv};
    while (i < end && std::ranges::none_of(words, [&](std::string_view word) { return is(i, word); }))
      i = is(i, "(") ? behind_parentheses(i) : i + 1;
    return i;
  }

  // Into the tree, what PostgreSQL's grammar does not read. False where something does not find its place.
  bool keep(ast::CreateTable& table) {
    size_t found = 0;
    for (ast::Column& column : table.columns) {
      if (const auto own = own_clauses_.find(column.name); own != own_clauses_.end()) {
        column.own_clauses = own->second;
        ++found;
      }
      const auto computed = computed_.find(column.name);
      if (computed == computed_.end()) continue;
      const auto& [text, stored] = computed->second;
      std::optional<ast::Expr> value = parse_expression(text);
      if (!value) return false;
      column.generated = ast::Box(ast::Generated{ast::Box(std::move(*value)), stored});
      ++found;
    }
    for (const size_t key : hashed_) {
      if (key >= table.constraints.size()) return false;
      table.constraints[key].hash_sharded = true;
    }
    return found == own_clauses_.size() + computed_.size();
  }

  // From UNIQUE, INVERTED or INDEX on. With `table`: an element of it, which has no ON.
  std::optional<ast::CreateIndex> read_index(size_t first, size_t end, const std::string& table) {
    const size_t kind = kind_of_index(first);
    const bool unique = is(first, "unique");
    const std::string_view method = is(kind - 1, "inverted") ? "gin" : is(kind - 1, "vector") ? "hnsw" : "";
    size_t open = kind + 1;
    while (open < end && !is(open, "(")) ++open;
    std::string sql = unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
    sql += text(kind + 1, open) + (table.empty() ? " " : " ON " + table + " ");
    if (!method.empty()) sql += "USING " + std::string(method) + " ";
    const size_t columns_end = behind_parentheses(open);
    bool hashed = false;
    std::string own_clauses;
    const auto own = [&](size_t begin, size_t behind) {
      own_clauses += (own_clauses.empty() ? "" : " ") + text(begin, behind);
      return behind;
    };
    sql += plain(open, columns_end);
    for (size_t i = columns_end; i < end;) {
      if (is(i, "using") && is(i + 1, "hash")) {
        hashed = true;
        i += 2;
      } else if (is(i, "with") && is(i + 1, "(")) {
        i = own(i, behind_parentheses(i + 1));
      } else if ((is(i, "not") && is(i + 1, "visible")) || is(i, "visibility")) {
        i = own(i, i + 2);
      } else {
        sql += " " + (is(i, "storing") || is(i, "covering") ? "INCLUDE" : plain(i, i + 1));
        ++i;
      }
    }
    ParsedStatement parsed = parse_statement(sql);
    auto* index = std::get_if<ast::CreateIndex>(&parsed.node);
    if (index == nullptr) return std::nullopt;
    index->hash_sharded = hashed;
    index->own_clauses = std::move(own_clauses);
    move_offsets(parsed.node, [](size_t) { return 0; });  // its text is made of pieces
    return std::move(*index);
  }

  const std::string& sql_;
  std::string plain_;  ///< with blanks in the place of what PostgreSQL does not know
  std::vector<Token> tokens_;
  std::vector<VendorClause> clauses_;
  std::vector<std::string> own_elements_;
  std::map<std::string, std::string> own_clauses_;                ///< by column
  std::map<std::string, std::pair<std::string, bool>> computed_;  ///< by column: the value, and STORED
  size_t constraints_ = 0;                                        ///< that were met
  std::vector<size_t> hashed_;                                    ///< of these
};

}  // namespace

std::optional<CockroachStatement> read_cockroachdb(std::string_view sql) {
  const std::string text(sql);
  std::string error;
  std::optional<std::vector<Token>> tokens = transform::scan_sql(text, error);
  if (!tokens || tokens->empty()) return std::nullopt;
  return Reader(text, std::move(*tokens)).read();
}

}  // namespace pg2crdb
