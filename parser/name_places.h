#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parser/name_collector.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::transform {

/// `s.t` of `{s, t}` and of `{database, s, t}`.
std::optional<ast::Name> name_of(const std::vector<std::string>& parts);

/// Gives the names of a piece their places.
class NamePlaces {
 public:
  NamePlaces(const Piece& piece, NameCollector& names) : piece_(piece), names_(names) {}

  /// The statement whose names follow: bytes of the piece.
  void statement(size_t begin, size_t end) {
    begin_ = begin;
    end_ = end;
  }

  /// `location` is where libpg_query saw it, below 0 where it did not say. Of PostgreSQL's own, what does not
  /// stand there as a name is a keyword or an operator to a person, and left out.
  void add(NameUse use, const std::vector<std::string>& parts, int64_t location);
  /// A name that libpg_query gives no place: where its words stand once in the statement, that is it.
  void add_listed(NameUse use, const std::vector<std::string>& parts);
  /// A name whose bytes of the piece are known; nothing where `begin` is `end`.
  void add_at(NameUse use, size_t begin, size_t end, int64_t location);

  /// The last of the names with dots between them that begin at `location`, which is that of a member.
  void add_last(MemberUse use, const std::vector<std::string>& parts, int64_t location);
  /// A member that is named behind a keyword; without a place where it is not.
  void add_behind(std::string_view keyword, MemberUse use);

  /// The first token behind a place, which is returned where there is none.
  int64_t token_after(int64_t location);

 private:
  template <class Use>
  void set_place(Use& use, size_t begin, size_t end) const;
  const std::vector<Token>& tokens();

  const Piece& piece_;
  NameCollector& names_;
  std::optional<std::vector<Token>> tokens_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace pg2crdb::transform
