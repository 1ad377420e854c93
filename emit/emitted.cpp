#include "emit/emitted.h"

#include <stdexcept>

#include "emit/sql.h"
#include "support/batches.h"

namespace pg2crdb {
namespace {

// Threads are worth their start for this many statements each.
constexpr size_t statements_of_a_thread = 2000;

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
  const std::vector<OrderedStatement> ordered = output_order(script);
  EmittedScript emitted(ordered.size());
  in_batches(ordered.size(), worthwhile_threads(ordered.size(), statements_of_a_thread),
             [&](size_t, size_t i) { emitted[i] = emit(ordered[i], file); });
  return emitted;
}

}  // namespace pg2crdb
