#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "ast/describe.h"
#include "parser/block_statements.h"
#include "parser/dump_parser.h"
#include "parser/move_offsets.h"
#include "parser/object_ids.h"
#include "parser/plain_constants.h"
#include "parser/statement_text.h"
#include "plan/copy_form.h"
#include "support/ascii.h"
#include "support/line_ends.h"

namespace pg2crdb {
namespace {

bool is_off(std::string_view setting) {
  constexpr std::array<std::string_view, 4> words = {"off", "false", "no", "0"};
  return std::find(words.begin(), words.end(), setting) != words.end();
}

Error wrong_database(const DatabaseParts& databases, const std::string& chosen) {
  std::string names;
  for (const DatabasePart& part : databases.parts()) {
    if (!part.content) continue;
    names += names.empty() ? "" : ", ";
    names += part.name.empty() ? "what stands before the first \\connect" : "`" + part.name + "`";
  }
  Error error;
  if (names.empty()) names = "nothing of any database";
  if (!chosen.empty()) {
    error.message = databases.connected()
                        ? "no `\\connect " + chosen + "` stands in the script; it holds " + names
                        : "the script names no database, so `" + chosen + "` is not in it";
    error.advice = databases.connected() ? "name one of these with --database"
                                         : "leave --database out: the script is read as a whole";
    return error;
  }
  error.message = "the script holds more than one database: " + names;
  error.advice = "choose one with --database NAME; each is compiled by itself";
  return error;
}

// BEGIN with modes, and COMMIT AND CHAIN. True where the statement begins the next transaction, too, as an
// end of one with AND CHAIN does.
bool as_transaction(ast::StatementNode& node) {
  const auto* opaque = std::get_if<ast::Opaque>(&node);
  if (opaque == nullptr) return false;
  if (opaque->kind == "BEGIN" || opaque->kind == "START TRANSACTION") {
    node = ast::Transaction{opaque->text};
    return false;
  }
  if (opaque->kind != "COMMIT" && opaque->kind != "ROLLBACK") return false;
  node = ast::Transaction{opaque->kind};
  return true;
}

// SET LOCAL and set_config of what names and owners hang on.
bool sets_for_transaction(const ast::StatementNode& node) {
  if (const auto* set = std::get_if<ast::SetVariable>(&node))
    return set->local && (set->name == "search_path" || set->name == "role");
  const auto* select = std::get_if<ast::SelectStatement>(&node);
  if (select == nullptr || select->query->targets.size() != 1 || !select->query->targets[0].expr)
    return false;
  const auto* call = std::get_if<ast::FunctionCall>(&select->query->targets[0].expr->node);
  if (call == nullptr || call->name.name != "set_config" || call->arguments.size() != 3) return false;
  const auto* local = std::get_if<ast::Literal>(&call->arguments[2].node);
  return local != nullptr && local->text.starts_with('t');
}

// Whether PostgreSQL reads shorter names than stand in a statement that changes rows.
bool cuts_names(const ast::StatementNode& node, std::string_view sql) {
  const auto* insert = std::get_if<ast::Insert>(&node);
  if (insert == nullptr || insert->rows.empty()) return has_long_name(sql);
  const size_t rows = sql.find(insert->rows);
  return has_long_name(sql.substr(0, rows)) || has_long_name(sql.substr(rows + insert->rows.size()));
}

}  // namespace

// Enough to show where a statement is that may be a gigabyte long.
Span DumpParser::first_line(const Segment& segment) const {
  return span(segment.begin, segment.begin + first_line_size(segment.text));
}

void DumpParser::report(ParserRule rule, Span at, std::string message, std::string object,
                        std::string advice) {
  Diagnostic diagnostic;
  diagnostic.rule = &parser_rules[rule];
  diagnostic.severity = parser_rules[rule].severity;
  diagnostic.object = std::move(object);
  diagnostic.span = at;
  diagnostic.message = std::move(message);
  diagnostic.advice = std::move(advice);
  diagnostics_.add(std::move(diagnostic));
}

ast::Statement& DumpParser::add(const Segment& segment, ast::StatementNode&& node) {
  const bool roles = std::holds_alternative<ast::CreateRole>(node) ||
                     std::holds_alternative<ast::AlterRole>(node) ||
                     std::holds_alternative<ast::GrantRole>(node);
  ast::Statement& statement =
      script_.add(std::move(node), span(segment), roles ? ast::Phase::roles : ast::Phase::pre_data);
  statement.fate = ast::Fate::kept;
  statement.line = segment.line;
  return statement;
}

void DumpParser::need_person(ast::Statement& statement, std::string reason) {
  statement.fate = ast::Fate::needs_person;
  statement.reason = std::move(reason);
}

bool DumpParser::will_parse(const Segment& segment) const {
  const bool is_statement =
      segment.kind == Segment::Kind::sql || (segment.kind == Segment::Kind::insert && options_.keep_inserts);
  return is_statement && !segment.has_commands && !down_ && !has_quit_ &&
         psql_.branch() == PsqlSession::Branch::taken && databases_.reads_current();
}

void DumpParser::take(const Segment& segment, ParsedStatement* parsed) {
  switch (segment.kind) {
    case Segment::Kind::sql:
    case Segment::Kind::insert:
      take_statement(segment, parsed);
      break;
    case Segment::Kind::copy_data:
      take_rows(segment);
      break;
    case Segment::Kind::meta_command:
      take_meta_command(segment);
      break;
    case Segment::Kind::migration_mark:
      take_mark(segment);
      break;
    case Segment::Kind::way_comment:
      take_way(segment);
      break;
    case Segment::Kind::toc_comment:
      take_dump_line(segment);
      break;
  }
}

void DumpParser::take_dump_line(const Segment& segment) {
  written_by_pg_dump_ = true;
  std::string_view line = segment.text;
  const bool complete = line.ends_with(" complete");
  if (complete) line.remove_suffix(std::string_view(" complete").size());
  const bool cluster = line.ends_with(" database cluster dump");
  if (!cluster && !line.ends_with(" database dump")) return;
  std::optional<Span>& begin = cluster ? cluster_begin_ : dump_begin_;
  begin.reset();
  if (complete) return;
  file_->keep(segment.begin, segment.line, segment.column, segment.text);
  begin = span(segment);
  note_product(product_of_dump(line), *begin);
}

// Whether a statement is none of those that are read; it is counted then.
bool DumpParser::count_unread(const Segment& segment) {
  const bool in_branch = psql_.branch() == PsqlSession::Branch::not_taken && !segment.has_commands;
  Unread* unread = down_       ? &read_.down_parts
                   : has_quit_ ? &read_.behind_quit
                   : in_branch ? &read_.branches
                               : nullptr;
  if (unread == nullptr) return false;
  ++unread->statements;
  if (down_ && options_.keep_inserts && migration_.way_down.empty()) note_way_down(segment);
  return true;
}

void DumpParser::note_way_down(const Segment& segment) {
  if (!ways_down_.empty() && ways_down_.back().file == file_->index()) return;
  const Span line = first_line(segment);
  file_->keep(segment.begin, segment.line, segment.column, segment.text.substr(0, line.end - line.begin));
  ways_down_.push_back(line);
}

void DumpParser::take_statement(const Segment& segment, ParsedStatement* parsed) {
  pending_ = none;
  pending_block_ = none;
  sent_ = none;
  rows_go_ = RowsGo::nowhere;
  if (count_unread(segment)) return;
  const bool taken = psql_.branch() == PsqlSession::Branch::taken;
  const auto expansion = psql_.expand(segment.text, segment.has_commands);
  const std::string_view sql = expansion ? std::string_view(expansion->text) : segment.text;
  if (expansion && std::all_of(sql.begin(), sql.end(), is_blank)) {
    ++read_.branches.statements;
    return;
  }
  if (!databases_.takes(sql)) {
    rows_go_ = RowsGo::other_database;
    return;
  }
  if (psql_.begins_transactions()) begin_transaction(segment, sql);
  const size_t first = script_.statements.size();
  const size_t first_block = script_.data.size();
  const bool held = expansion ? depends_on_psql(segment, *expansion, taken) : !taken;
  rows_go_ = held ? RowsGo::to_person : RowsGo::into_script;
  if (held) {
    insert_block_ = none;
    const std::string_view text = file_->keep(segment.begin, segment.line, segment.column, segment.text);
    need_person(add(segment, ast::Opaque{"unparsed", std::string(without_semicolon(text))}),
                "it depends on psql");
  } else if (expansion) {
    take_expanded(segment, *expansion);
  } else if (segment.kind == Segment::Kind::insert) {
    take_insert(segment, parsed);
  } else {
    take_sql({segment, segment.text, segment.complete, nullptr, 0, parsed});
  }
  if (!segment.ended_by_command) return;
  if (script_.statements.size() > first) pending_ = script_.statements.size() - 1;
  if (script_.data.size() > first_block) pending_block_ = script_.data.size() - 1;
}

// Says why nobody knows what psql sends to the server, if so.
bool DumpParser::depends_on_psql(const Segment& segment, const PsqlSession::Expansion& expansion,
                                 bool taken) {
  const Span at = first_line(segment);
  if (!expansion.unknown_variable.empty()) {
    report(psql_variable_unknown, at,
           "the value of psql's variable `" + expansion.unknown_variable + "` is not known");
  } else if (!expansion.command.empty()) {
    report(psql_inside_statement, at,
           "psql's `\\" + expansion.command + "` stands in the midst of this statement");
  } else if (taken && expansion.unknown_condition) {
    report(psql_condition_unknown, at,
           "whether a condition in the midst of this statement holds is not known");
  } else {
    return !taken;
  }
  return true;
}

// What psql makes of a statement may be several: a variable's value may hold semicolons.
void DumpParser::take_expanded(const Segment& segment, const PsqlSession::Expansion& expansion) {
  const auto source = memory_source(expansion.text);
  DumpReader reader(*source, MarkOptions{false, std::nullopt});
  while (true) {
    const auto piece = reader.next();
    if (!piece || !*piece) break;
    if ((*piece)->kind == Segment::Kind::copy_data)
      continue;  // they stand in the script, behind the statement
    const bool cut_off = !(*piece)->complete && !segment.complete;
    take_sql({segment, (*piece)->text, !cut_off, &expansion, static_cast<size_t>((*piece)->begin)});
    if ((*piece)->kind == Segment::Kind::insert && sent_ != none &&
        script_.statements[sent_].fate == ast::Fate::kept)
      script_.statements[sent_].reason =
          "variables of psql stand in it, and the load reads rows as they are written";
  }
}

void DumpParser::take_sql(const Text& text) {
  insert_block_ = none;
  const Segment& segment = text.segment;
  const std::string_view kept = file_->keep(segment.begin, segment.line, segment.column, segment.text);
  const std::string_view sql = text.expansion == nullptr ? kept : text.sql;
  if (!simdjson::validate_utf8(sql.data(), sql.size())) {
    const uint64_t byte = text.place(first_invalid_byte(sql));
    report(invalid_utf8, span(byte, byte + 1), "the statement is no UTF-8 text from here on");
    ast::Statement& refused = add(segment, ast::Opaque{"unparsed", std::string(without_semicolon(sql))});
    need_person(refused, "not UTF-8");
    sent_ = refused.id;
    return;
  }
  ParsedStatement parsed = text.parsed == nullptr ? parse_statement(sql) : std::move(*text.parsed);
  const bool with_oids = parse_without_oids(sql, parsed);
  std::vector<VendorClause> clauses = parse_without_vendor(sql, parsed);
  std::vector<CockroachStatement::Index> indexes;
  if (text.expansion == nullptr) indexes = parse_cockroachdb(sql, parsed, clauses, first_line(segment));
  if (take_vendor_statement(text, sql, parsed)) return;
  const bool chained = as_transaction(parsed.node);
  if (text.expansion != nullptr) {
    move_offsets(parsed.node, [&](size_t offset) { return text.place(offset) - segment.begin; });
  }
  if (migration_.in_transaction) tell_transaction(segment, parsed.node);
  if (const auto* block = std::get_if<ast::DoBlock>(&parsed.node);
      block != nullptr && take_block(text, sql, *block))
    return;
  if (const auto* opaque = std::get_if<ast::Opaque>(&parsed.node);
      opaque != nullptr && opaque->kind == "CREATE SCHEMA" && take_schema(text, sql))
    return;
  ast::Statement& statement = add(segment, std::move(parsed.node));
  statement.as_written = clauses.empty() && !with_oids && text.expansion == nullptr &&
                         ast::changed_table(statement.node) != nullptr && !cuts_names(statement.node, sql) &&
                         !transform::has_foreign_constants(sql);
  sent_ = statement.id;
  // By hand, the last semicolon is often left out.
  const bool cut_off = !text.complete && (written_by_pg_dump_ || !parsed.error.empty());
  if (cut_off) {
    report(truncated_dump, first_line(segment), "the input ends inside this statement, no semicolon ends it");
  }
  if (!parsed.error.empty()) {
    if (text.complete) {
      const size_t offset = std::min(static_cast<size_t>(std::max(parsed.error_offset, 0)), sql.size() - 1);
      size_t end = offset + 1;
      while (in_name(sql[offset]) && end < sql.size() && in_name(sql[end])) ++end;
      report(unparsed_statement, span(text.place(offset), text.place(end - 1) + 1), parsed.error);
    }
    need_person(statement, parsed.error);
    return;
  }
  for (const VendorClause& clause : clauses) {
    const Span at = span(text.place(clause.begin), text.place(clause.end - 1) + 1);
    note_product(clause.product, at);
    tell_vendor_clause(clause, sql.substr(clause.begin, clause.end - clause.begin), at,
                       ast::statement_object(statement.node));
  }
  take_product(statement);
  for (CockroachStatement::Index& index : indexes)
    add_piece(segment, sql, index.place, std::move(index.node));
  follow_search_path(statement.node);
  check_sql({segment, sql, text.complete, text.expansion, text.begin}, statement);
  follow_transaction(statement);
  if (!chained) return;
  ast::Statement& next = add(segment, ast::Transaction{begun_with_});
  sent_ = next.id;
  follow_transaction(next);
}

/// Takes WITH OIDS off a statement that PostgreSQL's grammar refuses for it, and tells the table of it, as
/// `default_with_oids` does. Whether it stood there.
bool DumpParser::parse_without_oids(std::string_view sql, ParsedStatement& parsed) {
  bool with_oids = false;
  if (!parsed.error.empty()) {
    const std::optional<std::string> without = without_object_ids(sql);
    ParsedStatement other = without ? parse_statement(*without) : ParsedStatement();
    with_oids = without && other.error.empty() &&
                (std::holds_alternative<ast::CreateTable>(other.node) ||
                 std::holds_alternative<ast::CopyFrom>(other.node));
    if (with_oids) parsed = std::move(other);
  }
  if (auto* table = std::get_if<ast::CreateTable>(&parsed.node))
    table->with_oids = table->with_oids || with_oids || (default_with_oids_ && !says_object_ids(sql));
  return with_oids;
}

// Each statement of a DO block that does no more than a script would, in the block's place. False where it is
// another one.
bool DumpParser::take_block(const Text& text, std::string_view sql, const ast::DoBlock& block) {
  const size_t begin = sql.find(block.body);
  const bool as_written = text.expansion == nullptr && text.complete && !backslash_escapes_ && !environment_;
  if (!as_written || begin == std::string_view::npos ||
      !(block.language.empty() || block.language == "plpgsql"))
    return false;
  std::optional<std::vector<BlockStatement>> statements = statements_of_block(block.body);
  if (!statements || statements->empty()) return false;
  for (BlockStatement& one : *statements) {
    const std::string_view before = sql.substr(0, begin + one.begin);
    Segment segment = text.segment;
    segment.end = segment.begin + begin + one.end;
    segment.begin += begin + one.begin;
    segment.line += count_line_ends(before);
    ast::Statement& statement = add(segment, std::move(one.node));
    sent_ = statement.id;
    check_sql({segment, sql.substr(begin + one.begin, one.end - one.begin)}, statement);
  }
  return true;
}

void DumpParser::follow_transaction(const ast::Statement& statement) {
  const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
  if (opaque != nullptr && opaque->kind == "PREPARE TRANSACTION") open_transaction_.reset();
  const auto* words = std::get_if<ast::Transaction>(&statement.node);
  if (words == nullptr) return;
  if (words->command == "COMMIT" || words->command == "ROLLBACK") {
    open_transaction_.reset();
  } else if (!open_transaction_) {
    begun_with_ = words->command;
    open_transaction_ = statement.span;
  }
}

// psql begins one before a statement that stands outside, but for those that have no place in one.
void DumpParser::begin_transaction(const Segment& segment, std::string_view sql) {
  if (open_transaction_ || std::all_of(sql.begin(), sql.end(), is_blank)) return;
  const auto end = std::find_if(sql.begin(), sql.end(), [](char c) { return !in_name(c); });
  const std::string first = lower(sql.substr(0, static_cast<size_t>(end - sql.begin())));
  constexpr std::array<std::string_view, 7> alone = {"begin",    "start", "commit", "end",
                                                     "rollback", "abort", "vacuum"};
  if (std::find(alone.begin(), alone.end(), first) != alone.end()) return;
  // The text of rows is not kept, but for this place of it.
  if (segment.kind == Segment::Kind::insert) {
    file_->keep(segment.begin, segment.line, segment.column,
                segment.text.substr(0, first_line_size(segment.text)));
  }
  ast::Statement& begin = add(segment, ast::Transaction{"BEGIN"});
  begin.fate = ast::Fate::dropped;
  begin.reason = "psql's own: AUTOCOMMIT is off";
  follow_transaction(begin);
}

// What is set for a transaction counts where the migration's tool has begun one: then the script says so,
// too.
void DumpParser::tell_transaction(const Segment& segment, const ast::StatementNode& node) {
  const bool transaction = std::holds_alternative<ast::Transaction>(node);
  // In the script's order the tool's transaction matters to every statement.
  if (!transaction && !sets_for_transaction(node) && !options_.keep_inserts) return;
  migration_.in_transaction = false;
  if (transaction) return;
  ast::Statement& begin = add(segment, ast::Transaction{"BEGIN"});
  begin.fate = ast::Fate::dropped;
  begin.reason = "its migration tool runs the file in a transaction";
}

// What is told of a statement that PostgreSQL's parser takes.
void DumpParser::check_sql(const Text& text, ast::Statement& statement) {
  if (const size_t backslash = backslash_escapes_ ? find_plain_backslash(text.sql) : std::string_view::npos;
      backslash != std::string_view::npos) {
    const uint64_t byte = text.place(backslash);
    report(nonstandard_strings, span(byte, byte + 1),
           "this backslash begins an escape, because the dump has standard_conforming_strings off");
    need_person(statement, "a string with backslash escapes");
  }
  if (environment_ && uses_environment(text.sql)) {
    report(migration_environment, first_line(text.segment),
           "goose writes variables of the environment into this statement");
    need_person(statement, "its text depends on the environment");
  }
  if (const auto* set = std::get_if<ast::SetVariable>(&statement.node)) check_setting(*set, statement.span);
  if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
      opaque != nullptr && opaque->kind == "DISCARD" && lower(opaque->text).find(" all") != std::string::npos)
    backslash_escapes_ = default_with_oids_ = false;
}

