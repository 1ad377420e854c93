// WHERE CURRENT OF a cursor that a loop goes through: by the primary key of the row that the turn is about.
#include <algorithm>
#include <optional>
#include <utility>

#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "routines/kept_found.h"
#include "routines/renames.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

class CurrentRow {
 public:
  CurrentRow(Conversion& conversion, const std::string& cursor, std::string record)
      : conversion_(conversion), cursor_(cursor), record_(std::move(record)) {
    const ast::Query* query = only_query();
    const auto* from = query == nullptr || query->from.size() != 1
                           ? nullptr
                           : std::get_if<ast::TableRef>(&query->from[0].node);
    if (from == nullptr || query->left || query->distinct || !query->group_by.empty() || !query->with.empty())
      return;
    const std::vector<std::string>& key = conversion.routine.catalog.primary_key(from->name);
    const bool has_key =
        key.size() == 1 && std::ranges::any_of(query->targets, [&](const ast::SelectItem& one) {
          const auto* ref = std::get_if<ast::ColumnRef>(&one.expr->node);
          return ref != nullptr && one.alias.empty() && (ref->star || ref->names.back() == key[0]);
        });
    if (!has_key) return;
    table_ = from->name;
    key_ = key[0];
  }

  /// In a part of the body where the record is the current row.
  template <class Part>
  void write(Part& part) const {
    if (key_.empty()) return;
    each_part(part, [&](StaticSql& one) {
      auto* text = std::get_if<ast::Opaque>(&one.statement);
      if (text != nullptr && write(text->text)) conversion_.note("WHERE CURRENT OF", one.offset);
    });
  }

 private:
  const ast::Query* only_query() const {
    const ast::Query* found = nullptr;
    size_t count = 0;
    const auto add = [&](StaticSql* sql) {
      auto* select = sql == nullptr ? nullptr : std::get_if<ast::SelectStatement>(&sql->statement);
      found = select == nullptr ? nullptr : &*select->query;
      ++count;
    };
    each_part(conversion_.body, [&](Declaration& one) {
      auto* cursor = std::get_if<CursorDeclaration>(&one.node);
      if (cursor != nullptr && one.name == cursor_) add(&cursor->query);
    });
    each_part(conversion_.body, [&](Open& open) {
      if (open.cursor.names[0] == cursor_ && open.rows) add(std::get_if<StaticSql>(&*open.rows));
    });
    return count == 1 ? found : nullptr;
  }

  bool write(std::string& sql) const {
    const std::vector<transform::Token> tokens = transform::scan(sql).tokens;
    const size_t count = tokens.size();
    const auto is = [&](size_t i, std::string_view word) { return i < count && tokens[i].is(word); };
    size_t where = 0;
    while (where < count && !(is(where, "where") && is(where + 1, "current") && is(where + 2, "of"))) ++where;
    if (where + 3 >= count || tokens[where + 3].name() != cursor_) return false;
    const bool updates = is(0, "update"), deletes = is(0, "delete") && is(1, "from");
    size_t at = updates ? 1 : 2;
    if (is(at, "only")) ++at;
    if ((!updates && !deletes) || at >= where) return false;
    const transform::WrittenName written =
        transform::read_name(std::string_view(sql).substr(tokens[at].begin));
    const std::vector<std::string>& parts = written.parts;
    if (parts.empty() || parts.size() > 2) return false;
    const ast::Name table = parts.size() == 1 ? ast::Name{"", parts[0]} : ast::Name{parts[0], parts[1]};
    if (!may_be_same(table, table_)) return false;
    std::string alias = parts.back();
    at += parts.size() * 2 - 1;
    if (is(at, "as")) ++at;
    if (at < where && !is(at, "set")) alias = tokens[at].name();
    for (size_t i = at; i + 1 < where; ++i) {
      if (tokens[i].is_name() && tokens[i].name() == key_ && is(i + 1, "=")) return false;
    }
    const std::string condition = "WHERE " + to_sql(column({alias, key_}), Dialect::cockroachdb) + " = " +
                                  to_sql(column({record_, key_}), Dialect::cockroachdb);
    sql.replace(tokens[where].begin, tokens[where + 3].end - tokens[where].begin, condition);
    return true;
  }

  Conversion& conversion_;
  const std::string cursor_;
  const std::string record_;
  ast::Name table_;
  std::string key_;  ///< its primary key; empty where there is none that the record has
};

/// `EXIT WHEN NOT FOUND`
bool leaves_without_row(const Statement& statement) {
  const auto* exit = std::get_if<Exit>(&statement.node);
  const auto* condition = exit == nullptr || exit->continues || !exit->condition
                              ? nullptr
                              : std::get_if<ast::Expr>(&exit->condition->node);
  const auto* negation = condition == nullptr ? nullptr : std::get_if<ast::BoolExpr>(&condition->node);
  if (negation == nullptr || negation->kind != ast::BoolExpr::Kind::negation) return false;
  return is_found(negation->arguments[0]);
}

}  // namespace

void convert_current_rows(Conversion& conversion) {
  each_part(conversion.body, [&](ForCursor& loop) {
    if (loop.cursor.names.size() == 1)
      CurrentRow(conversion, loop.cursor.names[0], loop.variable).write(loop.statements);
  });
  each_part(conversion.body, [&](Statements& statements) {
    for (size_t i = 0; i + 1 < statements.list.size(); ++i) {
      const auto* fetch = std::get_if<Fetch>(&statements.list[i].node);
      const bool is_one = fetch != nullptr && !fetch->moves && fetch->cursor.names.size() == 1 &&
                          fetch->into.targets.size() == 1 && fetch->into.targets[0].names.size() == 1;
      if (!is_one || !leaves_without_row(statements.list[i + 1])) continue;
      const std::string record = fetch->into.targets[0].names[0];
      size_t named = 0;
      each_part(conversion.body, [&](Variable& one) { named += one.names[0] == record ? 1 : 0; });
      if (named != 1 || conversion.single_type(fetch->into.targets[0])) continue;
      const CurrentRow row(conversion, fetch->cursor.names[0], record);
      for (size_t at = i + 2; at < statements.list.size(); ++at) row.write(statements.list[at]);
    }
  });
}

}  // namespace pg2crdb::routines
