#include "driver/workload.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>
#include <unordered_map>

#include "driver/options.h"
#include "parser/sql_tokens.h"
#include "parser/statement_text.h"
#include "rows/csv.h"
#include "support/ascii.h"
#include "support/byte_source.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using transform::Token;

struct Place {
  uint64_t begin = 0;
  uint64_t line = 1;
  uint64_t column = 1;

  Place behind(std::string_view text) const {
    Place place = *this;
    place.begin += text.size();
    if (const size_t last = text.rfind('\n'); last != std::string_view::npos) {
      place.line += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
      place.column = 1;
      text.remove_prefix(last + 1);
    }
    place.column += count_characters(text);
    return place;
  }
};

bool is_constant(const Token& token) {
  return token.kind == Token::Kind::string ||
         (token.kind == Token::Kind::other &&
          (token.text[0] == '$' || (token.text[0] >= '0' && token.text[0] <= '9')));
}

/// The same for statements that differ in constants, in how many of them a list has, in comments and blanks.
std::string shape_of(std::span<const Token> tokens) {
  std::string shape;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.text == "," && shape.ends_with(" ?") && i + 1 < tokens.size() && is_constant(tokens[i + 1])) {
      ++i;
    } else {
      shape += ' ';
      shape += is_constant(token) ? "?" : token.is_name() ? token.name() : std::string(token.text);
    }
  }
  constexpr std::string_view two_rows = " ( ? ) , ( ? )";
  for (size_t at = 0; (at = shape.find(two_rows, at)) != std::string::npos;)
    shape.erase(at, two_rows.size() / 2 + 1);
  return shape;
}

/// The text of some tokens, with something else for constants that were counted as one and where no parameter
/// can stand: `INTERVAL $1`, `EXTRACT($1 FROM t)`.
std::string text_of(const std::string& sql, std::span<const Token> tokens) {
  constexpr std::array<std::string_view, 13> types = {
      "bool", "bytea", "date",   "interval",  "json",        "jsonb", "numeric",
      "text", "time",  "timetz", "timestamp", "timestamptz", "uuid"};
  // `AT TIME ZONE $1` is an expression, `TIMESTAMP WITH TIME ZONE $1` a constant.
  const auto ends_type = [&](size_t i) {
    const auto is = [&](std::string_view type) { return tokens[i].is(type); };
    return std::ranges::any_of(types, is) ||
           (i >= 2 && is("zone") && (tokens[i - 2].is("with") || tokens[i - 2].is("without")));
  };
  const auto begins_extract = [&](size_t i) {
    return i >= 2 && tokens[i - 2].is("extract") && tokens[i - 1].text == "(";
  };
  std::string text;
  size_t copied = tokens.front().begin;
  for (size_t i = 1; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    const bool is_parameter =
        token.kind == Token::Kind::other && token.text[0] == '$' && token.text.size() > 1;
    const std::string_view other = !is_parameter       ? ""
                                   : ends_type(i - 1)  ? "''"
                                   : begins_extract(i) ? "epoch"
                                                       : "";
    if (other.empty()) continue;
    text.append(sql, copied, token.begin - copied).append(other);
    copied = token.end;
  }
  return text.append(sql, copied, tokens.back().end - copied);
}

/// Of what stands in the schema anyhow. Temporary tables are an application's own.
bool changes_schema(std::span<const Token> tokens) {
  const auto is = [&](size_t i, std::initializer_list<std::string_view> words) {
    return i < tokens.size() &&
           std::ranges::any_of(words, [&](std::string_view word) { return tokens[i].is(word); });
  };
  if (is(0, {"alter", "drop", "comment", "grant", "revoke", "reindex", "cluster", "security", "reassign"}))
    return true;
  size_t next = 1;
  while (is(next, {"or", "replace", "local", "global"})) ++next;
  return is(0, {"create"}) && !is(next, {"temp", "temporary"});
}

class Collector {
 public:
  explicit Collector(std::string path) { workload_.path = std::move(path); }

  /// Statements with semicolons between them. `explained`: by auto_explain, which may speak of what is logged
  /// as a statement, too.
  void add(std::string_view text, const Place& place, uint64_t calls, double milliseconds,
           bool explained = false) {
    if (text == "<insufficient privilege>") {
      ++workload_.hidden;
      return;
    }
    const std::string sql(text);
    const bool is_text = first_invalid_byte(sql) == sql.size() && sql.find('\0') == std::string::npos;
    const transform::ScannedSql scanned = is_text ? transform::scan(sql) : transform::ScannedSql{};
    if (!is_text || !scanned.error.empty()) return count(sql, sql, place, calls, milliseconds, explained);
    for (auto from = scanned.tokens.begin(); from != scanned.tokens.end();) {
      const auto end =
          std::find_if(from, scanned.tokens.end(), [](const Token& token) { return token.text == ";"; });
      if (from != end) {
        const std::span<const Token> tokens(from, end);
        const size_t begin = tokens.front().begin;
        if (changes_schema(tokens)) {
          ++workload_.changes_of_schema;
        } else {
          count(shape_of(tokens), text_of(sql, tokens), place.behind(std::string_view(sql).substr(0, begin)),
                calls, milliseconds, explained);
        }
      }
      from = end == scanned.tokens.end() ? end : std::next(end);
    }
  }

