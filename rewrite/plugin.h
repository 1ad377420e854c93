#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "rewrite/pass.h"

/// Passes in a shared object, loaded with --plugin: docs/plugins.md. A plugin is compiled against these
/// headers and works on our trees in place, so it fits exactly one build of them: what it was built for
/// stands in it and is looked at before any of its code is called.
namespace pg2crdb {

/// What a plugin exports under the name `pg2crdb_plugin`. This struct stays as it is for ever: it is what
/// tells programs and plugins of all versions apart.
struct Plugin {
  const char* version;                          ///< of the headers: "0.1.0"
  const char* abi;                              ///< `plugin_abi` as it was there
  void (*passes)(std::vector<PlacedPass>& to);  ///< appends
};

namespace plugin {

/// Counts changes that sizes do not show: the meaning of a member, the order of an enum.
inline constexpr uint64_t interface_number = 1;

constexpr uint64_t mix(uint64_t hash, uint64_t value) {
  for (int byte = 0; byte < 8; ++byte, value >>= 8U) hash = (hash ^ (value & 0xFFU)) * 0x100000001B3U;
  return hash;
}

constexpr uint64_t mix(uint64_t hash, std::string_view text) {
  for (const char c : text) hash = mix(hash, static_cast<unsigned char>(c));
  return hash;
}

template <class... T>
struct Sizes {
  static constexpr uint64_t add(uint64_t hash) {
    ((hash = mix(mix(hash, sizeof(T)), alignof(T))), ...);
    return hash;
  }
};
template <class... T>
struct Sizes<ast::OneOf<T...>> : Sizes<T...> {};

/// The sizes of all that crosses, and the names of the capabilities, whose order is that of an enum.
constexpr uint64_t layout() {
  uint64_t hash = mix(0xCBF29CE484222325U, interface_number);
  hash = Sizes<std::string, std::function<void()>, std::span<int>, std::vector<int>>::add(hash);
  hash = Sizes<Pass, PassContext, PassOptions, PlacedPass, FindingKind, Diagnostic, Target>::add(hash);
  hash = Sizes<ast::Script, ast::Statement, ast::DataBlock, ast::Catalog, Span>::add(hash);
  hash = Sizes<ast::TypeName, ast::Column, ast::Constraint, ast::IndexElement, ast::Query, ast::Identity,
               ast::SequenceOptions, ast::PartitionBound, ast::FunctionParameter, ast::CallModifiers,
               ast::Window>::add(hash);
  hash = Sizes<ast::StatementNode>::add(hash);
  hash = Sizes<ast::AlterCommand>::add(hash);
  hash = Sizes<ast::Expr::Node>::add(hash);
  hash = Sizes<decltype(ast::FromItem::node)>::add(hash);
#define CAPABILITY(name, since, evidence, sentence) hash = mix(hash, std::string_view(#name));
#include "target/capabilities.def"
#undef CAPABILITY
  return hash;
}

#if defined(_LIBCPP_VERSION)
inline constexpr std::string_view standard_library = "libc++";
#elif defined(_GLIBCXX_DEBUG)
inline constexpr std::string_view standard_library = "libstdc++ with _GLIBCXX_DEBUG";
#elif defined(_GLIBCXX_USE_CXX11_ABI) && !_GLIBCXX_USE_CXX11_ABI
inline constexpr std::string_view standard_library = "libstdc++ of before C++11";
#else
inline constexpr std::string_view standard_library = "libstdc++";
#endif

constexpr auto abi_text() {
  std::array<char, standard_library.size() + 18> text{};
  const auto hash = layout();  // once: compilers count the steps
  size_t end = 0;
  for (const char c : standard_library) text[end++] = c;
  text[end++] = ' ';
  for (unsigned shift = 64; shift > 0; shift -= 4)
    text[end++] = "0123456789abcdef"[hash >> (shift - 4) & 0xFU];
  return text;
}

}  // namespace plugin

/// The standard library and a hash of what crosses: "libstdc++ 1f9d0c55a2b83e40".
inline constexpr auto plugin_abi = plugin::abi_text();

}  // namespace pg2crdb

/// In one source of a plugin, outside of any namespace: its passes, each with its place.
///   PG2CRDB_PLUGIN({&flag_backup_tables, {pg2crdb::Placement::Side::after, "fold-constraints"}})
/// The passes live as long as the plugin: they are objects, or constants, of its own.
#define PG2CRDB_PLUGIN(...)                                                                       \
  extern "C" {                                                                                    \
  extern __attribute__((visibility("default"))) const ::pg2crdb::Plugin pg2crdb_plugin;           \
  const ::pg2crdb::Plugin pg2crdb_plugin = {                                                      \
      PG2CRDB_VERSION, ::pg2crdb::plugin_abi.data(), [](std::vector<::pg2crdb::PlacedPass>& to) { \
        for (::pg2crdb::PlacedPass & placed : std::vector<::pg2crdb::PlacedPass>{__VA_ARGS__})    \
          to.push_back(std::move(placed));                                                        \
      }};                                                                                         \
  }
