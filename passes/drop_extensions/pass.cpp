// CREATE EXTENSION ... WITH SCHEMA is refused in every release, and no form of it installs anything: what
// CockroachDB has of PostgreSQL's extensions is built in. So the statements go, and names that an extension
// put into a schema of the dump (public.citext, extensions.uuid_generate_v4()) lose that schema: the built-in
// ones are found without.
#include "rewrite/pass.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "ast/describe.h"
#include "ast/walk.h"
#include "target/functions.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"extension-built-in", Severity::info, "extensions", "CockroachDB has this extension's objects built in",
     "Nothing to do."},
    {"extension-partial", Severity::warning, "extensions",
     "CockroachDB has only a part of this extension built in",
     "Check the functions, operators and index methods that the application uses of it."},
    {"extension-missing", Severity::warning, "extensions", "CockroachDB has nothing of this extension",
     "Find another way for what the application uses of it; each use in the schema is reported where it "
     "stands."},
    {"extension-schema", Severity::info, "extensions",
     "what an extension put into a schema of the dump is built in, and found without the schema only",
     "Nothing to do."},
    {"drop-extension", Severity::info, "extensions", "extensions cannot be dropped or altered in CockroachDB",
     "Nothing to do."},
};

struct Extension {
  std::string_view name;
  const FindingKind* rule;
  Capability since;  ///< the type that stands for it; plpgsql where it is always there
};

// Type facts 5; DDL facts 4.
constexpr Extension extensions[] = {
    {"plpgsql", &rules[0], Capability::plpgsql},   {"pgcrypto", &rules[1], Capability::plpgsql},
    {"uuid-ossp", &rules[0], Capability::plpgsql}, {"pg_trgm", &rules[1], Capability::plpgsql},
    {"citext", &rules[0], Capability::citext},     {"ltree", &rules[1], Capability::ltree},
    {"vector", &rules[1], Capability::vector},     {"postgis", &rules[1], Capability::plpgsql},
    {"unaccent", &rules[1], Capability::plpgsql},  {"fuzzystrmatch", &rules[1], Capability::plpgsql},
    {"btree_gin", &rules[1], Capability::plpgsql},
};

const FindingKind& rule_for(const Target& target, std::string_view name) {
  for (const Extension& extension : extensions) {
    if (extension.name == name && target.has(extension.since)) return *extension.rule;
  }
  return rules[2];
}

class Unqualifier {
 public:
  explicit Unqualifier(PassContext& context) : context_(context) {
    for (const ast::Statement& statement : context.script.statements) {
      const auto* create = std::get_if<ast::CreateExtension>(&statement.node);
      if (create != nullptr && !create->schema.empty()) schemas_.insert(create->schema);
    }
  }

  void run(ast::Statement& statement) {
    bool changed = false;
    std::string named;  // the first that is told of
    int32_t place = -1;
    ast::Visitor visitor;
    visitor.type = [&](ast::TypeName& type) {
      const ast::ObjectId object = type.name.object;
      const std::string before = to_string(type.name);
      if (!unqualify_type(type.name)) return;
      changed = true;
      // What becomes of hstore, which is not built in, other passes say.
      if (named.empty() && type.name.name != "hstore")
        std::tie(named, place) = std::pair(before, type.offset);
      std::erase(statement.text_objects, object);
    };
    visitor.expr = [&](ast::Expr& expr) {
      if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
        const ast::ObjectId object = call->name.object;
        const std::string before = to_string(call->name);
        if (!unqualify_function(call->name)) return;
        changed = true;
        if (named.empty()) std::tie(named, place) = std::pair(before, expr.offset);
        // CockroachDB has it, whoever makes it.
        if (is_built_in_function(call->name.name)) std::erase(statement.text_objects, object);
      } else if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
        const std::string schema = operation->op.empty() ? "" : operation->op.front();
        if (!unqualify_operator(operation->op)) return;
        changed = true;
        if (named.empty())
          std::tie(named, place) =
              std::pair("OPERATOR(" + schema + "." + operation->op.back() + ")", expr.offset);
      } else if (auto* subquery = std::get_if<ast::Subquery>(&expr.node)) {
        // `citext ~~ ANY (SELECT ..)` looks at no case, LIKE ANY does.
        const bool is_comparison =
            !subquery->op.empty() && subquery->op.back().find('~') == std::string::npos;
        changed = (is_comparison && unqualify_operator(subquery->op)) || changed;
      }
    };
    walk(statement.node, visitor);
    if (!changed) return;
    const std::string object = ast::statement_object(statement.node);
    if (!named.empty())
      context_.report(rules[3], statement, object,
                      (object.empty() ? ast::statement_kind(statement.node) : "`" + object + "`") +
                          " names `" + named + "`, which is written without the schema",
                      place);
    context_.rewritten(statement);
  }

 private:
  bool unqualify_operator(std::vector<std::string>& op) const {
    if (op.size() < 2 || op.front() == "pg_catalog" || !schemas_.contains(op.front())) return false;
    op = {op.back()};
    return true;
  }

  bool unqualify_type(ast::Name& name) {
    if (name.schema.empty() || name.schema == "pg_catalog") return false;
    // A dump never creates them itself.
    if (!is_extension_type(name.name)) return false;
    name.schema.clear();
    return true;
  }

  bool unqualify_function(ast::Name& name) {
    if (!schemas_.contains(name.schema) || name.schema == "pg_catalog" || context_.catalog.has_function(name))
      return false;
    name.schema.clear();
    return true;
  }

  PassContext& context_;
  // A dump without its CREATE EXTENSION lines (pg_dump -n) leaves the two usual schemas to go by.
  std::unordered_set<std::string> schemas_{"public", "extensions"};
};

void run(PassContext& context) {
  Unqualifier unqualifier(context);
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (const auto* create = std::get_if<ast::CreateExtension>(&statement.node)) {
      const FindingKind& rule = rule_for(context.target, create->name);
      context.report(rule, statement, create->name,
                     "extension `" + create->name + "`: " + std::string(rule.summary));
      context.drop(statement, "extensions are built in or missing");
    } else if (const auto* drop = std::get_if<ast::Drop>(&statement.node);
               drop != nullptr && drop->kind == ast::ObjectKind::extension) {
      const std::string name = ast::statement_object(statement.node);
      context.report(rules[4], statement, name, "DROP EXTENSION `" + name + "` is left out");
      context.drop(statement, "extensions are built in or missing");
    } else {
      unqualifier.run(statement);
    }
  }
}

}  // namespace

extern const Pass drop_extensions;
const Pass drop_extensions = {
    .name = "drop-extensions",
    .category = "extensions",
    .fidelity = Fidelity::loses,
    .summary = "drops CREATE EXTENSION and the schema in front of what extensions define",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
