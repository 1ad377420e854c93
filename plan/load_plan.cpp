#include "plan/load_plan.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "support/hex.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

constexpr std::array<std::string_view, 5> conversion_names = {"none", "trim-blanks", "uuid-of-key",
                                                              "money-to-decimal", "hstore-to-json"};
constexpr std::array<std::string_view, 4> phase_names = {"roles", "pre-data", "post-data", "revalidate"};
constexpr std::array<std::string_view, 2> format_names = {"insert", "copy"};
constexpr std::array<std::string_view, 3> header_names = {"none", "names", "match"};

const auto& names_of(LoadPlan::Conversion) {
  return conversion_names;
}
const auto& names_of(LoadPlan::Data::Format) {
  return format_names;
}
const auto& names_of(CopyForm::Header) {
  return header_names;
}

// The fields of each structure, in the order of the text; writer and reader both go through them.
template <class Visitor, class Input>
void visit_fields(Visitor& visitor,
                  Input& input) requires std::is_same_v<std::remove_const_t<Input>, LoadPlan::Input> {
  visitor("path", input.path);
  visitor("bytes", input.bytes);
  visitor("sha256", input.sha256);
}

template <class Visitor, class Statement>
void visit_fields(Visitor& visitor, Statement& statement) requires
    std::is_same_v<std::remove_const_t<Statement>, LoadPlan::Statement> {
  visitor("phase", statement.phase);
  visitor("sql", statement.sql);
  visitor("kind", statement.kind);
  visitor("object", statement.object);
  visitor("file", statement.file);
  visitor("line", statement.line);
}

template <class Visitor, class Column>
void visit_fields(Visitor& visitor,
                  Column& column) requires std::is_same_v<std::remove_const_t<Column>, LoadPlan::Column> {
  visitor("name", column.name);
  visitor.unless_same("source_name", column.source_name, column.name);
  visitor("source_type", column.source_type);
  visitor("target_type", column.target_type);
  visitor("conversion", column.conversion);
  visitor("namespace", column.namespace_);
  visitor("generated", column.generated);
  visitor("not_null", column.not_null);
  visitor("has_default", column.has_default);
}

template <class Visitor, class Default>
void visit_fields(Visitor& visitor,
                  Default& value) requires std::is_same_v<std::remove_const_t<Default>, LoadPlan::Default> {
  visitor("value", value.value);
  visitor("null", value.null);
  visitor("text", value.text);
}

template <class Visitor, class Data>
void visit_fields(Visitor& visitor,
                  Data& data) requires std::is_same_v<std::remove_const_t<Data>, LoadPlan::Data> {
  visitor("input", data.input);
  visitor("format", data.format);
  visitor("begin", data.begin);
  visitor("end", data.end);
  visitor("first_line", data.first_line);
  visitor("rows", data.rows);
  visitor("columns", data.columns);
  visitor.unless_empty("skipped", data.skipped);
  visitor.unless_empty("rounded", data.rounded);
  visitor.unless_empty("defaults", data.defaults);
  visitor.unless_same("csv", data.form.csv, false);
  visitor.unless_same("delimiter", data.form.delimiter, "\t");
  visitor.unless_same("null", data.form.null, "\\N");
  visitor.unless_same("quote", data.form.quote, "\"");
  visitor.unless_same("escape", data.form.escape, "\"");
  visitor.unless_same("header", data.form.header, CopyForm::Header::none);
  visitor.unless_empty("forced_null", data.forced_null);
  visitor.unless_empty("forced_not_null", data.forced_not_null);
}

template <class Visitor, class Table>
void visit_fields(Visitor& visitor,
                  Table& table) requires std::is_same_v<std::remove_const_t<Table>, LoadPlan::Table> {
  visitor("schema", table.schema);
  visitor("name", table.name);
  visitor.unless_same("source_schema", table.source_schema, table.schema);
  visitor.unless_same("source_name", table.source_name, table.name);
  visitor("columns", table.columns);
  visitor("key", table.key);
  visitor("row_security", table.row_security);
  visitor("data", table.data);
}

