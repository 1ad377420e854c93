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

  // The walk (name_walker.cpp).
  void node(const void* any);
  /// The nodes in the fields, but for those named.
  template <class T, class... Fields>
  void members(const T& node, const Fields&... without);
  /// What no case knows.
  void other(const Node* node);
  template <class T>
  void query(const T& statement);
  void with_clause(const WithClause& with);

  // Nodes of expressions and queries.
  void relation(const RangeVar& node, bool changes, Kind kind = Kind::relation);
  void type(const TypeName& node);
  void add_type(const TypeName& node, bool changes = false);
  void call(const FuncCall& node);
  void sequence_literal(std::string_view function, const Node* argument);
  void cast(const TypeCast& node);
  void literal(const Node* node, Kind kind);
  void column(const ColumnRef& node);
  static std::optional<Kind> registry_type(const TypeCast& cast);
  static ast::TypeName argument_type(const void* node);
  static ast::TypeName plain_type(const TypeName& node);

  // Statements (name_statements.cpp).
  void statement_of(const Node* node);
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
  int depth_ = 0;
};

template <class T, class... Fields>
void NameWalker::members(const T& node, const Fields&... without) {
  each_child(node, [&](const auto& child) {
    const void* const place = &child;
    if (((place != static_cast<const void*>(&without)) && ...)) this->node(child);
  });
}

}  // namespace pg2crdb::transform
