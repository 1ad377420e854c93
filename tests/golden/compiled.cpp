#include "compiled.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "emit/output.h"
#include "parser/parser.h"

namespace pg2crdb::test {

Compiled compile(std::string_view sql, const Target& target, const PipelineOptions& options) {
  Compiled compiled;
  const std::unique_ptr<ByteSource> source = memory_source(sql);
  compiled.in_order = options.pass.in_order;
  Result<ParsedDump> parsed =
      parse_dump(*source, compiled.file, compiled.diagnostics, {.keep_inserts = compiled.in_order});
  if (!parsed) {
    compiled.error = parsed.error().message;
    return compiled;
  }
  compiled.script = std::move(parsed->script);
  compiled.marked_files = std::move(parsed->read.marked_files);
  run_pipeline(compiled.script, target, options, compiled.diagnostics);
  make_output(compiled.script, target, compiled.file, {.in_order = compiled.in_order},
              [](const Refusal& refusal) {
                throw InternalError(refusal.message + " at byte " + std::to_string(refusal.offset) + " of\n" +
                                    refusal.sql);
              });
  return compiled;
}

std::string emitted(const Compiled& compiled) {
  std::string out;
  if (compiled.in_order)
    return in_order_files(emit_script(compiled.script, compiled.file), compiled.file, compiled.marked_files,
                          {})[0]
        .text;
  for (const OutputFile& phase :
       phase_files(emit_script(compiled.script, compiled.file), compiled.file, {})) {
    for (const OutputFile::Place& place : phase.places) {
      if (!out.empty()) out += '\n';
      out += phase.text.substr(place.begin, place.end - place.begin);
    }
  }
  return out;
}

std::string findings(Compiled& compiled) {
  compiled.diagnostics.sort();
  std::ostringstream out;
  for (const Diagnostic& diagnostic : compiled.diagnostics.all()) {
    const Location at = compiled.file.locate(diagnostic.span.begin);
    out << to_string(diagnostic.severity) << ' ' << diagnostic.rule->id << ' ' << at.line << ':' << at.column
        << ' ' << diagnostic.message << '\n';
  }
  return out.str();
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string corpus_folder() {
  const char* given = std::getenv("PG2CRDB_CORPUS");
  const std::string folder = given != nullptr ? given : PG2CRDB_SOURCE_DIR "/../shared/corpus";
  return std::filesystem::is_directory(folder) ? folder : std::string();
}

}  // namespace pg2crdb::test
