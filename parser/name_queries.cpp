#include <algorithm>

#include "parser/name_walker.h"

namespace pg2crdb::transform {
namespace {

/// How many values a row has of an INSERT that names no columns; 0 where it names some, or a star hides it.
size_t values_by_position(const InsertStmt& insert) {
  const auto* rows = insert.cols == nullptr ? node_if<SelectStmt>(insert.selectStmt) : nullptr;
  if (rows == nullptr) return 0;
  if (rows->valuesLists != nullptr) return Nodes<Node>(&Nodes<List>(rows->valuesLists)[0]).size();
  for (const ResTarget& target : Nodes<ResTarget>(rows->targetList)) {
    const auto* column = node_if<ColumnRef>(target.val);
    const Nodes<Node> parts(column == nullptr ? nullptr : column->fields);
    if (parts.size() > 0 && node_if<A_Star>(parts[parts.size() - 1]) != nullptr) return 0;
  }
  return Nodes<Node>(rows->targetList).size();
}

}  // namespace

/// With names that WITH gives to queries, for this and what is in it. `walk` pushes the scope of the query.
template <class Walk>
void NameWalker::in_query(const WithClause* with, Walk&& walk) {
  const size_t outer = queries_.size();
  if (with != nullptr) with_clause(*with);
  walk();
  scopes_.pop_back();
  queries_.resize(outer);
}

NameWalker::Scope NameWalker::scope_of(const SelectStmt& node) {
  Scope scope;
  for (const ResTarget& target : Nodes<ResTarget>(node.targetList)) {
    if (target.name != nullptr) scope.shown.emplace_back(target.name);
  }
  add_sources(node.fromClause, scope);
  if (node.larg != nullptr) scope.sources.emplace_back();  // a set operation shows columns of its own
  return scope;
}

/// What it calls keeps its frame small, since queries nest.
void NameWalker::query(const SelectStmt& node) {
  in_query(node.withClause, [&] {
    scopes_.push_back(scope_of(node));
    each_child(node, [&](const auto& child) {
      const void* const place = &child;
      const bool shown =
          place == &node.distinctClause || place == &node.groupClause || place == &node.sortClause;
      const bool elsewhere = place == &node.withClause || place == &node.larg || place == &node.rarg;
      if (shown) shown_or_read(node_if<List>(child));
      if (!shown && !elsewhere) this->node(child);
    });
    unseeing(node.larg);
    unseeing(node.rarg);
  });
}

/// A node that does not see the entries of the innermost query.
void NameWalker::unseeing(const void* any) {
  if (any == nullptr) return;
  Scope inner = std::move(scopes_.back());
  scopes_.pop_back();
  node(any);
  scopes_.push_back(std::move(inner));
}

void NameWalker::query(const InsertStmt& node) {
  in_query(node.withClause, [&] {
    scopes_.push_back(changing(*node.relation));
    Scope& scope = scopes_.back();
    scope.sources.push_back({"excluded", scope.changed.table, false});
    relation(*node.relation, true, Kind::relation, values_by_position(node));
    set_columns(node.cols);
    unseeing(node.selectStmt);  // reads nothing of the table that it is inserted into
    if (node.onConflictClause != nullptr) on_conflict(*node.onConflictClause);
    members(node, node.withClause, node.relation, node.cols, node.selectStmt, node.onConflictClause);
  });
}

void NameWalker::query(const UpdateStmt& node) {
  in_query(node.withClause, [&] {
    Scope scope = changing(*node.relation);
    add_sources(node.fromClause, scope);
    scopes_.push_back(std::move(scope));
    relation(*node.relation, true);
    set_columns(node.targetList);
    members(node, node.withClause, node.relation, node.targetList);
  });
}

void NameWalker::query(const DeleteStmt& node) {
  in_query(node.withClause, [&] {
    Scope scope = changing(*node.relation);
    add_sources(node.usingClause, scope);
    scopes_.push_back(std::move(scope));
    relation(*node.relation, true);
    members(node, node.withClause, node.relation);
  });
}

void NameWalker::query(const MergeStmt& node) {
  in_query(node.withClause, [&] {
    Scope scope = changing(*node.relation);
    add_source(node.sourceRelation, scope);
    scopes_.push_back(std::move(scope));
    relation(*node.relation, true);
    members(node, node.withClause, node.relation);
  });
}

/// ORDER BY, GROUP BY and DISTINCT ON: a bare name means what the query shows before what it reads.
void NameWalker::shown_or_read(const List* list) {
  const std::vector<std::string>& shown = scopes_.back().shown;
  for (const Node* one : Nodes<Node>(list)) {
    const auto* sorted = node_if<SortBy>(one);
    const auto* column = node_if<ColumnRef>(sorted == nullptr ? one : sorted->node);
    const Nodes<Node> parts(column == nullptr ? nullptr : column->fields);
    const auto* name = parts.size() == 1 ? node_if<String>(parts[0]) : nullptr;
    if (name == nullptr || std::ranges::find(shown, text(name->sval)) == shown.end()) node(one);
  }
}

/// `SET c = ..`, and the columns behind INSERT INTO t.
void NameWalker::set_columns(const List* list) {
  for (const ResTarget& target : Nodes<ResTarget>(list)) {
    if (target.name != nullptr && !scopes_.empty() && !scopes_.back().changed.table.empty()) {
      add_column(target.name, {scopes_.back().changed}, target.location);
    }
    members(target);
  }
}

/// `ON CONFLICT (c) DO UPDATE SET c = ..`, `ON CONFLICT ON CONSTRAINT k`
void NameWalker::on_conflict(const OnConflictClause& node) {
  if (const InferClause* infer = node.infer) {
    for (const IndexElem& element : Nodes<IndexElem>(infer->indexElems)) {
      if (element.name != nullptr) add_column(element.name, {scopes_.back().changed}, -1);
    }
    if (infer->conname != nullptr) {
      MemberUse key;
      key.kind = ast::ObjectKind::constraint;
      key.name = text(infer->conname);
      key.relations = {scopes_.back().changed.table};
      places_.add_last(std::move(key), {infer->conname}, -1);
    }
    this->node(infer);
  }
  set_columns(node.targetList);
  members(node, node.infer, node.targetList);
}

}  // namespace pg2crdb::transform
