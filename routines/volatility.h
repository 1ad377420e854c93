#pragma once
#include <functional>
#include <optional>
#include <string>

#include "ast/statement.h"
#include "target/function_volatility.h"

namespace pg2crdb::routines {

/// The strictest that CockroachDB takes of a body, and what keeps it from a stricter one: "it reads `t`".
struct NeededVolatility {
  Volatility volatility = Volatility::immutable;
  std::string why = {};
};

/// What a routine of the script's own is, by its name; nothing where there is none.
using CalledVolatility = std::function<std::optional<Volatility>(const ast::Name&)>;

/// Of a function in PL/pgSQL. IMMUTABLE is only found where all that the body does is
/// known to compute nothing else: CockroachDB's own functions and casts are that less often than
/// PostgreSQL's.
NeededVolatility needed_volatility(const ast::CreateFunction& function, const CalledVolatility& called);

}  // namespace pg2crdb::routines
