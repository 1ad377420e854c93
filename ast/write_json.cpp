#include <simdjson.h>

#include <set>

#include "ast/document.h"
#include "ast/document_fields.h"
#include "ast/reflect.h"
#include "support/hex.h"
#include "support/json.h"

namespace pg2crdb::ast {
namespace {

class JsonWriter {
 public:
  /// `offset` is where a node stood, -1 for what does not say so.
  void value(const TypeInfo& type, void* v, int64_t offset = -1) {
    using Kind = TypeInfo::Kind;
    switch (type.kind) {
      case Kind::box:
        return value(*type.element, type.inside(v));
      case Kind::variant:
        return value(*type.alternatives[type.index(v)], type.held(v), offset);
      case Kind::structure:
        if (type.offset_field.type != nullptr) offset = type.offset(v);
        if (type.is_wrapper()) return value(*type.fields[0].type, type.fields[0].member(v), offset);
        return object(type, v, offset);
      case Kind::vector:
        return list(type, v);
      case Kind::text:
        return text(*static_cast<const std::string*>(v));
      case Kind::boolean:
        out_ += type.number(v) != 0 ? "true" : "false";
        return;
      case Kind::enumeration:
        return append_json_string(out_, type.words[static_cast<size_t>(type.number(v))]);
      case Kind::integer:
        out_ += type.is_signed ? std::to_string(type.number(v))
                               : std::to_string(static_cast<uint64_t>(type.number(v)));
        return;
    }
  }

  std::string finish() { return std::move(out_); }

 private:
  void text(std::string_view text) {
    if (simdjson::validate_utf8(text.data(), text.size())) return append_json_string(out_, text);
    // JSON is UTF-8; bytes that are none must still come back as they were.
    out_ += R"({"hex":")";
    for (const char c : text) append_hex(out_, static_cast<unsigned char>(c));
    out_ += "\"}";
  }

  void object(const TypeInfo& type, void* v, int64_t offset) {
    const std::string_view separator = &type == &type_info<json::Envelope>() ? ",\n" : ",";
    out_ += '{';
    if (!type.is_record) {
      member("node", separator);
      append_json_string(out_, type.name);
    }
    if (offset != -1) {
      member("offset", separator);
      out_ += std::to_string(offset);
    }
    for (const FieldInfo& field : type.fields) {
      if (!is_shown(type, field, v)) continue;
      member(field.name, separator);
      value(*field.type, field.member(v));
    }
    out_ += '}';
  }

  void member(std::string_view name, std::string_view separator) {
    if (out_.back() != '{') out_ += separator;
    append_json_string(out_, name);
    out_ += ':';
  }

  void list(const TypeInfo& type, void* v) {
    out_ += '[';
    for (size_t i = 0; i < type.size(v); ++i) {
      if (i > 0) out_ += ',';
      // One statement, one line.
      if (type.element->is_record) out_ += '\n';
      value(*type.element, type.at(v, i));
    }
    out_ += ']';
  }

  std::string out_;
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
                  {block.nested.begin(), block.nested.end()},
                  {},
                  {block.forced_null.begin(), block.forced_null.end()},
                  {block.forced_not_null.begin(), block.forced_not_null.end()}};
  for (const auto& [value, rows] : block.defaulted) data.defaulted.push_back({value, rows});
  if (block.statement != no_statement) data.statement = block.statement;
  return data;
}

}  // namespace

std::string json::node_digest(const StatementNode& node) {
  JsonWriter writer;
  writer.value(type_info<StatementNode>(), const_cast<StatementNode*>(&node));
  uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const char c : writer.finish()) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
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
    json::Ignore written{std::move(ignore.rule), std::move(ignore.reason), {}, {}};
    if (!ignore.statement.empty()) written.statement = bytes_of(ignore.statement);
    if (!ignore.comment.empty()) written.comment = bytes_of(ignore.comment);
    envelope.ignores.push_back(std::move(written));
  }
  JsonWriter writer;
  writer.value(type_info<json::Envelope>(), &envelope);
  return writer.finish() + '\n';
}

}  // namespace pg2crdb::ast
