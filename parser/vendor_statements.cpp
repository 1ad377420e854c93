#include "parser/vendor_statements.h"

#include <algorithm>
#include <vector>

#include "parser/sql_tokens.h"

namespace pg2crdb {
namespace {

using transform::Token;
using Meaning = VendorClause::Meaning;

constexpr std::string_view greenplum = "Greenplum";
constexpr std::string_view redshift = "Redshift";
constexpr std::string_view yugabyte = "YugabyteDB";
constexpr std::string_view edb = "EDB Postgres Advanced Server";

/// A statement by its first words and, where there are any, those behind the name that follows them. What is
/// `lost` does more than say where rows lie: it moves or deletes some, or others call what it makes.
struct Form {
  std::string_view product;
  std::string_view words;
  std::string_view action = {};
  Meaning meaning = Meaning::storage;
};

constexpr Form forms[] = {
    {greenplum, "alter table", "set distributed"},
    {greenplum, "alter table", "set with ("},  // SET WITH OIDS was PostgreSQL's own
    {greenplum, "alter table", "set subpartition template"},
    {greenplum, "alter table", "add partition"},
    {greenplum, "alter table", "add default partition"},
    {greenplum, "alter table", "split partition"},
    {greenplum, "alter table", "split default partition"},
    {greenplum, "alter table", "rename partition"},
    {greenplum, "alter table", "rename default partition"},
    {greenplum, "alter table", "expand table"},
    {greenplum, "alter table", "expand partition"},
    {greenplum, "alter table", "alter partition", Meaning::lost},
    {greenplum, "alter table", "drop partition", Meaning::lost},
    {greenplum, "alter table", "drop default partition", Meaning::lost},
    {greenplum, "alter table", "truncate partition", Meaning::lost},
    {greenplum, "alter table", "truncate default partition", Meaning::lost},
    {greenplum, "alter table", "exchange partition", Meaning::lost},
    {greenplum, "alter table", "exchange default partition", Meaning::lost},
    {greenplum, "alter role", "deny", Meaning::lost},
    {greenplum, "create resource"},
    {greenplum, "alter resource"},
    {greenplum, "drop resource"},
    {greenplum, "create protocol"},
    {greenplum, "create trusted protocol"},
    {greenplum, "alter protocol"},
    {greenplum, "drop protocol"},
    {redshift, "alter table", "alter sortkey"},
    {redshift, "alter table", "alter compound sortkey"},
    {redshift, "alter table", "alter interleaved sortkey"},
    {redshift, "alter table", "alter diststyle"},
    {redshift, "alter table", "alter distkey"},
    {redshift, "alter table", "alter encode"},
    {redshift, "alter table", "append from", Meaning::lost},
    {redshift, "create external schema", {}, Meaning::lost},
    {redshift, "create library", {}, Meaning::lost},
    {redshift, "create or replace library", {}, Meaning::lost},
    {yugabyte, "create tablegroup"},
    {yugabyte, "alter tablegroup"},
    {yugabyte, "drop tablegroup"},
    {edb, "create synonym", {}, Meaning::lost},
    {edb, "create public synonym", {}, Meaning::lost},
    {edb, "create or replace synonym", {}, Meaning::lost},
    {edb, "create or replace public synonym", {}, Meaning::lost},
    {edb, "create package", {}, Meaning::lost},
    {edb, "create or replace package", {}, Meaning::lost},
    {edb, "create directory", {}, Meaning::lost},
    {edb, "create queue", {}, Meaning::lost},
    {edb, "create profile", {}, Meaning::lost},
    {edb, "alter profile", {}, Meaning::lost},
};

/// Behind the words, where they stand at token `i`; 0 where they do not.
size_t behind(const std::vector<Token>& tokens, size_t i, std::string_view words) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (i >= tokens.size() || !tokens[i].is(word)) return 0;
    ++i;
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return i;
}

/// Behind IF EXISTS, ONLY and a name with its schema.
size_t behind_name(const std::vector<Token>& tokens, size_t i) {
  if (const size_t end = behind(tokens, i, "if exists"); end != 0) i = end;
  if (const size_t end = behind(tokens, i, "only"); end != 0) i = end;
  while (i + 2 < tokens.size() && tokens[i].is_name() && tokens[i + 1].is(".")) i += 2;
  return i + 1;
}

bool contains(const std::vector<Token>& tokens, std::string_view words) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (behind(tokens, i, words) != 0) return true;
  }
  return false;
}

/// CREATE, ALTER and DROP of a table whose rows are in files or come from a program.
std::optional<VendorStatement> external_table(const std::vector<Token>& tokens) {
  for (const std::string_view verb : {"create", "alter", "drop"}) {
    size_t i = behind(tokens, 0, verb);
    if (i == 0) continue;
    if (i < tokens.size() && (tokens[i].is("readable") || tokens[i].is("writable"))) ++i;
    if (i >= tokens.size() || !tokens[i].is("external")) return std::nullopt;
    while (i < tokens.size() && tokens[i].is_name() && !tokens[i].is("table")) ++i;
    if (i >= tokens.size() || !tokens[i].is("table")) return std::nullopt;
    const bool in_object_storage = contains(tokens, "stored as") || contains(tokens, "row format");
    return VendorStatement{in_object_storage ? redshift : greenplum,
                           verb == "create" ? Meaning::lost : Meaning::storage,
                           verb == "create"  ? "CREATE EXTERNAL TABLE"
                           : verb == "alter" ? "ALTER EXTERNAL TABLE"
                                             : "DROP EXTERNAL TABLE"};
  }
  return std::nullopt;
}

std::string upper(std::string_view words) {
  std::string text(words);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

}  // namespace

std::optional<VendorStatement> vendor_statement(std::string_view sql) {
  const std::string text(sql);
  std::string error;
  const std::optional<std::vector<Token>> tokens = transform::scan_sql(text, error);
  if (!tokens || tokens->empty()) return std::nullopt;
  if (auto external = external_table(*tokens)) return external;
  for (const Form& form : forms) {
    const size_t end = behind(*tokens, 0, form.words);
    if (end == 0) continue;
    if (!form.action.empty() && behind(*tokens, behind_name(*tokens, end), form.action) == 0) continue;
    return VendorStatement{form.product, form.meaning, upper(form.words)};
  }
  const bool grants = (*tokens)[0].is("grant") || (*tokens)[0].is("revoke");
  if (grants && contains(*tokens, "on protocol"))
    return VendorStatement{greenplum, Meaning::storage, "GRANT"};
  if (grants && contains(*tokens, "on tablegroup"))
    return VendorStatement{yugabyte, Meaning::storage, "GRANT"};
  return std::nullopt;
}

}  // namespace pg2crdb
