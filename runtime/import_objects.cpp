#include "runtime/import_objects.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace pg2crdb {
namespace {

/// Storage takes 10,000 parts of 5 MiB and more; import files have some 256 MB.
constexpr size_t part_bytes = size_t{8} << 20;
constexpr size_t piece_bytes = size_t{1} << 20;
constexpr size_t small_buffer = size_t{256} << 10;
const std::string object_action = "import object";
constexpr std::string_view folder_begin = "pg2crdb-";

std::string random_name() {
  std::random_device random;
  return fmt::format("{}{:08x}{:08x}{:08x}{:08x}", folder_begin, random(), random(), random(), random());
}

/// Whether an ImportObjects made it: "[prefix/]pg2crdb-.../name".
bool is_ours(std::string_view key) {
  const size_t name = key.rfind('/');
  if (name == std::string_view::npos || name == 0) return false;
  const size_t folder = key.rfind('/', name - 1);
  return key.substr(folder == std::string_view::npos ? 0 : folder + 1).starts_with(folder_begin);
}

/// Appends to a string what it compresses.
class Deflater {
 public:
  Deflater() {
    constexpr int gzip_window = 15 + 16;
    constexpr int memory_level = 8;
    if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) !=
        Z_OK)
      throw std::bad_alloc();
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void add(std::string_view bytes, std::string& out) { run(bytes, Z_NO_FLUSH, out); }
  void end(std::string& out) { run({}, Z_FINISH, out); }

 private:
  void run(std::string_view bytes, int flush, std::string& out) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      Bytef piece[16384];
      stream_.next_out = piece;
      stream_.avail_out = sizeof piece;
      deflate(&stream_, flush);
      out.append(reinterpret_cast<const char*>(piece), sizeof piece - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
};

class FileOfObjects : public ImportFile {
 public:
  FileOfObjects(ImportObjects& store, std::string key) : store_(store), key_(std::move(key)) {
    if (store.gzip()) deflater_ = std::make_unique<Deflater>();
  }
  ~FileOfObjects() override {
    free_buffer();
    store_.remove(key_, upload_, in_parts_);
  }

  Result<void> write(std::string_view csv) override {
    for (; !csv.empty(); csv.remove_prefix(std::min(piece_bytes, csv.size()))) {
      const std::string_view piece = csv.substr(0, piece_bytes);
      if (buffer_.size() + piece.size() > small_buffer) buffer_.reserve(part_bytes + piece_bytes);
      if (deflater_) {
        deflater_->add(piece, buffer_);
      } else {
        buffer_ += piece;
      }
      count_memory();
      if (buffer_.size() < part_bytes) continue;
      if (Result<void> sent = send_part(); !sent) return sent;
    }
    return {};
  }

  Result<std::string> close() override {
    if (deflater_) deflater_->end(buffer_);
    deflater_.reset();
    Result<void> done;
    if (upload_.empty()) {
      done = store_.objects().put(key_, buffer_);
    } else {
      if (!buffer_.empty()) done = send_part();
      if (done) done = store_.objects().complete_upload(key_, upload_, parts_, sent_);
    }
    if (!done) return done.error();
    free_buffer();
    return store_.objects().location().cluster_url(key_);
  }

 private:
  /// An assignment would keep its memory.
  void free_buffer() {
    std::string().swap(buffer_);
    count_memory();
  }

  Result<void> send_part() {
    if (upload_.empty()) {
      in_parts_ = true;
      Result<std::string> begun = store_.objects().begin_upload(key_);
      if (!begun) return begun.error();
      upload_ = std::move(*begun);
      if (Result<void> noted = store_.note(key_, upload_); !noted) return noted;
    }
    Result<std::string> part = store_.objects().put_part(key_, upload_, parts_.size() + 1, buffer_);
    if (!part) return part.error();
    parts_.push_back(std::move(*part));
    sent_ += buffer_.size();
    buffer_.clear();
    return {};
  }

  void count_memory() {
    store_.buffered() += buffer_.capacity() - counted_;
    counted_ = buffer_.capacity();
  }

