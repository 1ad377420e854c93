#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ast/document.h"
#include "emit/load_plan.h"
#include "emit/output.h"
#include "emit/sql.h"
#include "passes/pipeline.h"

// Never crashes; what was read is written and read again as it was; and passes and emitter stand whatever the
// reader let through. They may only say that no parser makes such a tree.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pg2crdb;
  auto read = ast::parse_document({reinterpret_cast<const char*>(data), size}, 0);
  if (!read) return 0;
  ast::Script script = read->document.script;
  const std::string json = to_json(std::move(read->document), *read->file);
  auto again = ast::parse_document(json, 0);
  // A fate that an outside program gives is not written again: only what a parser made is.
  if (!again && json.find("\"fate\"") == std::string::npos) std::abort();
  if (again && to_json(std::move(again->document), *again->file) != json) std::abort();
  try {
    for (const ast::Statement& statement : script.statements) to_sql(statement.node, Dialect::postgresql);
    Diagnostics diagnostics;
    run_pipeline(script, Target(), {}, diagnostics);
    const Output output = make_output(script, Target(), *read->file, {}, [&](const Refusal& refusal) {
      script.statements[refusal.statement].fate = ast::Fate::needs_person;
    });
    make_load_plan(script, output.statements, Target(), *read->file, {});
  } catch (const std::logic_error&) {
  }
  return 0;
}
