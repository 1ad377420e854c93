// LIKE, written out: CREATE TABLE has what the other table is at that place of the script, and goes a way of
// its own from there.
#include <algorithm>

#include "ast/catalog.h"
#include "ast/sequence_call.h"
#include "bind/history.h"
#include "bind/image.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;
using Kind = ast::Constraint::Kind;

namespace {

bool brings(const ast::LikeClause& like, const char* what) {
  return std::any_of(like.including.begin(), like.including.end(),
                     [&](const std::string& one) { return one == what || one == "ALL"; });
}

ast::Comment comment_on(ObjectKind kind, ast::Name name, const std::string& member, const std::string& text) {
  ast::Comment comment;
  comment.object.kind = kind;
  comment.object.name = std::move(name);
  comment.object.member = member;
  comment.text = text;
  return comment;
}

/// PostgreSQL copies the limits of an identity's sequence, which the smaller integers gave it: they stay when
/// the column gets another type.
void say_limits(ast::SequenceOptions& options, const ast::TypeName& type) {
  const bool small = type.name.name == "int2";
  if (!small && type.name.name != "int4") return;
  const bool down = options.increment->starts_with('-');
  ast::Sparse<std::string>& limit = down ? options.minimum : options.maximum;
  if (limit.empty()) limit = down ? (small ? "-32768" : "-2147483648") : (small ? "32767" : "2147483647");
  (down ? options.no_minimum : options.no_maximum) = false;
}

}  // namespace

/// A name as it means its object here; the binder finds it again.
void Binder::bring_name(ast::Name& name) {
  const ObjectId id = std::exchange(name.object, ast::no_object);
  if (id == ast::no_object) return;
  const ast::Object& meant = script_.objects[id];
  name = {{}, meant.name.name};
  const std::vector<ObjectId> found =
      is_routine(meant.kind) ? names.routines(name, path_) : std::vector{names.find(meant.kind, name, path_)};
  if (std::find(found.begin(), found.end(), id) == found.end()) name.schema = meant.name.schema;
}

template <class Node>
void Binder::bring_here(Node& node) {
  const auto literal = [&](ast::Literal* one) {
    std::optional<ast::Name> name = one == nullptr ? std::nullopt : ast::parse_regclass(one->text);
    if (!name) return;
    if (name->schema.empty()) name->schema = "public";
    name->object = names.find(ObjectKind::sequence, *name, {});
    if (name->object == ast::no_object) name->object = names.former(ObjectKind::sequence, *name, {});
    if (name->object == ast::no_object) return;
    bring_name(*name);
    one->text = ast::regclass_text(*name);
  };
  TreeEdit edits;
  edits.name = [&](ast::Name& name) { bring_name(name); };
  edits.column = [&](ast::ColumnRef& column) {
    if (column.names.empty()) return;
    const ObjectId id = std::exchange(column.object, ast::no_object);
    const bool known = id != ast::no_object && script_.objects[id].kind == ObjectKind::column;
    column.names = {known ? script_.objects[id].name.name : column.names.back()};
  };
  edits.call = [&](ast::FunctionCall& call) { literal(ast::relation_literal(call)); };
  edits.cast = [&](ast::Cast& cast) {
    if (cast.type.name.name == "regclass") literal(std::get_if<ast::Literal>(&cast.argument->node));
  };
  edit(node, edits);
}

/// LIKE of a table that the script makes is written out, where it stands among the columns. Others stay.
void Binder::copy_likes(ast::CreateTable& create) {
  int32_t copied = 0;  // columns of those before
  std::vector<ast::LikeClause> kept;
  for (ast::LikeClause& like : create.likes) {
    like.columns_before += copied;
    std::optional<Image> image = read_image(script_, *this, like.table.object);
    if (!image) {
      kept.push_back(std::move(like));
      continue;
    }
    std::vector<ast::Column> columns;
    copy(std::move(*image), like, create, columns);
    create.columns.insert(create.columns.begin() + like.columns_before, columns.begin(), columns.end());
    copied += static_cast<int32_t>(columns.size());
    changed_ = true;
  }
  create.likes = std::move(kept);
}

