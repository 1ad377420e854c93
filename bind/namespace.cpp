#include "bind/namespace.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "bind/pg_catalog.h"
#include "support/name_size.h"

namespace pg2crdb::bind {
namespace {

using ast::Object;
using ast::ObjectKind;

/// What a name is looked up by. Made for each look-up, so mostly without allocating.
class Key {
 public:
  Key(ObjectKind kind, std::string_view schema, std::string_view name)
      : size_(2 + schema.size() + name.size()) {
    if (size_ > near_.size()) far_.resize(size_);
    char* to = far_.empty() ? near_.data() : far_.data();
    *to++ = name_space(kind);
    to = std::copy(schema.begin(), schema.end(), to);
    *to++ = '\0';
    std::copy(name.begin(), name.end(), to);
  }

  operator std::string_view() const { return {far_.empty() ? near_.data() : far_.data(), size_}; }
  std::string text() const { return std::string(std::string_view(*this)); }

 private:
  size_t size_;
  std::array<char, 96> near_ = {};
  std::string far_;  ///< of one that is longer than `near_`
};

Key key_of(ObjectKind kind, std::string_view schema, std::string_view name) {
  return {kind, schema, name};
}

Key key_in(ObjectId relation, ObjectKind kind, std::string_view name) {
  char in[sizeof(relation) + 1] = {};  // no schema begins with a zero byte
  std::memcpy(in + 1, &relation, sizeof(relation));
  return {kind, std::string_view(in, sizeof(in)), name};
}

Key key_of(const Object& object) {
  return is_member(object.kind) ? key_in(object.parent, object.kind, object.name.name)
                                : key_of(object.kind, object.name.schema, object.name.name);
}

constexpr std::string_view pg_catalog = "pg_catalog";

/// What `look` finds first along a path, pg_catalog included.
template <class Look>
ObjectId first_along(const Path& path, Look&& look) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (i == path.before_system) {
      if (const ObjectId id = look(pg_catalog); id != ast::no_object) return id;
    }
    if (const ObjectId id = look(path[i]); id != ast::no_object) return id;
  }
  return path.before_system < path.size() ? ast::no_object : look(pg_catalog);
}

Key constraint_key(std::string_view schema, std::string_view name) {
  return key_of(ObjectKind::constraint, schema, name);
}

}  // namespace

/// The longer of the two names is cut first.
std::string object_name(std::string_view name1, std::string_view name2, std::string_view label) {
  const size_t overhead = (name2.empty() ? 0 : 1) + (label.empty() ? 0 : label.size() + 1);
  size_t size1 = name1.size();
  size_t size2 = name2.size();
  while (size1 + size2 + overhead > longest_name) --(size1 > size2 ? size1 : size2);
  std::string name(clipped_name(name1, size1));
  if (!name2.empty()) name.append(1, '_').append(clipped_name(name2, size2));
  if (!label.empty()) name.append(1, '_').append(label);
  return name;
}

bool is_made_by_column(const ast::Script& script, ObjectId sequence) {
  const Object& object = script.objects[sequence];
  return object.kind == ObjectKind::sequence && object.made_here() &&
         !std::holds_alternative<ast::CreateSequence>(script.statements[object.created].node);
}

bool is_relation(ObjectKind kind) {
  return name_space(kind) == 'r';
}
char name_space(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::table:
    case ObjectKind::view:
    case ObjectKind::materialized_view:
    case ObjectKind::foreign_table:
    case ObjectKind::sequence:
    case ObjectKind::index:
      return 'r';
    case ObjectKind::type:
    case ObjectKind::domain:
      return 't';
    case ObjectKind::function:
    case ObjectKind::procedure:
    case ObjectKind::routine:
    case ObjectKind::aggregate:
      return 'f';
    default:
      return static_cast<char>('\200' + static_cast<int>(kind));
  }
}

bool is_member(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::column:
    case ObjectKind::constraint:
    case ObjectKind::domain_constraint:
    case ObjectKind::trigger:
    case ObjectKind::policy:
    case ObjectKind::rule:
      return true;
    default:
      return false;
  }
}

bool is_system_schema(std::string_view schema) {
  return schema == "information_schema" || schema.starts_with("pg_");
}

Namespace::Namespace(std::deque<Object>& objects) : objects_(objects) {
  objects_.assign(1, Object{});
  create(ObjectKind::schema, {{}, "public"}, ast::no_statement);
}

ObjectId Namespace::named(std::string_view key) const {
  const ObjectId* found = names_.find(key);
  return found == nullptr ? ast::no_object : *found;
}

void Namespace::enter(ObjectId id) {
  const Object& object = objects_[id];
  if (is_routine(object.kind)) {
    routines_[key_of(object).text()].push_back(id);
    routine_names_.insert(object.name.name);
  } else {
    names_[key_of(object)] = id;
  }
  if (object.kind == ObjectKind::constraint && object.parent != ast::no_object)
    ++constraint_names_[constraint_key(objects_[object.parent].name.schema, object.name.name)];
  if (!is_member(object.kind) && object.name.schema != pg_catalog)
    enter_of_pg_catalog(object.kind, std::string(object.name.name));
}

