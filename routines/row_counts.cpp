// FOUND and ROW_COUNT, which CockroachDB does not have: the statement before says it itself. Only where
// nothing between could end there: what nobody reads after an INTO may be left out (release notes, #158344).
#include <algorithm>
#include <optional>
#include <utility>

#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

constexpr std::string_view found_name = "found";

bool is_found(const ast::Expr& expr) {
  const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
  return ref != nullptr && !ref->star && ref->names.size() == 1 && ref->names[0] == found_name;
}

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

ast::Expr boolean_test(ast::Expr argument) {
  ast::BooleanTest test;
  test.argument = std::move(argument);
  return {std::move(test)};
}

ast::Expr negated(ast::Expr test) {
  if (auto* boolean = std::get_if<ast::BooleanTest>(&test.node)) {
    boolean->kind = ast::BooleanTest::Kind::is_not_true;
  } else {
    auto& null = std::get<ast::NullTest>(test.node);
    null.negated = !null.negated;
  }
  return test;
}

class RowCounts {
 public:
  explicit RowCounts(Conversion& conversion) : conversion_(conversion) {}

  void run() {
    if (conversion_.is_declared(std::string(found_name))) return;
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
  struct Dml {
    std::string kind;
    std::string with;  ///< what stands before it: WITH and what that defines
    std::string text;
    bool returns = false;
  };

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
    const std::optional<Dml> dml = reads ? std::nullopt : read(*run);
    if (!dml || dml->returns || !count(*run, *dml, "")) return;
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
    const std::optional<ast::Expr> told = reads && !continues ? fetched(*first) : std::nullopt;
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
    std::optional<ast::Expr> told = tell_found(list[setter]);
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

  /// What is true where the statement found a row; the statement is changed for it.
  std::optional<ast::Expr> tell_found(Statement& statement) {
    if (auto* perform = std::get_if<Perform>(&statement.node)) return performed(statement, *perform);
    if (auto* fetch = std::get_if<Fetch>(&statement.node)) return fetched(*fetch);
    if (auto* choice = std::get_if<If>(&statement.node)) return chosen(*choice);
    auto* run = std::get_if<RunSql>(&statement.node);
    if (run == nullptr) return std::nullopt;
    if (auto* select = std::get_if<ast::SelectStatement>(&run->sql.statement))
      return run->into.strict ? std::nullopt : selected(*select->query, run->into);
    return written(*run);
  }

  /// One of several, each of which ends with a statement that says it by the same variable.
  std::optional<ast::Expr> chosen(If& choice) {
    std::vector<Statements*> ways;
    for (Branch& branch : choice.branches) ways.push_back(&branch.statements);
    if (choice.has_else) ways.push_back(&choice.otherwise);
    const bool all_set = choice.has_else && std::ranges::none_of(ways, [](const Statements* way) {
                           return way->list.empty() || !std::holds_alternative<RunSql>(way->list.back().node);
                         });
    if (!all_set) return std::nullopt;
    std::optional<ast::Expr> told;
    for (Statements* way : ways) {
      told = tell_found(way->list.back());
      if (!told || !std::holds_alternative<ast::BooleanTest>(told->node)) return std::nullopt;
    }
    return told;
  }

  /// `PERFORM 1 FROM t WHERE ...`
  std::optional<ast::Expr> performed(Statement& statement, Perform& perform) {
    auto* query = std::get_if<ast::Query>(&perform.query.node);
    if (query != nullptr && computes_nothing(*query)) return exists(statement, std::move(*query));
    std::optional<ast::Expr> rows = query == nullptr ? std::nullopt : conversion_.look_at_rows(*query);
    if (!rows) return std::nullopt;
    ast::NullTest test;
    test.negated = true;
    test.argument = std::move(*rows);
    return told_by(statement, {std::move(test)});
  }

  /// What EXISTS need not compute is a constant or a column.
  bool computes_nothing(ast::Query& query) const {
    const bool is_plain = std::ranges::all_of(query.targets, [](const ast::SelectItem& item) {
      return std::holds_alternative<ast::Literal>(item.expr->node) ||
             std::holds_alternative<ast::ColumnRef>(item.expr->node);
    });
    return is_plain && !query.left && query.values.empty() && !conversion_.has_effects(query);
  }

  std::optional<ast::Expr> exists(Statement& statement, ast::Query query) {
    ast::Subquery test;
    test.kind = ast::Subquery::Kind::exists;
    test.query = std::move(query);
    return told_by(statement, {std::move(test)});
  }

  ast::Expr told_by(Statement& statement, ast::Expr test) {
    Assignment assignment;
    assignment.target.names = {variable()};
    assignment.value = value_of(std::move(test));
    statement.node = std::move(assignment);
    conversion_.note("PERFORM", statement.offset);
    return boolean_test(column({variable()}));
  }

  /// One more column: without a row it is NULL as all are.
  std::optional<ast::Expr> selected(ast::Query& query, Into& into) {
    if (into.targets.empty() || query.left || !query.values.empty()) return std::nullopt;
    if (into.targets.size() == 1 && !conversion_.single_type(into.targets[0])) {
      const std::string& name = into.targets[0].names[0];
      const VariableType* type = into.targets[0].names.size() == 1 ? conversion_.type_of(name) : nullptr;
      const bool is_known = type != nullptr && type->kind == VariableType::Kind::named;
      return is_known ? row_found(query, name, type->type.name) : std::nullopt;
    }
    if (!gives_columns(query, into.targets.size())) return std::nullopt;
    add_marker(query);
    add_target(into);
    return boolean_test(column({variable()}));
  }

  /// `SELECT * INTO r FROM t`: a row of the table has a column that is never NULL.
  std::optional<ast::Expr> row_found(const ast::Query& query, const std::string& row, const ast::Name& type) {
    const auto* star =
        query.targets.size() == 1 ? std::get_if<ast::ColumnRef>(&query.targets[0].expr->node) : nullptr;
    const auto* from = query.from.size() == 1 ? std::get_if<ast::TableRef>(&query.from[0].node) : nullptr;
    if (star == nullptr || !star->star || from == nullptr || !ast::may_be_same(from->name, type))
      return std::nullopt;
    return row_is_there(row, type);
  }

  std::optional<ast::Expr> row_is_there(const std::string& row, const ast::Name& type) {
    const ast::CreateTable* table = conversion_.table(type);
    if (table == nullptr) return std::nullopt;
    const auto never_null = std::ranges::find_if(table->columns, [&](const ast::Column& one) {
      return one.not_null ||
             std::ranges::count(conversion_.routine.catalog.primary_key(table->name), one.name) > 0;
    });
    if (never_null == table->columns.end()) return std::nullopt;
    ast::Step field;
    field.field = never_null->name;
    ast::Indirection read;
    read.argument = column({row});
    read.steps.push_back(std::move(field));
    ast::NullTest test;
    test.negated = true;
    test.argument = ast::Expr{std::move(read)};
    return ast::Expr{std::move(test)};
  }

  /// INSERT, UPDATE, DELETE.
  std::optional<ast::Expr> written(RunSql& run) {
    const std::optional<Dml> dml = read(run);
    if (!dml || (dml->returns && run.into.targets.empty())) return std::nullopt;
    if (std::optional<ast::Expr> row = row_written(run, *dml)) return row;
    if (dml->returns) {
      if (run.into.strict || !std::ranges::all_of(run.into.targets, [&](const Variable& one) {
            return conversion_.single_type(one).has_value();
          }))
        return std::nullopt;
      run.sql.statement = ast::Opaque{dml->kind, dml->with + dml->text + ", true"};
    } else if (!count(run, *dml, " > 0")) {
      return std::nullopt;
    }
    add_target(run.into);
    return boolean_test(column({variable()}));
  }

  /// `UPDATE t SET ... RETURNING * INTO r`
  std::optional<ast::Expr> row_written(const RunSql& run, const Dml& dml) {
    if (!dml.returns || !dml.with.empty() || run.into.strict || run.into.targets.size() != 1)
      return std::nullopt;
    const Variable& target = run.into.targets[0];
    const VariableType* type = target.names.size() == 1 ? conversion_.type_of(target.names[0]) : nullptr;
    if (type == nullptr || type->kind != VariableType::Kind::named) return std::nullopt;
    const std::vector<transform::Token> tokens = transform::scan(dml.text).tokens;
    size_t at = tokens[0].is("update") ? 1 : 2;
    if (at < tokens.size() && tokens[at].is("only")) ++at;
    const bool returns_all =
        tokens.size() > at + 2 && tokens.back().is("*") && tokens[tokens.size() - 2].is("returning");
    if (!returns_all) return std::nullopt;
    const std::vector<std::string> parts =
        transform::read_name(std::string_view(dml.text).substr(tokens[at].begin)).parts;
    if (parts.empty() || parts.size() > 2) return std::nullopt;
    const ast::Name table = parts.size() == 1 ? ast::Name{"", parts[0]} : ast::Name{parts[0], parts[1]};
    return ast::may_be_same(table, type->type.name) ? row_is_there(target.names[0], type->type.name)
                                                    : std::nullopt;
  }

  /// What stands between goes on, and does not name the variable.
  bool row_count(std::vector<Statement>& list, size_t at) {
    if (!std::holds_alternative<GetDiagnostics>(list[at].node)) return false;
    size_t setter = at - 1;
    while (setter > 0 && goes_on(list[setter])) --setter;
    const std::string name = written_name(std::get<GetDiagnostics>(list[at].node).items[0].target);
    for (const transform::Token& token : transform::scan(conversion_.text).tokens) {
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
    const std::vector<transform::Token> tokens = transform::scan(conversion_.text).tokens;
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

  bool row_count(Statement& before, const Statement& reader, size_t place) {
    const auto* get = std::get_if<GetDiagnostics>(&reader.node);
    auto* run = std::get_if<RunSql>(&before.node);
    if (get == nullptr || run == nullptr || get->stacked || get->items.size() != 1 ||
        get->items[0].item != "row_count" || !run->into.targets.empty() || !is_read_behind(reader))
      return false;
    const std::optional<Dml> dml = read(*run);
    if (!dml || dml->returns || !count(*run, *dml, "")) return false;
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
    const std::vector<transform::Token> tokens = transform::scan(conversion_.text).tokens;
    return std::ranges::any_of(tokens, [&](const transform::Token& token) {
      return static_cast<int64_t>(token.begin) >= reader.end && token.is_name() && token.name() == name;
    });
  }

  static std::optional<Dml> read(const RunSql& run) {
    std::string text = to_sql(run.sql.statement, Dialect::cockroachdb);
    const std::vector<transform::Token> tokens = transform::scan(text).tokens;
    size_t first = 0, depth = 0;
    const auto changes = [&](size_t i) {
      return tokens[i].is("insert") || tokens[i].is("update") || tokens[i].is("delete");
    };
    if (!tokens.empty() && tokens[0].is("with")) {
      while (first < tokens.size() && (depth > 0 || !changes(first))) {
        if (tokens[first].is("(")) ++depth;
        if (tokens[first].is(")")) --depth;
        ++first;
      }
    }
    if (first >= tokens.size() || !changes(first)) return std::nullopt;
    text.resize(tokens.back().end);  // a comment behind would hide what is added
    const bool returns = std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(first), tokens.end(),
                                     [](const transform::Token& token) { return token.is("returning"); });
    const size_t begin = tokens[first].begin;
    return Dml{std::string(tokens[first].text), text.substr(0, begin), text.substr(begin), returns};
  }

  /// `WITH changed AS (UPDATE ... RETURNING 1) SELECT count(*) FROM changed`
  bool count(RunSql& run, const Dml& dml, std::string_view compared) {
    if (!conversion_.routine.target.has(Capability::with_in_bodies)) return false;
    if (changed_.empty()) changed_ = conversion_.new_name("changed");
    std::string with =
        dml.with.empty() ? "WITH " : dml.with.substr(0, dml.with.find_last_not_of(" \n\t\r") + 1) + ", ";
    run.sql.statement = ast::Opaque{"SELECT", std::move(with) + changed_ + " AS (" + dml.text +
                                                  " RETURNING 1) SELECT count(*)" + std::string(compared) +
                                                  " FROM " + changed_};
    return true;
  }

  /// A cursor whose rows nobody but FETCH takes.
  std::optional<ast::Expr> fetched(const Fetch& fetch) {
    const std::string name = fetch.cursor.names[0];
    if (fetch.moves || fetch.cursor.names.size() > 1) return std::nullopt;
    if (marked_.contains(name)) return boolean_test(column({variable()}));
    std::vector<ast::Query*> queries;
    std::vector<Into*> takers;
    bool good = conversion_.type_of(name) != nullptr &&
                std::ranges::none_of(conversion_.routine.parameters,
                                     [&](const ast::FunctionParameter& one) { return one.name == name; });
    const auto add = [&](StaticSql* sql) {
      auto* select = sql == nullptr ? nullptr : std::get_if<ast::SelectStatement>(&sql->statement);
      good = good && select != nullptr && !select->query->left && select->query->values.empty();
      if (good) queries.push_back(&*select->query);
    };
    each_part(conversion_.body, [&](Declaration& one) {
      auto* cursor = std::get_if<CursorDeclaration>(&one.node);
      if (cursor != nullptr && one.name == name) add(&cursor->query);
    });
    each_part(conversion_.body, [&](Open& open) {
      if (open.cursor.names[0] == name && open.rows) add(std::get_if<StaticSql>(&*open.rows));
    });
    each_part(conversion_.body, [&](ForCursor& loop) { good = good && loop.cursor.names[0] != name; });
    each_part(conversion_.body, [&](Fetch& one) {
      if (one.cursor.names[0] != name || one.moves) return;
      good = good && std::ranges::all_of(one.into.targets, [&](const Variable& target) {
               return conversion_.single_type(target).has_value();
             });
      takers.push_back(&one.into);
    });
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      good = good && (ref == nullptr || ref->names.empty() || ref->names[0] != name);
    };
    ast::walk(conversion_.body, look);
    for (const ast::Query* query : queries) {
      good = good && std::ranges::all_of(takers, [&](const Into* into) {
               return gives_columns(*query, into->targets.size());
             });
    }
    if (!good || queries.empty()) return std::nullopt;
    for (ast::Query* query : queries) add_marker(*query);
    for (Into* into : takers) add_target(*into);
    marked_.insert(name);
    return boolean_test(column({variable()}));
  }

  static void add_marker(ast::Query& query) {
    ast::SelectItem marker;
    marker.expr = ast::Expr{ast::Literal{ast::Literal::Kind::boolean, "true"}};
    query.targets.push_back(std::move(marker));
  }

  void add_target(Into& into) {
    Variable target;
    target.names = {variable()};
    into.targets.push_back(std::move(target));
  }

  const std::string& variable() {
    if (variable_.empty()) {
      variable_ = conversion_.new_name("row_found");
      conversion_.declare(variable_, built_in_type("bool"));
    }
    return variable_;
  }

  Conversion& conversion_;
  std::map<size_t, ast::Expr> told_;       ///< of the statements that are looked at, by their places
  std::map<size_t, std::string> counted_;  ///< of those, the variables that hold a count
  std::set<std::string> marked_;           ///< cursors
  std::string variable_;
  std::string changed_;
};

}  // namespace

void convert_row_counts(Conversion& conversion) {
  RowCounts(conversion).run();
}

}  // namespace pg2crdb::routines
