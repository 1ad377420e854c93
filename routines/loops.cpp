// Loops that CockroachDB's PL/pgSQL does not have: over an array's elements by their numbers, over a query's
// rows by a cursor, over those that a statement changes in arrays.
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "routines/locked_rows.h"
#include "routines/query_columns.h"
#include "routines/returned_rows.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

ast::Expr integer(std::string digits) {
  return {ast::Literal{ast::Literal::Kind::integer, std::move(digits)}};
}
ast::Expr null_test(ast::Expr argument) {
  ast::NullTest test;
  test.argument = std::move(argument);
  return {std::move(test)};
}
ast::Expr call(std::string name, std::vector<ast::Expr> arguments) {
  ast::FunctionCall made;
  made.name.name = std::move(name);
  made.arguments = std::move(arguments);
  return {std::move(made)};
}
Statement assignment(Variable target, ast::Expr value) {
  Assignment node;
  node.target = std::move(target);
  node.value = value_of(std::move(value));
  Statement statement;
  statement.node = std::move(node);
  return statement;
}
Variable variable(std::string name) {
  Variable result;
  result.names = {std::move(name)};
  return result;
}

/// `elements[number]`
ast::Expr element_of(const std::string& elements, const std::string& number) {
  ast::Step step;
  step.kind = ast::Step::Kind::index;
  step.lower = column({number});
  ast::Indirection element;
  element.argument = column({elements});
  element.steps.push_back(std::move(step));
  return {std::move(element)};
}
/// 0 where it is NULL or has none.
ast::Expr length_of(const std::string& elements) {
  ast::Coalesce count;
  std::vector<ast::Expr> arguments;
  arguments.push_back(column({elements}));
  arguments.push_back(integer("1"));
  count.arguments.push_back(call("array_length", std::move(arguments)));
  count.arguments.push_back(integer("0"));
  return {std::move(count)};
}
/// Whether CockroachDB has arrays of it.
bool has_arrays(const ast::TypeName& type) {
  constexpr std::string_view elements[] = {"bool", "date",        "float8", "int2",      "int4",
                                           "int8", "interval",    "inet",   "numeric",   "text",
                                           "time", "timestamptz", "uuid",   "timestamp", "varchar"};
  return type.array_bounds.empty() && std::ranges::find(elements, type.name.name) != std::end(elements);
}

class Loops {
 public:
  explicit Loops(Conversion& conversion) : conversion_(conversion) {}

  void run() {
    each_part(conversion_.body, [&](Statements& statements) {
      std::vector<Statement> now;
      now.reserve(statements.list.size());
      for (Statement& one : statements.list) {
        const size_t before = now.size();
        const bool converted = expand(one, now);
        if (!converted) {
          now.push_back(std::move(one));
          continue;
        }
        now[before].comments.before = std::move(one.comments.before);
        now.back().comments.behind = std::move(one.comments.behind);
        now[before].after_blank_line = one.after_blank_line;
      }
      statements.list = std::move(now);
    });
  }

 private:
  bool expand(Statement& statement, std::vector<Statement>& now) {
    const Target& target = conversion_.routine.target;
    if (target.has(Capability::plpgsql_query_for)) return false;
    if (auto* loop = std::get_if<Foreach>(&statement.node))
      return target.has(Capability::plpgsql_integer_for) && elements(*loop, statement.offset, now);
    if (auto* loop = std::get_if<ForRows>(&statement.node))
      return changed_rows(*loop, statement, now) || rows(*loop, statement, now);
    return false;
  }

