#include "runtime/compare.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <future>
#include <map>
#include <tuple>
#include <utility>

#include "rows/hash128.h"

namespace pg2crdb {
namespace {

constexpr uint64_t progress_rows = 100'000;
// Of differences, whose values are kept: so many however large their rows are, or so many bytes.
constexpr uint64_t always_kept = 100;
constexpr uint64_t kept_bytes = uint64_t{128} << 20;
constexpr uint64_t no_text = ~uint64_t{0};

bool operator<(const Hash128& a, const Hash128& b) {
  return std::tie(a.high, a.low) < std::tie(b.high, b.low);
}

struct RowHash {
  Hash128 key;
  Hash128 row;
  bool operator<(const RowHash& other) const { return key == other.key ? row < other.row : key < other.key; }
  bool operator==(const RowHash&) const = default;
};

// Hashes rows by what their values mean. One for each thread.
class RowHasher {
 public:
  explicit RowHasher(const ComparedTable& table)
      : table_(table), order_(hashed_order(table)), key_size_(table.key.size()) {}

  RowHash hash(const std::vector<Field>& fields) {
    if (fields.size() != table_.columns.size()) throw InternalError("a row of another number of columns");
    buffer_.clear();
    size_t key_end = 0;
    for (size_t i = 0; i < order_.size(); ++i) {
      append(table_.columns[order_[i]].type, fields[order_[i]]);
      if (i + 1 == key_size_) key_end = buffer_.size();
    }
    const Hash128 row = hash128(buffer_, 1);
    return {key_size_ == 0 ? row : hash128(std::string_view(buffer_).substr(0, key_end), 2), row};
  }

 private:
  // Each value is led by its length, NULL by a length that no value has.
  void append(const CanonicalType& type, const Field& field) {
    constexpr uint32_t null_length = ~uint32_t{0};
    const size_t begin = buffer_.size();
    buffer_.resize(begin + sizeof null_length);
    uint32_t length = null_length;
    if (!field.null) {
      if (type.form == CanonicalForm::text) {
        buffer_ += field.text;
      } else {
        append_canonical(buffer_, type, field.text);
      }
      length = static_cast<uint32_t>(buffer_.size() - begin - sizeof length);
    }
    std::memcpy(buffer_.data() + begin, &length, sizeof length);
  }

  const ComparedTable& table_;
  std::vector<size_t> order_;
  size_t key_size_;
  std::string buffer_;
};

struct Bucket {
  Hash128 sum;
  uint64_t rows = 0;
  uint64_t bytes = 0;
};

// One or more equal rows that may differ from the other side's.
struct Record {
  RowHash hash;
  uint64_t count = 1;
  uint64_t text = no_text;  // where the row's text begins in its side's
};

struct Records {
  std::vector<Record> all;
  std::string texts;  // rows in COPY's format, where they are kept
  size_t merge_at = size_t{1} << 16;

  void add(const RowHash& hash, const std::vector<Field>* fields) {
    Record record{hash, 1, no_text};
    if (fields != nullptr) {
      record.text = texts.size();
      append_copy_row(texts, *fields);
    }
    all.push_back(record);
    if (fields == nullptr && all.size() >= merge_at) {
      sort();
      merge_at = std::max(merge_at, 2 * all.size());
    }
  }

  // By key and row, equal ones made one.
  void sort() {
    std::sort(all.begin(), all.end(), [](const Record& a, const Record& b) { return a.hash < b.hash; });
    size_t kept = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      if (kept > 0 && all[kept - 1].hash == all[i].hash) {
        all[kept - 1].count += all[i].count;
      } else {
        all[kept++] = all[i];
      }
    }
    all.resize(kept);
  }
};

Difference::Row row_of(const std::vector<Field>& fields) {
  Difference::Row row;
  for (const Field& field : fields) {
    row.push_back(field.null ? std::nullopt : std::optional<std::string>(field.text));
  }
  return row;
}

Difference::Row row_of(const Records& records, uint64_t text) {
  const std::string_view rest = std::string_view(records.texts).substr(text);
  std::vector<Field> fields;
  std::string scratch;
  if (!decode_copy_row(rest.substr(0, rest.find('\n')), fields, scratch)) {
    throw InternalError("a row that was kept cannot be read");
  }
  return row_of(fields);
}

class Comparer {
 public:
  Comparer(const ComparedTable& table, RowStream& source, RowStream& target, const CompareOptions& options,
           const std::function<void(uint64_t)>& progress)
      : table_(table), source_(source), target_(target), options_(options), progress_(progress) {}

