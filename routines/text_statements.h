#pragma once
#include <functional>

#include "ast/statement.h"

namespace pg2crdb::routines {

/// A statement in a body that is kept word for word, with what `adapt` does to its tree: as few of its words
/// are changed as that takes. `offset` is where it stands in the body, which the tree's offsets count bytes
/// of. False where it is no statement that has a tree.
bool adapt_text(ast::Opaque& statement, int32_t offset,
                const std::function<void(ast::StatementNode&)>& adapt);

/// The same of what may leave the tree as it is: where `change` says that it did, so does the text.
bool change_text(ast::Opaque& statement, int32_t offset,
                 const std::function<bool(ast::StatementNode&)>& change);

}  // namespace pg2crdb::routines
