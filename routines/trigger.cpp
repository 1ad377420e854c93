#include "routines/trigger.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <string_view>

#include "ast/expr.h"
#include "emit/sql.h"
#include "routines/trigger_words.h"
#include "support/words.h"

namespace pg2crdb::routines {

namespace {

constexpr std::string_view arguments_word = "tg_argv", count_word = "tg_nargs";

std::string text(const std::string& value) {
  ast::Cast cast;
  cast.argument = ast::Expr{ast::Literal{ast::Literal::Kind::string, value}};
  cast.type.name = {"pg_catalog", "text"};
  return to_sql(ast::Expr{std::move(cast)}, Dialect::cockroachdb);
}

bool reads_any(const std::string& body, std::initializer_list<std::string_view> names) {
  if (std::ranges::none_of(names, [&](std::string_view name) { return has_word(body, name); })) return false;
  const TriggerWords words(body);
  for (size_t i = 0; i < words.size(); ++i) {
    for (const std::string_view name : names) {
      if (words.is_name(i, name)) return true;
    }
  }
  return false;
}

/// TG_ARGV as a whole, where nobody sees which number its first element has.
bool is_whole_array(const TriggerWords& words, size_t i) {
  const bool in_parentheses = i > 1 && words.is(i - 1, "(") && (words.is(i + 1, ")") || words.is(i + 1, ","));
  const bool of_elements = in_parentheses && (words.is(i - 2, "any") || words.is(i - 2, "unnest") ||
                                              words.is(i - 2, "array_to_string"));
  return of_elements || (i > 1 && words.is(i - 1, "array") && words.is(i - 2, "in"));
}

std::string array_of(const std::vector<std::string>& arguments) {
  std::string list;
  for (const std::string& argument : arguments) list += (list.empty() ? "" : ", ") + text(argument);
  return arguments.empty() ? "NULL::TEXT[]" : "ARRAY[" + list + "]";
}

}  // namespace

bool TriggerWords::begins_statement(size_t i) const {
  return i == 0 || is(i - 1, ";") || is(i - 1, "begin") || is(i - 1, "then") || is(i - 1, "else") ||
         is(i - 1, "loop");
}

size_t TriggerWords::closing(size_t open) const {
  size_t depth = 0;
  for (size_t i = open; i < size(); ++i) {
    if (is(i, "(")) ++depth;
    if (is(i, ")") && --depth == 0) return i;
  }
  return size();
}

bool reads_arguments(const std::string& body) {
  return reads_any(body, {arguments_word, count_word});
}

std::optional<std::string> with_arguments(const std::string& body,
                                          const std::vector<std::string>& arguments) {
  const TriggerWords words(body);
  std::string result = body;
  for (size_t i = words.size(); i-- > 0;) {
    size_t last = i;
    std::string value;
    if (words.is_name(i, count_word)) {
      value = std::to_string(arguments.size());
    } else if (!words.is_name(i, arguments_word)) {
      continue;
    } else if (is_whole_array(words, i)) {
      value = array_of(arguments);
    } else {
      if (!words.is(i + 1, "[") || !words.is(i + 3, "]") || words.is(i + 4, "[")) return std::nullopt;
      last = i + 3;
      const std::string_view number = words[i + 2].text;
      size_t index = 0;
      const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
      if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
      value = index < arguments.size() ? text(arguments[index]) : "NULL::TEXT";
    }
    result.replace(words[i].begin, words[last].end - words[i].begin, value);
  }
  return result;
}

std::vector<RowField> row_fields(const std::string& body) {
  const TriggerWords words(body);
  std::vector<RowField> fields;
  for (size_t i = 0; i < words.size(); ++i) {
    const size_t length = words.row(i);
    const bool is_alias = i > 0 && words.is(i - 1, "as");
    if (length == 0 || is_alias || !words.is(i + length, ".")) continue;
    const size_t field = i + length + 1;
    if (field < words.size() && words[field].is_name())
      fields.push_back({words.is_name(i + length / 2, "old"), words[field].name()});
    i = field;
  }
  return fields;
}

bool reads_whole_old(const std::string& body) {
  const TriggerWords words(body);
  for (size_t i = 0; i < words.size(); ++i) {
    if (!words.is_name(i, "old")) continue;
    const size_t behind = words.is(i + 1, ")") ? i + 2 : i + 1;
    const bool is_field = words.is(behind, ".") && !words.is(behind + 1, "*");
    const bool is_returned = i > 0 && words.is(i - 1, "return");
    const bool is_either = i > 4 && words.is(i - 4, "coalesce") && words.is(i - 5, "return");
    if (!is_field && !is_returned && !is_either) return true;
  }
  return false;
}

bool reads_table_name(const std::string& body) {
  return reads_any(body, {"tg_table_name", "tg_relname", "tg_relid"});
}

bool executes(const std::string& body) {
  return reads_any(body, {"execute"});
}

bool executes_by_table(const std::string& body) {
  return executes(body) && reads_any(body, {"tg_table_name", "tg_relname", "tg_table_schema"});
}

std::string with_table(const std::string& body, const std::string& schema, const std::string& table) {
  const TriggerWords words(body);
  std::string result = body;
  for (size_t i = words.size(); i-- > 0;) {
    const bool is_table = words.is_name(i, "tg_table_name") || words.is_name(i, "tg_relname");
    const bool is_alias = i > 0 && words.is(i - 1, "as");
    if (is_alias || (!is_table && !words.is_name(i, "tg_table_schema"))) continue;
    result.replace(words[i].begin, words[i].end - words[i].begin, text(is_table ? table : schema));
  }
  return result;
}

bool ends_transaction(const std::string& body) {
  const TriggerWords words(body);
  for (size_t i = 0; i < words.size(); ++i) {
    if (words.begins_statement(i) && (words.is(i, "commit") || words.is(i, "rollback"))) return true;
  }
  return false;
}

bool reads_trigger_name(const std::string& body) {
  return reads_any(body, {"tg_name"});
}

}  // namespace pg2crdb::routines
