#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/certificate.h"
#include "runtime/compared_columns.h"
#include "runtime/compared_streams.h"
#include "runtime/composite_types.h"
#include "runtime/connection.h"
#include "runtime/database_mark.h"
#include "runtime/moment.h"
#include "runtime/shown_list.h"
#include "runtime/verify_log.h"
#include "support/json.h"
#include "support/printable.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr std::string_view undefined_table = "42P01";
constexpr std::string_view undefined_column = "42703";

/// A certified table and what the plan says of it.
struct Certified {
  const Certificate::Table* certified;
  const LoadPlan::Table* table;
  Selection selection;
};

std::string name_of(const Certificate::Table& table) {
  return quote_name(table.table.schema, table.table.name);
}

Result<std::vector<Certified>> find_tables(const LoadPlan& plan, const Certificate& certificate) {
  const TypesByName composites = composite_types(plan);
  std::vector<Certified> all;
  for (const Certificate::Table& certified : certificate.tables) {
    const auto table = std::find_if(plan.tables.begin(), plan.tables.end(), [&](const LoadPlan::Table& one) {
      return one.target() == certified.table;
    });
    std::optional<Selection> selection;
    if (table != plan.tables.end()) selection = select_named(*table, certified.columns, composites);
    if (!selection) {
      return Error{Error::Kind::usage,
                   fmt::format("the certificate is of another plan: this one has no {} with the columns that "
                               "were compared",
                               printable(name_of(certified))),
                   {},
                   "name the folder that the certificate was made with"};
    }
    all.push_back({&certified, &*table, std::move(*selection)});
  }
  return all;
}

std::string number_of_rows(uint64_t rows) {
  return fmt::format("{} {}", rows, rows == 1 ? "row" : "rows");
}

class CertificateCheck {
 public:
  CertificateCheck(std::vector<Certified> tables, const VerifyOptions& options, std::string begin,
                   Observer& observer)
      : tables_(std::move(tables)),
        options_(options),
        begin_(std::move(begin)),
        observer_(observer),
        changes_(tables_.size()) {}

  /// What became of the tables that are not as certified, in the certificate's order.
  Result<std::vector<std::string>> run() {
    const size_t jobs = options_.jobs > 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::future<void>> workers;
    for (size_t i = 0; i < std::min(jobs, tables_.size()); ++i)
      workers.push_back(std::async(std::launch::async, [this] { work(); }));
    for (std::future<void>& worker : workers) worker.get();
    if (stop_requested)
      return Error{Error::Kind::interrupted, "stopped before all tables were checked", {}, {}};
    if (error_) return *error_;
    std::vector<std::string> changes;
    for (const std::string& change : changes_) {
      if (!change.empty()) changes.push_back(change);
    }
    return changes;
  }

 private:
  void work() {
    std::optional<Connection> target;
    while (!failed_ && !stop_requested) {
      const size_t next = next_++;
      if (next >= tables_.size()) return;
      const Result<void> checked = check(next, target);
      if (checked) continue;
      const std::lock_guard lock(mutex_);
      failed_ = true;
      if (error_) return;
      error_ = explain_moment(checked.error());
      if (!error_->sqlstate.empty()) error_->kind = Error::Kind::interrupted;
      return;
    }
  }

