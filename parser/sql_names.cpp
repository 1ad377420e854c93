// Names in trees of libpg_query. The walk knows the few nodes that name something or that give names a scope,
// and looks into all others: what a later PostgreSQL adds is walked too. A field whose type is fixed has no
// tag in the JSON, so nodes are also known by fields that only they have.
#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "parser/name_collector.h"
#include "parser/pg_tree.h"
#include "parser/sql_tokens.h"
#include "parser/transform.h"

namespace pg2crdb::transform {
namespace {

using simdjson::dom::array;
using simdjson::dom::object;

/// Levels of JSON, some of which are two frames of the walk.
constexpr int deepest = 4000;

struct TooDeep {};

std::optional<Json> member(Json fields, std::string_view name) {
  for (auto [key, value] : object(fields)) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view word(Json fields, std::string_view name) {
  const std::optional<Json> value = member(fields, name);
  return value && value->is_string() ? text(*value) : std::string_view();
}

/// PostgreSQL leaves out what is zero.
int64_t location_of(Json fields) {
  const std::optional<Json> value = member(fields, "location");
  return value ? integer(*value) : 0;
}

/// Of a field that holds String nodes.
std::vector<std::string> strings(Json fields, std::string_view name) {
  const std::optional<Json> value = member(fields, name);
  return value ? string_nodes(*value) : std::vector<std::string>();
}

/// A field that holds nodes; none where it is not there.
std::vector<Json> nodes(Json fields, std::string_view name) {
  std::vector<Json> result;
  if (const std::optional<Json> list = member(fields, name)) {
    for (Json node : array(*list)) result.push_back(node);
  }
  return result;
}
std::vector<Json> items(Json list) {
  return nodes(open_as("List", list), "items");
}

/// `s.t` of `{s, t}` and of `{database, s, t}`.
std::optional<ast::Name> name_of(const std::vector<std::string>& parts) {
  switch (parts.size()) {
    case 1:
      return ast::Name{"", parts[0]};
    case 2:
    case 3:
      return ast::Name{parts[parts.size() - 2], parts.back()};
    default:
      return std::nullopt;
  }
}

bool is_relation(std::string_view object_type) {
  switch (name_number(object_type)) {
    case "OBJECT_TABLE"_n:
    case "OBJECT_VIEW"_n:
    case "OBJECT_MATVIEW"_n:
    case "OBJECT_SEQUENCE"_n:
    case "OBJECT_INDEX"_n:
    case "OBJECT_FOREIGN_TABLE"_n:
      return true;
    default:
      return false;
  }
}

/// `{s, t, c}`: the relation stands before the name of what belongs to it.
bool is_part_of_relation(std::string_view object_type) {
  switch (name_number(object_type)) {
    case "OBJECT_COLUMN"_n:
    case "OBJECT_TABCONSTRAINT"_n:
    case "OBJECT_TRIGGER"_n:
    case "OBJECT_RULE"_n:
    case "OBJECT_POLICY"_n:
      return true;
    default:
      return false;
  }
}

/// What CREATE AGGREGATE, OPERATOR, TYPE name by a DefElem, whose argument looks like a type.
std::optional<NameUse::Kind> kind_of_definition(std::string_view element) {
  constexpr std::string_view types[] = {"basetype", "leftarg", "rightarg", "stype",
                                        "mstype",   "like",    "element",  "subtype"};
  constexpr std::string_view routines[] = {
      "sfunc",    "finalfunc",  "combinefunc", "serialfunc",   "deserialfunc", "msfunc",
      "minvfunc", "mfinalfunc", "procedure",   "function",     "restrict",     "join",
      "input",    "output",     "receive",     "send",         "typmod_in",    "typmod_out",
      "analyze",  "subscript",  "canonical",   "subtype_diff", "start",        "gettoken",
      "end",      "lextypes",   "headline",    "init",         "lexize"};
  if (std::ranges::find(types, element) != std::end(types)) return NameUse::Kind::type;
  if (std::ranges::find(routines, element) != std::end(routines)) return NameUse::Kind::routine;
  return std::nullopt;
}

class Walker {
 public:
  Walker(const Piece& piece, NameCollector& names) : piece_(piece), names_(names) {}

  /// One statement; `begin` and `end` are bytes of the piece.
  void statement(Json node, size_t begin, size_t end) {
    begin_ = begin;
    end_ = end;
    tables_.clear();
    columns_.clear();
    queries_.clear();
    depth_ = 0;
    value(node);
    for (const Column& column : columns_) {
      const bool known = std::ranges::find(tables_, column.table) != tables_.end();
      if (known) add({.kind = NameUse::Kind::relation, .name = column.table}, column.parts, column.location);
    }
  }

  /// Bodies in statements, which are read when the JSON is no more needed.
  struct Body {
    std::string language;
    Piece piece;
  };
  std::vector<Body> bodies;

 private:
  using Kind = NameUse::Kind;

  /// s.t.c in an expression: the table where FROM has it so.
  struct Column {
    ast::Name table;
    std::vector<std::string> parts;
    int64_t location;
  };

  // --- the walk

  void value(Json node) {
    if (node.is_array()) {
      for (Json item : array(node)) value(item);
    } else if (node.is_object()) {
      deeper([&] {
        Json fields;
        const std::string_view tag = open(node, fields);
        if (!tag.empty()) tag[0] >= 'A' && tag[0] <= 'Z' ? tagged(tag, fields) : untagged(node);
      });
    }
  }
  template <class Function>
  void deeper(Function&& walk) {
    if (++depth_ > deepest) throw TooDeep{};
    walk();
    --depth_;
  }

  void members(Json fields, std::initializer_list<std::string_view> without = {}) {
    for (auto [key, field] : object(fields)) {
      if (std::ranges::find(without, key) == without.end()) value(field);
    }
  }

  void untagged(Json fields) {
    for (auto [key, field] : object(fields)) {
      switch (name_number(key)) {
        case "relname"_n:
          return relation(fields, false);
        case "names"_n:
          return type(fields);
        case "funcformat"_n:
          return call(fields);
        case "objname"_n:
          return signature(fields, false);
        default:
          break;
      }
    }
    members(fields);
  }

  void tagged(std::string_view tag, Json fields) {
    switch (name_number(tag)) {
      case "RangeVar"_n:
        return relation(fields, false);
      case "TypeName"_n:
        return type(fields);
      case "FuncCall"_n:
        return call(fields);
      case "TypeCast"_n:
        return cast(fields);
      case "ColumnRef"_n:
        return column(fields);
      case "ObjectWithArgs"_n:
        return signature(fields, false);

      case "SelectStmt"_n:
      case "InsertStmt"_n:
      case "UpdateStmt"_n:
      case "DeleteStmt"_n:
      case "MergeStmt"_n:
        return query(fields);

      case "CopyStmt"_n:
        return member(fields, "is_from") ? about(fields, "relation") : members(fields);
      case "TruncateStmt"_n:
        for (Json table : nodes(fields, "relations")) relation(open_as("RangeVar", table), true);
        return;
      case "AlterTableStmt"_n:
        return about(fields, "relation",
                     word(fields, "objtype") == "OBJECT_TYPE" ? Kind::type : Kind::relation);
      case "CreateStmt"_n:
      case "IndexStmt"_n:
      case "RuleStmt"_n:
      case "RefreshMatViewStmt"_n:
        return about(fields, "relation");
      case "CreateForeignTableStmt"_n:
        return about(*member(fields, "base"), "relation");
      case "CreatePolicyStmt"_n:
      case "AlterPolicyStmt"_n:
        return about(fields, "table");
      case "ViewStmt"_n:
        return about(fields, "view");
      case "CreateTableAsStmt"_n:
        about(*member(fields, "into"), "rel");
        return members(fields, {"into"});
      case "CompositeTypeStmt"_n:
        return about(fields, "typevar", Kind::type);
      case "CreateSeqStmt"_n:
      case "AlterSeqStmt"_n:
        return sequence(fields);

      case "CreateEnumStmt"_n:
      case "AlterEnumStmt"_n:
      case "AlterDomainStmt"_n:
      case "AlterTypeStmt"_n:
        list(Kind::type, strings(fields, "typeName"), true);
        return members(fields, {"typeName"});
      case "CreateRangeStmt"_n:
        list(Kind::type, strings(fields, "typeName"), true);
        return definitions(fields, "params");
      case "CreateDomainStmt"_n:
        list(Kind::type, strings(fields, "domainname"), true);
        return members(fields, {"domainname"});
      case "DefineStmt"_n:
        return define(fields);

      case "CreateFunctionStmt"_n:
        return create_function(fields);
      case "AlterFunctionStmt"_n:
        signature(*member(fields, "func"), true);
        return members(fields, {"func"});
      case "DoStmt"_n:
        return body("plpgsql", nodes(fields, "args"));
      case "CreateTrigStmt"_n:
        list(Kind::routine, strings(fields, "funcname"), false, 0);
        return about(fields, "relation");
      case "CreateEventTrigStmt"_n:
        return list(Kind::routine, strings(fields, "funcname"), false, 0);
      case "CreateConversionStmt"_n:
        return list(Kind::routine, strings(fields, "func_name"), false);
      case "CreatePLangStmt"_n:
        for (const char* handler : {"plhandler", "plinline", "plvalidator"})
          list(Kind::routine, strings(fields, handler), false);
        return;
      case "CreateOpClassItem"_n: {
        const std::optional<Json> kind = member(fields, "itemtype");
        constexpr int64_t operator_ = 1;  // OPCLASS_ITEM_OPERATOR
        if (kind && integer(*kind) == operator_) return members(fields, {"name"});
        return members(fields);
      }
      case "AlterOperatorStmt"_n:
        return members(fields, {"opername"});

      case "DropStmt"_n:
        for (Json one : nodes(fields, "objects")) named(word(fields, "removeType"), one, true);
        return;
      case "CommentStmt"_n:
      case "SecLabelStmt"_n:
        return named(word(fields, "objtype"), *member(fields, "object"), false);
      case "GrantStmt"_n:
        for (Json one : nodes(fields, "objects")) named(word(fields, "objtype"), one, false);
        return;
      case "RenameStmt"_n:
        return altered(word(fields, "renameType"), fields);
      case "AlterOwnerStmt"_n:
      case "AlterObjectSchemaStmt"_n:
      case "AlterObjectDependsStmt"_n:
        return altered(word(fields, "objectType"), fields);

      default:
        return untagged(fields);
    }
  }

  /// With names that WITH gives to queries, for this and what is in it. The table that is changed is never
  /// one of those.
  void query(Json fields) {
    const size_t outer = queries_.size();
    if (const std::optional<Json> with = member(fields, "withClause")) with_clause(*with);
    for (auto [key, field] : object(fields)) {
      switch (name_number(key)) {
        case "withClause"_n:
          break;
        case "relation"_n:
          relation(field, true);
          break;
        case "intoClause"_n:
          about(field, "rel");
          break;
        case "larg"_n:
        case "rarg"_n:
          deeper([&] { query(field); });
          break;
        default:
          value(field);
      }
    }
    queries_.resize(outer);
  }

  void with_clause(Json with) {
    const bool recursive = member(with, "recursive").has_value();
    const std::vector<Json> queries = nodes(with, "ctes");
    if (recursive) {
      for (Json one : queries) queries_.emplace_back(word(open_as("CommonTableExpr", one), "ctename"));
    }
    for (Json one : queries) {
      const Json fields = open_as("CommonTableExpr", one);
      members(fields);
      if (!recursive) queries_.emplace_back(word(fields, "ctename"));
    }
  }

  /// The field names the relation (or type) that the statement makes or changes.
  void about(Json fields, std::string_view field, Kind kind = Kind::relation) {
    if (const std::optional<Json> table = member(fields, field)) relation(*table, true, kind);
    members(fields, {field});
  }

  // --- nodes

  void relation(Json fields, bool changes, Kind kind = Kind::relation) {
    std::vector<std::string> parts;
    for (const char* part : {"catalogname", "schemaname", "relname"}) {
      if (const std::string_view name = word(fields, part); !name.empty()) parts.emplace_back(name);
    }
    const std::optional<ast::Name> name = name_of(parts);
    if (!name) return;
    if (changes && word(fields, "relpersistence") == "t") return names_.temporary(name->name);
    const bool of_with =
        !changes && name->schema.empty() && std::ranges::find(queries_, name->name) != queries_.end();
    if (of_with) return;
    if (kind == Kind::relation) tables_.push_back(*name);
    add({.kind = kind, .name = *name, .changes = changes}, parts, location_of(fields));
  }

  void type(Json fields) {
    std::vector<std::string> parts = strings(fields, "names");
    const bool of_column = member(fields, "pct_type").has_value();
    members(fields, {"names"});
    if (!of_column) return add_type(parts, location_of(fields));
    parts.pop_back();
    if (const std::optional<ast::Name> table = name_of(parts))
      add({.kind = Kind::relation, .name = *table}, parts, location_of(fields));
  }

  void add_type(const std::vector<std::string>& parts, int64_t location, bool changes = false) {
    const std::optional<ast::Name> name = name_of(parts);
    if (name) add({.kind = Kind::type, .name = *name, .changes = changes}, parts, location);
  }

  void call(Json fields) {
    const std::vector<std::string> parts = strings(fields, "funcname");
    members(fields, {"funcname"});
    const std::optional<ast::Name> name = name_of(parts);
    if (!name || word(fields, "funcformat") == "COERCE_SQL_SYNTAX") return;
    const std::vector<Json> arguments = nodes(fields, "args");
    NameUse use{.kind = Kind::routine, .name = *name, .arguments = static_cast<int>(arguments.size())};
    for (Json argument : arguments) use.argument_types.push_back(argument_type(argument));
    add(std::move(use), parts, location_of(fields));
    if (!arguments.empty()) sequence_literal(name->name, arguments[0]);
  }

  /// `nextval('s.q')`, `pg_get_serial_sequence('s.t', 'c')`.
  void sequence_literal(std::string_view function, Json argument) {
    constexpr std::string_view functions[] = {"nextval", "currval", "setval", "pg_get_serial_sequence",
                                              "to_regclass"};
    if (std::ranges::find(functions, function) == std::end(functions)) return;
    Json fields;
    const bool is_cast = open(argument, fields) == "TypeCast";
    // Of a cast to regclass, the cast tells.
    if (!is_cast || !registry_type(fields)) literal(argument, Kind::relation);
  }

  static std::optional<Kind> registry_type(Json cast) {
    const std::vector<std::string> type = strings(*member(cast, "typeName"), "names");
    if (type.empty()) return std::nullopt;
    if (type.back() == "regclass") return Kind::relation;
    if (type.back() == "regtype") return Kind::type;
    return type.back() == "regproc" ? std::optional(Kind::routine) : std::nullopt;
  }

  void cast(Json fields) {
    members(fields);
    if (const std::optional<Kind> kind = registry_type(fields)) literal(*member(fields, "arg"), *kind);
  }

  /// A string that names an object, through casts to text.
  void literal(Json node, Kind kind) {
    Json fields;
    std::string_view tag = open(node, fields);
    while (tag == "TypeCast") tag = open(*member(fields, "arg"), fields);
    const std::optional<Json> content = tag == "A_Const" ? member(fields, "sval") : std::nullopt;
    if (!content) return;
    const std::string written(word(*content, "sval"));
    const size_t blanks = std::min(written.find_first_not_of(' '), written.size());
    const WrittenName parts = read_name(std::string_view(written).substr(blanks));
    const std::optional<ast::Name> name = name_of(parts.parts);
    const bool is_name =
        name && written.find_first_not_of(' ', blanks + parts.ends.back()) == std::string::npos;
    if (!is_name) return;
    NameUse use{.kind = kind, .name = *name};
    const auto location = static_cast<size_t>(std::max<int64_t>(location_of(fields), 0));
    const Content place = plain_content(piece_.sql, location);
    if (std::string_view(piece_.sql).substr(place.begin, place.end - place.begin) == written) {
      const size_t first = parts.parts.size() == 3 ? 1 : 0;
      const size_t begin = place.begin + blanks;
      set_place(use, begin + parts.begins[first], begin + parts.ends.back());
    }
    names_.add(std::move(use), piece_.at(static_cast<int64_t>(location)));
  }

  ast::TypeName argument_type(Json node) {
    Json fields;
    const std::string_view tag = open(node, fields);
    switch (name_number(tag)) {
      case "NamedArgExpr"_n:
        return argument_type(*member(fields, "arg"));
      case "TypeCast"_n:
        return plain_type(*member(fields, "typeName"));
      case "A_Const"_n:
        for (auto [key, constant] : object(fields)) {
          switch (name_number(key)) {
            case "ival"_n:
              return {.name = {"pg_catalog", "int4"}};
            case "boolval"_n:
              return {.name = {"pg_catalog", "bool"}};
            case "fval"_n: {
              const std::string_view digits = word(constant, "fval");
              const bool whole = digits.find_first_not_of("-0123456789") == std::string_view::npos;
              return {.name = {"pg_catalog", whole && digits.size() < 19 ? "int8" : "numeric"}};
            }
            default:
              break;
          }
        }
        return {};
      default:
        return {};
    }
  }

  static ast::TypeName plain_type(Json fields) {
    try {
      Context nothing;
      ast::TypeName type = type_name(nothing, fields);
      type.offset = -1;
      return type;
    } catch (const Unmodelled&) {
      return {};
    }
  }

  /// Of three and more names.
  void column(Json fields) {
    std::vector<std::string> parts;
    for (Json field : nodes(fields, "fields")) {
      Json inner;
      if (open(field, inner) == "String")
        parts.push_back(string_node(field));
      else
        parts.emplace_back("*");
    }
    if (parts.size() != 3) return;
    parts.pop_back();
    columns_.push_back({{parts[0], parts[1]}, parts, location_of(fields)});
  }

  /// An ObjectWithArgs.
  void signature(Json fields, bool changes) {
    NameUse use{.kind = Kind::routine, .changes = changes};
    const std::vector<std::string> parts = strings(fields, "objname");
    const std::vector<Json> types = nodes(fields, "objargs");
    for (Json argument : types) {
      Json its;
      use.argument_types.push_back(open(argument, its).empty() ? ast::TypeName() : plain_type(its));
      value(argument);
    }
    if (!member(fields, "args_unspecified")) use.arguments = static_cast<int>(types.size());
    add_listed(std::move(use), parts);
  }

  void create_function(Json fields) {
    NameUse use{.kind = Kind::routine, .arguments = 0, .changes = true};
    for (Json node : nodes(fields, "parameters")) {
      const Json parameter = open_as("FunctionParameter", node);
      const std::string_view mode = word(parameter, "mode");
      if (mode == "FUNC_PARAM_OUT" || mode == "FUNC_PARAM_TABLE") continue;
      use.argument_types.push_back(plain_type(*member(parameter, "argType")));
    }
    use.arguments = static_cast<int>(use.argument_types.size());
    add_listed(std::move(use), strings(fields, "funcname"));
    members(fields, {"funcname"});
    body("sql", nodes(fields, "options"));
  }

  /// The string of DO and CREATE FUNCTION among their options.
  void body(std::string language, const std::vector<Json>& options) {
    std::optional<std::string> string;
    int64_t location = 0;
    for (Json node : options) {
      Json argument;
      const DefElem element = def_elem(node, argument);
      if (element.name == "language") language = string_node(argument);
      if (element.name != "as") continue;
      Json fields;
      const bool listed = open(argument, fields) == "List";
      if (!listed) {
        string = string_node(argument);
      } else if (items(argument).size() == 1) {
        string = string_node(items(argument)[0]);
      }
      location = location_of(open_as("DefElem", node));
      if (listed) location = after_as(location);
    }
    if (!string) return;
    Body found{language, {}};
    const Content content = plain_content(piece_.sql, static_cast<size_t>(std::max<int64_t>(location, 0)));
    found.piece.has_places =
        piece_.has_places &&
        std::string_view(piece_.sql).substr(content.begin, content.end - content.begin) == *string;
    found.piece.shift = piece_.shift + static_cast<int64_t>(content.begin);
    found.piece.place = piece_.at(std::max<int64_t>(location, 0));
    found.piece.sql = std::move(*string);
    bodies.push_back(std::move(found));
  }

  /// The string behind the word AS.
  int64_t after_as(int64_t location) {
    const auto after = static_cast<size_t>(location);
    for (const Token& token : tokens()) {
      if (token.begin > after) return static_cast<int64_t>(token.begin);
    }
    return location;
  }

  void sequence(Json fields) {
    for (Json node : nodes(fields, "options")) {
      Json argument;
      if (def_elem(node, argument).name != "owned_by") continue;
      std::vector<std::string> parts = strings(open_as("List", argument), "items");
      if (parts.size() < 2) continue;  // NONE
      parts.pop_back();
      list(Kind::relation, parts, false);
    }
    about(fields, "sequence");
  }

  void define(Json fields) {
    const std::string_view kind = word(fields, "kind");
    const std::vector<std::string> parts = strings(fields, "defnames");
    if (kind == "OBJECT_AGGREGATE") {
      NameUse use{.kind = Kind::routine, .changes = true};
      // A list, and how many of it are direct arguments; nothing for (*).
      const std::vector<Json> arguments = nodes(fields, "args");
      Json list_fields;
      if (!arguments.empty() && open(arguments[0], list_fields) == "List") {
        for (Json node : items(arguments[0]))
          use.argument_types.push_back(plain_type(*member(open_as("FunctionParameter", node), "argType")));
        value(arguments[0]);
      }
      if (!arguments.empty()) use.arguments = static_cast<int>(use.argument_types.size());
      add_listed(std::move(use), parts);
    } else if (kind == "OBJECT_TYPE") {
      list(Kind::type, parts, true);
    }
    definitions(fields, "definition");
  }

  void definitions(Json fields, std::string_view list_name) {
    for (Json node : nodes(fields, list_name)) {
      Json argument;
      const DefElem element = def_elem(node, argument);
      Json type_fields;
      if (!element.has_argument || open(argument, type_fields) != "TypeName") continue;
      const std::optional<Kind> kind = kind_of_definition(element.name);
      if (kind == Kind::type) type(type_fields);
      if (kind != Kind::routine) continue;
      const std::vector<std::string> parts = strings(type_fields, "names");
      if (const std::optional<ast::Name> name = name_of(parts))
        add({.kind = Kind::routine, .name = *name}, parts, location_of(type_fields));
    }
  }

  /// What a statement about any kind of object names.
  void named(std::string_view object_type, Json node, bool changes) {
    Json fields;
    switch (name_number(open(node, fields))) {
      case "RangeVar"_n:
        return relation(fields, changes);
      case "TypeName"_n: {
        const std::vector<std::string> parts = strings(fields, "names");
        return add_type(parts, location_of(fields), changes);
      }
      case "ObjectWithArgs"_n:
        if (object_type != "OBJECT_OPERATOR") signature(fields, changes);
        return;
      case "List"_n:
        break;
      default:
        return;
    }
    if (object_type == "OBJECT_DOMCONSTRAINT") return named("OBJECT_TYPE", items(node).at(0), changes);
    const bool is_type = object_type == "OBJECT_TYPE" || object_type == "OBJECT_DOMAIN";
    const bool is_part = is_part_of_relation(object_type);
    if (!is_type && !is_part && !is_relation(object_type)) return;
    std::vector<std::string> parts = strings(fields, "items");
    if (is_part && !parts.empty()) parts.pop_back();
    list(is_type ? Kind::type : Kind::relation, parts, changes);
  }

  /// ALTER of any kind of object, which is a relation or stands in `object`.
  void altered(std::string_view object_type, Json fields) {
    const bool is_type = object_type == "OBJECT_ATTRIBUTE";
    if (const std::optional<Json> table = member(fields, "relation"))
      return relation(*table, true, is_type ? Kind::type : Kind::relation);
    const std::optional<Json> node = member(fields, "object");
    if (!node) return;
    // A domain's name stands alone when its constraint is renamed.
    named(object_type == "OBJECT_DOMCONSTRAINT" ? "OBJECT_DOMAIN" : object_type, *node, true);
  }

  // --- places

  void list(Kind kind, const std::vector<std::string>& parts, bool changes, int arguments = -1) {
    add_listed({.kind = kind, .arguments = arguments, .changes = changes}, parts);
  }

  /// A name that libpg_query gives no place: where its words stand once in the statement, that is it.
  void add_listed(NameUse use, const std::vector<std::string>& parts) {
    const std::optional<ast::Name> name = name_of(parts);
    if (!name) return;
    use.name = *name;
    if (use.kind == Kind::relation) tables_.push_back(*name);
    std::vector<size_t> found;
    std::vector<size_t> called;  // of those, where a parenthesis follows
    const std::vector<Token>& all = tokens();
    for (size_t i = 0; piece_.has_places && i < all.size(); ++i) {
      if (all[i].begin < begin_ || all[i].begin >= end_ || !all[i].is_name()) continue;
      if (i > 0 && all[i - 1].is(".")) continue;
      const WrittenName written = read_name(std::string_view(piece_.sql).substr(all[i].begin));
      if (!begins_with(written, parts)) continue;
      found.push_back(all[i].begin);
      const size_t next = i + 2 * parts.size() - 1;
      if (next < all.size() && all[next].is("(")) called.push_back(all[i].begin);
    }
    if (found.size() > 1 && use.kind == Kind::routine) found = std::move(called);
    add(std::move(use), parts, found.size() == 1 ? static_cast<int64_t>(found[0]) : -1);
  }

  static bool begins_with(const WrittenName& written, const std::vector<std::string>& parts) {
    return written.parts.size() >= parts.size() &&
           std::equal(parts.begin(), parts.end(), written.parts.begin());
  }

  /// `location` is where the parser saw it. Of PostgreSQL's own, what does not stand there as a name is a
  /// keyword or an operator to a person.
  void add(NameUse use, const std::vector<std::string>& parts, int64_t location) {
    const bool known = location >= 0 && location < static_cast<int64_t>(piece_.sql.size());
    const auto at = static_cast<size_t>(known ? location : 0);
    const WrittenName written = known ? read_name(std::string_view(piece_.sql).substr(at)) : WrittenName();
    if (begins_with(written, parts)) {
      const size_t first = parts.size() == 3 ? 1 : 0;
      set_place(use, at + written.begins[first], at + written.ends[parts.size() - 1]);
    } else if (use.name.schema == "pg_catalog") {
      return;
    }
    names_.add(std::move(use), piece_.at(static_cast<int64_t>(known ? at : begin_)));
  }

  void set_place(NameUse& use, size_t begin, size_t end) const {
    if (!piece_.has_places) return;
    use.begin = static_cast<size_t>(piece_.shift + static_cast<int64_t>(begin));
    use.end = static_cast<size_t>(piece_.shift + static_cast<int64_t>(end));
  }

  const std::vector<Token>& tokens() {
    if (!tokens_) {
      std::string error;
      tokens_ = scan_sql(piece_.sql, error).value_or(std::vector<Token>());
    }
    return *tokens_;
  }

  const Piece& piece_;
  NameCollector& names_;
  std::vector<std::string> queries_;  ///< names of WITH, the innermost last
  std::vector<ast::Name> tables_;     ///< of the statement
  std::vector<Column> columns_;
  std::optional<std::vector<Token>> tokens_;
  size_t begin_ = 0;
  size_t end_ = 0;
  int depth_ = 0;
};

void read_body(const std::string& language, const Piece& piece, NameCollector& names) {
  if (language == "sql") {
    read_sql(piece, names);
  } else if (language == "plpgsql") {
    read_plpgsql(piece, {}, names);
  } else {
    names.unread(piece.at(0), "a body in " + language + " is not read");
  }
}

/// The semicolons between statements: not those in CREATE RULE's parentheses and in BEGIN ATOMIC ... END.
std::vector<Token> ends_of_statements(const std::vector<Token>& tokens) {
  std::vector<Token> result;
  int depth = 0;
  int atomic = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.is("(")) ++depth;
    if (token.is(")")) --depth;
    if (token.is("atomic") && i > 0 && tokens[i - 1].is("begin")) ++atomic;
    if (atomic > 0 && token.is("case")) ++atomic;
    if (atomic > 0 && token.is("end")) --atomic;
    if (depth == 0 && atomic == 0 && token.is(";") && i + 1 < tokens.size()) result.push_back(token);
  }
  return result;
}

/// False where it does not parse; the tree then says why.
bool read_statements(const Piece& piece, PgTree& tree, NameCollector& names) {
  static thread_local simdjson::dom::parser reader = new_reader();
  Json document;
  if (!tree.good() || !tree.read(reader, document)) return false;
  Walker walker(piece, names);
  for (Json one : nodes(document, "stmts")) {
    const std::optional<Json> location = member(one, "stmt_location");
    const std::optional<Json> length = member(one, "stmt_len");
    const auto begin = static_cast<size_t>(location ? integer(*location) : 0);
    const size_t end = length ? begin + static_cast<size_t>(integer(*length)) : piece.sql.size();
    const std::optional<Json> statement = member(one, "stmt");
    const int64_t place = piece.at(static_cast<int64_t>(begin));
    try {
      if (statement) walker.statement(*statement, begin, end);
    } catch (const TooDeep&) {
      names.unread(place, "the statement is nested too deeply");
    } catch (const Unmodelled&) {
      names.unread(place, "the statement has a form that is not known");
    } catch (const simdjson::simdjson_error&) {
      names.unread(place, "the statement has a form that is not known");
    }
  }
  for (const Walker::Body& body : walker.bodies) read_body(body.language, body.piece, names);
  return true;
}

}  // namespace

void read_sql(const Piece& piece, NameCollector& names) {
  PgTree whole(piece.sql);
  if (read_statements(piece, whole, names)) return;
  std::string error;
  const std::optional<std::vector<Token>> tokens = scan_sql(piece.sql, error);
  const std::vector<Token> ends = tokens ? ends_of_statements(*tokens) : std::vector<Token>();
  if (ends.empty()) return names.unread(piece.at(whole.error_offset()), whole.error());
  // One statement in error does not cost the others.
  size_t begin = 0;
  for (size_t i = 0; i <= ends.size(); ++i) {
    const size_t end = i < ends.size() ? ends[i].begin : piece.sql.size();
    Piece one = piece;
    one.sql = piece.sql.substr(begin, end - begin);
    one.shift += static_cast<int64_t>(begin);
    PgTree tree(one.sql);
    if (!read_statements(one, tree, names)) names.unread(one.at(tree.error_offset()), tree.error());
    begin = end + 1;
  }
}

}  // namespace pg2crdb::transform
