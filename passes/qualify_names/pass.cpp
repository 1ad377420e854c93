// Dumps from before March 2018, and hand-written scripts, say `SET search_path = app, pg_catalog` and leave
// the schema out of the names that follow. The output has its own order and no search_path, so such names get
// their schema here: new objects the first schema of the path that is not a system schema, references the
// first one that has the object. Where the path leads to `public`, or is empty, nothing changes.
#include "rewrite/pass.h"

#include <map>
#include <optional>
#include <set>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "ast/walk.h"

namespace pg2crdb {
namespace {

using Path = std::vector<std::string>;

constexpr Rule rules[] = {
    {"search-path-opaque", Severity::warning, "settings",
     "a statement that is kept word for word stands under a search_path of its own",
     "Write the schema of its names into the statement."},
};

Path parse_path(const std::vector<std::string>& entries) {
  Path path;
  for (const std::string& entry : entries) {
    if (!entry.empty() && entry != "$user" && entry != "\"$user\"" && entry != "pg_catalog" &&
        entry != "pg_temp") {
      path.push_back(entry);
    }
  }
  return path;
}

/// "app, public" as set_config takes it.
Path split_list(const std::string& list) {
  std::vector<std::string> entries(1);
  for (const char c : list) {
    if (c == ',') {
      entries.emplace_back();
    } else if (c != ' ' && c != '"') {
      entries.back() += c;
    }
  }
  return parse_path(entries);
}

/// The search_path that a statement sets; nothing for all others.
std::optional<Path> path_set_by(const ast::StatementNode& node) {
  if (const auto* set = std::get_if<ast::SetVariable>(&node); set != nullptr && set->name == "search_path") {
    if (set->kind != ast::SetVariable::Kind::value) return Path{"public"};
    std::vector<std::string> entries;
    for (const ast::Expr& value : set->values) {
      if (const auto* literal = std::get_if<ast::Literal>(&value.node)) entries.push_back(literal->text);
      if (const auto* column = std::get_if<ast::ColumnRef>(&value.node);
          column != nullptr && !column->names.empty()) {
        entries.push_back(column->names.back());
      }
    }
    return parse_path(entries);
  }
  const auto* select = std::get_if<ast::SelectStatement>(&node);
  if (select == nullptr || select->query.targets.size() != 1 || !select->query.targets[0].expr)
    return std::nullopt;
  const auto* call = std::get_if<ast::FunctionCall>(&select->query.targets[0].expr->node);
  if (call == nullptr || call->name.name != "set_config" || call->arguments.size() < 2) return std::nullopt;
  const auto* variable = std::get_if<ast::Literal>(&call->arguments[0].node);
  const auto* value = std::get_if<ast::Literal>(&call->arguments[1].node);
  if (variable == nullptr || value == nullptr || variable->text != "search_path") return std::nullopt;
  return split_list(value->text);
}

class Qualifier {
 public:
  explicit Qualifier(PassContext& context) : context_(context) {}

  void run() {
    for (ast::Statement& statement : context_.script.statements) {
      if (std::optional<Path> path = path_set_by(statement.node)) {
        path_ = std::move(*path);
        path_begins_[statement.span.begin] = path_;
      }
      changed_ = false;
      create(statement.node);
      if (matters()) {
        refer(statement.node);
        if (is_text(statement.node) && statement.fate == ast::Fate::kept) {
          context_.report(rules[0], statement, {},
                          "`" + ast::statement_kind(statement.node) + "` stands under search_path `" +
                              path_.front() + "`");
        }
      }
      if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) renamed(*rename);
      if (changed_) context_.rewritten(statement);
    }
    for (ast::DataBlock& block : context_.script.data) {
      auto it = path_begins_.upper_bound(block.header.begin);
      if (it == path_begins_.begin()) continue;
      path_ = std::prev(it)->second;
      if (matters()) relation(block.table);
    }
  }

 private:
  static bool is_text(const ast::StatementNode& node) {
    if (std::holds_alternative<ast::DoBlock>(node)) return true;
    const auto* opaque = std::get_if<ast::Opaque>(&node);
    return opaque != nullptr && opaque->kind != "empty";
  }

  bool matters() const { return !path_.empty() && !(path_.size() == 1 && path_[0] == "public"); }

  void create(ast::StatementNode& node) {
    std::visit(
        [this](auto& statement) {
          using Node = std::remove_cvref_t<decltype(statement)>;
          if constexpr (std::is_same_v<Node, ast::CreateTable> || std::is_same_v<Node, ast::CreateSequence> ||
                        std::is_same_v<Node, ast::CreateView> || std::is_same_v<Node, ast::CreateTableAs>) {
            created(statement.name, relations_);
            if constexpr (std::is_same_v<Node, ast::CreateTable>) {  // its rows have the name it had before
              if (!statement.source_name.empty()) created(statement.source_name, relations_);
            }
          } else if constexpr (std::is_same_v<Node, ast::CreateEnum> ||
                               std::is_same_v<Node, ast::CreateDomain> ||
                               std::is_same_v<Node, ast::CreateCompositeType>) {
            created(statement.name, types_);
          } else if constexpr (std::is_same_v<Node, ast::CreateFunction>) {
            created(statement.name, functions_);
          } else if constexpr (std::is_same_v<Node, ast::CreateIndex>) {
            relation(statement.table);
            relations_.insert({statement.table.schema, statement.name});
          }
        },
        node);
  }

  void created(ast::Name& name, std::set<ast::Name>& known) {
    if (name.schema.empty() && matters() && path_[0] != "public") set_schema(name, path_[0]);
    known.insert({name.schema.empty() ? "public" : name.schema, name.name});
  }

