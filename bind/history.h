#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bind/binder.h"
#include "diag/diagnostic.h"
#include "rewrite/pass.h"
#include "rows/copy_text.h"
#include "support/script_order.h"

namespace pg2crdb::bind {

/// What binding may report.
extern const std::span<const FindingKind> rules;

/// Binds every name of the script, and leaves in it what makes the catalog that stands at its end: what is
/// dropped again, replaced or rolled back is not made; what is renamed, moved or altered is made as it ends
/// up. What cannot be folded stays where it is, in the script's order. Each statement keeps one fate, with
/// the place that decided it as the reason.
void resolve_history(PassContext& context);

/// Binds every name where it stands, for output in the script's own order. Statements stay as they are, but
/// for those that the script rolls back: they are left out, since CockroachDB would not undo all of them.
void bind_names(PassContext& context);

/// A DO block that makes something in a case only: where it is known whether that holds here, or SQL has
/// words for it, the first of its statements takes the block's place, and the others are added behind; or it
/// goes.
void settle_guard(PassContext& context, const Binder& binder, ast::Statement& statement);

/// A TRUNCATE, with ONLY or without; nothing for other statements.
std::optional<ast::Truncate> truncate_of(const ast::StatementNode& node);

/// TRUNCATE ONLY becomes a TRUNCATE, which has no other tables in its output. Of each table whether ONLY is
/// said of it; empty for other statements.
std::vector<bool> read_truncate_only(ast::Statement& statement);

/// CREATE RULE "_RETURN" on a table of the script makes a view of it: both become that.
void read_return_rules(PassContext& context);
/// What CREATE RULE makes, which the tree keeps as text.
struct CreatedRule {
  std::string name = {};
  ast::Name table = {};
  bool on_insert = false;
  std::vector<ast::Name> changes = {};  ///< other tables that it writes
};
std::optional<CreatedRule> created_rule(const ast::Opaque& opaque);
/// What makes `role` the owner of what the statement creates; nothing where it has no owner of its own.
std::optional<ast::StatementNode> owner_change(const ast::Statement& statement, const ast::Object& made,
                                               const std::string& role);
/// The domain that a statement changes which is kept word for word, other than its owner and its place; empty
/// where it changes none.
std::string changed_domain(const ast::Script& script, const ast::Statement& statement);
/// Writes a name as it is called now: the schema only where it had one before, or where it is not public.
void write_name(ast::Name& name, const ast::Name& now);

/// ENABLE REPLICA TRIGGER as DISABLE TRIGGER: CockroachDB has no sessions of replicas, so that the trigger
/// fires in none. False for other statements.
bool switch_off_for_replicas(ast::Opaque& opaque);

/// The types by which ALTER FUNCTION tells a routine, as CockroachDB takes them in its text, where INT is
/// INT8: left out where it is the only one of its name. False where nothing changes.
bool write_signature(ast::Opaque& opaque, bool only_one);

/// What CREATE ROLE says of memberships, as the GRANTs that say the same; its options for them go.
std::vector<ast::GrantRole> take_memberships(ast::CreateRole& create);

/// `nextval('q'::regclass)`.
ast::Expr nextval(const ast::Name& sequence);
/// What a table is LIKE of which nobody knows the columns, though the script makes it; empty where there is
/// none.
std::string unknown_source(const ast::Script& script, const ast::CreateTable& create);

/// Whether a statement is only text: what it names is found in it again when that is renamed.
inline bool is_text(const ast::StatementNode& node) {
  return std::holds_alternative<ast::Opaque>(node) || std::holds_alternative<ast::DoBlock>(node);
}

/// Statements and rows that a ROLLBACK undoes leave the output.
void leave_out_rolled_back(PassContext& context);

/// Savepoints do, too: what is rolled back to one is gone, and the others mean nothing to the output.
void leave_out_savepoints(PassContext& context);

/// Leaves a statement for a person that PostgreSQL refuses for a column that is not there, or there twice, or
/// for a key that is not there; and those before it that are about what it makes.
void hold_back_refused(PassContext& context, ast::Statement& statement, const Binder::Result& result);
/// The same where what it creates is there already: `since` says since when.
void hold_back_taken(PassContext& context, ast::Statement& statement, const std::string& name,
                     const std::string& since);
/// What the statement creates, which is there: its own name, or that of the column that it adds.
std::string taken_name(const ast::Statement& statement, const ast::Object& there);

/// The work of resolve_history(), a statement at a time; one source file a kind of change.
class History {
 public:
  explicit History(PassContext& context);
  void run();