void DumpParser::check_setting(const ast::SetVariable& set, Span at) {
  using Kind = ast::SetVariable::Kind;
  const bool resets = set.kind == Kind::reset || set.kind == Kind::default_;
  if (set.kind == Kind::reset_all || (resets && lower(set.name) == "standard_conforming_strings"))
    backslash_escapes_ = false;
  if (set.kind == Kind::reset_all || (resets && lower(set.name) == "default_with_oids"))
    default_with_oids_ = false;
  if (set.values.size() != 1) return;
  const auto* literal = std::get_if<ast::Literal>(&set.values.front().node);
  if (literal == nullptr) return;
  const std::string name = lower(set.name);
  if (name == "client_encoding") check_encoding(literal->text, at);
  if (name == "standard_conforming_strings") backslash_escapes_ = is_off(lower(literal->text));
  if (name == "default_with_oids") default_with_oids_ = !is_off(lower(literal->text));
}

void DumpParser::check_encoding(std::string_view encoding, Span at) {
  if (may_be_utf8(encoding)) return;
  report(client_encoding, at, "the dump is in `" + std::string(encoding) + "`, not in UTF-8");
}

void DumpParser::begin_file(SourceFile& file, bool down) {
  file_ = &file;
  down_ = down;
  backslash_escapes_ = default_with_oids_ = false;
  migration_ = {};
  migration_.in_transaction = options_.files_in_transactions;
  file_begin_ = {script_.statements.size(), script_.data.size()};
  has_down_file_ = has_down_file_ || down;
  environment_ = false;
  has_quit_ = false;
  insert_block_ = none;
}

