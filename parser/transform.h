#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/statement.h"
#include "parser/pg_nodes.h"

/// From the nodes of PostgreSQL's grammar to the AST. Each reader names the fields that it knows
/// (`reads_only`); what the AST has no place for makes the whole statement `ast::Opaque`.
namespace pg2crdb::transform {

struct Context {
  std::string_view sql = {};  ///< the whole text that was parsed
  int32_t prefix = 0;         ///< bytes of `sql` before the caller's text: offsets count from there
  int depth = 0;              ///< of expressions, queries and joins inside each other
  bool changes_rows = false;  ///< inside of a statement that does, whose WITH may do so, too
  bool rows_as_text = true;   ///< `ast::Insert::rows`
};

/// One level deeper, as long as it lives. `TooDeep` is thrown beyond `ast::max_depth`.
class Level {
 public:
  explicit Level(Context& context) : context_(context) {
    if (++context_.depth > ast::max_depth) {
      --context_.depth;
      throw TooDeep{};
    }
  }
  ~Level() { --context_.depth; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Context& context_;
};

/// A number for a name, so that `switch` can choose by it: its first and last eight bytes and its length. Two
/// names of one `switch` with the same number do not compile.
constexpr uint64_t name_number(std::string_view name) {
  auto byte = [&](size_t i) { return static_cast<uint64_t>(static_cast<unsigned char>(name[i])); };
  auto four = [&](size_t i) { return byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24; };
  const size_t size = name.size();
  uint64_t head = 0;
  uint64_t tail = 0;
  if (size >= 8) {
    head = four(0) | four(4) << 32;
    tail = four(size - 8) | four(size - 4) << 32;
  } else if (size >= 4) {
    head = four(0);
    tail = four(size - 4);
  } else if (size > 0) {
    head = byte(0) | byte(size / 2) << 8;
    tail = byte(size - 1);
  }
  return head * 0x9E3779B97F4A7C15u ^ (tail + size) * 0xC2B2AE3D27D4EB4Fu;
}

consteval uint64_t operator""_n(const char* text, size_t size) {
  return name_number({text, size});
}

/// Bytes from the beginning of the caller's text, -1 where the parser did not say.
inline int32_t offset(const Context& context, int location) {
  return location < 0 ? -1 : location - context.prefix;
}
/// Where a routine's body begins, behind its quotes; `location` is that of the option that it belongs to. -1
/// where the text that is written is not the body: it has escapes.
int32_t written_body(const Context& context, int location, std::string_view body);

// --- names, types (transform_name.cpp)
// ----------------------------------------------------------------------

/// A String node.
std::string string_node(const Node* node);
std::vector<std::string> string_nodes(const List* list);
/// `schema.name` from a list of String nodes, empty where it is missing; a database's name before it is not
/// modelled.
ast::Name qualified_name(const List* list);
ast::Name qualified_name(std::vector<std::string> parts);

struct Relation {
  ast::Name name = {};
  bool only = true;
  ast::Persistence persistence = ast::Persistence::permanent;
  ast::Alias alias = {};
  int32_t offset = 0;
};
Relation relation(const Context& context, const RangeVar& node);
/// Its name alone; empty where the node is missing.
ast::Name relation_name(const RangeVar* node);
/// Empty where the node is missing.
ast::Alias alias(const Alias* node);
ast::TypeName type_name(const Context& context, const TypeName& node);
ast::Role role(const RoleSpec& node);
std::vector<ast::Role> roles(const List* list);

// --- options (transform_option.cpp)
// ----------------------------------------------------------------------

/// A keyword as SQL writes it; the grammar has folded it.
std::string upper(std::string_view word);
/// The argument as an option's value: a word, number, string or boolean.
void set_value(ast::Option& option, const Node* argument);
std::vector<ast::Option> options(const List* list);
/// An Integer, Float or numeric constant as digits.
std::string number(const Node* node);
bool truth(const Node* argument);

// --- objects of any kind (transform_object_ref.cpp)
// ----------------------------------------------------------------------

ast::ObjectKind object_kind(ObjectType object);
ast::ObjectRef object_ref(const Context& context, ast::ObjectKind kind, const Node* node);

// --- expressions and queries (transform_expression.cpp, transform_query.cpp)
// -----------------------------------------

ast::Expr expression(Context& context, const void* node);
/// Empty where the node is missing.
ast::Box<ast::Expr> expression_if(Context& context, const void* node);
std::vector<ast::Expr> expressions(Context& context, const List* list);
/// `.field`, `[1]`, `[1:2]`, `.*`.
ast::Step step(Context& context, const Node* node);
ast::Window window(Context& context, const WindowDef& node);
std::vector<ast::SortItem> sort_items(Context& context, const List* list);
ast::SortOrder sort_order(SortByDir direction);
ast::NullsOrder nulls_order(SortByNulls nulls);
/// A node that must be a SelectStmt.
ast::Query query(Context& context, const void* node);
/// Takes the expression out that is all that a query says: of a SELECT that has nothing else.
std::optional<ast::Expr> only_expression(ast::Query& query);
ast::FromItem from_item(Context& context, const Node* node);
std::vector<ast::FromItem> from_items(Context& context, const List* list);
ast::SelectItem select_item(Context& context, const ResTarget& node);
std::vector<ast::CommonTable> common_tables(Context& context, const WithClause* node);
/// A node that must be one of those that change rows (transform_row_statement.cpp).
ast::RowStatement row_statement(Context& context, const Node* node);

// --- statements
// ---------------------------------------------------------------------

ast::StatementNode create_table(Context& context, const CreateStmt& node);
ast::StatementNode alter_table(Context& context, const AlterTableStmt& node);
ast::StatementNode create_index(Context& context, const IndexStmt& node);
ast::Column column(Context& context, const ColumnDef& node);
ast::Constraint constraint(Context& context, const Constraint& node);
/// What GENERATED ... AS IDENTITY says.
ast::Identity identity(Context& context, const Constraint& node);
/// A constraint written on a column (or domain) goes where the column has a place for it.
void add_column_constraint(Context& context, ast::Column& column, const Constraint& node);
/// Empty where the node is missing.
ast::Name collation_name(const CollateClause* node);
ast::IndexElement index_element(Context& context, const IndexElem& node);
ast::PartitionBy partition_by(Context& context, const PartitionSpec& node);
ast::PartitionBound partition_bound(Context& context, const PartitionBoundSpec& node);
/// Whether the word USING stands between `begin` and the next parenthesis: the grammar fills in an access
/// method where none is written.
bool method_is_written(const Context& context, int32_t begin);

/// A DefElem goes to `options`.
void set_sequence_option(Context& context, ast::SequenceOptions& options, const DefElem& node);
ast::SequenceOptions sequence_options(Context& context, const List* list);
ast::StatementNode create_sequence(Context& context, const CreateSeqStmt& node);
ast::StatementNode alter_sequence(Context& context, const AlterSeqStmt& node);
ast::StatementNode create_schema(const CreateSchemaStmt& node);
ast::StatementNode create_database(const CreatedbStmt& node);
ast::StatementNode create_extension(const CreateExtensionStmt& node);
ast::StatementNode create_enum(const CreateEnumStmt& node);
ast::StatementNode alter_enum(const AlterEnumStmt& node);
ast::StatementNode create_composite_type(Context& context, const CompositeTypeStmt& node);
ast::StatementNode create_domain(Context& context, const CreateDomainStmt& node);
ast::StatementNode create_view(Context& context, const ViewStmt& node);
ast::StatementNode create_table_as(Context& context, const CreateTableAsStmt& node);
/// SELECT ... INTO t makes a table, as CREATE TABLE t AS does.
ast::StatementNode select(Context& context, const SelectStmt& node);
ast::StatementNode refresh_materialized_view(const RefreshMatViewStmt& node);

ast::StatementNode create_function(Context& context, const CreateFunctionStmt& node);
ast::StatementNode create_trigger(Context& context, const CreateTrigStmt& node);
ast::SetVariable set_variable(Context& context, const VariableSetStmt& node);

ast::StatementNode create_policy(Context& context, const CreatePolicyStmt& node);
ast::StatementNode create_role(const CreateRoleStmt& node);
ast::StatementNode alter_role(const AlterRoleStmt& node);
ast::Grant grant(Context& context, const GrantStmt& node);
ast::StatementNode grant_role(const GrantRoleStmt& node);
ast::StatementNode alter_default_privileges(Context& context, const AlterDefaultPrivilegesStmt& node);
ast::StatementNode rename(Context& context, const RenameStmt& node);
ast::StatementNode set_schema(Context& context, const AlterObjectSchemaStmt& node);
ast::StatementNode alter_owner(Context& context, const AlterOwnerStmt& node);
ast::StatementNode comment(Context& context, const CommentStmt& node);
ast::StatementNode drop(Context& context, const DropStmt& node);
ast::StatementNode drop_role(Context& context, const DropRoleStmt& node);
ast::StatementNode drop_database(const DropdbStmt& node);
ast::StatementNode drop_tablespace(const DropTableSpaceStmt& node);
ast::StatementNode drop_subscription(const DropSubscriptionStmt& node);

/// The statement; throws `Unmodelled` or `TooDeep` where it has no place in the AST.
ast::StatementNode statement(Context& context, const Node* node);
/// The words of a TransactionStmt's kind.
std::string_view transaction_command(TransactionStmtKind kind);
/// The command's words, for `ast::Opaque` (opaque_kind.cpp).
std::string opaque_kind(const Node* node);

}  // namespace pg2crdb::transform
