#pragma once
#include <cstddef>
#include <utility>

/// The fields of a plain struct, in order, without their names. C++20 says that by nothing but structured
/// bindings, one for each number of fields.
namespace pg2crdb::transform {

struct AnyField {
  template <class T>
  operator T() const;
};

template <class T, size_t... i>
consteval bool takes(std::index_sequence<i...>) {
  return requires {
    T{(static_cast<void>(i), AnyField{})...};
  };
}

/// Of an aggregate that has neither a base nor arrays.
template <class T, size_t n = 1>
consteval size_t count_fields() {
  if constexpr (takes<T>(std::make_index_sequence<n + 1>())) {
    return count_fields<T, n + 1>();
  } else {
    return n;
  }
}

#define PG2CRDB_F1 f1
#define PG2CRDB_F2 PG2CRDB_F1, f2
#define PG2CRDB_F3 PG2CRDB_F2, f3
#define PG2CRDB_F4 PG2CRDB_F3, f4
#define PG2CRDB_F5 PG2CRDB_F4, f5
#define PG2CRDB_F6 PG2CRDB_F5, f6
#define PG2CRDB_F7 PG2CRDB_F6, f7
#define PG2CRDB_F8 PG2CRDB_F7, f8
#define PG2CRDB_F9 PG2CRDB_F8, f9
#define PG2CRDB_F10 PG2CRDB_F9, f10
#define PG2CRDB_F11 PG2CRDB_F10, f11
#define PG2CRDB_F12 PG2CRDB_F11, f12
#define PG2CRDB_F13 PG2CRDB_F12, f13
#define PG2CRDB_F14 PG2CRDB_F13, f14
#define PG2CRDB_F15 PG2CRDB_F14, f15
#define PG2CRDB_F16 PG2CRDB_F15, f16
#define PG2CRDB_F17 PG2CRDB_F16, f17
#define PG2CRDB_F18 PG2CRDB_F17, f18
#define PG2CRDB_F19 PG2CRDB_F18, f19
#define PG2CRDB_F20 PG2CRDB_F19, f20
#define PG2CRDB_F21 PG2CRDB_F20, f21
#define PG2CRDB_F22 PG2CRDB_F21, f22
#define PG2CRDB_F23 PG2CRDB_F22, f23
#define PG2CRDB_F24 PG2CRDB_F23, f24
#define PG2CRDB_F25 PG2CRDB_F24, f25
#define PG2CRDB_F26 PG2CRDB_F25, f26
#define PG2CRDB_F27 PG2CRDB_F26, f27
#define PG2CRDB_F28 PG2CRDB_F27, f28
#define PG2CRDB_F29 PG2CRDB_F28, f29
#define PG2CRDB_F30 PG2CRDB_F29, f30
#define PG2CRDB_F31 PG2CRDB_F30, f31
#define PG2CRDB_F32 PG2CRDB_F31, f32
#define PG2CRDB_F33 PG2CRDB_F32, f33
#define PG2CRDB_F34 PG2CRDB_F33, f34
#define PG2CRDB_F35 PG2CRDB_F34, f35
#define PG2CRDB_F36 PG2CRDB_F35, f36
#define PG2CRDB_F37 PG2CRDB_F36, f37
#define PG2CRDB_F38 PG2CRDB_F37, f38
#define PG2CRDB_F39 PG2CRDB_F38, f39
#define PG2CRDB_F40 PG2CRDB_F39, f40

/// Calls `visit` with each field of `node`.
template <class T, class Visit>
[[gnu::always_inline]] inline void each_field(T& node, Visit&& visit) {
  constexpr size_t count = count_fields<T>();
  static_assert(count <= 40, "longer structs want more lines here");
#define PG2CRDB_CASE(number)                                         \
  if constexpr (count == number) {                                   \
    auto& [PG2CRDB_F##number] = node;                                \
    [&](auto&... field) { (visit(field), ...); }(PG2CRDB_F##number); \
  }
  // clang-format off
  PG2CRDB_CASE(1) PG2CRDB_CASE(2) PG2CRDB_CASE(3) PG2CRDB_CASE(4) PG2CRDB_CASE(5) PG2CRDB_CASE(6) PG2CRDB_CASE(7) PG2CRDB_CASE(8)
  PG2CRDB_CASE(9) PG2CRDB_CASE(10) PG2CRDB_CASE(11) PG2CRDB_CASE(12) PG2CRDB_CASE(13) PG2CRDB_CASE(14) PG2CRDB_CASE(15) PG2CRDB_CASE(16)
  PG2CRDB_CASE(17) PG2CRDB_CASE(18) PG2CRDB_CASE(19) PG2CRDB_CASE(20) PG2CRDB_CASE(21) PG2CRDB_CASE(22) PG2CRDB_CASE(23) PG2CRDB_CASE(24)
  PG2CRDB_CASE(25) PG2CRDB_CASE(26) PG2CRDB_CASE(27) PG2CRDB_CASE(28) PG2CRDB_CASE(29) PG2CRDB_CASE(30) PG2CRDB_CASE(31) PG2CRDB_CASE(32)
  PG2CRDB_CASE(33) PG2CRDB_CASE(34) PG2CRDB_CASE(35) PG2CRDB_CASE(36) PG2CRDB_CASE(37) PG2CRDB_CASE(38) PG2CRDB_CASE(39) PG2CRDB_CASE(40)
  // clang-format on
#undef PG2CRDB_CASE
}

}  // namespace pg2crdb::transform
