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
  void* (*member)(void* node) = nullptr;
  bool required = false;  ///< never empty: who reads the tree looks no further
};

/// One type of the tree. Which operations are set follows from `kind`; all take pointers to values of this
/// very type.
struct TypeInfo {
  enum class Kind { structure, variant, vector, box, text, boolean, integer, enumeration };

  Kind kind = Kind::structure;
  std::string_view name;  ///< of a structure: "CreateTable"; empty for the others
  size_t id = 0;          ///< small and dense: an index for tables of one's own

  std::vector<FieldInfo> fields;              ///< structure
  std::vector<const TypeInfo*> alternatives;  ///< variant
  const TypeInfo* element = nullptr;          ///< vector, box
  std::vector<std::string_view> words;        ///< enumeration: the enumerators' names in order

  // Any kind.
  void* (*create)() = nullptr;
  void* (*duplicate)(const void*) = nullptr;
  void (*destroy)(void*) = nullptr;
  void (*take)(void* to, void* from) = nullptr;  ///< moves
  std::shared_ptr<void> make() const { return {create(), destroy}; }
  std::shared_ptr<void> copy(const void* value) const { return {duplicate(value), destroy}; }
  void assign(void* to, const void* from) const { take(to, copy(from).get()); }
  /// Byte offset of the node in its statement, -1 where it has none.
  int64_t (*offset)(const void*) = nullptr;
  void (*forget_offset)(void*) = nullptr;

  // variant
  size_t (*index)(const void*) = nullptr;
  void* (*held)(void*) = nullptr;
  void (*emplace)(void*, size_t alternative) = nullptr;
  // vector
  size_t (*size)(const void*) = nullptr;
  void* (*at)(void*, size_t) = nullptr;
  void (*erase)(void*, size_t) = nullptr;
  void (*insert)(void*, size_t, const void* element) = nullptr;
  // box: null where it is empty
  void* (*inside)(void*) = nullptr;
  void* (*fill)(void*) = nullptr;  ///< with a fresh value where it was empty
  void (*reset)(void*) = nullptr;
  // boolean, integer, enumeration
  int64_t (*number)(const void*) = nullptr;
  void (*set_number)(void*, int64_t) = nullptr;

  /// Null where there is no such field.
  const FieldInfo* field(std::string_view field_name) const;
};

/// Of any type that occurs in the tree.
template <class T>
const TypeInfo& type_info();

extern template const TypeInfo& type_info<StatementNode>();
extern template const TypeInfo& type_info<AlterCommand>();
extern template const TypeInfo& type_info<Expr>();
extern template const TypeInfo& type_info<TypeName>();
extern template const TypeInfo& type_info<Name>();
extern template const TypeInfo& type_info<Column>();
extern template const TypeInfo& type_info<Constraint>();
extern template const TypeInfo& type_info<IndexElement>();
extern template const TypeInfo& type_info<Option>();
extern template const TypeInfo& type_info<Privilege>();
extern template const TypeInfo& type_info<Role>();
extern template const TypeInfo& type_info<FunctionParameter>();
extern template const TypeInfo& type_info<ColumnRef>();
extern template const TypeInfo& type_info<Literal>();
extern template const TypeInfo& type_info<FunctionCall>();
extern template const TypeInfo& type_info<TableRef>();
extern template const TypeInfo& type_info<ObjectRef>();
extern template const TypeInfo& type_info<CreateTable>();
extern template const TypeInfo& type_info<AlterTable>();
extern template const TypeInfo& type_info<CreateIndex>();
extern template const TypeInfo& type_info<Opaque>();
extern template const TypeInfo& type_info<plpgsql::Body>();
extern template const TypeInfo& type_info<std::string>();
extern template const TypeInfo& type_info<bool>();
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

}  // namespace pg2crdb::ast