  enum RuleIndex : size_t {
    duplicate_object,
    rename_unfollowed,
    rows_of_trigger,
    rows_retyped,
    search_path_opaque,
    body_names_gone,
    materialized_view_older,
    sequence_gap,
    rows_of_two_defaults,
    table_as_older,
    rows_of_settings,
    routine_ran,
    rows_of_partition,
    block_changes,
    owned_by_role,
    domain_altered,
    like_unfollowed,
    rows_of_two_checks,
    drop_still_used,
    revoke_keeps,
    body_names_later,
    rows_from_dropped,
    body_unread,
    rows_of_view,
    detached_changed,
    check_reads_rows,
    rows_before_parents,
    rows_of_conflict,
    rows_nested_array,
    changed_in_use,
    literal_of_settings,
    missing_relation,
    missing_column,
    duplicate_default,
    missing_key,
    object_later,
    object_not_translated,
    guard_assumed,
    name_of_caller,
    rows_of_default,
  };

 private:
  // history.cpp
  void take(ast::Statement& statement);
  void met(ast::Statement& statement, const Binder::Result& result);
  void name_taken(ast::Statement& statement, const std::string& name, ObjectId by);
  void report(RuleIndex rule, const ast::Statement& statement, std::string object, std::string message);
  std::string line_of(ast::StatementId statement) const;
  /// What was added on the way stands where older statements stand.
  bool is_before(ast::StatementId one, const ast::Statement& by) const {
    return one < by.id || (one != by.id && context_.script.statements[one].fate == ast::Fate::added);
  }
  ast::Statement& statement(ast::StatementId id) { return context_.script.statements[id]; }
  const ast::Object& object(ObjectId id) const { return context_.script.objects[id]; }
  /// The CREATE TABLE of a table that the script makes and that still goes out; null for others.
  ast::CreateTable* table_of(ObjectId table);
  std::vector<ObjectId> objects_made_by(ast::StatementId statement);
  ObjectId refers_to(const ast::Statement& statement, ObjectId referenced) const;
  bool has_rows(ObjectId table) const {
    const auto found = rows_.find(table);
    return found != rows_.end() && !found->second.empty();
  }
  void supersede_comment(ast::Statement& statement, const ast::Comment& comment);
  void note_owner(ObjectId object, const std::string& role, ast::StatementId statement);
  void hold_back_setter(ast::Statement& statement, const std::string& setter);
  void leave_out_settings(ast::Statement& statement, ast::SelectStatement& select);
  void set_owner(const ast::Statement& statement, ObjectId object);
  void hold_back_nameless(ast::Statement& statement, const ast::CreateSchema& create);
  bool hold_back_call(ast::Statement& statement);
  bool hold_back_unfollowed(ast::Statement& statement, const ast::Opaque& opaque);
  void leave_like_behind(ObjectId table, const ast::Statement& by);  // like.cpp
  void add_copied(ast::Statement& made);
  void add_copied_of(ast::Statement& made);
  void list_objects(ast::Statement& statement, ast::Grant& grant);
  void alter_enum(ast::Statement& statement, const ast::AlterEnum& alter);
  void rename_label(ast::Statement& statement, ObjectId type);
  void pin_names(ObjectId table);
  void pin_numbered(ObjectId table);
  void expand_serial(ObjectId table, const std::string& column);
  void expand_serials(const ast::CreateTable& table, ObjectId sequence);

