#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ast/plpgsql.h"

namespace pg2crdb {

/// A body in PL/pgSQL as a tree, or why PostgreSQL would not compile it, whatever is in the database. That
/// variables are declared, types and conditions known, is not asked; an assignment of nothing, `x := ;`,
/// which PostgreSQL fails at whenever it runs, is refused.
struct ParsedBody {
  std::optional<ast::plpgsql::Body> body = {};
  std::string error = {};
  int32_t error_offset = -1;  ///< counts as the tree's offsets do; -1 where the place is not known
};

/// `body` is a function's, a procedure's or a DO block's. Offsets count bytes of it. `routine` is the name
/// that it has as a label of its own; where it is empty, any label may be left.
ParsedBody parse_plpgsql(const std::string& body, std::string_view routine = {});

/// Where the bytes of a body stand in its statement, however it is quoted there.
class BodyPlaces {
 public:
  /// `statement` is the text of a CREATE FUNCTION, CREATE PROCEDURE or DO, `body` the text that its string
  /// stands for.
  BodyPlaces(const std::string& statement, std::string_view body);

  /// The byte of the statement. Where the quotes are of a kind that is not read, the string's beginning.
  size_t at(size_t offset) const;

 private:
  /// From `body` on, bytes stand in the statement from `statement` on.
  struct Run {
    size_t body = 0;
    size_t statement = 0;
  };
  bool read(std::string_view literal, size_t begin, std::string_view body);
  size_t begin_ = 0;
  std::vector<Run> runs_;  ///< in order; empty where nothing is known
};

/// The same of a body in its statement: offsets count bytes of the statement.
ParsedBody parse_plpgsql(const std::string& body, const BodyPlaces& places, std::string_view routine = {});

}  // namespace pg2crdb
