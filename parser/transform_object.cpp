#include <simdjson.h>

#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

void set_sequence_option(Context& context, ast::SequenceOptions& options, Json node) {
  Json argument;
  const DefElem element = def_elem(node, argument);
  switch (name_number(element.name)) {
    case "as"_n:
      options.type = type_name(context, open_as("TypeName", argument));
      break;
    case "start"_n:
      options.start = number(argument);
      break;
    case "increment"_n:
      options.increment = number(argument);
      break;
    case "minvalue"_n:
      if (element.has_argument) {
        options.minimum = number(argument);
      } else {
        options.no_minimum = true;
      }
      break;
    case "maxvalue"_n:
      if (element.has_argument) {
        options.maximum = number(argument);
      } else {
        options.no_maximum = true;
      }
      break;
    case "cache"_n:
      options.cache = number(argument);
      break;
    case "cycle"_n:
      (truth(argument) ? options.cycle : options.no_cycle) = true;
      break;
    case "restart"_n:
      if (element.has_argument) {
        options.restart = number(argument);
      } else {
        options.restart_default = true;
      }
      break;
    case "sequence_name"_n:
      for (auto [key, value] : object(open_as("List", argument)))
        options.sequence_name = qualified_name(value);
      break;
    case "owned_by"_n:
      for (auto [key, value] : object(open_as("List", argument))) options.owned_by = string_nodes(value);
      break;
    default:
      throw Unmodelled{};
  }
}

ast::SequenceOptions sequence_options(Context& context, Json list) {
  ast::SequenceOptions result;
  for (Json node : array(list)) set_sequence_option(context, result, node);
  return result;
}

ast::StatementNode create_sequence(Context& context, Json fields) {
  ast::CreateSequence result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "sequence"_n: {
        Relation sequence = relation(context, value);
        result.name = std::move(sequence.name);
        result.persistence = sequence.persistence;
        break;
      }
      case "options"_n:
        result.options = sequence_options(context, value);
        break;
      case "if_not_exists"_n:
        result.if_not_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode alter_sequence(Context& context, Json fields) {
  ast::AlterSequence result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "sequence"_n:
        result.name = relation(context, value).name;
        break;
      case "options"_n:
        result.options = sequence_options(context, value);
        break;
      case "missing_ok"_n:
        result.if_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode create_schema(Context&, Json fields) {
  ast::CreateSchema result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "schemaname"_n:
        result.name = text(value);
        break;
      case "authrole"_n:
        result.owner = role(value);
        result.has_owner = true;
        break;
      case "if_not_exists"_n:
        result.if_not_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode create_database(Context&, Json fields) {
  ast::CreateDatabase result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "dbname"_n:
        result.name = text(value);
        break;
      case "options"_n:
        result.options = options(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode create_extension(Context&, Json fields) {
  ast::CreateExtension result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "extname"_n:
        result.name = text(value);
        break;
      case "if_not_exists"_n:
        result.if_not_exists = boolean(value);
        break;
      case "options"_n:
        for (Json node : array(value)) {
          Json argument;
          switch (name_number(def_elem(node, argument).name)) {
            case "schema"_n:
              result.schema = string_node(argument);
              break;
            case "new_version"_n:
              result.version = string_node(argument);
              break;
            case "cascade"_n:
              result.cascade = truth(argument);
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
  return result;
}

ast::StatementNode create_enum(Context&, Json fields) {
  ast::CreateEnum result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "typeName"_n:
        result.name = qualified_name(value);
        break;
      case "vals"_n:
        result.labels = string_nodes(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode alter_enum(Context&, Json fields) {
  ast::AlterEnum result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "typeName"_n:
        result.name = qualified_name(value);
        break;
      case "oldVal"_n:
        result.old_label = text(value);
        break;
      case "newVal"_n:
        result.label = text(value);
        break;
      case "newValNeighbor"_n:
        result.neighbor = text(value);
        break;
      case "newValIsAfter"_n:
        result.after = boolean(value);
        break;
      case "skipIfNewValExists"_n:
        result.if_not_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (result.neighbor.empty()) result.after = false;  // ADD VALUE without a place says "after", too
  return result;
}

ast::StatementNode create_composite_type(Context& context, Json fields) {
  ast::CreateCompositeType result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "typevar"_n:
        result.name = relation(context, value).name;
        break;
      case "coldeflist"_n:
        for (Json node : array(value))
          result.attributes.push_back(column(context, open_as("ColumnDef", node)));
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode create_domain(Context& context, Json fields) {
  ast::CreateDomain result;
  ast::Column like_column;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "domainname"_n:
        result.name = qualified_name(value);
        break;
      case "typeName"_n:
        result.type = type_name(context, value);
        break;
      case "collClause"_n:
        result.collation = collation_name(value);
        break;
      case "constraints"_n:
        for (Json node : array(value))
          add_column_constraint(context, like_column, open_as("Constraint", node));
        break;
      default:
        throw Unmodelled{};
    }
  }
  result.default_value = std::move(like_column.default_value);
  result.not_null = like_column.not_null;
  result.constraints = std::move(like_column.constraints);
  return result;
}

ast::StatementNode create_view(Context& context, Json fields) {
  ast::CreateView result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "view"_n: {
        Relation view = relation(context, value);
        result.name = std::move(view.name);
        result.persistence = view.persistence;
        break;
      }
      case "aliases"_n:
        result.columns = string_nodes(value);
        break;
      case "query"_n:
        result.query = query_node(context, value);
        break;
      case "replace"_n:
        result.or_replace = boolean(value);
        break;
      case "options"_n:
        result.options = options(value);
        break;
      case "withCheckOption"_n:
        switch (name_number(text(value))) {
          case "NO_CHECK_OPTION"_n:
            break;
          case "LOCAL_CHECK_OPTION"_n:
            result.check_option = "LOCAL";
            break;
          case "CASCADED_CHECK_OPTION"_n:
            result.check_option = "CASCADED";
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

ast::StatementNode create_table_as(Context& context, Json fields) {
  ast::CreateTableAs result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "query"_n:
        result.query = query_node(context, value);
        break;
      case "objtype"_n:
        result.materialized_view = text(value) == "OBJECT_MATVIEW";
        break;
      case "if_not_exists"_n:
        result.if_not_exists = boolean(value);
        break;
      case "into"_n:
        for (auto [inner_key, inner] : object(value)) {
          switch (name_number(inner_key)) {
            case "rel"_n: {
              Relation table = relation(context, inner);
              if (table.persistence != ast::Persistence::permanent) throw Unmodelled{};
              result.name = std::move(table.name);
              break;
            }
            case "colNames"_n:
              result.columns = string_nodes(inner);
              break;
            case "accessMethod"_n:
              result.access_method = text(inner);
              break;
            case "options"_n:
              result.options = options(inner);
              break;
            case "onCommit"_n:
              if (text(inner) != "ONCOMMIT_NOOP") throw Unmodelled{};
              break;
            case "tableSpaceName"_n:
              result.tablespace = text(inner);
              break;
            case "skipData"_n:
              result.with_data = !boolean(inner);
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
  return result;
}

ast::StatementNode refresh_materialized_view(Context& context, Json fields) {
  ast::RefreshMaterializedView result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "concurrent"_n:
        result.concurrently = boolean(value);
        break;
      case "skipData"_n:
        result.with_data = !boolean(value);
        break;
      case "relation"_n:
        result.name = relation(context, value).name;
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

}  // namespace pg2crdb::transform
