#include "runtime/rehearse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <random>
#include <set>
#include <string_view>
#include <utility>

#include "runtime/connection.h"
#include "runtime/connection_error.h"
#include "runtime/runtime.h"
#include "support/hex.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// The server lacks an object, of whatever kind.
bool says_missing(const Error& error) {
  constexpr std::array<std::string_view, 7> states = {"42P01", "42703", "42704", "42883",
                                                      "3F000", "42P06", "3D000"};
  return std::ranges::find(states, error.sqlstate) != states.end() ||
         error.message.find("does not exist") != std::string::npos;
}

bool is_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool names(std::string_view message, std::string_view word) {
  if (word.empty()) return false;
  for (size_t at = message.find(word); at != std::string_view::npos; at = message.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_of_word(message[at - 1])) && (end == message.size() || !is_of_word(message[end])))
      return true;
  }
  return false;
}

/// An object's name without its schema, arguments and quotes.
std::string_view last_part(std::string_view object) {
  object = object.substr(0, object.find('('));
  if (object.ends_with('"')) {
    object.remove_suffix(1);
    return object.substr(object.rfind('"') + 1);
  }
  const size_t dot = object.rfind('.');
  return dot == std::string_view::npos ? object : object.substr(dot + 1);
}

bool makes(const LoadPlan::Statement& statement) {
  return statement.kind.starts_with("CREATE ") || statement.kind.find(" ADD ") != std::string::npos ||
         statement.kind.find(" RENAME") != std::string::npos;
}

/// It speaks of what is not in the database alone.
bool is_of_cluster(const LoadPlan::Statement& statement) {
  const auto begins = [&](std::string_view words) { return statement.kind.starts_with(words); };
  return begins("CREATE DATABASE") || begins("ALTER DATABASE") || begins("DROP DATABASE") ||
         begins("ALTER ROLE") || begins("DROP ROLE") || begins("SET CLUSTER SETTING") ||
         begins("REASSIGN OWNED") || begins("DROP OWNED") ||
         statement.sql.find(" ON DATABASE ") != std::string::npos ||
         (statement.phase == "roles" && !begins("CREATE ROLE"));
}

constexpr std::string_view name_begin = "pg2crdb_rehearsal_";

std::string unused_name() {
  std::random_device random;
  return fmt::format("{}{:08x}{:08x}", name_begin, random(), random());
}

/// Of the form that unused_name() gives.
bool is_name(std::string_view name) {
  constexpr size_t digits = 16;
  return name.size() == name_begin.size() + digits && name.starts_with(name_begin) &&
         std::ranges::all_of(name.substr(name_begin.size()), [](char c) { return hex_digit(c) >= 0; });
}

std::string drop_database(std::string_view name) {
  return fmt::format("DROP DATABASE IF EXISTS {} CASCADE", name);
}

/// Databases of rehearsals that were killed, and the roles noted with them. The session of one that is at
/// work calls itself as its database before that is there; a role sees all sessions of its own, and of others
/// none that matters: their databases are not looked at.
Result<std::vector<LeftRehearsal>> find_left(Connection& keeper) {
  const Result<Rows> sessions =
      keeper.query(keeper.is_cockroachdb() ? "SELECT application_name FROM [SHOW SESSIONS]"
                                           : "SELECT application_name FROM pg_catalog.pg_stat_activity");
  if (!sessions) return sessions.error();
  std::set<std::string> at_work;
  for (const std::vector<std::string>& row : sessions->values) at_work.insert(row[0]);
  const Result<Rows> databases = keeper.query(
      "SELECT datname, pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database "
      "WHERE pg_catalog.pg_get_userbyid(datdba) = current_user ORDER BY 1");
  if (!databases) return databases.error();
  std::vector<LeftRehearsal> left;
  for (const std::vector<std::string>& row : databases->values) {
    if (is_name(row[0]) && !at_work.contains(row[0])) left.push_back({row[0], row[1]});
  }
  return left;
}

class Rehearser {
 public:
  Rehearser(const LoadPlan& plan, std::span<const std::string> phases, Connection connection,
            Connection& keeper)
      : plan_(plan), phases_(phases), connection_(std::move(connection)), keeper_(keeper) {}

  Result<void> use(const std::string& database) {
    database_ = database;
    return connection_.execute("USE " + database);
  }

  /// What was noted with a database comes to this one before that is dropped: this rehearsal may be killed,
  /// too.
  Result<void> remove(const std::vector<LeftRehearsal>& left) {
    for (const LeftRehearsal& one : left) {
      if (!one.roles.empty()) {
        if (auto noted = note_roles(one.roles); !noted) return noted;
      }
      if (auto dropped = keeper_.execute(drop_database(one.database)); !dropped) return dropped;
      outcome.removed.push_back(one);
    }
    return {};
  }

