#pragma once
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "parser/sql_tokens.h"

namespace pg2crdb {

/// The turns of a loop: its variable, and what that is in each, as SQL.
struct ConstantLoop {
  std::string variable;
  std::vector<std::string> values = {};
};

/// Variables of a body in PL/pgSQL that are declared with a value and never get another. The tokens are of
/// the `body` that they are given with.
class ConstantVariables {
 public:
  using Tokens = std::span<const transform::Token>;

  /// `name type [:= value]`. One that is declared without a value is a variable all the same. False where it
  /// is no declaration of a variable, or its value is no constant.
  bool declare(const std::string& body, Tokens tokens);
  /// `FOREACH name IN ARRAY ARRAY['a', 'b']`, `FOREACH name IN ARRAY names`, `FOR i IN 1..3`.
  std::optional<ConstantLoop> loop(const std::string& body, Tokens tokens) const;
  void set(const std::string& name, const std::string& sql) { values_[name] = sql; }

  /// Whether one of them may be named there.
  bool any_in(Tokens tokens) const;
  /// The text with their values in their places; empty where one has none, or cannot be told from the field
  /// of something.
  std::string written_in(const std::string& body, Tokens tokens) const;

 private:
  bool is_variable(const transform::Token& token) const;

  std::map<std::string, std::optional<std::string>> values_;  ///< as SQL
  std::map<std::string, std::vector<std::string>> lists_;     ///< of arrays: their elements, as SQL
  std::set<std::string> texts_;                               ///< variables that are texts
};

}  // namespace pg2crdb
