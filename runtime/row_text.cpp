#include "runtime/row_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "support/result.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

bool is_enum(const LoadPlan& plan, const LoadPlan::Column& column) {
  return std::any_of(plan.enums.begin(), plan.enums.end(), [&](const LoadPlan::Enum& type) {
    return column.target_type == quote_name(type.schema, type.name);
  });
}

bool is_plain_text(std::string_view source_type) {
  return source_type == "text" || source_type.starts_with("character varying") ||
         source_type.starts_with("varchar");
}

/// Whether a value's text may hold any byte, and so has to tell how long it is.
bool holds_anything(CanonicalForm form) {
  return form == CanonicalForm::text || form == CanonicalForm::blank_padded;
}

/// Where a value is not NULL, PostgreSQL's concat_ws() writes it as a cast does, without making a text of it
/// first.
std::string uncast(CanonicalForm form, const std::string& text, const std::string& name) {
  switch (form) {
    case CanonicalForm::boolean:
    case CanonicalForm::integer:
    case CanonicalForm::number:
    case CanonicalForm::date:
    case CanonicalForm::timestamp:
    case CanonicalForm::time:
    case CanonicalForm::interval:
    case CanonicalForm::uuid:
      return name;
    case CanonicalForm::timestamptz:
      return fmt::format("{} AT TIME ZONE 'UTC'", name);
    default:
      return text;
  }
}

/// PostgreSQL's functions take a hundred.
constexpr size_t most_arguments = 99;

}  // namespace

std::optional<std::string> value_text(const LoadPlan& plan, const LoadPlan::Column& column,
                                      const CanonicalType& type, const std::string& name) {
  const bool converted = column.conversion != LoadPlan::Conversion::none &&
                         column.conversion != LoadPlan::Conversion::trim_blanks;
  if (converted) return std::nullopt;
  // Functions and casts stand in both servers' catalogs with the same meaning.
  switch (type.form) {
    case CanonicalForm::text:
      if (!is_plain_text(column.source_type) && !is_enum(plan, column)) return std::nullopt;
      return fmt::format("({})::TEXT", name);
    case CanonicalForm::blank_padded:
      return fmt::format("rtrim(({})::TEXT, ' ')", name);
    case CanonicalForm::boolean:
      return fmt::format("(CASE WHEN {} THEN 't' WHEN NOT {} THEN 'f' END)", name, name);
    case CanonicalForm::bytea:
      return fmt::format("encode({}, 'hex')", name);
    case CanonicalForm::timestamptz:
      return fmt::format("({} AT TIME ZONE 'UTC')::TEXT", name);
    case CanonicalForm::inet:
      return fmt::format("abbrev(({})::INET)", name);
    case CanonicalForm::integer:
    case CanonicalForm::number:
    case CanonicalForm::date:
    case CanonicalForm::timestamp:
    case CanonicalForm::time:
    case CanonicalForm::interval:
    case CanonicalForm::uuid:
      return fmt::format("({})::TEXT", name);
    // A cast of a float may leave digits out, and each server writes the others its own way.
    case CanonicalForm::float4:
    case CanonicalForm::float8:
    case CanonicalForm::json:
    case CanonicalForm::timetz:
    case CanonicalForm::hex:
    case CanonicalForm::array:
    case CanonicalForm::composite:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string row_text(const LoadPlan& plan, const Selection& selection, const std::vector<size_t>& columns,
                     std::string LoadPlan::Column::*name, bool is_cockroachdb) {
  std::vector<std::string> values;
  for (const size_t column : columns) {
    const LoadPlan::Column& planned = *selection.columns[column];
    const CanonicalForm form = selection.compared.columns[column].type.form;
    const std::string quoted = quote_identifier(planned.*name);
    const std::optional<std::string> text =
        value_text(plan, planned, selection.compared.columns[column].type, quoted);
    if (!text) throw InternalError("a column that cannot be hashed");
    const std::string length = fmt::format("octet_length({})", *text);
    // NULL is a hyphen, with which no length begins, and which no value of the other types is. Were a value
    // NULL on a target whose column should not be: verify tells of such a column.
    if (!planned.not_null || is_cockroachdb) {
      values.push_back(holds_anything(form)
                           ? fmt::format("coalesce({}::TEXT || '|' || {}, '-')", length, *text)
                           : fmt::format("coalesce({}, '-')", *text));
      continue;
    }
    if (holds_anything(form)) values.push_back(length);
    values.push_back(uncast(form, *text, quoted));
  }
  std::string row;
  for (size_t i = 0; i < values.size(); i += most_arguments) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = static_cast<std::ptrdiff_t>(std::min(most_arguments, values.size() - i));
    row += fmt::format("{}concat_ws('|', {})", row.empty() ? "" : " || '|' || ",
                       fmt::join(begin, begin + count, ", "));
  }
  return row;
}

}  // namespace pg2crdb
