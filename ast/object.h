#pragma once
#include <cstdint>
#include <limits>
#include <string>

#include "ast/name.h"
#include "ast/statement.h"

namespace pg2crdb::ast {

using StatementId = uint32_t;
inline constexpr StatementId no_statement = std::numeric_limits<StatementId>::max();

/// Something that a script makes, or names without making it. Its identity is its place in Script::objects:
/// names come and go, two objects may have had the same one.
struct Object {
  ObjectKind kind = ObjectKind::table;
  Name name;  ///< at the end of the script; of a column, constraint, trigger: its own, without a schema
  Sparse<std::string> signature;  ///< of a routine: its argument types, "(int4,text[])"
  ObjectId parent = no_object;    ///< the relation of a column, constraint, trigger, policy, rule or index
  StatementId created = no_statement;  ///< none: the script does not make it
  StatementId dropped = no_statement;

  bool made_here() const { return created != no_statement; }
  bool stands() const { return dropped == no_statement; }
};

/// Called by its name and arguments: functions, procedures, aggregates.
inline bool is_routine(ObjectKind kind) {
  return kind == ObjectKind::function || kind == ObjectKind::procedure || kind == ObjectKind::routine ||
         kind == ObjectKind::aggregate;
}

}  // namespace pg2crdb::ast
