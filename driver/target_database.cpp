#include "driver/target_database.h"

#include <fmt/format.h>

#include <algorithm>

#include "driver/pg_dump.h"
#include "runtime/connection.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::string change_of_owner(const Options& options) {
  return fmt::format("ALTER DATABASE {} OWNER TO {}", quote_identifier(named_database(options.target)),
                     quote_identifier(options.owner));
}

}  // namespace

std::optional<Error> wrong_new_database(const Options& options) {
  if (!options.create_database) {
    if (options.owner.empty()) return {};
    return usage_error("`--owner` goes with --create-database",
                       "a database that is there is given away with ALTER DATABASE ... OWNER TO");
  }
  if (options.target.empty() || !named_database(options.target).empty()) return {};
  return usage_error("`--create-database` needs a --target that names the database",
                     "write --target postgresql://root@localhost:26257/shop");
}

Result<std::string> url_of_cluster(const Options& options) {
  if (!options.create_database) return options.target;
  // A new cluster of CockroachDB has the first two: DDL facts 3.
  Error problem;
  for (const std::string& name :
       {std::string("defaultdb"), std::string("postgres"), named_database(options.target)}) {
    Result<std::string> url = with_database(options.target, name);
    if (!url) return url;
    const Result<Connection> session = Connection::open(*url);
    if (session) return url;
    problem = session.error();
    if (problem.sqlstate.empty()) break;  // it is not there, whatever the database
  }
  return problem;
}

Result<void> create_database(const std::string& url, const std::string& name) {
  Result<Connection> target = Connection::open(url);
  if (!target) return target.error();
  const Result<Rows> found = target->query("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", {name});
  if (!found) return found.error();
  if (found->size() > 0) return {};
  return target->execute("CREATE DATABASE " + quote_identifier(name));
}

Result<void> check_owner(const Options& options, const LoadPlan& plan, bool makes_roles) {
  if (options.owner.empty()) return {};
  const bool is_made = makes_roles && std::ranges::any_of(plan.statements, [&](const auto& statement) {
                         return statement.kind.starts_with("CREATE ROLE") &&
                                statement.object == quote_identifier(options.owner);
                       });
  if (is_made) return {};
  const Result<std::string> url = url_of_cluster(options);
  if (!url) return url.error();
  Result<Connection> session = Connection::open(*url);
  if (!session) return session.error();
  const Result<Rows> found =
      session->query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1", {options.owner});
  if (!found) return found.error();
  if (found->size() > 0) return {};
  return usage_error(fmt::format("there is no role `{}` to own the database", options.owner),
                     "create it (CREATE ROLE), or name another one; nothing was made");
}

Result<void> give_to_owner(const Options& options) {
  if (options.owner.empty()) return {};
  Result<Connection> session = Connection::open(options.target);
  if (!session) return session.error();
  const Result<Rows> owned = session->query(
      "SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1 AND pg_catalog.pg_get_userbyid(datdba) = $2",
      {named_database(options.target), options.owner});
  if (!owned) return owned.error();
  if (owned->size() > 0) return {};
  return session->execute(change_of_owner(options));
}

std::string creation_text(const Options& options) {
  if (!options.create_database) return {};
  return fmt::format("CREATE DATABASE {};\n", quote_identifier(named_database(options.target)));
}

std::string owner_text(const Options& options) {
  return options.owner.empty() ? std::string() : change_of_owner(options) + ";\n";
}

}  // namespace pg2crdb
