#include "driver/output_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "driver/options.h"
#include "runtime/secrets.h"

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

Error cannot_write(const std::string& path) {
  return usage_error(fmt::format("{} cannot be written: {}", path, std::strerror(errno)));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

Result<void> write_in_place(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_write(path);
  const bool written = write_all(descriptor, text);
  const int problem = errno;
  ::close(descriptor);
  if (written) return {};
  errno = problem;
  return cannot_write(path);
}

// mkstemp's files are private; these get what open() would have given.
mode_t mode_for(const std::string& path) {
  struct stat existing = {};
  if (::stat(path.c_str(), &existing) == 0) return existing.st_mode & 07777;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

void flush_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

fs::path folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

}  // namespace

std::vector<std::string> names_below(const std::vector<std::string>& inputs,
                                     const std::vector<std::string>& named) {
  std::vector<fs::path> paths;
  for (const std::string& input : inputs) {
    // What is read from no file has no place: standard input, a database.
    const bool file = input != "<stdin>" && !is_connection_string(input);
    fs::path path = file ? fs::absolute(input).lexically_normal() : fs::absolute("schema.sql");
    if (path.extension() == ".gz" || path.extension() == ".zst") path.replace_extension();
    paths.push_back(std::move(path));
  }
  std::vector<fs::path> within = paths;
  for (const std::string& name : named) {
    std::error_code problem;
    if (fs::is_directory(name, problem)) within.push_back(fs::absolute(name).lexically_normal() / "input");
  }
  fs::path common = within.empty() ? fs::path() : within.back().parent_path();
  const auto below = [&](const fs::path& path) {
    const auto differs = std::mismatch(common.begin(), common.end(), path.begin(), path.end());
    return differs.first == common.end();
  };
  while (!std::all_of(within.begin(), within.end(), below)) common = common.parent_path();
  std::vector<std::string> names;
  for (const fs::path& path : paths) names.push_back(path.lexically_relative(common).string());
  return names;
}

OutputFiles::~OutputFiles() {
  for (const File& file : files_) ::unlink(file.temporary.c_str());
}

Result<void> OutputFiles::add(const std::string& path, std::string_view text, bool holds_password) {
  std::error_code problem;
  const fs::file_status status = fs::status(path, problem);
  if (fs::is_directory(status)) return usage_error(fmt::format("{} cannot be written: it is a folder", path));
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_in_place(path, text);
  // A new file takes its place, which needs no more than a folder that can be written to.
  using enum fs::perms;
  if (fs::exists(status) && (status.permissions() & (owner_write | group_write | others_write)) == none)
    return usage_error(fmt::format("{} cannot be written: it is protected from writing", path),
                       "chmod u+w, or write it elsewhere");
  const bool read =
      fs::exists(status) && std::any_of(inputs_.begin(), inputs_.end(), [&](const std::string& input) {
        std::error_code other;
        return fs::equivalent(path, input, other);
      });
  if (read)
    return usage_error(fmt::format("{} is an input and would be overwritten", path), "write it elsewhere");
  // Through a symbolic link, so that the link stays one.
  const std::string real = fs::exists(status) ? fs::canonical(path, problem).string() : path;
  std::string temporary =
      (folder_of(real) / fmt::format(".{}.XXXXXX", fs::path(real).filename().string())).string();
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return cannot_write(path);
  files_.push_back({temporary, real});
  const mode_t mode = holds_password ? mode_for(real) & S_IRWXU : mode_for(real);
  const bool written =
      write_all(descriptor, text) && ::fchmod(descriptor, mode) == 0 && ::fsync(descriptor) == 0;
  const int write_problem = errno;
  ::close(descriptor);
  if (written) return {};
  errno = write_problem;
  return cannot_write(path);
}

Result<void> OutputFiles::commit() {
  for (const std::string& path : removed_) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
      return usage_error(fmt::format("{} cannot be removed: {}", path, std::strerror(errno)));
  }
  removed_.clear();
  while (!files_.empty()) {
    const File& file = files_.front();
    if (::rename(file.temporary.c_str(), file.path.c_str()) != 0) return cannot_write(file.path);
    flush_folder(folder_of(file.path));
    files_.erase(files_.begin());
  }
  return {};
}

}  // namespace pg2crdb
