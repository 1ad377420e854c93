#include "parser/name_walker.h"

#include <algorithm>

namespace pg2crdb::transform {

void NameWalker::statement(const Node* node, size_t begin, size_t end) {
  places_.statement(begin, end);
  tables_.clear();
  columns_.clear();
  queries_.clear();
  scopes_.clear();
  depth_ = 0;
  this->node(node);
  for (const Column& column : columns_) {
    const bool known = std::ranges::find(tables_, column.table) != tables_.end();
    if (known) places_.add({.kind = Kind::relation, .name = column.table}, column.parts, column.location);
  }
}

void NameWalker::node(const void* any) {
  if (const auto* list = node_if<List>(any)) {
    for (const Node* item : Nodes<Node>(list)) this->node(item);
  } else if (any != nullptr) {
    const auto* node = static_cast<const Node*>(any);
    deeper([&] {
      if (!expression_of(node) && !statement_of(node)) other(node);
    });
  }
}

bool NameWalker::expression_of(const Node* node) {
  switch (tag_of(node)) {
    case T_RangeVar:
      relation(node_as<RangeVar>(node), false);
      break;
    case T_LockingClause:  // names of what stands in FROM, of an alias maybe
      for (const RangeVar& one : Nodes<RangeVar>(node_as<LockingClause>(node).lockedRels)) {
        if (std::ranges::find(tables_, ast::Name{std::string(text(one.schemaname)),
                                                 std::string(text(one.relname))}) != tables_.end())
          relation(one, false);
      }
      break;
    case T_TypeName:
      type(node_as<TypeName>(node));
      break;
    case T_FuncCall:
      call(node_as<FuncCall>(node));
      break;
    case T_TypeCast:
      cast(node_as<TypeCast>(node));
      break;
    case T_ColumnRef:
      column(node_as<ColumnRef>(node));
      break;
    case T_ObjectWithArgs:
      signature(node_as<ObjectWithArgs>(node), false);
      break;

    case T_SelectStmt:
      query(node_as<SelectStmt>(node));
      break;
    case T_InsertStmt:
      query(node_as<InsertStmt>(node));
      break;
    case T_UpdateStmt:
      query(node_as<UpdateStmt>(node));
      break;
    case T_DeleteStmt:
      query(node_as<DeleteStmt>(node));
      break;
    case T_MergeStmt:
      query(node_as<MergeStmt>(node));
      break;

    case T_RangeSubselect:
      if (scopes_.empty() || node_as<RangeSubselect>(node).lateral) return false;
      unseeing(node_as<RangeSubselect>(node).subquery);
      break;

#if PG_VERSION_NUM >= 180000
    case T_ReturningOption:  // names for OLD and NEW, which CockroachDB's RETURNING has not
      throw Unmodelled{};
#endif
    default:
      return false;
  }
  return true;
}

template <class T>
void NameWalker::all_members(const Node* node) {
  members(node_as<T>(node));
}

/// Calls by a pointer, so that no compiler puts the frames of all of them into this one, which nests.
void NameWalker::other(const Node* node) {
  void (NameWalker::*walk)(const Node*) = nullptr;
  switch (tag_of(node)) {
#define PG2CRDB_NODE(type)                 \
  case T_##type:                           \
    walk = &NameWalker::all_members<type>; \
    break;
#include "parser/pg_nodes.def"
    default:
      throw Unmodelled{};
  }
  (this->*walk)(node);
}

void NameWalker::with_clause(const WithClause& with) {
  const Nodes<CommonTableExpr> queries(with.ctes);
  if (with.recursive) {
    for (const CommonTableExpr& one : queries) queries_.emplace_back(text(one.ctename));
  }
  for (const CommonTableExpr& one : queries) {
    members(one);
    if (!with.recursive) queries_.emplace_back(text(one.ctename));
  }
}

void NameWalker::relation(const RangeVar& node, bool changes, Kind kind, size_t values) {
  std::vector<std::string> parts;
  for (const char* part : {node.catalogname, node.schemaname, node.relname}) {
    if (part != nullptr) parts.emplace_back(part);
  }
  const std::optional<ast::Name> name = name_of(parts);
  if (!name) return;
  if (changes && node.relpersistence == 't') return names_.temporary(name->name);
  const bool of_with =
      !changes && name->schema.empty() && std::ranges::find(queries_, name->name) != queries_.end();
  if (of_with) return;
  if (kind == Kind::relation) tables_.push_back(*name);
  places_.add({.kind = kind, .name = *name, .changes = changes, .values = values}, parts, node.location);
}

void NameWalker::type(const TypeName& node) {
  members(node, node.names);
  if (!node.pct_type) return add_type(node);
  std::vector<std::string> parts = string_nodes(node.names);
  parts.pop_back();
  if (const std::optional<ast::Name> table = name_of(parts))
    places_.add({.kind = Kind::relation, .name = *table}, parts, node.location);
}

void NameWalker::add_type(const TypeName& node, bool changes) {
  const std::vector<std::string> parts = string_nodes(node.names);
  const std::optional<ast::Name> name = name_of(parts);
  if (name) places_.add({.kind = Kind::type, .name = *name, .changes = changes}, parts, node.location);
}

void NameWalker::call(const FuncCall& node) {
  members(node, node.funcname);
  const std::vector<std::string> parts = string_nodes(node.funcname);
  const std::optional<ast::Name> name = name_of(parts);
  if (!name || node.funcformat == COERCE_SQL_SYNTAX) return;
  const Nodes<Node> arguments(node.args);
  NameUse use{.kind = Kind::routine, .name = *name, .arguments = static_cast<int>(arguments.size())};
  for (const Node* argument : arguments) use.argument_types.push_back(argument_type(argument));
  places_.add(std::move(use), parts, node.location);
  if (arguments.size() == 0) return;
  sequence_literal(name->name, arguments[0]);
  if (name->name == "pg_get_serial_sequence" && arguments.size() == 2) {
    serial_column(arguments[0], arguments[1]);
  }
}

/// `nextval('s.q')`, `pg_get_serial_sequence('s.t', 'c')`.
void NameWalker::sequence_literal(std::string_view function, const Node* argument) {
  constexpr std::string_view functions[] = {"nextval", "currval", "setval", "pg_get_serial_sequence",
                                            "to_regclass"};
  if (std::ranges::find(functions, function) == std::end(functions)) return;
  const auto* cast = node_if<TypeCast>(argument);
  // Of a cast to regclass, the cast tells.
  if (cast == nullptr || !registry_type(*cast)) literal(argument, Kind::relation);
}

/// `pg_get_serial_sequence('t', 'c')`: the column is no name that could be quoted where it stands.
void NameWalker::serial_column(const Node* table, const Node* column) {
  const A_Const* relation = string_constant(table);
  const A_Const* name = string_constant(column);
  if (relation == nullptr || name == nullptr) return;
  const std::optional<ast::Name> parts = name_of(read_name(text(relation->val.sval.sval)).parts);
  if (parts) add_column(name->val.sval.sval, {{.table = *parts}}, -1);
}

/// A string, through casts.
const A_Const* NameWalker::string_constant(const Node* node) {
  while (const auto* cast = node_if<TypeCast>(node)) node = cast->arg;
  const auto* constant = node_if<A_Const>(node);
  return constant != nullptr && constant->val.node.type == T_String ? constant : nullptr;
}

std::optional<NameUse::Kind> NameWalker::registry_type(const TypeCast& cast) {
  const std::vector<std::string> type = string_nodes(node_as<TypeName>(cast.typeName).names);
  if (type.empty()) return std::nullopt;
  if (type.back() == "regclass") return Kind::relation;
  if (type.back() == "regtype") return Kind::type;
  return type.back() == "regproc" ? std::optional(Kind::routine) : std::nullopt;
}

void NameWalker::cast(const TypeCast& node) {
  members(node);
  if (const std::optional<Kind> kind = registry_type(node)) literal(node.arg, *kind);
  label(node);
}

/// `'sad'::mood`
void NameWalker::label(const TypeCast& node) {
  const std::optional<ast::Name> type = name_of(string_nodes(node_as<TypeName>(node.typeName).names));
  const bool is_string = tag_of(node.arg) == T_A_Const && string_constant(node.arg) != nullptr;
  if (is_string && type) names_.add(CastUse{string_constant(node.arg)->val.sval.sval, *type});
}

/// A string that names an object, through casts to text.
void NameWalker::literal(const Node* node, Kind kind) {
  const A_Const* constant = string_constant(node);
  if (constant == nullptr) return;
  const std::string written(text(constant->val.sval.sval));
  const size_t blanks = std::min(written.find_first_not_of(' '), written.size());
  const WrittenName parts = read_name(std::string_view(written).substr(blanks));
  const std::optional<ast::Name> name = name_of(parts.parts);
  const bool is_name =
      name && written.find_first_not_of(' ', blanks + parts.ends.back()) == std::string::npos;
  if (!is_name) return;
  const int64_t location = std::max(constant->location, 0);
  const Content place = plain_content(piece_.sql, static_cast<size_t>(location));
  size_t begin = 0;
  size_t end = 0;
  if (std::string_view(piece_.sql).substr(place.begin, place.end - place.begin) == written) {
    const size_t first = parts.parts.size() == 3 ? 1 : 0;
    begin = place.begin + blanks + parts.begins[first];
    end = place.begin + blanks + parts.ends.back();
  }
  places_.add_at({.kind = kind, .name = *name}, begin, end, location);
}

namespace {

ast::TypeName own_type(std::string_view name) {
  ast::TypeName type;
  type.name = {"pg_catalog", std::string(name)};
  return type;
}

}  // namespace

ast::TypeName NameWalker::argument_type(const void* node) {
  if (const auto* named = node_if<NamedArgExpr>(node)) return argument_type(named->arg);
  if (const auto* cast = node_if<TypeCast>(node)) return plain_type(node_as<TypeName>(cast->typeName));
  const auto* constant = node_if<A_Const>(node);
  if (constant == nullptr || constant->isnull) return {};
  switch (constant->val.node.type) {
    case T_Integer:
      return own_type("int4");
    case T_Boolean:
      return own_type("bool");
    case T_Float: {
      const std::string_view digits = constant->val.fval.fval;
      const bool whole = digits.find_first_not_of("-0123456789") == std::string_view::npos;
      return own_type(whole && digits.size() < 19 ? "int8" : "numeric");
    }
    default:
      return {};
  }
}

ast::TypeName NameWalker::plain_type(const TypeName& node) {
  try {
    ast::TypeName type = type_name(Context(), node);
    type.offset = -1;
    return type;
  } catch (const Unmodelled&) {
    return {};
  }
}

}  // namespace pg2crdb::transform
