#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

ast::ForeignKeyAction foreign_key_action(char letter) {
  switch (letter) {
    case FKCONSTR_ACTION_NOACTION:
      return ast::ForeignKeyAction::no_action;
    case FKCONSTR_ACTION_RESTRICT:
      return ast::ForeignKeyAction::restrict_;
    case FKCONSTR_ACTION_CASCADE:
      return ast::ForeignKeyAction::cascade;
    case FKCONSTR_ACTION_SETNULL:
      return ast::ForeignKeyAction::set_null;
    case FKCONSTR_ACTION_SETDEFAULT:
      return ast::ForeignKeyAction::set_default;
    default:
      throw Unmodelled{};
  }
}

ast::ForeignKeyMatch foreign_key_match(char letter) {
  switch (letter) {
    case FKCONSTR_MATCH_SIMPLE:
      return ast::ForeignKeyMatch::simple;
    case FKCONSTR_MATCH_FULL:
      return ast::ForeignKeyMatch::full;
    case FKCONSTR_MATCH_PARTIAL:
      return ast::ForeignKeyMatch::partial;
    default:
      throw Unmodelled{};
  }
}

ast::Constraint::Kind constraint_kind(ConstrType type) {
  using enum ast::Constraint::Kind;
  switch (type) {
    case CONSTR_CHECK:
      return check;
    case CONSTR_FOREIGN:
      return foreign_key;
    case CONSTR_PRIMARY:
      return primary_key;
    case CONSTR_UNIQUE:
      return unique;
    case CONSTR_EXCLUSION:
      return exclude;
    case CONSTR_NOTNULL:
      return not_null;
    default:
      throw Unmodelled{};
  }
}

/// Columns have kinds of constraints that ast::Constraint has not: their fields are read where they belong.
void read_fields(const Constraint& node) {
#if PG_VERSION_NUM >= 180000
  reads_only(node, node.contype, node.conname, node.deferrable, node.initdeferred, node.is_enforced,
             node.skip_validation, node.initially_valid, node.is_no_inherit, node.raw_expr,
             node.generated_when, node.generated_kind, node.nulls_not_distinct, node.keys,
             node.without_overlaps, node.including, node.exclusions, node.options, node.indexname,
             node.indexspace, node.access_method, node.where_clause, node.pktable, node.fk_attrs,
             node.pk_attrs, node.fk_with_period, node.pk_with_period, node.fk_matchtype, node.fk_upd_action,
             node.fk_del_action, node.fk_del_set_cols, node.location);
#else
  reads_only(node, node.contype, node.conname, node.deferrable, node.initdeferred, node.skip_validation,
             node.initially_valid, node.is_no_inherit, node.raw_expr, node.generated_when,
             node.nulls_not_distinct, node.keys, node.including, node.exclusions, node.options,
             node.indexname, node.indexspace, node.access_method, node.where_clause, node.pktable,
             node.fk_attrs, node.pk_attrs, node.fk_matchtype, node.fk_upd_action, node.fk_del_action,
             node.fk_del_set_cols, node.location);
#endif
}

}  // namespace

ast::Constraint constraint(Context& context, const Constraint& node) {
  read_fields(node);
  ast::Constraint result;
  result.kind = constraint_kind(node.contype);
  result.name = text(node.conname);
  result.deferrable = node.deferrable;
  result.initially_deferred = node.initdeferred;
  result.not_valid = node.skip_validation;
  result.no_inherit = node.is_no_inherit;
  result.nulls_not_distinct = node.nulls_not_distinct;
#if PG_VERSION_NUM >= 180000
  result.without_overlaps = node.without_overlaps || node.fk_with_period;
  if (node.pk_with_period && !node.fk_with_period) throw Unmodelled{};  // which PostgreSQL refuses later
  const bool enforceable = node.contype == CONSTR_CHECK || node.contype == CONSTR_FOREIGN;
  if (enforceable && !node.is_enforced) {
    result.not_enforced = true;
    result.not_valid = false;
  }
#endif
  result.check = expression_if(context, node.raw_expr);
  result.columns = string_nodes(node.fk_attrs == nullptr ? node.keys : node.fk_attrs);
  result.including = string_nodes(node.including);
  for (const List& pair : Nodes<List>(node.exclusions)) {  // an element and its operator's name
    const Nodes<Node> parts(&pair);
    if (parts.size() != 2) throw Unmodelled{};
    result.exclude_elements.push_back(index_element(context, node_as<IndexElem>(parts[0])));
    result.exclude_operators.push_back(string_nodes(&node_as<List>(parts[1])));
  }
  result.options = options(node.options);
  result.using_index = text(node.indexname);
  result.tablespace = text(node.indexspace);
  result.access_method = text(node.access_method);
  result.where = expression_if(context, node.where_clause);
  result.referenced = relation_name(node.pktable);
  result.referenced_columns = string_nodes(node.pk_attrs);
  if (node.contype == CONSTR_FOREIGN) {
    result.match = foreign_key_match(node.fk_matchtype);
    result.on_update = foreign_key_action(node.fk_upd_action);
    result.on_delete = foreign_key_action(node.fk_del_action);
    result.on_delete_columns = string_nodes(node.fk_del_set_cols);
  }
  result.offset = offset(context, node.location);
  if (result.kind == ast::Constraint::Kind::exclude && !method_is_written(context, result.offset)) {
    result.access_method.clear();
  }
  return result;
}

ast::Identity identity(Context& context, const Constraint& node) {
  read_fields(node);
  ast::Identity result;
  result.always = node.generated_when == 'a';
  result.options = sequence_options(context, node.options);
  return result;
}

void add_column_constraint(Context& context, ast::Column& column, const Constraint& node) {
  read_fields(node);
  auto last = [&]() -> ast::Constraint& {
    if (column.constraints.empty()) throw Unmodelled{};
    return column.constraints.back();
  };
  switch (node.contype) {
    case CONSTR_NULL:
      column.explicit_null = true;
      break;
    case CONSTR_NOTNULL:
      column.not_null = true;
      column.not_null_name = text(node.conname);
      column.not_null_no_inherit = node.is_no_inherit;
      break;
    case CONSTR_DEFAULT:
      if (column.default_value) throw Unmodelled{};  // which PostgreSQL refuses later, as with the next two
      column.default_value = expression_if(context, node.raw_expr);
      break;
    case CONSTR_IDENTITY:
      if (column.identity) throw Unmodelled{};
      column.identity = identity(context, node);
      break;
    case CONSTR_GENERATED: {
      if (column.generated) throw Unmodelled{};
      bool stored = true;
#if PG_VERSION_NUM >= 180000
      stored = node.generated_kind == 's';
#endif
      column.generated = ast::Generated{expression_if(context, node.raw_expr), stored};
      break;
    }
    case CONSTR_CHECK:
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
    case CONSTR_FOREIGN:
      column.constraints.push_back(constraint(context, node));
      break;
    // Written after the constraint that they belong to.
    case CONSTR_ATTR_DEFERRABLE:
      last().deferrable = true;
      break;
    case CONSTR_ATTR_DEFERRED:
      last().deferrable = true;
      last().initially_deferred = true;
      break;
    case CONSTR_ATTR_NOT_DEFERRABLE:
    case CONSTR_ATTR_IMMEDIATE:
      break;
#if PG_VERSION_NUM >= 180000
    case CONSTR_ATTR_ENFORCED:
      last().not_enforced = false;
      break;
    case CONSTR_ATTR_NOT_ENFORCED:
      last().not_enforced = true;
      break;
#endif
    default:
      throw Unmodelled{};
  }
}

}  // namespace pg2crdb::transform
