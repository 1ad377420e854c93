#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ast/script.h"
#include "bind/namespace.h"
#include "bind/session.h"
#include "parser/names.h"

namespace pg2crdb::bind {

/// A table as it stands at a place of the script.
struct Image {
  /// A key, an EXCLUDE or an index.
  struct Key {
    ast::Constraint constraint;  ///< where it is no index
    ast::CreateIndex index;
    bool is_index = false;
    bool beside = false;               ///< made by a statement of its own
    ObjectId object = ast::no_object;  ///< the index
    std::string columns = {};          ///< that a copy is named after
    std::string comment = {};          ///< of the index; empty: none
  };
  std::vector<ast::Column> columns;  ///< without constraints of their own
  std::vector<ast::Constraint> checks;
  std::vector<Key> keys;
  std::unordered_map<std::string, std::string> column_comments, check_comments;
};

/// Walks a script in its order and says of every name which object it means where it stands: writes the
/// object into the tree, and the schema that the search_path leads to (public stays unwritten). Statement by
/// statement, so that whoever drives it may change the script in between (history.h).
class Binder {
 public:
  explicit Binder(ast::Script& script);

  /// What a CREATE met.
  enum class Met {
    nothing,   ///< the name was free, or this is no CREATE
    replaced,  ///< OR REPLACE: the object stays the same one
    existing,  ///< IF NOT EXISTS, and it is there: the statement does nothing
    taken,     ///< PostgreSQL would refuse it
  };
  struct Result {
    Met met = Met::nothing;
    ObjectId object = ast::no_object;            ///< what a CREATE makes, or met
    ast::StatementId older = ast::no_statement;  ///< the statement that made it before
    std::string missing_column = {};             ///< that the statement names and the table does not have:
    ObjectId missing_in = ast::no_object;        ///< the table
    ObjectId dropped = ast::no_object;           ///< a relation that it names, and that is not there any more
    std::string column_twice = {};               ///< that a CREATE TABLE has two of
    std::vector<std::string> unkeyed = {};  ///< columns that a foreign key refers to, and that are no key;
    ObjectId unkeyed_in = ast::no_object;   ///< their table: without columns it has no primary key
    /// What the names of earlier statements and rows were taken to mean that are about what a CREATE makes.
    ObjectId awaited = ast::no_object;
    std::vector<ast::StatementId> early = {};  ///< these statements: PostgreSQL refuses them
    std::string sets_path = {};                ///< what it runs that sets the search_path, for people
  };

  /// Binds a statement against what stands before it, then takes its effect on names: creates; renames, drops
  /// and what alters columns are the driver's to take (`rename`, `drop` ... of `names`), because only it
  /// knows what becomes of them in the output.
  Result bind(ast::Statement& statement);
  /// The table of rows, and the columns where the block names none.
  void bind(ast::DataBlock& block);
  /// After the last statement: names that meant nothing yet, and bodies of routines, which PostgreSQL reads
  /// when they run.
  void finish();

  /// Objects that a column, constraint or identity of a CREATE TABLE or ADD makes.
  void add_column(ObjectId table, ast::Column& column, ast::StatementId statement);
  void add_constraint(ObjectId table, ast::Constraint& constraint, ast::StatementId statement,
                      const std::string& column = {});
  /// Names in a command that columns have meanwhile which the same statement adds.
  void bind_again(ast::AlterCommand& command, const ast::Name& table);
  /// The type of an expression whose names are bound; empty where it is not known.
  ast::TypeName type_of(const ast::Expr& expr) const { return argument_type(expr); }
  /// Names in a policy that a text says something of; its table.
  ObjectId bind_again(ast::CreatePolicy& policy);
  /// Whether the script says all columns of a table, and this is none of them, nor one that every table has.
  bool lacks(ObjectId table, const std::string& column) const;
  /// A table's primary key, wherever that is said; without columns where it has none.
  struct Key {
    ObjectId constraint = ast::no_object;
    std::vector<std::string> columns = {};
  };
  Key primary_key(ObjectId table) const;
  /// A column that was of the type `before` has another one from here on.
  void retype(ObjectId column, const ast::TypeName& before, ast::StatementId by);
  /// A statement that the driver made names the object too.
  void note_use(ObjectId object, ast::StatementId statement);
  /// Statements that name the object, in their order, each once.
  const std::vector<ast::StatementId>& users(ObjectId object) const;
  /// Whether `*` in views is written out: where a script changes columns.
  bool expand_stars = false;
  /// Whether a name means what it means where it stands and nothing else: one that means nothing yet is left
  /// as it is, and bodies of routines are read with their statement. Then there is no finish().
  bool in_order = false;
  /// Whether the last statement's tree was changed: a schema was written, a star expanded.
  bool changed() const { return changed_; }

