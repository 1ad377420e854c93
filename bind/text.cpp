// Statements that the tree keeps as text, when what they name is renamed or dropped.
#include <algorithm>

#include "ast/describe.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "target/quote.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// The text of a statement that is nothing else, and the names in it; null for others.
std::string* text_of(ast::Statement& statement, TextNames& found) {
  if (auto* opaque = std::get_if<ast::Opaque>(&statement.node)) {
    found = names_in_sql(opaque->text);
    return &opaque->text;
  }
  if (auto* block = std::get_if<ast::DoBlock>(&statement.node)) {
    found = names_in(*block);
    return &block->body;
  }
  auto* function = std::get_if<ast::CreateFunction>(&statement.node);
  if (function != nullptr && function->bound_when_made()) {
    found = names_in(*function);
    return &function->body[0];
  }
  return nullptr;
}

/// Whether the statement writes rows: what it reads has to be there as it was.
bool writes_rows(const ast::Opaque& opaque) {
  return opaque.kind == "INSERT" || opaque.kind == "UPDATE" || opaque.kind == "DELETE" ||
         opaque.kind == "MERGE" || opaque.kind == "SELECT INTO";
}

/// Whether it may bring rows that no INSERT of the script shows, into whichever table.
bool may_bring_rows(const ast::Statement& statement, const ast::Script& script) {
  const ast::StatementNode& node = statement.node;
  if (std::holds_alternative<ast::DoBlock>(node)) return true;
  if (std::holds_alternative<ast::MetaCommand>(node))
    return statement.live() || statement.fate == ast::Fate::needs_person;
  if (const auto* select = std::get_if<ast::SelectStatement>(&node)) {
    bool calls = false;
    TreeEdit look;
    look.call = [&](ast::FunctionCall& call) {
      calls = calls || (call.name.object != ast::no_object && script.objects[call.name.object].made_here());
    };
    edit(const_cast<ast::Query&>(*select->query), look);
    return calls;
  }
  if (ast::changed_table(node) != nullptr) return true;
  const auto* opaque = std::get_if<ast::Opaque>(&node);
  if (opaque == nullptr) return false;
  for (const std::string_view kind :
       {"CALL", "COPY", "EXECUTE", "EXPLAIN ANALYZE", "CREATE RULE", "unparsed"}) {
    if (opaque->kind == kind) return true;
  }
  return writes_rows(*opaque);
}

/// Whether the statement goes with what it names, since it does no more than look at it or set it up.
bool goes_with_its_object(std::string_view kind) {
  for (const std::string_view beginning : {"ALTER ", "COMMENT ", "SECURITY LABEL"}) {
    if (kind.starts_with(beginning)) return true;
  }
  for (const std::string_view one : {"CREATE RULE", "CREATE STATISTICS", "ANALYZE", "EXPLAIN", "VACUUM",
                                     "CLUSTER", "REINDEX", "LOCK TABLE", "PREPARE", "DECLARE CURSOR"}) {
    if (kind == one) return true;
  }
  return false;
}

}  // namespace

/// True where the text names the object as it was called; it is called otherwise in it now.
bool History::respell_text(ast::Statement& user, ObjectId id, const ast::Name& before, const ast::Name& now) {
  using Kind = NameUse::Kind;
  const Kind kind = is_routine(object(id).kind)    ? Kind::routine
                    : is_relation(object(id).kind) ? Kind::relation
                                                   : Kind::type;
  TextNames found;
  std::string* text = lost_.contains(user.id) ? nullptr : text_of(user, found);
  if (text == nullptr) return false;
  bool changed = false;
  for (auto use = found.names.rbegin(); use != found.names.rend(); ++use) {
    const std::string schema = use->name.schema.empty() ? "public" : use->name.schema;
    if (use->kind != kind || !use->has_place() || use->name.name != before.name || schema != before.schema)
      continue;
    ast::Name name = use->name;
    write_name(name, now);
    text->replace(use->begin, use->end - use->begin, quote_name(name.schema, name.name));
    changed = true;
  }
  return changed;
}

