// Says for every statement in which phase it runs, and where in it: roles; pre-data (what rows need);
// post-data (what may wait for the rows); revalidate (VALIDATE CONSTRAINT, sequence values). The work is
// order's.
#include "order/schedule.h"

namespace pg2crdb {
namespace {

void run(PassContext& context) {
  if (!context.options.in_order) order::schedule(context);
}

}  // namespace

extern const Pass order_phases;
const Pass order_phases = {
    .name = "order-phases",
    .category = "order",
    .fidelity = Fidelity::exact,
    .summary =
        "orders statements by what they read and write, before the rows, after them, or at the very end",
    .rules = order::rules,
    .run = run,
};

}  // namespace pg2crdb
