#include "pass.h"

static const pg2crdb::Pass pass = {.name = "no-function",
                                   .category = "tests",
                                   .fidelity = pg2crdb::Fidelity::exact,
                                   .summary = "has nothing to run",
                                   .rules = test_rules,
                                   .run = {}};

PG2CRDB_PLUGIN({&pass, {}})
