#include "bind/drop_routines.h"

#include <algorithm>
#include <set>

#include "ast/signature.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {
namespace {

using ast::ObjectId;
using ast::ObjectKind;

class Reader {
 public:
  explicit Reader(const ast::Script& script) : script_(script) {}

  std::vector<ast::Drop> read(const ast::Drop& drop, const ast::Statement& by) {
    for (const ast::ObjectRef& one : drop.objects) {
      if (one.name.object != ast::no_object && one.member.empty()) gone_.insert(one.name.object);
      for (ObjectId id = 1; id < script_.objects.size() && drop.kind == ObjectKind::schema; ++id) {
        if (script_.objects[id].stands() && script_.objects[id].name.schema == one.name.name)
          gone_.insert(id);
      }
    }
    for (size_t before = 0; before != gone_.size() && !gone_.empty();) {
      before = gone_.size();
      for (const ast::Statement& statement : script_.statements) {
        if (statement.live() && statement.id != by.id) look(statement);
      }
    }
    if (std::ranges::all_of(drops_, [](const ast::Drop& one) { return one.kind == ObjectKind::view; }))
      return {};
    std::ranges::reverse(drops_);  // a view or a routine before those that it calls
    return std::move(drops_);
  }

 private:
  bool is_new(ObjectId id) const {
    return id != ast::no_object && script_.objects[id].stands() && !gone_.contains(id);
  }

  void look(const ast::Statement& statement) {
    if (const auto* view = std::get_if<ast::CreateView>(&statement.node)) {
      const bool goes = is_new(view->name.object) &&
                        std::ranges::any_of(gone_, [&](ObjectId id) { return names(*view->query, id); });
      if (goes) drop_object(view->name.object);
      return;
    }
    const auto* routine = std::get_if<ast::CreateFunction>(&statement.node);
    if (routine == nullptr || !routine->bound_when_made() || !is_new(routine->name.object) ||
        script_.objects[routine->name.object].created != statement.id ||
        std::ranges::none_of(statement.text_objects, [&](ObjectId id) { return gone_.contains(id); }))
      return;
    ast::ObjectRef& reference = drop_object(routine->name.object);
    reference.has_arguments = true;
    reference.arguments = ast::argument_types(*routine);
  }

  ast::ObjectRef& drop_object(ObjectId id) {
    gone_.insert(id);
    ast::Drop& drop = drops_.emplace_back();
    drop.kind = script_.objects[id].kind;
    drop.if_exists = true;
    ast::ObjectRef& reference = drop.objects.emplace_back();
    reference.kind = drop.kind;
    reference.name = script_.objects[id].name;
    return reference;
  }

  const ast::Script& script_;
  std::set<ObjectId> gone_;
  std::vector<ast::Drop> drops_;
};

}  // namespace

std::vector<ast::Drop> routines_that_go(const ast::Drop& drop, const ast::Statement& by,
                                        const ast::Script& script) {
  return Reader(script).read(drop, by);
}

}  // namespace pg2crdb::bind
