#pragma once
// C++ headers come first: PostgreSQL's make macros of some of their names.
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ast/statement.h"
#include "parser/pg_fields.h"

extern "C" {
#include <postgres.h>
// After the one that all others need.
#include <nodes/parsenodes.h>
}

#undef dgettext
#undef dngettext
#undef fprintf
#undef gettext
#undef ngettext
#undef printf
#undef snprintf
#undef sprintf
#undef strerror
#undef strerror_r
#undef vfprintf
#undef vprintf
#undef vsnprintf
#undef vsprintf

/// The nodes that PostgreSQL's grammar makes, as its own headers declare them, and how this folder reads
/// them. They live as long as their `PgTree`.
namespace pg2crdb::transform {

/// Thrown by the readers where the AST has no place for something; the statement becomes `ast::Opaque`.
/// Never leaves this folder.
struct Unmodelled {};

/// Whether a temporary table and its rows outlive the transaction, as they do where nothing is said.
inline bool keeps_rows(OnCommitAction action) {
  return action == ONCOMMIT_NOOP || action == ONCOMMIT_PRESERVE_ROWS;
}

/// Thrown where nodes are nested deeper than is read. Never leaves this folder.
struct TooDeep {};

/// A string that may be missing, which is an empty one.
inline std::string_view text(const char* string) {
  return string == nullptr ? std::string_view() : std::string_view(string);
}

/// The tag of a node; `T_Invalid` where it is missing.
inline NodeTag tag_of(const void* node) {
  return node == nullptr ? T_Invalid : static_cast<const Node*>(node)->type;
}

template <class T>
inline constexpr NodeTag tag_for = T_Invalid;
template <>
inline constexpr NodeTag tag_for<List> = T_List;
#define PG2CRDB_NODE(type) \
  template <>              \
  inline constexpr NodeTag tag_for<type> = T_##type;
#include "parser/pg_nodes.def"

/// The node as one of `T`, nothing where it is another one or missing.
template <class T>
const T* node_if(const void* node) {
  static_assert(tag_for<T> != T_Invalid);
  return tag_of(node) == tag_for<T> ? static_cast<const T*>(node) : nullptr;
}

/// A node that must be a `T`.
template <class T>
const T& node_as(const void* node) {
  const T* result = node_if<T>(node);
  if (result == nullptr) throw Unmodelled{};
  return *result;
}

/// What a list holds, each of which must be a `T`; with `Node`, whatever it is, missing ones too.
template <class T>
class Nodes {
 public:
  class Iterator {
   public:
    explicit Iterator(const ListCell* cell) : cell_(cell) {}
    decltype(auto) operator*() const {
      if constexpr (std::is_same_v<T, Node>) {
        return static_cast<const Node*>(cell_->ptr_value);
      } else {
        return node_as<T>(cell_->ptr_value);
      }
    }
    Iterator& operator++() {
      ++cell_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const ListCell* cell_;
  };

  explicit Nodes(const List* list) : list_(list) {}
  Iterator begin() const { return Iterator(list_ == nullptr ? nullptr : list_->elements); }
  Iterator end() const { return Iterator(list_ == nullptr ? nullptr : list_->elements + list_->length); }
  size_t size() const { return list_ == nullptr ? 0 : static_cast<size_t>(list_->length); }
  /// Of one that holds more.
  decltype(auto) operator[](size_t index) const { return *Iterator(list_->elements + index); }

 private:
  const List* list_;
};

/// Whether a field says something; PostgreSQL makes nodes of zeros.
template <class Field>
bool is_set(const Field& field) {
  if constexpr (std::is_same_v<Field, NodeTag> || std::is_same_v<Field, Expr>) {
    return false;
  } else if constexpr (std::is_class_v<Field> || std::is_union_v<Field>) {
    return true;
  } else {
    return field != Field{};
  }
}

/// Calls `visit` with each field of `node` that points to a node or list, or to none. All that PostgreSQL's
/// nodes point to begins with a tag, but for strings and sets of numbers.
template <class T, class Visit>
void each_child(const T& node, Visit&& visit) {
  each_field(node, [&](const auto& field) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_pointer_v<Field> && std::is_class_v<std::remove_pointer_t<Field>> &&
                  !std::is_same_v<Field, Bitmapset*>) {
      visit(field);
    }
  });
}

/// Every reader of a node names here the fields that it knows. Where another one is set, the node says what
/// is not modelled, fields that a later PostgreSQL adds among it.
template <class T, class... Fields>
[[gnu::always_inline]] inline void reads_only(const T& node, const Fields&... known) {
  each_field(node, [&](const auto& field) {
    const void* const place = &field;
    if (((place != static_cast<const void*>(&known)) && ...) && is_set(field)) throw Unmodelled{};
  });
}

/// The same of an option, which is always a DefElem, beside the places that it notes: later releases of
/// libpg_query note one of the argument, too.
template <class Option, class... Fields>
[[gnu::always_inline]] inline void option_reads_only(const Option& node, const Fields&... known) {
  if constexpr (requires { node.arg_location; }) {
    reads_only(node, node.location, node.arg_location, known...);
  } else {
    reads_only(node, node.location, known...);
  }
}

}  // namespace pg2crdb::transform
