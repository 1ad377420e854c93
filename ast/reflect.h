#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "ast/plpgsql.h"
#include "ast/statement.h"

/// The tree without its C++ types: what code needs that walks, compares or changes nodes it learns of at run
/// time (the rule language). Made from `fields.h`, so it knows what walk, dump and compare know; what is left
/// out there (offsets, what passes tell the load plan) is not here either.
namespace pg2crdb::ast {

struct TypeInfo;

struct FieldInfo {
  std::string_view name;
  const TypeInfo* type = nullptr;
  size_t place = 0;       ///< bytes from the beginning of the node
  bool required = false;  ///< never empty: who reads the tree looks no further

  void* member(void* node) const { return static_cast<char*>(node) + place; }
  const void* member(const void* node) const { return static_cast<const char*>(node) + place; }
};

/// One type of the tree. Which operations are set follows from `kind`; all take pointers to values of this
/// very type.
struct TypeInfo {
  /// A box holds one value or none: `Box`, `Sparse`, `std::optional`.
  enum class Kind { structure, variant, vector, box, text, boolean, integer, enumeration };

  Kind kind = Kind::structure;
  std::string_view name;  ///< of a structure: "CreateTable"; empty for the others
  size_t id = 0;          ///< small and dense: an index for tables of one's own

  std::vector<FieldInfo> fields;  ///< structure
  FieldInfo offset_field;         ///< structure: of what says where it stood; without type if none does
  bool is_record = false;         ///< structure: is no node but a part of what is around trees
  std::vector<const TypeInfo*> alternatives;  ///< variant
  const TypeInfo* element = nullptr;          ///< vector, box
  std::vector<std::string_view> words;        ///< enumeration: the enumerators' names in order
  bool is_signed = false;                     ///< integer

  // Any kind.
  const void* fresh = nullptr;  ///< one that nobody has set anything in
  void* (*duplicate)(const void*) = nullptr;
  void (*destroy)(void*) = nullptr;
  void (*take)(void* to, void* from) = nullptr;  ///< moves
  std::shared_ptr<void> make() const { return copy(fresh); }
  std::shared_ptr<void> copy(const void* value) const { return {duplicate(value), destroy}; }
  void assign(void* to, const void* from) const { take(to, copy(from).get()); }
  /// Byte offset of the node in its statement, -1 where it has none.
  int64_t offset(const void* node) const;
  void forget_offset(void* node) const;

  // variant
  size_t (*index)(const void*) = nullptr;
  void* (*held)(void*) = nullptr;
  void (*emplace)(void*, size_t alternative) = nullptr;
  // vector
  size_t (*size)(const void*) = nullptr;
  void* (*at)(void*, size_t) = nullptr;
  void* (*append)(void*) = nullptr;  ///< a fresh element
  void (*remove_last)(void*) = nullptr;
  void insert(void* list, size_t place, const void* value) const;
  void erase(void* list, size_t place) const;
  // box: null where it is empty
  void* (*inside)(void*) = nullptr;
  void* (*fill)(void*) = nullptr;  ///< with a fresh value where it was empty
  void (*reset)(void*) = nullptr;
  // boolean, integer, enumeration
  int64_t (*number)(const void*) = nullptr;  ///< of one without sign: the same bits
  void (*set_number)(void*, int64_t) = nullptr;

  /// Null where there is no such field.
  const FieldInfo* field(std::string_view field_name) const;
  /// A structure that is one of several nodes and says no more of it than where it stood: in texts it is that
  /// node itself.
  bool is_wrapper() const { return fields.size() == 1 && fields[0].name == "node"; }
};

/// Of any type that `reflect.cpp` lists.
template <class T>
const TypeInfo& type_info();
/// How many types there are once a statement's is known: ids are below it.
size_t type_count();
const TypeInfo& type_with_id(size_t id);

/// Calls `f(type, part)` for what a node directly holds: fields, list entries, what is in a box or variant.
template <class Function>
void for_each_part(const TypeInfo& type, void* node, Function&& f) {
  switch (type.kind) {
    case TypeInfo::Kind::structure:
      for (const FieldInfo& field : type.fields) f(*field.type, field.member(node));
      return;
    case TypeInfo::Kind::variant:
      f(*type.alternatives[type.index(node)], type.held(node));
      return;
    case TypeInfo::Kind::vector:
      for (size_t i = 0; i < type.size(node); ++i) f(*type.element, type.at(node, i));
      return;
    case TypeInfo::Kind::box:
      if (void* inside = type.inside(node)) f(*type.element, inside);
      return;
    default:
      return;
  }
}

/// Values of one type: the same tree, offsets aside.
bool equal(const TypeInfo& type, const void* a, const void* b);
/// Says nothing: empty, zero, false, the first enumerator, a structure of such.
bool is_empty(const TypeInfo& type, const void* value);
/// Whether a text of the node shows the field: it says something that one which was never set does not.
bool is_shown(const TypeInfo& type, const FieldInfo& field, void* node);

}  // namespace pg2crdb::ast
