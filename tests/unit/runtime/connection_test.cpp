#include "runtime/connection.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <thread>

#include "runtime/connection_error.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

TEST_CASE("a redacted connection string holds no secret") {
  struct Case {
    const char* url;
    const char* expected;
  };
  const Case cases[] = {
      {"postgresql://root@localhost:26257/defaultdb?sslmode=disable",
       "postgresql://root@localhost:26257/defaultdb?sslmode=disable"},
      {"postgresql://u:hunter2@h:5432/db", "postgresql://u:***@h:5432/db"},
      {"postgres://u:hunter2@h", "postgres://u:***@h"},
      {"postgresql://u:hun%40ter%2F2@h/db", "postgresql://u:***@h/db"},
      // Raw characters that libpq would stumble over are still part of the secret.
      {"postgresql://u:hunter2@2@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:hunter/2@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:hunter?2@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:hunter#2@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:hunter:2@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:@h/db", "postgresql://u:***@h/db"},
      {"postgresql://h:5432/db?user=a@b", "postgresql://h:5432/db?user=a@b"},
      {"postgresql://[::1]:5432/db?user=a@b", "postgresql://[::1]:5432/db?user=a@b"},
      {"postgresql:///db?host=/tmp&user=u&password=hunter2",
       "postgresql:///db?host=/tmp&user=u&password=***"},
      {"postgresql://h/db?p%61ssword=hunter2&sslmode=require",
       "postgresql://h/db?p%61ssword=***&sslmode=require"},
      {"postgresql://h/db?sslpassword=hunter2&sslkey=/k.pem",
       "postgresql://h/db?sslpassword=***&sslkey=/k.pem"},
      // A misspelt parameter, and a raw '&' in a password.
      {"postgresql://h/db?user=u&passwrd=hunter2", "postgresql://h/db?user=u&passwrd=***"},
      {"postgresql://h/db?pass=hunter2", "postgresql://h/db?pass=***"},
      {"postgresql://h/db?password=1&hunter2&sslmode=require",
       "postgresql://h/db?password=***&***&sslmode=require"},
      {"s3://bucket/x?AWS_ACCESS_KEY_ID=hunter2&AWS_SECRET_ACCESS_KEY=hunter2&AWS_REGION=eu",
       "s3://bucket/x?AWS_ACCESS_KEY_ID=***&AWS_SECRET_ACCESS_KEY=***&AWS_REGION=eu"},
      {"gs://bucket/x?AUTH=specified&CREDENTIALS=hunter2", "gs://bucket/x?AUTH=specified&CREDENTIALS=***"},
      {"azure-blob://c/x?AZURE_ACCOUNT_KEY=hunter2", "azure-blob://c/x?AZURE_ACCOUNT_KEY=***"},
      {"host=h dbname=db user=u", "host=h dbname=db user=u"},
      {"host=h password=hunter2 dbname=db", "host=h password=*** dbname=db"},
      {"password = 'hunter2 with blanks' host=h", "password=*** host=h"},
      {"password='it\\'s hunter2' host=h", "password=*** host=h"},
      {"password=hunter\\ 2 host=h", "password=*** host=h"},
      {"PassWord=hunter2", "PassWord=***"},
      {"host=h password=two hunter2", "host=h password=*** ***"},
      {"dbname=postgresql://u:hunter2@h/db", "dbname=postgresql://u:***@h/db"},
      // libpq ends user and password at a '@' in front of the first '/', whatever stands between.
      {"postgresql://u:12?hunter=@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:12?user=hunter@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:12/hunter?x@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:12/t?x=hunter@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:hunter/t?user=hunter@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:1@hunter@h/db?sslmode=require", "postgresql://u:***@h/db?sslmode=require"},
      {"postgresql://u:hunter2", "postgresql://u:***"},
      {"postgresql://h1:1,h2:2/db", "postgresql://h1:1,h2:2/db"},
      // Without a scheme, or with half of one.
      {"u:hunter2@h:5432/db", "u:***@h:5432/db"},
      {"u:hunter=2@h:5432/db?sslmode=disable", "u:***@h:5432/db?sslmode=disable"},
      {"//u:hunter2@h/db", "//u:***@h/db"},
      {"postgresql:/u:hunter2@h/db", "postgresql:***@h/db"},
      {"h/db?user=u&password=hunter2", "h/db?user=u&password=***"},
      {"host=h password=two hun=hunter2", "host=h password=*** ***"},
      {"", ""},
      {"db", "db"},
      {"dumps/2024:01/shop.sql", "dumps/2024:01/shop.sql"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.url);
    CHECK(redacted(c.url) == c.expected);
    CHECK(redacted(c.url).find("hunter") == std::string::npos);
  }
}

