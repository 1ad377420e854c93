// What lives in a relation: columns, constraints and their names, sequences that go with a column.
#include <algorithm>
#include <utility>

#include "ast/serial.h"
#include "ast/walk.h"
#include "bind/binder.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

/// Columns of parents and of LIKE, which PostgreSQL puts first.
void Binder::inherit_columns(const ast::CreateTable& create, ObjectId table) {
  std::vector<ObjectId> from;
  for (const ast::Name& parent : create.inherits) from.push_back(parent.object);
  if (!create.partition_of.empty()) from.push_back(create.partition_of->object);
  for (const ast::LikeClause& like : create.likes) from.push_back(like.table.object);
  for (const ObjectId source : from) {
    for (const ObjectId column : names.columns(source)) {
      const std::string name = script_.objects[column].name.name;
      if (names.find_in(table, ObjectKind::column, name) == ast::no_object)
        names.create(ObjectKind::column, {{}, name}, current_->id, table);
    }
  }
}

void Binder::add_column(ObjectId table, ast::Column& column, ast::StatementId statement) {
  column.object = names.find_in(table, ObjectKind::column, column.name);  // one that a parent has, too
  if (column.object == ast::no_object)
    column.object = names.create(ObjectKind::column, {{}, column.name}, statement, table);
  if (ast::integer_of_serial(column.type).empty() && !column.identity) return;
  ast::Name sequence{script_.objects[table].name.schema, {}};
  if (column.identity && !column.identity->options.sequence_name.empty()) {
    sequence.name = column.identity->options.sequence_name->name;
  } else {
    sequence.name = names.choose_name(sequence.schema, script_.objects[table].name.name, column.name, "seq",
                                      Namespace::Among::relations);
  }
  const ObjectId named_before = names.find(ObjectKind::sequence, sequence, {});
  if (named_before != ast::no_object && !script_.objects[named_before].made_here())
    names.drop(named_before, statement);
  names.create(ObjectKind::sequence, std::move(sequence), statement, column.object);
}

namespace {

bool ends_in_digit(const std::string& name) {
  return !name.empty() && name.back() >= '0' && name.back() <= '9';
}

/// The columns that a constraint is named after, joined.
std::string key_columns(const ast::Constraint& constraint, const std::string& column) {
  std::string columns;
  const auto add = [&](const std::string& one) { columns += (columns.empty() ? "" : "_") + one; };
  for (const std::string& one : constraint.columns) add(one);
  if (columns.empty()) add(column);
  for (const std::string& one : constraint.including) add(one);
  for (const ast::IndexElement& element : constraint.exclude_elements)
    add(element.column.empty() ? "expr" : element.column);
  return columns;
}

}  // namespace

std::string Binder::chosen_name(ObjectId table, const ast::Constraint& constraint,
                                const std::string& column) const {
  using Kind = ast::Constraint::Kind;
  using Among = Namespace::Among;
  const ast::Name& name = script_.objects[table].name;
  const std::string columns = key_columns(constraint, column);
  switch (constraint.kind) {
    case Kind::primary_key:
      return names.choose_name(name.schema, name.name, {}, "pkey", Among::both);
    case Kind::unique:
      return names.choose_name(name.schema, name.name, columns, "key", Among::both);
    case Kind::exclude:
      return names.choose_name(name.schema, name.name, columns, "excl", Among::both);
    case Kind::foreign_key:
      return names.choose_name(name.schema, name.name, columns, "fkey", Among::constraints);
    case Kind::check:
      return names.choose_name(name.schema, name.name, only_column(constraint), "check", Among::constraints);
    case Kind::not_null:
      return names.choose_name(name.schema, name.name, columns, "not_null", Among::constraints);
  }
  return {};
}

void Binder::add_constraint(ObjectId table, ast::Constraint& constraint, ast::StatementId statement,
                            const std::string& column) {
  using Kind = ast::Constraint::Kind;
  const std::string name = constraint.name.empty() ? chosen_name(table, constraint, column) : constraint.name;
  // CockroachDB has names of its own for CHECKs; a number at the end tells that the plain name was taken.
  // What passes would call a foreign key may be free again where the script's order is kept.
  const bool is_written = constraint.kind == Kind::check || expand_stars || ends_in_digit(name) ||
                          (in_order && constraint.kind == Kind::foreign_key);
  if (constraint.name.empty() && is_written) {
    constraint.name = name;
    changed_ = true;
  }
  constraint.object = names.create(ObjectKind::constraint, {{}, name}, statement, table);
  note_key(table, constraint, column);
  const bool has_index = constraint.kind == Kind::primary_key || constraint.kind == Kind::unique ||
                         constraint.kind == Kind::exclude;
  if (!has_index) return;
  const std::string schema = script_.objects[table].name.schema;
  if (!constraint.using_index.empty()) {  // the index takes the constraint's name
    const ObjectId index = names.find(ObjectKind::index, {schema, constraint.using_index}, {});
    use(index);
    if (index != ast::no_object) {
      names.rename(index, {schema, name});
      names.set_parent(index, constraint.object);
    }
    return;
  }
  const ObjectId index = names.create(ObjectKind::index, {schema, name}, statement, constraint.object);
  index_columns_[index] = key_columns(constraint, column);
}

