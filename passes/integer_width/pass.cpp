// In CockroachDB a bare `integer` is 8 bytes wide (default_int_size = 8), and so is its arithmetic.
// PostgreSQL's integer and smallint keep their 4 and 2 bytes when they are named INT4 and INT2: in columns,
// casts, sequences, parameters.
#include "rewrite/pass.h"

#include "ast/walk.h"

namespace pg2crdb {
namespace {

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    bool changed = false;
    ast::Visitor visitor;
    visitor.type = [&](ast::TypeName& type) {
      if (type.name.schema != "pg_catalog" || (type.name.name != "int4" && type.name.name != "int2")) return;
      type.name.schema.clear();
      changed = true;
    };
    walk(statement.node, visitor);
    if (changed) context.rewritten(statement);
  }
}

}  // namespace

extern const Pass integer_width;
const Pass integer_width = {
    .name = "integer-width",
    .category = "types",
    .fidelity = Fidelity::exact,
    .summary =
        "writes integer and smallint as INT4 and INT2, since a bare integer has 8 bytes in CockroachDB",
    .rules = {},
    .run = run,
};

}  // namespace pg2crdb
