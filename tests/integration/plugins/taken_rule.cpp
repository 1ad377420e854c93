#include "pass.h"

static constexpr pg2crdb::FindingKind rules[] = {
    {"unparsed-statement", pg2crdb::Severity::info, "tests", "has a built-in rule's id", "Nothing."}};

static const pg2crdb::Pass pass = {.name = "taken-rule",
                                   .category = "tests",
                                   .fidelity = pg2crdb::Fidelity::exact,
                                   .summary = "reports under another's id",
                                   .rules = rules,
                                   .run = do_nothing};

PG2CRDB_PLUGIN({&pass, {}})
