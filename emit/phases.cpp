#include "emit/phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "support/line_ends.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using ast::Phase;

// Bytes that a statement takes in its file beside its SQL, nearly always: line ends, comment signs.
constexpr size_t room_around = 64;

struct PhaseFile {
  Phase phase;
  std::string_view name;
  std::string_view header;
};

constexpr PhaseFile phase_file_list[] = {
    {Phase::roles, "10-roles.sql", "-- Roles that the schema names.\n"},
    {Phase::pre_data, "20-pre-data.sql", "-- What the rows need: run before they are loaded.\n"},
    {Phase::post_data, "30-post-data.sql",
     "-- Indexes, foreign keys, views, privileges: run once the rows are there.\n"},
    {Phase::revalidate, "40-revalidate.sql", "-- Constraints to validate and sequence values: run last.\n"},
};

std::string location(const ast::Statement& statement, const SourceFile& first) {
  const SourceFile& file = first.of(statement.span);
  return fmt::format("{}:{}", file.name(), file.locate(statement.span.begin).line);
}

std::string annotation(const ast::Statement& statement, const SourceFile& file) {
  std::string out = "from " + location(statement, file);
  for (size_t i = 0; i < statement.passes.size(); ++i) {
    out += i == 0 ? " [" : ", ";
    out += statement.passes[i];
  }
  return statement.passes.empty() ? out : out + "]";
}

void append_statement(OutputFile& out, const EmittedStatement& emitted, const SourceFile& file,
                      const EmitOptions& options) {
  const ast::Statement& statement = *emitted.statement;
  OutputFile::Place place{&statement, !emitted.held_back(), out.text.size(), 0, 0, 0};
  if (place.live) {
    if (options.annotate) append_comment(out.text, annotation(statement, file));
    place.sql_begin = out.text.size();
    out.text += emitted.sql;
    place.semicolon = out.text.size();
    out.text += ";\n";
  } else {
    append_comment(out.text,
                   fmt::format("NOT TRANSLATED, from {}: {}", location(statement, file), statement.reason));
    append_comment(out.text, emitted.sql + ";");
  }
  place.end = out.text.size();
  out.places.push_back(place);
}

bool is_plain(char c) {
  return (c >= ' ' && c < 0x7F) || c == '\t';
}

// Of a line: characters go as they are, control characters and bytes that are no text as numbers.
void append_safe(std::string& out, std::string_view line) {
  while (!line.empty()) {
    const auto plain =
        static_cast<size_t>(std::find_if_not(line.begin(), line.end(), is_plain) - line.begin());
    out += line.substr(0, plain);
    line.remove_prefix(plain);
    if (line.empty()) return;
    const Utf8Character character = decode_utf8(line);
    const std::string_view bytes = line.substr(0, character.length);
    if (character.valid && character.code >= 0x80) {
      out += bytes;
    } else {
      for (const char byte : bytes)
        fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(byte));
    }
    line.remove_prefix(character.length);
  }
}

}  // namespace

void append_comment(std::string& out, std::string_view text) {
  while (true) {
    const size_t end = first_line_size(text);
    out += end == 0 ? "--" : "-- ";
    append_safe(out, text.substr(0, end));
    out += '\n';
    if (end == text.size()) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

std::vector<OutputFile> phase_files(const EmittedScript& emitted, const SourceFile& file,
                                    const EmitOptions& options) {
  std::vector<OutputFile> files;
  for (const PhaseFile& phase : phase_file_list) {
    OutputFile& out = files.emplace_back();
    out.name = phase.name;
    size_t bytes = phase.header.size();
    for (const EmittedStatement& statement : emitted)
      bytes += statement.phase == phase.phase ? statement.sql.size() + room_around : 0;
    out.text.reserve(bytes);
    out.text = phase.header;
    for (const EmittedStatement& statement : emitted) {
      if (statement.phase != phase.phase) continue;
      out.text += '\n';
      append_statement(out, statement, file, options);
    }
  }
  return files;
}

std::vector<OutputFile> in_order_files(const EmittedScript& emitted, const SourceFile& file,
                                       std::span<const ast::MigrationFile> migrations,
                                       const EmitOptions& options) {
  std::vector<OutputFile> files(1 + file.next().size());
  std::vector<const ast::MigrationFile*> marks(files.size());
  files[0].name = file.name();
  for (size_t i = 1; i < files.size(); ++i) files[i].name = file.next()[i - 1]->name();
  for (const ast::MigrationFile& migration : migrations) {
    const size_t index = migration.file - file.index();
    marks.at(index) = &migration;
    files[index].text = migration.way_up;
  }
  for (const EmittedStatement& statement : emitted) {
    // What is read in front goes in front, into the first one.
    const uint32_t from = std::max(statement.statement->span.file, file.index());
    const size_t index = from - file.index();
    OutputFile& out = files.at(index);
    if (!out.text.empty()) out.text += '\n';
    // These tools cut at semicolons, those in bodies and strings too.
    const bool marked =
        marks[index] != nullptr && !statement.held_back() && statement.sql.find(';') != std::string::npos;
    if (marked) out.text += marks[index]->statement_begin;
    append_statement(out, statement, file, options);
    if (marked) out.text += marks[index]->statement_end;
  }
  for (size_t i = 0; i < files.size(); ++i) {
    if (marks[i] == nullptr || marks[i]->way_down.empty()) continue;
    files[i].text += '\n' + marks[i]->way_down;
    append_comment(files[i].text, "NOT TRANSLATED: the way down. Write here what takes back the way up.");
  }
  return files;
}

OutputFile one_file(std::vector<OutputFile> files, std::string name, Sessions sessions) {
  constexpr std::string_view end_of_session = "\n-- The next file is a session of its own.\nRESET ALL;\n";
  const auto sets = [](const OutputFile::Place& place) {
    return place.live && std::holds_alternative<ast::SetVariable>(place.statement->node);
  };
  OutputFile whole;
  whole.name = std::move(name);
  size_t bytes = 0, places = 0;
  for (const OutputFile& file : files) {
    bytes += file.text.size() + 1 + (sessions == Sessions::each ? end_of_session.size() : 0);
    places += file.places.size();
  }
  whole.text.reserve(bytes);
  whole.places.reserve(places);
  bool is_reset = true;
  for (OutputFile& file : files) {
    if (!is_reset && !file.text.empty()) {
      whole.text += end_of_session;
      is_reset = true;
    }
    if (!whole.text.empty()) whole.text += '\n';
    const size_t offset = whole.text.size();
    whole.text += file.text;
    for (OutputFile::Place place : file.places) {
      for (size_t* at : {&place.begin, &place.end, &place.sql_begin, &place.semicolon}) *at += offset;
      whole.places.push_back(place);
    }
    if (sessions == Sessions::each) is_reset = is_reset && std::ranges::none_of(file.places, sets);
    file = {};
  }
  return whole;
}

}  // namespace pg2crdb
