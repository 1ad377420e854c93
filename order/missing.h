#pragma once
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ast/script.h"
#include "order/extent.h"
#include "support/text_map.h"

namespace pg2crdb::order {

/// The objects that the script names and the output has not: the statement that makes them is held back or
/// left out, or nothing makes them. Goes by objects, so a name that reads alike elsewhere is none of
/// them. What the history took back has no object that stands, and a domain is expanded: neither is missing.
/// Roles, schemas, extensions and databases are not looked at.
class MissingObjects {
 public:
  using List = std::vector<ast::ObjectId>;  ///< each once

  /// Gives objects to names that the binder left alone, where the script does not make what they mean: adds
  /// to Script::objects.
  explicit MissingObjects(ast::Script& script);

  bool any() const { return any_; }
  /// Whether the script is a piece: no dump, and PostgreSQL would not run it on an empty database, as a
  /// migration or what pg_dump writes of the rows alone. What it does not make is taken to stand on the
  /// target, and is not missing.
  bool is_piece() const { return piece_; }
  /// Of a piece: from now on what it does not make counts as missing.
  void look_for_outside();
  /// A relation, routine or type of a user's that nothing in the script makes.
  bool is_outside(ast::ObjectId id) const;
  /// A routine that nothing but GRANT, OWNER TO and COMMENT names.
  bool is_only_granted(ast::ObjectId id) const { return only_granted_.contains(id); }
  /// It is missing from now on. False where it was before.
  bool lose(ast::ObjectId id);
  /// What is asked from now on is asked for this statement.
  void ask_for(ast::StatementId statement) { asking_ = statement; }
  /// Statements that asked for an object while it was there, and that was lost since: for those the answers
  /// are others now. Each may come more than once; they are forgotten with this.
  std::vector<ast::StatementId> take_misled() { return std::exchange(misled_, {}); }
  /// What the statement makes in the output.
  const List& made_by(ast::StatementId statement) const { return made_[statement]; }

  /// The statement that makes the object; no_statement where nothing does.
  ast::StatementId maker_of(ast::ObjectId id) const { return maker_[id]; }

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
  bool is_lost(ast::ObjectId id) const;
  void name_objects();
  void enter(ast::ObjectId id);
  void enter_member(ast::ObjectId id) const;
  ast::ObjectId find(const ast::Name& name) const;
  /// Those of a relation that have the name, whatever they are; the others behind it are `next_members_`.
  ast::ObjectId first_member(ast::ObjectId relation, std::string_view name) const;
  ast::ObjectId external(ast::ObjectKind kind, const ast::Name& name);
  bool may_be_external(const ast::Name& name) const;
  void bind_loose_names();
  void bind_loose(ast::ObjectRef& reference);
  void bind_call(ast::FunctionCall& call);
  void find_makers_in_blocks();
  void find_maker_by_rename(const ast::Statement& statement);
  void find_columns_of_blocks();
  void add_column_of(const ast::Statement& block, ast::ObjectId table, const std::string& column);
  void rename_column_of(const ast::Statement& block, ast::ObjectId table, const ast::Statement& statement);
  const ast::Statement& stands_in(ast::StatementId id) const;
  std::vector<bool> written_constraints() const;
  void find_missing();
  bool stands_alone();
  bool is_missing(const ast::Name& name, const ast::Statement& statement) const;
  bool is_spelled(const ast::Name& name) const;
  bool has_former_name(const ast::Name& name) const;
  bool may_be_transition_table(ast::ObjectId id, const ast::Statement& statement) const;
  bool has_other_meaning(ast::ObjectId id, const ast::Statement& statement) const;
  void look_at_text(ast::Name name, const ast::Statement& statement, List& found) const;
  void look_at_trigger(const ast::Opaque& opaque, const ast::Statement& statement, List& found) const;
  void look_at_owner(const ast::SequenceOptions& options, const ast::Statement& statement, List& found) const;
  template <class Node>
  void look_at_columns(const Node& node, const ast::Statement& statement, List& found) const;
  void look_at_columns_in_body(const ast::Statement& statement, List& found) const;
  template <class Node>
  void look(Node& node, const ast::Statement& statement, List& found) const;

  ast::Script& script_;
  bool empty_path_ = false;  ///< every name but the server's own has its schema
  bool piece_ = false;
  bool any_ = false;
  TextMap<ast::ObjectId> relations_;  ///< and types
  std::unordered_map<std::string, List> routines_;
  // Read when somebody asks for one.
  mutable bool members_known_ = false;
  mutable TextMap<ast::ObjectId> members_;           ///< by relation and name: the first
  mutable std::vector<ast::ObjectId> next_members_;  ///< by object: the next that lives there under its name
  std::set<ast::ObjectId> bare_;                     ///< that the script names without a schema
  std::set<ast::ObjectId> only_granted_;
  std::unordered_map<std::string, List> block_columns_;  ///< that blocks add which are held back, by name
  std::unordered_multimap<ast::ObjectId, ast::Name> former_names_;  ///< of what is renamed or moved
  std::set<std::string> transition_tables_;  ///< of triggers: names that mean no relation
  std::set<ast::ObjectId> triggered_;        ///< functions that triggers of the script call
  std::vector<ast::StatementId> maker_;      ///< by object
  std::vector<List> made_;                   ///< by statement
  std::vector<bool> missing_;                ///< by object

  /// Who was told that an object is there, the last one first.
  struct Question {
    ast::StatementId statement;
    size_t before;  ///< the question before about the same object, counted from 1; 0: none
  };
  ast::StatementId asking_ = ast::no_statement;
  mutable std::vector<Question> questions_;
  mutable std::vector<size_t> last_questions_;  ///< by object, counted from 1
  std::vector<ast::StatementId> misled_;
};

/// What statements can hang on.
bool is_tracked(ast::ObjectKind kind);
bool is_type(ast::ObjectKind kind);
bool is_held_back_block(const ast::Statement& statement);
/// Whether a text has the word, which may be a name of any letters.
bool says(std::string_view text, std::string_view word);

}  // namespace pg2crdb::order
