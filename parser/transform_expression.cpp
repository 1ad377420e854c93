#include <simdjson.h>

#include "parser/number.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

namespace {

ast::Literal literal(Context& context, Json fields, int32_t& location) {
  ast::Literal result;
  auto content = [](Json value) {
    for (auto [key, inner] : object(value)) return text(inner);
    return std::string_view{};
  };
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "isnull"_n:
        result.kind = ast::Literal::Kind::null;
        break;
      case "ival"_n:
        result.kind = ast::Literal::Kind::integer;
        result.text = "0";
        for (auto [inner_key, inner] : object(value)) result.text = std::to_string(integer(inner));
        break;
      case "fval"_n:
        result.text = plain_number(content(value));
        result.kind = is_bigint(result.text) ? ast::Literal::Kind::integer : ast::Literal::Kind::decimal;
        break;
      case "boolval"_n:
        result.kind = ast::Literal::Kind::boolean;
        result.text = "false";
        for (auto [inner_key, inner] : object(value)) result.text = boolean(inner) ? "true" : "false";
        break;
      case "sval"_n:
        result.kind = ast::Literal::Kind::string;
        result.text = content(value);
        break;
      case "bsval"_n:
        result.kind = ast::Literal::Kind::bit_string;
        result.text = content(value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::ColumnRef column_ref(Context& context, Json fields, int32_t& location) {
  ast::ColumnRef result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "fields"_n:
        for (Json node : array(value)) {
          Json part;
          if (open(node, part) == "A_Star") {
            result.star = true;
          } else {
            result.names.push_back(string_node(node));
          }
        }
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Parameter parameter(Context& context, Json fields, int32_t& location) {
  ast::Parameter result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "number"_n:
        result.number = integer(value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::FunctionCall function_call(Context& context, Json fields, int32_t& location) {
  ast::FunctionCall result;
  auto modifiers = [&]() -> ast::CallModifiers& {
    if (!result.modifiers) result.modifiers = ast::CallModifiers{};
    return *result.modifiers;
  };
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "funcname"_n:
        result.name = qualified_name(value);
        break;
      case "args"_n:
        result.arguments = expressions(context, value);
        break;
      case "agg_order"_n:
        modifiers().order_by = sort_items(context, value);
        break;
      case "agg_filter"_n:
        modifiers().filter = expression(context, value);
        break;
      case "over"_n:
        modifiers().over = window(context, value);
        break;
      case "agg_within_group"_n:
        modifiers().within_group = boolean(value);
        break;
      case "agg_star"_n:
        result.star = boolean(value);
        break;
      case "agg_distinct"_n:
        result.distinct = boolean(value);
        break;
      case "func_variadic"_n:
        result.variadic = boolean(value);
        break;
      case "funcformat"_n:
        result.sql_syntax = text(value) == "COERCE_SQL_SYNTAX";
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Cast cast(Context& context, Json fields, int32_t& location) {
  ast::Cast result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "arg"_n:
        result.argument = expression(context, value);
        break;
      case "typeName"_n:
        result.type = type_name(context, value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Operation::Kind operation_kind(std::string_view name) {
  using enum ast::Operation::Kind;
  switch (name_number(name)) {
    case "AEXPR_OP"_n:
      return op;
    case "AEXPR_OP_ANY"_n:
      return any;
    case "AEXPR_OP_ALL"_n:
      return all;
    case "AEXPR_DISTINCT"_n:
      return distinct;
    case "AEXPR_NOT_DISTINCT"_n:
      return not_distinct;
    case "AEXPR_NULLIF"_n:
      return nullif;
    case "AEXPR_IN"_n:
      return in;
    case "AEXPR_LIKE"_n:
      return like;
    case "AEXPR_ILIKE"_n:
      return ilike;
    case "AEXPR_SIMILAR"_n:
      return similar;
    case "AEXPR_BETWEEN"_n:
      return between;
    case "AEXPR_NOT_BETWEEN"_n:
      return not_between;
    case "AEXPR_BETWEEN_SYM"_n:
      return between_symmetric;
    case "AEXPR_NOT_BETWEEN_SYM"_n:
      return not_between_symmetric;
    default:
      throw Unmodelled{};
  }
}

ast::Operation operation(Context& context, Json fields, int32_t& location) {
  ast::Operation result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "kind"_n:
        result.kind = operation_kind(text(value));
        break;
      case "name"_n:
        result.op = string_nodes(value);
        break;
      case "lexpr"_n:
        result.left = expression(context, value);
        break;
      case "rexpr"_n:
        result.right = expression(context, value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      case "rexpr_list_start"_n:  // of PostgreSQL 18: the places of the parentheses
      case "rexpr_list_end"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::BoolExpr bool_expr(Context& context, Json fields, int32_t& location) {
  ast::BoolExpr result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "boolop"_n:
        switch (name_number(text(value))) {
          case "AND_EXPR"_n:
            result.kind = ast::BoolExpr::Kind::conjunction;
            break;
          case "OR_EXPR"_n:
            result.kind = ast::BoolExpr::Kind::disjunction;
            break;
          case "NOT_EXPR"_n:
            result.kind = ast::BoolExpr::Kind::negation;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      case "args"_n:
        result.arguments = expressions(context, value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::NullTest null_test(Context& context, Json fields, int32_t& location) {
  ast::NullTest result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "arg"_n:
        result.argument = expression(context, value);
        break;
      case "nulltesttype"_n:
        result.negated = text(value) == "IS_NOT_NULL";
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::BooleanTest boolean_test(Context& context, Json fields, int32_t& location) {
  ast::BooleanTest result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "arg"_n:
        result.argument = expression(context, value);
        break;
      case "booltesttype"_n: {
        using enum ast::BooleanTest::Kind;
        switch (name_number(text(value))) {
          case "IS_TRUE"_n:
            result.kind = is_true;
            break;
          case "IS_NOT_TRUE"_n:
            result.kind = is_not_true;
            break;
          case "IS_FALSE"_n:
            result.kind = is_false;
            break;
          case "IS_NOT_FALSE"_n:
            result.kind = is_not_false;
            break;
          case "IS_UNKNOWN"_n:
            result.kind = is_unknown;
            break;
          case "IS_NOT_UNKNOWN"_n:
            result.kind = is_not_unknown;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      }
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::CaseWhen case_when(Context& context, Json fields) {
  ast::CaseWhen result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "expr"_n:
        result.condition = expression(context, value);
        break;
      case "result"_n:
        result.result = expression(context, value);
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Case case_expr(Context& context, Json fields, int32_t& location) {
  ast::Case result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "arg"_n:
        result.argument = expression(context, value);
        break;
      case "args"_n:
        for (Json node : array(value)) result.whens.push_back(case_when(context, open_as("CaseWhen", node)));
        break;
      case "defresult"_n:
        result.otherwise = expression(context, value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

/// Of the nodes that hold nothing but a list of expressions in `list_field`.
std::vector<ast::Expr> only_list(Context& context, std::string_view list_field, Json fields,
                                 int32_t& location) {
  std::vector<ast::Expr> result;
  for (auto [key, value] : object(fields)) {
    if (key == list_field) {
      result = expressions(context, value);
    } else if (key == "location") {
      location = offset(context, value);
    } else if (key != "list_start" && key != "list_end") {  // of PostgreSQL 18: the places of the brackets
      throw Unmodelled{};
    }
  }
  return result;
}

ast::MinMax min_max(Context& context, Json fields, int32_t& location) {
  ast::MinMax result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "op"_n:
        result.greatest = text(value) == "IS_GREATEST";
        break;
      case "args"_n:
        result.arguments = expressions(context, value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

std::string_view value_function_keyword(std::string_view name) {
  switch (name_number(name)) {
    case "SVFOP_CURRENT_DATE"_n:
      return "CURRENT_DATE";
    case "SVFOP_CURRENT_TIME"_n:
    case "SVFOP_CURRENT_TIME_N"_n:
      return "CURRENT_TIME";
    case "SVFOP_CURRENT_TIMESTAMP"_n:
    case "SVFOP_CURRENT_TIMESTAMP_N"_n:
      return "CURRENT_TIMESTAMP";
    case "SVFOP_LOCALTIME"_n:
    case "SVFOP_LOCALTIME_N"_n:
      return "LOCALTIME";
    case "SVFOP_LOCALTIMESTAMP"_n:
    case "SVFOP_LOCALTIMESTAMP_N"_n:
      return "LOCALTIMESTAMP";
    case "SVFOP_CURRENT_ROLE"_n:
      return "CURRENT_ROLE";
    case "SVFOP_CURRENT_USER"_n:
      return "CURRENT_USER";
    case "SVFOP_USER"_n:
      return "USER";
    case "SVFOP_SESSION_USER"_n:
      return "SESSION_USER";
    case "SVFOP_CURRENT_CATALOG"_n:
      return "CURRENT_CATALOG";
    case "SVFOP_CURRENT_SCHEMA"_n:
      return "CURRENT_SCHEMA";
    default:
      throw Unmodelled{};
  }
}

ast::ValueFunction value_function(Context& context, Json fields, int32_t& location) {
  ast::ValueFunction result;
  result.precision = 0;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "op"_n:
        result.keyword = value_function_keyword(text(value));
        break;
      case "typmod"_n:
        result.precision = integer(value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Subquery subquery(Context& context, Json fields, int32_t& location) {
  ast::Subquery result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "subLinkType"_n: {
        using enum ast::Subquery::Kind;
        switch (name_number(text(value))) {
          case "EXISTS_SUBLINK"_n:
            result.kind = exists;
            break;
          case "ANY_SUBLINK"_n:
            result.kind = any;
            break;
          case "ALL_SUBLINK"_n:
            result.kind = all;
            break;
          case "EXPR_SUBLINK"_n:
            result.kind = scalar;
            break;
          case "ARRAY_SUBLINK"_n:
            result.kind = ast::Subquery::Kind::array;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      }
      case "testexpr"_n:
        result.test = expression(context, value);
        break;
      case "operName"_n:
        result.op = string_nodes(value);
        break;
      case "subselect"_n:
        result.query = query_node(context, value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::RowExpr row(Context& context, Json fields, int32_t& location) {
  ast::RowExpr result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "args"_n:
        result.elements = expressions(context, value);
        break;
      case "row_format"_n:
        result.explicit_row = text(value) == "COERCE_EXPLICIT_CALL";
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Step step(Context& context, Json node) {
  ast::Step result;
  Json fields;
  switch (name_number(open(node, fields))) {
    case "String"_n:
      result.field = string_node(node);
      break;
    case "A_Star"_n:
      result.kind = ast::Step::Kind::star;
      break;
    case "A_Indices"_n:
      result.kind = ast::Step::Kind::index;
      for (auto [key, value] : object(fields)) {
        switch (name_number(key)) {
          case "is_slice"_n:
            result.kind = ast::Step::Kind::slice;
            break;
          case "lidx"_n:
            result.lower = expression(context, value);
            break;
          case "uidx"_n:
            result.upper = expression(context, value);
            break;
          default:
            throw Unmodelled{};
        }
      }
      if (result.kind == ast::Step::Kind::index) std::swap(result.lower, result.upper);
      break;
    default:
      throw Unmodelled{};
  }
  return result;
}

ast::Indirection indirection(Context& context, Json fields, int32_t& location) {
  ast::Indirection result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "arg"_n:
        result.argument = expression(context, value);
        break;
      case "indirection"_n:
        for (Json node : array(value)) result.steps.push_back(step(context, node));
        break;
      default:
        throw Unmodelled{};
    }
  }
  location = result.argument->offset;
  return result;
}

ast::Collate collate(Context& context, Json fields, int32_t& location) {
  ast::Collate result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "arg"_n:
        result.argument = expression(context, value);
        break;
      case "collname"_n:
        result.collation = qualified_name(value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::NamedArgument named_argument(Context& context, Json fields, int32_t& location) {
  ast::NamedArgument result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "arg"_n:
        result.argument = expression(context, value);
        break;
      case "name"_n:
        result.name = text(value);
        break;
      case "argnumber"_n:
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::GroupingSet grouping_set(Context& context, Json fields, int32_t& location) {
  ast::GroupingSet result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "kind"_n: {
        using enum ast::GroupingSet::Kind;
        switch (name_number(text(value))) {
          case "GROUPING_SET_EMPTY"_n:
            result.kind = empty;
            break;
          case "GROUPING_SET_SIMPLE"_n:
            result.kind = simple;
            break;
          case "GROUPING_SET_ROLLUP"_n:
            result.kind = rollup;
            break;
          case "GROUPING_SET_CUBE"_n:
            result.kind = cube;
            break;
          case "GROUPING_SET_SETS"_n:
            result.kind = sets;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      }
      case "content"_n:
        result.content = expressions(context, value);
        break;
      case "location"_n:
        location = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

}  // namespace

ast::Expr expression(Context& context, Json node) {
  const Level level(context);
  ast::Expr result;
  result.offset = -context.prefix;
  int32_t& location = result.offset;
  Json fields;
  switch (name_number(open(node, fields))) {
    case "A_Const"_n:
      result.node = literal(context, fields, location);
      break;
    case "ColumnRef"_n:
      result.node = column_ref(context, fields, location);
      break;
    case "ParamRef"_n:
      result.node = parameter(context, fields, location);
      break;
    case "FuncCall"_n:
      result.node = function_call(context, fields, location);
      break;
    case "TypeCast"_n:
      result.node = cast(context, fields, location);
      break;
    case "A_Expr"_n:
      result.node = operation(context, fields, location);
      break;
    case "BoolExpr"_n:
      result.node = bool_expr(context, fields, location);
      break;
    case "NullTest"_n:
      result.node = null_test(context, fields, location);
      break;
    case "BooleanTest"_n:
      result.node = boolean_test(context, fields, location);
      break;
    case "CaseExpr"_n:
      result.node = case_expr(context, fields, location);
      break;
    case "CoalesceExpr"_n:
      result.node = ast::Coalesce{only_list(context, "args", fields, location)};
      break;
    case "MinMaxExpr"_n:
      result.node = min_max(context, fields, location);
      break;
    case "SQLValueFunction"_n:
      result.node = value_function(context, fields, location);
      break;
    case "SubLink"_n:
      result.node = subquery(context, fields, location);
      break;
    case "A_ArrayExpr"_n:
      result.node = ast::ArrayExpr{only_list(context, "elements", fields, location)};
      break;
    case "RowExpr"_n:
      result.node = row(context, fields, location);
      break;
    case "A_Indirection"_n:
      result.node = indirection(context, fields, location);
      break;
    case "CollateClause"_n:
      result.node = collate(context, fields, location);
      break;
    case "NamedArgExpr"_n:
      result.node = named_argument(context, fields, location);
      break;
    case "GroupingSet"_n:
      result.node = grouping_set(context, fields, location);
      break;
    case "SetToDefault"_n:
      result.node = ast::DefaultValue{};
      for (auto [key, value] : object(fields)) {
        if (key == "location") location = offset(context, value);
      }
      break;
    case "List"_n:
      result.node = ast::ExprList{only_list(context, "items", fields, location)};
      location = -1;
      break;
    default:
      throw Unmodelled{};
  }
  return result;
}

std::vector<ast::Expr> expressions(Context& context, Json list) {
  std::vector<ast::Expr> result;
  const array nodes(list);
  result.reserve(nodes.size());
  for (Json node : nodes) result.push_back(expression(context, node));
  return result;
}

}  // namespace pg2crdb::transform
