#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/import_into.h"
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
    Result<std::unique_ptr<ImportStore>> store = ImportStore::open(options, journal);
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
    path = (*store)->path("public.t.0001.csv");
    CHECK(std::filesystem::status(path).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    // What somebody else put there is not written to.
    TableImport other(**store, {"public", "u"});
    std::filesystem::create_symlink(kept + "/victim", (*store)->path("public.u.0001.csv"));
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
