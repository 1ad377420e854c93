// A table as it stands at a place of the script.
#include "bind/image.h"

#include <algorithm>

#include "ast/serial.h"
#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;
using Kind = ast::Constraint::Kind;

bool makes_index(const ast::Constraint& constraint) {
  return constraint.kind == Kind::primary_key || constraint.kind == Kind::unique ||
         constraint.kind == Kind::exclude;
}

namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class ImageReader {
 public:
  /// `child`: the statement that makes what inherits from the table, where that is read.
  ImageReader(const ast::Script& script, const Binder& binder, ast::StatementId child = ast::no_statement)
      : script_(script), binder_(binder), child_(child) {}

  std::optional<Image> read(ObjectId table) {
    if (table == ast::no_object || !object(table).made_here()) return std::nullopt;
    const ast::StatementNode& node = script_.statements[object(table).created].node;
    table_ = table;
    if (const auto* type = std::get_if<ast::CreateCompositeType>(&node)) {
      for (const ast::Column& attribute : type->attributes) add(attribute);
    } else {
      const auto* create = std::get_if<ast::CreateTable>(&node);
      if (create == nullptr || create->name.object != table || !create->likes.empty() || is_of_other(*create))
        return std::nullopt;
      if (!add_parents(*create)) return std::nullopt;
      for (const ast::Column& column : create->columns) add(column);
      for (const ast::Constraint& constraint : create->constraints) add(constraint, {}, false);
    }
    std::vector<ast::StatementId> seen{object(table).created};
    for (const ast::StatementId id : binder_.users(table)) {
      if (std::find(seen.begin(), seen.end(), id) != seen.end()) continue;
      seen.push_back(id);
      if (!take(script_.statements[id])) return std::nullopt;
    }
    finish();
    return std::move(image_);
  }

 private:
  const ast::Object& object(ObjectId id) const { return script_.objects[id]; }

  /// OF a type that the script does not make, whose attributes nobody knows.
  bool is_of_other(const ast::CreateTable& create) const {
    return !create.of_type.empty() && !object(create.of_type->name.object).made_here();
  }

  /// Parents come first; what a child says of a column of theirs too is its own.
  bool add_parents(const ast::CreateTable& create) {
    std::vector<ObjectId> parents;
    for (const ast::Name& parent : create.inherits) parents.push_back(parent.object);
    if (!create.partition_of.empty()) parents.push_back(create.partition_of->object);
    for (const ObjectId parent : parents) {
      std::optional<Image> image = ImageReader(script_, binder_, object(table_).created).read(parent);
      if (!image) return false;
      for (ast::Column& column : image->columns) {
        if (create.partition_of.empty()) column.identity.reset();
        if (this->column(column.name) == nullptr) image_.columns.push_back(std::move(column));
      }
      for (ast::Constraint& check : image->checks) {
        if (!check.no_inherit) image_.checks.push_back(std::move(check));
      }
      if (!create.partition_of.empty())
        std::move(image->keys.begin(), image->keys.end(), std::back_inserter(image_.keys));
    }
    return true;
  }

  ast::Column* column(const std::string& name) {
    const auto found = std::find_if(image_.columns.begin(), image_.columns.end(),
                                    [&](const ast::Column& one) { return one.name == name; });
    return found == image_.columns.end() ? nullptr : &*found;
  }

  void add(ast::Column column) {
    const std::string integer(ast::integer_of_serial(column.type));
    if (!integer.empty()) {
      column.type.name = {"pg_catalog", integer};
      column.not_null = true;
      for (const ObjectId id : binder_.names.members(column.object)) {
        if (is_made_by_column(script_, id)) column.default_value = nextval(object(id).name);
      }
    }
    column.not_null = column.not_null || column.identity;
    const std::vector<ast::Constraint> constraints = std::exchange(column.constraints, {});
    const std::string name = column.name;
    ast::Column* inherited = this->column(name);
    if (inherited == nullptr) {
      image_.columns.push_back(std::move(column));
    } else {
      inherited->not_null = inherited->not_null || column.not_null;
      if (column.default_value) inherited->default_value = column.default_value;
      if (column.generated) inherited->generated = column.generated;
      if (column.identity) inherited->identity = column.identity;
    }
    for (const ast::Constraint& constraint : constraints) add(constraint, name, false);
  }

  void add(ast::Constraint constraint, const std::string& own_column, bool beside) {
    if (constraint.columns.empty() && !own_column.empty()) constraint.columns = {own_column};
    if (constraint.name.empty() && constraint.object != ast::no_object)
      constraint.name = object(constraint.object).name.name;
    if (constraint.kind == Kind::check) {
      constraint.columns.clear();
      return image_.checks.push_back(std::move(constraint));
    }
    if (!constraint.using_index.empty()) take_over(constraint);
    if (constraint.kind == Kind::not_null || constraint.kind == Kind::primary_key) {
      for (const std::string& name : constraint.columns) {
        if (ast::Column* one = column(name)) one->not_null = true;
      }
    }
    if (!makes_index(constraint)) return;
    Image::Key key;
    key.beside = beside;
    for (const ObjectId id : binder_.names.members(constraint.object)) {
      if (object(id).kind == ObjectKind::index) key.object = id;
    }
    key.constraint = std::move(constraint);
    // PostgreSQL makes the primary key first.
    const bool first = key.constraint.kind == Kind::primary_key && !beside;
    image_.keys.insert(first ? image_.keys.begin() : image_.keys.end(), std::move(key));
  }

  /// ADD CONSTRAINT ... USING INDEX: the index is the constraint's from there on.
  void take_over(ast::Constraint& constraint) {
    const auto index = std::find_if(image_.keys.begin(), image_.keys.end(), [&](const Image::Key& key) {
      return key.is_index && key.index.name == constraint.using_index;
    });
    constraint.using_index.clear();
    if (index == image_.keys.end()) return;
    for (const ast::IndexElement& element : index->index.elements)
      constraint.columns.push_back(element.column);
    constraint.including = index->index.including;
    constraint.nulls_not_distinct = index->index.nulls_not_distinct;
    image_.keys.erase(index);
  }

  /// False where the table is not known any more: a statement that changes it is left for a person.
  bool take(const ast::Statement& statement) {
    if (statement.fate == ast::Fate::needs_person && is_text(statement.node)) return false;
    if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      if (alter->name.object != table_) return true;
      if (statement.fate == ast::Fate::needs_person) return false;
      if (!statement.live()) return true;
      const bool stays_with_it =
          alter->only && statement.id > child_;  // children that are there do not get it
      for (const ast::AlterCommand& command : alter->commands) {
        if (stays_with_it && std::holds_alternative<ast::SetDefault>(command)) continue;
        std::visit([this](const auto& one) { take(one); }, command);
      }
    }
    if (!statement.live()) return true;
    if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
      if (index->table.object != table_) return true;
      Image::Key key;
      key.index = *index;
      key.is_index = key.beside = true;
      for (const ObjectId id : binder_.names.members(table_)) {
        if (object(id).kind == ObjectKind::index && object(id).created == statement.id) key.object = id;
      }
      image_.keys.push_back(std::move(key));
    } else if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
      if (rename->object.name.object == table_ && rename->object.kind == ObjectKind::column) take(*rename);
      if (rename->object.name.object == table_ && rename->object.kind == ObjectKind::constraint)
        rename_text(image_.check_comments, *rename);
    } else if (const auto* comment = std::get_if<ast::Comment>(&statement.node)) {
      if (comment->object.name.object != table_) return true;
      if (comment->object.kind == ObjectKind::column)
        image_.column_comments[comment->object.member] = comment->text;
      if (comment->object.kind == ObjectKind::constraint)
        image_.check_comments[comment->object.member] = comment->text;
    }
    return true;
  }

  void each_constraint(const std::function<void(ast::Constraint&)>& change) {
    for (ast::Constraint& one : image_.checks) change(one);
    for (Image::Key& key : image_.keys) change(key.constraint);
  }

  void take(const ast::Rename& rename) {
    const std::string& before = rename.object.member;
    rename_text(image_.column_comments, rename);
    const auto respell = [&](std::vector<std::string>& columns) {
      std::replace(columns.begin(), columns.end(), before, rename.new_name);
    };
    const auto respell_elements = [&](std::vector<ast::IndexElement>& elements) {
      for (ast::IndexElement& element : elements) {
        if (element.column == before) element.column = rename.new_name;
      }
    };
    if (ast::Column* one = column(before)) one->name = rename.new_name;
    each_constraint([&](ast::Constraint& one) {
      respell(one.columns);
      respell(one.including);
      respell_elements(one.exclude_elements);
    });
    for (Image::Key& key : image_.keys) {
      respell(key.index.including);
      respell_elements(key.index.elements);
    }
  }

  static void rename_text(std::unordered_map<std::string, std::string>& texts, const ast::Rename& rename) {
    if (const auto text = texts.extract(rename.object.member); !text.empty())
      texts[rename.new_name] = text.mapped();
  }

  void take(const ast::AddColumn& command) {
    if (column(command.column.name) == nullptr) add(command.column);
  }
  void take(const ast::DropColumn& command) {
    const ast::Column* dropped = column(command.column);
    if (dropped == nullptr || dropped->object == ast::no_object) return;
    const ObjectId gone = dropped->object;
    const auto reads = [&](const ast::Constraint& one) {
      return has(one.columns, command.column) || has(one.including, command.column) || names(one, gone) ||
             has_element(one.exclude_elements, command.column);
    };
    std::erase_if(image_.checks, reads);
    std::erase_if(image_.keys, [&](const Image::Key& key) {
      return reads(key.constraint) || has(key.index.including, command.column) ||
             has_element(key.index.elements, command.column) || names(ast::StatementNode(key.index), gone);
    });
    std::erase_if(image_.columns, [&](const ast::Column& one) {
      return one.name == command.column || (one.generated && names(*one.generated->expr, gone));
    });
  }
  static bool has_element(const std::vector<ast::IndexElement>& elements, const std::string& name) {
    return std::any_of(elements.begin(), elements.end(),
                       [&](const ast::IndexElement& element) { return element.column == name; });
  }
  void take(const ast::SetDefault& command) {
    if (ast::Column* one = column(command.column)) one->default_value = command.value;
  }
  void take(const ast::SetNotNull& command) {
    if (ast::Column* one = column(command.column)) one->not_null = command.not_null;
  }
  void take(const ast::SetType& command) {
    ast::Column* one = column(command.column);
    if (one == nullptr) return;
    one->type = command.type;
    one->collation = command.collation;
  }
  void take(const ast::AddConstraint& command) { add(command.constraint, {}, true); }
  void take(const ast::DropConstraint& command) {
    std::erase_if(image_.checks, [&](const ast::Constraint& one) { return one.name == command.name; });
    std::erase_if(image_.keys, [&](const Image::Key& key) { return key.constraint.name == command.name; });
  }
  void take(const ast::AddIdentity& command) {
    ast::Column* one = column(command.column);
    if (one == nullptr) return;
    one->identity = ast::Box(command.identity);
    one->not_null = true;
  }
  void take(const ast::SetIdentity& command) {
    ast::Column* one = column(command.column);
    if (one == nullptr || !one->identity) return;
    if (command.sets_always) one->identity->always = command.always;
    merge(one->identity->options, command.options);
  }
  static void merge(ast::SequenceOptions& options, const ast::SequenceOptions& set) {
    const auto one = [](ast::Sparse<std::string>& to, const ast::Sparse<std::string>& from) {
      if (!from.empty()) to = from;
    };
    one(options.start, set.start);
    one(options.increment, set.increment);
    one(options.minimum, set.minimum);
    one(options.maximum, set.maximum);
    one(options.cache, set.cache);
    if (set.no_minimum) options.minimum.clear();
    if (set.no_maximum) options.maximum.clear();
    if (set.cycle || set.no_cycle) options.cycle = set.cycle;
  }
  void take(const ast::DropIdentity& command) {
    if (ast::Column* one = column(command.column)) one->identity.reset();
  }
  void take(const ast::DropExpression& command) {
    if (ast::Column* one = column(command.column)) one->generated.reset();
  }
  template <class Command>
  void take(const Command&) {}

  /// What was dropped or renamed by its own name, and what is said of indexes and sequences.
  void finish() {
    const auto gone = [&](const ast::Constraint& one) {
      return one.object != ast::no_object && !object(one.object).stands();
    };
    std::erase_if(image_.checks, gone);
    std::erase_if(image_.keys, [&](const Image::Key& key) {
      return key.is_index ? key.object == ast::no_object : gone(key.constraint);
    });
    for (ast::Constraint& check : image_.checks) {
      if (check.object != ast::no_object) check.name = object(check.object).name.name;
    }
    for (Image::Key& key : image_.keys) {
      each_user<ast::Comment>(key.object, [&](const ast::Comment& comment) {
        if (comment.object.kind == ObjectKind::index) key.comment = comment.text;
      });
    }
    for (ast::Column& column : image_.columns) {
      if (!column.identity) continue;
      for (const ObjectId id : binder_.names.members(column.object)) {
        if (!is_made_by_column(script_, id)) continue;
        each_user<ast::AlterSequence>(id, [&](const ast::AlterSequence& alter) {
          if (alter.name.object == id) merge(column.identity->options, alter.options);
        });
      }
    }
  }

  template <class Node>
  void each_user(ObjectId id, const std::function<void(const Node&)>& look) const {
    for (const ast::StatementId user : binder_.users(id)) {
      const ast::Statement& statement = script_.statements[user];
      const auto* node = statement.live() ? std::get_if<Node>(&statement.node) : nullptr;
      if (node != nullptr) look(*node);
    }
  }

  const ast::Script& script_;
  const Binder& binder_;
  ast::StatementId child_;
  ObjectId table_ = ast::no_object;
  Image image_;
};

}  // namespace

std::optional<Image> read_image(const ast::Script& script, const Binder& binder, ObjectId table) {
  return ImageReader(script, binder).read(table);
}

}  // namespace pg2crdb::bind