void Namespace::enter_of_pg_catalog(ObjectKind kind, const std::string& name) {
  if (is_in_pg_catalog(kind, name)) return;
  const auto enter = [&](ObjectKind what, std::string signature) {
    create(what, {std::string(pg_catalog), name}, ast::no_statement, ast::no_object, std::move(signature));
  };
  if (is_routine(kind)) {
    std::string_view signatures = signatures_in_pg_catalog(name);
    while (!signatures.empty()) {
      const size_t end = signatures.find(')') + 1;
      enter(ObjectKind::function, std::string(signatures.substr(0, end)));
      signatures.remove_prefix(end);
    }
    return;
  }
  if (is_relation(kind) && is_relation_of_pg_catalog(name)) enter(ObjectKind::table, {});
  const bool is_type = is_relation(kind) || name_space(kind) == name_space(ObjectKind::type);
  if (is_type && is_type_of_pg_catalog(name) && !is_in_pg_catalog(ObjectKind::type, name))
    enter(ObjectKind::type, {});
}

bool Namespace::is_in_pg_catalog(ObjectKind kind, const std::string& name) const {
  return is_routine(kind) ? routines_.contains(key_of(kind, pg_catalog, name).text())
                          : names_.contains(key_of(kind, pg_catalog, name));
}

void Namespace::leave(ObjectId id) {
  const Object& object = objects_[id];
  if (object.made_here()) {
    former_[key_of(object).text()] = id;
    if (is_relation(object.kind)) former_relations_[key_of(object).text()].push_back(id);
  }
  if (is_routine(object.kind)) {
    std::erase(routines_[key_of(object).text()], id);
  } else if (ObjectId* found = names_.find(key_of(object)); found != nullptr && *found == id) {
    *found = ast::no_object;
  }
  if (object.kind == ObjectKind::constraint && object.parent != ast::no_object)
    --constraint_names_[constraint_key(objects_[object.parent].name.schema, object.name.name)];
}

ObjectId Namespace::find(ObjectKind kind, const ast::Name& name, const Path& path) const {
  const auto look = [&](std::string_view schema) { return named(key_of(kind, schema, name.name)); };
  if (!name.schema.empty() || path.empty()) return look(name.schema);
  if (const ObjectId temporary = look("pg_temp"); temporary != ast::no_object) return temporary;
  return first_along(path, look);
}

ObjectId Namespace::find_type(const ast::Name& name, const Path& path) const {
  const auto look = [&](std::string_view schema) {
    const ast::Name full{std::string(schema), name.name};
    const ObjectId type = find(ObjectKind::type, full, {});
    return type != ast::no_object ? type : find(ObjectKind::table, full, {});
  };
  if (!name.schema.empty() || path.empty()) return look(name.schema);
  if (const ObjectId temporary = look("pg_temp"); temporary != ast::no_object) return temporary;
  return first_along(path, look);
}

ObjectId Namespace::anywhere(ObjectKind kind, const std::string& name) const {
  if (anywhere_.empty()) {
    for (ObjectId id = 1; id < objects_.size(); ++id) {
      const Object& object = objects_[id];
      if (object.made_here() && object.stands() && !is_member(object.kind))
        anywhere_.emplace(key_of(object.kind, {}, object.name.name).text(), id);
    }
  }
  const auto found = anywhere_.find(key_of(kind, {}, name).text());
  return found == anywhere_.end() ? ast::no_object : found->second;
}

ObjectId Namespace::former(ObjectKind kind, const ast::Name& name, const Path& path) const {
  for (const std::string& schema : name.schema.empty() ? path : Path{name.schema}) {
    const auto found = former_.find(key_of(kind, schema, name.name).text());
    if (found != former_.end()) return found->second;
  }
  return ast::no_object;
}

std::vector<ObjectId> Namespace::former_relations(const ast::Name& name, const Path& path) const {
  for (const std::string& schema : name.schema.empty() ? path : Path{name.schema}) {
    const auto found = former_relations_.find(key_of(ObjectKind::table, schema, name.name).text());
    if (found != former_relations_.end()) return found->second;
  }
  return {};
}

ObjectId Namespace::find_in(ObjectId relation, ObjectKind kind, std::string_view name) const {
  return named(key_in(relation, kind, name));
}

ObjectId Namespace::former_in(ObjectId relation, ObjectKind kind, std::string_view name) const {
  const auto found = former_.find(key_in(relation, kind, name).text());
  return found == former_.end() ? ast::no_object : found->second;
}

std::vector<ObjectId> Namespace::routines(const ast::Name& name, const Path& path) const {
  const auto look = [&](std::string_view schema) {
    const auto found = routines_.find(key_of(ObjectKind::function, schema, name.name).text());
    return found == routines_.end() ? std::vector<ObjectId>() : found->second;
  };
  if (!name.schema.empty() || path.empty()) return look(name.schema);
  // Overloads may be spread over the path; where signatures are equal the first one hides the others.
  std::vector<ObjectId> all;
  first_along(path, [&](std::string_view schema) {
    for (const ObjectId id : look(schema)) {
      const bool hidden = std::any_of(all.begin(), all.end(), [&](ObjectId other) {
        return objects_[other].signature == objects_[id].signature;
      });
      if (!hidden) all.push_back(id);
    }
    return ast::no_object;
  });
  return all;
}

