#include "ast/reflect_types.h"

namespace pg2crdb::ast::reflection {

template TypeInfo& registered<StatementNode>();

}  // namespace pg2crdb::ast::reflection
