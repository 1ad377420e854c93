#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "rewrite/rule.h"

namespace pg2crdb::rewrite {

/// A rule and which of its patterns.
struct Candidate {
  size_t rule = 0;
  size_t match = 0;
  auto operator<=>(const Candidate&) const = default;
};

/// A field of a node that has to say something.
struct Need {
  const ast::FieldInfo* field = nullptr;
  std::optional<int64_t> enumerator = {};  ///< and this; else any that is not the first
};

/// A set of texts in which others may seem to be, too.
class TextBits {
 public:
  void add(std::string_view text);
  bool has(const TextBits& all) const {
    for (size_t i = 0; i < bits_.size(); ++i) {
      if ((all.bits_[i] & ~bits_[i]) != 0) return false;
    }
    return true;
  }
  bool empty() const { return bits_ == decltype(bits_){}; }

 private:
  std::array<uint64_t, 8> bits_ = {};
};

/// What is cheap to look at before a rule is tried.
struct Hurdle {
  TextBits texts = {};                        ///< that stand in the statement somewhere
  std::string_view in_table = {};             ///< part of the table's name; empty: anything
  std::string_view in_column = {};            ///< the same of a column that is matched
  std::vector<std::vector<Need>> needs = {};  ///< of the node: one of each list
};

/// Whether a node, or what is in its variant, takes what the hurdle says of it alone: `in_column`, `needs`.
bool clears(const Hurdle& hurdle, const ast::TypeInfo& type, void* node);

/// All texts of a tree, those that stand for variables left out.
TextBits texts_of(const ast::TypeInfo& type, void* node);

/// Whether a pattern of a kind of statement fits: `*` stands for any words.
bool fits_kind(std::string_view pattern, std::string_view kind);

/// Which rules may match a node. It is asked at every node of every statement, and leads past all that no
/// rule wants.
class RuleIndex {
 public:
  /// The rules live at least as long.
  explicit RuleIndex(std::vector<const RewriteRule*> rules);

  const std::vector<const RewriteRule*>& rules() const { return rules_; }
  const Hurdle& hurdle(Candidate candidate) const { return hurdles_[candidate.rule][candidate.match]; }

  /// Whether nodes of a type are matched at all, and whether some may be inside of one.
  bool matches(const ast::TypeInfo& type) const { return table_of_[type.id] != 0; }
  bool leads_on(const ast::TypeInfo& type) const { return leads_on_[type.id] != 0; }
  /// The fields of a structure that are or hold what is matched.
  std::span<const uint16_t> ways(const ast::TypeInfo& type) const {
    return std::span(ways_).subspan(ways_begin_[type.id], ways_begin_[type.id + 1] - ways_begin_[type.id]);
  }

  /// In order of declaration.
  const std::vector<Candidate>& candidates(const ast::TypeInfo& type, const void* node) const;

  /// Whether `candidates_of_kind` may find any for such a statement.
  bool wants_kind(const ast::StatementNode& node) const { return kind_alternatives_[node.index()]; }
  /// Those that match statements by their command's words. A dump has few kinds: `known` remembers.
  const std::vector<Candidate>& candidates_of_kind(
      const std::string& kind, std::unordered_map<std::string, std::vector<Candidate>>& known) const;

 private:
  /// Nodes of one type and alternative.
  struct Alternative {
    std::vector<Candidate> any;
    std::unordered_map<std::string_view, std::vector<Candidate>> by_word;  ///< those of `any` among them
    uint64_t words = 0;                                                    ///< bits of the words in `by_word`
  };
  /// Nodes of one type. Few of a type's alternatives are spoken of, and many indexes are made at each start.
  struct Table {
    std::vector<uint16_t> places = {};    ///< by alternative: where in `lists` its own is, 0 for none
    std::vector<Alternative> lists = {};  ///< the first is of all alternatives that have none
  };

  void add(Candidate candidate);
  Table& table_of(const ast::TypeInfo& type);
  void find_ways();

  std::vector<const RewriteRule*> rules_;
  std::vector<std::vector<Hurdle>> hurdles_;  ///< of each rule's matches
  std::vector<uint16_t> table_of_;  ///< by type id: one more than the place in `tables_`, 0 for none
  std::vector<Table> tables_;
  std::vector<char> leads_on_;        ///< by type id
  std::vector<uint16_t> ways_;        ///< of all types, one behind the other
  std::vector<uint16_t> ways_begin_;  ///< by type id, and the end of the last
  std::unordered_map<std::string, std::vector<Candidate>> kinds_;
  std::vector<std::pair<std::string, Candidate>> kind_patterns_;  ///< those with a `*`
  std::vector<bool> kind_alternatives_ = std::vector<bool>(ast::StatementNode::count);
};

}  // namespace pg2crdb::rewrite
