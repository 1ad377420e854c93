#include "driver/deleted_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "ast/describe.h"
#include "ast/reflect.h"
#include "driver/findings.h"
#include "order/missing.h"
#include "passes/pipeline.h"

namespace pg2crdb {
namespace {

class DeletedObjects {
 public:
  DeletedObjects(ast::Script& script, const std::set<ast::StatementId>& deleted, Diagnostics& diagnostics)
      : script_(script), deleted_(deleted), diagnostics_(diagnostics) {}

  void run() {
    for (const ast::StatementId id : deleted_) lose(script_.statements[id].node);
    forget_what_others_make();
    if (schemas_.empty() && roles_.empty() && sequences_.empty()) return;
    take_out_added_roles();
    const size_t count = script_.statements.size();
    for (size_t before = held_.size() + 1; before != held_.size();) {
      before = held_.size();
      for (size_t i = 0; i < count; ++i) look_at(script_.statements[i]);
      hold_back_in_turn(count);
    }
    tell_of_rows();
  }

 private:
  void lose(const ast::StatementNode& node) {
    const auto* schema = std::get_if<ast::CreateSchema>(&node);
    if (schema != nullptr && schema->name != "public")
      schemas_.insert(schema->name);  // every database has it
    if (const auto* role = std::get_if<ast::CreateRole>(&node)) roles_.insert(role->name);
    const auto* alter = std::get_if<ast::AlterTable>(&node);
    if (alter == nullptr) return;
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* identity = std::get_if<ast::AddIdentity>(&command);
      if (identity == nullptr) continue;
      const ast::SequenceOptions& options = identity->identity.options;
      const ast::Name& name =
          options.sequence_name->name.empty() ? *identity->identity.restored_name : *options.sequence_name;
      if (!name.name.empty()) sequences_.insert(to_string(name));
    }
  }

  void forget_what_others_make() {
    for (const ast::Statement& statement : script_.statements) {
      if (!statement.live() || statement.fate == ast::Fate::added) continue;
      if (const auto* schema = std::get_if<ast::CreateSchema>(&statement.node)) schemas_.erase(schema->name);
      if (const auto* role = std::get_if<ast::CreateRole>(&statement.node)) roles_.erase(role->name);
    }
  }

  void take_out_added_roles() {
    for (ast::Statement& statement : script_.statements) {
      const auto* role = std::get_if<ast::CreateRole>(&statement.node);
      if (role == nullptr || statement.fate != ast::Fate::added || !roles_.contains(role->name)) continue;
      statement.fate = ast::Fate::dropped;
      statement.reason = "its statement in the dump is deleted";
    }
    std::erase_if(script_.order,
                  [&](ast::StatementId id) { return script_.statements[id].fate == ast::Fate::dropped; });
    std::erase_if(diagnostics_.all(), [&](const Diagnostic& finding) {
      return finding.rule->id == "missing-role" && roles_.contains(finding.object);
    });
  }

  // --- what a statement names

  std::string needed_by(const ast::TypeInfo& type, void* node) const {
    std::string found;
    if (type.name == "Name") {
      const auto& name = *static_cast<const ast::Name*>(node);
      if (schemas_.contains(name.schema)) found = "schema `" + name.schema + "`";
      if (sequences_.contains(to_string(name))) found = "sequence `" + to_string(name) + "`";
    } else if (type.name == "ObjectRef") {
      const auto& reference = *static_cast<const ast::ObjectRef*>(node);
      const std::string& name = reference.name.name;
      if (reference.kind == ast::ObjectKind::schema && schemas_.contains(name))
        found = "schema `" + name + "`";
      if (reference.kind == ast::ObjectKind::role && roles_.contains(name)) found = "role `" + name + "`";
    } else if (type.name == "Role") {
      const auto& role = *static_cast<const ast::Role*>(node);
      if (role.kind == ast::Role::Kind::named && roles_.contains(role.name))
        found = "role `" + role.name + "`";
    } else if (type.name == "Literal") {
      const std::string& text = static_cast<const ast::Literal*>(node)->text;
      if (sequences_.contains(text)) found = "sequence `" + text + "`";
    }
    if (!found.empty()) return found;
    ast::for_each_part(type, node, [&](const ast::TypeInfo& part, void* inside) {
      if (found.empty()) found = needed_by(part, inside);
    });
    return found;
  }

