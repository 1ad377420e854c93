// A primary key that a sequence fills is an ascending key: in CockroachDB all inserts go to one range, and
// each nextval is a replicated write. It works, so `keep` is the default; somebody has to know. The other
// choices:
//
//   unique-rowid   the default becomes unique_rowid(): old values stay, new ones are 18-digit numbers; the
//   key and every
//                  column that refers to it become INT8
//   hash-sharded   the key's index is spread over buckets; values stay as they are
//   uuid           the key becomes a UUID, and so does every column that refers to it, through any number of
//   foreign keys.
//                  Each old integer becomes one UUID, version 5 of table and value, the same in keys,
//                  references, load and verify
//
// Needs folded keys, defaults and identity columns. A sequence that nothing uses any more goes, with what was
// said about it.
#include "rewrite/pass.h"

#include <optional>
#include <set>

#include "ast/sequence_call.h"
#include "ast/walk.h"
#include "passes/flag_sequence_primary_key/integer_uses.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"sequence-primary-key", Severity::warning, "keys",
     "a sequence fills the primary key: all inserts go to one range, and each value is a replicated write",
     "Choose with --sequences unique-rowid|hash-sharded|uuid, or acknowledge that it stays."},
    {"sequence-primary-key-replaced", Severity::info, "keys",
     "the sequence behind a primary key was replaced as chosen",
     "Check the application's code for what it expects of new keys."},
    {"key-reference-default", Severity::warning, "keys",
     "a column that refers to a rewritten key has a default that is an integer",
     "Give the column a default of the new type."},
    {"key-not-integer", Severity::error, "keys", "a column that refers to a rewritten key is no integer",
     "Choose another --sequences for this schema, or mend the column's type."},
    {"key-used-as-integer", Severity::error, "keys",
     "an expression or a body takes a key for an integer, and the key becomes a UUID",
     "Choose another --sequences, or write it for a UUID in the dump."},
};

using TableColumn = std::pair<std::string, std::string>;

/// What the UUIDs of a table's key are hashed from: `schema.table`, a part in quotes where without them it
/// could be another table's. To write it otherwise is to change every key ever loaded.
std::string namespace_of(const ast::Name& name) {
  const auto part = [](const std::string& text) {
    if (text.find('.') == std::string::npos && !text.starts_with('"')) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
  };
  return part(name.schema.empty() ? "public" : name.schema) + "." + part(name.name);
}

bool is_integer(const ast::TypeName& type) {
  return type.array_bounds.empty() &&
         (type.name.name == "int2" || type.name.name == "int4" || type.name.name == "int8");
}

ast::TypeName plain_type(std::string name) {
  ast::TypeName type;
  type.name = {"pg_catalog", std::move(name)};
  return type;
}

ast::Expr call_of(std::string function) {
  ast::FunctionCall call;
  call.name.name = std::move(function);
  return {std::move(call)};
}

class KeyRewriter {
 public:
  explicit KeyRewriter(PassContext& context) : context_(context) {}

  void run() {
    rewrite();
    if (!uuids_.empty()) tell_integer_uses(context_, rules[4], uuids_);
  }

 private:
  void rewrite() {
    const size_t count = context_.script.statements.size();
    for (size_t i = 0; i < count; ++i) {
      ast::Statement& statement = context_.script.statements[i];
      if (auto* table = std::get_if<ast::CreateTable>(&statement.node);
          table != nullptr && statement.live()) {
        visit(statement, *table);
      }
    }
    for (const ast::Name& sequence : replaced_) drop_if_unused(sequence);
  }

