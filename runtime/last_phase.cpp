#include "runtime/last_phase.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "plan/object_name.h"

namespace pg2crdb {
namespace {

/// What is left of a text, read from its beginning. What does not match is left as it is.
class Text {
 public:
  explicit Text(std::string_view text) : rest_(text) {}

  bool take(std::string_view words) {
    if (!rest_.starts_with(words)) return false;
    rest_.remove_prefix(words.size());
    return true;
  }

  std::optional<std::string> take_quoted(char quote) {
    if (!rest_.starts_with(quote)) return {};
    std::string out;
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] != quote) {
        out += rest_[i];
      } else if (i + 1 < rest_.size() && rest_[i + 1] == quote) {
        out += rest_[i++];
      } else {
        rest_.remove_prefix(i + 1);
        return out;
      }
    }
    return {};
  }

  std::optional<std::string> take_identifier() {
    if (rest_.starts_with('"')) return take_quoted('"');
    const auto is_in_word = [](unsigned char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || c >= 0x80;
    };
    const auto end = std::ranges::find_if_not(rest_, is_in_word);
    std::string word(rest_.begin(), end);
    if (word.empty()) return {};
    rest_.remove_prefix(word.size());
    return word;
  }

  /// Of two parts; with one, the schema is empty.
  std::optional<ObjectName> take_name() {
    std::optional<std::string> first = take_identifier();
    if (!first) return {};
    if (!take(".")) return ObjectName{"", *first};
    std::optional<std::string> second = take_identifier();
    if (!second) return {};
    return ObjectName{*first, *second};
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// The name that it gives a sequence's value to, where it is SELECT pg_catalog.setval('name', `value`,
/// `is_called`).
std::optional<ObjectName> sequence_set_by(const std::string& sql, const LoadPlan::Sequence& sequence) {
  Text text(sql);
  if (!text.take("SELECT pg_catalog.setval(")) return {};
  const std::optional<std::string> literal = text.take_quoted('\'');
  const std::string values = ", " + std::to_string(sequence.value);
  const bool is_its_value = text.rest() == values + (sequence.is_called ? ", true)" : ", false)") ||
                            (sequence.is_called && text.rest() == values + ")");
  if (!literal || !is_its_value) return {};
  Text name(*literal);
  const std::optional<ObjectName> named = name.take_name();
  return name.rest().empty() ? named : std::nullopt;
}

bool is_done_by_set_sequences(const LoadPlan& plan, const LoadPlan::Statement& statement) {
  return std::ranges::any_of(plan.sequences, [&](const LoadPlan::Sequence& sequence) {
    return sequence.has_value && sequence_set_by(statement.sql, sequence) == sequence.target();
  });
}

}  // namespace

bool is_validation(const LoadPlan::Statement& statement) {
  Text text(statement.sql);
  return text.take("ALTER TABLE ") && text.take_name() && text.take(" VALIDATE CONSTRAINT ") &&
         text.take_identifier() && text.rest().empty();
}

bool is_to_run_once(const LoadPlan& plan, const LoadPlan::Statement& statement) {
  static constexpr std::array<std::string_view, 12> kinds = {"SELECT", "EXPLAIN", "INSERT", "UPSERT",
                                                             "UPDATE", "DELETE",  "MERGE",  "DO",
                                                             "CALL",   "EXECUTE", "WITH",   "unparsed"};
  const std::string_view kind = std::string_view(statement.kind).substr(0, statement.kind.find(' '));
  return std::ranges::find(kinds, kind) != kinds.end() && !is_done_by_set_sequences(plan, statement);
}

std::vector<size_t> statements_of_last_phase(const LoadPlan& plan) {
  std::vector<size_t> statements;
  bool are_done_otherwise = true;
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    const LoadPlan::Statement& statement = plan.statements[i];
    if (statement.phase != last_phase || is_validation(statement)) continue;
    statements.push_back(i);
    are_done_otherwise = are_done_otherwise && is_done_by_set_sequences(plan, statement);
  }
  if (are_done_otherwise) statements.clear();
  return statements;
}

}  // namespace pg2crdb
