#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/statement.h"

namespace simdjson::dom {
class element;
}

/// From libpg_query's JSON to the AST. The JSON is PostgreSQL's raw parse tree: `{"Tag": {fields}}` for a
/// node, only the fields where a field's type is fixed. Fields that are zero, false, empty or null are left
/// out, so each reader starts from those values; in particular no "location" means byte 0. The same code
/// reads libpg_query 15, 17 and 18.
namespace pg2crdb::transform {

using Json = simdjson::dom::element;

/// Thrown by the readers below where the AST has no place for something; the statement becomes `ast::Opaque`.
/// Never leaves this folder.
struct Unmodelled {};

struct Context {
  std::string_view sql;  ///< the whole text that was parsed
  int32_t prefix = 0;    ///< bytes of `sql` before the caller's text: offsets count from there
  int64_t version = 0;   ///< of the grammar: 170004
  int depth = 0;         ///< of expressions, queries and joins inside each other
};

/// One level deeper, as long as it lives: what is nested deeper than `ast::max_depth` is not modelled.
class Level {
 public:
  explicit Level(Context& context) : context_(context) {
    if (++context_.depth > ast::max_depth) {
      --context_.depth;
      throw Unmodelled{};
    }
  }
  ~Level() { --context_.depth; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Context& context_;
};

/// A number for a field, tag or enum name, so that `switch` can choose by it: its first and last eight bytes
/// and its length. Two names of one `switch` with the same number do not compile.
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

// --- values
// --------------------------------------------------------------------------------------------------------

std::string_view text(Json value);
int64_t integer(Json value);
bool boolean(Json value);
/// Bytes from the beginning of the caller's text, -1 where the parser did not say.
int32_t offset(const Context& context, Json location);
/// A node's fields go to `fields`; the tag is returned, empty for an absent node (`{}` or null).
std::string_view open(Json node, Json& fields);
/// The fields of a node that must have this tag.
Json open_as(std::string_view tag, Json node);

// --- names, types, options (transform_name.cpp)
// ----------------------------------------------------------------------

/// A String node.
std::string string_node(Json node);
std::vector<std::string> string_nodes(Json list);
/// `schema.name` from a list of String nodes; a database's name before it is not modelled.
ast::Name qualified_name(Json list);
ast::Name qualified_name(std::vector<std::string> parts);

struct Relation {
  ast::Name name;
  bool only = true;
  ast::Persistence persistence = ast::Persistence::permanent;
  ast::Alias alias;
  int32_t offset = 0;
};
Relation relation(Context& context, Json fields);
ast::Alias alias(Json fields);
ast::TypeName type_name(Context& context, Json fields);
ast::Role role(Json fields);
std::vector<ast::Role> roles(Json list);

/// A DefElem; `argument` is a null element where it has none.
struct DefElem {
  std::string_view name_space;
  std::string_view name;
  bool has_argument = false;
};
DefElem def_elem(Json node, Json& argument);
/// The argument as an option's value: a word, number, string or boolean.
void set_value(ast::Option& option, Json argument);
std::vector<ast::Option> options(Json list);
/// An Integer, Float or numeric constant as digits.
std::string number(Json node);
bool truth(Json argument);

ast::ObjectKind object_kind(std::string_view object_type);
ast::ObjectRef object_ref(Context& context, ast::ObjectKind kind, Json node);
bool cascades(Json behavior);

// --- expressions and queries (transform_expression.cpp, transform_query.cpp)
// -----------------------------------------

ast::Expr expression(Context& context, Json node);
std::vector<ast::Expr> expressions(Context& context, Json list);
ast::Window window(Context& context, Json fields);
std::vector<ast::SortItem> sort_items(Context& context, Json list);
ast::SortOrder sort_order(std::string_view name);
ast::NullsOrder nulls_order(std::string_view name);
ast::Query query(Context& context, Json select);
/// A node that must be a SelectStmt.
ast::Query query_node(Context& context, Json node);

// --- statements: all take the fields of the node
// ---------------------------------------------------------------------

ast::StatementNode create_table(Context& context, Json fields);
ast::StatementNode alter_table(Context& context, Json fields);
ast::StatementNode create_index(Context& context, Json fields);
ast::Column column(Context& context, Json fields);
ast::Constraint constraint(Context& context, Json fields);
/// A constraint written on a column (or domain) goes where the column has a place for it.
void add_column_constraint(Context& context, ast::Column& column, Json fields);
/// Of a CollateClause.
ast::Name collation_name(Json fields);
ast::IndexElement index_element(Context& context, Json fields);

/// A DefElem goes to `options`.
void set_sequence_option(Context& context, ast::SequenceOptions& options, Json node);
ast::SequenceOptions sequence_options(Context& context, Json list);
ast::StatementNode create_sequence(Context& context, Json fields);
ast::StatementNode alter_sequence(Context& context, Json fields);
ast::StatementNode create_schema(Context& context, Json fields);
ast::StatementNode create_database(Context& context, Json fields);
ast::StatementNode create_extension(Context& context, Json fields);
ast::StatementNode create_enum(Context& context, Json fields);
ast::StatementNode alter_enum(Context& context, Json fields);
ast::StatementNode create_composite_type(Context& context, Json fields);
ast::StatementNode create_domain(Context& context, Json fields);
ast::StatementNode create_view(Context& context, Json fields);
ast::StatementNode create_table_as(Context& context, Json fields);
ast::StatementNode refresh_materialized_view(Context& context, Json fields);

ast::StatementNode create_function(Context& context, Json fields);
ast::StatementNode create_trigger(Context& context, Json fields);
ast::SetVariable set_variable(Context& context, Json fields);

ast::StatementNode create_policy(Context& context, Json fields);
ast::StatementNode create_role(Context& context, Json fields);
ast::StatementNode alter_role(Context& context, Json fields);
ast::StatementNode grant(Context& context, Json fields);
ast::StatementNode grant_role(Context& context, Json fields);
ast::StatementNode alter_default_privileges(Context& context, Json fields);
ast::StatementNode rename(Context& context, Json fields);
ast::StatementNode set_schema(Context& context, Json fields);
ast::StatementNode alter_owner(Context& context, Json fields);
ast::StatementNode comment(Context& context, Json fields);
ast::StatementNode drop(Context& context, Json fields);
ast::StatementNode drop_role(Context& context, Json fields);
/// DROP DATABASE, TABLESPACE, SUBSCRIPTION: the field `name_field` names the object.
ast::StatementNode drop_named(ast::ObjectKind kind, std::string_view name_field, Json fields);

/// The statement, `Unmodelled` where it is not.
ast::StatementNode statement(Context& context, std::string_view tag, Json fields);
/// The words of a TransactionStmt's kind.
std::string_view transaction_command(std::string_view kind);
/// The command's words, for `ast::Opaque` (opaque_kind.cpp).
std::string opaque_kind(std::string_view tag, Json fields);

}  // namespace pg2crdb::transform
