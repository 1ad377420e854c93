#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "ast/document.h"
#include "ast/document_fields.h"
#include "ast/enum_words.h"
#include "ast/field_values.h"
#include "support/hex.h"

namespace pg2crdb::ast {
namespace {

using simdjson::dom::element;

/// More levels of JSON than `max_depth` levels of SQL can make.
constexpr size_t max_json_depth = 16 * max_depth;

// --- what every tree of the parser looks like, beyond the types of its fields: the reason why one does not

template <class T>
std::string_view misshapen(const T&) {
  return {};
}

template <>
std::string_view misshapen(const ColumnRef& column) {
  return column.names.empty() && !column.star ? "names no column" : "";
}

template <>
std::string_view misshapen(const Operation& operation) {
  using Kind = Operation::Kind;
  const Kind kind = operation.kind;
  const auto* list = std::get_if<ExprList>(&operation.right->node);
  const bool bounded = kind == Kind::between || kind == Kind::not_between ||
                       kind == Kind::between_symmetric || kind == Kind::not_between_symmetric;
  const bool worded = bounded || kind == Kind::distinct || kind == Kind::not_distinct || kind == Kind::nullif;
  if (!operation.left && kind != Kind::op) return "has no left operand";
  if (operation.op.empty() && !worded) return "has no operator";
  if (kind == Kind::in && list == nullptr) return "has no list on the right";
  if (bounded && (list == nullptr || list->items.size() != 2)) return "has no two bounds on the right";
  return {};
}

template <>
std::string_view misshapen(const BoolExpr& expr) {
  return expr.kind == BoolExpr::Kind::negation && expr.arguments.size() != 1 ? "has not one argument" : "";
}

template <>
std::string_view misshapen(const FunctionCall& call) {
  const size_t count = call.arguments.size();
  if (!call.sql_syntax) return {};
  const bool alone = call.name.name == "system_user";
  return count == 0 && !alone ? "is written with keywords and has no argument" : "";
}

template <>
std::string_view misshapen(const Subquery& subquery) {
  const bool compares = subquery.kind == Subquery::Kind::any || subquery.kind == Subquery::Kind::all;
  return compares && !subquery.test ? "has no left operand `test`" : "";
}

template <>
std::string_view misshapen(const Step& step) {
  if (step.kind == Step::Kind::index && !step.lower) return "has no index `lower`";
  return step.kind == Step::Kind::field && step.field.empty() ? "names no field" : "";
}

template <>
std::string_view misshapen(const Window& window) {
  constexpr int64_t start_offset = 0x800 | 0x2000;  // FRAMEOPTION_START_OFFSET_PRECEDING, _FOLLOWING
  constexpr int64_t end_offset = 0x1000 | 0x4000;
  if ((window.frame_options & start_offset) != 0 && !window.start_offset) return "has no start_offset";
  return (window.frame_options & end_offset) != 0 && !window.end_offset ? "has no end_offset" : "";
}

template <>
std::string_view misshapen(const Query& query) {
  const bool two = query.left && query.right;
  const bool none = !query.left && !query.right;
  if (query.set_operation == Query::SetOperation::none) return none ? "" : "has no set_operation";
  return two ? "" : "is a set operation without two queries";
}

template <>
std::string_view misshapen(const IndexElement& element) {
  return element.column.empty() && !element.expr ? "has neither column nor expr" : "";
}

template <>
std::string_view misshapen(const Constraint& constraint) {
  if (constraint.kind == Constraint::Kind::check && !constraint.check) return "has no check";
  if (constraint.kind == Constraint::Kind::foreign_key && constraint.referenced.empty())
    return "has no referenced table";
  if (constraint.exclude_elements.size() != constraint.exclude_operators.size())
    return "has not one operator for each excluded element";
  const bool empty = std::any_of(constraint.exclude_operators.begin(), constraint.exclude_operators.end(),
                                 [](const auto& names) { return names.empty(); });
  return empty ? "has an empty operator" : "";
}

template <>
std::string_view misshapen(const SetIdentity& set) {
  const SequenceOptions& options = set.options;
  const bool changes = set.sets_always || !options.start.empty() || !options.increment.empty() ||
                       !options.minimum.empty() || options.no_minimum || !options.maximum.empty() ||
                       options.no_maximum || !options.cache.empty() || options.cycle || options.no_cycle ||
                       !options.restart.empty() || options.restart_default;
  return changes ? "" : "changes nothing";
}

std::string_view misshapen_object(const ObjectRef& object) {
  using enum ObjectKind;
  const bool has_member = object.kind == column || object.kind == constraint ||
                          object.kind == domain_constraint || object.kind == trigger ||
                          object.kind == policy || object.kind == rule;
  if (object.name.empty()) return "names no object";
  if (has_member && object.member.empty()) return "names no member of its object";
  return !has_member && !object.member.empty() ? "names a member of what has none" : "";
}

template <>
std::string_view misshapen(const Rename& rename) {
  return misshapen_object(rename.object);
}

template <>
std::string_view misshapen(const SetSchema& set) {
  return misshapen_object(set.object);
}

template <>
std::string_view misshapen(const SetVariable& set) {
  return set.kind == SetVariable::Kind::value && set.values.empty() ? "has no values" : "";
}

template <>
std::string_view misshapen(const json::Span& span) {
  return span.end < span.begin ? "ends before it begins" : "";
}

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