  // rows.cpp
  void rows_up_to(const ast::Statement& statement);
  void enter(SessionNumber session);
  void rows(ast::DataBlock& block);
  const ast::Column* column_of(const ast::DataBlock& block, size_t value);
  void look_at_values(ast::DataBlock& block);
  void give_defaults(ast::DataBlock& block);
  std::optional<std::optional<std::string>> constant_default(const ast::Column& column);
  bool hold_back_unknown(ast::DataBlock& block);
  void leave_out_early(const ast::Statement& made, ObjectId awaited);
  static bool gives(const ast::DataBlock& block, const std::string& column);
  bool any_column(ObjectId table, const std::function<bool(const ast::Column&)>& is);
  std::string misreading(ObjectId table);
  bool has_column_of(ObjectId table, ObjectId type);
  void default_lost(ObjectId table, const std::string& column);
  void outdate_views(ObjectId table);
  void refreshed(ObjectId view);
  void outdate_copies(ObjectId source, const ast::Statement& by, const std::string& why, bool lost = false);
  void report_copies();
  ast::CreateTableAs* copy_of(ObjectId table);
  void leave_out_rows(ObjectId table, const std::string& reason);
  void truncate(ast::Statement& statement, ast::Truncate& truncate, const std::vector<bool>& only);

  // conflicts.cpp
  /// A key of a table, and what rows so far have in it.
  struct SeenKey {
    std::vector<ast::Column> columns = {};
    bool nulls_equal = false;
    std::vector<size_t> blocks = {};  ///< of script.data: whose rows these are
    std::unordered_set<std::string> values = {};
    bool drawn = false;       ///< some have numbers of a sequence
    bool sure = true;         ///< other texts are other values
    std::string unread = {};  ///< why some are not known; empty: all are
  };
  struct KeyValue {
    std::string text = {};
    bool sure = true;
    bool null = false;
    bool drawn = false;
    bool random = false;
    std::string unknown = {};  ///< the column whose value is computed
  };
  ast::TypeName base_type(const ast::TypeName& type) const;
  KeyValue key_value(const SeenKey& key, const std::vector<std::string>& given, const std::vector<Field>& row,
                     const std::vector<size_t>& defaults) const;
  static std::optional<bool> repeats(const SeenKey& key, const KeyValue& value);
  static void add(SeenKey& key, const KeyValue& value);
  void read_rows_before(SeenKey& key, ObjectId table);
  std::vector<std::string> given_columns(const ast::DataBlock& block) const;
  static void each_row(
      const ast::DataBlock& block,
      const std::function<void(uint64_t, const std::vector<Field>&, const std::vector<size_t>&)>& look);
  void skip_repeated(ObjectId table, ast::DataBlock& block);
  // literals.cpp
  void tell_misread(ast::Statement& statement);

  // ran.cpp
  std::string changed_in(ObjectId routine);
  void call_lost(ast::Statement& user, ObjectId routine, const ast::Statement& by);
  void note_work(ObjectId table, const ast::Statement& statement);
  void note_work(const ast::Statement& statement);
  std::string changed_behind(ObjectId object, const ast::Statement& call);
  void check_call(ast::Statement& call);
  bool check_setval(ast::Statement& statement);
  std::vector<ObjectId> moved_inside(ast::Statement& statement);
  void check_calls();

  // triggers.cpp
  void fire(ObjectId table, const ast::DataBlock& block);
  void apply_rules(ObjectId table, const ast::DataBlock& block);
  void switch_rule(const ast::Statement& statement, const ast::Opaque& opaque);
  std::vector<ObjectId> triggers_of(ObjectId table) const;
  void switch_triggers(ast::Statement& statement, const ast::Opaque& opaque);
  void leave_out_switched_off();

