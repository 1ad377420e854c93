#include "parser/transform.h"
#include "support/ascii.h"

namespace pg2crdb::transform {

bool method_is_written(const Context& context, int32_t begin) {
  if (begin < 0) return true;
  bool quoted = false;
  std::string word;
  for (const char c : context.sql.substr(static_cast<size_t>(begin + context.prefix))) {
    if (c == '"') quoted = !quoted;
    if (!quoted && in_name(c)) {
      word.push_back(lower(c));
      continue;
    }
    if (word == "using") return true;
    word.clear();
    if (!quoted && c == '(') return false;
  }
  return false;
}

ast::IndexElement index_element(Context& context, const IndexElem& node) {
  reads_only(node, node.name, node.expr, node.collation, node.opclass, node.opclassopts, node.ordering,
             node.nulls_ordering);
  ast::IndexElement result;
  result.column = text(node.name);
  result.expr = expression_if(context, node.expr);
  result.collation = qualified_name(node.collation);
  result.operator_class = qualified_name(node.opclass);
  result.operator_class_options = options(node.opclassopts);
  result.order = sort_order(node.ordering);
  result.nulls = nulls_order(node.nulls_ordering);
  return result;
}

ast::StatementNode create_index(Context& context, const IndexStmt& node) {
  reads_only(node, node.idxname, node.relation, node.accessMethod, node.tableSpace, node.indexParams,
             node.indexIncludingParams, node.options, node.whereClause, node.unique, node.nulls_not_distinct,
             node.concurrent, node.if_not_exists);
  ast::CreateIndex result;
  Relation table = relation(context, *node.relation);
  result.name = text(node.idxname);
  result.table = std::move(table.name);
  result.only = table.only;
  if (method_is_written(context, table.offset)) result.method = text(node.accessMethod);
  result.tablespace = text(node.tableSpace);
  for (const IndexElem& one : Nodes<IndexElem>(node.indexParams)) {
    result.elements.push_back(index_element(context, one));
  }
  for (const IndexElem& one : Nodes<IndexElem>(node.indexIncludingParams)) {
    reads_only(one, one.name);
    result.including.emplace_back(text(one.name));
  }
  result.options = options(node.options);
  result.where = expression_if(context, node.whereClause);
  result.unique = node.unique;
  result.nulls_not_distinct = node.nulls_not_distinct;
  result.concurrently = node.concurrent;
  result.if_not_exists = node.if_not_exists;
  return result;
}

}  // namespace pg2crdb::transform
