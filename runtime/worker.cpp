#include "runtime/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/batch_writer.h"
#include "runtime/chunk_marks.h"
#include "runtime/connection.h"
#include "runtime/dump_input.h"
#include "runtime/empty_table.h"
#include "runtime/leased_work.h"
#include "runtime/leases.h"
#include "runtime/live_source.h"
#include "runtime/loaded_columns.h"
#include "runtime/part_loader.h"
#include "runtime/parts.h"
#include "runtime/shared_moment.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr uint64_t chunks_a_part = 16;
constexpr uint64_t memory_per_byte = 4;
constexpr size_t largest_chunk = size_t{4} << 20;
constexpr size_t smallest_chunk = size_t{16} << 10;

class Worker {
 public:
  Worker(const LoadPlan& plan, const WorkerOptions& options, Observer& observer)
      : plan_(plan),
        options_(options),
        observer_(observer),
        jobs_(options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency())),
        name_(new_worker()),
        leases_(options.run, options.lease_seconds),
        inputs_(2 * jobs_),
        work_(leases_, options.target, name_, jobs_, observer) {}

  Result<Worked> run() {
    if (Result<void> columns = check_columns(plan_); !columns) return columns.error();
    if (options_.source.empty()) {
      if (Result<void> again = check_read_again(plan_); !again) return again.error();
    }
    Result<Connection> target = Connection::open(options_.target);
    if (!target) return target.error();
    if (Result<void> named = set_up_session(*target, name_ + " main", options_.lease_seconds); !named)
      return named.error();
    if (Result<void> entered = enter(*target); !entered) return entered.error();
    if (!ended_) {
      const Result<void> done =
          work_.run([this](Connection opened) { return std::make_unique<Session>(*this, std::move(opened)); },
                    {load_stopped(), refused});
      if (!done) return done.error();
    }
    const Result<std::vector<Leases::LoadedPart>> loaded = leases_.loaded(*target);
    if (!loaded) return loaded.error();
    for (const Leases::LoadedPart& table : *loaded) worked_.all_rows += table.rows;
    worked_.tables = loaded->size();
    return worked_;
  }

 private:
  class Session : public LeaseSession {
   public:
    Session(Worker& worker, Connection target) : worker_(worker), writer_(std::move(target)) {}
    Connection& target() override { return writer_.target(); }
    Result<void> work_on(const Lease& lease) override {
      if (lease.part.is_end()) return worker_.end_load(target(), lease);
      return worker_.load_part(writer_, source_, lease);
    }

   private:
    Worker& worker_;
    BatchWriter writer_;
    std::optional<Connection> source_;
  };

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

  static Error refused(const Leases::Left& left) {
    return {
        Error::Kind::interrupted,
        fmt::format("the target refuses rows in {} of the load's parts: {}", left.refused, left.why_refused),
        {},
        "correct the rows or the table; the same words again try these parts again. All other rows are "
        "there"};
  }

  Result<void> load_part(BatchWriter& writer, std::optional<Connection>& source, const Lease& lease) {
    if (moment_ && !source) {
      Result<Connection> opened = open_source(options_.source, moment_->snapshot);
      if (!opened) return opened.error();
      source.emplace(std::move(*opened));
    }
    const std::string name = quote_name(lease.part.table.schema, lease.part.table.name);
    observer_.rows_moved(name, 0, 0);
    PartLoader loader(plan_, *marks_, leases_, lease, writer, observer_, [this] { work_.progressed(); });
    const size_t longest = std::max<size_t>(options_.memory / memory_per_byte, marks_->chunk_bytes());
    const Result<PartLoader::End> end =
        source ? loader.load_from(*source, longest) : loader.load_from(inputs_, longest);
    if (!end) return end.error();
    if (*end == PartLoader::End::lost)
      observer_.log(fmt::format("part {} of {} has another worker by now", lease.part.number, name));
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

  const LoadPlan& plan_;
  const WorkerOptions& options_;
  Observer& observer_;
  const unsigned jobs_;
  const std::string name_;
  const Leases leases_;
  ReusedInputs inputs_;
  std::optional<ChunkMarks> marks_;
  std::optional<SharedMoment> moment_;
  LeasedWork work_;
  bool ended_ = false;
  std::mutex mutex_;
  Worked worked_;
};

}  // namespace

Result<Worked> work(const LoadPlan& plan, const WorkerOptions& options, Observer& observer) {
  return Worker(plan, options, observer).run();
}

}  // namespace pg2crdb
