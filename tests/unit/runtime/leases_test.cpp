#include "runtime/leases.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "runtime/chunk_marks.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

// Workers that take parts, write chunks, stand still, die and come back, in any order, while the database's
// clock jumps. Nothing is lost, nothing is there twice, and whoever lost his lease writes nothing more.

namespace {

constexpr uint64_t parts_of_a_load = 4;
constexpr uint64_t chunks_of_a_part = 3;
constexpr uint64_t rows_of_a_chunk = 5;
constexpr unsigned lease_seconds = 30;

/// A database whose clock is a table's row: sessions find this clock_timestamp() first.
std::string database_with_clock() {
  Connection server = connect(postgres().url);
  run(server, "DROP DATABASE IF EXISTS leases");
  run(server, "CREATE DATABASE leases");
  run(server, "ALTER DATABASE leases SET search_path = fake, pg_catalog, public");
  Connection made = connect(database(postgres(), "leases"));
  run(made, "CREATE SCHEMA fake");
  run(made, "CREATE TABLE fake.clock AS SELECT timestamptz '2030-01-01' AS is");
  run(made,
      "CREATE FUNCTION fake.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT \"is\" "
      "FROM "
      "fake.clock'");
  run(made, "CREATE TABLE public.t (id INT8)");
  return database(postgres(), "leases");
}

/// What was committed and leased, in its order: one thread does all of it.
struct History {
  std::map<uint64_t, uint64_t> newest;  ///< the number of each part's last lease
  std::vector<std::string> wrong;
  uint64_t chunks = 0;
  uint64_t takeovers = 0;
  uint64_t fenced = 0;
};

class Actor {
 public:
  Actor(std::string url, const Leases& leases, std::string name, bool may_end_sessions, History& history)
      : url_(std::move(url)),
        leases_(leases),
        name_(std::move(name)),
        may_end_sessions_(may_end_sessions),
        history_(history) {
    open();
    if (!leases_.enter(*session_, name_, {})) FAIL("a worker cannot be noted");
  }

  bool ended() const { return ended_; }
  bool idle() const { return !lease_; }

  /// One step of a worker's way. A lost session begins anew without a lease, as a restarted process.
  void step() {
    if (!lease_) return take();
    if (lease_->part.is_end()) return finish();
    if (stage_ == 0 && next_ == chunks_of_a_part) return finish();
    switch (stage_) {
      case 0:
        return attempt("BEGIN; " + marks_->statement(lease_->part.table, place(), {rows_of_a_chunk, {}}));
      case 1:
        return attempt("INSERT INTO public.t SELECT generate_series(" + std::to_string(first_row()) + ", " +
                       std::to_string(first_row() + rows_of_a_chunk - 1) + ")");
      case 2:
        return hold();
      default:
        return commit();
    }
  }

  /// The process dies; `in_commit`: its COMMIT was sent, and nobody heard the answer.
  void die(bool in_commit) {
    if (in_commit && stage_ == 3) commit();
    lease_.reset();
    open();
  }

  void beat() {
    Connection heart = connect(url_);
    if (!leases_.beat(heart, name_, std::vector<std::string>{session_name_})) FAIL("no heartbeat");
  }

  void give_back() {
    if (!lease_ || stage_ != 0) return;
    const Result<void> given = leases_.give_back(*session_, session_name_);
    if (!given) open();
    lease_.reset();
  }

 private:
  void open() {
    session_ = std::make_unique<Connection>(connect(url_));
    session_name_ = name_ + " " + std::to_string(sessions_++);
    run(*session_, "SET lock_timeout = 5; SET application_name = '" + session_name_ + "'");
    if (!marks_) {
      Result<ChunkMarks> marks = ChunkMarks::of_run(*session_, leases_.run(), 1);
      if (!marks) FAIL(marks.error().message);
      marks_.emplace(std::move(*marks));
    }
    stage_ = 0;
  }