  /// Names in text that need a schema, at a place that nobody knows.
  struct Unwritten {
    ast::StatementId statement;
    std::string name;
    bool of_pg_catalog = false;  ///< it may mean a function of PostgreSQL's own, too
  };
  std::vector<Unwritten> unwritten;
  /// Schemas of a search_path that nothing makes, and a statement that means something else without them.
  std::map<std::string, ast::StatementId> unmade_schemas;
  /// Statements behind which nobody knows the search_path, with the first name without a schema that is read
  /// there by the one that was known last.
  std::map<ast::StatementId, std::string> guesses;
  /// Names in bodies that meant something, and mean nothing at the end of the script: PostgreSQL fails when
  /// the body runs.
  struct Gone {
    ast::StatementId statement;
    std::string name;
    ObjectId object;              ///< that had the name
    std::string renamed_to = {};  ///< of a label: what it is called now
    ast::StatementId retyped =
        ast::no_statement;  ///< of a column: what gave it a type that the body does not expect
  };
  std::vector<Gone> gone;
  /// Bodies of which something could not be read, so that what it names is not known.
  struct UnreadBody {
    ast::StatementId statement;
    std::string what;
  };
  std::vector<UnreadBody> unread_bodies;

  /// What LIKE brought to the last CREATE TABLE that is no part of it: indexes, a second key over the same
  /// columns, comments. `add` puts one behind it, and binds it.
  void add_copied(const std::function<void(ast::StatementNode)>& add);

  /// What a table has of another one, whose child or partition it is, becomes its own: `image` is the whole
  /// of it. Keys that are no part of the CREATE TABLE wait for add_copied().
  void make_own(ast::Statement& made, Image image);

  /// Routines of the script that the statement runs, and those that they call, as far as their bodies say;
  /// `direct` is how many of them it calls itself, which come first.
  std::vector<const ast::CreateFunction*> run_by(ast::Statement& statement, size_t* direct = nullptr);

  /// What the DO block of the last statement changes, rows or an object; empty where it only reads.
  const std::string& changed_by_block() const { return changed_by_block_; }

  Namespace names;
  const Session& session() const { return session_; }
  /// public, where nobody wrote it; but not where the script has a search_path of its own, which output in
  /// its order keeps, and of which a SET LOCAL may hold for less than it did.
  bool stays_unwritten(const std::string& schema) const { return schema == "public" && !sets_path_; }
  /// BEGIN and COMMIT: those of a transaction that is rolled back, or that the migration's tool begins, never
  /// get to bind().
  void transaction(const ast::Statement& statement) {
    if (std::holds_alternative<ast::Transaction>(statement.node)) session_.take(statement.node);
  }
  /// What follows runs in a new connection.
  void begin_session() {
    session_ = session_.next();
    sets_path_ = false;
  }

 private:
  friend class TreeBinder;
  struct OutputColumn {
    std::string name;
    ObjectId column = ast::no_object;
  };
  struct Output {
    std::vector<OutputColumn> columns;
    bool complete = true;  ///< all of them are known
  };
  /// One entry of FROM.
  struct Item {
    std::string alias;  ///< empty: none
    ast::Name table;    ///< as written, for s.t.c
    Output output;
  };
  struct Scope {
    std::vector<Item> items;
    std::vector<std::pair<std::string, Output>> common_tables;
    std::vector<std::string> merged = {};  ///< columns of joins by name, which are shown once
    const Scope* outer = nullptr;
  };

  // run_routines.cpp
  void follow_settings(ast::Statement& statement);
  void note_guess(const std::string& name);

