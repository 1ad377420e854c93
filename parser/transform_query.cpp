#include "parser/parser.h"
#include "parser/pg_tree.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

ast::ColumnDefinition column_definition(Context& context, const ColumnDef& node) {
  reads_only(node, node.colname, node.typeName, node.collClause, node.is_local, node.location);
  ast::ColumnDefinition result;
  result.name = text(node.colname);
  result.type = type_name(context, node_as<TypeName>(node.typeName));
  result.collation = collation_name(node.collClause);
  return result;
}

std::vector<ast::ColumnDefinition> column_definitions(Context& context, const List* list) {
  std::vector<ast::ColumnDefinition> result;
  for (const ColumnDef& node : Nodes<ColumnDef>(list)) result.push_back(column_definition(context, node));
  return result;
}

ast::SubqueryRef subquery_ref(Context& context, const RangeSubselect& node) {
  reads_only(node, node.lateral, node.subquery, node.alias);
  ast::SubqueryRef result;
  result.lateral = node.lateral;
  result.query = query(context, node.subquery);
  result.alias = alias(node.alias);
  return result;
}

/// A list of two: the call and its column definitions, which may be missing.
ast::FunctionRef::Function function(Context& context, const List& pair) {
  const Nodes<Node> parts(&pair);
  if (parts.size() != 2) throw Unmodelled{};
  ast::FunctionRef::Function result;
  result.call = expression(context, parts[0]);
  if (parts[1] != nullptr) result.columns = column_definitions(context, &node_as<List>(parts[1]));
  return result;
}

ast::FunctionRef function_ref(Context& context, const RangeFunction& node) {
  reads_only(node, node.lateral, node.ordinality, node.is_rowsfrom, node.functions, node.alias,
             node.coldeflist);
  ast::FunctionRef result;
  result.lateral = node.lateral;
  result.ordinality = node.ordinality;
  result.rows_from = node.is_rowsfrom;
  for (const List& pair : Nodes<List>(node.functions)) result.functions.push_back(function(context, pair));
  result.alias = alias(node.alias);
  result.columns = column_definitions(context, node.coldeflist);
  return result;
}

ast::Join::Kind join_kind(const JoinExpr& node) {
  switch (node.jointype) {
    case JOIN_INNER: {
      const bool cross = !node.isNatural && node.quals == nullptr && node.usingClause == nullptr;
      return cross ? ast::Join::Kind::cross : ast::Join::Kind::inner;
    }
    case JOIN_LEFT:
      return ast::Join::Kind::left;
    case JOIN_RIGHT:
      return ast::Join::Kind::right;
    case JOIN_FULL:
      return ast::Join::Kind::full;
    default:
      throw Unmodelled{};
  }
}

ast::Join join(Context& context, const JoinExpr& node) {
  reads_only(node, node.jointype, node.isNatural, node.larg, node.rarg, node.usingClause,
             node.join_using_alias, node.quals, node.alias);
  ast::Join result;
  result.kind = join_kind(node);
  result.natural = node.isNatural;
  result.left = from_item(context, node.larg);
  result.right = from_item(context, node.rarg);
  result.using_columns = string_nodes(node.usingClause);
  result.using_alias = alias(node.join_using_alias).name;
  result.on = expression_if(context, node.quals);
  result.alias = alias(node.alias);
  return result;
}

}  // namespace

ast::FromItem from_item(Context& context, const Node* node) {
  const Level level(context);
  ast::FromItem result;
  switch (tag_of(node)) {
    case T_RangeVar: {
      Relation table = relation(context, node_as<RangeVar>(node));
      result.offset = table.offset;
      result.node = ast::TableRef{std::move(table.name), table.only, std::move(table.alias)};
      break;
    }
    case T_RangeSubselect:
      result.node = subquery_ref(context, node_as<RangeSubselect>(node));
      break;
    case T_RangeFunction:
      result.node = function_ref(context, node_as<RangeFunction>(node));
      break;
    case T_JoinExpr:
      result.node = join(context, node_as<JoinExpr>(node));
      break;
    default:
      throw Unmodelled{};
  }
  return result;
}

std::vector<ast::FromItem> from_items(Context& context, const List* list) {
  std::vector<ast::FromItem> result;
  for (const Node* item : Nodes<Node>(list)) result.push_back(from_item(context, item));
  return result;
}

ast::SelectItem select_item(Context& context, const ResTarget& node) {
  reads_only(node, node.name, node.val, node.location);
  ast::SelectItem result;
  result.alias = text(node.name);
  result.expr = expression(context, node.val);
  return result;
}

namespace {

ast::CommonTable::Materialized materialized(CTEMaterialize materialize) {
  using enum ast::CommonTable::Materialized;
  switch (materialize) {
    case CTEMaterializeAlways:
      return always;
    case CTEMaterializeNever:
      return never;
    default:
      return {};
  }
}

ast::CommonTable common_table(Context& context, const CommonTableExpr& node) {
  reads_only(node, node.ctename, node.aliascolnames, node.ctematerialized, node.ctequery, node.location);
  ast::CommonTable result;
  result.name = text(node.ctename);
  result.columns = string_nodes(node.aliascolnames);
  result.materialized = materialized(node.ctematerialized);
  if (context.changes_rows && node_if<SelectStmt>(node.ctequery) == nullptr) {
    result.change = row_statement(context, node.ctequery);
  } else {
    result.query = query(context, node.ctequery);
  }
  return result;
}

}  // namespace

std::vector<ast::CommonTable> common_tables(Context& context, const WithClause* node) {
  std::vector<ast::CommonTable> result;
  if (node == nullptr) return result;
  reads_only(*node, node->ctes, node->recursive, node->location);
  for (const CommonTableExpr& table : Nodes<CommonTableExpr>(node->ctes))
    result.push_back(common_table(context, table));
  return result;
}

