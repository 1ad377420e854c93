#pragma once
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pg2crdb {

/// A CockroachDB release, `23.1` ... the newest known, or a patch of it; ordered.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;  ///< 0 where none was named: what every patch has
  auto operator<=>(const Version&) const = default;

  Version release() const { return {major, minor}; }
  constexpr Version at(int its_patch) const { return {major, minor, its_patch}; }
};

/// "25.2", "25.2.9".
std::string to_string(Version version);

/// "25.2", "v25.2", "25.2.9"; nothing for what is no version or no release that we know.
std::optional<Version> parse_version(std::string_view text);

/// A row of `releases.def`, which says what each field is.
struct Release {
  enum class Kind { regular, innovation };
  Version version;
  Kind kind = Kind::regular;
  std::string_view available;
  std::string_view maintenance_ends;
  std::string_view assistance_ends;
  int newest_patch = -1;

  bool is_provisional() const { return newest_patch < 0; }
};
/// Oldest first.
std::span<const Release> known_releases();
/// Their versions, as "23.1, 23.2".
std::string known_versions_text();
/// What is compiled for where nobody says: the newest regular release that is generally available.
Version default_version();

/// Since when something holds: from a release on, and from patches of older ones.
struct Since {
  static constexpr size_t most_patches = 6;

  Version release;
  std::array<Version, most_patches> patches = {};

  constexpr Since(Version its_release) : release(its_release) {}
  template <class... Patches>
  constexpr Since(Version its_release, Patches... its_patches)
      : release(its_release), patches{its_patches...} {}

  bool holds(Version version) const;
};
/// "25.3", "25.4; 24.3.25, 25.2.11".
std::string to_string(const Since& since);

/// What a CockroachDB release can do. One row each in `capabilities.def`, with its evidence.
enum class Capability {
#define CAPABILITY(name, since, evidence, sentence) name,
#include "target/capabilities.def"
#undef CAPABILITY
};

struct CapabilityInfo {
  Capability capability;
  std::string_view name;       ///< kebab-case
  std::optional<Since> since;  ///< nothing: in no release
  std::string_view evidence;
  std::string_view sentence;
  std::string_view topic;  ///< the chapter of `capabilities.def`: "Indexes"
};

/// In the order of `capabilities.def`, which is also that of the enumeration.
std::span<const CapabilityInfo> capabilities();
const CapabilityInfo& info(Capability capability);

/// docs/capabilities.md: all rows, one table a topic.
std::string capabilities_markdown();

/// What a cluster can do of what it was asked.
using Answers = std::map<Capability, bool>;

/// The release that is compiled for. What a cluster of it answered counts, whatever the table says.
class Target {
 public:
  explicit Target(Version version = default_version(), Answers answers = {})
      : version_(version), answers_(std::move(answers)) {}
  Version version() const { return version_; }
  bool has(Capability capability) const;

 private:
  Version version_;
  Answers answers_;
};

/// Whether the lower-case word has to be quoted to be a plain name in CockroachDB (its reserved words, and
/// those that PostgreSQL reserves so that output reads well in both).
bool is_reserved_word(std::string_view lower_case_word);

/// Whether CockroachDB takes the name behind COLLATE: a BCP 47 tag with a known language ("en_US",
/// "de-DE-u-co-phonebk"), or "default". It has no "C", no names of the operating system, none in a schema.
bool is_collation(std::string_view name);

}  // namespace pg2crdb
