// SQLSTATE in a handler of one error only: it is that one's.
#include <algorithm>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ast/field_values.h"
#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

struct Name {
  std::string_view condition;
  std::string_view sqlstate;
};
constexpr Name names[] = {
#define CONDITION(name, sqlstate) {name, sqlstate},
#include "routines/condition_names.def"
#undef CONDITION
};

/// Empty where it takes several.
std::string only_sqlstate(const Handler& handler) {
  if (handler.conditions.size() != 1) return {};
  const Condition& condition = handler.conditions[0];
  // Of a class all are taken.
  if (!condition.sqlstate.empty()) return condition.sqlstate.ends_with("000") ? "" : condition.sqlstate;
  const auto* name = std::ranges::find(names, condition.name, &Name::condition);
  return name == std::end(names) ? std::string() : std::string(name->sqlstate);
}

/// Writes it in a handler's statements, but for those of handlers inside, which have an error of their own.
class Writer {
 public:
  Writer(Conversion& conversion, std::string sqlstate)
      : conversion_(conversion), sqlstate_(std::move(sqlstate)) {}

  template <class T>
  void operator()(T& part) const {
    if constexpr (std::is_same_v<T, Block>) {
      for (Declaration& one : part.declarations) (*this)(one);
      (*this)(part.statements);
    } else if constexpr (std::is_same_v<T, Statement>) {
      got(part);
      ast::for_each_child(part, *this);
    } else if constexpr (std::is_same_v<T, Value>) {
      value(part);
    } else if constexpr (std::is_same_v<T, StaticSql>) {
      ast::walk(part.statement, visitor(part.offset));
      if (auto* text = std::get_if<ast::Opaque>(&part.statement)) words(*text, part.offset);
    } else {
      ast::for_each_child(part, *this);
    }
  }

 private:
  /// `GET STACKED DIAGNOSTICS v = RETURNED_SQLSTATE`
  void got(Statement& statement) const {
    const auto* get = std::get_if<GetDiagnostics>(&statement.node);
    if (get == nullptr || !get->stacked || get->items.size() != 1 ||
        get->items[0].item != "returned_sqlstate")
      return;
    Assignment assignment;
    assignment.target = get->items[0].target;
    assignment.value = value_of(text_literal(sqlstate_));
    statement.node = std::move(assignment);
    conversion_.note("GET DIAGNOSTICS", statement.offset);
  }

  /// `INSERT INTO log VALUES (SQLSTATE)`, which is kept word for word.
  void words(ast::Opaque& sql, int32_t offset) const {
    const std::string before = sql.text;
    const std::vector<transform::Token> tokens = transform::scan(before).tokens;
    for (size_t i = tokens.size(); i-- > 0;) {
      const bool is_part = (i > 0 && (tokens[i - 1].is(".") || tokens[i - 1].is("as"))) ||
                           (i + 1 < tokens.size() && tokens[i + 1].is("."));
      if (!tokens[i].is("sqlstate") || is_part) continue;
      sql.text.replace(tokens[i].begin, tokens[i].end - tokens[i].begin, "'" + sqlstate_ + "'::TEXT");
      conversion_.note("SQLSTATE", offset);
    }
  }

  void value(Value& one) const {
    if (auto* expr = std::get_if<ast::Expr>(&one.node)) ast::walk(*expr, visitor(one.offset));
    if (auto* query = std::get_if<ast::Query>(&one.node)) ast::walk(*query, visitor(one.offset));
  }

  ast::Visitor visitor(int32_t offset) const {
    ast::Visitor look;
    look.expr = [this, offset](ast::Expr& expr) {
      const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      if (ref == nullptr || ref->star || ref->names != std::vector<std::string>{"sqlstate"}) return;
      ast::Cast cast;
      cast.argument = text_literal(sqlstate_);
      cast.type = built_in_type("text");
      expr = ast::Expr{std::move(cast)};
      conversion_.note("SQLSTATE", offset);
    };
    return look;
  }

  Conversion& conversion_;
  const std::string sqlstate_;
};

}  // namespace

void convert_error_codes(Conversion& conversion) {
  if (conversion.is_declared("sqlstate") || conversion.routine.columns.contains("sqlstate")) return;
  each_part(conversion.body, [&](Handler& handler) {
    const std::string sqlstate = only_sqlstate(handler);
    if (!sqlstate.empty()) Writer(conversion, sqlstate)(handler.statements);
  });
}

}  // namespace pg2crdb::routines