  template <class T>
  void value(element json, T& out) {
    if constexpr (is_box<T>) {
      value(json, out.filled());
    } else if constexpr (is_optional<T>) {
      value(json, out.emplace());
    } else if constexpr (is_wrapper<T>) {
      if (const Level level(*this); !failed()) one_of(json, out.node, &out.offset);
    } else if constexpr (is_variant<T>) {
      one_of(json, out, static_cast<int32_t*>(nullptr));
    } else if constexpr (std::is_same_v<T, Query> || std::is_same_v<T, RowStatement>) {
      if (const Level level(*this); !failed()) node(json, out);
    } else if constexpr (Fields<T>::known) {
      node(json, out);
    } else if constexpr (is_vector<T>) {
      list(json, out);
    } else if constexpr (std::is_same_v<T, std::string>) {
      text(json, out);
    } else if constexpr (std::is_same_v<T, bool>) {
      if (json.get(out) != simdjson::SUCCESS) fail("is neither true nor false");
    } else if constexpr (std::is_enum_v<T>) {
      word(json, out);
    } else {
      number(json, out);
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

  /// The alternative of a variant that the member `node` names. Where `offset` is none, the alternative may
  /// have one of its own.
  template <class... T>
  void one_of(element json, OneOf<T...>& out, int32_t* offset) {
    std::string_view name;
    if (json["node"].get(name) != simdjson::SUCCESS) return fail("has no member `node` that says what it is");
    const bool known =
        ((Fields<T>::name == name && (object(json, out.template emplace<T>(), offset), true)) || ...);
    if (!known) fail("cannot be the node `" + std::string(name) + "`");
  }

  template <class T>
  void node(element json, T& out) {
    if constexpr (!IsRecord<T>) {
      std::string_view name;
      if (json["node"].get(name) != simdjson::SUCCESS || name != Fields<T>::name)
        return fail("is no node `" + std::string(Fields<T>::name) + "`");
    }
    object(json, out, static_cast<int32_t*>(nullptr));
  }

  template <class T>
  void object(element json, T& out, int32_t* offset) {
    simdjson::dom::object members;
    if (json.get(members) != simdjson::SUCCESS) return fail("is no object");
    constexpr size_t count = std::tuple_size_v<decltype(Fields<T>::list)>;
    std::array<bool, count> seen{};
    for (const auto& [key, member] : members) {
      if (failed()) return;
      const Place place(*this, key);
      if (key == "node" && !IsRecord<T>) continue;
      if (key == "offset") {
        if (offset != nullptr) {
          number(member, *offset);
          continue;
        }
        if constexpr (HasOffset<T>) {
          number(member, out.offset);
          continue;
        }
      }
      if (!read_field(key, member, out, seen, std::make_index_sequence<count>()))
        fail("is an unknown member");
    }
    if (!failed()) check_fields(out, seen, std::make_index_sequence<count>());
    if (failed()) return;
    if (const std::string_view reason = misshapen(out); !reason.empty()) fail(reason);
  }

  template <class T, size_t count, size_t... index>
  bool read_field(std::string_view key, element member, T& out, std::array<bool, count>& seen,
                  std::index_sequence<index...>) {
    [[maybe_unused]] const auto read = [&](const auto& field, bool& before) {
      if (field.name != key) return false;
      if (before) fail("is there twice");
      before = true;
      value(member, out.*(field.member));
      return true;
    };
    return (read(std::get<index>(Fields<T>::list), seen[index]) || ...);
  }

  template <class T, size_t count, size_t... index>
  void check_fields(const T& out, const std::array<bool, count>& seen, std::index_sequence<index...>) {
    [[maybe_unused]] const auto check = [&](const auto& field, bool was_seen) {
      if (!field.required || failed()) return;
      const Place place(*this, field.name);
      if (!was_seen)
        fail("is missing");
      else if (!IsRecord<T> && is_empty(out.*(field.member)))
        fail("is empty");
    };
    (check(std::get<index>(Fields<T>::list), seen[index]), ...);
  }

  template <class T>
  static bool is_empty(const T& value) {
    if constexpr (is_vector<T> || std::is_same_v<T, Name> || std::is_same_v<T, TypeName>) {
      return value.empty();
    } else {
      return false;
    }
  }

  template <class T>
  void list(element json, std::vector<T>& out) {
    simdjson::dom::array items;
    if (json.get(items) != simdjson::SUCCESS) return fail("is no list");
    for (const element item : items) {
      if (failed()) return;
      const Place place(*this, out.size());
      value(item, out.emplace_back());
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

  template <class T>
  void number(element json, T& out) {
    using Wide = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
    Wide number = 0;
    if (json.get(number) == simdjson::SUCCESS && std::in_range<T>(number)) {
      out = static_cast<T>(number);
    } else {
      fail("is no whole number in range");
    }
  }

  template <class E>
  void word(element json, E& out) {
    std::string_view text;
    const std::vector<std::string_view> words = all_enum_words<E>();
    const auto found =
        json.get(text) == simdjson::SUCCESS ? std::find(words.begin(), words.end(), text) : words.end();
    if (found != words.end()) {
      out = static_cast<E>(found - words.begin());
      return;
    }
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
      read_.document.ignores.push_back(
          {std::move(ignore.rule), std::move(ignore.reason), span(ignore.statement.value_or(json::Span{}))});
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
  reader.value(root, envelope);
  if (reader.failed()) return not_an_ast(reader.problem());
  ReadDocument read = ScriptBuilder(envelope, file_index, reader).build();
  if (reader.failed()) return not_an_ast(reader.problem());
  return read;
}

}  // namespace pg2crdb::ast
