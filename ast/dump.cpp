#include "ast/dump.h"

#include <array>
#include <type_traits>

#include "ast/fields.h"
#include "support/json.h"

namespace pg2crdb::ast {
namespace {

/// The enumerators' names in order, for each enum of the tree.
template <class E>
constexpr std::string_view names = "";
template <>
constexpr std::string_view names<Literal::Kind> = "null boolean integer decimal string bit_string";
template <>
constexpr std::string_view names<SortOrder> = "unspecified ascending descending";
template <>
constexpr std::string_view names<NullsOrder> = "unspecified first last";
template <>
constexpr std::string_view names<Operation::Kind> =
    "op any all distinct not_distinct nullif in like ilike similar between not_between between_symmetric "
    "not_between_symmetric";
template <>
constexpr std::string_view names<BoolExpr::Kind> = "and or not";
template <>
constexpr std::string_view names<BooleanTest::Kind> =
    "is_true is_not_true is_false is_not_false is_unknown is_not_unknown";
template <>
constexpr std::string_view names<Subquery::Kind> = "exists any all scalar array";
template <>
constexpr std::string_view names<Step::Kind> = "field star index slice";
template <>
constexpr std::string_view names<GroupingSet::Kind> = "empty simple rollup cube sets";
template <>
constexpr std::string_view names<Join::Kind> = "inner left right full cross";
template <>
constexpr std::string_view names<CommonTable::Materialized> = "unspecified always never";
template <>
constexpr std::string_view names<Query::SetOperation> = "none union intersect except";
template <>
constexpr std::string_view names<ObjectKind> =
    "table column index constraint domain_constraint sequence view materialized_view foreign_table type "
    "domain schema "
    "database extension function procedure routine aggregate operator trigger policy rule role language "
    "event_trigger "
    "foreign_data_wrapper foreign_server large_object tablespace collation conversion cast statistics "
    "publication "
    "subscription text_search_configuration text_search_dictionary text_search_parser text_search_template "
    "operator_class operator_family access_method transform parameter other";
template <>
constexpr std::string_view names<Persistence> = "permanent temporary unlogged";
template <>
constexpr std::string_view names<Role::Kind> = "named public current_role current_user session_user";
template <>
constexpr std::string_view names<Constraint::Kind> = "primary_key unique check foreign_key exclude not_null";
template <>
constexpr std::string_view names<ForeignKeyAction> = "no_action restrict cascade set_null set_default";
template <>
constexpr std::string_view names<ForeignKeyMatch> = "simple full partial";
template <>
constexpr std::string_view names<PartitionBound::Kind> = "range list hash default";
template <>
constexpr std::string_view names<RowSecurity::Action> = "enable disable force no_force";
template <>
constexpr std::string_view names<FunctionParameter::Mode> = "in out inout variadic table";
template <>
constexpr std::string_view names<SetVariable::Kind> = "value default current reset reset_all";

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
      line(field, word(names<T>, static_cast<size_t>(v)));
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
      append_json_string(out, word(names<T>, static_cast<size_t>(v)));
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
