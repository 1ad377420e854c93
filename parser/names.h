#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ast/statement.h"

namespace pg2crdb {

/// A name in SQL that the tree keeps as text. It means what the database finds when the text is run: a type
/// may be a table's row type, a relation may be the transition table of a trigger.
struct NameUse {
  enum class Kind { relation, type, routine };
  Kind kind = Kind::relation;
  ast::Name name = {};
  /// Bytes of the text [begin, end) where the name stands, with its schema where it has one, quotes included;
  /// equal where the place is not known.
  size_t begin = 0;
  size_t end = 0;
  int arguments = -1;  ///< of a call or signature: how many; -1 where it has none
  /// Of each argument its type where a cast, a literal or the signature says so, else an empty one.
  std::vector<ast::TypeName> argument_types = {};
  /// What INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY FROM, ALTER, DROP, CREATE is about. Of an index,
  /// trigger, policy or rule, its table is changed.
  bool changes = false;
  /// Of an INSERT that names no columns: how many values a row of it gives to the first ones; 0 where the
  /// columns are named, or how many is not known.
  size_t values = 0;

  bool has_place() const { return begin < end; }
};

/// A name in text of what lives in a relation: a column that is read or set, a policy or trigger that ALTER
/// is about.
struct MemberUse {
  ast::ObjectKind kind = ast::ObjectKind::column;
  std::string name = {};
  /// The relations that it may live in, as the text calls them, those of the innermost query first: it is of
  /// the first one that has it.
  std::vector<ast::Name> relations = {};
  /// `NEW.c`, `OLD.c`: of whichever table fires the trigger.
  bool of_row = false;
  /// Whether nothing else in sight could be what it means: a query in FROM, a common table, a function.
  bool sure = true;
  size_t begin = 0;  ///< as in NameUse
  size_t end = 0;

  bool has_place() const { return begin < end; }
};

/// A string that a cast makes a value of a type, `'sad'::mood`: of an enum it is one of its labels.
struct CastUse {
  std::string text = {};
  ast::Name type = {};
};

/// What is named in a text. Neither names of WITH are among the relations nor temporary tables that the text
/// itself makes (pg_temp included), nor what SQL spells with keywords (integer, EXTRACT).
struct TextNames {
  std::vector<NameUse> names;      ///< in the order of the text
  std::vector<MemberUse> members;  ///< the same; no names of variables
  std::vector<CastUse> casts;
  std::vector<std::string> unread;  ///< what could not be read, and why: "line 3: syntax error at ..."
};

/// Any number of statements. Bodies of functions and DO blocks in them are read too.
TextNames names_in_sql(std::string_view sql);
/// A body in PL/pgSQL; places are bytes of it.
TextNames names_in_plpgsql(std::string_view body);
/// In the body, by its language; places are bytes of its string. Of other languages than sql and plpgsql
/// nothing is read.
TextNames names_in(const ast::CreateFunction& function);
TextNames names_in(const ast::DoBlock& block);

}  // namespace pg2crdb
