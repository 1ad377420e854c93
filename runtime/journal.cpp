#include "runtime/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <utility>

#include "support/json.h"

namespace pg2crdb {

namespace {

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// Of the lines below. 1 had an object's schema and name in one text.
constexpr int64_t format_version = 2;

std::string identity_line(const std::map<std::string, std::string>& identity) {
  std::string out = fmt::format("{{\"journal\":{},\"identity\":{{", format_version);
  for (const auto& [fact, value] : identity) {
    if (out.back() != '{') out += ',';
    out.append(json_text(fact)).append(":").append(json_text(value));
  }
  return out += "}}\n";
}

/// `{"begun":"load","schema":"public","name":"towns"}`, without the closing brace.
std::string step_text(std::string_view state, const Step& step) {
  return fmt::format("{{\"{}\":{},\"schema\":{},\"name\":{}", state, json_text(step.action),
                     json_text(step.object.schema), json_text(step.object.name));
}

struct Progress {
  bool done = false;
  std::string detail;
};

std::string state_in(const std::map<Step, Progress>& steps, const Step& step) {
  const auto found = steps.find(step);
  if (found == steps.end()) return {};
  return found->second.done ? "done" : "begun";
}

}  // namespace

struct Journal::State {
  std::string path;
  int descriptor = -1;
  mutable std::mutex mutex;
  std::map<Step, Progress> steps;
  std::map<Step, Progress> steps_before;  ///< of the same run, which ended
  std::string first_line;                 ///< yet to be written over what the file holds
  std::map<std::string, std::string> identity;
  bool has_identity = false;
  bool foreign = false;  ///< of another version
  bool finished = false;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (descriptor >= 0) ::close(descriptor);
  }

  Error failed(std::string_view what) const {
    return {Error::Kind::usage,
            fmt::format("cannot {} the journal {}: {}", what, path, std::strerror(errno)),
            {},
            "name a directory on a disk with free space that you may write to"};
  }

  /// What was noted before stays good.
  Error not_written(off_t good) const {
    Error error = failed("write to");
    error.kind = Error::Kind::interrupted;
    error.advice = "make room on the disk, then go on with --resume";
    if (::ftruncate(descriptor, good) == 0) ::lseek(descriptor, good, SEEK_SET);
    return error;
  }

  /// Whether the run got no farther than to look at its target.
  bool nothing_done() const {
    return std::all_of(steps.begin(), steps.end(),
                       [](const auto& step) { return step.first.action == "database"; });
  }

  Result<void> append(const std::string& line) {
    if (descriptor < 0) return {};
    if (!first_line.empty()) {
      if (::ftruncate(descriptor, 0) != 0 || ::lseek(descriptor, 0, SEEK_SET) != 0) return failed("write to");
      Result<void> written = write(first_line + line);
      if (written) first_line.clear();
      return written;
    }
    return write(line);
  }

  Result<void> write(const std::string& line) {
    const off_t good = ::lseek(descriptor, 0, SEEK_CUR);
    for (size_t written = 0; written < line.size();) {
      const ssize_t count = ::write(descriptor, line.data() + written, line.size() - written);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return not_written(good);
      written += static_cast<size_t>(count);
    }
    if (::fsync(descriptor) != 0) return not_written(good);
    return {};
  }

  /// Takes over a line; false where it is none of ours.
  bool read(std::string_view line) {
    simdjson::dom::parser parser;
    simdjson::dom::object entry;
    if (parser.parse(simdjson::padded_string(line)).get(entry) != simdjson::SUCCESS) return false;
    bool flag = false;
    simdjson::dom::object facts;
    if (entry["finished"].get(flag) == simdjson::SUCCESS) {
      finished = flag;
      return true;
    }
    if (entry["identity"].get(facts) == simdjson::SUCCESS) return read_identity(entry, facts);
    return foreign || read_step(entry);
  }

  bool read_identity(const simdjson::dom::object& entry, const simdjson::dom::object& facts) {
    has_identity = true;
    int64_t version = 1;
    if (entry["journal"].get(version) != simdjson::SUCCESS || version != format_version) {
      foreign = true;
      return true;
    }
    for (const auto& [fact, value] : facts) {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS) return false;
      identity[std::string(fact)] = text;
    }
    return true;
  }

  bool read_step(const simdjson::dom::object& entry) {
    std::string_view schema;
    std::string_view name;
    if (entry["schema"].get(schema) != simdjson::SUCCESS || entry["name"].get(name) != simdjson::SUCCESS)
      return false;
    const auto step = [&](std::string_view action) {
      return Step{std::string(action), {std::string(schema), std::string(name)}};
    };
    std::string_view action;
    std::string_view detail;
    finished = false;
    if (entry["begun"].get(action) == simdjson::SUCCESS) {
      steps[step(action)] = {};
    } else if (entry["done"].get(action) == simdjson::SUCCESS) {
      if (entry["detail"].get(detail) != simdjson::SUCCESS) return false;
      steps[step(action)] = {true, std::string(detail)};
    } else if (entry["forgotten"].get(action) == simdjson::SUCCESS) {
      steps.erase(step(action));
    } else {
      return false;
    }
    return true;
  }

  /// How many bytes are whole lines: what follows the last line end is being written, or was when a run died.
  Result<size_t> read_all() {
    std::string text;
    char buffer[1 << 16];
    while (true) {
      const ssize_t count = ::read(descriptor, buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed("read");
      if (count == 0) break;
      text.append(buffer, static_cast<size_t>(count));
    }
    size_t begin = 0;
    for (size_t number = 1; begin < text.size(); ++number) {
      const size_t end = text.find('\n', begin);
      if (end == std::string::npos) break;
      if (!read({text.data() + begin, end - begin})) {
        return Error{Error::Kind::usage,
                     fmt::format("the journal {} is damaged in line {}", path, number),
                     {},
                     "empty the target, remove the journal and start anew"};
      }
      begin = end + 1;
    }
    return begin;
  }
};

