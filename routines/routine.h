#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "ast/catalog.h"
#include "ast/plpgsql.h"
#include "target/target.h"

namespace pg2crdb::routines {

/// What a body belongs to.
struct Routine {
  enum class Kind { function, procedure, block };
  /// The columns of a table whose values no two rows share, one list for each key.
  using UniqueKeys = std::map<ast::ObjectId, std::vector<std::vector<std::string>>>;

  const ast::Catalog& catalog;
  const Target& target;
  const std::set<std::string, std::less<>>&
      columns;  ///< of all tables and views of the script, by their names
  std::span<const ast::FunctionParameter> parameters = {};
  std::string name = {};      ///< without its schema; empty of a DO block
  bool has_settings = false;  ///< SET: names without a schema may be other ones than its caller's
  /// Tables with triggers that may change rows beside the one that woke them; null where none are known.
  const std::vector<ast::Name>* changing_triggers = nullptr;
  /// Those whose triggers run it: NEW and OLD are their rows.
  std::vector<const ast::CreateTable*> fired_by = {};
  /// Tables that get other columns on the way, where the script's order is kept: theirs are not known. May be
  /// null.
  const std::set<ast::ObjectId>* altered = nullptr;
  /// What makes the table or view that a name in the body means, null where the script makes none: where its
  /// order is kept, several may have had that name. Empty: the one of the catalog.
  std::function<const ast::Statement*(const ast::Name&)> named = {};
  /// Extensions that the script makes; null where none are known.
  const std::set<std::string, std::less<>>* extensions = nullptr;
  /// Writes the expressions of the body as what they mean in the target; whether it changed any.
  std::function<bool(ast::plpgsql::Body&)> adapt = {};
  Kind kind = Kind::function;
  const UniqueKeys* unique_keys = nullptr;  ///< null where none are known
  /// Tables that DELETE does not empty as TRUNCATE does; null where that is not known of any.
  const std::set<ast::ObjectId>* emptied_otherwise = nullptr;

  const ast::Statement* relation(const ast::Name& its_name) const {
    if (named) return named(its_name);
    const ast::Statement* table = catalog.table(its_name);
    return table != nullptr ? table : catalog.view(its_name);
  }
  bool knows_columns_of(const ast::CreateTable& table) const {
    return altered == nullptr || !altered->contains(table.name.object);
  }
};

/// A form of PostgreSQL's, and where it stands.
struct Change {
  std::string what;   ///< "PERFORM"
  size_t line = 0;    ///< of the body, from 1
  size_t offset = 0;  ///< bytes of the body
};

/// A body in PL/pgSQL in the forms that the target takes, where they mean the same. Nothing is known of one
/// that PostgreSQL itself would not compile.
struct ConvertedBody {
  std::vector<Change> changes = {};  ///< forms that were written otherwise
  std::vector<Change> refused = {};  ///< what the target refuses, and its words alone do not tell
  std::vector<Change> cut =
      {};  ///< texts that CockroachDB may cut to a length, where PostgreSQL raises an error
  std::vector<Change> first_rows =
      {};                 ///< what sets the first of several rows, where PostgreSQL raises an error
  bool adapted = false;   ///< `adapt` changed expressions
  std::string text = {};  ///< empty where all is as it was
  std::vector<Change> built_texts = {};       ///< what is to be said of EXECUTE and loops that are left
  std::vector<ast::Name> named_by_text = {};  ///< relations and functions that only built text named
  std::map<size_t, std::string> parameter_names = {};  ///< that parameters without one get, by their places
};
ConvertedBody convert_body(const std::string& text, const Routine& routine);

}  // namespace pg2crdb::routines
