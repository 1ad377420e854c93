#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "parser/parser.h"
#include "rows/insert.h"

namespace pg2crdb {
namespace {

constexpr std::array rules = {
    Rule{"unparsed-statement", Severity::error, "syntax",
         "PostgreSQL's own parser refuses the statement, so nothing is known about it",
         "correct the statement, or take it out of the dump"},
    Rule{"truncated-dump", Severity::error, "syntax",
         "the input ends in the middle of a statement or of a table's rows: what should follow is missing",
         "dump the database again, and see that the dump ends without an error"},
    Rule{"dump-end-missing", Severity::warning, "syntax",
         "pg_dump ends each dump with the line `-- PostgreSQL database dump complete`, and this one has "
         "none: what "
         "should follow may be missing",
         "compare the end of the file with the database, or dump it again"},
    Rule{"empty-input", Severity::error, "syntax", "the input holds no statement at all",
         "check that pg_dump ended without an error, and that this is the file it wrote"},
    Rule{"invalid-utf8", Severity::error, "encoding", "the statement holds bytes that are no UTF-8 text",
         "dump the database again with `pg_dump --encoding=UTF8`, or convert the file with "
         "`iconv -f LATIN1 -t UTF-8`, naming the encoding it is in"},
    Rule{"client-encoding", Severity::error, "encoding",
         "the dump is not in UTF-8, which is the only encoding that CockroachDB stores",
         "dump the database again with `pg_dump --encoding=UTF8`"},
    Rule{"nonstandard-strings", Severity::error, "encoding",
         "the dump has standard_conforming_strings off, so that the backslash in this string begins an "
         "escape; "
         "CockroachDB would read it as a character",
         "dump the database again with `PGOPTIONS='-c standard_conforming_strings=on' pg_dump`"},
    Rule{"copy-options", Severity::error, "syntax",
         "the rows after this COPY are not in the text format without options, the only one that pg_dump "
         "writes",
         "load them into PostgreSQL and dump them again"},
};

enum RuleIndex : size_t {
  unparsed_statement,
  truncated_dump,
  dump_end_missing,
  empty_input,
  invalid_utf8,
  client_encoding,
  nonstandard_strings,
  copy_options,
};

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return result;
}

// UTF8, utf-8, UNICODE; SQL_ASCII says nothing about what the bytes are.
bool may_be_utf8(std::string_view encoding) {
  std::string name = lower(encoding);
  std::erase_if(name, [](char c) { return !is_name_byte(c) || c == '_'; });
  return name == "utf8" || name == "unicode" || name == "sqlascii";
}

// The first byte that begins no valid character.
size_t first_invalid_byte(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto c = static_cast<unsigned char>(text[i]);
    const size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (i + length > text.size() || !simdjson::validate_utf8(text.data() + i, length)) return i;
    i += length;
  }
  return i;
}

bool is_off(std::string_view setting) {
  constexpr std::array<std::string_view, 4> words = {"off", "false", "no", "0"};
  return std::find(words.begin(), words.end(), setting) != words.end();
}

std::string_view without_semicolon(std::string_view sql) {
  if (sql.ends_with(';')) sql.remove_suffix(1);
  while (!sql.empty() && (sql.back() == ' ' || (sql.back() >= '\t' && sql.back() <= '\r')))
    sql.remove_suffix(1);
  return sql;
}

