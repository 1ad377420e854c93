#include "emit/emitted.h"

#include <stdexcept>

#include "emit/sql.h"

namespace pg2crdb {
namespace {

EmittedStatement emit(const OrderedStatement& ordered, const SourceFile& file) {
  EmittedStatement emitted{ordered.statement, ordered.phase, {}, {}};
  try {
    emitted.sql = to_sql(ordered.statement->node, Dialect::cockroachdb);
  } catch (const std::logic_error& problem) {
    emitted.failure = problem.what();
    emitted.sql = file.text(ordered.statement->span);
    if (emitted.sql.ends_with(';')) emitted.sql.pop_back();
  }
  return emitted;
}

}  // namespace

EmittedScript emit_script(const ast::Script& script, const SourceFile& file) {
  EmittedScript emitted;
  for (const OrderedStatement& ordered : output_order(script)) emitted.push_back(emit(ordered, file));
  return emitted;
}

}  // namespace pg2crdb