  Result<Workload> finish() {
    for (const auto& [shape, counts] : counts_) {
      WorkloadStatement& statement = workload_.statements[counts.statement];
      statement.calls = std::max(counts.logged, counts.explained);
      workload_.calls += statement.calls;
    }
    if (workload_.statements.empty() && workload_.changes_of_schema == 0 && workload_.hidden == 0)
      return usage_error(
          fmt::format("{} holds no statement: it is neither CSV with the columns `query` and `calls`, nor a "
                      "log with `statement:`, `execute ...:` or `Query Text:`",
                      workload_.path),
          "psql -c \"\\copy (SELECT query, calls, total_exec_time FROM pg_stat_statements) TO stats.csv CSV "
          "HEADER\" writes one; a log needs log_statement or log_min_duration_statement, and lc_messages = "
          "C");
    std::ranges::stable_sort(
        workload_.statements, [](const WorkloadStatement& one, const WorkloadStatement& other) {
          return one.calls != other.calls ? one.calls > other.calls : one.milliseconds > other.milliseconds;
        });
    // Temporary tables come before what asks them.
    std::ranges::stable_partition(workload_.statements, [](const WorkloadStatement& one) {
      return lower(std::string_view(one.sql).substr(0, 6)) == "create";
    });
    return std::move(workload_);
  }

 private:
  struct Counts {
    size_t statement = 0;
    uint64_t logged = 0;
    uint64_t explained = 0;
  };

  void count(std::string shape, std::string_view sql, const Place& place, uint64_t calls, double milliseconds,
             bool explained) {
    const auto [found, fresh] = counts_.try_emplace(std::move(shape), Counts{workload_.statements.size()});
    if (fresh)
      workload_.statements.push_back({std::string(sql), place.begin, place.line, place.column, 0, 0});
    (explained ? found->second.explained : found->second.logged) += calls;
    workload_.statements[found->second.statement].milliseconds += milliseconds;
  }

  Workload workload_;
  std::unordered_map<std::string, Counts> counts_;  // by shape
};

// --- CSV

/// The records of a text; `take` gets each one's values and the place where each of them begins.
template <class Take>
bool each_record(std::string_view text, Take take) {
  const CopyForm form = read_copy_form("CSV");
  Place place;
  std::vector<Field> fields;
  std::string scratch;
  while (!text.empty()) {
    CsvScanner scanner;
    const size_t size = std::min(scanner.find_end(text), text.size());
    const std::string_view whole = text.substr(0, size);
    std::string_view record = whole;
    while (record.ends_with('\n') || record.ends_with('\r')) record.remove_suffix(1);
    if (!decode_csv_record(record, form, fields, scratch)) return false;
    if (!take(record, place, fields)) return true;
    place = place.behind(whole);
    text.remove_prefix(size);
  }
  return true;
}

/// Where the value of a record's field begins, behind its quote.
Place place_of(std::string_view record, const Place& place, size_t field) {
  bool quoted = false;
  size_t at = 0;
  for (; at < record.size() && field > 0; ++at) {
    if (record[at] == '"') quoted = !quoted;
    if (record[at] == ',' && !quoted) --field;
  }
  if (at < record.size() && record[at] == '"') ++at;
  return place.behind(record.substr(0, at));
}

/// Of pg_stat_statements.
struct Columns {
  static constexpr size_t none = static_cast<size_t>(-1);
  size_t query = none;
  size_t calls = none;
  size_t time = none;

  bool good() const { return query != none && calls != none; }
  size_t last() const { return std::max(query, calls); }
};

Columns columns_of(const std::vector<Field>& header) {
  Columns columns;
  for (size_t i = 0; i < header.size(); ++i) {
    const std::string name = lower(header[i].text);
    if (name == "query") columns.query = i;
    if (name == "calls") columns.calls = i;
    if (name == "total_exec_time" || name == "total_time") columns.time = i;
  }
  return columns;
}

