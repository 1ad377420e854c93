#pragma once
#include "target/target.h"

/// The words that stand in the `since` columns of the tables; for the sources that include those.
namespace pg2crdb {

inline constexpr std::optional<Since> never;
inline constexpr Version v23_1{23, 1};
inline constexpr Version v23_2{23, 2};
inline constexpr Version v24_1{24, 1};
inline constexpr Version v24_2{24, 2};
inline constexpr Version v24_3{24, 3};
inline constexpr Version v25_1{25, 1};
inline constexpr Version v25_2{25, 2};
inline constexpr Version v25_3{25, 3};
inline constexpr Version v25_4{25, 4};
inline constexpr Version v26_1{26, 1};
inline constexpr Version v26_2{26, 2};
inline constexpr Version v26_3{26, 3};
/// A release, and patches of older ones: `patched(v25_4, v24_3.at(25), v25_2.at(11))`.
template <class... Patches>
constexpr Since patched(Version release, Patches... patches) {
  return {release, patches...};
}

}  // namespace pg2crdb
