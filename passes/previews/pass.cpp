// What the release has as a preview is said once, where it stands first.
#include "rewrite/pass.h"

#include <algorithm>
#include <set>

#include "ast/describe.h"
#include "ast/walk.h"
#include "target/previews.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"preview-feature", Severity::info, "statements",
     "the schema uses what this release of CockroachDB has as a preview only",
     "Decide whether the application may rest on it: a preview may change with a patch, and is supported "
     "less than "
     "the rest. `pg2crdb whatif` shows what a later release saves."},
};

/// What of the statement some releases have as a preview.
std::set<Preview> used_in(ast::StatementNode& node) {
  std::set<Preview> used;
  if (std::holds_alternative<ast::CreateTrigger>(node)) used.insert(Preview::triggers);
  const auto* index = std::get_if<ast::CreateIndex>(&node);
  if (index != nullptr && (index->method == "hnsw" || index->method == "cspann"))
    used.insert(Preview::vector_indexes);
  ast::Visitor visitor;
  visitor.type = [&](ast::TypeName& type) {
    if (type.name.name == "vector") used.insert(Preview::vectors);
    if (type.name.name == "ltree") used.insert(Preview::label_trees);
    if (type.name.name == "jsonpath") used.insert(Preview::json_paths);
  };
  visitor.expr = [&](ast::Expr& expr) {
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    if (call != nullptr && call->name.name.starts_with("jsonb_path_")) used.insert(Preview::json_paths);
  };
  walk(node, visitor);
  return used;
}

void run(PassContext& context) {
  const Version version = context.target.version();
  std::set<Preview> unsaid;
  for (const Preview preview : all_previews) {
    if (is_preview(preview, version)) unsaid.insert(preview);
  }
  for (ast::Statement& statement : context.script.statements) {
    if (unsaid.empty()) return;
    if (!statement.live()) continue;
    for (const Preview preview : used_in(statement.node)) {
      if (unsaid.erase(preview) == 0) continue;
      context.report(
          rules[0], statement, ast::statement_object(statement.node),
          std::string(feature_of(preview)) + " a preview in CockroachDB " + to_string(version.release()));
    }
  }
}

}  // namespace

extern const Pass previews;
const Pass previews = {
    .name = "previews",
    .category = "statements",
    .fidelity = Fidelity::exact,
    .summary = "says what the release has as a preview",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
