#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ast/catalog.h"
#include "ast/plpgsql.h"
#include "ast/script.h"

namespace pg2crdb::bind {

/// A type of PostgreSQL's own.
ast::TypeName own_type(std::string_view name);

/// The types of expressions where they stand in bound trees: columns of tables, and what views, subqueries
/// and common tables show of them. A type is the dump's, as long as types have not been mapped. No table
/// loses a column meanwhile.
class ExpressionTypes {
 public:
  ExpressionTypes(ast::Script& script, const ast::Catalog& catalog, bool in_order);

  /// What is asked from here on stands in this statement.
  void enter(const ast::Statement& statement);
  ast::StatementId at() const { return at_; }

  /// What rows are sorted by.
  struct Sorted {
    ast::SortItem& item;
    ast::TypeName type = {};  ///< empty where it is not known
    bool may_be_null = true;
    const ast::Query* query = nullptr;    ///< whose ORDER BY it is; null in aggregates and windows
    ast::Expr* shown = nullptr;           ///< what its name or number stands for in that query, if anything
    const ast::Window* window = nullptr;  ///< whose ORDER BY it is
    bool of_common_table = false;         ///< all rows of a common table, whose order may show in its reader
  };
  /// A column that a query gives.
  struct Result {
    std::string name;
    ast::TypeName type;  ///< empty where it is not known
    bool is_quotient = false;
    bool mixes_lengths = false;  ///< character(n) of several n
  };
  struct Visitor {
    std::function<void(ast::Expr&)> expr;  ///< children before parents, queries before what holds them
    std::function<void(const Sorted&)> sorted;
    /// VALUES, or a set operation whose sides have been seen, with their columns: none where not all of them
    /// are counted.
    std::function<void(ast::Query&, const std::vector<Result>& left, const std::vector<Result>& right)>
        aligned;
    /// A statement of a body in PL/pgSQL that is kept word for word, and where it stands: `walk` goes through
    /// a tree of it as if that stood there.
    std::function<void(ast::Opaque&, int32_t offset, const std::function<void(ast::StatementNode&)>& walk)>
        kept_word_for_word;
    /// What becomes the value of a column, of a variable in PL/pgSQL or of the routine there, behind `expr`:
    /// of that type, which is known.
    std::function<void(ast::Expr&, const ast::TypeName& to)> assigned;
    /// A quotient becomes the value of a column or of the routine, with all of its places, and where it
    /// stands: -1 where that is not known.
    std::function<void(int32_t offset)> quotient_stored;
    /// The rows of VALUES that INSERT writes, with the types of its columns, empty where they are not known:
    /// each of them has been assigned.
    std::function<void(std::vector<std::vector<ast::Expr>>& rows, const std::vector<ast::TypeName>& to)>
        inserted;
    /// A column that INSERT or UPDATE writes, or that is read, and that nothing has there whose columns are
    /// all known; and where it stands: -1 where that is not known.
    std::function<void(const std::string& column, bool is_written, int32_t offset)> unknown_column;
    /// In PL/pgSQL, a bare name that a query has a column of, and the body or the routine a variable: which
    /// of them it means is PostgreSQL's error 42702, but where `#variable_conflict` says it. `reference` is
    /// where it is named, null where ON CONFLICT does; `relation` has the column, empty where that is not
    /// known, or no name that it alone has.
    std::function<void(ast::Expr* reference, const std::string& name, const std::string& relation)> ambiguous;
    /// What RAISE writes into its message or another of its texts, behind `expr`.
    std::function<void(ast::Expr&)> written;
    /// LIMIT and OFFSET.
    std::function<void(ast::Expr&)> counted;
    /// What rows are grouped or joined by, or told apart by, as DISTINCT and UNION do, and where it stands.
    std::function<void(const ast::TypeName& type, int32_t offset)> told_apart;
    /// In PL/pgSQL, a query whose rows are the routine's, when all of it has been seen.
    std::function<void(ast::StatementNode&)> returned;
  };
  /// `of` knows what is around the expression that the visitor is called with.
  /// `gives`: the types that what the statement shows becomes a value of, empty ones are not known.
  void walk(ast::StatementNode& node, const Visitor& visitor, const std::vector<ast::TypeName>& gives = {});
  void walk(ast::Expr& expr, const Visitor& visitor);
  /// The same of the body that the routine or DO block has in PL/pgSQL, whose names are not bound. Of NEW and
  /// OLD it knows the columns that all tables have whose triggers run it.
  void walk(ast::plpgsql::Body& body, const Visitor& visitor);

