#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ast/body_parts.h"
#include "ast/plpgsql.h"
#include "parser/sql_tokens.h"
#include "routines/edit.h"
#include "routines/routine.h"

/// What the conversions of a body share; between the sources of this folder only.
namespace pg2crdb::routines {

using ast::plpgsql::Body;
using ast::plpgsql::each_part;

/// A column of a query, or of a row.
struct Field {
  std::string name;
  ast::TypeName type;               ///< empty where it is not known, or another one in CockroachDB
  std::vector<std::string> source;  ///< the column, as the query may call it; empty of what is computed
  bool operator==(const Field& other) const {
    return name == other.name && type.name == other.type.name && type.modifiers == other.type.modifiers &&
           type.array_bounds == other.type.array_bounds;
  }
};

/// A body while it is converted.
class Conversion {
 public:
  /// `text` is what the body was read from: offsets count bytes of it.
  Conversion(Body& its_body, const std::string& its_text, const Routine& its_routine);

  Body& body;
  const std::string& text;
  const Routine& routine;
  std::vector<Change> changes;
  std::vector<Change> cut;         ///< what CockroachDB may cut to a length, where PostgreSQL raises an error
  std::vector<Change> first_rows;  ///< what sets the first of several rows, where PostgreSQL raises an error
  std::vector<TextEdit> words;     ///< of the text, where only they change
  std::map<size_t, std::string> parameter_names;  ///< of those that have none, by their places
  std::map<std::string, std::string> made_of;     ///< variables that stand for another one, by their names

  std::vector<ast::Name> named_by_text;  ///< relations and functions that only built text names

  /// Those of `text`.
  const std::vector<transform::Token>& tokens();
  /// Notes once what was written otherwise.
  void note(std::string_view what, int32_t offset);
  /// A variable or field that a text may be cut for.
  void note_cut(const std::string& target, int32_t offset);
  /// A variable that the first of several rows may be put into.
  void note_first_row(const std::string& variable, int32_t offset);
  /// A name that nothing in the body has, and no column of the script.
  std::string new_name(const std::string& base);
  /// A variable of the outermost block.
  void declare(const std::string& name, ast::TypeName type, ast::Box<ast::plpgsql::Value> value = {});

  /// The types of variables and parameters, by names that are declared once.
  const ast::plpgsql::VariableType* type_of(const std::string& variable) const;
  /// The type of a variable that holds one value, no row.
  std::optional<ast::TypeName> single_type(const ast::plpgsql::Variable& variable) const;
  /// The type of `v`, `r.f`, `NEW.c`; nothing where it is not known, or another one in CockroachDB.
  std::optional<ast::TypeName> type_of_target(const ast::plpgsql::Variable& target) const;
  /// Whether anything of that name is declared, in several places maybe.
  bool is_declared(const std::string& name) const;
  void read_declarations();
  /// Null where the script has none of that name, or its columns are not all written in it.
  const ast::CreateTable* table(const ast::Name& name) const;
  /// The columns of a table whose columns are known, or the attributes of a type that CREATE TYPE makes.
  std::optional<std::vector<Field>> row_fields(const ast::Name& name) const;
  /// What a variable has to be that holds its values; nothing where that is not known, or another type in
  /// CockroachDB.
  std::optional<ast::TypeName> column_type(const ast::Column& column) const;
  /// The same of any value's type.
  std::optional<ast::TypeName> known_type(const ast::TypeName& type) const;
  /// The names that tables, subqueries and functions have in the queries of the body.
  std::set<std::string> names_in_from();

  /// Whether an expression may give more than one row: it calls a function of the script's own that returns a
  /// set, or one that nothing is known of but that it is called.
  bool may_give_rows(ast::Expr& expr) const;
  /// Whether a query calls something that may do more than compute, so that it matters when.
  bool has_effects(ast::Query& query) const;
  /// An expression that computes what a query selects in all its rows, and is NULL where there are none. The
  /// query is moved from. Nothing where that would not be the same, or not safe.
  std::optional<ast::Expr> look_at_rows(ast::Query& query);