  /// UPDATE and its kin change all rows before the first is taken: what they return goes into arrays.
  bool changed_rows(ForRows& loop, const Statement& statement, std::vector<Statement>& now) {
    const Target& target = conversion_.routine.target;
    auto* sql = std::get_if<StaticSql>(&loop.rows);
    const auto* change = sql == nullptr ? nullptr : std::get_if<ast::Opaque>(&sql->statement);
    if (change == nullptr || !target.has(Capability::with_in_bodies) ||
        !target.has(Capability::plpgsql_integer_for))
      return false;
    const std::optional<ReturnedRows> returned = returned_rows(conversion_, change->text);
    if (!returned || returned->fields.size() != loop.targets.size() || loop.targets.empty()) return false;
    std::vector<ast::TypeName> types;
    for (size_t i = 0; i < loop.targets.size(); ++i) {
      const std::optional<ast::TypeName> type = conversion_.single_type(loop.targets[i]);
      if (!type || !has_arrays(*type) || type->name.name != returned->fields[i].type.name.name) return false;
      types.push_back(*type);
    }
    bool commits = false;
    each_part(loop.statements, [&](EndTransaction&) { commits = true; });
    std::vector<bool> keeps;
    for (const Variable& one : loop.targets) keeps.push_back(is_used_outside(one.names[0], statement));
    if (commits || (has_handlers() && std::ranges::find(keeps, true) != keeps.end())) return false;

    const std::string changed = conversion_.new_name("changed");
    const std::string number = conversion_.new_name("row_number");
    std::string names, arrays;
    RunSql run;
    std::vector<Statement> taken;
    for (size_t i = 0; i < types.size(); ++i) {
      const std::string value = loop.targets[i].names.back() + "_changed";
      const std::string elements = conversion_.new_name(value + "_rows");
      ast::TypeName array = types[i];
      array.modifiers.clear();
      const std::string shown = to_sql(column({value}), Dialect::cockroachdb);
      names += (names.empty() ? "" : ", ") + shown;
      arrays += (arrays.empty() ? "array_agg(" : ", array_agg(") + shown + ")";
      array.array_bounds = {-1};
      conversion_.declare(elements, std::move(array));
      run.into.targets.push_back(variable(elements));
      taken.push_back(assignment(loop.targets[i], element_of(elements, number)));
    }
    const std::string first = run.into.targets[0].names[0];
    run.sql.statement = ast::Opaque{"SELECT", "WITH " + changed + " (" + names + ") AS (" + change->text +
                                                  ") SELECT " + arrays + " FROM " + changed};
    now.emplace_back().node = std::move(run);
    for (size_t i = 0; i < types.size(); ++i) {
      if (keeps[i]) now.push_back(assignment(loop.targets[i], {ast::Literal{}}));
    }
    ForRange range;
    range.label = std::move(loop.label);
    range.variable = number;
    range.from = value_of(integer("1"));
    range.to = value_of(length_of(first));
    range.statements = std::move(loop.statements);
    range.statements.list.insert(range.statements.list.begin(), std::make_move_iterator(taken.begin()),
                                 std::make_move_iterator(taken.end()));
    now.emplace_back().node = std::move(range);
    conversion_.note("FOR over rows that are changed", statement.offset);
    return true;
  }

  /// The array is computed once, and must not be NULL.
  bool elements(Foreach& loop, int32_t offset, std::vector<Statement>& now) {
    auto* array = std::get_if<ast::Expr>(&loop.array.node);
    std::optional<ast::TypeName> type =
        loop.targets.size() == 1 && loop.slice == 0 ? conversion_.single_type(loop.targets[0]) : std::nullopt;
    if (array == nullptr || !type || !type->array_bounds.empty()) return false;
    // Each is as long as it is until the variable takes it.
    if (type->name.name == "varchar" || type->name.name == "bpchar") type = built_in_type("text");
    type->array_bounds = {-1};
    const std::string elements = conversion_.new_name("elements");
    const std::string number = conversion_.new_name("element_number");
    conversion_.declare(elements, std::move(*type));

    now.push_back(assignment(variable(elements), std::move(*array)));
    Raise raise;
    raise.level = Raise::Level::exception;
    raise.has_format = true;
    raise.format = "FOREACH expression must not be null";
    raise.options.push_back({"errcode", value_of(text_literal("22004"))});
    Statement raised, check, repeated;
    raised.node = std::move(raise);
    check.node = if_then(null_test(column({elements})), std::move(raised));
    now.push_back(std::move(check));

    ForRange range;
    range.label = std::move(loop.label);
    range.variable = number;
    range.from = value_of(integer("1"));
    range.to = value_of(length_of(elements));
    range.statements = std::move(loop.statements);
    range.statements.list.insert(range.statements.list.begin(),
                                 assignment(std::move(loop.targets[0]), element_of(elements, number)));
    repeated.node = std::move(range);
    now.push_back(std::move(repeated));
    conversion_.note("FOREACH", offset);
    return true;
  }

