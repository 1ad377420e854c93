#pragma once
#include <string>

#include "rewrite/pass.h"

/// Between the sources of this pass only.
namespace pg2crdb::partitions {

inline constexpr std::string_view advice_of_foreign_key =
    "Put it on the whole table, if the rows of all partitions have their key there; else check it in a "
    "trigger.";

inline constexpr FindingKind rules[] = {
    {"partitioned-table", Severity::warning, "tables",
     "CockroachDB splits tables by itself: the partitions become one table",
     "Replace DROP and DETACH PARTITION in maintenance jobs by DELETE or row-level TTL."},
    {"partition-merged", Severity::info, "tables",
     "a partition, or a statement about one, goes into the table it belongs to", "Nothing to do."},
    {"partition-lifted", Severity::info, "constraints", "every partition has it, so the whole table gets it",
     "Nothing to do."},
    {"partition-index", Severity::warning, "indexes", "an index of some partitions only goes with them",
     "Create it on the whole table, with a WHERE clause if need be."},
    {"partition-constraint", Severity::error, "constraints",
     "a constraint, key, trigger or policy of some partitions only cannot be kept",
     "Put it on the whole table: a CHECK or policy with the partition's condition in front, a key or trigger "
     "as it is, where the rows of all partitions agree with it."},
    {"partition-reference", Severity::error, "tables",
     "a statement names a partition, which is no table any more",
     "Name the whole table, with the partition's condition in WHERE."},
    {"partition-foreign-key", Severity::warning, "constraints",
     "a foreign key to a partition now refers to the whole table",
     "Check that the referenced columns are a key of the whole table."},
    {"partition-without-parent", Severity::error, "tables",
     "the dump has a partition, but not the table it belongs to", "Dump the partitioned table as well."},
};
enum : size_t {
  partitioned_table,
  partition_merged,
  partition_lifted,
  partition_index,
  partition_constraint,
  partition_reference,
  partition_foreign_key,
  partition_without_parent,
};

/// Drops a statement about a partition and says which rule's it is.
void drop_with_partition(PassContext& context, ast::Statement& statement, size_t rule,
                         const std::string& reason);

}  // namespace pg2crdb::partitions
