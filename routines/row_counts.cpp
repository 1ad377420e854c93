// FOUND and ROW_COUNT, which CockroachDB does not have: the statement before says it itself. Only where
// nothing between could end there: what nobody reads after an INTO may be left out (release notes, #158344).
#include <algorithm>
#include <optional>
#include <utility>

#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/kept_found.h"
#include "routines/told_rows.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// What a statement computes before any statement in it runs.
std::vector<Value*> heads(Statement& statement) {
  std::vector<Value*> result;
  if (auto* one = std::get_if<If>(&statement.node)) {
    for (Branch& branch : one->branches) result.push_back(&branch.condition);
  } else if (auto* assignment = std::get_if<Assignment>(&statement.node)) {
    result.push_back(&assignment->value);
  } else if (auto* returned = std::get_if<Return>(&statement.node); returned != nullptr && returned->value) {
    result.push_back(&*returned->value);
  } else if (auto* exit = std::get_if<Exit>(&statement.node); exit != nullptr && exit->condition) {
    result.push_back(&*exit->condition);
  }
  return result;
}

ast::Expr negated(ast::Expr test) {
  if (auto* boolean = std::get_if<ast::BooleanTest>(&test.node)) {
    boolean->kind = ast::BooleanTest::Kind::is_not_true;
  } else if (auto* null = std::get_if<ast::NullTest>(&test.node)) {
    null->negated = !null->negated;
  } else {
    ast::BoolExpr negation;
    negation.kind = ast::BoolExpr::Kind::negation;
    negation.arguments.push_back(std::move(test));
    return {std::move(negation)};
  }
  return test;
}

class RowCounts {
 public:
  explicit RowCounts(Conversion& conversion) : conversion_(conversion), rows_(conversion) {}