// The first backslash in a string that is neither E'' nor dollar quoted.
size_t find_plain_backslash(std::string_view sql) {
  if (sql.find('\\') == std::string_view::npos) return std::string_view::npos;
  for (size_t i = 0; i < sql.size(); ++i) {
    const bool after_name = i > 0 && is_name_byte(sql[i - 1]);
    size_t end = i;
    if (sql[i] == '\'') {
      const bool escapes =
          after_name && lower(sql.substr(i - 1, 1)) == "e" && (i == 1 || !is_name_byte(sql[i - 2]));
      for (end = i + 1; end < sql.size(); ++end) {
        if (sql[end] == '\\') {
          if (!escapes) return end;
          ++end;
        } else if (sql[end] == '\'') {
          if (end + 1 == sql.size() || sql[end + 1] != '\'') break;
          ++end;
        }
      }
    } else if (sql[i] == '"') {
      end = sql.find('"', i + 1);
    } else if (sql[i] == '$' && !after_name) {
      size_t tag_end = i + 1;
      while (tag_end < sql.size() && is_name_byte(sql[tag_end])) ++tag_end;
      if (tag_end == sql.size() || sql[tag_end] != '$') continue;
      const std::string_view tag = sql.substr(i, tag_end + 1 - i);
      end = sql.find(tag, tag_end + 1);
      if (end != std::string_view::npos) end += tag.size() - 1;
    } else if (sql.substr(i).starts_with("--")) {
      end = sql.find('\n', i);
    }
    if (end == std::string_view::npos) break;
    i = end;
  }
  return std::string_view::npos;
}

std::string rows_text(uint64_t rows) {
  return std::to_string(rows) + (rows == 1 ? " row" : " rows");
}

class DumpParser {
 public:
  DumpParser(SourceFile& file, Diagnostics& diagnostics, const ReadOptions& options)
      : file_(file), diagnostics_(diagnostics), options_(options) {}

  void take(const Segment& segment);
  ast::Script finish();

 private:
  static constexpr size_t none = static_cast<size_t>(-1);

  Span span(uint64_t begin, uint64_t end) const { return {file_.index(), begin, end}; }
  Span span(const Segment& segment) const { return span(segment.begin, segment.end); }
  Span first_line(const Segment& segment) const;
  void report(RuleIndex rule, Span at, std::string message, std::string object = {}, std::string advice = {});
  ast::Statement& add(const Segment& segment, ast::StatementNode node);
  void need_person(ast::Statement& statement, std::string reason);
  void take_sql(const Segment& segment);
  void take_insert(const Segment& segment);
  void take_rows(const Segment& segment);
  void take_meta_command(const Segment& segment);
  bool fold(const Segment& segment);
  bool are_generated(const InsertReader& insert, size_t fields) const;
  void check_setting(const ast::SetVariable& set, Span at);
  void check_encoding(std::string_view encoding, Span at);

  SourceFile& file_;
  Diagnostics& diagnostics_;
  ReadOptions options_;
  ast::Script script_;
  std::unordered_map<std::string, const ast::CreateTable*> tables_;
  std::vector<Field> fields_;
  bool written_by_pg_dump_ = false;
  std::optional<Span> dump_begin_;  // of a dump whose last line has not come yet
  bool backslash_escapes_ = false;  // standard_conforming_strings is off
  size_t insert_block_ = none;      // of script_.data: the one that the next INSERT may belong to
};

// Enough to show where a statement is that may be a gigabyte long.
Span DumpParser::first_line(const Segment& segment) const {
  const size_t size = std::min(segment.text.find_first_of("\r\n"), segment.text.size());
  return span(segment.begin, segment.begin + size);
}

void DumpParser::report(RuleIndex rule, Span at, std::string message, std::string object,
                        std::string advice) {
  Diagnostic diagnostic;
  diagnostic.rule = &rules[rule];
  diagnostic.severity = rules[rule].severity;
  diagnostic.object = std::move(object);
  diagnostic.span = at;
  diagnostic.message = std::move(message);
  diagnostic.advice = std::move(advice);
  diagnostics_.add(std::move(diagnostic));
}

