#include <algorithm>
#include <utility>

#include "parser/plain_constants.h"
#include "parser/sql_tokens.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

ast::TableRef changed_table(Context& context, const RangeVar* node) {
  Relation table = relation(context, node_as<RangeVar>(node));
  return {std::move(table.name), table.only, std::move(table.alias)};
}

/// What all four begin with: WITH, and the table.
template <class Change, class Statement>
Change change_of_table(Context& context, const Statement& node) {
  Change result;
  result.with = common_tables(context, node.withClause);
  result.recursive = node.withClause != nullptr && node.withClause->recursive;
  result.table = changed_table(context, node.relation);
  return result;
}

ast::AssignedColumn assigned_column(Context& context, const ResTarget& node) {
  ast::AssignedColumn result;
  result.column.names = {std::string(text(node.name))};
  for (const Node* one : Nodes<Node>(node.indirection)) result.steps.push_back(step(context, one));
  result.offset = offset(context, node.location);
  return result;
}

/// The columns of an INSERT.
std::vector<ast::AssignedColumn> assigned_columns(Context& context, const List* list) {
  std::vector<ast::AssignedColumn> result;
  for (const ResTarget& target : Nodes<ResTarget>(list)) {
    reads_only(target, target.name, target.indirection, target.location);
    result.push_back(assigned_column(context, target));
  }
  return result;
}

/// SET: of a list of columns, each refers to the one source.
std::vector<ast::Assignment> assignments(Context& context, const List* list) {
  std::vector<ast::Assignment> result;
  for (const ResTarget& target : Nodes<ResTarget>(list)) {
    reads_only(target, target.name, target.indirection, target.val, target.location);
    const auto* part = node_if<MultiAssignRef>(target.val);
    if (part == nullptr || part->colno == 1) {
      ast::Assignment& assignment = result.emplace_back();
      assignment.row = part != nullptr;
      assignment.value = expression(context, part == nullptr ? target.val : part->source);
    }
    result.back().columns.push_back(assigned_column(context, target));
  }
  return result;
}

void add_targets(Context& context, const List* list, ast::Returning& returning) {
  for (const ResTarget& target : Nodes<ResTarget>(list))
    returning.targets.push_back(select_item(context, target));
}

#if PG_VERSION_NUM >= 180000
ast::Returning returning(Context& context, const ReturningClause* node) {
  ast::Returning result;
  if (node == nullptr) return result;
  reads_only(*node, node->options, node->exprs);
  for (const ReturningOption& option : Nodes<ReturningOption>(node->options)) {
    reads_only(option, option.option, option.value, option.location);
    ast::Sparse<std::string>& name =
        option.option == RETURNING_OPTION_OLD ? result.old_name : result.new_name;
    if (!name.empty()) throw Unmodelled{};  // PostgreSQL refuses a second one later
    name = text(option.value);
  }
  add_targets(context, node->exprs, result);
  return result;
}
#define PG2CRDB_RETURNING returningClause
#else
ast::Returning returning(Context& context, const List* list) {
  ast::Returning result;
  add_targets(context, list, result);
  return result;
}
#define PG2CRDB_RETURNING returningList
#endif

ast::Overriding overriding(OverridingKind kind) {
  switch (kind) {
    case OVERRIDING_USER_VALUE:
      return ast::Overriding::user_value;
    case OVERRIDING_SYSTEM_VALUE:
      return ast::Overriding::system_value;
    default:
      return ast::Overriding::none;
  }
}

ast::OnConflict on_conflict(Context& context, const OnConflictClause& node) {
  reads_only(node, node.action, node.infer, node.targetList, node.whereClause, node.location);
  ast::OnConflict result;
  if (const InferClause* infer = node.infer) {
    reads_only(*infer, infer->indexElems, infer->whereClause, infer->conname, infer->location);
    for (const IndexElem& one : Nodes<IndexElem>(infer->indexElems))
      result.elements.push_back(index_element(context, one));
    result.predicate = expression_if(context, infer->whereClause);
    result.constraint = text(infer->conname);
  }
  result.update = node.action == ONCONFLICT_UPDATE;
  result.set = assignments(context, node.targetList);
  result.where = expression_if(context, node.whereClause);
  return result;
}

int location_of_literal(const Node* node) {
  if (const auto* literal = node_if<A_Const>(node)) return literal->location;
  const auto* word = node_if<SetToDefault>(node);
  return word == nullptr ? -1 : word->location;
}

/// The text of VALUES of literals alone, from the first parenthesis to the last; empty where they are others.
std::string_view literal_rows(const Context& context, const SelectStmt& node) {
  const bool values_alone = node.valuesLists != nullptr && node.sortClause == nullptr &&
                            node.limitOffset == nullptr && node.limitCount == nullptr &&
                            node.lockingClause == nullptr && node.withClause == nullptr;
  if (!values_alone) return {};
  int first = -1;
  int last = -1;
  for (const List& row : Nodes<List>(node.valuesLists)) {
    for (const Node* value : Nodes<Node>(&row)) {
      last = location_of_literal(value);
      if (last < 0) return {};
      if (first < 0) first = last;
    }
  }
  if (first < 0) return {};
  std::string error;
  const std::string head(context.sql.substr(0, static_cast<size_t>(first)));
  const std::string tail(context.sql.substr(static_cast<size_t>(last)));
  const auto before = scan_sql(head, error);
  const auto after = scan_sql(tail, error);
  if (!before || !after) return {};
  if (before->size() < 2 || !before->end()[-1].is("(") || !before->end()[-2].is("values")) return {};
  const auto close = std::find_if(after->begin(), after->end(), [](const Token& one) { return one.is(")"); });
  // A literal in parentheses of its own, or all of the VALUES.
  if (close == after->end() || (close + 1 != after->end() && close[1].is(")"))) return {};
  const size_t begin = before->back().begin;
  const std::string_view rows = context.sql.substr(begin, static_cast<size_t>(last) + close->end - begin);
  return has_foreign_constants(rows) ? std::string_view() : rows;
}

