// A text that is too long for a variable or a field is an error in PostgreSQL; CockroachDB casts what is
// assigned, which cuts it: it is looked at before.
#include <algorithm>
#include <optional>
#include <utility>

#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "routines/query_columns.h"
#include "routines/returned_rows.h"
#include "routines/text_lengths.h"
#include "support/utf8.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

class Lengths {
 public:
  explicit Lengths(Conversion& conversion) : conversion_(conversion) {}

  void run() {
    each_part(conversion_.body, [&](Statements& statements) {
      std::vector<Statement> now;
      now.reserve(statements.list.size());
      checked_ = {};
      for (Statement& one : statements.list) {
        std::vector<Statement> behind = assignments(one);
        checked_ = checked_by(one);
        now.push_back(std::move(one));
        std::ranges::move(behind, std::back_inserter(now));
      }
      statements.list = std::move(now);
    });
    each_part(conversion_.body, [&](Block& block) { declarations(block); });
    for (const auto& [target, name] : variables_) conversion_.declare(name, built_in_type("text"));
  }

 private:
  std::vector<Statement> assignments(Statement& statement) {
    std::vector<Statement> behind;
    if (auto* set = std::get_if<Assignment>(&statement.node)) {
      const std::optional<Limit> limit = limit_of_target(set->target);
      if (limit && !fits(set->value, limit->length)) look_at(set->target, *limit, statement.offset, behind);
      if (!limit && is_of_several_tables(set->target))
        conversion_.note_cut("NEW." + set->target.names[1], statement.offset);
      if (!limit && (cuts_otherwise(set->target, set->value) || cuts_field(set->target, set->value)))
        conversion_.note_cut(set->target.names.back(), statement.offset);
    } else if (auto* run = std::get_if<RunSql>(&statement.node)) {
      look_at_call(run->sql.statement, statement.offset);
      into(run->into.targets, &run->sql.statement, statement.offset, behind);
    } else if (auto* fetch = std::get_if<Fetch>(&statement.node)) {
      into(fetch->into.targets, query_of(fetch->cursor), statement.offset, behind);
    }
    return behind;
  }

  /// `rows` may be null: nothing is known of them.
  void into(std::vector<Variable>& targets, const ast::StatementNode* rows, int32_t offset,
            std::vector<Statement>& behind) {
    const auto* select = rows == nullptr ? nullptr : std::get_if<ast::SelectStatement>(rows);
    const ast::Query* query = select == nullptr ? nullptr : &*select->query;
    if (query != nullptr && targets.size() == 1 && cuts_field(targets[0], *query))
      conversion_.note_cut(targets[0].names[0], offset);
    std::optional<std::vector<Field>> fields;
    for (size_t i = 0; i < targets.size(); ++i) {
      const std::optional<Limit> limit = limit_of_target(targets[i]);
      if (!limit && has_other_limit(targets[i])) {
        if (!fields) fields = fields_of(rows).value_or(std::vector<Field>());
        const bool is_item = query != nullptr && gives_columns(*query, targets.size());
        const auto* literal = is_item ? std::get_if<ast::Literal>(&query->targets[i].expr->node) : nullptr;
        const bool is_typed = i < fields->size() && !(*fields)[i].type.empty();
        if (literal != nullptr ? cuts_literal(targets[i], *literal)
                               : !is_typed || is_other_type(targets[i], (*fields)[i].type))
          conversion_.note_cut(targets[i].names.back(), offset);
      }
      if (!limit) continue;
      if (!fields) fields = fields_of(rows).value_or(std::vector<Field>());
      const bool has_item = query != nullptr && gives_columns(*query, targets.size());
      const std::optional<size_t> of_type =
          i < fields->size() ? routines::longest((*fields)[i].type) : std::nullopt;
      const std::optional<size_t> of_item = has_item ? longest(*query->targets[i].expr, true) : std::nullopt;
      if (std::min(of_type.value_or(limit->length + 1), of_item.value_or(limit->length + 1)) > limit->length)
        look_at(targets[i], *limit, offset, behind);
    }
  }

  /// The statement that a cursor is always opened for; null where that is not known.
  const ast::StatementNode* query_of(const Variable& cursor) {
    std::vector<const ast::StatementNode*> found;
    each_part(conversion_.body, [&](Declaration& one) {
      const auto* declared = std::get_if<CursorDeclaration>(&one.node);
      if (declared != nullptr && cursor.names == std::vector{one.name})
        found.push_back(&declared->query.statement);
    });
    each_part(conversion_.body, [&](Open& one) {
      if (one.cursor.names != cursor.names || !one.rows) return;
      const auto* rows = std::get_if<StaticSql>(&*one.rows);
      found.push_back(rows == nullptr ? nullptr : &rows->statement);
    });
    return found.size() == 1 ? found[0] : nullptr;
  }

