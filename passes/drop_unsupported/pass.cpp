// The last of the rewrites: what no pass before it knew. A statement that the tree keeps word for word and
// that CockroachDB is not known to take is never passed on in silence, it needs a person.
#include "rewrite/pass.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "ast/describe.h"
#include "bind/namespace.h"
#include "bind/pg_catalog.h"
#include "order/extent.h"
#include "order/missing.h"
#include "order/wishes.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"statement-not-needed", Severity::info, "statements",
     "a statement about PostgreSQL's own workings that CockroachDB does not take", "Nothing to do."},
    {"statement-unknown", Severity::error, "statements", "a statement that this compiler does not model",
     "Check that CockroachDB takes it as it stands, and run it by hand."},
    {"database-dropped", Severity::info, "statements",
     "the output goes into the database that the target names, whatever its name was",
     "Create the database before, with a plain CREATE DATABASE: it has no encoding, locale or tablespace of "
     "its own."},
    {"public-schema-stays", Severity::warning, "statements", "CockroachDB cannot drop the schema public",
     "Nothing to do in an empty database; else drop what public holds first."},
};
enum : size_t { statement_not_needed, statement_unknown, database_dropped, public_schema_stays };

/// Statements that CockroachDB takes, by their command's words: the whole command, or the end of one that
/// begins with ALTER. What not every release takes is dropped or held back before where it is missing.
constexpr std::string_view taken[] = {
    "CALL",         "ANALYZE",        "ALTER FUNCTION",     "ALTER PROCEDURE",
    "ALTER POLICY", "ENABLE TRIGGER", "DISABLE TRIGGER",    "REASSIGN OWNED",
    "DROP OWNED",   "ALTER ROLE SET", "ALTER DATABASE SET",
};

/// The same where the script's order is kept; else rows come by the load, and transactions mean nothing.
constexpr std::string_view taken_in_order[] = {
    "SAVEPOINT",
    "RELEASE SAVEPOINT",
    "ROLLBACK TO SAVEPOINT",
};

bool is_taken(std::string_view kind) {
  return std::any_of(std::begin(taken), std::end(taken), [&](std::string_view words) {
    if (kind == words) return true;
    return kind.size() > words.size() && kind.ends_with(words) &&
           kind[kind.size() - words.size() - 1] == ' ' && kind.starts_with("ALTER ");
  });
}

/// Whether CockroachDB has such a statement, and where it can be altered, the command.
struct IsTaken {
  using Kind = ast::ObjectKind;
  const Target& target;
  bool in_order;

  bool operator()(const ast::Rename& rename) const {
    switch (rename.object.kind) {
      case Kind::column:
        return rename.relation == Kind::table;
      case Kind::table:
      case Kind::view:
      case Kind::materialized_view:
      case Kind::sequence:
      case Kind::index:
      case Kind::constraint:
      case Kind::type:
      case Kind::schema:
      case Kind::database:
      case Kind::function:
      case Kind::procedure:
      case Kind::routine:
        return true;
      case Kind::policy:  // its grammar has no IF EXISTS
        return !rename.if_exists;
      default:
        return false;
    }
  }
  bool operator()(const ast::SetSchema& set) const {
    switch (set.object.kind) {
      case Kind::table:
      case Kind::view:
      case Kind::materialized_view:
      case Kind::sequence:
      case Kind::type:
      case Kind::function:
      case Kind::procedure:
      case Kind::routine:
        return true;
      default:
        return false;
    }
  }
  bool operator()(const ast::Truncate& truncate) const { return !truncate.restart_identity; }
  bool operator()(const ast::AlterTable& alter) const {
    return std::all_of(alter.commands.begin(), alter.commands.end(),
                       [this](const ast::AlterCommand& command) { return is_taken(command); });
  }
  bool operator()(const ast::Opaque& opaque) const {
    return pg2crdb::is_taken(opaque.kind) ||
           (in_order && std::find(std::begin(taken_in_order), std::end(taken_in_order), opaque.kind) !=
                            std::end(taken_in_order));
  }
  bool operator()(const ast::Merge&) const { return false; }
  template <class Node>
  bool operator()(const Node&) const {
    return in_order || !ast::changes_rows<Node>;
  }

