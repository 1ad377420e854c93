#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "rewrite/rule.h"

/// SQL with variables as trees. `$one`, `$$many` and `...` become names that no SQL can hold otherwise; which
/// kind of token they have to be (a name, a string, a number, a column with a type) is found by trying.
namespace pg2crdb::rewrite {

/// What stands in a tree for a variable: a name that begins with this byte.
inline constexpr char variable_mark = '\x01';

/// The type of a column that stands for a variable as a whole: `CREATE TABLE t ($column, ...)`.
inline constexpr std::string_view whole_column =
    "\x01"
    "column";

/// A variable as it stands in a tree's text.
struct Variable {
  std::string_view name;  ///< empty for `...`
  bool many = false;
};
/// Nothing where the text is no variable.
std::optional<Variable> variable_in(std::string_view text);

struct FragmentError {
  std::string message;
  std::string advice;
  size_t offset = 0;  ///< bytes into the fragment
};

/// What a fragment is: a statement, or a part that is put into one to be parsed.
enum class Noun {
  statement,
  column,
  type,
  constraint,
  index_element,
  expression,
  option,
  privilege,
  role,
  name,
  command,
  parameter
};

/// The type of the tree that the noun's fragments are.
const ast::TypeInfo& type_of(Noun noun);
/// The noun whose fragments have this type; nothing where SQL has no form for it.
std::optional<Noun> noun_of(const ast::TypeInfo& type);

std::variant<Fragment, FragmentError> parse_fragment(Noun noun, std::string_view sql);

}  // namespace pg2crdb::rewrite
