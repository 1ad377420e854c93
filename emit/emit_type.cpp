#include <algorithm>
#include <cctype>
#include <string>

#include "emit/emit.h"

namespace pg2crdb {
namespace {

struct TypeWords {
  std::string_view name;        ///< in pg_catalog
  std::string_view postgresql;  ///< SQL's words, up to the modifiers; empty: no words of its own
  std::string_view after;       ///< and behind them
  std::string_view cockroachdb;
};

constexpr TypeWords type_words[] = {
    {"bit", "bit", "", "BIT"},
    {"bool", "boolean", "", "BOOL"},
    {"box2d", "", "", "BOX2D"},
    {"bpchar", "character", "", "CHAR"},
    {"bytea", "", "", "BYTEA"},
    {"citext", "", "", "CITEXT"},
    {"date", "", "", "DATE"},
    {"float4", "real", "", "FLOAT4"},
    {"float8", "double precision", "", "FLOAT8"},
    {"geography", "", "", "GEOGRAPHY"},
    {"geometry", "", "", "GEOMETRY"},
    {"inet", "", "", "INET"},
    {"int2", "smallint", "", "INT2"},
    {"int4", "integer", "", "INT4"},
    {"int8", "bigint", "", "INT8"},
    {"interval", "interval", "", "INTERVAL"},
    {"json", "json", "", "JSON"},
    {"jsonb", "", "", "JSONB"},
    {"ltree", "", "", "LTREE"},
    {"name", "", "", "NAME"},
    {"numeric", "numeric", "", "DECIMAL"},
    {"oid", "", "", "OID"},
    {"record", "", "", "RECORD"},
    {"regclass", "", "", "REGCLASS"},
    {"regnamespace", "", "", "REGNAMESPACE"},
    {"regproc", "", "", "REGPROC"},
    {"regprocedure", "", "", "REGPROCEDURE"},
    {"regrole", "", "", "REGROLE"},
    {"regtype", "", "", "REGTYPE"},
    {"text", "", "", "TEXT"},
    {"time", "time", "without time zone", "TIME"},
    {"timestamp", "timestamp", "without time zone", "TIMESTAMP"},
    {"timestamptz", "timestamp", "with time zone", "TIMESTAMPTZ"},
    {"timetz", "time", "with time zone", "TIMETZ"},
    {"trigger", "", "", "TRIGGER"},
    {"tsquery", "", "", "TSQUERY"},
    {"tsvector", "", "", "TSVECTOR"},
    {"uuid", "", "", "UUID"},
    {"varbit", "bit varying", "", "VARBIT"},
    {"varchar", "character varying", "", "VARCHAR"},
    {"vector", "", "", "VECTOR"},
    {"void", "", "", "VOID"},
};
static_assert(std::ranges::is_sorted(type_words, {}, &TypeWords::name));

const TypeWords* find_words(std::string_view name) {
  const auto* found = std::ranges::lower_bound(type_words, name, {}, &TypeWords::name);
  return found != std::end(type_words) && found->name == name ? found : nullptr;
}

void write_modifiers(SqlWriter& out, const ast::TypeName& type) {
  if (type.modifiers.empty()) return;
  out.glue("(");
  out.list(type.modifiers, [&out](const std::string& modifier) { out.keyword(modifier); });
  out.close();
}

void write_interval_fields(SqlWriter& out, const ast::TypeName& type) {
  if (type.interval_fields.empty()) return;
  std::string words = type.interval_fields;
  if (out.dialect() == Dialect::postgresql) {
    for (char& c : words) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  out.keyword(words);
}

/// SQL's own words, where the parser has put the type into pg_catalog. False where there are none.
bool write_postgresql(SqlWriter& out, const ast::TypeName& type) {
  if (type.name.schema != "pg_catalog") return false;
  const TypeWords* words = find_words(type.name.name);
  if (!words || words->postgresql.empty()) return false;
  // `character` and `bit` alone are one long, which the parser has written into the modifiers.
  if ((words->name == "bpchar" || words->name == "bit") && type.modifiers.empty()) return false;
  out.keyword(words->postgresql);
  write_interval_fields(out, type);
  write_modifiers(out, type);
  if (!words->after.empty()) out.keyword(words->after);
  return true;
}

bool write_cockroachdb(SqlWriter& out, const ast::TypeName& type) {
  if (!type.name.schema.empty() && type.name.schema != "pg_catalog") return false;
  const TypeWords* words = find_words(type.name.name);
  if (!words) return false;
  if (words->name == "bpchar" && type.modifiers.empty()) {
    out.keyword("BPCHAR");
    return true;
  }
  // The bare word would mean one bit.
  if (words->name == "bit" && type.modifiers.empty()) {
    out.ident(type.name.name);
    return true;
  }
  if (words->name == "int4") out.note_difference();  // `integer` may mean INT8
  out.keyword(words->cockroachdb);
  write_interval_fields(out, type);
  write_modifiers(out, type);
  return true;
}

}  // namespace

void write_type(SqlWriter& out, const ast::TypeName& type) {
  if (type.set_of) out.keyword("SETOF");
  const bool written =
      !type.percent_type &&
      (out.dialect() == Dialect::postgresql ? write_postgresql(out, type) : write_cockroachdb(out, type));
  if (!written) {
    out.name(type.name);
    write_modifiers(out, type);
  }
  if (type.percent_type) out.glue("%TYPE");
  for (const int64_t bound : type.array_bounds) {
    out.glue("[");
    if (bound >= 0) out.keyword(std::to_string(bound));
    out.close(']');
  }
}

}  // namespace pg2crdb
