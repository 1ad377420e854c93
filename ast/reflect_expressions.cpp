#include "ast/reflect_types.h"

namespace pg2crdb::ast::reflection {

template TypeInfo& registered<Expr>();
template TypeInfo& registered<Box<Expr>>();
template TypeInfo& registered<std::vector<Expr>>();
template TypeInfo& registered<std::vector<SortItem>>();
template TypeInfo& registered<Query>();
template TypeInfo& registered<Box<Query>>();

}  // namespace pg2crdb::ast::reflection