  /// Empty where it is not known, and of a bare string or NULL, which take the type of what stands beside
  /// them.
  ast::TypeName of(const ast::Expr& expr);
  /// Of a column of the table, where the walk is.
  ast::TypeName of_column(const ast::Name& table, const std::string& column);
  /// The columns that a query or a statement with RETURNING gives; nothing where not all of them are counted.
  std::optional<std::vector<Result>> results(const ast::StatementNode& node);
  /// What makes the table or view that is called so where the walk is; null where it is none, or where it may
  /// have a column of that name.
  const ast::Statement* relation_without(const std::string& alias, const std::string& column);
  /// What a relation, a query in FROM or a variable shows that is called so where the walk is, as far as it
  /// is known; nothing where there is none, or a column has that name.
  std::optional<std::vector<Result>> row(const std::string& alias);
  /// Whether it is a quotient of exact numbers, an average or a root of them, or made of one, so that
  /// PostgreSQL and CockroachDB give it other numbers of places: 3.3333333333333333 and
  /// 3.3333333333333333333. Also of an array or a row that has one.
  bool is_quotient(const ast::Expr& expr);
  /// Whether a value of the type, or one in an array of it, has so many places that those of a quotient show.
  static bool keeps_places(const ast::TypeName& type);
  /// Whether the name means a column that PostgreSQL gives each table without being told, as `ctid`: none
  /// that a view, a query or a type shows under that name, and no variable.
  bool is_system_column(const ast::ColumnRef& reference);
  /// Whether it is a column of several queries' character(n), each filled up to another length.
  bool mixes_lengths(const ast::Expr& expr);
  /// Whether it may be NULL, as far as constraints of columns and its own form tell.
  bool may_be_null(const ast::Expr& expr);

