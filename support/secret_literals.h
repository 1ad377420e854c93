#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// What stands between the quotes of a literal: bytes of the text that it was found in.
struct SecretLiteral {
  size_t begin = 0;
  size_t end = 0;
};

/// The literals of SQL that are passwords or hold one, in their order: what stands behind PASSWORD, or behind
/// an option that is called so; connection strings with a password; stored verifiers. SQL that does not
/// parse is read, too, and so are its comments and bodies.
std::vector<SecretLiteral> secret_literals(std::string_view sql);

/// The same SQL with `***` for each of them: what is shown to somebody.
std::string without_secret_literals(std::string_view sql);

}  // namespace pg2crdb
