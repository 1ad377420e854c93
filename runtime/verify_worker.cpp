#include "runtime/verify_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "runtime/compare_table.h"
#include "runtime/compared_moment.h"
#include "runtime/connection.h"
#include "runtime/connection_error.h"
#include "runtime/dump_input.h"
#include "runtime/leased_work.h"
#include "runtime/leases.h"
#include "runtime/live_source.h"
#include "runtime/loaded_columns.h"
#include "runtime/moment.h"
#include "runtime/shared_moment.h"
#include "runtime/verify_end.h"
#include "runtime/verify_log.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr SharedWork work = SharedWork::verification;
constexpr uint64_t has_begin = 1, has_end = 2;  ///< Part::block of a range of keys

uint64_t number(const std::string& text) {
  return std::strtoull(text.c_str(), nullptr, 10);
}

Part part_of(const ObjectName& table, const Shard& shard) {
  Part part{table, shard.number - 1, 0, 0, 0, shard.count, {}};
  if (shard.keys.begin) part.block |= has_begin;
  if (shard.keys.end) part.block |= has_end;
  part.begin = static_cast<uint64_t>(shard.keys.begin.value_or(0));
  part.end = static_cast<uint64_t>(shard.keys.end.value_or(0));
  return part;
}

Shard shard_of(const Part& part) {
  Shard shard{{}, part.number + 1, part.first_line};
  if ((part.block & has_begin) != 0) shard.keys.begin = static_cast<int64_t>(part.begin);
  if ((part.block & has_end) != 0) shard.keys.end = static_cast<int64_t>(part.end);
  return shard;
}

class VerifyWorker {
 public:
  VerifyWorker(const LoadPlan& plan, const VerifyWorkerOptions& options, Observer& observer)
      : plan_(plan),
        options_(options),
        observer_(observer),
        jobs_(options.verify.jobs != 0 ? options.verify.jobs
                                       : std::max(1U, std::thread::hardware_concurrency())),
        name_(new_worker()),
        comparer_(plan, options.verify, jobs_, observer) {}

  Result<VerifiedTogether> run() {
    Result<Connection> target = Connection::open(options_.verify.target);
    if (!target) return target.error();
    if (Result<void> named = set_up_session(*target, name_ + " main", options_.lease_seconds); !named)
      return named.error();
    if (Result<void> made = Leases::make_tables(*target, work); !made) return made.error();
    if (Result<void> entered = enter(*target); !entered) return entered.error();
    LeasedWork leased(*leases_, options_.verify.target, name_, jobs_, observer_);
    leased_ = &leased;
    const Result<void> done =
        leased.run([this](Connection opened) { return std::make_unique<Session>(*this, std::move(opened)); },
                   {stopped(), refused});
    if (!done) return done.error();
    return gather();
  }

 private:
  class Session : public LeaseSession {
   public:
    Session(VerifyWorker& worker, Connection target)
        : worker_(worker), target_(std::move(target)), sessions_(*worker.moment_) {}
    Connection& target() override { return target_; }
    Result<void> work_on(const Lease& lease) override {
      return lease.part.is_end() ? worker_.compare_schema(target_, lease)
                                 : worker_.compare_part(target_, sessions_, lease);
    }

   private:
    VerifyWorker& worker_;
    Connection target_;
    Sessions sessions_;
  };

  static Error stopped() {
    return {Error::Kind::interrupted, "stopped before all rows were compared", {}, {}};
  }

  static Error refused(const Leases::Left& left) {
    return {Error::Kind::interrupted,
            fmt::format("{} of the verification's parts could not be compared: {}", left.refused,
                        left.why_refused),
            {},
            "the same words again try these parts again; what the others came to is kept"};
  }

  // Which verification ------------------------------------------------------------------------------------

  struct Newest {
    uint64_t number = 0;
    bool ended = true;
  };

  std::string run_of(uint64_t number) const { return fmt::format("{}-{}", options_.same_work, number); }

  /// Of those with the same words.
  Result<Newest> newest(Connection& target) const {
    const std::string beginning = options_.same_work + "-";
    const Result<Rows> rows = target.query(
        fmt::format("SELECT substr(v.run, {}), EXISTS (SELECT 1 FROM {} AS p WHERE p.run = v.run AND "
                    "p.table_name = '' AND p.state = 'done') FROM {} AS v WHERE substr(v.run, 1, {}) = {} "
                    "ORDER BY substr(v.run, {})::INT8 DESC LIMIT 1",
                    beginning.size() + 1, shared_tables(work).parts, shared_tables(work).runs,
                    beginning.size(), quote_literal(beginning), beginning.size() + 1));
    if (!rows) return rows.error();
    if (rows->size() == 0) return Newest();
    return Newest{number(rows->values[0][0]), rows->values[0][1] == "t"};
  }