/// A table OF a type that the script makes has its attributes as columns of its own.
void Binder::copy_attributes(ast::CreateTable& create) {
  if (create.of_type.empty()) return;
  std::optional<Image> image = read_image(script_, *this, create.of_type->name.object);
  if (!image) return;
  std::vector<ast::Column> columns;
  for (ast::Column& attribute : image->columns) {
    bring_here(attribute);
    ast::Column column;
    column.offset = -1;
    if (ast::Column* own = ast::find_column(create, attribute.name)) column = std::move(*own);
    column.name = attribute.name;
    column.type = attribute.type;
    column.type.offset = -1;
    column.collation = attribute.collation;
    columns.push_back(std::move(column));
  }
  create.columns = std::move(columns);
  changed_ = true;
}

void Binder::copy(Image image, const ast::LikeClause& like, ast::CreateTable& create,
                  std::vector<ast::Column>& columns) {
  const bool comments = brings(like, "COMMENTS");
  const auto comment = [&](ObjectKind kind, const std::string& member, const auto& texts) {
    const auto text = texts.find(member);
    if (!comments || text == texts.end() || text->second.empty()) return;
    copied_comments_.push_back(
        comment_on(kind, {create.name.schema, create.name.name}, member, text->second));
  };
  for (const ast::Column& one : image.columns) {
    ast::Column column;
    column.name = one.name;
    column.type = one.type;
    column.collation = one.collation;
    column.not_null = one.not_null;
    if (brings(like, "GENERATED")) column.generated = one.generated;
    if (brings(like, "IDENTITY")) column.identity = one.identity;
    if (brings(like, "DEFAULTS") && !one.generated && !one.identity) column.default_value = one.default_value;
    if (column.identity) {
      column.identity->options.sequence_name.clear();
      column.identity->options.restart.clear();
      column.identity->options.restart_default = false;
      say_limits(column.identity->options, column.type);
    }
    forget_offsets(column);
    bring_here(column);
    comment(ObjectKind::column, column.name, image.column_comments);
    columns.push_back(std::move(column));
  }
  for (ast::Constraint& check : image.checks) {
    if (!brings(like, "CONSTRAINTS")) continue;
    bring_constraint(check);
    check.not_valid = false;  // there are no rows yet
    comment(ObjectKind::constraint, check.name, image.check_comments);
    create.constraints.push_back(std::move(check));
  }
  for (Image::Key& key : image.keys) {
    if (!brings(like, "INDEXES")) continue;
    if (!comments) key.comment.clear();
    bring_key(std::move(key));
  }
}

void Binder::bring_constraint(ast::Constraint& constraint) {
  constraint.object = ast::no_object;
  constraint.offset = -1;
  forget_offsets(constraint.check);
  forget_offsets(constraint.where);
  bring_here(constraint);
}

void Binder::bring_key(Image::Key key) {
  bring_constraint(key.constraint);
  for (ast::IndexElement& element : key.index.elements) {
    forget_offsets(element.expr);
    bring_here(element);
  }
  forget_offsets(key.index.where);
  if (key.index.where) bring_here(*key.index.where);
  if (const auto named = index_columns_.find(key.object); named != index_columns_.end())
    key.columns = named->second;
  copied_keys_.push_back(std::move(key));
}

