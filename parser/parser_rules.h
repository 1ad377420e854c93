#pragma once
#include <cstddef>

#include "diag/diagnostic.h"

namespace pg2crdb {

/// The places in `parser_rules`.
enum ParserRule : size_t {
  unparsed_statement,
  truncated_dump,
  dump_end_missing,
  empty_input,
  invalid_utf8,
  client_encoding,
  nonstandard_strings,
  copy_options,
  rows_with_oids,
  psql_condition_unknown,
  psql_condition_unmatched,
  psql_variable_unknown,
  psql_result,
  psql_statements_unknown,
  psql_include,
  psql_copy,
  psql_quit,
  psql_inside_statement,
  migration_mark_missing,
  migration_mark_unclear,
  migration_environment,
  migration_way_down,
  transaction_unclosed,
  vendor_dump,
  vendor_clause,
  vendor_clause_lost,
  vendor_object,
  vendor_identity,
  vendor_rows,
  vendor_aggregate,
  cockroachdb_script,
};

}  // namespace pg2crdb
