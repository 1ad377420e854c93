#include "runtime/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/batch_writer.h"
#include "runtime/chunk_marks.h"
#include "runtime/connection.h"
#include "runtime/dump_input.h"
#include "runtime/empty_table.h"
#include "runtime/leases.h"
#include "runtime/live_source.h"
#include "runtime/loaded_columns.h"
#include "runtime/part_loader.h"
#include "runtime/parts.h"
#include "runtime/shared_moment.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t chunks_a_part = 16;
constexpr uint64_t memory_per_byte = 4;
constexpr size_t largest_chunk = size_t{4} << 20;
constexpr size_t smallest_chunk = size_t{16} << 10;
/// Without a chunk in between; the wait before each is longer, to 3.2 seconds.
constexpr int most_reconnects = 20;
constexpr auto look_again = 500ms;

std::string new_worker() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  std::random_device device;
  // application_name has 63 bytes.
  return fmt::format("{}-{}-{:08x}", std::string(host.data()).substr(0, 30), ::getpid(),
                     device() & 0xffffffffU);
}

bool is_lost(const Error& error) {
  return error.kind == Error::Kind::interrupted &&
         (error.sqlstate.empty() || error.sqlstate == "40003" || error.sqlstate.starts_with("08") ||
          error.sqlstate.starts_with("57P"));
}