  // names (names.cpp)
  void use(ObjectId object);
  void spell(ast::Name& name, ObjectId object);
  ast::ObjectId find_relation(const ast::Name& name) const;
  void relation(ast::Name& name);
  void place(ast::Name& name);
  void subject(ast::Name& name, ast::ObjectKind kind = ast::ObjectKind::table);
  void type(ast::TypeName& type);
  void routine(ast::ObjectRef& object);
  void object(ast::ObjectRef& object, bool external);
  bool serial_sequence(ast::FunctionCall& call);
  void regclass(ast::FunctionCall& call);
  void regclass(ast::Literal& literal, bool sequence);
  struct Later {
    ast::StatementId statement;
    Path path;
  };
  void texts(const Later& later);
  void texts(ast::Statement& statement);
  void role(ast::Role& role);
  void role(const std::string& name);
  std::string signature(const std::vector<ast::TypeName>& types);
  std::string signature(const ast::CreateFunction& function);
  std::string aggregate_signature(const std::string& text);
  std::string type_key(const ast::TypeName& type) const;
  Result create(ast::ObjectKind kind, ast::Name& name, bool or_replace, bool if_not_exists);
  ObjectId external(ast::ObjectKind kind, const ast::Name& name);

  // calls (calls.cpp)
  void call(ast::FunctionCall& call);
  std::vector<ObjectId> matching(const std::vector<ObjectId>& candidates, size_t arguments,
                                 const std::vector<ast::TypeName>& types) const;
  bool takes(const ast::Object& routine, size_t arguments) const;
  bool is_mixed(const std::vector<ObjectId>& candidates) const;
  ast::TypeName argument_type(const ast::Expr& argument) const;
  ast::TypeName common_type(const std::vector<const ast::Expr*>& all) const;
  ast::TypeName type_of(ObjectId column) const;

  // trees (expressions.cpp)
  Output query(ast::Query& query, const Scope* outer);
  void expression(ast::Expr& expr, const Scope* scope);
  void from(ast::FromItem& item, Scope& scope);
  void column(ast::ColumnRef& reference, const Scope* scope);
  void qualify(ast::ColumnRef& reference, const Scope* scope, bool taken = false);
  void qualify_columns();
  void field(ast::Expr& expr, const Scope* scope);
  /// A column of `*`, and how it is called.
  struct Shown {
    std::vector<std::string> names;
    OutputColumn column;
  };
  bool shown_of(const ast::FromItem& from, const Scope& scope, size_t& next, std::vector<Shown>& shown);
  void name_columns(ast::Join& join, const Scope& scope, size_t first);
  bool shown_of(const std::vector<ast::FromItem>& from, const Scope& scope, std::vector<Shown>& shown);
  bool expand(ast::Query& query, const Scope& scope, Output& output);
  void write_shown(ast::Expr& expr, const ast::Query& query, const Scope& scope);
  void use_keys(ast::Query& query, const Scope& scope);
  void common_tables(std::vector<ast::CommonTable>& tables, bool recursive, Scope& scope);
  Scope scope_of(ObjectId relation, const ast::Name& name);
  Output output_of(ObjectId relation) const;
  template <class Node>
  void tree(Node& node, const Scope* scope);

  // row_statements.cpp
  void standing(ast::Name& name);
  /// The table whose rows are changed, as the only entry.
  Scope changed_rows(ast::TableRef& table, const Scope& outer);
  /// `scope` begins with that table.
  void assigned(std::vector<ast::AssignedColumn>& columns, const Scope& scope);
  void assigned(std::vector<ast::Assignment>& set, const Scope& scope);
  Output returned(ast::Returning& returning, Scope& scope);
  Output row_change(ast::Insert& insert, const Scope* outer);
  Output row_change(ast::Update& update, const Scope* outer);
  Output row_change(ast::Delete& erase, const Scope* outer);
  Output row_change(ast::Merge& merge, const Scope* outer);
  Output row_change(ast::RowStatement& change, const Scope* outer);

