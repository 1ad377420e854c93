#include "parser/parser_rules.h"

#include <array>

#include "parser/parser.h"

namespace pg2crdb {
namespace {

constexpr std::array rules = {
    FindingKind{"unparsed-statement", Severity::error, "syntax",
                "PostgreSQL's own parser refuses the statement, so nothing is known about it",
                "Correct the statement, or take it out of the dump."},
    FindingKind{
        "truncated-dump", Severity::error, "syntax",
        "the input ends in the middle of a statement or of a table's rows: what should follow is missing",
        "Dump the database again, and see that the dump ends without an error."},
    FindingKind{
        "dump-end-missing", Severity::warning, "syntax",
        "pg_dump ends each dump with the line `-- PostgreSQL database dump complete`, and this one has "
        "none: what "
        "should follow may be missing",
        "Compare the end of the file with the database, or dump it again."},
    FindingKind{"empty-input", Severity::error, "syntax", "the input holds no statement at all",
                "Check that pg_dump ended without an error, and that this is the file it wrote."},
    FindingKind{"invalid-utf8", Severity::error, "encoding",
                "the statement holds bytes that are no UTF-8 text",
                "Dump the database again with `pg_dump --encoding=UTF8`, or convert the file with "
                "`iconv -f LATIN1 -t UTF-8`, naming the encoding it is in."},
    FindingKind{"client-encoding", Severity::error, "encoding",
                "the dump is not in UTF-8, which is the only encoding that CockroachDB stores",
                "Dump the database again with `pg_dump --encoding=UTF8`."},
    FindingKind{
        "nonstandard-strings", Severity::error, "encoding",
        "the dump has standard_conforming_strings off, so that the backslash in this string begins an "
        "escape; "
        "CockroachDB would read it as a character",
        "Dump the database again with `PGOPTIONS='-c standard_conforming_strings=on' pg_dump`."},
    FindingKind{"copy-options", Severity::error, "syntax",
                "the rows after this COPY are written in a way that the load does not read: as text and as "
                "CSV it does, "
                "with another delimiter and another word for NULL, too",
                "Load them into PostgreSQL and dump them again."},
    FindingKind{
        "rows-with-oids", Severity::error, "rows",
        "the rows after this COPY have OIDs, which no column of CockroachDB takes",
        "Give the table a column of its own for them in PostgreSQL, where something refers to rows by "
        "`oid`, and dump it again; else acknowledge"},
    FindingKind{
        "psql-condition-unknown", Severity::error, "psql",
        "only the server, or psql's command line, knows whether this condition holds, so that neither "
        "branch is "
        "taken",
        "Keep the branch that is meant, and take the other one and the \\if out of the script."},
    FindingKind{"psql-condition-unmatched", Severity::error, "psql",
                "each \\if of a script needs its \\endif, and psql refuses what has none",
                "Correct the script: psql says the same."},
    FindingKind{
        "psql-variable-unknown", Severity::error, "psql",
        "the statement holds a variable of psql whose value only the server, or psql's command line, knows",
        "Write the value into the script, or a \\set before the statement."},
    FindingKind{
        "psql-result", Severity::warning, "psql",
        "psql runs this query for its result, which the script then uses; nothing of that is in the output",
        "Do by hand what the result was for."},
    FindingKind{
        "psql-statements-unknown", Severity::error, "psql",
        "psql runs each value of this query's result as a statement, and what they are only the server knows",
        "Write the statements that it makes into the script."},
    FindingKind{"psql-include", Severity::error, "psql",
                "psql reads another file here, whose statements are not in the output",
                "Put its text in the place of this line, or compile the file by itself."},
    FindingKind{"psql-copy", Severity::error, "psql",
                "psql copies rows from a file or a program that the script only names",
                "Write the rows into the script, behind COPY ... FROM stdin, or load them by hand."},
    FindingKind{"psql-quit", Severity::warning, "psql", "psql stops here: what follows is not read",
                "Take the line out if what follows is meant to be run."},
    FindingKind{
        "psql-inside-statement", Severity::error, "psql",
        "a psql command that does more than choose or replace text stands in the midst of a statement",
        "Put the command before the statement or behind it."},
    FindingKind{
        "migration-mark-missing", Severity::error, "migrations",
        "statements stand before the first mark of a migration, where its tool refuses the file or does not "
        "read "
        "them",
        "Put the mark of the up part before them; with `--migrations none` the whole file is read."},
    FindingKind{
        "migration-mark-unclear", Severity::error, "migrations",
        "a comment says where a migration's way up or down begins, and the tool that runs the file would "
        "take it for a comment, or is not known",
        "Write it at the beginning of its line, as the tool of the file's first mark has it, or put the way "
        "down into a file of its own; with `--migrations none` the whole file is read."},
    FindingKind{"migration-environment", Severity::error, "migrations",
                "goose writes variables of the environment into this statement, which are not known here",
                "Write the values into the file."},
    FindingKind{"migration-way-down", Severity::info, "migrations",
                "ways down of migrations are not read, so that the output, in the script's order, has none",
                "Write them for CockroachDB by hand where they are wanted."},
    FindingKind{
        "transaction-unclosed", Severity::error, "statements",
        "the file ends inside a transaction, which PostgreSQL rolls back when the connection ends; in the "
        "output "
        "its statements stand",
        "Write COMMIT at its end, or take out what is not meant to stay."},
    FindingKind{
        "vendor-dump", Severity::info, "vendors",
        "the script is of a product that is made of PostgreSQL: what that has and PostgreSQL has not is "
        "not part of the schema",
        "Look at what is left out, and leave the product's own schemas out of the dump."},
    FindingKind{
        "vendor-clause", Severity::info, "vendors",
        "a clause that PostgreSQL has not says where rows lie or how they are stored: CockroachDB spreads "
        "rows over its nodes by itself",
        "Nothing to do; where a key grows with time, `--sequences hash-sharded` spreads it."},
    FindingKind{"vendor-clause-lost", Severity::error, "vendors",
                "a clause that PostgreSQL has not, and whose meaning is not in the output",
                "Write in PostgreSQL's words what it says."},
    FindingKind{"vendor-object", Severity::info, "vendors",
                "an object that a product keeps for itself: what it does there, CockroachDB has no need of",
                "Nothing to do, where nothing of the application names it."},
    FindingKind{
        "vendor-identity", Severity::error, "vendors",
        "Redshift's IDENTITY(1, 1) becomes an identity of PostgreSQL's, and no script of Redshift says "
        "which number comes next",
        "Set it behind rows that have numbers: ALTER TABLE t ALTER COLUMN c RESTART WITH n."},
    FindingKind{
        "vendor-rows", Severity::error, "vendors",
        "rows that a product keeps in a form of its own, which nothing else reads: they are not loaded",
        "Unpack them and dump again: of TimescaleDB, SELECT decompress_chunk(c, true) FROM "
        "show_chunks('t') AS c."},
    FindingKind{
        "vendor-aggregate", Severity::error, "vendors",
        "TimescaleDB keeps a continuous aggregate up to date; in the output it is a table with the rows that "
        "the dump has of it",
        "Fill it by a job of your own, or make a materialized view of its query and refresh that."},
    FindingKind{"cockroachdb-script", Severity::error, "vendors",
                "CockroachDB printed the script, and it is read as PostgreSQL would: integers are narrower "
                "there, a division of integers drops its fraction, and NULLs come last",
                "Run the script as it is (`cockroach sql -f FILE`); `pg2crdb lint --dialect cockroachdb` "
                "checks it for a release."},
};

}  // namespace

const std::span<const FindingKind> parser_rules = rules;

}  // namespace pg2crdb
