// Types among the values of an INSERT's rows, and what casts to them make of a value.
#include <algorithm>
#include <array>
#include <charconv>

#include "rows/insert.h"
#include "support/ascii.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

template <size_t N>
bool is_one_of(std::string_view type, const std::array<std::string_view, N>& types) {
  return std::ranges::find(types, type) != types.end();
}

// Built-in types that keep a string as it is, whatever column it goes into then.
constexpr std::array keep_text = {"text"sv, "varchar"sv, "json"sv};
// Those of a number that print it as a number.
constexpr std::array numbers = {"int2"sv, "int4"sv, "int8"sv, "numeric"sv, "float4"sv, "float8"sv};
constexpr std::array times = {"timestamp"sv, "timestamptz"sv, "time"sv, "timetz"sv, "interval"sv};

// What SQL calls a type that pg_catalog calls otherwise.
std::string name_in_catalog(const std::string& type) {
  constexpr std::array<std::array<std::string_view, 2>, 12> names = {{{"int", "int4"},
                                                                      {"integer", "int4"},
                                                                      {"smallint", "int2"},
                                                                      {"bigint", "int8"},
                                                                      {"real", "float4"},
                                                                      {"float", "float8"},
                                                                      {"double", "float8"},
                                                                      {"decimal", "numeric"},
                                                                      {"dec", "numeric"},
                                                                      {"boolean", "bool"},
                                                                      {"nchar", "bpchar"},
                                                                      {"char", "bpchar"}}};
  for (const auto& [sql, catalog] : names) {
    if (type == sql) return std::string(catalog);
  }
  return type;
}

// Whether a type prints an integer as it stands: one of the script's own may.
bool prints_integers(std::string_view type) {
  constexpr std::array others = {"bit"sv, "varbit"sv, "bool"sv, "bpchar"sv, "jsonb"sv};
  return !is_one_of(type, others) && !type.starts_with("reg");
}

// How many digits stand behind the point.
size_t fraction_digits(std::string_view text) {
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return 0;
  size_t digits = 0;
  while (point + 1 + digits < text.size() && is_digit(text[point + 1 + digits])) ++digits;
  return digits;
}

// numeric(10,2): no exponents.
bool has_room(std::string_view number, size_t precision, size_t scale) {
  if (number.starts_with('-')) number.remove_prefix(1);
  const size_t fraction = fraction_digits(number);
  const size_t whole = std::min(number.find('.'), number.size());
  const bool plain = std::ranges::all_of(number, [](char c) { return is_digit(c) || c == '.'; });
  return plain && fraction <= scale && whole + scale <= precision;
}

}  // namespace

// Whether the value is the same behind a cast with a length or a precision: nothing is cut or rounded.
bool InsertReader::Type::keeps(std::string_view value) const {
  if (name == "bit" || name == "bpchar") {
    const auto size = static_cast<size_t>(modifiers.empty() ? 1 : modifiers.front());
    return name == "bit" ? value.size() == size : count_characters(value) <= size;
  }
  if (modifiers.empty()) return true;
  const auto first = static_cast<size_t>(modifiers.front());
  if (name == "varchar") return count_characters(value) <= first;
  if (name == "varbit") return value.size() <= first;
  if (name == "numeric")
    return has_room(value, first, modifiers.size() > 1 ? static_cast<size_t>(modifiers[1]) : 0);
  return is_one_of(name, times) && fraction_digits(value) <= first;
}

// DATE 'x', TIMESTAMP WITH TIME ZONE 'x'.
bool InsertReader::read_typed(std::vector<Field>& fields, Kind& kind) {
  Type type;
  if (!begins_name(peek()) || !read_type(type)) return false;
  skip_blanks();
  if (peek() != '\'' || !read_string(fields)) return false;
  kind = Kind::text;
  return cast_last(fields, type, kind);
}

// Behind the word CAST.
bool InsertReader::read_cast_call(std::vector<Field>& fields, Kind& kind) {
  Type type;
  if (!accept('(') || ++depth_ > deepest || !read_value(fields, kind)) return false;
  --depth_;
  return accept_word("as") && read_type(type) && accept(')') && cast_last(fields, type, kind);
}

// `::type`, as often as it stands there.
bool InsertReader::read_casts(std::vector<Field>& fields, Kind& kind) {
  while (accept(':')) {
    Type type;
    if (peek() != ':') return false;
    ++position_;
    if (!read_type(type) || !cast_last(fields, type, kind)) return false;
  }
  return true;
}

// What the last value is behind a cast. False where that is another one, or not known.
bool InsertReader::cast_last(std::vector<Field>& fields, const Type& type, Kind& kind) {
  if (kind == Kind::null) return true;
  if (kind == Kind::default_word) return false;
  const size_t field = fields.size() - 1;
  const std::string_view text = last_text(fields);
  if (type.array ? !type.modifiers.empty() : !type.own && !type.keeps(text)) return false;
  const bool to_text = !type.own && !type.array && (type.name == "text" || type.name == "varchar");
  const bool fraction = !fractions_.empty() && fractions_.back() == field;
  const bool fits = kind == Kind::bits      ? type.name == "bit" || type.name == "varbit"
                    : kind == Kind::boolean ? to_text || type.name == "bool"
                    : kind == Kind::number  ? to_text || is_one_of(type.name, numbers) ||
                                                 (!fraction && (type.own || prints_integers(type.name)))
                                           : true;
  if (!fits) return false;
  if (!type.own && !is_one_of(type.name, keep_text))
    casts_.push_back({field, type.name, type.array || in_array_});
  kind = to_text ? Kind::text : kind == Kind::text ? Kind::other : kind;
  return true;
}

bool InsertReader::read_type(Type& type) {
  skip_blanks();
  const bool quoted = peek() == '"';
  if (!read_name(type.name)) return false;
  if (accept('.')) {
    type.own = type.name != "pg_catalog";
    if (!read_name(type.name) || (!type.own && !read_modifiers(type))) return false;
  } else if (quoted) {
    if (type.name == "char") return false;  // one byte
  } else {
    const std::string& name = type.name;
    if (name == "double" && !accept_word("precision")) return false;
    const bool varying = (name == "character" || name == "char" || name == "bit") && accept_word("varying");
    if (varying) type.name = name == "bit" ? "varbit" : "varchar";
    if (name == "character") type.name = "bpchar";
    if (!read_modifiers(type)) return false;
    if (name == "timestamp" || name == "time") {
      const bool with_zone = accept_word("with");
      if ((with_zone || accept_word("without")) && !(accept_word("time") && accept_word("zone")))
        return false;
      if (with_zone) type.name += "tz";
    }
    if (name == "float" && !type.modifiers.empty()) {
      type.name = type.modifiers.front() <= 24 ? "float4" : "float8";
      type.modifiers.clear();
    }
    type.name = name_in_catalog(type.name);
  }
  while (accept('[')) {
    type.array = true;
    skip_blanks();
    while (is_digit(peek())) ++position_;
    if (!accept(']')) return false;
  }
  return true;
}

bool InsertReader::read_modifiers(Type& type) {
  if (!accept('(')) return true;
  do {
    skip_blanks();
    const char* const begin = sql_.data() + position_;
    int& modifier = type.modifiers.emplace_back();
    const auto [end, error] = std::from_chars(begin, sql_.data() + sql_.size(), modifier);
    if (error != std::errc() || modifier < 0) return false;
    position_ += static_cast<size_t>(end - begin);
  } while (accept(','));
  return accept(')');
}

}  // namespace pg2crdb
