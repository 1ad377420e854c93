// Literals of dates and times in definitions: PostgreSQL reads them once, under the settings of the session
// that makes them; the output's sessions have their own.
#include "ast/describe.h"
#include "ast/walk.h"
#include "bind/history.h"

namespace pg2crdb::bind {
namespace {

using Exprs = std::vector<const ast::Expr*>;

void add_all(const std::vector<ast::Expr>& from, Exprs& to) {
  for (const ast::Expr& one : from) to.push_back(&one);
}

/// Expressions inside that PostgreSQL brings to one type; empty where there are none.
Exprs of_one_type(const ast::Expr& expr) {
  Exprs all;
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    for (const ast::Box<ast::Expr>* side : {&operation->left, &operation->right}) {
      if (!*side) continue;
      const auto* list = std::get_if<ast::ExprList>(&(*side)->node);
      if (list != nullptr) {
        add_all(list->items, all);
      } else {
        all.push_back(&**side);
      }
    }
  } else if (const auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) {
    add_all(coalesce->arguments, all);
  } else if (const auto* most = std::get_if<ast::MinMax>(&expr.node)) {
    add_all(most->arguments, all);
  } else if (const auto* choice = std::get_if<ast::Case>(&expr.node)) {
    for (const ast::CaseWhen& when : choice->whens) all.push_back(&*when.result);
    if (choice->otherwise) all.push_back(&*choice->otherwise);
  }
  return all;
}

/// What is made once, with the literals that stand in it.
bool is_definition(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateTable>(node) || std::holds_alternative<ast::AlterTable>(node) ||
         std::holds_alternative<ast::CreateIndex>(node) || std::holds_alternative<ast::CreateView>(node) ||
         std::holds_alternative<ast::CreateTableAs>(node) ||
         std::holds_alternative<ast::CreateDomain>(node) ||
         std::holds_alternative<ast::CreateTrigger>(node) ||
         std::holds_alternative<ast::CreatePolicy>(node) || std::holds_alternative<ast::CreateFunction>(node);
}

}  // namespace

void History::tell_misread(ast::Statement& statement) {
  if (!is_definition(statement.node) || binder_.session().reads_otherwise().empty()) return;
  const std::string name = ast::statement_object(statement.node);
  const auto look = [&](const ast::Expr& expr, const ast::TypeName& type) {
    const auto* literal = std::get_if<ast::Literal>(&expr.node);
    if (literal == nullptr || literal->kind != ast::Literal::Kind::string) return;
    const std::string setting = binder_.session().misreads(type.name.name, literal->text);
    if (setting.empty()) return;
    report(literal_of_settings, statement, name,
           "`" + literal->text + "` in `" + name + "` is read under `" + setting + "`");
  };
  const auto look_at_default = [&](const ast::Box<ast::Expr>& value, const ast::TypeName& type) {
    if (value) look(*value, type);
  };
  if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
    for (const ast::Column& column : create->columns) look_at_default(column.default_value, column.type);
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* set = std::get_if<ast::SetDefault>(&command);
      const ast::Column* column = set == nullptr ? nullptr : column_of(alter->name.object, set->column);
      if (column != nullptr) look_at_default(set->value, column->type);
      if (const auto* add = std::get_if<ast::AddColumn>(&command))
        look_at_default(add->column.default_value, add->column.type);
    }
  } else if (const auto* domain = std::get_if<ast::CreateDomain>(&statement.node)) {
    look_at_default(domain->default_value, domain->type);
  } else if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
    for (const ast::FunctionParameter& parameter : function->parameters)
      look_at_default(parameter.default_value, parameter.type);
  }
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return look(*cast->argument, cast->type);
    const Exprs all = of_one_type(expr);
    for (const ast::Expr* one : all) {
      const ast::TypeName type = binder_.type_of(*one);
      for (const ast::Expr* other : all) look(*other, type);
    }
  };
  walk(statement.node, visitor);
}

}  // namespace pg2crdb::bind
