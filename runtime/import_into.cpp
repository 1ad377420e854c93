#include "runtime/import_into.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <utility>

#include "target/quote.h"

namespace pg2crdb {

namespace {

constexpr uint64_t kFileBytes = uint64_t{256} << 20;
const std::string kFilesAction = "import files";
const std::string kFolder = "pg2crdb-";

/// A folder that an ImportStore made, and nothing else that has come to stand there.
void remove_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (folder.filename().string().starts_with(kFolder) &&
      std::filesystem::is_directory(std::filesystem::symlink_status(folder, ignored))) {
    std::filesystem::remove_all(folder, ignored);
  }
}

void append_escaped(std::string& out, const std::string& name) {
  for (const char c : name) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("~{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
}

/// A file name that needs no escape in a URL, different for different tables: the one dot in it stands
/// between schema and table.
std::string file_stem(const ObjectName& table) {
  std::string out;
  append_escaped(out, table.schema);
  out += '.';
  append_escaped(out, table.name);
  return out;
}

/// The folder and the file of a URL, without its parameters: the folder's name is of chance.
std::string own_part(const std::string& url) {
  const std::string path = url.substr(0, url.find('?'));
  return path.substr(path.rfind('/', path.rfind('/') - 1) + 1);
}

/// `words` in lower case.
bool contains(std::string_view text, std::string_view words) {
  return std::search(text.begin(), text.end(), words.begin(), words.end(), [](char in_text, char in_words) {
           return std::tolower(static_cast<unsigned char>(in_text)) == in_words;
         }) != text.end();
}

}  // namespace

Result<std::unique_ptr<ImportStore>> ImportStore::open(const LoadOptions& options, Journal& journal) {
  std::unique_ptr<ImportStore> store(new ImportStore(journal));
  store->gzip_ = options.compress == "gzip";
  std::error_code failure;
  std::filesystem::path base = options.host_files;
  if (contains(options.host_files, "://")) {
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
  for (const ObjectName& left : journal.begun(kFilesAction)) {
    remove_folder(left.name);
    if (Result<void> noted = journal.forget({kFilesAction, left}); !noted) return noted.error();
  }
  std::filesystem::create_directories(base, failure);
  std::string pattern = std::filesystem::absolute(base, failure).lexically_normal() / (kFolder + "XXXXXX");
  if (::mkdtemp(pattern.data()) == nullptr) {
    return Error{Error::Kind::usage,
                 fmt::format("cannot make the directory {}: {}", pattern, std::strerror(errno)),
                 {},
                 "name another one with --host-files"};
  }
  store->directory_ = pattern;
  if (Result<void> noted = journal.begin({kFilesAction, {{}, pattern}}); !noted) return noted.error();
  if (store->shared()) ::chmod(pattern.c_str(), 0755);
  if (store->prefix_.empty()) {
    Result<std::unique_ptr<FileHost>> host = FileHost::start();
    if (!host) return host.error();
    store->host_ = std::move(*host);
  }
  return store;
}

ImportStore::~ImportStore() {
  host_.reset();
  if (directory_.empty()) return;
  remove_folder(directory_);
  // Where that cannot be noted, the next run finds nothing there.
  static_cast<void>(journal_.forget({kFilesAction, {{}, directory_}}));
}

std::string ImportStore::path(const std::string& name) const {
  return directory_ + "/" + name;
}

std::string ImportStore::publish(const std::string& name) {
  if (host_) return host_->publish(name, path(name));
  // Parameters, if any, stand behind the path.
  const size_t query = std::min(prefix_.find('?'), prefix_.size());
  std::string url = prefix_.substr(0, query);
  if (!url.ends_with('/')) url += '/';
  return url + std::filesystem::path(directory_).filename().string() + "/" + name + prefix_.substr(query);
}

void ImportStore::remove(const std::string& name) {
  if (host_) host_->withdraw(name);
  std::error_code ignored;
  std::filesystem::remove(path(name), ignored);
}

struct TableImport::File {
  std::string name;
  ImportLayout layout;
  gzFile stream = nullptr;
  uint64_t bytes = 0;
  uint64_t rows = 0;
  std::vector<std::pair<uint64_t, std::string>> places;  ///< rows before, and where the next ones come from
};

struct TableImport::State {
  std::mutex mutex;
  std::vector<std::unique_ptr<File>> files;
  std::vector<File*> idle;
  uint64_t rows = 0;
};

TableImport::TableImport(ImportStore& store, ObjectName table)
    : store_(store), table_(std::move(table)), state_(std::make_unique<State>()) {}

TableImport::~TableImport() {
  for (const auto& file : state_->files) {
    if (file->stream != nullptr) gzclose(file->stream);
    store_.remove(file->name);
  }
}

Result<void> TableImport::add(const ImportLayout& layout, std::string_view csv, uint64_t rows,
                              const std::string& place) {
  File* file = nullptr;
  {
    const std::lock_guard lock(state_->mutex);
    state_->rows += rows;
    const auto idle = std::find_if(state_->idle.begin(), state_->idle.end(),
                                   [&](const File* candidate) { return candidate->layout == layout; });
    if (idle != state_->idle.end()) {
      file = *idle;
      state_->idle.erase(idle);
    } else {
      state_->files.push_back(std::make_unique<File>());
      file = state_->files.back().get();
      file->layout = layout;
      file->name =
          fmt::format("{}.{:04}.csv{}", file_stem(table_), state_->files.size(), store_.gzip() ? ".gz" : "");
    }
  }
  const std::string path = store_.path(file->name);
  const auto failed = [&] {
    return Error{
        Error::Kind::interrupted,
        fmt::format("cannot write {}: {}", path, std::strerror(errno)),
        {},
        "make room on the disk, or name another directory with --host-files, and run again with --resume"};
  };
  if (file->stream == nullptr) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                  store_.shared() ? 0644 : 0600);
    if (descriptor < 0) return failed();
    // "T" writes plainly, through the same calls.
    file->stream = gzdopen(descriptor, store_.gzip() ? "wb1" : "wbT");
    if (file->stream == nullptr) {
      ::close(descriptor);
      return failed();
    }
    gzbuffer(file->stream, 256U << 10);
  }
  for (std::string_view left = csv; !left.empty();) {
    const auto piece = static_cast<unsigned>(std::min<size_t>(left.size(), size_t{1} << 30));
    if (gzwrite(file->stream, left.data(), piece) != static_cast<int>(piece)) return failed();
    left.remove_prefix(piece);
  }
  if (!place.empty()) file->places.emplace_back(file->rows, place);
  file->bytes += csv.size();
  file->rows += rows;
  if (file->bytes >= kFileBytes) {
    const int closed = gzclose(std::exchange(file->stream, nullptr));
    if (closed != Z_OK) return failed();
    return {};
  }
  const std::lock_guard lock(state_->mutex);
  state_->idle.push_back(file);
  return {};
}

