#include "parser/names.h"
namespace pg2crdb {
TextNames names_in_sql(std::string_view) {
  return {};
}
TextNames names_in_plpgsql(std::string_view) {
  return {};
}
TextNames names_in(const ast::CreateFunction&) {
  return {};
}
TextNames names_in(const ast::DoBlock&) {
  return {};
}
}  // namespace pg2crdb