void Binder::make_own(ast::Statement& made, Image image) {
  auto& create = std::get<ast::CreateTable>(made.node);
  const ObjectId table = create.name.object;
  other_keys_.insert(table);
  const auto is_own = [&](ObjectId id) {
    return id != ast::no_object && script_.objects[id].parent == table;
  };
  current_ = &made;
  copied_keys_.clear();
  copied_comments_.clear();
  std::vector<ast::Column> columns;
  for (ast::Column& column : image.columns) {
    column.object = ast::no_object;
    forget_offsets(column);
    bring_here(column);
    ast::Column* own = ast::find_column(create, column.name);
    if (own == nullptr) {
      column.identity.reset();
      column.object = names.find_in(table, ObjectKind::column, column.name);
      columns.push_back(std::move(column));
      continue;
    }
    if (own->type.empty()) own->type = column.type;  // a partition's
    own->not_null = own->not_null || column.not_null;
    if (!own->generated && !own->identity && !own->default_value) own->default_value = column.default_value;
    columns.push_back(std::move(*own));
  }
  // What a parent got since stands behind the table's own.
  const std::vector<ObjectId> order = names.columns(table);
  const auto place = [&](const ast::Column& one) {
    const bool later = one.object != ast::no_object && script_.objects[one.object].created != made.id;
    return later ? std::find(order.begin(), order.end(), one.object) - order.begin() : -1;
  };
  std::stable_sort(columns.begin(), columns.end(), [&](const ast::Column& left, const ast::Column& right) {
    return place(left) < place(right);
  });
  create.columns = std::move(columns);
  const size_t own_constraints = create.constraints.size();
  for (ast::Constraint& check : image.checks) {
    if (is_own(check.object)) continue;
    bring_constraint(check);
    create.constraints.push_back(std::move(check));
  }
  parts(create);
  for (size_t i = own_constraints; i < create.constraints.size(); ++i)
    add_constraint(table, create.constraints[i], made.id);
  if (!create.partition_of.empty()) {  // those of a parent that it inherits from it never had
    for (Image::Key& key : image.keys) {
      if (is_own(key.is_index ? key.object : key.constraint.object)) continue;
      key.comment.clear();
      bring_key(std::move(key));
    }
  }
  add_copied_keys(create);
}

/// As PostgreSQL chooses it: after the columns as they were called when the first of its kind was made.
std::string Binder::chosen_name(ObjectId table, const Image::Key& key) const {
  const ast::Name& name = script_.objects[table].name;
  using Among = Namespace::Among;
  if (key.is_index) return names.choose_name(name.schema, name.name, key.columns, "idx", Among::relations);
  switch (key.constraint.kind) {
    case Kind::primary_key:
      return names.choose_name(name.schema, name.name, {}, "pkey", Among::both);
    case Kind::unique:
      return names.choose_name(name.schema, name.name, key.columns, "key", Among::both);
    default:
      return names.choose_name(name.schema, name.name, key.columns, "excl", Among::both);
  }
}

/// Behind the table's own, which have the first choice of names. Of two keys over the same columns in one
/// CREATE TABLE PostgreSQL makes one: where the other table got the second by a statement of its own, so
/// does this one.
void Binder::add_copied_keys(ast::CreateTable& create) {
  const ObjectId table = create.name.object;
  const Scope scope = scope_of(table, create.name);
  std::erase_if(copied_keys_, [&](Image::Key& key) {
    if (key.is_index) return false;
    const bool twice =
        key.beside &&
        std::any_of(create.constraints.begin(), create.constraints.end(), [&](const ast::Constraint& one) {
          return makes_index(one) && one.columns == key.constraint.columns;
        });
    if (twice) return false;
    key.constraint.name = chosen_name(table, key);
    constraint(key.constraint, table, scope);
    add_constraint(table, key.constraint, current_->id);
    if (!key.comment.empty())
      copied_comments_.push_back(
          comment_on(ObjectKind::index, {create.name.schema, key.constraint.name}, {}, key.comment));
    create.constraints.push_back(std::move(key.constraint));
    return true;
  });
  copied_into_ = create.name;
}