  Result<void> run() {
    for (const std::string& phase : phases_) {
      for (size_t i = 0; i < plan_.statements.size(); ++i) {
        if (plan_.statements[i].phase != phase) continue;
        if (auto tried = attempt(i); !tried) return tried;
      }
    }
    return {};
  }

  Rehearsal outcome;
  std::vector<std::string> roles;  ///< that were made

 private:
  Result<void> attempt(size_t index) {
    const LoadPlan::Statement& statement = plan_.statements[index];
    if (stop_requested) return Error{Error::Kind::interrupted, "stopped while it was tried", {}, {}};
    const bool is_role = statement.kind.starts_with("CREATE ROLE");
    if (is_of_cluster(statement)) {
      outcome.not_tried.push_back(index);
      return {};
    }
    if (is_role) {
      const Result<Rows> there = connection_.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = " +
                                                   quote_literal(std::string(last_part(statement.object))));
      if (!there) return there.error();
      if (there->size() > 0) {
        outcome.not_tried.push_back(index);
        return {};
      }
    }
    ++outcome.tried;
    if (is_role) {
      const std::string role = quote_identifier(std::string(last_part(statement.object)));
      if (auto noted = note_roles(role); !noted) return noted;
    }
    const Result<void> done = connection_.execute(statement.sql);
    if (done) {
      if (is_role) roles.push_back(std::string(last_part(statement.object)));
      return {};
    }
    if (is_passing(done.error()) || stop_requested) return done;
    outcome.refused.push_back({index, done.error().sqlstate, done.error().message, cause_of(done.error())});
    return {};
  }

  /// With the database, for the one that finds it: roles are nobody's, and would be left without a trace.
  Result<void> note_roles(const std::string& names) {
    noted_ += (noted_.empty() ? "" : ", ") + names;
    return keeper_.execute(fmt::format("COMMENT ON DATABASE {} IS {}", database_, quote_literal(noted_)));
  }

  std::optional<size_t> cause_of(const Error& error) const {
    if (!says_missing(error)) return {};
    for (size_t i = 0; i < outcome.refused.size(); ++i) {
      const LoadPlan::Statement& before = plan_.statements[outcome.refused[i].statement];
      if (makes(before) && names(error.message, last_part(before.object)))
        return outcome.refused[i].because.value_or(i);
    }
    return {};
  }

  const LoadPlan& plan_;
  std::span<const std::string> phases_;
  Connection connection_;
  Connection& keeper_;
  std::string database_;
  std::string noted_;  ///< names of roles, as SQL has them
};

}  // namespace

Result<Rehearsal> rehearse(const LoadPlan& plan, std::span<const std::string> phases,
                           const std::string& target) {
  Result<Connection> keeper = Connection::open(target);
  if (!keeper) return keeper.error();
  Result<Connection> session = Connection::open(target);
  if (!session) return session.error();
  const std::string database = unused_name();
  if (auto named = keeper->execute(fmt::format("SET application_name = '{}'", database)); !named)
    return named.error();
  // What it may not look at, or drop, stays.
  const Result<std::vector<LeftRehearsal>> left = find_left(*keeper);
  if (!left && left.error().sqlstate.empty()) return left.error();
  if (auto made = keeper->execute("CREATE DATABASE " + database); !made) {
    Error error = made.error();
    if (error.sqlstate == "42501")
      error.advice = "the role needs CREATEDB: statements are tried in a database of their own";
    return error;
  }
  Rehearser rehearser(plan, phases, std::move(*session), *keeper);
  const auto begin_and_run = [&]() -> Result<void> {
    if (auto used = rehearser.use(database); !used) return used;
    if (left) {
      if (auto removed = rehearser.remove(*left); !removed && removed.error().sqlstate.empty())
        return removed;
    }
    return rehearser.run();
  };
  const Result<void> done = begin_and_run();
  const bool stopped = stop_requested.exchange(false);  // the database goes away all the same
  if (!keeper->execute(drop_database(database))) rehearser.outcome.left.push_back("DATABASE " + database);
  for (const std::string& role : rehearser.roles) {
    const std::string name = quote_identifier(role);
    if (!keeper->execute("DROP ROLE IF EXISTS " + name)) rehearser.outcome.left.push_back("ROLE " + name);
  }
  if (stopped) stop_requested = true;
  if (done) return std::move(rehearser.outcome);
  Error error = done.error();
  const auto advise = [&](const std::string& what) {
    error.advice += (error.advice.empty() ? "" : "; ") + what;
  };
  for (const std::string& one : rehearser.outcome.left)
    advise(fmt::format("DROP {}: it is left on the cluster", one));
  for (const LeftRehearsal& one : rehearser.outcome.removed) {
    if (!one.roles.empty())
      advise(
          fmt::format("{}, which a rehearsal left that was killed, is dropped; it made these roles, which "
                      "may be needed by now: {}",
                      one.database, one.roles));
  }
  return error;
}

}  // namespace pg2crdb
