// Columns in the text of statements: which relations each may be one of, by the queries around it.
#include <simdjson.h>

#include <algorithm>

#include "parser/json_fields.h"
#include "parser/name_walker.h"

namespace pg2crdb::transform {

using simdjson::dom::object;

namespace {

std::string alias_of(Json fields) {
  const std::optional<Json> alias = member(fields, "alias");
  return alias ? std::string(word(*alias, "aliasname")) : std::string();
}

}  // namespace

NameWalker::Source NameWalker::source_of(Json range_var) const {
  Source source;
  source.table = {std::string(word(range_var, "schemaname")), std::string(word(range_var, "relname"))};
  source.alias = alias_of(range_var);
  source.own_name = source.alias.empty();
  if (source.own_name) source.alias = source.table.name;
  const bool of_with =
      source.table.schema.empty() && std::ranges::find(queries_, source.table.name) != queries_.end();
  const std::optional<Json> alias = member(range_var, "alias");
  const bool renamed = alias && member(*alias, "colnames");
  if (of_with || renamed) source.table = {};
  return source;
}

/// An entry of FROM.
void NameWalker::add_source(Json node, Scope& scope) {
  Json fields;
  switch (name_number(open(node, fields))) {
    case "RangeVar"_n:
      scope.sources.push_back(source_of(fields));
      return;
    case "RangeTableSample"_n:
      return add_source(required(fields, "relation"), scope);
    case "JoinExpr"_n: {
      const size_t left = scope.sources.size();
      deeper([&] { add_source(required(fields, "larg"), scope); });
      const size_t right = scope.sources.size();
      deeper([&] { add_source(required(fields, "rarg"), scope); });
      for (const std::string& column : strings(fields, "usingClause")) {
        for (const auto& [first, end] : {std::pair(left, right), std::pair(right, scope.sources.size())}) {
          if (end - first == 1) add_column(column, {scope.sources[first]}, -1);
        }
      }
      if (const std::string alias = alias_of(fields); !alias.empty())
        scope.sources.push_back({alias, {}, false});
      return;
    }
    default:
      scope.sources.push_back({alias_of(fields), {}, false});
  }
}

NameWalker::Scope NameWalker::scope_of(std::string_view tag, Json fields) {
  Scope scope;
  for (auto [key, field] : object(fields)) {
    switch (name_number(key)) {
      case "fromClause"_n:
      case "usingClause"_n:
        for (Json node : nodes(fields, key)) add_source(node, scope);
        break;
      case "sourceRelation"_n:
        add_source(field, scope);
        break;
      case "relation"_n:
        scope.changed = source_of(field);
        // A name of WITH is never what is changed.
        scope.changed.table = {std::string(word(field, "schemaname")), std::string(word(field, "relname"))};
        scope.sources.push_back(scope.changed);
        if (tag == "InsertStmt") scope.sources.push_back({"excluded", scope.changed.table, false});
        break;
      case "larg"_n:  // a set operation shows columns of its own
        scope.sources.emplace_back();
        break;
      case "targetList"_n:
        if (tag != "SelectStmt") break;
        for (Json node : nodes(fields, key)) {
          const std::string_view shown = word(open_as("ResTarget", node), "name");
          if (!shown.empty()) scope.shown.emplace_back(shown);
        }
        break;
      default:
        break;
    }
  }
  return scope;
}

void NameWalker::add_column(const std::string& name, const std::vector<Source>& sources, int64_t location) {
  MemberUse use;
  use.name = name;
  for (const Source& source : sources) {
    if (source.table.empty()) {
      use.sure = false;
    } else {
      use.relations.push_back(source.table);
    }
  }
  places_.add_last(std::move(use), {name}, location);
}

/// `c`, `t.c`, `s.t.c`
void NameWalker::column(Json fields) {
  std::vector<std::string> parts;
  for (Json field : nodes(fields, "fields")) {
    Json inner;
    if (open(field, inner) == "String")
      parts.push_back(string_node(field));
    else
      parts.emplace_back("*");
  }
  const int64_t location = location_of(fields);
  if (parts.size() == 3) columns_.push_back({{parts[0], parts[1]}, {parts[0], parts[1]}, location});
  if (parts.empty() || parts.size() > 3) return;
  if (parts.back() == "*") return row(parts, location);
  MemberUse use;
  use.name = parts.back();
  if (parts.size() == 3) {
    use.relations.push_back({parts[0], parts[1]});
    return places_.add_last(std::move(use), parts, location);
  }
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    for (const Source& source : scope->sources) {
      const bool is_alias = source.alias == parts.front();
      if (parts.size() == 1 && is_alias) return;  // a whole row
      if (parts.size() == 2 && !is_alias) continue;
      if (!source.table.empty()) use.relations.push_back(source.table);
      use.sure = use.sure && !source.table.empty();
      if (parts.size() == 1) continue;
      if (source.own_name && !source.table.empty())
        places_.add({.kind = Kind::relation, .name = source.table}, {parts[0]}, location);
      return places_.add_last(std::move(use), parts, location);
    }
  }
  if (parts.size() == 1) places_.add_last(std::move(use), parts, location);
}

