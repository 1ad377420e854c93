#include <simdjson.h>

#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

namespace {

ast::FromItem from_item(Context& context, Json node);

ast::ColumnDefinition column_definition(Context& context, Json fields) {
  ast::ColumnDefinition result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "colname"_n:
        result.name = text(value);
        break;
      case "typeName"_n:
        result.type = type_name(context, value);
        break;
      case "collClause"_n:
        for (auto [inner_key, inner] : object(value)) {
          if (inner_key == "collname") result.collation = qualified_name(inner);
        }
        break;
      case "is_local"_n:
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

std::vector<ast::ColumnDefinition> column_definitions(Context& context, Json list) {
  std::vector<ast::ColumnDefinition> result;
  for (Json node : array(list)) result.push_back(column_definition(context, open_as("ColumnDef", node)));
  return result;
}

ast::SubqueryRef subquery_ref(Context& context, Json fields) {
  ast::SubqueryRef result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "lateral"_n:
        result.lateral = boolean(value);
        break;
      case "subquery"_n:
        result.query = query_node(context, value);
        break;
      case "alias"_n:
        result.alias = alias(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

/// A list of two: the call and its column definitions.
ast::FunctionRef::Function function(Context& context, Json node) {
  ast::FunctionRef::Function result;
  for (auto [key, items] : object(open_as("List", node))) {
    for (Json item : array(items)) {
      Json fields;
      const std::string_view tag = open(item, fields);
      if (!result.call) {
        result.call = expression(context, item);
      } else if (tag == "List") {
        for (auto [inner_key, inner] : object(fields)) result.columns = column_definitions(context, inner);
      } else if (!tag.empty()) {
        throw Unmodelled{};
      }
    }
  }
  return result;
}

ast::FunctionRef function_ref(Context& context, Json fields) {
  ast::FunctionRef result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "lateral"_n:
        result.lateral = boolean(value);
        break;
      case "ordinality"_n:
        result.ordinality = boolean(value);
        break;
      case "is_rowsfrom"_n:
        result.rows_from = boolean(value);
        break;
      case "functions"_n:
        for (Json node : array(value)) result.functions.push_back(function(context, node));
        break;
      case "alias"_n:
        result.alias = alias(value);
        break;
      case "coldeflist"_n:
        result.columns = column_definitions(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Join join(Context& context, Json fields) {
  ast::Join result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "jointype"_n:
        switch (name_number(text(value))) {
          case "JOIN_INNER"_n:
            result.kind = ast::Join::Kind::inner;
            break;
          case "JOIN_LEFT"_n:
            result.kind = ast::Join::Kind::left;
            break;
          case "JOIN_RIGHT"_n:
            result.kind = ast::Join::Kind::right;
            break;
          case "JOIN_FULL"_n:
            result.kind = ast::Join::Kind::full;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      case "isNatural"_n:
        result.natural = boolean(value);
        break;
      case "larg"_n:
        result.left = from_item(context, value);
        break;
      case "rarg"_n:
        result.right = from_item(context, value);
        break;
      case "usingClause"_n:
        result.using_columns = string_nodes(value);
        break;
      case "join_using_alias"_n:
        result.using_alias = alias(value).name;
        break;
      case "quals"_n:
        result.on = expression(context, value);
        break;
      case "alias"_n:
        result.alias = alias(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (result.kind == ast::Join::Kind::inner && !result.natural && !result.on &&
      result.using_columns.empty()) {
    result.kind = ast::Join::Kind::cross;
  }
  return result;
}

ast::FromItem from_item(Context& context, Json node) {
  const Level level(context);
  ast::FromItem result;
  Json fields;
  switch (name_number(open(node, fields))) {
    case "RangeVar"_n: {
      Relation table = relation(context, fields);
      result.offset = table.offset;
      result.node = ast::TableRef{std::move(table.name), table.only, std::move(table.alias)};
      break;
    }
    case "RangeSubselect"_n:
      result.node = subquery_ref(context, fields);
      break;
    case "RangeFunction"_n:
      result.node = function_ref(context, fields);
      break;
    case "JoinExpr"_n:
      result.node = join(context, fields);
      break;
    default:
      throw Unmodelled{};
  }
  return result;
}

ast::SelectItem select_item(Context& context, Json fields) {
  ast::SelectItem result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "name"_n:
        result.alias = text(value);
        break;
      case "val"_n:
        result.expr = expression(context, value);
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::CommonTable common_table(Context& context, Json fields) {
  ast::CommonTable result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "ctename"_n:
        result.name = text(value);
        break;
      case "aliascolnames"_n:
        result.columns = string_nodes(value);
        break;
      case "ctematerialized"_n:
        switch (name_number(text(value))) {
          case "CTEMaterializeAlways"_n:
            result.materialized = ast::CommonTable::Materialized::always;
            break;
          case "CTEMaterializeNever"_n:
            result.materialized = ast::CommonTable::Materialized::never;
            break;
          default:
            break;
        }
        break;
      case "ctequery"_n:
        result.query = query_node(context, value);
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

void with_clause(Context& context, Json fields, ast::Query& query) {
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "ctes"_n:
        for (Json node : array(value)) {
          query.with.push_back(common_table(context, open_as("CommonTableExpr", node)));
        }
        break;
      case "recursive"_n:
        query.recursive = boolean(value);
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
}

ast::Locking locking(Context& context, Json fields) {
  ast::Locking result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "lockedRels"_n:
        for (Json node : array(value)) {
          result.tables.push_back(relation(context, open_as("RangeVar", node)).name);
        }
        break;
      case "strength"_n:
        switch (name_number(text(value))) {
          case "LCS_FORKEYSHARE"_n:
            result.strength = "KEY SHARE";
            break;
          case "LCS_FORSHARE"_n:
            result.strength = "SHARE";
            break;
          case "LCS_FORNOKEYUPDATE"_n:
            result.strength = "NO KEY UPDATE";
            break;
          case "LCS_FORUPDATE"_n:
            result.strength = "UPDATE";
            break;
          default:
            throw Unmodelled{};
        }
        break;
      case "waitPolicy"_n:
        switch (name_number(text(value))) {
          case "LockWaitBlock"_n:
            break;
          case "LockWaitSkip"_n:
            result.wait = "SKIP LOCKED";
            break;
          case "LockWaitError"_n:
            result.wait = "NOWAIT";
            break;
          default:
            throw Unmodelled{};
        }
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Query::SetOperation set_operation(std::string_view name) {
  switch (name_number(name)) {
    case "SETOP_NONE"_n:
      return ast::Query::SetOperation::none;
    case "SETOP_UNION"_n:
      return ast::Query::SetOperation::union_;
    case "SETOP_INTERSECT"_n:
      return ast::Query::SetOperation::intersect;
    case "SETOP_EXCEPT"_n:
      return ast::Query::SetOperation::except;
    default:
      throw Unmodelled{};
  }
}

}  // namespace

ast::SortOrder sort_order(std::string_view name) {
  switch (name_number(name)) {
    case "SORTBY_ASC"_n:
      return ast::SortOrder::ascending;
    case "SORTBY_DESC"_n:
      return ast::SortOrder::descending;
    default:
      return ast::SortOrder::unspecified;
  }
}

ast::NullsOrder nulls_order(std::string_view name) {
  switch (name_number(name)) {
    case "SORTBY_NULLS_FIRST"_n:
      return ast::NullsOrder::first;
    case "SORTBY_NULLS_LAST"_n:
      return ast::NullsOrder::last;
    default:
      return ast::NullsOrder::unspecified;
  }
}

std::vector<ast::SortItem> sort_items(Context& context, Json list) {
  std::vector<ast::SortItem> result;
  for (Json node : array(list)) {
    ast::SortItem item;
    for (auto [key, value] : object(open_as("SortBy", node))) {
      switch (name_number(key)) {
        case "node"_n:
          item.expr = expression(context, value);
          break;
        case "sortby_dir"_n:
          item.order = sort_order(text(value));
          break;
        case "sortby_nulls"_n:
          item.nulls = nulls_order(text(value));
          break;
        case "useOp"_n:
          item.using_operator = string_nodes(value);
          break;
        case "location"_n:
          break;
        default:
          throw Unmodelled{};
      }
    }
    result.push_back(std::move(item));
  }
  return result;
}

ast::Window window(Context& context, Json fields) {
  ast::Window result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "name"_n:
        result.name = text(value);
        break;
      case "refname"_n:
        result.references = text(value);
        break;
      case "partitionClause"_n:
        result.partition_by = expressions(context, value);
        break;
      case "orderClause"_n:
        result.order_by = sort_items(context, value);
        break;
      case "frameOptions"_n:
        result.frame_options = integer(value);
        break;
      case "startOffset"_n:
        result.start_offset = expression(context, value);
        break;
      case "endOffset"_n:
        result.end_offset = expression(context, value);
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Query query_node(Context& context, Json node) {
  return query(context, open_as("SelectStmt", node));
}

ast::Query query(Context& context, Json select) {
  const Level level(context);
  ast::Query result;
  for (auto [key, value] : object(select)) {
    switch (name_number(key)) {
      case "distinctClause"_n:
        result.distinct = true;
        for (Json node : array(value)) {
          Json fields;
          // One empty node says DISTINCT without ON.
          if (!open(node, fields).empty()) result.distinct_on.push_back(expression(context, node));
        }
        break;
      case "targetList"_n: {
        const array nodes(value);
        result.targets.reserve(nodes.size());
        for (Json node : nodes) result.targets.push_back(select_item(context, open_as("ResTarget", node)));
        break;
      }
      case "fromClause"_n:
        for (Json node : array(value)) result.from.push_back(from_item(context, node));
        break;
      case "whereClause"_n:
        result.where = expression(context, value);
        break;
      case "groupClause"_n:
        result.group_by = expressions(context, value);
        break;
      case "groupDistinct"_n:
        result.group_distinct = boolean(value);
        break;
      case "havingClause"_n:
        result.having = expression(context, value);
        break;
      case "windowClause"_n:
        for (Json node : array(value)) result.windows.push_back(window(context, open_as("WindowDef", node)));
        break;
      case "valuesLists"_n:
        for (Json node : array(value)) {
          for (auto [inner_key, items] : object(open_as("List", node))) {
            result.values.push_back(expressions(context, items));
          }
        }
        break;
      case "sortClause"_n:
        result.order_by = sort_items(context, value);
        break;
      case "limitOffset"_n:
        result.offset = expression(context, value);
        break;
      case "limitCount"_n:
        result.limit = expression(context, value);
        break;
      case "limitOption"_n:
        result.limit_with_ties = text(value) == "LIMIT_OPTION_WITH_TIES";
        break;
      case "lockingClause"_n:
        for (Json node : array(value)) {
          result.locking.push_back(locking(context, open_as("LockingClause", node)));
        }
        break;
      case "withClause"_n:
        with_clause(context, value, result);
        break;
      case "op"_n:
        result.set_operation = set_operation(text(value));
        break;
      case "all"_n:
        result.set_all = boolean(value);
        break;
      case "larg"_n:
        result.left = query(context, value);
        break;
      case "rarg"_n:
        result.right = query(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

}  // namespace pg2crdb::transform
