// ALTER TABLE of a table that the script makes: what changes its columns goes into its CREATE TABLE.
// Constraints, defaults, NOT NULL and identity stay statements of their own here; fold-constraints folds
// them.
#include <algorithm>

#include "ast/catalog.h"
#include "ast/equal.h"
#include "ast/sequence_call.h"
#include "ast/serial.h"
#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

void History::alter(ast::Statement& statement, ast::AlterTable& alter) {
  const ObjectId table = alter.name.object;
  if (table == ast::no_object || !object(table).made_here()) return;
  const ast::StatementId made = object(table).created;
  const size_t before = alter.commands.size();
  const std::vector<ObjectId> named = objects_of(statement);
  std::erase_if(alter.commands,
                [&](ast::AlterCommand& command) { return this->command(statement, table, command); });
  if (alter.commands.size() == before) return;
  leave_like_behind(table, statement);
  adopt(made, named, statement.text_objects);
  if (alter.commands.empty()) {
    context_.merge(statement, this->statement(made), "the table is made so");
  } else {
    context_.rewritten(statement);
    context_.rewritten(this->statement(made));
  }
}

namespace {

/// The column goes into another statement: places in it count from that one's beginning, or are forgotten.
void move_column(ast::Column& column, int64_t distance) {
  forget_offsets(column);
  for (ast::Constraint& constraint : column.constraints) {
    constraint.offset = distance + std::max<int64_t>(constraint.offset, 0);
    forget_offsets(constraint.check);
  }
}

bool is_null(const ast::Box<ast::Expr>& value) {
  const ast::Literal* constant = value ? constant_of(*value) : nullptr;
  return constant != nullptr && constant->kind == ast::Literal::Kind::null;
}

bool is_default_of(const ast::AlterCommand& command, const std::string& column) {
  const auto* set = std::get_if<ast::SetDefault>(&command);
  return set != nullptr && set->column == column;
}

}  // namespace

