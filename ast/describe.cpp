#include "ast/describe.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "support/ascii.h"

namespace pg2crdb::ast {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string join(std::string_view words, std::string_view more) {
  std::string text(words);
  text += ' ';
  text += more;
  return text;
}

std::string_view command_words(const AlterCommand& command) {
  return std::visit(
      Overloaded{
          [](const AddColumn&) -> std::string_view { return "ADD COLUMN"; },
          [](const DropColumn&) -> std::string_view { return "DROP COLUMN"; },
          [](const SetDefault& c) -> std::string_view { return c.value ? "SET DEFAULT" : "DROP DEFAULT"; },
          [](const SetNotNull& c) -> std::string_view {
            return c.not_null ? "SET NOT NULL" : "DROP NOT NULL";
          },
          [](const SetType&) -> std::string_view { return "ALTER COLUMN TYPE"; },
          [](const AddConstraint&) -> std::string_view { return "ADD CONSTRAINT"; },
          [](const DropConstraint&) -> std::string_view { return "DROP CONSTRAINT"; },
          [](const ValidateConstraint&) -> std::string_view { return "VALIDATE CONSTRAINT"; },
          [](const AddIdentity&) -> std::string_view { return "ADD GENERATED AS IDENTITY"; },
          [](const SetIdentity&) -> std::string_view { return "ALTER COLUMN SET GENERATED"; },
          [](const DropIdentity&) -> std::string_view { return "ALTER COLUMN DROP IDENTITY"; },
          [](const DropExpression&) -> std::string_view { return "ALTER COLUMN DROP EXPRESSION"; },
          [](const OwnerTo&) -> std::string_view { return "OWNER TO"; },
          [](const AttachPartition&) -> std::string_view { return "ATTACH PARTITION"; },
          [](const RowSecurity&) -> std::string_view { return "ROW LEVEL SECURITY"; },
      },
      command);
}

std::string first_word(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(" \t\r\n")));
}

std::string object_text(const ObjectRef& object) {
  if (object.member.empty()) return to_string(object.name);
  if (object.kind == ObjectKind::column) return to_string(object.name) + "." + object.member;
  return object.member + " on " + to_string(object.name);
}

std::string objects_text(const std::vector<ObjectRef>& objects) {
  std::string text;
  for (const ObjectRef& object : objects) {
    if (!text.empty()) text += ", ";
    text += object_text(object);
  }
  return text;
}

std::string names_text(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::string names_text(const std::vector<Name>& names) {
  std::string text;
  for (const Name& name : names) {
    if (!text.empty()) text += ", ";
    text += to_string(name);
  }
  return text;
}

/// A column, an attribute and a constraint are renamed by ALTER of what holds them.
std::string_view renamed_words(const Rename& rename) {
  switch (rename.object.kind) {
    case ObjectKind::column:
      return keywords(rename.relation);
    case ObjectKind::constraint:
      return keywords(ObjectKind::table);
    case ObjectKind::domain_constraint:
      return keywords(ObjectKind::domain);
    default:
      return keywords(rename.object.kind);
  }
}

/// The name at the beginning of a text, `a."B c"` too, as it is written, without quotes.
std::string name_at(std::string_view text) {
  std::string name;
  for (size_t at = 0; at < text.size();) {
    const bool quoted = text[at] == '"';
    const size_t begin = quoted ? at + 1 : at;
    size_t end = begin;
    while (end < text.size() && (quoted ? text[end] != '"' : in_name(text[end]))) ++end;
    if (end == begin || (!quoted && !begins_name(text[begin]))) break;
    name += quoted ? std::string(text.substr(begin, end - begin)) : lower(text.substr(begin, end - begin));
    at = end + (quoted ? 1 : 0);
    if (at >= text.size() || text[at] != '.') break;
    name += text[at++];
  }
  return name;
}

/// Behind words that may stand between a command's own and the name; nothing where no name follows.
std::string_view behind_options(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  while (true) {
    const size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin);
    const std::string word = lower(text.substr(0, text.find_first_of(blanks)));
    if (word == "on") return {};
    if (word != "only" && word != "if" && word != "not" && word != "exists" && word != "concurrently")
      return text;
    text.remove_prefix(word.size());
  }
}

