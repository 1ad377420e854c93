#include "bind/pg_catalog.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "parser/names.h"

namespace pg2crdb::bind {
namespace {

struct Function {
  std::string_view name;
  std::string_view signatures;
};

constexpr Function functions[] = {
#define FUNCTION(name, signatures) {name, signatures},
#include "bind/pg_catalog.def"
};

constexpr std::string_view aggregates[] = {
#define AGGREGATE(name) name,
#include "bind/pg_catalog.def"
};

constexpr std::string_view types[] = {
#define TYPE(name) name,
#include "bind/pg_catalog.def"
};

constexpr std::string_view relations[] = {
#define RELATION(name) name,
#include "bind/pg_catalog.def"
};

/// A routine of PostgreSQL's own, which another database would change with it.
bool is_of_server(const ast::Name& name, const std::vector<ast::TypeName>& arguments) {
  if (name.object != ast::no_object || (!name.schema.empty() && name.schema != "pg_catalog")) return false;
  std::string signature = "(";
  for (const ast::TypeName& type : arguments)
    signature += (signature.size() > 1 ? "," : "") + type.name.name + (type.array_bounds.empty() ? "" : "[]");
  const std::string_view known = signatures_in_pg_catalog(name.name);
  return !name.schema.empty() || known.find(signature + ")") != std::string_view::npos;
}

}  // namespace

std::string_view signatures_in_pg_catalog(std::string_view function) {
  const auto* found =
      std::lower_bound(std::begin(functions), std::end(functions), function,
                       [](const Function& one, std::string_view name) { return one.name < name; });
  return found != std::end(functions) && found->name == function ? found->signatures : std::string_view();
}

bool is_aggregate_of_pg_catalog(std::string_view function) {
  return std::binary_search(std::begin(aggregates), std::end(aggregates), function);
}

bool is_type_of_pg_catalog(std::string_view name) {
  return std::binary_search(std::begin(types), std::end(types), name);
}

bool is_relation_of_pg_catalog(std::string_view name) {
  return std::binary_search(std::begin(relations), std::end(relations), name);
}

bool changes_pg_catalog(const ast::StatementNode& node) {
  const auto is_one = [](const ast::ObjectRef& object) {
    return ast::is_routine(object.kind) && is_of_server(object.name, object.arguments);
  };
  if (const auto* rename = std::get_if<ast::Rename>(&node)) return is_one(rename->object);
  if (const auto* move = std::get_if<ast::SetSchema>(&node)) return is_one(move->object);
  if (const auto* owner = std::get_if<ast::AlterOwner>(&node)) return is_one(owner->object);
  if (const auto* drop = std::get_if<ast::Drop>(&node))
    return std::any_of(drop->objects.begin(), drop->objects.end(), is_one);
  const auto* opaque = std::get_if<ast::Opaque>(&node);
  if (opaque == nullptr || (opaque->kind != "ALTER FUNCTION" && opaque->kind != "ALTER PROCEDURE"))
    return false;
  const std::vector<NameUse> names = names_in_sql(opaque->text).names;
  const auto routine = std::find_if(names.begin(), names.end(),
                                    [](const NameUse& use) { return use.kind == NameUse::Kind::routine; });
  return routine != names.end() && is_of_server(routine->name, routine->argument_types);
}

}  // namespace pg2crdb::bind