ObjectId Namespace::routine(const ast::Name& name, std::string_view signature, const Path& path) const {
  for (const ObjectId id : routines(name, path)) {
    if (objects_[id].signature == signature) return id;
  }
  return ast::no_object;
}

ObjectId Namespace::create(ObjectKind kind, ast::Name name, ast::StatementId statement, ObjectId parent,
                           std::string signature) {
  const auto id = static_cast<ObjectId>(objects_.size());
  Object& object = objects_.emplace_back();
  object.kind = kind;
  object.name = std::move(name);
  object.name.object = id;
  object.signature = std::move(signature);
  object.parent = parent;
  object.created = statement;
  if (parent != ast::no_object) members_[parent].push_back(id);
  enter(id);
  return id;
}

void Namespace::drop(ObjectId id, ast::StatementId statement) {
  if (id == ast::no_object || !objects_[id].stands()) return;
  objects_[id].dropped = statement;
  leave(id);
  for (const ObjectId member : std::vector(members(id))) drop(member, statement);
  const ObjectId parent = objects_[id].parent;
  if (parent != ast::no_object) std::erase(members_[parent], id);
  if (objects_[id].kind == ObjectKind::column) dropped_columns_[parent].push_back(id);
}

void Namespace::rename(ObjectId id, ast::Name name) {
  std::vector<ObjectId> moved;  // constraints are counted under their relation's schema
  if (name.schema != objects_[id].name.schema) {
    for (const ObjectId member : members(id)) {
      if (objects_[member].kind == ObjectKind::constraint) moved.push_back(member);
    }
  }
  for (const ObjectId member : moved) leave(member);
  leave(id);
  objects_[id].name = std::move(name);
  objects_[id].name.object = id;
  enter(id);
  for (const ObjectId member : moved) enter(member);
}

void Namespace::alias(ObjectId object, const ast::Name& name) {
  aliases_.emplace(key_of(objects_[object].kind, name.schema, name.name).text(), object);
}

ObjectId Namespace::find_alias(const ast::Name& name, const Path& path) const {
  for (const std::string& schema : name.schema.empty() ? path : Path{name.schema}) {
    const auto found = aliases_.find(key_of(ObjectKind::table, schema, name.name).text());
    if (found != aliases_.end()) return found->second;
  }
  return ast::no_object;
}

void Namespace::set_parent(ObjectId object, ObjectId parent) {
  if (const ObjectId before = objects_[object].parent; before != ast::no_object)
    std::erase(members_[before], object);
  objects_[object].parent = parent;
  if (parent != ast::no_object) members_[parent].push_back(object);
}

std::vector<ObjectId> Namespace::in_schema(std::string_view schema) const {
  std::vector<ObjectId> found;
  for (ObjectId id = 1; id < objects_.size(); ++id) {
    const Object& object = objects_[id];
    if (object.stands() && !is_member(object.kind) && object.name.schema == schema) found.push_back(id);
  }
  return found;
}

const std::vector<ObjectId>& Namespace::members(ObjectId relation) const {
  static const std::vector<ObjectId> none;
  const auto found = members_.find(relation);
  return found == members_.end() ? none : found->second;
}

std::vector<ObjectId> Namespace::columns(ObjectId relation) const {
  std::vector<ObjectId> columns;
  columns.reserve(members(relation).size());
  for (const ObjectId member : members(relation)) {
    if (objects_[member].kind == ObjectKind::column) columns.push_back(member);
  }
  return columns;
}

std::vector<ObjectId> Namespace::columns_at(ObjectId relation, ast::StatementId statement) const {
  std::vector<ObjectId> found = columns(relation);
  if (const auto dropped = dropped_columns_.find(relation); dropped != dropped_columns_.end())
    found.insert(found.end(), dropped->second.begin(), dropped->second.end());
  std::erase_if(found, [&](ObjectId id) {
    return objects_[id].created > statement || (!objects_[id].stands() && objects_[id].dropped < statement);
  });
  std::sort(found.begin(), found.end());
  return found;
}

std::string Namespace::choose_name(const std::string& schema, std::string_view name1, std::string_view name2,
                                   std::string_view label, Among among) const {
  for (int number = 0;; ++number) {
    std::string name =
        object_name(name1, name2, std::string(label) + (number == 0 ? "" : std::to_string(number)));
    const int* constraints = constraint_names_.find(constraint_key(schema, name));
    const bool of_constraint = constraints != nullptr && *constraints > 0;
    // What the script only names (IF EXISTS) gives way.
    const bool of_relation = objects_[named(key_of(ObjectKind::table, schema, name))].made_here();
    if ((among == Among::relations || !of_constraint) && (among == Among::constraints || !of_relation))
      return name;
  }
}

}  // namespace pg2crdb::bind