 private:
  friend class TypedWalk;
  friend class BodyWalk;
  struct Column {
    std::string name;
    ast::TypeName type;
    bool may_be_null = true;
    bool is_quotient = false;
    bool mixes_lengths = false;
    ast::ObjectId retyped = ast::no_object;  ///< itself, where its type depends on where the walk is
  };
  struct Columns {
    std::vector<Column> list;
    bool complete = true;  ///< there are no others, and these are in their order
    /// Where the script's order is kept: tables of which it shows all columns, whichever they are by then.
    std::vector<ast::StatementId> all_of = {};
    bool is_named = false;  ///< there are no others than these and those of `all_of`
  };
  struct Item {
    std::string alias;
    Columns columns = {};  ///< where `made` says nothing
    ast::StatementId made =
        ast::no_statement;     ///< what makes the relation; its columns are looked up when they are asked for
    bool is_optional = false;  ///< on the side of an outer join that may have no row
    bool is_row = false;       ///< a variable: its columns are named with it only
    bool is_record = false;    ///< one whose columns are those of the row that it holds
    std::vector<Column> of_some =
        {};  ///< of NEW and OLD: columns of the tables that are theirs, where several are
  };
  struct Scope {
    std::vector<Item> items = {};
    std::vector<std::pair<std::string, Columns>> common_tables = {};
    std::vector<std::pair<std::string, Columns>> cursors = {};
    std::vector<std::string> merged = {};  ///< columns of joins by name, which are shown once
    bool is_natural = false;               ///< a join merges columns that are not named
    bool declares = false;                 ///< of variables and parameters, not of a query
    const Scope* outer = nullptr;
  };
  void note(const ast::Column& column);
  const ast::Statement* made_by(const ast::Name& name) const;
  Item item_of(const ast::Name& relation, std::string alias) const;
  Item row_of(const ast::Name& type, std::string variable);
  bool stays(ast::ObjectId table, const std::string& column) const;
  /// Whether all columns of the relation are known, and it has none of that name wherever the script has come
  /// to.
  bool never_has(const ast::Statement& made, const std::string& column);
  bool is_in_unread_texts(const std::string& column);
  /// Whether the statement that is looked at does, in its body.
  bool makes_tables_itself();
  bool never_shows(const ast::Statement& view, const Columns& columns, const std::string& column);
  /// What statements make or change, by names without schemas.
  struct NamedAnew {
    std::unordered_map<std::string, size_t> queries;  ///< views, and tables that queries make: how many
    std::unordered_set<std::string> altered;          ///< relations
    std::unordered_set<std::string> renamed_to;
  };
  const NamedAnew& named_anew();
  bool has_not(const Item& item, const std::string& column);
  /// Whether it is a table, as far as that is known, whose columns are no variables.
  bool has_system_columns(const Item& item) const;
  bool is_declared(const std::string& name);
  const std::vector<std::string>& unread_texts();
  /// All that it ever has, in their order.
  const std::vector<ast::ObjectId>& columns_made_of(ast::ObjectId relation);
  bool is_parameter(const std::string& name) const;
  bool is_nowhere(const ast::ColumnRef& reference);
  /// The relation whose column a name means that a variable has, too; nothing where none has.
  std::optional<std::string> ambiguous_with(const ast::ColumnRef& reference);
  void look_for(ast::Expr& expr);
  void look_for(const ast::plpgsql::Variable& assigned);
  void look_for(const std::string& written, const Item& table, int32_t offset);
  std::vector<Item> trigger_rows();
  std::vector<Item> parameter_rows();
  const Columns& columns_of(const Item& item);
  const Columns& columns_of(const ast::Statement& made);
  Columns shown_by(const ast::Statement& view, const ast::Query& query,
                   const std::vector<std::string>& names);
  ast::TypeName of_object(ast::ObjectId column);
  ast::TypeName type_of(const Column& column);
  Result made_column(ast::ObjectId column) const;
  bool is_retyped(ast::ObjectId table, const std::string& column) const;

  // What stands in a query; `visitor_` is told of it where there is one.
  Columns query(ast::Query& query, const Scope* outer, bool is_common_table = false);
  Columns columns_of(const ast::Subquery& subquery);
  bool is_quotient_column(const ast::ColumnRef& reference);
  bool gives_quotient(const ast::FunctionCall& call);
  bool gives_quotient(const ast::Statement& routine);
  void find_quotients(ast::plpgsql::Body& body, const Scope& variables);
  void gather_rows(ast::plpgsql::Body& body, const Scope& variables);
  /// `owner`: the query, or what changes rows, that has it.
  template <class Owner>
  void common_table(ast::CommonTable& table, Owner& owner, Scope& scope);
  void from(ast::FromItem& item, Scope& scope);
  Columns columns_of(const ast::FunctionRef& function);
  Columns columns_of_type(const ast::Name& type);
  Columns rows_of_own(const ast::FunctionCall& call);
  Item item_of(const ast::FunctionRef& function);
  template <class Change>
  Columns row_change(Change& change, const Scope* outer);
  void sorted(ast::SortItem& item, ast::Query& query, const Columns& shown, bool is_common_table);
  Columns targets(const std::vector<ast::SelectItem>& items, const Scope& scope);
  void add_named(Columns& columns, const Item& item, const Columns& shown) const;
  template <class Node>
  void visit(Node& node, const Scope* scope);
  void told_apart(const ast::Query& query, const Columns& shown, const Scope& scope);

  /// What a query shows becomes the values of these types, empty where they are not known.
  void wants(ast::Query& query, const std::vector<ast::TypeName>& types, const Scope* outer);
  void assigned(ast::Expr& value, const ast::TypeName& to, const Scope* scope);
  void stored(const ast::TypeName& to, bool is_one, int32_t offset);
  void assigned(std::vector<ast::Expr>& row, const std::vector<ast::TypeName>& to, const Scope* scope);
  void assigned(std::vector<ast::Assignment>& set, const Scope& scope);
  void assigned_targets(ast::Query& query, const std::vector<ast::TypeName>& to, const Scope& scope);
  /// Of the columns that INSERT names, or all of its table.
  std::vector<ast::TypeName> written_types(const std::vector<ast::AssignedColumn>& columns,
                                           const Item& table);

