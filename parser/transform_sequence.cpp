#include "parser/transform.h"

namespace pg2crdb::transform {

void set_sequence_option(Context& context, ast::SequenceOptions& options, const DefElem& node) {
  option_reads_only(node, node.defname, node.arg);
  const bool has_argument = node.arg != nullptr;
  switch (name_number(text(node.defname))) {
    case "as"_n:
      options.type = type_name(context, node_as<TypeName>(node.arg));
      break;
    case "start"_n:
      options.start = number(node.arg);
      break;
    case "increment"_n:
      options.increment = number(node.arg);
      break;
    case "minvalue"_n:
      if (has_argument) options.minimum = number(node.arg);
      if (!has_argument) options.no_minimum = true;
      break;
    case "maxvalue"_n:
      if (has_argument) options.maximum = number(node.arg);
      if (!has_argument) options.no_maximum = true;
      break;
    case "cache"_n:
      options.cache = number(node.arg);
      break;
    case "cycle"_n:
      (truth(node.arg) ? options.cycle : options.no_cycle) = true;
      break;
    case "restart"_n:
      if (has_argument) options.restart = number(node.arg);
      if (!has_argument) options.restart_default = true;
      break;
    case "sequence_name"_n:
      options.sequence_name = qualified_name(&node_as<List>(node.arg));
      break;
    case "owned_by"_n:
      options.owned_by = string_nodes(&node_as<List>(node.arg));
      break;
    case "logged"_n:
    case "unlogged"_n:
      break;  // of an identity (PostgreSQL 18): how its numbers are stored
    default:
      throw Unmodelled{};
  }
}

ast::SequenceOptions sequence_options(Context& context, const List* list) {
  ast::SequenceOptions result;
  for (const DefElem& node : Nodes<DefElem>(list)) set_sequence_option(context, result, node);
  return result;
}

ast::StatementNode create_sequence(Context& context, const CreateSeqStmt& node) {
  reads_only(node, node.sequence, node.options, node.if_not_exists);
  ast::CreateSequence result;
  Relation sequence = relation(context, *node.sequence);
  result.name = std::move(sequence.name);
  result.persistence = sequence.persistence;
  result.options = sequence_options(context, node.options);
  result.if_not_exists = node.if_not_exists;
  return result;
}

ast::StatementNode alter_sequence(Context& context, const AlterSeqStmt& node) {
  reads_only(node, node.sequence, node.options, node.missing_ok);
  ast::AlterSequence result;
  result.name = relation_name(node.sequence);
  result.options = sequence_options(context, node.options);
  result.if_exists = node.missing_ok;
  return result;
}

}  // namespace pg2crdb::transform
