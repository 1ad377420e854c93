#include "ast/one_of_members.h"
#include "ast/statement.h"

namespace pg2crdb::ast {

template struct Members<AlterCommand>;
template struct Members<StatementNode>;

}  // namespace pg2crdb::ast
