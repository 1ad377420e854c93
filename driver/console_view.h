#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "driver/compile.h"

namespace pg2crdb {

/// Which statements the console lists; what is empty chooses nothing away.
struct StatementChoice {
  std::string rule;
  std::string severity;
  std::string object;  ///< a pattern, as a decision's
  std::string text;    ///< in the statement, its object or its findings, whatever the case
  std::string fate;
  bool open = false;     ///< with findings alone that nobody decided on
  bool decided = false;  ///< those alone that a decision was about
  size_t offset = 0;
  size_t limit = 50;
};

/// One compile of the input, made ready for being asked. Constant once it is made.
class ConsoleView {
 public:
  explicit ConsoleView(Compiled compiled);

  const Compiled& compiled() const { return compiled_; }
  /// The statement with this number; null where none of the input has it.
  const ast::Statement* find(uint64_t id) const;
  /// Members of an object: verdict, counts, effort, rules, decisions.
  const std::string& summary_json() const { return summary_; }
  /// Members of an object: how many there are, and some of them.
  std::string statements_json(const StatementChoice& choice) const;
  /// Of one alone, as an object.
  std::string statement_json(const ast::Statement& statement) const;

 private:
  struct Row {
    const ast::Statement* statement = nullptr;
    std::string_view output;       ///< empty where nothing goes out
    std::vector<size_t> findings;  ///< by number
    std::vector<size_t> decided;   ///< by number
    std::string object;
    std::string searched;  ///< in lower case
  };

  bool is_open(const Row& row) const;
  bool fits(const Row& row, const StatementChoice& choice) const;
  void append(std::string& out, const Row& row) const;
  std::string make_summary() const;
  void append_rules(std::string& out) const;
  void append_decisions(std::string& out) const;

  Compiled compiled_;
  std::vector<Row> rows_;
  std::map<ast::StatementId, size_t> row_of_;
  std::string summary_;
};

}  // namespace pg2crdb
