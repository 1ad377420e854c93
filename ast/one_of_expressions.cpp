#include "ast/one_of_members.h"
#include "ast/row_statement.h"

namespace pg2crdb::ast {

template struct Members<Expr::Node>;
template struct Members<decltype(FromItem::node)>;
template struct Members<decltype(RowStatement::node)>;

}  // namespace pg2crdb::ast
