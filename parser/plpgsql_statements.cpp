#include <algorithm>
#include <array>

#include "parser/plpgsql_reader.h"

namespace pg2crdb::transform {

using namespace ast::plpgsql;

namespace {

bool returns_many(const Fetch& fetch) {
  using Direction = Fetch::Direction;
  const bool to_place = fetch.direction == Direction::absolute || fetch.direction == Direction::relative;
  return fetch.direction == Direction::all || fetch.direction == Direction::forward_all ||
         fetch.direction == Direction::backward_all || (fetch.count && !to_place);
}

}  // namespace

Statements BodyReader::statements(PlPgSql::StatementsContext* context) {
  // What stands in the head is told before it, what stands behind THEN or BEGIN with the first statement.
  hoist_comments(begin_of(context->start->getTokenIndex() - 1));
  return branch_statements(context);
}

Statements BodyReader::branch_statements(PlPgSql::StatementsContext* context) {
  Statements result;
  std::vector<std::string>* const outer = comments_;
  for (PlPgSql::StatementContext* one : context->statement()) statement(*one, result.list);
  comments_ = &result.comments;
  hoist_comments(begin_of(result.list.empty() ? context->start->getTokenIndex() : range(*context).end));
  comments_ = outer;
  return result;
}

void BodyReader::statement(PlPgSql::StatementContext& context, std::vector<Statement>& list) {
  const Range tokens = range(context);
  Statement& result = list.emplace_back();
  result.after_blank_line = list.size() > 1 && after_blank_line(tokens.from);
  result.offset = begin_of(tokens.from);
  result.end = end_of(tokens.end - 1);
  comments_ = &result.comments.before;
  hoist_comments(result.offset);
  read(context, result);
  comments_ = &result.comments.before;
  hoist_comments(result.end);
  result.comments.behind = comment_behind(tokens.end - 1);
}

void BodyReader::read(PlPgSql::StatementContext& context, Statement& statement) {
  const auto* kind = dynamic_cast<antlr4::ParserRuleContext*>(context.children[0]);
  switch (kind->getRuleIndex()) {
    case PlPgSql::RuleAssignment: {
      PlPgSql::AssignmentContext& assignment = *context.assignment();
      statement.node = Assignment{target(*assignment.target()), value(assignment.toSemicolon())};
      return;
    }
    case PlPgSql::RuleNestedBlock:
      statement.node = block(*context.nestedBlock()->block());
      return;
    case PlPgSql::RuleIfStatement:
      statement.node = if_statement(*context.ifStatement());
      return;
    case PlPgSql::RuleCaseStatement:
      statement.node = case_statement(*context.caseStatement());
      return;
    case PlPgSql::RuleLoopStatement: {
      PlPgSql::LoopStatementContext& loop_context = *context.loopStatement();
      statement.node = Loop{label(loop_context.label()), loop(loop_context.label(), loop_context.loopBody())};
      return;
    }
    case PlPgSql::RuleWhileStatement: {
      PlPgSql::WhileStatementContext& loop_context = *context.whileStatement();
      While node{label(loop_context.label()), value(loop_context.toLoop()), {}};
      node.statements = loop(loop_context.label(), loop_context.loopBody());
      statement.node = std::move(node);
      return;
    }
    case PlPgSql::RuleForStatement:
      for_statement(*context.forStatement(), statement);
      return;
    case PlPgSql::RuleForeachStatement:
      statement.node = foreach_statement(*context.foreachStatement());
      return;
    case PlPgSql::RuleExitStatement:
      statement.node = exit_statement(*context.exitStatement());
      return;
    case PlPgSql::RuleReturnStatement:
      return_statement(*context.returnStatement(), statement);
      return;
    case PlPgSql::RuleRaiseStatement:
      statement.node = raise_statement(*context.raiseStatement());
      return;
    case PlPgSql::RuleAssertStatement: {
      PlPgSql::AssertStatementContext& assertion = *context.assertStatement();
      Assert assert_node{value(assertion.toComma()), {}};
      assert_node.message = value_if(assertion.toSemicolon());
      statement.node = std::move(assert_node);
      return;
    }
    case PlPgSql::RulePerformStatement: {
      const Range run = range(*context.performStatement()->toSemicolon());
      Perform perform{plpgsql_performed(text(run), begin_of(run.from))};
      perform.query.end = end_of(run.end - 1);
      if (std::holds_alternative<ast::Opaque>(perform.query.node)) keep_comments_in(run);
      statement.node = std::move(perform);
      return;
    }
    case PlPgSql::RuleExecuteStatement:
      statement.node = execute_statement(*context.executeStatement());
      return;
    case PlPgSql::RuleGetStatement:
      statement.node = get_statement(*context.getStatement());
      return;
    case PlPgSql::RuleOpenStatement:
      statement.node = open_statement(*context.openStatement());
      return;
    case PlPgSql::RuleFetchStatement: {
      PlPgSql::FetchStatementContext& fetch_context = *context.fetchStatement();
      Fetch node = fetch(fetch_context.direction(), fetch_context.variable());
      node.into = into(fetch_context.into());
      if (returns_many(node)) fail("FETCH statement cannot return multiple rows", fetch_context);
      if (node.into.strict) fail_at("syntax error", range(*fetch_context.into()).from + 1);
      statement.node = std::move(node);
      return;
    }
    case PlPgSql::RuleMoveStatement: {
      Fetch node = fetch(context.moveStatement()->direction(), context.moveStatement()->variable());
      node.moves = true;
      statement.node = std::move(node);
      return;
    }
    case PlPgSql::RuleCloseStatement:
      statement.node = Close{variable(*context.closeStatement()->variable())};
      return;
    case PlPgSql::RuleTransactionStatement: {
      PlPgSql::TransactionStatementContext& end = *context.transactionStatement();
      EndTransaction node{is(end, "rollback"), EndTransaction::Chain::unspecified};
      if (end.chain != nullptr)
        node.chain = end.no == nullptr ? EndTransaction::Chain::chain : EndTransaction::Chain::no_chain;
      statement.node = node;
      return;
    }
    case PlPgSql::RuleSqlStatement:
      statement.node = sql_statement(*context.sqlStatement()->sql());
      return;
    default:
      statement.node = Null{};
      return;
  }
}

Branch BodyReader::branch(const Context& context, PlPgSql::ToThenContext* condition,
                          PlPgSql::StatementsContext* then) {
  Branch branch;
  branch.offset = begin_of(context);
  branch.condition = value(condition);
  branch.statements = branch_statements(then);
  return branch;
}

void BodyReader::otherwise(PlPgSql::OtherwiseContext* context, bool& has_else, Statements& list) {
  if (context == nullptr) return;
  has_else = true;
  list = branch_statements(context->statements());
}

If BodyReader::if_statement(PlPgSql::IfStatementContext& context) {
  If node;
  Branch first;
  first.offset = begin_of(context);
  first.condition = value(context.toThen());
  first.statements = statements(context.statements());
  node.branches.push_back(std::move(first));
  for (PlPgSql::ElsifContext* one : context.elsif())
    node.branches.push_back(branch(*one, one->toThen(), one->statements()));
  otherwise(context.otherwise(), node.has_else, node.otherwise);
  return node;
}

Case BodyReader::case_statement(PlPgSql::CaseStatementContext& context) {
  Case node;
  node.argument = value_if(context.toWhen());
  hoist_comments(begin_of(*context.when(0)));
  for (PlPgSql::WhenContext* one : context.when())
    node.branches.push_back(branch(*one, one->toThen(), one->statements()));
  otherwise(context.otherwise(), node.has_else, node.otherwise);
  return node;
}

Exit BodyReader::exit_statement(PlPgSql::ExitStatementContext& context) {
  Exit node;
  node.continues = is(context, "continue");
  node.label = name(context.name());
  node.condition = value_if(context.toSemicolon());
  if (node.label.empty()) {
    if (std::ranges::none_of(labels_, &OpenLabel::is_loop)) {
      fail(node.continues ? "CONTINUE cannot be used outside a loop"
                          : "EXIT cannot be used outside a loop, unless it has a label",
           context);
    }
    return node;
  }
  const auto open = std::find_if(labels_.rbegin(), labels_.rend(),
                                 [&](const OpenLabel& one) { return one.name == node.label; });
  const bool is_routine = open == labels_.rend() && (routine_.empty() || node.label == routine_);
  if (open == labels_.rend() && !is_routine) {
    fail("there is no label \"" + node.label + "\" attached to any block or loop enclosing this statement",
         *context.name());
  }
  if (node.continues && open != labels_.rend() && !open->is_loop)
    fail("block label \"" + node.label + "\" cannot be used in CONTINUE", *context.name());
  return node;
}

void BodyReader::return_statement(PlPgSql::ReturnStatementContext& context, Statement& statement) {
  PlPgSql::ReturnedContext* returned = context.returned();
  if (auto* next = dynamic_cast<PlPgSql::ReturnNextContext*>(returned)) {
    statement.node = ReturnNext{value_if(next->toSemicolon())};
  } else if (auto* query = dynamic_cast<PlPgSql::ReturnQueryContext*>(returned)) {
    statement.node = ReturnQuery{static_sql(query->query())};
  } else if (auto* text = dynamic_cast<PlPgSql::ReturnQueryExecuteContext*>(returned)) {
    statement.node = ReturnQuery{dynamic_sql(text->toUsing(), text->usingValues())};
  } else if (auto* plain = dynamic_cast<PlPgSql::ReturnValueContext*>(returned)) {
    statement.node = Return{value(plain->returnedValue())};
  } else {
    statement.node = Return{};
  }
}

Raise BodyReader::raise_statement(PlPgSql::RaiseStatementContext& context) {
  Raise raise;
  PlPgSql::RaisedContext* raised = context.raised();
  if (raised == nullptr) return raise;
  const auto level = [&](PlPgSql::LevelContext* written) {
    constexpr std::array<std::string_view, 7> words = {"",     "exception", "warning", "notice",
                                                       "info", "log",       "debug"};
    for (size_t i = 1; written != nullptr && i < words.size(); ++i) {
      if (is(*written, words[i])) raise.level = static_cast<Raise::Level>(i);
    }
  };
  PlPgSql::RaiseOptionsContext* options = nullptr;
  if (auto* message = dynamic_cast<PlPgSql::RaiseMessageContext*>(raised)) {
    level(message->level());
    raise.has_format = true;
    raise.format = literal(message->STRING());
    raise.arguments = values(message->toCommaUsing());
    check_format(raise, context);
    options = message->raiseOptions();
  } else if (auto* condition_context = dynamic_cast<PlPgSql::RaiseConditionContext*>(raised)) {
    level(condition_context->level());
    raise.condition = condition(name(condition_context->bareName()), condition_context->STRING(),
                                *condition_context->bareName());
    options = condition_context->raiseOptions();
  } else if (auto* using_context = dynamic_cast<PlPgSql::RaiseUsingContext*>(raised)) {
    level(using_context->level());
    options = using_context->raiseOptions();
  }
  if (options == nullptr) return raise;
  for (PlPgSql::RaiseOptionContext* one : options->raiseOption()) {
    constexpr std::array<std::string_view, 9> known = {"errcode",    "message",  "detail", "hint",  "column",
                                                       "constraint", "datatype", "table",  "schema"};
    Raise::Option option{name(one->name()), {}};
    if (std::ranges::find(known, option.name) == known.end())
      fail_at("unrecognized RAISE statement option", range(*one).from);
    option.value = value(one->toComma());
    raise.options.push_back(std::move(option));
  }
  return raise;
}

void BodyReader::check_format(const Raise& raise, const Context& context) const {
  size_t places = 0;
  for (size_t i = 0; i < raise.format.size(); ++i) {
    if (raise.format[i] != '%') continue;
    if (i + 1 < raise.format.size() && raise.format[i + 1] == '%') {
      ++i;
    } else {
      ++places;
    }
  }
  if (places < raise.arguments.size()) fail("too many parameters specified for RAISE", context);
  if (places > raise.arguments.size()) fail("too few parameters specified for RAISE", context);
}

GetDiagnostics BodyReader::get_statement(PlPgSql::GetStatementContext& context) const {
  constexpr std::array<std::string_view, 2> of_now = {"row_count", "pg_routine_oid"};
  constexpr std::array<std::string_view, 10> of_error = {
      "column_name", "constraint_name",   "message_text",        "pg_datatype_name",  "pg_exception_context",
      "schema_name", "pg_exception_hint", "pg_exception_detail", "returned_sqlstate", "table_name"};
  GetDiagnostics node;
  node.stacked = context.stacked != nullptr;
  for (PlPgSql::DiagnosticsItemContext* one : context.diagnosticsItem()) {
    GetDiagnostics::Item item{variable(*one->variable()), name(one->name())};
    const bool now = std::ranges::find(of_now, item.item) != of_now.end();
    const bool error = std::ranges::find(of_error, item.item) != of_error.end();
    if (!now && !error && item.item != "pg_context")
      fail_at("unrecognized GET DIAGNOSTICS item", range(*one->name()).from);
    if (node.stacked ? now : error) {
      fail("diagnostics item " + item.item + " is not allowed in GET " +
               (node.stacked ? "STACKED" : "CURRENT") + " DIAGNOSTICS",
           context);
    }
    node.items.push_back(std::move(item));
  }
  return node;
}

Execute BodyReader::execute_statement(PlPgSql::ExecuteStatementContext& context) {
  Execute node;
  node.sql.text = value(context.toIntoUsing());
  // Either may come first.
  if (context.into().size() > 1) fail_at("syntax error", range(*context.into(1)).from);
  if (context.intoUsing().size() > 1) fail_at("syntax error", range(*context.intoUsing(1)).from);
  if (!context.into().empty()) node.into = into(context.into(0));
  if (!context.intoUsing().empty()) node.sql.parameters = values(context.intoUsing(0)->toCommaInto());
  return node;
}

}  // namespace pg2crdb::transform
