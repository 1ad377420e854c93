// A rule file, a line `%%`, a dump: read, run to the fixed point, its own tests too. Without the line the
// dump is one that has a little of everything.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "emit/sql.h"
#include "parser/parser.h"
#include "rewrite/rule_set.h"
#include "rewrite/rule_test.h"
#include "support/byte_source.h"

namespace {

constexpr std::string_view usual_dump =
    "CREATE TABLE s.t (id integer DEFAULT nextval('q'::regclass) NOT NULL, price money, at timestamp, tags "
    "text[],"
    " CONSTRAINT t_pkey PRIMARY KEY (id), CONSTRAINT c CHECK (lower(tags[1]) <> '' AND price > 0));"
    "CREATE INDEX i ON s.t USING gin (tags) WHERE (at > now());"
    "ALTER TABLE ONLY s.t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES s.u (id) DEFERRABLE;"
    "CREATE VIEW v AS SELECT a.id, count(*) FROM s.t a JOIN u ON (a.id = u.id) GROUP BY a.id;"
    "COMMENT ON TABLE s.t IS 'keep for 30 days'; GRANT SELECT, TRUNCATE ON s.t TO x; CREATE RULE r AS ON "
    "INSERT TO t DO NOTHING;";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pg2crdb;
  constexpr size_t longest = 16384;
  if (size > longest) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find("\n%%\n");
  rewrite::ReadRules read = rewrite::read_rule_file("fuzz.rule", std::string(input.substr(0, line)));
  if (const auto* problem = std::get_if<rewrite::RuleProblem>(&read)) {
    static_cast<void>(problem->text());
    return 0;
  }
  std::vector<std::unique_ptr<rewrite::RuleFile>> files;
  files.push_back(std::move(std::get<std::unique_ptr<rewrite::RuleFile>>(read)));
  auto made = rewrite::RuleSet::make(std::move(files));
  if (std::holds_alternative<rewrite::RuleProblem>(made)) return 0;
  const auto& set = *std::get<std::unique_ptr<rewrite::RuleSet>>(made);

  SourceFile file(0, "fuzz.sql");
  Diagnostics diagnostics;
  const auto source = memory_source(line == std::string_view::npos ? usual_dump : input.substr(line + 4));
  Result<ParsedDump> dump = parse_dump(*source, file, diagnostics);
  if (!dump) return 0;
  const Target target;
  const PassOptions options;
  for (const PlacedPass& placed : set.placed()) {
    ast::Catalog catalog(dump->script);
    PassContext context(placed.pass->name, dump->script, catalog, target, options, diagnostics);
    placed.pass->run(context);
  }
  for (const ast::Statement& statement : dump->script.statements) {
    static_cast<void>(to_sql(statement.node, Dialect::cockroachdb));
  }
  static_cast<void>(rewrite::updated_text(*set.files()[0]));
  return 0;
}
