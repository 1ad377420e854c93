#include "runtime/journal.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

using namespace pg2crdb;

namespace {

class Directory {
 public:
  Directory() {
    std::string pattern = std::filesystem::temp_directory_path() / "journal-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::string file() const { return path_ + "/journal.jsonl"; }
  std::string text() const {
    std::stringstream out;
    out << std::ifstream(file(), std::ios::binary).rdbuf();
    return out.str();
  }

 private:
  std::string path_;
};

const std::map<std::string, std::string> kRun = {{"input sha256", "abc"}, {"target", "postgresql://h/db"}};

Step load_of(const std::string& table) {
  return {"load", {"public", table}};
}

}  // namespace

TEST_CASE("an unfinished journal is only gone on with by resume") {
  const Directory directory;
  {
    Result<Journal> journal = Journal::open(directory.path(), kRun, false);
    REQUIRE(journal);
    CHECK(journal->state(load_of("a")) == "");
    REQUIRE(journal->begin(load_of("a")));
    CHECK(journal->state(load_of("a")) == "begun");
    REQUIRE(journal->done(load_of("a"), "rows=3 \"quoted\"\n"));
    REQUIRE(journal->begin(load_of("b")));
    REQUIRE(journal->begin(Step{"apply pre-data", {"", "0"}}));
    REQUIRE(journal->forget(Step{"apply pre-data", {"", "0"}}));
  }
  const Result<Journal> anew = Journal::open(directory.path(), kRun, false);
  REQUIRE_FALSE(anew);
  CHECK(anew.error().kind == Error::Kind::usage);
  CHECK(anew.error().advice.find("--resume") != std::string::npos);

  const Result<Journal> resumed = Journal::open(directory.path(), kRun, true);
  REQUIRE(resumed);
  CHECK(resumed->state(load_of("a")) == "done");
  CHECK(resumed->detail(load_of("a")) == "rows=3 \"quoted\"\n");
  CHECK(resumed->state(load_of("b")) == "begun");
  CHECK(resumed->state(Step{"apply pre-data", {"", "0"}}) == "");
}

TEST_CASE("a finished journal lets the next run start anew") {
  const Directory directory;
  {
    Result<Journal> journal = Journal::open(directory.path(), kRun, false);
    REQUIRE(journal);
    REQUIRE(journal->done(load_of("a")));
    REQUIRE(journal->finish());
  }
  {
    Result<Journal> anew = Journal::open(directory.path(), {{"input sha256", "other"}}, false);
    REQUIRE(anew);
    CHECK(anew->state(load_of("a")) == "");
    CHECK(anew->detail_before(load_of("a")) == "");
    REQUIRE(anew->begin(load_of("b")));
  }
  CHECK(directory.text() ==
        "{\"journal\":2,\"identity\":{\"input sha256\":\"other\"}}\n"
        "{\"begun\":\"load\",\"schema\":\"public\",\"name\":\"b\"}\n");
}

TEST_CASE("a finished journal stays until the next run does something") {
  const Directory directory;
  {
    Result<Journal> journal = Journal::open(directory.path(), kRun, false);
    REQUIRE(journal);
    REQUIRE(journal->done(load_of("a"), "rows=3"));
    REQUIRE(journal->finish());
  }
  const std::string whole = directory.text();
  {
    const Result<Journal> again = Journal::open(directory.path(), kRun, false);
    REQUIRE(again);
    CHECK(again->state(load_of("a")) == "");
    CHECK(again->detail_before(load_of("a")) == "rows=3");
    CHECK(again->detail_before(load_of("b")) == "");
  }
  CHECK(directory.text() == whole);
  const Result<Journal> resumed = Journal::open(directory.path(), kRun, true);
  REQUIRE(resumed);
  CHECK(resumed->state(load_of("a")) == "done");
}

TEST_CASE("a journal that was cut off anywhere in its last line is as before that line") {
  const Directory directory;
  {
    Result<Journal> journal = Journal::open(directory.path(), kRun, false);
    REQUIRE(journal);
    REQUIRE(journal->begin(load_of("a")));
  }
  const std::string whole = directory.text();
  const std::string next = "{\"done\":\"load\",\"schema\":\"public\",\"name\":\"a\",\"detail\":\"rows=1\"}\n";
  for (size_t length = 0; length <= next.size(); ++length) {
    CAPTURE(length);
    std::ofstream(directory.file(), std::ios::binary) << whole << next.substr(0, length);
    {
      Result<Journal> journal = Journal::open(directory.path(), kRun, true);
      REQUIRE(journal);
      CHECK(journal->state(load_of("a")) == (length == next.size() ? "done" : "begun"));
      REQUIRE(journal->begin(load_of("b")));
    }
    const Result<Journal> again = Journal::open(directory.path(), kRun, true);
    REQUIRE(again);
    CHECK(again->state(load_of("b")) == "begun");
  }
}

TEST_CASE("a damaged line in the middle is an error") {
  const Directory directory;
  std::ofstream(directory.file()) << "{\"journal\":2,\"identity\":{}}\n{\"begun\":\n{\"begun\":\"x\"}\n";
  const Result<Journal> journal = Journal::open(directory.path(), {}, true);
  REQUIRE_FALSE(journal);
  CHECK(journal.error().message.find("line 2") != std::string::npos);
}

TEST_CASE("a name's two parts are two fields") {
  const Directory directory;
  const Step one{"load", {"a", "b.c"}};
  const Step other{"load", {"a.b", "c"}};
  {
    Result<Journal> journal = Journal::open(directory.path(), kRun, false);
    REQUIRE(journal);
    REQUIRE(journal->done(one, "rows=1000"));
    CHECK(journal->state(other) == "");
    REQUIRE(journal->begin(other));
    REQUIRE(journal->begin({"load", {"a\".\"b", "c\n"}}));
  }
  CHECK(directory.text().find(R"({"done":"load","schema":"a","name":"b.c","detail":"rows=1000"})") !=
        std::string::npos);
  const Result<Journal> resumed = Journal::open(directory.path(), kRun, true);
  REQUIRE(resumed);
  CHECK(resumed->detail(one) == "rows=1000");
  CHECK(resumed->state(other) == "begun");
  CHECK(resumed->detail(other) == "");
  CHECK(resumed->state({"load", {"a\".\"b", "c\n"}}) == "begun");
  CHECK(resumed->state({"sequence", {"a", "b.c"}}) == "");
}

TEST_CASE("another version's journal is refused until its run has ended") {
  const Directory directory;
  const std::string begun = "{\"identity\":{\"target\":\"x\"}}\n{\"begun\":\"load:public.a\"}\n";
  const auto written = [&](const std::string& text) {
    std::ofstream(directory.file(), std::ios::binary) << text;
  };
  for (const std::string& text :
       {begun, begun + "{\"done\":\"load:public.a\",\"detail\":\"rows=1\"}\n",
        std::string("{\"journal\":3,\"identity\":{}}\n{\"what\":\"nobody knows\"}\n")}) {
    for (const bool resume : {false, true}) {
      CAPTURE(text, resume);
      written(text);
      const Result<Journal> journal = Journal::open(directory.path(), kRun, resume);
      REQUIRE_FALSE(journal);
      CHECK(journal.error().kind == Error::Kind::usage);
      CHECK(journal.error().message.find("was begun by another version of pg2crdb") != std::string::npos);
      CHECK(directory.text() == text);
    }
  }
  for (const bool resume : {false, true}) {
    CAPTURE(resume);
    written(begun + "{\"finished\":true}\n");
    const Result<Journal> journal = Journal::open(directory.path(), kRun, resume);
    REQUIRE(journal);
    CHECK(journal->state(load_of("a")) == "");
  }
}

TEST_CASE("a resumed run that is another one is refused, and the difference is named") {
  const Directory directory;
  {
    Result<Journal> journal = Journal::open(directory.path(), kRun, false);
    REQUIRE(journal);
    REQUIRE(journal->begin(load_of("a")));
  }
  const auto refused = [&](const std::map<std::string, std::string>& identity) {
    const Result<Journal> journal = Journal::open(directory.path(), identity, true);
    REQUIRE_FALSE(journal);
    CHECK(journal.error().kind == Error::Kind::usage);
    return journal.error().message;
  };
  CHECK(refused({{"input sha256", "xyz"}, {"target", "postgresql://h/db"}})
            .find("input sha256 was \"abc\", now it is \"xyz\"") != std::string::npos);
  CHECK(refused({{"input sha256", "abc"}}).find("target was") != std::string::npos);
  CHECK(refused({{"input sha256", "abc"}, {"target", "postgresql://h/db"}, {"row limit", "5"}})
            .find("row limit was") != std::string::npos);
}

TEST_CASE("two runs do not share a journal") {
  const Directory directory;
  const Result<Journal> first = Journal::open(directory.path(), kRun, false);
  REQUIRE(first);
  const Result<Journal> second = Journal::open(directory.path(), kRun, true);
  REQUIRE_FALSE(second);
  CHECK(second.error().message.find("another run") != std::string::npos);
}

TEST_CASE("what a killed process had noted is there for the next one") {
  const Directory directory;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Result<Journal> journal = Journal::open(directory.path(), kRun, false);
    if (!journal || !journal->begin(load_of("a")) || !journal->done(load_of("a"), "rows=7") ||
        !journal->begin(load_of("b"))) {
      ::_exit(1);
    }
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  const Result<Journal> journal = Journal::open(directory.path(), kRun, true);
  REQUIRE(journal);
  CHECK(journal->detail(load_of("a")) == "rows=7");
  CHECK(journal->state(load_of("b")) == "begun");
}

TEST_CASE("without a directory the journal is in memory") {
  Result<Journal> journal = Journal::open("", kRun, false);
  REQUIRE(journal);
  REQUIRE(journal->begin(load_of("a")));
  REQUIRE(journal->done(load_of("a")));
  CHECK(journal->state(load_of("a")) == "done");
  REQUIRE(journal->finish());
}

TEST_CASE("a run that did not get beyond its target leaves nothing that refuses another one") {
  const Directory directory;
  const std::map<std::string, std::string> corrected = {{"input sha256", "abc"},
                                                        {"target", "postgresql://right/db"}};
  const auto open = [&](const std::map<std::string, std::string>& identity, bool resume) {
    Result<Journal> journal = Journal::open(directory.path(), identity, resume);
    if (!journal) FAIL(journal.error().message);
    return std::move(*journal);
  };
  open(kRun, false);  // no server listens there
  CHECK(directory.text().empty());
  for (const bool resume : {false, true}) {
    CAPTURE(resume);
    REQUIRE(open(kRun, false).done(Step{"database", {}}, "1"));  // one listens, and has no rights for us
    Journal right = open(corrected, resume);
    CHECK(right.state(Step{"database", {}}).empty());
    REQUIRE(right.done(Step{"database", {}}, "2"));
    CHECK(directory.text().find("right") != std::string::npos);
    CHECK(directory.text().find("//h/db") == std::string::npos);
  }
  REQUIRE(open(corrected, true).begin(load_of("a")));
  CHECK_FALSE(Journal::open(directory.path(), kRun, false));
  CHECK_FALSE(Journal::open(directory.path(), kRun, true));
}

TEST_CASE("a full disk stops a run resumably, and what was noted before stays good") {
  const Directory directory;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  {
    Result<Journal> journal = Journal::open(directory.path(), kRun, false);
    REQUIRE(journal);
    REQUIRE(journal->done(load_of("a"), "rows=1"));
    const size_t size = directory.text().size();
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    rlimit full = before;
    full.rlim_cur = size + 10;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    const Result<void> noted = journal->done(load_of("b"), "rows=2");
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, ignored);
    REQUIRE_FALSE(noted);
    CHECK(noted.error().kind == Error::Kind::interrupted);
    CHECK(noted.error().advice.find("--resume") != std::string::npos);
    CHECK(directory.text().size() == size);
    REQUIRE(journal->begin(load_of("c")));
  }
  const Result<Journal> resumed = Journal::open(directory.path(), kRun, true);
  if (!resumed) FAIL(resumed.error().message);
  CHECK(resumed->state(load_of("a")) == "done");
  CHECK(resumed->state(load_of("b")) == "");
  CHECK(resumed->state(load_of("c")) == "begun");
}

TEST_CASE("what a journal calls done is read while a run is at work with it") {
  const Directory directory;
  const std::pair<std::string, std::string> target = {"target", "postgresql://h/db"};
  CHECK_FALSE(Journal::says_done(directory.path(), target, "load"));
  Result<Journal> journal = Journal::open(directory.path(), kRun, false);
  REQUIRE(journal);
  REQUIRE(journal->begin(load_of("a")));
  std::ofstream(directory.file(), std::ios::app) << "{\"done\":\"apply post-data\"";  // half a line
  const std::string before = directory.text();
  CHECK_FALSE(Journal::says_done(directory.path(), target, "load"));
  CHECK(directory.text() == before);
  std::ofstream(directory.file(), std::ios::app) << ",\"schema\":\"\",\"name\":\"7\",\"detail\":\"\"}\n";
  CHECK(Journal::says_done(directory.path(), target, "apply post-data"));
  CHECK_FALSE(Journal::says_done(directory.path(), target, "load"));
  CHECK_FALSE(Journal::says_done(directory.path(), {"target", "postgresql://h/other"}, "apply post-data"));
}