template <class Visitor, class Sequence>
void visit_fields(Visitor& visitor, Sequence& sequence) requires
    std::is_same_v<std::remove_const_t<Sequence>, LoadPlan::Sequence> {
  visitor("schema", sequence.schema);
  visitor("name", sequence.name);
  visitor.unless_same("source_schema", sequence.source_schema, sequence.schema);
  visitor.unless_same("source_name", sequence.source_name, sequence.name);
  visitor("value", sequence.value);
  visitor("is_called", sequence.is_called);
  visitor("has_value", sequence.has_value);
  visitor("file", sequence.file);
  visitor("line", sequence.line);
}

template <class Visitor, class Index>
void visit_fields(Visitor& visitor,
                  Index& index) requires std::is_same_v<std::remove_const_t<Index>, LoadPlan::Index> {
  visitor("phase", index.phase);
  visitor("schema", index.schema);
  visitor("table", index.table);
  visitor("name", index.name);
  visitor("unique", index.unique);
  visitor("columns", index.columns);
}

template <class Visitor, class Constraint>
void visit_fields(Visitor& visitor, Constraint& constraint) requires
    std::is_same_v<std::remove_const_t<Constraint>, LoadPlan::Constraint> {
  visitor("phase", constraint.phase);
  visitor("schema", constraint.schema);
  visitor("table", constraint.table);
  visitor("name", constraint.name);
  visitor("kind", constraint.kind);
}

template <class Visitor, class Enum>
void visit_fields(Visitor& visitor,
                  Enum& enumeration) requires std::is_same_v<std::remove_const_t<Enum>, LoadPlan::Enum> {
  visitor("schema", enumeration.schema);
  visitor("name", enumeration.name);
  visitor("labels", enumeration.labels);
}

template <class Visitor, class Policy>
void visit_fields(Visitor& visitor,
                  Policy& policy) requires std::is_same_v<std::remove_const_t<Policy>, LoadPlan::Policy> {
  visitor("phase", policy.phase);
  visitor("schema", policy.schema);
  visitor("table", policy.table);
  visitor("name", policy.name);
}

template <class Visitor, class LeftOut>
void visit_fields(Visitor& visitor,
                  LeftOut& rows) requires std::is_same_v<std::remove_const_t<LeftOut>, LoadPlan::LeftOut> {
  visitor("schema", rows.schema);
  visitor("table", rows.table);
  visitor("rows", rows.rows);
  visitor("reason", rows.reason);
}

template <class Visitor, class Plan>
void visit_fields(Visitor& visitor, Plan& plan) requires std::is_same_v<std::remove_const_t<Plan>, LoadPlan> {
  visitor("version", plan.version);
  visitor("tool", plan.tool);
  visitor("target", plan.target);
  visitor("inputs", plan.inputs);
  visitor("statements", plan.statements);
  visitor("tables", plan.tables);
  visitor("sequences", plan.sequences);
  visitor("indexes", plan.indexes);
  visitor("constraints", plan.constraints);
  visitor("enums", plan.enums);
  visitor("policies", plan.policies);
  visitor.unless_empty("left_out", plan.left_out);
}

template <class T>
constexpr bool is_vector = false;
template <class T>
constexpr bool is_vector<std::vector<T>> = true;

// A plan and its tables spread over lines; everything smaller is one line.
template <class T>
constexpr bool spreads = std::is_same_v<T, LoadPlan> || std::is_same_v<T, LoadPlan::Table>;

class Writer {
 public:
  /// `expected_size`: about the bytes of the text, which would be copied again and again where it grows.
  explicit Writer(size_t expected_size) { out_.reserve(expected_size); }

