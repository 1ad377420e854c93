// A script is a history: what stands at its end is what counts, and a name means what it meant where it was
// written. The work is bind's; this makes it the first pass.
#include "bind/history.h"

namespace pg2crdb {
namespace {

void run(PassContext& context) {
  bind::read_return_rules(context);
  if (context.options.in_order) {
    bind::bind_names(context);
  } else {
    bind::resolve_history(context);
  }
}

}  // namespace

extern const Pass resolve_history;
const Pass resolve_history = {
    .name = "resolve-history",
    .category = "names",
    .fidelity = Fidelity::exact,
    .summary = "binds every name to its object, and leaves what stands at the end of the script",
    .rules = bind::rules,
    .run = run,
};

}  // namespace pg2crdb
