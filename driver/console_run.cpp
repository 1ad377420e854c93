#include "driver/console_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "driver/console_json.h"
#include "driver/execution.h"
#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

constexpr size_t most_lines = 20'000;
constexpr size_t most_printed = size_t{32} << 20;

void add(std::vector<std::string>& words, std::string_view option, const std::string& value) {
  if (value.empty()) return;
  words.push_back(fmt::format("--{}", option));
  words.push_back(value);
}

void add(std::vector<std::string>& words, std::string_view option, const std::vector<std::string>& values) {
  for (const std::string& value : values) add(words, option, value);
}

void add_compiling(std::vector<std::string>& words, const Options& options) {
  add(words, "migrations", options.migrations);
  add(words, "database", options.database);
  add(words, "crdb", options.crdb);
  add(words, "capabilities", options.capabilities);
  add(words, "sequences", options.sequences);
  add(words, "hstore", options.hstore);
  add(words, "integers", options.integers);
  add(words, "passes", options.passes);
  add(words, "rules", options.rules);
  add(words, "plugin", options.plugins);
  add(words, "select", options.select);
  add(words, "ignore", options.ignore);
  add(words, "severity", options.severity);
  add(words, "fail-on", options.fail_on);
  add(words, "config", options.config);
  if (options.no_config) words.emplace_back("--no-config");
}

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) == 0) {
      read = ends[0];
      write = ends[1];
    }
  }
};

}  // namespace

const std::vector<ConsoleStep>& console_steps() {
  static const std::vector<ConsoleStep> steps = {
      {.id = "rehearse",
       .command = "apply",
       .words = {"--rehearse", "--format", "json"},
       .makes_database = true},
      {.id = "schema", .command = "apply", .words = {"--yes"}, .makes_database = true},
      {.id = "tables",
       .command = "apply",
       .words = {"--phase", "roles", "--phase", "pre-data", "--yes"},
       .makes_database = true},
      {.id = "load", .command = "load", .words = {"--yes"}, .reads_rows = true},
      {.id = "post-data", .command = "apply", .words = {"--phase", "post-data", "--yes"}},
      {.id = "revalidate", .command = "revalidate", .words = {}, .compiles = false},
      {.id = "verify", .command = "verify", .words = {}, .reads_rows = true},
  };
  return steps;
}

std::vector<std::string> words_of(const ConsoleStep& step, const Options& options, bool resume) {
  std::vector<std::string> words = {std::string(step.command)};
  if (step.compiles) words.push_back(options.arguments[0]);
  add(words, "target", options.target);
  if (step.makes_database && options.create_database) {
    words.emplace_back("--create-database");
    add(words, "owner", options.owner);
  }
  if (step.reads_rows) {
    add(words, "source", options.source);
    if (options.jobs > 0) add(words, "jobs", std::to_string(options.jobs));
  }
  if (step.compiles) add_compiling(words, options);
  for (const std::string_view word : step.words) words.emplace_back(word);
  if (resume) words.emplace_back("--resume");
  return words;
}

std::vector<std::string> words_of_compile(const Options& options) {
  std::vector<std::string> words = {"compile", options.arguments[0]};
  add_compiling(words, options);
  words.insert(words.end(), {"-o", "schema.sql", "--report", "html=report.html"});
  return words;
}

std::string shell_command(const std::vector<std::string>& words) {
  std::string out = "pg2crdb";
  for (const std::string& word : words) out += " " + shell_word(without_password(word));
  return out;
}

ConsoleRun::~ConsoleRun() {
  stop();
  if (reader_.joinable()) reader_.join();
}

bool ConsoleRun::is_running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

void ConsoleRun::stop() {
  const std::lock_guard lock(mutex_);
  if (running_) kill(process_, SIGINT);
}

Result<void> ConsoleRun::start(const ConsoleStep& step, const Options& options, bool resume) {
  const std::lock_guard starting(mutex_);
  if (running_) return usage_error("a command is at work", "stop it, or wait for its end");
  if (reader_.joinable()) reader_.join();
  const std::vector<std::string> shown = words_of(step, options, resume);
  std::vector<std::string> words = shown;
  words.insert(words.begin(), "pg2crdb");
  words.insert(words.end(), {"--progress", "json"});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const Pipe output, errors;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.write, STDERR_FILENO);
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
  // The browser's connections would stay open as long as the command runs.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
#endif
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Ctrl-C is for the console, which then stops the command.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int problem =
      posix_spawn(&process_, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(output.write);
  close(errors.write);
  if (problem != 0) {
    close(output.read);
    close(errors.read);
    return Error{Error::Kind::interrupted,
                 fmt::format("the command cannot be started: {}", std::strerror(problem)),
                 {},
                 {}};
  }
  running_ = true;
  status_ = -1;
  step_ = step.id;
  shown_ = shell_command(shown);
  printed_.clear();
  lines_.clear();
  progress_.clear();
  reader_ = std::thread([this, out = output.read, err = errors.read] { read_all(out, err); });
  return {};
}

void ConsoleRun::take_line(std::string line) {
  const std::lock_guard lock(mutex_);
  if (line.starts_with("{\"progress\":")) {
    progress_ = std::move(line);
  } else if (lines_.size() < most_lines) {
    lines_.push_back(std::move(line));
  }
}

void ConsoleRun::read_all(int output, int errors) {
  std::string rest;
  std::array<pollfd, 2> ends = {pollfd{output, POLLIN, 0}, pollfd{errors, POLLIN, 0}};
  std::array<char, 1 << 16> buffer{};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (poll(ends.data(), ends.size(), -1) < 0) continue;
    for (pollfd& end : ends) {
      if (end.fd < 0 || end.revents == 0) continue;
      const ssize_t size = read(end.fd, buffer.data(), buffer.size());
      if (size <= 0) {
        close(end.fd);
        end.fd = -1;
        continue;
      }
      const std::string_view piece(buffer.data(), static_cast<size_t>(size));
      if (&end == &ends[0]) {
        const std::lock_guard lock(mutex_);
        printed_ += piece.substr(0, most_printed - std::min(most_printed, printed_.size()));
        continue;
      }
      rest += piece;
      for (size_t at = rest.find('\n'); at != std::string::npos; at = rest.find('\n')) {
        take_line(rest.substr(0, at));
        rest.erase(0, at + 1);
      }
    }
  }
  if (!rest.empty()) take_line(std::move(rest));
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  running_ = false;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended_[step_] = status_;
}

std::string ConsoleRun::json(size_t from) const {
  const std::lock_guard lock(mutex_);
  std::string out = "\"step\":" + quoted_json(step_);
  append_member(out, "command", shown_);
  out += ",\"ended\":{";
  for (const auto& [step, status] : ended_)
    out += fmt::format("{}{}:{}", out.back() == '{' ? "" : ",", quoted_json(step), status);
  out += '}';
  out +=
      fmt::format(",\"running\":{},\"status\":{},\"next\":{},\"lines\":[", running_, status_, lines_.size());
  for (size_t i = from; i < lines_.size(); ++i) out += (i > from ? "," : "") + quoted_json(lines_[i]);
  out += "]";
  if (!progress_.empty()) out += ",\"progress\":" + progress_;
  if (!running_) append_member(out, "printed", printed_);
  return out;
}

}  // namespace pg2crdb
