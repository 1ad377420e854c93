#include "support/archive.h"

#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "support/program_output.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view magic = "PGDMP";
constexpr size_t tar_block = 512;

/// A pg_restore that can read an archive.
struct Restore {
  std::string program;
  std::vector<std::string> arguments;
};

/// The beginning of the archive's table of contents.
std::string toc_beginning(const std::string& path, std::string_view format) {
  std::ifstream file(format == "directory" ? path + "/toc.dat" : path, std::ios::binary);
  if (format == "tar") file.seekg(tar_block);
  std::string beginning(16, '\0');
  file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  beginning.resize(static_cast<size_t>(file.gcount()));
  return beginning;
}

/// The oldest PostgreSQL whose pg_restore reads the archive; 0 for all that are in use. The version of the
/// format stands behind the magic: 1.15 came with 16, 1.16 with 17.
int oldest_reader(const std::string& path, std::string_view format) {
  const std::string beginning = toc_beginning(path, format);
  if (!beginning.starts_with(magic) || beginning.size() < magic.size() + 2) return 0;
  const int major = static_cast<unsigned char>(beginning[magic.size()]);
  const int minor = static_cast<unsigned char>(beginning[magic.size() + 1]);
  if (major > 1 || minor > 16) return 18;
  return minor == 16 ? 17 : minor == 15 ? 16 : 0;
}

/// The number in "/usr/lib/postgresql/17/bin/pg_restore".
int number_in(const std::string& path) {
  int number = 0;
  const size_t at = path.find_first_of("0123456789");
  if (at != std::string::npos) std::sscanf(path.c_str() + at, "%d", &number);
  return number;
}

/// Where packages of Debian and Red Hat put them; the newest comes first.
std::vector<std::string> installed_programs() {
  std::vector<std::string> programs;
  for (const char* pattern : {"/usr/lib/postgresql/*/bin/pg_restore", "/usr/pgsql-*/bin/pg_restore"}) {
    glob_t found = {};
    if (::glob(pattern, 0, nullptr, &found) == 0)
      programs.insert(programs.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
  }
  std::stable_sort(programs.begin(), programs.end(),
                   [](const std::string& a, const std::string& b) { return number_in(a) > number_in(b); });
  programs.insert(programs.begin(), "pg_restore");
  return programs;
}

/// Whether pg_restore says that there is less of a file than it says itself.
bool ends_early(const Error& problem) {
  return problem.message.find("could not read from input file: end of file") != std::string::npos;
}

Error cut_archive(const std::string& path, std::string_view format) {
  Error error;
  error.message = "`" + path + "` is a " + std::string(format) +
                  " archive of pg_dump that is cut: it ends within what it says that it holds";
  error.advice = "copy it again, or let pg_dump write it anew";
  return error;
}

/// What pg_restore writes; where it comes to the end of the archive too early, that is said.
class RestoredText : public ByteSource {
 public:
  RestoredText(std::unique_ptr<ByteSource> text, std::string path, std::string_view format)
      : text_(std::move(text)), path_(std::move(path)), format_(format) {}

  Result<size_t> read(char* buffer, size_t size) override {
    Result<size_t> count = text_->read(buffer, size);
    if (!count && ends_early(count.error())) return cut_archive(path_, format_);
    return count;
  }
  Result<void> skip(uint64_t count) override {
    Result<void> skipped = text_->skip(count);
    if (!skipped && ends_early(skipped.error())) return cut_archive(path_, format_);
    return skipped;
  }

 private:
  std::unique_ptr<ByteSource> text_;
  std::string path_;
  std::string format_;
};

Result<Restore> find_restore(const std::string& path, std::string_view format) {
  Error why;
  const auto refuse = [&](const Error& problem) {
    if (why.message.empty()) why = problem;
  };
  for (const std::string& program : installed_programs()) {
    const Result<std::string> help = whole_output({program, {"--help"}});
    if (!help) {
      refuse(help.error());
      continue;
    }
    const Result<std::string> list = whole_output({program, {"--list", "--", path}});
    if (!list) {
      refuse(list.error());
      continue;
    }
    Restore restore{program, {"--file=/dev/stdout"}};
    // Else a key of chance stands in each output.
    if (help->find("--restrict-key") != std::string::npos)
      restore.arguments.emplace_back("--restrict-key=pg2crdb");
    restore.arguments.insert(restore.arguments.end(), {"--", path});
    return restore;
  }
  if (ends_early(why)) return cut_archive(path, format);
  const int oldest = oldest_reader(path, format);
  const std::string release =
      oldest == 0 ? std::string() : " of PostgreSQL " + std::to_string(oldest) + " or newer";
  why.message = "`" + path + "` is a " + std::string(format) +
                " archive of pg_dump, and no pg_restore here reads it: " + why.message;
  why.advice = "install the client programs" + (release.empty() ? std::string(" of PostgreSQL") : release) +
               ", or turn it into SQL where they are: `pg_restore -f dump.sql " + path + "`";
  return why;
}

/// The size in a tar header: octal digits, or a number in bytes where the first has its high bit set.
uint64_t member_size(std::string_view header) {
  const std::string_view field = header.substr(124, 12);
  uint64_t size = 0;
  if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
    for (const char byte : field.substr(1)) size = size << 8U | static_cast<unsigned char>(byte);
    return size;
  }
  for (const char digit : field) {
    if (digit >= '0' && digit <= '7') size = size << 3U | static_cast<uint64_t>(digit - '0');
  }
  return size;
}

