#include <list>
#include <utility>

#include "parser/transform.h"

namespace pg2crdb::transform {

ast::StatementNode create_view(Context& context, const ViewStmt& node) {
  reads_only(node, node.view, node.aliases, node.query, node.replace, node.options, node.withCheckOption);
  ast::CreateView result;
  Relation view = relation(context, *node.view);
  result.name = std::move(view.name);
  result.persistence = view.persistence;
  result.columns = string_nodes(node.aliases);
  result.query = query(context, node.query);
  result.or_replace = node.replace;
  result.options = options(node.options);
  if (node.withCheckOption == LOCAL_CHECK_OPTION) result.check_option = "LOCAL";
  if (node.withCheckOption == CASCADED_CHECK_OPTION) result.check_option = "CASCADED";
  return result;
}

namespace {

ast::CreateTableAs made_by_query(Context& context, const IntoClause& into, const void* select) {
  reads_only(into, into.rel, into.colNames, into.accessMethod, into.options, into.tableSpaceName,
             into.skipData, into.onCommit);
  if (into.rel == nullptr || !keeps_rows(into.onCommit)) throw Unmodelled{};
  ast::CreateTableAs result;
  Relation table = relation(context, *into.rel);
  result.persistence = table.persistence;
  result.name = std::move(table.name);
  result.columns = string_nodes(into.colNames);
  result.access_method = text(into.accessMethod);
  result.options = options(into.options);
  result.tablespace = text(into.tableSpaceName);
  result.with_data = !into.skipData;
  result.query = query(context, select);
  return result;
}

}  // namespace

ast::StatementNode create_table_as(Context& context, const CreateTableAsStmt& node) {
  reads_only(node, node.query, node.into, node.objtype, node.if_not_exists);
  ast::CreateTableAs result = made_by_query(context, node_as<IntoClause>(node.into), node.query);
  result.materialized_view = node.objtype == OBJECT_MATVIEW;
  result.if_not_exists = node.if_not_exists;
  return result;
}

ast::StatementNode select(Context& context, const SelectStmt& node) {
  // Of several that UNION joins the first one has the INTO.
  std::list<SelectStmt> plain{node};
  while (plain.back().larg != nullptr) {
    SelectStmt& outer = plain.back();
    outer.larg = &plain.emplace_back(*outer.larg);
  }
  const IntoClause* into = std::exchange(plain.back().intoClause, nullptr);
  if (into == nullptr) return ast::SelectStatement{query(context, &node)};
  ast::CreateTableAs result = made_by_query(context, *into, &plain.front());
  result.materialized_view = false;
  return result;
}

ast::StatementNode refresh_materialized_view(const RefreshMatViewStmt& node) {
  reads_only(node, node.concurrent, node.skipData, node.relation);
  ast::RefreshMaterializedView result;
  result.concurrently = node.concurrent;
  result.with_data = !node.skipData;
  result.name = relation_name(node.relation);
  return result;
}

}  // namespace pg2crdb::transform
