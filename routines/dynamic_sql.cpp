// EXECUTE of a text that is always the same, however it is put together: the statement itself.
#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/parser.h"
#include "parser/plain_constants.h"
#include "parser/sql_body.h"
#include "parser/sql_tokens.h"
#include "routines/constants.h"
#include "routines/conversion.h"
#include "routines/kept_found.h"
#include "routines/query_columns.h"
#include "target/functions.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// A change that gives rows back, of which EXECUTE throws away what nothing takes.
bool gives_rows(const ast::StatementNode& node) {
  const auto* text = std::get_if<ast::Opaque>(&node);
  return text != nullptr &&
         std::ranges::any_of(transform::scan(text->text).tokens,
                             [](const transform::Token& token) { return token.is("returning"); });
}

class Constant {
 public:
  explicit Constant(Conversion& conversion) : conversion_(conversion) {
    for (const transform::Token& token : conversion.tokens()) reads_found_ = reads_found_ || is_found(token);
  }

  void run() {
    // Others are looked for in the body meanwhile, so nothing moves before.
    each_part(conversion_.body, [&](Statements& statements) {
      std::vector<Statement>& list = statements.list;
      for (size_t i = 0; i < list.size(); ++i) {
        before_.clear();
        convert(list[i]);
        if (before_.empty()) continue;
        list.insert(list.begin() + static_cast<std::ptrdiff_t>(i), std::make_move_iterator(before_.begin()),
                    std::make_move_iterator(before_.end()));
        i += before_.size();
      }
    });
  }

 private:
  void convert(Statement& statement) {
    if (auto* run = std::get_if<Execute>(&statement.node))
      execute(statement, *run);
    else if (auto* loop = std::get_if<ForRows>(&statement.node))
      rows(loop->rows, "FOR over EXECUTE", statement.offset);
    else if (auto* returned = std::get_if<ReturnQuery>(&statement.node))
      rows(returned->rows, "RETURN QUERY EXECUTE", statement.offset);
    else if (auto* open = std::get_if<Open>(&statement.node); open != nullptr && open->rows)
      rows(*open->rows, "OPEN FOR EXECUTE", statement.offset);
  }

  /// It leaves FOUND as it was.
  void execute(Statement& statement, Execute& run) {
    std::optional<ast::StatementNode> sql =
        reads_found_ ? std::optional<ast::StatementNode>() : read_with_values(run.sql);
    if (!sql || (run.into.targets.empty() && gives_rows(*sql))) return;
    auto* select = std::get_if<ast::SelectStatement>(&*sql);
    if (select != nullptr && run.into.targets.empty()) {
      Perform perform;
      perform.query.node = std::move(*select->query);
      statement.node = std::move(perform);
    } else {
      RunSql now;
      now.sql.statement = std::move(*sql);
      now.into = std::move(run.into);
      statement.node = std::move(now);
    }
    conversion_.note("EXECUTE", statement.offset);
  }

  void rows(Rows& rows, std::string_view what, int32_t offset) {
    auto* dynamic = std::get_if<DynamicSql>(&rows);
    std::optional<ast::StatementNode> sql =
        dynamic == nullptr ? std::optional<ast::StatementNode>() : read_with_values(*dynamic);
    if (!sql || !std::holds_alternative<ast::SelectStatement>(*sql)) return;
    StaticSql now;
    now.statement = std::move(*sql);
    rows = std::move(now);
    conversion_.note(what, offset);
  }

  /// Nothing where it is no statement that a routine may run, or one that names something which would be
  /// another thing in the body.
  std::optional<ast::StatementNode> read(const DynamicSql& sql) {
    const Value& value = value_of_constant(sql.text);
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    const auto* literal = expr == nullptr ? nullptr : std::get_if<ast::Literal>(&expr->node);
    const bool is_string = literal != nullptr && literal->kind == ast::Literal::Kind::string;
    const bool is_bound = is_string && is_read_elsewhere(value);
    constexpr size_t most_variables = 50;
    size_t variables = 0;
    std::optional<std::string> text =
        expr == nullptr ? std::nullopt : constant_text(*expr, [&](const ast::Expr& one) {
          // A variable may be set to what has itself in it.
          return ++variables > most_variables ? nullptr : constant_of(one);
        });
    if (text) text = transform::with_plain_constants(std::move(*text));
    if (!text || text->find('\0') != std::string::npos) return std::nullopt;
    std::vector<transform::Token> tokens = transform::scan(*text).tokens;
    while (!tokens.empty() && tokens.back().is(";")) tokens.pop_back();
    const bool is_known = std::ranges::none_of(tokens, [&](const transform::Token& token) {
      return token.is_name() && (conversion_.is_declared(token.name()) || is_row_of_trigger(token.name()));
    });
    if (tokens.empty() || !is_known) return std::nullopt;
    ParsedStatement parsed = parse_statement(*text);
    if (!parsed.error.empty() || (!is_bound && !names_known(*text))) return std::nullopt;
    const bool writes = tokens[0].is("insert") || tokens[0].is("update") || tokens[0].is("delete");
    if (writes) return written(*text, tokens, sql.parameters);
    auto* select = std::get_if<ast::SelectStatement>(&parsed.node);
    if (select == nullptr || !give(*select->query, sql.parameters)) return std::nullopt;
    return std::move(parsed.node);
  }

