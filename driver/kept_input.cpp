#include "driver/kept_input.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "driver/options.h"

namespace pg2crdb {
namespace {

/// A number of bytes, or what went wrong in `errno`; a signal does not count.
template <class Call>
ssize_t again_when_interrupted(const Call& call) {
  ssize_t count = call();
  while (count < 0 && errno == EINTR) count = call();
  return count;
}

bool copy_all(int from, int to) {
  std::string buffer(size_t{1} << 20, '\0');
  while (true) {
    const ssize_t got = again_when_interrupted([&] { return read(from, buffer.data(), buffer.size()); });
    if (got <= 0) return got == 0;
    for (ssize_t written = 0; written < got;) {
      const ssize_t more = again_when_interrupted(
          [&] { return write(to, buffer.data() + written, static_cast<size_t>(got - written)); });
      if (more < 0) return false;
      written += more;
    }
  }
}

}  // namespace

Result<void> keep_standard_input() {
  struct stat facts = {};
  if (fstat(STDIN_FILENO, &facts) == 0 && S_ISREG(facts.st_mode)) return {};
  std::error_code problem;
  const std::string folder = std::filesystem::temp_directory_path(problem).string();
  const int file = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  const bool kept = file >= 0 && copy_all(STDIN_FILENO, file) && lseek(file, 0, SEEK_SET) == 0 &&
                    dup2(file, STDIN_FILENO) == STDIN_FILENO;
  const std::string reason = std::strerror(errno);
  if (file >= 0) close(file);
  if (kept) return {};
  return usage_error(fmt::format("standard input cannot be kept in the folder {}: {}", folder, reason),
                     "set TMPDIR to a folder with room for it, or write it to a file and name that");
}

}  // namespace pg2crdb
