#pragma once
#include <compare>
#include <cstdint>
#include <string>

namespace pg2crdb::ast {

/// An object of a script: an index into Script::objects. 0 is none.
using ObjectId = uint32_t;
inline constexpr ObjectId no_object = 0;

/// A name as the dump gives it, already unquoted and folded. `schema` is empty where the dump did not say.
struct Name {
  std::string schema;
  std::string name;
  /// What it means where it stands. None before the script is bound, for what the script does not make, and
  /// in names that a pass writes itself. Not part of the SQL: two names are equal where they read alike.
  ObjectId object = no_object;

  bool empty() const { return name.empty(); }
  bool operator==(const Name& other) const { return schema == other.schema && name == other.name; }
  std::strong_ordering operator<=>(const Name& other) const {
    const auto schemas = schema <=> other.schema;
    return schemas != std::strong_ordering::equal ? schemas : name <=> other.name;
  }
};

/// `schema.name` without quotes, for messages and as a key.
inline std::string to_string(const Name& name) {
  return name.schema.empty() ? name.name : name.schema + "." + name.name;
}

/// One string for one object, as a key of maps: a name without a schema is one of `public`.
inline std::string key_of(const Name& name) {
  std::string key = name.schema.empty() ? "public" : name.schema;
  return key.append(1, '\0').append(name.name);
}

/// Names that may mean one object: the same but for a schema that only one of them says.
inline bool may_be_same(const Name& a, const Name& b) {
  return a.name == b.name && (a.schema.empty() || b.schema.empty() || a.schema == b.schema);
}

}  // namespace pg2crdb::ast
