#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// A clause that a product made of PostgreSQL has, and PostgreSQL has not.
struct VendorClause {
  enum class Meaning {
    storage,   ///< where rows lie and how they are stored
    identity,  ///< Redshift's IDENTITY(1, 1), which becomes one of PostgreSQL's
    lost,      ///< more than storage: what it says is lost
  };
  std::string_view product;
  size_t begin = 0;  ///< bytes of the statement
  size_t end = 0;
  Meaning meaning = Meaning::storage;
};

/// A statement with blanks in the place of such clauses, so that all else stands where it stood.
struct WithoutClauses {
  std::string sql;
  std::vector<VendorClause> clauses;
  /// Columns, as they are written, that YugabyteDB places by their hash; first those of the table's keys or
  /// the index.
  std::vector<std::string> hashed;
  struct Identity {
    std::string column;
    std::string start;
    std::string increment;
  };
  std::vector<Identity> identities = {};
};

/// Nothing where none is known in it. For statements that PostgreSQL's grammar refuses; `of_yugabyte` of a
/// script of YugabyteDB, whose keys have an order, as those that CockroachDB prints.
std::optional<WithoutClauses> without_vendor_clauses(std::string_view sql, bool of_yugabyte);

/// The product whose dump begins or ends with this comment line; empty for PostgreSQL's and all others.
std::string_view product_of_dump(std::string_view comment);

}  // namespace pg2crdb