  Result<Comparison> run() {
    std::vector<Bucket> source_buckets(options_.buckets);
    std::vector<Bucket> target_buckets(options_.buckets);
    Result<void> read = both([&] { return count(source_, source_buckets, out_.source_rows, true); },
                             [&] { return count(target_, target_buckets, out_.target_rows, false); });
    if (!read) return read.error();
    limited_ = options_.unordered_limit > 0 && out_.source_rows > options_.unordered_limit;
    out_.truth_rows = limited_ ? options_.unordered_limit : out_.source_rows;

    std::vector<bool> differs(options_.buckets);
    uint64_t rows = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < options_.buckets; ++i) {
      const Bucket& source = source_buckets[i];
      const Bucket& target = target_buckets[i];
      out_.source_hash += source.sum;
      out_.target_hash += target.sum;
      if (limited_ ? target.rows == 0 : source.rows == target.rows && source.sum == target.sum) {
        out_.success += target.rows;
        continue;
      }
      differs[i] = true;
      rows += target.rows + (limited_ ? 0 : source.rows);
      bytes += target.bytes + (limited_ ? 0 : source.bytes);
    }
    if (rows > 0) {
      const bool keep_texts = !limited_ && rows * sizeof(Record) + bytes <= options_.memory;
      const uint64_t room = kept_bytes / (bytes / rows + 1);
      most_differences_ = std::min(options_.max_reported, std::max(always_kept, room));
      read = match_in_groups(differs, source_buckets, target_buckets, keep_texts);
      if (!read) return read.error();
      if (!keep_texts && !out_.differences.empty()) {
        read = fetch_texts();
        if (!read) return read.error();
      }
    }
    const uint64_t found = out_.success + out_.mismatch;
    if (limited_ && out_.truth_rows > found) out_.missing = out_.truth_rows - found;
    for (Difference& difference : out_.differences) name_columns(difference);
    sort_differences();
    return std::move(out_);
  }

 private:
  // Reads both sides at once; where one fails the other is stopped.
  template <class Source, class Target>
  Result<void> both(Source source, Target target) {
    std::future<Result<void>> other = std::async(std::launch::async, [&] {
      Result<void> done = source();
      if (!done) failed_ = true;
      return done;
    });
    const Result<void> target_done = [&] {
      Result<void> done = target();
      if (!done) failed_ = true;
      return done;
    }();
    Result<void> source_done = other.get();
    return source_done ? target_done : source_done;
  }

  size_t bucket_of(const RowHash& hash) const { return hash.key.low & (options_.buckets - 1); }

  Result<void> count(RowStream& stream, std::vector<Bucket>& buckets, uint64_t& rows, bool with_progress) {
    RowHasher hasher(table_);
    // A row is added when the next one has been read: until then its bucket has come from memory.
    Bucket nothing;
    Bucket* bucket = &nothing;
    Hash128 row;
    uint64_t bytes = 0;
    const auto add_row = [&] {
      bucket->sum += row;
      ++bucket->rows;
      bucket->bytes += bytes;
    };
    Result<void> read = stream.read([&](const std::vector<Field>& fields) {
      const RowHash hash = hasher.hash(fields);
      add_row();
      bucket = &buckets[bucket_of(hash)];
      __builtin_prefetch(bucket, 1);
      row = hash.row;
      bytes = fields.size();
      for (const Field& field : fields) bytes += field.text.size();
      if (++rows % progress_rows == 0 && with_progress) progress_(rows);
      return !failed_;
    });
    add_row();
    return read;
  }

  // The rows of the buckets, with their texts where they fit.
  Result<void> collect(RowStream& stream, const std::vector<bool>& buckets, bool keep_texts,
                       const std::vector<Record>* keys, Records& out) {
    RowHasher hasher(table_);
    const Result<void> read = stream.read([&](const std::vector<Field>& fields) {
      const RowHash hash = hasher.hash(fields);
      if (buckets[bucket_of(hash)] && (keys == nullptr || has_key(*keys, hash.key))) {
        out.add(hash, keep_texts ? &fields : nullptr);
      }
      return !failed_;
    });
    out.sort();
    return read;
  }

