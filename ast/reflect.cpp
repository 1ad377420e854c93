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

/// Everything hangs below a statement, a body or a document, so the whole graph is there before anybody sees
/// a part of it.
std::atomic<bool> all_registered = false;

void register_all() {
  static const bool done =
      (registered<StatementNode>(), registered<plpgsql::Body>(), registered<json::Envelope>(), true);
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
template const TypeInfo& type_info<FunctionRef>();
template const TypeInfo& type_info<SelectItem>();
template const TypeInfo& type_info<ObjectRef>();
template const TypeInfo& type_info<CreateTable>();
template const TypeInfo& type_info<AlterTable>();
template const TypeInfo& type_info<CreateIndex>();
template const TypeInfo& type_info<Opaque>();
template const TypeInfo& type_info<plpgsql::Body>();
template const TypeInfo& type_info<std::string>();
template const TypeInfo& type_info<bool>();
template const TypeInfo& type_info<Query>();
template const TypeInfo& type_info<RowStatement>();
template const TypeInfo& type_info<BoolExpr>();
template const TypeInfo& type_info<Operation>();
template const TypeInfo& type_info<SetIdentity>();
template const TypeInfo& type_info<SetSchema>();
template const TypeInfo& type_info<SetVariable>();
template const TypeInfo& type_info<Rename>();
template const TypeInfo& type_info<Step>();
template const TypeInfo& type_info<Subquery>();
template const TypeInfo& type_info<Window>();
template const TypeInfo& type_info<plpgsql::StaticSql>();
template const TypeInfo& type_info<plpgsql::Value>();
template const TypeInfo& type_info<plpgsql::VariableType>();
template const TypeInfo& type_info<plpgsql::Statement>();
template const TypeInfo& type_info<decltype(plpgsql::Statement::node)>();
template const TypeInfo& type_info<plpgsql::Statements>();
template const TypeInfo& type_info<plpgsql::Declaration>();
template const TypeInfo& type_info<decltype(plpgsql::Declaration::node)>();
template const TypeInfo& type_info<std::vector<plpgsql::Declaration>>();
template const TypeInfo& type_info<plpgsql::Handler>();
template const TypeInfo& type_info<std::vector<plpgsql::Handler>>();
template const TypeInfo& type_info<std::vector<plpgsql::Condition>>();
template const TypeInfo& type_info<plpgsql::Comments>();
template const TypeInfo& type_info<json::Envelope>();
template const TypeInfo& type_info<json::Span>();

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

int64_t TypeInfo::offset(const void* node) const {
  if (offset_field.type != nullptr) return offset_field.type->number(offset_field.member(node));
  if (this != &Entry<IndexElement>::info) return -1;
  // Of a plain column PostgreSQL does not say where it stands.
  const Box<Expr>& expr = as<IndexElement>(node).expr;
  return expr ? expr->offset : -1;
}

void TypeInfo::forget_offset(void* node) const {
  if (offset_field.type != nullptr) offset_field.type->set_number(offset_field.member(node), -1);
}

void TypeInfo::insert(void* list, size_t place, const void* value) const {
  const std::shared_ptr<void> copied = element->copy(value);
  append(list);
  for (size_t i = size(list) - 1; i > place; --i) element->take(at(list, i), at(list, i - 1));
  element->take(at(list, place), copied.get());
}

void TypeInfo::erase(void* list, size_t place) const {
  for (size_t i = place + 1; i < size(list); ++i) element->take(at(list, i - 1), at(list, i));
  remove_last(list);
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

namespace {

/// Whether a value says no more than `standard`, which was never set.
bool is_default(const TypeInfo& type, void* value, const void* standard) {
  switch (type.kind) {
    case TypeInfo::Kind::vector:
      return type.size(value) == 0;
    case TypeInfo::Kind::box:
      return type.inside(value) == nullptr;
    case TypeInfo::Kind::variant:
      return false;
    case TypeInfo::Kind::structure:
      return !type.is_wrapper() && (type.offset_field.type == nullptr || type.offset(value) == -1) &&
             std::all_of(type.fields.begin(), type.fields.end(), [&](const FieldInfo& field) {
               return is_default(*field.type, field.member(value), field.member(standard));
             });
    default:
      return equal(type, value, standard);
  }
}

}  // namespace

bool is_shown(const TypeInfo& type, const FieldInfo& field, void* node) {
  // A literal's or an object's kind says something even where it is the first one.
  return field.required || field.name == "kind" ||
         !is_default(*field.type, field.member(node), field.member(type.fresh));
}

}  // namespace pg2crdb::ast