  std::optional<std::vector<Field>> fields_of(const ast::StatementNode* rows) const {
    if (rows == nullptr) return std::nullopt;
    if (const auto* select = std::get_if<ast::SelectStatement>(rows))
      return columns_of(conversion_, *select->query);
    if (const auto* text = std::get_if<ast::Opaque>(rows)) {
      std::optional<ReturnedRows> returned = returned_rows(conversion_, text->text);
      return returned ? std::optional(std::move(returned->fields)) : std::nullopt;
    }
    return std::visit(
        [&](const auto& change) -> std::optional<std::vector<Field>> {
          if constexpr (ast::changes_rows<std::remove_cvref_t<decltype(change)>>)
            return returned(change.table.name, change.returning.targets);
          return std::nullopt;
        },
        *rows);
  }

  /// What RETURNING gives of the table's columns; what else it gives has no type.
  std::optional<std::vector<Field>> returned(const ast::Name& table,
                                             const std::vector<ast::SelectItem>& items) const {
    const auto columns = conversion_.row_fields(table);
    std::vector<Field> fields;
    for (const ast::SelectItem& item : items) {
      const auto* ref = std::get_if<ast::ColumnRef>(&item.expr->node);
      if (!columns || (ref != nullptr && ref->star && items.size() > 1)) return std::nullopt;
      if (ref != nullptr && ref->star) return columns;
      const auto found =
          ref == nullptr ? columns->end() : std::ranges::find(*columns, ref->names.back(), &Field::name);
      fields.push_back(found == columns->end() ? Field() : *found);
    }
    return fields;
  }

  /// What a declaration begins with is looked at in its block, whose handlers would see the error.
  void declarations(Block& block) {
    std::vector<Declaration> now;
    std::vector<Statement> checks;
    for (Declaration& one : block.declarations) {
      auto* variable = std::get_if<VariableDeclaration>(&one.node);
      Variable target;
      target.names = {one.name};
      const std::optional<Limit> limit =
          variable == nullptr || !variable->default_value || variable->type.kind != VariableType::Kind::named
              ? std::nullopt
              : limit_of(variable->type.type);
      if (!limit && variable != nullptr && variable->default_value &&
          (cuts_otherwise(target, *variable->default_value) || cuts_field(target, *variable->default_value)))
        conversion_.note_cut(one.name, one.offset);
      const bool is_looked_at =
          limit && !fits(*variable->default_value, limit->length) && !is_checked_in(block, *variable, *limit);
      if (is_looked_at && !block.handlers.empty()) {
        conversion_.note_cut(one.name, one.offset);
      } else if (is_looked_at) {
        const std::string name = conversion_.new_name(one.name + "_text");
        VariableDeclaration text;
        text.type = named(built_in_type("text"));
        text.default_value = std::move(variable->default_value);
        Declaration& given = now.emplace_back();
        given.name = name;
        given.node = std::move(text);
        variable->default_value = value_of(column({name}));
        checks.push_back(check(name, *limit));
        conversion_.note("a text for a variable with a length", one.offset);
      }
      now.push_back(std::move(one));
    }
    block.declarations = std::move(now);
    block.statements.list.insert(block.statements.list.begin(), std::make_move_iterator(checks.begin()),
                                 std::make_move_iterator(checks.end()));
  }

  /// `v_text := e; IF length(rtrim(v_text, ' ')) > 5 THEN RAISE ..; END IF; v := v_text;`
  void look_at(Variable& target, const Limit& limit, int32_t offset, std::vector<Statement>& behind) {
    const std::string base =
        target.names.size() == 1 ? target.names[0] : target.names[0] + "_" + target.names[1];
    std::string& name = variables_[base];
    if (name.empty()) name = conversion_.new_name(base + "_text");
    behind.push_back(check(name, limit));
    Assignment set;
    set.target = target;
    set.value = value_of(column({name}));
    behind.emplace_back().node = std::move(set);
    target = {};
    target.names = {name};
    conversion_.note("a text for a variable with a length", offset);
  }

