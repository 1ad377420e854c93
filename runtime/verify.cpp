#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "runtime/compare_table.h"
#include "runtime/compared_moment.h"
#include "runtime/connection.h"
#include "runtime/connection_error.h"
#include "runtime/dump_input.h"
#include "runtime/loaded_columns.h"
#include "runtime/moment.h"
#include "runtime/runtime.h"
#include "runtime/verify_end.h"
#include "runtime/verify_log.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::string name_of(const LoadPlan::Table& table) {
  return quote_name(table.schema, table.name);
}

class Verification {
 public:
  Verification(const LoadPlan& plan, const VerifyOptions& options, Observer& observer)
      : plan_(plan),
        options_(options),
        observer_(observer),
        jobs_(options.jobs > 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency())),
        order_(by_input(plan)),
        comparer_(plan, options, jobs_, observer),
        verified_(plan.tables.size()) {}

  Result<std::vector<VerifiedTable>> run() {
    if (options_.source.empty()) {
      if (Result<void> checked = check_read_again(plan_); !checked) return checked.error();
    }
    Result<ComparedMoment> moment =
        ComparedMoment::take(options_.source, options_.target, ComparedMoment::Clocks::waited_for);
    if (!moment) return moment.error();
    moment_.emplace(std::move(*moment));
    if (Result<void> left_out = leave_out_equal(); !left_out) return left_out.error();

    const size_t count = std::min(jobs_, order_.size());
    std::vector<std::thread> workers;
    for (size_t i = 0; i < count; ++i) workers.emplace_back([this] { work(); });
    for (std::thread& worker : workers) worker.join();
    if (broken_) std::rethrow_exception(broken_);

    if (stop_requested) return verify_stopped();
    if (error_) {
      if (failed_tables_.size() > 1) {
        error_->message += fmt::format(" ({} tables could not be compared:", failed_tables_.size());
        for (const std::string& table : failed_tables_) error_->message += " " + table;
        error_->message += ")";
      }
      return *error_;
    }
    const Result<SchemaDifferences> schema = verify_schema(plan_, options_, observer_);
    if (!schema) return schema.error();
    if (options_.source.empty()) {
      for (const LoadPlan::LeftOut& rows : plan_.left_out) tell_left_out(rows, options_.json_log, observer_);
    }
    tell_complete(options_, observer_);
    std::vector<VerifiedTable> tables;
    for (std::optional<VerifiedTable>& table : verified_) tables.push_back(std::move(*table));
    const size_t places = schema->sentences.size();
    if (options_.verified != nullptr) *options_.verified = {tables, places};
    if (std::optional<Error> error = verdict(tables, places, advice_for(tables, *schema))) return *error;
    return tables;
  }

 private:
  static Step verify_step(const LoadPlan::Table& table) { return {"verify", table.target()}; }

  // What the run before found equal, and has as many rows now.
  Result<void> leave_out_equal() {
    if (options_.journal == nullptr) return {};
    std::optional<Connection> target;
    uint64_t rows = 0;
    std::vector<size_t> left;
    for (const size_t index : order_) {
      const LoadPlan::Table& table = plan_.tables[index];
      if (options_.journal->state(verify_step(table)) != "done") {
        left.push_back(index);
        continue;
      }
      if (!target) {
        Result<Connection> opened = moment_->open_target();
        if (!opened) return opened.error();
        target.emplace(std::move(*opened));
      }
      const std::string noted = options_.journal->detail(verify_step(table));
      const Result<Rows> found = target->query("SELECT count(*) FROM " + name_of(table));
      if (!found && found.error().sqlstate.empty()) return at_server(options_.target, found.error());
      if (!found || found->values[0][0] != noted) {
        left.push_back(index);
        if (!found) target.reset();
        continue;
      }
      const uint64_t equal = std::strtoull(noted.c_str(), nullptr, 10);
      verified_[index] = VerifiedTable{table.target(), equal, equal, 0, 0, 0};
      rows += equal;
    }
    order_ = std::move(left);
    if (order_.size() == plan_.tables.size()) return {};
    const std::string line =
        fmt::format("{} of {} were found equal by the run before, {}", plan_.tables.size() - order_.size(),
                    counted(plan_.tables.size(), "table"), counted(rows, "row"));
    observer_.log(options_.json_log ? fmt::format(R"({{"level":"info","message":"{}"}})", line) : line);
    return {};
  }

  Result<void> note_equal(const LoadPlan::Table& table, const VerifiedTable& found) {
    if (options_.journal == nullptr || found.success != found.truth_rows || found.extraneous > 0) return {};
    return options_.journal->done(verify_step(table), std::to_string(found.success));
  }

  void work() {
    try {
      Sessions sessions(*moment_);
      while (!stop_requested && !lost_) {
        const size_t next = next_++;
        if (next >= order_.size()) return;
        const size_t table = order_[next];
        Result<VerifiedTable> done = comparer_.compare(table, {}, sessions);
        if (done) {
          if (Result<void> noted = note_equal(plan_.tables[table], *done); !noted) done = noted.error();
        }
        if (done) {
          verified_[table] = std::move(*done);
          continue;
        }
        sessions.forget();
        fail(plan_.tables[table], explain_moment(done.error()));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      broken_ = std::current_exception();
      lost_ = true;
    }
  }

  // A table that cannot be compared does not keep the others from it, a lost server does.
  void fail(const LoadPlan::Table& table, const Error& error) {
    const std::lock_guard lock(mutex_);
    if (error.sqlstate.empty()) lost_ = true;
    failed_tables_.push_back(name_of(table));
    if (!error_) {
      error_ = error;
      error_->message = fmt::format("cannot compare {}: {}", name_for_reading(table), error.message);
      if (!error.sqlstate.empty() || error.kind == Error::Kind::differs)
        error_->kind = Error::Kind::interrupted;
    }
    if (!stop_requested) {
      VerifyLog(table, options_.json_log, observer_)
          .say(fmt::format("cannot compare {}: {}", name_for_reading(table), error.message));
    }
  }

  const LoadPlan& plan_;
  const VerifyOptions& options_;
  Observer& observer_;
  const size_t jobs_;
  std::vector<size_t> order_;             // of the tables
  std::optional<ComparedMoment> moment_;  // all tables and all readings see it
  TableComparer comparer_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> lost_ = false;
  std::vector<std::optional<VerifiedTable>> verified_;
  std::mutex mutex_;
  std::optional<Error> error_;
  std::vector<std::string> failed_tables_;
  std::exception_ptr broken_;
};

}  // namespace

Result<std::vector<VerifiedTable>> verify(const LoadPlan& plan, const VerifyOptions& options,
                                          Observer& observer) {
  if (Result<void> columns = check_columns(plan); !columns) return columns.error();
  return Verification(plan, options, observer).run();
}

}  // namespace pg2crdb