ast::Insert insert(Context& context, const InsertStmt& node) {
  reads_only(node, node.relation, node.cols, node.selectStmt, node.onConflictClause, node.PG2CRDB_RETURNING,
             node.withClause, node.override);
  auto result = change_of_table<ast::Insert>(context, node);
  result.table.only = false;
  result.columns = assigned_columns(context, node.cols);
  result.overriding = overriding(node.override);
  if (const auto* select = node_if<SelectStmt>(node.selectStmt)) {
    if (context.rows_as_text) result.rows = literal_rows(context, *select);
    if (result.rows.empty()) result.query = query(context, select);
  }
  if (node.onConflictClause != nullptr) result.conflict = on_conflict(context, *node.onConflictClause);
  result.returning = returning(context, node.PG2CRDB_RETURNING);
  return result;
}

/// WHERE CURRENT OF names a cursor.
void where(Context& context, const Node* node, ast::Box<ast::Expr>& condition,
           ast::Sparse<std::string>& cursor) {
  if (const auto* current = node_if<CurrentOfExpr>(node)) {
    cursor = text(current->cursor_name);
  } else {
    condition = expression_if(context, node);
  }
}

ast::Update update(Context& context, const UpdateStmt& node) {
  reads_only(node, node.relation, node.targetList, node.whereClause, node.fromClause, node.PG2CRDB_RETURNING,
             node.withClause);
  auto result = change_of_table<ast::Update>(context, node);
  result.set = assignments(context, node.targetList);
  result.from = from_items(context, node.fromClause);
  where(context, node.whereClause, result.where, result.current_of);
  result.returning = returning(context, node.PG2CRDB_RETURNING);
  return result;
}

ast::Delete erase(Context& context, const DeleteStmt& node) {
  reads_only(node, node.relation, node.usingClause, node.whereClause, node.PG2CRDB_RETURNING,
             node.withClause);
  auto result = change_of_table<ast::Delete>(context, node);
  result.using_ = from_items(context, node.usingClause);
  where(context, node.whereClause, result.where, result.current_of);
  result.returning = returning(context, node.PG2CRDB_RETURNING);
  return result;
}

ast::MergeAction::When merge_when(const MergeWhenClause& node) {
  using enum ast::MergeAction::When;
#if PG_VERSION_NUM >= 170000
  switch (node.matchKind) {
    case MERGE_WHEN_MATCHED:
      return matched;
    case MERGE_WHEN_NOT_MATCHED_BY_SOURCE:
      return not_matched_by_source;
    case MERGE_WHEN_NOT_MATCHED_BY_TARGET:
      return not_matched_by_target;
  }
  throw Unmodelled{};
#else
  return node.matched ? matched : not_matched_by_target;
#endif
}

ast::MergeAction merge_action(Context& context, const MergeWhenClause& node) {
#if PG_VERSION_NUM >= 170000
  reads_only(node, node.matchKind, node.commandType, node.override, node.condition, node.targetList,
             node.values);
#else
  reads_only(node, node.matched, node.commandType, node.override, node.condition, node.targetList,
             node.values);
#endif
  using Kind = ast::MergeAction::Kind;
  ast::MergeAction result;
  result.when = merge_when(node);
  result.condition = expression_if(context, node.condition);
  switch (node.commandType) {
    case CMD_NOTHING:
      result.kind = Kind::nothing;
      break;
    case CMD_DELETE:
      result.kind = Kind::delete_;
      break;
    case CMD_UPDATE:
      result.kind = Kind::update;
      result.set = assignments(context, node.targetList);
      break;
    case CMD_INSERT:
      result.kind = Kind::insert;
      result.columns = assigned_columns(context, node.targetList);
      break;
    default:
      throw Unmodelled{};
  }
  result.overriding = overriding(node.override);
  result.values = expressions(context, node.values);
  return result;
}

ast::Merge merge(Context& context, const MergeStmt& node) {
#if PG_VERSION_NUM >= 170000
  reads_only(node, node.relation, node.sourceRelation, node.joinCondition, node.mergeWhenClauses,
             node.PG2CRDB_RETURNING, node.withClause);
#else
  reads_only(node, node.relation, node.sourceRelation, node.joinCondition, node.mergeWhenClauses,
             node.withClause);
#endif
  auto result = change_of_table<ast::Merge>(context, node);
  result.source = from_item(context, node.sourceRelation);
  result.on = expression(context, node.joinCondition);
  for (const MergeWhenClause& one : Nodes<MergeWhenClause>(node.mergeWhenClauses))
    result.actions.push_back(merge_action(context, one));
#if PG_VERSION_NUM >= 170000
  result.returning = returning(context, node.PG2CRDB_RETURNING);
#endif
  return result;
}

}  // namespace

ast::RowStatement row_statement(Context& context, const Node* node) {
  const Level level(context);
  const bool outer = std::exchange(context.changes_rows, true);
  ast::RowStatement result;
  switch (tag_of(node)) {
    case T_InsertStmt:
      result.node = insert(context, node_as<InsertStmt>(node));
      break;
    case T_UpdateStmt:
      result.node = update(context, node_as<UpdateStmt>(node));
      break;
    case T_DeleteStmt:
      result.node = erase(context, node_as<DeleteStmt>(node));
      break;
    case T_MergeStmt:
      result.node = merge(context, node_as<MergeStmt>(node));
      break;
    default:
      throw Unmodelled{};
  }
  context.changes_rows = outer;
  return result;
}

}  // namespace pg2crdb::transform
