#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plan/copy_form.h"
#include "plan/object_name.h"
#include "support/result.h"

namespace pg2crdb {

/// The wall between the compiler and the runtime: all that the runtime knows about a compiled dump. Written
/// as `load-plan.json`, versioned; names are unquoted everywhere.
struct LoadPlan {
  static constexpr int current_version = 5;

  struct Input {
    std::string path;    ///< as given on the command line; "-" for standard input
    uint64_t bytes = 0;  ///< of the uncompressed text
    std::string sha256;  ///< hexadecimal, of the uncompressed text
  };

  /// A statement to run, and the place in the dump to blame for it.
  struct Statement {
    std::string phase;  ///< "roles", "pre-data", "post-data", "revalidate"
    std::string sql;    ///< without final semicolon
    std::string kind;   ///< "CREATE TABLE" ...
    std::string object;
    std::string file;
    uint64_t line = 0;
  };

  /// How a value changes on its way.
  enum class Conversion {
    none,
    trim_blanks,       ///< char(n): trailing blanks go, CockroachDB would keep them (crdb-observed, COPY)
    uuid_of_key,       ///< integer key to UUID: version 5 of `namespace_` and the value's decimal text
    money_to_decimal,  ///< "$1,234.50" to 1234.50, in arrays too
    hstore_to_json,    ///< `"a"=>"1", "b"=>NULL` to {"a": "1", "b": null}
  };

  struct Column {
    std::string name;         ///< on the target
    std::string source_name;  ///< in the dump and the source database; never empty, mostly the same
    std::string source_type;  ///< PostgreSQL's spelling as format_type() has it: "character(3)", "integer[]"
    std::string target_type;  ///< as emitted
    Conversion conversion = Conversion::none;
    /// Of uuid_of_key: says which table's key the value belongs to, by one text a table ("public.towns"). It
    /// is hashed into the UUIDs, and so stays what it is for ever.
    std::string namespace_;
    bool generated = false;  ///< computed on the target: never loaded, still verified
    bool not_null = false;
    bool has_default = false;  ///< by the word DEFAULT: neither computed nor an identity
  };

  /// What the word DEFAULT stands for among the values of INSERTs.
  struct Default {
    uint64_t value = 0;  ///< of a row, from 0
    bool null = false;
    std::string text = {};
  };

  /// Rows of a table in an input.
  struct Data {
    enum class Format { insert, copy };  ///< copy: behind one, or a file of CSV
    uint32_t input = 0;
    Format format = Format::copy;
    uint64_t begin = 0;  ///< bytes [begin, end) of the uncompressed text
    uint64_t end = 0;
    uint64_t first_line = 0;
    uint64_t rows = 0;  ///< without those that are skipped
    /// By their source names, in the order of the data; never empty. One without a name is dropped again by
    /// the script, or a rule leaves it out: its values are not loaded. An INSERT may call columns by older
    /// names.
    std::vector<std::string> columns;
    std::vector<uint64_t> skipped = {};  ///< rows, from 0 and in order, that are read and not loaded
    // Of INSERTs; values of a row are counted from 0:
    std::vector<uint64_t> rounded = {};  ///< numbers that are rounded to integers
    std::vector<Default> defaults = {};
    // Of COPY:
    CopyForm form = {};  ///< columns that it names are these:
    std::vector<uint64_t> forced_null = {};
    std::vector<uint64_t> forced_not_null = {};
  };

  struct Table {
    std::string schema;  ///< on the target, as `name`
    std::string name;
    std::string source_schema;  ///< in the dump and the source database, as `source_name`; mostly the same
    std::string source_name;
    std::vector<Column> columns;
    /// Primary key's columns, else those of a UNIQUE NOT NULL key, by their names on the target; empty: whole
    /// row.
    std::vector<std::string> key;
    bool row_security = false;  ///< enabled
    std::vector<Data> data;

    ObjectName target() const { return {schema, name}; }
    ObjectName source() const { return {source_schema, source_name}; }
    bool renamed() const { return target() != source(); }
  };

  struct Sequence {
    std::string schema;  ///< on the target, as `name`
    std::string name;
    std::string source_schema;  ///< in the source database, as `source_name`; differs where the target chose
    std::string source_name;    ///< another
    int64_t value = 0;
    bool is_called = true;
    bool has_value = false;  ///< false: the dump holds no setval, a live source is asked
    std::string file;
    uint64_t line = 0;

    ObjectName target() const { return {schema, name}; }
    ObjectName source() const { return {source_schema, source_name}; }
  };

  /// An index on the target, a primary or unique key's too.
  struct Index {
    std::string phase;   ///< that makes it, as a statement's
    std::string schema;  ///< of the table
    std::string table;
    std::string name;
    bool unique = false;
    std::vector<std::string> columns;  ///< empty names stand for expressions
  };

  /// A CHECK or a foreign key on the target.
  struct Constraint {
    std::string phase;
    std::string schema;  ///< of the table
    std::string table;
    std::string name;
    std::string kind;  ///< "CHECK", "FOREIGN KEY"
  };

  struct Enum {
    std::string schema;
    std::string name;
    std::vector<std::string> labels;  ///< in their order
  };

  struct Policy {
    std::string phase;
    std::string schema;  ///< of the table
    std::string table;
    std::string name;
  };

  /// Rows of the inputs that are not loaded.
  struct LeftOut {
    std::string schema;  ///< of the table, in the dump
    std::string table;
    uint64_t rows = 0;
    std::string reason;  ///< "deleted in pg2crdb.toml:1: ..."
  };

  int version = current_version;
  std::string tool;    ///< pg2crdb's version
  std::string target;  ///< CockroachDB's version compiled for
  std::vector<Input> inputs;
  std::vector<Statement> statements;  ///< in the order to be run, phase by phase
  std::vector<Table> tables;
  std::vector<Sequence> sequences;
  // What the statements make, where it has a name; for comparing.
  std::vector<Index> indexes;
  std::vector<Constraint> constraints;
  std::vector<Enum> enums;
  std::vector<Policy> policies;
  std::vector<LeftOut> left_out;
};

std::string_view to_string(LoadPlan::Conversion conversion);

/// The plan as JSON text, two-space indented, byte-identical for equal plans.
std::string to_json(const LoadPlan& plan);
/// Fails with a sentence on text that is no plan, or one of a version that this program does not know.
Result<LoadPlan> parse_load_plan(std::string_view json);

}  // namespace pg2crdb