  /// What follows uses the new name.
  void renamed(const ast::Rename& rename) {
    if (!rename.object.member.empty()) return;
    const std::string& schema = rename.object.name.schema;
    const auto follow = [&](std::set<ast::Name>& known) {
      if (known.contains({schema.empty() ? "public" : schema, rename.object.name.name}))
        known.insert({schema.empty() ? "public" : schema, rename.new_name});
    };
    follow(relations_);
    follow(types_);
    follow(functions_);
  }

  void set_schema(ast::Name& name, const std::string& schema) {
    name.schema = schema;
    changed_ = true;
  }

  void resolve(ast::Name& name, const std::set<ast::Name>& known) {
    if (!name.schema.empty() || name.name.empty() || !matters()) return;
    for (const std::string& schema : path_) {
      if (!known.contains({schema, name.name})) continue;
      if (schema != "public") set_schema(name, schema);
      return;
    }
  }
  void relation(ast::Name& name) { resolve(name, relations_); }

  void refer(ast::StatementNode& node) {
    ast::Visitor visitor;
    visitor.table_ref = [this](ast::TableRef& table) { relation(table.name); };
    visitor.type = [this](ast::TypeName& type) {
      resolve(type.name, types_);
      relation(type.name);  // a table's row type
    };
    visitor.constraint = [this](ast::Constraint& constraint) { relation(constraint.referenced); };
    visitor.expr = [this](ast::Expr& expr) {
      if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
        resolve(call->name, functions_);
        for (ast::Expr& argument : call->arguments) regclass(call->name.name, argument);
      }
    };
    walk(node, visitor);
    std::visit([this](auto& statement) { refer_names(statement); }, node);
  }

  /// The literal in nextval('q'::regclass), setval('q', ..), pg_get_serial_sequence.
  void regclass(const std::string& function, ast::Expr& argument) {
    ast::Expr* inner = &argument;
    while (auto* cast = std::get_if<ast::Cast>(&inner->node)) inner = &*cast->argument;
    auto* literal = std::get_if<ast::Literal>(&inner->node);
    if (literal == nullptr || (function != "nextval" && function != "setval" && function != "currval"))
      return;
    std::optional<ast::Name> name = ast::parse_regclass(literal->text);
    if (!name || !name->schema.empty()) return;
    // The sequence may come after the table that uses it, so it is not looked up where it has not been seen.
    const ast::Name before = *name;
    relation(*name);
    if (name->schema.empty() && path_[0] != "public" && !relations_.contains({"public", name->name})) {
      set_schema(*name, path_[0]);
    }
    if (*name != before) literal->text = ast::regclass_text(*name);
  }

  void refer_names(ast::AlterTable& alter) {
    relation(alter.name);
    for (ast::AlterCommand& command : alter.commands) {
      if (auto* attach = std::get_if<ast::AttachPartition>(&command)) relation(attach->partition);
    }
  }
  void refer_names(ast::AlterSequence& alter) {
    relation(alter.name);
    owner(alter.options);
  }
  void refer_names(ast::CreateSequence& create) { owner(create.options); }
  void owner(ast::SequenceOptions& options) {
    if (options.owned_by.size() != 2) return;
    ast::Name table{{}, options.owned_by[0]};
    relation(table);
    if (!table.schema.empty()) options.owned_by.insert(options.owned_by.begin(), table.schema);
  }
  void refer_names(ast::CreateTable& create) {
    for (ast::Name& parent : create.inherits) relation(parent);
    for (ast::LikeClause& like : create.likes) relation(like.table);
    relation(create.partition_of);
  }
  void refer_names(ast::AlterEnum& alter) { resolve(alter.name, types_); }
  void refer_names(ast::RefreshMaterializedView& refresh) { relation(refresh.name); }
  void refer_names(ast::CreateTrigger& trigger) {
    relation(trigger.table);
    resolve(trigger.function, functions_);
  }
  void refer_names(ast::CreatePolicy& policy) { relation(policy.table); }
  void refer_names(ast::CopyFrom& copy) { relation(copy.table); }
  void refer_names(ast::Rename& rename) { object(rename.object); }
  void refer_names(ast::SetSchema& set) { object(set.object); }
  void refer_names(ast::Truncate& truncate) {
    for (ast::Name& table : truncate.tables) relation(table);
  }
  void refer_names(ast::AlterOwner& alter) { object(alter.object); }
  void refer_names(ast::Comment& comment) { object(comment.object); }
  void refer_names(ast::Drop& drop) {
    for (ast::ObjectRef& reference : drop.objects) object(reference);
  }
  void refer_names(ast::Grant& grant) {
    for (ast::ObjectRef& reference : grant.objects) object(reference);
  }
  template <class Node>
  void refer_names(Node&) {}

  void object(ast::ObjectRef& reference) {
    using Kind = ast::ObjectKind;
    switch (reference.kind) {
      case Kind::table:
      case Kind::column:
      case Kind::index:
      case Kind::constraint:
      case Kind::sequence:
      case Kind::view:
      case Kind::materialized_view:
      case Kind::trigger:
      case Kind::policy:
      case Kind::rule:
        return relation(reference.name);
      case Kind::type:
      case Kind::domain:
        return resolve(reference.name, types_);
      case Kind::function:
      case Kind::procedure:
      case Kind::routine:
        return resolve(reference.name, functions_);
      default:
        return;
    }
  }

  PassContext& context_;
  Path path_{"public"};
  std::map<uint64_t, Path> path_begins_;
  std::set<ast::Name> relations_, types_, functions_;
  bool changed_ = false;
};

void run(PassContext& context) {
  Qualifier(context).run();
}

}  // namespace

extern const Pass qualify_names;
const Pass qualify_names = {
    .name = "qualify-names",
    .category = "names",
    .fidelity = Fidelity::exact,
    .summary = "writes the schema of names that the dump leaves to its search_path",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
