#include "routines/changed_tables.h"

#include <algorithm>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "ast/field_values.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::routines {
namespace {

using transform::Token;

/// Whether UPDATE begins a statement there, and no clause of another one: FOR UPDATE, DO UPDATE SET.
bool updates(const std::vector<Token>& tokens, size_t at) {
  if (!tokens[at].is("update") || !tokens[at + 1].is_name() || tokens[at + 1].is("set")) return false;
  return at == 0 || (!tokens[at - 1].is("for") && !tokens[at - 1].is("key") && !tokens[at - 1].is("do"));
}

/// What begins to change rows in a text, and where: at one of its tokens.
struct WrittenChange {
  std::vector<std::string> table;
  bool inserts = false, updates = false, deletes = false;  ///< none of them: MERGE
};

std::optional<WrittenChange> change_at(const std::string& sql, const std::vector<Token>& tokens, size_t i) {
  if (i + 1 >= tokens.size()) return std::nullopt;
  WrittenChange change;
  change.inserts = tokens[i].is("insert") && tokens[i + 1].is("into");
  change.deletes = tokens[i].is("delete") && tokens[i + 1].is("from");
  const bool merges = tokens[i].is("merge") && tokens[i + 1].is("into");
  change.updates = !change.inserts && !change.deletes && !merges && updates(tokens, i);
  if (!change.inserts && !change.deletes && !merges && !change.updates) return std::nullopt;
  size_t at = change.updates ? i + 1 : i + 2;
  if (at < tokens.size() && tokens[at].is("only")) ++at;
  if (at >= tokens.size()) return std::nullopt;
  change.table = transform::read_name(std::string_view(sql).substr(tokens[at].begin)).parts;
  return change;
}

struct Change {
  ast::Name table;
  size_t count = 0;
  bool all_insert = true;  ///< without ON CONFLICT
};

bool is_same(const ast::Name& one, const ast::Name& other) {
  if (one.object != ast::no_object && other.object != ast::no_object) return one.object == other.object;
  return one.name == other.name && (one.schema == other.schema || one.schema.empty() || other.schema.empty());
}

/// All that changes rows, however deep it stands.
struct Changes {
  std::vector<Change>& found;

  template <class T>
  void operator()(T& node) const {
    if constexpr (ast::changes_rows<T>) {
      auto change =
          std::ranges::find_if(found, [&](const Change& one) { return is_same(one.table, node.table.name); });
      if (change == found.end()) change = found.insert(found.end(), Change{node.table.name});
      ++change->count;
      bool inserts = false;
      if constexpr (std::is_same_v<T, ast::Insert>) inserts = !node.conflict;
      change->all_insert = change->all_insert && inserts;
    }
    ast::for_each_child(node, *this);
  }
};

/// The same, each by itself.
struct Relations {
  std::vector<ChangedRelation>& found;

  template <class T>
  void operator()(T& node) const {
    if constexpr (ast::changes_rows<T>) {
      constexpr bool merges = std::is_same_v<T, ast::Merge>;
      found.push_back({node.table.name, merges || std::is_same_v<T, ast::Insert>,
                       merges || std::is_same_v<T, ast::Update>, merges || std::is_same_v<T, ast::Delete>});
    }
    ast::for_each_child(node, *this);
  }
};

}  // namespace

std::string table_changed_twice(const ast::StatementNode& statement) {
  if (const auto* opaque = std::get_if<ast::Opaque>(&statement)) return table_changed_twice(opaque->text);
  std::vector<Change> found;
  Changes{found}(const_cast<ast::StatementNode&>(statement));  // nothing is changed
  for (const Change& change : found) {
    if (change.count > 1 && !change.all_insert) return to_string(change.table);
  }
  return {};
}

std::string table_changed_twice(const std::string& sql) {
  const std::vector<Token> tokens = transform::scan(sql).tokens;
  std::map<std::string, std::pair<size_t, bool>> changes;  // how many, and whether all are plain INSERTs
  std::string inserted;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const std::optional<WrittenChange> change = change_at(sql, tokens, i);
    if (tokens[i].is("on") && tokens[i + 1].is("conflict") && !inserted.empty())
      changes[inserted].second = false;
    if (!change) continue;
    std::string table;
    for (const std::string& part : change->table) table += (table.empty() ? "" : ".") + part;
    auto& [count, all_insert] = changes.try_emplace(table, 0, true).first->second;
    ++count;
    all_insert = all_insert && change->inserts;
    inserted = change->inserts ? table : std::string();
  }
  for (const auto& [table, change] : changes) {
    if (change.first > 1 && !change.second) return table;
  }
  return {};
}

std::vector<ChangedRelation> changed_relations(const ast::StatementNode& statement) {
  std::vector<ChangedRelation> found;
  const auto* opaque = std::get_if<ast::Opaque>(&statement);
  if (opaque == nullptr) {
    Relations{found}(const_cast<ast::StatementNode&>(statement));  // nothing is changed
    return found;
  }
  const std::vector<Token> tokens = transform::scan(opaque->text).tokens;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const std::optional<WrittenChange> change = change_at(opaque->text, tokens, i);
    if (!change || change->table.empty()) continue;
    const std::vector<std::string>& parts = change->table;
    const bool merges = !change->inserts && !change->updates && !change->deletes;
    found.push_back({{parts.size() > 1 ? parts[parts.size() - 2] : std::string(), parts.back()},
                     merges || change->inserts,
                     merges || change->updates,
                     merges || change->deletes});
  }
  return found;
}

bool changes_any_rows(const std::string& sql) {
  const std::vector<Token> tokens = transform::scan(sql).tokens;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (change_at(sql, tokens, i)) return true;
  }
  return false;
}

}  // namespace pg2crdb::routines
