#include "support/thread.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

namespace pg2crdb {

Thread::Thread(std::function<void()> work) : work_(std::move(work)) {
  constexpr size_t stack_size = size_t{8} << 20;
  pthread_attr_t attributes = {};
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_size);
  const auto run = [](void* of_thread) -> void* {
    (*static_cast<std::function<void()>*>(of_thread))();
    return nullptr;
  };
  const int problem = pthread_create(&thread_, &attributes, run, &work_);
  pthread_attr_destroy(&attributes);
  if (problem != 0) throw std::system_error(problem, std::generic_category(), "a thread cannot be started");
}

Thread::~Thread() {
  pthread_join(thread_, nullptr);
}

size_t worthwhile_threads(size_t items, size_t worth) {
  const size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp(items / worth, size_t{1}, cores);
}

}  // namespace pg2crdb
