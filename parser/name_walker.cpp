#include "parser/name_walker.h"

#include <simdjson.h>

#include <algorithm>

#include "parser/json_fields.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

void NameWalker::statement(Json node, size_t begin, size_t end) {
  places_.statement(begin, end);
  tables_.clear();
  columns_.clear();
  queries_.clear();
  scopes_.clear();
  depth_ = 0;
  value(node);
  for (const Column& column : columns_) {
    const bool known = std::ranges::find(tables_, column.table) != tables_.end();
    if (known) places_.add({.kind = Kind::relation, .name = column.table}, column.parts, column.location);
  }
}

void NameWalker::value(Json node) {
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
void NameWalker::members(Json fields, std::initializer_list<std::string_view> without) {
  for (auto [key, field] : object(fields)) {
    if (std::ranges::find(without, key) == without.end()) value(field);
  }
}

void NameWalker::untagged(Json fields) {
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

void NameWalker::tagged(std::string_view tag, Json fields) {
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
      return query(tag, fields);

    case "RangeSubselect"_n:
      if (scopes_.empty() || member(fields, "lateral")) return untagged(fields);
      return outside([&] { untagged(fields); });

    default:
      return statement_of(tag, fields);
  }
}

/// With names that WITH gives to queries, for this and what is in it. The table that is changed is never
/// one of those.
void NameWalker::query(std::string_view tag, Json fields) {
  const size_t outer = queries_.size();
  if (const std::optional<Json> with = member(fields, "withClause")) with_clause(*with);
  scopes_.push_back(scope_of(tag, fields));
  for (auto [key, field] : object(fields)) {
    switch (name_number(key)) {
      case "withClause"_n:
        break;
      case "relation"_n:
        relation(field, true, Kind::relation, values_by_position(tag, fields));
        break;
      case "intoClause"_n:
        about(field, "rel");
        break;
      case "larg"_n:
      case "rarg"_n:
        deeper([&] { outside([&] { query("SelectStmt", field); }); });
        break;
      case "cols"_n:
        set_columns(field);
        break;
      case "targetList"_n:
        tag == "UpdateStmt" ? set_columns(field) : value(field);
        break;
      case "selectStmt"_n:  // reads nothing of the table that it is inserted into
        outside([&] { value(field); });
        break;
      case "onConflictClause"_n:
        on_conflict(field);
        break;
      case "sortClause"_n:
      case "groupClause"_n:
      case "distinctClause"_n:
        shown_or_read(field);
        break;
      default:
        value(field);
    }
  }
  scopes_.pop_back();
  queries_.resize(outer);
}

void NameWalker::with_clause(Json with) {
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

/// How many values a row has of an INSERT that names no columns.
size_t NameWalker::values_by_position(std::string_view tag, Json fields) {
  const std::optional<Json> rows =
      tag == "InsertStmt" && !member(fields, "cols") ? member(fields, "selectStmt") : std::nullopt;
  Json select;
  if (!rows || open(*rows, select) != "SelectStmt") return 0;
  if (const std::vector<Json> lists = nodes(select, "valuesLists"); !lists.empty())
    return items(lists[0]).size();
  const std::vector<Json> shown = nodes(select, "targetList");
  const bool star = std::ranges::any_of(shown, [](Json node) {
    Json column;
    if (open(required(open_as("ResTarget", node), "val"), column) != "ColumnRef") return false;
    Json last;
    return open(nodes(column, "fields").back(), last) == "A_Star";
  });
  return star ? 0 : shown.size();
}

void NameWalker::relation(Json fields, bool changes, Kind kind, size_t values) {
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
  places_.add({.kind = kind, .name = *name, .changes = changes, .values = values}, parts,
              location_of(fields));
}

void NameWalker::type(Json fields) {
  std::vector<std::string> parts = strings(fields, "names");
  const bool of_column = member(fields, "pct_type").has_value();
  members(fields, {"names"});
  if (!of_column) return add_type(parts, location_of(fields));
  parts.pop_back();
  if (const std::optional<ast::Name> table = name_of(parts))
    places_.add({.kind = Kind::relation, .name = *table}, parts, location_of(fields));
}

void NameWalker::add_type(const std::vector<std::string>& parts, int64_t location, bool changes) {
  const std::optional<ast::Name> name = name_of(parts);
  if (name) places_.add({.kind = Kind::type, .name = *name, .changes = changes}, parts, location);
}

void NameWalker::call(Json fields) {
  const std::vector<std::string> parts = strings(fields, "funcname");
  members(fields, {"funcname"});
  const std::optional<ast::Name> name = name_of(parts);
  if (!name || word(fields, "funcformat") == "COERCE_SQL_SYNTAX") return;
  const std::vector<Json> arguments = nodes(fields, "args");
  NameUse use{.kind = Kind::routine, .name = *name, .arguments = static_cast<int>(arguments.size())};
  for (Json argument : arguments) use.argument_types.push_back(argument_type(argument));
  places_.add(std::move(use), parts, location_of(fields));
  if (arguments.empty()) return;
  sequence_literal(name->name, arguments[0]);
  if (name->name == "pg_get_serial_sequence" && arguments.size() == 2)
    serial_column(arguments[0], arguments[1]);
}

/// `nextval('s.q')`, `pg_get_serial_sequence('s.t', 'c')`.
void NameWalker::sequence_literal(std::string_view function, Json argument) {
  constexpr std::string_view functions[] = {"nextval", "currval", "setval", "pg_get_serial_sequence",
                                            "to_regclass"};
  if (std::ranges::find(functions, function) == std::end(functions)) return;
  Json fields;
  const bool is_cast = open(argument, fields) == "TypeCast";
  // Of a cast to regclass, the cast tells.
  if (!is_cast || !registry_type(fields)) literal(argument, Kind::relation);
}

/// `pg_get_serial_sequence('t', 'c')`: the column is no name that could be quoted where it stands.
void NameWalker::serial_column(Json table, Json column) {
  const std::optional<std::string> relation = constant(table);
  const std::optional<std::string> name = constant(column);
  const std::optional<ast::Name> parts = relation ? name_of(read_name(*relation).parts) : std::nullopt;
  if (parts && name) add_column(*name, {{.table = *parts}}, -1);
}

/// A string, through casts.
std::optional<std::string> NameWalker::constant(Json node) {
  Json fields;
  std::string_view tag = open(node, fields);
  while (tag == "TypeCast") tag = open(required(fields, "arg"), fields);
  const std::optional<Json> content = tag == "A_Const" ? member(fields, "sval") : std::nullopt;
  return content ? std::optional(std::string(word(*content, "sval"))) : std::nullopt;
}

std::optional<NameUse::Kind> NameWalker::registry_type(Json cast) {
  const std::vector<std::string> type = strings(required(cast, "typeName"), "names");
  if (type.empty()) return std::nullopt;
  if (type.back() == "regclass") return Kind::relation;
  if (type.back() == "regtype") return Kind::type;
  return type.back() == "regproc" ? std::optional(Kind::routine) : std::nullopt;
}

void NameWalker::cast(Json fields) {
  members(fields);
  if (const std::optional<Kind> kind = registry_type(fields)) literal(required(fields, "arg"), *kind);
  label(fields);
}

/// `'sad'::mood`
void NameWalker::label(Json cast) {
  Json fields;
  const std::optional<Json> content =
      open(required(cast, "arg"), fields) == "A_Const" ? member(fields, "sval") : std::nullopt;
  const std::optional<ast::Name> type = name_of(strings(required(cast, "typeName"), "names"));
  if (content && type) names_.add(CastUse{std::string(word(*content, "sval")), *type});
}

/// A string that names an object, through casts to text.
void NameWalker::literal(Json node, Kind kind) {
  Json fields;
  std::string_view tag = open(node, fields);
  while (tag == "TypeCast") tag = open(required(fields, "arg"), fields);
  const std::optional<Json> content = tag == "A_Const" ? member(fields, "sval") : std::nullopt;
  if (!content) return;
  const std::string written(word(*content, "sval"));
  const size_t blanks = std::min(written.find_first_not_of(' '), written.size());
  const WrittenName parts = read_name(std::string_view(written).substr(blanks));
  const std::optional<ast::Name> name = name_of(parts.parts);
  const bool is_name =
      name && written.find_first_not_of(' ', blanks + parts.ends.back()) == std::string::npos;
  if (!is_name) return;
  const int64_t location = std::max<int64_t>(location_of(fields), 0);
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

ast::TypeName NameWalker::argument_type(Json node) {
  Json fields;
  const std::string_view tag = open(node, fields);
  switch (name_number(tag)) {
    case "NamedArgExpr"_n:
      return argument_type(required(fields, "arg"));
    case "TypeCast"_n:
      return plain_type(required(fields, "typeName"));
    case "A_Const"_n:
      for (auto [key, constant] : object(fields)) {
        switch (name_number(key)) {
          case "ival"_n:
            return own_type("int4");
          case "boolval"_n:
            return own_type("bool");
          case "fval"_n: {
            const std::string_view digits = word(constant, "fval");
            const bool whole = digits.find_first_not_of("-0123456789") == std::string_view::npos;
            return own_type(whole && digits.size() < 19 ? "int8" : "numeric");
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

ast::TypeName NameWalker::plain_type(Json fields) {
  try {
    Context nothing;
    ast::TypeName type = type_name(nothing, fields);
    type.offset = -1;
    return type;
  } catch (const Unmodelled&) {
    return {};
  }
}

}  // namespace pg2crdb::transform
