#include "routines/locked_rows.h"

#include <algorithm>
#include <span>
#include <utility>

#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "routines/renames.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

using Tokens = std::span<const transform::Token>;

class Turns {
 public:
  Turns(const Conversion& conversion, ForRows& loop, const ast::Query& query)
      : conversion_(conversion), loop_(loop) {
    const auto* from = query.from.size() == 1 ? std::get_if<ast::TableRef>(&query.from[0].node) : nullptr;
    if (from == nullptr || !query.with.empty()) return;
    table_ = from->name;
    const std::vector<std::string>& key = conversion.routine.catalog.primary_key(table_);
    if (conversion.table(table_) == nullptr || key.size() != 1) return;
    key_ = key[0];
    for (size_t i = 0; i < query.targets.size(); ++i) {
      const auto* ref = std::get_if<ast::ColumnRef>(&query.targets[i].expr->node);
      if (ref == nullptr) continue;
      if (ref->star) {
        row_ = loop.targets.size() == 1 ? loop.targets[0].names[0] : std::string();
      } else if (ref->names.back() == key_ && loop.targets.size() == query.targets.size()) {
        value_ = loop.targets[i].names[0];
      }
    }
  }

  bool change_their_row_only() {
    if (key_.empty() || (row_.empty() && value_.empty())) return false;
    bool good = true;
    each_part(loop_.statements, [&](Variable& one) {
      good = good && one.names[0] != value_ && (row_.empty() || one.names[0] != row_);
    });
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
      good = good && (call == nullptr || !may_change(call->name));
    };
    walk_part(loop_.statements, look);
    each_text(loop_.statements, [&](ast::Opaque& text) { good = good && changes_this_row_only(text.text); });
    each_part(loop_.statements, [&](Execute&) { good = false; });
    return good;
  }

 private:
  bool may_change(const ast::Name& function) const {
    return std::ranges::any_of(
        conversion_.routine.catalog.functions(function), [](const ast::Statement* statement) {
          const auto* one = std::get_if<ast::CreateFunction>(&statement->node);
          return one == nullptr || one->volatility.empty() || one->volatility == "VOLATILE";
        });
  }

  /// A DELETE may take rows with it that refer to its own.
  bool takes_others(const ast::Name& table) const {
    const std::vector<ast::Catalog::ForeignKey>& keys = conversion_.routine.catalog.foreign_keys();
    return std::ranges::any_of(keys, [&](const ast::Catalog::ForeignKey& one) {
      return may_be_same(one.constraint->referenced, table);
    });
  }

  bool changes_this_row_only(const std::string& sql) const {
    const std::vector<transform::Token> tokens = transform::scan(sql).tokens;
    const auto is = [&](size_t i, std::string_view word) { return i < tokens.size() && tokens[i].is(word); };
    for (size_t i = 0; i + 1 < tokens.size(); ++i) {
      const bool is_call = tokens[i].is_name() && tokens[i + 1].is("(");
      if (is_call && may_change({"", tokens[i].name()})) return false;
    }
    const bool updates = is(0, "update"), inserts = is(0, "insert") && is(1, "into");
    const bool deletes = is(0, "delete") && is(1, "from");
    if (!updates && !inserts && !deletes) return false;
    size_t at = updates ? 1 : 2;
    if (is(at, "only")) ++at;
    if (at >= tokens.size()) return false;
    const std::vector<std::string> parts =
        transform::read_name(std::string_view(sql).substr(tokens[at].begin)).parts;
    if (parts.empty() || parts.size() > 2) return false;
    const ast::Name changed = parts.size() == 1 ? ast::Name{"", parts[0]} : ast::Name{parts[0], parts[1]};
    const bool wakes_others =
        conversion_.routine.changing_triggers &&
        std::ranges::any_of(*conversion_.routine.changing_triggers,
                            [&](const ast::Name& one) { return may_be_same(one, changed); });
    if (wakes_others || conversion_.table(changed) == nullptr || (deletes && takes_others(changed)))
      return false;
    if (!may_be_same(changed, table_))
      return std::ranges::none_of(tokens, [](const transform::Token& one) { return one.is("conflict"); });
    if (inserts)
      return std::ranges::none_of(tokens, [](const transform::Token& one) { return one.is("conflict"); });
    return ends_with_key(tokens);
  }

  /// `WHERE id = r.id`, in parentheses or by a variable as they are written by now.
  bool ends_with_key(Tokens all) const {
    std::vector<std::string> words;
    size_t where = all.size();
    for (size_t i = 2; i < all.size(); ++i) {  // behind DELETE FROM
      if (all[i].is("where") || all[i].is("returning") || all[i].is("from")) where = std::min(where, i);
    }
    if (where == all.size() || !all[where].is("where")) return false;
    for (const transform::Token& token : all.subspan(where + 1)) {
      if (token.is("(") || token.is(")")) continue;
      words.push_back(token.is_name() ? token.name() : std::string(token.text));
    }
    if (words.size() > 2 && words[1] == ".") words.erase(words.begin(), words.begin() + 2);
    if (words.size() < 3 || words[0] != key_ || words[1] != "=") return false;
    words.erase(words.begin(), words.begin() + 2);
    return (!value_.empty() && words == std::vector{value_}) ||
           (!row_.empty() && words == std::vector<std::string>{row_, ".", key_});
  }

  const Conversion& conversion_;
  ForRows& loop_;
  ast::Name table_;
  std::string key_;
  std::string value_;  ///< the variable that the key is put into
  std::string row_;    ///< the one of the whole row
};

}  // namespace

bool may_lock_at_once(const Conversion& conversion, ForRows& loop, const ast::Query& query) {
  const bool all_wait =
      std::ranges::all_of(query.locking, [](const ast::Locking& one) { return one.wait.empty(); });
  return all_wait && Turns(conversion, loop, query).change_their_row_only();
}

}  // namespace pg2crdb::routines
