#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "runtime/compare.h"
#include "runtime/compare_schema.h"
#include "runtime/compared_moment.h"
#include "runtime/composite_types.h"
#include "runtime/connection.h"
#include "runtime/dump_input.h"
#include "runtime/loaded_columns.h"
#include "runtime/moment.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"
#include "runtime/verify_log.h"
#include "runtime/verify_table.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::string name_of(const LoadPlan::Table& table) {
  return quote_name(table.schema, table.name);
}

/// Tables in the order of the inputs, which are then read front to back.
std::vector<size_t> in_order_of_inputs(const LoadPlan& plan) {
  std::vector<std::pair<uint32_t, uint64_t>> begins;
  std::vector<size_t> order;
  for (const LoadPlan::Table& table : plan.tables) {
    order.push_back(order.size());
    begins.push_back(table.data.empty() ? std::pair<uint32_t, uint64_t>(0, 0)
                                        : std::pair(table.data.front().input, table.data.front().begin));
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return begins[a] < begins[b]; });
  return order;
}

/// Of each input the table that holds its last rows.
std::set<size_t> last_tables(const LoadPlan& plan) {
  std::map<uint32_t, std::pair<uint64_t, size_t>> last;  // of each input: the last block's begin and table
  for (size_t i = 0; i < plan.tables.size(); ++i) {
    for (const LoadPlan::Data& data : plan.tables[i].data)
      last[data.input] = std::max(last[data.input], std::pair(data.begin, i));
  }
  std::set<size_t> tables;
  for (const auto& [input, block] : last) tables.insert(block.second);
  return tables;
}

class Verification {
 public:
  Verification(const LoadPlan& plan, const VerifyOptions& options, Observer& observer)
      : plan_(plan),
        options_(options),
        observer_(observer),
        jobs_(options.jobs > 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency())),
        context_{plan, options, observer, composite_types(plan), last_tables(plan), ReusedInputs(2 * jobs_)},
        order_(in_order_of_inputs(plan)),
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
    const Result<SchemaDifferences> schema = verify_schema();
    if (!schema) return schema.error();
    if (options_.source.empty()) {
      for (const LoadPlan::LeftOut& rows : plan_.left_out) tell_left_out(rows, options_.json_log, observer_);
    }
    const std::string_view end =
        options_.sample.wanted()
            ? "verification of a sample complete: of the rows that were not compared it proves nothing"
            : "verification complete";
    observer_.log(options_.json_log
                      ? fmt::format(R"({{"level":"info","type":"complete","message":"{}"}})", end)
                      : std::string(end));
    std::vector<VerifiedTable> tables;
    std::string differing;
    size_t differing_count = 0;
    uint64_t differing_rows = 0;
    const uint64_t changing = context_.changing;
    for (std::optional<VerifiedTable>& table : verified_) {
      if (table->missing + table->mismatch + table->extraneous > 0) {
        ++differing_count;
        differing_rows += table->missing + table->mismatch + table->extraneous;
        differing +=
            fmt::format("{}{} (missing: {}, mismatch: {}, extraneous: {})", differing.empty() ? "" : ", ",
                        quote_name(table->table.schema, table->table.name), table->missing, table->mismatch,
                        table->extraneous);
      }
      tables.push_back(std::move(*table));
    }
    const size_t places = schema->sentences.size();
    if (options_.verified != nullptr) *options_.verified = {tables, places};
    if (differing_count == 0 && places == 0) return tables;
    std::string message;
    if (differing_count > 0)
      message = fmt::format("rows differ in {} of {}: {}", differing_count, counted(tables.size(), "table"),
                            differing);
    if (changing > 0) message += fmt::format("; still changing: {}", counted(changing, "row"));
    if (places > 0)
      message +=
          fmt::format("{}the schema differs in {}", message.empty() ? "" : "; ", counted(places, "place"));
    return Error{.kind = Error::Kind::differs,
                 .message = std::move(message),
                 .sqlstate = {},
                 .advice = advice_for(differing_rows > changing, changing > 0, *schema)};
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
      if (!found && found.error().sqlstate.empty()) return at_target(found.error());
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

  // The number of differences, each of which is logged.
  Result<SchemaDifferences> verify_schema() {
    Result<Connection> target = Connection::open(options_.target);
    if (!target) return target.error();
    const Result<Rows> set = target->query("SELECT set_config('search_path', '', false)");
    if (!set) return at_target(set.error());
    Result<SchemaDifferences> schema = compare_schema(
        plan_, *target, options_.row_limit == 0 && !options_.left_unvalidated, options_.post_data_applied);
    if (!schema) return at_target(schema.error());
    Result<SequenceDifferences> sequences = compare_sequences(plan_, *target);
    if (!sequences) return at_target(sequences.error());
    std::vector<std::string>& sentences = schema->sentences;
    sentences.insert(sentences.end(), sequences->differing.begin(), sequences->differing.end());
    schema->otherwise = schema->otherwise || !sequences->differing.empty();
    const SchemaLog log(options_.json_log, observer_);
    for (const std::string& difference : sentences) log.difference(difference);
    for (const std::vector<std::string>* notes : {&schema->not_yet, &sequences->noted}) {
      for (const std::string& note : *notes) log.note(note);
    }
    log.finished(plan_, sentences.size());
    return schema;
  }

  Error at_target(Error error) const {
    error.message = redacted(options_.target) + ": " + error.message;
    return error;
  }

  void work() {
    try {
      TableVerifier verifier(context_, *moment_);
      while (!stop_requested && !lost_) {
        const size_t next = next_++;
        if (next >= order_.size()) return;
        const size_t table = order_[next];
        Result<VerifiedTable> done = verifier.verify(table);
        if (done) {
          if (Result<void> noted = note_equal(plan_.tables[table], *done); !noted) done = noted.error();
        }
        if (done) {
          verified_[table] = std::move(*done);
          continue;
        }
        verifier.forget_sessions();
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
  VerifyContext context_;
  std::vector<size_t> order_;             // of the tables
  std::optional<ComparedMoment> moment_;  // all tables and all readings see it
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