  static std::string said_in(std::string_view text, const std::set<std::string>& names,
                             std::string_view kind) {
    const auto said =
        std::ranges::find_if(names, [&](const std::string& one) { return order::says(text, one); });
    return said == names.end() ? "" : fmt::format("{} `{}`", kind, *said);
  }

  std::string needed_by(ast::Statement& statement) const {
    std::string found = needed_by(ast::type_info<ast::StatementNode>(), &statement.node);
    if (!found.empty()) return found;
    const auto named = [&](const std::vector<std::string>& names, const std::set<std::string>& gone,
                           std::string_view kind) {
      for (const std::string& name : names) {
        if (found.empty() && gone.contains(name)) found = fmt::format("{} `{}`", kind, name);
      }
    };
    const auto texts = [&](std::string_view text) {
      if (found.empty()) found = said_in(text, schemas_, "schema");
    };
    if (const auto* grant = std::get_if<ast::GrantRole>(&statement.node)) named(grant->roles, roles_, "role");
    if (const auto* privileges = std::get_if<ast::AlterDefaultPrivileges>(&statement.node))
      named(privileges->schemas, schemas_, "schema");
    if (const auto* move = std::get_if<ast::SetSchema>(&statement.node))
      named({move->schema}, schemas_, "schema");
    if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node)) {
      texts(opaque->text);
      if (found.empty()) found = said_in(opaque->text, roles_, "role");
    }
    if (const auto* block = std::get_if<ast::DoBlock>(&statement.node)) texts(block->body);
    if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
      for (const std::string& body : function->body) texts(body);
    }
    return found;
  }

  // --- what becomes of it

  static bool may_wait(const ast::Statement& statement) {
    return statement.live() && !std::holds_alternative<ast::Drop>(statement.node) &&
           !std::holds_alternative<ast::CopyFrom>(statement.node);
  }

  void tell(const Span& span, std::string object, std::string message) {
    diagnostics_.add(about(*find_rule("object-not-translated"), span, std::move(object), std::move(message)));
  }

  void hold_back(ast::Statement& statement, const std::string& needed) {
    const std::string object = ast::statement_object(statement.node);
    tell(statement.span, object,
         fmt::format("{}{} needs {}, which is not in the output", ast::statement_kind(statement.node),
                     object.empty() ? "" : fmt::format(" `{}`", object), needed));
    statement.fate = ast::Fate::needs_person;
    statement.reason = fmt::format("needs {}, whose statement is deleted", needed);
    held_.insert(statement.id);
    lose(statement.node);
  }

  void look_at(ast::Statement& statement) {
    if (!may_wait(statement)) return;
    const std::string needed = needed_by(statement);
    if (!needed.empty()) hold_back(statement, needed);
  }

  bool is_held(const order::MissingObjects& missing, ast::ObjectId object) const {
    ast::StatementId maker = missing.maker_of(object);
    while (maker != ast::no_statement && script_.statements[maker].fate == ast::Fate::merged)
      maker = script_.statements[maker].merged_into;
    return maker != ast::no_statement && held_.contains(maker);
  }

  void hold_back_in_turn(size_t count) {
    const order::MissingObjects missing(script_);
    for (size_t i = 0; i < count; ++i) {
      ast::Statement& statement = script_.statements[i];
      if (!may_wait(statement)) continue;
      const order::MissingObjects::List needed = missing.needed_by(statement);
      const auto first =
          std::ranges::find_if(needed, [&](ast::ObjectId object) { return is_held(missing, object); });
      if (first != needed.end()) hold_back(statement, "`" + to_string(script_.objects[*first].name) + "`");
    }
  }

  void tell_of_rows() {
    const order::MissingObjects missing(script_);
    for (const ast::DataBlock& block : script_.data) {
      if (block.rows == 0 || !block.left_out.empty() || block.table.object == ast::no_object ||
          !is_held(missing, block.table.object))
        continue;
      const std::string table = to_string(block.table);
      tell(block.header, table,
           fmt::format("{} {} for `{}`, which is not in the output", block.rows,
                       block.rows == 1 ? "row waits" : "rows wait", table));
    }
  }

  ast::Script& script_;
  const std::set<ast::StatementId>& deleted_;
  Diagnostics& diagnostics_;
  std::set<std::string> schemas_, roles_, sequences_;
  std::set<ast::StatementId> held_;
};

}  // namespace

void hold_back_what_needs_deleted(ast::Script& script, const std::set<ast::StatementId>& deleted,
                                  Diagnostics& diagnostics) {
  DeletedObjects(script, deleted, diagnostics).run();
}

}  // namespace pg2crdb