  /// None where not all columns are counted.
  static std::vector<Result> results_in(const Columns& columns);
  /// In their places, as far as the columns are known.
  static void name_columns(Columns& columns, const std::vector<std::string>& names);
  /// Empty where the two have nothing in common, or what they have is not known.
  static ast::TypeName common_of(const ast::TypeName& left, const ast::TypeName& right);
  ast::TypeName of_column(const ast::ColumnRef& reference);
  /// What the name means where the walk is: the first scope that has it; nothing where that is not known.
  std::optional<Column> find_column(const ast::ColumnRef& reference);
  ast::TypeName of_call(const ast::FunctionCall& call);
  ast::TypeName of_operation(const ast::Operation& operation);
  ast::TypeName of_part(const ast::Indirection& part);
  ast::TypeName of_field(const ast::TypeName& row, const std::string& field);
  ast::TypeName common(const std::vector<const ast::Expr*>& all);
  bool may_be_null(const std::vector<const ast::Expr*>& any);

  ast::Script& script_;
  const ast::Catalog& catalog_;
  bool in_order_;
  std::vector<const ast::Column*> made_;  ///< by object; null: a table does not make it
  std::deque<ast::Column> added_;         ///< by ALTER TABLE, whose commands may be taken away meanwhile
  /// What gives a column of a table another type or name.
  struct ColumnChange {
    ast::StatementId by = 0;
    std::string column;
    std::string new_name = {};
    ast::TypeName new_type = {};  ///< of a rename empty
  };
  std::map<ast::ObjectId, std::vector<ColumnChange>> changes_;  ///< by table, in the script's order
  /// By table and column: what is added, dropped or renamed on the way.
  std::set<std::pair<ast::ObjectId, std::string>> remade_;
  std::unordered_map<ast::ObjectId, std::vector<ast::ObjectId>> columns_made_;  ///< by relation
  ast::ObjectId next_object_ = 0;                                  ///< that is yet to be looked at for it
  std::map<ast::StatementId, Columns> shown_;                      ///< by what makes the relation
  std::map<std::string, std::vector<ast::StatementId>> triggers_;  ///< by the name of their function
  ast::StatementId at_ = 0;
  bool in_body_ = false;  ///< names are not bound
  Scope statement_;
  std::set<std::string> quotients_;  ///< variables of the body that are given one, and fields: `r.f`
  std::map<std::string, std::vector<Columns>> gathered_;  ///< rows that records get of several statements
  bool gathers_ = false;
  bool tells_quotients_ = true;            ///< else types alone are wanted
  bool assigns_variables_ = false;         ///< what is assigned becomes the value of variables
  std::vector<ast::TypeName> parameters_;  ///< of the routine that the statement makes: `$1` and on
  const Scope* scope_ = nullptr;
  const Visitor* visitor_ = nullptr;
  const std::vector<ast::TypeName>* wanted_ = nullptr;  ///< of what the next query shows
  const ast::Query* naming_ = nullptr;                  ///< whose results a bare name may mean
  bool in_definition_ = false;                          ///< of a statement in a body that is no query
  std::vector<std::string> texts_;                      ///< once they are asked for
  std::unordered_map<std::string, bool> in_texts_;      ///< by what was looked for in them
  std::optional<NamedAnew> named_anew_;                 ///< once it is asked for
  std::optional<std::pair<ast::StatementId, bool>> makes_tables_;  ///< of the one that was asked for last
  ast::plpgsql::Body* body_ = nullptr;
  std::optional<std::set<std::string>> declared_;  ///< in that, once they are asked for
  const Scope* around_ = &statement_;              ///< what `results` looks from
};

/// Whether anything in a body may make a quotient, or call what makes one.
bool may_divide(ast::plpgsql::Body& body, const ast::Catalog& catalog);

}  // namespace pg2crdb::bind