  ImportObjects& store_;
  const std::string key_;
  std::unique_ptr<Deflater> deflater_;
  std::string buffer_;  ///< of what is to be sent
  size_t counted_ = 0;  ///< of the buffer's memory
  bool in_parts_ = false;
  std::string upload_;  ///< empty: none is begun
  std::vector<std::string> parts_;
  uint64_t sent_ = 0;
};

}  // namespace

ImportObjects::ImportObjects(const LoadOptions& options, std::unique_ptr<ObjectStore> objects,
                             Journal& journal, Observer& observer)
    : ImportStore(options.compress == "gzip"),
      journal_(journal),
      observer_(observer),
      objects_(std::move(objects)),
      folder_(objects_->location().prefix() + random_name() + "/"),
      // Each worker writes a file; small ones wait for their tables' ends.
      most_buffered_(
          (size_t{options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency())} + 1) *
          (part_bytes + piece_bytes)) {}

Result<std::unique_ptr<ImportStore>> ImportObjects::open(const LoadOptions& options, ObjectLocation location,
                                                         Journal& journal, Observer& observer) {
  Result<std::unique_ptr<ObjectStore>> objects = ObjectStore::open(std::move(location));
  if (!objects) return objects.error();
  std::unique_ptr<ImportObjects> store(new ImportObjects(options, std::move(*objects), journal, observer));
  if (Result<void> removed = store->remove_left(); !removed) return removed.error();
  if (Result<void> tried = store->try_to_write(); !tried) return tried.error();
  return std::unique_ptr<ImportStore>(std::move(store));
}

Result<void> ImportObjects::remove_left() {
  for (const ObjectName& left : journal_.begun(object_action)) {
    const std::string key = objects_->location().key_of(left.name);
    if (key.empty()) {
      observer_.problem("the run before left " + left.name + ", in another bucket: remove it there");
      continue;
    }
    if (is_ours(key)) {
      Result<void> removed =
          left.schema.empty() ? objects_->abort_uploads(key) : objects_->abort_upload(key, left.schema);
      if (removed) removed = objects_->remove(key);
      if (!removed) return removed;
    }
    if (Result<void> noted = journal_.forget({object_action, left}); !noted) return noted;
  }
  return {};
}

void ImportObjects::name_left(const Journal& journal, Observer& observer) {
  for (const ObjectName& left : journal.begun(object_action))
    observer.problem("the run before left " + left.name + ": remove it there");
}

Result<void> ImportObjects::try_to_write() {
  const std::string key = folder_ + "write-test";
  if (Result<void> noted = note(key); !noted) return noted;
  if (Result<void> written = objects_->put(key, {}); !written) return written;
  if (Result<void> removed = objects_->remove(key); !removed) return removed;
  return journal_.forget({object_action, {{}, objects_->location().shown(key)}});
}

Result<std::unique_ptr<ImportFile>> ImportObjects::create(const std::string& name) {
  const std::string key = folder_ + name;
  if (Result<void> noted = note(key); !noted) return noted.error();
  return std::unique_ptr<ImportFile>(std::make_unique<FileOfObjects>(*this, key));
}

Result<void> ImportObjects::note(const std::string& key, const std::string& upload) {
  return journal_.begin({object_action, {upload, objects_->location().shown(key)}});
}

void ImportObjects::remove(const std::string& key, const std::string& upload, bool in_parts) {
  const std::lock_guard lock(mutex_);
  if (gave_up_) return;
  Result<void> removed;
  if (!upload.empty()) removed = objects_->abort_upload(key, upload);
  if (removed && in_parts) removed = objects_->abort_uploads(key);
  if (removed) removed = objects_->remove(key);
  const std::string shown = objects_->location().shown(key);
  if (!removed) {
    gave_up_ = true;
    observer_.problem(fmt::format(
        "import files are left in {}: {}. A run with --resume removes them, else remove them there",
        shown.substr(0, shown.rfind('/')), removed.error().message));
    return;
  }
  // Where that cannot be noted, the next run finds nothing there.
  static_cast<void>(journal_.forget({object_action, {{}, shown}}));
  if (!upload.empty()) static_cast<void>(journal_.forget({object_action, {upload, shown}}));
}

}  // namespace pg2crdb
