#include "parser/name_places.h"

#include <algorithm>

namespace pg2crdb::transform {
namespace {

bool begins_with(const WrittenName& written, const std::vector<std::string>& parts) {
  return written.parts.size() >= parts.size() &&
         std::equal(parts.begin(), parts.end(), written.parts.begin());
}

}  // namespace

std::optional<ast::Name> name_of(const std::vector<std::string>& parts) {
  switch (parts.size()) {
    case 1:
      return ast::Name{"", parts[0]};
    case 2:
    case 3:
      return ast::Name{parts[parts.size() - 2], parts.back()};
    default:
      return std::nullopt;
  }
}

template <class Use>
void NamePlaces::set_place(Use& use, size_t begin, size_t end) const {
  if (!piece_.has_places) return;
  use.begin = static_cast<size_t>(piece_.shift + static_cast<int64_t>(begin));
  use.end = static_cast<size_t>(piece_.shift + static_cast<int64_t>(end));
}

void NamePlaces::add_listed(NameUse use, const std::vector<std::string>& parts) {
  const std::optional<ast::Name> name = name_of(parts);
  if (!name) return;
  use.name = *name;
  std::vector<size_t> found;
  std::vector<size_t> called;  // of those, where a parenthesis follows
  const std::vector<Token>& all = tokens();
  for (size_t i = 0; piece_.has_places && i < all.size(); ++i) {
    if (all[i].begin < begin_ || all[i].begin >= end_ || !all[i].is_name()) continue;
    if (i > 0 && all[i - 1].is(".")) continue;
    const WrittenName written = read_name(std::string_view(piece_.sql).substr(all[i].begin));
    if (!begins_with(written, parts)) continue;
    found.push_back(all[i].begin);
    const size_t next = i + 2 * parts.size() - 1;
    if (next < all.size() && all[next].is("(")) called.push_back(all[i].begin);
  }
  if (found.size() > 1 && use.kind == NameUse::Kind::routine) found = std::move(called);
  add(std::move(use), parts, found.size() == 1 ? static_cast<int64_t>(found[0]) : -1);
}

void NamePlaces::add(NameUse use, const std::vector<std::string>& parts, int64_t location) {
  const bool known = location >= 0 && location < static_cast<int64_t>(piece_.sql.size());
  const auto at = static_cast<size_t>(known ? location : 0);
  const WrittenName written = known ? read_name(std::string_view(piece_.sql).substr(at)) : WrittenName();
  if (begins_with(written, parts)) {
    const size_t first = parts.size() == 3 ? 1 : 0;
    set_place(use, at + written.begins[first], at + written.ends[parts.size() - 1]);
  } else if (use.name.schema == "pg_catalog") {
    return;
  }
  names_.add(std::move(use), piece_.at(static_cast<int64_t>(known ? at : begin_)));
}

const std::vector<Token>& NamePlaces::tokens() {
  if (!tokens_) {
    std::string error;
    tokens_ = scan_sql(piece_.sql, error).value_or(std::vector<Token>());
  }
  return *tokens_;
}

void NamePlaces::add_at(NameUse use, size_t begin, size_t end, int64_t location) {
  if (begin < end) set_place(use, begin, end);
  names_.add(std::move(use), piece_.at(location));
}

void NamePlaces::add_last(MemberUse use, const std::vector<std::string>& parts, int64_t location) {
  const bool known = location >= 0 && location < static_cast<int64_t>(piece_.sql.size());
  const auto at = static_cast<size_t>(known ? location : 0);
  const WrittenName written = known ? read_name(std::string_view(piece_.sql).substr(at)) : WrittenName();
  if (begins_with(written, parts)) {
    const size_t last = parts.size() - 1;
    set_place(use, at + written.begins[last], at + written.ends[last]);
  }
  names_.add(std::move(use), piece_.at(static_cast<int64_t>(known ? at : begin_)), parts.size() == 1);
}

void NamePlaces::add_behind(std::string_view keyword, MemberUse use) {
  int64_t place = piece_.at(static_cast<int64_t>(begin_));
  const std::vector<Token>& all = tokens();
  for (size_t i = 1; i < all.size(); ++i) {
    const bool is_it = all[i].begin >= begin_ && all[i].begin < end_ && all[i - 1].is(keyword) &&
                       all[i].is_name() && all[i].name() == use.name;
    if (!is_it) continue;
    set_place(use, all[i].begin, all[i].end);
    place = piece_.at(static_cast<int64_t>(all[i].begin));
    break;
  }
  names_.add(std::move(use), place, false);
}

int64_t NamePlaces::token_after(int64_t location) {
  for (const Token& token : tokens()) {
    if (static_cast<int64_t>(token.begin) > location) return static_cast<int64_t>(token.begin);
  }
  return location;
}

}  // namespace pg2crdb::transform
