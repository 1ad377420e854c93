#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>

#include "parser/dump_parser.h"
#include "parser/migration_ways.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;
using Effect = PsqlSession::Effect;
using Branch = PsqlSession::Branch;

std::string shown(const PsqlCommand& command) {
  return "`\\" + std::string(command.name) + "`";
}

// What a column of a query's result is called; empty where only the server knows.
std::string result_name(const ast::SelectItem& item) {
  if (!item.alias.empty()) return item.alias;
  const auto* column = item.expr ? std::get_if<ast::ColumnRef>(&item.expr->node) : nullptr;
  return column != nullptr && !column->star && !column->names.empty() ? column->names.back() : "";
}

bool from_stdin(std::string_view arguments) {
  return lower(arguments).find("from stdin") != std::string::npos;
}

}  // namespace

void DumpParser::report_mark(ParserRule rule, const Segment& segment, std::string message) {
  file_->keep(segment.begin, segment.line, segment.column, segment.text);
  report(rule, span(segment), std::move(message));
}

void DumpParser::take_mark(const Segment& segment) {
  const MigrationMark& mark = *segment.mark;
  const std::string tool(to_string(mark.tool));
  using Kind = MigrationMark::Kind;
  if (migration_.tool && *migration_.tool != mark.tool) {
    // Files for two tools have both marks at each turn; where they differ, the file means two things.
    if ((mark.kind == Kind::down && !down_) || (mark.kind == Kind::up && down_))
      report_mark(migration_mark_unclear, segment,
                  "a mark of " + tool + " in a file of " + std::string(to_string(*migration_.tool)) +
                      ", which would take it for a comment");
    return;
  }
  if (segment.indented)
    report_mark(migration_mark_unclear, segment,
                "blanks stand before this mark, so that " + tool + " would not take it for one");
  migration_.tool = mark.tool;
  if (mark.no_transaction) {
    migration_.no_transaction = true;
    migration_.in_transaction = false;
  }
  switch (mark.kind) {
    case Kind::up:
    case Kind::down:
      if (!migration_.begun &&
          (script_.statements.size() > file_begin_.statements || script_.data.size() > file_begin_.blocks))
        report_mark(migration_mark_missing, segment,
                    "statements stand before the first mark of this " + tool + " migration");
      if (!migration_.begun && !migration_.no_transaction) migration_.in_transaction = true;
      migration_.begun = true;
      if (std::find(read_.migrations.begin(), read_.migrations.end(), mark.tool) == read_.migrations.end())
        read_.migrations.push_back(mark.tool);
      down_ = mark.kind == Kind::down;
      migration_.has_down = migration_.has_down || down_;
      break;
    case Kind::environment:
    case Kind::environment_end:
      environment_ = mark.kind == Kind::environment;
      break;
    case Kind::statement_end:
    case Kind::other:
      break;
  }
}

/// A tool that is not known: a way down that is run takes away what stands on the target.
void DumpParser::take_way(const Segment& segment) {
  const WayComment way = *way_comment(segment.text);
  if (!way.down) {
    migration_.ways_up.insert(way.pattern);
    if (migration_.way_down == way.pattern) down_ = false;
    return;
  }
  if (down_ || (!way.sure && !migration_.ways_up.contains(way.pattern))) return;
  report_mark(migration_mark_unclear, segment,
              "this reads like the mark of a migration's way down, of a tool that is not known: what follows "
              "is not read");
  migration_.way_down = way.pattern;
  down_ = true;
}

ast::Statement& DumpParser::add_command(const Segment& segment) {
  insert_block_ = none;
  const std::string_view line = file_->keep(segment.begin, segment.line, segment.column, segment.text);
  return add(segment, ast::MetaCommand{std::string(line)});
}

void DumpParser::drop_command(const Segment& segment, std::string reason) {
  ast::Statement& statement = add_command(segment);
  statement.fate = ast::Fate::dropped;
  statement.reason = std::move(reason);
}

void DumpParser::hold_command(ParserRule rule, const Segment& segment, std::string message,
                              std::string reason) {
  ast::Statement& statement = add_command(segment);
  report(rule, statement.span, std::move(message));
  need_person(statement, std::move(reason));
}

void DumpParser::take_meta_command(const Segment& segment) {
  const PsqlCommand command = read_psql_command(segment.text);
  const Branch before = psql_.branch();
  if (command.name == "copy") {
    rows_go_ = RowsGo::nowhere;
    if (count_unread(segment)) return;
  }
  if (down_ || has_quit_) return;
  const Effect effect = psql_.run(command);
  if (psql_.open_conditions() == 0) open_condition_.reset();
  if (command.name == "if" && !open_condition_) open_condition_ = span(segment);
  if (effect == Effect::unknown) {
    hold_command(psql_condition_unknown, segment, "whether this condition holds is not known",
                 "its condition is not known");
  } else if (effect == Effect::unmatched) {
    hold_command(psql_condition_unmatched, segment, shown(command) + " stands here without its `\\if`",
                 "psql refuses it");
  } else if (effect == Effect::done) {
    if (before != Branch::not_taken || psql_.branch() == Branch::taken)
      drop_command(segment, "psql's own: what it makes of the script is read");
  } else if (before == Branch::unknown) {
    pending_ = none;
    rows_go_ = RowsGo::to_person;
    need_person(add_command(segment), "nobody knows whether psql takes this branch");
  } else {
    run_command(segment, command);
  }
}

