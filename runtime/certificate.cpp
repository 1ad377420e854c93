#include "runtime/certificate.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>

#include "support/json.h"
#include "support/sha256.h"

namespace pg2crdb {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view beginning = "{\n  \"certificate\": ";
constexpr std::string_view before_digest = "  \"sha256\": \"";
constexpr std::string_view behind_digest = "\"\n}\n";
constexpr size_t digest_size = 64;

std::string digest_of(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.hexadecimal();
}

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ", ";
    out += json_text(text);
  }
  return out + "]";
}

std::string json_rows(std::string_view side, const HashedRows& rows) {
  return fmt::format(R"("{0}_rows": {1}, "{0}_hash": "{2:016x}{3:016x}")", side, rows.rows, rows.hash.high,
                     rows.hash.low);
}

/// `"name": [`, an item a line.
template <class T, class Text>
std::string json_lines(std::string_view name, const std::vector<T>& items, const Text& text) {
  std::string out = fmt::format("  \"{}\": [", name);
  for (const T& item : items) {
    if (out.back() == '}') out += ',';
    out += "\n    " + text(item);
  }
  return out + (items.empty() ? "],\n" : "\n  ],\n");
}

std::string json_table(const Certificate::Table& table) {
  return fmt::format(R"({{"schema": {}, "name": {}, {}, {}, "columns": {}, "left_out": {}}})",
                     json_text(table.table.schema), json_text(table.table.name),
                     json_rows("source", table.source), json_rows("target", table.target),
                     json_list(table.columns), json_list(table.left_out));
}

std::string json_name(const ObjectName& table) {
  return fmt::format(R"({{"schema": {}, "name": {}}})", json_text(table.schema), json_text(table.name));
}

std::string json_left_out(const LoadPlan::LeftOut& rows) {
  return fmt::format(R"({{"schema": {}, "table": {}, "rows": {}, "reason": {}}})", json_text(rows.schema),
                     json_text(rows.table), rows.rows, json_text(rows.reason));
}

std::string json_input(const LoadPlan::Input& input) {
  return fmt::format(R"({{"path": {}, "bytes": {}, "sha256": {}}})", json_text(input.path), input.bytes,
                     json_text(input.sha256));
}

Error refused(std::string why, std::string advice) {
  return {Error::Kind::usage, "the certificate " + std::move(why), {}, std::move(advice)};
}

/// Reads fields until one is wrong, whose name it keeps.
class Reader {
 public:
  const std::string& problem() const { return problem_; }

  template <class T>
  T get(dom::object object, std::string_view name) {
    T value{};
    if (object[name].get(value) != simdjson::SUCCESS && problem_.empty()) problem_ = name;
    return value;
  }

  std::string text(dom::object object, std::string_view name) {
    return std::string(get<std::string_view>(object, name));
  }

  std::vector<std::string> texts(dom::object object, std::string_view name) {
    std::vector<std::string> all;
    for (const dom::element element : get<dom::array>(object, name)) {
      std::string_view one;
      if (element.get(one) != simdjson::SUCCESS && problem_.empty()) problem_ = name;
      all.emplace_back(one);
    }
    return all;
  }

  std::vector<dom::object> objects(dom::object object, std::string_view name) {
    std::vector<dom::object> all;
    for (const dom::element element : get<dom::array>(object, name)) {
      dom::object one;
      if (element.get(one) == simdjson::SUCCESS) {
        all.push_back(one);
      } else if (problem_.empty()) {
        problem_ = name;
      }
    }
    return all;
  }

  HashedRows rows(dom::object object, const std::string& side) {
    HashedRows rows;
    rows.rows = get<uint64_t>(object, side + "_rows");
    const std::string hash = text(object, side + "_hash");
    const char* middle = hash.data() + hash.size() / 2;
    const char* end = hash.data() + hash.size();
    const auto high = std::from_chars(hash.data(), middle, rows.hash.high, 16);
    const auto low = std::from_chars(middle, end, rows.hash.low, 16);
    const bool read = hash.size() == 32 && high.ec == std::errc() && high.ptr == middle &&
                      low.ec == std::errc() && low.ptr == end;
    if (!read && problem_.empty()) problem_ = side + "_hash";
    return rows;
  }

 private:
  std::string problem_;
};

Certificate::Table table_of(Reader& reader, dom::object object) {
  Certificate::Table table;
  table.table = {reader.text(object, "schema"), reader.text(object, "name")};
  table.source = reader.rows(object, "source");
  table.target = reader.rows(object, "target");
  table.columns = reader.texts(object, "columns");
  table.left_out = reader.texts(object, "left_out");
  return table;
}

