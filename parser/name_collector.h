#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parser/names.h"

/// How the readers of names.h work together: SQL through libpg_query (sql_names.cpp), PL/pgSQL by its words
/// (plpgsql_names.cpp).
namespace pg2crdb::transform {

/// A piece of the text that is read.
struct Piece {
  std::string sql;
  int64_t shift = 0;       ///< from bytes of `sql` to bytes of the text
  bool has_places = true;  ///< false where `sql` is not in the text as it stands
  int64_t place = 0;       ///< bytes of the text where it begins, for what then has none of its own
  int level = 0;           ///< of bodies in bodies

  /// The place in the text of a byte of `sql`, as near as is known.
  int64_t at(int64_t location) const { return has_places ? shift + location : place; }
};

class NameCollector {
 public:
  explicit NameCollector(std::string_view text) : text_(text) {}

  /// `place` in bytes of the text.
  void add(NameUse use, int64_t place);
  void unread(int64_t place, std::string_view what);
  /// `bare`: without the name of a relation before it, so that a variable hides it.
  void add(MemberUse use, int64_t place, bool bare);
  void add(CastUse use) { casts_.push_back(std::move(use)); }
  /// A variable of the text, or a parameter.
  void variable(const std::string& name) { variables_.insert(name); }
  /// A temporary table that the text makes: its uses are not of interest.
  void temporary(std::string name) { temporary_.insert(std::move(name)); }

  TextNames take() &&;

 private:
  struct Placed {
    NameUse use;
    int64_t place;
  };

  struct PlacedMember {
    MemberUse use;
    int64_t place;
    bool bare;
  };

  bool is_temporary(const ast::Name& name) const;

  std::string_view text_;
  std::vector<Placed> names_;
  std::vector<PlacedMember> members_;
  std::vector<CastUse> casts_;
  std::set<std::string, std::less<>> variables_;
  std::vector<std::string> unread_;
  std::set<std::string, std::less<>> temporary_;
};

/// Any number of statements.
void read_sql(const Piece& piece, NameCollector& names);
/// A body. `variables` are known besides those that it declares: parameters.
void read_plpgsql(const Piece& body, const std::set<std::string, std::less<>>& variables,
                  NameCollector& names);

/// Where the content of a string literal that begins at `at` stands in `sql`, where it stands there as it is
/// meant: '..' without quotes or E in it, and $$..$$. Both are 0 where it does not.
struct Content {
  size_t begin = 0;
  size_t end = 0;
};
Content plain_content(std::string_view sql, size_t at);

}  // namespace pg2crdb::transform
