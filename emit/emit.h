#pragma once
#include <string_view>
#include <vector>

#include "ast/statement.h"
#include "emit/sql_writer.h"

/// The writers of one noun each; between the sources of this folder only.
namespace pg2crdb {

/// How tightly an expression holds together, loosest first: gram.y's precedence list.
enum class Level : unsigned char {
  disjunction,
  conjunction,
  negation,
  is,
  comparison,
  like,
  other_operator,
  additive,
  multiplicative,
  power,
  at_time_zone,
  collate,
  sign,
  subscript,
  cast,
  primary,
};

void write_expr(SqlWriter& out, const ast::Expr& expr);
/// `.field`, `[1]`, glued to what stands before.
void write_step(SqlWriter& out, const ast::Step& step);
/// In parentheses where it is looser than `minimum`.
void write_operand(SqlWriter& out, const ast::Expr& expr, Level minimum);
/// The same, where PostgreSQL takes a looser one without: what it takes and CockroachDB reads otherwise is
/// noted.
void write_operand(SqlWriter& out, const ast::Expr& expr, Level minimum, Level minimum_in_postgresql);
void write_exprs(SqlWriter& out, const std::vector<ast::Expr>& exprs);
/// What an index element, a partition key or FROM take without parentheses: a call with parentheses of its
/// own.
bool looks_like_function(const ast::Expr& expr);
void write_sort_items(SqlWriter& out, const std::vector<ast::SortItem>& items);
/// `ASC NULLS LAST`.
void write_order(SqlWriter& out, ast::SortOrder order, ast::NullsOrder nulls);
/// `(PARTITION BY ... ORDER BY ... ROWS ...)`.
void write_window(SqlWriter& out, const ast::Window& window);
/// `=`, `OPERATOR(pg_catalog.=)`.
void write_operator(SqlWriter& out, const std::vector<std::string>& op);

void write_type(SqlWriter& out, const ast::TypeName& type);

enum class Layout { one_line, lines };
/// With `lines`, the first token is expected at the beginning of a line that is indented by two.
void write_query(SqlWriter& out, const ast::Query& query, Layout layout);
/// Nothing where there are no common tables.
void write_with(SqlWriter& out, bool recursive, const std::vector<ast::CommonTable>& tables, Layout layout);
void write_table_ref(SqlWriter& out, const ast::TableRef& table);
void write_from_item(SqlWriter& out, const ast::FromItem& item);
void write_from_items(SqlWriter& out, const std::vector<ast::FromItem>& items);
void write_select_items(SqlWriter& out, const std::vector<ast::SelectItem>& items);
/// INSERT, UPDATE, DELETE or MERGE in a WITH.
void write_row_statement(SqlWriter& out, const ast::RowStatement& statement);

/// `app.user_id`, `toast.fillfactor`: each part of one string is a name of its own.
void write_dotted_text(SqlWriter& out, std::string_view text);
std::string_view keywords(ast::Persistence persistence);
void write_role(SqlWriter& out, const ast::Role& role);
/// ` (a='1', b)`.
void write_options(SqlWriter& out, const std::vector<ast::Option>& options);
/// The value alone.
void write_option_value(SqlWriter& out, const ast::Option& option);
/// The object without its kind: `f(integer)`, `a.b.column`, `name ON table`.
void write_object(SqlWriter& out, const ast::ObjectRef& object);
void write_argument_types(SqlWriter& out, const ast::ObjectRef& object);

/// Every option with a blank before it.
void write_sequence_options(SqlWriter& out, const ast::SequenceOptions& options);
/// ` SET INCREMENT BY 2 SET START WITH 5 RESTART`: of ALTER COLUMN.
void write_identity_changes(SqlWriter& out, const ast::SequenceOptions& options);
/// `GENERATED ALWAYS AS IDENTITY (...)`.
void write_identity(SqlWriter& out, const ast::Identity& identity);
void write_column(SqlWriter& out, const ast::Column& column);
/// `on_column`: without the columns that it stands behind.
void write_constraint(SqlWriter& out, const ast::Constraint& constraint, bool on_column);
/// ` (a, lower(b) DESC)`.
void write_index_elements(SqlWriter& out, const std::vector<ast::IndexElement>& elements);
void write_index_element(SqlWriter& out, const ast::IndexElement& element);
/// `FOR VALUES ...`, `DEFAULT`.
void write_partition_bound(SqlWriter& out, const ast::PartitionBound& bound);
/// `SET name = value`, `RESET name`: a statement, and a clause of CREATE FUNCTION.
void write_set_variable(SqlWriter& out, const ast::SetVariable& statement);

void write_statement(SqlWriter& out, const ast::CreateTable& statement);
void write_statement(SqlWriter& out, const ast::AlterTable& statement);
void write_statement(SqlWriter& out, const ast::CreateIndex& statement);
void write_statement(SqlWriter& out, const ast::CreateSchema& statement);
void write_statement(SqlWriter& out, const ast::CreateDatabase& statement);
void write_statement(SqlWriter& out, const ast::CreateExtension& statement);
void write_statement(SqlWriter& out, const ast::CreateSequence& statement);
void write_statement(SqlWriter& out, const ast::AlterSequence& statement);
void write_statement(SqlWriter& out, const ast::CreateEnum& statement);
void write_statement(SqlWriter& out, const ast::AlterEnum& statement);
void write_statement(SqlWriter& out, const ast::CreateCompositeType& statement);
void write_statement(SqlWriter& out, const ast::CreateDomain& statement);
void write_statement(SqlWriter& out, const ast::CreateView& statement);
void write_statement(SqlWriter& out, const ast::CreateTableAs& statement);
void write_statement(SqlWriter& out, const ast::RefreshMaterializedView& statement);
void write_statement(SqlWriter& out, const ast::CreateFunction& statement);
void write_statement(SqlWriter& out, const ast::CreateTrigger& statement);
void write_statement(SqlWriter& out, const ast::CreatePolicy& statement);
void write_statement(SqlWriter& out, const ast::CreateRole& statement);
void write_statement(SqlWriter& out, const ast::AlterRole& statement);
void write_statement(SqlWriter& out, const ast::Grant& statement);
void write_statement(SqlWriter& out, const ast::GrantRole& statement);
void write_statement(SqlWriter& out, const ast::AlterDefaultPrivileges& statement);
void write_statement(SqlWriter& out, const ast::Rename& statement);
void write_statement(SqlWriter& out, const ast::SetSchema& statement);
void write_statement(SqlWriter& out, const ast::AlterOwner& statement);
void write_statement(SqlWriter& out, const ast::Comment& statement);
void write_statement(SqlWriter& out, const ast::Drop& statement);
void write_statement(SqlWriter& out, const ast::Truncate& statement);
void write_statement(SqlWriter& out, const ast::DoBlock& statement);
void write_statement(SqlWriter& out, const ast::SetVariable& statement);
void write_statement(SqlWriter& out, const ast::SelectStatement& statement);
void write_statement(SqlWriter& out, const ast::Insert& statement);
void write_statement(SqlWriter& out, const ast::Update& statement);
void write_statement(SqlWriter& out, const ast::Delete& statement);
void write_statement(SqlWriter& out, const ast::Merge& statement);
void write_statement(SqlWriter& out, const ast::Transaction& statement);
void write_statement(SqlWriter& out, const ast::CopyFrom& statement);
void write_statement(SqlWriter& out, const ast::MetaCommand& statement);
void write_statement(SqlWriter& out, const ast::Opaque& statement);

}  // namespace pg2crdb
