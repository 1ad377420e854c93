#include <simdjson.h>

#include <optional>

#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::object;

ast::StatementNode rename(Context& context, Json fields) {
  ast::Rename result;
  ast::ObjectRef& reference = result.object;
  std::string own_name;
  std::optional<Json> named;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "renameType"_n:
        reference.kind =
            text(value) == "OBJECT_ATTRIBUTE" ? ast::ObjectKind::column : object_kind(text(value));
        break;
      case "relationType"_n:
        result.relation = object_kind(text(value));
        break;
      case "relation"_n:  // ONLY says nothing here: PostgreSQL refuses it where a child has the same
        reference.name = relation(context, value).name;
        break;
      case "object"_n:
        named = value;
        break;
      case "subname"_n:
        own_name = text(value);
        break;
      case "newname"_n:
        result.new_name = text(value);
        break;
      case "behavior"_n:
        result.cascade = cascades(value);
        break;
      case "missing_ok"_n:
        result.if_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (reference.kind == ast::ObjectKind::other) throw Unmodelled{};
  if (named) {
    const ast::ObjectKind kind = reference.kind;
    const bool of_domain = kind == ast::ObjectKind::domain_constraint;
    reference = object_ref(context, of_domain ? ast::ObjectKind::domain : kind, *named);
    reference.kind = kind;
  }
  if (!own_name.empty()) (reference.name.empty() ? reference.name.name : reference.member) = own_name;
  if (reference.kind != ast::ObjectKind::column) {
    result.relation = ast::ObjectKind::table;  // the parser's word says nothing
  }
  return result;
}

ast::StatementNode set_schema(Context& context, Json fields) {
  ast::SetSchema result;
  ast::ObjectKind kind = ast::ObjectKind::other;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "objectType"_n:
        kind = object_kind(text(value));
        result.object.kind = kind;
        break;
      case "relation"_n:
        result.object.name = relation(context, value).name;
        break;
      case "object"_n:
        result.object = object_ref(context, kind, value);
        break;
      case "newschema"_n:
        result.schema = text(value);
        break;
      case "missing_ok"_n:
        result.if_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (kind == ast::ObjectKind::other) throw Unmodelled{};
  return result;
}

}  // namespace pg2crdb::transform
