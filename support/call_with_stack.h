#pragma once
#include <cstddef>
#include <functional>

namespace pg2crdb {

/// Calls `work` on a stack of `bytes`, in a thread of its own, and waits for it. False, and no call, where
/// the system gives no such stack. What `work` throws ends the process.
bool call_with_stack(size_t bytes, const std::function<void()>& work);

}  // namespace pg2crdb