  static bool has_key(const std::vector<Record>& sorted, const Hash128& key) {
    const auto at =
        std::lower_bound(sorted.begin(), sorted.end(), key,
                         [](const Record& record, const Hash128& k) { return record.hash.key < k; });
    return at != sorted.end() && at->hash.key == key;
  }

  Result<void> match_in_groups(const std::vector<bool>& differs, const std::vector<Bucket>& source_buckets,
                               const std::vector<Bucket>& target_buckets, bool keep_texts) {
    size_t next = 0;
    while (next < differs.size()) {
      std::vector<bool> group(differs.size());
      uint64_t cost = 0;
      bool any = false;
      for (; next < differs.size(); ++next) {
        if (!differs[next]) continue;
        const uint64_t rows = target_buckets[next].rows + (limited_ ? 0 : source_buckets[next].rows);
        cost += rows * sizeof(Record);
        if (any && !keep_texts && cost > options_.memory) break;
        group[next] = true;
        any = true;
      }
      if (!any) break;
      Records source;
      Records target;
      Result<void> read;
      if (limited_) {
        // Only keys that the target has are of interest, and the source may be far bigger.
        read = collect(target_, group, keep_texts, nullptr, target);
        if (read) read = collect(source_, group, keep_texts, &target.all, source);
      } else {
        read = both([&] { return collect(source_, group, keep_texts, nullptr, source); },
                    [&] { return collect(target_, group, keep_texts, nullptr, target); });
      }
      if (!read) return read;
      match(source, target, keep_texts);
    }
    return {};
  }

  void match(Records& source, Records& target, bool keep_texts) {
    size_t s = 0;
    size_t t = 0;
    while (s < source.all.size() || t < target.all.size()) {
      const Hash128 key =
          t == target.all.size() || (s < source.all.size() && source.all[s].hash.key < target.all[t].hash.key)
              ? source.all[s].hash.key
              : target.all[t].hash.key;
      const auto end_of = [&](const std::vector<Record>& all, size_t at) {
        while (at < all.size() && all[at].hash.key == key) ++at;
        return at;
      };
      const size_t source_end = end_of(source.all, s);
      const size_t target_end = end_of(target.all, t);
      cancel_equal(source.all, s, source_end, target.all, t, target_end);
      pair_rest(source, s, source_end, target, t, target_end, keep_texts);
      s = source_end;
      t = target_end;
    }
  }

  // Rows that are on both sides of one key.
  void cancel_equal(std::vector<Record>& source, size_t s, size_t source_end, std::vector<Record>& target,
                    size_t t, size_t target_end) {
    while (s < source_end && t < target_end) {
      if (source[s].hash.row == target[t].hash.row) {
        const uint64_t equal = std::min(source[s].count, target[t].count);
        source[s++].count -= equal;
        target[t++].count -= equal;
        out_.success += equal;
      } else if (source[s].hash.row < target[t].hash.row) {
        ++s;
      } else {
        ++t;
      }
    }
  }

  void pair_rest(const Records& source, size_t s, size_t source_end, const Records& target, size_t t,
                 size_t target_end, bool keep_texts) {
    uint64_t source_left = s < source_end ? source.all[s].count : 0;
    uint64_t target_left = t < target_end ? target.all[t].count : 0;
    while (true) {
      while (source_left == 0 && s < source_end && ++s < source_end) source_left = source.all[s].count;
      while (target_left == 0 && t < target_end && ++t < target_end) target_left = target.all[t].count;
      if (source_left == 0 && target_left == 0) return;
      const Record* source_record = source_left > 0 ? &source.all[s] : nullptr;
      const Record* target_record = target_left > 0 ? &target.all[t] : nullptr;
      const uint64_t count = source_left > 0 && target_left > 0 ? std::min(source_left, target_left)
                                                                : std::max(source_left, target_left);
      if (source_left > 0) source_left -= count;
      if (target_record != nullptr) target_left -= count;
      if (source_record != nullptr && target_record != nullptr) {
        out_.mismatch += count;
      } else if (target_record != nullptr) {
        out_.extraneous += count;
      } else if (limited_) {
        continue;
      } else {
        out_.missing += count;
      }
      for (uint64_t i = 0; i < count && out_.differences.size() < most_differences_; ++i) {
        report(source, source_record, target, target_record, keep_texts);
      }
    }
  }

