#include "ast/reflect.h"

#include <algorithm>
#include <atomic>
#include <string>

#include "ast/reflect_types.h"

namespace pg2crdb::ast {

using reflection::as;
using reflection::Entry;
using reflection::known_types;
using reflection::registered;

std::vector<const TypeInfo*> reflection::known_types;

namespace {

/// Everything hangs below a statement or a body, so the whole graph is there before anybody sees a part of
/// it.
std::atomic<bool> all_registered = false;

void register_all() {
  static const bool done = (registered<StatementNode>(), registered<plpgsql::Body>(), true);
  all_registered = done;
}

}  // namespace

template <class T>
const TypeInfo& type_info() {
  if (!all_registered.load(std::memory_order_acquire)) register_all();
  return Entry<T>::info;
}

template const TypeInfo& type_info<StatementNode>();
template const TypeInfo& type_info<AlterCommand>();
template const TypeInfo& type_info<Expr>();
template const TypeInfo& type_info<TypeName>();
template const TypeInfo& type_info<Name>();
template const TypeInfo& type_info<Column>();
template const TypeInfo& type_info<Constraint>();
template const TypeInfo& type_info<IndexElement>();
template const TypeInfo& type_info<Option>();
template const TypeInfo& type_info<Privilege>();
template const TypeInfo& type_info<Role>();
template const TypeInfo& type_info<FunctionParameter>();
template const TypeInfo& type_info<ColumnRef>();
template const TypeInfo& type_info<Literal>();
template const TypeInfo& type_info<FunctionCall>();
template const TypeInfo& type_info<TableRef>();
template const TypeInfo& type_info<ObjectRef>();
template const TypeInfo& type_info<CreateTable>();
template const TypeInfo& type_info<AlterTable>();
template const TypeInfo& type_info<CreateIndex>();
template const TypeInfo& type_info<Opaque>();
template const TypeInfo& type_info<plpgsql::Body>();
template const TypeInfo& type_info<std::string>();
template const TypeInfo& type_info<bool>();

size_t type_count() {
  register_all();
  return known_types.size();
}

const TypeInfo& type_with_id(size_t id) {
  register_all();
  return *known_types[id];
}

const FieldInfo* TypeInfo::field(std::string_view field_name) const {
  for (const FieldInfo& one : fields) {
    if (one.name == field_name) return &one;
  }
  return nullptr;
}

bool equal(const TypeInfo& type, const void* a, const void* b) {
  void* left = const_cast<void*>(a);
  void* right = const_cast<void*>(b);
  switch (type.kind) {
    case TypeInfo::Kind::structure:
      return std::all_of(type.fields.begin(), type.fields.end(), [&](const FieldInfo& field) {
        return equal(*field.type, field.member(left), field.member(right));
      });
    case TypeInfo::Kind::variant:
      return type.index(a) == type.index(b) &&
             equal(*type.alternatives[type.index(a)], type.held(left), type.held(right));
    case TypeInfo::Kind::vector: {
      const size_t count = type.size(a);
      if (count != type.size(b)) return false;
      for (size_t i = 0; i < count; ++i) {
        if (!equal(*type.element, type.at(left, i), type.at(right, i))) return false;
      }
      return true;
    }
    case TypeInfo::Kind::box: {
      const void* one = type.inside(left);
      const void* other = type.inside(right);
      return one != nullptr && other != nullptr ? equal(*type.element, one, other) : one == other;
    }
    case TypeInfo::Kind::text:
      return as<std::string>(a) == as<std::string>(b);
    case TypeInfo::Kind::boolean:
    case TypeInfo::Kind::integer:
    case TypeInfo::Kind::enumeration:
      return type.number(a) == type.number(b);
  }
  return false;
}

bool is_empty(const TypeInfo& type, const void* value) {
  void* node = const_cast<void*>(value);
  switch (type.kind) {
    case TypeInfo::Kind::structure:
      return std::all_of(type.fields.begin(), type.fields.end(),
                         [&](const FieldInfo& field) { return is_empty(*field.type, field.member(node)); });
    case TypeInfo::Kind::variant:
      return type.index(value) == 0 && is_empty(*type.alternatives[0], type.held(node));
    case TypeInfo::Kind::vector:
      return type.size(value) == 0;
    case TypeInfo::Kind::box:
      return type.inside(node) == nullptr;
    case TypeInfo::Kind::text:
      return as<std::string>(value).empty();
    case TypeInfo::Kind::boolean:
    case TypeInfo::Kind::integer:
    case TypeInfo::Kind::enumeration:
      return type.number(value) == 0;
  }
  return false;
}

}  // namespace pg2crdb::ast
