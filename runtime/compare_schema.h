#pragma once
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// What of the target's schema is not as the plan has it.
struct SchemaDifferences {
  std::vector<std::string> sentences;
  std::vector<std::string> not_yet;  ///< of phases that seem not to be applied: no differences
  bool missing = false;
  bool not_validated = false;
  bool otherwise = false;
};

/// Compares tables, their columns (type, NOT NULL, default), primary and unique keys, indexes, CHECKs and
/// foreign keys, labels of enums, policies, and whether views, routines and triggers are there. Where
/// `rows_are_whole`, constraints have to be validated, too: rows that a row limit left out are missed by
/// them. Unless it is known to be applied, post-data counts as not applied where nothing of what it makes is
/// there. A column or a default that the plan has not is a difference; a table, an index or a view that it
/// has not is nobody's fault. `target` may be in a transaction.
Result<SchemaDifferences> compare_schema(const LoadPlan& plan, Connection& target, bool rows_are_whole,
                                         bool post_data_applied);

/// Sequences of the plan that would give a number that is there already, by the columns that draw from them.
/// One that stands where the plan has it is as it was in the source, and only `noted`; so is one that may not
/// be read.
struct SequenceDifferences {
  std::vector<std::string> differing;
  std::vector<std::string> noted;
};
Result<SequenceDifferences> compare_sequences(const LoadPlan& plan, Connection& target);

/// The target's format_type() of a type as it is emitted: "character varying(10)[]" of "VARCHAR(10)[]"; empty
/// where that is not known, as of types that are made.
std::string formatted_type(std::string_view emitted);

}  // namespace pg2crdb
