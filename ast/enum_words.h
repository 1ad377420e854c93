#pragma once
#include <algorithm>
#include <string_view>
#include <vector>

#include "ast/plpgsql.h"
#include "ast/script.h"

namespace pg2crdb::ast {

/// The enumerators' names in order, for each enum of the tree and of its envelope.
template <class E>
inline constexpr std::string_view enum_words = "";
template <>
inline constexpr std::string_view enum_words<Literal::Kind> =
    "null boolean integer decimal string bit_string";
template <>
inline constexpr std::string_view enum_words<SortOrder> = "unspecified ascending descending";
template <>
inline constexpr std::string_view enum_words<NullsOrder> = "unspecified first last";
template <>
inline constexpr std::string_view enum_words<Operation::Kind> =
    "op any all distinct not_distinct nullif in like ilike similar between not_between between_symmetric "
    "not_between_symmetric";
template <>
inline constexpr std::string_view enum_words<BoolExpr::Kind> = "and or not";
template <>
inline constexpr std::string_view enum_words<BooleanTest::Kind> =
    "is_true is_not_true is_false is_not_false is_unknown is_not_unknown";
template <>
inline constexpr std::string_view enum_words<Subquery::Kind> = "exists any all scalar array";
template <>
inline constexpr std::string_view enum_words<Step::Kind> = "field star index slice";
template <>
inline constexpr std::string_view enum_words<GroupingSet::Kind> = "empty simple rollup cube sets";
template <>
inline constexpr std::string_view enum_words<Join::Kind> = "inner left right full cross";
template <>
inline constexpr std::string_view enum_words<CommonTable::Materialized> = "unspecified always never";
template <>
inline constexpr std::string_view enum_words<Query::SetOperation> = "none union intersect except";
template <>
inline constexpr std::string_view enum_words<ObjectKind> =
    "table column index constraint domain_constraint sequence view materialized_view foreign_table type "
    "domain schema "
    "database extension function procedure routine aggregate operator trigger policy rule role language "
    "event_trigger "
    "foreign_data_wrapper foreign_server large_object tablespace collation conversion cast statistics "
    "publication "
    "subscription text_search_configuration text_search_dictionary text_search_parser text_search_template "
    "operator_class operator_family access_method transform parameter other";
template <>
inline constexpr std::string_view enum_words<Persistence> = "permanent temporary unlogged";
template <>
inline constexpr std::string_view enum_words<Role::Kind> =
    "named public current_role current_user session_user";
template <>
inline constexpr std::string_view enum_words<Constraint::Kind> =
    "primary_key unique check foreign_key exclude not_null";
template <>
inline constexpr std::string_view enum_words<ForeignKeyAction> =
    "no_action restrict cascade set_null set_default";
template <>
inline constexpr std::string_view enum_words<ForeignKeyMatch> = "simple full partial";
template <>
inline constexpr std::string_view enum_words<PartitionBound::Kind> = "range list hash default";
template <>
inline constexpr std::string_view enum_words<RowSecurity::Action> = "enable disable force no_force";
template <>
inline constexpr std::string_view enum_words<FunctionParameter::Mode> = "in out inout variadic table";
template <>
inline constexpr std::string_view enum_words<CreateFunction::StandardBody> = "none atomic returned";
template <>
inline constexpr std::string_view enum_words<SetVariable::Kind> = "value default current reset reset_all";
template <>
inline constexpr std::string_view enum_words<plpgsql::VariableType::Kind> = "named of_variable of_row";
template <>
inline constexpr std::string_view enum_words<plpgsql::Scroll> = "unspecified scroll no_scroll";
template <>
inline constexpr std::string_view enum_words<plpgsql::Raise::Level> =
    "unspecified exception warning notice info log debug";
template <>
inline constexpr std::string_view enum_words<plpgsql::Fetch::Direction> =
    "unspecified next prior first last all absolute relative forward forward_all backward backward_all";
template <>
inline constexpr std::string_view enum_words<plpgsql::EndTransaction::Chain> = "unspecified chain no_chain";

template <>
inline constexpr std::string_view enum_words<Overriding> = "none user_value system_value";
template <>
inline constexpr std::string_view enum_words<MergeAction::When> =
    "matched not_matched_by_source not_matched_by_target";
template <>
inline constexpr std::string_view enum_words<MergeAction::Kind> = "nothing insert update delete";
template <>
inline constexpr std::string_view enum_words<Fate> = "kept rewritten merged moved dropped needs_person added";
template <>
inline constexpr std::string_view enum_words<Phase> = "roles pre-data post-data revalidate";
template <>
inline constexpr std::string_view enum_words<DataBlock::Format> = "copy insert";

/// The enumerator's name.
template <class E>
std::string_view enum_word(E value) {
  std::string_view words = enum_words<E>;
  static_assert(!enum_words<E>.empty(), "an enum of the tree has no names");
  for (auto index = static_cast<size_t>(value); index > 0; --index) words.remove_prefix(words.find(' ') + 1);
  return words.substr(0, words.find(' '));
}

/// All names, in order.
template <class E>
std::vector<std::string_view> all_enum_words() {
  std::vector<std::string_view> all;
  for (std::string_view words = enum_words<E>; !words.empty();) {
    all.push_back(words.substr(0, words.find(' ')));
    words.remove_prefix(std::min(all.back().size() + 1, words.size()));
  }
  return all;
}

}  // namespace pg2crdb::ast
