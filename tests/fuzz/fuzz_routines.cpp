#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "grammar/cockroachdb.h"
#include "parser/parser.h"
#include "parser/plpgsql.h"
#include "routines/routine.h"
#include "support/byte_source.h"

namespace {

using namespace pg2crdb;

constexpr const char* script_text =
    "CREATE TABLE note (id integer PRIMARY KEY, kind integer, info text NOT NULL);\n"
    "CREATE TABLE tag (note_id integer NOT NULL, word text, weight numeric(6,2));\n"
    "CREATE FUNCTION helper(k integer, w text DEFAULT 'x') RETURNS integer LANGUAGE sql AS 'SELECT 1';\n"
    "CREATE FUNCTION notes(k integer) RETURNS SETOF note LANGUAGE sql AS 'SELECT * FROM note';\n";

/// What the bodies name.
struct World {
  World() {
    script = std::move(parse_dump(*memory_source(script_text), file, diagnostics)->script);
    ast::FunctionParameter parameter;
    parameter.name = "k";
    parameter.type.name = {"pg_catalog", "int4"};
    parameters.push_back(parameter);
  }
  SourceFile file{0, "fuzz.sql"};
  Diagnostics diagnostics;
  ast::Script script;
  std::vector<ast::FunctionParameter> parameters;
  std::set<std::string, std::less<>> columns = {"id", "kind", "info", "note_id", "word", "weight"};
};

}  // namespace

// Any text is converted or left alone: what was converted is PL/pgSQL still, and there is nothing left in it
// to convert.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static World world;
  static ast::Catalog catalog(world.script);
  static const Target target;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const routines::Routine routine{catalog, target, world.columns, world.parameters, "f"};
  const routines::ConvertedBody converted = routines::convert_body(text, routine);
  if (converted.changes.empty()) return 0;
  for (const routines::Change& change : converted.changes) {
    if (change.what.empty() || change.line == 0 || change.offset > size) __builtin_trap();
  }
  if (!parse_plpgsql(converted.text, "f").body) __builtin_trap();
  const routines::ConvertedBody again = routines::convert_body(converted.text, routine);
  if (!again.changes.empty() && again.text != converted.text) __builtin_trap();
  return 0;
}
