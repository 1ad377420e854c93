#include "parser/names.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "parser/name_collector.h"

namespace pg2crdb {
namespace transform {

void NameCollector::add(NameUse use, int64_t place) {
  names_.push_back({std::move(use), place});
}

void NameCollector::unread(int64_t place, std::string_view what) {
  const auto bytes = static_cast<size_t>(std::max<int64_t>(place, 0));
  const std::string_view before = text_.substr(0, bytes);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  unread_.push_back("line " + std::to_string(line) + ": " + std::string(what));
}

void NameCollector::add(MemberUse use, int64_t place, bool bare) {
  if (!use.relations.empty() || use.of_row) members_.push_back({std::move(use), place, bare});
}

bool NameCollector::is_temporary(const ast::Name& name) const {
  return name.schema == "pg_temp" || (name.schema.empty() && temporary_.contains(name.name));
}

TextNames NameCollector::take() && {
  std::erase_if(names_, [this](const Placed& placed) {
    return placed.use.kind != NameUse::Kind::routine && is_temporary(placed.use.name);
  });
  std::erase_if(members_, [this](PlacedMember& placed) {
    const auto temporary = std::erase_if(
        placed.use.relations, [this](const ast::Name& relation) { return is_temporary(relation); });
    placed.use.sure = placed.use.sure && temporary == 0;
    if (placed.use.relations.empty() && !placed.use.of_row) return true;
    return placed.bare && variables_.contains(placed.use.name);
  });
  const auto in_order = [](const auto& a, const auto& b) { return a.place < b.place; };
  std::stable_sort(names_.begin(), names_.end(), in_order);
  std::stable_sort(members_.begin(), members_.end(), in_order);
  TextNames result;
  result.unread = std::move(unread_);
  result.casts = std::move(casts_);
  result.names.reserve(names_.size());
  for (Placed& placed : names_) result.names.push_back(std::move(placed.use));
  for (PlacedMember& placed : members_) result.members.push_back(std::move(placed.use));
  return result;
}

Content plain_content(std::string_view sql, size_t at) {
  if (at >= sql.size()) return {};
  std::string_view delimiter = "'";
  if (sql[at] == '$') {
    const size_t end = sql.find('$', at + 1);
    if (end == std::string_view::npos) return {};
    delimiter = sql.substr(at, end + 1 - at);
  } else if (sql[at] != '\'') {
    return {};
  }
  const size_t begin = at + delimiter.size();
  const size_t end = sql.find(delimiter, begin);
  if (end == std::string_view::npos) return {};
  const bool doubled = sql[at] == '\'' && end + 1 < sql.size() && sql[end + 1] == '\'';
  return doubled ? Content{} : Content{begin, end};
}

}  // namespace transform

namespace {

using transform::NameCollector;
using transform::Piece;

TextNames names_in_body(std::string_view language, std::string_view body,
                        const std::set<std::string, std::less<>>& variables) {
  NameCollector names(body);
  for (const std::string& variable : variables) names.variable(variable);
  const bool zero = body.find('\0') != std::string_view::npos;
  if (zero) {
    names.unread(0, "the text holds a zero byte");
  } else if (language == "sql") {
    transform::read_sql({std::string(body)}, names);
  } else if (language == "plpgsql") {
    transform::read_plpgsql({std::string(body)}, variables, names);
  } else {
    names.unread(0, "a body in " + std::string(language) + " is not read");
  }
  return std::move(names).take();
}

/// Of bodies, in the whole process: the binder asks about each, and passes about some of them again.
class KnownNames {
 public:
  using Names = std::shared_ptr<const TextNames>;

  /// Null where they are not known.
  Names find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(key);
    return found == names_.end() ? nullptr : found->second;
  }
  void add(std::string key, Names names) {
    if (key.size() > most_bytes_of_one) return;
    const std::lock_guard lock(mutex_);
    if (bytes_ + key.size() > most_bytes) {
      names_.clear();
      bytes_ = 0;
    }
    bytes_ += key.size();
    names_.emplace(std::move(key), std::move(names));
  }

 private:
  static constexpr size_t most_bytes = size_t{2} << 20, most_bytes_of_one = size_t{64} << 10;
  std::mutex mutex_;
  std::unordered_map<std::string, Names> names_;
  size_t bytes_ = 0;  // of the keys
};

}  // namespace

TextNames names_in_sql(std::string_view sql) {
  return names_in_body("sql", sql, {});
}

TextNames names_in_plpgsql(std::string_view body) {
  return names_in_body("plpgsql", body, {});
}

TextNames names_in(const ast::CreateFunction& function) {
  if (function.body.empty()) return {};
  std::set<std::string, std::less<>> variables;
  for (const ast::FunctionParameter& parameter : function.parameters) variables.insert(parameter.name);
  static KnownNames known;
  std::string key = function.language;
  for (const std::string& variable : variables) key += '\0' + variable;
  key += '\0';
  key += '\0' + function.body[0];
  if (const KnownNames::Names names = known.find(key)) return *names;
  TextNames names = names_in_body(function.language, function.body[0], variables);
  known.add(std::move(key), std::make_shared<const TextNames>(names));
  return names;
}

TextNames names_in(const ast::DoBlock& block) {
  return names_in_body(block.language.empty() ? "plpgsql" : block.language, block.body, {});
}

}  // namespace pg2crdb
