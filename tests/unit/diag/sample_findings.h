#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "diag/render.h"

namespace pg2crdb {

inline constexpr FindingKind sequence_cycle{"sequence-cycle", Severity::warning, "sequences",
                                            "A sequence that starts again at its end would stop there.",
                                            "Drop CYCLE."};
inline constexpr FindingKind money_type{"money-type", Severity::error, "types",
                                        "The type money does not exist.", "Use DECIMAL(19,2)."};
inline constexpr FindingKind large_table{"large-table", Severity::info, "speed", "A table has many rows.",
                                         ""};

/// One input, its kept texts, and what was found in them.
struct Sample {
  explicit Sample(std::string name = "dump.sql") : file(0, std::move(name)) {}

  /// Keeps `text` and adds a finding on the first occurrence of `marked` in it.
  Diagnostic& find(uint64_t begin, uint64_t line, std::string_view text, std::string_view marked,
                   const FindingKind& rule = money_type) {
    file.keep(begin, line, 1, text);
    const uint64_t at = begin + text.find(marked);
    diagnostics.push_back({&rule, rule.severity, "public.t", {0, at, at + marked.size()}, "message", "", {}});
    return diagnostics.back();
  }

  std::string render(FindingsFormat format, const TextStyle& style = {}) const {
    const SourceFile* files[] = {&file};
    return pg2crdb::render(format, {diagnostics, files}, {.tool_version = "0.1.0", .text = style});
  }

  SourceFile file;
  std::vector<Diagnostic> diagnostics;
};

/// What a run finds in a small dump: an error inside a table, a warning over several lines, a remark on rows
/// that were not kept.
inline Sample small_dump() {
  Sample sample;
  Diagnostic& error =
      sample.find(500, 21, "CREATE TABLE public.t (\n    id integer NOT NULL,\n    price money\n);", "money");
  error.message = "column `price` of table `public.t` has type `money`";
  error.notes = {"6 rows hold currency signs"};
  Diagnostic& warning = sample.find(800, 40, "CREATE SEQUENCE public.s\n    START WITH 1\n    CYCLE;",
                                    "CREATE SEQUENCE public.s\n    START WITH 1\n    CYCLE", sequence_cycle);
  warning.object = "public.s";
  warning.message = "sequence `public.s` starts again at its end";
  warning.advice = "Drop CYCLE, and watch for the end";
  sample.diagnostics.push_back({&large_table, Severity::info, "", {0, 9000, 9010}, "a remark", "", {}});
  return sample;
}

}  // namespace pg2crdb
