#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/name_places.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

/// Names in a tree of libpg_query. The walk knows the nodes that name something or that give names a scope,
/// and looks into all others: what a later PostgreSQL adds is walked too. A field whose type is fixed has no
/// tag in the JSON, so nodes are also known by fields that only they have.
class NameWalker {
 public:
  NameWalker(const Piece& piece, NameCollector& names)
      : piece_(piece), names_(names), places_(piece, names) {}

  struct TooDeep {};

  /// One statement; `begin` and `end` are bytes of the piece. May throw `TooDeep`, `Unmodelled` and
  /// simdjson's error, for trees of a shape that no libpg_query makes that is known.
  void statement(Json node, size_t begin, size_t end);

  /// Bodies in statements, which are read when the JSON is no more needed.
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

  // The walk (name_walker.cpp): a node with its tag around it, its fields, or a list.
  void value(Json node);
  template <class Function>
  void deeper(Function&& walk) {
    if (++depth_ > deepest) throw TooDeep{};
    walk();
    --depth_;
  }
  void members(Json fields, std::initializer_list<std::string_view> without = {});
  void untagged(Json fields);
  void tagged(std::string_view tag, Json fields);
  /// Where `tag` is none that can stand in an expression or query.
  void statement_of(std::string_view tag, Json fields);
  void query(std::string_view tag, Json fields);
  void with_clause(Json with);

  // Nodes of expressions and queries.
  void relation(Json fields, bool changes, Kind kind = Kind::relation, size_t values = 0);
  static size_t values_by_position(std::string_view tag, Json fields);
  void type(Json fields);
  void add_type(const std::vector<std::string>& parts, int64_t location, bool changes = false);
  void call(Json fields);
  void sequence_literal(std::string_view function, Json argument);
  void cast(Json fields);
  void label(Json cast);
  void serial_column(Json table, Json column);
  static std::optional<std::string> constant(Json node);
  void literal(Json node, Kind kind);
  static std::optional<Kind> registry_type(Json cast);
  static ast::TypeName argument_type(Json node);
  static ast::TypeName plain_type(Json fields);

  // Columns and what else lives in a relation (name_columns.cpp).
  /// Walks what does not see the entries of the innermost query.
  template <class Function>
  void outside(Function&& walk) {
    Scope inner = std::move(scopes_.back());
    scopes_.pop_back();
    walk();
    scopes_.push_back(std::move(inner));
  }
  Source source_of(Json range_var) const;
  void add_source(Json node, Scope& scope);
  Scope scope_of(std::string_view tag, Json fields);
  void add_column(const std::string& name, const std::vector<Source>& sources, int64_t location);
  void column(Json fields);
  void row(const std::vector<std::string>& parts, int64_t location);
  void shown_or_read(Json list);
  void set_columns(Json list);
  void on_conflict(Json fields);
  void add_member(ast::ObjectKind kind, std::string_view keyword, std::string_view name, Json relation);
  void alter_table(Json fields);
  void alter_policy(Json fields);
  void analyzed(Json fields);

  // Statements (name_statements.cpp).
  void about(Json fields, std::string_view field, Kind kind = Kind::relation);
  void signature(Json fields, bool changes);
  void create_function(Json fields);
  void body(std::string language, const std::vector<Json>& options);
  void sequence(Json fields);
  void define(Json fields);
  void definitions(Json fields, std::string_view list_name);
  void named(std::string_view object_type, Json node, bool changes);
  void altered(std::string_view object_type, Json fields);
  void list(Kind kind, const std::vector<std::string>& parts, bool changes, int arguments = -1);

  /// Levels of JSON, some of which are two frames of the walk.
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

}  // namespace pg2crdb::transform
