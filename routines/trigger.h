#pragma once
#include <optional>
#include <string>
#include <vector>

/// What the words of a trigger function's body say. The body is PostgreSQL's own text, or what was made of
/// it: SQL that has no tree is read as well.
namespace pg2crdb::routines {

/// Whether it asks for its trigger's arguments: TG_ARGV, TG_NARGS.
bool reads_arguments(const std::string& body);
/// The body with the arguments as constants in their places; nothing where it asks for one whose number only
/// a run knows.
std::optional<std::string> with_arguments(const std::string& body, const std::vector<std::string>& arguments);

/// NEW and OLD as CockroachDB takes them where they are not read column by column.
struct WrittenRows {
  std::string body = {};
  std::vector<std::string> changes = {};  ///< forms that were written otherwise, each once: "NEW.* in VALUES"
  std::string refused = {};               ///< one that is not known how to write; else empty
};
/// `table` is the one that all its triggers are of, as SQL writes it; empty where there are several.
WrittenRows write_rows(const std::string& body, const std::string& table);
/// Whether it declares a record that only ever is NEW or OLD: the table says what that has.
bool holds_row(const std::string& body);
/// Whether it commits or rolls back, which no function may.
bool ends_transaction(const std::string& body);

/// A column of NEW or OLD, by its name.
struct RowField {
  bool of_old = false;
  std::string column = {};
};
/// Each that is named, as often as it is: `NEW.c`, `(OLD).c`.
std::vector<RowField> row_fields(const std::string& body);
/// Whether the columns of OLD are read without their names: `OLD IS DISTINCT FROM NEW`, `to_jsonb(OLD)`. To
/// return it is not to read it.
bool reads_whole_old(const std::string& body);
/// Whether a BEFORE trigger may make something else of the row, or leave it out: of the row that is deleted,
/// or of the one that is updated.
bool may_change_deleted(const std::string& body);
bool may_change_updated(const std::string& body);
/// Whether it asks which table fired it: TG_TABLE_NAME, TG_RELNAME, TG_RELID.
bool reads_table_name(const std::string& body);
/// Whether it runs a text: EXECUTE.
bool executes(const std::string& body);
/// Whether it does, and asks which table fired it.
bool executes_by_table(const std::string& body);
/// The body with TG_TABLE_NAME, TG_RELNAME and TG_TABLE_SCHEMA as constants.
std::string with_table(const std::string& body, const std::string& schema, const std::string& table);
/// Whether it asks which trigger fired it: TG_NAME.
bool reads_trigger_name(const std::string& body);

}  // namespace pg2crdb::routines