  void take() {
    const Result<std::optional<Lease>> taken = leases_.take(*session_, name_, session_name_);
    if (!taken) return open();
    if (!*taken) {
      const Result<Leases::Left> left = leases_.left(*session_, name_);
      if (!left) return open();
      ended_ = left->ended;
      return;
    }
    lease_ = **taken;
    stage_ = 0;
    next_ = 0;
    uint64_t& newest = history_.newest[lease_->part.is_end() ? ~uint64_t{0} : lease_->part.number];
    if (lease_->number <= newest) history_.wrong.push_back("a lease's number was given twice");
    newest = lease_->number;
    if (!lease_->previous_worker.empty()) {
      ++history_.takeovers;
      // Who may not do that waits for what is in the way, here for a moment and then again.
      if (may_end_sessions_) end_sessions(*session_, lease_->previous_worker);
    }
    if (lease_->part.is_end()) return;
    const Result<ChunkMarks::Marks> marks =
        marks_->find_part(*session_, lease_->part.table, lease_->part.number);
    if (!marks) FAIL(marks.error().message);
    there_ = *marks;
    skip();
  }

  void skip() {
    while (next_ < chunks_of_a_part && there_.contains(place())) ++next_;
  }

  ChunkPlace place() const { return {lease_->part.number, next_ * rows_of_a_chunk}; }
  uint64_t first_row() const { return (lease_->part.number * chunks_of_a_part + next_) * rows_of_a_chunk; }

  void lose() {
    ++history_.fenced;
    lease_.reset();
    stage_ = 0;
  }

  void attempt(const std::string& sql) {
    const Result<Rows> done = session_->query(sql);
    if (done) {
      ++stage_;
      return;
    }
    if (done.error().sqlstate == "55P03") {
      run(*session_, "ROLLBACK");
      stage_ = 0;
      return;
    }
    // The session was ended by whoever took the part over.
    lose();
    open();
  }

  void hold() {
    const Result<bool> held = leases_.hold(*session_, *lease_, rows_of_a_chunk);
    if (held && *held) {
      ++stage_;
      return;
    }
    if (held) run(*session_, "ROLLBACK");
    lose();
    if (!held) open();
  }

  void commit() {
    const uint64_t newest = history_.newest[lease_->part.number];
    if (!session_->commit()) {
      lose();
      return open();
    }
    ++history_.chunks;
    if (lease_->number != newest) history_.wrong.push_back("an old lease wrote");
    stage_ = 0;
    ++next_;
    skip();
  }

  void finish() {
    const Result<bool> done = leases_.done(*session_, *lease_);
    if (!done) return open_without_lease();
    if (*done &&
        lease_->number != history_.newest[lease_->part.is_end() ? ~uint64_t{0} : lease_->part.number])
      history_.wrong.push_back("an old lease ended a part");
    if (!*done) ++history_.fenced;
    lease_.reset();
  }

  void open_without_lease() {
    lose();
    open();
  }

