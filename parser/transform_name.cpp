#include <simdjson.h>

#include <cctype>

#include "parser/number.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

namespace {

/// A word of a type's modifiers with its letters as they stand in the text, for the parser has folded it.
std::string as_written(const Context& context, std::string word, int64_t location) {
  if (location < 0 || location + word.size() > context.sql.size()) return word;
  const std::string_view written = context.sql.substr(location, word.size());
  for (size_t i = 0; i < word.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(written[i])) != word[i]) return word;
  }
  return std::string(written);
}

std::string modifier(const Context& context, Json node) {
  Json fields;
  switch (name_number(open(node, fields))) {
    case "A_Const"_n:
      for (auto [key, value] : object(fields)) {
        switch (name_number(key)) {
          case "ival"_n:
          case "fval"_n:
          case "sval"_n:
            for (auto [inner_key, inner] : object(value)) {
              return inner.is_string() ? std::string(text(inner)) : std::to_string(integer(inner));
            }
            return "0";
          default:
            throw Unmodelled{};
        }
      }
      throw Unmodelled{};
    case "ColumnRef"_n: {
      std::vector<std::string> names;
      int64_t location = 0;
      for (auto [key, value] : object(fields)) {
        if (key == "fields") names = string_nodes(value);
        if (key == "location") location = integer(value);
      }
      if (names.size() != 1) throw Unmodelled{};
      return as_written(context, std::move(names[0]), location);
    }
    default:
      throw Unmodelled{};
  }
}

