// Conversions by casts of the script's own, which CockroachDB does not have.
#include <algorithm>

#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {

/// Whether a cast of the script's own makes the value one of that type. `anywhere`: how the cast is said to

bool ExpressionAdapter::is_converted(const ast::Expr& value, const ast::TypeName& to,
                                     bool bind::Uncreated::Cast::*anywhere) const {
  if (context_.target.has(Capability::create_cast)) return false;
  const auto makes_it = [&](const bind::Uncreated::Cast& cast) { return same_type(cast.to, to); };
  if (std::none_of(uncreated_.casts().begin(), uncreated_.casts().end(), makes_it)) return false;
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  const ast::TypeName declared = types_.of(value);
  const Type type = type_of(declared);
  if (type == Type::unknown && (literal != nullptr || anywhere != nullptr)) return false;
  return std::any_of(uncreated_.casts().begin(), uncreated_.casts().end(), [&](const auto& cast) {
    const Type from = type_of(cast.from);
    // What is written is read from text by CockroachDB, too.
    const bool applies = anywhere != nullptr ? cast.*anywhere : !(cast.of_text && from == Type::text);
    if (!applies || !makes_it(cast)) return false;
    if (!declared.empty()) return same_type(cast.from, declared);
    return type == Type::unknown || type == from;
  });
}

std::string ExpressionAdapter::converts(const ast::TypeName& to) {
  return "converts to `" + to.name.name + "` by a cast of the script's own";
}

}  // namespace pg2crdb::adapt