/// A column, trigger or policy under its new name; its object still has the old one. Names in the text are
/// those that the objects have now, so that each has one meaning.
void History::respell_member(ast::Statement& user, ObjectId member, const std::string& name) {
  TextNames found;
  std::string* text = lost_.contains(user.id) ? nullptr : text_of(user, found);
  if (text == nullptr) return;
  const std::string before = object(member).name.name;
  const auto is_it = [&](const MemberUse& use) {
    if (use.kind != object(member).kind || use.name != before) return false;
    for (const ast::Name& written : use.relations) {
      const ObjectId relation = binder_.names.find(ObjectKind::table, written, {"public"});
      if (relation == ast::no_object) continue;
      const ObjectId meant = binder_.names.find_in(relation, use.kind, use.name);
      if (meant != ast::no_object) return meant == member;
    }
    return false;
  };
  bool unfollowed = false;
  for (auto use = found.members.rbegin(); use != found.members.rend(); ++use) {
    if (!is_it(*use)) continue;
    if (use->has_place() && use->sure) {
      text->replace(use->begin, use->end - use->begin, quote_identifier(name));
      context_.rewritten(user);
    } else {
      unfollowed = true;
    }
  }
  if (!unfollowed || !user.live()) return;
  const std::string kind = ast::statement_kind(user.node);
  report(rename_unfollowed, user, to_string(object(object(member).parent).name),
         "`" + kind + "` names `" + before + "`, which is renamed to `" + name + "`");
  context_.needs_person(user, "it names " + before + ", which is renamed");
}

/// What becomes of a text that names an object which is dropped.
void History::erase_text(ast::Statement& user, const ast::Opaque& opaque, ObjectId id,
                         const ast::Statement& by) {
  if (opaque.kind == "CALL") return call_lost(user, id, by);
  if (goes_with_its_object(opaque.kind)) return leave_out(user, by);
  if (!writes_rows(opaque)) return;
  const TextNames found = names_in_sql(opaque.text);
  const ast::Name& gone = object(id).name;
  const auto changes = [](const NameUse& use) { return use.changes; };
  const auto is_it = [&](const NameUse& use) {
    return !use.changes || (use.name.name == gone.name &&
                            (use.name.schema.empty() ? "public" : use.name.schema) == gone.schema);
  };
  if (std::any_of(found.names.begin(), found.names.end(), changes) &&
      std::all_of(found.names.begin(), found.names.end(), is_it))
    return leave_out(user, by);
  reads_dropped(user, id, by);
}

void History::reads_dropped(ast::Statement& user, ObjectId id, const ast::Statement& by) {
  const ast::Name& gone = object(id).name;
  const bool column = object(id).kind == ObjectKind::column;
  const std::string name = (column ? to_string(object(object(id).parent).name) + "." : "") + to_string(gone);
  report(
      rows_from_dropped, user, name,
      "`" + ast::statement_kind(user.node) + "` reads `" + name + "`, which is dropped in " + line_of(by.id));
  lost_.insert(user.id);
  context_.needs_person(user, "it reads " + name + ", which is dropped in " + line_of(by.id));
}

void History::note_rows_brought(const ast::Statement& statement) {
  brings_rows_ =
      brings_rows_ || (statement.fate != ast::Fate::dropped && may_bring_rows(statement, context_.script));
}

/// SQL that does not parse is refused. What our reader of PL/pgSQL does not understand may be right all the
/// same, and is no harm where nothing is renamed or dropped. Other languages are told for what they are, and
/// SQL that a body puts together when it runs names nothing before.
void History::tell_unread_bodies() {
  for (const Binder::UnreadBody& one : binder_.unread_bodies) {
    ast::Statement& user = statement(one.statement);
    const auto* function = user.live() ? std::get_if<ast::CreateFunction>(&user.node) : nullptr;
    if (function == nullptr) continue;
    const bool plpgsql =
        function->language == "plpgsql" && changes_columns_ && one.what.find("EXECUTE") == std::string::npos;
    if (function->language != "sql" && !plpgsql) continue;
    const std::string name = ast::statement_object(user.node);
    report(body_unread, user, name, "the body of `" + name + "` cannot be read: " + one.what);
    context_.needs_person(user, "its body cannot be read: " + one.what);
  }
}

}  // namespace pg2crdb::bind
