// Names for output in the script's own order: each means what it means where it stands.
#include "bind/history.h"

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
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.fate == ast::Fate::dropped) continue;  // rolled back
      // Tools run each file in a session of its own.
      if (statement.span.file != file) binder_.begin_session();
      file = statement.span.file;
      binder_.bind(statement);
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
    }
    for (ast::DataBlock& block : context_.script.data) {
      if (block.statement != ast::no_statement)
        block.table = std::get<ast::CopyFrom>(context_.script.statements[block.statement].node).table;
    }
  }

 private:
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
};

}  // namespace

void bind_names(PassContext& context) {
  leave_out_rolled_back(context);
  InOrderBinder(context).run();
}

}  // namespace pg2crdb::bind
