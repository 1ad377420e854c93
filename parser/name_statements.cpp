#include <algorithm>

#include "parser/name_walker.h"

namespace pg2crdb::transform {
namespace {

bool is_relation(ObjectType object) {
  switch (object) {
    case OBJECT_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_INDEX:
    case OBJECT_FOREIGN_TABLE:
      return true;
    default:
      return false;
  }
}

/// `{s, t, c}`: the relation stands before the name of what belongs to it.
bool is_part_of_relation(ObjectType object) {
  switch (object) {
    case OBJECT_COLUMN:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_RULE:
    case OBJECT_POLICY:
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

/// The field names the type that the statement makes or changes.
template <class T>
void NameWalker::about_type(const Node* node, List* T::*field) {
  const T& statement = node_as<T>(node);
  list(Kind::type, string_nodes(statement.*field), true);
  members(statement, statement.*field);
}

/// ALTER of any kind of object, which is a relation or stands in `object`; the field says its kind.
template <class T>
void NameWalker::altered(const Node* node, ObjectType T::*field) {
  const T& statement = node_as<T>(node);
  const ObjectType object = statement.*field;
  if (statement.relation != nullptr) {
    return relation(*statement.relation, true, object == OBJECT_ATTRIBUTE ? Kind::type : Kind::relation);
  }
  // A domain's name stands alone when its constraint is renamed.
  named(object == OBJECT_DOMCONSTRAINT ? OBJECT_DOMAIN : object, statement.object, true);
}

bool NameWalker::statement_of(const Node* node) {
  switch (tag_of(node)) {
    case T_CopyStmt:
      if (!node_as<CopyStmt>(node).is_from) return false;
      about(node, &CopyStmt::relation);
      break;
    case T_TruncateStmt:
      for (const RangeVar& table : Nodes<RangeVar>(node_as<TruncateStmt>(node).relations)) {
        relation(table, true);
      }
      break;
    case T_AlterTableStmt: {
      const auto& its = node_as<AlterTableStmt>(node);
      alter_table(its);
      const bool is_type = its.objtype == OBJECT_TYPE;
      about(node, &AlterTableStmt::relation, is_type ? Kind::type : Kind::relation);
      break;
    }
    case T_CreateStmt:
      about(node, &CreateStmt::relation);
      break;
    case T_CreateForeignTableStmt: {
      const CreateStmt& table = node_as<CreateForeignTableStmt>(node).base;
      relation(*table.relation, true);
      members(table, table.relation);
      break;
    }
    case T_IndexStmt:
      about(node, &IndexStmt::relation);
      break;
    case T_RuleStmt:
      about(node, &RuleStmt::relation);
      break;
    case T_RefreshMatViewStmt:
      about(node, &RefreshMatViewStmt::relation);
      break;
    case T_CreatePolicyStmt:
      about(node, &CreatePolicyStmt::table);
      break;
    case T_AlterPolicyStmt:
      alter_policy(node);
      break;
    case T_VacuumRelation:
      analyzed(node_as<VacuumRelation>(node));
      break;
    case T_MergeWhenClause: {
      const auto& its = node_as<MergeWhenClause>(node);
      set_columns(its.targetList);
      members(its, its.targetList);
      break;
    }
    case T_ViewStmt:
      about(node, &ViewStmt::view);
      break;
    case T_IntoClause:
      about(node, &IntoClause::rel);
      break;
    case T_CompositeTypeStmt:
      about(node, &CompositeTypeStmt::typevar, Kind::type);
      break;
    case T_CreateSeqStmt:
      owned_by(node_as<CreateSeqStmt>(node).options);
      about(node, &CreateSeqStmt::sequence);
      break;
    case T_AlterSeqStmt:
      owned_by(node_as<AlterSeqStmt>(node).options);
      about(node, &AlterSeqStmt::sequence);
      break;

    case T_CreateEnumStmt:
      about_type(node, &CreateEnumStmt::typeName);
      break;
    case T_AlterEnumStmt:
      about_type(node, &AlterEnumStmt::typeName);
      break;
    case T_AlterDomainStmt:
      about_type(node, &AlterDomainStmt::typeName);
      break;
    case T_AlterTypeStmt:
      about_type(node, &AlterTypeStmt::typeName);
      break;
    case T_CreateDomainStmt:
      about_type(node, &CreateDomainStmt::domainname);
      break;
    case T_CreateRangeStmt: {
      const auto& its = node_as<CreateRangeStmt>(node);
      list(Kind::type, string_nodes(its.typeName), true);
      definitions(its.params);
      break;
    }
    case T_DefineStmt:
      define(node_as<DefineStmt>(node));
      break;

    case T_CreateFunctionStmt:
      create_function(node_as<CreateFunctionStmt>(node));
      break;
    case T_AlterFunctionStmt: {
      const auto& its = node_as<AlterFunctionStmt>(node);
      signature(node_as<ObjectWithArgs>(its.func), true);
      members(its, its.func);
      break;
    }
    case T_DoStmt:
      body("plpgsql", node_as<DoStmt>(node).args);
      break;
    case T_CreateTrigStmt:
      list(Kind::routine, string_nodes(node_as<CreateTrigStmt>(node).funcname), false, 0);
      about(node, &CreateTrigStmt::relation);
      break;
    case T_CreateEventTrigStmt:
      list(Kind::routine, string_nodes(node_as<CreateEventTrigStmt>(node).funcname), false, 0);
      break;
    case T_CreateConversionStmt:
      list(Kind::routine, string_nodes(node_as<CreateConversionStmt>(node).func_name), false);
      break;
    case T_CreatePLangStmt: {
      const auto& its = node_as<CreatePLangStmt>(node);
      for (const List* handler : {its.plhandler, its.plinline, its.plvalidator}) {
        list(Kind::routine, string_nodes(handler), false);
      }
      break;
    }
    case T_CreateOpClassItem: {
      const auto& its = node_as<CreateOpClassItem>(node);
      if (its.itemtype != OPCLASS_ITEM_OPERATOR) return false;
      members(its, its.name);
      break;
    }
    case T_AlterOperatorStmt: {
      const auto& its = node_as<AlterOperatorStmt>(node);
      members(its, its.opername);
      break;
    }

    case T_DropStmt: {
      const auto& its = node_as<DropStmt>(node);
      for (const Node* one : Nodes<Node>(its.objects)) named(its.removeType, one, true);
      break;
    }
    case T_CommentStmt: {
      const auto& its = node_as<CommentStmt>(node);
      named(its.objtype, its.object, false);
      break;
    }
    case T_SecLabelStmt: {
      const auto& its = node_as<SecLabelStmt>(node);
      named(its.objtype, its.object, false);
      break;
    }
    case T_GrantStmt: {
      const auto& its = node_as<GrantStmt>(node);
      for (const Node* one : Nodes<Node>(its.objects)) named(its.objtype, one, false);
      break;
    }
    case T_RenameStmt:
      altered(node, &RenameStmt::renameType);
      break;
    case T_AlterOwnerStmt:
      altered(node, &AlterOwnerStmt::objectType);
      break;
    case T_AlterObjectSchemaStmt:
      altered(node, &AlterObjectSchemaStmt::objectType);
      break;
    case T_AlterObjectDependsStmt:
      altered(node, &AlterObjectDependsStmt::objectType);
      break;

    default:
      return false;
  }
  return true;
}

void NameWalker::signature(const ObjectWithArgs& node, bool changes) {
  NameUse use{.kind = Kind::routine, .changes = changes};
  const Nodes<Node> types(node.objargs);
  for (const Node* argument : types) {
    const auto* type = node_if<TypeName>(argument);
    use.argument_types.push_back(type == nullptr ? ast::TypeName() : plain_type(*type));
    this->node(argument);
  }
  if (!node.args_unspecified) use.arguments = static_cast<int>(types.size());
  places_.add_listed(std::move(use), string_nodes(node.objname));
}

void NameWalker::create_function(const CreateFunctionStmt& node) {
  NameUse use{.kind = Kind::routine, .arguments = 0, .changes = true};
  for (const FunctionParameter& parameter : Nodes<FunctionParameter>(node.parameters)) {
    if (parameter.mode == FUNC_PARAM_OUT || parameter.mode == FUNC_PARAM_TABLE) continue;
    use.argument_types.push_back(plain_type(node_as<TypeName>(parameter.argType)));
  }
  use.arguments = static_cast<int>(use.argument_types.size());
  places_.add_listed(std::move(use), string_nodes(node.funcname));
  members(node, node.funcname);
  body("sql", node.options);
}

/// The string of DO and CREATE FUNCTION among their options.
void NameWalker::body(std::string language, const List* options) {
  std::optional<std::string> string;
  int64_t location = 0;
  for (const DefElem& option : Nodes<DefElem>(options)) {
    if (text(option.defname) == "language") language = string_node(option.arg);
    if (text(option.defname) != "as") continue;
    const auto* listed = node_if<List>(option.arg);
    if (listed == nullptr) {
      string = string_node(option.arg);
    } else if (const Nodes<String> strings(listed); strings.size() == 1) {
      string = text(strings[0].sval);
    }
    location = option.location;
    if (listed != nullptr) location = places_.token_after(location);  // behind the word AS
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

/// The table in a sequence's OWNED BY.
void NameWalker::owned_by(const List* options) {
  for (const DefElem& option : Nodes<DefElem>(options)) {
    if (text(option.defname) != "owned_by") continue;
    std::vector<std::string> parts = string_nodes(&node_as<List>(option.arg));
    if (parts.size() < 2) continue;  // NONE
    parts.pop_back();
    list(Kind::relation, parts, false);
  }
}

void NameWalker::define(const DefineStmt& node) {
  const std::vector<std::string> parts = string_nodes(node.defnames);
  if (node.kind == OBJECT_AGGREGATE) {
    NameUse use{.kind = Kind::routine, .changes = true};
    // A list, and how many of it are direct arguments; nothing for (*).
    const Nodes<Node> arguments(node.args);
    const List* listed = arguments.size() == 0 ? nullptr : node_if<List>(arguments[0]);
    for (const FunctionParameter& parameter : Nodes<FunctionParameter>(listed)) {
      use.argument_types.push_back(plain_type(node_as<TypeName>(parameter.argType)));
    }
    this->node(listed);
    if (arguments.size() > 0) use.arguments = static_cast<int>(use.argument_types.size());
    places_.add_listed(std::move(use), parts);
  } else if (node.kind == OBJECT_TYPE) {
    list(Kind::type, parts, true);
  }
  definitions(node.definition);
}

void NameWalker::definitions(const List* options) {
  for (const DefElem& option : Nodes<DefElem>(options)) {
    const auto* argument = node_if<TypeName>(option.arg);
    if (argument == nullptr) continue;
    const std::optional<Kind> kind = kind_of_definition(text(option.defname));
    if (kind == Kind::type) type(*argument);
    if (kind != Kind::routine) continue;
    const std::vector<std::string> parts = string_nodes(argument->names);
    if (const std::optional<ast::Name> name = name_of(parts))
      places_.add({.kind = Kind::routine, .name = *name}, parts, argument->location);
  }
}

/// What a statement about any kind of object names.
void NameWalker::named(ObjectType object, const Node* node, bool changes) {
  if (const auto* table = node_if<RangeVar>(node)) return relation(*table, changes);
  if (const auto* type = node_if<TypeName>(node)) return add_type(*type, changes);
  if (const auto* its = node_if<ObjectWithArgs>(node)) {
    if (object != OBJECT_OPERATOR) signature(*its, changes);
    return;
  }
  const auto* names = node_if<List>(node);
  if (names == nullptr) return;
  if (object == OBJECT_DOMCONSTRAINT) {  // the domain's type, and the constraint's name
    for (const Node* part : Nodes<Node>(names)) named(OBJECT_TYPE, part, changes);
    return;
  }
  const bool is_type = object == OBJECT_TYPE || object == OBJECT_DOMAIN;
  const bool is_part = is_part_of_relation(object);
  if (!is_type && !is_part && !is_relation(object)) return;
  std::vector<std::string> parts = string_nodes(names);
  if (is_part && !parts.empty()) parts.pop_back();
  list(is_type ? Kind::type : Kind::relation, parts, changes);
}

void NameWalker::list(Kind kind, const std::vector<std::string>& parts, bool changes, int arguments) {
  const std::optional<ast::Name> name = name_of(parts);
  if (name && kind == Kind::relation) tables_.push_back(*name);
  places_.add_listed({.kind = kind, .arguments = arguments, .changes = changes}, parts);
}

}  // namespace pg2crdb::transform
