#include "ast/reflect_types.h"

namespace pg2crdb::ast::reflection {

template TypeInfo& registered<Insert>();
template TypeInfo& registered<Update>();
template TypeInfo& registered<Delete>();
template TypeInfo& registered<Merge>();

}  // namespace pg2crdb::ast::reflection