TEST_CASE("a string that is no connection string is a usage error without its secrets") {
  for (const char* url : {"", "postgresql://u:hunter2@h:5432/db?nosuch=1", "postgresql://u:hunter%zz@h/db",
                          "host=h password=two hunter2"}) {
    CAPTURE(url);
    const Result<Connection> connection = Connection::open(url);
    REQUIRE_FALSE(connection);
    CHECK(connection.error().kind == Error::Kind::usage);
    CHECK(connection.error().message.find("hunter") == std::string::npos);
    CHECK_FALSE(connection.error().advice.empty());
  }
}

TEST_CASE("a piece of a password that is taken for a port or an option is not shown") {
  for (const char* url : {"postgresql://u:hunter/2@h/db", "postgresql://u:1/t?hunter=@h/db",
                          "host=h password=1 hunter=2", "u:hunter2@h/db"}) {
    CAPTURE(url);
    const Result<Connection> connection = Connection::open(url);
    REQUIRE_FALSE(connection);
    CHECK(connection.error().message.find("hunter") == std::string::npos);
  }
}

TEST_CASE("what others wrote is shown without the passwords in it") {
  CHECK(without_secrets("ALTER ROLE a PASSWORD 'it''s hunter2', then") ==
        "ALTER ROLE a PASSWORD '***', then");
  CHECK(without_secrets("cannot read postgresql://u:hunter2@h:5432/db: refused") ==
        "cannot read postgresql://u:***@h:5432/db: refused");
  CHECK(without_secrets("see https://example.com/a?b (at http://h:80).") ==
        "see https://example.com/a?b (at http://h:80).");
  CHECK(without_secrets("s3://b/k.csv?AWS_SECRET_ACCESS_KEY=hunter%2F2&AWS_REGION=r: error parsing row 2") ==
        "s3://b/k.csv?AWS_SECRET_ACCESS_KEY=***&AWS_REGION=r: error parsing row 2");
  CHECK(without_secrets("azure-blob://c/f?AZURE_ACCOUNT_KEY=hunter2 is wrong") ==
        "azure-blob://c/f?AZURE_ACCOUNT_KEY=*** is wrong");
  CHECK(redacted_argument("--sourc=postgresql://u:hunter2@h/db") == "--sourc=postgresql://u:***@h/db");
}

TEST_CASE("a word without its password is what libpq asks PGPASSWORD for") {
  const std::pair<const char*, const char*> cases[] = {
      {"postgresql://u:hunter2@h:5432/db?sslmode=require", "postgresql://u@h:5432/db?sslmode=require"},
      {"postgresql://u:hun/ter2@h/db", "postgresql://u@h/db"},
      {"postgresql://u:@h/db", "postgresql://u@h/db"},
      {"postgresql://u@h/db", "postgresql://u@h/db"},
      {"postgresql://h/db?user=u&password=hunter2", "postgresql://h/db?user=u"},
      {"postgresql://h/db?p%61ssword=hunter2&user=u", "postgresql://h/db?user=u"},
      {"postgresql://h/db?password=hunter2", "postgresql://h/db"},
      {"--target=postgresql://u:hunter2@h/db", "--target=postgresql://u@h/db"},
      {"--target=password=hunter2 host=h", "--target=host=h"},
      {"password=hunter2 host=h", "host=h"},
      {"host=h password='hunter 2' dbname=db", "host=h dbname=db"},
      {"host=h password=hunter2", "host=h"},
      {"dbname=postgresql://u:hunter2@h/db", "dbname=postgresql://u@h/db"},
      {"postgresql://h/db?sslpassword=hunter2", "postgresql://h/db?sslpassword=***"},
      {"s3://b/p?AWS_ACCESS_KEY_ID=K&AWS_SECRET_ACCESS_KEY=hunter2&AWS_SESSION_TOKEN=hunter2&AWS_REGION=r",
       "s3://b/p?AWS_REGION=r"},
      {"--host-files=s3://b?AWS_ENDPOINT=http://h:9&AWS_SECRET_ACCESS_KEY=hun/ter+2",
       "--host-files=s3://b?AWS_ENDPOINT=http://h:9"},
      {"gs://b?AUTH=specified&CREDENTIALS=hunter2", "gs://b?AUTH=specified&CREDENTIALS=***"},
      {"dump.sql", "dump.sql"},
      {"--resume", "--resume"},
  };
  for (const auto& [word, expected] : cases) CHECK(without_password(word) == expected);
}

