#include "runtime/deflater.h"

#include <new>

namespace pg2crdb {

Deflater::Deflater() {
  constexpr int gzip_window = 15 + 16;
  constexpr int memory_level = 8;
  if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}

void Deflater::run(std::string_view bytes, int flush, std::string& out) {
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  do {
    Bytef piece[16384];
    stream_.next_out = piece;
    stream_.avail_out = sizeof piece;
    deflate(&stream_, flush);
    out.append(reinterpret_cast<const char*>(piece), sizeof piece - stream_.avail_out);
  } while (stream_.avail_out == 0);
}

}  // namespace pg2crdb
