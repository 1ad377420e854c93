#pragma once
#include <string>

#include "rewrite/site.h"
#include "support/result.h"

namespace pg2crdb::rewrite {

/// Gives the column, or the table that the site's CREATE TABLE makes, another name, and every reference to it
/// that the tree holds: keys, constraints, indexes, defaults, triggers, policies, comments, privileges, the
/// queries of views where the table is. Rows are still found under the old name. What can only be read as
/// text (function bodies, statements that are kept word for word) or could mean another column is left for a
/// person, with a finding of `rename_rules`. True where anything changed; an error where the new name is
/// taken.
Result<bool> rename(PassContext& context, const Site& site, const std::string& name);

extern const FindingKind rename_not_followed;

}  // namespace pg2crdb::rewrite
