// A shared object without PG2CRDB_PLUGIN.
#include "pass.h"

extern "C" __attribute__((visibility("default"))) int pg2crdb_answer() {
  return 42;
}
