#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "driver/command.h"
#include "driver/command_line.h"
#include "runtime/runtime.h"
#include "runtime/secrets.h"
#include "support/printable.h"

namespace pg2crdb {

int fail(const Error& error) {
  std::fflush(stdout);
  // Lines of an excerpt stand farther right than ours, wherever their line ends come from.
  std::string message;
  for (const char c : without_secrets(error.message))
    message += c == '\n' ? "\n    " : c == '\t' ? "\t" : printable({&c, 1});
  fmt::print(stderr, "pg2crdb: error: {}\n", message);
  if (!error.advice.empty()) fmt::print(stderr, "  help: {}\n", without_secrets(error.advice));
  switch (error.kind) {
    case Error::Kind::usage:
      return exit_usage;
    case Error::Kind::rejected:
      return exit_rejected;
    case Error::Kind::differs:
      return exit_differs;
    case Error::Kind::interrupted:
      break;
  }
  return exit_interrupted;
}

std::span<const Command* const> all_commands() {
  static const Command* const commands[] = {
      &compile_command, &lint_command,    &migrate_command,    &apply_command,  &load_command,
      &worker_command,  &status_command,  &revalidate_command, &verify_command, &rules_command,
      &passes_command,  &ast_command,     &version_command,    &whatif_command, &probe_command,
      &decide_command,  &console_command, &generate_command,   &lsp_command,    &config_command,
  };
  return commands;
}

namespace {

constexpr int exit_closed_pipe = 128 + SIGPIPE;  ///< what a shell says of a program that the signal ended

std::string general_help() {
  std::string out =
      "pg2crdb - compiles a pg_dump schema for CockroachDB, and moves and verifies the rows\n\n"
      "usage: pg2crdb COMMAND [argument...] [option...]\n\nCommands:\n";
  for (const Command* command : all_commands()) {
    out += fmt::format("  {:<12}{}\n", command->syntax.name, command->syntax.summary);
  }
  out +=
      fmt::format("  {:<12}{}\n", "help", "what a command does and all of its options: pg2crdb help compile");
  out +=
      "\nExamples:\n"
      "  pg_dump --schema-only mydb | pg2crdb compile - > schema.sql\n"
      "  pg2crdb compile dump.sql --out-dir compiled\n"
      "  pg2crdb lint db/structure.sql --format github --fail-on warning\n"
      "  pg2crdb migrate dump.sql --target postgresql://root@localhost:26257/mydb\n"
      "\nExit status:";
  constexpr size_t in_a_line = 5;
  for (size_t status = 0; status < std::size(exit_status_words); ++status) {
    const bool is_last = status + 1 == std::size(exit_status_words);
    out += fmt::format("{}{} {}{}", status == in_a_line ? '\n' : ' ', status, exit_status_words[status],
                       is_last ? ".\n" : ",");
  }
  return out;
}

const Command* find_command(std::string_view name) {
  for (const Command* command : all_commands()) {
    if (command->syntax.name == name) return command;
  }
  return nullptr;
}

int unknown_command(const std::string& name) {
  std::vector<std::string> names = {"help"};
  for (const Command* command : all_commands()) names.emplace_back(command->syntax.name);
  const std::string near = nearest(name, names);
  return fail(usage_error(fmt::format("there is no command `{}`{}", redacted_argument(name),
                                      near.empty() ? "" : fmt::format(": did you mean `{}`?", near)),
                          "pg2crdb help"));
}

extern "C" void request_stop(int) {
  stop_requested = true;
}

void handle_signals(const Command& command) {
  std::signal(SIGPIPE, SIG_IGN);
  if (!command.syntax.connects) return;
  struct sigaction action = {};
  action.sa_handler = request_stop;
  // A second Ctrl-C ends the program at once.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A terminal that goes away; nohup ignores it.
  struct sigaction before = {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
}

int run_command(const Command& command, std::span<const std::string> words) {
  const Result<Options> options = parse_options(command.syntax, words);
  if (!options) return fail(options.error());
  if (options->help) {
    fmt::print("{}", help_text(command.syntax));
    return exit_clean;
  }
  handle_signals(command);
  return command.run(*options);
}

int run_help(std::span<const std::string> words) {
  if (words.empty()) {
    fmt::print("{}", general_help());
    return exit_clean;
  }
  const Command* command = find_command(words[0]);
  if (!command) return unknown_command(words[0]);
  fmt::print("{}", help_text(command->syntax));
  return exit_clean;
}

int dispatch(std::span<const std::string> words) {
  if (words.empty()) {
    fmt::print(stderr, "{}", general_help());
    return exit_usage;
  }
  const std::string& name = words[0];
  if (name == "--help" || name == "-h" || name == "help") return run_help(words.subspan(1));
  if (name == "--version") return run_command(version_command, words.subspan(1));
  const Command* command = find_command(name);
  if (!command) return unknown_command(name);
  return run_command(*command, words.subspan(1));
}

int internal_error(std::string_view what) {
  const std::string text = fmt::format(
      "pg2crdb: internal error: {}\n"
      "  help: this is a bug in pg2crdb {}, not in your input; please report it with this line, the command, "
      "and\n"
      "        the statement of the dump that is concerned (`pg2crdb version` tells the versions)\n",
      what, PG2CRDB_VERSION);
  std::fputs(text.c_str(), stderr);
  return exit_usage;
}

/// Whether the reader of this pipe has gone, as `head` does when it has seen enough.
bool reader_is_gone(int descriptor) {
  struct pollfd end = {descriptor, POLLOUT, 0};
  return poll(&end, 1, 0) == 1 && (end.revents & (POLLERR | POLLHUP)) != 0;
}

/// A command on servers is stopped by it in the middle of its work, which a person has to know.
bool ends_silently(std::span<const std::string> words) {
  const Command* command = words.empty() ? nullptr : find_command(words[0]);
  return command == nullptr || !command->syntax.connects;
}

int guarded(std::span<const std::string> words) {
  try {
    return dispatch(words);
  } catch (const std::system_error& problem) {
    // fmt throws one when a stream cannot be written.
    if (!std::ferror(stdout) && !std::ferror(stderr)) return internal_error(problem.what());
    return std::ferror(stderr) && reader_is_gone(STDERR_FILENO) ? exit_closed_pipe : exit_usage;
  } catch (const std::bad_alloc&) {
    std::fputs("pg2crdb: error: out of memory\n", stderr);
    return exit_usage;
  } catch (const std::exception& problem) {
    return internal_error(problem.what());
  }
}

}  // namespace
}  // namespace pg2crdb

int main(int count, char** arguments) {
  pg2crdb::take_command_line(count, arguments);
  const std::span<const std::string> words(pg2crdb::command_line());
  std::signal(SIGPIPE, SIG_IGN);
  const std::span<const std::string> given = words.subspan(std::min<size_t>(words.size(), 1));
  const int status = pg2crdb::guarded(given);
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return status;
  if (pg2crdb::ends_silently(given) && pg2crdb::reader_is_gone(STDOUT_FILENO))
    return pg2crdb::exit_closed_pipe;
  std::fputs("pg2crdb: error: standard output cannot be written: the disk is full, or nobody reads it\n",
             stderr);
  return pg2crdb::exit_usage;
}