bool History::command(ast::Statement& statement, ObjectId table, ast::AlterCommand& command) {
  ast::CreateTable* create = table_of(table);
  if (!std::holds_alternative<ast::AddColumn>(command)) binder_.bind_again(command, object(table).name);
  const auto column = [&](const std::string& name) {
    return create == nullptr ? nullptr : ast::find_column(*create, name);
  };
  const auto refuse = [&](const std::string& name, const std::string& why) {
    const std::string whole = to_string(object(table).name) + "." + name;
    report(duplicate_default, statement, whole, "`" + whole + "` " + why);
    context_.needs_person(statement, whole + " " + why);
  };
  if (auto* add = std::get_if<ast::AddColumn>(&command)) return add_column(statement, table, *add);
  if (auto* add = std::get_if<ast::AddConstraint>(&command)) {
    binder_.add_constraint(table, add->constraint, statement.id);
    if (changes_columns_ && add->constraint.name.empty())
      add->constraint.name = object(add->constraint.object).name.name;
    return false;
  }
  if (auto* drop = std::get_if<ast::DropColumn>(&command)) {
    const ObjectId gone = binder_.names.find_in(table, ObjectKind::column, drop->column);
    if (gone == ast::no_object) return drop->if_exists && create != nullptr && create->likes.empty();
    if (column(drop->column) == nullptr) return false;
    erase_column(table, gone, statement);
    return true;
  }
  if (auto* drop = std::get_if<ast::DropConstraint>(&command)) {
    const ObjectId gone = binder_.names.find_in(table, ObjectKind::constraint, drop->name);
    if (gone == ast::no_object || create == nullptr) return drop->if_exists && create != nullptr;
    if (drop->cascade) erase_keys_to(table, key_columns(*create, gone), statement);
    erase_constraint(table, gone, statement);
    return true;
  }
  if (auto* validate = std::get_if<ast::ValidateConstraint>(&command))
    return this->validate(table, validate->name);
  if (const auto* owner = std::get_if<ast::OwnerTo>(&command)) {
    change_owner(table, owner->role, statement);
    return false;
  }
  if (const auto* attach = std::get_if<ast::AttachPartition>(&command)) {
    this->attach(statement, table, attach->partition.object);
    return false;
  }
  if (auto* set = std::get_if<ast::SetType>(&command)) return set_type(statement, table, *set);
  if (auto* set = std::get_if<ast::SetDefault>(&command)) {
    expand_serial(table, set->column);
    create = table_of(table);
    const ObjectId id = binder_.names.find_in(table, ObjectKind::column, set->column);
    if (const ast::Column* taken = column(set->column);
        set->value && taken != nullptr &&
        (taken->generated || (taken->identity && !own_sequences(taken->object).empty()))) {
      refuse(set->column, taken->generated ? "is a generated column" : "is an identity column already");
      return false;
    }
    // Rows that leave the column out got what the default was.
    if (rows_leave_out(table, set->column)) statement.after_rows = true;
    if (statement.after_rows) late_defaults_.insert_or_assign(id, statement.id);
    // A partition's default is not that of the whole, which is all that the output has.
    if (const ObjectId whole = whole_of(table); whole != table && differs(whole, *set))
      late_defaults_.insert_or_assign(id, statement.id);
    if (statement.after_rows || column(set->column) == nullptr) return false;
    const bool only = std::get<ast::AlterTable>(statement.node).only;
    if (changes_columns_)
      erase_older(statement, table,
                  [&](const ast::AlterCommand& one) { return is_default_of(one, set->column); });
    // The partitions that are there have their columns from the whole's, and do not get it.
    if (!changes_columns_ || (only && with_partitions(table).size() > 1)) {
      set_defaults_[column(set->column)->object] = statement.id;
      return false;
    }
    inherit_default(table, *set, only);
    column(set->column)->default_value = set->value;
    return true;
  }
  if (auto* set = std::get_if<ast::SetNotNull>(&command)) {
    if (!set->not_null) {
      expand_serial(table, set->column);
      create = table_of(table);
    }
    if (!changes_columns_ || column(set->column) == nullptr) return false;
    erase_older(statement, table, [&](const ast::AlterCommand& one) {
      const auto* older = std::get_if<ast::SetNotNull>(&one);
      return older != nullptr && older->column == set->column;
    });
    column(set->column)->not_null = set->not_null;
    if (!set->not_null) column(set->column)->not_null_name.clear();
    return true;
  }
  if (auto* add = std::get_if<ast::AddIdentity>(&command)) {
    const ObjectId id = binder_.names.find_in(table, ObjectKind::column, add->column);
    ast::Name sequence{object(table).name.schema, add->identity.options.sequence_name->name};
    if (id == ast::no_object) {
      // Of a table that is known by its name alone.
      if (create == nullptr && !sequence.name.empty())
        binder_.names.create(ObjectKind::sequence, sequence, statement.id);
      return false;
    }
    if (sequence.name.empty())
      sequence.name = binder_.names.choose_name(sequence.schema, object(table).name.name, add->column, "seq",
                                                Namespace::Among::relations);
    binder_.names.create(ObjectKind::sequence, sequence, statement.id, id);
    if (late_defaults_.contains(id)) {  // the default before it goes behind the load
      statement.after_rows = true;
      return false;
    }
    if (ast::Column* plain = column(add->column); plain != nullptr && is_null(plain->default_value))
      plain->default_value.reset();  // PostgreSQL keeps none for it
    if (const ast::Column* taken = column(add->column);
        taken != nullptr && (taken->identity || default_of(*taken) != nullptr)) {
      refuse(add->column, taken->identity ? "is an identity column already" : "has a default already");
      return false;
    }
    if (!changes_columns_ || column(add->column) == nullptr) return false;
    column(add->column)->identity = ast::Box(add->identity);
    column(add->column)->not_null = true;
    return true;
  }
  if (auto* set = std::get_if<ast::SetIdentity>(&command)) return alter_identity(statement, table, *set);
  if (auto* drop = std::get_if<ast::DropIdentity>(&command)) {
    ast::Column* dropped = column(drop->column);
    if (dropped == nullptr || !dropped->identity) return dropped != nullptr && drop->if_exists;
    const std::vector<ObjectId> sequences = own_sequences(dropped->object);
    if (rows_leave_out(table, drop->column)) {
      for (const ObjectId sequence : sequences) binder_.names.drop(sequence, statement.id);
      statement.after_rows = true;
      return false;
    }
    dropped->identity.reset();
    dropped->not_null = true;  // which PostgreSQL leaves
    for (const ObjectId sequence : sequences) erase(sequence, statement);
    erase_older(statement, table, [&](const ast::AlterCommand& one) {
      const auto* older = std::get_if<ast::SetIdentity>(&one);
      return older != nullptr && older->column == drop->column;
    });
    return true;
  }
  if (auto* drop = std::get_if<ast::DropExpression>(&command)) {
    ast::Column* plain = column(drop->column);
    // Rows that are there keep the values that they got: the load would have to compute them.
    if (plain == nullptr || holds_rows(table)) return false;
    plain->generated.reset();
    return true;
  }
  return false;
}

