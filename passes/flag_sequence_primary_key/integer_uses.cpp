#include "passes/flag_sequence_primary_key/integer_uses.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "ast/describe.h"
#include "bind/expression_types.h"
#include "bind/own_aggregates.h"

namespace pg2crdb {
namespace {

constexpr std::string_view numbers[] = {"int2", "int4", "int8", "numeric", "float4", "float8", "oid"};
constexpr std::string_view of_numbers[] = {
    "abs", "avg",   "ceil",  "chr",  "div",  "floor", "generate_series", "ln",    "log",
    "mod", "power", "round", "sign", "sqrt", "sum",   "to_char",         "to_hex"};

template <class List>
bool is_in(std::string_view name, const List& list) {
  return std::ranges::find(list, name) != std::end(list);
}

class IntegerUses {
 public:
  IntegerUses(PassContext& context, const FindingKind& rule, const std::set<ast::ObjectId>& keys)
      : context_(context),
        rule_(rule),
        keys_(keys),
        types_(context.script, context.catalog, context.options.in_order) {}

  void run() {
    bind::ExpressionTypes::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      if (is_of_integer(expr)) tell(expr.offset, "compares or computes with a key that becomes a UUID");
    };
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      statement_ = &statement;
      types_.enter(statement);
      types_.walk(statement.node, visitor);
      if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node)) body(*function);
    }
  }

 private:
  bool is_uuid(const ast::Expr& expr) {
    const ast::TypeName type = types_.of(expr);
    return type.name.name == "uuid" && type.array_bounds.empty();
  }

  /// Or something written that is no UUID, which has 36 characters.
  bool is_number(const ast::Expr& expr) {
    const auto* literal = std::get_if<ast::Literal>(&expr.node);
    if (literal != nullptr) {
      const bool may_be_uuid = literal->kind == ast::Literal::Kind::string && literal->text.size() == 36;
      return literal->kind != ast::Literal::Kind::null && !may_be_uuid;
    }
    if (const auto* list = std::get_if<ast::ExprList>(&expr.node))
      return std::ranges::any_of(list->items, [&](const ast::Expr& one) { return is_number(one); });
    return is_in(types_.of(expr).name.name, numbers);
  }

  bool is_of_integer(const ast::Expr& expr) {
    if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
      if (!operation->left || !operation->right) return false;
      const ast::Expr &left = *operation->left, &right = *operation->right;
      return (is_uuid(left) && is_number(right)) || (is_uuid(right) && is_number(left));
    }
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node))
      return is_in(cast->type.name.name, numbers) && is_uuid(*cast->argument);
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    if (call == nullptr) return false;
    const std::vector<ast::Statement*> own = context_.catalog.functions(call->name);
    for (size_t i = 0; i < call->arguments.size(); ++i) {
      if (!is_uuid(call->arguments[i])) continue;
      const bool takes_number = std::ranges::any_of(own, [&](const ast::Statement* statement) {
        const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
        return function != nullptr && i < function->parameters.size() &&
               is_in(function->parameters[i].type.name.name, numbers);
      });
      if (takes_number || (own.empty() && is_in(call->name.name, of_numbers))) return true;
    }
    return false;
  }

  void body(const ast::CreateFunction& function) {
    if (!function.statements.empty() || function.body.empty()) return;
    for (const ast::ObjectId key : keys_) {
      const ast::Object& column = context_.script.objects[key];
      const bool is_read = is_in_text(column.parent) && bind::names(function.body.front(), column.name.name);
      if (is_read)
        return tell(-1, "names `" + column.name.name + "` of `" +
                            to_string(context_.script.objects[column.parent].name) +
                            "`, which becomes a UUID");
    }
  }

  bool is_in_text(ast::ObjectId object) const {
    return std::ranges::find(statement_->text_objects, object) != statement_->text_objects.end();
  }

  void tell(int32_t offset, const std::string& what) {
    const std::string object = ast::statement_object(statement_->node);
    context_.report(rule_, *statement_, object,
                    std::string(ast::statement_kind(statement_->node)) + " `" + object + "` " + what, offset);
  }

  PassContext& context_;
  const FindingKind& rule_;
  const std::set<ast::ObjectId>& keys_;
  bind::ExpressionTypes types_;
  ast::Statement* statement_ = nullptr;
};

}  // namespace

void tell_integer_uses(PassContext& context, const FindingKind& rule, const std::set<ast::ObjectId>& keys) {
  IntegerUses(context, rule, keys).run();
}

}  // namespace pg2crdb
