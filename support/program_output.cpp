#include "support/program_output.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

extern char** environ;

namespace pg2crdb {
namespace {

Error failed(std::string message, std::string advice = {}) {
  Error error;
  error.message = std::move(message);
  error.advice = std::move(advice);
  return error;
}

struct Descriptor {
  ~Descriptor() { reset(); }
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int other = -1) {
    if (number >= 0) ::close(number);
    number = other;
  }
  int number = -1;
};

/// Standard input, output and errors of the child, which is a process group of its own.
class SpawnSettings {
 public:
  SpawnSettings(int output, int errors) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

class ProgramOutput : public ByteSource {
 public:
  explicit ProgramOutput(const std::string& name) : name_(name.substr(name.rfind('/') + 1)) {}
  ~ProgramOutput() override {
    output_.reset();  // a child that still writes ends with a broken pipe
    if (child_ > 0) end();
  }

  Result<void> start(const Program& program) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return failed("no pipe for " + name_ + ": " + std::strerror(errno));
    output_.reset(ends[0]);
    Descriptor write_end;
    write_end.reset(ends[1]);
    std::string errors = "/tmp/pg2crdb-XXXXXX";
    errors_.reset(::mkostemp(errors.data(), O_CLOEXEC));
    if (errors_.number < 0)
      return failed("no file for the messages of " + name_ + ": " + std::strerror(errno));
    ::unlink(errors.c_str());

    std::vector<std::string> words = {program.name};
    words.insert(words.end(), program.arguments.begin(), program.arguments.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    std::vector<std::string> entries;
    for (const auto& [variable, value] : program.environment) entries.push_back(variable + "=" + value);
    std::vector<char*> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const bool replaced = std::any_of(
          program.environment.begin(), program.environment.end(),
          [&](const auto& ours) { return std::string_view(*entry).starts_with(ours.first + "="); });
      if (!replaced) environment.push_back(*entry);
    }
    for (std::string& entry : entries) environment.push_back(entry.data());
    environment.push_back(nullptr);

    SpawnSettings settings(write_end.number, errors_.number);
    const int problem = ::posix_spawnp(&child_, program.name.c_str(), &settings.actions, &settings.attributes,
                                       arguments.data(), environment.data());
    if (problem == 0) return {};
    child_ = -1;
    return failed(name_ + " cannot be started: " + std::strerror(problem),
                  "install PostgreSQL's client programs, or give a plain dump");
  }

  Result<size_t> read(char* buffer, size_t size) override {
    ssize_t count;
    do {
      count = ::read(output_.number, buffer, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return failed("the output of " + name_ + " cannot be read: " + std::strerror(errno));
    if (count > 0 || child_ < 0) return static_cast<size_t>(count);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return size_t{0};
    return failed(name_ + " failed: " + messages());
  }

  Result<void> skip(uint64_t count) override {
    std::vector<char> ignored(size_t{64} << 10);
    while (count > 0) {
      Result<size_t> got =
          read(ignored.data(), static_cast<size_t>(std::min<uint64_t>(count, ignored.size())));
      if (!got) return got.error();
      if (*got == 0) return failed("the output of " + name_ + " ended early");
      count -= *got;
    }
    return {};
  }

 private:
  /// One that does not write does not notice, and is told; the last word is one that it cannot ignore.
  void end() {
    constexpr int patience = 200;  // times 10 ms
    for (int i = 0; i < 2 * patience; ++i) {
      if (::waitpid(child_, nullptr, WNOHANG) != 0) return;
      if (i == patience) ::kill(child_, SIGTERM);
      ::usleep(10'000);
    }
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  std::string messages() const {
    std::string text(4096, '\0');
    const ssize_t count = ::pread(errors_.number, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<size_t>(count) : 0);
    while (text.ends_with('\n')) text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text.empty() ? "it said nothing" : text;
  }

  const std::string name_;
  Descriptor output_;
  Descriptor errors_;
  pid_t child_ = -1;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> program_output(const Program& program) {
  auto output = std::make_unique<ProgramOutput>(program.name);
  if (Result<void> started = output->start(program); !started) return started.error();
  return std::unique_ptr<ByteSource>(std::move(output));
}

Result<std::string> whole_output(const Program& program) {
  Result<std::unique_ptr<ByteSource>> output = program_output(program);
  if (!output) return output.error();
  std::string text;
  std::array<char, 4096> piece;
  while (true) {
    Result<size_t> count = (*output)->read(piece.data(), piece.size());
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(piece.data(), *count);
  }
}

}  // namespace pg2crdb
