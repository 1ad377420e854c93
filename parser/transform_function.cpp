#include <simdjson.h>

#include <cctype>

#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

namespace {

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

ast::FunctionParameter function_parameter(Context& context, Json fields) {
  ast::FunctionParameter result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "name"_n:
        result.name = text(value);
        break;
      case "argType"_n:
        result.type = type_name(context, value);
        break;
      case "mode"_n: {
        using enum ast::FunctionParameter::Mode;
        switch (name_number(text(value))) {
          case "FUNC_PARAM_DEFAULT"_n:
            break;
          case "FUNC_PARAM_IN"_n:
            result.mode_written = true;
            break;
          case "FUNC_PARAM_OUT"_n:
            result.mode = out;
            break;
          case "FUNC_PARAM_INOUT"_n:
            result.mode = inout;
            break;
          case "FUNC_PARAM_VARIADIC"_n:
            result.mode = variadic;
            break;
          case "FUNC_PARAM_TABLE"_n:
            result.mode = table;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      }
      case "defexpr"_n:
        result.default_value = expression(context, value);
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

/// The items of a List node.
array list_items(Json node) {
  for (auto [key, value] : object(open_as("List", node))) return value;
  throw Unmodelled{};
}

void add_option(Context& context, ast::CreateFunction& result, Json node) {
  Json argument;
  const DefElem element = def_elem(node, argument);
  switch (name_number(element.name)) {
    case "as"_n:
      for (Json part : list_items(argument)) result.body.push_back(string_node(part));
      break;
    case "language"_n:
      result.language = string_node(argument);
      break;
    case "volatility"_n:
      result.volatility = upper(string_node(argument));
      break;
    case "strict"_n:
      (truth(argument) ? result.strict : result.called_on_null_input) = true;
      break;
    case "security"_n:
      (truth(argument) ? result.security_definer : result.security_invoker) = true;
      break;
    case "leakproof"_n:
      result.leakproof = truth(argument);
      break;
    case "window"_n:
      result.window = truth(argument);
      break;
    case "cost"_n:
      result.cost = number(argument);
      break;
    case "rows"_n:
      result.rows = number(argument);
      break;
    case "parallel"_n:
      result.parallel = upper(string_node(argument));
      break;
    case "support"_n:
      for (auto [key, value] : object(open_as("List", argument))) result.support = qualified_name(value);
      break;
    case "transform"_n:
      for (Json type : list_items(argument)) {
        result.transforms.push_back(type_name(context, open_as("TypeName", type)));
      }
      break;
    case "set"_n:
      result.settings.push_back(set_variable(context, open_as("VariableSetStmt", argument)));
      break;
    default:
      throw Unmodelled{};
  }
}

}  // namespace

ast::StatementNode create_function(Context& context, Json fields) {
  ast::CreateFunction result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "is_procedure"_n:
        result.procedure = boolean(value);
        break;
      case "replace"_n:
        result.or_replace = boolean(value);
        break;
      case "funcname"_n:
        result.name = qualified_name(value);
        break;
      case "parameters"_n:
        for (Json node : array(value)) {
          result.parameters.push_back(function_parameter(context, open_as("FunctionParameter", node)));
        }
        break;
      case "returnType"_n:
        result.returns = type_name(context, value);
        break;
      case "options"_n:
        for (Json node : array(value)) add_option(context, result, node);
        break;
      default:
        throw Unmodelled{};
    }
  }
  for (const ast::FunctionParameter& parameter : result.parameters) {
    if (parameter.mode == ast::FunctionParameter::Mode::table) result.returns = {};
  }
  return result;
}

ast::StatementNode create_trigger(Context& context, Json fields) {
  // The bits are PostgreSQL's TRIGGER_TYPE_* (catalog/pg_trigger.h).
  constexpr int64_t before = 1 << 1, on_insert = 1 << 2, on_delete = 1 << 3, on_update = 1 << 4,
                    on_truncate = 1 << 5, instead = 1 << 6;
  ast::CreateTrigger result;
  result.timing = "AFTER";
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "replace"_n:
        result.or_replace = boolean(value);
        break;
      case "isconstraint"_n:
        result.constraint = boolean(value);
        break;
      case "trigname"_n:
        result.name = text(value);
        break;
      case "relation"_n:
        result.table = relation(context, value).name;
        break;
      case "funcname"_n:
        result.function = qualified_name(value);
        break;
      case "args"_n:
        result.arguments = string_nodes(value);
        break;
      case "row"_n:
        result.for_each_row = boolean(value);
        break;
      case "timing"_n: {
        const int64_t bits = integer(value);
        if (bits & before) result.timing = "BEFORE";
        if (bits & instead) result.timing = "INSTEAD OF";
        break;
      }
      case "events"_n: {
        const int64_t bits = integer(value);
        result.on_insert = bits & on_insert;
        result.on_update = bits & on_update;
        result.on_delete = bits & on_delete;
        result.on_truncate = bits & on_truncate;
        break;
      }
      case "columns"_n:
        result.update_columns = string_nodes(value);
        break;
      case "whenClause"_n:
        result.when = expression(context, value);
        break;
      case "transitionRels"_n:
        for (Json node : array(value)) {
          std::string name;
          bool is_new = false;
          for (auto [inner_key, inner] : object(open_as("TriggerTransition", node))) {
            switch (name_number(inner_key)) {
              case "name"_n:
                name = text(inner);
                break;
              case "isNew"_n:
                is_new = boolean(inner);
                break;
              case "isTable"_n:
                break;
              default:
                throw Unmodelled{};
            }
          }
          (is_new ? result.new_table : result.old_table) = std::move(name);
        }
        break;
      case "deferrable"_n:
        result.deferrable = boolean(value);
        break;
      case "initdeferred"_n:
        result.initially_deferred = boolean(value);
        break;
      case "constrrel"_n:
        result.constraint_from = relation(context, value).name;
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::SetVariable set_variable(Context& context, Json fields) {
  ast::SetVariable result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "kind"_n: {
        using Kind = ast::SetVariable::Kind;
        switch (name_number(text(value))) {
          case "VAR_SET_VALUE"_n:
            result.kind = Kind::value;
            break;
          case "VAR_SET_DEFAULT"_n:
            result.kind = Kind::default_;
            break;
          case "VAR_SET_CURRENT"_n:
            result.kind = Kind::current;
            break;
          case "VAR_RESET"_n:
            result.kind = Kind::reset;
            break;
          case "VAR_RESET_ALL"_n:
            result.kind = Kind::reset_all;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      }
      case "name"_n:
        result.name = text(value);
        break;
      case "args"_n:
        result.values = expressions(context, value);
        break;
      case "is_local"_n:
        result.local = boolean(value);
        break;
      case "jumble_args"_n:  // of PostgreSQL 18, for pg_stat_statements
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

}  // namespace pg2crdb::transform
