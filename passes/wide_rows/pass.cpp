// Rows that are large because of what they are made of, said where a person still writes the table: in
// migrations, whose order is kept. Of the rows of a dump `rows-too-large` says what is there.
#include "rewrite/pass.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "ast/walk.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"wide-row", Severity::info, "tables",
     "CockroachDB keeps all columns of a row in one value, unless FAMILY says otherwise: each UPDATE of a "
     "row "
     "writes what is large in it, too (said of migrations, whose order is kept)",
     "Keep what is large and seldom changes in a table of its own with the same key, in a FAMILY of its own "
     "where the script is for CockroachDB alone, or in an object store."},
};

/// Of a row: what has more is rather several tables.
constexpr size_t many_columns = 100;

/// Words in the names of columns whose bytes are few: hashes, keys, addresses.
constexpr std::array<std::string_view, 34> words_for_few_bytes = {
    "addr",        "address", "checksum", "code",      "cookie", "crc",    "cursor", "digest", "etag",
    "fingerprint", "guid",    "hash",     "hmac",      "id",     "ip",     "iv",     "key",    "mac",
    "md5",         "nonce",   "password", "root",      "salt",   "secret", "seed",   "sha",    "sha1",
    "sha256",      "sha512",  "sig",      "signature", "token",  "uid",    "uuid"};

bool is_for_few_bytes(std::string_view word) {
  return std::ranges::any_of(words_for_few_bytes, [&](std::string_view few) {
    return word == few || (few.size() > 2 && word.ends_with(few));
  });
}

bool is_named_for_few_bytes(std::string_view name) {
  while (!name.empty()) {
    const size_t end = std::min(name.find('_'), name.size());
    const std::string_view word = name.substr(0, end);
    const bool may_be_several = word.ends_with('s');
    if (is_for_few_bytes(word) || (may_be_several && is_for_few_bytes(word.substr(0, end - 1)))) return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

bool is_large(const ast::Column& column) {
  return column.type.name.name == "bytea" && !is_named_for_few_bytes(column.name);
}

/// Columns whose values are bounded: those of keys, indexes and foreign keys, and those that a CHECK speaks
/// of.
class Bounded {
 public:
  explicit Bounded(const ast::Script& script) {
    for (const ast::Statement& statement : script.statements) {
      if (!statement.live()) continue;
      if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
        for (const ast::IndexElement& element : index->elements) add(index->table, element.column);
      } else if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
        for (const ast::Constraint& one : create->constraints) add(create->name, one);
        for (const ast::Column& column : create->columns) {
          for (const ast::Constraint& one : column.constraints) add(create->name, one, column.name);
        }
      } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
        for (const ast::AlterCommand& command : alter->commands) {
          if (const auto* added = std::get_if<ast::AddConstraint>(&command))
            add(alter->name, added->constraint);
        }
      }
    }
  }

  bool has(const ast::Name& table, const std::string& column) const {
    return columns_.contains({to_string(table), column});
  }

 private:
  void add(const ast::Name& table, const std::string& column) { columns_.emplace(to_string(table), column); }

  void add(const ast::Name& table, const ast::Constraint& one, const std::string& column = {}) {
    for (const std::string& name : one.columns) add(table, name);
    using Kind = ast::Constraint::Kind;
    if (!column.empty() && one.kind != Kind::not_null) add(table, column);
    if (!one.check) return;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      const auto* named = std::get_if<ast::ColumnRef>(&expr.node);
      if (named != nullptr && !named->names.empty()) add(table, named->names.back());
    };
    ast::Expr condition = *one.check;
    ast::walk(condition, visitor);
  }

  std::set<std::pair<std::string, std::string>> columns_;  // table and column
};

void tell(PassContext& context, const ast::Statement& statement, const ast::Name& table,
          const ast::Column& column) {
  context.report(rules[0], statement, to_string(table),
                 "`" + column.name + "` of `" + to_string(table) +
                     "` holds bytes of any length, which each UPDATE of another column writes again",
                 column.offset);
}

void run(PassContext& context) {
  if (!context.options.in_order) return;
  std::optional<Bounded> bounded;  // read where a column may be large
  const auto look_at = [&](const ast::Statement& statement, const ast::Name& table,
                           const ast::Column& column) {
    if (!is_large(column)) return;
    if (!bounded) bounded.emplace(context.script);
    if (!bounded->has(table, column.name)) tell(context, statement, table, column);
  };
  for (const ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
      if (create->columns.size() > many_columns)
        context.report(rules[0], statement, to_string(create->name),
                       "`" + to_string(create->name) + "` has " + std::to_string(create->columns.size()) +
                           " columns, all of which each UPDATE of a row writes again");
      const size_t key = context.catalog.primary_key(create->name).size();
      // Where there is but the key beside it, nothing else is updated.
      if (create->columns.size() < key + 2) continue;
      for (const ast::Column& column : create->columns) look_at(statement, create->name, column);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* add = std::get_if<ast::AddColumn>(&command))
          look_at(statement, alter->name, add->column);
      }
    }
  }
}

}  // namespace

extern const Pass wide_rows;
const Pass wide_rows = {
    .name = "wide-rows",
    .category = "tables",
    .fidelity = Fidelity::exact,
    .summary = "where the script's order is kept, says which rows are large by what they are made of",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
