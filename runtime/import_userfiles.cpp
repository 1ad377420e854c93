#include "runtime/import_userfiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "runtime/deflater.h"
#include "runtime/made_tables.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

const std::string userfiles_action = "import userfiles";
constexpr std::string_view tables_begin = "import_";
/// A row of the COPY that uploads: the server gathers a hundred of them in its memory.
constexpr size_t row_bytes = size_t{16} << 10;

std::string random_name() {
  std::random_device random;
  return fmt::format("{}{:08x}{:08x}", tables_begin, random(), random());
}

/// The payload's table refers to the other one.
Result<void> drop_tables(Connection& target, const std::string& tables) {
  for (const std::string_view suffix : {"_upload_payload", "_upload_files"}) {
    const Result<void> dropped =
        target.execute(fmt::format("DROP TABLE IF EXISTS pg2crdb.{}{}", tables, suffix));
    const bool is_gone = !dropped && dropped.error().sqlstate == "3F000";
    if (!dropped && !is_gone) return dropped;
  }
  const Result<void> dropped = target.execute("DROP SCHEMA IF EXISTS pg2crdb");
  const bool holds_more = !dropped && dropped.error().sqlstate == "2BP01";
  return holds_more ? Result<void>() : dropped;
}

void tell_left(const std::string& tables, const Error& error, Observer& observer) {
  observer.problem(fmt::format(
      "import files are left in the target's tables pg2crdb.{0}_upload_payload and "
      "pg2crdb.{0}_upload_files: {1}. A run that goes on with --resume drops them, else drop them there",
      tables, error.message));
}

Error about_upload(Error error) {
  error.message = "cannot upload an import file to the cluster: " + error.message;
  if (error.sqlstate == "42501") {
    error.kind = Error::Kind::usage;
    error.advice =
        "--host-files userfile makes tables in the target's schema pg2crdb: grant CREATE on the database, or "
        "load with "
        "--method copy";
  } else if (error.advice.empty()) {
    error.advice = "run again with --resume, or load with --method copy";
  }
  return error;
}

class Userfile : public ImportFile {
 public:
  Userfile(ImportUserfiles& store, std::string name, Connection connection)
      : store_(store), name_(std::move(name)), connection_(std::move(connection)) {
    if (store.gzip()) deflater_.emplace();
  }
  ~Userfile() override {
    if (is_open_) connection_->copy_in_abort("the import file is given up");
    connection_.reset();
    store_.remove(name_);
  }

  /// The file's bytes are the rows' of a COPY in text format, each a value of type bytes, one behind the
  /// other (pkg/sql/copy_file_upload.go of CockroachDB).
  Result<void> begin() {
    Result<void> begun =
        connection_->copy_in_begin("COPY crdb_internal.user_file_upload FROM STDIN WITH destination = " +
                                   quote_literal(store_.url(name_)));
    if (!begun) return about_upload(begun.error());
    is_open_ = true;
    return {};
  }

  Result<void> write(std::string_view csv) override {
    if (!deflater_) return send(csv);
    std::string compressed;
    deflater_->add(csv, compressed);
    return send(compressed);
  }

  Result<std::string> close() override {
    if (deflater_) {
      std::string compressed;
      deflater_->end(compressed);
      if (Result<void> sent = send(compressed); !sent) return sent.error();
    }
    is_open_ = false;
    const Result<uint64_t> ended = connection_->copy_in_end();
    connection_.reset();
    if (!ended) return about_upload(ended.error());
    return store_.url(name_);
  }

 private:
  Result<void> send(std::string_view bytes) {
    std::string rows;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(row_bytes, bytes.size()))) {
      for (const char c : bytes.substr(0, row_bytes)) {
        switch (c) {
          case '\\':
            rows += "\\\\";
            break;
          case '\n':
            rows += "\\n";
            break;
          case '\r':
            rows += "\\r";
            break;
          case '\t':
            rows += "\\t";
            break;
          default:
            rows += c;
        }
      }
      rows += '\n';
    }
    if (rows.empty()) return {};
    Result<void> sent = connection_->copy_in_data(rows);
    if (sent) return {};
    is_open_ = false;
    return about_upload(sent.error());
  }

  ImportUserfiles& store_;
  const std::string name_;
  std::optional<Connection> connection_;
  std::optional<Deflater> deflater_;
  bool is_open_ = false;
};

}  // namespace

