#include "driver/lsp_server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "driver/input_files.h"
#include "driver/lsp_json.h"

namespace pg2crdb {
namespace {

// Of JSON-RPC, and of the protocol.
constexpr int parse_error = -32700;
constexpr int invalid_request = -32600;
constexpr int method_not_found = -32601;
constexpr int not_initialized = -32002;

/// A shorter document is compiled as fast as a part of it.
constexpr size_t long_document = size_t{64} << 10;

/// What a thread does from now on, and the threads that it starts, gives way to the others of the process.
void give_way() {
#ifdef __linux__
  // Elsewhere that is of the whole process. Where it fails, both are as fast as the machine lets them be.
  constexpr int lower = 10;
  [[maybe_unused]] const int now = nice(lower);
#endif
}

}  // namespace

LspServer::LspServer(Options options, LspTransport& transport)
    : options_(std::move(options)), transport_(transport), compiler_([this] { compile_all(); }) {
  options_.in_order = true;
  options_.held = &held_;
}

LspServer::~LspServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    outdated_ = true;
  }
  news_.notify_all();
}

Result<bool> LspServer::run() {
  while (true) {
    const Result<std::optional<std::string>> message = transport_.read();
    if (!message) return message.error();
    if (!*message) return shut_down_;
    Lock lock(mutex_);
    if (!take(**message, lock)) return shut_down_;
    if (transport_.has_more()) continue;
    answer_edits();
    lock.unlock();
    news_.notify_all();
  }
}

bool LspServer::take(const std::string& message, Lock& lock) {
  Json json;
  if (parser_.parse(message).get(json) != simdjson::SUCCESS &&
      parser_.parse(without_lone_surrogates(message)).get(json) != simdjson::SUCCESS) {
    respond_error("null", parse_error, "this is no JSON");
    return true;
  }
  std::string_view method;
  const bool has_method = json["method"].get(method) == simdjson::SUCCESS;
  Json id, params;
  const bool is_request = json["id"].get(id) == simdjson::SUCCESS;
  if (!has_method) {
    // Answers to what the server asked have none, and it asks nothing.
    if (is_request && json["result"].error() != simdjson::SUCCESS &&
        json["error"].error() != simdjson::SUCCESS)
      respond_error(simdjson::to_string(id), invalid_request, "a request needs a method");
    return true;
  }
  if (json["params"].get(params) != simdjson::SUCCESS) params = json;
  if (method == "exit") return false;
  if (is_request) {
    request(method, simdjson::to_string(id), params, lock);
  } else if (initialized_ && !shut_down_) {
    notification(method, params);
  }
  return true;
}

void LspServer::request(std::string_view method, const std::string& id, Json params, Lock& lock) {
  if (shut_down_) return respond_error(id, invalid_request, "the server is shut down");
  if (method == "initialize") return respond(id, initialized());
  if (!initialized_) return respond_error(id, not_initialized, "`initialize` comes first");
  if (method == "shutdown") {
    shut_down_ = true;
    return respond(id, "null");
  }
  if (method == "textDocument/hover") return respond(id, hover(params, lock));
  if (method == "textDocument/codeAction") return respond(id, code_actions(params, lock));
  respond_error(id, method_not_found, fmt::format("`{}` is not answered here", method));
}

void LspServer::notification(std::string_view method, Json params) {
  if (method == "textDocument/didOpen") return open(params);
  if (method == "textDocument/didChange") return change(params);
  if (method == "textDocument/didClose") return close(params);
  // A file beside the documents, or the configuration, may be another one now.
  if (method == "textDocument/didSave" || method == "workspace/didChangeWatchedFiles") {
    for (auto& [key, unit] : units_) unit.stale = true;
    outdated_ = true;
  }
}

// --- documents

void LspServer::open(Json params) {
  std::string_view uri, text;
  if (params["textDocument"]["uri"].get(uri) != simdjson::SUCCESS ||
      params["textDocument"]["text"].get(text) != simdjson::SUCCESS)
    return;
  Open open{std::string(uri), path_of_uri(uri), version_in(params), LspDocument(std::string(text))};
  of_inputs_.clear();
  if (const auto files = find_input_files(options_, options_.arguments); files) {
    for (const std::string& path : files->up) of_inputs_.push_back(canonical_path(path));
  }
  held_[canonical_path(open.path)] = open.document.text();
  mark_stale(open);
  documents_.insert_or_assign(open.uri, std::move(open));
}

void LspServer::change(Json params) {
  Open* const open = find_open(params);
  simdjson::dom::array changes;
  if (open == nullptr || params["contentChanges"].get(changes) != simdjson::SUCCESS) return;
  for (const Json one : changes) {
    std::string_view text;
    if (one["text"].get(text) != simdjson::SUCCESS) continue;
    Json range;
    if (one["range"].get(range) == simdjson::SUCCESS) {
      open->document.replace(range_in(range), text);
    } else {
      open->document.set(std::string(text));
    }
  }
  open->version = version_in(params);
  open->edited = true;
  held_[canonical_path(open->path)] = open->document.text();
  mark_stale(*open);
}