  // partitions.cpp
  std::vector<ObjectId> children(ObjectId table);
  std::vector<ObjectId> partitions_of(ObjectId table) const;
  std::vector<ObjectId> with_partitions(ObjectId table) const;
  ObjectId whole_of(ObjectId table) const;
  bool any_rows(ObjectId table, const std::function<bool(const ast::DataBlock&)>& is);
  bool holds_rows(ObjectId table) {
    return any_rows(table, [](const ast::DataBlock&) { return true; });
  }
  const ast::Column* column_of(ObjectId table, const std::string& name);
  bool make_own(ObjectId table);
  void detach(ast::Statement& statement);
  void stop_inheriting(ast::Statement& statement);
  void leave_type(ast::Statement& statement);
  void report_bounds();
  void note_changed_whole(const ast::Statement& statement);
  bool has_indexes(ObjectId table) const;
  void partition_lost(ObjectId partition, const ast::Statement& by);

  // privileges.cpp
  void note_grantor(const ast::Statement& statement, const ast::Grant& grant);
  std::vector<ast::StatementId> granted_before(const ast::Statement& statement, const ast::Grant& revoke);
  void revoke_cascade(ast::Statement& statement, ast::Grant& revoke);
  void keep_default_privileges();
  void change_owner(ObjectId id, const ast::Role& owner, const ast::Statement& by);

  // constraints.cpp
  bool edit_constraint(ObjectId table, ObjectId constraint,
                       const std::function<void(ast::Constraint&)>& change);
  bool validate(ObjectId table, const std::string& name);
  bool alter_constraint(ast::Statement& statement, const ast::Opaque& opaque);
  std::vector<std::string> key_columns(const ast::CreateTable& create, ObjectId constraint);
  void erase_keys_to(ObjectId table, const std::vector<std::string>& columns, const ast::Statement& by);

  // computed.cpp
  void note_replaced_routine(const ast::Statement& older, const ast::Statement& newer, ObjectId routine);
  void note_altered_routine(const ast::Statement& statement, const ast::Opaque& opaque);
  std::vector<ObjectId> reached(std::vector<ObjectId> from);
  ast::StatementId changed_beside(ObjectId routine, ObjectId table, const std::string& column);
  void check_computed(const ast::Statement& made, const ast::CreateTable& create);
  bool reads_rows(const ast::Constraint& constraint);
  void check_behind_rows(ast::Statement& made, ast::CreateTable& create);
  void tell_changed_behind(const ast::Statement& origin, const ast::Name& table,
                           const ast::Constraint& constraint);
  void check_all_computed();
  void check_copy(ast::Statement& made);

  // sequences.cpp
  bool has_drawn(ObjectId sequence) const;
  void sequence_value(ast::Statement& statement, ObjectId sequence);
  void forget_value(ObjectId sequence, const std::string& reason);
  void alter_sequence(ast::Statement& statement, ast::AlterSequence& alter);
  void note_unfolded(ObjectId sequence, bool late);
  bool fold_options(ObjectId sequence, const ast::SequenceOptions& options);
  std::vector<ObjectId> own_sequences(ObjectId column) const;
  bool set_identity(ObjectId table, const ast::SetIdentity& set);
  bool alter_identity(ast::Statement& statement, ObjectId table, ast::SetIdentity& set);
  void note_moved_sequences(ast::Statement& statement);
  bool set_before_rows(ObjectId sequence);
  bool sets_no_sequence(const ast::SelectStatement& select) const;
  void own(ObjectId sequence, const std::vector<std::string>& owner, const ast::Statement& by);
  void draw(ObjectId table, const ast::DataBlock& block);
  void draw(ObjectId table, const ast::Column& column, const ast::DataBlock& block);
  void draw_for_rows(ObjectId table, const ast::Column& added, const ast::Statement& by);
  Span taken_at(const ast::Column& column, const ast::DataBlock& block) const;
  void lose_numbers_for(ObjectId table, const ast::Column& column);
  void lose_drawn(ObjectId sequence, const ast::DataBlock& block, const Span& place);
  void tell_numbers_of_query(ast::Statement& statement, ast::CreateTableAs& create);
  void draw_from(ObjectId sequence, ObjectId table, const ast::DataBlock& block, const Span& place);
  std::vector<ObjectId> sequences_of(const ast::Column& column);
  void lose_numbers(ast::Statement& undone);
  void note_moved_inside(ast::Statement& statement);
  void note_undone_restart(const ast::Statement& undone, const ast::Statement& rollback);
  bool draws_are_undone(ObjectId sequence, const Span& place) const;
  void tell_uncounted(ObjectId sequence);
  void take_lost_numbers();