 private:
  bool is_taken(const ast::AlterCommand& command) const {
    if (const auto* set = std::get_if<ast::SetIdentity>(&command)) {
      return target.has(Capability::identity_set_generated) && !set->options.cycle;
    }
    // Behind a load, rows may have come that give the column values of their own.
    const auto* drop = std::get_if<ast::DropExpression>(&command);
    return drop == nullptr || (in_order && !drop->if_exists);
  }
};

/// Whether a routine is called by a signature with t.c%TYPE in it.
bool has_percent_type(const ast::StatementNode& node) {
  const auto in_one = [](const ast::ObjectRef& object) {
    return std::any_of(object.arguments.begin(), object.arguments.end(),
                       [](const ast::TypeName& type) { return type.percent_type; });
  };
  return std::visit(
      [&](const auto& statement) {
        if constexpr (requires { statement.object.arguments; }) return in_one(statement.object);
        if constexpr (requires { statement.objects; })
          return std::any_of(statement.objects.begin(), statement.objects.end(), in_one);
        return false;
      },
      node);
}

class Dropper {
 public:
  explicit Dropper(PassContext& context) : context_(context), is_dump_(order::is_dump(context.script)) {}

  void run() {
    const size_t count = context_.script.statements.size();
    for (size_t i = 0; i < count; ++i) {
      if (ast::Statement& statement = context_.script.statements[i]; statement.live()) visit(statement);
    }
  }

 private:
  void visit(ast::Statement& statement) {
    name_routines(statement);
    if (has_percent_type(statement.node)) {
      const std::string object = ast::statement_object(statement.node);
      context_.report(rules[statement_unknown], statement, object,
                      "`" + ast::statement_kind(statement.node) + "` tells `" + object +
                          "` by a %TYPE, which CockroachDB has not");
      context_.needs_person(statement, "CockroachDB has no %TYPE");
    } else if (bind::changes_pg_catalog(statement.node)) {
      const std::string object = ast::statement_object(statement.node);
      context_.report(rules[statement_unknown], statement, object,
                      "`" + ast::statement_kind(statement.node) + "` changes a routine of the server's own");
      context_.needs_person(statement, "it changes a routine of the server's own");
    } else if (statement.fate != ast::Fate::added &&
               !std::visit(IsTaken{context_.target, context_.options.in_order}, statement.node)) {
      unknown(statement);
    } else if (const auto* database = std::get_if<ast::CreateDatabase>(&statement.node)) {
      context_.report(rules[database_dropped], statement, database->name,
                      "CREATE DATABASE `" + database->name + "` is left out");
      context_.drop(statement, "the output goes into the database that the target names");
    } else if (auto* schema = std::get_if<ast::CreateSchema>(&statement.node)) {
      if (schema->name != "public" || schema->if_not_exists) return;
      schema->if_not_exists = true;
      context_.rewritten(statement);
    } else if (auto* drop = std::get_if<ast::Drop>(&statement.node)) {
      this->drop(statement, *drop);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      const ast::Statement* create = context_.catalog.table(alter->name);
      if (context_.options.in_order || create == nullptr || create->id < statement.id) return;
      if (goes_with_its_table(*alter)) {
        context_.drop(statement, "goes with its table, which is dropped");
      } else if (!alter->if_exists && takes_off(*alter)) {
        alter->if_exists = true;
        context_.rewritten(statement);
      }
    }
  }

  static bool takes_off(const ast::AlterTable& alter) {
    return std::all_of(alter.commands.begin(), alter.commands.end(), [](const ast::AlterCommand& command) {
      const auto* set = std::get_if<ast::SetDefault>(&command);
      return (set != nullptr && !set->value) || std::holds_alternative<ast::DropConstraint>(command);
    });
  }

