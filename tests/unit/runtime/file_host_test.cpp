#include "runtime/file_host.h"

#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

using namespace pg2crdb;

TEST_CASE("the file host serves its own files and nothing else") {
  std::string pattern = std::filesystem::temp_directory_path() / "host-XXXXXX";
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  const std::string directory = pattern;
  std::string content;
  for (int i = 0; i < 100000; ++i) content += std::to_string(i) + ",row\n";
  std::ofstream(directory + "/public.t.0001.csv") << content;
  std::ofstream(directory + "/secret.csv") << "secret";
  std::ofstream(directory + "/empty.csv");

  Result<std::unique_ptr<FileHost>> started = FileHost::start();
  REQUIRE(started);
  FileHost& host = **started;
  const std::string url = host.publish("public.t.0001.csv", directory + "/public.t.0001.csv");
  REQUIRE(url.starts_with("http://127.0.0.1:"));
  const size_t path_begin = url.find('/', 7);
  const std::string path = url.substr(path_begin);
  const std::string folder = path.substr(0, path.rfind('/'));
  CHECK(folder.size() == 33);

  httplib::Client client(url.substr(0, path_begin));
  auto answer = client.Get(path, {{"Accept-Encoding", "gzip"}});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK_FALSE(answer->has_header("Content-Encoding"));
  CHECK(answer->body == content);

  answer = client.Get(path, {httplib::make_range_header({{1000, -1}})});
  REQUIRE(answer);
  CHECK(answer->status == 206);
  CHECK(answer->body == content.substr(1000));

  answer = client.Head(path);
  REQUIRE(answer);
  CHECK(answer->status == 200);

  for (const std::string& other :
       {std::string("/"), folder, folder + "/", folder + "/secret.csv", std::string("/public.t.0001.csv"),
        std::string("/00000000000000000000000000000000/public.t.0001.csv"),
        folder + "/../" + folder.substr(1) + "/secret.csv", folder + "/%2e%2e/secret.csv",
        folder + "//" + directory + "/secret.csv"}) {
    CAPTURE(other);
    answer = client.Get(other);
    REQUIRE(answer);
    CHECK(answer->status == 404);
    CHECK(answer->body.find("secret") == std::string::npos);
  }
  const auto posted = client.Post(path, "x", "text/plain");
  REQUIRE(posted);
  CHECK(posted->status == 404);

  const std::string empty = host.publish("empty.csv", directory + "/empty.csv").substr(path_begin);
  answer = client.Get(empty);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body.empty());

  host.withdraw("public.t.0001.csv");
  answer = client.Get(path);
  REQUIRE(answer);
  CHECK(answer->status == 404);
  std::filesystem::remove_all(directory);
}

TEST_CASE("the file host ends although a node has stopped to read") {
  std::string pattern = std::filesystem::temp_directory_path() / "host-XXXXXX";
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  const std::string path = pattern + "/public.t.0001.csv";
  std::ofstream(path) << std::string(size_t{64} << 20, 'x');
  Result<std::unique_ptr<FileHost>> started = FileHost::start();
  REQUIRE(started);
  const std::string url = (*started)->publish("public.t.0001.csv", path);
  const size_t path_begin = url.find('/', 7);

  const int node = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':', path_begin) + 1))));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(node, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  const std::string request = "GET " + url.substr(path_begin) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  REQUIRE(::send(node, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
  char first = 0;
  REQUIRE(::recv(node, &first, 1, 0) == 1);

  std::promise<void> ended;
  std::future<void> end = ended.get_future();
  std::thread([host = std::move(*started), ended = std::move(ended)]() mutable {
    host.reset();
    ended.set_value();
  }).detach();
  CHECK(end.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  ::close(node);
  std::filesystem::remove_all(pattern);
}