/// The bits are PostgreSQL's INTERVAL_MASK (utils/timestamp.h, utils/datetime.h).
std::string interval_fields(std::string_view mask) {
  constexpr int month = 1 << 1, year = 1 << 2, day = 1 << 3, hour = 1 << 10, minute = 1 << 11,
                second = 1 << 12;
  switch (std::stoi(std::string(mask))) {
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

/// The relation before the last name, which is its member: `{s, t, c}`.
void set_member(ast::ObjectRef& reference, std::vector<std::string> parts) {
  if (parts.size() < 2) throw Unmodelled{};
  reference.member = std::move(parts.back());
  parts.pop_back();
  reference.name = qualified_name(std::move(parts));
}

void set_signature(Context& context, ast::ObjectRef& reference, Json fields) {
  reference.has_arguments = true;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "objname"_n:
        reference.name = qualified_name(value);
        break;
      case "objargs"_n:
        for (Json argument : array(value)) {
          Json type;
          reference.arguments.push_back(open(argument, type).empty() ? ast::TypeName{}
                                                                     : type_name(context, type));
        }
        break;
      case "objfuncargs"_n:
        break;  // the same arguments with names and modes, which identify nothing
      case "args_unspecified"_n:
        reference.has_arguments = !boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
}

}  // namespace

std::string_view text(Json value) {
  std::string_view result;
  if (value.get(result) != simdjson::SUCCESS) throw Unmodelled{};
  return result;
}

int64_t integer(Json value) {
  int64_t result = 0;
  if (value.get(result) != simdjson::SUCCESS) throw Unmodelled{};
  return result;
}

bool boolean(Json value) {
  bool result = false;
  if (value.get(result) != simdjson::SUCCESS) throw Unmodelled{};
  return result;
}

int32_t offset(const Context& context, Json location) {
  const int64_t value = integer(location);
  return value < 0 ? -1 : static_cast<int32_t>(value - context.prefix);
}

std::string_view open(Json node, Json& fields) {
  if (node.is_null()) return {};
  for (auto [tag, value] : object(node)) {
    fields = value;
    return tag;
  }
  return {};
}

Json open_as(std::string_view tag, Json node) {
  Json fields;
  if (open(node, fields) != tag) throw Unmodelled{};
  return fields;
}

std::string string_node(Json node) {
  for (auto [key, value] : object(open_as("String", node))) {
    return std::string(text(value));
  }
  return {};
}

std::vector<std::string> string_nodes(Json list) {
  std::vector<std::string> result;
  const array nodes(list);
  result.reserve(nodes.size());
  for (Json node : nodes) result.push_back(string_node(node));
  return result;
}

ast::Name qualified_name(std::vector<std::string> parts) {
  if (parts.size() == 1) return {"", std::move(parts[0])};
  if (parts.size() == 2) return {std::move(parts[0]), std::move(parts[1])};
  throw Unmodelled{};
}

ast::Name qualified_name(Json list) {
  ast::Name name;
  int count = 0;
  for (Json node : array(list)) {
    if (++count > 2) throw Unmodelled{};
    name.schema = std::move(name.name);
    name.name = string_node(node);
  }
  return name;
}

ast::Alias alias(Json fields) {
  ast::Alias result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "aliasname"_n:
        result.name = text(value);
        break;
      case "colnames"_n:
        result.columns = string_nodes(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

Relation relation(Context& context, Json fields) {
  Relation result;
  result.offset = -context.prefix;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "schemaname"_n:
        result.name.schema = text(value);
        break;
      case "relname"_n:
        result.name.name = text(value);
        break;
      case "inh"_n:
        result.only = !boolean(value);
        break;
      case "relpersistence"_n: {
        const std::string_view persistence = text(value);
        if (persistence == "t") result.persistence = ast::Persistence::temporary;
        if (persistence == "u") result.persistence = ast::Persistence::unlogged;
        break;
      }
      case "alias"_n:
        result.alias = alias(value);
        break;
      case "location"_n:
        result.offset = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::TypeName type_name(Context& context, Json fields) {
  ast::TypeName type;
  type.offset = -context.prefix;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "names"_n:
        type.name = qualified_name(value);
        break;
      case "setof"_n:
        type.set_of = boolean(value);
        break;
      case "pct_type"_n:
        type.percent_type = boolean(value);
        break;
      case "typmods"_n:
        for (Json node : array(value)) type.modifiers.push_back(modifier(context, node));
        break;
      case "typemod"_n:
        break;
      case "arrayBounds"_n:
        for (Json node : array(value)) {
          const Json bound = open_as("Integer", node);
          int64_t size = 0;
          for (auto [inner_key, inner] : object(bound)) size = integer(inner);
          type.array_bounds.push_back(size);
        }
        break;
      case "location"_n:
        type.offset = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (!type.modifiers.empty() && type.name.name == "interval" && type.name.schema == "pg_catalog") {
    type.interval_fields = interval_fields(type.modifiers[0]);
    type.modifiers.erase(type.modifiers.begin());
  }
  return type;
}

ast::Role role(Json fields) {
  ast::Role result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "roletype"_n:
        switch (name_number(text(value))) {
          case "ROLESPEC_CSTRING"_n:
            break;
          case "ROLESPEC_PUBLIC"_n:
            result.kind = ast::Role::Kind::public_;
            break;
          case "ROLESPEC_CURRENT_ROLE"_n:
            result.kind = ast::Role::Kind::current_role;
            break;
          case "ROLESPEC_CURRENT_USER"_n:
            result.kind = ast::Role::Kind::current_user;
            break;
          case "ROLESPEC_SESSION_USER"_n:
            result.kind = ast::Role::Kind::session_user;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      case "rolename"_n:
        result.name = text(value);
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

std::vector<ast::Role> roles(Json list) {
  std::vector<ast::Role> result;
  for (Json node : array(list)) result.push_back(role(open_as("RoleSpec", node)));
  return result;
}

DefElem def_elem(Json node, Json& argument) {
  DefElem result;
  for (auto [key, value] : object(open_as("DefElem", node))) {
    switch (name_number(key)) {
      case "defnamespace"_n:
        result.name_space = text(value);
        break;
      case "defname"_n:
        result.name = text(value);
        break;
      case "arg"_n:
        argument = value;
        result.has_argument = true;
        break;
      case "defaction"_n:
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

std::string number(Json node) {
  Json fields;
  switch (name_number(open(node, fields))) {
    case "Integer"_n:
      for (auto [key, value] : object(fields)) return std::to_string(integer(value));
      return "0";
    case "Float"_n:
      for (auto [key, value] : object(fields)) return plain_number(text(value));
      throw Unmodelled{};
    default:
      throw Unmodelled{};
  }
}

bool truth(Json argument) {
  Json fields;
  switch (name_number(open(argument, fields))) {
    case "Boolean"_n:
      for (auto [key, value] : object(fields)) return boolean(value);
      return false;
    case "Integer"_n:
      return number(argument) != "0";
    case "String"_n: {
      const std::string word = string_node(argument);
      return word == "true" || word == "on" || word == "1";
    }
    default:
      throw Unmodelled{};
  }
}

void set_value(ast::Option& option, Json argument) {
  option.has_value = true;
  Json fields;
  switch (name_number(open(argument, fields))) {
    case "String"_n:
      option.value = string_node(argument);
      option.string_value = true;
      break;
    case "Integer"_n:
    case "Float"_n:
      option.value = number(argument);
      break;
    case "Boolean"_n:
      option.value = truth(argument) ? "true" : "false";
      break;
    case "TypeName"_n:  // a bare word: buffering = auto
      for (auto [key, value] : object(fields)) {
        switch (name_number(key)) {
          case "names"_n:
            option.value = ast::to_string(qualified_name(value));
            break;
          case "typemod"_n:
          case "location"_n:
            break;
          default:
            throw Unmodelled{};
        }
      }
      break;
    default:
      throw Unmodelled{};
  }
}

std::vector<ast::Option> options(Json list) {
  std::vector<ast::Option> result;
  for (Json node : array(list)) {
    Json argument;
    const DefElem element = def_elem(node, argument);
    ast::Option option;
    if (!element.name_space.empty()) option.name.append(element.name_space).append(".");
    option.name.append(element.name);
    if (element.has_argument) set_value(option, argument);
    result.push_back(std::move(option));
  }
  return result;
}

bool cascades(Json behavior) {
  return text(behavior) == "DROP_CASCADE";
}

ast::ObjectKind object_kind(std::string_view object_type) {
  using enum ast::ObjectKind;
  switch (name_number(object_type)) {
    case "OBJECT_ACCESS_METHOD"_n:
      return access_method;
    case "OBJECT_AGGREGATE"_n:
      return aggregate;
    case "OBJECT_CAST"_n:
      return cast;
    case "OBJECT_COLLATION"_n:
      return collation;
    case "OBJECT_COLUMN"_n:
      return column;
    case "OBJECT_CONVERSION"_n:
      return conversion;
    case "OBJECT_DATABASE"_n:
      return database;
    case "OBJECT_DOMAIN"_n:
      return domain;
    case "OBJECT_DOMCONSTRAINT"_n:
      return domain_constraint;
    case "OBJECT_EVENT_TRIGGER"_n:
      return event_trigger;
    case "OBJECT_EXTENSION"_n:
      return extension;
    case "OBJECT_FDW"_n:
      return foreign_data_wrapper;
    case "OBJECT_FOREIGN_SERVER"_n:
      return foreign_server;
    case "OBJECT_FOREIGN_TABLE"_n:
      return foreign_table;
    case "OBJECT_FUNCTION"_n:
      return function;
    case "OBJECT_INDEX"_n:
      return index;
    case "OBJECT_LANGUAGE"_n:
      return language;
    case "OBJECT_LARGEOBJECT"_n:
      return large_object;
    case "OBJECT_MATVIEW"_n:
      return materialized_view;
    case "OBJECT_OPCLASS"_n:
      return operator_class;
    case "OBJECT_OPERATOR"_n:
      return operator_;
    case "OBJECT_OPFAMILY"_n:
      return operator_family;
    case "OBJECT_PARAMETER_ACL"_n:
      return parameter;
    case "OBJECT_POLICY"_n:
      return policy;
    case "OBJECT_PROCEDURE"_n:
      return procedure;
    case "OBJECT_PUBLICATION"_n:
      return publication;
    case "OBJECT_ROLE"_n:
      return ast::ObjectKind::role;
    case "OBJECT_ROUTINE"_n:
      return routine;
    case "OBJECT_RULE"_n:
      return rule;
    case "OBJECT_SCHEMA"_n:
      return schema;
    case "OBJECT_SEQUENCE"_n:
      return sequence;
    case "OBJECT_STATISTIC_EXT"_n:
      return statistics;
    case "OBJECT_SUBSCRIPTION"_n:
      return subscription;
    case "OBJECT_TABCONSTRAINT"_n:
      return ast::ObjectKind::constraint;
    case "OBJECT_TABLE"_n:
      return table;
    case "OBJECT_TABLESPACE"_n:
      return tablespace;
    case "OBJECT_TRANSFORM"_n:
      return transform;
    case "OBJECT_TRIGGER"_n:
      return trigger;
    case "OBJECT_TSCONFIGURATION"_n:
      return text_search_configuration;
    case "OBJECT_TSDICTIONARY"_n:
      return text_search_dictionary;
    case "OBJECT_TSPARSER"_n:
      return text_search_parser;
    case "OBJECT_TSTEMPLATE"_n:
      return text_search_template;
    case "OBJECT_TYPE"_n:
      return type;
    case "OBJECT_VIEW"_n:
      return view;
    default:
      return other;
  }
}

ast::ObjectRef object_ref(Context& context, ast::ObjectKind kind, Json node) {
  using enum ast::ObjectKind;
  ast::ObjectRef result;
  result.kind = kind;
  Json fields;
  switch (name_number(open(node, fields))) {
    case "String"_n:
      result.name.name = string_node(node);
      break;
    case "Integer"_n:
    case "Float"_n:
      result.name.name = number(node);
      break;
    case "RangeVar"_n:
      result.name = relation(context, fields).name;
      break;
    case "RoleSpec"_n: {
      ast::Role named = transform::role(fields);
      if (named.kind != ast::Role::Kind::named) throw Unmodelled{};
      result.name.name = std::move(named.name);
      break;
    }
    case "TypeName"_n:
      result.name = type_name(context, fields).name;
      break;
    case "ObjectWithArgs"_n:
      set_signature(context, result, fields);
      break;
    case "List"_n: {
      Json list;
      for (auto [key, value] : object(fields)) list = value;
      switch (kind) {
        case column:
        case ast::ObjectKind::constraint:
        case trigger:
        case policy:
        case rule:
          set_member(result, string_nodes(list));
          break;
        case domain_constraint: {
          bool first = true;
          for (Json part : array(list)) {
            if (first) {
              result.name = type_name(context, open_as("TypeName", part)).name;
            } else {
              result.member = string_node(part);
            }
            first = false;
          }
          break;
        }
        case cast:
        case ast::ObjectKind::transform:
        case operator_class:
        case operator_family:
          throw Unmodelled{};
        default:
          result.name = qualified_name(list);
          break;
      }
      break;
    }
    default:
      throw Unmodelled{};
  }
  return result;
}

}  // namespace pg2crdb::transform
