// Names for output in the script's own order: each means what it means where it stands.
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ast/describe.h"
#include "bind/history.h"
#include "parser/names.h"

namespace pg2crdb::bind {
namespace {

using ast::ObjectKind;

class InOrderBinder {
 public:
  explicit InOrderBinder(PassContext& context) : context_(context), binder_(context.script) {
    binder_.in_order = true;
  }

  void run() {
    uint32_t file = 0;
    const size_t count = context_.script.statements.size();  // what is added on the way is taken already
    for (size_t i = 0; i < count; ++i) {
      ast::Statement& statement = context_.script.statements[i];
      // Tools run each file in a session of its own.
      if (statement.span.file != file) binder_.begin_session();
      file = statement.span.file;
      binder_.transaction(statement);
      if (statement.fate != ast::Fate::dropped) take(statement);  // else rolled back
    }
    look_at_bodies();
    for (ast::DataBlock& block : context_.script.data) {
      if (block.statement != ast::no_statement)
        block.table = std::get<ast::CopyFrom>(context_.script.statements[block.statement].node).table;
    }
  }

 private:
  void take(ast::Statement& statement) {
    settle_guard(context_, binder_, statement);
    if (statement.fate == ast::Fate::dropped) return;
    read_truncate_only(statement);
    binder_.bind(statement);
    if (hold_back(statement)) return;
    bool changed = binder_.changed();
    if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
      this->rename(*rename);
    } else if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
      move_to(move->object.name.object, move->schema);
    } else if (const auto* drop = std::get_if<ast::Drop>(&statement.node)) {
      for (const ast::ObjectRef& one : drop->objects)
        this->drop(one.name.object, drop->kind, one.member, statement.id);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (ast::AlterCommand& command : alter->commands)
        changed |= this->alter(alter->name.object, command, statement.id);
    }
    if (changed && statement.fate == ast::Fate::kept) context_.rewritten(statement);
    binder_.add_copied([&](ast::StatementNode node) {
      const bool key = std::holds_alternative<ast::AlterTable>(node);
      take(context_.add(std::move(node), statement, key ? ast::Phase::pre_data : ast::Phase::post_data));
    });
  }

  void report(History::RuleIndex rule, const ast::Statement& statement, const std::string& object,
              std::string message) {
    context_.report(rules[rule], statement, object, std::move(message));
  }

  /// What passes make of the objects that it is about leaves it without its effect.
  bool hold_back(ast::Statement& statement) {
    if (const std::string domain = changed_domain(context_.script, statement); !domain.empty()) {
      report(History::domain_altered, statement, domain, "domain `" + domain + "` is changed");
      context_.needs_person(statement, "the domain is expanded as it was created");
      return true;
    }
    if (const ObjectId renamed = renamed_partition(statement); renamed != ast::no_object) {
      const std::string name = to_string(context_.script.objects[renamed].name);
      report(History::rename_unfollowed, statement, name,
             "the partition `" + name + "` is merged into its table, and gets another name");
      context_.needs_person(statement, "it renames a partition, which is merged");
      return true;
    }
    const auto* create = std::get_if<ast::CreateTable>(&statement.node);
    if (const std::string source = create == nullptr ? "" : unknown_source(context_.script, *create);
        !source.empty()) {
      report(History::like_unfollowed, statement, to_string(create->name),
             "`" + to_string(create->name) + "` is made LIKE `" + source +
                 "`, whose columns are not known here");
      context_.needs_person(statement, "it is made LIKE " + source + ", whose columns are not known here");
      return true;
    }
    const std::string partition = emptied_partition(statement);
    if (partition.empty()) return note_body(statement);
    report(History::rows_of_partition, statement, partition,
           "the partition `" + partition + "` is merged into its table, where its rows stay");
    context_.needs_person(statement, "its rows stay in the whole table");
    return true;
  }

