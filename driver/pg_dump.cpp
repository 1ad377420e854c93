#include "driver/pg_dump.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "driver/options.h"
#include "runtime/connection.h"
#include "runtime/libpq.h"

extern char** environ;

namespace pg2crdb {
namespace {

struct Descriptor {
  explicit Descriptor(int opened = -1) : number(opened) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int other = -1) {
    if (number >= 0) ::close(number);
    number = other;
  }
  int number;
};

struct ConnectionOptions {
  /// Empty where libpq cannot be loaded.
  explicit ConnectionOptions(const std::string& url) {
    if (!load_libpq()) first = libpq().PQconninfoParse(url.c_str(), &problem);
  }
  ~ConnectionOptions() {
    if (first != nullptr) libpq().PQconninfoFree(first);
    if (problem != nullptr) libpq().PQfreemem(problem);
  }
  ConnectionOptions(const ConnectionOptions&) = delete;
  ConnectionOptions& operator=(const ConnectionOptions&) = delete;

  std::string value(std::string_view keyword) const {
    for (const PQconninfoOption* option = first; option && option->keyword; ++option) {
      if (option->val && keyword == option->keyword) return option->val;
    }
    return {};
  }

  char* problem = nullptr;
  PQconninfoOption* first = nullptr;
};

bool is_secret(std::string_view keyword) {
  return keyword == "password" || keyword == "sslpassword";
}

// libpq's keyword form, without secrets.
std::string without_secrets(const ConnectionOptions& options) {
  std::string out;
  for (const PQconninfoOption* option = options.first; option->keyword; ++option) {
    if (!option->val || is_secret(option->keyword)) continue;
    out += fmt::format("{}{}='", out.empty() ? "" : " ", option->keyword);
    for (const char* c = option->val; *c; ++c) {
      if (*c == '\'' || *c == '\\') out += '\\';
      out += *c;
    }
    out += '\'';
  }
  return out;
}

class PgDump : public ByteSource {
 public:
  ~PgDump() override {
    output_.reset();  // a child that still writes ends with a broken pipe
    if (child_ > 0) waitpid(child_, nullptr, 0);
  }

  Result<void> start(const std::string& database, const std::string& password) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return usage_error(fmt::format("no pipe for pg_dump: {}", std::strerror(errno)));
    output_.reset(ends[0]);
    Descriptor write_end(ends[1]);
    char name[] = "/tmp/pg2crdb-pg_dump-XXXXXX";
    errors_.reset(mkostemp(name, O_CLOEXEC));
    if (errors_.number < 0)
      return usage_error(fmt::format("no file for pg_dump's messages: {}", std::strerror(errno)));
    unlink(name);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, write_end.number, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors_.number, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

    std::string words[] = {"pg_dump", "--schema-only", "--no-password", "--dbname=" + database};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    std::string password_entry = "PGPASSWORD=" + password;
    std::vector<char*> environment;
    for (char** entry = environ; *entry; ++entry) {
      const bool replaced = !password.empty() && std::string_view(*entry).starts_with("PGPASSWORD=");
      if (!replaced) environment.push_back(*entry);
    }
    if (!password.empty()) environment.push_back(password_entry.data());
    environment.push_back(nullptr);
    const int problem =
        posix_spawnp(&child_, "pg_dump", &actions, &attributes, arguments, environment.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (problem != 0) {
      child_ = -1;
      return usage_error(fmt::format("pg_dump cannot be started: {}", std::strerror(problem)),
                         "install PostgreSQL's client programs, or give a dump file");
    }
    return {};
  }

  Result<size_t> read(char* buffer, size_t size) override {
    ssize_t count;
    do {
      count = ::read(output_.number, buffer, size);
    } while (count < 0 && errno == EINTR);
    if (count < 0)
      return usage_error(fmt::format("pg_dump's output cannot be read: {}", std::strerror(errno)));
    if (count > 0 || child_ < 0) return static_cast<size_t>(count);
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return size_t{0};
    return usage_error(fmt::format("pg_dump failed: {}", messages()));
  }

  Result<void> skip(uint64_t count) override {
    std::vector<char> buffer(65536);
    while (count > 0) {
      auto got = read(buffer.data(), std::min<uint64_t>(count, buffer.size()));
      if (!got) return got.error();
      if (*got == 0) return usage_error("pg_dump's output ended early");
      count -= *got;
    }
    return {};
  }

 private:
  std::string messages() const {
    std::string text(4096, '\0');
    const ssize_t count = pread(errors_.number, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<size_t>(count) : 0);
    while (text.ends_with('\n')) text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text.empty() ? "it said nothing" : text;
  }

  Descriptor output_;
  Descriptor errors_;
  pid_t child_ = -1;
};

}  // namespace

bool is_database_url(const std::string& input) {
  return input.starts_with("postgresql://") || input.starts_with("postgres://");
}

Result<std::unique_ptr<ByteSource>> dump_schema(const std::string& url) {
  if (std::optional<Error> problem = load_libpq()) return *problem;
  const ConnectionOptions options(url);
  if (!options.first) {
    return usage_error(fmt::format("{} is no connection URL", redacted(url)),
                       "write postgresql://user@host:5432/database");
  }
  if (!options.value("sslpassword").empty()) {
    return usage_error("`sslpassword` cannot be handed to pg_dump in secret",
                       "put the connection into a service file and give postgresql:///?service=NAME");
  }
  auto dump = std::make_unique<PgDump>();
  if (auto started = dump->start(without_secrets(options), options.value("password")); !started)
    return started.error();
  return std::unique_ptr<ByteSource>(std::move(dump));
}

std::string database_of(const std::string& url) {
  const ConnectionOptions options(url);
  const std::string name = options.first ? options.value("dbname") : std::string();
  std::string safe;
  // A raw '/' in a password: what libpq takes for the database is a piece of it.
  if (name.find_first_of("@:") != std::string::npos) return "database";
  for (char c : name) safe += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '_';
  return safe.empty() ? "database" : safe;
}

}  // namespace pg2crdb
