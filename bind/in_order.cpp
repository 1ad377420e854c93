// Names for output in the script's own order: each means what it means where it stands.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ast/describe.h"
#include "bind/caller_names.h"
#include "bind/drop_routines.h"
#include "bind/dropped_types.h"
#include "bind/extensions.h"
#include "bind/guessed_text.h"
#include "bind/history.h"
#include "bind/in_use.h"
#include "bind/iso_dates.h"
#include "bind/later_names.h"
#include "bind/left_undone.h"
#include "bind/partitions_in_order.h"
#include "bind/rows_in_order.h"
#include "bind/session.h"
#include "bind/taken_over.h"
#include "support/script_order.h"

namespace pg2crdb::bind {
namespace {

using ast::ObjectKind;

class InOrderBinder {
 public:
  explicit InOrderBinder(PassContext& context)
      : context_(context),
        binder_(context.script),
        in_use_(context.script, binder_),
        undone_(context.script, binder_),
        rows_(context, binder_),
        partitions_(context.script),
        taken_over_(context, binder_),
        later_names_(context) {
    binder_.in_order = true;
  }

  void run() {
    SessionNumber session{};
    const size_t count = context_.script.statements.size();  // what is added on the way is taken already
    for (size_t i = 0; i < count; ++i) {
      ast::Statement& statement = context_.script.statements[i];
      if (session_of(statement.span) != session) binder_.begin_session();
      session = session_of(statement.span);
      binder_.transaction(statement);
      if (statement.fate == ast::Fate::dropped) {  // rolled back
        for (ast::SelectStatement& taking : rows_.numbers_of_undone(statement))
          take(context_.add(std::move(taking), statement, ast::Phase::post_data));
        continue;
      }
      const size_t guarded = context_.script.statements.size();
      settle_guard(context_, binder_, statement);
      const size_t guarded_end = context_.script.statements.size();
      take(statement);
      for (size_t id = guarded; id < guarded_end; ++id) take(context_.script.statements[id]);
    }
    for (const auto& [setter, name] : binder_.guesses)
      report(History::search_path_opaque, context_.script.statements[setter], name, guessed_text(name));
    later_names_.tell(binder_);
    tell_names_of_callers(context_);
    for (ast::DataBlock& block : context_.script.data) {
      if (block.statement != ast::no_statement)
        block.table = std::get<ast::CopyFrom>(context_.script.statements[block.statement].node).table;
    }
  }