  /// Joins the verification that is under way, or begins one.
  Result<void> enter(Connection& target) {
    while (true) {
      const Result<Newest> last = newest(target);
      if (!last) return last.error();
      if (!last->ended) {
        leases_.emplace(run_of(last->number), options_.lease_seconds, work);
        const Result<bool> joined = join(target);
        if (!joined) return joined.error();
        if (*joined) return {};
      }
      leases_.emplace(run_of(last->number + 1), options_.lease_seconds, work);
      const Result<bool> begun = begin(target);
      if (!begun) return begun.error();
      if (*begun) return {};
    }
  }

  Error at_target(Error error) const { return at_server(options_.verify.target, std::move(error)); }

  /// False where what both sides were then cannot be read any more.
  Result<bool> join(Connection& target) {
    const Result<std::optional<Leases::Load>> found = leases_->find(target);
    if (!found) return found.error();
    if (!*found) return false;
    const std::string& moment = (*found)->moment;
    const size_t line_end = moment.find('\n');
    const std::string begin = moment.substr(line_end + 1);
    const Result<bool> readable = is_readable(begin);
    if (!readable) return readable.error();
    const Result<bool> past = was_past(target);
    if (!past) return past.error();
    if (!*readable || *past) return begin_another("the target cannot be read as it was then any more");
    if (!options_.verify.source.empty()) {
      const Result<std::vector<std::string>> snapshots = leases_->snapshots(target);
      if (!snapshots) return snapshots.error();
      Result<SharedMoment> shared =
          share_moment(options_.verify.source, *snapshots, moment.substr(0, line_end));
      if (!shared && shared.error().kind != Error::Kind::usage) return shared.error();
      if (!shared) return begin_another("the source has been written to since");
      source_.emplace(std::move(*shared));
    }
    keep(begin);
    if (Result<void> entered = leases_->enter(target, name_, snapshot()); !entered) return entered.error();
    observer_.log(
        "joins the verification that is under way: both sides are compared as they were when it began");
    return true;
  }

  bool begin_another(std::string_view why) {
    observer_.log(fmt::format("the verification that is under way is not gone on with: {}", why));
    return false;
  }

  /// The target, at the moment.
  Result<bool> is_readable(const std::string& begin) const {
    Result<Connection> then = open_at(options_.verify.target, begin);
    if (!then && then.error().sqlstate.empty()) return then.error();
    if (!then) return false;
    if (plan_.tables.empty()) return true;
    const LoadPlan::Table& first = plan_.tables.front();
    const Result<Rows> row =
        then->query(fmt::format("SELECT 1 FROM {} LIMIT 1", quote_name(first.schema, first.name)));
    if (!row && row.error().sqlstate.empty()) return row.error();
    return row || !is_past(row.error());
  }

  /// Whether a worker could not read a part any more as it was: is_readable() looks at one row of one table.
  Result<bool> was_past(Connection& target) const {
    const Result<Rows> refused =
        target.query(fmt::format("SELECT problem FROM {} WHERE run = {} AND state = 'refused'",
                                 shared_tables(work).parts, quote_literal(leases_->run())));
    if (!refused) return refused.error();
    return std::ranges::any_of(refused->values, [](const std::vector<std::string>& row) {
      return is_past({Error::Kind::interrupted, row[0], {}, {}});
    });
  }

  void keep(const std::string& begin) {
    moment_ = ComparedMoment::kept_by_others(options_.verify.source, source_ ? &*source_ : nullptr,
                                             options_.verify.target, begin);
  }

  std::string snapshot() const { return source_ ? source_->snapshot : std::string(); }

  /// False where another worker was faster.
  Result<bool> begin(Connection& target) {
    Result<Connection> keeper = Connection::open(options_.verify.target);
    if (!keeper) return keeper.error();
    const Result<std::string> now = begin_now(*keeper);
    if (!now) return at_target(now.error());
    std::string moment;
    source_.reset();
    if (!options_.verify.source.empty()) {
      Result<SharedMoment> shared = share_moment(options_.verify.source, {}, {});
      if (!shared) return shared.error();
      moment = shared->moment;
      source_.emplace(std::move(*shared));
    }
    keep(*now);
    const Result<std::vector<Part>> parts = divide(target);
    if (!parts) return parts.error();
    Result<bool> begun = leases_->begin(target, {0, moment + "\n" + *now}, *parts, name_, snapshot());
    if (!begun || !*begun) return begun;
    keeper_.emplace(std::move(*keeper));
    observer_.log(fmt::format("the verification has {} parts", parts->size() - 1));
    return true;
  }

