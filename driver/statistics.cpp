#include "driver/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace pg2crdb {
namespace {

struct Count {
  std::string_view rule;
  Severity severity = Severity::info;
  size_t findings = 0;
  std::set<std::string_view> objects;
};

std::vector<Count> counted(const JudgedFindings& findings) {
  std::map<std::string_view, Count> by_rule;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    if (findings.acknowledged[i]) continue;
    const Diagnostic& finding = findings.diagnostics[i];
    Count& count = by_rule[finding.rule->id];
    const bool is_worse = count.findings == 0 || finding.severity > count.severity;
    count.rule = finding.rule->id;
    if (is_worse) count.severity = finding.severity;
    ++count.findings;
    if (!finding.object.empty()) count.objects.insert(finding.object);
  }
  std::vector<Count> all;
  for (auto& [rule, count] : by_rule) all.push_back(std::move(count));
  std::ranges::stable_sort(all, [](const Count& a, const Count& b) { return a.findings > b.findings; });
  return all;
}

}  // namespace

std::string statistics_text(const JudgedFindings& findings) {
  std::string out;
  for (const Count& count : counted(findings))
    out +=
        fmt::format("{:>9}  {:<8} {}\n", with_commas(count.findings), to_string(count.severity), count.rule);
  return out;
}

std::string statistics_json(const JudgedFindings& findings) {
  std::string out = "[";
  for (const Count& count : counted(findings))
    out += fmt::format("{}\n  {{\"rule\": \"{}\", \"severity\": \"{}\", \"count\": {}, \"objects\": {}}}",
                       out.size() > 1 ? "," : "", count.rule, to_string(count.severity), count.findings,
                       count.objects.size());
  return out + (out.size() > 1 ? "\n]\n" : "]\n");
}

}  // namespace pg2crdb
