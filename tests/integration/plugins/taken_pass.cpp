#include "pass.h"

static const pg2crdb::Pass pass = {.name = "map-types",
                                   .category = "tests",
                                   .fidelity = pg2crdb::Fidelity::exact,
                                   .summary = "has a built-in pass's name",
                                   .rules = test_rules,
                                   .run = do_nothing};

PG2CRDB_PLUGIN({&pass, {}})