void DumpParser::run_command(const Segment& segment, const PsqlCommand& command) {
  constexpr std::array includes = {"i"sv, "ir"sv, "include"sv, "include_relative"sv};
  if (command.ends_statement()) {
    end_statement(segment, command);
  } else if (std::find(includes.begin(), includes.end(), command.name) != includes.end()) {
    hold_command(psql_include, segment,
                 "psql reads `" + std::string(command.arguments) + "` here; it is not in the output",
                 "the file that it names is not read");
  } else if (command.name == "copy") {
    take_copy(segment, command);
  } else if (command.name == "connect" || command.name == "c") {
    take_connect(segment, command);
  } else if (command.name == "q" || command.name == "quit") {
    ast::Statement& statement = add_command(segment);
    report(psql_quit, statement.span, "psql stops here: what follows is not read");
    statement.fate = ast::Fate::dropped;
    statement.reason = "psql's own: it ends the script";
    has_quit_ = true;
  } else {
    if (command.name == "encoding" && !command.arguments.empty())
      check_encoding(command.arguments, span(segment));
    add_command(segment);
  }
}

// `\g` and its kin send the statement before them; `\r` throws it away.
void DumpParser::end_statement(const Segment& segment, const PsqlCommand& command) {
  ast::Statement* statement = pending_ == none ? nullptr : &script_.statements[pending_];
  ast::DataBlock* rows = pending_block_ == none ? nullptr : &script_.data[pending_block_];
  pending_ = none;
  pending_block_ = none;
  const std::string_view name = command.name;
  if (name == "r" || name == "reset" || name == "gdesc") {
    const std::string reason = name == "gdesc" ? "psql only describes its result" : "psql throws it away";
    if (rows != nullptr) rows->left_out = reason;
    if (statement != nullptr) {
      statement->fate = ast::Fate::dropped;
      statement->reason = reason;
      rows_go_ = RowsGo::nowhere;
    }
    drop_command(segment, "psql's own: the statement before it is not run");
    return;
  }
  if (statement == nullptr && rows == nullptr && name != "gexec" && name != "gset") {
    // It sends the last statement once more.
    add_command(segment);
    return;
  }
  if (name == "gexec") {
    hold_command(psql_statements_unknown, segment, "psql runs what this query's result holds",
                 "only the server knows the statements that it runs");
  } else if (name == "gset") {
    const size_t id = statement == nullptr ? none : statement->id;
    ast::Statement& added = add_command(segment);
    report(psql_result, added.span,
           "`\\gset` makes variables of the query's result, whose values are not known");
    added.fate = ast::Fate::dropped;
    added.reason = "psql's own: what depends on its variables is held back";
    pending_ = id;
    learn_result(command);
    pending_ = none;
  } else {
    const bool elsewhere = name == "g" && !command.arguments.empty() && !command.arguments.ends_with(')');
    ast::Statement& added = add_command(segment);
    if (elsewhere || name == "watch")
      report(psql_result, added.span,
             shown(command) +
                 (elsewhere ? " writes the result elsewhere" : " runs the statement again and again"));
    added.fate = ast::Fate::dropped;
    added.reason = "psql's own: it sends the statement before it";
  }
}

void DumpParser::learn_result(const PsqlCommand& command) {
  const std::string prefix(command.arguments);
  const auto* select =
      pending_ == none ? nullptr : std::get_if<ast::SelectStatement>(&script_.statements[pending_].node);
  std::vector<std::string> names;
  if (select != nullptr) {
    for (const ast::SelectItem& item : select->query->targets) names.push_back(result_name(item));
  }
  if (names.empty() ||
      std::any_of(names.begin(), names.end(), [](const auto& name) { return name.empty(); })) {
    psql_.set_unknown_names(prefix);
    return;
  }
  for (const std::string& name : names) psql_.set_unknown(prefix + name);
}

void DumpParser::take_copy(const Segment& segment, const PsqlCommand& command) {
  const std::string sql = "COPY " + std::string(command.arguments);
  rows_go_ = RowsGo::nowhere;
  if (!databases_.takes(sql)) {
    rows_go_ = RowsGo::other_database;
    return;
  }
  ParsedStatement parsed = parse_statement(sql);
  insert_block_ = none;
  if (from_stdin(command.arguments)) {
    file_->keep(segment.begin, segment.line, segment.column, segment.text);
    sent_ = add(segment, std::move(parsed.node)).id;
    rows_go_ = RowsGo::into_script;
    return;
  }
  rows_go_ = RowsGo::to_person;
  hold_command(psql_copy, segment, "`\\copy` moves rows from or to a place that only psql sees",
               "its rows are elsewhere");
}

void DumpParser::take_connect(const Segment& segment, const PsqlCommand& command) {
  databases_.connect(connected_to(command.arguments).database);
  if (databases_.reads_current()) add_command(segment);
}

}  // namespace pg2crdb
