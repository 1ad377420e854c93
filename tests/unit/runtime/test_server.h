#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>

/// A throw-away server of tests/standin, gone with this object. Its `url` is empty where it cannot run here.
class TestServer {
 public:
  /// "postgres_server.py" or "cockroach_standin.py".
  explicit TestServer(const std::string& program) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      const std::string path = std::string(PG2CRDB_SOURCE_DIR) + "/tests/standin/" + program;
      ::execlp("python3", "python3", "-B", path.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
    std::array<char, 1024> line{};
    while (url.empty() && std::fgets(line.data(), line.size(), output_) != nullptr) {
      const std::string text = line.data();
      const size_t begin = text.find("postgresql://");
      if (begin != std::string::npos) url = text.substr(begin, text.find_first_of(" \n'", begin) - begin);
    }
  }
  ~TestServer() {
    if (process_ > 0) {
      ::kill(process_, SIGTERM);
      ::waitpid(process_, nullptr, 0);
    }
    if (output_ != nullptr) std::fclose(output_);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string url;

 private:
  pid_t process_ = -1;
  std::FILE* output_ = nullptr;
};
