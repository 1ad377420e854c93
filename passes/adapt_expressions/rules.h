#pragma once
#include "diag/diagnostic.h"

/// What is said of expressions, wherever they stand.
namespace pg2crdb::adapt {

inline constexpr FindingKind rules[] = {
    {"text-search-configuration", Severity::info, "functions",
     "CockroachDB takes a text search configuration as a string, not as regconfig",
     "Nothing to do where the configuration is a built-in one."},
    {"integer-division", Severity::info, "functions", "7 / 2 is 3.5 in CockroachDB, and 7 // 2 is 3",
     "Nothing to do."},
    {"division", Severity::warning, "functions",
     "7 / 2 is 3.5 in CockroachDB, and one of the operands may not be an integer",
     "Write // where both operands are integers."},
    {"float-decimal", Severity::warning, "functions",
     "CockroachDB does not mix floats with integers and decimals, and EXTRACT is a float there",
     "Check the precision of the result, then acknowledge."},
    {"money-arithmetic", Severity::warning, "functions",
     "amounts are decimals in CockroachDB: what is computed with them is rounded to cents, as PostgreSQL "
     "does",
     "Compare the last cent where amounts are multiplied by fractions: PostgreSQL computes those as floats."},
    {"missing-function", Severity::error, "functions",
     "an expression calls a function that CockroachDB does not have",
     "Write the expression with functions that exist, or define the function."},
    {"refused-function", Severity::error, "functions",
     "an expression calls a function of the dump that needs a person first",
     "Mend that function first, then put this back."},
    {"missing-operator", Severity::error, "functions",
     "an expression uses an operator that CockroachDB does not have for these types",
     "Write the expression with functions and operators that exist."},
    {"expression-refused", Severity::error, "functions", "an expression has a form that CockroachDB refuses",
     "Write the expression in another way."},
    {"context-dependent-cast", Severity::error, "functions",
     "a cast that depends on session settings is refused in generated columns and indexes",
     "Put AT TIME ZONE 'UTC' before the cast, or use parse_date, parse_timestamp."},
    {"regex-dialect", Severity::error, "functions",
     "CockroachDB's regular expressions have no look-around, back-references, \\m, \\M or \\y, and not all "
     "of "
     "PostgreSQL's flags",
     "Write the pattern in the language of RE2: \\b for \\m, \\M and \\y, a second condition for a "
     "look-around "
     "or back-reference, no blanks and comments for the flag x."},
    {"nulls-order", Severity::info, "functions",
     "NULLs come last in PostgreSQL, and first in CockroachDB, where ORDER BY says nothing of them",
     "Nothing to do here. Queries of applications need NULLS LAST too, or the setting null_ordered_last."},
    {"nulls-order-lost", Severity::warning, "functions",
     "NULLs come first in CockroachDB, and it has no other order of them in this place",
     "Compare the order where the column has NULLs; a query around this one may sort them."},
    {"common-table-order", Severity::warning, "functions",
     "CockroachDB keeps no order of a common table for what reads it, which PostgreSQL does as a rule",
     "Write the ORDER BY where the rows are read: in the query, or inside of array_agg, string_agg, "
     "json_agg."},
    {"table-changed-twice", Severity::error, "functions",
     "CockroachDB refuses one statement that changes a table more than once, but for several INSERTs",
     "Write it as several statements, one after the other, with what they share in variables or a temporary "
     "result."},
    {"quotient-text", Severity::warning, "functions",
     "a quotient or an average of exact numbers has other places in CockroachDB, and so has its text",
     "Round it to the places that are wanted, round(x, 2), in both databases."},
    {"padded-row", Severity::warning, "functions",
     "the JSON and the text of a whole row have no blanks behind its character(n) in CockroachDB",
     "Compare what is done with it, or write the columns: jsonb_build_object('c', rpad(c, 5))."},
    {"regex-match", Severity::warning, "functions",
     "a regular expression matches other text in CockroachDB: the first alternative, not the longest; \\w of "
     "ASCII alone",
     "Write it so that both agree: the longer alternative first, [^[:space:][:punct:]] for \\w."},
    {"overload-choice", Severity::error, "functions",
     "CockroachDB may take another overload: the sum of an INT4 and a constant is an INT8 there, and 1.5 may "
     "be "
     "a float",
     "Cast the arguments to the types of the overload that is meant."},
    {"array-of-arrays", Severity::warning, "functions",
     "ARRAY[[1, 2], [3, 4]] is an array of arrays in CockroachDB, with another text and other subscripts",
     "Compare what is done with it, or write arrays of one dimension, or jsonb."},
    {"literal-of-moment", Severity::warning, "functions",
     "PostgreSQL reads 'now' and 'today' once, when the statement runs, and keeps that moment; CockroachDB "
     "keeps the word, "
     "and reads it whenever it is asked",
     "Write the moment that is meant, or now() and CURRENT_DATE where each row or query is to have its own."},
    {"row-equality", Severity::warning, "functions",
     "NULL fields of two rows are equal in PostgreSQL and come behind all others, and comparing them is NULL "
     "in "
     "CockroachDB",
     "Write IS NOT DISTINCT FROM, where neither row as a whole may be NULL, or compare the columns."},
};
enum : size_t {
  text_search_configuration,
  integer_division,
  division,
  float_decimal,
  money_arithmetic,
  missing_function,
  refused_function,
  missing_operator,
  expression_refused,
  context_dependent_cast,
  regex_dialect,
  nulls_order,
  nulls_order_lost,
  common_table_order,
  table_changed_twice,
  quotient_text,
  padded_row,
  regex_match,
  overload_choice,
  array_of_arrays,
  literal_of_moment,
  row_equality,
};

}  // namespace pg2crdb::adapt
