#include "ast/reflect_types.h"

namespace pg2crdb::ast::reflection {

template TypeInfo& registered<json::Envelope>();

}  // namespace pg2crdb::ast::reflection
