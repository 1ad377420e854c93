#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "support/byte_source.h"
#include "support/result.h"

namespace pg2crdb {

/// What pg_dump wrote with --format=custom, tar or directory: the format's name by a file's first 512 bytes,
/// empty for what is none.
std::string_view archive_format(std::string_view beginning);
/// Whether the folder is what pg_dump wrote with --format=directory.
bool is_archive_folder(const std::string& path);

/// The archive as the SQL text that pg_dump would have written, by the real pg_restore: the one on PATH, else
/// the newest in the folders where packages put PostgreSQL's programs, that can read it. The same archive and
/// the same pg_restore give the same bytes. `format` is for messages. Fails where no pg_restore can read it,
/// with its own words and the release that can.
Result<std::unique_ptr<ByteSource>> open_archive(const std::string& path, std::string_view format);

}  // namespace pg2crdb
