#pragma once
#include <deque>
#include <span>
#include <string_view>
#include <utility>

#include "driver/options.h"

namespace pg2crdb {

/// Exit statuses: what scripts and CI systems lean on.
enum ExitStatus {
  exit_clean = 0,
  exit_findings = 1,
  exit_usage = 2,  ///< usage, configuration, unreadable input, internal error
  exit_rejected = 3,
  exit_differs = 4,
  exit_interrupted = 5,
  exit_sampled = 6,  ///< what was compared is equal, and was a sample
};
/// What help says of each, by its number.
constexpr std::string_view exit_status_words[] = {"clean",
                                                  "findings",
                                                  "usage or unreadable input",
                                                  "rejected rows",
                                                  "rows differ",
                                                  "stopped and resumable",
                                                  "a sample is equal"};

/// A word behind `pg2crdb`. `run` returns the exit status; stdout carries the product, stderr everything
/// else.
struct Command {
  Syntax syntax;
  int (*run)(const Options&);
};

extern const Command compile_command;
extern const Command lint_command;
extern const Command apply_command;
extern const Command load_command;
extern const Command worker_command;
extern const Command status_command;
extern const Command revalidate_command;
extern const Command verify_command;
extern const Command migrate_command;
extern const Command rules_command;
extern const Command passes_command;
extern const Command ast_command;
extern const Command version_command;
extern const Command whatif_command;
extern const Command probe_command;
extern const Command generate_command;
extern const Command decide_command;
extern const Command console_command;
extern const Command lsp_command;
extern const Command config_command;

/// All of them, in the order of the help.
std::span<const Command* const> all_commands();

/// Keeps a value until the process ends, which takes back its memory at once: to take the trees of a large
/// script apart first costs as much as parsing it does.
template <class T>
T& until_exit(T value) {
  static auto* const kept = new std::deque<T>;
  return kept->emplace_back(std::move(value));
}

/// Prints an error and its advice on stderr; the exit status that belongs to it.
int fail(const Error& error);

}  // namespace pg2crdb
