#pragma once
#include <optional>

#include "ast/document.h"
#include "ast/fields.h"

/// The JSON text around the trees, as structs with fields: what `ast/document.h` reads and writes.
namespace pg2crdb::ast::json {

struct Tool {
  std::string name;
  std::string version;
};

struct Span {
  uint64_t begin = 0;
  uint64_t end = 0;
  bool operator==(const Span&) const = default;
};

/// What must still be there when the text comes back.
struct Read {
  uint64_t statements = 0;
  uint64_t data = 0;
};

struct Statement {
  std::optional<uint64_t> id;      ///< none: added by the other program
  std::optional<uint64_t> origin;  ///< of an added one: the statement because of which it is there
  Span span;
  uint64_t line = 0;
  uint64_t column = 0;
  std::string text;
  Fate fate = Fate::kept;
  std::optional<uint64_t> into;  ///< of a merged one
  Phase phase = Phase::pre_data;
  std::vector<std::string> passes;
  std::string reason;
  std::string digest;  ///< of the tree as it was written
  bool as_written = false;
  StatementNode node;
};

/// A kept text that is no statement's: pg_dump's first line.
struct Text {
  uint64_t begin = 0;
  uint64_t line = 0;
  uint64_t column = 0;
  std::string text;
};

/// A value of rows for which the word DEFAULT stands.
struct Defaulted {
  uint64_t value = 0;
  uint64_t rows = 0;
};

struct Data {
  DataBlock::Format format = DataBlock::Format::copy_text;
  Name table;
  std::vector<std::string> columns;
  Span header;
  Span span;
  uint64_t first_line = 0;
  uint64_t rows = 0;
  uint64_t statements = 1;
  std::optional<uint64_t> statement;
  bool on_conflict = false;
  std::vector<uint64_t> fractions;
  std::vector<uint64_t> nested;
  std::vector<Defaulted> defaulted;
  std::vector<uint64_t> forced_null;
  std::vector<uint64_t> forced_not_null;
};

struct Finding {
  std::string rule;
  std::string object;
  Span span;
  std::string message;
  std::string advice;
};

struct Ignore {
  std::string rule;
  std::string reason;
  std::optional<Span> statement;
  std::optional<Span> comment;
};

struct Envelope {
  uint64_t schema_version = Document::current_version;
  Tool tool;
  Document::Input input;
  Read read;
  std::vector<Statement> statements;
  std::vector<Text> texts;
  std::vector<Data> data;
  std::vector<Finding> findings;
  std::vector<Ignore> ignores;
};

/// Tells a tree from another one: a hash of its JSON, offsets included.
std::string node_digest(const StatementNode& node);

}  // namespace pg2crdb::ast::json

namespace pg2crdb::ast {

/// What is around the trees has no member `node`, which tells trees apart.
template <class T>
concept IsRecord = requires {
  Fields<T>::is_record;
};

#define PG2CRDB_RECORD(Type, ...)                         \
  template <>                                             \
  struct Fields<Type> {                                   \
    using T = Type;                                       \
    static constexpr bool known = true;                   \
    static constexpr bool is_record = true;               \
    static constexpr std::string_view name = #Type;       \
    template <class Use>                                  \
    static constexpr decltype(auto) with_all(Use&& use) { \
      return use(__VA_ARGS__);                            \
    }                                                     \
  };
#define F(member) field(#member, &T::member, false)
#define R(member) field(#member, &T::member, true)

PG2CRDB_RECORD(json::Tool, R(name), R(version))
PG2CRDB_RECORD(Document::Input, R(path), R(name), R(bytes), R(sha256))
PG2CRDB_RECORD(json::Span, R(begin), R(end))
PG2CRDB_RECORD(json::Read, R(statements), R(data))
PG2CRDB_RECORD(json::Statement, F(id), F(origin), F(span), F(line), F(column), F(text), F(fate), F(into),
               F(phase), F(passes), F(reason), F(digest), F(as_written), R(node))
PG2CRDB_RECORD(json::Text, R(begin), R(line), R(column), R(text))
PG2CRDB_RECORD(json::Defaulted, R(value), R(rows))
PG2CRDB_RECORD(json::Data, R(format), R(table), F(columns), R(header), R(span), R(first_line), R(rows),
               F(statements), F(statement), F(on_conflict), F(fractions), F(nested), F(defaulted),
               F(forced_null), F(forced_not_null))
PG2CRDB_RECORD(json::Finding, R(rule), F(object), R(span), R(message), F(advice))
PG2CRDB_RECORD(json::Ignore, R(rule), F(reason), F(statement), F(comment))
PG2CRDB_RECORD(json::Envelope, R(schema_version), R(tool), R(input), R(read), R(statements), F(texts),
               R(data), F(findings), F(ignores))

#undef R
#undef F
#undef PG2CRDB_RECORD

}  // namespace pg2crdb::ast
