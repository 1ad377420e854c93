// pg_dump's `GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s.t_id_seq ...)` meets three walls: SEQUENCE NAME is
// refused in every release, CYCLE too, and an explicit value into an ALWAYS column is 428C9 where OVERRIDING
// is no syntax. So the name goes (and is restored by a rename where CockroachDB's own would differ), and the
// column is loaded as BY DEFAULT and set to ALWAYS afterwards. Plain sequences lose CYCLE and UNLOGGED, and
// an OWNED BY that would name a table that comes later.
#include "rewrite/pass.h"

#include <string>

#include "ast/sequence_call.h"
#include "bind/namespace.h"
#include "support/text_map.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"sequence-cycle", Severity::warning, "keys", "CockroachDB's sequences do not cycle",
     "Expect an error instead of a restart when the sequence is exhausted, or raise its MAXVALUE."},
    {"identity-always", Severity::error, "keys",
     "the target release cannot change an identity column after the load, so it stays BY DEFAULT",
     "Compile for a newer release, or acknowledge that explicit values are accepted."},
};

void strip_sequence(PassContext& context, ast::Statement& statement, ast::SequenceOptions& options,
                    const std::string& object) {
  if (options.cycle) {
    context.report(rules[0], statement, object, "sequence `" + object + "` is declared CYCLE");
    options.cycle = false;
    context.rewritten(statement);
  }
}

class IdentityAdapter {
 public:
  explicit IdentityAdapter(PassContext& context) : context_(context) {
    const auto& objects = context.script.objects;
    for (ast::ObjectId id = 0; id < objects.size(); ++id) {
      if (objects[id].made_here() && objects[id].stands() && !objects[id].name.schema.empty())
        taken_.emplace(key_of(objects[id].name), id);
    }
  }

  void adapt(ast::Statement& statement, const ast::Name& table, const std::string& column,
             ast::Identity& identity, bool if_exists = false) {
    const std::string object = to_string(table) + "." + column;
    const ast::Name& wanted = identity.options.sequence_name;
    const ast::Name chosen = chosen_name(table, column, wanted);
    strip_sequence(context_, statement, identity.options, to_string(wanted.empty() ? chosen : wanted));
    if (!wanted.empty()) {
      if (wanted.name != chosen.name) rename(statement, chosen, wanted.name);
      identity.restored_name = {table.schema, wanted.name};
      identity.options.sequence_name.clear();
      context_.rewritten(statement);
    }
    if (identity.always && !context_.options.in_order)
      set_always_later(statement, table, column, object, identity, if_exists);
  }

 private:
  /// Whether something else than the identity's own sequence is called so.
  bool is_taken(const ast::Name& name, const ast::Name& table, const std::string& column) const {
    const ast::ObjectId* taken = taken_.find(key_of(name));
    if (taken == nullptr) return false;
    const auto& objects = context_.script.objects;
    const ast::Object& owner = objects[objects[*taken].parent];
    return !bind::is_made_by_column(context_.script, *taken) || owner.name.name != column ||
           key_of(objects[owner.parent].name) != key_of(table);
  }

  /// The name that the target gives the identity's sequence: with a number where another object has the plain
  /// one.
  ast::Name chosen_name(const ast::Name& table, const std::string& column, const ast::Name& wanted) const {
    const std::string plain = table.name + "_" + column + "_seq";
    std::string name = plain;
    for (int i = 1; name != wanted.name && is_taken({table.schema, name}, table, column); ++i)
      name = plain + std::to_string(i);
    return {table.schema, name};
  }

  void rename(ast::Statement& statement, const ast::Name& from, const std::string& to) {
    ast::Rename rename;
    rename.object.kind = ast::ObjectKind::sequence;
    rename.object.name = from;
    rename.new_name = to;
    // What else draws from the sequence names it as it is called behind this.
    for (ast::ObjectId id = 0; id < context_.script.objects.size(); ++id) {
      const ast::Object& one = context_.script.objects[id];
      const bool is_it = one.kind == ast::ObjectKind::sequence && one.stands() &&
                         key_of(one.name) == key_of(ast::Name{from.schema, to});
      if (is_it) rename.object.name.object = id;
    }
    context_.add(std::move(rename), statement, ast::Phase::pre_data);
  }

  void set_always_later(ast::Statement& statement, const ast::Name& table, const std::string& column,
                        const std::string& object, ast::Identity& identity, bool if_exists) {
    identity.always = false;
    context_.rewritten(statement);
    if (!context_.target.has(Capability::identity_set_generated)) {
      context_.report(rules[1], statement, object,
                      "`" + object + "` is GENERATED ALWAYS and becomes BY DEFAULT");
      return;
    }
    ast::AlterTable alter;
    alter.name = table;
    alter.if_exists = if_exists;
    alter.commands.push_back(ast::SetIdentity{column, true, true, {}});
    context_.add(std::move(alter), statement, ast::Phase::post_data);
  }

  PassContext& context_;
  TextMap<ast::ObjectId> taken_;  ///< by the name of what stands at the end
};

/// `OWNED BY t.c` in CREATE SEQUENCE: the table comes after its sequences, so the words move to a statement
/// of their own.
void separate_owner(PassContext& context, ast::Statement& statement, ast::CreateSequence& create) {
  if (create.options.owned_by.empty()) return;
  ast::AlterSequence alter;
  alter.name = create.name;
  alter.options.owned_by = std::move(create.options.owned_by);
  create.options.owned_by.clear();
  context.rewritten(statement);
  context.add(std::move(alter), statement, ast::Phase::pre_data);
}

void run(PassContext& context) {
  IdentityAdapter adapter(context);
  const size_t count = context.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    if (!statement.live()) continue;
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (ast::Column& column : table->columns) {
        if (column.identity) adapter.adapt(statement, table->name, column.name, *column.identity);
      }
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (ast::AlterCommand& command : alter->commands) {
        if (auto* add = std::get_if<ast::AddIdentity>(&command))
          adapter.adapt(statement, alter->name, add->column, add->identity, alter->if_exists);
      }
    } else if (auto* sequence = std::get_if<ast::CreateSequence>(&statement.node)) {
      strip_sequence(context, statement, sequence->options, to_string(sequence->name));
      if (!context.options.in_order) separate_owner(context, statement, *sequence);
      if (sequence->persistence == ast::Persistence::unlogged) {
        sequence->persistence = ast::Persistence::permanent;
        context.rewritten(statement);
      }
    } else if (auto* change = std::get_if<ast::AlterSequence>(&statement.node)) {
      strip_sequence(context, statement, change->options, to_string(change->name));
    }
  }
}

}  // namespace

extern const Pass adapt_identity_columns;
const Pass adapt_identity_columns = {
    .name = "adapt-identity-columns",
    .category = "keys",
    .fidelity = Fidelity::exact,
    .summary = "loads identity columns as BY DEFAULT and restores ALWAYS and the sequence's name",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