  /// pg_dump --clean takes keys and defaults off a table before it drops it. CockroachDB refuses that of keys
  /// (57000, #42840), and here it would hit the new table. A foreign key has to go before the table that it
  /// refers to, a default before its sequence.
  bool goes_with_its_table(const ast::AlterTable& alter) const {
    if (alter.commands.empty()) return false;
    return std::all_of(alter.commands.begin(), alter.commands.end(), [&](const ast::AlterCommand& command) {
      const auto* drop = std::get_if<ast::DropConstraint>(&command);
      if (drop == nullptr) return false;
      const auto& keys = context_.catalog.foreign_keys();
      return std::none_of(keys.begin(), keys.end(), [&](const ast::Catalog::ForeignKey& key) {
        return to_string(key.table) == to_string(alter.name) && key.constraint->name == drop->name;
      });
    });
  }

  void unknown(ast::Statement& statement) {
    const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
    if (opaque != nullptr && opaque->kind == "unparsed") {  // the parser has said why
      context_.needs_person(statement, "PostgreSQL's own parser refuses it");
      return;
    }
    context_.report(rules[statement_unknown], statement, ast::statement_object(statement.node),
                    "`" + ast::statement_kind(statement.node) + "` is not translated");
    context_.needs_person(statement, "not modelled");
  }

  /// What the script makes behind its DROP may not be there on a fresh cluster, as all that pg_dump --clean
  /// drops. Of tables, types, routines and their like the rest is taken to stand on the target, and told so.
  bool may_be_absent(const ast::Drop& drop) {
    if (!order::is_tracked(drop.kind) || bind::is_member(drop.kind) || is_dump_) return true;
    if (made_.empty()) {
      for (const ast::Object& one : context_.script.objects) {
        if (one.made_here()) made_.insert({one.name.schema, one.name.name});
      }
    }
    return std::any_of(drop.objects.begin(), drop.objects.end(), [&](const ast::ObjectRef& one) {
      return made_.contains({one.name.schema.empty() ? "public" : one.name.schema, one.name.name});
    });
  }

  /// DROP of what CockroachDB never has is nothing to do.
  void drop(ast::Statement& statement, ast::Drop& drop) {
    using Kind = ast::ObjectKind;
    const bool exists = (drop.kind != Kind::trigger || context_.target.has(Capability::triggers)) &&
                        (drop.kind != Kind::policy || context_.target.has(Capability::row_level_security)) &&
                        (drop.kind != Kind::procedure || context_.target.has(Capability::procedures));
    if (drop.kind == Kind::schema) keep_public(statement, drop);
    if (drop.kind == Kind::type && drop.cascade) {
      // DROP TYPE has no CASCADE (emit forms 6). What hung on a type of this script is gone already, where
      // the script's order is not kept.
      if (context_.options.in_order && is_made_before(drop, statement)) {
        unknown(statement);
        return;
      }
      drop.cascade = false;
      context_.rewritten(statement);
    }
    if (!statement.live()) return;
    switch (exists ? drop.kind : Kind::language) {
      case Kind::table:
      case Kind::view:
      case Kind::materialized_view:
      case Kind::sequence:
      case Kind::index:
      case Kind::schema:
      case Kind::type:
      case Kind::function:
      case Kind::procedure:
      case Kind::routine:
      case Kind::trigger:
      case Kind::policy:
      case Kind::role:
      case Kind::database:
        if (!drop.if_exists && !context_.options.in_order && may_be_absent(drop)) {
          drop.if_exists = true;
          context_.rewritten(statement);
        }
        return;
      default:
        context_.report(
            rules[statement_not_needed], statement, ast::statement_object(statement.node),
            "`" + ast::statement_kind(statement.node) + "` is left out: CockroachDB has none of these");
        context_.drop(statement, "CockroachDB has none of these");
    }
  }

  /// CockroachDB tells functions and procedures apart by their word, and knows ROUTINE in no list.
  void name_routines(ast::Statement& statement) {
    if (auto* drop = std::get_if<ast::Drop>(&statement.node)) {
      name_routines(statement, *drop);
    } else if (auto* grant = std::get_if<ast::Grant>(&statement.node)) {
      if (grant->all_in_schema) {
        name_all_routines(statement, *grant);
      } else {
        name_routines(statement, *grant);
      }
    } else if (auto* owner = std::get_if<ast::AlterOwner>(&statement.node)) {
      name_routine(statement, owner->object);
    } else if (auto* rename = std::get_if<ast::Rename>(&statement.node)) {
      name_routine(statement, rename->object);
    } else if (auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
      name_routine(statement, move->object);
    }
  }

