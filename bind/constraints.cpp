// Constraints wherever they stand: in a CREATE TABLE, or in an ALTER TABLE that was not folded into it.
#include <algorithm>

#include "ast/sequence_call.h"
#include "bind/history.h"

namespace pg2crdb::bind {

/// True where there was such a constraint.
bool History::edit_constraint(ObjectId table, ObjectId constraint,
                              const std::function<void(ast::Constraint&)>& change) {
  bool found = false;
  const auto look = [&](ast::Statement& user, ast::Constraint& one) {
    if (one.object != constraint) return;
    change(one);
    context_.rewritten(user);
    found = true;
  };
  if (ast::CreateTable* create = table_of(table)) {
    ast::Statement& made = statement(object(table).created);
    for (ast::Column& column : create->columns) {
      for (ast::Constraint& one : column.constraints) look(made, one);
    }
    for (ast::Constraint& one : create->constraints) look(made, one);
  }
  for (const ast::StatementId id : binder_.users(table)) {
    ast::Statement& user = statement(id);
    auto* alter = user.live() ? std::get_if<ast::AlterTable>(&user.node) : nullptr;
    if (alter == nullptr || alter->name.object != table) continue;
    for (ast::AlterCommand& command : alter->commands) {
      if (auto* add = std::get_if<ast::AddConstraint>(&command)) look(user, add->constraint);
    }
  }
  return found;
}

/// NOT VALID goes where the constraint was written; of a constraint that is valid nothing is left to do.
bool History::validate(ObjectId table, const std::string& name) {
  const ObjectId constraint = binder_.names.find_in(table, ast::ObjectKind::constraint, name);
  if (constraint == ast::no_object || !object(constraint).made_here()) return false;
  edit_constraint(table, constraint, [](ast::Constraint& one) { one.not_valid = false; });
  return true;
}

namespace {

/// `ALTER CONSTRAINT name words`, when it is all that the text says about its table.
struct AlteredConstraint {
  std::string name;
  std::string words;  ///< upper case
};

std::optional<AlteredConstraint> altered_constraint(const std::string& text) {
  std::string upper = text;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  constexpr std::string_view command = " ALTER CONSTRAINT ";
  size_t begin = upper.find(command);
  if (begin == std::string::npos) return std::nullopt;
  begin += command.size();
  size_t end = begin;
  for (bool quoted = false; end < text.size() && (quoted || text[end] != ' '); ++end) {
    if (text[end] == '"') quoted = !quoted;
  }
  const std::optional<ast::Name> name = ast::parse_regclass(text.substr(begin, end - begin));
  if (!name || !name->schema.empty() || upper.find(',', end) != std::string::npos) return std::nullopt;
  return AlteredConstraint{name->name, upper.substr(end) + " "};
}

}  // namespace

/// DEFERRABLE and the like goes where the constraint was written.
bool History::alter_constraint(ast::Statement& statement, const ast::Opaque& opaque) {
  if (!opaque.kind.ends_with(" ALTER CONSTRAINT")) return false;
  const std::optional<AlteredConstraint> altered = altered_constraint(opaque.text);
  if (!altered || altered->words.find(" INHERIT ") != std::string::npos) return false;
  const auto says = [&](std::string_view words) { return altered->words.find(words) != std::string::npos; };
  for (const ObjectId table : statement.text_objects) {
    const ObjectId constraint = binder_.names.find_in(table, ast::ObjectKind::constraint, altered->name);
    if (constraint == ast::no_object || !object(constraint).made_here()) continue;
    const bool found = edit_constraint(table, constraint, [&](ast::Constraint& one) {
      one.initially_deferred = says(" INITIALLY DEFERRED ");
      one.deferrable = (says(" DEFERRABLE ") && !says(" NOT DEFERRABLE ")) || one.initially_deferred;
      if (says(" ENFORCED ")) one.not_enforced = says(" NOT ENFORCED ");
    });
    if (!found) return false;
    context_.merge(statement, this->statement(object(constraint).created), "the constraint is made so");
    return true;
  }
  return false;
}

/// The columns of a primary key or unique constraint in a CREATE TABLE or in what was not folded into it.
std::vector<std::string> History::key_columns(const ast::CreateTable& create, ObjectId constraint) {
  const auto columns = [&](const ast::Constraint& one, const std::string& column) {
    const bool key =
        one.kind == ast::Constraint::Kind::primary_key || one.kind == ast::Constraint::Kind::unique;
    if (!key) return std::vector<std::string>();
    return one.columns.empty() ? std::vector{column} : one.columns;
  };
  for (const ast::Column& column : create.columns) {
    for (const ast::Constraint& one : column.constraints) {
      if (one.object == constraint) return columns(one, column.name);
    }
  }
  for (const ast::Constraint& one : create.constraints) {
    if (one.object == constraint) return columns(one, {});
  }
  for (const ast::StatementId id : binder_.users(create.name.object)) {
    const auto* alter = std::get_if<ast::AlterTable>(&statement(id).node);
    if (alter == nullptr) continue;
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      if (add != nullptr && add->constraint.object == constraint) return columns(add->constraint, {});
    }
  }
  return {};
}

/// Foreign keys that rely on a key which is dropped with CASCADE.
void History::erase_keys_to(ObjectId table, const std::vector<std::string>& columns,
                            const ast::Statement& by) {
  if (columns.empty()) return;  // no key
  const auto relies = [&](const ast::Constraint& constraint) {
    return constraint.kind == ast::Constraint::Kind::foreign_key && constraint.referenced.object == table &&
           (constraint.referenced_columns.empty() || constraint.referenced_columns == columns);
  };
  for (const ast::StatementId id : binder_.users(table)) {
    ast::Statement& user = statement(id);
    if (!is_before(id, by) || !user.live()) continue;
    if (auto* create = std::get_if<ast::CreateTable>(&user.node)) {
      const auto goes = [&](const ast::Constraint& constraint) {
        if (!relies(constraint)) return false;
        binder_.names.drop(constraint.object, by.id);
        return true;
      };
      std::erase_if(create->constraints, goes);
      for (ast::Column& column : create->columns) std::erase_if(column.constraints, goes);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&user.node)) {
      erase_commands(user, *alter, by, [&](const ast::AlterCommand& command) {
        const auto* add = std::get_if<ast::AddConstraint>(&command);
        return add != nullptr && relies(add->constraint);
      });
    }
  }
}

}  // namespace pg2crdb::bind
