// CockroachDB's collations are language tags, in no schema. Where text compares by bytes anyway, COLLATE says
// nothing; what it does not have goes too, and that is said louder.
#include "rewrite/pass.h"

#include <map>

#include "ast/describe.h"
#include "ast/walk.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"expression-collation-dropped", Severity::info, "types",
     "an expression has a COLLATE that means the order of bytes, which is CockroachDB's own",
     "Nothing to do."},
    {"expression-collation-changed", Severity::warning, "types",
     "an expression has a COLLATE that CockroachDB does not have: text compares by bytes",
     "Check the order, or write a COLLATE that CockroachDB has, such as \"es-CO-x-icu\"."},
};
enum : size_t { expression_collation_dropped, expression_collation_changed };

class Adapter {
 public:
  Adapter(PassContext& context, ast::Statement& statement) : context_(context), statement_(statement) {}

  void run() {
    ast::Visitor visitor;
    visitor.expr = [this](ast::Expr& expr) {
      if (auto* collate = std::get_if<ast::Collate>(&expr.node)) collation(expr, *collate);
    };
    ast::walk(statement_.node, visitor);
    if (changes_.empty()) return;
    context_.rewritten(statement_);
    const std::string object = ast::statement_object(statement_.node);
    const std::string which =
        ast::statement_kind(statement_.node) + (object.empty() ? "" : " `" + object + "`");
    for (const auto& [rule, change] : changes_)
      context_.report(rules[rule], statement_, object, which + ": " + change.what, change.offset);
  }

 private:
  struct Change {
    std::string what;
    int32_t offset = -1;
  };

  void collation(ast::Expr& expr, ast::Collate& collate) {
    const std::string name = collate.collation.name;
    const bool built_in = collate.collation.schema.empty() || collate.collation.schema == "pg_catalog";
    if (built_in && is_collation(name)) {
      if (collate.collation.schema.empty()) return;
      collate.collation.schema.clear();
      return changed(expression_collation_dropped, "COLLATE \"" + name + "\" stands without its schema",
                     expr);
    }
    const bool bytes = built_in && (name == "C" || name == "POSIX" || name == "ucs_basic");
    changed(bytes ? expression_collation_dropped : expression_collation_changed,
            "COLLATE \"" + name + "\" is left out", expr);
    ast::Expr argument = *collate.argument;
    expr = std::move(argument);
  }

  /// The first of each rule is told, at the first of its places.
  void changed(size_t rule, const std::string& what, const ast::Expr& expr) {
    const auto [known, is_new] = changes_.emplace(rule, Change{what, expr.offset});
    const int32_t first = known->second.offset;
    if (!is_new && known->second.what == what && expr.offset >= 0 && (first < 0 || expr.offset < first))
      known->second.offset = expr.offset;
  }

  PassContext& context_;
  ast::Statement& statement_;
  std::map<size_t, Change> changes_;
};

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (statement.live()) Adapter(context, statement).run();
  }
}

}  // namespace

extern const Pass expression_collations;
const Pass expression_collations = {
    .name = "expression-collations",
    .category = "types",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "leaves COLLATE out of expressions where CockroachDB does not have the collation",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