  void name_routine(ast::Statement& statement, ast::ObjectRef& routine) {
    if (routine.kind != ast::ObjectKind::routine) return;
    routine.kind = is_procedure(routine) ? ast::ObjectKind::procedure : ast::ObjectKind::function;
    context_.rewritten(statement);
  }

  /// ON ALL ROUTINES IN SCHEMA is younger than the other two (release facts 7.16).
  void name_all_routines(ast::Statement& statement, ast::Grant& grant) {
    if (grant.kind != ast::ObjectKind::routine || context_.target.has(Capability::grant_on_routines)) return;
    grant.kind = ast::ObjectKind::function;
    context_.rewritten(statement);
    if (!context_.target.has(Capability::procedures)) return;
    ast::Grant procedures = grant;
    procedures.kind = ast::ObjectKind::procedure;
    context_.add(std::move(procedures), statement, order::phase_wish(statement));
  }

  template <class Node>
  void name_routines(ast::Statement& statement, Node& node) {
    if (node.kind != ast::ObjectKind::routine) return;
    const auto first = std::stable_partition(node.objects.begin(), node.objects.end(),
                                             [this](const auto& object) { return !is_procedure(object); });
    node.kind = first == node.objects.begin() ? ast::ObjectKind::procedure : ast::ObjectKind::function;
    context_.rewritten(statement);
    if (first == node.objects.begin() || first == node.objects.end()) return;
    Node procedures = node;
    procedures.kind = ast::ObjectKind::procedure;
    procedures.objects.assign(first, node.objects.end());
    node.objects.erase(first, node.objects.end());
    context_.add(std::move(procedures), statement, order::phase_wish(statement));
  }

  bool is_procedure(const ast::ObjectRef& routine) const {
    const std::vector<ast::Statement*> overloads = context_.catalog.functions(routine.name);
    return std::any_of(overloads.begin(), overloads.end(), [](const ast::Statement* one) {
      const auto* create = std::get_if<ast::CreateFunction>(&one->node);
      return create != nullptr && create->procedure;
    });
  }

  bool is_made_before(const ast::Drop& drop, const ast::Statement& statement) const {
    return std::any_of(drop.objects.begin(), drop.objects.end(), [&](const ast::ObjectRef& object) {
      const ast::Statement* made = context_.catalog.enum_type(object.name);
      if (made == nullptr) made = context_.catalog.composite_type(object.name);
      return made != nullptr && made->id < statement.id;
    });
  }

  /// Whether the script has made something in public by then.
  bool holds_anything(const ast::Statement& before) const {
    return std::any_of(context_.script.objects.begin(), context_.script.objects.end(),
                       [&](const ast::Object& object) {
                         return object.made_here() && object.created < before.id &&
                                object.dropped > before.id && object.name.schema == "public";
                       });
  }

  void keep_public(ast::Statement& statement, ast::Drop& drop) {
    const size_t before = drop.objects.size();
    std::erase_if(drop.objects, [](const ast::ObjectRef& object) { return object.name.name == "public"; });
    if (drop.objects.size() == before) return;
    if (context_.options.in_order && holds_anything(statement)) {
      unknown(statement);
      return;
    }
    context_.report(rules[public_schema_stays], statement, "public",
                    "DROP SCHEMA `public` is left out: CockroachDB cannot drop it");
    if (drop.objects.empty()) {
      context_.drop(statement, "CockroachDB cannot drop the schema public");
    } else {
      context_.rewritten(statement);
    }
  }

  PassContext& context_;
  bool is_dump_;
  std::set<std::pair<std::string, std::string>> made_ = {};  ///< schema and name of what the script makes
};

void run(PassContext& context) {
  Dropper(context).run();
}

}  // namespace

extern const Pass drop_unsupported;
const Pass drop_unsupported = {
    .name = "drop-unsupported",
    .category = "statements",
    .fidelity = Fidelity::loses,
    .summary = "holds back statements that nothing is known of",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
