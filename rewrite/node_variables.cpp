#include "rewrite/node_variables.h"

#include <utility>

#include "ast/statement.h"

namespace pg2crdb::rewrite {

using ast::FieldInfo;
using ast::type_info;
using ast::TypeInfo;
using Kind = TypeInfo::Kind;

namespace {

/// Fields that say something even where they are empty or as SQL has them by default.
bool is_always_said(const TypeInfo& type, const FieldInfo& field) {
  if (field.name == "kind" || field.name == "action") return true;
  if (type.name == "Grant" || type.name == "GrantRole") return field.name == "grant";
  if (type.name == "CreateTableAs") return field.name == "materialized_view";
  if (type.name == "Identity") return field.name == "always";
  if (type.name == "SetNotNull") return field.name == "not_null";
  if (type.name == "CreateFunction") return field.name == "procedure";
  return false;
}

std::vector<Traits> all_traits() {
  std::vector<Traits> all(ast::type_count());
  const std::pair<const TypeInfo*, Form> forms[] = {
      {&type_info<std::string>(), Form::text},
      {&type_info<ast::Name>(), Form::name},
      {&type_info<ast::Expr>(), Form::expression},
      {&type_info<ast::TypeName>(), Form::type_name},
      {&type_info<ast::Column>(), Form::column},
      {&type_info<ast::IndexElement>(), Form::index_element},
      {&type_info<ast::Role>(), Form::role},
      {&type_info<ast::Option>(), Form::option},
      {&type_info<ast::Privilege>(), Form::privilege},
      {&type_info<ast::ObjectRef>(), Form::object},
      {&type_info<ast::FunctionParameter>(), Form::parameter},
  };
  for (const auto& [type, form] : forms) all[type->id].form = form;
  // What hangs below these is exact too, since matching stays exact once it is.
  for (const TypeInfo* type : {&type_info<ast::Expr>(), &type_info<ast::TypeName>()})
    all[type->id].exact = true;
  for (const TypeInfo* statement : type_info<ast::StatementNode>().alternatives) {
    if (const FieldInfo* field = statement->field("query")) all[field->type->id].exact = true;
  }
  for (const TypeInfo* type :
       {&type_info<ast::Option>(), &type_info<ast::Constraint>(), &type_info<ast::Privilege>()})
    all[type->id].unordered = true;
  for (size_t id = 0; id < all.size(); ++id) {
    const TypeInfo& type = ast::type_with_id(id);
    if (type.fields.empty()) continue;
    const std::shared_ptr<void> fresh = type.make();
    for (const FieldInfo& field : type.fields) {
      Traits::Field& traits = all[id].fields.emplace_back();
      traits.always_said = is_always_said(type, field);
      traits.true_by_default =
          field.type->kind == Kind::boolean && field.type->number(field.member(fresh.get())) != 0;
      traits.is_array_bounds = all[id].form == Form::type_name && field.name == "array_bounds";
      traits.is_policy_command = type.name == "CreatePolicy" && field.name == "command";
      traits.is_policy_roles = type.name == "CreatePolicy" && field.name == "roles";
    }
  }
  return all;
}

}  // namespace

const Traits& traits_of(const TypeInfo& type) {
  static const std::vector<Traits> all = all_traits();
  return all[type.id];
}

std::string_view only_text(const TypeInfo& type, const void* node) {
  switch (traits_of(type).form) {
    case Form::other:
      return {};
    case Form::text:
      return *static_cast<const std::string*>(node);
    case Form::name: {
      const auto& name = *static_cast<const ast::Name*>(node);
      return name.schema.empty() ? std::string_view(name.name) : std::string_view();
    }
    case Form::expression: {
      const auto& expr = static_cast<const ast::Expr*>(node)->node;
      if (const auto* column = std::get_if<ast::ColumnRef>(&expr))
        return column->names.size() == 1 && !column->star ? std::string_view(column->names[0])
                                                          : std::string_view();
      if (const auto* literal = std::get_if<ast::Literal>(&expr)) return literal->text;
      return {};
    }
    case Form::type_name: {
      const auto& name = *static_cast<const ast::TypeName*>(node);
      const bool plain = name.name.schema.empty() && name.modifiers.empty() && name.array_bounds.empty() &&
                         name.interval_fields.empty() && !name.set_of && !name.percent_type;
      return plain ? std::string_view(name.name.name) : std::string_view();
    }
    case Form::column: {
      const auto& column = *static_cast<const ast::Column*>(node);
      return column.type.name.name == whole_column ? std::string_view(column.name) : std::string_view();
    }
    case Form::index_element:
      return static_cast<const ast::IndexElement*>(node)->column;
    case Form::role:
      return static_cast<const ast::Role*>(node)->name;
    case Form::option:
      return static_cast<const ast::Option*>(node)->name;
    case Form::privilege:
      return static_cast<const ast::Privilege*>(node)->name;
    case Form::object: {
      const auto& object = *static_cast<const ast::ObjectRef*>(node);
      return object.name.schema.empty() && object.member.empty() ? std::string_view(object.name.name)
                                                                 : std::string_view();
    }
    case Form::parameter: {
      const auto& parameter = *static_cast<const ast::FunctionParameter*>(node);
      return parameter.name.empty() ? only_text(type_info<ast::TypeName>(), &parameter.type)
                                    : std::string_view();
    }
  }
  return {};
}

std::optional<Variable> many_in(const TypeInfo& type, const void* node) {
  const std::optional<Variable> variable = variable_in(only_text(type, node));
  return variable && variable->many ? variable : std::nullopt;
}

std::optional<Variable> one_in(const TypeInfo& type, const void* node) {
  switch (traits_of(type).form) {
    case Form::other:
    case Form::index_element:
    case Form::option:
    case Form::privilege:
    case Form::object:
    case Form::parameter:
      return std::nullopt;
    default:
      break;
  }
  const std::optional<Variable> variable = variable_in(only_text(type, node));
  return variable && !variable->many ? variable : std::nullopt;
}

}  // namespace pg2crdb::rewrite
