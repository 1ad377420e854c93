#include "runtime/import_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace pg2crdb {
namespace {

const std::string files_action = "import files";
const std::string folder_begin = "pg2crdb-";
constexpr size_t buffer_bytes = size_t{256} << 10;

/// A folder that an ImportFolder made, and nothing else that has come to stand there. False, which is said,
/// where it is still there.
bool remove_folder(const std::filesystem::path& folder, Observer& observer) {
  if (!folder.filename().string().starts_with(folder_begin)) return true;
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::symlink_status(folder, failure);
  if (std::filesystem::is_directory(status)) {
    failure.clear();
    std::filesystem::remove_all(folder, failure);
  } else if (std::filesystem::status_known(status)) {
    return true;
  }
  if (!failure) return true;
  observer.problem(
      fmt::format("import files are left in {}: {}. A run that goes on with --resume removes them, else "
                  "remove them there",
                  folder.string(), failure.message()));
  return false;
}

class FileOfFolder : public ImportFile {
 public:
  FileOfFolder(ImportFolder& folder, std::string name, gzFile stream)
      : folder_(folder), name_(std::move(name)), stream_(stream) {}
  ~FileOfFolder() override {
    if (stream_ != nullptr) gzclose(stream_);
    folder_.remove(name_);
  }

  Result<void> write(std::string_view csv) override {
    while (!csv.empty()) {
      // What has the buffer's size or more is not copied: where that cannot be written, closing the stream
      // reads it again, when it is gone (zlib 1.2.13).
      const auto piece = static_cast<unsigned>(std::min(csv.size(), buffer_bytes / 2));
      if (gzwrite(stream_, csv.data(), piece) != static_cast<int>(piece)) return failed(folder_.path(name_));
      csv.remove_prefix(piece);
    }
    return {};
  }

  Result<std::string> close() override {
    if (gzclose(std::exchange(stream_, nullptr)) != Z_OK) return failed(folder_.path(name_));
    return folder_.publish(name_);
  }

  static Error failed(const std::string& path) {
    return {
        Error::Kind::interrupted,
        fmt::format("cannot write {}: {}", path, std::strerror(errno)),
        {},
        "make room on the disk, or name another directory with --host-files, and run again with --resume"};
  }

 private:
  ImportFolder& folder_;
  const std::string name_;
  gzFile stream_;
};

}  // namespace

Result<void> ImportFolder::remove_left(Journal& journal, Observer& observer) {
  for (const ObjectName& left : journal.begun(files_action)) {
    if (!remove_folder(left.name, observer)) continue;
    if (Result<void> noted = journal.forget({files_action, left}); !noted) return noted;
  }
  return {};
}

Result<std::unique_ptr<ImportStore>> ImportFolder::open(const LoadOptions& options, Journal& journal,
                                                        Observer& observer) {
  std::unique_ptr<ImportFolder> store(new ImportFolder(options, journal, observer));
  std::error_code failure;
  std::filesystem::path base = options.host_files;
  if (options.host_files.find("://") != std::string::npos) {
    if (options.state_dir.empty()) {
      return Error{
          Error::Kind::usage,
          "a URL in --host-files needs a --state-dir",
          {},
          "the import files are written to its subdirectory `files`, which has to be what the URL shows"};
    }
    base = options.state_dir + "/files";
    store->prefix_ = options.host_files;
  } else if (base.empty()) {
    base = std::filesystem::temp_directory_path(failure);
  }
  std::filesystem::create_directories(base, failure);
  std::string pattern =
      std::filesystem::absolute(base, failure).lexically_normal() / (folder_begin + "XXXXXX");
  if (::mkdtemp(pattern.data()) == nullptr) {
    return Error{Error::Kind::usage,
                 fmt::format("cannot make the directory {}: {}", pattern, std::strerror(errno)),
                 {},
                 "name another one with --host-files"};
  }
  store->directory_ = pattern;
  if (Result<void> noted = journal.begin({files_action, {{}, pattern}}); !noted) return noted.error();
  if (!store->prefix_.empty()) {
    ::chmod(pattern.c_str(), 0755);
  } else {
    Result<std::unique_ptr<FileHost>> host = FileHost::start();
    if (!host) return host.error();
    store->host_ = std::move(*host);
  }
  return std::unique_ptr<ImportStore>(std::move(store));
}

ImportFolder::~ImportFolder() {
  host_.reset();
  if (directory_.empty()) return;
  if (!remove_folder(directory_, observer_)) return;
  // Where that cannot be noted, the next run finds nothing there.
  static_cast<void>(journal_.forget({files_action, {{}, directory_}}));
}

Result<std::unique_ptr<ImportFile>> ImportFolder::create(const std::string& name) {
  const int descriptor = ::open(path(name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                prefix_.empty() ? 0600 : 0644);
  if (descriptor < 0) return FileOfFolder::failed(path(name));
  // "T" writes plainly, through the same calls.
  const gzFile stream = gzdopen(descriptor, gzip() ? "wb1" : "wbT");
  if (stream == nullptr) {
    ::close(descriptor);
    return FileOfFolder::failed(path(name));
  }
  gzbuffer(stream, buffer_bytes);
  return std::unique_ptr<ImportFile>(std::make_unique<FileOfFolder>(*this, name, stream));
}

std::string ImportFolder::publish(const std::string& name) {
  if (host_) return host_->publish(name, path(name));
  // Parameters, if any, stand behind the path.
  const size_t query = std::min(prefix_.find('?'), prefix_.size());
  std::string url = prefix_.substr(0, query);
  if (!url.ends_with('/')) url += '/';
  return url + std::filesystem::path(directory_).filename().string() + "/" + name + prefix_.substr(query);
}

void ImportFolder::remove(const std::string& name) {
  if (host_) host_->withdraw(name);
  std::error_code ignored;
  std::filesystem::remove(path(name), ignored);
}

}  // namespace pg2crdb
