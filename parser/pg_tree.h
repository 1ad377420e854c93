#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "parser/transform.h"

namespace simdjson::dom {
class parser;
}

/// libpg_query, for the files of this folder: from SQL to its JSON.
namespace pg2crdb::transform {

/// A reader for the JSON of libpg_query. What it read last stands until it reads again.
simdjson::dom::parser new_reader();

/// What libpg_query makes of a text: a tree, or an error.
class PgTree {
 public:
  /// `sql` has no zero byte.
  explicit PgTree(const std::string& sql);
  ~PgTree();

  bool good() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  int32_t error_offset() const { return error_offset_; }  ///< bytes of the text, -1 where it is not known

  /// The document, held by `reader`. Nothing where it cannot be read, and `error()` then says why.
  bool read(simdjson::dom::parser& reader, Json& document);

 private:
  struct Answer;
  std::unique_ptr<Answer> answer_;
  std::string error_;
  int32_t error_offset_ = -1;
};

}  // namespace pg2crdb::transform
