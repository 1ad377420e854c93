#include <algorithm>

#include "parser/transform.h"
#include "support/ascii.h"

namespace pg2crdb::transform {

namespace {

/// A word of a type's modifiers with its letters as they stand in the text, for the parser has folded it.
std::string as_written(const Context& context, std::string word, int location) {
  if (location < 0 || static_cast<size_t>(location) + word.size() > context.sql.size()) return word;
  const std::string_view written = context.sql.substr(static_cast<size_t>(location), word.size());
  for (size_t i = 0; i < word.size(); ++i) {
    if (lower(written[i]) != word[i]) return word;
  }
  return std::string(written);
}

std::string modifier(const Context& context, const Node* node) {
  if (const auto* constant = node_if<A_Const>(node)) {
    switch (constant->val.node.type) {
      case T_Integer:
        return std::to_string(constant->val.ival.ival);
      case T_Float:
        return constant->val.fval.fval;
      case T_String: {
        // The AST keeps it as the word that may stand there without quotes.
        std::string word = constant->val.sval.sval;
        if (word.empty() || !begins_name(word[0]) || !std::ranges::all_of(word, in_name)) throw Unmodelled{};
        return word;
      }
      default:
        throw Unmodelled{};
    }
  }
  const auto& word = node_as<ColumnRef>(node);
  std::vector<std::string> names = string_nodes(word.fields);
  if (names.size() != 1) throw Unmodelled{};
  return as_written(context, std::move(names[0]), word.location);
}

/// The bits are PostgreSQL's INTERVAL_MASK (utils/timestamp.h, utils/datetime.h).
std::string interval_fields(const std::string& mask) {
  constexpr int month = 1 << 1, year = 1 << 2, day = 1 << 3, hour = 1 << 10, minute = 1 << 11,
                second = 1 << 12;
  switch (std::stoi(mask)) {
    case 0x7FFF:
      return "";
    case year:
      return "YEAR";
    case month:
      return "MONTH";
    case day:
      return "DAY";
    case hour:
      return "HOUR";
    case minute:
      return "MINUTE";
    case second:
      return "SECOND";
    case year | month:
      return "YEAR TO MONTH";
    case day | hour:
      return "DAY TO HOUR";
    case day | hour | minute:
      return "DAY TO MINUTE";
    case day | hour | minute | second:
      return "DAY TO SECOND";
    case hour | minute:
      return "HOUR TO MINUTE";
    case hour | minute | second:
      return "HOUR TO SECOND";
    case minute | second:
      return "MINUTE TO SECOND";
    default:
      throw Unmodelled{};
  }
}

ast::Role::Kind role_kind(RoleSpecType type) {
  using enum ast::Role::Kind;
  switch (type) {
    case ROLESPEC_CSTRING:
      return named;
    case ROLESPEC_PUBLIC:
      return public_;
    case ROLESPEC_CURRENT_ROLE:
      return current_role;
    case ROLESPEC_CURRENT_USER:
      return current_user;
    case ROLESPEC_SESSION_USER:
      return session_user;
  }
  throw Unmodelled{};
}

}  // namespace

std::string string_node(const Node* node) {
  return std::string(text(node_as<String>(node).sval));
}

std::vector<std::string> string_nodes(const List* list) {
  const Nodes<String> nodes(list);
  std::vector<std::string> result;
  result.reserve(nodes.size());
  for (const String& node : nodes) result.emplace_back(text(node.sval));
  return result;
}

ast::Name qualified_name(std::vector<std::string> parts) {
  if (parts.size() == 1) return {"", std::move(parts[0])};
  if (parts.size() == 2) return {std::move(parts[0]), std::move(parts[1])};
  throw Unmodelled{};
}

ast::Name qualified_name(const List* list) {
  return list == nullptr ? ast::Name() : qualified_name(string_nodes(list));
}

ast::Alias alias(const Alias* node) {
  if (node == nullptr) return {};
  reads_only(*node, node->aliasname, node->colnames);
  ast::Alias result;
  result.name = text(node->aliasname);
  result.columns = string_nodes(node->colnames);
  return result;
}

Relation relation(const Context& context, const RangeVar& node) {
  reads_only(node, node.schemaname, node.relname, node.inh, node.relpersistence, node.alias, node.location);
  Relation result;
  result.name.schema = text(node.schemaname);
  result.name.name = text(node.relname);
  result.only = !node.inh;
  if (node.relpersistence == 't') result.persistence = ast::Persistence::temporary;
  if (node.relpersistence == 'u') result.persistence = ast::Persistence::unlogged;
  result.alias = alias(node.alias);
  result.offset = offset(context, node.location);
  return result;
}

ast::Name relation_name(const RangeVar* node) {
  return node == nullptr ? ast::Name() : relation(Context(), *node).name;
}

ast::TypeName type_name(const Context& context, const TypeName& node) {
  reads_only(node, node.names, node.setof, node.pct_type, node.typmods, node.typemod, node.arrayBounds,
             node.location);
  ast::TypeName type;
  type.name = qualified_name(node.names);
  type.set_of = node.setof;
  type.percent_type = node.pct_type;
  for (const Node* one : Nodes<Node>(node.typmods)) type.modifiers.push_back(modifier(context, one));
  for (const Integer& bound : Nodes<Integer>(node.arrayBounds)) type.array_bounds.push_back(bound.ival);
  type.offset = offset(context, node.location);
  if (!type.modifiers.empty() && type.name.name == "interval" && type.name.schema == "pg_catalog") {
    type.interval_fields = interval_fields(type.modifiers[0]);
    type.modifiers.erase(type.modifiers.begin());
  }
  return type;
}

ast::Role role(const RoleSpec& node) {
  reads_only(node, node.roletype, node.rolename, node.location);
  ast::Role result;
  result.kind = role_kind(node.roletype);
  result.name = text(node.rolename);
  return result;
}

std::vector<ast::Role> roles(const List* list) {
  std::vector<ast::Role> result;
  for (const RoleSpec& node : Nodes<RoleSpec>(list)) result.push_back(role(node));
  return result;
}

}  // namespace pg2crdb::transform
