#include "ast/reflect_types.h"

namespace pg2crdb::ast::reflection {

template TypeInfo& registered<plpgsql::Value>();
template TypeInfo& registered<plpgsql::Statement>();
template TypeInfo& registered<plpgsql::Body>();

}  // namespace pg2crdb::ast::reflection