namespace {

std::string_view locking_strength(LockClauseStrength strength) {
  switch (strength) {
    case LCS_FORKEYSHARE:
      return "KEY SHARE";
    case LCS_FORSHARE:
      return "SHARE";
    case LCS_FORNOKEYUPDATE:
      return "NO KEY UPDATE";
    case LCS_FORUPDATE:
      return "UPDATE";
    default:
      throw Unmodelled{};
  }
}

ast::Locking locking(const LockingClause& node) {
  reads_only(node, node.lockedRels, node.strength, node.waitPolicy);
  ast::Locking result;
  for (const RangeVar& table : Nodes<RangeVar>(node.lockedRels))
    result.tables.push_back(relation_name(&table));
  result.strength = locking_strength(node.strength);
  if (node.waitPolicy == LockWaitSkip) result.wait = "SKIP LOCKED";
  if (node.waitPolicy == LockWaitError) result.wait = "NOWAIT";
  return result;
}

ast::Query::SetOperation set_operation(SetOperation operation) {
  using enum ast::Query::SetOperation;
  switch (operation) {
    case SETOP_NONE:
      return none;
    case SETOP_UNION:
      return union_;
    case SETOP_INTERSECT:
      return intersect;
    case SETOP_EXCEPT:
      return except;
  }
  throw Unmodelled{};
}

}  // namespace

ast::SortOrder sort_order(SortByDir direction) {
  switch (direction) {
    case SORTBY_ASC:
      return ast::SortOrder::ascending;
    case SORTBY_DESC:
      return ast::SortOrder::descending;
    default:
      return ast::SortOrder::unspecified;
  }
}

ast::NullsOrder nulls_order(SortByNulls nulls) {
  switch (nulls) {
    case SORTBY_NULLS_FIRST:
      return ast::NullsOrder::first;
    case SORTBY_NULLS_LAST:
      return ast::NullsOrder::last;
    default:
      return ast::NullsOrder::unspecified;
  }
}

std::vector<ast::SortItem> sort_items(Context& context, const List* list) {
  std::vector<ast::SortItem> result;
  for (const SortBy& node : Nodes<SortBy>(list)) {
    reads_only(node, node.node, node.sortby_dir, node.sortby_nulls, node.useOp, node.location);
    result.push_back({expression(context, node.node), sort_order(node.sortby_dir),
                      nulls_order(node.sortby_nulls), string_nodes(node.useOp)});
  }
  return result;
}

ast::Window window(Context& context, const WindowDef& node) {
  reads_only(node, node.name, node.refname, node.partitionClause, node.orderClause, node.frameOptions,
             node.startOffset, node.endOffset, node.location);
  ast::Window result;
  result.name = text(node.name);
  result.references = text(node.refname);
  result.partition_by = expressions(context, node.partitionClause);
  result.order_by = sort_items(context, node.orderClause);
  result.frame_options = node.frameOptions;
  result.start_offset = expression_if(context, node.startOffset);
  result.end_offset = expression_if(context, node.endOffset);
  return result;
}

std::optional<ast::Expr> only_expression(ast::Query& query) {
  const bool says_more = query.targets.size() != 1 || !query.targets[0].alias.empty() ||
                         !query.with.empty() || query.left || query.distinct || !query.from.empty() ||
                         query.where || !query.group_by.empty() || query.having || !query.windows.empty() ||
                         !query.order_by.empty() || query.limit || query.offset || !query.locking.empty();
  if (says_more) return std::nullopt;
  return std::move(*query.targets[0].expr);
}

ast::Query query(Context& context, const void* select) {
  const Level level(context);
  const SelectStmt& node = node_as<SelectStmt>(select);
  reads_only(node, node.distinctClause, node.targetList, node.fromClause, node.whereClause, node.groupClause,
             node.groupDistinct, node.havingClause, node.windowClause, node.valuesLists, node.sortClause,
             node.limitOffset, node.limitCount, node.limitOption, node.lockingClause, node.withClause,
             node.op, node.all, node.larg, node.rarg);
  ast::Query result;
  result.with = common_tables(context, node.withClause);
  result.recursive = node.withClause != nullptr && node.withClause->recursive;
  result.distinct = node.distinctClause != nullptr;
  for (const Node* on : Nodes<Node>(node.distinctClause)) {
    if (on != nullptr) result.distinct_on.push_back(expression(context, on));  // missing: DISTINCT without ON
  }
  const Nodes<ResTarget> targets(node.targetList);
  result.targets.reserve(targets.size());
  for (const ResTarget& target : targets) result.targets.push_back(select_item(context, target));
  result.from = from_items(context, node.fromClause);
  result.where = expression_if(context, node.whereClause);
  result.group_by = expressions(context, node.groupClause);
  result.group_distinct = node.groupDistinct;
  result.having = expression_if(context, node.havingClause);
  for (const WindowDef& one : Nodes<WindowDef>(node.windowClause))
    result.windows.push_back(window(context, one));
  for (const List& row : Nodes<List>(node.valuesLists)) result.values.push_back(expressions(context, &row));
  result.order_by = sort_items(context, node.sortClause);
  result.offset = expression_if(context, node.limitOffset);
  result.limit = expression_if(context, node.limitCount);
  result.limit_with_ties = node.limitOption == LIMIT_OPTION_WITH_TIES;
  for (const LockingClause& one : Nodes<LockingClause>(node.lockingClause))
    result.locking.push_back(locking(one));
  result.set_operation = set_operation(node.op);
  result.set_all = node.all;
  if (node.larg != nullptr) result.left = query(context, node.larg);
  if (node.rarg != nullptr) result.right = query(context, node.rarg);
  return result;
}

}  // namespace pg2crdb::transform
