#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/span.h"

namespace pg2crdb {

/// error: a required fix, the target would refuse it or data would be lost. warning: behaviour or speed
/// changes, somebody has to acknowledge it. info: worth knowing.
enum class Severity { info, warning, error };

std::string_view to_string(Severity severity);

/// What a finding is about, declared once beside the pass that reports it. Ids are kebab-case words, never
/// reused.
struct FindingKind {
  std::string_view id;
  Severity severity;
  std::string_view
      category;  ///< "syntax", "types", "constraints", "keys", "privileges", "settings", "functions", ...
  std::string_view summary;  ///< one sentence: what is found and why it matters
  std::string_view advice;   ///< one sentence in the imperative: what to do
};

/// One thing found. Data only: renderers turn it into text, JSON, SARIF, annotations.
struct Diagnostic {
  const FindingKind* rule = nullptr;
  Severity severity = Severity::error;
  std::string object;  ///< the object's qualified name, empty where there is none
  Span span;
  std::string message;  ///< lower case, no full stop, identifiers in backticks; names the object
  std::string advice;   ///< what to do in this very case; the rule's advice where empty
  std::vector<std::string> notes;
};

/// What one run found, in the order of discovery; `sort()` puts it into the order of the inputs.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic) { all_.push_back(std::move(diagnostic)); }
  const std::vector<Diagnostic>& all() const { return all_; }
  std::vector<Diagnostic>& all() { return all_; }
  size_t count(Severity severity) const;
  void sort();

 private:
  std::vector<Diagnostic> all_;
};

}  // namespace pg2crdb
