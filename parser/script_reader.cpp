// Files cut into segments, and segments taken into one script.
#include <memory>

#include "parser/dump_parser.h"
#include "parser/parse_ahead.h"

namespace pg2crdb {

ScriptReader::ScriptReader(Diagnostics& diagnostics, const ReadOptions& options)
    : marks_(options.marks),
      parser_(std::make_unique<DumpParser>(diagnostics, options)),
      ahead_(std::make_unique<ParseAhead>(
          options.jobs,
          [this](const Segment& segment, ParsedStatement* parsed) { parser_->take(segment, parsed); })) {}
ScriptReader::~ScriptReader() = default;

Result<ReadFile> ScriptReader::read(ByteSource& source, SourceFile& file, bool down) {
  DumpReader reader(source, marks_);
  parser_->begin_file(file, down);
  while (true) {
    const Result<std::optional<Segment>> segment = reader.next();
    if (!segment) return segment.error();
    if (!*segment) break;
    ahead_->add(**segment, parser_->will_parse(**segment));
  }
  ahead_->finish();
  parser_->end_file();
  return ReadFile{reader.bytes(), reader.sha256()};
}

Result<ReadFile> ScriptReader::read_of_any_database(ByteSource& source, SourceFile& file) {
  parser_->take_all_databases(true);
  auto done = read(source, file);
  parser_->take_all_databases(false);
  return done;
}

void ScriptReader::read_session(const Segment& statement, SourceFile& file) {
  parser_->take_all_databases(true);
  parser_->begin_file(file, false);
  parser_->take(statement);
  parser_->end_file();
  parser_->take_all_databases(false);
}

std::vector<std::string> ScriptReader::databases() const {
  return parser_->databases();
}

Result<ParsedDump> ScriptReader::finish() {
  return parser_->finish();
}

Result<ParsedDump> parse_dump(ByteSource& source, SourceFile& file, Diagnostics& diagnostics,
                              const ReadOptions& options) {
  ScriptReader reader(diagnostics, options);
  const Result<ReadFile> read = reader.read(source, file);
  if (!read) return read.error();
  Result<ParsedDump> dump = reader.finish();
  if (!dump) return dump;
  dump->bytes = read->bytes;
  dump->sha256 = read->sha256;
  return dump;
}

}  // namespace pg2crdb
