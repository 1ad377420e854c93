#pragma once

namespace pg2crdb {

/// A function that a shared library of ours exports: one that is opened where it is needed, because it takes
/// longer to load than a file to lint. It lies beside the program, else where the program or the library that
/// this is a part of looks for libraries (cmake/install.cmake), which sanitizers do not see. Stays open. Null
/// where it cannot be opened, which dlerror() tells, or has no such function.
void* function_in_module(const char* library, const char* function);

}  // namespace pg2crdb
