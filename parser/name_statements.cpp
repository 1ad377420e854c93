#include <simdjson.h>

#include <algorithm>

#include "parser/json_fields.h"
#include "parser/name_walker.h"

namespace pg2crdb::transform {
namespace {

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

}  // namespace

void NameWalker::statement_of(std::string_view tag, Json fields) {
  switch (name_number(tag)) {
    case "CopyStmt"_n:
      return member(fields, "is_from") ? about(fields, "relation") : members(fields);
    case "TruncateStmt"_n:
      for (Json table : nodes(fields, "relations")) relation(open_as("RangeVar", table), true);
      return;
    case "AlterTableStmt"_n:
      alter_table(fields);
      return about(fields, "relation",
                   word(fields, "objtype") == "OBJECT_TYPE" ? Kind::type : Kind::relation);
    case "CreateStmt"_n:
    case "IndexStmt"_n:
    case "RuleStmt"_n:
    case "RefreshMatViewStmt"_n:
      return about(fields, "relation");
    case "CreateForeignTableStmt"_n:
      return about(required(fields, "base"), "relation");
    case "CreatePolicyStmt"_n:
      return about(fields, "table");
    case "AlterPolicyStmt"_n:
      return alter_policy(fields);
    case "VacuumRelation"_n:
      return analyzed(fields);
    case "MergeWhenClause"_n:
      if (const std::optional<Json> set = member(fields, "targetList")) set_columns(*set);
      return members(fields, {"targetList"});
    case "ViewStmt"_n:
      return about(fields, "view");
    case "CreateTableAsStmt"_n:
      about(required(fields, "into"), "rel");
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
      signature(required(fields, "func"), true);
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
      return named(word(fields, "objtype"), required(fields, "object"), false);
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

/// The field names the relation (or type) that the statement makes or changes.
void NameWalker::about(Json fields, std::string_view field, Kind kind) {
  if (const std::optional<Json> table = member(fields, field)) relation(*table, true, kind);
  members(fields, {field});
}

/// An ObjectWithArgs.
void NameWalker::signature(Json fields, bool changes) {
  NameUse use{.kind = Kind::routine, .changes = changes};
  const std::vector<std::string> parts = strings(fields, "objname");
  const std::vector<Json> types = nodes(fields, "objargs");
  for (Json argument : types) {
    Json its;
    use.argument_types.push_back(open(argument, its).empty() ? ast::TypeName() : plain_type(its));
    value(argument);
  }
  if (!member(fields, "args_unspecified")) use.arguments = static_cast<int>(types.size());
  places_.add_listed(std::move(use), parts);
}

void NameWalker::create_function(Json fields) {
  NameUse use{.kind = Kind::routine, .arguments = 0, .changes = true};
  for (Json node : nodes(fields, "parameters")) {
    const Json parameter = open_as("FunctionParameter", node);
    const std::string_view mode = word(parameter, "mode");
    if (mode == "FUNC_PARAM_OUT" || mode == "FUNC_PARAM_TABLE") continue;
    use.argument_types.push_back(plain_type(required(parameter, "argType")));
  }
  use.arguments = static_cast<int>(use.argument_types.size());
  places_.add_listed(std::move(use), strings(fields, "funcname"));
  members(fields, {"funcname"});
  body("sql", nodes(fields, "options"));
}

/// The string of DO and CREATE FUNCTION among their options.
void NameWalker::body(std::string language, const std::vector<Json>& options) {
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
    if (listed) location = places_.token_after(location);  // behind the word AS
  }
  if (!string) return;
  Body found{language, {}};
  const Content content = plain_content(piece_.sql, static_cast<size_t>(std::max<int64_t>(location, 0)));
  found.piece.has_places =
      piece_.has_places &&
      std::string_view(piece_.sql).substr(content.begin, content.end - content.begin) == *string;
  found.piece.shift = piece_.shift + static_cast<int64_t>(content.begin);
  found.piece.place = piece_.at(std::max<int64_t>(location, 0));
  found.piece.level = piece_.level + 1;
  found.piece.sql = std::move(*string);
  bodies.push_back(std::move(found));
}

void NameWalker::sequence(Json fields) {
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

void NameWalker::define(Json fields) {
  const std::string_view kind = word(fields, "kind");
  const std::vector<std::string> parts = strings(fields, "defnames");
  if (kind == "OBJECT_AGGREGATE") {
    NameUse use{.kind = Kind::routine, .changes = true};
    // A list, and how many of it are direct arguments; nothing for (*).
    const std::vector<Json> arguments = nodes(fields, "args");
    Json list_fields;
    if (!arguments.empty() && open(arguments[0], list_fields) == "List") {
      for (Json node : items(arguments[0]))
        use.argument_types.push_back(plain_type(required(open_as("FunctionParameter", node), "argType")));
      value(arguments[0]);
    }
    if (!arguments.empty()) use.arguments = static_cast<int>(use.argument_types.size());
    places_.add_listed(std::move(use), parts);
  } else if (kind == "OBJECT_TYPE") {
    list(Kind::type, parts, true);
  }
  definitions(fields, "definition");
}

void NameWalker::definitions(Json fields, std::string_view list_name) {
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
      places_.add({.kind = Kind::routine, .name = *name}, parts, location_of(type_fields));
  }
}

/// What a statement about any kind of object names.
void NameWalker::named(std::string_view object_type, Json node, bool changes) {
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
  if (object_type == "OBJECT_DOMCONSTRAINT") {  // the domain's type, and the constraint's name
    for (Json part : items(node)) named("OBJECT_TYPE", part, changes);
    return;
  }
  const bool is_type = object_type == "OBJECT_TYPE" || object_type == "OBJECT_DOMAIN";
  const bool is_part = is_part_of_relation(object_type);
  if (!is_type && !is_part && !is_relation(object_type)) return;
  std::vector<std::string> parts = strings(fields, "items");
  if (is_part && !parts.empty()) parts.pop_back();
  list(is_type ? Kind::type : Kind::relation, parts, changes);
}

/// ALTER of any kind of object, which is a relation or stands in `object`.
void NameWalker::altered(std::string_view object_type, Json fields) {
  const bool is_type = object_type == "OBJECT_ATTRIBUTE";
  if (const std::optional<Json> table = member(fields, "relation"))
    return relation(*table, true, is_type ? Kind::type : Kind::relation);
  const std::optional<Json> node = member(fields, "object");
  if (!node) return;
  // A domain's name stands alone when its constraint is renamed.
  named(object_type == "OBJECT_DOMCONSTRAINT" ? "OBJECT_DOMAIN" : object_type, *node, true);
}

void NameWalker::list(Kind kind, const std::vector<std::string>& parts, bool changes, int arguments) {
  const std::optional<ast::Name> name = name_of(parts);
  if (name && kind == Kind::relation) tables_.push_back(*name);
  places_.add_listed({.kind = kind, .arguments = arguments, .changes = changes}, parts);
}

}  // namespace pg2crdb::transform
