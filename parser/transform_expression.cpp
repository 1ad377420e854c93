#include "parser/number.h"
#include "parser/sql_tokens.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

// What stands in the tree for each node, but its place: content().

ast::Literal content(Context&, const A_Const& node) {
  reads_only(node, node.val, node.isnull, node.location);
  using enum ast::Literal::Kind;
  if (node.isnull) return {null, ""};
  switch (node.val.node.type) {
    case T_Integer:
      return {integer, std::to_string(node.val.ival.ival)};
    case T_Float: {
      std::string plain = plain_number(node.val.fval.fval);
      return {is_bigint(plain) ? integer : decimal, std::move(plain)};
    }
    case T_Boolean:
      return {boolean, node.val.boolval.boolval ? "true" : "false"};
    case T_String:
      return {string, node.val.sval.sval};
    case T_BitString:
      return {bit_string, node.val.bsval.bsval};
    default:
      throw Unmodelled{};
  }
}

ast::ColumnRef content(Context&, const ColumnRef& node) {
  reads_only(node, node.fields, node.location);
  ast::ColumnRef result;
  for (const Node* part : Nodes<Node>(node.fields)) {
    if (tag_of(part) == T_A_Star) {
      result.star = true;
    } else {
      result.names.push_back(string_node(part));
    }
  }
  return result;
}

ast::Parameter content(Context&, const ParamRef& node) {
  reads_only(node, node.number, node.location);
  return {node.number};
}

ast::FunctionCall content(Context& context, const FuncCall& node) {
  reads_only(node, node.funcname, node.args, node.agg_order, node.agg_filter, node.over,
             node.agg_within_group, node.agg_star, node.agg_distinct, node.func_variadic, node.funcformat,
             node.location);
  ast::FunctionCall result;
  result.name = qualified_name(node.funcname);
  result.arguments = expressions(context, node.args);
  result.star = node.agg_star;
  result.distinct = node.agg_distinct;
  result.variadic = node.func_variadic;
  result.sql_syntax = node.funcformat == COERCE_SQL_SYNTAX;
  if (node.agg_order != nullptr || node.agg_filter != nullptr || node.over != nullptr ||
      node.agg_within_group) {
    ast::CallModifiers modifiers;
    modifiers.order_by = sort_items(context, node.agg_order);
    modifiers.within_group = node.agg_within_group;
    modifiers.filter = expression_if(context, node.agg_filter);
    if (node.over != nullptr) modifiers.over = window(context, *node.over);
    result.modifiers = std::move(modifiers);
  }
  return result;
}

ast::Cast content(Context& context, const TypeCast& node) {
  reads_only(node, node.arg, node.typeName, node.location);
  return {expression(context, node.arg), type_name(context, node_as<TypeName>(node.typeName))};
}

ast::Operation::Kind operation_kind(A_Expr_Kind kind) {
  using enum ast::Operation::Kind;
  switch (kind) {
    case AEXPR_OP:
      return op;
    case AEXPR_OP_ANY:
      return any;
    case AEXPR_OP_ALL:
      return all;
    case AEXPR_DISTINCT:
      return distinct;
    case AEXPR_NOT_DISTINCT:
      return not_distinct;
    case AEXPR_NULLIF:
      return nullif;
    case AEXPR_IN:
      return in;
    case AEXPR_LIKE:
      return like;
    case AEXPR_ILIKE:
      return ilike;
    case AEXPR_SIMILAR:
      return similar;
    case AEXPR_BETWEEN:
      return between;
    case AEXPR_NOT_BETWEEN:
      return not_between;
    case AEXPR_BETWEEN_SYM:
      return between_symmetric;
    case AEXPR_NOT_BETWEEN_SYM:
      return not_between_symmetric;
    default:
      throw Unmodelled{};
  }
}

ast::Operation content(Context& context, const A_Expr& node) {
#if PG_VERSION_NUM >= 180000  // the places of the parentheses
  reads_only(node, node.kind, node.name, node.lexpr, node.rexpr, node.location, node.rexpr_list_start,
             node.rexpr_list_end);
#else
  reads_only(node, node.kind, node.name, node.lexpr, node.rexpr, node.location);
#endif
  return {operation_kind(node.kind), string_nodes(node.name), expression_if(context, node.lexpr),
          expression_if(context, node.rexpr)};
}

ast::BoolExpr content(Context& context, const BoolExpr& node) {
  reads_only(node, node.boolop, node.args, node.location);
  using enum ast::BoolExpr::Kind;
  const auto kind = node.boolop == AND_EXPR ? conjunction : node.boolop == OR_EXPR ? disjunction : negation;
  return {kind, expressions(context, node.args)};
}