 private:
  void take(ast::Statement& statement) {
    if (went_along(statement)) return context_.drop(statement, "it goes with its table");
    if (statement.fate == ast::Fate::dropped) return;
    read_truncate_only(statement);
    const auto first = static_cast<ObjectId>(context_.script.objects.size());
    const Binder::Result result = binder_.bind(statement);
    if (pass_over(statement, result)) return;
    if (hold_back_refused(statement, result)) return;
    ast::StatementId root = hold_back_waiting(statement, result);
    if (root == ast::no_statement && (hold_back(statement) || rows_.hold_back(statement))) return;
    if (may_take_others(statement)) taken_along_ = statement.id;
    if (takes_members(statement)) members_taken_ = statement.id;
    if (root == ast::no_statement && hold_back_used(statement)) root = statement.id;
    const bool held = root != ast::no_statement;
    const bool replaces = result.met == Binder::Met::replaced;
    if (held) {
      undone_.note(statement, result, root);
      if (replaces) context_.script.objects[result.object].created = result.older;  // which stays
    } else {
      if (replaces) replace_function(statement, result.object);
      in_use_.note(statement, result);
    }
    bool changed = binder_.changed();
    changed |= write_iso(statement.node);
    auto* opaque = std::get_if<ast::Opaque>(&statement.node);
    if (opaque != nullptr && switch_off_for_replicas(*opaque)) changed = true;
    if (opaque != nullptr && write_signature(*opaque, is_only_routine(statement))) changed = true;
    if (opaque != nullptr && discards_all(*opaque)) {  // what it undoes of what goes out is settings
      ast::SetVariable reset;
      reset.kind = ast::SetVariable::Kind::reset_all;
      statement.node = std::move(reset);
      changed = true;
    }
    if (auto* rename = std::get_if<ast::Rename>(&statement.node)) {
      const bool index = taken_over_.has(rename->object);
      this->rename(*rename);
      if (index) {
        rename->object = {
            ObjectKind::index, {rename->object.name.schema, rename->object.member}, {}, false, {}};
        changed = true;
      }
    } else if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
      if (context_.script.objects[move->object.name.object].name.schema == move->schema)
        return context_.drop(statement, "it stands in that schema already");
      move_to(move->object.name.object, move->schema);
      move_along(move->object.name.object, *move, statement);
    } else if (auto* drop = std::get_if<ast::Drop>(&statement.node)) {
      if (!held && drop->cascade && (drop->kind == ObjectKind::domain || drop->kind == ObjectKind::type))
        changed |= drop_with_types(*drop, statement);
      const bool takes_along = !held && drop->cascade;
      for (ast::StatementNode& one : takes_along ? what_goes_before(*drop, statement, context_.script)
                                                 : std::vector<ast::StatementNode>())
        take(context_.add(std::move(one), statement, ast::Phase::pre_data, Beside::before));
      if (takes_along && ast::is_routine(drop->kind)) {  // nothing that CockroachDB knows of is left to take
        drop->cascade = false;
        changed = true;
      }
      const size_t before = drop->objects.size();
      std::erase_if(drop->objects, [&](const ast::ObjectRef& one) {
        const bool temporary = is_temporary_view(one.name.object);
        if (drop->cascade && (drop->kind == ObjectKind::table || drop->kind == ObjectKind::view ||
                              drop->kind == ObjectKind::materialized_view))
          drop_views_over(one.name.object, statement.id);
        this->drop(one.name.object, drop->kind, one.member, statement.id);
        return temporary;
      });
      if (drop->objects.empty() && before > 0)
        return context_.drop(statement, "the temporary view that it drops is not made");
      changed |= drop->objects.size() < before;
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      if (!held) taken_over_.drop(statement, *alter);
      for (ast::AlterCommand& command : alter->commands)
        changed |= this->alter(alter->name.object, command, statement.id);
      if (!held && taken_over_.take(statement)) return;
    } else if (const auto* sequence = std::get_if<ast::AlterSequence>(&statement.node)) {
      own(*sequence);
    }
    if (auto* role = std::get_if<ast::CreateRole>(&statement.node)) {
      for (ast::GrantRole& grant : take_memberships(*role)) {
        changed = true;
        take(context_.add(std::move(grant), statement, ast::Phase::roles));
      }
    }
    if (changed && statement.fate == ast::Fate::kept) context_.rewritten(statement);
    if (held) undone_.note_made(statement, first, root);
    rows_.note_keys(statement);
    own_created(statement, result);
    binder_.add_copied([&](ast::StatementNode node) {
      const bool key = std::holds_alternative<ast::AlterTable>(node);
      add_beside(std::move(node), statement, key ? ast::Phase::pre_data : ast::Phase::post_data);
    });
  }

  /// Whether the routine that a text is about is the only one of its name.
  bool is_only_routine(const ast::Statement& statement) const {
    for (const ObjectId id : statement.text_objects) {
      const ast::Object& one = context_.script.objects[id];
      if (ast::is_routine(one.kind))
        return one.made_here() && binder_.names.routines(one.name, {}).size() == 1;
    }
    return false;
  }

  void report(History::RuleIndex rule, const ast::Statement& statement, const std::string& object,
              std::string message) {
    context_.report(rules[rule], statement, object, std::move(message));
  }

  /// What changes nothing in PostgreSQL is left out: CockroachDB may refuse it, and what passes make of it
  /// would change something.
  bool pass_over(ast::Statement& statement, const Binder::Result& result) {
    const auto* move = std::get_if<ast::SetSchema>(&statement.node);
    const ObjectId moved = move == nullptr ? ast::no_object : move->object.name.object;
    if (result.met == Binder::Met::existing && is_certain(result) &&
        context_.script.statements[result.older].live()) {
      context_.drop(statement, "it is there already, since " +
                                   PassContext::line_of(context_.script.statements[result.older]));
    } else if (moved != ast::no_object && context_.script.objects[moved].name.schema == move->schema) {
      context_.drop(statement, "it is in that schema already");
    }
    return statement.fate == ast::Fate::dropped;
  }