/// Whether the table's default is not what the statement says.
bool History::differs(ObjectId table, const ast::SetDefault& set) {
  const ast::Column* column = column_of(table, set.column);
  if (column == nullptr) return false;
  const ast::Expr* kept = default_of(*column);
  return kept == nullptr || !set.value ? (kept != nullptr) != static_cast<bool>(set.value)
                                       : !ast::equal(*kept, *set.value);
}

/// What rows get that leave the column out: it may stand in a statement that is yet to be folded.
const ast::Expr* History::default_of(const ast::Column& column) const {
  const auto behind = set_defaults_.find(column.object);
  if (behind != set_defaults_.end() && context_.script.statements[behind->second].live()) {
    if (const ast::SetDefault* set = set_default(behind->second, column.name))
      return set->value ? &*set->value : nullptr;
  }
  return column.default_value ? &*column.default_value : nullptr;
}

/// The last one of a statement; null where it has none.
const ast::SetDefault* History::set_default(ast::StatementId statement, const std::string& column) const {
  const auto& alter = std::get<ast::AlterTable>(context_.script.statements[statement].node);
  const auto set = std::find_if(alter.commands.rbegin(), alter.commands.rend(),
                                [&](const auto& one) { return is_default_of(one, column); });
  return set == alter.commands.rend() ? nullptr : &std::get<ast::SetDefault>(*set);
}

bool History::rows_leave_out(ObjectId table, const std::string& column) {
  return any_rows(table, [&](const ast::DataBlock& block) { return !gives(block, column); });
}

/// Takes the same kind of command off the statements before: the last one counts.
void History::erase_older(const ast::Statement& by, ObjectId table,
                          const std::function<bool(const ast::AlterCommand&)>& same) {
  for (const ast::StatementId id : binder_.users(table)) {
    ast::Statement& older = statement(id);
    auto* alter = is_before(id, by) && older.live() ? std::get_if<ast::AlterTable>(&older.node) : nullptr;
    if (alter == nullptr || alter->name.object != table || older.after_rows) continue;
    const size_t before = alter->commands.size();
    std::erase_if(alter->commands, same);
    if (alter->commands.empty() && before > 0) context_.drop(older, "set again in " + line_of(by.id));
  }
}

/// A column's own CHECK reads it, and so may what the same statement says behind it.
void History::bind_with_columns(ObjectId table, ast::Column& column) {
  ast::AlterCommand command = ast::AddColumn{std::move(column), false};
  binder_.bind_again(command, object(table).name);
  column = std::move(std::get<ast::AddColumn>(command).column);
}