  /// Blanks are cut in PostgreSQL, too.
  static Statement check(const std::string& text, const Limit& limit) {
    ast::FunctionCall trimmed, length;
    trimmed.name.name = "rtrim";
    trimmed.arguments = {column({text}), text_literal(" ")};
    length.name.name = "length";
    length.arguments = {{std::move(trimmed)}};
    ast::Operation longer;
    longer.op = {">"};
    longer.left = ast::Expr{std::move(length)};
    longer.right = ast::Expr{ast::Literal{ast::Literal::Kind::integer, std::to_string(limit.length)}};
    Raise raise;
    raise.level = Raise::Level::exception;
    raise.has_format = true;
    raise.format = "value too long for type " + limit.type;
    raise.options.push_back({"errcode", value_of(text_literal("22001"))});
    Statement raised, result;
    raised.node = std::move(raise);
    result.node = if_then({std::move(longer)}, std::move(raised));
    return result;
  }

  /// A variable, and the length that it has not where the statement raises no error.
  struct Checked {
    std::string variable;
    size_t length = 0;
  };
  /// Of a statement as `check` makes it; of others an empty one.
  static Checked checked_by(const Statement& statement) {
    const auto* choice = std::get_if<If>(&statement.node);
    if (choice == nullptr || choice->branches.size() != 1 ||
        choice->branches[0].statements.list.size() != 1 ||
        !std::holds_alternative<Raise>(choice->branches[0].statements.list[0].node))
      return {};
    const auto* condition = std::get_if<ast::Expr>(&choice->branches[0].condition.node);
    const auto* longer = condition == nullptr ? nullptr : std::get_if<ast::Operation>(&condition->node);
    if (longer == nullptr || longer->op != std::vector<std::string>{">"} || !longer->left || !longer->right)
      return {};
    const auto* most = std::get_if<ast::Literal>(&longer->right->node);
    const ast::Expr* text = argument_of(*longer->left, "length");
    text = text == nullptr ? nullptr : argument_of(*text, "rtrim");
    const auto* variable = text == nullptr ? nullptr : std::get_if<ast::ColumnRef>(&text->node);
    if (most == nullptr || variable == nullptr || variable->names.size() != 1) return {};
    const std::optional<size_t> length = number(most->text);
    return length ? Checked{variable->names[0], *length} : Checked();
  }
  static const ast::Expr* argument_of(const ast::Expr& expr, std::string_view function) {
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    return call != nullptr && call->name.name == function && !call->arguments.empty() ? call->arguments.data()
                                                                                      : nullptr;
  }

  /// Whether the block begins with a look at the variable that a declaration begins with.
  static bool is_checked_in(const Block& block, const VariableDeclaration& declaration, const Limit& limit) {
    const auto* expr = std::get_if<ast::Expr>(&declaration.default_value->node);
    const auto* given = expr == nullptr ? nullptr : std::get_if<ast::ColumnRef>(&expr->node);
    if (given == nullptr) return false;
    for (const Statement& one : block.statements.list) {
      const Checked checked = checked_by(one);
      if (checked.variable.empty()) return false;
      if (given->names == std::vector{checked.variable} && checked.length <= limit.length) return true;
    }
    return false;
  }

  std::optional<Limit> limit_of_target(const Variable& target) const {
    if (!target.steps.empty()) return std::nullopt;
    const std::optional<ast::TypeName> type = conversion_.type_of_target(target);
    return type ? limit_of(*type) : std::nullopt;
  }

  /// Whether the column has a length in one of the tables, and another one or none in another.
  bool is_of_several_tables(const Variable& target) const {
    if (target.names.size() != 2 || target.names[0] != "new" || conversion_.type_of_target(target))
      return false;
    return std::ranges::any_of(conversion_.routine.fired_by, [&](const ast::CreateTable* table) {
      const auto column = std::ranges::find(table->columns, target.names[1], &ast::Column::name);
      return column != table->columns.end() && limit_of(column->type);
    });
  }

  /// Whether it is an array of what has a length, or a string of bits.
  bool has_other_limit(const Variable& target) const {
    Variable whole;
    whole.names = target.names;
    const std::optional<ast::TypeName> type = conversion_.type_of_target(whole);
    if (!type || type->modifiers.empty()) return false;
    ast::TypeName element = *type;
    element.array_bounds.clear();
    const bool is_bits = element.name.name == "bit" || element.name.name == "varbit";
    return is_bits || (!type->array_bounds.empty() && limit_of(element));
  }
  bool is_other_type(const Variable& target, const ast::TypeName& given) const {
    Variable whole;
    whole.names = target.names;
    const std::optional<ast::TypeName> type = conversion_.type_of_target(whole);
    return !type || given.name.name != type->name.name || given.modifiers != type->modifiers;
  }
  /// Of bits: as many as the type has, or not more than it may have.
  bool cuts_literal(const Variable& target, const ast::Literal& literal) const {
    using Kind = ast::Literal::Kind;
    if (literal.kind == Kind::null || literal.text == "{}") return false;
    Variable whole;
    whole.names = target.names;
    const std::optional<ast::TypeName> type = conversion_.type_of_target(whole);
    const bool is_hexadecimal = literal.kind == Kind::bit_string && !literal.text.starts_with('b');
    if (!type || !type->array_bounds.empty() || is_hexadecimal) return true;
    const size_t bits = literal.text.size() - (literal.kind == Kind::bit_string ? 1 : 0);
    const size_t most = number(type->modifiers[0]).value_or(0);
    return type->name.name == "bit" ? bits != most : bits > most;
  }

