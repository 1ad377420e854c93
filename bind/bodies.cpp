// Text: bodies of routines and DO blocks, and statements that the tree keeps word for word.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "ast/sequence_call.h"
#include "bind/binder.h"
#include "bind/history.h"
#include "bind/own_aggregates.h"
#include "bind/pg_catalog.h"
#include "parser/move_offsets.h"
#include "parser/sql_body.h"
#include "support/batches.h"
#include "support/name_size.h"
#include "target/functions.h"
#include "target/quote.h"

namespace pg2crdb::bind {

namespace {

/// Whether a name is longer than PostgreSQL lets names be: CockroachDB cuts none.
bool is_longer(const NameUse& use) {
  const size_t size = use.end - use.begin;
  return size > longest_name && quote_name(use.name.schema, use.name.name).size() < size;
}

/// Whether it is a function of PostgreSQL's own in a body that becomes a tree: of those it is told as in
/// queries outside.
bool is_told_by_tree(const ast::Statement& statement, const std::string& function) {
  const auto* routine = std::get_if<ast::CreateFunction>(&statement.node);
  return routine != nullptr && routine->language == "sql" && !signatures_in_pg_catalog(function).empty();
}

}  // namespace

/// What a name in text means at this point; written into the text where it has no schema and its object does
/// not live in public.
void Binder::read_text(std::string& text, const TextNames& found, bool body) {
  for (auto use = found.names.rbegin(); use != found.names.rend(); ++use) {
    if (is_system_schema(use->name.schema)) continue;
    std::vector<ObjectId> meant;
    if (use->kind == NameUse::Kind::relation) {
      meant = {names.find(ast::ObjectKind::table, use->name, path_)};
      // t%ROWTYPE may be a type of CREATE TYPE.
      if (body && meant.front() == ast::no_object && !use->changes)
        meant = {names.find(ast::ObjectKind::type, use->name, path_)};
    } else if (use->kind == NameUse::Kind::type) {
      meant = {names.find_type(use->name, path_)};
    } else {
      const std::vector<ObjectId> candidates = names.routines(use->name, path_);
      meant = use->arguments < 0
                  ? candidates
                  : matching(candidates, static_cast<size_t>(use->arguments), use->argument_types);
      prefer_earlier(meant);
    }
    std::erase(meant, ast::no_object);
    if (meant.empty()) {
      missing(*use, body);
      continue;
    }
    const bool mixed = is_mixed(meant);
    std::erase_if(meant, [&](ObjectId id) { return script_.objects[id].name.schema == "pg_catalog"; });
    if (meant.empty()) continue;
    for (const ObjectId id : meant) {
      this->use(id);
      current_->text_objects.push_back(id);
    }
    const ast::Object& object = script_.objects[meant.front()];
    if (use->name.schema.empty()) note_guess(use->name.name);
    if (body && use->kind == NameUse::Kind::relation) other_row(*use, meant.front());
    if (body && use->values > 0) other_places(*use, meant.front());
    const bool needs_schema = use->name.schema.empty() && object.made_here() &&
                              (!stays_unwritten(object.name.schema) ||
                               (!mixed && names.is_in_pg_catalog(object.kind, object.name.name)));
    if (mixed && needs_schema) unwritten.push_back({current_->id, use->name.name, true});
    if (is_longer(*use)) {
      ast::Name name = use->name;
      if (needs_schema) name.schema = object.name.schema;
      text.replace(use->begin, use->end - use->begin, quote_name(name.schema, name.name));
      changed_ = true;
      continue;
    }
    if (needs_schema && use->end == use->begin) unwritten.push_back({current_->id, use->name.name});
    if (needs_schema && use->end > use->begin) {
      text.insert(use->begin, quote_identifier(object.name.schema) + ".");
      changed_ = true;
    }
  }
  for (const MemberUse& use : found.members) member(use, body);
  if (!body) return;
  for (const CastUse& use : found.casts) label(use);
}

/// A column, trigger or policy that a text names.
void Binder::member(const MemberUse& use, bool body) {
  if (use.of_row) {
    for (const ObjectId table : body ? tables_of_trigger_function() : std::vector<ObjectId>()) {
      const ObjectId id = names.find_in(table, use.kind, use.name);
      this->use(id);
      if (id == ast::no_object) column_gone(use, table, script_.objects[table].name);
    }
    return;
  }
  std::vector<std::pair<ObjectId, const ast::Name*>> relations;
  for (const ast::Name& written : use.relations) {
    const ObjectId relation = names.find(ast::ObjectKind::table, written, path_);
    if (relation == ast::no_object) continue;
    if (const ObjectId id = names.find_in(relation, use.kind, use.name); id != ast::no_object) {
      if (body) other_type(use, id);
      return this->use(id);
    }
    relations.emplace_back(relation, &written);
  }
  const bool is_told = use.kind == ast::ObjectKind::column || use.kind == ast::ObjectKind::constraint;
  if (!body || !use.sure || !is_told) return;
  for (const auto& [relation, written] : relations) column_gone(use, relation, *written);
}

/// A column that the relation has not: told where it had it, or where another relation of that name had it.
void Binder::column_gone(const MemberUse& use, ObjectId relation, const ast::Name& written) {
  if (const ObjectId before = names.former_in(relation, use.kind, use.name); before != ast::no_object) {
    gone.push_back({current_->id, written.name + "." + use.name, before});
    return;
  }
  if (!knows_columns(relation)) return;
  for (const ObjectId older : names.former_relations(written, path_)) {
    if (older == relation || (names.find_in(older, use.kind, use.name) == ast::no_object &&
                              names.former_in(older, use.kind, use.name) == ast::no_object))
      continue;
    return gone.push_back({current_->id, to_string(written), older});
  }
}

/// Whether all columns of a relation stand in its statement.
bool Binder::knows_columns(ObjectId relation) const {
  if (known_queries_.contains(relation)) return true;
  const ast::Object& made = script_.objects[relation];
  const auto* create =
      made.made_here() ? std::get_if<ast::CreateTable>(&script_.statements[made.created].node) : nullptr;
  return create != nullptr && create->inherits.empty() && create->likes.empty() && create->of_type.empty() &&
         create->partition_of.empty();
}

/// The tables whose triggers run the function that is read.
std::vector<ObjectId> Binder::tables_of_trigger_function() const {
  std::vector<ObjectId> tables;
  const auto* function = std::get_if<ast::CreateFunction>(&current_->node);
  if (function == nullptr || function->name.object == ast::no_object) return tables;
  for (const ast::StatementId id : users(function->name.object)) {
    const auto* trigger = std::get_if<ast::CreateTrigger>(&script_.statements[id].node);
    if (trigger != nullptr && script_.statements[id].live() && trigger->table.object != ast::no_object &&
        trigger->function.object == function->name.object)
      tables.push_back(trigger->table.object);
  }
  return tables;
}

/// A label that the type has no longer, or that only an older type of that name has.
void Binder::label(const CastUse& use) {
  const ObjectId type = names.find(ast::ObjectKind::type, use.type, path_);
  if (type == ast::no_object) return;
  if (const auto labels = renamed_labels_.find(type); labels != renamed_labels_.end()) {
    const auto now = labels->second.find(use.text);
    if (now != labels->second.end()) gone.push_back({current_->id, use.text, type, now->second});
  }
  const ObjectId older = names.former(ast::ObjectKind::type, use.type, path_);
  if (older != ast::no_object && older != type && !has_label(type, use.text) && has_label(older, use.text))
    gone.push_back({current_->id, to_string(use.type), older});
}

bool Binder::has_label(ObjectId type, const std::string& label) const {
  const ast::Object& made = script_.objects[type];
  const auto* create =
      made.made_here() ? std::get_if<ast::CreateEnum>(&script_.statements[made.created].node) : nullptr;
  return create != nullptr &&
         std::find(create->labels.begin(), create->labels.end(), label) != create->labels.end();
}

/// A function whose rows are those of a table that had the name: the table that has it now gives other rows.
void Binder::other_row(const NameUse& use, ObjectId relation) {
  const auto* function = std::get_if<ast::CreateFunction>(&current_->node);
  const ObjectId before = names.former(ast::ObjectKind::table, use.name, path_);
  if (function != nullptr && before != ast::no_object && before != relation &&
      function->returns->name.object == before)
    gone.push_back({current_->id, to_string(use.name), before});
}

/// An INSERT that names no columns fills those that stood when the routine was made; others in their places,
/// or in those of another table that has the name now, do not take its values. One that the table never had
/// room for was written for what comes.
void Binder::other_places(const NameUse& use, ObjectId relation) {
  const ast::StatementId routine = current_->id;
  ObjectId table = relation;
  if (script_.objects[relation].made_here() && script_.objects[relation].created > routine) {
    table = ast::no_object;
    for (const ObjectId older : names.former_relations(use.name, path_)) {
      if (script_.objects[older].created < routine) table = older;
    }
  }
  if (table == ast::no_object || script_.objects[table].created > routine) return;
  const std::vector<ObjectId> then = names.columns_at(table, routine);
  if (then.size() < use.values) return;
  if (table == relation) {
    const auto end = then.begin() + static_cast<std::ptrdiff_t>(use.values);
    const auto lost =
        std::find_if(then.begin(), end, [&](ObjectId column) { return !script_.objects[column].stands(); });
    if (lost != end) gone.push_back({routine, use.name.name + "." + script_.objects[*lost].name.name, *lost});
    return;
  }
  const std::vector<ObjectId> now = names.columns(relation);
  if (now.empty()) return;
  bool fits = now.size() >= use.values;
  for (size_t i = 0; fits && knows_columns(relation) && i < use.values; ++i)
    fits = type_key(type_of(then[i])) == type_key(type_of(now[i]));
  if (!fits) gone.push_back({routine, to_string(use.name), table});
}

/// Of overloads that fit, those that stood when the statement ran: PostgreSQL took one of them.
void Binder::prefer_earlier(std::vector<ObjectId>& candidates) const {
  std::vector<ObjectId> earlier;
  for (const ObjectId id : candidates) {
    const ast::Object& one = script_.objects[id];
    if (one.created < current_->id || is_system_schema(one.name.schema)) earlier.push_back(id);
  }
  if (!earlier.empty()) candidates = std::move(earlier);
}

/// Nobody makes it: on the target it may stand all the same. A schema tells that it is nothing of the server.
void Binder::missing(const NameUse& use, bool body) {
  const ast::ObjectKind kind = use.kind == NameUse::Kind::relation ? ast::ObjectKind::table
                               : use.kind == NameUse::Kind::type   ? ast::ObjectKind::type
                                                                   : ast::ObjectKind::function;
  // Without a schema it may be the server's own.
  const bool told = use.kind == NameUse::Kind::relation ? use.changes || !use.name.name.starts_with("pg_")
                    : use.kind == NameUse::Kind::routine
                        ? body && !is_built_in_function(use.name.name) && !is_later_function(use.name.name) &&
                              !is_told_by_tree(*current_, use.name.name) &&
                              names.routines(use.name, path_).empty()
                        : use.changes;
  if (body) {
    ObjectId before = names.former(kind, use.name, path_);
    // A dump is whole: what no path of a session leads to is not there.
    if (before == ast::no_object && of_caller_ && use.name.schema.empty() &&
        (told || use.kind != NameUse::Kind::routine)) {
      before = names.anywhere(kind, use.name.name);
      if (before == ast::no_object && use.kind == NameUse::Kind::type)
        before = names.anywhere(ast::ObjectKind::table, use.name.name);
    }
    if (before != ast::no_object) {
      gone.push_back({current_->id, to_string(use.name), before});
      return;
    }
  }
  if (use.name.schema.empty() && !told) return;
  const ObjectId id = external(kind, use.name);
  this->use(id);
  current_->text_objects.push_back(id);
}

TextNames names_in_body_of(const ast::Statement& statement) {
  const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
  const bool is_read = function != nullptr && function->body.size() == 1 && !function->bound_when_made();
  return is_read ? names_in(*function) : TextNames();
}

/// The names are read on all cores, of some bodies at a time; what they mean depends on those before.
void Binder::bodies() {
  constexpr size_t most_at_a_time = 512, of_a_thread = 64, of_a_batch = 8;
  std::vector<TextNames> found;
  for (size_t i = 0; i < bodies_.size(); ++i) {
    const size_t ahead = i % most_at_a_time;
    if (ahead == 0) {
      found.assign(std::min(most_at_a_time, bodies_.size() - i), {});
      in_batches(
          found.size(), worthwhile_threads(found.size(), of_a_thread),
          [&](size_t, size_t k) {
            const ast::Statement& statement = script_.statements[bodies_[i + k].statement];
            if (statement.live()) found[k] = names_in_body_of(statement);
          },
          of_a_batch);
    }
    const Body& one = bodies_[i];
    current_ = &script_.statements[one.statement];
    of_caller_ = one.of_caller;
    if (current_->live())
      body(*current_, one.of_caller ? existing(session_.later_path()) : one.path, found[ahead]);
  }
}

void Binder::body(ast::Statement& statement, const Path& path, const TextNames& found) {
  path_ = path;
  changed_ = false;
  if (auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
    if (function->body.size() != 1) return;
    if (function->bound_when_made()) return read_statements(*function);
    if (const std::optional<Path> own = path_of(function->settings)) path_ = *own;
    if (!found.unread.empty()) unread_bodies.push_back({statement.id, found.unread.front()});
    read_text(function->body[0], found, true);
    read_statements(*function);
  }
  if (changed_ && statement.fate == ast::Fate::kept) statement.fate = ast::Fate::rewritten;
}

/// A body in SQL as trees. All that they name is known from the text, which says the schemas by now: objects
/// are written into the trees, nothing else is done.
void Binder::read_statements(ast::CreateFunction& function) {
  function.statements.clear();
  std::optional<std::vector<WrittenStatement>> read;
  if (function.language == "sql") read = parse_sql_body(function.body[0]);
  if (!read) return;
  Scope scope;
  Item& parameters = scope.items.emplace_back(Item{function.name.name, {}, {}});
  for (const ast::FunctionParameter& one : function.parameters)
    parameters.output.columns.push_back({one.name, ast::no_object});
  reading_trees_ = true;
  const bool expands = std::exchange(expand_stars, false);
  for (WrittenStatement& one : *read) {
    move_offsets(one.node, [&](size_t offset) {
      return function.offset < 0 ? static_cast<size_t>(-1) : offset + static_cast<size_t>(function.offset);
    });
    std::visit(
        [&]([[maybe_unused]] auto& node) {
          using Node = std::remove_cvref_t<decltype(node)>;
          if constexpr (std::is_same_v<Node, ast::SelectStatement>) query(*node.query, &scope);
          if constexpr (ast::changes_rows<Node>) row_change(node, &scope);
        },
        one.node);
    function.statements.push_back({std::move(one.node)});
  }
  expand_stars = expands;
  reading_trees_ = false;
}

void Binder::opaque(ast::Statement& statement) {
  auto& opaque = std::get<ast::Opaque>(statement.node);
  if (opaque.kind == "empty") return;
  const TextNames found = opaque.kind == "unparsed" ? TextNames() : names_in_sql(opaque.text);
  create_from_text(statement);
  read_text(opaque.text, found, false);
}

namespace {

struct CreatedKind {
  std::string_view words;
  ast::ObjectKind kind;
};

constexpr CreatedKind created_kinds[] = {
    {"TABLE", ast::ObjectKind::table},
    {"FOREIGN TABLE", ast::ObjectKind::foreign_table},
    {"EXTERNAL TABLE", ast::ObjectKind::foreign_table},  // Greenplum's and Redshift's: rows in files
    {"VIEW", ast::ObjectKind::view},
    {"MATERIALIZED VIEW", ast::ObjectKind::materialized_view},
    {"SEQUENCE", ast::ObjectKind::sequence},
    {"TYPE", ast::ObjectKind::type},
    {"DOMAIN", ast::ObjectKind::domain},
    {"FUNCTION", ast::ObjectKind::function},
    {"PROCEDURE", ast::ObjectKind::procedure},
    {"AGGREGATE", ast::ObjectKind::aggregate},
};

/// The words at the beginning of a text, upper case, without those that say how it is created.
std::vector<std::string> first_words(std::string_view text, std::vector<size_t>& ends) {
  std::vector<std::string> words;
  size_t at = 0;
  while (words.size() < 8 && at < text.size()) {
    const size_t begin = text.find_first_not_of(" \t\r\n", at);
    if (begin == std::string_view::npos) break;
    size_t end = begin;
    while (end < text.size() &&
           ((text[end] >= 'A' && text[end] <= 'Z') || (text[end] >= 'a' && text[end] <= 'z')))
      ++end;
    if (end == begin) break;
    std::string word(text.substr(begin, end - begin));
    for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    words.push_back(std::move(word));
    ends.push_back(end);
    at = end;
  }
  return words;
}

/// The name that a CREATE in text begins with, and its kind: nothing else is known of the statement.
std::optional<std::pair<ast::ObjectKind, ast::Name>> created_in(std::string_view text) {
  std::vector<size_t> ends;
  std::vector<std::string> words = first_words(text, ends);
  if (words.empty() || words[0] != "CREATE") return std::nullopt;
  constexpr std::string_view skipped[] = {"OR",       "REPLACE",  "TEMP",  "TEMPORARY",
                                          "UNLOGGED", "GLOBAL",   "LOCAL", "RECURSIVE",
                                          "READABLE", "WRITABLE", "WEB",   "EXTERNAL"};
  size_t at = 1;
  bool temporary = false, external = false;
  while (at < words.size() &&
         std::find(std::begin(skipped), std::end(skipped), words[at]) != std::end(skipped)) {
    temporary = words[at].starts_with("TEMP") || temporary;
    external = words[at++] == "EXTERNAL" || external;
  }
  if (at >= words.size()) return std::nullopt;
  std::string kind = (external ? "EXTERNAL " : "") + words[at];
  if (at + 1 < words.size() && (kind == "FOREIGN" || kind == "MATERIALIZED")) kind += " " + words[++at];
  const auto found = std::find_if(std::begin(created_kinds), std::end(created_kinds),
                                  [&](const CreatedKind& one) { return one.words == kind; });
  if (found == std::end(created_kinds)) return std::nullopt;
  if (at + 3 < words.size() && words[at + 1] == "IF" && words[at + 2] == "NOT" && words[at + 3] == "EXISTS")
    at += 3;
  std::string_view rest = text.substr(ends[at]);
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
  size_t end = 0;
  for (bool quoted = false; end < rest.size(); ++end) {
    const char c = rest[end];
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '(' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';')) break;
  }
  std::optional<ast::Name> name = ast::parse_regclass(rest.substr(0, end));
  if (!name) return std::nullopt;
  if (temporary) name->schema = "pg_temp";
  return std::pair(found->kind, *name);
}

}  // namespace

