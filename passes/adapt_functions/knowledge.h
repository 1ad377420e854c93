#pragma once
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "bind/expression_types.h"
#include "bind/uncreated.h"
#include "grammar/cockroachdb.h"
#include "rewrite/pass.h"
#include "routines/raised_errors.h"
#include "routines/routine.h"

/// Between the sources of this pass only.
namespace pg2crdb::functions {

using Names = std::set<std::string, std::less<>>;

/// The tables whose triggers run a function, by the statement that makes it.
using FiredBy = std::unordered_map<ast::StatementId, std::vector<const ast::CreateTable*>>;

/// What is known of the script.
struct Knowledge {
  explicit Knowledge(PassContext& context);

  /// Of a routine: the tables that DELETE does not empty as TRUNCATE does; null where that may be any.
  const std::set<ast::ObjectId>* emptied_otherwise_by(const ast::CreateFunction& function) const {
    return called_while_reading.contains(function.name.name) ? nullptr : &emptied_otherwise;
  }

  bind::Uncreated uncreated;
  Names columns;                             ///< names that a variable which is made could be taken for
  Names extensions;                          ///< that the script makes
  Names made;                                ///< relations, types and routines of the script, without schemas
  Names hstore;                              ///< columns of that type, which becomes text
  std::vector<ast::Name> changing_triggers;  ///< tables whose triggers may change rows beside their own
  FiredBy fired;
  routines::Routine::UniqueKeys unique_keys;
  /// Tables that DELETE does not empty as TRUNCATE does.
  std::set<ast::ObjectId> emptied_otherwise;
  Names called_while_reading;  ///< routines of the script
  routines::Sqlstates raised;  ///< by bodies of the script
  /// Where the order is kept: tables that get other columns on the way.
  std::set<ast::ObjectId> altered;
};

/// What one thread reads bodies with.
struct Tools {
  explicit Tools(const PassContext& context)
      : grammar(context.target), types(context.script, context.catalog, context.options.in_order) {}

  CockroachGrammar grammar;
  bind::ExpressionTypes types;
};

}  // namespace pg2crdb::functions
