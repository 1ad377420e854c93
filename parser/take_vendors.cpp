// What products that are made of PostgreSQL say of their own.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "parser/dump_parser.h"
#include "parser/statement_text.h"
#include "parser/vendor_statements.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

struct Evidence {
  std::string_view name;
  std::string_view product;
};

constexpr std::array extensions = {
    Evidence{"timescaledb", "TimescaleDB"},
    Evidence{"citus", "Citus"},
    Evidence{"citus_columnar", "Citus"},
    Evidence{"supabase_vault", "Supabase"},
    Evidence{"pg_graphql", "Supabase"},
    Evidence{"aws_s3", "Amazon RDS or Aurora"},
    Evidence{"aws_commons", "Amazon RDS or Aurora"},
    Evidence{"rds_tools", "Amazon RDS or Aurora"},
    Evidence{"google_vacuum_mgmt", "Google Cloud SQL or AlloyDB"},
    Evidence{"azure", "Azure Database for PostgreSQL"},
    Evidence{"edbspl", "EDB Postgres Advanced Server"},
    Evidence{"edb_dblink_oci", "EDB Postgres Advanced Server"},
    Evidence{"gp_toolkit", "Greenplum"},
};

bool is_whole_number_or_time(const ast::TypeName& type) {
  constexpr std::array names = {"int2"sv,      "int4"sv,      "int8"sv,        "serial"sv,
                                "bigserial"sv, "timestamp"sv, "timestamptz"sv, "date"sv};
  return type.array_bounds.empty() && std::ranges::find(names, type.name.name) != names.end();
}

const ast::Column* column_of(const ast::CreateTable& table, const std::string& name) {
  const auto found = std::ranges::find(table.columns, name, &ast::Column::name);
  return found == table.columns.end() ? nullptr : &*found;
}

// Schemas that a product keeps its own tables in.
std::string_view product_of_schema(std::string_view schema) {
  return schema.starts_with("_timescaledb_") ? "TimescaleDB" : "";
}

// A piece of a hypertable, made as a table that inherits from it.
bool is_chunk(const ast::Name& name) {
  return name.schema == "_timescaledb_internal" && name.name.starts_with("_hyper_") &&
         name.name.ends_with("_chunk");
}

// What a statement is about, where that is a product's own.
struct Owned {
  ast::Name name;
  std::string_view product;
};
std::optional<Owned> owned_by_product(const ast::StatementNode& node) {
  ast::Name name;
  if (const auto* table = std::get_if<ast::CreateTable>(&node)) name = table->name;
  if (const auto* copy = std::get_if<ast::CopyFrom>(&node)) name = copy->table;
  if (const auto* index = std::get_if<ast::CreateIndex>(&node)) name = index->table;
  if (const auto* alter = std::get_if<ast::AlterTable>(&node)) name = alter->name;
  if (const auto* trigger = std::get_if<ast::CreateTrigger>(&node)) name = trigger->function;
  if (const auto setval = ast::setval_call(node)) name = setval->sequence;
  const std::string_view product = product_of_schema(name.schema);
  if (product.empty()) return std::nullopt;
  return Owned{std::move(name), product};
}

// TimescaleDB's compressed chunks: rows of a hypertable.
bool holds_packed_rows(const ast::Name& name) {
  return name.schema == "_timescaledb_internal" &&
         (name.name.starts_with("compress_") || name.name.starts_with("_compressed_"));
}

// TimescaleDB's table behind a continuous aggregate, whose view reads it.
bool is_continuous_aggregate(const ast::Name& name) {
  return name.schema == "_timescaledb_internal" && name.name.starts_with("_materialized_hypertable_");
}

bool adds_constraint(const ast::AlterTable& alter) {
  return std::ranges::any_of(alter.commands, [](const ast::AlterCommand& command) {
    return std::holds_alternative<ast::AddConstraint>(command);
  });
}

}  // namespace

/// A key whose values grow, so that all new ones would go to one range. Of a table that is not known it may.
bool DumpParser::grows(const ast::CreateTable* table, const std::string& column) const {
  const ast::Column* const found = table == nullptr ? nullptr : column_of(*table, column);
  return found == nullptr ? table == nullptr : is_whole_number_or_time(found->type);
}

