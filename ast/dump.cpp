#include "ast/dump.h"

#include "ast/enum_words.h"
#include "ast/field_values.h"
#include "support/json.h"

namespace pg2crdb::ast {
namespace {

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
    } else if constexpr (is_wrapper<T>) {
      value(field, v.node);
    } else if constexpr (std::is_same_v<T, Name>) {
      line(field, to_string(v));
    } else if constexpr (Fields<T>::known) {
      line(field, Fields<T>::name);
      ++depth;
      for_each_shown_field(v, [&](std::string_view name, const auto& member) { value(name, member); });
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
      line(field, enum_word(v));
    } else {
      line(field, std::to_string(v));
    }
  }
};

}  // namespace

std::string dump_tree(const Statement& statement) {
  TreeDumper dumper;
  dumper.value("", statement.node);
  return std::move(dumper.out);
}

}  // namespace pg2crdb::ast
