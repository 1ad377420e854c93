#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parser/cockroachdb_clauses.h"
#include "parser/databases.h"
#include "parser/parser.h"
#include "parser/parser_rules.h"
#include "parser/psql.h"
#include "parser/schema_elements.h"
#include "parser/vendor_clauses.h"
#include "plan/copy_form.h"
#include "rows/insert.h"

namespace pg2crdb {

/// Makes a script of the segments of a dump, one after the other. What is not read, because it is a way down,
/// stands in a branch that psql does not take, or is another database's, is counted.
class DumpParser {
 public:
  DumpParser(Diagnostics& diagnostics, const ReadOptions& options)
      : diagnostics_(diagnostics), options_(options), databases_(options.database) {}

  /// `down`: nothing of the file is read, its statements are counted.
  void begin_file(SourceFile& file, bool down);
  /// What follows is no part of what goes from database to database, and belongs to the one that is read.
  void take_all_databases(bool all) { databases_.take_all(all); }
  void end_file();
  /// `parsed`: the segment's text, where it was parsed before; it is moved from.
  void take(const Segment& segment, ParsedStatement* parsed = nullptr);
  /// Whether a segment's text will be parsed, as far as can be told before all that stands ahead of it is
  /// taken.
  bool will_parse(const Segment& segment) const;
  /// Those with content: ScriptReader's.
  std::vector<std::string> databases() const;
  /// The script and what was not read of it. Fails where the script has several databases, or not the one
  /// that was chosen.
  Result<ParsedDump> finish();

 private:
  static constexpr size_t none = static_cast<size_t>(-1);

  /// Where rows go: where the COPY before them went.
  enum class RowsGo { into_script, nowhere, other_database, to_person };

  /// A statement's text as it is parsed, and where in its segment that stood.
  struct Text {
    const Segment& segment;
    std::string_view sql;
    bool complete = true;
    const PsqlSession::Expansion* expansion = nullptr;  ///< null: it is the segment's text
    size_t begin = 0;                                   ///< of `sql` in the expansion's text
    ParsedStatement* parsed = nullptr;                  ///< null: `sql` has not been parsed

    uint64_t place(size_t offset) const {
      return segment.begin + (expansion == nullptr ? offset : expansion->source_of(begin + offset));
    }
  };

  Span span(uint64_t begin, uint64_t end) const { return {file_->index(), begin, end}; }
  Span span(const Segment& segment) const { return span(segment.begin, segment.end); }
  Span first_line(const Segment& segment) const;
  void report(ParserRule rule, Span at, std::string message, std::string object = {},
              std::string advice = {});
  ast::Statement& add(const Segment& segment, ast::StatementNode&& node);
  void need_person(ast::Statement& statement, std::string reason);

  void take_statement(const Segment& segment, ParsedStatement* parsed);
  void take_sql(const Text& text);
  bool parse_without_oids(std::string_view sql, ParsedStatement& parsed);
  std::vector<VendorClause> parse_without_vendor(std::string_view sql, ParsedStatement& parsed);
  bool grows(const ast::CreateTable* table, const std::string& column) const;
  bool take_vendor_statement(const Text& text, std::string_view sql, const ParsedStatement& parsed);
  void note_product(std::string_view product, Span at);
  void tell_vendor_clause(const VendorClause& clause, std::string_view written, Span at, std::string object);
  std::vector<CockroachStatement::Index> parse_cockroachdb(std::string_view sql, ParsedStatement& parsed,
                                                           std::vector<VendorClause>& clauses, Span at);
  void note_products(const ast::Statement& statement);
  void take_product(ast::Statement& statement);
  void tell_packed_rows(const ast::DataBlock& block);
  void tell_rows_of_gpbackup();
  void take_dump_line(const Segment& segment);
  bool take_block(const Text& text, std::string_view sql, const ast::DoBlock& block);
  bool take_schema(const Text& text, std::string_view sql);
  void add_piece(const Segment& whole, std::string_view sql, const SchemaElements::Piece& piece,
                 ast::StatementNode&& node);
  void follow_search_path(const ast::StatementNode& node);
  void follow_transaction(const ast::Statement& statement);
  void begin_transaction(const Segment& segment, std::string_view sql);
  void tell_transaction(const Segment& segment, const ast::StatementNode& node);
  bool depends_on_psql(const Segment& segment, const PsqlSession::Expansion& expansion, bool taken);
  void take_expanded(const Segment& segment, const PsqlSession::Expansion& expansion);
  void check_sql(const Text& text, ast::Statement& statement);
  void take_insert(const Segment& segment, ParsedStatement* parsed);
  void take_rows(const Segment& segment);
  std::vector<std::string> columns_of(const ast::CopyFrom& copy);
  bool take_oids(const ast::CopyFrom& copy, ast::DataBlock& block);
  bool take_forced(const ast::CopyFrom& copy, const CopyForm::Columns& forced, std::set<size_t>& values);
  bool fold(const Segment& segment);
  void keep_rows(ast::DataBlock& block, std::string_view insert);
  bool are_own_types(const InsertReader& insert);
  bool are_float_zeros(const InsertReader& insert);
  const ast::CreateTable* created_table(const ast::Name& name);
  void check_setting(const ast::SetVariable& set, Span at);
  void check_encoding(std::string_view encoding, Span at);

