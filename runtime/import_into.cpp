#include "runtime/import_into.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "target/quote.h"

namespace pg2crdb {

namespace {

constexpr uint64_t kFileBytes = uint64_t{256} << 20;
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

/// Whether a node was given one of these statuses where it fetched a file, as CockroachDB's clients for S3
/// and for HTTP say so.
bool answered(std::string_view text, std::initializer_list<std::string_view> statuses) {
  return std::ranges::any_of(statuses, [&](std::string_view status) {
    for (const char* before : {"error response from server: ", "status code: ", "statuscode: "}) {
      if (contains(text, fmt::format("{}{}", before, status))) return true;
    }
    return false;
  });
}

}  // namespace

struct TableImport::File {
  std::string name;
  ImportLayout layout;
  std::unique_ptr<ImportFile> sink;
  std::string url;  ///< once it is whole
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

TableImport::~TableImport() = default;

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
  if (!file->sink) {
    Result<std::unique_ptr<ImportFile>> created = store_.create(file->name);
    if (!created) return created.error();
    file->sink = std::move(*created);
  }
  if (Result<void> written = file->sink->write(csv); !written) return written;
  if (!place.empty()) file->places.emplace_back(file->rows, place);
  file->bytes += csv.size();
  file->rows += rows;
  if (file->bytes >= kFileBytes || store_.is_crowded()) {
    Result<std::string> url = file->sink->close();
    if (!url) return url.error();
    file->url = std::move(*url);
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
    if (file->url.empty()) {
      Result<std::string> closed = file->sink->close();
      if (!closed) return closed.error();
      file->url = std::move(*closed);
    }
    if (urls.empty()) job.file = own_part(file->url);
    urls += (urls.empty() ? "" : ", ") + quote_literal(file->url);
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
    const std::string name = "/" + file->name;
    if (message.find(name + ":") == std::string::npos && message.find(name + "?") == std::string::npos)
      continue;
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
  // cockroachdb/cockroach#73985 has the words of S3.
  if (answered(words, {"401", "403"})) {
    return say(
        Error::Kind::interrupted, "the storage does not let the cluster's nodes read the import files",
        "see that the key or token in the URL of --host-files may read there and has not expired (with "
        "AUTH=implicit that of the nodes), and that the nodes' clocks are right; then run again with "
        "--resume, or load with --method copy");
  }
  if (answered(words, {"429", "500", "502", "503", "504"})) {
    return say(Error::Kind::interrupted,
               "the storage cannot give the import files to the cluster's nodes now",
               "run again with --resume, later, or load with --method copy");
  }
  if (contains(words, "error response from server") || contains(words, "failed to get s3 object") ||
      contains(words, "file does not exist") || contains(words, "connection refused") ||
      contains(words, "no such host") || contains(words, "i/o timeout") ||
      contains(words, "external_storage") || contains(words, "get \"http") ||
      contains(words, "no route to host")) {
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