Result<uint64_t> TableImport::finish(Connection& connection, const std::string& url, uint64_t rejected,
                                     Journal& journal, Observer& observer) {
  if (state_->rows == 0) return uint64_t{0};
  std::vector<std::vector<File*>> groups;
  for (const auto& file : state_->files) {
    if (file->rows == 0) continue;
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const std::vector<File*>& candidate) {
      return candidate[0]->layout == file->layout;
    });
    if (group != groups.end()) {
      group->push_back(file.get());
    } else {
      groups.push_back({file.get()});
    }
  }
  ImportJob job{{}, 0, rejected, false, {}};
  for (const std::vector<File*>& group : groups) {
    for (const File* file : group) job.rows += file->rows;
    job.last = &group == &groups.back();
    if (Result<void> done = import(connection, url, group, job, journal, observer); !done)
      return done.error();
  }
  for (const auto& file : state_->files) store_.remove(file->name);
  state_->files.clear();
  // A detached job does not tell.
  const std::string name = quote_name(table_.schema, table_.name);
  const Result<Rows> counted = connection.query("SELECT count(*) FROM " + name);
  if (!counted) return explained(counted.error());
  const uint64_t rows = std::strtoull(counted->values[0][0].c_str(), nullptr, 10);
  if (rows == state_->rows) return rows;
  return Error{
      Error::Kind::differs,
      fmt::format("{} rows were written to files, after IMPORT INTO there are {}", state_->rows, rows),
      {},
      "load the table again with --method copy"};
}