class Worker {
 public:
  Worker(const LoadPlan& plan, const WorkerOptions& options, Observer& observer)
      : plan_(plan),
        options_(options),
        observer_(observer),
        jobs_(options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency())),
        name_(new_worker()),
        leases_(options.run, options.lease_seconds),
        inputs_(2 * jobs_) {}

  Result<Worked> run() {
    if (Result<void> columns = check_columns(plan_); !columns) return columns.error();
    if (options_.source.empty()) {
      if (Result<void> again = check_read_again(plan_); !again) return again.error();
    }
    Result<Connection> target = Connection::open(options_.target);
    if (!target) return target.error();
    if (Result<void> named = set_up(*target, name_ + " main"); !named) return named.error();
    if (Result<void> entered = enter(*target); !entered) return entered.error();
    if (!ended_) load_all();
    if (exception_) std::rethrow_exception(exception_);
    if (error_) return *error_;
    const Result<std::vector<Leases::LoadedPart>> loaded = leases_.loaded(*target);
    if (!loaded) return loaded.error();
    for (const Leases::LoadedPart& table : *loaded) worked_.all_rows += table.rows;
    worked_.tables = loaded->size();
    return worked_;
  }

 private:
  void load_all() {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < jobs_; ++i)
      threads.emplace_back([this, i] { guarded([this, i] { return load(i); }); });
    std::thread heart([this] { beat(); });
    for (std::thread& thread : threads) thread.join();
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    end_.notify_all();
    heart.join();
    if (Result<Connection> target = Connection::open(options_.target))
      static_cast<void>(leases_.leave(*target, name_));
  }

  /// Joins the load that is under way, or begins it.
  Result<void> enter(Connection& target) {
    if (Result<void> made = Leases::make_tables(target); !made) return made;
    Result<std::optional<Leases::Load>> load = leases_.find(target);
    if (!load) return load.error();
    if (!*load) {
      const Result<bool> begun = begin(target);
      if (!begun) return begun.error();
      load = leases_.find(target);
      if (!load) return load.error();
      if (!*load) throw InternalError("the load that was begun is gone");
      if (*begun) return open_marks(target, **load);
    }
    const Result<Leases::Left> left = leases_.left(target, name_);
    if (!left) return left.error();
    ended_ = left->ended;
    if (ended_) return {};
    if (!options_.source.empty()) {
      const Result<std::vector<std::string>> snapshots = leases_.snapshots(target);
      if (!snapshots) return snapshots.error();
      Result<SharedMoment> moment = share_moment(options_.source, *snapshots, (*load)->moment);
      if (!moment) return moment.error();
      moment_.emplace(std::move(*moment));
    }
    if (Result<void> entered = leases_.enter(target, name_, moment_ ? moment_->snapshot : std::string());
        !entered)
      return entered;
    return open_marks(target, **load);
  }

  Result<void> open_marks(Connection& target, const Leases::Load& load) {
    Result<ChunkMarks> marks = ChunkMarks::of_run(target, options_.run, load.chunk_bytes);
    if (!marks) return marks.error();
    marks_.emplace(std::move(*marks));
    return {};
  }

  Result<bool> begin(Connection& target) {
    for (const LoadPlan::Table& table : plan_.tables) {
      const bool may_be_missing = options_.source.empty() && table.data.empty();
      const Result<bool> empty = check_is_empty(
          target, table, may_be_missing,
          "empty it (TRUNCATE). Where the rows are of another load with workers, whose words were others, "
          "`pg2crdb status` shows it");
      if (!empty) return empty.error();
    }
    Leases::Load load;
    load.chunk_bytes = std::clamp<size_t>(options_.memory / memory_per_byte / (2 * (jobs_ + 1)),
                                          smallest_chunk, largest_chunk);
    if (!options_.source.empty()) {
      Result<SharedMoment> moment = share_moment(options_.source, {}, {});
      if (!moment) return moment.error();
      moment_.emplace(std::move(*moment));
      load.moment = moment_->moment;
    }
    const Result<std::vector<Part>> parts =
        moment_ ? cut_source(plan_, moment_->session) : cut_dump(plan_, load.chunk_bytes * chunks_a_part);
    if (!parts) return parts.error();
    const Result<bool> begun =
        leases_.begin(target, load, *parts, name_, moment_ ? moment_->snapshot : std::string());
    if (begun && *begun) observer_.log(fmt::format("the load has {} parts", parts->size() - 1));
    if (begun && !*begun) moment_.reset();
    return begun;
  }

  /// While others of its threads are at a chunk, or at none.
  void beat() {
    std::optional<Connection> target;
    std::unique_lock lock(mutex_);
    const auto rest = std::chrono::milliseconds(options_.lease_seconds * 1000 / 3);
    while (!end_.wait_for(lock, rest, [&] { return ended_; })) {
      const std::vector<std::string> sessions(sessions_.begin(), sessions_.end());
      lock.unlock();
      if (!target) {
        Result<Connection> opened = Connection::open(options_.target);
        if (opened && set_up(*opened, name_ + " heart")) target.emplace(std::move(*opened));
      }
      // A lease that runs out because of this is noticed where rows are written.
      if (target && !leases_.beat(*target, name_, sessions)) target.reset();
      lock.lock();
    }
  }

  /// One session after the other, until all is loaded.
  Result<void> load(unsigned thread) {
    std::string before;
    for (int attempt = 0, session = 0;; ++session) {
      const uint64_t chunks = chunks_;
      const std::string name = fmt::format("{} {}.{}", name_, thread, session);
      note_session(name, true);
      const Result<void> ended = load_in_session(name, before);
      note_session(name, false);
      if (ended || !is_lost(ended.error()) || stop_requested) return ended;
      attempt = chunks_ == chunks ? attempt + 1 : 0;
      if (attempt == most_reconnects || failed()) return ended;
      observer_.log(fmt::format("{}; connecting again", ended.error().message));
      before = name;
      wait_before_retry(attempt);
    }
  }

  /// Leases of a session that is no more run out.
  void note_session(const std::string& name, bool lives) {
    const std::lock_guard lock(mutex_);
    if (lives)
      sessions_.insert(name);
    else
      sessions_.erase(name);
  }

  /// `before`: the session that was lost; empty: none was.
  Result<void> load_in_session(const std::string& session, const std::string& before) {
    Result<Connection> opened = Connection::open(options_.target);
    if (!opened) return opened.error();
    if (Result<void> named = set_up(*opened, session); !named) return named;
    BatchWriter writer(std::move(*opened));
    Connection& target = writer.target();
    if (!before.empty()) {
      end_sessions(target, before);
      if (Result<void> given = leases_.give_back(target, before); !given) return given;
    }
    std::optional<Connection> source;
    while (true) {
      if (stop_requested) return load_stopped();
      if (failed()) return {};
      Result<std::optional<Lease>> lease = leases_.take(target, name_, session);
      if (!lease) return lease.error();
      if (!*lease) {
        const Result<bool> more = wait_for_others(target);
        if (!more) return more.error();
        if (!*more) return {};
        continue;
      }
      Result<void> loaded =
          (*lease)->part.is_end() ? end_load(target, **lease) : load_part(writer, source, **lease);
      if (!loaded) static_cast<void>(leases_.give_back(target, session));
      if (!loaded) return loaded;
    }
  }

  /// A session that its worker left in a transaction is ended by the server.
  Result<void> set_up(Connection& target, const std::string& session) const {
    const unsigned milliseconds = options_.lease_seconds * 1000;
    std::string sql = fmt::format("SET application_name = {}; SET idle_in_transaction_session_timeout = {}",
                                  quote_literal(session), milliseconds);
    if (target.is_cockroachdb()) sql += fmt::format("; SET transaction_timeout = {}", 10 * milliseconds);
    const Result<Rows> done = target.query(sql);
    return done ? Result<void>() : done.error();
  }

  static Error refused(const Leases::Left& left) {
    return {
        Error::Kind::interrupted,
        fmt::format("the target refuses rows in {} of the load's parts: {}", left.refused, left.why_refused),
        {},
        "correct the rows or the table; the same words again try these parts again. All other rows are "
        "there"};
  }

  /// False: there is nothing left to do.
  Result<bool> wait_for_others(Connection& target) {
    const Result<Leases::Left> left = leases_.left(target, name_);
    if (!left) return left.error();
    if (left->ended) return false;
    std::unique_lock lock(mutex_);
    if (left->free + left->leased == 0 && left->refused > 0) {
      if (!error_) error_ = refused(*left);
      return false;
    }
    end_.wait_for(lock, look_again, [&] { return ended_; });
    return true;
  }

  Result<void> load_part(BatchWriter& writer, std::optional<Connection>& source, const Lease& lease) {
    Connection& target = writer.target();
    if (!lease.previous_worker.empty()) {
      observer_.log(fmt::format("part {} of {} is taken over from {}, whose lease ran out", lease.part.number,
                                quote_name(lease.part.table.schema, lease.part.table.name),
                                lease.previous_worker));
      end_sessions(target, lease.previous_worker);
    }
    if (moment_ && !source) {
      Result<Connection> opened = open_source(options_.source, moment_->snapshot);
      if (!opened) return opened.error();
      source.emplace(std::move(*opened));
    }
    PartLoader loader(plan_, *marks_, leases_, lease, writer, observer_, chunks_);
    const size_t longest = std::max<size_t>(options_.memory / memory_per_byte, marks_->chunk_bytes());
    const Result<PartLoader::End> end =
        source ? loader.load_from(*source, longest) : loader.load_from(inputs_, longest);
    if (!end) return end.error();
    if (*end == PartLoader::End::lost)
      observer_.log(fmt::format("part {} of {} has another worker by now", lease.part.number,
                                quote_name(lease.part.table.schema, lease.part.table.name)));
    if (*end != PartLoader::End::done) return {};
    const std::lock_guard lock(mutex_);
    ++worked_.parts;
    worked_.rows += loader.rows();
    return {};
  }

  /// All rows are there: that is proven, and what a load does at its end is done. Any number of times.
  Result<void> end_load(Connection& target, const Lease& lease) {
    const Result<std::vector<Leases::LoadedPart>> loaded = leases_.loaded(target);
    if (!loaded) return loaded.error();
    std::vector<LoadedTable> tables;
    for (const Leases::LoadedPart& table : *loaded) {
      if (table.expected && *table.expected != table.rows) {
        return Error{
            Error::Kind::differs,
            fmt::format("{}: {} rows were read, the target took {}",
                        quote_name(table.table.schema, table.table.name), *table.expected, table.rows),
            {},
            "empty the tables, run DROP SCHEMA pg2crdb CASCADE, load them again, and report this"};
      }
      tables.push_back({table.table, table.rows, 0});
    }
    if (Result<void> counted = count_loaded(tables, options_.target); !counted) return counted;
    if (Result<void> set = set_sequences(plan_, options_.source, options_.target, observer_); !set)
      return set;
    if (Result<void> removed = marks_->clear(target); !removed) return removed;
    const Result<bool> done = leases_.done(target, lease);
    return done ? Result<void>() : done.error();
  }

  bool failed() {
    const std::lock_guard lock(mutex_);
    return error_ || exception_;
  }

  template <class Function>
  void guarded(const Function& function) {
    try {
      Result<void> done = function();
      const std::lock_guard lock(mutex_);
      if (!done && !error_) error_ = done.error();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      exception_ = std::current_exception();
    }
  }

  const LoadPlan& plan_;
  const WorkerOptions& options_;
  Observer& observer_;
  const unsigned jobs_;
  const std::string name_;
  const Leases leases_;
  ReusedInputs inputs_;
  std::optional<ChunkMarks> marks_;
  std::optional<SharedMoment> moment_;
  std::atomic<uint64_t> chunks_ = 0;  ///< that arrived
  std::mutex mutex_;
  std::condition_variable end_;
  bool ended_ = false;
  std::set<std::string> sessions_;
  Worked worked_;
  std::optional<Error> error_;
  std::exception_ptr exception_;
};

}  // namespace

Result<Worked> work(const LoadPlan& plan, const WorkerOptions& options, Observer& observer) {
  return Worker(plan, options, observer).run();
}

}  // namespace pg2crdb
