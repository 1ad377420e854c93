#include "parser/plain_constants.h"
#include "parser/sql_tokens.h"
#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

ast::FunctionParameter function_parameter(Context& context, const FunctionParameter& node) {
#if PG_VERSION_NUM >= 180000
  reads_only(node, node.name, node.argType, node.mode, node.defexpr, node.location);
#else
  reads_only(node, node.name, node.argType, node.mode, node.defexpr);
#endif
  using enum ast::FunctionParameter::Mode;
  ast::FunctionParameter result;
  result.name = text(node.name);
  result.type = type_name(context, node_as<TypeName>(node.argType));
  switch (node.mode) {
    case FUNC_PARAM_DEFAULT:
      break;
    case FUNC_PARAM_IN:
      result.mode_written = true;
      break;
    case FUNC_PARAM_OUT:
      result.mode = out;
      break;
    case FUNC_PARAM_INOUT:
      result.mode = inout;
      break;
    case FUNC_PARAM_VARIADIC:
      result.mode = variadic;
      break;
    case FUNC_PARAM_TABLE:
      result.mode = table;
      break;
  }
  result.default_value = expression_if(context, node.defexpr);
  return result;
}

void add_option(Context& context, ast::CreateFunction& result, const DefElem& node) {
  option_reads_only(node, node.defname, node.arg);
  switch (name_number(text(node.defname))) {
    case "as"_n:
      for (const String& part : Nodes<String>(&node_as<List>(node.arg)))
        result.body.emplace_back(text(part.sval));
      if (result.body.size() == 1) result.offset = written_body(context, node.location, result.body.front());
      break;
    case "language"_n:
      result.language = string_node(node.arg);
      break;
    case "volatility"_n:
      result.volatility = upper(string_node(node.arg));
      break;
    case "strict"_n:
      (truth(node.arg) ? result.strict : result.called_on_null_input) = true;
      break;
    case "security"_n:
      (truth(node.arg) ? result.security_definer : result.security_invoker) = true;
      break;
    case "leakproof"_n:
      result.leakproof = truth(node.arg);
      break;
    case "window"_n:
      result.window = truth(node.arg);
      break;
    case "cost"_n:
      result.cost = number(node.arg);
      break;
    case "rows"_n:
      result.rows = number(node.arg);
      break;
    case "parallel"_n:
      result.parallel = upper(string_node(node.arg));
      break;
    case "support"_n:
      result.support = qualified_name(&node_as<List>(node.arg));
      break;
    case "transform"_n:
      for (const TypeName& type : Nodes<TypeName>(&node_as<List>(node.arg))) {
        result.transforms.push_back(type_name(context, type));
      }
      break;
    case "set"_n:
      result.settings.push_back(set_variable(context, node_as<VariableSetStmt>(node.arg)));
      break;
    default:
      throw Unmodelled{};
  }
}

ast::SetVariable::Kind set_kind(VariableSetKind kind) {
  using enum ast::SetVariable::Kind;
  switch (kind) {
    case VAR_SET_VALUE:
      return value;
    case VAR_SET_DEFAULT:
      return default_;
    case VAR_SET_CURRENT:
      return current;
    case VAR_RESET:
      return reset;
    case VAR_RESET_ALL:
      return reset_all;
    default:
      throw Unmodelled{};
  }
}

/// The body ends the statement.
void take_standard_body(std::string_view statement, ast::CreateFunction& result) {
  std::string error;
  const std::string sql(statement);
  auto tokens = scan_sql(sql, error);
  if (!tokens) throw Unmodelled{};
  if (tokens->back().is(";")) tokens->pop_back();
  const Token& last = tokens->back();
  int depth = 0;
  bool signature = false;  // has been passed
  for (size_t i = 0; i + 1 < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    const Token& next = (*tokens)[i + 1];
    depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
    signature = signature || (token.is(")") && depth == 0);
    if (!signature || depth != 0) continue;
    if (token.is("begin") && next.is("atomic")) {
      const size_t begin = std::min(sql.find_first_not_of(" \t\n\r\f;", next.end), last.begin);
      const size_t end = sql.find_last_not_of(" \t\n\r\f", last.begin - 1) + 1;
      result.standard_body = ast::CreateFunction::StandardBody::atomic;
      result.body = {sql.substr(begin, std::max(begin, end) - begin)};
      return;
    }
    const bool in_type = token.is("returns") || token.is("setof") || token.is(".");
    if (next.is("return") && !in_type) {
      result.standard_body = ast::CreateFunction::StandardBody::returned;
      result.body = {"SELECT" + sql.substr(next.end, last.end - next.end)};
      return;
    }
  }
  throw Unmodelled{};
}

}  // namespace