  template <class T>
  void value(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      string(value);
    } else if constexpr (std::is_same_v<T, bool>) {
      out_ += value ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
      fmt::format_to(std::back_inserter(out_), "{}", value);
    } else if constexpr (std::is_enum_v<T>) {
      string(names_of(value)[static_cast<size_t>(value)]);
    } else if constexpr (is_vector<T>) {
      list(value);
    } else {
      object(value);
    }
  }

  template <class T>
  void operator()(std::string_view name, const T& field) {
    if (!first_) out_ += ',';
    if (spread_) {
      line();
    } else if (!first_) {
      out_ += ' ';
    }
    first_ = false;
    string(name);
    out_ += ": ";
    value(field);
  }

  /// A field that is `usual` where the text does not have it.
  template <class T>
  void unless_same(std::string_view name, const T& field, const std::type_identity_t<T>& usual) {
    if (field != usual) (*this)(name, field);
  }

  /// A list that is empty where the text does not have it.
  template <class T>
  void unless_empty(std::string_view name, const std::vector<T>& field) {
    if (!field.empty()) (*this)(name, field);
  }

  std::string take() { return std::move(out_); }

 private:
  void line() {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  template <class T>
  void object(const T& object) {
    const bool outer_first = first_;
    const bool outer_spread = spread_;
    first_ = true;
    spread_ = spreads<T>;
    out_ += '{';
    ++depth_;
    visit_fields(*this, object);
    --depth_;
    if (spread_) line();
    out_ += '}';
    first_ = outer_first;
    spread_ = outer_spread;
  }

  template <class T>
  void list(const std::vector<T>& list) {
    constexpr bool one_line = std::is_same_v<T, std::string> || std::is_integral_v<T>;
    out_ += '[';
    ++depth_;
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += one_line ? ", " : ",";
      if (!one_line) line();
      value(list[i]);
    }
    --depth_;
    if (!one_line && !list.empty()) line();
    out_ += ']';
  }

  // JSON is UTF-8; text in another encoding, which a name or a path may be in, is written as {"hex": "..."}.
  void string(std::string_view text) {
    if (!simdjson::validate_utf8(text.data(), text.size())) {
      out_ += R"({"hex": ")";
      for (const char byte : text) append_hex(out_, static_cast<unsigned char>(byte));
      out_ += "\"}";
      return;
    }
    append_json_string(out_, text);
  }

  std::string out_;
  size_t depth_ = 0;
  bool first_ = true;
  bool spread_ = false;
};

// Reads until the first thing that is wrong, and remembers where that was.
class Reader {
 public:
  const std::string& problem() const { return problem_; }

  template <class T>
  void value(simdjson::dom::element element, T& out) {
    if constexpr (std::is_same_v<T, std::string>) {
      string(element, out);
    } else if constexpr (std::is_same_v<T, bool>) {
      if (element.get(out) != simdjson::SUCCESS) fail("is neither true nor false");
    } else if constexpr (std::is_integral_v<T>) {
      integer(element, out);
    } else if constexpr (std::is_enum_v<T>) {
      enumeration(element, out);
    } else if constexpr (is_vector<T>) {
      list(element, out);
    } else {
      object(element, out);
    }
  }

  template <class T>
  void operator()(std::string_view name, T& field) {
    if (!problem_.empty()) return;
    const size_t outer = path_.size();
    if (!path_.empty()) path_ += '.';
    path_ += name;
    simdjson::dom::element element;
    if (object_[name].get(element) != simdjson::SUCCESS) {
      fail("is missing");
    } else {
      value(element, field);
    }
    path_.resize(outer);
  }

  template <class T>
  void unless_same(std::string_view name, T& field, const std::type_identity_t<T>& usual) {
    simdjson::dom::element element;
    if (problem_.empty() && object_[name].get(element) == simdjson::SUCCESS) {
      (*this)(name, field);
    } else {
      field = usual;
    }
  }

  template <class T>
  void unless_empty(std::string_view name, std::vector<T>& field) {
    simdjson::dom::element element;
    if (problem_.empty() && object_[name].get(element) == simdjson::SUCCESS) (*this)(name, field);
  }

 private:
  void fail(std::string_view what) {
    if (problem_.empty()) problem_ = fmt::format("{} {}", path_.empty() ? "the text" : path_, what);
  }

  template <class T>
  void object(simdjson::dom::element element, T& out) {
    const simdjson::dom::object outer = object_;
    if (element.get(object_) != simdjson::SUCCESS) {
      fail("is no object");
    } else {
      visit_fields(*this, out);
    }
    object_ = outer;
  }