bool Binder::knows_all_columns(ObjectId table) const {
  if (table == ast::no_object || !all_seen_) return false;
  const ast::Object& made = script_.objects[table];
  if (!made.made_here() || made.kind != ObjectKind::table || made.name.schema == "pg_temp") return false;
  const auto* create = std::get_if<ast::CreateTable>(&script_.statements[made.created].node);
  if (create == nullptr || create->name.object != table || !create->of_type.empty()) return false;
  // In order, what a parent gets later is not followed into its children.
  if (in_order && !(create->inherits.empty() && create->partition_of.empty())) return false;
  const auto known = [&](const ast::Name& source) { return knows_all_columns(source.object); };
  return std::all_of(create->inherits.begin(), create->inherits.end(), known) &&
         std::all_of(create->likes.begin(), create->likes.end(),
                     [&](const ast::LikeClause& like) { return known(like.table); }) &&
         (create->partition_of.empty() || known(create->partition_of));
}

namespace {

/// What every table of PostgreSQL has. `oid`, of those WITH OIDS before 12, no table of CockroachDB has.
bool is_system_column(const std::string& column) {
  return column == "ctid" || column == "tableoid" || column == "xmin" || column == "xmax" ||
         column == "cmin" || column == "cmax";
}

}  // namespace

bool Binder::lacks(ObjectId table, const std::string& column) const {
  return !column.empty() && !is_system_column(column) && knows_all_columns(table) &&
         names.find_in(table, ObjectKind::column, column) == ast::no_object;
}

/// Notes a column that is not there.
void Binder::look_for(ObjectId relation, const std::string& column) {
  if (!looking_ || !result_.missing_column.empty() || !lacks(relation, column) ||
      std::find(adding_.begin(), adding_.end(), column) != adding_.end())
    return;
  result_.missing_column = column;
  result_.missing_in = relation;
}

void Binder::constraint(ast::Constraint& constraint, ObjectId table, const Scope& scope) {
  for (const std::string& column : constraint.columns) look_for(table, column);
  for (const std::string& column : constraint.including) look_for(table, column);
  for (const ast::IndexElement& element : constraint.exclude_elements) look_for(table, element.column);
  if (constraint.check) tree(constraint.check, &scope);
  if (constraint.where) tree(constraint.where, &scope);
  tree(constraint.exclude_elements, &scope);
  if (constraint.referenced.name.empty()) return;
  relation(constraint.referenced);
  for (const std::string& column : constraint.referenced_columns) {
    look_for(constraint.referenced.object, column);
    use(names.find_in(constraint.referenced.object, ObjectKind::column, column));
  }
  for (const std::string& column : constraint.columns) use(names.find_in(table, ObjectKind::column, column));
}

/// The column of a CHECK that reads one only, which gives the constraint its name; else empty.
std::string Binder::only_column(const ast::Constraint& constraint) const {
  if (!constraint.check) return {};
  std::vector<std::string> columns;
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
    if (reference == nullptr || reference->names.empty()) return;
    // A whole row is a column without a name.
    const bool row =
        reference->object != ast::no_object && is_relation(script_.objects[reference->object].kind);
    const std::string name = row ? std::string() : reference->names.back();
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  };
  ast::Expr copy = *constraint.check;
  walk(copy, visitor);
  return columns.size() == 1 ? columns[0] : std::string();
}

Binder::Key Binder::primary_key(ObjectId table) const {
  const auto is_key = [](const ast::Constraint& one) {
    return one.kind == ast::Constraint::Kind::primary_key;
  };
  const ast::Object& made = script_.objects[table];
  if (!made.made_here() || !script_.statements[made.created].live()) return {};
  const auto* create = std::get_if<ast::CreateTable>(&script_.statements[made.created].node);
  if (create == nullptr || create->name.object != table) return {};
  for (const ast::Column& column : create->columns) {
    const auto key = std::find_if(column.constraints.begin(), column.constraints.end(), is_key);
    if (key != column.constraints.end()) return {key->object, {column.name}};
  }
  const auto key = std::find_if(create->constraints.begin(), create->constraints.end(), is_key);
  if (key != create->constraints.end()) return {key->object, key->columns};
  for (const ast::StatementId id : users(table)) {
    const ast::Statement& user = script_.statements[id];
    const auto* alter = user.live() ? std::get_if<ast::AlterTable>(&user.node) : nullptr;
    if (alter == nullptr || alter->name.object != table) continue;
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      if (add != nullptr && is_key(add->constraint)) return {add->constraint.object, add->constraint.columns};
    }
  }
  return {};
}

void Binder::owned_by(ast::SequenceOptions& options, ObjectId sequence) {
  if (options.owned_by.size() < 2) {
    if (options.owned_by.size() == 1 && sequence != ast::no_object)
      names.set_parent(sequence, ast::no_object);
    return;
  }
  const bool qualified = options.owned_by.size() > 2;
  ast::Name table{qualified ? options.owned_by[options.owned_by.size() - 3] : std::string(),
                  options.owned_by[options.owned_by.size() - 2]};
  const ast::Name before = table;
  const bool looking = std::exchange(looking_, false);  // an owner that comes later is one all the same
  subject(table);
  looking_ = looking;
  const ObjectId column = names.find_in(table.object, ObjectKind::column, options.owned_by.back());
  use(column);
  if (sequence != ast::no_object) names.set_parent(sequence, column);
  if (table == before) return;
  options.owned_by = {table.schema, table.name, options.owned_by.back()};
}

void Binder::view_columns(ObjectId view, const Output& output, const std::vector<std::string>& columns) {
  if (output.complete) known_queries_.insert(view);
  for (size_t i = 0; i < std::max(output.columns.size(), columns.size()); ++i) {
    const std::string& name = i < columns.size() ? columns[i] : output.columns[i].name;
    if (names.find_in(view, ObjectKind::column, name) == ast::no_object)
      names.create(ObjectKind::column, {{}, name}, current_->id, view);
  }
}

}  // namespace pg2crdb::bind
