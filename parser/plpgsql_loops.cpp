// Loops and cursors.
#include <charconv>

#include "parser/plpgsql_reader.h"

namespace pg2crdb::transform {

using namespace ast::plpgsql;

Statements BodyReader::loop(PlPgSql::LabelContext* label_context, PlPgSql::LoopBodyContext* body) {
  const std::string begin = label(label_context);
  labels_.push_back({begin, true});
  Statements result = statements(body->statements());
  labels_.pop_back();
  check_end_label(body->name(), begin);
  return result;
}

void BodyReader::for_statement(PlPgSql::ForStatementContext& context, Statement& statement) {
  std::vector<Variable> targets = variables(context.variables());
  const std::string own_label = label(context.label());
  const auto own_variable = [&](std::string_view kind) {
    if (targets.size() != 1 || targets[0].names.size() != 1)
      fail(std::string(kind) + " FOR loop must have only one target variable", *context.variables());
    return targets[0].names[0];
  };
  const auto over_rows = [&](Rows rows) {
    ForRows node{own_label, std::move(targets), std::move(rows), {}};
    node.statements = loop(context.label(), context.loopBody());
    statement.node = std::move(node);
  };
  const auto over_range = [&](bool reverse, Context* from, Context* to, Context* by) {
    ForRange node;
    node.label = own_label;
    node.variable = own_variable("integer");
    node.reverse = reverse;
    node.from = value(from);
    node.to = value(to);
    node.by = value_if(by);
    node.statements = loop(context.label(), context.loopBody());
    statement.node = std::move(node);
  };
  if (auto* cursor = dynamic_cast<PlPgSql::ForCursorContext*>(context.forSource())) {
    ForCursor node{
        own_label, own_variable("cursor"), variable(*cursor->cursor()), arguments(cursor->arguments()), {}};
    node.statements = loop(context.label(), context.loopBody());
    statement.node = std::move(node);
  } else if (auto* execute = dynamic_cast<PlPgSql::ForExecuteContext*>(context.forSource())) {
    DynamicSql sql{value(execute->toLoopUsing()), {}};
    if (execute->loopUsing() != nullptr) sql.parameters = values(execute->loopUsing()->toCommaLoop());
    over_rows(std::move(sql));
  } else if (auto* reverse = dynamic_cast<PlPgSql::ForReverseContext*>(context.forSource())) {
    over_range(true, reverse->toDots(), reverse->toLoopBy(), reverse->toLoop());
  } else if (auto* run = dynamic_cast<PlPgSql::ForRangeOrQueryContext*>(context.forSource())) {
    if (run->toLoopBy() == nullptr) return over_rows(static_sql(run->toDotsLoop()));
    over_range(false, run->toDotsLoop(), run->toLoopBy(), run->toLoop());
  }
}

Foreach BodyReader::foreach_statement(PlPgSql::ForeachStatementContext& context) {
  Foreach node;
  node.label = label(context.label());
  node.targets = variables(context.variables());
  if (context.NUMBER() != nullptr) {
    const size_t token = context.NUMBER()->getSymbol()->getTokenIndex();
    const std::string_view digits = tree_.tokens()[token].text;
    int32_t slice = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), slice);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) fail_at("syntax error", token);
    node.slice = slice;
  }
  node.array = value(context.toLoop());
  node.statements = loop(context.label(), context.loopBody());
  return node;
}

Open BodyReader::open_statement(PlPgSql::OpenStatementContext& context) {
  Open node;
  node.cursor = variable(*context.variable());
  if (auto* query = dynamic_cast<PlPgSql::OpenQueryContext*>(context.opened())) {
    node.scroll = scroll(query->scroll());
    node.rows = Rows(static_sql(query->query()));
  } else if (auto* execute = dynamic_cast<PlPgSql::OpenExecuteContext*>(context.opened())) {
    node.scroll = scroll(execute->scroll());
    node.rows = Rows(dynamic_sql(execute->toUsing(), execute->usingValues()));
  } else if (auto* bound = dynamic_cast<PlPgSql::OpenArgumentsContext*>(context.opened())) {
    node.arguments = arguments(bound->arguments());
  }
  return node;
}

Fetch BodyReader::fetch(PlPgSql::DirectionContext* direction, PlPgSql::VariableContext* cursor) {
  using Direction = Fetch::Direction;
  Fetch node;
  node.cursor = variable(*cursor);
  if (direction == nullptr) return node;
  struct Word {
    std::string_view word;
    Direction direction;
  };
  for (const Word& one :
       {Word{"next", Direction::next}, Word{"prior", Direction::prior}, Word{"first", Direction::first},
        Word{"last", Direction::last}, Word{"all", Direction::all}, Word{"absolute", Direction::absolute},
        Word{"relative", Direction::relative}, Word{"forward", Direction::forward},
        Word{"backward", Direction::backward}}) {
    if (is(*direction, one.word)) node.direction = one.direction;
  }
  if (direction->all != nullptr)
    node.direction = node.direction == Direction::forward ? Direction::forward_all : Direction::backward_all;
  node.count =
      direction->toFromIn() != nullptr ? value_if(direction->toFromIn()) : value_if(direction->count());
  return node;
}

}  // namespace pg2crdb::transform
