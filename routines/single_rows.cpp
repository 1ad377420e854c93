#include "routines/single_rows.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "target/function_volatility.h"
#include "target/functions.h"

namespace pg2crdb::routines {
namespace {

/// `(1, 'a')`, and no second one behind it.
bool is_one_row(const std::string& rows) {
  int depth = 0;
  for (const transform::Token& token : transform::scan(rows).tokens) {
    if (token.is("(")) ++depth;
    if (token.is(")")) --depth;
    if (depth == 0 && token.is(",")) return false;
  }
  return true;
}

bool is_one(const ast::Box<ast::Expr>& limit) {
  const auto* literal = limit ? std::get_if<ast::Literal>(&limit->node) : nullptr;
  return literal != nullptr && (literal->text == "1" || literal->text == "0");
}

bool gives_one_row(const Conversion& conversion, ast::Query& query) {
  if (is_one(query.limit) && !query.limit_with_ties) return true;
  if (query.left) return false;
  if (!query.values.empty()) {
    return query.values.size() == 1 && std::ranges::none_of(query.values[0], [&](ast::Expr& value) {
             return conversion.may_give_rows(value);
           });
  }
  return query.from.empty() && std::ranges::none_of(query.targets, [&](ast::SelectItem& item) {
           return conversion.may_give_rows(*item.expr);
         });
}

/// The columns of a table that a condition compares with values.
class Compared {
 public:
  Compared(const Conversion& conversion, const ast::TableRef& table, const ast::CreateTable& made)
      : conversion_(conversion),
        made_(made),
        name_(table.alias.name.empty() ? table.name.name : table.alias.name) {}

  void read(const ast::Expr& condition) {
    if (const auto* both = std::get_if<ast::BoolExpr>(&condition.node)) {
      if (both->kind != ast::BoolExpr::Kind::conjunction) return;
      for (const ast::Expr& one : both->arguments) read(one);
      return;
    }
    const auto* equal = std::get_if<ast::Operation>(&condition.node);
    if (equal == nullptr || equal->kind != ast::Operation::Kind::op ||
        equal->op != std::vector<std::string>{"="} || !equal->left)
      return;
    add(*equal->left, *equal->right);
    add(*equal->right, *equal->left);
  }

  bool have(const std::vector<std::string>& key) const {
    return std::ranges::all_of(key, [&](const std::string& column) { return columns_.contains(column); });
  }

 private:
  void add(const ast::Expr& column, const ast::Expr& value) {
    const auto* ref = std::get_if<ast::ColumnRef>(&column.node);
    if (ref != nullptr && is_column(*ref) && is_value(value)) columns_.insert(ref->names.back());
  }

  bool is_column(const ast::ColumnRef& ref) const {
    if (ref.star || ref.names.empty() || !has_column(ref.names.back())) return false;
    return ref.names.size() == 1 || (ref.names.size() == 2 && ref.names[0] == name_);
  }

  bool has_column(const std::string& name) const {
    return std::ranges::find(made_.columns, name, &ast::Column::name) != made_.columns.end();
  }

  /// Whether it is the same for all rows: it names none of the table's columns, and calls nothing that may
  /// give another value for each of them.
  bool is_value(const ast::Expr& value) const {
    bool good = true;
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) good = good && !is_volatile(*call);
      const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      if (ref == nullptr || ref->names.empty()) return;
      good = good && !(ref->names.size() == 1 ? has_column(ref->names[0]) : ref->names[0] == name_) &&
             (ref->names.size() < 3 || conversion_.is_declared(ref->names[0]));
    };
    ast::walk(const_cast<ast::Expr&>(value), look);
    return good;
  }

  bool is_volatile(const ast::FunctionCall& call) const {
    const std::vector<ast::Statement*> own = conversion_.routine.catalog.functions(call.name);
    if (own.empty())
      return !is_built_in_function(call.name.name) ||
             built_in_volatility(call.name.name) == Volatility::volatile_;
    return std::ranges::any_of(own, [](const ast::Statement* made) {
      const auto* function = std::get_if<ast::CreateFunction>(&made->node);
      return function == nullptr || function->volatility.empty() || function->volatility == "VOLATILE";
    });
  }

  const Conversion& conversion_;
  const ast::CreateTable& made_;
  const std::string name_;
  std::set<std::string> columns_;
};

bool names_key(const Conversion& conversion, const ast::TableRef& table, const ast::Box<ast::Expr>& where) {
  const ast::CreateTable* made = conversion.table(table.name);
  const auto* keys = conversion.routine.unique_keys;
  if (made == nullptr || keys == nullptr || !where) return false;
  const auto found = keys->find(made->name.object);
  if (found == keys->end()) return false;
  Compared compared(conversion, table, *made);
  compared.read(*where);
  return std::ranges::any_of(found->second, [&](const auto& key) { return compared.have(key); });
}

}  // namespace

bool changes_one_row(const Conversion& conversion, ast::StatementNode& statement) {
  if (auto* insert = std::get_if<ast::Insert>(&statement))
    return insert->query ? gives_one_row(conversion, *insert->query) : is_one_row(insert->rows);
  if (const auto* update = std::get_if<ast::Update>(&statement))
    return !update->current_of.empty() ||
           (update->from.empty() && names_key(conversion, update->table, update->where));
  const auto* change = std::get_if<ast::Delete>(&statement);
  return change != nullptr &&
         (!change->current_of.empty() ||
          (change->using_.empty() && names_key(conversion, change->table, change->where)));
}

}  // namespace pg2crdb::routines