  void run() {
    if (conversion_.is_declared(found_name)) return;
    each_part(conversion_.body, [&](Statements& statements) {
      std::vector<Statement>& list = statements.list;
      told_.clear();
      counted_.clear();
      for (size_t i = 1; i < list.size(); ++i) {
        counted_inside(list[i - 1], list[i]);
        i += found(list, i);
        repeated(list[i - 1], list[i]);
        if (!row_count(list, i) && !is_row_count_unread(list[i])) continue;
        keep_comments(statements, i);
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(i--));
      }
    });
  }

 private:
  /// Those of a statement that goes stand before what follows it.
  static void keep_comments(Statements& statements, size_t gone) {
    Comments& comments = statements.list[gone].comments;
    if (!comments.behind.empty()) comments.before.push_back(std::move(comments.behind));
    std::vector<std::string>& next =
        gone + 1 < statements.list.size() ? statements.list[gone + 1].comments.before : statements.comments;
    next.insert(next.begin(), comments.before.begin(), comments.before.end());
  }

  /// What neither asks for FOUND before others do nor changes it, and goes on to the next statement.
  static bool goes_on(const Statement& statement) {
    const auto* raise = std::get_if<Raise>(&statement.node);
    const bool only_says = raise != nullptr && raise->level != Raise::Level::unspecified &&
                           raise->level != Raise::Level::exception;
    return only_says || std::holds_alternative<Assignment>(statement.node) ||
           std::holds_alternative<Open>(statement.node) || std::holds_alternative<Close>(statement.node) ||
           std::holds_alternative<Null>(statement.node);
  }

  /// How many statements stand before the reader now that did not.
  size_t found(std::vector<Statement>& list, size_t at) {
    ast::Visitor look;
    bool reads = false;
    look.expr = [&](ast::Expr& expr) { reads = reads || is_found(expr); };
    for (Value* value : heads(list[at])) walk_value(*value, look);
    if (!reads) return 0;
    size_t setter = at - 1;
    while (setter > 0 && !told_.contains(setter) && goes_on(list[setter])) --setter;
    const auto counted = counted_.find(setter);
    for (size_t i = setter + 1; i < at && counted != counted_.end(); ++i) {
      const auto* set = std::get_if<Assignment>(&list[i].node);
      if (set != nullptr && set->target.names[0] == counted->second) return 0;  // no count any more
    }
    const size_t before = list.size();
    const std::optional<ast::Expr> told = tell_found(list, setter, setter + 1 == at);
    const size_t added = list.size() - before;
    if (!told) return added;
    Statement& reader = list[at + added];
    for (Value* value : heads(reader)) write_told(*value, *told);
    conversion_.note("FOUND", reader.offset);
    return added;
  }

  static ast::Expr is_positive(const std::string& count) {
    ast::Operation any;
    any.op = {">"};
    any.left = column({count});
    any.right = ast::Expr{ast::Literal{ast::Literal::Kind::integer, "0"}};
    return {std::move(any)};
  }

  static void write_told(Value& value, const ast::Expr& told) {
    ast::Visitor look;
    // NOT FOUND first, which has a test of its own.
    look.expr = [&](ast::Expr& expr) {
      const auto* negation = std::get_if<ast::BoolExpr>(&expr.node);
      if (negation != nullptr && negation->kind == ast::BoolExpr::Kind::negation &&
          is_found(negation->arguments[0]))
        expr = negated(told);
    };
    walk_value(value, look);
    look.expr = [&](ast::Expr& expr) {
      if (is_found(expr)) expr.node = told.node;
    };
    walk_value(value, look);
  }

  /// `UPDATE ...; IF FOUND THEN GET DIAGNOSTICS n = ROW_COUNT; ...`
  void counted_inside(Statement& before, Statement& statement) {
    auto* run = std::get_if<RunSql>(&before.node);
    auto* choice = std::get_if<If>(&statement.node);
    if (run == nullptr || choice == nullptr || choice->branches[0].statements.list.empty()) return;
    auto* condition = std::get_if<ast::Expr>(&choice->branches[0].condition.node);
    Statement& reader = choice->branches[0].statements.list[0];
    auto* get = std::get_if<GetDiagnostics>(&reader.node);
    if (condition == nullptr || !is_found(*condition) || get == nullptr || get->stacked ||
        get->items.size() != 1 || get->items[0].item != "row_count" || !run->into.targets.empty())
      return;
    ast::Visitor look;
    bool reads = false;  // elsewhere
    look.expr = [&](ast::Expr& expr) { reads = reads || is_found(expr); };
    for (size_t i = 1; i < choice->branches.size(); ++i) walk_value(choice->branches[i].condition, look);
    const std::optional<ToldRows::Dml> dml = reads ? std::nullopt : ToldRows::read(*run);
    if (!dml || dml->returns || !rows_.count(*run, *dml, "")) return;
    Variable counted;
    counted.names = {conversion_.new_name("changed_count")};
    conversion_.declare(counted.names[0], built_in_type("int8"));
    *condition = is_positive(counted.names[0]);
    Assignment taken;
    taken.target = get->items[0].target;
    taken.value = value_of(column(counted.names));
    reader.node = std::move(taken);
    run->into.targets.push_back(std::move(counted));
    conversion_.note("FOUND", statement.offset);
    conversion_.note("GET DIAGNOSTICS", reader.offset);
  }

  /// `FETCH c INTO v; WHILE FOUND LOOP ...; FETCH c INTO v; END LOOP`: each turn ends with what the first one
  /// began with.
  void repeated(Statement& before, Statement& statement) {
    const auto* first = std::get_if<Fetch>(&before.node);
    auto* loop = std::get_if<While>(&statement.node);
    if (first == nullptr || loop == nullptr || loop->statements.list.empty()) return;
    const auto* next = std::get_if<Fetch>(&loop->statements.list.back().node);
    if (next == nullptr || next->moves || next->cursor.names != first->cursor.names) return;
    ast::Visitor look;
    bool reads = false, continues = false;
    look.expr = [&](ast::Expr& expr) { reads = reads || is_found(expr); };
    walk_value(loop->condition, look);
    each_part(loop->statements, [&](Exit& one) { continues = continues || one.continues; });
    const std::optional<ast::Expr> told = reads && !continues ? rows_.fetched(*first) : std::nullopt;
    if (!told) return;
    write_told(loop->condition, *told);
    conversion_.note("FOUND", statement.offset);
  }

  /// The same for all that ask about one statement. Whether a row has a column is only asked right behind it:
  /// what stands between may change the row.
  std::optional<ast::Expr> tell_found(std::vector<Statement>& list, size_t setter, bool is_next) {
    if (const auto known = told_.find(setter); known != told_.end()) return known->second;
    if (Statements* inside = inside_of_loop(list[setter])) return looped(list, setter, *inside);
    std::optional<Statement> kept;
    if (!is_next) kept = list[setter];
    std::optional<ast::Expr> told = rows_.tell_found(list[setter]);
    if (!is_next && told && !std::holds_alternative<ast::BooleanTest>(told->node)) {
      list[setter] = std::move(*kept);
      return std::nullopt;
    }
    if (told && std::holds_alternative<ast::BooleanTest>(told->node)) told_.emplace(setter, *told);
    return told;
  }

  static Statements* inside_of_loop(Statement& statement) {
    if (auto* one = std::get_if<ForRange>(&statement.node)) return &one->statements;
    if (auto* one = std::get_if<ForRows>(&statement.node)) return &one->statements;
    if (auto* one = std::get_if<Foreach>(&statement.node)) return &one->statements;
    return nullptr;
  }

  static Statement set(const std::string& name, std::string_view value) {
    Assignment node;
    node.target.names = {name};
    node.value = value_of({ast::Literal{ast::Literal::Kind::boolean, std::string(value)}});
    Statement statement;
    statement.node = std::move(node);
    return statement;
  }

  /// A loop over something says behind it whether it had any of it.
  ast::Expr looped(std::vector<Statement>& list, size_t loop, Statements& inside) {
    const std::string name = conversion_.new_name("loop_found");
    conversion_.declare(name, built_in_type("bool"));
    inside.list.insert(inside.list.begin(), set(name, "true"));
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(loop), set(name, "false"));
    ast::Expr told = boolean_test(column({name}));
    told_.emplace(loop + 1, told);
    return told;
  }

  static void walk_value(Value& value, const ast::Visitor& look) {
    if (auto* expr = std::get_if<ast::Expr>(&value.node)) ast::walk(*expr, look);
  }

  /// What stands between goes on, and does not name the variable.
  bool row_count(std::vector<Statement>& list, size_t at) {
    if (!std::holds_alternative<GetDiagnostics>(list[at].node)) return false;
    size_t setter = at - 1;
    while (setter > 0 && goes_on(list[setter])) --setter;
    const std::string name = written_name(std::get<GetDiagnostics>(list[at].node).items[0].target);
    for (const transform::Token& token : conversion_.tokens()) {
      const auto place = static_cast<int64_t>(token.begin);
      const bool is_between = list[setter].end <= place && place < list[at].offset;
      if (is_between && token.is_name() && token.name() == name) return false;
    }
    return row_count(list[setter], list[at], setter);
  }

  /// Whether a count is put into a variable that nothing else names.
  bool is_row_count_unread(const Statement& statement) {
    const auto* get = std::get_if<GetDiagnostics>(&statement.node);
    if (get == nullptr || get->stacked || get->items.size() != 1 || get->items[0].item != "row_count")
      return false;
    const std::string name = written_name(get->items[0].target);
    const bool is_parameter = std::ranges::any_of(
        conversion_.routine.parameters, [&](const ast::FunctionParameter& one) { return one.name == name; });
    const std::vector<transform::Token>& tokens = conversion_.tokens();
    const auto named = std::ranges::count_if(
        tokens, [&](const transform::Token& token) { return token.is_name() && token.name() == name; });
    if (is_parameter || named != 2 || conversion_.type_of(get->items[0].target.names[0]) == nullptr)
      return false;
    conversion_.note("GET DIAGNOSTICS", statement.offset);
    return true;
  }

  std::string written_name(const Variable& variable) const {
    const auto made = conversion_.made_of.find(variable.names[0]);
    return made == conversion_.made_of.end() ? variable.names[0] : made->second;
  }

  /// `PERFORM 1 FROM t WHERE ..`: the rows are counted instead.
  bool performed_count(Statement& before, const GetDiagnostics& get, size_t place) {
    auto* perform = std::get_if<Perform>(&before.node);
    auto* query = perform == nullptr ? nullptr : std::get_if<ast::Query>(&perform->query.node);
    const Variable& target = get.items[0].target;
    if (query == nullptr || !rows_.computes_nothing(*query) || target.names.size() != 1) return false;
    ast::SubqueryRef rows;
    rows.query = std::move(*query);
    rows.alias.name = conversion_.new_name("performed");
    ast::FunctionCall count;
    count.name.name = "count";
    count.star = true;
    ast::SelectItem counted;
    counted.expr = ast::Expr{std::move(count)};
    ast::Query all;
    all.targets.push_back(std::move(counted));
    all.from.push_back({std::move(rows)});
    ast::Subquery value;
    value.query = std::move(all);
    Assignment assignment;
    assignment.target = target;
    assignment.value = value_of({std::move(value)});
    before.node = std::move(assignment);
    conversion_.note("PERFORM", before.offset);
    told_.emplace(place, boolean_test(is_positive(target.names[0])));
    counted_.emplace(place, target.names[0]);
    return true;
  }

  bool row_count(Statement& before, const Statement& reader, size_t place) {
    const auto* get = std::get_if<GetDiagnostics>(&reader.node);
    if (get != nullptr && !get->stacked && get->items.size() == 1 && get->items[0].item == "row_count" &&
        performed_count(before, *get, place)) {
      conversion_.note("GET DIAGNOSTICS", reader.offset);
      return true;
    }
    auto* run = std::get_if<RunSql>(&before.node);
    if (get == nullptr || run == nullptr || get->stacked || get->items.size() != 1 ||
        get->items[0].item != "row_count" || !run->into.targets.empty() || !is_read_behind(reader))
      return false;
    const std::optional<ToldRows::Dml> dml = ToldRows::read(*run);
    if (!dml || dml->returns || !rows_.count(*run, *dml, "")) return false;
    run->into.targets.push_back(get->items[0].target);
    conversion_.note("GET DIAGNOSTICS", reader.offset);
    const Variable& target = get->items[0].target;
    if (target.names.size() == 1) {
      told_.emplace(place, boolean_test(is_positive(target.names[0])));
      counted_.emplace(place, target.names[0]);
    }
    return true;
  }

  /// Whether the body names the count anywhere behind.
  bool is_read_behind(const Statement& reader) const {
    const std::string name = written_name(std::get<GetDiagnostics>(reader.node).items[0].target);
    const std::vector<transform::Token>& tokens = conversion_.tokens();
    return std::ranges::any_of(tokens, [&](const transform::Token& token) {
      return static_cast<int64_t>(token.begin) >= reader.end && token.is_name() && token.name() == name;
    });
  }

  Conversion& conversion_;
  ToldRows rows_;
  std::map<size_t, ast::Expr> told_;       ///< of the statements that are looked at, by their places
  std::map<size_t, std::string> counted_;  ///< of those, the variables that hold a count
};

}  // namespace

/// Where not every question stands behind the statement that it is about, a variable answers all of them.
void convert_row_counts(Conversion& conversion) {
  if (!reads_found(conversion)) return RowCounts(conversion).run();
  const Body before = conversion.body;
  RowCounts(conversion).run();
  if (!reads_found(conversion)) return;
  Body now = std::exchange(conversion.body, before);
  if (!keep_found(conversion)) conversion.body = std::move(now);
}

}  // namespace pg2crdb::routines