int32_t written_body(const Context& context, int location, std::string_view body) {
  if (location < 0) return -1;
  const size_t begin = context.sql.find(body, static_cast<size_t>(location));
  if (begin == std::string_view::npos || begin == 0) return -1;
  const char quote = context.sql[begin - 1];
  return quote == '$' || quote == '\'' ? offset(context, static_cast<int>(begin)) : -1;
}

ast::StatementNode create_function(Context& context, const CreateFunctionStmt& node) {
  reads_only(node, node.is_procedure, node.replace, node.funcname, node.parameters, node.returnType,
             node.options, node.sql_body);
  ast::CreateFunction result;
  result.procedure = node.is_procedure;
  result.or_replace = node.replace;
  result.name = qualified_name(node.funcname);
  if (node.returnType != nullptr) result.returns = type_name(context, *node.returnType);
  for (const FunctionParameter& one : Nodes<FunctionParameter>(node.parameters)) {
    result.parameters.push_back(function_parameter(context, one));
    if (one.mode == FUNC_PARAM_TABLE) result.returns.clear();
  }
  for (const DefElem& option : Nodes<DefElem>(node.options)) add_option(context, result, option);
  if (node.sql_body != nullptr) {
    result.language = "sql";
    take_standard_body(context.sql, result);
  }
  if (result.body.size() == 1 && (result.language == "sql" || result.language == "plpgsql"))
    result.body.front() = with_plain_constants(std::move(result.body.front()));
  return result;
}

ast::StatementNode create_trigger(Context& context, const CreateTrigStmt& node) {
  // The bits are PostgreSQL's TRIGGER_TYPE_* (catalog/pg_trigger.h).
  constexpr int before = 1 << 1, on_insert = 1 << 2, on_delete = 1 << 3, on_update = 1 << 4,
                on_truncate = 1 << 5, instead = 1 << 6;
  reads_only(node, node.replace, node.isconstraint, node.trigname, node.relation, node.funcname, node.args,
             node.row, node.timing, node.events, node.columns, node.whenClause, node.transitionRels,
             node.deferrable, node.initdeferred, node.constrrel);
  ast::CreateTrigger result;
  result.or_replace = node.replace;
  result.constraint = node.isconstraint;
  result.name = text(node.trigname);
  result.table = relation_name(node.relation);
  result.function = qualified_name(node.funcname);
  result.arguments = string_nodes(node.args);
  result.for_each_row = node.row;
  result.timing = node.timing & instead ? "INSTEAD OF" : node.timing & before ? "BEFORE" : "AFTER";
  result.on_insert = node.events & on_insert;
  result.on_update = node.events & on_update;
  result.on_delete = node.events & on_delete;
  result.on_truncate = node.events & on_truncate;
  result.update_columns = string_nodes(node.columns);
  result.when = expression_if(context, node.whenClause);
  for (const TriggerTransition& table : Nodes<TriggerTransition>(node.transitionRels)) {
    reads_only(table, table.name, table.isNew, table.isTable);
    (table.isNew ? result.new_table : result.old_table) = text(table.name);
  }
  result.deferrable = node.deferrable;
  result.initially_deferred = node.initdeferred;
  result.constraint_from = relation_name(node.constrrel);
  return result;
}

ast::SetVariable set_variable(Context& context, const VariableSetStmt& node) {
#if PG_VERSION_NUM >= 180000  // for pg_stat_statements
  reads_only(node, node.kind, node.name, node.args, node.is_local, node.jumble_args, node.location);
#else
  reads_only(node, node.kind, node.name, node.args, node.is_local);
#endif
  ast::SetVariable result;
  result.kind = set_kind(node.kind);
  result.name = text(node.name);
  result.values = expressions(context, node.args);
  result.local = node.is_local;
  return result;
}

}  // namespace pg2crdb::transform
