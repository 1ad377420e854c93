#include "runtime/shared_moment.h"

#include <utility>

#include "runtime/connection_error.h"
#include "runtime/database_mark.h"
#include "runtime/live_source.h"

namespace pg2crdb {
namespace {

Result<SharedMoment> moment_of(Connection session, const std::string& url) {
  if (session.is_cockroachdb()) {
    return Error{Error::Kind::usage,
                 "the source is a CockroachDB, which has no moment that several workers could share",
                 {},
                 "`pg2crdb load --source` reads it with one process"};
  }
  Result<std::string> snapshot = export_snapshot(session, url);
  if (!snapshot) return snapshot.error();
  Result<std::string> database = database_mark(session);
  if (!database) return database.error();
  const Result<std::string> transactions = source_transactions(session, url);
  if (!transactions) return transactions.error();
  return SharedMoment{std::move(session), std::move(*snapshot), *transactions,
                      *database + " " + *transactions};
}

}  // namespace

Result<SharedMoment> share_moment(const std::string& url, const std::vector<std::string>& snapshots,
                                  const std::string& wanted) {
  for (const std::string& snapshot : snapshots) {
    Result<Connection> session = open_source(url, snapshot);
    if (!session && is_passing(session.error())) return session.error();
    if (!session) continue;  // its worker is gone
    Result<SharedMoment> shared = moment_of(std::move(*session), url);
    if (!shared || wanted.empty() || shared->moment == wanted) return shared;
  }
  Result<Connection> session = open_source(url, {});
  if (!session) return session.error();
  Result<SharedMoment> now = moment_of(std::move(*session), url);
  if (!now || wanted.empty() || now->moment == wanted) return now;
  return Error{Error::Kind::usage,
               "the source has been written to since the workers went that read it: what is left would be of "
               "another moment than what is there",
               {},
               "nothing was changed now. Workers that still run go on. If none does, empty the tables, run "
               "DROP SCHEMA pg2crdb CASCADE on the "
               "target, and begin again; it is easier where nobody writes to the source"};
}

}  // namespace pg2crdb
