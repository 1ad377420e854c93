// COMMENT ON works for tables and their columns, indexes, constraints, schemas, databases and (24.2) types.
// On everything else it is refused, and there is no other place for the text, so it is dropped and said.
#include "rewrite/pass.h"

#include "ast/describe.h"

namespace pg2crdb {
namespace {

constexpr Rule rules[] = {
    {"comment-refused", Severity::info, "comments", "CockroachDB has no COMMENT ON for this kind of object",
     "Keep the text in the application's documentation, or on a table."},
};

/// Whether the comment can be kept where it is.
bool accepted(const PassContext& context, const ast::ObjectRef& object) {
  using Kind = ast::ObjectKind;
  switch (object.kind) {
    case Kind::table:
    case Kind::column:
    case Kind::constraint:
      return context.catalog.view(object.name) == nullptr &&
             context.catalog.composite_type(object.name) == nullptr &&
             context.catalog.sequence(object.name) == nullptr;
    case Kind::index:
    case Kind::schema:
    case Kind::database:
      return true;
    case Kind::type:
      return context.target.has(Capability::comment_on_type) &&
             context.catalog.domain(object.name) == nullptr;
    default:
      return false;
  }
}

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    const auto* comment = std::get_if<ast::Comment>(&statement.node);
    if (comment == nullptr || !statement.live() || accepted(context, comment->object)) continue;
    const std::string kind = ast::statement_kind(statement.node);
    const std::string object = ast::statement_object(statement.node);
    context.report(rules[0], statement, object, kind + " `" + object + "` is left out");
    context.drop(statement, "CockroachDB has no " + kind);
  }
}

}  // namespace

extern const Pass drop_comments;
const Pass drop_comments = {
    .name = "drop-comments",
    .category = "comments",
    .fidelity = Fidelity::loses,
    .summary = "drops comments on what CockroachDB cannot comment",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
