// What the build made of the rule files of the built-in passes, against their texts.
#include "passes/rule_tables.h"

#include <catch2/catch_test_macros.hpp>

#include "rewrite/rule_set.h"
#include "rewrite/rule_table.h"

namespace pg2crdb {

#define PASS(name) extern const Pass name;
#include "passes/pipeline.def"
#undef PASS

TEST_CASE("the table of a rule pass holds all that its text says") {
  const Pass* const passes[] = {
#define PASS(name) &name,
#include "passes/pipeline.def"
#undef PASS
  };
  size_t tables = 0;
  for (const Pass* pass : passes) {
    if (pass->rule_text.empty()) continue;
    INFO(pass->name);
    const std::string path(pass->rule_path), text(pass->rule_text);
    const std::string table = rewrite::to_table(*rewrite::checked_rule_file(path, text));
    CHECK(table == rule_table(pass->name));
    CHECK(rewrite::to_table(*rewrite::from_table(path, table)) == table);
    ++tables;
  }
  CHECK(tables > 50);
}

TEST_CASE("a pass that is not written in the rule language has no table") {
  CHECK(rule_table("fold-constraints").empty());
  CHECK(rule_table("no-such-pass").empty());
}

}  // namespace pg2crdb
