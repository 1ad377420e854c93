#include "driver/plugins.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "driver/command_line.h"
#include "driver/config.h"
#include "driver/options.h"
#include "passes/pipeline.h"
#include "rewrite/plugin.h"

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view symbol = "pg2crdb_plugin";

// A plugin and the program have one libpg2crdb.so. The program that holds all of it in itself, to start
// sooner, leaves to the one beside it that is linked to the library.
std::optional<Error> change_program() {
  if (dlopen("libpg2crdb.so", RTLD_LAZY | RTLD_NOLOAD) != nullptr) return {};
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem).parent_path() / "pg2crdb-with-plugins";
  std::vector<std::string> words = command_line();
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(program.c_str(), arguments.data());
  return usage_error(fmt::format("plugins need the program {}, which cannot be called: {}", program.string(),
                                 std::strerror(errno)),
                     "install pg2crdb again");
}

std::string rebuild_advice() {
  return fmt::format("build it again with the headers of pg2crdb {}: docs/plugins.md", PG2CRDB_VERSION);
}

// The loader maps what the headers promise, and a file that was cut off ends the program when it is touched.
std::optional<Error> not_loadable(const std::string& path) {
  std::error_code problem;
  const uintmax_t size = fs::file_size(path, problem);
  std::ifstream file(path, std::ios::binary);
  if (problem || !file) return usage_error(fmt::format("the plugin {} cannot be read", path));
  ElfW(Ehdr) header = {};
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  if (!file || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_DYN) {
    return usage_error(fmt::format("the plugin {} is no shared object", path),
                       "a plugin is a library that was built for pg2crdb: docs/plugins.md");
  }
  if (header.e_shoff > size || size_t{header.e_shnum} * header.e_shentsize > size - header.e_shoff)
    return usage_error(fmt::format("the plugin {} is cut off", path), rebuild_advice());
  return {};
}

Error cannot_load(const std::string& path) {
  const char* reason = dlerror();
  return usage_error(
      fmt::format("the plugin {} cannot be loaded: {}", path, reason ? reason : "no reason is given"),
      rebuild_advice());
}

std::optional<Error> built_for_another(const std::string& path, const Plugin& plugin) {
  if (std::strcmp(plugin.version, PG2CRDB_VERSION) != 0) {
    return usage_error(fmt::format("the plugin {} was built for pg2crdb {}, this is {}", path, plugin.version,
                                   PG2CRDB_VERSION),
                       rebuild_advice());
  }
  if (std::strcmp(plugin.abi, plugin_abi.data()) != 0) {
    return usage_error(
        fmt::format("the plugin {} was built for pg2crdb {}, but with other headers or another "
                    "standard library: its interface is `{}`, ours `{}`",
                    path, plugin.version, plugin.abi, plugin_abi.data()),
        rebuild_advice());
  }
  return {};
}

Result<const Plugin*> load(const std::string& path) {
  if (auto error = not_loadable(path)) return *error;
  // Lazily at first: a plugin of another version may call what is not there, and is to be told its version.
  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return cannot_load(path);
  const auto* plugin = static_cast<const Plugin*>(dlsym(library, symbol.data()));
  if (plugin == nullptr) {
    return usage_error(fmt::format("the plugin {} has no symbol `{}`", path, symbol),
                       "write PG2CRDB_PLUGIN(...) in one of its sources: docs/plugins.md");
  }
  if (auto error = built_for_another(path, *plugin)) return *error;
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) return cannot_load(path);
  return plugin;
}

// All of it is checked against the built-in passes and those already in `placed`.
std::optional<Error> wrong_pass(const std::string& path, const PlacedPass& one,
                                const std::vector<PlacedPass>& placed) {
  if (one.pass == nullptr || one.pass->name.empty() || !one.pass->run)
    return usage_error(fmt::format("the plugin {} has a pass without a name or a function", path));
  const std::string_view name = one.pass->name;
  const bool taken = find_pass(name) != nullptr ||
                     std::any_of(placed.begin(), placed.end(),
                                 [&](const PlacedPass& other) { return other.pass->name == name; });
  if (taken)
    return usage_error(fmt::format("the plugin {} has a pass `{}`, and there is one already", path, name));
  if (find_pass(one.placement.pass) == nullptr) {
    std::vector<std::string> names;
    for (const Pass* pass : all_passes()) names.emplace_back(pass->name);
    const std::string near = nearest(one.placement.pass, names);
    return usage_error(
        fmt::format("the plugin {} places its pass `{}` next to `{}`, which is no pass{}", path, name,
                    one.placement.pass, near.empty() ? "" : fmt::format(": did you mean `{}`?", near)),
        "`pg2crdb passes list` names them");
  }
  std::set<std::string_view> ids;
  for (const FindingKind& rule : one.pass->rules) {
    if (find_any_rule(rule.id, placed) || !ids.insert(rule.id).second) {
      return usage_error(
          fmt::format("the plugin {} has a rule `{}`, and there is one already", path, rule.id));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<PlacedPass>> load_plugins(const std::vector<std::string>& paths) {
  std::vector<PlacedPass> placed;
  std::set<fs::path> loaded;
  for (const std::string& path : paths) {
    std::error_code problem;
    const fs::path real = fs::canonical(path, problem);
    if (problem) return usage_error(fmt::format("the plugin {} cannot be read: {}", path, problem.message()));
    if (auto error = change_program()) return *error;
    if (!loaded.insert(real).second) continue;
    const auto plugin = load(real.string());
    if (!plugin) return plugin.error();
    std::vector<PlacedPass> its;
    (*plugin)->passes(its);
    for (PlacedPass& one : its) {
      if (auto error = wrong_pass(path, one, placed)) return *error;
      placed.push_back(std::move(one));
    }
  }
  return placed;
}

}  // namespace pg2crdb