ast::Statement& DumpParser::add(const Segment& segment, ast::StatementNode node) {
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

void DumpParser::take(const Segment& segment) {
  switch (segment.kind) {
    case Segment::Kind::sql:
      take_sql(segment);
      break;
    case Segment::Kind::insert:
      take_insert(segment);
      break;
    case Segment::Kind::copy_data:
      take_rows(segment);
      break;
    case Segment::Kind::meta_command:
      take_meta_command(segment);
      break;
    case Segment::Kind::toc_comment:
      written_by_pg_dump_ = true;
      if (segment.text == "-- PostgreSQL database dump") {
        file_.keep(segment.begin, segment.line, segment.column, segment.text);
        dump_begin_ = span(segment);
      }
      if (segment.text == "-- PostgreSQL database dump complete") dump_begin_.reset();
      break;
  }
}

void DumpParser::take_sql(const Segment& segment) {
  insert_block_ = none;
  const std::string_view sql = file_.keep(segment.begin, segment.line, segment.column, segment.text);
  if (!simdjson::validate_utf8(sql.data(), sql.size())) {
    const uint64_t byte = segment.begin + first_invalid_byte(sql);
    report(invalid_utf8, span(byte, byte + 1), "the statement is no UTF-8 text from here on");
    need_person(add(segment, ast::Opaque{"unparsed", std::string(without_semicolon(sql))}), "not UTF-8");
    return;
  }
  ParsedStatement parsed = parse_statement(sql);
  const bool insert = segment.kind == Segment::Kind::insert && parsed.error.empty();
  if (insert) parsed.node = ast::Opaque{"INSERT", std::string(without_semicolon(sql))};
  ast::Statement& statement = add(segment, std::move(parsed.node));
  // By hand, the last semicolon is often left out.
  const bool cut_off = !segment.complete && (written_by_pg_dump_ || !parsed.error.empty());
  if (cut_off) {
    report(truncated_dump, first_line(segment), "the input ends inside this statement, no semicolon ends it");
  }
  if (!parsed.error.empty()) {
    if (segment.complete) {
      const size_t offset = std::min(static_cast<size_t>(std::max(parsed.error_offset, 0)), sql.size() - 1);
      size_t end = offset + 1;
      while (is_name_byte(sql[offset]) && end < sql.size() && is_name_byte(sql[end])) ++end;
      report(unparsed_statement, span(segment.begin + offset, segment.begin + end), parsed.error);
    }
    need_person(statement, parsed.error);
    return;
  }
  if (const size_t backslash = backslash_escapes_ ? find_plain_backslash(sql) : std::string_view::npos;
      backslash != std::string_view::npos) {
    report(nonstandard_strings, span(segment.begin + backslash, segment.begin + backslash + 1),
           "this backslash begins an escape, because the dump has standard_conforming_strings off");
    need_person(statement, "a string with backslash escapes");
  }
  if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
    tables_[ast::to_string(table->name)] = table;
  } else if (const auto* set = std::get_if<ast::SetVariable>(&statement.node)) {
    check_setting(*set, statement.span);
  }
}

void DumpParser::check_setting(const ast::SetVariable& set, Span at) {
  if (set.values.size() != 1) return;
  const auto* literal = std::get_if<ast::Literal>(&set.values.front().node);
  if (literal == nullptr) return;
  const std::string name = lower(set.name);
  if (name == "client_encoding") check_encoding(literal->text, at);
  if (name == "standard_conforming_strings") backslash_escapes_ = is_off(lower(literal->text));
}

void DumpParser::check_encoding(std::string_view encoding, Span at) {
  if (may_be_utf8(encoding)) return;
  report(client_encoding, at, "the dump is in `" + std::string(encoding) + "`, not in UTF-8");
}

void DumpParser::take_meta_command(const Segment& segment) {
  insert_block_ = none;
  const std::string_view line = file_.keep(segment.begin, segment.line, segment.column, segment.text);
  constexpr std::string_view encoding = "\\encoding ";
  if (line.starts_with(encoding)) check_encoding(line.substr(encoding.size()), span(segment));
  add(segment, ast::MetaCommand{std::string(line)});
}

