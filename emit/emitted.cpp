#include "emit/emitted.h"

#include <stdexcept>

#include "emit/sql.h"
#include "support/ascii.h"
#include "support/batches.h"

namespace pg2crdb {
namespace {

// Threads are worth their start for this many statements each.
constexpr size_t statements_of_a_thread = 2000;

/// Without the semicolon at its end, and the blanks around that.
std::string as_written(const ast::Statement& statement, const SourceFile& file) {
  std::string_view text = file.of(statement.span).text(statement.span);
  const auto trim = [&] {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  };
  trim();
  if (text.ends_with(';')) text.remove_suffix(1);
  trim();
  return std::string(text);
}

EmittedStatement emit(const OrderedStatement& ordered, const SourceFile& file) {
  EmittedStatement emitted{ordered.statement, ordered.phase, {}, {}};
  const ast::Statement& statement = *ordered.statement;
  try {
    if (!statement.as_written) {
      emitted.sql = to_sql(statement.node, Dialect::cockroachdb);
    } else {
      if (statement.live()) emitted.sql = to_sql_if_different(statement.node);
      if (emitted.sql.empty()) emitted.sql = as_written(statement, file);
    }
  } catch (const std::logic_error& problem) {
    emitted.failure = problem.what();
    emitted.sql = as_written(statement, file);
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