ast::NullTest content(Context& context, const NullTest& node) {
  reads_only(node, node.arg, node.nulltesttype, node.location);
  return {expression(context, node.arg), node.nulltesttype == IS_NOT_NULL};
}

ast::BooleanTest::Kind boolean_test_kind(BoolTestType type) {
  using enum ast::BooleanTest::Kind;
  switch (type) {
    case IS_TRUE:
      return is_true;
    case IS_NOT_TRUE:
      return is_not_true;
    case IS_FALSE:
      return is_false;
    case IS_NOT_FALSE:
      return is_not_false;
    case IS_UNKNOWN:
      return is_unknown;
    case IS_NOT_UNKNOWN:
      return is_not_unknown;
  }
  throw Unmodelled{};
}

ast::BooleanTest content(Context& context, const BooleanTest& node) {
  reads_only(node, node.arg, node.booltesttype, node.location);
  ast::BooleanTest result;
  result.argument = expression(context, node.arg);
  result.kind = boolean_test_kind(node.booltesttype);
  return result;
}

ast::Case content(Context& context, const CaseExpr& node) {
  reads_only(node, node.arg, node.args, node.defresult, node.location);
  ast::Case result;
  result.argument = expression_if(context, node.arg);
  for (const CaseWhen& when : Nodes<CaseWhen>(node.args)) {
    reads_only(when, when.expr, when.result, when.location);
    result.whens.push_back({expression(context, when.expr), expression(context, when.result)});
  }
  result.otherwise = expression_if(context, node.defresult);
  return result;
}

ast::Coalesce content(Context& context, const CoalesceExpr& node) {
  reads_only(node, node.args, node.location);
  return {expressions(context, node.args)};
}

ast::MinMax content(Context& context, const MinMaxExpr& node) {
  reads_only(node, node.op, node.args, node.location);
  ast::MinMax result;
  result.greatest = node.op == IS_GREATEST;
  result.arguments = expressions(context, node.args);
  return result;
}

std::string_view value_function_keyword(SQLValueFunctionOp op) {
  switch (op) {
    case SVFOP_CURRENT_DATE:
      return "CURRENT_DATE";
    case SVFOP_CURRENT_TIME:
    case SVFOP_CURRENT_TIME_N:
      return "CURRENT_TIME";
    case SVFOP_CURRENT_TIMESTAMP:
    case SVFOP_CURRENT_TIMESTAMP_N:
      return "CURRENT_TIMESTAMP";
    case SVFOP_LOCALTIME:
    case SVFOP_LOCALTIME_N:
      return "LOCALTIME";
    case SVFOP_LOCALTIMESTAMP:
    case SVFOP_LOCALTIMESTAMP_N:
      return "LOCALTIMESTAMP";
    case SVFOP_CURRENT_ROLE:
      return "CURRENT_ROLE";
    case SVFOP_CURRENT_USER:
      return "CURRENT_USER";
    case SVFOP_USER:
      return "USER";
    case SVFOP_SESSION_USER:
      return "SESSION_USER";
    case SVFOP_CURRENT_CATALOG:
      return "CURRENT_CATALOG";
    case SVFOP_CURRENT_SCHEMA:
      return "CURRENT_SCHEMA";
  }
  throw Unmodelled{};
}

ast::ValueFunction content(Context&, const SQLValueFunction& node) {
  reads_only(node, node.op, node.typmod, node.location);
  ast::ValueFunction result;
  result.keyword = value_function_keyword(node.op);
  result.precision = node.typmod;
  return result;
}

ast::Subquery::Kind subquery_kind(SubLinkType type) {
  using enum ast::Subquery::Kind;
  switch (type) {
    case EXISTS_SUBLINK:
      return exists;
    case ANY_SUBLINK:
      return any;
    case ALL_SUBLINK:
      return all;
    case EXPR_SUBLINK:
      return scalar;
    case ARRAY_SUBLINK:
      return array;
    default:
      throw Unmodelled{};
  }
}

ast::Subquery content(Context& context, const SubLink& node) {
  reads_only(node, node.subLinkType, node.testexpr, node.operName, node.subselect, node.location);
  ast::Subquery result;
  result.kind = subquery_kind(node.subLinkType);
  result.test = expression_if(context, node.testexpr);
  result.op = string_nodes(node.operName);
  result.query = query(context, node.subselect);
  return result;
}

ast::ArrayExpr content(Context& context, const A_ArrayExpr& node) {
#if PG_VERSION_NUM >= 180000  // the places of the brackets
  reads_only(node, node.elements, node.location, node.list_start, node.list_end);
#else
  reads_only(node, node.elements, node.location);
#endif
  return {expressions(context, node.elements)};
}

