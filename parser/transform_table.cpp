#include <simdjson.h>

#include <cctype>
#include <optional>

#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

namespace {

/// Whether the word USING stands between `begin` and the next parenthesis: the grammar fills in an access
/// method where none is written.
bool method_is_written(const Context& context, int32_t begin) {
  if (begin < 0) return true;
  bool quoted = false;
  std::string word;
  for (const char c : context.sql.substr(begin + context.prefix)) {
    if (c == '"') quoted = !quoted;
    const auto byte = static_cast<unsigned char>(c);
    if (!quoted && (std::isalnum(byte) || c == '_' || c == '$' || byte >= 0x80)) {
      word.push_back(static_cast<char>(std::tolower(byte)));
      continue;
    }
    if (word == "using") return true;
    word.clear();
    if (!quoted && c == '(') return false;
  }
  return false;
}

/// The letters are those of pg_constraint.
ast::ForeignKeyAction foreign_key_action(std::string_view letter) {
  switch (name_number(letter)) {
    case "a"_n:
      return ast::ForeignKeyAction::no_action;
    case "r"_n:
      return ast::ForeignKeyAction::restrict_;
    case "c"_n:
      return ast::ForeignKeyAction::cascade;
    case "n"_n:
      return ast::ForeignKeyAction::set_null;
    case "d"_n:
      return ast::ForeignKeyAction::set_default;
    default:
      throw Unmodelled{};
  }
}

ast::ForeignKeyMatch foreign_key_match(std::string_view letter) {
  switch (name_number(letter)) {
    case "s"_n:
      return ast::ForeignKeyMatch::simple;
    case "f"_n:
      return ast::ForeignKeyMatch::full;
    case "p"_n:
      return ast::ForeignKeyMatch::partial;
    default:
      throw Unmodelled{};
  }
}

/// A list of two: the element and the operator's name.
void add_exclusion(Context& context, Json node, ast::Constraint& result) {
  for (auto [key, items] : object(open_as("List", node))) {
    for (Json item : array(items)) {
      Json fields;
      switch (name_number(open(item, fields))) {
        case "IndexElem"_n:
          result.exclude_elements.push_back(index_element(context, fields));
          break;
        case "List"_n:
          for (auto [inner_key, inner] : object(fields))
            result.exclude_operators.push_back(string_nodes(inner));
          break;
        default:
          throw Unmodelled{};
      }
    }
  }
}

/// A Constraint node: columns have kinds of it that ast::Constraint has not.
struct ConstraintNode {
  std::string_view type;
  ast::Constraint constraint;
  ast::Box<ast::Expr> expr;
  bool always = false;
  bool stored = true;
  std::optional<Json> options;
};

ConstraintNode constraint_node(Context& context, Json fields) {
  ConstraintNode result;
  ast::Constraint& constraint = result.constraint;
  constraint.offset = -context.prefix;
  bool enforced = context.version < 180000;
  bool enforceable = false;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "contype"_n:
        result.type = text(value);
        switch (name_number(result.type)) {
          case "CONSTR_CHECK"_n:
            constraint.kind = ast::Constraint::Kind::check;
            enforceable = true;
            break;
          case "CONSTR_FOREIGN"_n:
            constraint.kind = ast::Constraint::Kind::foreign_key;
            enforceable = true;
            break;
          case "CONSTR_PRIMARY"_n:
            constraint.kind = ast::Constraint::Kind::primary_key;
            break;
          case "CONSTR_UNIQUE"_n:
            constraint.kind = ast::Constraint::Kind::unique;
            break;
          case "CONSTR_EXCLUSION"_n:
            constraint.kind = ast::Constraint::Kind::exclude;
            break;
          case "CONSTR_NOTNULL"_n:
            constraint.kind = ast::Constraint::Kind::not_null;
            break;
          default:
            break;
        }
        break;
      case "conname"_n:
        constraint.name = text(value);
        break;
      case "deferrable"_n:
        constraint.deferrable = boolean(value);
        break;
      case "initdeferred"_n:
        constraint.initially_deferred = boolean(value);
        break;
      case "skip_validation"_n:
        constraint.not_valid = boolean(value);
        break;
      case "initially_valid"_n:
        break;
      case "is_enforced"_n:
        enforced = boolean(value);
        break;
      case "is_no_inherit"_n:
        constraint.no_inherit = boolean(value);
        break;
      case "raw_expr"_n:
        result.expr = expression(context, value);
        break;
      case "generated_when"_n:
        result.always = text(value) == "a";
        break;
      case "generated_kind"_n:
        result.stored = text(value) == "s";
        break;
      case "nulls_not_distinct"_n:
        constraint.nulls_not_distinct = boolean(value);
        break;
      case "without_overlaps"_n:
        constraint.without_overlaps = boolean(value);
        break;
      case "keys"_n:
        constraint.columns = string_nodes(value);
        break;
      case "including"_n:
        constraint.including = string_nodes(value);
        break;
      case "exclusions"_n:
        for (Json node : array(value)) add_exclusion(context, node, constraint);
        break;
      case "options"_n:
        result.options = value;
        break;
      case "indexname"_n:
        constraint.using_index = text(value);
        break;
      case "indexspace"_n:
        constraint.tablespace = text(value);
        break;
      case "access_method"_n:
        constraint.access_method = text(value);
        break;
      case "where_clause"_n:
        constraint.where = expression(context, value);
        break;
      case "pktable"_n:
        constraint.referenced = relation(context, value).name;
        break;
      case "fk_attrs"_n:
        constraint.columns = string_nodes(value);
        break;
      case "pk_attrs"_n:
        constraint.referenced_columns = string_nodes(value);
        break;
      case "fk_matchtype"_n:
        constraint.match = foreign_key_match(text(value));
        break;
      case "fk_upd_action"_n:
        constraint.on_update = foreign_key_action(text(value));
        break;
      case "fk_del_action"_n:
        constraint.on_delete = foreign_key_action(text(value));
        break;
      case "fk_del_set_cols"_n:
        constraint.on_delete_columns = string_nodes(value);
        break;
      case "location"_n:
        constraint.offset = offset(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (enforceable && !enforced) {
    constraint.not_enforced = true;
    constraint.not_valid = false;
  }
  if (constraint.kind == ast::Constraint::Kind::exclude && !method_is_written(context, constraint.offset)) {
    constraint.access_method.clear();
  }
  return result;
}

ast::Constraint finish(ConstraintNode node) {
  if (node.type == "CONSTR_CHECK") node.constraint.check = std::move(node.expr);
  if (node.options) node.constraint.options = options(*node.options);
  return std::move(node.constraint);
}

ast::Identity identity(Context& context, const ConstraintNode& node) {
  ast::Identity result;
  result.always = node.always;
  if (node.options) result.options = sequence_options(context, *node.options);
  return result;
}

ast::LikeClause like_clause(Context& context, Json fields) {
  // The bits are PostgreSQL's CREATE_TABLE_LIKE_* (nodes/parsenodes.h).
  static constexpr const char* names[] = {"COMMENTS", "COMPRESSION", "CONSTRAINTS", "DEFAULTS", "GENERATED",
                                          "IDENTITY", "INDEXES",     "STATISTICS",  "STORAGE"};
  constexpr int64_t all = 0x7FFFFFFF;
  ast::LikeClause result;
  int64_t bits = 0;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "relation"_n:
        result.table = relation(context, value).name;
        break;
      case "options"_n:
        bits = integer(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (bits == all) {
    result.including.push_back("ALL");
  } else {
    for (size_t i = 0; i < std::size(names); ++i) {
      if (bits >> i & 1) result.including.push_back(names[i]);
    }
  }
  return result;
}

ast::PartitionBy partition_by(Context& context, Json fields) {
  ast::PartitionBy result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "strategy"_n:
        switch (name_number(text(value))) {
          case "PARTITION_STRATEGY_RANGE"_n:
          case "range"_n:
            result.strategy = "RANGE";
            break;  // libpg_query 15 gives the word itself
          case "PARTITION_STRATEGY_LIST"_n:
          case "list"_n:
            result.strategy = "LIST";
            break;
          case "PARTITION_STRATEGY_HASH"_n:
          case "hash"_n:
            result.strategy = "HASH";
            break;
          default:
            throw Unmodelled{};
        }
        break;
      case "partParams"_n:
        for (Json node : array(value)) {
          result.key.push_back(index_element(context, open_as("PartitionElem", node)));
        }
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::PartitionBound partition_bound(Context& context, Json fields) {
  ast::PartitionBound result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "strategy"_n:
        switch (name_number(text(value))) {
          case "r"_n:
            result.kind = ast::PartitionBound::Kind::range;
            break;
          case "l"_n:
            result.kind = ast::PartitionBound::Kind::list;
            break;
          case "h"_n:
            result.kind = ast::PartitionBound::Kind::hash;
            break;
          default:
            throw Unmodelled{};
        }
        break;
      case "is_default"_n:
        result.kind = ast::PartitionBound::Kind::default_;
        break;
      case "modulus"_n:
        result.modulus = integer(value);
        break;
      case "remainder"_n:
        result.remainder = integer(value);
        break;
      case "listdatums"_n:
        result.list = expressions(context, value);
        break;
      case "lowerdatums"_n:
        result.from = expressions(context, value);
        break;
      case "upperdatums"_n:
        result.to = expressions(context, value);
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::AlterCommand attach_partition(Context& context, Json fields) {
  ast::AttachPartition result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "name"_n:
        result.partition = relation(context, value).name;
        break;
      case "bound"_n:
        result.bound = partition_bound(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::AlterCommand set_type(Context& context, std::string name, Json definition) {
  ast::Column parsed = column(context, definition);
  return ast::SetType{std::move(name), std::move(parsed.type), std::move(parsed.collation),
                      std::move(parsed.default_value)};
}

ast::AlterCommand set_identity(Context& context, std::string name, Json list) {
  ast::SetIdentity result;
  result.column = std::move(name);
  for (auto [key, items] : object(list)) {
    for (Json node : array(items)) {
      Json argument;
      if (def_elem(node, argument).name != "generated") {
        set_sequence_option(context, result.options, node);
        continue;
      }
      result.sets_always = true;
      result.always = number(argument) == std::to_string('a');
    }
  }
  if (!result.options.sequence_name.empty()) throw Unmodelled{};  // PostgreSQL refuses it later
  return result;
}

ast::AlterCommand alter_command(Context& context, Json fields) {
  std::string_view subtype;
  std::string name;
  std::optional<Json> definition;
  ast::Role owner;
  bool cascade = false;
  bool missing_ok = false;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "subtype"_n:
        subtype = text(value);
        break;
      case "name"_n:
        name = text(value);
        break;
      case "newowner"_n:
        owner = role(value);
        break;
      case "def"_n:
        definition = value;
        break;
      case "behavior"_n:
        cascade = cascades(value);
        break;
      case "missing_ok"_n:
        missing_ok = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  auto defined = [&](std::string_view tag) {
    if (!definition) throw Unmodelled{};
    return open_as(tag, *definition);
  };
  switch (name_number(subtype)) {
    case "AT_AddColumn"_n:
      return ast::AddColumn{column(context, defined("ColumnDef")), missing_ok};
    case "AT_DropColumn"_n:
      return ast::DropColumn{std::move(name), missing_ok, cascade};
    case "AT_ColumnDefault"_n: {
      ast::SetDefault result{std::move(name), {}};
      if (definition) result.value = expression(context, *definition);
      return result;
    }
    case "AT_SetNotNull"_n:
      return ast::SetNotNull{std::move(name), true};
    case "AT_DropNotNull"_n:
      return ast::SetNotNull{std::move(name), false};
    case "AT_AlterColumnType"_n:
      return set_type(context, std::move(name), defined("ColumnDef"));
    case "AT_AddConstraint"_n:
      return ast::AddConstraint{constraint(context, defined("Constraint"))};
    case "AT_DropConstraint"_n:
      return ast::DropConstraint{std::move(name), missing_ok, cascade};
    case "AT_ValidateConstraint"_n:
      return ast::ValidateConstraint{std::move(name)};
    case "AT_AddIdentity"_n:
      return ast::AddIdentity{std::move(name),
                              identity(context, constraint_node(context, defined("Constraint")))};
    case "AT_SetIdentity"_n:
      return set_identity(context, std::move(name), defined("List"));
    case "AT_DropIdentity"_n:
      return ast::DropIdentity{std::move(name), missing_ok};
    case "AT_DropExpression"_n:
      return ast::DropExpression{std::move(name), missing_ok};
    case "AT_ChangeOwner"_n:
      return ast::OwnerTo{std::move(owner)};
    case "AT_AttachPartition"_n:
      return attach_partition(context, defined("PartitionCmd"));
    case "AT_EnableRowSecurity"_n:
      return ast::RowSecurity{ast::RowSecurity::Action::enable};
    case "AT_DisableRowSecurity"_n:
      return ast::RowSecurity{ast::RowSecurity::Action::disable};
    case "AT_ForceRowSecurity"_n:
      return ast::RowSecurity{ast::RowSecurity::Action::force};
    case "AT_NoForceRowSecurity"_n:
      return ast::RowSecurity{ast::RowSecurity::Action::no_force};
    default:
      throw Unmodelled{};
  }
}

}  // namespace

void add_column_constraint(Context& context, ast::Column& column, Json fields) {
  ConstraintNode node = constraint_node(context, fields);
  auto last = [&]() -> ast::Constraint& {
    if (column.constraints.empty()) throw Unmodelled{};
    return column.constraints.back();
  };
  switch (name_number(node.type)) {
    case "CONSTR_NULL"_n:
      column.explicit_null = true;
      break;
    case "CONSTR_NOTNULL"_n:
      column.not_null = true;
      column.not_null_name = std::move(node.constraint.name);
      column.not_null_no_inherit = node.constraint.no_inherit;
      break;
    case "CONSTR_DEFAULT"_n:
      column.default_value = std::move(node.expr);
      break;
    case "CONSTR_IDENTITY"_n:
      column.identity = identity(context, node);
      break;
    case "CONSTR_GENERATED"_n:
      column.generated = ast::Generated{std::move(node.expr), node.stored};
      break;
    case "CONSTR_CHECK"_n:
    case "CONSTR_PRIMARY"_n:
    case "CONSTR_UNIQUE"_n:
    case "CONSTR_FOREIGN"_n:
      column.constraints.push_back(finish(std::move(node)));
      break;
    // Written after the constraint that they belong to.
    case "CONSTR_ATTR_DEFERRABLE"_n:
      last().deferrable = true;
      break;
    case "CONSTR_ATTR_DEFERRED"_n:
      last().deferrable = true;
      last().initially_deferred = true;
      break;
    case "CONSTR_ATTR_NOT_DEFERRABLE"_n:
    case "CONSTR_ATTR_IMMEDIATE"_n:
      break;
    case "CONSTR_ATTR_ENFORCED"_n:
      last().not_enforced = false;
      break;
    case "CONSTR_ATTR_NOT_ENFORCED"_n:
      last().not_enforced = true;
      break;
    default:
      throw Unmodelled{};
  }
}

ast::Name collation_name(Json coll_clause) {
  for (auto [key, value] : object(coll_clause)) {
    if (key == "collname") return qualified_name(value);
  }
  throw Unmodelled{};
}

ast::Constraint constraint(Context& context, Json fields) {
  ConstraintNode node = constraint_node(context, fields);
  switch (name_number(node.type)) {
    case "CONSTR_CHECK"_n:
    case "CONSTR_PRIMARY"_n:
    case "CONSTR_UNIQUE"_n:
    case "CONSTR_FOREIGN"_n:
    case "CONSTR_EXCLUSION"_n:
    case "CONSTR_NOTNULL"_n:
      return finish(std::move(node));
    default:
      throw Unmodelled{};
  }
}

/// Also of a PartitionElem, whose fields are some of the same.
ast::IndexElement index_element(Context& context, Json fields) {
  ast::IndexElement result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "name"_n:
        result.column = text(value);
        break;
      case "expr"_n:
        result.expr = expression(context, value);
        break;
      case "collation"_n:
        result.collation = qualified_name(value);
        break;
      case "opclass"_n:
        result.operator_class = qualified_name(value);
        break;
      case "opclassopts"_n:
        result.operator_class_options = options(value);
        break;
      case "ordering"_n:
        result.order = sort_order(text(value));
        break;
      case "nulls_ordering"_n:
        result.nulls = nulls_order(text(value));
        break;
      case "location"_n:
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Column column(Context& context, Json fields) {
  ast::Column result;
  result.offset = -context.prefix;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "colname"_n:
        result.name = text(value);
        break;
      case "typeName"_n:
        result.type = type_name(context, value);
        break;
      case "compression"_n:
        result.compression = text(value);
        break;
      case "storage_name"_n:
        for (const char c : text(value)) {
          result.storage.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
        }
        break;
      case "raw_default"_n:
        result.default_value = expression(context, value);
        break;
      case "collClause"_n:
        result.collation = collation_name(value);
        break;
      case "constraints"_n:
        for (Json node : array(value)) add_column_constraint(context, result, open_as("Constraint", node));
        break;
      case "is_local"_n:
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

ast::StatementNode create_table(Context& context, Json fields) {
  ast::CreateTable result;
  std::vector<ast::Name> parents;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "relation"_n: {
        Relation table = relation(context, value);
        result.name = std::move(table.name);
        result.persistence = table.persistence;
        break;
      }
      case "tableElts"_n:
        result.columns.reserve(array(value).size());
        for (Json node : array(value)) {
          Json element;
          switch (name_number(open(node, element))) {
            case "ColumnDef"_n:
              result.columns.push_back(column(context, element));
              break;
            case "Constraint"_n:
              result.constraints.push_back(constraint(context, element));
              break;
            case "TableLikeClause"_n:
              result.likes.push_back(like_clause(context, element));
              break;
            default:
              throw Unmodelled{};
          }
        }
        break;
      case "inhRelations"_n:
        for (Json node : array(value)) parents.push_back(relation(context, open_as("RangeVar", node)).name);
        break;
      case "partbound"_n:
        result.bound = partition_bound(context, value);
        break;
      case "partspec"_n:
        result.partition_by = partition_by(context, value);
        break;
      case "ofTypename"_n:
        result.of_type = type_name(context, value);
        break;
      case "options"_n:
        result.options = options(value);
        break;
      case "oncommit"_n:
        if (text(value) != "ONCOMMIT_NOOP") throw Unmodelled{};
        break;
      case "tablespacename"_n:
        result.tablespace = text(value);
        break;
      case "accessMethod"_n:
        result.access_method = text(value);
        break;
      case "if_not_exists"_n:
        result.if_not_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (result.bound) {
    if (parents.size() != 1) throw Unmodelled{};
    result.partition_of = std::move(parents[0]);
  } else {
    result.inherits = std::move(parents);
  }
  std::erase_if(result.options, [&](const ast::Option& option) {
    if (option.name != "oids") return false;
    result.with_oids = option.value != "false" && option.value != "off" && option.value != "0";
    return true;
  });
  return result;
}

ast::StatementNode alter_table(Context& context, Json fields) {
  ast::AlterTable result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "relation"_n: {
        Relation table = relation(context, value);
        result.name = std::move(table.name);
        result.only = table.only;
        break;
      }
      case "cmds"_n:
        for (Json node : array(value)) {
          result.commands.push_back(alter_command(context, open_as("AlterTableCmd", node)));
        }
        break;
      case "objtype"_n:
        result.kind = object_kind(text(value));
        break;
      case "missing_ok"_n:
        result.if_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  // ALTER TYPE ADD ATTRIBUTE comes as ADD COLUMN.
  if (result.kind == ast::ObjectKind::type || result.kind == ast::ObjectKind::other) throw Unmodelled{};
  return result;
}

ast::StatementNode create_index(Context& context, Json fields) {
  ast::CreateIndex result;
  int32_t place = -1;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "idxname"_n:
        result.name = text(value);
        break;
      case "relation"_n: {
        Relation table = relation(context, value);
        result.table = std::move(table.name);
        result.only = table.only;
        place = table.offset;
        break;
      }
      case "accessMethod"_n:
        result.method = text(value);
        break;
      case "tableSpace"_n:
        result.tablespace = text(value);
        break;
      case "indexParams"_n:
        for (Json node : array(value)) {
          result.elements.push_back(index_element(context, open_as("IndexElem", node)));
        }
        break;
      case "indexIncludingParams"_n:
        for (Json node : array(value)) {
          ast::IndexElement element = index_element(context, open_as("IndexElem", node));
          if (element.column.empty()) throw Unmodelled{};
          result.including.push_back(std::move(element.column));
        }
        break;
      case "options"_n:
        result.options = options(value);
        break;
      case "whereClause"_n:
        result.where = expression(context, value);
        break;
      case "unique"_n:
        result.unique = boolean(value);
        break;
      case "nulls_not_distinct"_n:
        result.nulls_not_distinct = boolean(value);
        break;
      case "concurrent"_n:
        result.concurrently = boolean(value);
        break;
      case "if_not_exists"_n:
        result.if_not_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (!method_is_written(context, place)) result.method.clear();
  return result;
}

}  // namespace pg2crdb::transform
