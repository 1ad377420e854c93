#include "support/module.h"

#include <dlfcn.h>

#include <filesystem>
#include <system_error>

namespace pg2crdb {

void* function_in_module(const char* library, const char* function) {
  std::error_code problem;
  const std::filesystem::path beside =
      std::filesystem::read_symlink("/proc/self/exe", problem).parent_path() / library;
  void* opened = dlopen(beside.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened == nullptr) opened = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  return opened == nullptr ? nullptr : dlsym(opened, function);
}

}  // namespace pg2crdb
