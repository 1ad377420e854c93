#include "runtime/file_host.h"

#include <fmt/format.h>
#include <httplib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

namespace pg2crdb {

namespace {

constexpr size_t kPiece = size_t{256} << 10;
/// A node that is busy reads slowly; the library's own five seconds would cut it off.
constexpr time_t kTimeoutSeconds = 600;

std::string random_token() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

}  // namespace

struct FileHost::State {
  httplib::Server server;
  std::thread thread;
  int port = 0;
  std::string token = random_token();
  std::mutex mutex;
  std::map<std::string, std::string> paths;  ///< by name

  std::string path_of(const std::string& name) {
    const std::lock_guard lock(mutex);
    const auto found = paths.find(name);
    return found == paths.end() ? std::string() : found->second;
  }

  void serve(const httplib::Request& request, httplib::Response& response) {
    const std::string prefix = "/" + token + "/";
    const std::string path =
        request.path.starts_with(prefix) ? path_of(request.path.substr(prefix.size())) : std::string();
    std::error_code failure;
    const auto size = path.empty() ? 0 : std::filesystem::file_size(path, failure);
    auto file = std::make_shared<std::ifstream>();
    if (!path.empty() && !failure) file->open(path, std::ios::binary);
    if (!file->is_open()) {
      response.status = 404;
      return;
    }
    if (size == 0) {
      response.set_content("", "application/octet-stream");
      return;
    }
    // This type is one that the library does not compress on its own.
    response.set_content_provider(size, "application/octet-stream",
                                  [file](size_t offset, size_t length, httplib::DataSink& sink) {
                                    std::string piece(std::min(length, kPiece), '\0');
                                    file->seekg(static_cast<std::streamoff>(offset));
                                    file->read(piece.data(), static_cast<std::streamsize>(piece.size()));
                                    return file->gcount() == static_cast<std::streamsize>(piece.size()) &&
                                           sink.write(piece.data(), piece.size());
                                  });
  }
};

FileHost::FileHost(std::unique_ptr<State> state) : state_(std::move(state)) {}

FileHost::~FileHost() {
  state_->server.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

Result<std::unique_ptr<FileHost>> FileHost::start() {
  auto state = std::make_unique<State>();
  State* self = state.get();
  self->server.set_read_timeout(kTimeoutSeconds);
  self->server.set_write_timeout(kTimeoutSeconds);
  self->server.Get(".*", [self](const httplib::Request& request, httplib::Response& response) {
    self->serve(request, response);
  });
  self->port = self->server.bind_to_any_port("127.0.0.1");
  if (self->port < 0) {
    return Error{Error::Kind::interrupted,
                 "no port of 127.0.0.1 is free to serve the import files on",
                 {},
                 "load with --method copy"};
  }
  self->thread = std::thread([self] { self->server.listen_after_bind(); });
  while (!self->server.is_running()) std::this_thread::yield();
  return std::unique_ptr<FileHost>(new FileHost(std::move(state)));
}

std::string FileHost::publish(const std::string& name, const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  state_->paths[name] = path;
  return fmt::format("http://127.0.0.1:{}/{}/{}", state_->port, state_->token, name);
}

void FileHost::withdraw(const std::string& name) {
  const std::lock_guard lock(state_->mutex);
  state_->paths.erase(name);
}

}  // namespace pg2crdb
