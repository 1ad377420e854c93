#include "ast/dump.h"

#include <array>
#include <type_traits>

#include "ast/enum_words.h"
#include "ast/fields.h"
#include "support/json.h"

namespace pg2crdb::ast {
namespace {

std::string_view word(std::string_view words, size_t index) {
  for (; index > 0; --index) words.remove_prefix(words.find(' ') + 1);
  return words.substr(0, words.find(' '));
}

template <class T>
constexpr bool is_box = false;
template <class T>
constexpr bool is_box<Box<T>> = true;
template <class T>
constexpr bool is_vector = false;
template <class T>
constexpr bool is_vector<std::vector<T>> = true;
template <class T>
constexpr bool is_variant = false;
template <class... T>
constexpr bool is_variant<std::variant<T...>> = true;

/// Fields that say nothing: empty, zero, false, the first enumerator.
template <class T>
bool is_default(const T& value) {
  if constexpr (std::is_same_v<T, Name>) {
    return value.empty() && value.schema.empty();
  } else if constexpr (std::is_same_v<T, TypeName>) {
    return value.empty();
  } else if constexpr (std::is_same_v<T, std::string> || is_vector<T>) {
    return value.empty();
  } else if constexpr (is_box<T>) {
    return !value;
  } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
    return value == T{};
  } else {
    return false;
  }
}

/// A literal's or an object's kind says something even where it is the first enumerator.
bool always_shown(std::string_view field) {
  return field == "kind";
}

struct TreeDumper {
  std::string out;
  int depth = 0;

  void line(std::string_view field, std::string_view text) {
    out.append(static_cast<size_t>(depth) * 2, ' ');
    if (!field.empty()) out.append(field).append(": ");
    out.append(text).push_back('\n');
  }

  template <class T>
  void value(std::string_view field, const T& v) {
    if constexpr (is_box<T>) {
      value(field, *v);
    } else if constexpr (is_variant<T>) {
      std::visit([&](const auto& node) { value(field, node); }, v);
    } else if constexpr (std::is_same_v<T, Expr> || std::is_same_v<T, FromItem>) {
      value(field, v.node);
    } else if constexpr (std::is_same_v<T, Name>) {
      line(field, to_string(v));
    } else if constexpr (Fields<T>::known) {
      line(field, Fields<T>::name);
      ++depth;
      for_each_field(v, [&](std::string_view name, const auto& member) {
        if (!is_default(member) || always_shown(name)) value(name, member);
      });
      --depth;
    } else if constexpr (is_vector<T>) {
      line(field, std::to_string(v.size()) + (v.size() == 1 ? " entry" : " entries"));
      ++depth;
      for (const auto& item : v) value("-", item);
      --depth;
    } else if constexpr (std::is_same_v<T, std::string>) {
      std::string quoted;
      append_json_string(quoted, v);
      line(field, quoted);
    } else if constexpr (std::is_same_v<T, bool>) {
      line(field, v ? "true" : "false");
    } else if constexpr (std::is_enum_v<T>) {
      line(field, word(enum_words<T>, static_cast<size_t>(v)));
    } else {
      line(field, std::to_string(v));
    }
  }
};

struct JsonDumper {
  std::string out;

  template <class T>
  void value(const T& v) {
    if constexpr (is_box<T>) {
      value(*v);
    } else if constexpr (is_variant<T>) {
      std::visit([&](const auto& node) { value(node); }, v);
    } else if constexpr (std::is_same_v<T, Expr> || std::is_same_v<T, FromItem>) {
      value(v.node);
    } else if constexpr (Fields<T>::known) {
      out += "{\"node\":";
      append_json_string(out, Fields<T>::name);
      for_each_field(v, [&](std::string_view name, const auto& member) {
        if (is_default(member) && !always_shown(name)) return;
        out += ',';
        append_json_string(out, name);
        out += ':';
        value(member);
      });
      out += '}';
    } else if constexpr (is_vector<T>) {
      out += '[';
      for (size_t i = 0; i < v.size(); ++i) {
        if (i > 0) out += ',';
        value(v[i]);
      }
      out += ']';
    } else if constexpr (std::is_same_v<T, std::string>) {
      append_json_string(out, v);
    } else if constexpr (std::is_same_v<T, bool>) {
      out += v ? "true" : "false";
    } else if constexpr (std::is_enum_v<T>) {
      append_json_string(out, word(enum_words<T>, static_cast<size_t>(v)));
    } else {
      out += std::to_string(v);
    }
  }
};

}  // namespace

std::string dump_tree(const Statement& statement) {
  TreeDumper dumper;
  dumper.value("", statement.node);
  return std::move(dumper.out);
}

std::string dump_json(const Statement& statement) {
  JsonDumper dumper;
  dumper.value(statement.node);
  return std::move(dumper.out);
}

}  // namespace pg2crdb::ast