/// `t.*`
void NameWalker::row(const std::vector<std::string>& parts, int64_t location) {
  if (parts.size() != 2) return;
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    for (const Source& source : scope->sources) {
      if (source.alias != parts[0]) continue;
      if (source.own_name && !source.table.empty())
        places_.add({.kind = Kind::relation, .name = source.table}, {parts[0]}, location);
      return;
    }
  }
}

/// ORDER BY, GROUP BY and DISTINCT ON: a bare name means what the query shows before what it reads.
void NameWalker::shown_or_read(Json list) {
  for (Json node : simdjson::dom::array(list)) {
    Json fields;
    Json item = node;
    if (open(node, fields) == "SortBy") item = required(fields, "node");
    const bool bare = open(item, fields) == "ColumnRef" && nodes(fields, "fields").size() == 1;
    Json inner;
    const std::string name = bare && open(nodes(fields, "fields")[0], inner) == "String"
                                 ? string_node(nodes(fields, "fields")[0])
                                 : std::string();
    if (name.empty() || std::ranges::find(scopes_.back().shown, name) == scopes_.back().shown.end())
      value(node);
  }
}

/// `SET c = ..`, and the columns behind INSERT INTO t.
void NameWalker::set_columns(Json list) {
  for (Json node : simdjson::dom::array(list)) {
    const Json fields = open_as("ResTarget", node);
    const std::string name(word(fields, "name"));
    if (!name.empty() && !scopes_.empty() && !scopes_.back().changed.table.empty())
      add_column(name, {scopes_.back().changed}, location_of(fields));
    members(fields);
  }
}

/// `ON CONFLICT (c) DO UPDATE SET c = ..`
void NameWalker::on_conflict(Json fields) {
  if (const std::optional<Json> infer = member(fields, "infer")) {
    for (Json node : nodes(*infer, "indexElems")) {
      const std::string name(word(open_as("IndexElem", node), "name"));
      if (!name.empty()) add_column(name, {scopes_.back().changed}, -1);
    }
    value(*infer);
  }
  if (const std::optional<Json> set = member(fields, "targetList")) set_columns(*set);
  members(fields, {"infer", "targetList"});
}

/// Policies and triggers that a statement about a relation names.
void NameWalker::add_member(ast::ObjectKind kind, std::string_view keyword, std::string_view name,
                            Json relation) {
  if (name.empty()) return;
  MemberUse use;
  use.kind = kind;
  use.name = name;
  use.relations = {source_of(relation).table};
  places_.add_behind(keyword, std::move(use));
}

void NameWalker::alter_table(Json fields) {
  const Json relation = required(fields, "relation");
  for (Json node : nodes(fields, "cmds")) {
    const Json command = open_as("AlterTableCmd", node);
    const std::string_view subtype = word(command, "subtype");
    const std::string_view name = word(command, "name");
    if (subtype.find("Trig") != std::string_view::npos)
      add_member(ast::ObjectKind::trigger, "trigger", name, relation);
    if (subtype.find("Rule") != std::string_view::npos)
      add_member(ast::ObjectKind::rule, "rule", name, relation);
  }
}

void NameWalker::alter_policy(Json fields) {
  const Json table = required(fields, "table");
  add_member(ast::ObjectKind::policy, "policy", word(fields, "policy_name"), table);
  Scope scope;
  scope.sources.push_back(source_of(table));
  scopes_.push_back(std::move(scope));
  about(fields, "table");
  scopes_.pop_back();
}

/// `ANALYZE t (c)`
void NameWalker::analyzed(Json fields) {
  if (const std::optional<Json> table = member(fields, "relation")) {
    for (const std::string& column : strings(fields, "va_cols")) add_column(column, {source_of(*table)}, -1);
  }
  members(fields);
}

}  // namespace pg2crdb::transform
