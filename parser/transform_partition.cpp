#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

ast::IndexElement key_element(Context& context, const PartitionElem& node) {
  reads_only(node, node.name, node.expr, node.collation, node.opclass, node.location);
  ast::IndexElement result;
  result.column = text(node.name);
  result.expr = expression_if(context, node.expr);
  result.collation = qualified_name(node.collation);
  result.operator_class = qualified_name(node.opclass);
  return result;
}

#if PG_VERSION_NUM >= 160000
std::string_view strategy_word(PartitionStrategy strategy) {
  switch (strategy) {
    case PARTITION_STRATEGY_RANGE:
      return "RANGE";
    case PARTITION_STRATEGY_LIST:
      return "LIST";
    case PARTITION_STRATEGY_HASH:
      return "HASH";
  }
  throw Unmodelled{};
}
#else
std::string_view strategy_word(std::string_view strategy) {
  if (strategy == "range") return "RANGE";
  if (strategy == "list") return "LIST";
  if (strategy == "hash") return "HASH";
  throw Unmodelled{};
}
#endif

ast::PartitionBound::Kind bound_kind(const PartitionBoundSpec& node) {
  using enum ast::PartitionBound::Kind;
  if (node.is_default) return default_;
  switch (node.strategy) {
    case PARTITION_STRATEGY_RANGE:
      return range;
    case PARTITION_STRATEGY_LIST:
      return list;
    case PARTITION_STRATEGY_HASH:
      return hash;
    default:
      throw Unmodelled{};
  }
}

}  // namespace

ast::PartitionBy partition_by(Context& context, const PartitionSpec& node) {
  reads_only(node, node.strategy, node.partParams, node.location);
  ast::PartitionBy result;
  result.strategy = strategy_word(node.strategy);
  for (const PartitionElem& one : Nodes<PartitionElem>(node.partParams)) {
    result.key.push_back(key_element(context, one));
  }
  return result;
}

ast::PartitionBound partition_bound(Context& context, const PartitionBoundSpec& node) {
  reads_only(node, node.strategy, node.is_default, node.modulus, node.remainder, node.listdatums,
             node.lowerdatums, node.upperdatums, node.location);
  ast::PartitionBound result;
  result.kind = bound_kind(node);
  result.modulus = node.modulus;
  result.remainder = node.remainder;
  result.list = expressions(context, node.listdatums);
  result.from = expressions(context, node.lowerdatums);
  result.to = expressions(context, node.upperdatums);
  return result;
}

}  // namespace pg2crdb::transform
