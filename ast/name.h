#pragma once
#include <compare>
#include <string>

namespace pg2crdb::ast {

/// A name as the dump gives it, already unquoted and folded. `schema` is empty where the dump did not say.
struct Name {
  std::string schema;
  std::string name;

  bool empty() const { return name.empty(); }
  auto operator<=>(const Name&) const = default;
};

/// `schema.name` without quotes, for messages and as a key.
inline std::string to_string(const Name& name) {
  return name.schema.empty() ? name.name : name.schema + "." + name.name;
}

/// Names that may mean one object: the same but for a schema that only one of them says.
inline bool may_be_same(const Name& a, const Name& b) {
  return a.name == b.name && (a.schema.empty() || b.schema.empty() || a.schema == b.schema);
}

}  // namespace pg2crdb::ast
