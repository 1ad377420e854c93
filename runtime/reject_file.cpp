#include "runtime/reject_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "rows/copy_text.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// The fields before the row, as the file has them.
std::string field(const std::string& text) {
  std::string line;
  append_copy_row(line, std::vector<Field>{Field{text}});
  line.pop_back();
  return line;
}

/// For appending; rows are for our user's eyes alone. Null where it cannot be, with errno.
std::FILE* opened(const std::string& path, int more) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | more, 0600);
  if (descriptor < 0) return nullptr;
  ::fchmod(descriptor, 0600);  // of a file that was there
  std::FILE* file = ::fdopen(descriptor, "ab");
  if (file == nullptr) ::close(descriptor);
  return file;
}

}  // namespace

RejectFile::~RejectFile() {
  if (file_ != nullptr) std::fclose(file_);
}

Error RejectFile::failed(std::string_view what) const {
  return {Error::Kind::interrupted,
          fmt::format("cannot {} {}: {}", what, path_, std::strerror(errno)),
          {},
          "make room on the disk and see that the file may be written to, then run the same command with "
          "--resume"};
}

bool RejectFile::holds(const ObjectName& table) const {
  const std::string name = field(quote_name(table.schema, table.name));
  std::ifstream file(path_, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    if (std::string_view(line).substr(0, line.find('\t')) == name) return true;
  }
  return false;
}

Result<void> RejectFile::forget(const std::set<ObjectName>& tables) {
  if (file_ != nullptr) std::fclose(std::exchange(file_, nullptr));
  std::set<std::string, std::less<>> forgotten;
  for (const ObjectName& table : tables) forgotten.insert(field(quote_name(table.schema, table.name)));
  std::ifstream before(path_, std::ios::binary);
  if (forgotten.empty() || !before) return {};
  const std::string beside = path_ + ".new";
  ::unlink(beside.c_str());
  std::FILE* after = opened(beside, O_EXCL);
  if (after == nullptr) return failed("rewrite");
  bool written = true;
  // A line without its end was being written when the run died.
  for (std::string line; std::getline(before, line) && !before.eof();) {
    if (forgotten.contains(std::string_view(line).substr(0, line.find('\t')))) continue;
    line += '\n';
    written = written && std::fwrite(line.data(), 1, line.size(), after) == line.size();
  }
  written = std::fclose(after) == 0 && written;
  if (before.bad() || !written || std::rename(beside.c_str(), path_.c_str()) != 0) return failed("rewrite");
  return {};
}

Result<void> RejectFile::add(const ObjectName& table, const std::string& file, uint64_t line,
                             const std::string& reason, std::string_view row) {
  const std::string name = quote_name(table.schema, table.name);
  const std::string number = line == 0 ? std::string() : std::to_string(line);
  std::string text;
  append_copy_row(text, {{name}, {file, line == 0}, {number, line == 0}, {reason}});
  text.back() = '\t';
  text += row;
  const std::lock_guard lock(mutex_);
  if (file_ == nullptr) file_ = opened(path_, 0);
  if (file_ != nullptr && std::fwrite(text.data(), 1, text.size(), file_) == text.size() &&
      std::fflush(file_) == 0) {
    return {};
  }
  return failed("write to");
}

}  // namespace pg2crdb
