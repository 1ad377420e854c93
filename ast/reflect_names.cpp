#include "ast/reflect_types.h"

namespace pg2crdb::ast::reflection {

template TypeInfo& registered<std::string>();
template TypeInfo& registered<std::vector<std::string>>();
template TypeInfo& registered<Name>();
template TypeInfo& registered<std::vector<Name>>();
template TypeInfo& registered<TypeName>();
template TypeInfo& registered<Option>();
template TypeInfo& registered<std::vector<Option>>();

}  // namespace pg2crdb::ast::reflection