void DumpParser::end_file() {
  const bool holds_any = !script_.statements.empty() || !script_.data.empty();
  if (dump_begin_ && holds_any && !has_quit_)
    report(dump_end_missing, *dump_begin_, "pg_dump's last line is missing at the end of this dump");
  if (cluster_begin_ && !dump_begin_ && !has_quit_)
    report(dump_end_missing, *cluster_begin_,
           "pg_dumpall's last line is missing at the end of this dump of a cluster");
  dump_begin_.reset();
  cluster_begin_.reset();
  tell_rows_of_gpbackup();
  if (open_condition_)
    report(psql_condition_unmatched, *open_condition_, "the script ends before the `\\endif` of this `\\if`");
  open_condition_.reset();
  if (open_transaction_ && !options_.files_in_transactions && !migration_.begun)
    report(transaction_unclosed, *open_transaction_,
           "the file ends inside the transaction that begins here" +
               std::string(psql_.begins_transactions() ? ": psql begins it, AUTOCOMMIT is off" : ""));
  open_transaction_.reset();
  psql_.close_conditions();
  if (migration_.begun) {
    read_.marked_files.push_back(
        marked_file(*migration_.tool, file_->index(), !migration_.no_transaction, migration_.has_down));
  }
}

std::vector<std::string> DumpParser::databases() const {
  std::vector<std::string> names;
  for (const DatabasePart& part : databases_.parts()) {
    if (part.content) names.push_back(part.name);
  }
  return names;
}

Result<ParsedDump> DumpParser::finish() {
  if (databases_.ambiguous() || (!options_.database.empty() && databases_.read() != options_.database))
    return wrong_database(databases_, options_.database);
  const bool left_out =
      has_down_file_ || read_.down_parts.any() || read_.branches.any() || databases_.connected();
  if (script_.statements.empty() && script_.data.empty() && !left_out && read_.migrations.empty())
    report(empty_input, span(0, 0), "`" + file_->name() + "` holds no statement");
  if (!ways_down_.empty())
    report(migration_way_down, ways_down_.front(),
           ways_down_.size() == 1 ? "the way down that begins here is not in the output"
                                  : "the ways down of " + std::to_string(ways_down_.size()) +
                                        " files are not in the output, of which the first begins here");
  read_.database = databases_.read();
  for (const DatabasePart& part : databases_.parts()) {
    if (part.found.any()) read_.other_databases.push_back(part);
  }
  ParsedDump dump;
  dump.script = std::move(script_);
  dump.read = std::move(read_);
  return dump;
}

}  // namespace pg2crdb