ast::DefaultValue content(Context&, const SetToDefault& node) {
  reads_only(node, node.location);
  return {};
}

ast::RowExpr content(Context& context, const RowExpr& node) {
  reads_only(node, node.args, node.row_format, node.location);
  ast::RowExpr result;
  result.elements = expressions(context, node.args);
  result.explicit_row = node.row_format == COERCE_EXPLICIT_CALL;
  return result;
}

}  // namespace

ast::Step step(Context& context, const Node* node) {
  ast::Step result;
  if (tag_of(node) == T_A_Star) {
    result.kind = ast::Step::Kind::star;
  } else if (const auto* indices = node_if<A_Indices>(node)) {
    reads_only(*indices, indices->is_slice, indices->lidx, indices->uidx);
    result.kind = indices->is_slice ? ast::Step::Kind::slice : ast::Step::Kind::index;
    result.lower = expression_if(context, indices->lidx);
    result.upper = expression_if(context, indices->uidx);
    if (!indices->is_slice) std::swap(result.lower, result.upper);
  } else {
    result.field = string_node(node);
  }
  return result;
}

namespace {

ast::Collate content(Context& context, const CollateClause& node) {
  reads_only(node, node.arg, node.collname, node.location);
  return {expression(context, node.arg), qualified_name(node.collname)};
}

ast::NamedArgument content(Context& context, const NamedArgExpr& node) {
  reads_only(node, node.arg, node.name, node.argnumber, node.location);
  ast::NamedArgument result;
  result.name = text(node.name);
  result.argument = expression(context, node.arg);
  return result;
}

ast::GroupingSet::Kind grouping_set_kind(GroupingSetKind kind) {
  using enum ast::GroupingSet::Kind;
  switch (kind) {
    case GROUPING_SET_EMPTY:
      return empty;
    case GROUPING_SET_SIMPLE:
      return simple;
    case GROUPING_SET_ROLLUP:
      return rollup;
    case GROUPING_SET_CUBE:
      return cube;
    case GROUPING_SET_SETS:
      return sets;
  }
  throw Unmodelled{};
}

ast::GroupingSet content(Context& context, const GroupingSet& node) {
  reads_only(node, node.kind, node.content, node.location);
  return {grouping_set_kind(node.kind), expressions(context, node.content)};
}

/// A form that has words of its own, and no name that anybody may write, is called as PostgreSQL calls
/// IS NORMALIZED.
ast::FunctionCall worded(const char* name, ast::Expr argument) {
  ast::FunctionCall call;
  call.name = {"pg_catalog", name};
  call.sql_syntax = true;
  call.arguments.push_back(std::move(argument));
  return call;
}

/// SQL/JSON and XML have clauses of their own between their parentheses, of which CockroachDB has none: what
/// stands there is kept as it was written, in one string.
ast::Expr clauses(Context& context, int location) {
  const int32_t place = offset(context, location);
  if (place < 0) throw Unmodelled{};
  const std::string text(context.sql.substr(static_cast<size_t>(location)));
  std::string error;
  const std::optional<std::vector<Token>> tokens = scan_sql(text, error);
  if (!tokens || tokens->size() < 3 || !(*tokens)[1].is("(")) throw Unmodelled{};
  size_t close = 1;
  for (int depth = 0; close < tokens->size(); ++close) {
    if ((*tokens)[close].is("(")) ++depth;
    if ((*tokens)[close].is(")") && --depth == 0) break;
  }
  if (close == tokens->size()) throw Unmodelled{};
  const size_t begin = (*tokens)[1].end;
  std::string inside = text.substr(begin, (*tokens)[close].begin - begin);
  ast::Literal words{ast::Literal::Kind::string, std::move(inside)};
  return {worded((*tokens)[0].name().c_str(), {std::move(words), -1}), place};
}

#if PG_VERSION_NUM >= 160000
/// What is asked besides being JSON stands in a second argument: "OBJECT WITH UNIQUE KEYS".
ast::FunctionCall content(Context& context, const JsonIsPredicate& node) {
  reads_only(node, node.expr, node.format, node.item_type, node.unique_keys, node.location);
  const bool has_format = node.format != nullptr && node.format->format_type != JS_FORMAT_DEFAULT;
  if (has_format) throw Unmodelled{};
  ast::FunctionCall call = worded("is_json", expression(context, node.expr));
  std::string words = node.item_type == JS_TYPE_OBJECT   ? "OBJECT"
                      : node.item_type == JS_TYPE_ARRAY  ? "ARRAY"
                      : node.item_type == JS_TYPE_SCALAR ? "SCALAR"
                                                         : "";
  if (node.unique_keys) words += words.empty() ? "WITH UNIQUE KEYS" : " WITH UNIQUE KEYS";
  if (!words.empty()) call.arguments.push_back({ast::Literal{ast::Literal::Kind::string, words}, -1});
  return call;
}
#endif

ast::Expr xml(Context& context, const XmlExpr& node) {
  if (node.op != IS_DOCUMENT) return clauses(context, node.location);
  reads_only(node, node.op, node.args, node.location);
  return {worded("is_document", std::move(expressions(context, node.args).at(0))),
          offset(context, node.location)};
}

/// The node itself has no place.
ast::Expr indirection(Context& context, const A_Indirection& node) {
  reads_only(node, node.arg, node.indirection);
  ast::Indirection result;
  result.argument = expression(context, node.arg);
  for (const Node* one : Nodes<Node>(node.indirection)) result.steps.push_back(step(context, one));
  const int32_t place = result.argument->offset;
  return {std::move(result), place};
}

template <class T>
ast::Expr placed(Context& context, const void* node) {
  const T& its = *static_cast<const T*>(node);
  return {content(context, its), offset(context, its.location)};
}

}  // namespace

