// Old versions of Rails wrote character varying(255) for every string. Nobody chose that limit, and changing
// a column's type later is work, so it goes while the schema moves anyway.
#include "rewrite/plugin.h"

namespace {

using namespace pg2crdb;

constexpr FindingKind rules[] = {
    {"habitual-limit", Severity::info, "types",
     "the column is character varying(255), a limit that nobody chose",
     "Nothing: the column becomes text. Leave the plugin out to keep the limit."},
};

bool is_habitual(const ast::TypeName& type) {
  return type.name == ast::Name{"pg_catalog", "varchar"} && type.modifiers == std::vector<std::string>{"255"};
}

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    auto* table = std::get_if<ast::CreateTable>(&statement.node);
    if (table == nullptr || !statement.live()) continue;
    for (ast::Column& column : table->columns) {
      if (!is_habitual(column.type)) continue;
      column.source_type = column.type;  // the load plan compares the rows as what they were
      column.type.name = {{}, "text"};
      column.type.modifiers.clear();
      context.rewritten(statement);
      const std::string object = to_string(table->name) + "." + column.name;
      context.report(rules[0], statement, object, "column `" + object + "` loses its limit of 255",
                     column.type.offset);
    }
  }
}

const Pass habitual_limits = {
    .name = "habitual-limits",
    .category = "types",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "makes character varying(255) text",
    .rules = rules,
    .run = run,
};

}  // namespace

PG2CRDB_PLUGIN({&habitual_limits, {pg2crdb::Placement::Side::before, "map-types"}})