  template <class T>
  void list(simdjson::dom::element element, std::vector<T>& out) {
    simdjson::dom::array array;
    if (element.get(array) != simdjson::SUCCESS) {
      fail("is no list");
      return;
    }
    const size_t outer = path_.size();
    for (const simdjson::dom::element item : array) {
      path_ += fmt::format("[{}]", out.size());
      value(item, out.emplace_back());
      path_.resize(outer);
      if (!problem_.empty()) return;
    }
  }

  void string(simdjson::dom::element element, std::string& out) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) {
      out = text;
      return;
    }
    if (element["hex"].get(text) == simdjson::SUCCESS) {
      if (std::optional<std::string> bytes = from_hex(text)) {
        out = std::move(*bytes);
        return;
      }
    }
    fail("is no string");
  }

  template <class T>
  void integer(simdjson::dom::element element, T& out) {
    if constexpr (std::is_signed_v<T>) {
      int64_t number = 0;
      if (element.get(number) == simdjson::SUCCESS && std::in_range<T>(number)) {
        out = static_cast<T>(number);
        return;
      }
    } else {
      uint64_t number = 0;
      if (element.get(number) == simdjson::SUCCESS && std::in_range<T>(number)) {
        out = static_cast<T>(number);
        return;
      }
    }
    fail("is no whole number in range");
  }

  template <class T>
  void enumeration(simdjson::dom::element element, T& out) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) {
      const auto& names = names_of(T{});
      for (size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) {
          out = static_cast<T>(i);
          return;
        }
      }
    }
    fail("is no word that is known here");
  }

  simdjson::dom::object object_;
  std::string path_;
  std::string problem_;
};

Error not_a_plan(const std::string& what) {
  return {.kind = Error::Kind::usage,
          .message = "this is no load plan: " + what,
          .sqlstate = {},
          .advice = "compile the dump again: `pg2crdb compile --out-dir` writes load-plan.json"};
}

}  // namespace

std::string_view to_string(LoadPlan::Conversion conversion) {
  return conversion_names[static_cast<size_t>(conversion)];
}

std::string to_json(const LoadPlan& plan) {
  constexpr size_t of_a_statement = 256, of_a_column = 256, of_a_constraint = 192;
  size_t expected_size = (plan.indexes.size() + plan.constraints.size()) * of_a_constraint;
  for (const LoadPlan::Statement& statement : plan.statements)
    expected_size += statement.sql.size() + of_a_statement;
  for (const LoadPlan::Table& table : plan.tables) expected_size += table.columns.size() * of_a_column;
  Writer writer(expected_size);
  writer.value(plan);
  return writer.take() + "\n";
}

Result<LoadPlan> parse_load_plan(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const simdjson::error_code error = parser.parse(json.data(), json.size()).get(root);
  if (error != simdjson::SUCCESS) return not_a_plan(simdjson::error_message(error));

  int64_t version = 0;
  if (root["version"].get(version) == simdjson::SUCCESS && version != LoadPlan::current_version) {
    return Error{.kind = Error::Kind::usage,
                 .message = fmt::format("the load plan is of version {}, this program knows version {} only",
                                        version, LoadPlan::current_version),
                 .sqlstate = {},
                 .advice = "compile the dump again with this program"};
  }
  LoadPlan plan;
  Reader reader;
  reader.value(root, plan);
  if (!reader.problem().empty()) return not_a_plan(reader.problem());
  // One of a phase that nothing knows would never be run.
  for (size_t s = 0; s < plan.statements.size(); ++s) {
    if (std::ranges::find(phase_names, plan.statements[s].phase) == phase_names.end())
      return not_a_plan(fmt::format("statements[{}].phase is none of {}", s, fmt::join(phase_names, ", ")));
  }
  for (size_t t = 0; t < plan.tables.size(); ++t) {
    for (const LoadPlan::Data& data : plan.tables[t].data) {
      if (data.input >= plan.inputs.size()) {
        return not_a_plan(
            fmt::format("tables[{}] has rows in input {}, of {} inputs", t, data.input, plan.inputs.size()));
      }
    }
  }
  return plan;
}

}  // namespace pg2crdb