  // drops.cpp
  void drop(ast::Statement& statement, ast::Drop& drop);
  bool hold_back_drop(ast::Statement& statement, const ast::Drop& drop);
  ast::StatementId held_back_before(const ast::Statement& user, const ast::Statement& by);
  void empty_schema(const std::string& schema, const ast::Statement& by);
  void leave_out_made_on(ObjectId id, const ast::Statement& by);
  void allow_absence(ObjectId object, const ast::Statement& by);
  void erase(ObjectId object, const ast::Statement& by);
  void erase_use(ast::Statement& user, ObjectId object, const ast::Statement& by);
  void drop_constraint(ObjectId constraint, const ast::Statement& by);
  void leave_out(ast::Statement& statement, const ast::Statement& by);
  void erase_commands(ast::Statement& statement, ast::AlterTable& alter, const ast::Statement& by,
                      const std::function<bool(const ast::AlterCommand&)>& erased);

  // extensions.cpp
  bool drop_extension(ast::Statement& statement, const std::string& name);

  // drop_members.cpp
  void erase_column(ObjectId table, ObjectId column, const ast::Statement& by);
  void disinherit_column(ObjectId table, const std::string& column, const ast::Statement& by);
  void erase_constraint(ObjectId table, ObjectId constraint, const ast::Statement& by);
  std::vector<std::string> columns_of_key(const ast::Constraint& key);
  static void keep_not_null(ast::CreateTable& create, const std::vector<std::string>& columns);

  // renames.cpp
  void rename(ast::Statement& statement, const ast::Rename& rename);
  void set_schema(ast::Statement& statement, const ast::SetSchema& alter);
  /// False where the statement that makes it is only text: the rename stays where it is.
  bool rename_object(ObjectId object, const ast::Name& name, const ast::Statement& by);
  void move_along(ObjectId object, const std::string& schema, const ast::Statement& by);
  bool rename_column(ObjectId relation, ObjectId column, const std::string& name, const ast::Statement& by);
  bool rename_view_column(ObjectId view, const std::string& before, const std::string& name);
  void rename_member(ObjectId object, const std::string& name);
  void stand_behind_labels(ast::Statement& statement);
  void respell_column(ast::Statement& user, ObjectId table, ObjectId column, const std::string& before,
                      const std::string& name);
  void respell_schema(ast::Statement& user, const std::string& from, const std::string& to);
  void pin(ast::Constraint& constraint);
  void rename_constraint(ObjectId table, ObjectId constraint, const std::string& name);
  void rename_schema(const std::string& from, const std::string& to, const ast::Statement& by);
  void respell(ast::Statement& user, ObjectId object, const ast::Name& before, const ast::Name& now);

  // policies.cpp
  bool alter_policy(ast::Statement& statement, const ast::Opaque& opaque);

  // roles.cpp
  void rename_role(ObjectId role, const std::string& from, const std::string& to);
  void erase_role(ast::Statement& user, const std::string& role, const ast::Statement& by);
  bool follow_owned(ast::Statement& statement, const ast::Opaque& opaque);
  std::optional<std::vector<ObjectId>> owned_objects(const std::string& role, const ast::Statement& by);
  void give_to(ObjectId id, const std::string& from, const ast::Role& to, const ast::Statement& by);
  void drop_owned(ObjectId id, bool cascade, const ast::Statement& by);

  // text.cpp: statements that are only text
  bool respell_text(ast::Statement& user, ObjectId object, const ast::Name& before, const ast::Name& now);
  void respell_member(ast::Statement& user, ObjectId member, const std::string& name);
  void tell_unread_bodies();
  void note_rows_brought(const ast::Statement& statement);
  void erase_text(ast::Statement& user, const ast::Opaque& opaque, ObjectId object, const ast::Statement& by);
  void reads_dropped(ast::Statement& user, ObjectId object, const ast::Statement& by);

