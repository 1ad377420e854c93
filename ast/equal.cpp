#include "ast/equal.h"

#include "ast/reflect.h"

namespace pg2crdb::ast {

bool equal(const StatementNode& a, const StatementNode& b) {
  return equal(type_info<StatementNode>(), &a, &b);
}
bool equal(const Expr& a, const Expr& b) {
  return equal(type_info<Expr>(), &a, &b);
}
bool equal(const TypeName& a, const TypeName& b) {
  return equal(type_info<TypeName>(), &a, &b);
}
bool plpgsql::equal(const Body& a, const Body& b) {
  return ast::equal(type_info<Body>(), &a, &b);
}
bool plpgsql::equal(const Value& a, const Value& b) {
  return ast::equal(type_info<Value>(), &a, &b);
}
bool plpgsql::equal(const VariableType& a, const VariableType& b) {
  return ast::equal(type_info<VariableType>(), &a, &b);
}
bool plpgsql::equal(const StaticSql& a, const StaticSql& b) {
  return ast::equal(type_info<StaticSql>(), &a, &b);
}

}  // namespace pg2crdb::ast
