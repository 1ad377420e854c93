#include "ast/reflect_types.h"

namespace pg2crdb::ast::reflection {

template TypeInfo& registered<Column>();
template TypeInfo& registered<std::vector<Column>>();
template TypeInfo& registered<Constraint>();
template TypeInfo& registered<std::vector<Constraint>>();
template TypeInfo& registered<CreateTable>();
template TypeInfo& registered<AlterTable>();
template TypeInfo& registered<CreateIndex>();

}  // namespace pg2crdb::ast::reflection