  void take_mark(const Segment& segment);
  void take_way(const Segment& segment);
  void report_mark(ParserRule rule, const Segment& segment, std::string message);
  void take_meta_command(const Segment& segment);
  void run_command(const Segment& segment, const PsqlCommand& command);
  void end_statement(const Segment& segment, const PsqlCommand& command);
  void learn_result(const PsqlCommand& command);
  void take_copy(const Segment& segment, const PsqlCommand& command);
  void take_connect(const Segment& segment, const PsqlCommand& command);
  ast::Statement& add_command(const Segment& segment);
  void drop_command(const Segment& segment, std::string reason);
  void hold_command(ParserRule rule, const Segment& segment, std::string message, std::string reason);
  bool count_unread(const Segment& segment);
  void note_way_down(const Segment& segment);

  SourceFile* file_ = nullptr;
  Diagnostics& diagnostics_;
  const ReadOptions options_;
  ast::Script script_;
  PsqlSession psql_;
  DatabaseParts databases_;
  ReadScript read_;
  std::unordered_map<std::string, const ast::CreateTable*>
      tables_;  // among the first `looked_at_` statements
  size_t looked_at_ = 0;
  std::vector<Field> fields_;
  bool written_by_pg_dump_ = false;
  std::optional<Span> dump_begin_;       // of a dump whose last line has not come yet
  std::optional<Span> cluster_begin_;    // the same, of pg_dumpall's
  std::set<std::string_view> products_;  // that were told of
  std::optional<Span> open_condition_;   // the first \if without \endif
  bool backslash_escapes_ = false;       // standard_conforming_strings is off
  bool default_with_oids_ = false;       // tables that do not say so have OIDs, too
  bool down_ = false;                    // in a migration's way down
  bool has_down_file_ = false;           // that is one from its first line on
  std::vector<Span> ways_down_;          // the first statement of each that the output should have
  // What the marks of this file have said so far.
  struct Migration {
    std::optional<MigrationTool> tool = {};
    bool begun = false;  // with a way up or down
    bool has_down = false;
    bool no_transaction = false;
    bool in_transaction = false;  // that its tool has begun, of which no statement says so
    std::set<std::string, std::less<>> ways_up = {};  // comments that read like marks: their patterns
    std::string way_down = {};                        // the same, of the way that is not read
  };
  Migration migration_;
  struct Place {
    size_t statements = 0;
    size_t blocks = 0;
  };
  Place file_begin_;  // in script_
  bool has_quit_ = false;
  std::string begun_with_ = "BEGIN";               // the last transaction
  std::optional<ast::StatementNode> search_path_;  // what set it last; none: it is the default
  std::optional<Span> open_transaction_;           // the BEGIN of one that has not ended yet
  bool environment_ = false;                       // goose's ENVSUB is on
  RowsGo rows_go_ = RowsGo::into_script;
  size_t sent_ = none;              // of script_.statements: the last one that is no command of psql
  size_t pending_ = none;           // of script_.statements: the one that the next command sends
  size_t pending_block_ = none;     // the same, of script_.data, where it is an INSERT's rows
  size_t insert_block_ = none;      // of script_.data: the one that the next INSERT may belong to
  size_t room_ = size_t{16} << 20;  // bytes of INSERTs that may still be kept
};

}  // namespace pg2crdb
