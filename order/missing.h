#pragma once
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ast/script.h"

namespace pg2crdb::order {

/// The objects that the script names and the output has not: the statement that makes them is held back or
/// left out, or a dump does not hold them. Goes by objects, so a name that reads alike elsewhere is none of
/// them. What the history took back has no object that stands, and a domain is expanded: neither is missing.
/// Roles, schemas, extensions and databases are not looked at.
class MissingObjects {
 public:
  using List = std::vector<ast::ObjectId>;  ///< each once

  /// Gives objects to names that the binder left alone, where a dump does not make what they mean: adds to
  /// Script::objects.
  explicit MissingObjects(ast::Script& script);

  bool any() const { return any_; }
  /// Whether the script is what pg_dump writes: it empties search_path or sets what pg_dump's header sets,
  /// and makes a table. Other scripts may name what stands on the target already.
  bool is_dump() const { return dump_; }
  /// A relation, routine or type of a user's, which a dump names and does not hold.
  bool is_outside(ast::ObjectId id) const;
  /// A routine that nothing but GRANT, OWNER TO and COMMENT names.
  bool is_only_granted(ast::ObjectId id) const { return only_granted_.contains(id); }
  /// It is missing from now on. False where it was before.
  bool lose(ast::ObjectId id);
  /// What the statement makes in the output.
  const List& made_by(ast::StatementId statement) const { return made_[statement]; }

  /// Missing objects that a part of `statement` names, appended to `found`.
  void look_at(const ast::Name& name, const ast::Statement& statement, List& found) const;
  void look_at(const ast::ObjectRef& reference, const ast::Statement& statement, List& found) const;
  void look_at_member(const ast::Name& relation, ast::ObjectKind kind, const std::string& name,
                      List& found) const;
  void look_into(ast::Expr& expr, const ast::Statement& statement, List& found) const;
  void look_into(ast::Constraint& constraint, const ast::Statement& statement, List& found) const;
  void look_into(ast::AlterCommand& command, const ast::Statement& statement, List& found) const;
  /// The same for the whole statement, bodies and text included.
  List needed_by(ast::Statement& statement) const;

 private:
  const ast::Object& object(ast::ObjectId id) const { return script_.objects[id]; }
  void name_objects();
  void enter(ast::ObjectId id);
  ast::ObjectId find(const ast::Name& name) const;
  ast::ObjectId external(ast::ObjectKind kind, const ast::Name& name);
  void bind_loose_names();
  void bind_loose(ast::ObjectRef& reference);
  const ast::Statement& stands_in(ast::StatementId id) const;
  void find_missing();
  bool is_missing(const ast::Name& name, const ast::Statement& statement) const;
  bool is_spelled(const ast::Name& name) const;
  bool has_other_meaning(ast::ObjectId id, const ast::Statement& statement) const;
  void look_at_text(ast::Name name, const ast::Statement& statement, List& found) const;
  void look_at_trigger(const ast::Opaque& opaque, const ast::Statement& statement, List& found) const;
  void look_at_owner(const ast::SequenceOptions& options, const ast::Statement& statement, List& found) const;
  template <class Node>
  void look(Node& node, const ast::Statement& statement, List& found) const;

  ast::Script& script_;
  bool dump_ = false;
  bool empty_path_ = false;  ///< every name but the server's own has its schema
  bool any_ = false;
  std::unordered_map<std::string, ast::ObjectId> relations_;  ///< and types
  std::unordered_map<std::string, List> routines_;
  std::map<std::pair<ast::ObjectId, std::string>, List> members_;  ///< by relation and name
  std::set<ast::ObjectId> only_granted_;
  std::vector<ast::StatementId> maker_;  ///< by object
  std::vector<List> made_;               ///< by statement
  std::vector<bool> missing_;            ///< by object
};

/// See MissingObjects::is_dump().
bool is_dump(const ast::Script& script);
/// What a statement makes by its tree, where no object says so: passes add statements. Null for others.
const ast::Name* name_made_by(const ast::StatementNode& node);

}  // namespace pg2crdb::order
