#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "scan/key_sample.h"
#include "scan/key_type.h"
#include "scan/row_cutter.h"
#include "scan/scan.h"

namespace pg2crdb {

/// What is known of a question so far. Several threads add to it.
struct OpenQuestion {
  explicit OpenQuestion(size_t most_keys) : children(most_keys), parents(most_keys) {}

  std::mutex mutex;
  Answer answer;
  KeySample children;                   ///< of a reference: keys of its rows
  KeySample parents;                    ///< and of the rows that they refer to
  uint64_t unread_parents = 0;          ///< rows among those whose keys were not understood
  std::vector<KeySample::Key> missing;  ///< in the end: the first ones that `parents` has not
};

/// Of both the first ones in the order of the dump, `most_shown` at most.
void keep_first(std::vector<SeenRow>& rows, std::vector<SeenRow>&& more);

/// Looks at batches of one table for the questions about it. Each thread has its own.
class TableScan {
 public:
  /// `asked_of_table` are the indexes of the questions that need the table's rows; `open` has one of each
  /// question.
  TableScan(const LoadPlan& plan, size_t table, const std::vector<Question>& questions,
            const std::vector<size_t>& asked_of_table, std::vector<std::unique_ptr<OpenQuestion>>& open);

  void look_at(const Batch& batch);

 private:
  /// A question, or the other end of a reference.
  struct Asked {
    const Question* question = nullptr;
    OpenQuestion* open = nullptr;
    bool as_referenced = false;
    std::vector<size_t> columns;            ///< of this table
    std::vector<KeyType> types;             ///< theirs
    ValueTest test;                         ///< of a value
    std::vector<size_t> values;             ///< where they are among those that are cut; npos: nowhere
    Answer answer = {};                     ///< of the batch
    std::vector<KeySample::Key> keys = {};  ///< of the batch
    int64_t last = std::numeric_limits<int64_t>::max();  ///< of growth: the row's before
  };
  struct Row {
    const Batch& batch;
    std::string_view text;  ///< with its line end
    uint64_t number = 0;    ///< within the batch
  };

  RowCutter cutter_for(const Batch& batch);
  void look_at_row(Asked& asked, const Row& row);
  void look_at_value(Asked& asked, const Row& row);
  void look_at_key(Asked& asked, const Row& row);
  bool is_wanted(const Asked& asked, const Row& row);
  KeySample::Key key_at(const Row& row) const;
  void look_at_condition(Asked& asked, const Row& row);
  void look_at_growth(Asked& asked, const Field& value);
  void found(Asked& asked, const Row& row, std::string_view value);
  std::string key_of(const Row& row) const;
  std::string values_of(const Asked& asked) const;
  /// Writes what the row's values are compared by to `key_`.
  enum class KeyState { whole, some_null, all_null, unread };
  KeyState read_key(const Asked& asked);
  static void hand_in(Asked& asked);

  const LoadPlan& plan_;
  const LoadPlan::Table& table_;
  std::vector<Asked> asked_;
  std::vector<Field> values_;  ///< of the row
  std::vector<Field> given_;   ///< what a condition is given of them
  std::string key_;
  uint64_t file_ = 0;  ///< of the batch: the plan's input
};

}  // namespace pg2crdb
