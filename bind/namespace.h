#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ast/script.h"
#include "support/text_map.h"

namespace pg2crdb::bind {

using ast::ObjectId;
/// Schemas, first to last. pg_catalog stands in it without being written, mostly before all others.
struct Path : std::vector<std::string> {
  using std::vector<std::string>::vector;
  size_t before_system = 0;                      ///< how many of them are looked into before pg_catalog
  bool is_known = true;                          ///< false where a statement may have set another one
  ast::StatementId lost_by = ast::no_statement;  ///< that statement, in a path that the binder gives
};

/// The names that stand at one point of a script, and what they mean there. Tables, views, sequences and
/// indexes share a space, as in PostgreSQL; routines of one name are told apart by their signatures; columns,
/// constraints, triggers, policies and rules live in their relation.
class Namespace {
 public:
  explicit Namespace(std::deque<ast::Object>& objects);

  /// The object of a name; one without a schema is looked for along the path. None where there is none.
  ObjectId find(ast::ObjectKind kind, const ast::Name& name, const Path& path) const;
  /// The type of a name; a table is one too, its rows'.
  ObjectId find_type(const ast::Name& name, const Path& path) const;
  /// Whether PostgreSQL's own schema has something of that kind and name, which a name without a schema may
  /// mean. It stands here, in pg_catalog, once the script gives the name to something.
  bool is_in_pg_catalog(ast::ObjectKind kind, const std::string& name) const;
  /// From here on it stands there; nothing where PostgreSQL's own schema has no such thing.
  void enter_of_pg_catalog(ast::ObjectKind kind, const std::string& name);
  /// The same for what lives in a relation.
  ObjectId find_in(ObjectId relation, ast::ObjectKind kind, std::string_view name) const;
  /// A relation, type or routine of that name that stands in any schema; none where there is none. To be
  /// asked at the end of the script only: it remembers what stood when it was asked first.
  ObjectId anywhere(ast::ObjectKind kind, const std::string& name) const;
  /// The object that had the name before and has it no longer. None where no object ever had it.
  ObjectId former(ast::ObjectKind kind, const ast::Name& name, const Path& path) const;
  /// All relations that had the name before, the first of them first.
  std::vector<ObjectId> former_relations(const ast::Name& name, const Path& path) const;
  /// The same for what lives in a relation.
  ObjectId former_in(ObjectId relation, ast::ObjectKind kind, std::string_view name) const;
  /// All routines that a name may mean: those of the first schema of the path that has one.
  std::vector<ObjectId> routines(const ast::Name& name, const Path& path) const;
  ObjectId routine(const ast::Name& name, std::string_view signature, const Path& path) const;
  /// Whether any schema has a routine of that name.
  bool has_routine_named(const std::string& name) const { return routine_names_.contains(name); }

  /// A new object under that name, which hides an older one. `name` has its schema where its kind lives in
  /// one.
  ObjectId create(ast::ObjectKind kind, ast::Name name, ast::StatementId statement,
                  ObjectId parent = ast::no_object, std::string signature = {});
  /// Frees the name, and those of what lives in it.
  void drop(ObjectId object, ast::StatementId statement);
  void rename(ObjectId object, ast::Name name);
  /// Another name for it, which rows go by: a rule gave the table a new one.
  void alias(ObjectId object, const ast::Name& name);
  ObjectId find_alias(const ast::Name& name, const Path& path) const;
  /// It lives and goes with another from now on: a sequence with a column. None: with nothing.
  void set_parent(ObjectId object, ObjectId parent);
  /// Every object whose schema this is; of a schema that is dropped or renamed.
  std::vector<ObjectId> in_schema(std::string_view schema) const;
  /// What lives in a relation: columns in their order, constraints, triggers, indexes ...
  const std::vector<ObjectId>& members(ObjectId relation) const;
  std::vector<ObjectId> columns(ObjectId relation) const;
  /// The columns that stood when the statement ran, those included that are dropped since.
  std::vector<ObjectId> columns_at(ObjectId relation, ast::StatementId statement) const;

  /// What a chosen name must not be called like: sequences and indexes like no relation of the schema, CHECKs
  /// and foreign keys like no constraint, keys like neither.
  enum class Among { relations, constraints, both };
  /// A name for what a statement leaves unnamed, as PostgreSQL chooses it: `name1_name2_label`, cut to 63
  /// bytes, with a number where it is taken.
  std::string choose_name(const std::string& schema, std::string_view name1, std::string_view name2,
                          std::string_view label, Among among) const;

 private:
  ObjectId named(std::string_view key) const;
  void enter(ObjectId object);
  void leave(ObjectId object);

  std::deque<ast::Object>& objects_;
  TextMap<ObjectId> names_;  ///< none: the name is free again
  std::unordered_map<std::string, ObjectId> former_, aliases_;
  std::unordered_map<std::string, std::vector<ObjectId>> former_relations_;
  mutable std::unordered_map<std::string, ObjectId> anywhere_;
  std::unordered_map<std::string, std::vector<ObjectId>> routines_;
  std::unordered_set<std::string> routine_names_;  ///< all that there ever were
  std::unordered_map<ObjectId, std::vector<ObjectId>> members_;
  std::unordered_map<ObjectId, std::vector<ObjectId>> dropped_columns_;  ///< by relation
  TextMap<int> constraint_names_;                                        ///< by schema and name: how many
};

/// PostgreSQL's makeObjectName(): `name1_name2_label` in 63 bytes.
std::string object_name(std::string_view name1, std::string_view name2, std::string_view label);

bool is_relation(ast::ObjectKind kind);
using ast::is_routine;
bool is_member(ast::ObjectKind kind);  ///< lives in a relation
/// The same for kinds of which no two may have one name at the same place.
char name_space(ast::ObjectKind kind);
/// A sequence that a serial or identity column brought with it; not one that is only OWNED BY a column.
bool is_made_by_column(const ast::Script& script, ObjectId sequence);
/// pg_catalog, information_schema and what else comes with a server.
bool is_system_schema(std::string_view schema);

}  // namespace pg2crdb::bind
