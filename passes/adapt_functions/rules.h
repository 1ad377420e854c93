#pragma once
#include "diag/diagnostic.h"

/// Between the sources of this pass only.
namespace pg2crdb::functions {

inline constexpr FindingKind rules[] = {
    {"function-clause", Severity::info, "functions",
     "a clause that tunes PostgreSQL's planner and that CockroachDB refuses", "Nothing to do."},
    {"function-setting", Severity::warning, "functions",
     "CockroachDB has no SET clause: the function runs with its caller's settings",
     "Write the schema of every name in the body, above all where the function is SECURITY DEFINER."},
    {"function-language", Severity::error, "functions", "CockroachDB runs functions in SQL and PL/pgSQL only",
     "Rewrite the function in PL/pgSQL, or move it into the application."},
    {"function-feature", Severity::error, "functions",
     "the function needs something that this release of CockroachDB does not have",
     "Rewrite the function without it, or compile for a later release."},
    {"function-type", Severity::error, "functions",
     "a parameter or the result has a type that CockroachDB's functions do not take",
     "Give it a type that exists, or drop the function."},
    {"function-body", Severity::error, "functions", "CockroachDB refuses something in this body",
     "Rewrite the lines that are named."},
    {"function-body-call", Severity::error, "functions",
     "the body calls a function that CockroachDB does not have",
     "Find another way for the call: CockroachDB looks at it when the function is created."},
    {"function-body-rewritten", Severity::info, "functions",
     "the body is written in the forms that CockroachDB's PL/pgSQL has", "Nothing to do."},
    {"trigger-row", Severity::info, "functions", "CockroachDB reads a trigger's row as (NEW).c",
     "Nothing to do."},
    {"function-sql-body", Severity::info, "functions",
     "BEGIN ATOMIC and RETURN become a body that is a string",
     "Nothing to do: CockroachDB binds it when the function is made, too."},
    {"text-cut", Severity::warning, "functions",
     "CockroachDB cuts a text that is too long for a variable of varchar(n) or a field, where PostgreSQL "
     "raises an error",
     "Assign it to a variable of type text first, and raise an error where that is too long."},
    {"function-empty-path", Severity::info, "functions",
     "an empty search_path is left out: all that the body names has its schema",
     "Nothing to do, as long as SQL that it makes while it runs has schemas, too."},
    {"into-first-row", Severity::warning, "functions",
     "INTO takes the first of several rows that a statement changes, where PostgreSQL raises an error",
     "Have it change one row, by a key, or count what it returns and raise an error."},
};
enum : size_t {
  function_clause,
  function_setting,
  function_language,
  function_feature,
  function_type,
  function_body,
  function_body_call,
  function_body_rewritten,
  trigger_row,
  function_sql_body,
  text_cut,
  function_empty_path,
  into_first_row,
};

}  // namespace pg2crdb::functions