ast::Expr expression(Context& context, const void* node) {
  const Level level(context);
  switch (tag_of(node)) {
    case T_A_Const:
      return placed<A_Const>(context, node);
    case T_ColumnRef:
      return placed<ColumnRef>(context, node);
    case T_ParamRef:
      return placed<ParamRef>(context, node);
    case T_FuncCall:
      return placed<FuncCall>(context, node);
    case T_TypeCast:
      return placed<TypeCast>(context, node);
    case T_A_Expr:
      return placed<A_Expr>(context, node);
    case T_BoolExpr:
      return placed<BoolExpr>(context, node);
    case T_NullTest:
      return placed<NullTest>(context, node);
    case T_BooleanTest:
      return placed<BooleanTest>(context, node);
    case T_CaseExpr:
      return placed<CaseExpr>(context, node);
    case T_CoalesceExpr:
      return placed<CoalesceExpr>(context, node);
    case T_MinMaxExpr:
      return placed<MinMaxExpr>(context, node);
    case T_SQLValueFunction:
      return placed<SQLValueFunction>(context, node);
    case T_SubLink:
      return placed<SubLink>(context, node);
    case T_A_ArrayExpr:
      return placed<A_ArrayExpr>(context, node);
    case T_RowExpr:
      return placed<RowExpr>(context, node);
    case T_CollateClause:
      return placed<CollateClause>(context, node);
    case T_NamedArgExpr:
      return placed<NamedArgExpr>(context, node);
    case T_GroupingSet:
      return placed<GroupingSet>(context, node);
    case T_SetToDefault:
      return placed<SetToDefault>(context, node);
    case T_XmlExpr:
      return xml(context, node_as<XmlExpr>(node));
    case T_XmlSerialize:
      return clauses(context, node_as<XmlSerialize>(node).location);
#if PG_VERSION_NUM >= 160000
    case T_JsonIsPredicate:
      return placed<JsonIsPredicate>(context, node);
    case T_JsonObjectConstructor:
      return clauses(context, node_as<JsonObjectConstructor>(node).location);
    case T_JsonArrayConstructor:
      return clauses(context, node_as<JsonArrayConstructor>(node).location);
    case T_JsonArrayQueryConstructor:
      return clauses(context, node_as<JsonArrayQueryConstructor>(node).location);
#endif
#if PG_VERSION_NUM >= 170000
    case T_JsonFuncExpr:
      return clauses(context, node_as<JsonFuncExpr>(node).location);
    case T_JsonParseExpr:
      return clauses(context, node_as<JsonParseExpr>(node).location);
    case T_JsonScalarExpr:
      return clauses(context, node_as<JsonScalarExpr>(node).location);
    case T_JsonSerializeExpr:
      return clauses(context, node_as<JsonSerializeExpr>(node).location);
#endif
    case T_A_Indirection:
      return indirection(context, node_as<A_Indirection>(node));
    case T_List:
      return {ast::ExprList{expressions(context, static_cast<const List*>(node))}, -1};
    default:
      throw Unmodelled{};
  }
}

ast::Box<ast::Expr> expression_if(Context& context, const void* node) {
  if (node == nullptr) return {};
  return expression(context, node);
}

std::vector<ast::Expr> expressions(Context& context, const List* list) {
  const Nodes<Node> nodes(list);
  std::vector<ast::Expr> result;
  result.reserve(nodes.size());
  for (const Node* node : nodes) result.push_back(expression(context, node));
  return result;
}

}  // namespace pg2crdb::transform
