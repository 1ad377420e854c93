#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pg2crdb {

/// A CockroachDB release, `23.1` ... the newest known; ordered.
struct Version {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Version&) const = default;
};

std::string to_string(Version version);

/// "25.2", "v25.2", "25.2.3"; nothing for what is no version or no release that we know.
std::optional<Version> parse_version(std::string_view text);
/// The releases we know, oldest first.
std::span<const Version> known_versions();
Version newest_version();

/// What a CockroachDB release can do. One row each in `capabilities.def`, with its evidence.
enum class Capability {
#define CAPABILITY(name, since, evidence, sentence) name,
#include "target/capabilities.def"
#undef CAPABILITY
};

struct CapabilityInfo {
  Capability capability;
  std::string_view name;         ///< kebab-case
  std::optional<Version> since;  ///< nothing: in no release
  std::string_view evidence;
  std::string_view sentence;
  std::string_view topic;  ///< the chapter of `capabilities.def`: "Indexes"
};

/// In the order of `capabilities.def`, which is also that of the enumeration.
std::span<const CapabilityInfo> capabilities();
const CapabilityInfo& info(Capability capability);

/// docs/capabilities.md: all rows, one table a topic.
std::string capabilities_markdown();

/// The release that is compiled for.
class Target {
 public:
  explicit Target(Version version = newest_version()) : version_(version) {}
  Version version() const { return version_; }
  bool has(Capability capability) const;

 private:
  Version version_;
};

/// Whether the lower-case word has to be quoted to be a plain name in CockroachDB (its reserved words, and
/// those that PostgreSQL reserves so that output reads well in both).
bool is_reserved_word(std::string_view lower_case_word);

/// Whether CockroachDB takes the name behind COLLATE: a BCP 47 tag with a known language ("en_US",
/// "de-DE-u-co-phonebk"), or "default". It has no "C", no names of the operating system, none in a schema.
bool is_collation(std::string_view name);

}  // namespace pg2crdb
