#pragma once
#include <vector>

#include "ast/script.h"

namespace pg2crdb {

/// A statement at its place in the output.
struct OrderedStatement {
  const ast::Statement* statement = nullptr;
  ast::Phase phase = ast::Phase::pre_data;
};

/// What is put out, phase by phase, in the order of Script::order; where nothing was scheduled, in the
/// script's. COPY headers that go out are not among them, the load plan carries them. Statements that need a
/// person are: they are emitted as comments. The script owns what is pointed to.
std::vector<OrderedStatement> output_order(const ast::Script& script);

}  // namespace pg2crdb