ImportUserfiles::ImportUserfiles(const LoadOptions& options, std::string database, Journal& journal,
                                 Observer& observer)
    : ImportStore(options.compress == "gzip"),
      target_(options.target),
      database_(std::move(database)),
      tables_(random_name()),
      journal_(journal),
      observer_(observer) {}

Result<std::unique_ptr<ImportStore>> ImportUserfiles::open(const LoadOptions& options, Journal& journal,
                                                           Observer& observer) {
  Result<Connection> target = Connection::open(options.target);
  if (!target) return target.error();
  const Result<Rows> named = target->query("SELECT current_database()");
  if (!named) return named.error();
  const std::string& database = named->values[0][0];
  if (quote_identifier(database) != database) {
    return Error{
        Error::Kind::usage,
        fmt::format("--host-files userfile cannot be had in the database {}: its name has to be quoted, "
                    "which the URL of a userfile does not hold",
                    quote_identifier(database)),
        {},
        "load with --method copy, or give a URL of object storage"};
  }
  std::unique_ptr<ImportUserfiles> store(new ImportUserfiles(options, database, journal, observer));
  if (Result<void> made = make_tables(*target, {}); !made) return about_upload(made.error());
  if (Result<void> noted = journal.begin({userfiles_action, {{}, store->tables_}}); !noted)
    return noted.error();
  // Two uploads at once would both make the tables.
  if (Result<void> tried = store->try_rights(); !tried) return tried.error();
  return std::unique_ptr<ImportStore>(std::move(store));
}

Result<void> ImportUserfiles::try_rights() {
  Result<std::unique_ptr<ImportFile>> file = create("write-test");
  if (!file) return file.error();
  if (Result<void> written = (*file)->write("uploaded and removed to see whether that is allowed\n");
      !written)
    return written;
  const Result<std::string> closed = (*file)->close();
  return closed ? Result<void>() : closed.error();
}

Result<void> ImportUserfiles::remove_left(const std::string& target, Journal& journal, Observer& observer) {
  const std::vector<ObjectName> all = journal.begun(userfiles_action);
  if (all.empty()) return {};
  Result<Connection> connection = Connection::open(target);
  if (!connection) return connection.error();
  for (const ObjectName& left : all) {
    if (!left.name.starts_with(tables_begin) || quote_identifier(left.name) != left.name) continue;
    const Result<void> dropped = drop_tables(*connection, left.name);
    if (!dropped && dropped.error().sqlstate.empty()) return dropped;
    if (!dropped) {
      tell_left(left.name, dropped.error(), observer);
      continue;
    }
    if (Result<void> noted = journal.forget({userfiles_action, left}); !noted) return noted;
  }
  return {};
}

ImportUserfiles::~ImportUserfiles() {
  removing_.reset();
  Result<Connection> target = Connection::open(target_);
  const Result<void> dropped = target ? drop_tables(*target, tables_) : Result<void>(target.error());
  if (!dropped) {
    tell_left(tables_, dropped.error(), observer_);
    return;
  }
  // Where that cannot be noted, the next run finds nothing there.
  static_cast<void>(journal_.forget({userfiles_action, {{}, tables_}}));
}

Result<std::unique_ptr<ImportFile>> ImportUserfiles::create(const std::string& name) {
  Result<Connection> connection = Connection::open(target_);
  if (!connection) return connection.error();
  auto file = std::make_unique<Userfile>(*this, name, std::move(*connection));
  if (Result<void> begun = file->begin(); !begun) return begun.error();
  return std::unique_ptr<ImportFile>(std::move(file));
}

std::string ImportUserfiles::url(const std::string& name) const {
  return fmt::format("userfile://{}.pg2crdb.{}/{}", database_, tables_, name);
}

void ImportUserfiles::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (!removing_) {
    Result<Connection> opened = Connection::open(target_);
    if (!opened) return;
    removing_.emplace(std::move(*opened));
  }
  const std::string is_it = "filename = " + quote_literal("/" + name);
  for (const std::string& statement :
       {fmt::format("DELETE FROM pg2crdb.{0}_upload_payload WHERE file_id IN (SELECT file_id FROM "
                    "pg2crdb.{0}_upload_files WHERE {1})",
                    tables_, is_it),
        fmt::format("DELETE FROM pg2crdb.{}_upload_files WHERE {}", tables_, is_it)}) {
    if (removing_->execute(statement)) continue;
    removing_.reset();
    return;
  }
}

}  // namespace pg2crdb
