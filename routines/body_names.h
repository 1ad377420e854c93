#pragma once
#include <string>
#include <unordered_set>
#include <vector>

#include "ast/name.h"
#include "support/name_words.h"

namespace pg2crdb::routines {

/// Looks for types in bodies by their names.
class NamedTypes {
 public:
  /// Of whoever owns the names, which have to stay.
  explicit NamedTypes(std::vector<const ast::Name*> types);

  /// The first of them that a body names: `schema.name`, or `::name`, and does not call, or as the type of a
  /// variable. Null where it names none.
  const ast::Name* in(const std::string& body) const;

 private:
  std::vector<const ast::Name*> types_;
  NameWords words_;
  std::unordered_set<std::string> names_;
};

}  // namespace pg2crdb::routines