void Binder::add_copied(const std::function<void(ast::StatementNode)>& add) {
  ast::Name table = copied_into_;
  // The statement that this follows from may stand under another search_path than the table's.
  const bool is_found = !table.schema.empty() ||
                        names.find(ObjectKind::table, table, existing(session_.path())) == table.object;
  if (!is_found) table.schema = script_.objects[table.object].name.schema;
  std::vector<ast::Comment> comments = std::exchange(copied_comments_, {});
  for (Image::Key& key : std::exchange(copied_keys_, {})) {
    const std::string name = chosen_name(table.object, key);
    if (key.is_index) {
      ast::CreateIndex& index = key.index;
      index.name = name;
      index.table = {table.schema, table.name};
      index.concurrently = index.if_not_exists = index.only = false;
      add(std::move(index));
    } else {
      ast::AlterTable alter;
      alter.name = {table.schema, table.name};
      key.constraint.name = name;
      alter.commands.push_back(ast::AddConstraint{std::move(key.constraint)});
      add(std::move(alter));
    }
    if (!key.comment.empty())
      comments.push_back(comment_on(ObjectKind::index, {table.schema, name}, {}, key.comment));
  }
  for (ast::Comment& one : comments) add(std::move(one));
}

namespace {

/// What is LIKE a table that a query makes may be made before statements that change that one.
bool is_altered(const ast::Script& script, const ast::LikeClause& like) {
  return std::any_of(script.statements.begin(), script.statements.end(), [&](const ast::Statement& one) {
    const auto* alter = std::get_if<ast::AlterTable>(&one.node);
    const auto* index = std::get_if<ast::CreateIndex>(&one.node);
    return (alter != nullptr && alter->name.object == like.table.object) ||
           (index != nullptr && index->table.object == like.table.object);
  });
}

}  // namespace

std::string unknown_source(const ast::Script& script, const ast::CreateTable& create) {
  for (const ast::LikeClause& like : create.likes) {
    const ast::Object& source = script.objects[like.table.object];
    if (!source.made_here()) continue;
    const auto* made = std::get_if<ast::CreateTable>(&script.statements[source.created].node);
    const bool unknown = made != nullptr ? made->likes.empty() : source.kind != ObjectKind::table;
    if (unknown || (made == nullptr && is_altered(script, like))) return to_string(source.name);
  }
  return {};
}

void History::add_copied(ast::Statement& made) {
  const auto& create = std::get<ast::CreateTable>(made.node);
  if (const std::string source = unknown_source(context_.script, create); !source.empty()) {
    report(
        like_unfollowed, made, to_string(create.name),
        "`" + to_string(create.name) + "` is made LIKE `" + source + "`, whose columns are not known here");
    return context_.needs_person(made, "it is made LIKE " + source + ", whose columns are not known here");
  }
  add_copied_of(made);
}

void History::add_copied_of(ast::Statement& made) {
  binder_.add_copied([&](ast::StatementNode node) {
    const bool key = std::holds_alternative<ast::AlterTable>(node);
    take(context_.add(std::move(node), made, key ? ast::Phase::pre_data : ast::Phase::post_data));
  });
}

/// Tables that were made LIKE this one keep what it was.
void History::leave_like_behind(ObjectId table, const ast::Statement& by) {
  for (const ast::StatementId id : binder_.users(table)) {
    ast::Statement& user = statement(id);
    const auto* create =
        is_before(id, by) && user.live() ? std::get_if<ast::CreateTable>(&user.node) : nullptr;
    if (create == nullptr || create->name.object == table) continue;
    const bool like = std::any_of(create->likes.begin(), create->likes.end(),
                                  [&](const ast::LikeClause& one) { return one.table.object == table; });
    if (!like) continue;
    report(like_unfollowed, user, to_string(create->name),
           "`" + to_string(create->name) + "` is made LIKE a table that changes in " + line_of(by.id));
    context_.needs_person(user, "it is made LIKE a table that changes in " + line_of(by.id));
  }
}

}  // namespace pg2crdb::bind