TEST_CASE("nobody listening is one sentence and resumable") {
  const Result<Connection> connection = Connection::open("postgresql://u:hunter2@127.0.0.1:1/db");
  REQUIRE_FALSE(connection);
  CHECK(connection.error().kind == Error::Kind::interrupted);
  CHECK(connection.error().message.starts_with(
      "cannot connect to postgresql://u:***@127.0.0.1:1/db: no server listens there"));
  CHECK(connection.error().advice == "start the server, or correct host and port");
}

TEST_CASE("a connection that is lost is a sentence of ours") {
  CHECK(
      lost_sentence("server closed the connection unexpectedly\n\tThis probably means the server terminated "
                    "abnormally\n\tbefore or while processing the request.\n") ==
      "the connection to the server was lost: the server ended it, or broke down");
  CHECK(lost_sentence("could not receive data from server: Connection timed out\n") ==
        "the connection to the server was lost (could not receive data from server: Connection timed out)");
  CHECK(lost_sentence("") == "the connection to the server was lost");
  CHECK(connection_error("postgresql://h/db", "server closed the connection unexpectedly\n").message ==
        "cannot connect to postgresql://h/db: the server ended the connection before it answered (server "
        "closed "
        "the connection unexpectedly)");
}

TEST_CASE("a server that hangs does not keep a stopped program waiting") {
  // Takes connections and never says a word.
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 16) == 0);
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  std::thread stopper([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop_requested = true;
  });
  const auto begin = std::chrono::steady_clock::now();
  const Result<Connection> connection =
      Connection::open("postgresql://u:hunter2@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/db");
  const auto took = std::chrono::steady_clock::now() - begin;
  stopper.join();
  stop_requested = false;
  ::close(listener);
  REQUIRE_FALSE(connection);
  CHECK(connection.error().kind == Error::Kind::interrupted);
  CHECK(connection.error().message.starts_with("stopped while connecting to postgresql://u:***@"));
  CHECK(took < std::chrono::seconds(30));  // libpq would wait for ever
}

TEST_CASE("a server that stops answering does not keep a stopped program waiting") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  for (const bool copies : {false, true}) {
    CAPTURE(copies);
    Connection connection = connect(postgres().url);
    run(connection, "CREATE TABLE IF NOT EXISTS hung (t text)");
    const pid_t backend = std::stoi(value(connection, "SELECT pg_backend_pid()"));
    if (copies) REQUIRE(connection.copy_in_begin("COPY hung FROM STDIN"));
    REQUIRE(::kill(backend, SIGSTOP) == 0);
    std::chrono::steady_clock::time_point requested;
    std::thread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      requested = std::chrono::steady_clock::now();
      stop_requested = true;
    });
    Result<void> done;
    if (copies) {
      const std::string rows(size_t{64} << 20, 'x');
      done = connection.copy_in_data(rows);
    } else {
      done = connection.execute("SELECT 1");
    }
    stopper.join();
    const auto took = std::chrono::steady_clock::now() - requested;
    stop_requested = false;
    CHECK_FALSE(done);
    CHECK(took < std::chrono::seconds(30));  // libpq would wait for ever
    ::kill(backend, SIGCONT);
  }
}
