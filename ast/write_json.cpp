#include <simdjson.h>

#include <set>

#include "ast/document.h"
#include "ast/document_fields.h"
#include "ast/enum_words.h"
#include "ast/field_values.h"
#include "support/hex.h"
#include "support/json.h"

namespace pg2crdb::ast {
namespace {

struct JsonWriter {
  std::string out;

  void text(std::string_view text) {
    if (simdjson::validate_utf8(text.data(), text.size())) {
      append_json_string(out, text);
      return;
    }
    // JSON is UTF-8; bytes that are none must still come back as they were.
    out += R"({"hex":")";
    for (const char c : text) append_hex(out, static_cast<unsigned char>(c));
    out += "\"}";
  }

  template <class T>
  void value(const T& v, int64_t offset = -1) {
    if constexpr (is_box<T> || is_optional<T>) {
      value(*v);
    } else if constexpr (is_variant<T>) {
      std::visit([&](const auto& node) { value(node, offset); }, v);
    } else if constexpr (is_wrapper<T>) {
      value(v.node, v.offset);
    } else if constexpr (Fields<T>::known) {
      if constexpr (HasOffset<T>) offset = v.offset;
      object(v, offset);
    } else if constexpr (is_vector<T>) {
      list(v);
    } else if constexpr (std::is_same_v<T, std::string>) {
      text(v);
    } else if constexpr (std::is_same_v<T, bool>) {
      out += v ? "true" : "false";
    } else if constexpr (std::is_enum_v<T>) {
      append_json_string(out, enum_word(v));
    } else {
      out += std::to_string(v);
    }
  }

  template <class T>
  void object(const T& v, int64_t offset) {
    out += '{';
    if constexpr (!IsRecord<T>) {
      member("node");
      append_json_string(out, Fields<T>::name);
    }
    if (offset != -1) {
      member("offset");
      out += std::to_string(offset);
    }
    for_each_shown_field(v, [&](std::string_view name, const auto& field) {
      if constexpr (std::is_same_v<T, json::Envelope>) {
        if (out.back() != '{') out += ",\n";
        append_json_string(out, name);
        out += ':';
      } else {
        member(name);
      }
      value(field);
    });
    out += '}';
  }

  void member(std::string_view name) {
    if (out.back() != '{') out += ',';
    append_json_string(out, name);
    out += ':';
  }

  template <class T>
  void list(const std::vector<T>& items) {
    out += '[';
    for (const T& item : items) {
      if (out.back() != '[') out += ',';
      // One statement, one line.
      if constexpr (IsRecord<T>) out += '\n';
      value(item);
    }
    out += ']';
  }
};

json::Span bytes_of(const Span& span) {
  return {span.begin, span.end};
}

json::Statement statement_of(Statement& read, const SourceFile& file) {
  json::Statement statement;
  const Location place = file.locate(read.span.begin);
  statement.id = read.id;
  statement.span = bytes_of(read.span);
  statement.line = place.line;
  statement.column = place.column;
  statement.text = file.text(read.span);
  statement.fate = read.fate;
  statement.phase = read.phase;
  statement.reason = std::move(read.reason);
  statement.digest = json::node_digest(read.node);
  statement.as_written = read.as_written;
  statement.node = std::move(read.node);
  return statement;
}

json::Data data_of(const DataBlock& block) {
  json::Data data{block.format,
                  block.table,
                  block.columns,
                  bytes_of(block.header),
                  bytes_of(block.data),
                  block.first_line,
                  block.rows,
                  block.statements,
                  {},
                  block.on_conflict,
                  {block.fractions.begin(), block.fractions.end()},
                  {block.nested.begin(), block.nested.end()}};
  if (block.statement != no_statement) data.statement = block.statement;
  return data;
}

}  // namespace

std::string json::node_digest(const StatementNode& node) {
  JsonWriter writer;
  writer.value(node);
  uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const char c : writer.out) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string digest;
  for (unsigned shift = 64; shift > 0; shift -= 4) digest += digits[hash >> (shift - 4) & 0xFU];
  return digest;
}

std::string to_json(Document document, const SourceFile& file) {
  json::Envelope envelope;
  envelope.tool = {"pg2crdb", PG2CRDB_VERSION};
  envelope.input = std::move(document.input);
  envelope.read = {document.script.statements.size(), document.script.data.size()};
  std::set<uint64_t> begins;
  for (Statement& statement : document.script.statements) {
    begins.insert(statement.span.begin);
    envelope.statements.push_back(statement_of(statement, file));
  }
  for (const SourceFile::Kept& kept : file.texts()) {
    if (!begins.contains(kept.begin))
      envelope.texts.push_back({kept.begin, kept.line, kept.column, std::string(kept.text)});
  }
  for (const DataBlock& block : document.script.data) envelope.data.push_back(data_of(block));
  for (Document::Finding& finding : document.findings) {
    envelope.findings.push_back({std::move(finding.rule), std::move(finding.object), bytes_of(finding.span),
                                 std::move(finding.message), std::move(finding.advice)});
  }
  for (Document::Ignore& ignore : document.ignores) {
    json::Ignore written{std::move(ignore.rule), std::move(ignore.reason), {}};
    if (!ignore.statement.empty()) written.statement = bytes_of(ignore.statement);
    envelope.ignores.push_back(std::move(written));
  }
  JsonWriter writer;
  writer.value(envelope);
  writer.out += '\n';
  return std::move(writer.out);
}

}  // namespace pg2crdb::ast