  /// Tables, the large ones by keys; the end is the last.
  Result<std::vector<Part>> divide(Connection& target) {
    std::vector<std::vector<PageRange>> pages(plan_.tables.size(), {PageRange{}});
    if (source_) {
      Result<std::vector<std::vector<PageRange>>> ranges = page_ranges(source_->session, plan_);
      if (!ranges) return ranges.error();
      pages = std::move(*ranges);
    }
    std::vector<Part> parts;
    for (const size_t table : by_input(plan_)) {
      std::vector<KeyRange> keys = {KeyRange{}};
      if (pages[table].size() > 1 && comparer_.has_shards(table)) {
        Result<std::vector<KeyRange>> divided = keys_of(table, pages[table].size(), target);
        if (!divided) return divided.error();
        keys = std::move(*divided);
      }
      for (uint64_t i = 0; i < keys.size(); ++i)
        parts.push_back(part_of(plan_.tables[table].target(), {keys[i], i + 1, keys.size()}));
    }
    parts.emplace_back();
    return parts;
  }

  /// About `count` ranges of the source's keys, of as many rows each; one for all where a key has too many,
  /// or where the target has no such column.
  Result<std::vector<KeyRange>> keys_of(size_t table, uint64_t count, Connection& target) {
    const Result<std::optional<std::set<std::string>>> there = columns_at_target(target, plan_.tables[table]);
    if (!there) return there.error();
    if (!*there || !(*there)->contains(comparer_.first_key(table, &LoadPlan::Column::name)))
      return std::vector<KeyRange>{KeyRange{}};
    Connection& source = source_->session;
    const Result<std::string> from = source_table(source, plan_, plan_.tables[table]);
    if (!from) return from.error();
    const Result<Rows> all = source.query("SELECT count(*) FROM " + *from);
    if (!all) return all.error();
    const uint64_t rows = number(all->values[0][0]) / count + 1;
    const std::string key = quote_identifier(comparer_.first_key(table, &LoadPlan::Column::source_name));
    uint64_t bytes = 0;
    Result<std::optional<std::vector<KeyRange>>> ranges =
        cut({source, *from, key, key, false, rows * count}, {KeyRange{}}, rows, bytes);
    if (!ranges) return ranges.error();
    return *ranges ? std::move(**ranges) : std::vector<KeyRange>{KeyRange{}};
  }

  // Parts -------------------------------------------------------------------------------------------------

  size_t index_of(const ObjectName& table) const {
    const auto found = std::ranges::find_if(
        plan_.tables, [&](const LoadPlan::Table& planned) { return planned.target() == table; });
    if (found == plan_.tables.end()) throw InternalError("a part of a table that the plan does not have");
    return static_cast<size_t>(found - plan_.tables.begin());
  }

  Result<void> compare_part(Connection& target, Sessions& sessions, const Lease& lease) {
    const Result<VerifiedTable> found =
        comparer_.compare(index_of(lease.part.table), shard_of(lease.part), sessions);
    if (!found) {
      sessions.forget();
      if (stop_requested || found.error().sqlstate.empty() || is_lost(found.error())) return found.error();
      if (Result<void> kept = is_source_kept(found.error()); !kept) return kept;
      return refuse(target, lease, explain_moment(found.error()));
    }
    const Result<bool> noted = note(target, lease, *found, {});
    if (!noted) return noted.error();
    leased_->progressed();
    const std::lock_guard lock(mutex_);
    if (!*noted) {
      observer_.log(
          fmt::format("part {} of {} has another worker by now, whose result counts: of rows of it that "
                      "differ that one tells, too",
                      lease.part.number, quote_name(lease.part.table.schema, lease.part.table.name)));
      return {};
    }
    ++together_.parts;
    together_.rows += found->truth_rows;
    return {};
  }

  /// A session of ours keeps the source as it was. Without it nobody can read it through this worker, which
  /// says nothing of the part: others can. `met` is what that showed in.
  Result<void> is_source_kept(const Error& met) {
    if (!source_) return {};
    const std::lock_guard lock(mutex_);
    if (source_->session.query("SELECT 1")) return {};
    return Error{Error::Kind::interrupted,
                 "the session that keeps the source as it was is lost: " + met.message,
                 met.sqlstate,
                 {}};
  }

  Result<void> refuse(Connection& target, const Lease& lease, const Error& error) {
    const std::string why =
        fmt::format("{}: {}", quote_name(lease.part.table.schema, lease.part.table.name), error.message);
    observer_.problem("cannot compare " + why);
    return leases_->refuse(target, lease, why);
  }