/// What a statement makes that the tree has no struct for, or that PostgreSQL's parser refuses: others may
/// hang on it.
void Binder::create_from_text(ast::Statement& statement) {
  const auto& opaque = std::get<ast::Opaque>(statement.node);
  if (const std::optional<CreatedRule> rule = created_rule(opaque)) {
    const ObjectId table = names.find(ast::ObjectKind::table, rule->table, path_);
    if (table != ast::no_object)
      result_.object = names.create(ast::ObjectKind::rule, {{}, rule->name}, statement.id, table);
    return;
  }
  std::optional<std::pair<ast::ObjectKind, ast::Name>> made = created_in(opaque.text);
  if (!made) return;
  ast::Name& name = made->second;
  if (name.schema.empty()) name.schema = path_.empty() ? "public" : path_.front();
  std::string signature = made->first == ast::ObjectKind::aggregate ? aggregate_signature(opaque.text) : "";
  // Where the text does not say which overload of a routine it is: a signature of its own.
  if (signature.empty() && is_routine(made->first)) signature = "(?" + std::to_string(statement.id) + ")";
  result_.object = names.create(made->first, name, statement.id, ast::no_object, signature);
}

/// Empty where not all of its arguments are known.
std::string Binder::aggregate_signature(const std::string& text) {
  std::optional<std::vector<ast::TypeName>> types = aggregate_arguments(text);
  if (!types) return {};
  for (ast::TypeName& one : *types) {
    if (is_system_schema(one.name.schema)) continue;
    one.name.object = names.find_type(one.name, path_);
    if (one.name.object == ast::no_object && !one.name.schema.empty()) return {};
  }
  return signature(*types);
}

}  // namespace pg2crdb::bind
