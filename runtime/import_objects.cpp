#include "runtime/import_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/deflater.h"

namespace pg2crdb {
namespace {

/// Storage takes 10,000 parts of 5 MiB and more; import files have some 256 MB.
constexpr size_t part_bytes = size_t{8} << 20;
constexpr size_t piece_bytes = size_t{256} << 10;
/// Each removal that gets no answer takes ten seconds.
constexpr auto pause_of_removals = std::chrono::seconds(30);
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

/// It may pass; else this object is refused, and others need not be.
bool is_trouble(const Error& error) {
  return error.kind == Error::Kind::interrupted;
}

class FileOfObjects : public ImportFile {
 public:
  FileOfObjects(ImportObjects& store, std::string key) : store_(store), key_(std::move(key)) {
    if (store.gzip()) deflater_ = std::make_unique<Deflater>();
  }
  ~FileOfObjects() override {
    free_buffer();
    store_.remove({key_, upload_, in_parts_});
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
  if (Result<void> tried = store->try_rights(); !tried) return tried.error();
  return std::unique_ptr<ImportStore>(std::move(store));
}

Result<void> ImportObjects::look(ObjectLocation location) {
  Result<std::unique_ptr<ObjectStore>> objects = ObjectStore::open(std::move(location));
  if (!objects) return objects.error();
  return (*objects)->look((*objects)->location().prefix() + random_name());
}

ImportObjects::~ImportObjects() {
  std::vector<Left> left;
  std::string why;
  bool is_in_trouble = false;
  for (const std::vector<Left>* some : {&refused_, &waiting_, &uncertain_}) {
    for (const Left& one : *some) {
      const Result<void> removed = is_in_trouble ? Result<void>() : remove_now(one);
      if (removed && !is_in_trouble) {
        // Of what is on its way, the run that goes on takes another look.
        if (some != &uncertain_) forget(one);
        continue;
      }
      if (why.empty()) why = removed.error().message;
      is_in_trouble = is_in_trouble || is_trouble(removed.error());
      left.push_back(one);
    }
  }
  // Parts that come late find no upload any more.
  std::erase_if(uncertain_, [](const Left& one) { return one.in_parts; });
  if (!uncertain_.empty() && !is_in_trouble) {
    const std::string shown = objects_->location().shown(uncertain_[0].key);
    const bool is_one = uncertain_.size() == 1;
    observer_.problem(fmt::format(
        "{} in {} got no answer and {} removed: should the storage store {} behind the end of this "
        "run, remove it there",
        is_one ? "an upload" : fmt::format("{} uploads", uncertain_.size()),
        shown.substr(0, shown.rfind('/')), is_one ? "was" : "were", is_one ? "it" : "one"));
  }
  if (left.empty()) return;
  const std::string shown = objects_->location().shown(left[0].key);
  observer_.problem(fmt::format(
      "{} left in {}: {}. A run that goes on with --resume removes {}, else remove {} there",
      left.size() == 1 ? "an import file may be" : fmt::format("{} import files may be", left.size()),
      shown.substr(0, shown.rfind('/')), why, left.size() == 1 ? "it" : "them",
      left.size() == 1 ? "it" : "them"));
}

Result<void> ImportObjects::remove_left() {
  for (const ObjectName& left : journal_.begun(object_action)) {
    const std::string key = objects_->location().key_of(left.name);
    if (key.empty()) {
      observer_.problem(fmt::format("the run before may have left {}: remove it there",
                                    ObjectLocation::shown_of(left.name)));
      continue;
    }
    const Left one{key, left.schema, left.schema.empty()};
    const Result<void> removed = is_ours(key) ? remove_now(one) : Result<void>();
    if (!removed && is_trouble(removed.error())) return removed;
    if (!removed) {
      observer_.problem(fmt::format("the run before may have left {}, which cannot be removed: {}",
                                    ObjectLocation::shown_of(left.name), removed.error().message));
      continue;
    }
    if (Result<void> noted = journal_.forget({object_action, left}); !noted) return noted;
  }
  return {};
}

void ImportObjects::name_left(const Journal& journal, Observer& observer) {
  for (const ObjectName& left : journal.begun(object_action))
    observer.problem(
        fmt::format("the run before may have left {}: remove it there", ObjectLocation::shown_of(left.name)));
}

Result<void> ImportObjects::try_rights() {
  static constexpr std::string_view bytes = "written, read and removed to see whether that is allowed\n";
  const Left left{folder_ + "write-test", {}, false};
  if (Result<void> noted = note(left.key); !noted) return noted;
  Result<void> tried = objects_->put(left.key, bytes);
  if (!tried) {
    if (!is_trouble(tried.error()) && !objects_->is_uncertain(left.key)) forget(left);  // nothing was written
    return tried;
  }
  if (!objects_->location().is_implicit()) {
    const Result<std::string> read = objects_->read(left.key);
    if (!read) tried = read.error();
  }
  if (tried) tried = try_uploads(left.key);
  const Result<void> removed = objects_->remove(left.key);
  if (removed && objects_->is_uncertain(left.key)) {
    uncertain_.push_back(left);
  } else if (removed) {
    forget(left);
  }
  return tried ? removed : tried;
}

Result<void> ImportObjects::try_uploads(const std::string& key) {
  const Result<std::string> upload = objects_->begin_upload(key);
  if (!upload) return upload.error();
  if (Result<void> noted = note(key, *upload); !noted) return noted;
  Result<void> aborted = objects_->abort_upload(key, *upload);
  if (aborted && objects_->is_uncertain(key)) aborted = objects_->abort_uploads(key);
  if (aborted) forget({key, *upload, true});
  return aborted;
}

Result<std::unique_ptr<ImportFile>> ImportObjects::create(const std::string& name) {
  const std::string key = folder_ + name;
  if (Result<void> noted = note(key); !noted) return noted.error();
  return std::unique_ptr<ImportFile>(std::make_unique<FileOfObjects>(*this, key));
}

Result<void> ImportObjects::note(const std::string& key, const std::string& upload) {
  return journal_.begin({object_action, {upload, objects_->location().noted(key)}});
}

/// Where that cannot be noted, the next run finds nothing there.
void ImportObjects::forget(const Left& left) {
  const std::string noted = objects_->location().noted(left.key);
  static_cast<void>(journal_.forget({object_action, {{}, noted}}));
  if (!left.upload.empty()) static_cast<void>(journal_.forget({object_action, {left.upload, noted}}));
}

Result<void> ImportObjects::remove_now(const Left& left) {
  Result<void> removed;
  const auto note_first = [&](Result<void> done) {
    if (removed) removed = std::move(done);
    return removed || !is_trouble(removed.error());
  };
  if (!left.upload.empty() && !note_first(objects_->abort_upload(left.key, left.upload))) return removed;
  if (left.in_parts && !note_first(objects_->abort_uploads(left.key))) return removed;
  note_first(objects_->remove(left.key));
  return removed;
}

void ImportObjects::remove(Left left) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(left));
  while (!waiting_.empty() && std::chrono::steady_clock::now() >= next_removal_) {
    const Left one = waiting_.back();
    const Result<void> removed = remove_now(one);
    if (!removed && is_trouble(removed.error())) {
      next_removal_ = std::chrono::steady_clock::now() + pause_of_removals;
      return;
    }
    waiting_.pop_back();
    if (!removed) {
      refused_.push_back(one);
    } else if (objects_->is_uncertain(one.key)) {
      uncertain_.push_back(one);
    } else {
      forget(one);
    }
  }
}

}  // namespace pg2crdb
