#include "support/byte_source.h"

#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace pg2crdb {
namespace {

class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("pg2crdb-byte-source-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

std::string gzip(const std::string& text) {
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

Result<std::string> read_all(ByteSource& source, size_t piece) {
  std::string text;
  std::string buffer(piece, '\0');
  while (true) {
    const Result<size_t> count = source.read(buffer.data(), buffer.size());
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(buffer, 0, *count);
  }
}

std::string dump_text() {
  std::string text = "COPY public.towns (id, code, article) FROM stdin;\n";
  for (int i = 0; i < 20000; ++i)
    text += std::to_string(i) + "\t" + std::to_string(i * 7919 % 36684) + "\tLe\n";
  return text + "\\.\n";
}

Error refusal(const std::string& path) {
  const auto source = open_input(path);
  REQUIRE_FALSE(source);
  return source.error();
}

TEST_CASE("plain, gzip and zstd files give the same text, in pieces of any size") {
  const Folder folder;
  const std::string text = dump_text();
  for (const std::string& path : {folder.write("dump.sql", text), folder.write("dump.sql.gz", gzip(text)),
                                  folder.write("dump.sql.zst", zstd(text))}) {
    for (const size_t piece : {size_t{1}, size_t{511}, size_t{1} << 20U}) {
      const auto source = open_input(path);
      REQUIRE(source);
      CHECK(*read_all(**source, piece) == text);
    }
  }
}

TEST_CASE("compressed files that were put one after the other are one text") {
  const Folder folder;
  const std::string text = dump_text();
  const auto two_gzip = open_input(folder.write("two.gz", gzip(text) + gzip("SELECT 1;\n")));
  CHECK(*read_all(**two_gzip, 4096) == text + "SELECT 1;\n");
  const auto two_zstd = open_input(folder.write("two.zst", zstd(text) + zstd("SELECT 1;\n")));
  CHECK(*read_all(**two_zstd, 4096) == text + "SELECT 1;\n");
}

TEST_CASE("skip leaves out bytes in every kind of source") {
  const Folder folder;
  const std::string text = dump_text();
  for (const std::string& path : {folder.write("dump.sql", text), folder.write("dump.sql.gz", gzip(text)),
                                  folder.write("dump.sql.zst", zstd(text))}) {
    for (const uint64_t count :
         {uint64_t{0}, uint64_t{10}, uint64_t{512}, uint64_t{200000}, uint64_t{text.size()}}) {
      const auto source = open_input(path);
      REQUIRE((*source)->skip(count));
      CHECK(*read_all(**source, 4096) == text.substr(count));
    }
    const auto source = open_input(path);
    CHECK_FALSE((*source)->skip(text.size() + 1));
  }
  const auto source = memory_source(text);
  REQUIRE(source->skip(100));
  CHECK(*read_all(*source, 7) == text.substr(100));
  CHECK_FALSE(source->skip(1));
}

TEST_CASE("an empty file is an input without bytes") {
  const Folder folder;
  const auto source = open_input(folder.write("empty.sql", ""));
  REQUIRE(source);
  CHECK(read_all(**source, 16)->empty());
}

TEST_CASE("what is no SQL text is refused with what to do") {
  const Folder folder;
  const std::string missing = folder.path("missing.sql");
  CHECK(refusal(missing).message == "there is no file `" + missing + "`");

  std::string header(1024, '\0');
  header.replace(0, 7, "toc.dat");
  header.replace(257, 5, "ustar");
  const std::string whole = folder.write("towns.tar.gz", gzip(header));
  CHECK(refusal(whole).message ==
        "`" + whole + "` is a tar archive of pg_dump that was compressed as a whole");
  header.replace(0, 8, "dump.sql");
  CHECK(refusal(folder.write("other.tar", header)).message.ends_with("is a tar archive"));

  std::filesystem::create_directory(folder.path("archive"));
  CHECK(refusal(folder.path("archive")).message.ends_with("is a directory"));
  CHECK(refusal(folder.write("dump.sql.xz", std::string_view("\xfd"
                                                             "7zXZ\0rest",
                                                             10)))
            .message.ends_with("is compressed with xz"));
}

TEST_CASE("an archive that no pg_restore reads is refused with the release that does") {
  const Folder folder;
  // Three bytes of the format's version, and nothing behind them.
  const auto toc = [](char minor) { return std::string("PGDMP\x01") + minor + std::string(1, '\0'); };
  const std::string custom = folder.write("towns.dump", toc(14) + "rest");
  CHECK(refusal(custom).message.starts_with(
      "`" + custom + "` is a custom archive of pg_dump, and no pg_restore here reads it: pg_restore "));
  CHECK(refusal(custom).advice ==
        "install the client programs of PostgreSQL, or turn it into SQL where they are: `pg_restore -f "
        "dump.sql " +
            custom + "`");
  CHECK(refusal(folder.write("16.dump", toc(15))).advice.find("PostgreSQL 16 or newer") != std::string::npos);
  CHECK(refusal(folder.write("17.dump", toc(16))).advice.find("PostgreSQL 17 or newer") != std::string::npos);
  CHECK(refusal(folder.write("18.dump", toc(17))).advice.find("PostgreSQL 18 or newer") != std::string::npos);

  std::string tar(1536, '\0');
  tar.replace(0, 7, "toc.dat");
  tar.replace(124, 11, "00000001000");  // 512
  tar.replace(257, 5, "ustar");
  tar.replace(512, 8, toc(16));
  const Error of_tar = refusal(folder.write("towns.tar", tar));
  CHECK(of_tar.message.find("is a tar archive of pg_dump") != std::string::npos);
  CHECK(of_tar.advice.find("PostgreSQL 17 or newer") != std::string::npos);

  for (const size_t left : {600U, 1024U, 1030U}) {
    const std::string cut = folder.write("cut.tar", tar.substr(0, left));
    CHECK(refusal(cut).message == "`" + cut + "` is a tar archive of pg_dump that is cut: it has " +
                                      std::to_string(left) + " bytes, and ends in `toc.dat`");
  }

  std::filesystem::create_directory(folder.path("archive"));
  folder.write("archive/toc.dat", toc(15));
  const Error of_folder = refusal(folder.path("archive"));
  CHECK(of_folder.message.find("is a directory archive of pg_dump") != std::string::npos);
  CHECK(of_folder.advice.find("PostgreSQL 16 or newer") != std::string::npos);
}

TEST_CASE("compressed data that is cut off or damaged is an error, not an end") {
  const Folder folder;
  const std::string text = dump_text();
  for (const bool use_gzip : {true, false}) {
    const std::string packed = use_gzip ? gzip(text) : zstd(text);
    const auto cut = open_input(folder.write("cut", packed.substr(0, packed.size() - 9)));
    REQUIRE(cut);
    const auto cut_text = read_all(**cut, 4096);
    REQUIRE_FALSE(cut_text);
    CHECK(cut_text.error().message.find("is cut off") != std::string::npos);

    std::string damaged = packed;
    for (size_t i = damaged.size() / 2; i < damaged.size(); ++i) damaged[i] = static_cast<char>(~damaged[i]);
    const auto source = open_input(folder.write("damaged", damaged));
    REQUIRE(source);
    CHECK_FALSE(read_all(**source, 4096));
  }
}

}  // namespace
}  // namespace pg2crdb