  const std::string url_;
  const Leases& leases_;
  const std::string name_;
  const bool may_end_sessions_;
  History& history_;
  std::unique_ptr<Connection> session_;
  std::string session_name_;
  int sessions_ = 0;
  std::optional<ChunkMarks> marks_;
  std::optional<Lease> lease_;
  ChunkMarks::Marks there_;
  uint64_t next_ = 0;  ///< chunk of the part
  int stage_ = 0;      ///< of its transaction: none, noted, written, held
  bool ended_ = false;
};

void check_rows(Connection& server) {
  CHECK(value(server, "SELECT count(*) FROM public.t") == "60");
  CHECK(value(server, "SELECT count(DISTINCT id) FROM public.t WHERE id BETWEEN 0 AND 59") == "60");
  CHECK(value(server, "SELECT count(*) FROM pg2crdb.chunks") == "12");
  CHECK(value(server, "SELECT sum(row_count) FROM pg2crdb.parts") == "60");
}

/// Until the load has ended, in the order that the seed gives.
void run_schedule(Connection& server, const std::string& url, unsigned seed, History& history) {
  std::mt19937 random(seed);
  const auto chance = [&](unsigned one_in) { return random() % one_in == 0; };
  for (const char* table :
       {"public.t", "pg2crdb.loads", "pg2crdb.parts", "pg2crdb.workers", "pg2crdb.chunks"})
    run(server, std::string("DELETE FROM ") + table);
  const Leases leases("run", lease_seconds);
  std::vector<Part> parts;
  for (uint64_t i = 0; i < parts_of_a_load; ++i) parts.push_back({{"public", "t"}, i, 0, 0, 0, 0, 15});
  parts.emplace_back();
  const Result<bool> begun = leases.begin(server, {1, ""}, parts, "first", "");
  REQUIRE(begun);
  REQUIRE(*begun);
  std::vector<std::unique_ptr<Actor>> actors;
  for (int i = 0; i < 3; ++i)
    actors.push_back(std::make_unique<Actor>(url, leases, "w" + std::to_string(i), seed % 2 == 0, history));
  std::vector<int> still(actors.size());  // steps for which it stands still
  bool ended = false;
  for (int step = 0; step < 5000 && !ended; ++step) {
    const size_t who = random() % actors.size();
    Actor& actor = *actors[who];
    if (chance(20))
      run(server, "UPDATE fake.clock SET \"is\" = \"is\" + interval '1 second' * " +
                      std::to_string(static_cast<int>(random() % 121) - 40));
    if (still[who] > 0) {
      --still[who];
      continue;
    }
    if (chance(12)) still[who] = static_cast<int>(random() % 60);
    if (chance(30)) actor.die(chance(2));
    if (chance(25)) actor.beat();
    if (chance(40)) actor.give_back();
    actor.step();
    ended = actor.ended();
  }
  CHECK(ended);
  // Who stood still goes on, long after all is done.
  for (const auto& actor : actors) {
    for (int step = 0; step < 8; ++step) actor->step();
  }
  check_rows(server);
}

}  // namespace

TEST_CASE("in no order of events is a chunk lost, there twice, or written by who lost his lease") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  const std::string url = database_with_clock();
  Connection server = connect(url);
  REQUIRE(Leases::make_tables(server));
  REQUIRE(ChunkMarks::of_run(server, "run", 1));
  const char* wanted = std::getenv("PG2CRDB_SCHEDULES");
  const unsigned schedules = wanted != nullptr ? static_cast<unsigned>(std::atoi(wanted)) : 100;
  uint64_t takeovers = 0, fenced = 0;
  for (unsigned seed = 1; seed <= schedules; ++seed) {
    CAPTURE(seed);
    History history;
    run_schedule(server, url, seed, history);
    CHECK(history.wrong.empty());
    // A COMMIT that nobody heard of is one of them, too.
    CHECK(history.chunks == parts_of_a_load * chunks_of_a_part);
    takeovers += history.takeovers;
    fenced += history.fenced;
  }
  // The schedules do have in them what they are about.
  CHECK(takeovers > schedules);
  CHECK(fenced > schedules / 2);
}

TEST_CASE("a lease is the database's time alone, and goes to another when that says so") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  const std::string url = database_with_clock();
  Connection one = connect(url);
  Connection two = connect(url);
  REQUIRE(Leases::make_tables(one));
  const Leases leases("run", lease_seconds);
  const std::vector<Part> parts = {{{"public", "t"}, 0, 0, 0, 0, 0, 1}, {}};
  REQUIRE(*leases.begin(one, {1, ""}, parts, "a", ""));
  REQUIRE(leases.enter(two, "b", ""));
  const auto first = leases.take(one, "a", "a 0");
  REQUIRE(first);
  REQUIRE(*first);
  CHECK((*first)->number == 1);
  CHECK_FALSE(*leases.take(two, "b", "b 0"));
  const auto jump = [&](const char* by) {
    run(two, std::string("UPDATE fake.clock SET \"is\" = \"is\" + interval '") + by + "'");
  };
  jump("29 seconds");
  CHECK_FALSE(*leases.take(two, "b", "b 0"));
  REQUIRE(leases.beat(two, "a", std::vector<std::string>{"a 0"}));
  jump("29 seconds");
  CHECK_FALSE(*leases.take(two, "b", "b 0"));
  jump("-10 days");  // nothing is lost by that: the lease lasts as long as the clock says
  CHECK_FALSE(*leases.take(two, "b", "b 0"));
  CHECK(*leases.hold(one, **first, 0));
  jump("31 seconds");
  const auto second = leases.take(two, "b", "b 0");
  REQUIRE(second);
  REQUIRE(*second);
  CHECK((*second)->number == 2);
  CHECK((*second)->previous_worker == "a 0");
  CHECK_FALSE(*leases.hold(one, **first, 1));
  CHECK_FALSE(*leases.done(one, **first));
  CHECK(*leases.hold(two, **second, 1));
  CHECK(*leases.done(two, **second));
  const auto end = leases.take(one, "a", "a 0");
  REQUIRE(*end);
  CHECK((*end)->part.is_end());
}

