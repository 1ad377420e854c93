#pragma once
#include <string>
#include <vector>

#include "rewrite/pass.h"

/// Between the sources of the passes that look at statements only.
namespace pg2crdb::adapt {

/// What is said of each view whose rows a statement changes, which CockroachDB refuses (42809): "changes rows
/// of the view `v`". A view with a trigger INSTEAD OF it is none where the target has such triggers. `user`
/// holds the statement, or is it.
std::vector<std::string> changed_views(const PassContext& context, const ast::Statement& user,
                                       const ast::StatementNode& statement);

}  // namespace pg2crdb::adapt
