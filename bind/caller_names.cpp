#include "bind/caller_names.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "ast/signature.h"
#include "bind/history.h"
#include "parser/names.h"
#include "support/name_words.h"

namespace pg2crdb::bind {
namespace {

using ast::ObjectKind;

bool is_relation(ObjectKind kind) {
  return kind == ObjectKind::table || kind == ObjectKind::view || kind == ObjectKind::materialized_view ||
         kind == ObjectKind::sequence;
}

/// Whether so many arguments may be given to a routine.
bool takes(const ast::Script& script, const ast::Object& routine, int count) {
  const auto* function = std::get_if<ast::CreateFunction>(&script.statements[routine.created].node);
  if (function == nullptr || count < 0) return true;
  int least = 0, most = 0;
  for (const ast::FunctionParameter& one : function->parameters) {
    if (one.mode == ast::FunctionParameter::Mode::variadic) return true;
    const bool is_given = function->procedure && one.mode == ast::FunctionParameter::Mode::out;
    if (!ast::is_argument(one) && !is_given) continue;
    ++most;
    least += one.default_value ? 0 : 1;
  }
  return least <= count && count <= most;
}

bool sets_path(const ast::CreateFunction& function) {
  return std::ranges::any_of(function.settings,
                             [](const ast::SetVariable& one) { return one.name == "search_path"; });
}

class Reader {
 public:
  explicit Reader(PassContext& context) : context_(context), script_(context.script) {
    for (const ast::Object& object : script_.objects) {
      const bool is_named =
          object.stands() && object.made_here() && (is_relation(object.kind) || ast::is_routine(object.kind));
      if (is_named) objects_[object.name.name].push_back(&object);
    }
    std::erase_if(objects_, [](const auto& one) {
      return std::ranges::all_of(one.second, [&](const ast::Object* other) {
        return other->name.schema == one.second.front()->name.schema;
      });
    });
    for (const auto& one : objects_) words_.add(one.first);
  }

  void read() {
    for (const ast::Statement& statement : script_.statements) {
      const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
      if (function == nullptr || !statement.live() || function->body.size() != 1 ||
          function->bound_when_made() || sets_path(*function))
        continue;
      if (words_.may_be_in(function->body[0])) look(statement, *function);
    }
  }

 private:
  void look(const ast::Statement& statement, const ast::CreateFunction& function) {
    std::set<std::string> said;
    for (const NameUse& use : names_in(function).names) {
      const auto known = objects_.find(use.name.name);
      if (!use.name.schema.empty() || known == objects_.end() || use.kind == NameUse::Kind::type) continue;
      std::map<std::string, std::string> by_schema;
      for (const ast::Object* object : known->second) {
        const bool is_it = use.kind == NameUse::Kind::relation
                               ? is_relation(object->kind)
                               : ast::is_routine(object->kind) && takes(script_, *object, use.arguments);
        if (is_it) by_schema[object->name.schema] = "`" + to_string(object->name) + "`";
      }
      if (by_schema.size() < 2 || !said.insert(use.name.name).second) continue;
      std::string objects;
      for (const auto& [schema, name] : by_schema) objects += (objects.empty() ? "" : ", ") + name;
      const bool has_place = function.offset >= 0 && use.has_place();
      const std::string routine = to_string(function.name);
      context_.report(
          rules[History::name_of_caller], statement, routine,
          "`" + use.name.name + "` in the body of `" + routine +
              "` is looked for when it is made, and in PostgreSQL by its caller's search_path: " + objects,
          has_place ? function.offset + static_cast<int64_t>(use.begin) : -1);
    }
  }

  PassContext& context_;
  const ast::Script& script_;
  std::map<std::string, std::vector<const ast::Object*>, std::less<>> objects_;
  NameWords words_;  ///< of `objects_`
};

}  // namespace

void tell_names_of_callers(PassContext& context) {
  Reader(context).read();
}

}  // namespace pg2crdb::bind
