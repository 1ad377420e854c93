#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/import_into.h"
#include "runtime/import_job.h"
#include "runtime/reject_file.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

namespace {

struct Folder {
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "files-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory = pattern;
  }
  ~Folder() { std::filesystem::remove_all(directory); }
  std::string directory;
};

}  // namespace

TEST_CASE("a folder of a killed run that cannot be removed is said, and not forgotten") {
  const Folder folder;
  const std::filesystem::path loop = folder.directory + "/loop";
  std::filesystem::create_symlink(loop, loop);
  const std::string left = loop / "pg2crdb-killed";
  Journal journal = memory_journal();
  REQUIRE(journal.begin({"import files", {"", left}}));
  struct : Silent {
    void problem(std::string_view line) override { said += line; }
    std::string said;
  } observer;
  LoadOptions options;
  options.method = LoadMethod::import_into;
  options.host_files = folder.directory;
  const auto open_and_close = [&] {
    observer.said.clear();
    REQUIRE(ImportStore::open(options, journal, observer));
  };
  open_and_close();
  CHECK(observer.said.find("import files are left in " + left) != std::string::npos);
  REQUIRE(journal.begun("import files").size() == 1);
  CHECK(journal.begun("import files")[0].name == left);

  std::filesystem::remove(loop);
  std::filesystem::create_directories(left);
  open_and_close();
  CHECK(observer.said.empty());
  CHECK_FALSE(std::filesystem::exists(left));
  CHECK(journal.begun("import files").empty());
}

TEST_CASE("import files are for our user alone, and those of a killed run go away") {
  const Folder folder;
  const std::string left = folder.directory + "/pg2crdb-killed";
  const std::string kept = folder.directory + "/kept";
  std::filesystem::create_directories(left);
  std::filesystem::create_directories(kept);
  std::ofstream(left + "/public.t.0001.csv") << "1\n";
  std::filesystem::create_directory_symlink(kept, folder.directory + "/pg2crdb-link");
  Journal journal = memory_journal();
  for (const std::string& path : {left, kept, folder.directory + "/pg2crdb-link"})
    REQUIRE(journal.begin({"import files", {"", path}}));

  LoadOptions options;
  options.method = LoadMethod::import_into;
  options.host_files = folder.directory;
  std::string path;
  {
    Silent observer;
    Result<std::unique_ptr<ImportStore>> store = ImportStore::open(options, journal, observer);
    if (!store) FAIL(store.error().message);
    CHECK_FALSE(std::filesystem::exists(left));
    CHECK(std::filesystem::exists(kept));
    CHECK(std::filesystem::exists(folder.directory + "/pg2crdb-link"));
    REQUIRE(journal.begun("import files").size() == 1);
    const std::filesystem::path made = journal.begun("import files")[0].name;
    CHECK(made.parent_path() == folder.directory);
    CHECK(std::filesystem::status(made).permissions() == std::filesystem::perms::owner_all);

    TableImport import(**store, {"public", "t"});
    REQUIRE(import.add({{"id"}, "\\N"}, "1\n", 1, ""));
    path = made / "public.t.0001.csv";
    CHECK(std::filesystem::status(path).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    // What somebody else put there is not written to.
    TableImport other(**store, {"public", "u"});
    std::filesystem::create_symlink(kept + "/victim", made / "public.u.0001.csv");
    CHECK_FALSE(other.add({{"id"}, "\\N"}, "1\n", 1, ""));
    CHECK_FALSE(std::filesystem::exists(kept + "/victim"));
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
  CHECK(journal.begun("import files").empty());
}

TEST_CASE("refused rows are for our user alone") {
  const Folder folder;
  std::ofstream(folder.directory + "/rejects") << "public.t\tdump\t1\twhy\t1\npublic.u\tdump\t1\twhy\t1\n";
  RejectFile rejects(folder.directory + "/rejects");
  REQUIRE(rejects.forget({{"public", "t"}}));
  REQUIRE(rejects.add({"public", "v"}, "dump", 2, "why", "2\n"));
  CHECK(std::filesystem::status(folder.directory + "/rejects").permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  std::stringstream text;
  text << std::ifstream(folder.directory + "/rejects").rdbuf();
  CHECK(text.str() == "public.u\tdump\t1\twhy\t1\npublic.v\tdump\t2\twhy\t2\n");
  std::filesystem::create_symlink(folder.directory + "/victim", folder.directory + "/link");
  RejectFile linked(folder.directory + "/link");
  CHECK_FALSE(linked.add({"public", "v"}, "dump", 2, "why", "2\n"));
}

TEST_CASE("an import whose files nobody answers for is said, and cancelled") {
  if (cockroach().url.empty()) SKIP("no server can run here");
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(silent, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(silent, 5) == 0);
  REQUIRE(::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size) == 0);

  Connection target = connect(cockroach().url);
  run(target, "CREATE TABLE waits (id INT8 PRIMARY KEY)");
  const std::string file = "pg2crdb-x/waits.0001.csv";
  ImportJob job{value(target, "IMPORT INTO waits (id) CSV DATA ('http://127.0.0.1:" +
                                  std::to_string(ntohs(address.sin_port)) + "/a/long/way/to/the/folder/" +
                                  file + "') WITH detached"),
                0, 0, true, file};
  const Result<std::string> found = find_job(job, target);
  REQUIRE(found);
  CHECK(*found == job.id);
  const Result<std::string> other = find_job({{}, 0, 0, true, "pg2crdb-y/waits.0001.csv"}, target);
  REQUIRE(other);
  CHECK(other->empty());

  Silent observer;
  const Result<JobEnd> end = watch_job(job, target, cockroach().url, observer,
                                       {std::chrono::milliseconds(50), std::chrono::milliseconds(500)});
  REQUIRE_FALSE(end);
  CHECK(end.error().kind == Error::Kind::interrupted);
  CHECK(end.error().message.find("read nothing") != std::string::npos);
  REQUIRE_FALSE(observer.lines.empty());
  CHECK(observer.lines[0].find("has not moved") != std::string::npos);
  CHECK(value(target, "SELECT status FROM [SHOW JOB " + job.id + "]") == "canceled");
  ::close(silent);
}
