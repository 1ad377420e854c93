#include "compiled.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "emit/load_plan.h"
#include "emit/self_check.h"
#include "parser/parser.h"

namespace pg2crdb::test {

Compiled compile(std::string_view sql, const Target& target, const PipelineOptions& options) {
  Compiled compiled;
  const std::unique_ptr<ByteSource> source = memory_source(sql);
  Result<ParsedDump> parsed = parse_dump(*source, compiled.file, compiled.diagnostics);
  if (!parsed) {
    compiled.error = parsed.error().message;
    return compiled;
  }
  compiled.script = std::move(parsed->script);
  run_pipeline(compiled.script, target, options, compiled.diagnostics);
  self_check(compiled.script, target, compiled.file);
  return compiled;
}

std::string emitted(const Compiled& compiled) {
  std::string out;
  for (const ast::Phase phase :
       {ast::Phase::roles, ast::Phase::pre_data, ast::Phase::post_data, ast::Phase::revalidate}) {
    for (const ast::Statement* statement : statements_of(compiled.script, phase)) {
      if (!out.empty()) out += '\n';
      out += emit_statement(*statement, compiled.file, {});
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
