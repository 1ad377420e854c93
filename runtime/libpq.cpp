#include "runtime/libpq.h"

#include <dlfcn.h>

#include <string>
#include <type_traits>

namespace pg2crdb {
namespace {

struct Loaded {
  Libpq functions = {};
  std::optional<Error> problem = {};
};

/// Stays loaded until the program ends.
const Loaded& loaded() {
  static const Loaded once = [] {
    Loaded result;
    void* library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    bool complete = library != nullptr;
    auto find = [&](auto& function, const char* name) {
      if (complete)
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
      complete = complete && function != nullptr;
    };
#define PG2CRDB_FUNCTION(name) find(result.functions.name, #name);
    PG2CRDB_LIBPQ(PG2CRDB_FUNCTION)
#undef PG2CRDB_FUNCTION
    if (!complete) {
      const char* why = dlerror();
      result.problem = Error{Error::Kind::usage,
                             std::string("libpq, PostgreSQL's client library, cannot be loaded: ") +
                                 (why == nullptr ? "a function is missing" : why),
                             {},
                             "install it: on Debian the package libpq5"};
    }
    return result;
  }();
  return once;
}

}  // namespace

std::optional<Error> load_libpq() {
  return loaded().problem;
}

const Libpq& libpq() {
  return loaded().functions;
}

}  // namespace pg2crdb
