#include "pass.h"

static const pg2crdb::Pass pass = {.name = "unknown-place",
                                   .category = "tests",
                                   .fidelity = pg2crdb::Fidelity::exact,
                                   .summary = "wants to run next to a pass that does not exist",
                                   .rules = test_rules,
                                   .run = do_nothing};

PG2CRDB_PLUGIN({&pass, {pg2crdb::Placement::Side::after, "map-typos"}})
