#pragma once
#include <optional>
#include <string>

#include "driver/options.h"
#include "plan/load_plan.h"
#include "support/result.h"

/// The database of --target, where it is to be made: --create-database and --owner.
namespace pg2crdb {

/// The options that do not go together, or a --target that names no database.
std::optional<Error> wrong_new_database(const Options& options);

/// A URL of the cluster that can be connected to: --target itself, or with --create-database one of a
/// database that is there.
Result<std::string> url_of_cluster(const Options& options);

/// Makes a database where it is not there, in a session of `url`, which names another one.
Result<void> create_database(const std::string& url, const std::string& name);

/// With --owner, fails where nobody made that role, and the plan's phase `roles` does not either.
Result<void> check_owner(const Options& options, const LoadPlan& plan, bool makes_roles);
/// With --owner, the database is that role's from now on.
Result<void> give_to_owner(const Options& options);

/// What a dry run prints of the two, with a semicolon and a line end; empty without the option.
std::string creation_text(const Options& options);
std::string owner_text(const Options& options);

}  // namespace pg2crdb