  // row_changes.cpp: INSERT, UPDATE, DELETE and MERGE
  void take_row_change(ast::Statement& statement);
  bool changes_nothing(const ast::StatementNode& node);
  ObjectId changed_by(const ast::Statement& statement) const;
  void erase_row_change(ast::Statement& user, ObjectId object, const ast::Statement& by);
  void lose_number_of_inserts(ast::Statement& undone);

  // routines.cpp
  bool alter_routine(ast::Statement& statement, const ast::Opaque& opaque);
  ObjectId other_meaning(const ast::Statement& user, ObjectId routine);
  void tell_unsure_call(const ast::Statement& user, const ast::Name& routine, const ast::Statement& by);
  bool mean_another(ast::Statement& user, ObjectId routine, const ast::Statement& by);

  /// The statement now holds what stood elsewhere: it names what that named.
  void adopt(ast::StatementId into, const std::vector<ObjectId>& named,
             const std::vector<ObjectId>& text_objects);
  static std::vector<ObjectId> objects_of(ast::Statement& statement);

  // columns.cpp
  void alter(ast::Statement& statement, ast::AlterTable& alter);
  /// True where the command's effect now stands elsewhere.
  bool command(ast::Statement& statement, ObjectId table, ast::AlterCommand& command);
  const ast::Expr* default_of(const ast::Column& column) const;
  const ast::SetDefault* set_default(ast::StatementId statement, const std::string& column) const;
  bool differs(ObjectId table, const ast::SetDefault& set);
  void attach(ast::Statement& statement, ObjectId whole, ObjectId partition);
  /// Whether rows before got the column's default.
  bool rows_leave_out(ObjectId table, const std::string& column);
  void bind_with_columns(ObjectId table, ast::Column& column);
  bool add_column(ast::Statement& statement, ObjectId table, ast::AddColumn& add);
  void inherit_default(ObjectId table, const ast::SetDefault& set, bool only);
  void inherit_column(ObjectId table, const ast::Column& column, const ast::Statement& by);
  bool are_enums(const ast::TypeName& from, const ast::TypeName& to);
  void erase_older(const ast::Statement& by, ObjectId table,
                   const std::function<bool(const ast::AlterCommand&)>& same);
  bool set_type(ast::Statement& statement, ObjectId table, ast::SetType& set);

