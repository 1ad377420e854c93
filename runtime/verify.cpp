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
#include "runtime/compared_columns.h"
#include "runtime/compared_streams.h"
#include "runtime/composite_types.h"
#include "runtime/connection.h"
#include "runtime/dump_input.h"
#include "runtime/equal_texts.h"
#include "runtime/live_source.h"
#include "runtime/loaded_columns.h"
#include "runtime/moment.h"
#include "runtime/push_down.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"
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
        inputs_(2 * jobs_),
        composites_(composite_types(plan)),
        verified_(plan.tables.size()) {
    // In the order of the inputs, which are then read front to back.
    std::vector<std::pair<uint32_t, uint64_t>> begins;
    std::map<uint32_t, std::pair<uint64_t, size_t>> last;  // of each input: the last block's begin and table
    for (size_t i = 0; i < plan.tables.size(); ++i) {
      order_.push_back(i);
      begins.emplace_back(0, 0);
      for (const LoadPlan::Data& data : plan.tables[i].data) {
        if (&data == &plan.tables[i].data.front()) begins[i] = {data.input, data.begin};
        last[data.input] = std::max(last[data.input], std::pair(data.begin, i));
      }
    }
    std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) { return begins[a] < begins[b]; });
    for (const auto& [input, block] : last) lasts_.insert(block.second);
  }

  Result<std::vector<VerifiedTable>> run() {
    Result<void> checked = options_.source.empty() ? check_read_again(plan_) : open_snapshot();
    if (checked) checked = open_moment();
    if (checked) checked = leave_out_equal();
    if (!checked) return checked.error();

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
    for (std::optional<VerifiedTable>& table : verified_) {
      if (table->missing + table->mismatch + table->extraneous > 0) {
        ++differing_count;
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
    if (places > 0)
      message +=
          fmt::format("{}the schema differs in {}", message.empty() ? "" : "; ", counted(places, "place"));
    return Error{.kind = Error::Kind::differs,
                 .message = std::move(message),
                 .sqlstate = {},
                 .advice = advice_for(differing_count > 0, *schema)};
  }

 private:
  struct Sessions {
    std::optional<Connection> source;
    std::optional<Connection> target;
  };

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
        Result<Connection> opened = open_target();
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

  // All tables and all readings see the source as it is now.
  Result<void> open_snapshot() {
    Result<Connection> connection = open_source(options_.source, {});
    if (!connection) return connection.error();
    Result<std::string> snapshot = export_snapshot(*connection, options_.source);
    if (!snapshot) return snapshot.error();
    snapshot_ = std::move(*snapshot);
    exporter_.emplace(std::move(*connection));
    return {};
  }

  Result<void> open_moment() {
    Result<Connection> keeper = Connection::open(options_.target);
    if (!keeper) return keeper.error();
    Result<std::string> begin = begin_now(*keeper);
    if (!begin) return at_target(begin.error());
    begin_ = std::move(*begin);
    keeper_.emplace(std::move(*keeper));
    return {};
  }

  Error at_target(Error error) const {
    error.message = redacted(options_.target) + ": " + error.message;
    return error;
  }

  Result<Connection> open_target() const { return open_at(options_.target, begin_); }

  void work() {
    try {
      Sessions sessions;
      while (!stop_requested && !lost_) {
        const size_t next = next_++;
        if (next >= order_.size()) return;
        const size_t table = order_[next];
        Result<VerifiedTable> done = verify_table(table, sessions);
        if (done) {
          if (Result<void> noted = note_equal(plan_.tables[table], *done); !noted) done = noted.error();
        }
        if (done) {
          verified_[table] = std::move(*done);
          continue;
        }
        sessions = {};
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

  Result<VerifiedTable> verify_table(size_t index, Sessions& sessions) {
    const LoadPlan::Table& table = plan_.tables[index];
    VerifyLog log(table, options_.json_log, observer_);
    const Selection selection = select_columns(table, options_.source.empty(), composites_);
    log.starting();
    for (const std::string& column : selection.left_out) {
      log.say(fmt::format("column {} of {} is not compared: the dump does not hold its values", column,
                          name_of(table)));
    }
    Result<VerifiedTable> verified = verify_columns(index, selection, sessions, log);
    if (verified || !is_undefined(verified.error())) return verified;
    sessions = {};
    Result<std::optional<VerifiedTable>> otherwise = verify_what_is_there(index, sessions, log);
    if (!otherwise) return otherwise.error();
    return *otherwise ? std::move(**otherwise) : std::move(verified);
  }

  /// Of a relation or a column: the target may lack it, or the source.
  static bool is_undefined(const Error& error) {
    return error.sqlstate == "42P01" || error.sqlstate == "42703" || error.sqlstate == "3F000";
  }

  /// Of a table that the target lacks all rows are missing; of one that lacks columns the others are
  /// compared. Nothing where it has them all. That it lacks something is a difference of the schema.
  Result<std::optional<VerifiedTable>> verify_what_is_there(size_t index, Sessions& sessions,
                                                            VerifyLog& log) {
    const LoadPlan::Table& table = plan_.tables[index];
    if (Result<void> opened = reach_target(sessions); !opened) return opened.error();
    const Result<std::optional<std::set<std::string>>> there = columns_at_target(*sessions.target, table);
    if (!there) return at_target(there.error());
    const bool from_dump = options_.source.empty();
    if (!*there) {
      log.say(fmt::format("{} is not there: all of its rows are missing", name_of(table)));
      NoRows target;
      Result<VerifiedTable> verified = compare_streams(index, select_columns(table, from_dump, composites_),
                                                       target, sessions, log, Shown::numbers);
      if (!verified) return verified.error();
      return std::optional(std::move(*verified));
    }
    const Selection selection = select_columns(table, from_dump, composites_, &**there);
    if (selection.not_at_target.empty()) return std::optional<VerifiedTable>();
    for (const std::string& column : selection.not_at_target)
      log.say(fmt::format("column {} of {} is not compared: the target has none", column, name_of(table)));
    Result<VerifiedTable> verified = verify_columns(index, selection, sessions, log);
    if (!verified) return verified.error();
    return std::optional(std::move(*verified));
  }

  Result<VerifiedTable> verify_columns(size_t index, const Selection& selection, Sessions& sessions,
                                       VerifyLog& log) {
    const LoadPlan::Table& table = plan_.tables[index];
    if (selection.columns.empty()) {
      log.say(
          fmt::format("the rows of {} are counted: it has no column that both sides hold", name_of(table)));
    }
    if (Result<void> opened = reach_target(sessions); !opened) return opened.error();

    if (options_.sample.wanted() && !selection.compared.key.empty()) {
      const Result<uint64_t> rows = source_rows(table, sessions);
      if (!rows) return rows.error();
      if (options_.sample.of(*rows) < *rows) return verify_sample(index, selection, *rows, sessions);
    }
    if (options_.sample.wanted())
      log.say(fmt::format("the rows of {} are all compared: {}", name_of(table),
                          selection.compared.key.empty() ? "it has no key to find some of them by"
                                                         : "there are no more than the sample would have"));
    if (options_.push_down) {
      Result<std::optional<VerifiedTable>> pushed = push_down(table, selection, sessions, log);
      if (!pushed) return pushed.error();
      if (*pushed) return std::move(**pushed);
    }
    if (may_compare_texts(selection)) {
      const Result<std::optional<VerifiedTable>> equal = compare_texts(table, selection, sessions, log);
      if (!equal) return equal.error();
      if (*equal) return **equal;
    }
    CopyStream target(*sessions.target, target_copy(table, selection), "target", selection.columns.empty(),
                      nullptr);
    return compare_streams(index, selection, target, sessions, log, Shown::rows);
  }

  /// Of the rows that differ.
  enum class Shown { rows, numbers };

  Result<VerifiedTable> compare_streams(size_t index, const Selection& selection, RowStream& target,
                                        Sessions& sessions, VerifyLog& log, Shown shown) {
    const LoadPlan::Table& table = plan_.tables[index];
    const bool from_dump = options_.source.empty();
    Converter converter(selection);
    std::unique_ptr<RowStream> source;
    if (from_dump) {
      source = dump_stream(index, selection, converter);
    } else {
      if (Result<void> opened = reach_source(sessions); !opened) return opened.error();
      Result<std::string> statement = source_copy(*sessions.source, plan_, table,
                                                  column_names(selection, &LoadPlan::Column::source_name), 0);
      if (!statement) return statement.error();
      source = std::make_unique<CopyStream>(*sessions.source, std::move(*statement), "source",
                                            selection.columns.empty(), &converter);
    }
    CompareOptions compare;
    compare.max_reported = shown == Shown::rows ? options_.max_reported : 0;
    if (!from_dump) compare.unordered_limit = options_.row_limit;
    const Result<Comparison> found = compare_rows(selection.compared, *source, target, compare,
                                                  [&](uint64_t rows) { log.progress(rows); });
    if (!found) return found.error();
    report(log, table, selection, *found);
    VerifiedTable verified{table.target(), found->truth_rows, found->success,
                           found->missing, found->mismatch,   found->extraneous};
    verified.source = {found->source_rows, found->source_hash};
    verified.target = {found->target_rows, found->target_hash};
    verified.columns = hashed_columns(selection);
    verified.left_out = selection.left_out;
    verified.left_out.insert(verified.left_out.end(), selection.not_at_target.begin(),
                             selection.not_at_target.end());
    return verified;
  }

  /// A certificate has the hashes of values.
  bool may_compare_texts(const Selection& selection) const {
    const bool is_converted = std::ranges::any_of(selection.columns, [](const LoadPlan::Column* column) {
      return column->conversion != LoadPlan::Conversion::none;
    });
    return !options_.source.empty() && options_.row_limit == 0 && options_.verified == nullptr &&
           !selection.compared.key.empty() && !is_converted;
  }

  /// Texts cost a fraction of what values do. Where those of the first rows are equal, all are compared;
  /// nothing where any differ: values have to tell.
  Result<std::optional<VerifiedTable>> compare_texts(const LoadPlan::Table& table, const Selection& selection,
                                                     Sessions& sessions, VerifyLog& log) {
    if (Result<void> opened = reach_source(sessions); !opened) return opened.error();
    const Result<std::string> statement = source_copy(
        *sessions.source, plan_, table, column_names(selection, &LoadPlan::Column::source_name), 0);
    if (!statement) return statement.error();
    std::vector<std::string> source_key, target_key;
    for (const size_t column : selection.compared.key) {
      source_key.push_back(selection.columns[column]->source_name);
      target_key.push_back(selection.columns[column]->name);
    }
    const std::string at_target = target_copy(table, selection);
    for (const bool all : {false, true}) {
      CopyStream source(*sessions.source, all ? *statement : first_rows(*statement, source_key), "source",
                        false, nullptr);
      CopyStream target(*sessions.target, all ? at_target : first_rows(at_target, target_key), "target",
                        false, nullptr);
      const Result<std::optional<uint64_t>> rows =
          rows_of_equal_texts(source, target, [&](uint64_t seen) { log.progress(seen); });
      if (!rows) return rows.error();
      if (!*rows) return std::optional<VerifiedTable>();
      if (!all) continue;
      Comparison found;
      found.source_rows = found.target_rows = found.truth_rows = found.success = **rows;
      report(log, table, selection, found);
      return std::optional<VerifiedTable>({table.target(), **rows, **rows, 0, 0, 0});
    }
    return std::optional<VerifiedTable>();
  }

  /// Nothing where the table's rows have to be streamed, which is said.
  Result<std::optional<VerifiedTable>> push_down(const LoadPlan::Table& table, const Selection& selection,
                                                 Sessions& sessions, VerifyLog& log) {
    if (Result<void> opened = reach_source(sessions); !opened) return opened.error();
    PushDown columns = plan_push_down(plan_, selection, *sessions.source);
    for (const std::string& sentence : columns.sentences(name_of(table), selection)) log.say(sentence);
    if (!columns.why_not.empty()) return std::optional<VerifiedTable>();
    Result<std::string> from = source_table(*sessions.source, plan_, table);
    if (!from) return from.error();
    const Result<uint64_t> rows = count(*sessions.source, *from);
    if (!rows) return rows.error();
    CompareOptions compare;
    compare.max_reported = options_.max_reported;
    const Result<PushedDown> pushed =
        compare_pushed_down({*sessions.source, std::move(*from)}, {*sessions.target, name_of(table)}, plan_,
                            selection, columns, *rows, compare, [&](uint64_t seen) { log.progress(seen); });
    if (!pushed) {
      if (pushed.error().sqlstate.empty() || stop_requested) return pushed.error();
      sessions = {};
      columns.why_not = pushed.error().message;
      for (const std::string& sentence : columns.sentences(name_of(table), selection)) log.say(sentence);
      if (Result<void> opened = reach_target(sessions); !opened) return opened.error();
      return std::optional<VerifiedTable>();
    }
    log.pushed_down(*pushed);
    report(log, table, selection, pushed->found);
    const Comparison& found = pushed->found;
    return std::optional<VerifiedTable>(
        {table.target(), found.truth_rows, found.success, found.missing, found.mismatch, found.extraneous});
  }

  std::unique_ptr<RowStream> dump_stream(size_t index, const Selection& selection, Converter& converter) {
    RowSourceOptions reading;
    reading.row_limit = options_.row_limit;
    reading.check_length = lasts_.contains(index);
    return std::make_unique<DumpStream>(plan_, index, selection, reading, inputs_, converter);
  }

  Result<void> reach_target(Sessions& sessions) const {
    if (sessions.target) return {};
    Result<Connection> opened = open_target();
    if (!opened) return opened.error();
    sessions.target.emplace(std::move(*opened));
    return {};
  }

  Result<void> reach_source(Sessions& sessions) const {
    if (sessions.source) return {};
    Result<Connection> opened = open_source(options_.source, snapshot_);
    if (!opened) return opened.error();
    sessions.source.emplace(std::move(*opened));
    return {};
  }

  Result<uint64_t> source_rows(const LoadPlan::Table& table, Sessions& sessions) const {
    if (options_.source.empty()) {
      uint64_t rows = 0;
      for (const LoadPlan::Data& data : table.data) rows += data.rows;
      return rows;
    }
    if (Result<void> opened = reach_source(sessions); !opened) return opened.error();
    const Result<std::string> from = source_table(*sessions.source, plan_, table);
    if (!from) return from.error();
    return count(*sessions.source, *from);
  }

  static Result<uint64_t> count(Connection& side, const std::string& from) {
    const Result<Rows> found = side.query("SELECT count(*) FROM " + from);
    if (!found) return found.error();
    return std::strtoull(found->values[0][0].c_str(), nullptr, 10);
  }

  /// Of a table of `rows` rows that has a key: what lies behind the sample is counted.
  Result<VerifiedTable> verify_sample(size_t index, const Selection& selection, uint64_t rows,
                                      Sessions& sessions) {
    const LoadPlan::Table& table = plan_.tables[index];
    const VerifyLog log(table, options_.json_log, observer_);
    const uint64_t wanted = options_.sample.of(rows);
    Converter converter(selection);
    std::unique_ptr<RowStream> source;
    ChosenRows chosen(rows, wanted);
    bool chosen_by_source = false;
    if (options_.source.empty()) {
      source = dump_stream(index, selection, converter);
    } else {
      const std::vector<std::string> columns = column_names(selection, &LoadPlan::Column::source_name);
      Result<std::string> statement = source_table(*sessions.source, plan_, table);
      if (!statement) return statement.error();
      chosen_by_source = !sessions.source->is_cockroachdb();
      if (chosen_by_source) {
        const double percent = 100 * static_cast<double>(wanted) / static_cast<double>(rows);
        statement = source_sample(*statement, columns, percent);
      } else {
        statement = source_copy(*sessions.source, plan_, table, columns, 0);
        if (!statement) return statement.error();
      }
      source =
          std::make_unique<CopyStream>(*sessions.source, std::move(*statement), "source", false, &converter);
    }
    const LookUp look_up = [&](const std::vector<Difference::Row>& found) {
      return std::make_unique<CopyStream>(*sessions.target, target_copy(table, selection, found), "target",
                                          false, nullptr);
    };
    CompareOptions compare;
    compare.max_reported = options_.max_reported;
    Result<Comparison> found = compare_sample(
        selection.compared, *source, [&] { return chosen_by_source || chosen.next(); }, look_up, compare);
    if (!found) return found.error();
    const Result<uint64_t> there = count(*sessions.target, name_of(table));
    if (!there) return there.error();
    log.say(
        fmt::format("a sample of {}: {} of its {} are compared, chosen by the seed {}; the target holds {}",
                    name_of(table), with_commas(found->source_rows), counted(rows, "row"), sample_seed,
                    counted(*there, "row")));
    // Of rows that are too many or too few, their number is known.
    if (rows > *there) found->missing = std::max(found->missing, rows - *there);
    if (*there > rows) found->extraneous = std::max(found->extraneous, *there - rows);
    report(log, table, selection, *found);
    return VerifiedTable{table.target(), found->truth_rows, found->success,
                         found->missing, found->mismatch,   found->extraneous};
  }

  void report(const VerifyLog& log, const LoadPlan::Table& table, const Selection& selection,
              const Comparison& found) const {
    const bool limited =
        !options_.source.empty() && options_.row_limit > 0 && found.source_rows > options_.row_limit;
    for (const Difference& difference : found.differences) log.difference(selection.compared, difference);
    uint64_t named = found.mismatch + found.extraneous;
    if (!limited) {
      named += found.missing;
    } else if (found.missing > 0) {
      log.say(fmt::format("{} missing on {}: with a row limit nobody knows which",
                          counted(found.missing, "row"), name_of(table)));
    }
    if (named > found.differences.size()) {
      log.say(fmt::format("{} on {} not shown",
                          counted(named - found.differences.size(), "more differing row"), name_of(table)));
    }
    log.finished(found);
  }

  const LoadPlan& plan_;
  const VerifyOptions& options_;
  Observer& observer_;
  const size_t jobs_;
  ReusedInputs inputs_;
  const TypesByName composites_;
  std::vector<size_t> order_;  // of the tables
  std::set<size_t> lasts_;     // those that hold the last rows of an input
  std::string snapshot_;
  std::optional<Connection> exporter_;  // keeps the snapshot
  std::string begin_;                   // a transaction in which the target is what it was
  std::optional<Connection> keeper_;    // of that
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
