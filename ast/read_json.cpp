#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "ast/document.h"
#include "ast/document_fields.h"
#include "ast/misshapen.h"
#include "ast/reflect.h"
#include "support/hex.h"

namespace pg2crdb::ast {
namespace {

using simdjson::dom::element;

/// More levels of JSON than `max_depth` levels of SQL can make.
constexpr size_t max_json_depth = 16 * max_depth;

/// Reads until the first thing that is wrong, and remembers where that was.
class JsonReader {
 public:
  bool failed() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }

  void fail(std::string_view what) {
    if (failed()) return;
    problem_ = (path_.empty() ? "the text" : path_) + " " + std::string(what);
  }

  /// Appends to the path as long as it lives.
  class Place {
   public:
    Place(JsonReader& reader, std::string_view member) : path_(reader.path_), outer_(path_.size()) {
      if (!path_.empty()) path_ += '.';
      path_ += member;
    }
    Place(JsonReader& reader, size_t index) : path_(reader.path_), outer_(path_.size()) {
      path_ += '[' + std::to_string(index) + ']';
    }
    ~Place() { path_.resize(outer_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    std::string& path_;
    size_t outer_;
  };

  void value(const TypeInfo& type, element json, void* out) {
    using Kind = TypeInfo::Kind;
    switch (type.kind) {
      case Kind::box:
        return value(*type.element, json, type.fill(out));
      case Kind::variant:
        return one_of(type, json, out, {});
      case Kind::structure:
        return structure(type, json, out);
      case Kind::vector:
        return list(type, json, out);
      case Kind::text:
        return text(json, *static_cast<std::string*>(out));
      case Kind::boolean:
        if (json.get(*static_cast<bool*>(out)) != simdjson::SUCCESS) fail("is neither true nor false");
        return;
      case Kind::enumeration:
        return word(type, json, out);
      case Kind::integer:
        return number(type, json, out);
    }
  }

 private:
  class Level {
   public:
    explicit Level(JsonReader& reader) : reader_(reader) {
      if (++reader_.depth_ > max_depth) reader_.fail("is nested too deep");
    }
    ~Level() { --reader_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    JsonReader& reader_;
  };

  /// What the member `offset` of a node sets; without type where there may be no such member.
  struct Offset {
    const TypeInfo* type = nullptr;
    void* value = nullptr;
  };
  static Offset offset_of(const TypeInfo& type, void* node) {
    return {type.offset_field.type, type.offset_field.member(node)};
  }

  void structure(const TypeInfo& type, element json, void* out) {
    static const TypeInfo* const query = &type_info<Query>();
    if (!type.is_wrapper() && &type != query) return node(type, json, out);
    const Level level(*this);
    if (failed()) return;
    if (&type == query) return node(type, json, out);
    one_of(*type.fields[0].type, json, type.fields[0].member(out), offset_of(type, out));
  }

  /// The alternative of a variant that the member `node` names.
  void one_of(const TypeInfo& type, element json, void* out, Offset offset) {
    std::string_view name;
    if (json["node"].get(name) != simdjson::SUCCESS) return fail("has no member `node` that says what it is");
    for (size_t i = 0; i < type.alternatives.size(); ++i) {
      if (type.alternatives[i]->name != name) continue;
      type.emplace(out, i);
      return object(*type.alternatives[i], json, type.held(out), offset);
    }
    fail("cannot be the node `" + std::string(name) + "`");
  }

  void node(const TypeInfo& type, element json, void* out) {
    std::string_view name;
    if (!type.is_record && (json["node"].get(name) != simdjson::SUCCESS || name != type.name))
      return fail("is no node `" + std::string(type.name) + "`");
    object(type, json, out, {});
  }

  void object(const TypeInfo& type, element json, void* out, Offset offset) {
    simdjson::dom::object members;
    if (json.get(members) != simdjson::SUCCESS) return fail("is no object");
    if (offset.type == nullptr) offset = offset_of(type, out);
    std::vector<bool> seen(type.fields.size());
    for (const auto& [key, member] : members) {
      if (failed()) return;
      const Place place(*this, key);
      if (key == "node" && !type.is_record) continue;
      if (key == "offset" && offset.type != nullptr) {
        number(*offset.type, member, offset.value);
        continue;
      }
      const FieldInfo* field = type.field(key);
      if (field == nullptr) return fail("is an unknown member");
      const auto index = static_cast<size_t>(field - type.fields.data());
      if (seen[index]) return fail("is there twice");
      seen[index] = true;
      value(*field->type, member, field->member(out));
    }
    for (size_t i = 0; i < seen.size() && !failed(); ++i) check_required(type, type.fields[i], seen[i], out);
    if (failed()) return;
    if (const std::string_view reason = misshapen(type, out); !reason.empty()) fail(reason);
  }

  void check_required(const TypeInfo& type, const FieldInfo& field, bool seen, void* node) {
    if (!field.required) return;
    const Place place(*this, field.name);
    if (!seen)
      fail("is missing");
    else if (!type.is_record && says_nothing(*field.type, field.member(node)))
      fail("is empty");
  }

  static bool says_nothing(const TypeInfo& type, const void* value) {
    if (&type == &type_info<Name>()) return static_cast<const Name*>(value)->empty();
    if (&type == &type_info<TypeName>()) return static_cast<const TypeName*>(value)->empty();
    return type.kind == TypeInfo::Kind::vector && type.size(value) == 0;
  }

  void list(const TypeInfo& type, element json, void* out) {
    simdjson::dom::array items;
    if (json.get(items) != simdjson::SUCCESS) return fail("is no list");
    for (const element item : items) {
      if (failed()) return;
      const Place place(*this, type.size(out));
      value(*type.element, item, type.append(out));
    }
  }

  void text(element json, std::string& out) {
    std::string_view text;
    if (json.get(text) == simdjson::SUCCESS) {
      out = text;
    } else if (json["hex"].get(text) != simdjson::SUCCESS) {
      return fail("is no string");
    } else if (std::optional<std::string> bytes = from_hex(text)) {
      out = *std::move(bytes);
    } else {
      return fail("is no string of hexadecimal digits");
    }
    if (out.find('\0') != std::string::npos) fail("has a NUL character, which no database stores");
  }

  void number(const TypeInfo& type, element json, void* out) {
    int64_t number = 0;
    uint64_t bits = 0;
    const auto error = type.is_signed ? json.get(number) : json.get(bits);
    if (!type.is_signed) number = static_cast<int64_t>(bits);
    if (error == simdjson::SUCCESS) type.set_number(out, number);
    if (error != simdjson::SUCCESS || type.number(out) != number) fail("is no whole number in range");
  }

  void word(const TypeInfo& type, element json, void* out) {
    std::string_view text;
    const std::vector<std::string_view>& words = type.words;
    const auto found =
        json.get(text) == simdjson::SUCCESS ? std::find(words.begin(), words.end(), text) : words.end();
    if (found != words.end()) return type.set_number(out, found - words.begin());
    std::string known;
    for (const std::string_view one : words) known += (known.empty() ? "" : ", ") + std::string(one);
    fail("is none of the words " + known);
  }

  std::string path_;
  std::string problem_;
  int depth_ = 0;
};

/// From the envelope to the script: what the pipeline relies on is looked at here.
class ScriptBuilder {
 public:
  ScriptBuilder(json::Envelope& envelope, uint32_t file_index, JsonReader& reader)
      : envelope_(envelope), file_index_(file_index), reader_(reader) {
    read_.document.input = std::move(envelope.input);
    read_.file = std::make_unique<SourceFile>(file_index, read_.document.input.name);
    read_.pass_names = std::make_unique<std::deque<std::string>>();
  }

  ReadDocument build() {
    place_statements();
    for (size_t i = 0; i < envelope_.statements.size() && !reader_.failed(); ++i) {
      const JsonReader::Place list(reader_, "statements");
      const JsonReader::Place place(reader_, i);
      if (envelope_.statements[i].id)
        add_read(envelope_.statements[i]);
      else
        add_made(envelope_.statements[i]);
    }
    for (size_t i = 0; i < envelope_.data.size() && !reader_.failed(); ++i) {
      const JsonReader::Place list(reader_, "data");
      const JsonReader::Place place(reader_, i);
      add_data(envelope_.data[i]);
    }
    if (envelope_.data.size() != envelope_.read.data) {
      reader_.fail("has " + std::to_string(envelope_.data.size()) + " entries of `data`, and " +
                   std::to_string(envelope_.read.data) + " were read: rows cannot be left out");
    }
    for (const json::Text& text : envelope_.texts)
      read_.file->keep(text.begin, text.line, text.column, text.text);
    for (json::Finding& finding : envelope_.findings) {
      read_.document.findings.push_back({std::move(finding.rule), std::move(finding.object),
                                         span(finding.span), std::move(finding.message),
                                         std::move(finding.advice)});
    }
    for (json::Ignore& ignore : envelope_.ignores) {
      read_.document.ignores.push_back({std::move(ignore.rule), std::move(ignore.reason),
                                        span(ignore.statement.value_or(json::Span{})),
                                        span(ignore.comment.value_or(json::Span{}))});
    }
    return std::move(read_);
  }

 private:
  Span span(const json::Span& bytes) const { return {file_index_, bytes.begin, bytes.end}; }
  std::deque<Statement>& statements() { return read_.document.script.statements; }

  /// Statements that were read stand in the script in the order of their ids, those added behind them.
  void place_statements() {
    const uint64_t count = envelope_.read.statements;
    // A wrong count must not make us allocate: what is missing is then among those that could be there.
    std::vector<bool> there(std::min<uint64_t>(count, envelope_.statements.size() + 1));
    for (size_t i = 0; i < envelope_.statements.size(); ++i) {
      const std::optional<uint64_t>& id = envelope_.statements[i].id;
      if (!id) continue;
      const JsonReader::Place list(reader_, "statements");
      const JsonReader::Place place(reader_, i);
      const JsonReader::Place member(reader_, "id");
      if (*id >= count) return reader_.fail("is none that was read; a new statement has no id");
      if (*id >= there.size()) continue;
      if (there[*id]) return reader_.fail("is there twice");
      there[*id] = true;
    }
    if (const auto missing = std::find(there.begin(), there.end(), false); missing != there.end()) {
      return reader_.fail("has no statement with the id " + std::to_string(missing - there.begin()) +
                          ", which was read: one that is to leave the output stays in the list, with "
                          "\"fate\": \"dropped\" and a reason");
    }
    statements().resize(count);
    for (const json::Statement& statement : envelope_.statements) {
      if (statement.id) statements()[*statement.id].span = span(statement.span);
    }
  }

  void add_read(json::Statement& from) {
    if (from.fate == Fate::added) return reader_.fail("was read, its fate cannot be `added`");
    if (from.origin) return reader_.fail("was read, it has no origin");
    Statement& statement = statements()[*from.id];
    statement.id = static_cast<StatementId>(*from.id);
    statement.fate = from.fate;
    statement.line = from.line;
    statement.as_written = from.as_written;
    if (json::node_digest(from.node) != from.digest) {
      statement.as_written = false;
      if (from.fate == Fate::kept) statement.fate = Fate::rewritten;
      if (from.passes.empty()) from.passes.emplace_back("outside");
    }
    set_rest(from, statement);
    read_.file->keep(from.span.begin, from.line, from.column, from.text);
  }

  void add_made(json::Statement& from) {
    if (from.fate != Fate::added) return reader_.fail("has no id, so its fate has to be `added`");
    if (!from.origin || *from.origin >= envelope_.read.statements) {
      return reader_.fail(
          "has no id, so `origin` has to be the id of the statement because of which it is there");
    }
    if (from.passes.empty()) from.passes.emplace_back("outside");
    const Statement& origin = statements()[*from.origin];
    Statement& made = read_.document.script.add({}, origin.span, from.phase);
    made.line = origin.line;
    set_rest(from, made);
  }

  void set_rest(json::Statement& from, Statement& statement) {
    const bool leaves = from.fate == Fate::merged || from.fate == Fate::dropped ||
                        from.fate == Fate::needs_person || from.fate == Fate::moved;
    if (leaves && from.reason.empty()) return reader_.fail("has a fate that needs a reason");
    if (from.into && from.fate != Fate::merged) return reader_.fail("has `into`, but its fate is not merged");
    if (from.fate == Fate::merged) {
      if (!from.into || *from.into >= envelope_.read.statements || from.into == from.id) {
        return reader_.fail("is merged, so `into` has to be the id of another statement");
      }
      statement.merged_into = static_cast<StatementId>(*from.into);
    }
    statement.phase = from.phase;
    statement.reason = std::move(from.reason);
    statement.node = std::move(from.node);
    for (std::string& pass : from.passes)
      statement.passes.push_back(read_.pass_names->emplace_back(std::move(pass)));
  }

  void add_data(json::Data& from) {
    DataBlock block;
    block.format = from.format;
    block.table = std::move(from.table);
    block.columns = std::move(from.columns);
    block.header = span(from.header);
    block.data = span(from.span);
    block.first_line = from.first_line;
    block.rows = from.rows;
    block.statements = from.statements;
    block.on_conflict = from.on_conflict;
    block.fractions.insert(from.fractions.begin(), from.fractions.end());
    block.nested.insert(from.nested.begin(), from.nested.end());
    for (const json::Defaulted& one : from.defaulted) block.defaulted.emplace(one.value, one.rows);
    block.forced_null.insert(from.forced_null.begin(), from.forced_null.end());
    block.forced_not_null.insert(from.forced_not_null.begin(), from.forced_not_null.end());
    if (from.statement) {
      if (*from.statement >= statements().size() || *from.statement >= envelope_.read.statements)
        return reader_.fail("names a `statement` that was not read");
      const Statement& copy = statements()[*from.statement];
      if (!copy.live() || !std::holds_alternative<CopyFrom>(copy.node)) {
        return reader_.fail("has rows that are loaded, so its `statement` " + std::to_string(copy.id) +
                            " has to stay a CopyFrom with the fate kept");
      }
      block.statement = copy.id;
    }
    read_.document.script.data.push_back(std::move(block));
  }

  json::Envelope& envelope_;
  uint32_t file_index_;
  JsonReader& reader_;
  ReadDocument read_;
};

Error not_an_ast(const std::string& what) {
  return {.kind = Error::Kind::usage,
          .message = what,
          .sqlstate = {},
          .advice = "`pg2crdb ast --format json` writes such a text, docs/ast.md describes it"};
}

}  // namespace

Result<ReadDocument> parse_document(std::string_view text, uint32_t file_index) {
  simdjson::dom::parser parser;
  simdjson::error_code error = parser.allocate(std::max<size_t>(text.size(), 32), max_json_depth);
  simdjson::dom::element root;
  if (error == simdjson::SUCCESS) error = parser.parse(text.data(), text.size()).get(root);
  if (error == simdjson::DEPTH_ERROR) return not_an_ast("the JSON is nested too deep");
  if (error != simdjson::SUCCESS) {
    return not_an_ast(std::string("the text is no JSON: ") + simdjson::error_message(error));
  }
  int64_t version = 0;
  if (root["schema_version"].get(version) != simdjson::SUCCESS)
    return not_an_ast("the text has no member `schema_version`");
  if (version != Document::current_version) {
    return not_an_ast("the AST is of schema_version " + std::to_string(version) + ", this program knows " +
                      std::to_string(Document::current_version) + " only");
  }
  JsonReader reader;
  json::Envelope envelope;
  reader.value(type_info<json::Envelope>(), root, &envelope);
  if (reader.failed()) return not_an_ast(reader.problem());
  ReadDocument read = ScriptBuilder(envelope, file_index, reader).build();
  if (reader.failed()) return not_an_ast(reader.problem());
  return read;
}

}  // namespace pg2crdb::ast