  /// Whether such a one is given another value.
  bool cuts_otherwise(const Variable& target, const Value& value) const {
    if (!has_other_limit(target)) return false;
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    const auto* subquery = expr == nullptr ? nullptr : std::get_if<ast::Subquery>(&expr->node);
    // An element that was set is looked at before.
    if (subquery != nullptr && subquery->kind == ast::Subquery::Kind::array && expr->offset < 0) return false;
    const auto* literal = expr == nullptr ? nullptr : std::get_if<ast::Literal>(&expr->node);
    if (literal != nullptr) return cuts_literal(target, *literal);
    const std::optional<ast::TypeName> given =
        expr == nullptr ? std::nullopt : type_of_value(conversion_, *expr);
    return !given || is_other_type(target, *given);
  }

  /// The fields of a variable that holds a row.
  std::optional<std::vector<Field>> fields_of_row(const Variable& target) const {
    const VariableType* row = target.names.size() == 1 ? conversion_.type_of(target.names[0]) : nullptr;
    const bool is_row =
        row != nullptr && row->kind == VariableType::Kind::named && row->type.array_bounds.empty();
    return is_row ? conversion_.row_fields(row->type.name) : std::nullopt;
  }

  /// Whether a row takes a column that is longer than its field.
  bool cuts_field(const Variable& target, const ast::Query& query) const {
    const auto its_fields = fields_of_row(target);
    if (!its_fields) return false;
    const auto fields = columns_of(conversion_, query);
    const bool has_items = gives_columns(query, its_fields->size());
    for (size_t i = 0; i < its_fields->size(); ++i) {
      const std::optional<Limit> limit = limit_of((*its_fields)[i].type);
      if (!limit || (!has_items && (!fields || i >= fields->size() || (*fields)[i].type.empty()))) continue;
      std::optional<size_t> most = has_items ? longest(*query.targets[i].expr, true) : std::nullopt;
      if (!most && fields && i < fields->size()) most = routines::longest((*fields)[i].type);
      if (most.value_or(limit->length + 1) > limit->length) return true;
    }
    return false;
  }
  /// The same of ROW(1, 'a').
  bool cuts_field(const Variable& target, const Value& value) const {
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    const auto* row = expr == nullptr ? nullptr : std::get_if<ast::RowExpr>(&expr->node);
    const auto its_fields = row == nullptr || !target.steps.empty() ? std::nullopt : fields_of_row(target);
    for (size_t i = 0; its_fields && i < std::min(its_fields->size(), row->elements.size()); ++i) {
      const std::optional<Limit> limit = limit_of((*its_fields)[i].type);
      if (limit && longest(row->elements[i], false).value_or(limit->length + 1) > limit->length) return true;
    }
    return false;
  }

  /// A procedure may set what it is given.
  void look_at_call(const ast::StatementNode& node, int32_t offset) {
    const auto* call = std::get_if<ast::Opaque>(&node);
    if (call == nullptr || call->kind != "CALL") return;
    for (const transform::Token& token : transform::scan(call->text).tokens) {
      Variable variable;
      variable.names = {token.is_name() ? token.name() : std::string()};
      if (limit_of_target(variable)) conversion_.note_cut(variable.names[0], offset);
    }
  }

  bool fits(const Value& value, size_t limit) const {
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    const auto* query = std::get_if<ast::Query>(&value.node);
    std::optional<size_t> most;
    if (expr != nullptr) most = longest(*expr, false);
    if (query != nullptr) {
      const std::optional<std::vector<Field>> fields = columns_of(conversion_, *query);
      if (fields && fields->size() == 1) most = routines::longest(fields->front().type);
    }
    return most && *most <= limit;
  }

