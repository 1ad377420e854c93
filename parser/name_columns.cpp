// Columns in the text of statements: which relations each may be one of, by the queries around it.
#include <algorithm>

#include "parser/name_walker.h"

namespace pg2crdb::transform {

namespace {

/// Of an entry of FROM.
std::string alias_of(const Node* node) {
  const Alias* alias = nullptr;
  switch (tag_of(node)) {
    case T_RangeSubselect:
      alias = node_as<RangeSubselect>(node).alias;
      break;
    case T_RangeFunction:
      alias = node_as<RangeFunction>(node).alias;
      break;
    case T_RangeTableFunc:
      alias = node_as<RangeTableFunc>(node).alias;
      break;
#if PG_VERSION_NUM >= 170000
    case T_JsonTable:
      alias = node_as<JsonTable>(node).alias;
      break;
#endif
    default:
      break;
  }
  return alias == nullptr ? std::string() : std::string(text(alias->aliasname));
}

ast::Name table_of(const RangeVar& node) {
  return {std::string(text(node.schemaname)), std::string(text(node.relname))};
}

}  // namespace

NameWalker::Source NameWalker::source_of(const RangeVar& node) const {
  Source source;
  source.table = table_of(node);
  source.own_name = node.alias == nullptr;
  source.alias = source.own_name ? source.table.name : text(node.alias->aliasname);
  const bool of_with =
      source.table.schema.empty() && std::ranges::find(queries_, source.table.name) != queries_.end();
  const bool renamed = node.alias != nullptr && node.alias->colnames != nullptr;
  if (of_with || renamed) source.table = {};
  return source;
}

/// An entry of FROM. What it calls keeps its frame small, since joins nest.
void NameWalker::add_source(const Node* node, Scope& scope) {
  if (const auto* sample = node_if<RangeTableSample>(node)) return add_source(sample->relation, scope);
  const auto* join = node_if<JoinExpr>(node);
  if (join == nullptr) return add_single(node, scope);
  const size_t left = scope.sources.size();
  deeper([&] { add_source(join->larg, scope); });
  const size_t right = scope.sources.size();
  deeper([&] { add_source(join->rarg, scope); });
  add_join(*join, left, right, scope);
}

void NameWalker::add_single(const Node* node, Scope& scope) {
  const auto* table = node_if<RangeVar>(node);
  scope.sources.push_back(table != nullptr ? source_of(*table) : Source{alias_of(node), {}, false});
}

/// The columns that USING names, and the join's own name. Its sides begin at the places `left` and `right`.
void NameWalker::add_join(const JoinExpr& node, size_t left, size_t right, Scope& scope) {
  for (const std::string& column : string_nodes(node.usingClause)) {
    for (const auto& [first, end] : {std::pair(left, right), std::pair(right, scope.sources.size())}) {
      if (end - first == 1) add_column(column, {scope.sources[first]}, -1);
    }
  }
  if (node.alias != nullptr) scope.sources.push_back({std::string(text(node.alias->aliasname)), {}, false});
}

void NameWalker::add_sources(const List* list, Scope& scope) {
  for (const Node* node : Nodes<Node>(list)) add_source(node, scope);
}

NameWalker::Scope NameWalker::changing(const RangeVar& table) const {
  Scope scope;
  scope.changed = source_of(table);
  scope.changed.table = table_of(table);  // a name of WITH is never what is changed
  scope.sources.push_back(scope.changed);
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
void NameWalker::column(const ColumnRef& node) {
  std::vector<std::string> parts;
  for (const Node* field : Nodes<Node>(node.fields)) {
    parts.push_back(tag_of(field) == T_String ? string_node(field) : "*");
  }
  const int64_t location = node.location;
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

/// Policies and triggers that a statement about a relation names.
void NameWalker::add_member(ast::ObjectKind kind, std::string_view keyword, std::string_view name,
                            const RangeVar& relation) {
  if (name.empty()) return;
  MemberUse use;
  use.kind = kind;
  use.name = name;
  use.relations = {source_of(relation).table};
  places_.add_behind(keyword, std::move(use));
}

void NameWalker::alter_table(const AlterTableStmt& node) {
  for (const AlterTableCmd& command : Nodes<AlterTableCmd>(node.cmds)) {
    switch (command.subtype) {
      case AT_EnableTrig:
      case AT_EnableAlwaysTrig:
      case AT_EnableReplicaTrig:
      case AT_DisableTrig:
        add_member(ast::ObjectKind::trigger, "trigger", text(command.name), *node.relation);
        break;
      case AT_EnableRule:
      case AT_EnableAlwaysRule:
      case AT_EnableReplicaRule:
      case AT_DisableRule:
        add_member(ast::ObjectKind::rule, "rule", text(command.name), *node.relation);
        break;
      default:
        break;
    }
  }
}

void NameWalker::alter_policy(const Node* node) {
  const auto& its = node_as<AlterPolicyStmt>(node);
  add_member(ast::ObjectKind::policy, "policy", text(its.policy_name), *its.table);
  Scope scope;
  scope.sources.push_back(source_of(*its.table));
  scopes_.push_back(std::move(scope));
  about(node, &AlterPolicyStmt::table);
  scopes_.pop_back();
}

/// `ANALYZE t (c)`
void NameWalker::analyzed(const VacuumRelation& node) {
  if (node.relation != nullptr) {
    for (const std::string& column : string_nodes(node.va_cols)) {
      add_column(column, {source_of(*node.relation)}, -1);
    }
  }
  members(node);
}

}  // namespace pg2crdb::transform
