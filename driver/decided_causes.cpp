#include "driver/decided_causes.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace pg2crdb {
namespace {

/// The object that a finding of what is missing is about, or waits for; empty where it is none.
std::string missing_object(const Diagnostic& finding) {
  // Of the pass consequences; the last one of what is deleted, too.
  const std::string_view rule = finding.rule->id;
  if (rule == "missing-object" || rule == "object-elsewhere") return finding.object;
  if (rule != "object-not-translated") return {};
  const std::string_view message = finding.message;
  const size_t end = message.find("`, which is not in the ");
  if (end == std::string_view::npos) return {};
  const size_t begin = message.rfind('`', end - 1) + 1;
  return std::string(message.substr(begin, end - begin));
}

/// That of the object, or of what it is a part of.
const std::string* cause_of(const DecidedCauses& causes, std::string name) {
  for (;;) {
    const auto found = causes.find(name);
    if (found != causes.end()) return &found->second;
    const size_t dot = name.rfind('.');
    if (dot == std::string::npos) return nullptr;
    name.erase(dot);
  }
}

}  // namespace

std::string name_in_messages(std::string object) {
  object.erase(std::min(object.find('('), object.size()));
  return object;
}

void note_decided_causes(const ast::Script& script, DecidedCauses causes, Diagnostics& diagnostics) {
  if (causes.empty()) return;
  std::set<std::pair<uint32_t, uint64_t>> held_back;
  for (const ast::Statement& statement : script.statements) {
    if (statement.fate == ast::Fate::needs_person)
      held_back.emplace(statement.span.file, statement.span.begin);
  }
  std::set<const Diagnostic*> noted;
  for (bool more = true; std::exchange(more, false);) {
    for (Diagnostic& finding : diagnostics.all()) {
      if (noted.contains(&finding)) continue;
      const std::string* cause = cause_of(causes, missing_object(finding));
      if (cause == nullptr) continue;
      finding.notes.push_back(*cause);
      more = noted.insert(&finding).second;
      if (!finding.object.empty() && held_back.contains({finding.span.file, finding.span.begin}))
        causes.emplace(name_in_messages(finding.object), *cause);
    }
  }
}

}  // namespace pg2crdb
