#include "routines/told_rows.h"

#include <algorithm>
#include <map>
#include <utility>

#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/text_statements.h"
#include "target/function_volatility.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

void add_marker(ast::Query& query) {
  ast::SelectItem marker;
  marker.expr = ast::Expr{ast::Literal{ast::Literal::Kind::boolean, "true"}};
  query.targets.push_back(std::move(marker));
}

}  // namespace

ast::Expr boolean_test(ast::Expr argument) {
  ast::BooleanTest test;
  test.argument = std::move(argument);
  return {std::move(test)};
}

/// What is true where the statement found a row; the statement is changed for it.
std::optional<ast::Expr> ToldRows::tell_found(Statement& statement) {
  if (auto* perform = std::get_if<Perform>(&statement.node)) return performed(statement, *perform);
  if (auto* fetch = std::get_if<Fetch>(&statement.node)) return fetched(*fetch);
  if (auto* choice = std::get_if<If>(&statement.node)) return chosen(*choice);
  if (const auto* one = std::get_if<ReturnQuery>(&statement.node)) return returned(*one);
  auto* run = std::get_if<RunSql>(&statement.node);
  if (run == nullptr) return std::nullopt;
  if (auto* select = std::get_if<ast::SelectStatement>(&run->sql.statement))
    return run->into.strict ? std::nullopt : selected(*select->query, run->into);
  if (std::optional<ast::Expr> told = written(*run)) return told;
  return run->into.strict ? std::nullopt : selected_from_changes(*run);
}

/// `WITH u AS (UPDATE .. RETURNING c) SELECT c INTO v FROM u`
std::optional<ast::Expr> ToldRows::selected_from_changes(RunSql& run) {
  auto* text = std::get_if<ast::Opaque>(&run.sql.statement);
  std::optional<ast::Expr> told;
  if (text == nullptr || run.into.targets.empty() || read(run)) return told;
  adapt_text(*text, std::max(run.sql.offset, 0), [&](ast::StatementNode& node) {
    if (auto* select = std::get_if<ast::SelectStatement>(&node)) told = selected(*select->query, run.into);
  });
  return told;
}

/// One of several, each of which ends with a statement that says it by the same variable.
std::optional<ast::Expr> ToldRows::chosen(If& choice) {
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
std::optional<ast::Expr> ToldRows::performed(Statement& statement, Perform& perform) {
  auto* query = std::get_if<ast::Query>(&perform.query.node);
  if (query != nullptr && computes_nothing(*query)) return exists(statement, std::move(*query));
  std::optional<ast::Expr> rows = query == nullptr ? std::nullopt : conversion_.look_at_rows(*query);
  if (!rows) return std::nullopt;
  ast::NullTest test;
  test.negated = true;
  test.argument = std::move(*rows);
  return told_by(statement, {std::move(test)});
}

/// Asked again it gives the same: a routine sees the rows of one moment, and those that it changed itself.
std::optional<ast::Expr> ToldRows::returned(const ReturnQuery& statement) const {
  const auto* sql = std::get_if<StaticSql>(&statement.rows);
  const auto* select = sql == nullptr ? nullptr : std::get_if<ast::SelectStatement>(&sql->statement);
  if (select == nullptr) return std::nullopt;
  ast::Subquery test;
  test.kind = ast::Subquery::Kind::exists;
  test.query = *select->query;
  bool changes = conversion_.has_effects(*test.query);
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    const bool is_own = call != nullptr && conversion_.routine.catalog.has_function(call->name);
    changes = changes ||
              (call != nullptr && !is_own && built_in_volatility(call->name.name) == Volatility::volatile_);
    expr.offset = -1;
  };
  ast::walk(*test.query, look);
  return changes ? std::nullopt : std::optional(ast::Expr{std::move(test)});
}

bool ToldRows::computes_nothing(ast::Query& query) const {
  const bool is_plain = std::ranges::all_of(query.targets, [](const ast::SelectItem& item) {
    return std::holds_alternative<ast::Literal>(item.expr->node) ||
           std::holds_alternative<ast::ColumnRef>(item.expr->node);
  });
  return is_plain && !query.left && query.values.empty() && !conversion_.has_effects(query);
}

std::optional<ast::Expr> ToldRows::exists(Statement& statement, ast::Query query) {
  ast::Subquery test;
  test.kind = ast::Subquery::Kind::exists;
  test.query = std::move(query);
  return told_by(statement, {std::move(test)});
}

ast::Expr ToldRows::told_by(Statement& statement, ast::Expr test) {
  Assignment assignment;
  assignment.target.names = {variable()};
  assignment.value = value_of(std::move(test));
  statement.node = std::move(assignment);
  conversion_.note("PERFORM", statement.offset);
  return boolean_test(column({variable()}));
}

/// One more column: without a row it is NULL as all are.
std::optional<ast::Expr> ToldRows::selected(ast::Query& query, Into& into) {
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
std::optional<ast::Expr> ToldRows::row_found(const ast::Query& query, const std::string& row,
                                             const ast::Name& type) {
  const auto* star =
      query.targets.size() == 1 ? std::get_if<ast::ColumnRef>(&query.targets[0].expr->node) : nullptr;
  const auto* from = query.from.size() == 1 ? std::get_if<ast::TableRef>(&query.from[0].node) : nullptr;
  if (star == nullptr || !star->star || from == nullptr || !ast::may_be_same(from->name, type))
    return std::nullopt;
  return row_is_there(row, type);
}

std::optional<ast::Expr> ToldRows::row_is_there(const std::string& row, const ast::Name& type) {
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
std::optional<ast::Expr> ToldRows::written(RunSql& run) {
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
std::optional<ast::Expr> ToldRows::row_written(const RunSql& run, const Dml& dml) {
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

std::optional<ToldRows::Dml> ToldRows::read(const RunSql& run) {
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

std::string ToldRows::Dml::with_list() const {
  return with.empty() ? "WITH " : with.substr(0, with.find_last_not_of(" \n\t\r") + 1) + ", ";
}

/// `WITH changed AS (UPDATE ... RETURNING 1) SELECT count(*) FROM changed`
bool ToldRows::count(RunSql& run, const Dml& dml, std::string_view compared) {
  if (!conversion_.routine.target.has(Capability::with_in_bodies)) return false;
  if (changed_.empty()) changed_ = conversion_.new_name("changed");
  run.sql.statement = ast::Opaque{"SELECT", dml.with_list() + changed_ + " AS (" + dml.text +
                                                " RETURNING 1) SELECT count(*)" + std::string(compared) +
                                                " FROM " + changed_};
  return true;
}

/// A cursor whose rows nobody but FETCH takes.
std::optional<ast::Expr> ToldRows::fetched(const Fetch& fetch) {
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
    good = good && std::ranges::all_of(
                       takers, [&](const Into* into) { return gives_columns(*query, into->targets.size()); });
  }
  if (!good || queries.empty()) return std::nullopt;
  for (ast::Query* query : queries) add_marker(*query);
  for (Into* into : takers) add_target(*into);
  marked_.insert(name);
  return boolean_test(column({variable()}));
}

void ToldRows::add_target(Into& into) {
  Variable target;
  target.names = {variable()};
  into.targets.push_back(std::move(target));
}

const std::string& ToldRows::variable() {
  if (variable_.empty()) {
    variable_ = conversion_.new_name("row_found");
    conversion_.declare(variable_, built_in_type("bool"));
  }
  return variable_;
}

}  // namespace pg2crdb::routines