  /// Of the value's text. `in_query`: names are those of columns.
  std::optional<size_t> longest(const ast::Expr& expr, bool in_query) const {
    if (const auto* literal = std::get_if<ast::Literal>(&expr.node)) return longest(*literal);
    if (const auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) {
      std::vector<const ast::Expr*> all;
      for (const ast::Expr& one : coalesce->arguments) all.push_back(&one);
      return longest(all, in_query);
    }
    if (const auto* choice = std::get_if<ast::Case>(&expr.node)) {
      std::vector<const ast::Expr*> all;
      for (const ast::CaseWhen& one : choice->whens) all.push_back(&*one.result);
      if (choice->otherwise) all.push_back(&*choice->otherwise);
      return longest(all, in_query);
    }
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) {
      const bool is_text = cast->type.modifiers.empty() && cast->type.array_bounds.empty() &&
                           (cast->type.name.name == "text" || cast->type.name.name == "varchar");
      return is_text ? longest(*cast->argument, in_query) : routines::longest(cast->type);
    }
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
      if (const std::optional<size_t> most = longest(*call, in_query)) return most;
    }
    if (in_query) return std::nullopt;
    const auto* variable = std::get_if<ast::ColumnRef>(&expr.node);
    if (variable != nullptr && variable->names == std::vector{checked_.variable}) return checked_.length;
    if (const auto* subquery = std::get_if<ast::Subquery>(&expr.node);
        subquery != nullptr && subquery->kind == ast::Subquery::Kind::scalar) {
      const std::optional<std::vector<Field>> fields = columns_of(conversion_, *subquery->query);
      return fields && fields->size() == 1 ? routines::longest(fields->front().type) : std::nullopt;
    }
    Variable field;  // `r.f`, `(r).f`
    if (variable != nullptr) field.names = variable->names;
    if (const auto* read = std::get_if<ast::Indirection>(&expr.node)) {
      const auto* row = std::get_if<ast::ColumnRef>(&read->argument->node);
      if (row != nullptr && read->steps.size() == 1) field.names = row->names;
      if (row != nullptr && read->steps.size() == 1) field.names.push_back(read->steps[0].field);
    }
    if (field.names.size() == 2) {
      const std::optional<ast::TypeName> its = conversion_.type_of_target(field);
      if (its) return routines::longest(*its);
    }
    const std::optional<ast::TypeName> type = type_of_value(conversion_, expr);
    return type ? routines::longest(*type) : std::nullopt;
  }

  static std::optional<size_t> longest(const ast::Literal& literal) {
    using Kind = ast::Literal::Kind;
    if (literal.kind == Kind::null) return 0;
    if (literal.kind == Kind::boolean) return 5;
    const size_t end = literal.text.find_last_not_of(' ') + 1;  // 0 where there are only blanks
    return count_characters(std::string_view(literal.text).substr(0, end));
  }

  std::optional<size_t> longest(const std::vector<const ast::Expr*>& all, bool in_query) const {
    size_t most = 0;
    for (const ast::Expr* one : all) {
      const std::optional<size_t> length = longest(*one, in_query);
      if (!length) return std::nullopt;
      most = std::max(most, *length);
    }
    return most;
  }

  /// left(x, 3), substring(x, 1, 3), md5(x), upper(x)
  std::optional<size_t> longest(const ast::FunctionCall& call, bool in_query) const {
    constexpr std::string_view shorter[] = {"btrim", "lower", "ltrim", "rtrim", "trim", "upper"};
    const std::string& name = call.name.name;
    const bool is_own = conversion_.routine.catalog.has_function(call.name);
    if (is_own || call.arguments.empty()) return std::nullopt;
    constexpr size_t digest = 32;
    if (name == "md5") return digest;
    if (std::ranges::find(shorter, name) != std::end(shorter)) return longest(call.arguments[0], in_query);
    const bool is_part = ((name == "left" || name == "right") && call.arguments.size() == 2) ||
                         ((name == "substring" || name == "substr") && call.arguments.size() == 3);
    const auto* length = std::get_if<ast::Literal>(&call.arguments.back().node);
    if (!is_part || length == nullptr || length->kind != ast::Literal::Kind::integer) return std::nullopt;
    return number(length->text);
  }

  Conversion& conversion_;
  Checked checked_;                               ///< by the statement before
  std::map<std::string, std::string> variables_;  ///< what holds a text before it is assigned, by its target
};

}  // namespace

void convert_lengths(Conversion& conversion) {
  if (conversion.routine.target.has(Capability::plpgsql_length_checks)) return;
  conversion.read_declarations();
  Lengths(conversion).run();
}

}  // namespace pg2crdb::routines
