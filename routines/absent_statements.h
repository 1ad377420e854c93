#pragma once
#include <set>
#include <vector>

#include "ast/catalog.h"

namespace pg2crdb::routines {

/// A statement that CockroachDB has in no body (DDL facts 11.1), as others that do the same there: TRUNCATE
/// as DELETE, SET of an application's own setting as set_config(). Nothing where there are none.
/// `emptied_otherwise`: tables that DELETE does not empty as TRUNCATE does; null where that is not known of
/// any.
std::vector<ast::StatementNode> written_otherwise(const ast::StatementNode& node, const ast::Catalog& catalog,
                                                  const std::set<ast::ObjectId>* emptied_otherwise);

}  // namespace pg2crdb::routines