  /// What stood before a DROP ... CASCADE may have gone with it; with a column, its indexes and sequences.
  bool is_certain(const Binder::Result& met) const {
    const ObjectKind kind = context_.script.objects[met.object].kind;
    const bool is_part = kind == ObjectKind::index || kind == ObjectKind::sequence || is_member(kind);
    const auto stands_behind = [&](ast::StatementId taken) {
      return taken == ast::no_statement || met.older > taken;
    };
    return stands_behind(taken_along_) && (!is_part || stands_behind(members_taken_));
  }

  /// What PostgreSQL refuses.
  bool hold_back_refused(ast::Statement& statement, const Binder::Result& result) {
    bind::hold_back_refused(context_, statement, result);
    if (statement.live() && result.met == Binder::Met::taken && is_certain(result)) {
      const ast::Object& there = context_.script.objects[result.object];
      hold_back_taken(
          context_, statement, taken_name(statement, there),
          "there already, since " + PassContext::line_of(context_.script.statements[result.older]));
    }
    return !statement.live();
  }

  /// Whether it drops or moves more than it names.
  static bool may_take_others(ast::Statement& statement) {
    if (const auto* drop = std::get_if<ast::Drop>(&statement.node)) return drop->cascade;
    if (std::holds_alternative<ast::SetSchema>(statement.node)) return true;
    if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
        opaque && opaque->kind == "DROP OWNED")
      return true;
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter == nullptr) return works_unseen(statement.node);
    return std::any_of(alter->commands.begin(), alter->commands.end(), [](const ast::AlterCommand& one) {
      const auto* column = std::get_if<ast::DropColumn>(&one);
      const auto* constraint = std::get_if<ast::DropConstraint>(&one);
      return (column != nullptr && column->cascade) || (constraint != nullptr && constraint->cascade);
    });
  }
  static bool takes_members(const ast::Statement& statement) {
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    return alter != nullptr &&
           std::any_of(alter->commands.begin(), alter->commands.end(),
                       [](const auto& one) { return std::holds_alternative<ast::DropColumn>(one); });
  }

  /// What passes make of the objects that it is about leaves it without its effect.
  bool hold_back(ast::Statement& statement) {
    if (const std::string domain = changed_domain(context_.script, statement); !domain.empty()) {
      report(History::domain_altered, statement, domain, "domain `" + domain + "` is changed");
      context_.needs_person(statement, "the domain is expanded as it was created");
      return true;
    }
    const auto* drop = std::get_if<ast::Drop>(&statement.node);
    const std::vector<std::string> extensions =
        drop == nullptr ? std::vector<std::string>() : dropped_extensions(context_.script, *drop);
    for (const std::string& extension : extensions) {
      const ExtensionUses uses = uses_of_extension(context_.script, extension, statement, ast::no_object);
      if (uses.certain.empty() && uses.unsure == ast::no_statement) continue;
      report_extension(context_, statement, extension, uses);
      return true;
    }
    if (const ObjectId renamed = partitions_.renamed_by(statement); renamed != ast::no_object) {
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
    const std::string partition = partitions_.emptied_by(statement);
    if (partition.empty()) {
      later_names_.note(statement, binder_);
      return false;
    }
    report(History::rows_of_partition, statement, partition,
           "the partition `" + partition + "` is merged into its table, where its rows stay");
    context_.needs_person(statement, "its rows stay in the whole table");
    return true;
  }

  /// What names something that a statement left for a person would have changed: that statement.
  ast::StatementId hold_back_waiting(ast::Statement& statement, const Binder::Result& result) {
    const ast::StatementId root = undone_.waits_for(statement, result);
    if (root == ast::no_statement) return root;
    const std::string object = ast::statement_object(statement.node);
    const std::string where =
        PassContext::line_of(context_.script.statements[root]) + ", which is left for a person";
    report(History::object_not_translated, statement, object,
           "`" + ast::statement_kind(statement.node) + (object.empty() ? "" : " " + object) + "` waits for " +
               where);
    context_.needs_person(statement, "it waits for " + where);
    return root;
  }

  /// What CockroachDB refuses to change because something uses it. What follows is read as if it had been
  /// done.
  bool hold_back_used(ast::Statement& statement) {
    const std::string by = in_use_.refuses(statement);
    if (by.empty()) return false;
    const std::string object = ast::statement_object(statement.node);
    report(History::changed_in_use, statement, object, "`" + object + "` cannot be changed here: " + by);
    context_.needs_person(statement, by);
    return true;
  }

  /// What is created belongs to the role that the session took on, which the output's does not.
  void own_created(const ast::Statement& statement, const Binder::Result& result) {
    const std::string role = binder_.session().role();
    if (role.empty() || result.met != Binder::Met::nothing || result.object == ast::no_object) return;
    if (auto alter = owner_change(statement, context_.script.objects[result.object], role))
      add_beside(std::move(*alter), statement, ast::Phase::post_data);
  }

  /// What goes with a statement, and waits with it.
  void add_beside(ast::StatementNode node, const ast::Statement& origin, ast::Phase phase) {
    ast::Statement& added = context_.add(std::move(node), origin, phase);
    if (origin.live()) return take(added);
    context_.needs_person(added, origin.reason);
  }

  /// Releases that replace no function which a trigger executes drop the trigger before, and make it again.
  void replace_function(const ast::Statement& statement, ObjectId function) {
    if (!std::holds_alternative<ast::CreateFunction>(statement.node) ||
        context_.target.has(Capability::or_replace_trigger))
      return;
    for (ast::CreateTrigger& trigger : in_use_.triggers_of(function)) {
      ast::Drop drop;
      drop.kind = ObjectKind::trigger;
      drop.objects.push_back({ObjectKind::trigger, trigger.table, trigger.name, false, {}});
      context_.add(std::move(drop), statement, ast::Phase::post_data, Beside::before);
      context_.add(std::move(trigger), statement, ast::Phase::post_data);
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
    this->rename(id, rename.new_name);
    // A key and its index are one.
    const ObjectId parent = context_.script.objects[id].parent;
    if (reference.kind == ObjectKind::constraint) {
      for (const ObjectId index : std::vector(binder_.names.members(id)))
        this->rename(index, rename.new_name);
    } else if (parent != ast::no_object && context_.script.objects[id].kind == ObjectKind::index &&
               context_.script.objects[parent].kind == ObjectKind::constraint) {
      this->rename(parent, rename.new_name);
    }
  }

  void rename(ObjectId id, const std::string& to) {
    ast::Name name = context_.script.objects[id].name;
    name.name = to;
    binder_.names.rename(id, std::move(name));
  }

  void move_to(ObjectId id, const std::string& schema) {
    if (id == ast::no_object) return;
    ast::Name name = context_.script.objects[id].name;
    name.schema = schema;
    binder_.names.rename(id, std::move(name));
  }

  /// ALTER SEQUENCE IF EXISTS of one that has moved there already, with its table.
  bool went_along(const ast::Statement& statement) const {
    const auto* move = std::get_if<ast::SetSchema>(&statement.node);
    if (move == nullptr || !move->if_exists || move->object.kind != ObjectKind::sequence) return false;
    const Path path = binder_.session().path();
    const ast::Name& name = move->object.name;
    if (binder_.names.find(ObjectKind::sequence, name, path) != ast::no_object) return false;
    const ast::Object& moved =
        context_.script.objects[binder_.names.former(ObjectKind::sequence, name, path)];
    return moved.stands() && moved.parent != ast::no_object && moved.name.schema == move->schema;
  }

  /// Indexes and owned sequences go with their table: in CockroachDB sequences do not by themselves.
  void move_along(ObjectId table, const ast::SetSchema& move, const ast::Statement& by) {
    for (const ObjectId member : std::vector(binder_.names.members(table))) {
      std::vector<ObjectId> inner = binder_.names.members(member);
      inner.push_back(member);
      for (const ObjectId id : inner) {
        const ast::Object& one = context_.script.objects[id];
        if (one.kind == ObjectKind::sequence && one.name.schema != move.schema) {
          ast::SetSchema along{{ObjectKind::sequence, one.name, {}, false, {}}, move.schema, true};
          ast::Statement& added = context_.add(std::move(along), by, ast::Phase::pre_data);
          if (!by.live()) context_.needs_person(added, by.reason);
        }
        if (one.kind == ObjectKind::sequence || one.kind == ObjectKind::index) move_to(id, move.schema);
      }
    }
  }

  /// What hangs on types is dropped before them, and then CASCADE has nothing left to take: whether it is
  /// gone. Where something stays that is not followed, DROP TYPE is left as it is.
  bool drop_with_types(ast::Drop& drop, const ast::Statement& by) {
    const bool types = std::any_of(drop.objects.begin(), drop.objects.end(), [&](const ast::ObjectRef& one) {
      return context_.script.objects[one.name.object].kind == ObjectKind::type;
    });
    GoneWithTypes gone = gone_with_types(drop, by, context_.script);
    if (types && !gone.unfollowed.empty()) return false;
    for (ast::StatementNode& node : gone.drops)
      take(context_.add(std::move(node), by, ast::Phase::pre_data, Beside::before));
    for (const ast::Statement* user : gone.unfollowed) {
      const std::string object = ast::statement_object(user->node);
      report(History::domain_altered, by, object,
             "`" + object + "` uses a domain that is dropped here, and goes with it");
    }
    if (types) drop.cascade = false;
    return types;
  }

  /// A sequence goes with the column that it belongs to.
  void own(const ast::AlterSequence& alter) {
    const std::vector<std::string>& owner = alter.options.owned_by;
    if (owner.empty() || alter.name.object == ast::no_object) return;
    ObjectId column = ast::no_object;  // NONE
    if (owner.size() > 1) {
      const ast::Name table{owner.size() > 2 ? owner[owner.size() - 3] : std::string(),
                            owner[owner.size() - 2]};
      const ObjectId id = binder_.names.find(ObjectKind::table, table, binder_.session().path());
      column = binder_.names.find_in(id, ObjectKind::column, owner.back());
    }
    binder_.names.set_parent(alter.name.object, column);
  }

  /// Which is left for a person: CockroachDB takes what its DROP says for a view that stays.
  bool is_temporary_view(ObjectId id) const {
    if (id == ast::no_object) return false;
    const ast::Object& one = context_.script.objects[id];
    return one.kind == ObjectKind::view && one.name.schema == "pg_temp" && one.made_here();
  }

  void drop(ObjectId id, ObjectKind kind, const std::string& member, ast::StatementId by) {
    if (id != ast::no_object && !member.empty()) id = binder_.names.find_in(id, kind, member);
    if (id != ast::no_object) binder_.names.drop(id, by);
  }

  /// They go along with what CASCADE drops.
  void drop_views_over(ObjectId id, ast::StatementId by) {
    for (const ObjectId view : in_use_.views_over(id)) binder_.names.drop(view, by);
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
      if (column->cascade)
        drop_views_over(binder_.names.find_in(table, ObjectKind::column, column->column), by);
      drop(table, ObjectKind::column, column->column, by);
    } else if (const auto* gone = std::get_if<ast::DropConstraint>(&command)) {
      drop(table, ObjectKind::constraint, gone->name, by);
    } else if (const auto* identity = std::get_if<ast::DropIdentity>(&command)) {
      const ObjectId of_column = binder_.names.find_in(table, ObjectKind::column, identity->column);
      for (const ObjectId sequence : std::vector(binder_.names.members(of_column))) {
        if (is_made_by_column(context_.script, sequence)) binder_.names.drop(sequence, by);
      }
    }
    return false;
  }

  PassContext& context_;
  Binder binder_;
  InUse in_use_;
  LeftUndone undone_;
  RowsInOrder rows_;
  PartitionsInOrder partitions_;
  TakenOver taken_over_;
  ast::StatementId taken_along_ =
      ast::no_statement;  ///< the last that may have dropped what it does not name
  ast::StatementId members_taken_ = ast::no_statement;  ///< the same of what belongs to a column
  LaterNames later_names_;
};

}  // namespace

void bind_names(PassContext& context) {
  leave_out_rolled_back(context);
  leave_out_savepoints(context);
  InOrderBinder(context).run();
}

}  // namespace pg2crdb::bind