  /// Of the schema, differences are counted as mismatches.
  Result<void> compare_schema(Connection& target, const Lease& lease) {
    const Result<SchemaDifferences> schema = verify_schema(plan_, options_.verify, observer_);
    if (!schema) return schema.error();
    const Result<std::vector<VerifiedTable>> tables = found(target);
    if (!tables) return tables.error();
    VerifiedTable end;
    end.mismatch = schema->sentences.size();
    const Result<bool> noted = note(target, lease, end, advice_for(*tables, *schema));
    return noted ? Result<void>() : noted.error();
  }

  /// What a part came to, and that it is done: false where the lease is another's by now.
  Result<bool> note(Connection& target, const Lease& lease, const VerifiedTable& found,
                    const std::string& advice) const {
    Result<Rows> noted = Rows();
    const Result<void> written = in_transaction(target, [&]() -> Result<void> {
      noted = target.query(fmt::format(
          "UPDATE {} SET state = 'done', ended = clock_timestamp(), row_count = {}, success = {}, missing = "
          "{}, mismatch = {}, extraneous = {}, changing = {}, problem = {} WHERE {} RETURNING lease",
          shared_tables(work).parts, found.truth_rows, found.success, found.missing, found.mismatch,
          found.extraneous, found.changing, quote_literal(advice), leases_->still_held(lease)));
      return noted ? Result<void>() : noted.error();
    });
    if (!written) return written.error();
    return noted->size() == 1;
  }

  // The end -----------------------------------------------------------------------------------------------

  /// Sums of the parts, in the order of the names; the end's is the one without a name.
  Result<std::vector<VerifiedTable>> found(Connection& target) const {
    const Result<Rows> rows = target.query(fmt::format(
        "SELECT table_schema, table_name, sum(row_count)::INT8, sum(success)::INT8, sum(missing)::INT8, "
        "sum(mismatch)::INT8, sum(extraneous)::INT8, sum(changing)::INT8 FROM {} WHERE run = {} GROUP BY 1, "
        "2 ORDER BY 1, 2",
        shared_tables(work).parts, quote_literal(leases_->run())));
    if (!rows) return rows.error();
    std::vector<VerifiedTable> tables;
    for (const std::vector<std::string>& row : rows->values)
      tables.push_back({{row[0], row[1]},
                        number(row[2]),
                        number(row[3]),
                        number(row[4]),
                        number(row[5]),
                        number(row[6]),
                        number(row[7])});
    return tables;
  }

  Result<VerifiedTogether> gather() {
    Result<Connection> target = Connection::open(options_.verify.target);
    if (!target) return target.error();
    Result<std::vector<VerifiedTable>> all = found(*target);
    if (!all) return all.error();
    const Result<Rows> end = target->query(
        fmt::format("SELECT problem, (SELECT (v.began AT TIME ZONE 'UTC')::TEXT FROM {} AS v "
                    "WHERE v.run = p.run) FROM {} AS p WHERE run = {} AND table_name = ''",
                    shared_tables(work).runs, shared_tables(work).parts, quote_literal(leases_->run())));
    if (!end) return end.error();
    if (end->size() != 1) throw InternalError("a verification without an end");
    uint64_t schema_differences = 0;
    for (VerifiedTable& table : *all) {
      if (table.table.name.empty())
        schema_differences = table.mismatch;
      else
        together_.tables.push_back(std::move(table));
    }
    together_.began = end->values[0][1] + " UTC";
    if (options_.verify.source.empty()) {
      for (const LoadPlan::LeftOut& rows : plan_.left_out)
        tell_left_out(rows, options_.verify.json_log, observer_);
    }
    tell_complete(options_.verify, observer_);
    if (std::optional<Error> error = verdict(together_.tables, schema_differences, end->values[0][0]))
      return *error;
    return together_;
  }

  const LoadPlan& plan_;
  const VerifyWorkerOptions& options_;
  Observer& observer_;
  const unsigned jobs_;
  const std::string name_;
  std::optional<Leases> leases_;
  TableComparer comparer_;
  std::optional<SharedMoment> source_;    ///< keeps the source's moment
  std::optional<Connection> keeper_;      ///< the target's
  std::optional<ComparedMoment> moment_;  ///< of both
  LeasedWork* leased_ = nullptr;
  std::mutex mutex_;
  VerifiedTogether together_;
};

}  // namespace

Result<VerifiedTogether> verify_together(const LoadPlan& plan, const VerifyWorkerOptions& options,
                                         Observer& observer) {
  if (Result<void> columns = check_columns(plan); !columns) return columns.error();
  if (options.verify.source.empty()) {
    if (Result<void> again = check_read_again(plan); !again) return again.error();
  }
  return VerifyWorker(plan, options, observer).run();
}

}  // namespace pg2crdb
