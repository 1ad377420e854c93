// The shared library behind Server::start: nothing else of the console includes the HTTP library.
#include <httplib.h>

#include <thread>
#include <utility>

#include "console/http.h"
#include "support/ascii.h"

namespace pg2crdb::console {
namespace {

constexpr size_t most_bytes = size_t{4} << 20;  ///< of a request: a decision with its SQL
constexpr size_t threads = 8;                   ///< some wait for what changes

class LoopbackServer : public Server {
 public:
  explicit LoopbackServer(Answer answer) : answer_(std::move(answer)) {}

  ~LoopbackServer() override {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  bool start(uint16_t port) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(threads); };
    server_.set_payload_max_length(most_bytes);
    server_.set_keep_alive_timeout(1);  // what is open then keeps the server from ending
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      // What brings a body comes again below, once it was read.
      if (request.method == "POST") return httplib::Server::HandlerResponse::Unhandled;
      answer(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    server_.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    });
    // Else another server of this user could take a port that is taken, and be asked now and then.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    port_ = port == 0                                 ? server_.bind_to_any_port("127.0.0.1")
            : server_.bind_to_port("127.0.0.1", port) ? port
                                                      : -1;
    if (port_ < 0) return false;
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
    return true;
  }

  int port() const override { return port_; }

 private:
  void answer(const httplib::Request& request, httplib::Response& response) const {
    Request asked{request.method, request.path, {}, {}, request.body};
    for (const auto& [name, value] : request.params) asked.parameters.emplace(name, value);
    for (const auto& [name, value] : request.headers) asked.headers.emplace(lower(name), value);
    const Response answered = answer_(asked);
    response.status = answered.status;
    response.set_header("Content-Security-Policy",
                        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_header("Referrer-Policy", "no-referrer");
    response.set_header("Cross-Origin-Opener-Policy", "same-origin");
    response.set_header("Cross-Origin-Resource-Policy", "same-origin");
    response.set_header("Cache-Control", "no-store");
    response.set_content(answered.body, answered.type.c_str());
  }

  Answer answer_;
  httplib::Server server_;
  int port_ = -1;
  std::thread thread_;
};

}  // namespace
}  // namespace pg2crdb::console

extern "C" __attribute__((visibility("default"))) pg2crdb::console::Server* pg2crdb_start_console(
    pg2crdb::console::Answer& answer, uint16_t port) {
  auto server = std::make_unique<pg2crdb::console::LoopbackServer>(answer);
  return server->start(port) ? server.release() : nullptr;
}