  void report(const Records& source, const Record* source_record, const Records& target,
              const Record* target_record, bool keep_texts) {
    const size_t index = out_.differences.size();
    Difference& difference = out_.differences.emplace_back();
    difference.kind = source_record == nullptr   ? Difference::Kind::extraneous
                      : target_record == nullptr ? Difference::Kind::missing
                                                 : Difference::Kind::mismatch;
    if (source_record != nullptr) {
      if (keep_texts) {
        difference.source = row_of(source, source_record->text);
      } else {
        source_wanted_[source_record->hash].push_back(index);
      }
    }
    if (target_record != nullptr) {
      if (keep_texts) {
        difference.target = row_of(target, target_record->text);
      } else {
        target_wanted_[target_record->hash].push_back(index);
      }
    }
  }

  using Wanted = std::map<RowHash, std::vector<size_t>>;

  // Reads both sides once more for the values of the rows that are reported.
  Result<void> fetch_texts() {
    const auto fetch = [&](RowStream& stream, const Wanted& wanted, Difference::Row Difference::*side) {
      if (wanted.empty()) return Result<void>();
      RowHasher hasher(table_);
      return stream.read([&](const std::vector<Field>& fields) {
        const auto found = wanted.find(hasher.hash(fields));
        if (found == wanted.end()) return !failed_.load();
        for (const size_t index : found->second) out_.differences[index].*side = row_of(fields);
        return !failed_.load();
      });
    };
    return both([&] { return fetch(source_, source_wanted_, &Difference::source); },
                [&] { return fetch(target_, target_wanted_, &Difference::target); });
  }

  std::string canonical(const Difference::Row& row, size_t column) const {
    std::string out;
    if (row[column]) append_canonical(out, table_.columns[column].type, *row[column]);
    return out;
  }

  void name_columns(Difference& difference) const {
    if (difference.kind != Difference::Kind::mismatch) return;
    if (difference.source.empty() || difference.target.empty()) return;
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      if (difference.source[i].has_value() != difference.target[i].has_value() ||
          canonical(difference.source, i) != canonical(difference.target, i)) {
        difference.columns.push_back(i);
      }
    }
  }

  // Shorter keys first: whole numbers come in their order.
  void sort_differences() {
    const auto key_of = [&](const Difference& difference) {
      const Difference::Row& row = difference.source.empty() ? difference.target : difference.source;
      std::vector<std::pair<size_t, std::string>> key;
      if (row.empty()) return key;
      for (const size_t column : table_.key) {
        std::string value = canonical(row, column);
        const size_t size = value.size();
        key.emplace_back(size, std::move(value));
      }
      return key;
    };
    std::stable_sort(out_.differences.begin(), out_.differences.end(),
                     [&](const Difference& a, const Difference& b) { return key_of(a) < key_of(b); });
  }

  const ComparedTable& table_;
  RowStream& source_;
  RowStream& target_;
  const CompareOptions& options_;
  const std::function<void(uint64_t)>& progress_;
  bool limited_ = false;
  uint64_t most_differences_ = 0;  ///< that are kept
  std::atomic<bool> failed_ = false;
  Comparison out_;
  Wanted source_wanted_;
  Wanted target_wanted_;
};

}  // namespace

std::vector<size_t> hashed_order(const ComparedTable& table) {
  std::vector<size_t> order = table.key;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (std::find(table.key.begin(), table.key.end(), i) == table.key.end()) order.push_back(i);
  }
  return order;
}

Result<HashedRows> hash_rows(const ComparedTable& table, RowStream& stream) {
  RowHasher hasher(table);
  HashedRows hashed;
  const Result<void> read = stream.read([&](const std::vector<Field>& fields) {
    hashed.hash += hasher.hash(fields).row;
    ++hashed.rows;
    return true;
  });
  if (!read) return read.error();
  return hashed;
}

Result<Comparison> compare_rows(const ComparedTable& table, RowStream& source, RowStream& target,
                                const CompareOptions& options,
                                const std::function<void(uint64_t)>& progress) {
  return Comparer(table, source, target, options, progress).run();
}

}  // namespace pg2crdb
