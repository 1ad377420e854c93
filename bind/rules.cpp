// What binding may report, in the order of History::RuleIndex.
#include "bind/history.h"

namespace pg2crdb::bind {
namespace {

constexpr FindingKind declared[] = {
    {"duplicate-object", Severity::error, "names",
     "PostgreSQL refuses the statement: what it creates is there already",
     "Remove one of the two, or write CREATE OR REPLACE or IF NOT EXISTS, whichever was meant."},
    {"rename-unfollowed", Severity::error, "names",
     "something is renamed or dropped that an earlier statement names in a way that cannot be followed",
     "Write the new name into the statement; into a call, the types of its arguments as casts."},
    {"rows-of-trigger", Severity::error, "rows",
     "rows are inserted while a trigger of their table fires: the load does not fire it",
     "Run by hand what the trigger did, or create the trigger after the rows."},
    {"rows-retyped", Severity::error, "rows",
     "the type of a column is changed by an expression after rows were inserted",
     "Run the statement by hand after the load."},
    {"search-path-opaque", Severity::error, "settings",
     "a statement that is kept word for word stands under a search_path of its own",
     "Write the schema of its names into the statement."},
    {"body-names-gone", Severity::error, "names",
     "a body names something that is renamed or dropped later: PostgreSQL fails when it runs, CockroachDB "
     "when "
     "it is created",
     "Write into the body what is meant, a new name or one with its schema, or leave the routine out."},
    {"materialized-view-older", Severity::warning, "views",
     "rows change after the materialized view was filled, and no REFRESH follows: in the output it is filled "
     "after the load",
     "Nothing to do where the view may show the rows that are there."},
    {"sequence-gap", Severity::error, "rows",
     "rows take their numbers from a sequence at a place of the script that the load does not have",
     "Write the numbers into the rows, or set the sequence before them."},
    {"rows-of-two-defaults", Severity::error, "rows",
     "rows leave a column to its default, which changes or goes away between them and the end of the script",
     "Write the values into the rows."},
    {"table-as-older", Severity::error, "rows",
     "a table is made from a query, and what the query reads changes later: in the output it is filled after "
     "the load",
     "Write the rows of the table into the script, or fill it by hand."},
    {"rows-of-settings", Severity::error, "rows",
     "rows are written under a setting that decides how values are read, or what fires for them, and the "
     "output does not have it",
     "Dump the database again, or write the values as they are read without it: dates and times in ISO form, "
     "with their time zone."},
    {"routine-ran", Severity::error, "rows",
     "the script calls a routine, and drops or changes it later, or what it works with: run after the load, "
     "it would do something else",
     "Write what it did into the script, or do it by hand after the load."},
    {"rows-of-partition", Severity::error, "rows",
     "a partition is dropped or emptied whose rows are among those of the whole table",
     "Take the rows out of the script, or delete them after the load."},
    {"block-changes", Severity::error, "statements",
     "a DO block changes rows or objects, which nothing that follows can rely on",
     "Write its statements into the script, or run it by hand and look at what follows."},
    {"owned-by-role", Severity::error, "statements",
     "the statement is about whatever a role owns at its place of the script",
     "Name the objects one by one."},
    {"domain-altered", Severity::error, "types",
     "domains are expanded where they are used, as they were created: a later change of one is not followed",
     "Write the domain as it is meant to be into its CREATE DOMAIN."},
    {"like-unfollowed", Severity::error, "tables",
     "LIKE copies what the script does not write out: a view, a table that a query makes, one that a "
     "statement "
     "should have changed which is left for a person",
     "Write the columns out."},
    {"rows-of-two-checks", Severity::error, "rows",
     "rows were checked by a routine that changes later: the load checks them with what it is in the end",
     "Take the constraint out, and add it NOT VALID after the load."},
    {"drop-still-used", Severity::error, "names",
     "something is dropped that the output still uses, since an earlier statement is left for a person, or "
     "that a view reads",
     "Run the earlier statement by hand after the load, then this one."},
    {"revoke-keeps", Severity::error, "privileges",
     "REVOKE CASCADE takes what a role granted on, from a role to which others granted it too; CockroachDB "
     "does "
     "not know who granted",
     "Revoke it from that role, or leave it, whichever is meant."},
    {"body-names-later", Severity::error, "names",
     "a body names something that a later statement of the migrations makes: PostgreSQL finds it when the "
     "body "
     "runs, CockroachDB looks for it when the routine is created",
     "Create the routine behind what it names."},
    {"rows-from-dropped", Severity::error, "rows",
     "a statement computes rows from what the script drops later: run after the load, it would find nothing",
     "Write the rows that it makes into the script."},
    {"body-unread", Severity::error, "names",
     "a body cannot be read whole, so that what it names is not known: CockroachDB reads it when it is "
     "created",
     "Correct the body, or leave the routine out."},
    {"rows-of-view", Severity::error, "rows",
     "rows are inserted into a view: the load has no table for them, and the output no defaults of its own",
     "Insert them into the table behind the view."},
    {"detached-changed", Severity::error, "tables",
     "a table is detached from one that changed while it was a partition of it: what it got is not followed",
     "Make the table as it is in the end, or change it by hand."},
    {"check-reads-rows", Severity::warning, "constraints",
     "a CHECK calls a routine that reads rows, which change behind those that it has checked: it is added "
     "after the load, and looks at all rows as they are then",
     "Look whether it holds for all rows in the end: otherwise its validation fails, and it stays NOT "
     "VALID."},
    {"rows-before-parents", Severity::error, "rows",
     "rows stand before those that their deferrable foreign key refers to: CockroachDB looks at the end of "
     "each statement, not at that of the transaction",
     "Insert the rows that are referred to first, or the reference as NULL, and set it behind them."},
    {"rows-of-conflict", Severity::error, "rows",
     "rows say ON CONFLICT DO NOTHING, and whether they repeat a key of rows before is not known: the load "
     "brings all of them",
     "Take the rows that repeat a key out of the script, or the clause where none does."},
    {"rows-nested-array", Severity::error, "rows",
     "a row has an array of arrays: CockroachDB has arrays of one dimension, and the load stops there",
     "Keep the values in a column of type jsonb, or in a table of their own."},
    {"changed-in-use", Severity::error, "names",
     "CockroachDB refuses to rename, move or retype what a view, a routine or the condition of an index "
     "uses, to drop what a body names, and to drop a column of the primary key",
     "Drop what uses it before, and create it again behind, as it reads then; give the table another primary "
     "key "
     "first."},
    {"literal-of-settings", Severity::error, "settings",
     "a default, CHECK, view or index holds a date or time that PostgreSQL reads by a setting of the "
     "session, "
     "which the output does not have",
     "Write it as it is read without the setting: in ISO form, with its time zone."},
    {"missing-relation", Severity::error, "names",
     "a statement names a table or view that an earlier one drops: PostgreSQL refuses it",
     "Take the statement out, or create what it names before it."},
    {"missing-column", Severity::error, "names", "a statement names a column that its table does not have",
     "Correct the name. Of a dump: check that it is complete, and that it was not edited."},
    {"duplicate-default", Severity::error, "columns",
     "an identity column is given a default, or a column with a default becomes one: PostgreSQL refuses the "
     "second",
     "Remove one of the two definitions from the dump."},
    {"missing-key", Severity::error, "constraints",
     "a foreign key refers to columns of which their table has no primary key and no unique one",
     "Give the table the key before, or refer to the columns of one that it has."},
    {"object-later", Severity::error, "names",
     "a statement is about an object that a later statement makes: PostgreSQL refuses it",
     "Put it behind the statement that makes the object."},
    {"object-not-translated", Severity::warning, "statements",
     "the statement concerns an object that is not in the output", "Run it by hand once the object exists."},
    {"guard-assumed", Severity::warning, "statements",
     "a DO block makes something only where it is not there yet: CockroachDB changes no schema in a block, "
     "so "
     "that its statements stand alone",
     "Nothing to do where the target does not have it yet; otherwise leave them out there."},
    {"name-of-caller", Severity::warning, "names",
     "a body has a name without a schema that several schemas have: PostgreSQL finds it by the search_path "
     "of "
     "whoever calls the routine, CockroachDB when it makes the routine",
     "Write the schema before the name, or give the routine its own search_path (SET search_path) before the "
     "dump is made."},
    {"rows-of-default", Severity::error, "rows",
     "some rows of an INSERT have the word DEFAULT for a column whose default is computed: what PostgreSQL "
     "made of it is not in the script",
     "Write the value into each row, or put the rows with DEFAULT into an INSERT of their own."},
};

}  // namespace

const std::span<const FindingKind> rules = declared;

}  // namespace pg2crdb::bind