/// Of what has no tree: the name behind the command's words, of kinds that have it there.
std::string opaque_object(const Opaque& opaque) {
  constexpr std::string_view named[] = {"AGGREGATE",
                                        "COLLATION",
                                        "CONVERSION",
                                        "EVENT TRIGGER",
                                        "EXTENSION",
                                        "FOREIGN DATA WRAPPER",
                                        "FOREIGN TABLE",
                                        "INDEX",
                                        "LANGUAGE",
                                        "MATERIALIZED VIEW",
                                        "OPERATOR CLASS",
                                        "OPERATOR FAMILY",
                                        "PUBLICATION",
                                        "RULE",
                                        "SERVER",
                                        "STATISTICS",
                                        "SUBSCRIPTION",
                                        "TABLE",
                                        "TABLESPACE",
                                        "TEXT SEARCH CONFIGURATION",
                                        "TEXT SEARCH DICTIONARY",
                                        "TEXT SEARCH PARSER",
                                        "TEXT SEARCH TEMPLATE",
                                        "TYPE",
                                        "VIEW"};
  const std::string_view kind = opaque.kind;
  const std::string_view command = kind.substr(0, kind.find(' ') + 1);
  if (command != "CREATE " && command != "ALTER " && command != "DROP ") return {};
  const std::string_view of_what = kind.substr(command.size());
  if (of_what == "OPERATOR") {
    constexpr std::string_view word = "operator";
    const size_t begin =
        opaque.text.find_first_not_of(" \t\r\n", lower(opaque.text).find(word) + word.size());
    return begin == std::string::npos
               ? std::string()
               : opaque.text.substr(begin, opaque.text.find_first_of(" \t\r\n(", begin) - begin);
  }
  const auto words = std::ranges::find_if(named, [&](std::string_view one) {
    return of_what.starts_with(one) && (of_what.size() == one.size() || of_what[one.size()] == ' ');
  });
  if (words == std::end(named)) return {};
  const size_t place = lower(opaque.text).find(lower(*words));
  if (place == std::string::npos) return {};  // other blanks between its words
  return name_at(behind_options(std::string_view(opaque.text).substr(place + words->size())));
}

std::string index_text(const CreateIndex& index) {
  if (index.name.empty()) return to_string(index.table);
  return to_string(Name{index.table.schema, index.name});
}

}  // namespace

std::string_view keywords(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::table:
      return "TABLE";
    case ObjectKind::column:
      return "COLUMN";
    case ObjectKind::index:
      return "INDEX";
    case ObjectKind::constraint:
    case ObjectKind::domain_constraint:
      return "CONSTRAINT";
    case ObjectKind::sequence:
      return "SEQUENCE";
    case ObjectKind::view:
      return "VIEW";
    case ObjectKind::materialized_view:
      return "MATERIALIZED VIEW";
    case ObjectKind::foreign_table:
      return "FOREIGN TABLE";
    case ObjectKind::type:
      return "TYPE";
    case ObjectKind::domain:
      return "DOMAIN";
    case ObjectKind::schema:
      return "SCHEMA";
    case ObjectKind::database:
      return "DATABASE";
    case ObjectKind::extension:
      return "EXTENSION";
    case ObjectKind::function:
      return "FUNCTION";
    case ObjectKind::procedure:
      return "PROCEDURE";
    case ObjectKind::routine:
      return "ROUTINE";
    case ObjectKind::aggregate:
      return "AGGREGATE";
    case ObjectKind::operator_:
      return "OPERATOR";
    case ObjectKind::trigger:
      return "TRIGGER";
    case ObjectKind::policy:
      return "POLICY";
    case ObjectKind::rule:
      return "RULE";
    case ObjectKind::role:
      return "ROLE";
    case ObjectKind::language:
      return "LANGUAGE";
    case ObjectKind::event_trigger:
      return "EVENT TRIGGER";
    case ObjectKind::foreign_data_wrapper:
      return "FOREIGN DATA WRAPPER";
    case ObjectKind::foreign_server:
      return "SERVER";
    case ObjectKind::large_object:
      return "LARGE OBJECT";
    case ObjectKind::tablespace:
      return "TABLESPACE";
    case ObjectKind::collation:
      return "COLLATION";
    case ObjectKind::conversion:
      return "CONVERSION";
    case ObjectKind::cast:
      return "CAST";
    case ObjectKind::statistics:
      return "STATISTICS";
    case ObjectKind::publication:
      return "PUBLICATION";
    case ObjectKind::subscription:
      return "SUBSCRIPTION";
    case ObjectKind::text_search_configuration:
      return "TEXT SEARCH CONFIGURATION";
    case ObjectKind::text_search_dictionary:
      return "TEXT SEARCH DICTIONARY";
    case ObjectKind::text_search_parser:
      return "TEXT SEARCH PARSER";
    case ObjectKind::text_search_template:
      return "TEXT SEARCH TEMPLATE";
    case ObjectKind::operator_class:
      return "OPERATOR CLASS";
    case ObjectKind::operator_family:
      return "OPERATOR FAMILY";
    case ObjectKind::access_method:
      return "ACCESS METHOD";
    case ObjectKind::transform:
      return "TRANSFORM";
    case ObjectKind::parameter:
      return "PARAMETER";
    case ObjectKind::other:
      return "OBJECT";
  }
  return "";
}

