// The shared library behind FileHost::start and TextHost::start: nothing else of ours includes the HTTP
// library.
#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "runtime/file_host.h"
#include "runtime/text_host.h"

namespace pg2crdb {

namespace {

constexpr size_t kPiece = size_t{256} << 10;
/// A node that is busy reads slowly; the library's own five seconds would cut it off.
constexpr time_t kTimeoutSeconds = 600;
/// Of a text; its readers are on this machine.
constexpr time_t kTextTimeoutSeconds = 1;
/// How long answers that are on their way may take when the server ends.
constexpr auto kEndPatience = std::chrono::seconds(1);

std::string random_token() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

/// What the threads of the server work with, which may outlive the object that started them.
class Server {
 public:
  /// False where no port is free.
  bool bind() {
    server_.set_read_timeout(kTimeoutSeconds);
    server_.set_write_timeout(kTimeoutSeconds);
    server_.Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
      serve(request, response);
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    return port_ >= 0;
  }

  /// Until stop(), and until each answer has ended.
  void run() { server_.listen_after_bind(); }
  bool is_running() const { return server_.is_running(); }

  void stop() {
    stopping_ = true;
    server_.stop();
  }

  std::string publish(const std::string& name, const std::string& path) {
    const std::lock_guard lock(mutex_);
    paths_[name] = path;
    return fmt::format("http://127.0.0.1:{}/{}/{}", port_, token_, name);
  }

  void withdraw(const std::string& name) {
    const std::lock_guard lock(mutex_);
    paths_.erase(name);
  }

 private:
  std::string path_of(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = paths_.find(name);
    return found == paths_.end() ? std::string() : found->second;
  }

  void serve(const httplib::Request& request, httplib::Response& response) {
    const std::string prefix = "/" + token_ + "/";
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
                                  [this, file](size_t offset, size_t length, httplib::DataSink& sink) {
                                    if (stopping_) return false;
                                    std::string piece(std::min(length, kPiece), '\0');
                                    file->seekg(static_cast<std::streamoff>(offset));
                                    file->read(piece.data(), static_cast<std::streamsize>(piece.size()));
                                    return file->gcount() == static_cast<std::streamsize>(piece.size()) &&
                                           sink.write(piece.data(), piece.size());
                                  });
  }

  httplib::Server server_;
  int port_ = 0;
  const std::string token_ = random_token();
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::map<std::string, std::string> paths_;  ///< by name
};

class FileServer : public FileHost {
 public:
  explicit FileServer(std::shared_ptr<Server> server) : server_(std::move(server)) {
    std::promise<void> ended;
    ended_ = ended.get_future();
    thread_ = std::thread([server = server_, ended = std::move(ended)]() mutable {
      server->run();
      ended.set_value_at_thread_exit();
    });
    while (!server_->is_running()) std::this_thread::yield();
  }

  /// A node that has stopped to read keeps its answer from ending: its thread is left behind.
  ~FileServer() override {
    server_->stop();
    if (ended_.wait_for(kEndPatience) == std::future_status::ready) {
      thread_.join();
    } else {
      thread_.detach();
    }
  }

  std::string publish(const std::string& name, const std::string& path) override {
    return server_->publish(name, path);
  }
  void withdraw(const std::string& name) override { server_->withdraw(name); }

 private:
  std::shared_ptr<Server> server_;
  std::future<void> ended_;
  std::thread thread_;
};

class TextServer : public TextHost {
 public:
  TextServer(const Place& place, Text text) : place_(place), text_(std::move(text)) {
    server_.Get(place_.path, [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(text_(), "text/plain; version=0.0.4; charset=utf-8");
    });
    // Whoever connects and asks nothing holds a thread, and the end of the run, no longer than this.
    server_.set_keep_alive_max_count(1);
    server_.set_keep_alive_timeout(1);
    server_.set_read_timeout(kTextTimeoutSeconds);
    server_.set_write_timeout(kTextTimeoutSeconds);
    // A second server on the port is an error, and no silent share of its requests.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    if (place_.port == 0)
      place_.port = server_.bind_to_any_port(place_.address);
    else if (!server_.bind_to_port(place_.address, place_.port))
      place_.port = -1;
  }

  bool run() {
    if (place_.port < 0) return false;
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
    return true;
  }

  ~TextServer() override {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  std::string url() const override {
    const bool is_ipv6 = place_.address.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}{}", is_ipv6 ? "[" : "", place_.address, is_ipv6 ? "]" : "",
                       place_.port, place_.path);
  }

 private:
  Place place_;
  const Text text_;
  httplib::Server server_;
  std::thread thread_;
};

}  // namespace
}  // namespace pg2crdb

extern "C" __attribute__((visibility("default"))) pg2crdb::FileHost* pg2crdb_start_file_host() {
  auto server = std::make_shared<pg2crdb::Server>();
  return server->bind() ? new pg2crdb::FileServer(std::move(server)) : nullptr;
}

extern "C" __attribute__((visibility("default"))) pg2crdb::TextHost* pg2crdb_start_text_host(
    const pg2crdb::TextHost::Place& place, pg2crdb::TextHost::Text text) {
  auto server = std::make_unique<pg2crdb::TextServer>(place, std::move(text));
  return server->run() ? server.release() : nullptr;
}