TEST_CASE("two loads cannot have one table, and a load is begun once") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  const std::string url = database_with_clock();
  Connection target = connect(url);
  REQUIRE(Leases::make_tables(target));
  const std::vector<Part> parts = {{{"public", "t"}, 0, 0, 0, 0, 0, 1}, {}};
  REQUIRE(*Leases("one", 30).begin(target, {1, ""}, parts, "a", ""));
  const Result<bool> again = Leases("one", 30).begin(target, {1, ""}, parts, "b", "");
  REQUIRE(again);
  CHECK_FALSE(*again);
  const Result<bool> other = Leases("two", 30).begin(target, {1, ""}, parts, "b", "");
  REQUIRE_FALSE(other);
  CHECK(other.error().kind == Error::Kind::usage);
  CHECK(value(target, "SELECT count(*) FROM pg2crdb.loads") == "1");
}

TEST_CASE("verifications may have one table, and a lease of one is none of the others") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  const std::string url = database_with_clock();
  Connection target = connect(url);
  REQUIRE(Leases::make_tables(target, SharedWork::verification));
  // Of keys, which may be below 0.
  const std::vector<Part> parts = {{{"public", "t"}, 0, 3, static_cast<uint64_t>(-5), 7, 1, {}}, {}};
  const Leases one("one", 30, SharedWork::verification), two("two", 30, SharedWork::verification);
  REQUIRE(*one.begin(target, {0, ""}, parts, "a", ""));
  REQUIRE(*two.begin(target, {0, ""}, parts, "b", ""));
  const auto first = one.take(target, "a", "a 0");
  REQUIRE(*first);
  CHECK(static_cast<int64_t>((*first)->part.begin) == -5);
  CHECK((*first)->part.end == 7);
  const auto second = two.take(target, "b", "b 0");
  REQUIRE(*second);
  REQUIRE(one.done(target, **first));
  CHECK(*two.hold(target, **second, 0));
  CHECK(one.left(target, "a")->leased == 0);
  CHECK(two.left(target, "b")->leased == 1);
}

TEST_CASE("a part that was refused is tried again by who comes later") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  const std::string url = database_with_clock();
  Connection target = connect(url);
  REQUIRE(Leases::make_tables(target));
  const Leases leases("run", 30);
  REQUIRE(
      *leases.begin(target, {1, ""}, std::vector<Part>{{{"public", "t"}, 0, 0, 0, 0, 0, 1}, {}}, "a", ""));
  const auto first = leases.take(target, "a", "a 0");
  REQUIRE(*first);
  run(target, "UPDATE fake.clock SET \"is\" = \"is\" + interval '1 second'");
  REQUIRE(leases.refuse(target, **first, "a row's trouble"));
  CHECK_FALSE(*leases.take(target, "a", "a 0"));
  CHECK(leases.left(target, "a")->why_refused == "a row's trouble");
  run(target, "UPDATE fake.clock SET \"is\" = \"is\" + interval '1 second'");
  REQUIRE(leases.enter(target, "b", ""));
  const auto second = leases.take(target, "b", "b 0");
  REQUIRE(*second);
  CHECK((*second)->number == 2);
  CHECK((*second)->previous_worker.empty());
}