Certificate certificate_of(Reader& reader, dom::object root) {
  Certificate certificate;
  certificate.tool = reader.text(root, "tool");
  certificate.moment = reader.text(root, "moment");
  certificate.row_hash = static_cast<int>(reader.get<int64_t>(root, "row_hash"));
  certificate.plan = reader.text(root, "plan");
  for (const dom::object input : reader.objects(root, "inputs")) {
    certificate.inputs.push_back(
        {reader.text(input, "path"), reader.get<uint64_t>(input, "bytes"), reader.text(input, "sha256")});
  }
  certificate.source = reader.text(root, "source");
  certificate.target = reader.text(root, "target");
  certificate.database = reader.text(root, "database");
  for (const dom::object table : reader.objects(root, "tables")) {
    certificate.tables.push_back(table_of(reader, table));
  }
  // Older ones have no such field.
  if (dom::array tables; root["tables_left_out"].get(tables) != simdjson::NO_SUCH_FIELD) {
    for (const dom::object table : reader.objects(root, "tables_left_out"))
      certificate.tables_left_out.push_back({reader.text(table, "schema"), reader.text(table, "name")});
  }
  for (const dom::object rows : reader.objects(root, "rows_left_out")) {
    certificate.rows_left_out.push_back({reader.text(rows, "schema"), reader.text(rows, "table"),
                                         reader.get<uint64_t>(rows, "rows"), reader.text(rows, "reason")});
  }
  certificate.schema_differences = reader.get<uint64_t>(root, "schema_differences");
  certificate.equal = reader.text(root, "verdict") == "equal";
  return certificate;
}

/// What stands before the digest, where that is the text's and nothing stands behind it but the end.
bool is_whole(std::string_view text) {
  const size_t tail = before_digest.size() + digest_size + behind_digest.size();
  if (text.size() < tail) return false;
  const std::string_view body = text.substr(0, text.size() - tail);
  return text.substr(body.size()) == fmt::format("{}{}{}", before_digest, digest_of(body), behind_digest);
}

}  // namespace

std::string to_json(const Certificate& certificate) {
  std::string out = fmt::format("{}{},\n", beginning, Certificate::current_version);
  const auto text = [&](std::string_view name, std::string_view value) {
    out += fmt::format("  \"{}\": {},\n", name, json_text(value));
  };
  text("tool", certificate.tool);
  text("moment", certificate.moment);
  out += fmt::format("  \"row_hash\": {},\n", certificate.row_hash);
  text("plan", certificate.plan);
  out += json_lines("inputs", certificate.inputs, json_input);
  text("source", certificate.source);
  text("target", certificate.target);
  text("database", certificate.database);
  out += json_lines("tables", certificate.tables, json_table);
  out += json_lines("tables_left_out", certificate.tables_left_out, json_name);
  out += json_lines("rows_left_out", certificate.rows_left_out, json_left_out);
  out += fmt::format("  \"schema_differences\": {},\n", certificate.schema_differences);
  text("verdict", certificate.equal ? "equal" : "differs");
  return out + fmt::format("{}{}{}", before_digest, digest_of(out), behind_digest);
}

bool is_certificate(std::string_view text) {
  return text.starts_with(beginning);
}

Result<Certificate> parse_certificate(std::string_view text) {
  if (!is_certificate(text))
    return refused("is none, or its beginning was changed",
                   "`pg2crdb verify DIR --certificate FILE` writes one");
  if (!is_whole(text)) {
    return refused("was changed since it was written, or cut short: its SHA-256 is not that of its lines",
                   "take the file as it was written, or compare again and write a new one");
  }
  dom::parser parser;
  dom::object root;
  if (parser.parse(text).get(root) != simdjson::SUCCESS)
    return refused("is not JSON", "compare again and write a new one");
  Reader reader;
  if (const auto version = reader.get<int64_t>(root, "certificate");
      version != Certificate::current_version) {
    return refused(fmt::format("is of version {}, and this program knows version {}", version,
                               Certificate::current_version),
                   "check it with the pg2crdb that wrote it, or a newer one");
  }
  Certificate certificate = certificate_of(reader, root);
  if (!reader.problem().empty())
    return refused(fmt::format("has no `{}` that can be read", reader.problem()),
                   "compare again and write a new one");
  return certificate;
}

}  // namespace pg2crdb