  // statements (bind.cpp)
  template <class Node>
  void statement([[maybe_unused]] Node& node) {
    if constexpr (ast::changes_rows<Node>) row_change(node, nullptr);
  }
  void statement(ast::CreateTable& create);
  void statement(ast::AlterTable& alter);
  void statement(ast::CreateIndex& create);
  void statement(ast::CreateSchema& create);
  void statement(ast::CreateExtension& create);
  void statement(ast::CreateSequence& create);
  void statement(ast::AlterSequence& alter);
  void statement(ast::CreateEnum& create);
  void statement(ast::AlterEnum& alter);
  void statement(ast::CreateCompositeType& create);
  void statement(ast::CreateDomain& create);
  void statement(ast::CreateView& create);
  void statement(ast::CreateTableAs& create);
  void statement(ast::RefreshMaterializedView& refresh);
  void statement(ast::CreateFunction& create);
  void statement(ast::CreateTrigger& create);
  void statement(ast::CreatePolicy& create);
  void statement(ast::CreateRole& create);
  void statement(ast::AlterRole& alter);
  void statement(ast::Grant& grant);
  void statement(ast::GrantRole& grant);
  void statement(ast::AlterDefaultPrivileges& alter);
  void statement(ast::Rename& rename);
  void statement(ast::SetSchema& alter);
  void statement(ast::AlterOwner& alter);
  void statement(ast::Comment& comment);
  void statement(ast::Drop& drop);
  void statement(ast::Truncate& truncate);
  void statement(ast::SelectStatement& select);
  void statement(ast::CopyFrom& copy);
  void statement(ast::DoBlock& block);
  void statement(ast::Opaque& opaque);
  // What a statement names, at its place and again at the end, where what it means may be known.
  void sources(ast::CreateTable& create);
  void parts(ast::CreateTable& create);
  void parts(ast::CreateIndex& create);
  void parts(ast::CreateFunction& create);
  void parts(ast::CreatePolicy& create);
  void parts(ast::CreateCompositeType& create);
  void trigger_function(ast::CreateTrigger& create);
  void command(ast::AlterCommand& command, ObjectId relation, const Scope& scope);
  void later(ast::Statement& statement);

  // like.cpp
  void copy_likes(ast::CreateTable& create);
  void copy_attributes(ast::CreateTable& create);
  void copy(Image image, const ast::LikeClause& like, ast::CreateTable& create,
            std::vector<ast::Column>& columns);
  void add_copied_keys(ast::CreateTable& create);
  std::string chosen_name(ObjectId table, const Image::Key& key) const;
  void bring_name(ast::Name& name);
  void bring_constraint(ast::Constraint& constraint);
  void bring_key(Image::Key key);
  template <class Node>
  void bring_here(Node& node);

  // refused.cpp
  bool is_certain(const ast::Name& name) const;
  bool note_dropped(const ast::Name& name);
  void note_early(ObjectId object, bool certain);
  void give_way(ObjectId object, bool conditional, Result& result);
  void forget_early(const ast::ObjectRef& renamed);
  void note_key(ObjectId table, const ast::Constraint& key, const std::string& column);
  void note_key(ObjectId index, const ast::CreateIndex& create);
  void note_key(ObjectId table, ObjectId object, const std::vector<std::string>& columns, bool primary);
  bool has_key(ObjectId table, const std::vector<std::string>& columns) const;
  void look_for_key(const ast::Constraint& constraint);
  void look_for_keys(const ast::AlterTable& alter);

  // members.cpp
  bool knows_all_columns(ObjectId table) const;
  void look_for(ObjectId relation, const std::string& column);
  void constraint(ast::Constraint& constraint, ObjectId table, const Scope& scope);
  void owned_by(ast::SequenceOptions& options, ObjectId sequence);
  void view_columns(ObjectId view, const Output& output, const std::vector<std::string>& names);
  void inherit_columns(const ast::CreateTable& create, ObjectId table);
  std::string only_column(const ast::Constraint& constraint) const;
  std::string chosen_name(ObjectId table, const ast::Constraint& constraint, const std::string& column) const;

  // text (bodies.cpp)
  void bodies();
  /// `found`: what is named in the body of the routine.
  void body(ast::Statement& statement, const Path& path, const TextNames& found);
  void read_statements(ast::CreateFunction& function);
  void opaque(ast::Statement& statement);
  void read_text(std::string& text, const TextNames& found, bool body);
  void member(const MemberUse& use, bool body);
  void other_type(const MemberUse& use, ObjectId column);
  void column_gone(const MemberUse& use, ObjectId relation, const ast::Name& written);
  void label(const CastUse& use);
  bool has_label(ObjectId type, const std::string& label) const;
  void other_row(const NameUse& use, ObjectId relation);
  void other_places(const NameUse& use, ObjectId relation);
  bool knows_columns(ObjectId relation) const;
  std::vector<ObjectId> tables_of_trigger_function() const;
  void prefer_earlier(std::vector<ObjectId>& candidates) const;
  void missing(const NameUse& use, bool body);
  void create_from_text(ast::Statement& statement);