std::string statement_kind(const StatementNode& node) {
  using Kind = SetVariable::Kind;
  return std::visit(
      Overloaded{
          [](const CreateTable&) { return std::string("CREATE TABLE"); },
          [](const AlterTable& s) {
            std::string words = join("ALTER", keywords(s.kind));
            return s.commands.empty() ? words : join(words, command_words(s.commands[0]));
          },
          [](const CreateIndex&) { return std::string("CREATE INDEX"); },
          [](const CreateSchema&) { return std::string("CREATE SCHEMA"); },
          [](const CreateDatabase&) { return std::string("CREATE DATABASE"); },
          [](const CreateExtension&) { return std::string("CREATE EXTENSION"); },
          [](const CreateSequence&) { return std::string("CREATE SEQUENCE"); },
          [](const AlterSequence& s) {
            return std::string(s.options.owned_by.empty() ? "ALTER SEQUENCE" : "ALTER SEQUENCE OWNED BY");
          },
          [](const CreateEnum&) { return std::string("CREATE TYPE AS ENUM"); },
          [](const AlterEnum& s) {
            return std::string(s.old_label.empty() ? "ALTER TYPE ADD VALUE" : "ALTER TYPE RENAME VALUE");
          },
          [](const CreateCompositeType&) { return std::string("CREATE TYPE"); },
          [](const CreateDomain&) { return std::string("CREATE DOMAIN"); },
          [](const CreateView&) { return std::string("CREATE VIEW"); },
          [](const CreateTableAs& s) {
            return std::string(s.materialized_view ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS");
          },
          [](const RefreshMaterializedView&) { return std::string("REFRESH MATERIALIZED VIEW"); },
          [](const CreateFunction& s) {
            return std::string(s.procedure ? "CREATE PROCEDURE" : "CREATE FUNCTION");
          },
          [](const CreateTrigger& s) {
            return std::string(s.constraint ? "CREATE CONSTRAINT TRIGGER" : "CREATE TRIGGER");
          },
          [](const CreatePolicy&) { return std::string("CREATE POLICY"); },
          [](const CreateRole&) { return std::string("CREATE ROLE"); },
          [](const AlterRole&) { return std::string("ALTER ROLE"); },
          [](const Grant& s) { return std::string(s.grant ? "GRANT" : "REVOKE"); },
          [](const GrantRole& s) { return std::string(s.grant ? "GRANT ROLE" : "REVOKE ROLE"); },
          [](const AlterDefaultPrivileges&) { return std::string("ALTER DEFAULT PRIVILEGES"); },
          [](const Rename& s) { return join(join("ALTER", renamed_words(s)), "RENAME"); },
          [](const SetSchema& s) { return join(join("ALTER", keywords(s.object.kind)), "SET SCHEMA"); },
          [](const AlterOwner& s) { return join(join("ALTER", keywords(s.object.kind)), "OWNER TO"); },
          [](const Comment& s) { return join("COMMENT ON", keywords(s.object.kind)); },
          [](const Drop& s) { return join("DROP", keywords(s.kind)); },
          [](const Truncate&) { return std::string("TRUNCATE"); },
          [](const DoBlock&) { return std::string("DO"); },
          [](const SetVariable& s) {
            return std::string(s.kind == Kind::reset || s.kind == Kind::reset_all ? "RESET" : "SET");
          },
          [](const SelectStatement&) { return std::string("SELECT"); },
          [](const Insert&) { return std::string("INSERT"); },
          [](const Update&) { return std::string("UPDATE"); },
          [](const Delete&) { return std::string("DELETE"); },
          [](const Merge&) { return std::string("MERGE"); },
          [](const Transaction& s) { return s.command; },
          [](const CopyFrom&) { return std::string("COPY"); },
          [](const MetaCommand& s) { return first_word(s.text); },
          [](const Opaque& s) { return s.kind; },
      },
      node);
}

std::string statement_object(const StatementNode& node) {
  return std::visit(Overloaded{
                        [](const CreateIndex& s) { return index_text(s); },
                        [](const CreateSchema& s) { return s.name.empty() ? s.owner.name : s.name; },
                        [](const CreateDatabase& s) { return s.name; },
                        [](const CreateExtension& s) { return s.name; },
                        [](const CreateTrigger& s) { return s.name + " on " + to_string(s.table); },
                        [](const CreatePolicy& s) { return s.name + " on " + to_string(s.table); },
                        [](const CreateRole& s) { return s.name; },
                        [](const AlterRole& s) { return s.role.name; },
                        [](const Grant& s) { return objects_text(s.objects); },
                        [](const GrantRole& s) { return names_text(s.roles); },
                        [](const AlterDefaultPrivileges& s) { return names_text(s.schemas); },
                        [](const Rename& s) { return object_text(s.object); },
                        [](const SetSchema& s) { return object_text(s.object); },
                        [](const AlterOwner& s) { return object_text(s.object); },
                        [](const Comment& s) { return object_text(s.object); },
                        [](const Drop& s) { return objects_text(s.objects); },
                        [](const Truncate& s) { return names_text(s.tables); },
                        [](const DoBlock&) { return std::string(); },
                        [](const SetVariable& s) { return s.name; },
                        [](const CopyFrom& s) { return to_string(s.table); },
                        [](const SelectStatement&) { return std::string(); },
                        [](const Insert& s) { return to_string(s.table.name); },
                        [](const Update& s) { return to_string(s.table.name); },
                        [](const Delete& s) { return to_string(s.table.name); },
                        [](const Merge& s) { return to_string(s.table.name); },
                        [](const Transaction&) { return std::string(); },
                        [](const MetaCommand&) { return std::string(); },
                        [](const Opaque& s) { return opaque_object(s); },
                        [](const auto& s) { return to_string(s.name); },
                    },
                    node);
}

const TableRef* changed_table(const StatementNode& node) {
  return std::visit(
      []([[maybe_unused]] const auto& statement) -> const TableRef* {
        if constexpr (changes_rows<std::remove_cvref_t<decltype(statement)>>) return &statement.table;
        return nullptr;
      },
      node);
}

namespace {

template <class Statement>
void add_changed(const Statement& statement, std::vector<const TableRef*>& tables) {
  for (const CommonTable& one : statement.with) {
    if (one.change) std::visit([&](const auto& inner) { add_changed(inner, tables); }, one.change->node);
  }
  tables.push_back(&statement.table);
}

}  // namespace

std::vector<const TableRef*> changed_tables(const StatementNode& node) {
  std::vector<const TableRef*> tables;
  std::visit(
      [&]([[maybe_unused]] const auto& statement) {
        if constexpr (changes_rows<std::remove_cvref_t<decltype(statement)>>) add_changed(statement, tables);
      },
      node);
  return tables;
}

}  // namespace pg2crdb::ast