  std::optional<ast::StatementNode> written(const std::string& text,
                                            const std::vector<transform::Token>& tokens,
                                            const std::vector<Value>& given) const {
    std::string result = text.substr(0, tokens.back().end);
    for (size_t i = tokens.size(); i-- > 0;) {
      if (tokens[i].text[0] != '$' || tokens[i].kind != transform::Token::Kind::other) continue;
      const std::string digits(tokens[i].text.substr(1));
      const size_t number = digits.size() == 1 ? static_cast<size_t>(digits[0] - '0') : 0;
      const std::optional<ast::Expr> value =
          number == 0 || number > given.size() ? std::nullopt : constant_or_variable(given[number - 1]);
      if (!value) return std::nullopt;
      result.replace(tokens[i].begin, tokens[i].end - tokens[i].begin, to_sql(*value, Dialect::cockroachdb));
    }
    return ast::Opaque{std::string(tokens[0].text), std::move(result)};
  }

  /// With the values that USING gives, each computed once before.
  std::optional<ast::StatementNode> read_with_values(const DynamicSql& sql) {
    DynamicSql with_variables = sql;
    std::vector<Statement> computed;
    for (Value& value : with_variables.parameters) {
      auto* expr = std::get_if<ast::Expr>(&value.node);
      if (expr == nullptr || constant_or_variable(value)) continue;
      const std::optional<ast::TypeName> type = type_of_value(conversion_, *expr);
      if (!type) return std::nullopt;
      Assignment assignment;
      assignment.target.names = {conversion_.new_name("using_value")};
      conversion_.declare(assignment.target.names[0], *type);
      conversion_.read_declarations();
      assignment.value = std::exchange(value, value_of(column(assignment.target.names)));
      computed.emplace_back().node = std::move(assignment);
    }
    std::optional<ast::StatementNode> result = read(with_variables);
    if (result) before_ = std::move(computed);
    return result;
  }

  const ast::Expr* constant_of(const ast::Expr& expr) const {
    if (!std::holds_alternative<ast::ColumnRef>(expr.node)) return nullptr;
    Value value = value_of(expr);
    value.offset = expr.offset;
    const Value& constant = value_of_constant(value);
    return &constant == &value ? nullptr : std::get_if<ast::Expr>(&constant.node);
  }

  /// What is named in a text that nobody has looked into: by its schema where the routine has settings of its
  /// own, and what the script has or CockroachDB.
  bool names_known(const std::string& text) {
    std::optional<std::vector<WrittenStatement>> read = parse_sql_body(text);
    if (!read || read->size() != 1 || std::holds_alternative<ast::Opaque>((*read)[0].node)) return false;
    std::set<std::string> common_tables;
    bool known = true;
    std::vector<ast::Name> names;
    ast::Visitor look;
    look.query = [&](ast::Query& query) {
      for (const ast::CommonTable& one : query.with) common_tables.insert(one.name);
    };
    ast::walk((*read)[0].node, look);
    look = {};
    const ast::Catalog& catalog = conversion_.routine.catalog;
    look.table_ref = [&](ast::TableRef& table) {
      if (table.name.schema.empty() && common_tables.contains(table.name.name)) return;
      known = known && (!table.name.schema.empty() || !conversion_.routine.has_settings) &&
              conversion_.routine.relation(table.name) != nullptr;
      names.push_back(table.name);
    };
    look.expr = [&](ast::Expr& expr) {
      const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
      if (call == nullptr) return;
      const bool is_own = catalog.has_function(call->name);
      known = known && (is_own ? !call->name.schema.empty() || !conversion_.routine.has_settings
                               : is_built_in_function(call->name.name));
      if (is_own) names.push_back(call->name);
    };
    ast::walk((*read)[0].node, look);
    if (known) conversion_.named_by_text.insert(conversion_.named_by_text.end(), names.begin(), names.end());
    return known;
  }