Result<void> TableImport::import(Connection& connection, const std::string& url,
                                 const std::vector<File*>& files, ImportJob job, Journal& journal,
                                 Observer& observer) {
  const ImportLayout& layout = files[0]->layout;
  std::string columns;
  for (const std::string& column : layout.columns) {
    if (!columns.empty()) columns += ", ";
    columns += quote_identifier(column);
  }
  std::string urls;
  for (File* file : files) {
    if (file->stream != nullptr && gzclose(std::exchange(file->stream, nullptr)) != Z_OK) {
      return Error{Error::Kind::interrupted,
                   fmt::format("cannot write {}: {}", store_.path(file->name), std::strerror(errno)),
                   {},
                   "make room on the disk and run again with --resume"};
    }
    const std::string file_url = store_.publish(file->name);
    if (urls.empty()) job.file = own_part(file_url);
    urls += (urls.empty() ? "" : ", ") + quote_literal(file_url);
  }
  std::string with = "detached";
  if (store_.gzip()) with += ", decompress = 'gzip'";
  if (!layout.null_word.empty()) with += ", nullif = " + quote_literal(layout.null_word);
  // Whoever goes on after us finds the job by its file, should we not live to hear its number.
  if (Result<void> noted = note_job(journal, table_, job); !noted) return noted;
  const Result<Rows> answer =
      connection.query(fmt::format("IMPORT INTO {} ({}) CSV DATA ({}) WITH {}",
                                   quote_name(table_.schema, table_.name), columns, urls, with));
  if (!answer) return explained(answer.error());
  if (answer->size() != 1) throw InternalError("a detached IMPORT INTO without its job");
  job.id = answer->values[0][0];
  if (Result<void> noted = note_job(journal, table_, job); !noted) return noted;
  const Result<JobEnd> end = watch_job(job, connection, url, observer);
  if (!end) return end.error();
  if (end->status == "succeeded") return {};
  if (end->status == "failed") return explained({Error::Kind::interrupted, end->error, "XXUUU", {}});
  return Error{
      Error::Kind::interrupted,
      fmt::format("the import, job {}, is {}{}{}", job.id, end->status, end->error.empty() ? "" : ": ",
                  end->error),
      {},
      "mend what stands in its way (SHOW JOB on the target says more), then run again with --resume"};
}

std::string TableImport::origin_of_row(const std::string& message) const {
  // "<url>: error parsing row 78: ..."
  static constexpr std::string_view words = "error parsing row ";
  const size_t at = message.find(words);
  if (at == std::string::npos) return {};
  const uint64_t row = std::strtoull(message.c_str() + at + words.size(), nullptr, 10);
  for (const auto& file : state_->files) {
    if (message.find("/" + file->name + ":") == std::string::npos) continue;
    std::string origin;
    for (const auto& [before, place] : file->places) {
      if (before < row) origin = fmt::format("row {} of those from {} on", row - before, place);
    }
    return origin;
  }
  return {};
}

Error TableImport::explained(Error error) {
  const std::string words = error.message;
  if (error.sqlstate.empty()) {
    error.advice =
        "an import may have begun and go on without us: run the same command with --resume, which looks for "
        "its job";
    return error;
  }
  if (stop_requested) {
    error.advice = "run again with --resume";
    return error;
  }
  const auto say = [&](Error::Kind kind, std::string_view sentence, std::string_view advice) {
    error.kind = kind;
    const std::string origin = origin_of_row(words);
    error.message = fmt::format("{}{}{} ({})", sentence, origin.empty() ? "" : ": ", origin, words);
    error.advice = advice;
    return error;
  };
  const auto blame_row = [&](std::string_view sentence) {
    refused_rows_ = true;
    return say(Error::Kind::interrupted, sentence,
               "load with --method copy, which names the row, or with --max-bad-rows");
  };
  if (contains(words, "duplicate key in") || contains(words, "key collisions") ||
      contains(words, "collides with"))
    return blame_row("two rows have the same key");
  if (contains(words, "violates not-null constraint"))
    return blame_row("a value that must not be NULL is NULL");
  if (contains(words, "error parsing row")) return blame_row("the cluster does not take a row");
  if (contains(words, "unsupported storage scheme")) {
    return say(Error::Kind::usage, "the cluster knows no such kind of URL", "correct --host-files");
  }
  if (contains(words, "error response from server") || contains(words, "file does not exist") ||
      contains(words, "connection refused") || contains(words, "no such host") ||
      contains(words, "i/o timeout") || contains(words, "external_storage") ||
      contains(words, "get \"http") || contains(words, "no route to host")) {
    return say(Error::Kind::interrupted, "the cluster's nodes cannot fetch the import files",
               "give a URL in --host-files that the nodes reach (127.0.0.1 is only right for a node on this "
               "machine), or "
               "load with --method copy");
  }
  if (contains(words, "offline")) {
    return say(Error::Kind::interrupted, "the table is offline: another import is at work on it",
               "wait for its end (SHOW JOBS), then run again with --resume");
  }
  if (error.sqlstate == "42501") {
    return say(
        Error::Kind::interrupted, "the user may not import",
        "grant INSERT and DROP on the table and the system privilege EXTERNALIOIMPLICITACCESS, or load with "
        "--method copy");
  }
  error.message = "IMPORT INTO failed: " + words;
  error.advice = "run again with --resume, or load with --method copy";
  return error;
}

}  // namespace pg2crdb