  Result<void> check(size_t index, std::optional<Connection>& target) {
    const Certified& table = tables_[index];
    if (!target) {
      Result<Connection> opened = open_at(options_.target, begin_);
      if (!opened) return opened.error();
      target.emplace(std::move(*opened));
    }
    const VerifyLog log(*table.table, options_.json_log, observer_);
    CopyStream stream(*target, target_copy(*table.table, table.selection), "target",
                      table.selection.columns.empty(), nullptr);
    const Result<HashedRows> found = hash_rows(table.selection.compared, stream);
    const std::string name = name_of(*table.certified);
    const HashedRows& certified = table.certified->target;
    if (!found) {
      const std::string& sqlstate = found.error().sqlstate;
      target.reset();
      if (sqlstate == undefined_table) {
        changes_[index] = fmt::format("{} is not there", name);
      } else if (sqlstate == undefined_column) {
        changes_[index] = fmt::format("{} lacks a column that was certified", name);
      } else {
        Error error = found.error();
        error.message = fmt::format("cannot check {}: {}", name, error.message);
        return error;
      }
    } else if (found->rows != certified.rows) {
      changes_[index] = fmt::format("{} had {}, and has {}", name, number_of_rows(certified.rows),
                                    number_of_rows(found->rows));
    } else if (found->hash != certified.hash) {
      changes_[index] = fmt::format("{} has other values in its {}", name, number_of_rows(certified.rows));
    }
    log.say(changes_[index].empty()
                ? fmt::format("{} is as certified: {}", name, number_of_rows(certified.rows))
                : changes_[index]);
    return {};
  }

  const std::vector<Certified> tables_;
  const VerifyOptions& options_;
  const std::string begin_;
  Observer& observer_;
  std::vector<std::string> changes_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::optional<Error> error_;
};

/// What the certificate says itself of the sides that it was made of; empty where they were equal.
std::string certified_difference(const Certificate& certificate) {
  if (certificate.equal) return {};
  const auto differing =
      std::count_if(certificate.tables.begin(), certificate.tables.end(),
                    [](const Certificate::Table& table) { return table.source != table.target; });
  return fmt::format(
      "the certificate says that source and target differed when it was made: the rows in {} of {} tables, "
      "the schema in {} places",
      differing, certificate.tables.size(), certificate.schema_differences);
}

}  // namespace

Result<void> check_certificate(const LoadPlan& plan, const Certificate& certificate,
                               const VerifyOptions& options, Observer& observer) {
  if (certificate.row_hash != row_hash_version) {
    return Error{
        Error::Kind::usage,
        fmt::format("the certificate's rows are hashed in form {}, and this program's are in form {}: "
                    "they cannot be compared",
                    certificate.row_hash, row_hash_version),
        {},
        fmt::format("check it with pg2crdb {}, which wrote it", printable(certificate.tool))};
  }
  Result<std::vector<Certified>> tables = find_tables(plan, certificate);
  if (!tables) return tables.error();
  Result<Connection> keeper = Connection::open(options.target);
  if (!keeper) return keeper.error();
  const Result<std::string> mark = database_mark(*keeper);
  if (!mark) return mark.error();
  const auto log = [&](const std::string& sentence) {
    std::string line = sentence;
    if (options.json_log) {
      line = R"({"level":"info","type":"certificate","message":)";
      append_json_string(line, sentence);
      line += '}';
    }
    observer.log(line);
  };
  if (*mark != certificate.database) {
    log(
        fmt::format("the target is another database than the one that was certified, {}: its rows are "
                    "compared all the same",
                    certificate.target));
  }
  Result<std::string> begin = begin_now(*keeper);
  if (!begin) return begin.error();
  const size_t count = tables->size();
  const Result<std::vector<std::string>> changes =
      CertificateCheck(std::move(*tables), options, std::move(*begin), observer).run();
  if (!changes) return changes.error();
  std::string summary =
      fmt::format("certificate of {} checked: {} of {} tables are as certified; the schema was not compared",
                  printable(certificate.moment), count - changes->size(), count);
  if (plan.tables.size() > count)
    summary += fmt::format("; {} more of the plan were not certified", plan.tables.size() - count);
  log(summary);
  std::string message = certified_difference(certificate);
  if (!changes->empty()) {
    ShownList shown("; ");
    for (const std::string& change : *changes) shown.add(change);
    message += fmt::format("{}the target is not as certified in {} of {} tables: {}",
                           message.empty() ? "" : "; ", changes->size(), count, shown.text());
  }
  if (message.empty()) return {};
  return Error{Error::Kind::differs,
               std::move(message),
               {},
               "`pg2crdb verify` against the source, or the dump, names the rows"};
}

}  // namespace pg2crdb