  /// Of a variable that holds one value only that value: what it is declared with, or what it is set to
  /// before in the same list of statements. Else the value itself.
  const Value& value_of_constant(const Value& value) const {
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    const auto* ref = expr == nullptr ? nullptr : std::get_if<ast::ColumnRef>(&expr->node);
    if (ref == nullptr || ref->star || ref->names.size() != 1) return value;
    const std::string& name = ref->names[0];
    const VariableType* type = conversion_.type_of(name);
    const bool is_text = type != nullptr && type->kind == VariableType::Kind::named &&
                         type->type.array_bounds.empty() && type->type.modifiers.empty() &&
                         (type->type.name.name == "text" || type->type.name.name == "varchar");
    const bool is_parameter = std::ranges::any_of(
        conversion_.routine.parameters, [&](const ast::FunctionParameter& one) { return one.name == name; });
    const Value* only = nullptr;
    size_t set = 0;
    each_part(conversion_.body, [&](Declaration& one) {
      const auto* variable = std::get_if<VariableDeclaration>(&one.node);
      if (one.name == name && variable != nullptr && variable->default_value) {
        only = &*variable->default_value;
        ++set;
      }
    });
    each_part(conversion_.body, [&](Variable& one) { set += one.names[0] == name ? 1 : 0; });
    // A procedure may set what it is given.
    each_part(conversion_.body, [&](StaticSql& one) {
      const auto* text = std::get_if<ast::Opaque>(&one.statement);
      set += text != nullptr && text->kind == "CALL" ? 2 : 0;
    });
    each_part(conversion_.body, [&](Statements& statements) {
      const Value* before = nullptr;
      for (Statement& one : statements.list) {
        const auto* assigned = std::get_if<Assignment>(&one.node);
        const bool is_it = assigned != nullptr && assigned->target.steps.empty() &&
                           assigned->target.names == std::vector<std::string>{name};
        if (is_it) before = &assigned->value;
        const bool reads = one.offset <= value.offset && value.offset < one.end;
        if (before != nullptr && reads && !is_it) only = before;
      }
    });
    return is_text && !is_parameter && only != nullptr && set == 1 ? *only : value;
  }

  /// Names in a string without escapes are followed as those in the body are.
  bool is_read_elsewhere(const Value& value) const {
    const auto place = static_cast<size_t>(std::max(value.offset, 0));
    return place < conversion_.text.size() &&
           (conversion_.text[place] == '\'' || conversion_.text[place] == '$');
  }

  /// `$1` is what is given, as long as that is a constant or a variable that no column is called like.
  bool give(ast::Query& query, const std::vector<Value>& given) const {
    bool good = true;
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      expr.offset = -1;
      const auto* parameter = std::get_if<ast::Parameter>(&expr.node);
      if (parameter == nullptr) return;
      const auto number = static_cast<size_t>(parameter->number);
      std::optional<ast::Expr> value =
          number == 0 || number > given.size() ? std::nullopt : constant_or_variable(given[number - 1]);
      good = good && value;
      if (value) expr = std::move(*value);
    };
    ast::walk(query, look);
    return good;
  }

  static bool is_row_of_trigger(const std::string& name) { return name == "new" || name == "old"; }

  std::optional<ast::Expr> constant_or_variable(const Value& value) const {
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    if (expr == nullptr) return std::nullopt;
    if (const auto* ref = std::get_if<ast::ColumnRef>(&expr->node)) {
      if (!ref->star && ref->names.size() == 2 && is_row_of_trigger(ref->names[0])) return column(ref->names);
      const bool is_variable = !ref->star && ref->names.size() == 1 &&
                               conversion_.is_declared(ref->names[0]) &&
                               !conversion_.routine.columns.contains(ref->names[0]);
      return is_variable ? std::optional(column(ref->names)) : std::nullopt;
    }
    const auto* literal = std::get_if<ast::Literal>(&expr->node);
    if (literal == nullptr) return std::nullopt;
    ast::Expr given{*literal};
    using Kind = ast::Literal::Kind;
    if (literal->kind != Kind::string && literal->kind != Kind::null) return given;
    ast::Cast cast;
    cast.argument = std::move(given);
    cast.type = built_in_type("text");
    return ast::Expr{std::move(cast)};
  }

  Conversion& conversion_;
  bool reads_found_ = false;
  std::vector<Statement> before_;  ///< what a statement is computed by
};

}  // namespace

void convert_dynamic_sql(Conversion& conversion) {
  if (!conversion.routine.target.has(Capability::plpgsql_execute)) Constant(conversion).run();
}

}  // namespace pg2crdb::routines
