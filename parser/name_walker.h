#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/name_places.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

/// Names in a tree of PostgreSQL's grammar. The walk knows the nodes that name something or that give names a
/// scope, and looks into all others.
class NameWalker {
 public:
  NameWalker(const Piece& piece, NameCollector& names)
      : piece_(piece), names_(names), places_(piece, names) {}

  /// One statement; `begin` and `end` are bytes of the piece. May throw `TooDeep`, and `Unmodelled` for a
  /// tree of a shape that no libpg_query makes that is known.
  void statement(const Node* node, size_t begin, size_t end);

  /// Bodies in statements, which are read when the nodes are no more needed.
  struct Body {
    std::string language;
    Piece piece;
  };
  std::vector<Body> bodies;

 private:
  using Kind = NameUse::Kind;

  /// s.t.c in an expression: names the table where FROM has it so.
  struct Column {
    ast::Name table;
    std::vector<std::string> parts;
    int64_t location;
  };

  /// An entry of FROM. Without a table what its columns are is not known.
  struct Source {
    std::string alias = {};
    ast::Name table = {};
    bool own_name = false;  ///< it has no alias: columns are written behind the table's name
  };
  /// A query or another statement that columns are named in.
  struct Scope {
    std::vector<Source> sources = {};
    Source changed = {};                  ///< of INSERT, UPDATE, DELETE, MERGE
    std::vector<std::string> shown = {};  ///< names that a SELECT gives to what it shows
  };

  // The walk (name_walker.cpp).
  void node(const void* any);
  /// Of what stands in expressions and queries; false where it is no such node, and nothing is walked.
  bool expression_of(const Node* node);
  template <class Function>
  void deeper(Function&& walk) {
    if (++depth_ > deepest) throw TooDeep{};
    walk();
    --depth_;
  }
  /// The nodes in the fields, but for those named.
  template <class T, class... Fields>
  void members(const T& node, const Fields&... without);
  /// What neither knows: so that what nests deeply costs little of the stack.
  void other(const Node* node);
  template <class T>
  void all_members(const Node* node);
  void with_clause(const WithClause& with);

  // Nodes of expressions and queries.
  void relation(const RangeVar& node, bool changes, Kind kind = Kind::relation, size_t values = 0);
  void type(const TypeName& node);
  void add_type(const TypeName& node, bool changes = false);
  void call(const FuncCall& node);
  void sequence_literal(std::string_view function, const Node* argument);
  void cast(const TypeCast& node);
  void label(const TypeCast& node);
  void serial_column(const Node* table, const Node* column);
  static const A_Const* string_constant(const Node* node);
  void literal(const Node* node, Kind kind);
  static std::optional<Kind> registry_type(const TypeCast& cast);
  static ast::TypeName argument_type(const void* node);
  static ast::TypeName plain_type(const TypeName& node);

  // Queries, and statements that change rows (name_queries.cpp).
  template <class Walk>
  void in_query(const WithClause* with, Walk&& walk);
  Scope scope_of(const SelectStmt& node);
  void query(const SelectStmt& node);
  void query(const InsertStmt& node);
  void query(const UpdateStmt& node);
  void query(const DeleteStmt& node);
  void query(const MergeStmt& node);
  void unseeing(const void* any);
  void shown_or_read(const List* list);
  void set_columns(const List* list);
  void on_conflict(const OnConflictClause& node);

  // Columns and what else lives in a relation (name_columns.cpp).
  Source source_of(const RangeVar& node) const;
  void add_source(const Node* node, Scope& scope);
  void add_single(const Node* node, Scope& scope);
  void add_join(const JoinExpr& node, size_t left, size_t right, Scope& scope);
  void add_sources(const List* list, Scope& scope);
  /// Of a statement that changes rows of a table.
  Scope changing(const RangeVar& table) const;
  void add_column(const std::string& name, const std::vector<Source>& sources, int64_t location);
  void column(const ColumnRef& node);
  void row(const std::vector<std::string>& parts, int64_t location);
  void add_member(ast::ObjectKind kind, std::string_view keyword, std::string_view name,
                  const RangeVar& relation);
  void alter_table(const AlterTableStmt& node);
  void alter_policy(const Node* node);
  void analyzed(const VacuumRelation& node);

  // Statements (name_statements.cpp).
  /// As expression_of().
  bool statement_of(const Node* node);
  /// The field names the relation (or type) that the statement makes or changes.
  template <class T>
  void about(const Node* node, RangeVar* T::*field, Kind kind = Kind::relation);
  template <class T>
  void about_type(const Node* node, List* T::*field);
  template <class T>
  void altered(const Node* node, ObjectType T::*field);
  void signature(const ObjectWithArgs& node, bool changes);
  void create_function(const CreateFunctionStmt& node);
  void body(std::string language, const List* options);
  void owned_by(const List* options);
  void define(const DefineStmt& node);
  void definitions(const List* options);
  void named(ObjectType object, const Node* node, bool changes);
  void list(Kind kind, const std::vector<std::string>& parts, bool changes, int arguments = -1);

  static constexpr int deepest = 1200;

  const Piece& piece_;
  NameCollector& names_;
  NamePlaces places_;
  std::vector<std::string> queries_;  ///< names of WITH, the innermost last
  std::vector<ast::Name> tables_;     ///< of the statement
  std::vector<Column> columns_;
  std::vector<Scope> scopes_;  ///< the innermost last
  int depth_ = 0;
};

template <class T, class... Fields>
void NameWalker::members(const T& node, const Fields&... without) {
  each_child(node, [&](const auto& child) {
    const void* const place = &child;
    if (((place != static_cast<const void*>(&without)) && ...)) this->node(child);
  });
}

template <class T>
void NameWalker::about(const Node* node, RangeVar* T::*field, Kind kind) {
  const T& statement = node_as<T>(node);
  if (statement.*field != nullptr) relation(*(statement.*field), true, kind);
  members(statement, statement.*field);
}

}  // namespace pg2crdb::transform
