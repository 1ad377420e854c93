#include "ast/one_of_members.h"
#include "ast/plpgsql.h"

namespace pg2crdb::ast {

template struct Members<decltype(plpgsql::Value::node)>;
template struct Members<plpgsql::Rows>;
template struct Members<decltype(plpgsql::Declaration::node)>;
template struct Members<decltype(plpgsql::Statement::node)>;

}  // namespace pg2crdb::ast