  ObjectId renamed_partition(const ast::Statement& statement) const {
    const ast::ObjectRef* object = nullptr;
    if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) object = &rename->object;
    if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) object = &move->object;
    const bool partition =
        object != nullptr && object->member.empty() && partitions_.contains(object->name.object);
    return partition ? object->name.object : ast::no_object;
  }

  /// The partition that a statement takes away from its table, or empties.
  std::string emptied_partition(ast::Statement& statement) {
    if (const auto* create = std::get_if<ast::CreateTable>(&statement.node);
        create != nullptr && !create->partition_of.empty())
      partitions_.insert(create->name.object);
    std::vector<ObjectId> emptied;
    if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* attach = std::get_if<ast::AttachPartition>(&command))
          partitions_.insert(attach->partition.object);
      }
    } else if (const auto* drop = std::get_if<ast::Drop>(&statement.node)) {
      for (const ast::ObjectRef& one : drop->objects) {
        if (drop->kind == ObjectKind::table) emptied.push_back(one.name.object);
      }
    } else if (const auto* truncate = std::get_if<ast::Truncate>(&statement.node)) {
      for (const ast::Name& table : truncate->tables) emptied.push_back(table.object);
    } else if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
               opaque != nullptr && opaque->kind.ends_with(" DETACH PARTITION")) {
      emptied = statement.text_objects;
    }
    for (const ObjectId id : emptied) {
      if (id != ast::no_object && partitions_.contains(id))
        return to_string(context_.script.objects[id].name);
    }
    return {};
  }

  /// A name in a body that means nothing where the routine is created.
  struct Later {
    ast::StatementId statement;
    NameUse use;
    Path path;
  };

  /// The object of this script that a name in a body means at this point.
  ObjectId meant(const Later& name) const {
    ObjectId id = ast::no_object;
    if (name.use.kind == NameUse::Kind::routine) {
      const std::vector<ObjectId> routines = binder_.names.routines(name.use.name, name.path);
      if (!routines.empty()) id = routines.front();
    } else {
      const bool type = name.use.kind == NameUse::Kind::type;
      if (type) id = binder_.names.find(ObjectKind::type, name.use.name, name.path);
      if (id == ast::no_object) id = binder_.names.find(ObjectKind::table, name.use.name, name.path);
    }
    return id != ast::no_object && context_.script.objects[id].made_here() ? id : ast::no_object;
  }

  bool note_body(const ast::Statement& statement) {
    const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
    if (function == nullptr) return false;
    // An empty path, as pg_dump sets it, is not in the output: the target's own leads to public.
    Path path = path_of(function->settings).value_or(binder_.session().path());
    if (path.empty()) path.push_back("public");
    for (NameUse& use : names_in(*function).names) {
      Later name{statement.id, std::move(use), path};
      if (meant(name) == ast::no_object) later_.push_back(std::move(name));
    }
    return false;
  }

  void look_at_bodies() {
    for (const Later& name : later_) {
      ast::Statement& user = context_.script.statements[name.statement];
      const ObjectId id = meant(name);
      if (id == ast::no_object || !user.live()) continue;
      const ast::Statement& maker = context_.script.statements[context_.script.objects[id].created];
      const std::string object = ast::statement_object(user.node);
      const std::string what =
          to_string(name.use.name) + "`, which is made in " + PassContext::line_of(maker);
      report(History::body_names_later, user, object, "the body of `" + object + "` names `" + what);
      context_.needs_person(user, "its body names " + to_string(name.use.name) + ", which is made later");
    }
    for (const Binder::Gone& one : binder_.gone) {
      ast::Statement& user = context_.script.statements[one.statement];
      if (!user.live()) continue;
      const std::string object = ast::statement_object(user.node);
      report(History::body_names_gone, user, object,
             "the body of `" + object + "` names `" + one.name + "`, which is not there any more");
      context_.needs_person(user, "its body names " + one.name + ", which is not there any more");
    }
  }

  void rename(const ast::Rename& rename) {
    const ast::ObjectRef& reference = rename.object;
    ObjectId id = reference.name.object;
    if (id != ast::no_object && !reference.member.empty())
      id = binder_.names.find_in(id, reference.kind, reference.member);
    if (id == ast::no_object) return;
    if (reference.kind == ObjectKind::schema) {
      for (const ObjectId inside : binder_.names.in_schema(reference.name.name)) {
        if (inside != id) move_to(inside, rename.new_name);
      }
    }
    ast::Name name = context_.script.objects[id].name;
    name.name = rename.new_name;
    binder_.names.rename(id, std::move(name));
  }

  void move_to(ObjectId id, const std::string& schema) {
    if (id == ast::no_object) return;
    ast::Name name = context_.script.objects[id].name;
    name.schema = schema;
    binder_.names.rename(id, std::move(name));
  }

  void drop(ObjectId id, ObjectKind kind, const std::string& member, ast::StatementId by) {
    if (id != ast::no_object && !member.empty()) id = binder_.names.find_in(id, kind, member);
    if (id != ast::no_object) binder_.names.drop(id, by);
  }

  /// True where the command was changed.
  bool alter(ObjectId table, ast::AlterCommand& command, ast::StatementId by) {
    if (table == ast::no_object) return false;
    if (auto* add = std::get_if<ast::AddColumn>(&command)) {
      binder_.add_column(table, add->column, by);
      for (ast::Constraint& constraint : add->column.constraints)
        binder_.add_constraint(table, constraint, by, add->column.name);
      return binder_.changed();
    } else if (auto* constraint = std::get_if<ast::AddConstraint>(&command)) {
      binder_.add_constraint(table, constraint->constraint, by);
      return binder_.changed();
    } else if (const auto* column = std::get_if<ast::DropColumn>(&command)) {
      drop(table, ObjectKind::column, column->column, by);
    } else if (const auto* gone = std::get_if<ast::DropConstraint>(&command)) {
      drop(table, ObjectKind::constraint, gone->name, by);
    }
    return false;
  }

  PassContext& context_;
  Binder binder_;
  std::unordered_set<ObjectId> partitions_;  ///< that stand among the rows of their table
  std::vector<Later> later_;
};

}  // namespace

void bind_names(PassContext& context) {
  leave_out_rolled_back(context);
  leave_out_savepoints(context);
  InOrderBinder(context).run();
}

}  // namespace pg2crdb::bind
