// As if it had been compiled against headers of another version. What it exports otherwise must not be
// touched: a pointer to nothing shows.
#include "pass.h"

extern "C" {
extern __attribute__((visibility("default"))) const pg2crdb::Plugin pg2crdb_plugin;
const pg2crdb::Plugin pg2crdb_plugin = {"9.8.7", "libstdc++ 0123456789abcdef", nullptr};
}
