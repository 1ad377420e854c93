#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "driver/compile.h"
#include "driver/decided_statements.h"
#include "driver/inline_ignores.h"
#include "driver/pg_dump.h"
#include "driver/workload_findings.h"
#include "parser/dump_reader.h"
#include "parser/parser.h"
#include "runtime/connection.h"
#include "support/byte_source.h"

namespace pg2crdb {
namespace {

// An error that already names the file stays as it is.
Error named_error(Error error, const SourceFile& file, const std::string& name) {
  if (error.message.find(file.name()) == std::string::npos && !is_connection_string(name))
    error.message = fmt::format("{}: {}", file.name(), error.message);
  return error;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_named(const std::string& name) {
  if (is_connection_string(name)) return dump_schema(name);
  return open_input(name);
}

Error given_up() {
  return {Error::Kind::interrupted, "the compile was given up", {}, {}};
}

namespace {

/// Fails once nobody waits for what is read.
class WantedSource : public ByteSource {
 public:
  WantedSource(std::unique_ptr<ByteSource> source, const GiveUp& give_up)
      : source_(std::move(source)), give_up_(give_up) {}

  Result<size_t> read(char* buffer, size_t size) override {
    constexpr size_t piece = size_t{64} << 10;  // is asked of in no time
    if (give_up_()) return given_up();
    return source_->read(buffer, std::min(size, piece));
  }
  Result<void> skip(uint64_t count) override { return source_->skip(count); }

 private:
  std::unique_ptr<ByteSource> source_;
  const GiveUp& give_up_;
};

bool adds(const Decision& decision, AddedPosition position) {
  return decision.action == DecisionAction::add && holds(decision) &&
         decision.position.value_or(AddedPosition::last) == position;
}

/// What decisions add there, each in a file of its own whose lines are those of the configuration.
/// `first_index`: of the first of those in front.
Result<void> read_added(std::span<const Decision> decisions, AddedPosition position, ScriptReader& reader,
                        CompiledInput& input, uint32_t first_index) {
  for (size_t i = 0; i < decisions.size(); ++i) {
    const Decision& decision = decisions[i];
    if (!adds(decision, position)) continue;
    SourceFile alone(0, decision.place);
    Diagnostics ignored;
    if (auto one = read_decided_sql(*decision.sql, alone, ignored); !one) {
      Error error = one.error();
      error.message = fmt::format("{}: {}", decision.place, error.message);
      return error;
    }
    const std::string text = std::string(decision.sql_line - 1, '\n') + *decision.sql + "\n;\n";
    const std::string name =
        decision.place.substr(0, decision.place.rfind(':', decision.place.rfind(':') - 1));
    const auto in_front = static_cast<uint32_t>(input.file->before().size());
    SourceFile& file = position == AddedPosition::last ? input.file->add_next(name)
                                                       : input.file->add_before(first_index + in_front, name);
    const auto source = memory_source(text);
    if (auto read = reader.read_of_any_database(*source, file); !read) return read.error();
    input.added.emplace(file.index(), i);
  }
  return {};
}

/// What an editor has of a file counts, else the file.
Result<std::unique_ptr<ByteSource>> open_held(const Options& options, const std::string& name) {
  if (options.held != nullptr) {
    const auto text = options.held->find(canonical_path(name));
    if (text != options.held->end()) return memory_source(text->second);
  }
  return open_named(name);
}

}  // namespace

std::string canonical_path(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::weakly_canonical(path, ignored).string();
}

std::string shown_name(const Options& options, const std::string& name) {
  if (name == "-" && !options.stdin_filename.empty()) return options.stdin_filename;
  if (name == "-") return "<stdin>";
  return is_connection_string(name) ? redacted(name) : name;
}

Result<CompiledInput> read_script(const Options& options, const std::vector<std::string>& names,
                                  uint32_t index, Diagnostics& diagnostics,
                                  std::vector<InlineIgnore>& ignores, std::span<const Decision> decisions,
                                  const GiveUp& give_up) {
  auto files = find_input_files(options, names);
  if (!files) return files.error();
  CompiledInput input;
  ScriptReader reader(diagnostics, read_options(options, *files));
  std::vector<std::unique_ptr<IgnoreScanner>> scanners;
  std::vector<SourceFile*> sources;
  const auto in_front = static_cast<uint32_t>(
      std::ranges::count_if(decisions, [](const Decision& one) { return adds(one, AddedPosition::first); }));
  for (const std::vector<std::string>* some : {&files->up, &files->down}) {
    for (const std::string& name : *some) {
      if (input.file == nullptr) {
        input.file = std::make_unique<SourceFile>(index + in_front, shown_name(options, name));
        sources.push_back(input.file.get());
      } else {
        sources.push_back(&input.file->add_next(shown_name(options, name)));
      }
    }
  }
  const auto read = [&](const std::string& name, bool down) -> Result<void> {
    auto source = open_held(options, name);
    if (!source) return source.error();
    if (give_up) *source = std::make_unique<WantedSource>(std::move(*source), give_up);
    SourceFile& file = *sources[scanners.size()];
    scanners.push_back(std::make_unique<IgnoreScanner>(std::move(*source)));
    const auto facts = reader.read(*scanners.back(), file, down);
    if (!facts) return named_error(facts.error(), file, name);
    input.inputs.push_back({is_connection_string(name) ? redacted(name) : name, facts->bytes, facts->sha256});
    return {};
  };
  if (auto done = read_added(decisions, AddedPosition::first, reader, input, index); !done)
    return done.error();
  for (const std::string& name : files->up) {
    if (auto done = read(name, false); !done) return done.error();
  }
  for (const std::string& name : files->down) {
    if (auto done = read(name, true); !done) return done.error();
  }
  if (auto done = read_added(decisions, AddedPosition::last, reader, input, index); !done)
    return done.error();
  if (!options.workload.empty()) {
    if (auto added = add_workload(options.workload, reader, input); !added) return added.error();
  }
  auto parsed = reader.finish();
  if (!parsed) return named_error(parsed.error(), *input.file, names.front());
  const bool of_a_tool = files->tool.has_value() || !parsed->read.migrations.empty();
  if (auto known = leave_out_below(*files, of_a_tool); !known) return known.error();
  input.script = std::move(parsed->script);
  input.statements_read = input.script.statements.size();
  input.read = std::move(parsed->read);
  input.files = std::move(*files);
  for (size_t i = 0; i < scanners.size(); ++i) {
    for (InlineIgnore& ignore : scanners[i]->ignores_of(input.script, *sources[i]))
      ignores.push_back(std::move(ignore));
  }
  return input;
}

Result<std::vector<std::string>> databases_in(const Options& options, const std::string& name) {
  auto source = open_named(name);
  if (!source) return source.error();
  SourceFile file(0, shown_name(options, name));
  Diagnostics ignored;
  ScriptReader reader(ignored, {});
  const auto facts = reader.read(**source, file);
  if (!facts) return named_error(facts.error(), file, name);
  return reader.databases();
}

}  // namespace pg2crdb