/// Of a statement that PostgreSQL's grammar refuses: the clauses without which it takes it, if so. Keys that
/// are hashed stay so where that is what spreads them.
std::vector<VendorClause> DumpParser::parse_without_vendor(std::string_view sql, ParsedStatement& parsed) {
  if (parsed.error.empty()) return {};
  std::optional<WithoutClauses> without = without_vendor_clauses(sql, products_.contains("YugabyteDB"));
  if (!without) return {};
  ParsedStatement other = parse_statement(without->sql);
  if (!other.error.empty()) return {};
  const auto is_hashed = [&](const std::string& column) {
    return std::ranges::find(without->hashed, column) != without->hashed.end();
  };
  if (auto* table = std::get_if<ast::CreateTable>(&other.node)) {
    for (ast::Constraint& key : table->constraints) {
      if (!key.columns.empty() && is_hashed(key.columns.front()))
        key.hash_sharded = grows(table, key.columns.front());
    }
    for (const WithoutClauses::Identity& one : without->identities) {
      const auto column = std::ranges::find(table->columns, one.column, &ast::Column::name);
      if (column == table->columns.end()) return {};
      ast::Identity identity{false, {}, {}};
      identity.options.start = one.start;
      identity.options.increment = one.increment;
      // PostgreSQL's own limits are 1 and on, and -1 and down.
      const bool counts_down = one.increment.starts_with('-');
      const bool is_below_one = one.start.starts_with('-') || one.start == "0";
      if (!counts_down && is_below_one) identity.options.minimum = one.start;
      if (counts_down && (!is_below_one || one.start == "0")) identity.options.maximum = one.start;
      column->identity = ast::Box(std::move(identity));
      column->not_null = true;
    }
  } else if (auto* index = std::get_if<ast::CreateIndex>(&other.node)) {
    const std::string& first = index->elements.front().column;
    if (!first.empty() && is_hashed(first)) index->hash_sharded = grows(created_table(index->table), first);
  }
  parsed = std::move(other);
  return std::move(without->clauses);
}

/// SHOW CREATE's output, which PostgreSQL's grammar refuses, or reads as columns of the names `index` and
/// `family`, or as settings of its own. The indexes that stand among the columns of a table.
std::vector<CockroachStatement::Index> DumpParser::parse_cockroachdb(std::string_view sql,
                                                                     ParsedStatement& parsed,
                                                                     std::vector<VendorClause>& clauses,
                                                                     Span at) {
  const auto* table = std::get_if<ast::CreateTable>(&parsed.node);
  const bool reads_otherwise =
      table != nullptr && (std::ranges::any_of(table->columns,
                                               [](const ast::Column& column) {
                                                 return (column.name == "family" || column.name == "index") &&
                                                        !column.type.modifiers.empty();
                                               }) ||
                           std::ranges::any_of(table->options, [](const ast::Option& option) {
                             return option.name == "schema_locked" || option.name.starts_with("ttl");
                           }));
  if (parsed.error.empty() && !reads_otherwise) return {};
  std::optional<CockroachStatement> read = read_cockroachdb(sql);
  if (!read) return {};
  if (products_.insert("CockroachDB").second)
    report(cockroachdb_script, at,
           "this is a script of CockroachDB: its integers, divisions and orders are read as PostgreSQL's "
           "would be",
           "CockroachDB");
  parsed = {std::move(read->node), {}, -1};
  clauses = std::move(read->clauses);
  return std::move(read->indexes);
}

/// A statement that is a product's as a whole: left out where it only says where rows lie, for a person where
/// it does more.
bool DumpParser::take_vendor_statement(const Text& text, std::string_view sql,
                                       const ParsedStatement& parsed) {
  if (parsed.error.empty() || !text.complete) return false;
  const std::optional<VendorStatement> own = vendor_statement(sql);
  if (!own) return false;
  const std::string written(without_semicolon(sql));
  ast::Statement& statement = add(text.segment, ast::Opaque{own->kind, written});
  sent_ = statement.id;
  const Span at = span(text.place(0), text.place(written.size() - 1) + 1);
  note_product(own->product, at);
  tell_vendor_clause({own->product, 0, written.size(), own->meaning}, written, at,
                     ast::statement_object(statement.node));
  if (own->meaning == VendorClause::Meaning::lost) {
    need_person(statement, "it is a statement of " + std::string(own->product));
  } else {
    statement.fate = ast::Fate::dropped;
    statement.reason = "it says how " + std::string(own->product) + " stores rows";
  }
  return true;
}

