#include "ast/reflect_types.h"

namespace pg2crdb::ast::reflection {

template TypeInfo& registered<CreateFunction>();
template TypeInfo& registered<CreateTrigger>();
template TypeInfo& registered<CreatePolicy>();
template TypeInfo& registered<CreateDomain>();
template TypeInfo& registered<CreateView>();

}  // namespace pg2crdb::ast::reflection
