#include "grammar/cockroachdb.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "grammar/body_reader.h"
#include "grammar/cut.h"
#include "grammar/sql_reader.h"
#include "support/batches.h"

namespace pg2crdb {
namespace {

// Threads are worth their start for this many bytes each.
constexpr size_t bytes_of_a_thread = size_t{256} << 10;

/// Bodies that were accepted, in the whole process: what goes out is read once more, and is mostly as it was
/// when a pass read it.
class AcceptedBodies {
 public:
  bool contains(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return keys_.contains(key);
  }
  void add(std::string key) {
    const std::lock_guard lock(mutex_);
    bytes_ += key.size();
    if (bytes_ <= most_bytes) keys_.insert(std::move(key));
  }

 private:
  static constexpr size_t most_bytes = size_t{64} << 20;
  std::mutex mutex_;
  std::unordered_set<std::string> keys_;
  size_t bytes_ = 0;
};

}  // namespace

const FindingKind cockroachdb_syntax = {
    "cockroachdb-syntax", Severity::error, "syntax",
    "CockroachDB's parser refuses the statement, whatever is in the database",
    "Write it in a form that CockroachDB has; `--crdb` names the release that is meant."};

// What one thread reads with.
class CockroachGrammar::Reader : public SqlReader {
 public:
  explicit Reader(const Target& target) : SqlReader(target), target_(target) {}

  BodyReader& bodies() {
    if (!bodies_) bodies_ = std::make_unique<BodyReader>(target_, *this);
    return *bodies_;
  }

 private:
  const Target& target_;
  std::unique_ptr<BodyReader> bodies_;
};

CockroachGrammar::CockroachGrammar(const Target& target) : target_(target) {}

CockroachGrammar::~CockroachGrammar() = default;

CockroachGrammar::Reader& CockroachGrammar::reader(size_t number) {
  while (readers_.size() <= number) readers_.push_back(std::make_unique<Reader>(target_));
  return *readers_[number];
}

std::optional<SyntaxProblem> CockroachGrammar::check(std::string_view statement) {
  return reader(0).check(statement);
}

std::vector<BodyProblem> CockroachGrammar::check_body(std::string_view language, std::string_view body) {
  static AcceptedBodies accepted;
  const bool plpgsql = language == "plpgsql";
  if (!plpgsql && language != "sql") return {};
  std::string key = fmt::format("{} {} {}", to_string(target_.version()), language, body);
  if (accepted.contains(key)) return {};
  BodyReader& bodies = reader(0).bodies();
  std::vector<BodyProblem> problems = plpgsql ? bodies.check_plpgsql(body) : bodies.check_sql(body);
  if (problems.empty()) accepted.add(std::move(key));
  return problems;
}

CutText CockroachGrammar::cut(std::string_view sql) {
  return cut_statements(reader(0).scanner(), sql);
}

std::vector<std::optional<SyntaxProblem>> CockroachGrammar::check_all(
    std::span<const std::string_view> statements) {
  size_t bytes = 0;
  for (const std::string_view statement : statements) bytes += statement.size();
  const size_t threads = worthwhile_threads(bytes, bytes_of_a_thread);
  reader(threads - 1);
  std::vector<std::optional<SyntaxProblem>> problems(statements.size());
  in_batches(statements.size(), threads,
             [&](size_t thread, size_t i) { problems[i] = readers_[thread]->check(statements[i]); });
  return problems;
}

}  // namespace pg2crdb