  void visit(ast::Statement& statement, ast::CreateTable& table) {
    for (const std::string& name : context_.catalog.primary_key(table.name)) {
      ast::Column* column = ast::find_column(table, name);
      if (column == nullptr || !is_integer(column->type)) continue;
      std::optional<ast::Name> sequence;
      if (column->default_value) sequence = ast::nextval_sequence(*column->default_value);
      if (!sequence && !column->identity) continue;
      const std::string object = to_string(table.name);
      const std::string key = "primary key `" + name + "` of `" + object + "`";
      const std::string source =
          sequence ? "sequence `" + to_string(*sequence) + "`" : std::string("an identity");
      switch (context_.options.sequences) {
        case SequenceKeys::keep:
          context_.report(rules[0], statement, object, source + " fills the " + key, column->offset);
          break;
        case SequenceKeys::hash_sharded:
          shard(statement, table);
          context_.report(rules[1], statement, object, "the " + key + " is hash-sharded", column->offset);
          break;
        case SequenceKeys::unique_rowid:
          replace(statement, table, *column, sequence, "int8", "unique_rowid");
          context_.report(rules[1], statement, object,
                          "new values of the " + key + " come from unique_rowid()", column->offset);
          break;
        case SequenceKeys::uuid:
          replace(statement, table, *column, sequence, "uuid", "gen_random_uuid");
          context_.report(rules[1], statement, object, "the " + key + " becomes a UUID, old values too",
                          column->offset);
          break;
      }
    }
  }

  void shard(ast::Statement& statement, ast::CreateTable& table) {
    auto mark = [&](ast::Constraint& constraint) {
      if (constraint.kind == ast::Constraint::Kind::primary_key) constraint.hash_sharded = true;
    };
    for (ast::Column& column : table.columns) {
      for (ast::Constraint& constraint : column.constraints) mark(constraint);
    }
    for (ast::Constraint& constraint : table.constraints) mark(constraint);
    context_.rewritten(statement);
    if (!context_.target.has(Capability::reference_to_sharded_key)) name_referenced(table);
  }

  /// Without columns a foreign key would refer to the hidden one of the shards, too.
  void name_referenced(const ast::CreateTable& table) {
    const std::vector<std::string> columns = context_.catalog.primary_key(table.name);
    for (ast::Statement& statement : context_.script.statements) {
      bool changed = false;
      ast::Visitor visitor;
      visitor.constraint = [&](ast::Constraint& constraint) {
        if (constraint.kind != ast::Constraint::Kind::foreign_key || !constraint.referenced_columns.empty() ||
            key_of(constraint.referenced) != key_of(table.name))
          return;
        constraint.referenced_columns = columns;
        changed = true;
      };
      if (statement.live()) walk(statement.node, visitor);
      if (changed) context_.rewritten(statement);
    }
  }

  void replace(ast::Statement& statement, ast::CreateTable& table, ast::Column& column,
               const std::optional<ast::Name>& sequence, const std::string& type,
               const std::string& function) {
    if (sequence) replaced_.insert(*sequence);
    if (column.identity && !column.identity->options.sequence_name.empty()) {
      replaced_.insert(column.identity->options.sequence_name);
    }
    column.identity.reset();
    column.default_value = ast::Box(call_of(function));
    retype(statement, column, type, namespace_of(table.name));
    cascade({key_of(table.name), column.name}, type, namespace_of(table.name));
  }

  void retype(ast::Statement& statement, ast::Column& column, const std::string& type,
              const std::string& key_namespace) {
    if (column.source_type.empty()) column.source_type = column.type;
    column.type = plain_type(type);
    if (type == "uuid") {
      column.key_namespace = key_namespace;
      if (column.object != ast::no_object) uuids_.insert(column.object);
    }
    context_.rewritten(statement);
  }

  /// Changes every column that refers to `key`, and those that refer to them.
  void cascade(const TableColumn& key, const std::string& type, const std::string& key_namespace) {
    if (!visited_.insert(key).second) return;
    for (const ast::Catalog::ForeignKey& reference : context_.catalog.foreign_keys()) {
      if (key_of(reference.constraint->referenced) != key.first) continue;
      ast::Statement* owner = context_.catalog.table(reference.table);
      auto* created = owner == nullptr ? nullptr : std::get_if<ast::CreateTable>(&owner->node);
      if (created == nullptr) continue;
      ast::CreateTable& table = *created;
      const std::vector<std::string> referenced =
          reference.constraint->referenced_columns.empty()
              ? context_.catalog.primary_key(reference.constraint->referenced)
              : reference.constraint->referenced_columns;
      const std::vector<std::string> columns = referring_columns(table, *reference.constraint);
      for (size_t i = 0; i < columns.size() && i < referenced.size(); ++i) {
        if (referenced[i] == key.second) change_reference(*owner, table, columns[i], type, key_namespace);
      }
    }
  }

