// The same version, but other sizes or another standard library.
#include "pass.h"

extern "C" {
extern __attribute__((visibility("default"))) const pg2crdb::Plugin pg2crdb_plugin;
const pg2crdb::Plugin pg2crdb_plugin = {PG2CRDB_VERSION, "libstdc++ 0123456789abcdef", nullptr};
}