void LspServer::close(Json params) {
  Open* const open = find_open(params);
  if (open == nullptr) return;
  notify("textDocument/publishDiagnostics",
         fmt::format(R"({{"uri":{},"diagnostics":[]}})", json_string(open->uri)));
  held_.erase(canonical_path(open->path));
  const std::string key = unit_key(open->path);
  if (key.empty()) {
    mark_stale(*open);
  } else {
    units_.erase(key);
    outdated_ = true;
  }
  documents_.erase(open->uri);
}

LspServer::Open* LspServer::find_open(Json params) {
  std::string_view uri;
  if (params["textDocument"]["uri"].get(uri) != simdjson::SUCCESS) return nullptr;
  const auto found = documents_.find(std::string(uri));
  return found == documents_.end() ? nullptr : &found->second;
}

std::string LspServer::unit_key(const std::string& path) const {
  const std::string canonical = canonical_path(path);
  return std::ranges::find(of_inputs_, canonical) != of_inputs_.end() ? std::string() : canonical;
}

void LspServer::mark_stale(const Open& open) {
  const std::string key = unit_key(open.path);
  Unit& unit = units_[key];
  unit.names = key.empty() ? options_.arguments : std::vector<std::string>{open.path};
  unit.stale = true;
  outdated_ = true;
}

// --- what is compiled

void LspServer::answer_edits() {
  for (auto& [uri, open] : documents_) {
    if (!open.edited) continue;
    open.edited = false;
    answer_edit(open);
  }
}

void LspServer::answer_edit(Open& open) {
  const Unit& unit = unit_of(open);
  if (!unit.stale || !unit.last || open.document.text().size() < long_document) return;
  try {
    const auto findings =
        unit.last->findings_at_once(options_, canonical_path(open.path), open.document.text());
    if (findings) publish(open, *findings);
  } catch (const InternalError&) {
    // The compile of all says so.
  }
}

const LspServer::Unit& LspServer::compiled_unit_of(const Open& open, Lock& lock) {
  const Unit& unit = unit_of(open);
  answer_edits();
  news_.notify_all();
  news_.wait(lock, [&] { return !unit.stale; });
  return unit;
}

void LspServer::compile_all() {
  const auto is_stale = [](const auto& one) { return one.second.stale; };
  const auto is_edited = [](const auto& one) { return one.second.edited; };
  give_way();
  Lock lock(mutex_);
  while (true) {
    // An edit is answered first.
    news_.wait(lock, [&] {
      return ending_ ||
             (std::ranges::any_of(units_, is_stale) && std::ranges::none_of(documents_, is_edited));
    });
    if (ending_) return;
    const std::string key = std::ranges::find_if(units_, is_stale)->first;
    const std::vector<std::string> names = units_[key].names;
    outdated_ = false;
    std::map<std::string, std::string> texts = held_;
    lock.unlock();
    auto [compiled, error] = compile(names, std::move(texts));
    lock.lock();
    if (!outdated_) {
      Unit& unit = units_[key];
      unit.last.swap(compiled);
      unit.stale = false;
      publish(unit, error);
      news_.notify_all();
    }
    // What goes away is large: nobody has to wait for that.
    lock.unlock();
    compiled.reset();
    lock.lock();
  }
}

std::pair<std::unique_ptr<const LspCompiled>, std::string> LspServer::compile(
    const std::vector<std::string>& names, std::map<std::string, std::string> texts) const {
  Options options = options_;
  options.held = &texts;
  try {
    Result<Compiled> compiled = compile_history(options, names, [this] { return outdated_.load(); });
    if (!compiled) return {nullptr, compiled.error().message};
    std::vector<std::string> paths;
    for (const auto& [path, text] : texts) paths.push_back(path);
    auto made = std::make_unique<const LspCompiled>(std::move(*compiled), std::move(texts));
    for (const std::string& path : paths) made->findings_of(path);
    return {std::move(made), std::string()};
  } catch (const std::exception& problem) {
    // The next edit may mend it, and other documents have nothing to do with it.
    return {nullptr, fmt::format("internal error, a bug in pg2crdb: {}", problem.what())};
  }
}

// --- what is sent

void LspServer::respond(const std::string& id, std::string_view result) const {
  transport_.write(fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", id, result));
}

void LspServer::respond_error(const std::string& id, int code, std::string_view message) const {
  transport_.write(fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":{},"message":{}}}}})", id, code,
                               json_string(message)));
}

void LspServer::notify(std::string_view method, std::string_view params) const {
  transport_.write(fmt::format(R"({{"jsonrpc":"2.0","method":"{}","params":{}}})", method, params));
}

}  // namespace pg2crdb