  /// A foreign key written on its column has no column list.
  static std::vector<std::string> referring_columns(const ast::CreateTable& table,
                                                    const ast::Constraint& constraint) {
    if (!constraint.columns.empty()) return constraint.columns;
    for (const ast::Column& column : table.columns) {
      for (const ast::Constraint& own : column.constraints) {
        if (&own == &constraint) return {column.name};
      }
    }
    return {};
  }

  void change_reference(ast::Statement& statement, ast::CreateTable& table, const std::string& name,
                        const std::string& type, const std::string& key_namespace) {
    ast::Column* column = ast::find_column(table, name);
    const TableColumn next{key_of(table.name), name};
    if (column == nullptr || visited_.contains(next)) return;
    const std::string which = "`" + to_string(table.name) + "." + name + "`";
    if (!is_integer(column->type)) {
      context_.report(rules[3], statement, to_string(table.name),
                      which + " refers to a rewritten key and is no integer", column->offset);
      return;
    }
    if (column->default_value && type == "uuid" && !ast::nextval_sequence(*column->default_value)) {
      context_.report(rules[2], statement, to_string(table.name), which + " has an integer default",
                      column->offset);
      column->default_value.reset();
    }
    retype(statement, *column, type, key_namespace);
    cascade(next, type, key_namespace);
  }

  bool used(const ast::Name& sequence) const {
    for (const ast::Statement& statement : context_.script.statements) {
      const auto* table = std::get_if<ast::CreateTable>(&statement.node);
      if (table == nullptr || !statement.live()) continue;
      for (const ast::Column& column : table->columns) {
        if (!column.default_value) continue;
        const std::optional<ast::Name> other = ast::nextval_sequence(*column.default_value);
        if (other && key_of(*other) == key_of(sequence)) return true;
      }
    }
    return false;
  }

  void drop_if_unused(const ast::Name& sequence) {
    if (used(sequence)) return;
    const std::string reason = "sequence " + to_string(sequence) + " is not used any more";
    for (ast::Statement& statement : context_.script.statements) {
      if (statement.live() && concerns(statement.node, sequence)) context_.drop(statement, reason);
    }
  }

  static bool concerns(const ast::StatementNode& node, const ast::Name& sequence) {
    auto same = [&](const ast::Name& name) { return key_of(name) == key_of(sequence); };
    if (const auto* create = std::get_if<ast::CreateSequence>(&node)) return same(create->name);
    if (const auto* alter = std::get_if<ast::AlterSequence>(&node)) return same(alter->name);
    if (const auto* alter = std::get_if<ast::AlterTable>(&node)) return same(alter->name);
    if (const auto* comment = std::get_if<ast::Comment>(&node)) {
      return comment->object.kind == ast::ObjectKind::sequence && same(comment->object.name);
    }
    if (const auto* grant = std::get_if<ast::Grant>(&node)) {
      return grant->kind == ast::ObjectKind::sequence && grant->objects.size() == 1 &&
             same(grant->objects[0].name);
    }
    const auto* select = std::get_if<ast::SelectStatement>(&node);
    if (select == nullptr || select->query->targets.size() != 1) return false;
    const auto* call = std::get_if<ast::FunctionCall>(&select->query->targets[0].expr->node);
    const std::optional<ast::Name> moved = call == nullptr ? std::nullopt : ast::called_sequence(*call);
    return moved && same(*moved);
  }

  PassContext& context_;
  std::set<TableColumn> visited_;
  std::set<ast::Name> replaced_;
  std::set<ast::ObjectId> uuids_;  ///< columns
};

void run(PassContext& context) {
  KeyRewriter(context).run();
}

}  // namespace

extern const Pass flag_sequence_primary_key;
const Pass flag_sequence_primary_key = {
    .name = "flag-sequence-primary-key",
    .category = "keys",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "flags primary keys that a sequence fills, and replaces them as --sequences says",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