bool History::add_column(ast::Statement& statement, ObjectId table, ast::AddColumn& add) {
  ast::CreateTable* create = table_of(table);
  const bool there = binder_.names.find_in(table, ObjectKind::column, add.column.name) != ast::no_object;
  if (there) return add.if_not_exists;
  binder_.add_column(table, add.column, statement.id);
  bind_with_columns(table, add.column);
  for (ast::Constraint& constraint : add.column.constraints) {
    binder_.add_constraint(table, constraint, statement.id, add.column.name);
    if (constraint.name.empty()) constraint.name = object(constraint.object).name.name;
  }
  inherit_column(table, add.column, statement);
  draw_for_rows(table, add.column, statement);
  if (create == nullptr || !create->partition_of.empty() || !create->likes.empty()) return false;
  move_column(add.column, static_cast<int64_t>(statement.span.begin) -
                              static_cast<int64_t>(this->statement(object(table).created).span.begin));
  // A place in another file of the history cannot be counted from the table's.
  if (!share_file(statement.span, this->statement(object(table).created).span)) {
    for (ast::Constraint& constraint : add.column.constraints) constraint.offset = -1;
  }
  create->columns.push_back(add.column);
  return true;
}

/// Children get a default that their parent gets, where not ONLY that is meant.
void History::inherit_default(ObjectId table, const ast::SetDefault& set, bool only) {
  for (const ObjectId child : children(table)) {
    ast::CreateTable* create = table_of(child);
    if (create == nullptr || create->inherits.empty()) continue;
    if (only) {
      make_own(child);
      continue;
    }
    if (ast::Column* own = ast::find_column(*create, set.column)) {
      own->default_value = set.value;
      context_.rewritten(statement(object(child).created));
    }
    inherit_default(child, set, only);
  }
}

/// Children get it too; in their CREATE TABLE it is written by whoever writes what they inherit, but for what
/// was a table of its own and may be one again.
void History::inherit_column(ObjectId table, const ast::Column& column, const ast::Statement& by) {
  for (const ObjectId child : children(table)) {
    if (binder_.names.find_in(child, ObjectKind::column, column.name) != ast::no_object) continue;
    ast::CreateTable* create = partitions_.contains(child) ? table_of(child) : nullptr;
    const bool serial = !ast::integer_of_serial(column.type).empty();
    if (create != nullptr && create->partition_of.empty() && create->likes.empty() && !serial) {
      ast::Column own = column;
      own.identity.reset();
      std::erase_if(own.constraints,
                    [](const ast::Constraint& one) { return one.kind != ast::Constraint::Kind::check; });
      own.object = ast::no_object;
      binder_.add_column(child, own, by.id);
      for (ast::Constraint& one : own.constraints) binder_.add_constraint(child, one, by.id, own.name);
      move_column(own, 0);
      for (ast::Constraint& one : own.constraints) one.offset = -1;
      create->columns.push_back(std::move(own));
      context_.rewritten(statement(object(child).created));
    } else {
      binder_.names.create(ObjectKind::column, {{}, column.name}, by.id, child);
    }
    inherit_column(child, column, by);
  }
}

/// What the statement's tree names.
std::vector<ObjectId> History::objects_of(ast::Statement& statement) {
  std::vector<ObjectId> named;
  const auto note = [&](const auto& name) {
    if (name.object != ast::no_object) named.push_back(name.object);
  };
  TreeEdit look;
  look.name = note;
  look.column = note;
  edit(statement.node, look);
  return named;
}

void History::adopt(ast::StatementId into, const std::vector<ObjectId>& named,
                    const std::vector<ObjectId>& text_objects) {
  for (const ObjectId object : named) binder_.note_use(object, into);
  std::vector<ObjectId>& all = statement(into).text_objects;
  all.insert(all.end(), text_objects.begin(), text_objects.end());
  for (const ObjectId object : text_objects) binder_.note_use(object, into);
}

