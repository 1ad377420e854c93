#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// What of a script is not read: statements, and the rows behind COPY.
struct Unread {
  uint64_t statements = 0;
  uint64_t rows = 0;

  bool any() const { return statements > 0 || rows > 0; }
};

/// What a script holds for one database.
struct DatabasePart {
  std::string name;      ///< empty: that to which psql is connected before any \connect
  bool content = false;  ///< more than settings, roles and statements about databases
  Unread found;          ///< of a database that is not read; with `content`, all of it
};

/// Follows a script from database to database. One of them is read: the one that was chosen, else the first
/// that has content. Roles, and what no database owns, belong to every one.
class DatabaseParts {
 public:
  /// `chosen`: empty where nobody chose.
  explicit DatabaseParts(std::string chosen) : chosen_(std::move(chosen)) {}

  /// `\connect name`; an empty name changes nothing.
  void connect(const std::string& name);

  /// What follows belongs to the database that is read, whichever it is and wherever psql is connected to.
  void take_all(bool all) { all_ = all; }

  /// Whether the next statement is read; where it is not, it is counted. Called for every one.
  bool takes(std::string_view sql);
  /// The same for rows: they go where their statement went.
  void count_rows(uint64_t rows);

  /// More than one database has content, and nobody chose.
  bool ambiguous() const;
  /// All databases that the script connects to or has content for, in its order.
  const std::vector<DatabasePart>& parts() const { return parts_; }
  /// The database that is read; empty where the script names none.
  const std::string& read() const;
  bool connected() const { return connected_; }
  /// Whether psql is connected to the database that is read.
  bool reads_current() const { return all_ || read_ == current_ || (read_ == none && chosen_.empty()); }

 private:
  static constexpr size_t none = static_cast<size_t>(-1);
  size_t part(const std::string& name);

  std::string chosen_;
  std::vector<DatabasePart> parts_ = {DatabasePart{}};
  bool connected_ = false;
  bool all_ = false;
  size_t current_ = 0;
  size_t read_ = none;
  size_t last_ = 0;  // that the last statement belonged to
};

/// The database that a statement is about: CREATE, ALTER, DROP DATABASE, COMMENT, GRANT and REVOKE ON
/// DATABASE, ALTER ROLE IN DATABASE. Nothing for all others.
std::optional<std::string> database_of_statement(std::string_view sql);

}  // namespace pg2crdb