template <class Number>
Number number_in(std::string_view text) {
  Number number = {};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// False where quotes stay open.
bool take_statistics(std::string_view text, const Columns& columns, Collector& into) {
  bool is_header = true;
  return each_record(
      text, [&](std::string_view record, const Place& place, const std::vector<Field>& fields) {
        if (!is_header && fields.size() > columns.last())
          into.add(fields[columns.query].text, place_of(record, place, columns.query),
                   number_in<uint64_t>(fields[columns.calls].text),
                   columns.time < fields.size() ? number_in<double>(fields[columns.time].text) : 0);
        is_header = false;
        return true;
      });
}

// --- logs

/// What auto_explain wrote behind `plan:`; empty where it is no query.
std::string query_of_plan(std::string_view plan) {
  const size_t first = plan.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && plan[first] == '{') {
    simdjson::dom::parser parser;
    std::string_view query;
    const simdjson::padded_string json(plan.substr(first));
    return parser.parse(json)["Query Text"].get(query) == simdjson::SUCCESS ? std::string(query)
                                                                            : std::string();
  }
  constexpr std::string_view label = "Query Text: ";
  const size_t found = plan.find(label);
  if (found == std::string_view::npos) return {};
  plan.remove_prefix(found + label.size());
  size_t end = 0;
  while (end < plan.size()) {
    const size_t line_end = std::min(plan.find('\n', end), plan.size());
    const std::string_view line = plan.substr(end, line_end - end);
    if (line.starts_with("Query Parameters: ") || line.find("  (cost=") != std::string_view::npos ||
        line.find("  (actual ") != std::string_view::npos)
      break;
    end = std::min(line_end + 1, plan.size());
  }
  return std::string(plan.substr(0, end));
}

/// What stands behind `LOG:`.
void take_message(std::string_view message, const Place& place, Collector& into) {
  const std::string_view whole = message;
  double milliseconds = 0;
  constexpr std::string_view duration = "duration: ";
  if (message.starts_with(duration)) {
    message.remove_prefix(duration.size());
    milliseconds = number_in<double>(message);
    const size_t unit = message.find(" ms");
    if (unit == std::string_view::npos) return;
    message.remove_prefix(std::min(message.find_first_not_of(' ', unit + 3), message.size()));
  }
  if (constexpr std::string_view plan = "plan:"; message.starts_with(plan)) {
    const std::string query = query_of_plan(message.substr(plan.size()));
    const size_t at = whole.find(query.substr(0, query.find('\n')));
    return into.add(query, place.behind(whole.substr(0, std::min(at, whole.size()))), 1, milliseconds, true);
  }
  // Further rows of a cursor are no further call; what is parsed and bound is executed, too.
  const bool executes = message.starts_with("execute ") && !message.starts_with("execute fetch from ");
  if (!executes && !message.starts_with("statement: ")) return;
  const size_t colon = message.find(": ");
  if (colon == std::string_view::npos) return;
  message.remove_prefix(colon + 2);
  into.add(message, place.behind(whole.substr(0, whole.size() - message.size())), 1, milliseconds);
}

constexpr size_t message_of_csvlog = 13;
constexpr size_t least_columns_of_csvlog = 23;

/// False where quotes stay open.
bool take_csvlog(std::string_view text, Collector& into) {
  return each_record(
      text, [&](std::string_view record, const Place& place, const std::vector<Field>& fields) {
        if (fields.size() >= least_columns_of_csvlog)
          take_message(fields[message_of_csvlog].text, place_of(record, place, message_of_csvlog), into);
        return true;
      });
}

/// Lines with any prefix; those that go on begin with a tab.
void take_log(std::string_view text, Collector& into) {
  constexpr std::string_view label = "LOG:  ";
  std::string message;
  Place at;
  const auto end = [&] {
    if (!message.empty()) take_message(message, at, into);
    message.clear();
  };
  for (Place place; !text.empty();) {
    const size_t size = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string_view line = text.substr(0, size);
    const size_t found = line.find(label);
    const size_t length = line.find_last_not_of("\r\n") + 1;
    if (line.starts_with('\t')) {
      if (!message.empty()) message.append("\n").append(line.substr(1, length - 1));
    } else {
      end();
      if (found != std::string_view::npos) {
        message = line.substr(found + label.size(), length - found - label.size());
        at = place.behind(line.substr(0, found + label.size()));
      }
    }
    place = place.behind(line);
    text.remove_prefix(size);
  }
  end();
}

Result<std::string> read_all(const std::string& path) {
  auto source = open_input(path);
  if (!source) return source.error();
  std::string text;
  constexpr size_t piece = size_t{1} << 20;
  while (true) {
    const size_t before = text.size();
    text.resize(before + piece);
    const auto count = (*source)->read(text.data() + before, piece);
    if (!count) return count.error();
    text.resize(before + *count);
    if (*count == 0) return text;
  }
}

}  // namespace

Result<Workload> read_workload(const std::string& path) {
  const Result<std::string> text = read_all(path);
  if (!text) return text.error();
  Columns columns;
  bool is_csvlog = false;
  each_record(*text, [&](std::string_view, const Place&, const std::vector<Field>& fields) {
    columns = columns_of(fields);
    is_csvlog = fields.size() >= least_columns_of_csvlog && !columns.good();
    return false;
  });
  Collector collector(path);
  bool whole = true;
  if (columns.good()) {
    whole = take_statistics(*text, columns, collector);
  } else if (is_csvlog) {
    whole = take_csvlog(*text, collector);
  } else {
    take_log(*text, collector);
  }
  if (!whole) return usage_error(fmt::format("{} is cut off: a quote in it stays open", path));
  return collector.finish();
}

}  // namespace pg2crdb
