#pragma once
#include <optional>
#include <string>

#include "runtime/connection.h"
#include "target/target.h"

namespace pg2crdb {

/// What a cluster says of itself.
struct ClusterVersion {
  Version runs;    ///< the node's program, with its patch
  Version active;  ///< the cluster's version: older where an upgrade is not finalized

  /// What may be used.
  Version usable() const { return active < runs.release() ? active : runs; }
};

/// Of the program that answers, with its patch. Nothing where that is no CockroachDB, or a release that is
/// not known.
std::optional<Version> program_version(const Connection& target);

/// Nothing where the server is no CockroachDB, or a release that is not known. An error only where the
/// connection is lost: not everybody may ask for the cluster's version, which is the program's then.
Result<std::optional<ClusterVersion>> cluster_version(Connection& target);

/// "26.1.3" of "CockroachDB CCL v26.1.3 (x86_64 ...)", "26.1" of "26.1-upgrading-to-26.2-step-006"; empty
/// where there is none.
std::string version_in(std::string_view text);

}  // namespace pg2crdb