Journal::Journal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

Result<Journal> Journal::open(const std::string& directory,
                              const std::map<std::string, std::string>& identity, bool resume) {
  auto state = std::make_unique<State>();
  if (directory.empty()) return Journal(std::move(state));

  state->path = directory + "/journal.jsonl";
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  state->descriptor = ::open(state->path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (state->descriptor < 0) return state->failed("open");
  if (::flock(state->descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Error{Error::Kind::usage,
                 fmt::format("another run is at work with the journal {}", state->path),
                 {},
                 "wait for its end, or give this run a --state-dir of its own"};
  }
  const Result<size_t> read = state->read_all();
  if (!read) return read.error();
  if (::ftruncate(state->descriptor, static_cast<off_t>(*read)) != 0 ||
      ::lseek(state->descriptor, 0, SEEK_END) < 0) {
    return state->failed("write to");
  }

  if (state->foreign && !state->finished) {
    return Error{
        Error::Kind::usage,
        fmt::format("{} was begun by another version of pg2crdb, which wrote it otherwise", state->path),
        {},
        "go on with the version that began; or empty the target, remove the journal and start anew"};
  }
  if (state->has_identity && !state->finished && !resume && !state->nothing_done()) {
    return Error{Error::Kind::usage,
                 fmt::format("{} is the journal of a run that did not end", state->path),
                 {},
                 "go on with --resume; or empty the target, remove the journal and start anew"};
  }
  const bool other_target = state->identity != identity && !state->finished && state->nothing_done();
  if (state->has_identity && !state->foreign && resume && !other_target) {
    for (const auto& [fact, value] : identity) {
      const auto before = state->identity.find(fact);
      if (before != state->identity.end() && before->second == value) continue;
      return Error{
          Error::Kind::usage,
          fmt::format("this is not the run that {} belongs to: {} was \"{}\", now it is \"{}\"", state->path,
                      fact, before == state->identity.end() ? "" : before->second, value),
          {},
          "resume with the same input, options and target; or empty the target, remove the journal and "
          "start anew"};
    }
    for (const auto& [fact, value] : state->identity) {
      if (identity.contains(fact)) continue;
      return Error{
          Error::Kind::usage,
          fmt::format("this is not the run that {} belongs to: {} was \"{}\", now it is not given",
                      state->path, fact, value),
          {},
          "resume with the same input, options and target; or empty the target, remove the journal and "
          "start anew"};
    }
    return Journal(std::move(state));
  }

  // It is written with the first step: a run that does not even reach its target leaves nothing behind.
  if (state->finished && !state->foreign && state->identity == identity)
    state->steps_before = std::move(state->steps);
  state->steps.clear();
  state->finished = false;
  state->first_line = identity_line(identity);
  // The file's name has to be on the disk, too.
  const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return Journal(std::move(state));
}

bool Journal::says_done(const std::string& directory, const std::pair<std::string, std::string>& fact,
                        std::string_view action) {
  State state;
  state.path = directory + "/journal.jsonl";
  state.descriptor = ::open(state.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (state.descriptor < 0 || !state.read_all() || state.foreign) return false;
  const auto found = state.identity.find(fact.first);
  if (found == state.identity.end() || found->second != fact.second) return false;
  return std::any_of(state.steps.begin(), state.steps.end(),
                     [&](const auto& step) { return step.first.action == action && step.second.done; });
}

std::string Journal::state(const Step& step) const {
  const std::lock_guard lock(state_->mutex);
  return state_in(state_->steps, step);
}

std::string Journal::detail(const Step& step) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->steps.find(step);
  return found == state_->steps.end() ? std::string() : found->second.detail;
}

std::vector<ObjectName> Journal::begun(std::string_view action) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<ObjectName> objects;
  for (const auto& [step, progress] : state_->steps) {
    if (step.action == action && !progress.done) objects.push_back(step.object);
  }
  return objects;
}

std::string Journal::detail_before(const Step& step) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->steps_before.find(step);
  return found == state_->steps_before.end() ? std::string() : found->second.detail;
}

std::string Journal::state_before(const Step& step) const {
  const std::lock_guard lock(state_->mutex);
  return state_in(state_->steps_before, step);
}

void Journal::continue_ended() {
  const std::lock_guard lock(state_->mutex);
  state_->steps = std::move(state_->steps_before);
  state_->steps_before.clear();
  state_->first_line.clear();
}

Result<void> Journal::begin(const Step& step) {
  const std::lock_guard lock(state_->mutex);
  Result<void> written = state_->append(step_text("begun", step) + "}\n");
  if (written) state_->steps[step] = {};
  return written;
}

Result<void> Journal::done(const Step& step, std::string_view detail) {
  const std::lock_guard lock(state_->mutex);
  Result<void> written = state_->append(step_text("done", step) + ",\"detail\":" + json_text(detail) + "}\n");
  if (written) state_->steps[step] = {true, std::string(detail)};
  return written;
}

Result<void> Journal::forget(const Step& step) {
  const std::lock_guard lock(state_->mutex);
  Result<void> written = state_->append(step_text("forgotten", step) + "}\n");
  if (written) state_->steps.erase(step);
  return written;
}

const std::string& Journal::path() const {
  return state_->path;
}

Result<void> Journal::finish() {
  const std::lock_guard lock(state_->mutex);
  Result<void> written = state_->append("{\"finished\":true}\n");
  if (written) state_->finished = true;
  return written;
}

}  // namespace pg2crdb
