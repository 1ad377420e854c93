#include "scan/scan.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>

#include "runtime/load_queue.h"
#include "runtime/runtime.h"
#include "scan/table_scan.h"
#include "support/thread.h"

namespace pg2crdb {
namespace {

/// Hands batches to threads, each of which looks at whole ones.
class Scan : public BatchSink {
 public:
  Scan(const LoadPlan& plan, const std::vector<Question>& questions, const ScanOptions& options)
      : plan_(plan), questions_(questions), queue_(3 * options.jobs * options.batch_bytes) {
    for (size_t i = 0; i < questions.size(); ++i) {
      open_.push_back(std::make_unique<OpenQuestion>(options.most_keys));
      asked_[questions[i].table].push_back(i);
      const bool refers =
          questions[i].kind == Question::Kind::reference && questions[i].referenced != questions[i].table;
      if (refers) asked_[questions[i].referenced].push_back(i);
    }
    for (unsigned i = 0; i < options.jobs; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Scan() override { queue_.end(); }

  bool table_begins(size_t) override { return true; }
  bool table_ends(size_t) override { return true; }
  bool take(Batch batch) override {
    if (stop_requested) return false;
    const size_t bytes = batch.rows.size();
    return queue_.push({std::move(batch), bytes});
  }

  /// Behind the last batch; one a question.
  std::vector<std::unique_ptr<OpenQuestion>> finish() {
    queue_.end();
    threads_.clear();
    for (size_t i = 0; i < questions_.size(); ++i) {
      if (questions_[i].kind == Question::Kind::reference) compare_keys(*open_[i]);
    }
    return std::move(open_);
  }

 private:
  void work() {
    std::map<size_t, TableScan> scans;
    while (std::optional<LoadQueue::Item> item = queue_.pop()) {
      const auto scan = scans
                            .try_emplace(item->batch.table, plan_, item->batch.table, questions_,
                                         asked_.at(item->batch.table), open_)
                            .first;
      scan->second.look_at(item->batch);
      queue_.release(*item);
    }
  }

  /// Counts the rows whose keys are in no row that they could refer to.
  static void compare_keys(OpenQuestion& open) {
    open.children.finish();
    open.parents.finish();
    if (open.unread_parents > 0) {  // any of the keys may be among them
      open.answer.unread += open.unread_parents;
      return;
    }
    const unsigned level = std::max(open.children.level(), open.parents.level());
    open.children.thin_to(level);
    open.parents.thin_to(level);
    open.answer.one_key_in = uint64_t{1} << level;
    std::vector<KeySample::Key> missing;
    const std::vector<KeySample::Key>& parents = open.parents.finish();
    std::set_difference(
        open.children.finish().begin(), open.children.finish().end(), parents.begin(), parents.end(),
        std::back_inserter(missing),
        [](const KeySample::Key& left, const KeySample::Key& right) { return left.hash < right.hash; });
    for (const KeySample::Key& key : missing) open.answer.found += key.rows;
    std::sort(missing.begin(), missing.end(), [](const KeySample::Key& left, const KeySample::Key& right) {
      return left.stands_before(right);
    });
    missing.resize(std::min(missing.size(), Answer::most_shown));
    open.missing = std::move(missing);
  }

  const LoadPlan& plan_;
  const std::vector<Question>& questions_;
  std::map<size_t, std::vector<size_t>> asked_;  ///< questions, by the table whose rows they need
  std::vector<std::unique_ptr<OpenQuestion>> open_;
  LoadQueue queue_;
  std::deque<Thread> threads_;  // last: they are waited for first
};

Result<std::vector<std::unique_ptr<OpenQuestion>>> read_once(const LoadPlan& plan,
                                                             const std::vector<Question>& questions,
                                                             const ScanOptions& options,
                                                             const OpenInput& open) {
  RowSourceOptions source;
  source.wanted.resize(plan.tables.size(), false);
  source.row_limits.resize(plan.tables.size(), options.growth_rows);
  for (const Question& question : questions) {
    source.wanted[question.table] = true;
    if (question.kind != Question::Kind::growth) source.row_limits[question.table] = 0;
    if (question.kind != Question::Kind::reference) continue;
    source.wanted[question.referenced] = true;
    source.row_limits[question.referenced] = 0;
  }
  source.batch_bytes = options.batch_bytes;
  source.longest_row = size_t{1} << 30;  // PostgreSQL has no longer values
  source.check_length = false;
  Scan scan(plan, questions, options);
  if (Result<void> read = read_dump_rows(plan, source, open, scan); !read) return read.error();
  if (stop_requested) return Error{Error::Kind::interrupted, "stopped while the rows were looked at", {}, {}};
  return scan.finish();
}

}  // namespace

// Which rows break a reference is known when all have been read: those that are shown are looked up again.
Result<std::vector<Answer>> scan_rows(const LoadPlan& plan, const std::vector<Question>& questions,
                                      const ScanOptions& options, const OpenInput& open) {
  auto asked = read_once(plan, questions, options, open);
  if (!asked) return asked.error();
  std::vector<Question> again;
  std::vector<Answer> answers;
  std::vector<size_t> answered;  // by which question of `again`
  for (size_t i = 0; i < questions.size(); ++i) {
    OpenQuestion& one = *(*asked)[i];
    answers.push_back(std::move(one.answer));
    if (one.missing.empty()) continue;
    answered.push_back(i);
    again.push_back({.kind = Question::Kind::keys,
                     .table = questions[i].table,
                     .columns = questions[i].columns,
                     .keys = std::move(one.missing)});
  }
  if (again.empty()) return answers;
  const auto looked_up = read_once(plan, again, options, open);
  if (!looked_up) return looked_up.error();
  for (size_t i = 0; i < again.size(); ++i)
    keep_first(answers[answered[i]].first, std::move((*looked_up)[i]->answer.first));
  return answers;
}

}  // namespace pg2crdb
