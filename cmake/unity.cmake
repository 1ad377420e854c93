# What most sources spend their time on while they are compiled are headers and templates that others of their folder need, too:
# PG2CRDB_UNITY compiles several at once. Files with functions or classes of their own that are called like another file's of the
# folder stay alone, as do those that read ANTLR's headers beside PostgreSQL's: who adds one gives it another name, or writes it
# down here. Of passes each has a `run` and `rules`, and of grammar/ nearly each file shares a name.
set(pg2crdb_alone
  bind/catalog_question.cpp bind/drop_routines.cpp bind/dropped_types.cpp bind/expression_types.cpp bind/image.cpp
  bind/members.cpp bind/names.cpp bind/namespace.cpp bind/own_aggregates.cpp bind/pg_catalog.cpp bind/renames.cpp
  bind/text.cpp bind/triggers.cpp bind/typed_bodies.cpp bind/typed_columns.cpp bind/typed_functions.cpp
  bind/typed_quotients.cpp driver/ast_command.cpp driver/compile_command.cpp driver/config_command.cpp
  driver/console_command.cpp driver/console_hits.cpp driver/console_run.cpp driver/console_session.cpp
  driver/console_view.cpp driver/decide_command.cpp driver/explain.cpp driver/finding_ranges.cpp
  driver/finding_references.cpp driver/findings.cpp driver/fix.cpp driver/generate_command.cpp driver/lint_command.cpp
  driver/load_command.cpp driver/lsp_command.cpp driver/migrate_command.cpp driver/next_step.cpp driver/option_table.cpp
  driver/options.cpp driver/passes_command.cpp driver/probe_command.cpp driver/report.cpp driver/revalidate_command.cpp
  driver/rules_command.cpp driver/run_record.cpp driver/statements_besides.cpp driver/status_command.cpp driver/summary.cpp
  driver/verify_command.cpp driver/version_command.cpp driver/whatif_command.cpp driver/worker_command.cpp
  driver/workload_findings.cpp driver/workload_summary.cpp parser/migration_ways.cpp parser/parse_ahead.cpp
  parser/pg_parse.cpp parser/plpgsql.cpp parser/plpgsql_declarations.cpp parser/plpgsql_grammar.cpp parser/plpgsql_loops.cpp
  parser/plpgsql_names.cpp parser/plpgsql_reader.cpp parser/plpgsql_sql.cpp parser/plpgsql_statements.cpp
  parser/sql_names.cpp parser/vendor_statements.cpp rewrite/routine_body.cpp rewrite/rule_index.cpp
  routines/changed_tables.cpp routines/conversion.cpp routines/error_codes.cpp routines/loops.cpp routines/readers.cpp
  routines/records.cpp routines/returned_rows.cpp routines/row_counts.cpp routines/rows.cpp routines/sql_body.cpp
  routines/statements.cpp routines/text_lengths.cpp routines/text_statements.cpp routines/told_rows.cpp routines/trigger.cpp
  routines/trigger_returns.cpp routines/unknown_rows.cpp routines/unread.cpp routines/unread_targets.cpp
  routines/volatility.cpp rows/hstore.cpp rows/insert_values.cpp rows/printed_range.cpp rows/printed_value.cpp
  rows/written_moment.cpp runtime/compare_table.cpp runtime/equal_texts.cpp runtime/import_objects.cpp
  runtime/import_userfiles.cpp runtime/journal.cpp runtime/leases.cpp runtime/load_status.cpp runtime/push_down.cpp
  runtime/rehearse.cpp runtime/sequences.cpp runtime/settled_rows.cpp runtime/statement_marks.cpp runtime/verify.cpp
  runtime/verify_worker.cpp target/probes.cpp target/target.cpp)

# pg2crdb_unite(<target> <source>...)
function(pg2crdb_unite target)
  if(NOT PG2CRDB_UNITY OR target MATCHES "_(passes|grammar)$")
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  foreach(source IN LISTS ARGN)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE name)
    if(name IN_LIST pg2crdb_alone OR NOT name MATCHES "^[a-z]+/[a-z_]+[.]cpp$")
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
