#pragma once
#include <string>
#include <type_traits>

#include "ast/document_fields.h"
#include "ast/enum_words.h"
#include "ast/field_values.h"
#include "ast/fields.h"
#include "ast/reflect.h"

/// How a type of the tree is described, for the sources of `reflect.h` only. What hangs below a hub is
/// described in the hub's own source, so that no compiler has to hold the whole tree at once.
namespace pg2crdb::ast::reflection {

template <class T>
T& as(void* value) {
  return *static_cast<T*>(value);
}
template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

/// By id.
extern std::vector<const TypeInfo*> known_types;

/// The type's entry; filled in at the first call, which only `register_all` makes.
template <class T>
TypeInfo& registered();

template <class T, class Member>
FieldInfo field_of(const T& node, std::string_view name, Member T::*member, bool required) {
  const auto* begin = reinterpret_cast<const char*>(&node);
  const auto* at = reinterpret_cast<const char*>(&(node.*member));
  return {name, &registered<Member>(), static_cast<size_t>(at - begin), required};
}

template <class... T>
void add_alternatives(TypeInfo& info, const OneOf<T...>*) {
  (info.alternatives.push_back(&registered<T>()), ...);
}
template <class... T>
void emplace(OneOf<T...>& variant, size_t alternative) {
  size_t place = 0;
  ((place++ == alternative ? void(variant.template emplace<T>()) : void()), ...);
}

template <class T>
void describe_structure(TypeInfo& info) {
  info.kind = TypeInfo::Kind::structure;
  info.name = Fields<T>::name;
  info.is_record = IsRecord<T>;
  const T& fresh = as<T>(info.fresh);
  if constexpr (HasOffset<T>) info.offset_field = field_of(fresh, "offset", &T::offset, false);
  Fields<T>::with_all([&](const auto&... field) {
    (info.fields.push_back(field_of(fresh, field.name, field.member, field.required)), ...);
  });
}

template <class T>
void describe_variant(TypeInfo& info) {
  info.kind = TypeInfo::Kind::variant;
  info.index = [](const void* v) { return as<T>(v).index(); };
  info.held = [](void* v) {
    return std::visit([](auto& node) { return static_cast<void*>(&node); }, as<T>(v));
  };
  info.emplace = [](void* v, size_t i) { emplace(as<T>(v), i); };
  add_alternatives(info, static_cast<const T*>(nullptr));
}

template <class T>
void describe_vector(TypeInfo& info) {
  using Element = typename T::value_type;
  info.kind = TypeInfo::Kind::vector;
  info.element = &registered<Element>();
  info.size = [](const void* v) { return as<T>(v).size(); };
  info.at = [](void* v, size_t i) { return static_cast<void*>(&as<T>(v)[i]); };
  info.append = [](void* v) { return static_cast<void*>(&as<T>(v).emplace_back()); };
  info.remove_last = [](void* v) { as<T>(v).pop_back(); };
}

template <class T>
auto& filled(T& box) {
  return box.filled();
}
template <class T>
T& filled(std::optional<T>& one) {
  return one ? *one : one.emplace();
}

template <class T>
void describe_box(TypeInfo& info) {
  using Inner = std::remove_cvref_t<decltype(*std::declval<T&>())>;
  info.kind = TypeInfo::Kind::box;
  info.element = &registered<Inner>();
  info.inside = [](void* v) { return as<T>(v) ? static_cast<void*>(&filled(as<T>(v))) : nullptr; };
  info.fill = [](void* v) { return static_cast<void*>(&filled(as<T>(v))); };
  info.reset = [](void* v) { as<T>(v) = T(); };
}

template <class T>
void describe_number(TypeInfo& info) {
  info.kind = std::is_same_v<T, bool> ? TypeInfo::Kind::boolean
              : std::is_enum_v<T>     ? TypeInfo::Kind::enumeration
                                      : TypeInfo::Kind::integer;
  info.number = [](const void* v) { return static_cast<int64_t>(as<T>(v)); };
  info.set_number = [](void* v, int64_t number) { as<T>(v) = static_cast<T>(number); };
  if constexpr (std::is_enum_v<T>)
    info.words = all_enum_words<T>();
  else
    info.is_signed = std::is_signed_v<T>;
}

template <class T>
void describe(TypeInfo& info) {
  static const T fresh{};
  info.fresh = &fresh;
  info.duplicate = [](const void* v) { return static_cast<void*>(new T(as<T>(v))); };
  info.destroy = [](void* v) { delete static_cast<T*>(v); };
  info.take = [](void* to, void* from) { as<T>(to) = std::move(as<T>(from)); };
  if constexpr (Fields<T>::known) {
    describe_structure<T>(info);
  } else if constexpr (is_variant<T>) {
    describe_variant<T>(info);
  } else if constexpr (is_vector<T>) {
    describe_vector<T>(info);
  } else if constexpr (is_box<T> || is_optional<T>) {
    describe_box<T>(info);
  } else if constexpr (std::is_same_v<T, std::string>) {
    info.kind = TypeInfo::Kind::text;
  } else {
    describe_number<T>(info);
  }
}

/// Types refer to each other in circles, so a type has its place before its fields are looked at.
template <class T>
struct Entry {
  static inline TypeInfo info;
  static inline bool begun = false;
};

template <class T>
TypeInfo& registered() {
  if (!Entry<T>::begun) {
    Entry<T>::begun = true;
    Entry<T>::info.id = known_types.size();
    known_types.push_back(&Entry<T>::info);
    describe<T>(Entry<T>::info);
  }
  return Entry<T>::info;
}

extern template TypeInfo& registered<std::string>();
extern template TypeInfo& registered<std::vector<std::string>>();
extern template TypeInfo& registered<Name>();
extern template TypeInfo& registered<std::vector<Name>>();
extern template TypeInfo& registered<TypeName>();
extern template TypeInfo& registered<Option>();
extern template TypeInfo& registered<std::vector<Option>>();
extern template TypeInfo& registered<Expr>();
extern template TypeInfo& registered<Box<Expr>>();
extern template TypeInfo& registered<std::vector<Expr>>();
extern template TypeInfo& registered<std::vector<SortItem>>();
extern template TypeInfo& registered<Query>();
extern template TypeInfo& registered<Box<Query>>();
extern template TypeInfo& registered<Column>();
extern template TypeInfo& registered<std::vector<Column>>();
extern template TypeInfo& registered<Constraint>();
extern template TypeInfo& registered<std::vector<Constraint>>();
extern template TypeInfo& registered<CreateTable>();
extern template TypeInfo& registered<AlterTable>();
extern template TypeInfo& registered<CreateIndex>();
extern template TypeInfo& registered<CreateFunction>();
extern template TypeInfo& registered<CreateTrigger>();
extern template TypeInfo& registered<CreatePolicy>();
extern template TypeInfo& registered<CreateDomain>();
extern template TypeInfo& registered<CreateView>();
extern template TypeInfo& registered<StatementNode>();
extern template TypeInfo& registered<plpgsql::Value>();
extern template TypeInfo& registered<plpgsql::Statement>();
extern template TypeInfo& registered<plpgsql::Body>();
extern template TypeInfo& registered<Insert>();
extern template TypeInfo& registered<Update>();
extern template TypeInfo& registered<Delete>();
extern template TypeInfo& registered<Merge>();
extern template TypeInfo& registered<json::Envelope>();

}  // namespace pg2crdb::ast::reflection