 private:
  struct Declared {
    std::string name;
    ast::plpgsql::VariableType type;
    int count = 1;
  };
  const Declared* find(const std::string& name) const;
  void add(const std::string& name, const ast::plpgsql::VariableType& type);
  void read_words();

  std::string looked_at_;  ///< what look_at_rows calls its column and its query
  std::string performed_;
  std::optional<std::vector<transform::Token>> tokens_;
  std::set<std::string, std::less<>> words_;  ///< of the text, folded; none until a name is made
  std::vector<Declared> declared_;
};

// --- what is made

ast::Expr column(std::vector<std::string> names);
ast::Expr text_literal(std::string text);
ast::TypeName built_in_type(std::string name);
ast::plpgsql::VariableType named(ast::TypeName type);
inline ast::plpgsql::Value value_of(ast::Expr expr) {
  return {std::move(expr)};
}
/// Whether a query gives as many columns as that, whatever its tables have.
bool gives_columns(const ast::Query& query, size_t count);
/// IF condition THEN statement; END IF.
ast::plpgsql::If if_then(ast::Expr condition, ast::plpgsql::Statement then);

// --- the conversions, each of one kind of things

/// Branches whose conditions are constants; before all that looks into them.
void convert_constant_branches(Conversion& conversion);
/// What only the words differ of: DEFAULT, ELSEIF, queries as values, names that are words of CockroachDB's,
/// operators and types that it reads otherwise.
void convert_spelling(Conversion& conversion);
/// Parameters by their numbers, and other names for them.
void convert_parameters(Conversion& conversion);
/// Variables that hide others, and what labels and aliases tell apart; before what asks for types by names.
void convert_hidden_names(Conversion& conversion);
/// TRUNCATE and SET; before FOUND, which they leave alone.
void convert_absent_statements(Conversion& conversion);
/// EXECUTE of a text that is always the same; before what looks at statements.
void convert_dynamic_sql(Conversion& conversion);
/// Functions of extensions by their schemas.
void convert_extensions(Conversion& conversion);
/// FOUND and ROW_COUNT; before PERFORM, which they ask about.
void convert_row_counts(Conversion& conversion);
/// SQLSTATE in handlers.
void convert_error_codes(Conversion& conversion);
/// What handlers take, and what RAISE raises; behind SQLSTATE, which asks for handlers of one error.
void convert_conditions(Conversion& conversion);
/// Whether it is an error that makes CockroachDB run the transaction again: no handler may take it (#111446).
bool is_retried(const ast::plpgsql::Condition& condition);
/// PERFORM, ASSERT, CASE.
void convert_statements(Conversion& conversion);
/// %TYPE, %ROWTYPE.
void convert_types(Conversion& conversion);
/// WHERE CURRENT OF; before cursors, whose loops name it.
void convert_current_rows(Conversion& conversion);
/// Parameters of cursors, and loops over them; before records, which such a loop has.
void convert_cursors(Conversion& conversion);
/// Variables of type record.
void convert_records(Conversion& conversion);
/// Fields of rows.
void convert_rows(Conversion& conversion);
/// Parameters by the routine's name.
void convert_labels(Conversion& conversion);
/// Elements of arrays, and fields that INTO fills; behind FOUND, which asks right behind an INTO.
void convert_elements(Conversion& conversion);
/// NOT NULL and COLLATE of variables; behind FOUND, too.
void convert_not_null(Conversion& conversion);
/// Calls that others do the same as; before arguments by name, which some have.
void convert_calls(Conversion& conversion);
/// Arguments by name.
void convert_arguments(Conversion& conversion);
/// Loops, and their variables.
void convert_loops(Conversion& conversion);

/// INTO variables that nobody reads; behind FOUND, which reads one.
void convert_unread_targets(Conversion& conversion);
/// INTO of statements that change rows; behind FOUND, which looks for these.
void convert_changed_into(Conversion& conversion);

/// Texts for variables and fields that have a length; behind all that assigns.
void convert_lengths(Conversion& conversion);

/// What EXECUTE runs that is left: its text, as far as the body tells it, and what to do.
std::vector<Change> built_texts(Conversion& conversion);

/// Notes what the target refuses.
void find_refused(Conversion& conversion);

}  // namespace pg2crdb::routines
