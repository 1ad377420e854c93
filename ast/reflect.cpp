#include "ast/reflect.h"

#include <algorithm>
#include <atomic>
#include <concepts>
#include <string>
#include <type_traits>

#include "ast/enum_words.h"
#include "ast/fields.h"

namespace pg2crdb::ast {
namespace {

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

template <class T>
T& as(void* value) {
  return *static_cast<T*>(value);
}
template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

/// By id.
std::vector<const TypeInfo*> known_types;

/// The type's entry; filled in at the first call, which only `register_all` makes.
template <class T>
TypeInfo& registered();

template <class T, size_t i>
void* member(void* node) {
  return &(as<T>(node).*(std::get<i>(Fields<T>::list).member));
}

template <class T, size_t... i>
void add_fields(TypeInfo& info, std::index_sequence<i...>) {
  (info.fields.push_back(
       {std::get<i>(Fields<T>::list).name,
        &registered<
            std::remove_cvref_t<decltype(std::declval<T&>().*(std::get<i>(Fields<T>::list).member))>>(),
        &member<T, i>, std::get<i>(Fields<T>::list).required}),
   ...);
}

template <class V, size_t... i>
void add_alternatives(TypeInfo& info, std::index_sequence<i...>) {
  (info.alternatives.push_back(&registered<std::variant_alternative_t<i, V>>()), ...);
}
template <class V, size_t... i>
void emplace(void* variant, size_t alternative, std::index_sequence<i...>) {
  ((i == alternative ? void(as<V>(variant).template emplace<i>()) : void()), ...);
}

template <class T>
void describe_structure(TypeInfo& info) {
  info.kind = TypeInfo::Kind::structure;
  info.name = Fields<T>::name;
  if constexpr (requires(const T& node) {
                  { node.offset } -> std::convertible_to<int64_t>;
                }) {
    info.offset = [](const void* v) { return static_cast<int64_t>(as<T>(v).offset); };
    info.forget_offset = [](void* v) { as<T>(v).offset = -1; };
  } else if constexpr (std::is_same_v<T, IndexElement>) {
    // Of a plain column PostgreSQL does not say where it stands.
    info.offset = [](const void* v) {
      const Box<Expr>& expr = as<T>(v).expr;
      return int64_t{expr ? expr->offset : -1};
    };
  }
  add_fields<T>(info, std::make_index_sequence<std::tuple_size_v<decltype(Fields<T>::list)>>());
}

template <class T>
void describe_variant(TypeInfo& info) {
  info.kind = TypeInfo::Kind::variant;
  info.index = [](const void* v) { return as<T>(v).index(); };
  info.held = [](void* v) {
    return std::visit([](auto& node) { return static_cast<void*>(&node); }, as<T>(v));
  };
  info.emplace = [](void* v, size_t i) {
    emplace<T>(v, i, std::make_index_sequence<std::variant_size_v<T>>());
  };
  add_alternatives<T>(info, std::make_index_sequence<std::variant_size_v<T>>());
}

template <class T>
void describe_vector(TypeInfo& info) {
  using Element = typename T::value_type;
  info.kind = TypeInfo::Kind::vector;
  info.element = &registered<Element>();
  info.size = [](const void* v) { return as<T>(v).size(); };
  info.at = [](void* v, size_t i) { return static_cast<void*>(&as<T>(v)[i]); };
  info.erase = [](void* v, size_t i) { as<T>(v).erase(as<T>(v).begin() + static_cast<std::ptrdiff_t>(i)); };
  info.insert = [](void* v, size_t i, const void* element) {
    as<T>(v).insert(as<T>(v).begin() + static_cast<std::ptrdiff_t>(i), as<Element>(element));
  };
}

template <class T>
void describe_box(TypeInfo& info) {
  using Inner = std::remove_cvref_t<decltype(*std::declval<T&>())>;
  info.kind = TypeInfo::Kind::box;
  info.element = &registered<Inner>();
  info.inside = [](void* v) { return as<T>(v) ? static_cast<void*>(&*as<T>(v)) : nullptr; };
  info.fill = [](void* v) {
    if (!as<T>(v)) as<T>(v) = T(Inner{});
    return static_cast<void*>(&*as<T>(v));
  };
  info.reset = [](void* v) { as<T>(v).reset(); };
}

template <class T>
void describe_number(TypeInfo& info) {
  info.kind = std::is_same_v<T, bool> ? TypeInfo::Kind::boolean
              : std::is_enum_v<T>     ? TypeInfo::Kind::enumeration
                                      : TypeInfo::Kind::integer;
  info.number = [](const void* v) { return static_cast<int64_t>(as<T>(v)); };
  info.set_number = [](void* v, int64_t number) { as<T>(v) = static_cast<T>(number); };
  if constexpr (std::is_enum_v<T>) {
    for (std::string_view rest = enum_words<T>; !rest.empty();) {
      const size_t end = std::min(rest.find(' '), rest.size());
      info.words.push_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

template <class T>
void describe(TypeInfo& info) {
  info.make = [] { return std::static_pointer_cast<void>(std::make_shared<T>()); };
  info.copy = [](const void* v) { return std::static_pointer_cast<void>(std::make_shared<T>(as<T>(v))); };
  info.assign = [](void* to, const void* from) { as<T>(to) = as<T>(from); };
  info.offset = [](const void*) { return int64_t{-1}; };
  info.forget_offset = [](void*) {};
  if constexpr (Fields<T>::known) {
    describe_structure<T>(info);
  } else if constexpr (is_variant<T>) {
    describe_variant<T>(info);
  } else if constexpr (is_vector<T>) {
    describe_vector<T>(info);
  } else if constexpr (is_box<T>) {
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