  ast::Script& script_;
  Session session_;
  bool sets_path_ = false;  ///< in_order: the session has had a path that leads elsewhere than to public
  ast::Statement* current_ = nullptr;
  Result result_;
  bool looking_ = false;  ///< columns that are not there are noted: the statement is bound at its place
  std::vector<std::string> adding_;  ///< columns that the ALTER TABLE adds itself
  bool all_seen_ = true;             ///< nothing stood before that may have changed columns
  /// By object that nothing has made so far: statements that are about it.
  std::unordered_map<ObjectId, std::vector<ast::StatementId>> early_;
  struct UniqueKey {
    ObjectId object = ast::no_object;  ///< the constraint or index
    std::vector<ObjectId> columns = {};
    bool primary = false;
  };
  std::unordered_map<ObjectId, std::vector<UniqueKey>> keys_;  ///< by table
  std::unordered_set<ObjectId> other_keys_;                    ///< tables that may have others
  bool changed_ = false;
  std::string changed_by_block_;
  bool unresolved_ = false;                    ///< of the current statement: a name that means nothing yet
  std::vector<std::string> unresolved_calls_;  ///< the same; mostly the server's own functions
  bool finishing_ = false;
  ObjectId dropped_ = ast::no_object;  ///< what the statement names, and an earlier one dropped
  bool reading_trees_ = false;         ///< of a body, whose text has been read
  bool qualifying_ = false;  ///< all names are bound: columns are only written so that each means what it did
  Path existing(const Path& path);
  const std::unordered_set<std::string>& named_schemas();
  std::unordered_set<std::string> own_schemas_;        ///< that the script makes, at any place
  std::unordered_set<std::string> named_schemas_;      ///< filled when they are first asked for
  ast::StatementId path_lost_by_ = ast::no_statement;  ///< the last one that began with a path that is known
  std::string passed_over_;  ///< of the session's path: a schema taken not to be there
  /// By type: labels that it had once, and what each is called now.
  std::unordered_map<ObjectId, std::unordered_map<std::string, std::string>> renamed_labels_;
  Path path_;  ///< the session's; of a statement that is bound again at the end: as it was then
  std::vector<std::vector<ast::StatementId>> users_;
  struct Pending {
    ast::StatementId statement;
    Path path;
    bool relations_or_types;
    std::vector<std::string> calls;
  };
  std::vector<Pending> pending_;
  std::vector<Later> found_when_run_;  ///< statements with such calls
  struct Body {
    ast::StatementId statement;
    Path path;
    /// pg_dump empties the path: what is meant is decided by the path of the session that calls the routine.
    bool of_caller = false;
  };
  bool of_caller_ = false;  ///< of the body that is read

  std::vector<Body> bodies_;
  std::unordered_map<ObjectId, std::vector<std::pair<ast::StatementId, ast::TypeName>>>
      retyped_;  ///< types before

  std::vector<Image::Key> copied_keys_;  ///< of the last CREATE TABLE
  std::vector<ast::Comment> copied_comments_;
  ast::Name copied_into_;
  /// By index: the names of its columns when it was made, joined. A copy of it is called after them.
  std::unordered_map<ObjectId, std::string> index_columns_;
  std::unordered_set<ObjectId> known_queries_;  ///< views, and tables that a query makes, of known columns
};

/// Whether the call, which the statement stores, looks for its relation whenever it runs: the name is a text
/// there (`nextval('q'::text)`), no regclass, and follows no rename.
bool is_found_when_run(const ast::FunctionCall& call, const ast::StatementNode& statement);

/// Whether what the statement does to objects shows only where it runs: it calls a routine, or was not read.
bool works_unseen(ast::StatementNode& node);

/// What is named in the text of a routine's body; of other statements, and of bodies that are trees, nothing.
TextNames names_in_body_of(const ast::Statement& statement);

}  // namespace pg2crdb::bind
