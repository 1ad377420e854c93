#pragma once
#include <string>
#include <vector>

#include "ast/script.h"
#include "support/text_map.h"

namespace pg2crdb::order {

/// What of an object a statement reads or changes. Different aspects of one object do not conflict: a comment
/// and an index may come in either order.
enum class Aspect : unsigned char {
  definition,  ///< that it is there, its columns, its body
  keys,        ///< what a foreign key relies on
  constraints,
  defaults,
  triggers,
  security,
  owner,
  privileges,
  comment,
  value,    ///< of a sequence
  members,  ///< of a schema: what stands in it, for GRANT ON ALL ... IN SCHEMA and DROP SCHEMA
  name,     ///< that the name is free or taken
};

enum class How : unsigned char {
  reads,
  adds,  ///< what read before did without it, and what else is added does not mind: a key
  writes,
};

struct Access {
  ast::ObjectId object;
  Aspect aspect;
  How how;
};

struct Effects {
  std::vector<ast::ObjectId> creates;
  std::vector<Access> accesses;
};

/// The effects of statements after the passes. Names that passes wrote themselves are found by what they say.
class EffectReader {
 public:
  explicit EffectReader(ast::Script& script);
  /// Appends those of the statement.
  void read(const ast::Statement& statement, Effects& effects);

 private:
  friend struct Reader;
  ast::ObjectId find(const ast::Name& name) const;
  ast::ObjectId role(const std::string& name);
  ast::ObjectId schema(const std::string& name);
  ast::ObjectId name_of(ast::ObjectKind kind, const ast::Name& name);
  ast::ObjectId number(const std::string& key);

  ast::Script& script_;
  std::vector<std::vector<ast::ObjectId>> created_;  ///< by statement
  TextMap<ast::ObjectId> relations_;                 ///< tables, views, sequences and types
  TextMap<ast::ObjectId> routines_;                  ///< one of each name
  TextMap<ast::ObjectId> numbers_;                   ///< what no statement of the script makes
  std::string last_schema_;  ///< the one that was asked for last: most statements name one
  ast::ObjectId last_schema_number_ = ast::no_object;
};

}  // namespace pg2crdb::order