/// pg_restore looks for the next member of a tar archive that is cut without an end.
Result<void> check_tar(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(0, std::ios::end);
  const auto length = static_cast<uint64_t>(file.tellg());
  std::string header(tar_block, '\0');
  std::string member = "the archive";
  for (uint64_t at = 0; at + tar_block <= length;) {
    file.seekg(static_cast<std::streamoff>(at));
    if (!file.read(header.data(), static_cast<std::streamsize>(header.size()))) break;
    if (header.find_first_not_of('\0') == std::string::npos) return {};
    member = "`" + std::string(header.c_str()) + "`";
    at += tar_block + (member_size(header) + tar_block - 1) / tar_block * tar_block;
  }
  Error cut;
  cut.message = "`" + path + "` is a tar archive of pg_dump that is cut: it has " + std::to_string(length) +
                " bytes, and ends in " + member;
  cut.advice = "copy it again, or let pg_dump write it anew";
  return cut;
}

}  // namespace

std::string_view archive_format(std::string_view beginning) {
  if (beginning.starts_with(magic)) return "custom";
  const bool tar = beginning.size() >= tar_block && beginning.substr(257).starts_with("ustar"sv);
  return tar && beginning.starts_with("toc.dat\0"sv) ? "tar" : "";
}

bool is_archive_folder(const std::string& path) {
  return ::access((path + "/toc.dat").c_str(), F_OK) == 0;
}

Result<std::unique_ptr<ByteSource>> open_archive(const std::string& path, std::string_view format) {
  static std::mutex mutex;
  static std::map<std::string, Restore> known;  // inputs are opened often
  std::optional<Restore> restore;
  {
    const std::lock_guard lock(mutex);
    if (const auto found = known.find(path); found != known.end()) restore = found->second;
  }
  if (!restore && format == "tar") {
    if (Result<void> whole = check_tar(path); !whole) return whole.error();
  }
  if (!restore) {
    Result<Restore> found = find_restore(path, format);
    if (!found) return found.error();
    restore = std::move(*found);
    const std::lock_guard lock(mutex);
    known[path] = *restore;
  }
  Result<std::unique_ptr<ByteSource>> text = program_output({restore->program, restore->arguments});
  if (!text) return text;
  return std::unique_ptr<ByteSource>(std::make_unique<RestoredText>(std::move(*text), path, format));
}

}  // namespace pg2crdb
