#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "ast/plpgsql.h"

namespace pg2crdb::routines {

/// Bytes of a text, and what stands in their place.
struct TextEdit {
  size_t begin = 0;
  size_t end = 0;
  std::string text = {};
};

/// The text of a body that was changed: what is the same tree as before, and means the same in CockroachDB,
/// stays word for word with its comments and its lines. `read` is the tree that was read from `text`, whose
/// offsets count bytes of it and which `body` has where it came from there. `words` are edited too, where
/// nothing around them is.
std::string edited(const std::string& text, const ast::plpgsql::Body& read, const ast::plpgsql::Body& body,
                   const std::vector<TextEdit>& words);

}  // namespace pg2crdb::routines
