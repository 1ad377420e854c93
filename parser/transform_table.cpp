#include <utility>

#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

ast::LikeClause like_clause(const TableLikeClause& node) {
  static constexpr std::pair<int, const char*> names[] = {
      {CREATE_TABLE_LIKE_COMMENTS, "COMMENTS"},       {CREATE_TABLE_LIKE_COMPRESSION, "COMPRESSION"},
      {CREATE_TABLE_LIKE_CONSTRAINTS, "CONSTRAINTS"}, {CREATE_TABLE_LIKE_DEFAULTS, "DEFAULTS"},
      {CREATE_TABLE_LIKE_GENERATED, "GENERATED"},     {CREATE_TABLE_LIKE_IDENTITY, "IDENTITY"},
      {CREATE_TABLE_LIKE_INDEXES, "INDEXES"},         {CREATE_TABLE_LIKE_STATISTICS, "STATISTICS"},
      {CREATE_TABLE_LIKE_STORAGE, "STORAGE"}};
  reads_only(node, node.relation, node.options);
  ast::LikeClause result;
  result.table = relation_name(node.relation);
  if (node.options == CREATE_TABLE_LIKE_ALL) {
    result.including.push_back("ALL");
    return result;
  }
  for (const auto& [bit, name] : names) {
    if (node.options & static_cast<bits32>(bit)) result.including.push_back(name);
  }
  return result;
}

}  // namespace

ast::Name collation_name(const CollateClause* node) {
  if (node == nullptr) return {};
  reads_only(*node, node->collname, node->location);
  return qualified_name(node->collname);
}

ast::Column column(Context& context, const ColumnDef& node) {
#if PG_VERSION_NUM >= 160000
  reads_only(node, node.colname, node.typeName, node.compression, node.storage_name, node.raw_default,
             node.collClause, node.constraints, node.is_local, node.location);
#else
  reads_only(node, node.colname, node.typeName, node.compression, node.raw_default, node.collClause,
             node.constraints, node.is_local, node.location);
#endif
  ast::Column result;
  result.name = text(node.colname);
  if (node.typeName != nullptr) result.type = type_name(context, *node.typeName);
  result.compression = text(node.compression);
#if PG_VERSION_NUM >= 160000
  result.storage = upper(text(node.storage_name));
#endif
  result.default_value = expression_if(context, node.raw_default);
  result.collation = collation_name(node.collClause);
  for (const Constraint& one : Nodes<Constraint>(node.constraints))
    add_column_constraint(context, result, one);
  result.offset = offset(context, node.location);
  return result;
}

ast::StatementNode create_table(Context& context, const CreateStmt& node) {
  reads_only(node, node.relation, node.tableElts, node.inhRelations, node.partbound, node.partspec,
             node.ofTypename, node.options, node.tablespacename, node.accessMethod, node.if_not_exists,
             node.oncommit);
  if (!keeps_rows(node.oncommit)) throw Unmodelled{};
  ast::CreateTable result;
  Relation table = relation(context, *node.relation);
  result.name = std::move(table.name);
  result.persistence = table.persistence;
  const Nodes<Node> elements(node.tableElts);
  result.columns.reserve(elements.size());
  for (const Node* element : elements) {
    if (const auto* like = node_if<TableLikeClause>(element)) {
      result.likes.push_back(like_clause(*like));
      result.likes.back().columns_before = static_cast<int32_t>(result.columns.size());
    } else if (const auto* one = node_if<Constraint>(element)) {
      result.constraints.push_back(constraint(context, *one));
    } else {
      result.columns.push_back(column(context, node_as<ColumnDef>(element)));
    }
  }
  std::vector<ast::Name> parents;
  for (const RangeVar& parent : Nodes<RangeVar>(node.inhRelations)) parents.push_back(relation_name(&parent));
  if (node.partbound != nullptr) {
    if (parents.size() != 1) throw Unmodelled{};
    result.bound = partition_bound(context, *node.partbound);
    result.partition_of = std::move(parents[0]);
  } else {
    result.inherits = std::move(parents);
  }
  if (node.partspec != nullptr) result.partition_by = partition_by(context, *node.partspec);
  if (node.ofTypename != nullptr) result.of_type = type_name(context, *node.ofTypename);
  result.options = options(node.options);
  std::erase_if(result.options, [&](const ast::Option& option) {
    if (option.name != "oids") return false;
    result.with_oids = option.value != "false" && option.value != "off" && option.value != "0";
    return true;
  });
  result.tablespace = text(node.tablespacename);
  result.access_method = text(node.accessMethod);
  result.if_not_exists = node.if_not_exists;
  return result;
}

}  // namespace pg2crdb::transform