namespace {

bool is_plain(const ast::TypeName& type, std::initializer_list<std::string_view> names) {
  return type.array_bounds.empty() && std::find(names.begin(), names.end(), type.name.name) != names.end();
}

std::string scale_of(const ast::TypeName& numeric) {
  return numeric.modifiers.size() > 1 ? numeric.modifiers[1] : "0";
}

/// Whether a value's text in the one type is its text in the other, or reads the same there.
bool keeps_text(const ast::TypeName& from, const ast::TypeName& to) {
  const auto integer = {std::string_view("int2"), std::string_view("int4"), std::string_view("int8")};
  const auto text = {std::string_view("varchar"), std::string_view("text")};
  if (is_plain(from, integer) || !ast::integer_of_serial(from).empty())
    return is_plain(to, integer) || is_plain(to, text) || is_plain(to, {"numeric", "float4", "float8"});
  if (is_plain(from, text))
    return is_plain(to, text) || is_plain(to, integer) ||
           is_plain(to, {"numeric", "float8", "uuid", "json", "jsonb"});
  if (is_plain(from, {"json"}) && is_plain(to, {"jsonb"})) return true;
  if (from.name != to.name || from.array_bounds != to.array_bounds) return false;
  // What was rounded when it came is not what its text says.
  if (from.name.name == "numeric") return from.modifiers.empty() || scale_of(from) == scale_of(to);
  const bool of_time = from.name.name.starts_with("time") || from.name.name == "interval";
  return !of_time || from.modifiers.empty() || from.modifiers == to.modifiers;
}

}  // namespace

namespace {

/// A default that is a bare string is a value of the column's type from the beginning, and stays one.
void keep_literal(ast::Box<ast::Expr>& value, const ast::TypeName& type) {
  if (!value) return;
  const auto* literal = std::get_if<ast::Literal>(&value->node);
  if (literal == nullptr || literal->kind != ast::Literal::Kind::string) return;
  ast::TypeName plain = type;
  plain.modifiers.clear();
  plain.offset = -1;
  value = ast::Expr{ast::Cast{*value, plain}, -1};
}

}  // namespace

namespace {

/// USING with anything but the column, as it is, as text or as the type that it gets.
bool computes(const ast::SetType& set) {
  if (!set.using_) return false;
  const ast::Expr* expr = &*set.using_;
  while (const auto* cast = std::get_if<ast::Cast>(&expr->node)) {
    const bool text = is_plain(cast->type, {"text", "varchar"}) && cast->type.modifiers.empty();
    const bool same = cast->type.name.name == set.type.name.name &&
                      cast->type.array_bounds == set.type.array_bounds &&
                      (cast->type.modifiers.empty() || cast->type.modifiers == set.type.modifiers);
    if (!text && !same) return true;
    expr = &*cast->argument;
  }
  const auto* column = std::get_if<ast::ColumnRef>(&expr->node);
  return column == nullptr || column->names.empty() || column->names.back() != set.column;
}

bool shortens(const ast::TypeName& from, const ast::TypeName& to) {
  if (to.name.name != "varchar" || to.modifiers.empty()) return false;
  return from.modifiers.empty() || from.modifiers[0].size() > to.modifiers[0].size() ||
         (from.modifiers[0].size() == to.modifiers[0].size() && from.modifiers[0] > to.modifiers[0]);
}

}  // namespace

/// An enum that takes another one's place: the rows' labels are text to both.
bool History::are_enums(const ast::TypeName& from, const ast::TypeName& to) {
  const auto is_enum = [&](const ast::TypeName& type) {
    const ObjectId id = type.name.object;
    return id != ast::no_object && object(id).made_here() && type.array_bounds.empty() &&
           std::holds_alternative<ast::CreateEnum>(statement(object(id).created).node);
  };
  const bool text = to.array_bounds.empty() && (to.name.name == "text" || to.name.name == "varchar");
  return is_enum(from) && (is_enum(to) || (text && to.modifiers.empty()));
}

