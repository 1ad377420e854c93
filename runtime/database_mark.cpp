#include "runtime/database_mark.h"

#include "runtime/connection_error.h"

namespace pg2crdb {

Result<std::string> database_mark(Connection& target) {
  Result<Rows> number =
      target.query("SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()");
  if (!number) return number.error();
  std::string mark = number->size() == 1 ? number->values[0][0] : "unknown";
  if (!target.is_cockroachdb()) return mark;
  Result<Rows> cluster = target.query("SELECT crdb_internal.cluster_id()::STRING");
  if (!cluster && is_passing(cluster.error())) return cluster.error();
  return cluster && cluster->size() == 1 ? mark + " of " + cluster->values[0][0] : mark;
}

}  // namespace pg2crdb