void DumpParser::take_rows(const Segment& segment) {
  ast::Statement& statement = script_.statements.back();
  const auto* copy = std::get_if<ast::CopyFrom>(&statement.node);
  if (copy == nullptr) {
    report(copy_options, statement.span,
           "the " + rows_text(segment.rows) + " after this COPY cannot be read");
    need_person(statement, "its rows are not in COPY's plain text format");
    return;
  }
  ast::DataBlock block;
  block.format = ast::DataBlock::Format::copy_text;
  block.table = copy->table;
  block.columns = copy->columns;
  block.header = statement.span;
  block.data = span(segment);
  block.first_line = segment.line;
  block.rows = segment.rows;
  block.statement = statement.id;
  if (!segment.complete) {
    const std::string table = ast::to_string(copy->table);
    report(truncated_dump, statement.span,
           "the input ends inside the rows of `" + table + "`, after " + rows_text(segment.rows) +
               ", without the line `\\.`",
           table);
  }
  script_.data.push_back(std::move(block));
}

// Whether the row's DEFAULTs all stand for generated columns of a table that the dump creates.
bool DumpParser::are_generated(const InsertReader& insert, size_t fields) const {
  if (insert.defaults().empty()) return true;
  const auto it = tables_.find(ast::to_string(ast::Name{insert.schema(), insert.table()}));
  if (it == tables_.end()) return false;
  const std::vector<ast::Column>& columns = it->second->columns;
  if (insert.columns().empty() && fields > columns.size()) return false;
  return std::all_of(insert.defaults().begin(), insert.defaults().end(), [&](size_t field) {
    if (insert.columns().empty()) return static_cast<bool>(columns[field].generated);
    return std::any_of(columns.begin(), columns.end(), [&](const ast::Column& column) {
      return column.name == insert.columns()[field] && column.generated;
    });
  });
}

// Adds the INSERT's rows to the block of its table, without keeping the text. False where it is not plain.
bool DumpParser::fold(const Segment& segment) {
  if (!segment.complete || !simdjson::validate_utf8(segment.text.data(), segment.text.size())) return false;
  if (backslash_escapes_ && find_plain_backslash(segment.text) != std::string_view::npos) return false;
  InsertReader insert(segment.text);
  uint64_t rows = 0;
  while (insert.next(fields_)) {
    if (!insert.columns().empty() && insert.columns().size() != fields_.size()) return false;
    if (!are_generated(insert, fields_.size())) return false;
    ++rows;
  }
  if (!insert.plain_head() || insert.failed()) return false;
  const ast::Name table{insert.schema(), insert.table()};
  if (insert_block_ != none) {
    ast::DataBlock& block = script_.data[insert_block_];
    if (block.table == table && block.columns == insert.columns()) {
      block.data.end = segment.end;
      block.rows += rows;
      ++block.statements;
      return true;
    }
  }
  ast::DataBlock block;
  block.format = ast::DataBlock::Format::insert;
  block.table = table;
  block.columns = insert.columns();
  block.header = span(segment);
  block.data = block.header;
  block.first_line = segment.line;
  block.rows = rows;
  insert_block_ = script_.data.size();
  script_.data.push_back(std::move(block));
  return true;
}

void DumpParser::take_insert(const Segment& segment) {
  if (options_.keep_inserts || !fold(segment)) take_sql(segment);
}

ast::Script DumpParser::finish() {
  if (script_.statements.empty() && script_.data.empty()) {
    report(empty_input, span(0, 0), "`" + file_.name() + "` holds no statement");
  } else if (dump_begin_) {
    report(dump_end_missing, *dump_begin_, "pg_dump's last line is missing at the end of this dump");
  }
  return std::move(script_);
}

}  // namespace

const std::span<const Rule> parser_rules = rules;

Result<ParsedDump> parse_dump(ByteSource& source, SourceFile& file, Diagnostics& diagnostics,
                              const ReadOptions& options) {
  DumpReader reader(source);
  DumpParser parser(file, diagnostics, options);
  while (true) {
    const Result<std::optional<Segment>> segment = reader.next();
    if (!segment) return segment.error();
    if (!*segment) break;
    parser.take(**segment);
  }
  ParsedDump dump;
  dump.script = parser.finish();
  dump.bytes = reader.bytes();
  dump.sha256 = reader.sha256();
  return dump;
}

}  // namespace pg2crdb
