#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ast/script.h"

namespace pg2crdb::bind {

/// CREATE AGGREGATE as it is written, where it has a state, what changes it and what ends it alone.
struct OwnAggregate {
  ast::ObjectId object = ast::no_object;
  ast::Name name;
  ast::TypeName argument;
  ast::Name state_function;
  ast::TypeName state;
  ast::Name final_function;            ///< empty: the state is what it gives
  std::optional<std::string> initial;  ///< the text of the first state; nothing: NULL
};

/// Nothing where it is another statement, or one with other parts: several arguments, a moving state, an
/// order.
std::optional<OwnAggregate> read_aggregate(const ast::Script& script, const ast::Statement& statement);

/// The types of the arguments in the text of a CREATE AGGREGATE; nothing where it says more of them than
/// their types, or takes none.
std::optional<std::vector<ast::TypeName>> aggregate_arguments(const std::string& text);

/// Whether a text has that name in it: a body that is not read yet may call it.
bool names(const std::string& text, const std::string& name);

}  // namespace pg2crdb::bind
