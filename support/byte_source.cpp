#include "support/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "support/archive.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

constexpr size_t chunk_size = size_t{256} << 10;
// A tar header: the longest beginning that tells one kind of input from another.
constexpr size_t sniffed_size = 512;

Error unreadable(std::string message, std::string advice = {}) {
  Error error;
  error.message = std::move(message);
  error.advice = std::move(advice);
  return error;
}

Error ended_early(const std::string& name) {
  return unreadable(name + " is shorter than it was when it was first read");
}

// Skips by reading, for inputs that cannot seek.
Result<void> read_past(ByteSource& source, uint64_t count, const std::string& name) {
  std::vector<char> ignored(static_cast<size_t>(std::min<uint64_t>(count, chunk_size)));
  while (count > 0) {
    const Result<size_t> read =
        source.read(ignored.data(), static_cast<size_t>(std::min<uint64_t>(count, ignored.size())));
    if (!read) return read.error();
    if (*read == 0) return ended_early(name);
    count -= *read;
  }
  return {};
}

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view text) : text_(text) {}

  Result<size_t> read(char* buffer, size_t size) override {
    const size_t count = std::min(size, text_.size());
    if (count > 0) std::memcpy(buffer, text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }

  Result<void> skip(uint64_t count) override {
    if (count > text_.size()) return ended_early("the input");
    text_.remove_prefix(static_cast<size_t>(count));
    return {};
  }

 private:
  std::string_view text_;
};

class FileSource : public ByteSource {
 public:
  FileSource(int descriptor, bool owned, std::string name)
      : descriptor_(descriptor), owned_(owned), name_(std::move(name)) {}
  ~FileSource() override {
    if (owned_) ::close(descriptor_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<size_t> read(char* buffer, size_t size) override {
    while (true) {
      const ssize_t count = ::read(descriptor_, buffer, size);
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) return unreadable("cannot read " + name_ + ": " + std::strerror(errno));
    }
  }

  Result<void> skip(uint64_t count) override {
    struct stat status = {};
    const off_t position = ::lseek(descriptor_, 0, SEEK_CUR);
    if (position < 0 || ::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
      return read_past(*this, count, name_);
    }
    if (count > static_cast<uint64_t>(std::max<off_t>(status.st_size - position, 0)))
      return ended_early(name_);
    if (::lseek(descriptor_, static_cast<off_t>(count), SEEK_CUR) < 0) {
      return unreadable("cannot read " + name_ + ": " + std::strerror(errno));
    }
    return {};
  }

 private:
  int descriptor_;
  bool owned_;
  std::string name_;
};

// Bytes that were read to see what the input is, then the rest of it.
class BegunSource : public ByteSource {
 public:
  BegunSource(std::string beginning, std::unique_ptr<ByteSource> rest)
      : beginning_(std::move(beginning)), rest_(std::move(rest)) {}

  Result<size_t> read(char* buffer, size_t size) override {
    const size_t count = std::min(size, beginning_.size() - position_);
    if (count == 0) return rest_->read(buffer, size);
    std::memcpy(buffer, beginning_.data() + position_, count);
    position_ += count;
    return count;
  }

  Result<void> skip(uint64_t count) override {
    const uint64_t kept = std::min<uint64_t>(count, beginning_.size() - position_);
    position_ += static_cast<size_t>(kept);
    return count == kept ? Result<void>() : rest_->skip(count - kept);
  }

 private:
  std::string beginning_;
  size_t position_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

class GzipSource : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> packed, std::string name)
      : packed_(std::move(packed)), name_(std::move(name)), input_(chunk_size) {
    constexpr int gzip_only = 16;
    ready_ = inflateInit2(&stream_, gzip_only + MAX_WBITS) == Z_OK;
  }
  ~GzipSource() override {
    if (ready_) inflateEnd(&stream_);
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Result<size_t> read(char* buffer, size_t size) override {
    if (!ready_) return unreadable("cannot unpack " + name_ + ": out of memory");
    if (size == 0) return size_t{0};
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(size, 1U << 30U));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted) {
      if (stream_.avail_in == 0) {
        const Result<size_t> count = packed_->read(reinterpret_cast<char*>(input_.data()), input_.size());
        if (!count) return count.error();
        if (*count == 0) {
          if (at_member_end_) return size_t{0};
          return unreadable(name_ + " is cut off: its gzip data ends too early", "copy or dump it again");
        }
        stream_.next_in = input_.data();
        stream_.avail_in = static_cast<uInt>(*count);
      }
      // A gzip file may be several, one after the other.
      if (at_member_end_) {
        inflateReset(&stream_);
        at_member_end_ = false;
      }
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        at_member_end_ = true;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return unreadable(name_ + " is damaged: its gzip data cannot be unpacked (" +
                              (stream_.msg != nullptr ? stream_.msg : "invalid data") + ")",
                          "copy or dump it again");
      }
    }
    return static_cast<size_t>(wanted - stream_.avail_out);
  }

  Result<void> skip(uint64_t count) override { return read_past(*this, count, name_); }

 private:
  std::unique_ptr<ByteSource> packed_;
  std::string name_;
  std::vector<Bytef> input_;
  z_stream stream_ = {};
  bool ready_ = false;
  bool at_member_end_ = false;
};

