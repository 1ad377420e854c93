#pragma once
#include <zlib.h>

#include <string>
#include <string_view>

namespace pg2crdb {

/// Appends to a string what it compresses, as gzip has it.
class Deflater {
 public:
  Deflater();
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void add(std::string_view bytes, std::string& out) { run(bytes, Z_NO_FLUSH, out); }
  void end(std::string& out) { run({}, Z_FINISH, out); }

 private:
  void run(std::string_view bytes, int flush, std::string& out);

  z_stream stream_{};
};

}  // namespace pg2crdb
