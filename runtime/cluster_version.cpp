#include "runtime/cluster_version.h"

#include "runtime/connection_error.h"
#include "support/ascii.h"

namespace pg2crdb {

std::string version_in(std::string_view text) {
  const auto number_ends = [&](size_t at) {
    while (at < text.size() && is_digit(text[at])) ++at;
    return at;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i]) || (i > 0 && text[i - 1] != 'v' && text[i - 1] != ' ')) continue;
    size_t end = number_ends(i);
    if (end == text.size() || text[end] != '.') continue;
    end = number_ends(end + 1);
    if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) end = number_ends(end + 1);
    return std::string(text.substr(i, end - i));
  }
  return {};
}

std::optional<Version> program_version(const Connection& target) {
  return target.is_cockroachdb() ? parse_version(version_in(target.server_version())) : std::nullopt;
}

Result<std::optional<ClusterVersion>> cluster_version(Connection& target) {
  std::optional<ClusterVersion> found;
  const std::optional<Version> runs = program_version(target);
  if (!runs) return found;
  found = ClusterVersion{*runs, *runs};
  const Result<Rows> setting = target.query("SHOW CLUSTER SETTING version");
  if (!setting && is_passing(setting.error())) return setting.error();
  if (!setting || setting->size() != 1) return found;
  if (const std::optional<Version> active = parse_version(version_in(setting->values[0][0])))
    found->active = *active;
  return found;
}

}  // namespace pg2crdb
