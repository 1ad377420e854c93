#pragma once
#include <optional>
#include <string>
#include <vector>

#include "rewrite/match.h"
#include "rewrite/rule.h"

namespace pg2crdb::rewrite {

/// A node that a rule looks at, and where it stands.
struct Site {
  PassContext& context;
  ast::Statement& statement;
  const ast::TypeInfo& type;
  void* node = nullptr;
  const ast::Name* table =
      nullptr;  ///< of the table, view or composite type around it; null where there is none
  const ast::Column* column = nullptr;  ///< that it is in; null outside
  std::string_view field;               ///< the field that holds it: "default_value"; empty at the top
  int64_t offset = -1;                  ///< of the node or the nearest around it that has one
  bool in_body = false;                 ///< in PL/pgSQL, whose names are not bound

  /// `public.towns.id` of a column and of its own type, else the statement's object.
  std::string object() const;
  /// The node is a column's own type, not one in its default or in another expression.
  bool is_type_of_column() const;
};

/// The node at a path below another, boxes and variants opened on the way. Null where the path leads nowhere
/// or to an empty box.
struct Reached {
  const ast::TypeInfo* type = nullptr;
  void* node = nullptr;
};
Reached follow(const ast::TypeInfo& type, void* node, const std::vector<std::string>& path);

/// The same, but the last step is not opened; empty boxes on the way end it or are filled.
enum class Boxes { leave, fill };
Reached reach(const ast::TypeInfo& type, void* node, const std::vector<std::string>& path, Boxes boxes);

/// Whether the condition holds; `why` gets the part that does not, in words, where it is asked for.
bool holds(const Condition& condition, const Site& site, Bindings& bindings, std::string* why = nullptr);

std::string filled(const Template& text, const Site& site, const Bindings& bindings);
/// The same as SQL: a name is quoted where it has to be, and what stands inside of '...' stays inside.
std::string filled_sql(const Template& text, const Site& site, const Bindings& bindings);

/// What conditions and texts may name without a pattern that binds it: `$object`, `$kind` ...
const std::vector<std::string>& implicit_variables();
/// The properties and possessions that a condition may ask for, for messages.
const std::vector<std::string>& property_names();
const std::vector<std::string>& possession_names();

}  // namespace pg2crdb::rewrite
