#pragma once
#include <deque>
#include <utility>

namespace pg2crdb {

/// Keeps a value until the program ends, whose memory goes back in one piece: to free the trees of a large
/// script one by one takes as long as to parse it.
template <class Value>
Value& kept_until_exit(Value value) {
  static auto& all = *new std::deque<Value>;
  return all.emplace_back(std::move(value));
}

}  // namespace pg2crdb
