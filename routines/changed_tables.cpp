#include "routines/changed_tables.h"

#include <algorithm>
#include <map>
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
    const bool inserts = tokens[i].is("insert") && tokens[i + 1].is("into");
    const bool deletes = tokens[i].is("delete") && tokens[i + 1].is("from");
    if (tokens[i].is("on") && tokens[i + 1].is("conflict") && !inserted.empty())
      changes[inserted].second = false;
    if (!inserts && !deletes && !updates(tokens, i)) continue;
    size_t at = inserts || deletes ? i + 2 : i + 1;
    if (at < tokens.size() && tokens[at].is("only")) ++at;
    if (at >= tokens.size()) continue;
    std::string table;
    for (const std::string& part : transform::read_name(std::string_view(sql).substr(tokens[at].begin)).parts)
      table += (table.empty() ? "" : ".") + part;
    auto& [count, all_insert] = changes.try_emplace(table, 0, true).first->second;
    ++count;
    all_insert = all_insert && inserts;
    inserted = inserts ? table : std::string();
  }
  for (const auto& [table, change] : changes) {
    if (change.first > 1 && !change.second) return table;
  }
  return {};
}

bool changes_any_rows(const std::string& sql) {
  const std::vector<Token> tokens = transform::scan(sql).tokens;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const bool inserts = (tokens[i].is("insert") || tokens[i].is("merge")) && tokens[i + 1].is("into");
    const bool deletes = tokens[i].is("delete") && tokens[i + 1].is("from");
    if (inserts || deletes || updates(tokens, i)) return true;
  }
  return false;
}

}  // namespace pg2crdb::routines