bool History::set_type(ast::Statement& statement, ObjectId table, ast::SetType& set) {
  ast::CreateTable* create = table_of(table);
  ast::Column* column = create == nullptr ? nullptr : ast::find_column(*create, set.column);
  if (column == nullptr || column->generated) return false;
  if (holds_rows(table) && (computes(set) || shortens(column->type, set.type) ||
                            !(keeps_text(column->type, set.type) || are_enums(column->type, set.type)))) {
    statement.after_rows = true;
    report(rows_retyped, statement, to_string(create->name) + "." + set.column,
           "`" + to_string(create->name) + "." + set.column + "` has rows when its type is changed");
    context_.needs_person(statement, "rows were inserted before the type is changed");
    kept_types_.emplace_back(column->object, statement.id);
    return false;
  }
  expand_serial(table, set.column);
  column = ast::find_column(*table_of(table), set.column);
  keep_literal(column->default_value, column->type);
  outdate_copies(column->object, statement,
                 "the type of `" + to_string(create->name) + "." + set.column + "` changes");
  binder_.retype(column->object, column->type, statement.id);
  column->type = set.type;
  column->type.offset = -1;
  column->collation = set.collation;
  return true;
}

/// A serial column as what it stands for: a sequence, its default, NOT NULL. Needed where the sequence would
/// get another name, or the column another type.
void History::expand_serial(ObjectId table, const std::string& name) {
  ast::CreateTable* create = table_of(table);
  ast::Column* column = create == nullptr ? nullptr : ast::find_column(*create, name);
  if (column == nullptr) return;
  const std::string integer(ast::integer_of_serial(column->type));
  if (integer.empty()) return;
  const std::vector<ObjectId>& owned = binder_.names.members(column->object);
  const auto at = std::find_if(owned.begin(), owned.end(),
                               [&](ObjectId id) { return is_made_by_column(context_.script, id); });
  if (at == owned.end()) return;
  const ObjectId id = *at;
  ast::Name sequence = object(id).name;
  if (sequence.schema == "public" && create->name.schema.empty()) sequence.schema.clear();
  column->type.name = {"pg_catalog", integer};
  column->not_null = true;
  column->default_value = nextval(sequence);
  ast::Statement& origin = statement(object(table).created);
  ast::CreateSequence made;
  made.name = sequence;
  made.options.type = column->type;
  ast::AlterSequence owner;
  owner.name = sequence;
  owner.options.owned_by = {create->name.name, name};
  if (!create->name.schema.empty())
    owner.options.owned_by.insert(owner.options.owned_by.begin(), create->name.schema);
  const ast::StatementId making = context_.add(std::move(made), origin, ast::Phase::pre_data).id;
  context_.script.objects[id].created = making;
  made_[making].push_back(id);
  const ast::StatementId owning = context_.add(std::move(owner), origin, ast::Phase::pre_data).id;
  binder_.note_use(id, origin.id);
  binder_.note_use(id, owning);
  binder_.note_use(table, owning);
  context_.rewritten(origin);
}

/// The serial column that the sequence belongs to.
void History::expand_serials(const ast::CreateTable& table, ObjectId sequence) {
  const std::vector<ast::Column> columns = table.columns;
  const ObjectId id = table.name.object;
  for (const ast::Column& column : columns) {
    const std::vector<ObjectId>& owned = binder_.names.members(column.object);
    if (std::find(owned.begin(), owned.end(), sequence) != owned.end()) expand_serial(id, column.name);
  }
}

ast::Expr nextval(const ast::Name& sequence) {
  ast::TypeName regclass;
  regclass.name.name = "regclass";
  ast::FunctionCall call;
  call.name.name = "nextval";
  const ast::Expr literal{ast::Literal{ast::Literal::Kind::string, ast::regclass_text(sequence)}, -1};
  call.arguments.push_back(ast::Expr{ast::Cast{literal, regclass}, -1});
  return ast::Expr{std::move(call), -1};
}

}  // namespace pg2crdb::bind