void DumpParser::note_product(std::string_view product, Span at) {
  if (product.empty() || !products_.insert(product).second) return;
  report(vendor_dump, at, "this is a script of " + std::string(product), std::string(product));
}

void DumpParser::tell_vendor_clause(const VendorClause& clause, std::string_view written, Span at,
                                    std::string object) {
  using Meaning = VendorClause::Meaning;
  const bool identity = clause.meaning == Meaning::identity;
  report(identity                          ? vendor_identity
         : clause.meaning == Meaning::lost ? vendor_clause_lost
                                           : vendor_clause,
         at,
         "`" + std::string(written) + "` is of " + std::string(clause.product) + ", and " +
             (identity ? "becomes GENERATED BY DEFAULT AS IDENTITY" : "left out"),
         std::move(object));
}

/// What a product keeps for itself is left out. Chunks of a hypertable are its partitions: their rows go into
/// it, whose indexes and constraints theirs repeat.
void DumpParser::take_product(ast::Statement& statement) {
  note_products(statement);
  const std::optional<Owned> owned = owned_by_product(statement.node);
  if (!owned) return;
  note_product(owned->product, statement.span);
  if (is_chunk(owned->name)) {
    if (std::holds_alternative<ast::CopyFrom>(statement.node)) return;
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter != nullptr && !adds_constraint(*alter)) return;
    auto* table = std::get_if<ast::CreateTable>(&statement.node);
    if (table != nullptr && table->inherits.size() == 1) {
      table->partition_of = std::move(table->inherits.front());
      table->inherits.clear();
      table->constraints.clear();
      return;
    }
  }
  if (is_continuous_aggregate(owned->name)) {
    if (std::holds_alternative<ast::CreateTable>(statement.node))
      report(vendor_aggregate, statement.span,
             "`" + ast::to_string(owned->name) +
                 "` holds the rows of a continuous aggregate: it stays a table, which nothing refreshes",
             ast::to_string(owned->name));
    return;
  }
  statement.fate = ast::Fate::dropped;
  statement.reason = "it is " + std::string(owned->product) + "'s own";
  if (std::holds_alternative<ast::CopyFrom>(statement.node) && holds_packed_rows(owned->name)) return;
  const std::string owned_name = ast::to_string(owned->name);
  const std::string object = ast::statement_object(statement.node);
  // A trigger of a user's table that calls the product's function.
  const bool is_itself = object.empty() || object.starts_with(owned_name);
  report(vendor_object, statement.span,
         "`" + (is_itself ? owned_name : ast::statement_kind(statement.node) + " " + object) + "` is " +
             std::string(owned->product) + "'s own, and left out",
         is_itself ? owned_name : object);
}

void DumpParser::tell_packed_rows(const ast::DataBlock& block) {
  if (block.left_out.empty() || block.rows == 0 || !holds_packed_rows(block.table)) return;
  report(vendor_rows, block.header,
         std::to_string(block.rows) + (block.rows == 1 ? " row" : " rows") + " of `" +
             ast::to_string(block.table) + "`, which TimescaleDB compressed, cannot be read",
         ast::to_string(block.table));
}

/// The file of a backup that has all but its rows says so by its name alone.
void DumpParser::tell_rows_of_gpbackup() {
  std::string_view name = file_->name();
  name.remove_prefix(std::min(name.find_last_of('/') + 1, name.size()));
  if (!name.starts_with("gpbackup_") || !name.ends_with("_metadata.sql")) return;
  const auto makes_table = [](const ast::Statement& one) {
    return std::holds_alternative<ast::CreateTable>(one.node);
  };
  const auto statements = script_.statements.begin() + static_cast<std::ptrdiff_t>(file_begin_.statements);
  const auto table = std::find_if(statements, script_.statements.end(), makes_table);
  if (table == script_.statements.end()) return;
  note_product("Greenplum", table->span);
  report(vendor_rows, table->span,
         "the rows of this backup are in files of gpbackup's, one a segment and table, which are not read",
         "Greenplum", "restore the backup with gprestore, and dump that database with pg_dump");
}

void DumpParser::note_products(const ast::Statement& statement) {
  const auto* extension = std::get_if<ast::CreateExtension>(&statement.node);
  if (extension == nullptr) return;
  const auto found = std::ranges::find(extensions, extension->name, &Evidence::name);
  if (found != extensions.end()) note_product(found->product, statement.span);
}

}  // namespace pg2crdb
