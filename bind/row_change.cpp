#include "bind/row_change.h"

#include "parser/parser.h"
#include "rows/insert.h"

namespace pg2crdb::bind {
namespace {

bool has_only_literals(const std::string& insert) {
  InsertReader reader(insert);
  if (!reader.plain_head()) return false;
  std::vector<Field> fields;
  while (reader.next(fields)) continue;
  return !reader.failed();
}

}  // namespace

bool is_row_change(const ast::StatementNode& node) {
  const auto* opaque = std::get_if<ast::Opaque>(&node);
  return opaque != nullptr &&
         (opaque->kind == "INSERT" || opaque->kind == "UPDATE" || opaque->kind == "DELETE");
}

ast::StatementId add_queries(ast::Script& script, const ast::Statement& change) {
  const auto first = static_cast<ast::StatementId>(script.statements.size());
  const std::string& text = std::get<ast::Opaque>(change.node).text;
  if (has_only_literals(text)) return first;
  for (ast::Query& query : computed_by(text)) {
    ast::Statement& added =
        script.add(ast::SelectStatement{std::move(query)}, change.span, ast::Phase::post_data);
    added.line = change.line;
    added.merged_into = change.id;
  }
  return first;
}

std::vector<ast::Query> queries_of(const std::string& text) {
  return computed_by(text);
}

namespace {

bool never_holds(const ast::Expr& expr) {
  if (const auto* literal = std::get_if<ast::Literal>(&expr.node))
    return literal->kind == ast::Literal::Kind::boolean && literal->text == "false";
  const auto* equal = std::get_if<ast::Operation>(&expr.node);
  if (equal == nullptr || equal->kind != ast::Operation::Kind::op ||
      equal->op != std::vector<std::string>{"="} || !equal->left || !equal->right)
    return false;
  const auto* left = std::get_if<ast::Literal>(&equal->left->node);
  const auto* right = std::get_if<ast::Literal>(&equal->right->node);
  return left != nullptr && right != nullptr && left->kind == ast::Literal::Kind::integer &&
         right->kind == ast::Literal::Kind::integer && left->text.size() == 1 && right->text.size() == 1 &&
         left->text != right->text;
}

}  // namespace

bool changes_no_rows(const ast::Opaque& opaque) {
  if (opaque.kind != "UPDATE" && opaque.kind != "DELETE") return false;
  const std::vector<ast::Query> queries = computed_by(opaque.text);
  return queries.size() == 1 && queries[0].with.empty() && queries[0].where && never_holds(*queries[0].where);
}

ast::Statement* row_change_of(ast::Script& script, const ast::Statement& query) {
  const bool is_query = std::holds_alternative<ast::SelectStatement>(query.node);
  if (!is_query || query.merged_into >= script.statements.size()) return nullptr;
  ast::Statement& change = script.statements[query.merged_into];
  return is_row_change(change.node) ? &change : nullptr;
}

}  // namespace pg2crdb::bind