  PassContext context_;
  Binder binder_;
  bool changes_columns_ = false;
  bool brings_rows_ = false;  ///< a statement may have brought rows that are not among the script's
  size_t next_block_ = 0;
  SessionNumber session_{};                                             ///< that is read
  std::unordered_map<ObjectId, std::vector<size_t>> rows_;              ///< by table: blocks of script.data
  std::unordered_map<ObjectId, std::vector<ast::StatementId>> values_;  ///< by sequence: setval and RESTART
  std::unordered_map<std::string, SeenKey> seen_keys_;                  ///< by table, columns and their types
  std::vector<std::pair<ObjectId, ast::StatementId>> renamed_labels_;   ///< of types, behind rows
  std::vector<ast::StatementId> kept_label_renames_;
  /// How many numbers rows took that are loaded, and that are not.
  struct Draws {
    uint64_t loaded = 0;
    uint64_t lost = 0;  ///< behind all that are loaded, and behind what set the sequence
    Span last_lost;
    std::optional<Span> set;          ///< the last statement that said which number comes next
    ObjectId table = ast::no_object;  ///< of the rows before
    ObjectId told = ast::no_object;   ///< table whose gap is reported
  };
  std::unordered_map<ObjectId, Draws> draws_;  ///< by sequence
  std::map<ObjectId, Span> added_at_;          ///< columns that rows took numbers for when they were added
  struct LostNumbers {
    ObjectId sequence = ast::no_object;
    uint64_t count = 0;
    Span place;          ///< of the last rows that took them
    bool early = false;  ///< before all rows that are loaded
  };
  std::vector<LostNumbers> lost_numbers_;
  std::unordered_set<ObjectId> unfolded_;                             ///< sequences that a statement alters
  std::unordered_set<ObjectId> late_changes_;                         ///< the same, after the load
  std::unordered_map<ObjectId, ast::StatementId> set_defaults_;       ///< by column: SET DEFAULT to be folded
  std::unordered_map<ObjectId, ast::StatementId> replaced_routines_;  ///< last, by routine
  std::unordered_map<ObjectId, ast::StatementId> altered_routines_;   ///< first, by routine
  std::unordered_map<ObjectId, ObjectId> partitions_;                 ///< what each is a partition of, or was
  std::unordered_map<ObjectId, ast::StatementId> attached_;           ///< by partition: ATTACH
  std::unordered_map<ObjectId, ast::StatementId> changed_wholes_;     ///< by table: what its partitions get
  std::vector<std::pair<ObjectId, ast::StatementId>> kept_bounds_;    ///< of partitions: DETACH CONCURRENTLY
  std::vector<ObjectId> dropped_partitions_;                          ///< by the statement that is taken
  std::unordered_map<ast::StatementId, std::string> grantors_;        ///< of GRANTs, where a role is named
  std::vector<ast::StatementId> default_privileges_;
  std::map<ObjectId, std::string> creators_;             ///< roles that the session took on
  std::map<ObjectId, std::string> moved_from_;           ///< the schemas of SET SCHEMA, the first of each
  std::unordered_map<ObjectId, std::string> owners_;     ///< where the script says
  std::unordered_map<ObjectId, ast::StatementId> kept_;  ///< whose DROP is left for a person
  std::unordered_map<ast::StatementId, std::vector<ObjectId>> made_;
  ObjectId next_object_ = 1;  ///< that is not in made_ yet
  /// By table: the last statement behind which a routine that works on its rows does something else.
  std::unordered_map<ObjectId, ast::StatementId> worked_on_;
  std::unordered_set<ObjectId> detached_;  ///< partitions that stand alone from some statement on
  /// Columns whose default the load does not have, and what sets it behind.
  std::unordered_map<ObjectId, ast::StatementId> late_defaults_;
  std::unordered_set<std::string> misread_;    ///< settings that rows were written under, each told once
  std::unordered_set<ast::StatementId> lost_;  ///< texts that read what is dropped: they stay as written
  bool any_filled_;  ///< some statement fills a table or a materialized view by a query
  std::unordered_set<ast::StatementId> outdated_;  ///< materialized views filled before the last rows
  std::unordered_set<ast::StatementId> refreshed_;
  /// Tables made by queries, whose sources change: what happens to them. Without its source none can be made.
  struct Copy {
    std::string why;
    bool lost = false;
    bool has_rows = false;  ///< of its own

    void add(const std::string& reason) { why += (why.empty() ? "" : ", and ") + reason; }
  };
  std::map<ast::StatementId, Copy> copies_;
  std::vector<std::pair<ObjectId, ast::StatementId>> kept_types_;  ///< of columns: whose SET TYPE is left
  /// DISABLE TRIGGER, whose triggers are not switched on again.
  struct SwitchedOff {
    ast::StatementId statement;
    std::vector<ObjectId> triggers;  ///< empty: all that the table had
  };
  std::unordered_map<ObjectId, std::vector<SwitchedOff>> switched_off_;  ///< by table, in the script's order
  std::set<std::pair<ObjectId, ObjectId>> in_replicas_;  ///< tables, and triggers that a replica fires, too
  std::set<std::pair<ObjectId, ObjectId>> off_;  ///< tables, and triggers that rows of theirs do not fire
  struct UndoneRestart {
    Span restart, rollback;
  };
  std::unordered_map<ObjectId, UndoneRestart> undone_restarts_;  ///< by sequence: the last
  std::unordered_map<ObjectId, ast::StatementId> uncounted_;  ///< by sequence: undone, took unknown numbers
  std::unordered_map<ObjectId, ast::StatementId> changed_alone_;  ///< by table: ALTER TABLE ONLY, the last
  std::unordered_set<ObjectId> stopped_inheriting_;               ///< tables that have own columns since
};

}  // namespace pg2crdb::bind
