#include "bind/order_readers.h"

#include <algorithm>
#include <string_view>

#include "ast/walk.h"

namespace pg2crdb::bind {
namespace {

bool reads(const ast::TableRef& table, const std::string& common_table) {
  return table.name.schema.empty() && table.name.name == common_table;
}

size_t count_reads(const ast::FromItem& item, const std::string& common_table) {
  if (const auto* table = std::get_if<ast::TableRef>(&item.node)) return reads(*table, common_table) ? 1 : 0;
  const auto* join = std::get_if<ast::Join>(&item.node);
  if (join == nullptr) return 0;
  return (join->left ? count_reads(*join->left, common_table) : 0) +
         (join->right ? count_reads(*join->right, common_table) : 0);
}

bool takes_all(const ast::Query& query) {
  return !query.limit && !query.offset && query.distinct_on.empty() && query.group_by.empty();
}

/// Aggregates of which any order of the rows makes the same, and what is computed of them alone.
bool is_count(const ast::Expr& expr) {
  constexpr std::string_view counting[] = {"count", "bool_and", "bool_or", "every", "min", "max"};
  if (std::holds_alternative<ast::Literal>(expr.node)) return true;
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return is_count(*cast->argument);
  if (const auto* coalesce = std::get_if<ast::Coalesce>(&expr.node))
    return std::ranges::all_of(coalesce->arguments, is_count);
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node))
    return (!operation->left || is_count(*operation->left)) &&
           (!operation->right || is_count(*operation->right));
  const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  return call != nullptr && std::ranges::find(counting, call->name.name) != std::end(counting) &&
         !(call->modifiers && call->modifiers->over);
}

bool only_counts(const ast::Query& query) {
  return takes_all(query) && !query.targets.empty() &&
         std::ranges::all_of(query.targets, [](const ast::SelectItem& item) { return is_count(*item.expr); });
}

bool only_shows(const ast::Query& query) {
  return takes_all(query) && std::ranges::all_of(query.targets, [](const ast::SelectItem& item) {
           return std::holds_alternative<ast::ColumnRef>(item.expr->node) ||
                  std::holds_alternative<ast::Literal>(item.expr->node);
         });
}

template <class Node>
bool may_show(const std::string& common_table, Node& node) {
  size_t all = 0, in_no_order = 0;
  const auto count = [&](const ast::Query& query) {
    for (const ast::FromItem& item : query.from) in_no_order += count_reads(item, common_table);
  };
  ast::Visitor visitor;
  visitor.table_ref = [&](ast::TableRef& table) { all += reads(table, common_table) ? 1 : 0; };
  visitor.query = [&](ast::Query& query) {
    if (only_counts(query)) count(query);
  };
  visitor.expr = [&](ast::Expr& expr) {
    using Kind = ast::Subquery::Kind;
    const auto* subquery = std::get_if<ast::Subquery>(&expr.node);
    const bool is_set =
        subquery != nullptr && subquery->kind != Kind::scalar && subquery->kind != Kind::array;
    if (is_set && only_shows(*subquery->query)) count(*subquery->query);
  };
  ast::walk(node, visitor);
  return all > in_no_order;
}

}  // namespace

bool order_may_show(const std::string& common_table, ast::Query& query) {
  return may_show(common_table, query);
}

bool order_may_show(const std::string& common_table, ast::StatementNode statement) {
  return may_show(common_table, statement);
}

}  // namespace pg2crdb::bind
