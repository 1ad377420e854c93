#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

/// The relation before the last name, which is its member: `{s, t, c}`.
void set_member(ast::ObjectRef& reference, std::vector<std::string> parts) {
  if (parts.size() < 2) throw Unmodelled{};
  reference.member = std::move(parts.back());
  parts.pop_back();
  reference.name = qualified_name(std::move(parts));
}

/// The arguments with their names and modes, `objfuncargs`, identify nothing, nor do lengths of their types:
/// below 25.2 CockroachDB would look for a routine with them (cockroachdb #142886).
void set_signature(const Context& context, ast::ObjectRef& reference, const ObjectWithArgs& node) {
  reads_only(node, node.objname, node.objargs, node.objfuncargs, node.args_unspecified);
  reference.name = qualified_name(node.objname);
  reference.has_arguments = !node.args_unspecified;
  for (const Node* argument : Nodes<Node>(node.objargs)) {
    reference.arguments.push_back(argument == nullptr ? ast::TypeName()
                                                      : type_name(context, node_as<TypeName>(argument)));
    reference.arguments.back().modifiers.clear();
  }
}

void set_listed(const Context& context, ast::ObjectRef& reference, const List& names) {
  using enum ast::ObjectKind;
  switch (reference.kind) {
    case column:
    case ast::ObjectKind::constraint:
    case trigger:
    case policy:
    case rule:
      return set_member(reference, string_nodes(&names));
    case domain_constraint: {  // the domain's type, and the constraint's name
      const Nodes<Node> parts(&names);
      if (parts.size() != 2) throw Unmodelled{};
      reference.name = type_name(context, node_as<TypeName>(parts[0])).name;
      reference.member = string_node(parts[1]);
      return;
    }
    case cast:
    case ast::ObjectKind::transform:
    case operator_class:
    case operator_family:
      throw Unmodelled{};
    default:
      reference.name = qualified_name(&names);
  }
}

}  // namespace

ast::ObjectKind object_kind(ObjectType object) {
  using enum ast::ObjectKind;
  switch (object) {
    case OBJECT_ACCESS_METHOD:
      return access_method;
    case OBJECT_AGGREGATE:
      return aggregate;
    case OBJECT_CAST:
      return cast;
    case OBJECT_COLLATION:
      return collation;
    case OBJECT_COLUMN:
      return column;
    case OBJECT_CONVERSION:
      return conversion;
    case OBJECT_DATABASE:
      return database;
    case OBJECT_DOMAIN:
      return domain;
    case OBJECT_DOMCONSTRAINT:
      return domain_constraint;
    case OBJECT_EVENT_TRIGGER:
      return event_trigger;
    case OBJECT_EXTENSION:
      return extension;
    case OBJECT_FDW:
      return foreign_data_wrapper;
    case OBJECT_FOREIGN_SERVER:
      return foreign_server;
    case OBJECT_FOREIGN_TABLE:
      return foreign_table;
    case OBJECT_FUNCTION:
      return function;
    case OBJECT_INDEX:
      return index;
    case OBJECT_LANGUAGE:
      return language;
    case OBJECT_LARGEOBJECT:
      return large_object;
    case OBJECT_MATVIEW:
      return materialized_view;
    case OBJECT_OPCLASS:
      return operator_class;
    case OBJECT_OPERATOR:
      return operator_;
    case OBJECT_OPFAMILY:
      return operator_family;
    case OBJECT_PARAMETER_ACL:
      return parameter;
    case OBJECT_POLICY:
      return policy;
    case OBJECT_PROCEDURE:
      return procedure;
    case OBJECT_PUBLICATION:
      return publication;
    case OBJECT_ROLE:
      return ast::ObjectKind::role;
    case OBJECT_ROUTINE:
      return routine;
    case OBJECT_RULE:
      return rule;
    case OBJECT_SCHEMA:
      return schema;
    case OBJECT_SEQUENCE:
      return sequence;
    case OBJECT_STATISTIC_EXT:
      return statistics;
    case OBJECT_SUBSCRIPTION:
      return subscription;
    case OBJECT_TABCONSTRAINT:
      return ast::ObjectKind::constraint;
    case OBJECT_TABLE:
      return table;
    case OBJECT_TABLESPACE:
      return tablespace;
    case OBJECT_TRANSFORM:
      return transform;
    case OBJECT_TRIGGER:
      return trigger;
    case OBJECT_TSCONFIGURATION:
      return text_search_configuration;
    case OBJECT_TSDICTIONARY:
      return text_search_dictionary;
    case OBJECT_TSPARSER:
      return text_search_parser;
    case OBJECT_TSTEMPLATE:
      return text_search_template;
    case OBJECT_TYPE:
      return type;
    case OBJECT_VIEW:
      return view;
    default:
      return other;
  }
}

ast::ObjectRef object_ref(const Context& context, ast::ObjectKind kind, const Node* node) {
  ast::ObjectRef result;
  result.kind = kind;
  switch (tag_of(node)) {
    case T_String:
      result.name.name = string_node(node);
      break;
    case T_Integer:
    case T_Float:
      result.name.name = number(node);
      break;
    case T_RangeVar:
      result.name = relation_name(node_if<RangeVar>(node));
      break;
    case T_RoleSpec: {
      ast::Role named = role(node_as<RoleSpec>(node));
      if (named.kind != ast::Role::Kind::named) throw Unmodelled{};
      result.name.name = std::move(named.name);
      break;
    }
    case T_TypeName:
      result.name = type_name(context, node_as<TypeName>(node)).name;
      break;
    case T_ObjectWithArgs:
      set_signature(context, result, node_as<ObjectWithArgs>(node));
      break;
    default:
      set_listed(context, result, node_as<List>(node));
  }
  return result;
}

}  // namespace pg2crdb::transform