class ZstdSource : public ByteSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> packed, std::string name)
      : packed_(std::move(packed)),
        name_(std::move(name)),
        input_(ZSTD_DStreamInSize()),
        stream_(ZSTD_createDStream()) {}
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  Result<size_t> read(char* buffer, size_t size) override {
    if (stream_ == nullptr) return unreadable("cannot unpack " + name_ + ": out of memory");
    if (size == 0) return size_t{0};
    ZSTD_outBuffer output = {buffer, size, 0};
    while (output.pos == 0) {
      if (unread_.pos == unread_.size && !output_is_waiting_) {
        const Result<size_t> count = packed_->read(input_.data(), input_.size());
        if (!count) return count.error();
        if (*count == 0) {
          if (at_frame_end_) return size_t{0};
          return unreadable(name_ + " is cut off: its zstd data ends too early", "copy or dump it again");
        }
        unread_ = {input_.data(), *count, 0};
      }
      const size_t status = ZSTD_decompressStream(stream_, &output, &unread_);
      if (ZSTD_isError(status) != 0) {
        return unreadable(
            name_ + " is damaged: its zstd data cannot be unpacked (" + ZSTD_getErrorName(status) + ")",
            "copy or dump it again");
      }
      at_frame_end_ = status == 0;
      output_is_waiting_ = !at_frame_end_ && output.pos == output.size;
    }
    return output.pos;
  }

  Result<void> skip(uint64_t count) override { return read_past(*this, count, name_); }

 private:
  std::unique_ptr<ByteSource> packed_;
  std::string name_;
  std::vector<char> input_;
  ZSTD_DStream* stream_;
  ZSTD_inBuffer unread_ = {nullptr, 0, 0};
  bool at_frame_end_ = false;
  bool output_is_waiting_ = false;
};

Result<std::string> read_beginning(ByteSource& source) {
  std::string beginning(sniffed_size, '\0');
  size_t size = 0;
  while (size < beginning.size()) {
    const Result<size_t> count = source.read(beginning.data() + size, beginning.size() - size);
    if (!count) return count.error();
    if (*count == 0) break;
    size += *count;
  }
  beginning.resize(size);
  return beginning;
}

constexpr std::string_view gzip_magic = "\x1f\x8b"sv;
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd"sv;

struct OtherCompression {
  std::string_view magic;
  std::string_view program;
};
constexpr std::array other_compressions = {
    OtherCompression{"\xfd"
                     "7zXZ\0"sv,
                     "xz"},
    OtherCompression{"BZh"sv, "bzip2"},
    OtherCompression{"\x04\x22\x4d\x18"sv, "lz4"},
};

// What is no SQL text, by its first bytes.
Result<void> check_is_text(std::string_view beginning, const std::string& path, const std::string& name) {
  const std::string file = path == "-" ? "FILE" : path;
  if (const std::string_view format = archive_format(beginning); !format.empty()) {
    const std::string what = name + " is a " + std::string(format) + " archive of pg_dump";
    if (path == "-") return unreadable(what + ", which pg_restore reads from a file", "give the file's name");
    return unreadable(what + " that was compressed as a whole", "unpack it first");
  }
  if (beginning.size() == sniffed_size && beginning.substr(257).starts_with("ustar"sv)) {
    return unreadable(name + " is a tar archive",
                      "unpack it with `tar -xf " + file + "` and give the SQL file in it");
  }
  for (const OtherCompression& compression : other_compressions) {
    if (beginning.starts_with(compression.magic)) {
      const std::string program(compression.program);
      return unreadable(name + " is compressed with " + program,
                        "unpack it: `" + program + " -dc " + file + " > dump.sql`");
    }
  }
  return {};
}

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path, const std::string& name) {
  if (path == "-") return std::unique_ptr<ByteSource>(new FileSource(STDIN_FILENO, false, name));
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return unreadable("there is no file " + name);
    return unreadable("cannot open " + name + ": " + std::strerror(errno));
  }
  auto source = std::make_unique<FileSource>(descriptor, true, name);
  struct stat status = {};
  if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    return unreadable(name + " is a directory", "give the SQL file that pg_dump wrote");
  }
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::unique_ptr<ByteSource>(std::move(source));
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_input(const std::string& path) {
  if (path != "-" && is_archive_folder(path)) return open_archive(path, "directory");
  const std::string name = path == "-" ? "standard input" : "`" + path + "`";
  Result<std::unique_ptr<ByteSource>> file = open_file(path, name);
  if (!file) return file;
  std::unique_ptr<ByteSource> source = std::move(*file);
  Result<std::string> beginning = read_beginning(*source);
  if (!beginning) return beginning.error();

  if (const std::string_view format = archive_format(*beginning); path != "-" && !format.empty())
    return open_archive(path, format);
  const bool gzip = beginning->starts_with(gzip_magic);
  if (gzip || beginning->starts_with(zstd_magic)) {
    source = std::make_unique<BegunSource>(std::move(*beginning), std::move(source));
    if (gzip) {
      source = std::make_unique<GzipSource>(std::move(source), name);
    } else {
      source = std::make_unique<ZstdSource>(std::move(source), name);
    }
    beginning = read_beginning(*source);
    if (!beginning) return beginning.error();
  }
  if (const Result<void> text = check_is_text(*beginning, path, name); !text) return text.error();
  return std::unique_ptr<ByteSource>(std::make_unique<BegunSource>(std::move(*beginning), std::move(source)));
}

std::unique_ptr<ByteSource> memory_source(std::string_view text) {
  return std::make_unique<MemorySource>(text);
}

}  // namespace pg2crdb
