#include "ast/row_statement.h"
#include "ast/one_of_members.h"

namespace pg2crdb::ast {

template struct Members<Expr::Node>;
template struct Members<decltype(FromItem::node)>;
template struct Members<decltype(RowStatement::node)>;

}  // namespace pg2crdb::ast
