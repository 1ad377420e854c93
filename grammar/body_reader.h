#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "grammar/cockroachdb.h"
#include "grammar/sql_reader.h"

/// Reads with CockroachPlPgSql.g4; between the sources of this folder only.
namespace pg2crdb {

class BodyReader {
 public:
  /// The SQL in bodies goes through `sql`.
  BodyReader(const Target& target, SqlReader& sql);
  ~BodyReader();

  std::vector<BodyProblem> check_plpgsql(std::string_view body);
  std::vector<BodyProblem> check_sql(std::string_view body);

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pg2crdb