  /// Whether the body names a variable elsewhere than where it is declared and in the loop.
  bool is_used_outside(const std::string& name, const Statement& loop) const {
    const bool is_parameter = std::ranges::any_of(
        conversion_.routine.parameters, [&](const ast::FunctionParameter& one) { return one.name == name; });
    if (is_parameter) return true;
    const auto made = conversion_.made_of.find(name);
    const std::string& written = made == conversion_.made_of.end() ? name : made->second;
    const std::vector<transform::Token>& tokens = conversion_.tokens();
    const auto uses = std::ranges::count_if(tokens, [&](const transform::Token& token) {
      const auto place = static_cast<int64_t>(token.begin);
      return token.is_name() && token.name() == written && (place < loop.offset || place >= loop.end);
    });
    return uses > 1;
  }

  static bool reads(ast::Query& query, const std::string& name) {
    bool found = false;
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      found = found || (ref != nullptr && !ref->names.empty() &&
                        (ref->names.back() == name || ref->names.front() == name));
    };
    ast::walk(query, look);
    return found;
  }

  bool has_handlers() {
    bool found = false;
    each_part(conversion_.body, [&](Handler&) { found = true; });
    return found;
  }

  static Statement close_of(const std::string& cursor) {
    Close close;
    close.cursor = variable(cursor);
    Statement closed;
    closed.node = std::move(close);
    return closed;
  }

  /// PostgreSQL closes what a loop reads wherever that is left; a cursor is open to the transaction's end.
  static void close_where_left(ForRows& loop, const std::string& cursor) {
    std::set<std::string> inside = {"", loop.label};
    const auto add = [&](auto& one) { inside.insert(one.label); };
    each_part(loop.statements, [&](Block& one) { add(one); });
    each_part(loop.statements, [&](Loop& one) { add(one); });
    each_part(loop.statements, [&](While& one) { add(one); });
    each_part(loop.statements, [&](ForRange& one) { add(one); });
    each_part(loop.statements, [&](ForRows& one) { add(one); });
    each_part(loop.statements, [&](ForCursor& one) { add(one); });
    each_part(loop.statements, [&](Foreach& one) { add(one); });
    each_part(loop.statements, [&](Statements& statements) {
      std::vector<Statement> now;
      now.reserve(statements.list.size());
      for (Statement& one : statements.list) {
        auto* exit = std::get_if<Exit>(&one.node);
        const bool leaves =
            std::holds_alternative<Return>(one.node) || (exit != nullptr && !inside.contains(exit->label));
        if (leaves && exit != nullptr && exit->condition) {
          Branch branch;
          branch.condition = std::move(*exit->condition);
          exit->condition = {};
          branch.statements.list.push_back(close_of(cursor));
          Statement leaving;
          leaving.node = std::move(one.node);
          branch.statements.list.push_back(std::move(leaving));
          If condition;
          condition.branches.push_back(std::move(branch));
          one.node = std::move(condition);
        } else if (leaves) {
          now.push_back(close_of(cursor));
          now.back().comments.before = std::move(one.comments.before);
          now.back().after_blank_line = std::exchange(one.after_blank_line, false);
        }
        now.push_back(std::move(one));
      }
      statements.list = std::move(now);
    });
  }

  /// The columns of a row that a loop fills as a whole; none where it does not, or their types are not known,
  /// or how many the query gives.
  std::vector<Field> row_of(const ForRows& loop, const ast::Query& query) const {
    const bool is_one = loop.targets.size() == 1 && loop.targets[0].names.size() == 1;
    const VariableType* type = is_one ? conversion_.type_of(loop.targets[0].names[0]) : nullptr;
    const bool is_named =
        type != nullptr && type->kind == VariableType::Kind::named && type->type.array_bounds.empty();
    const std::optional<std::vector<Field>> row =
        is_named ? conversion_.row_fields(type->type.name) : std::nullopt;
    if (!row || std::ranges::any_of(*row, [](const Field& one) { return one.type.empty(); })) return {};
    if (gives_columns(query, row->size())) return *row;
    const std::optional<std::vector<Field>> given = columns_of(conversion_, query);
    return given && given->size() == row->size() ? *row : std::vector<Field>();
  }

  /// What it locks is locked at once.
  bool has_effects(ForRows& loop, ast::Query& query) const {
    if (query.locking.empty()) return conversion_.has_effects(query);
    std::vector<ast::Locking> locking = std::exchange(query.locking, {});
    const bool computes = conversion_.has_effects(query);
    query.locking = std::move(locking);
    return computes || !conversion_.routine.target.has(Capability::plpgsql_locking_cursor) ||
           !may_lock_at_once(conversion_, loop, query);
  }

  /// A row that is fetched has one more column, which is NULL behind the last one. What is used behind the
  /// loop, too, goes through a variable of the loop's own: PostgreSQL leaves the last row in it.
  bool rows(ForRows& loop, const Statement& statement, std::vector<Statement>& now) {
    auto* sql = std::get_if<StaticSql>(&loop.rows);
    auto* select = sql == nullptr ? nullptr : std::get_if<ast::SelectStatement>(&sql->statement);
    if (select == nullptr || !make_select(conversion_, *select->query)) return false;
    const std::vector<Field> row = row_of(loop, *select->query);
    if (row.empty()) write_out_stars(conversion_, *select->query);
    if (row.empty() && !gives_columns(*select->query, loop.targets.size())) return false;
    // No cursor is there behind COMMIT. CockroachDB computes all rows when it opens one, PostgreSQL some at a
    // time.
    bool commits = false;
    each_part(loop.statements, [&](EndTransaction&) { commits = true; });
    if (commits || has_effects(loop, *select->query)) return false;
    std::vector<ast::TypeName> types;
    for (const Variable& target : loop.targets) {
      if (!row.empty()) break;
      std::optional<ast::TypeName> type = conversion_.single_type(target);
      if (!type) return false;
      types.push_back(std::move(*type));
    }
    std::vector<bool> keeps;  // its last value, which something else reads
    for (const Variable& target : loop.targets) {
      keeps.push_back(is_used_outside(target.names[0], statement) || reads(*select->query, target.names[0]));
      if (keeps.back() && has_handlers()) return false;  // which would see what a failed query left in it
    }
    const std::string cursor = conversion_.new_name("row_cursor");
    const std::string fetched = conversion_.new_name("row_fetched");
    ast::TypeName refcursor;
    refcursor.name.name = "refcursor";
    conversion_.declare(cursor, std::move(refcursor));
    conversion_.declare(fetched, built_in_type("bool"));
    ast::SelectItem marker;
    marker.expr = ast::Expr{ast::Literal{ast::Literal::Kind::boolean, "true"}};
    select->query->targets.push_back(std::move(marker));
    close_where_left(loop, cursor);

    // A cursor that is opened keeps the name of one that was: an error may have left that open.
    Statement opened, next, left, repeated;
    now.push_back(assignment(variable(cursor), {ast::Literal{}}));
    Open open;
    open.cursor = variable(cursor);
    open.rows = std::move(loop.rows);
    opened.node = std::move(open);
    now.push_back(std::move(opened));

    // Where there are no rows, the variables are NULL behind the loop.
    for (size_t i = 0; i < loop.targets.size(); ++i) {
      if (keeps[i]) now.push_back(assignment(loop.targets[i], {ast::Literal{}}));
    }
    Fetch fetch;
    fetch.cursor = variable(cursor);
    std::vector<Statement> taken;
    for (const Field& field : row) {
      const std::string value = conversion_.new_name(loop.targets[0].names[0] + "_" + field.name);
      conversion_.declare(value, field.type);
      fetch.into.targets.push_back(variable(value));
      Variable part = loop.targets[0];
      part.names.push_back(field.name);
      taken.push_back(assignment(std::move(part), column({value})));
    }
    for (size_t i = 0; row.empty() && i < loop.targets.size(); ++i) {
      if (!keeps[i]) {
        fetch.into.targets.push_back(std::move(loop.targets[i]));
        continue;
      }
      const std::string value = conversion_.new_name(loop.targets[i].names[0] + "_fetched");
      conversion_.declare(value, std::move(types[i]));
      fetch.into.targets.push_back(variable(value));
      taken.push_back(assignment(std::move(loop.targets[i]), column({value})));
    }
    fetch.into.targets.push_back(variable(fetched));
    next.node = std::move(fetch);
    Exit exit;
    exit.condition = value_of(null_test(column({fetched})));
    left.node = std::move(exit);
    taken.insert(taken.begin(), std::move(left));
    taken.insert(taken.begin(), std::move(next));

    Loop body;
    body.label = std::move(loop.label);
    body.statements = std::move(loop.statements);
    body.statements.list.insert(body.statements.list.begin(), std::make_move_iterator(taken.begin()),
                                std::make_move_iterator(taken.end()));
    repeated.node = std::move(body);
    now.push_back(std::move(repeated));
    now.push_back(close_of(cursor));
    conversion_.note("FOR over a query", statement.offset);
    return true;
  }

  Conversion& conversion_;
};

}  // namespace

void convert_loops(Conversion& conversion) {
  Loops(conversion).run();
}

}  // namespace pg2crdb::routines
