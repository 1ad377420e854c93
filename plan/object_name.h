#pragma once
#include <compare>
#include <string>

namespace pg2crdb {

/// What a schema's object is told from all others by, unquoted: two fields, since `"a"."b.c"` and `"a.b"."c"`
/// are two objects. Never joined into a key; for people and for SQL, quote_name() of target/ writes it.
struct ObjectName {
  std::string schema;
  std::string name;

  auto operator<=>(const ObjectName&) const = default;
};

}  // namespace pg2crdb
