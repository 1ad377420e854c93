// Large objects: pg_dump makes each by a call, writes its bytes by others, and owns, comments and grants it.
// There is nothing like them in CockroachDB: all of it is left out, with one finding that counts objects and
// bytes. DDL facts 11.3.
#include "rewrite/pass.h"

#include <algorithm>
#include <array>

#include "ast/top_call.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

constexpr FindingKind rules[] = {
    {"large-objects", Severity::error, "rows",
     "CockroachDB has no large objects: they are not in the output, and columns that hold their numbers lead "
     "nowhere",
     "Move their bytes into a BYTES column in PostgreSQL (UPDATE t SET bytes = lo_get(t.number)), and dump "
     "again with `pg_dump --no-large-objects`; or keep them in files."},
};

constexpr std::array calls = {"lo_create"sv, "lo_creat"sv,      "lo_open"sv, "lowrite"sv,  "lo_close"sv,
                              "lo_unlink"sv, "lo_from_bytea"sv, "lo_put"sv,  "lo_import"sv};

/// Bytes of `'\xdeadbeef'`, where that is the last argument.
uint64_t bytes_of(const ast::FunctionCall& call) {
  const ast::Expr* value = call.arguments.empty() ? nullptr : &call.arguments.back();
  while (value != nullptr && std::holds_alternative<ast::Cast>(value->node))
    value = &*std::get<ast::Cast>(value->node).argument;
  const auto* literal = value == nullptr ? nullptr : std::get_if<ast::Literal>(&value->node);
  if (literal == nullptr) return 0;
  return literal->text.starts_with("\\x") ? (literal->text.size() - 2) / 2 : literal->text.size();
}

struct Counts {
  const ast::Statement* first = nullptr;
  uint64_t made = 0;
  uint64_t bytes = 0;
  bool only_unlinked = true;  ///< the target has none to begin with
};

bool is_of_large_objects(const ast::StatementNode& node) {
  if (const auto* comment = std::get_if<ast::Comment>(&node))
    return comment->object.kind == ast::ObjectKind::large_object;
  if (const auto* owner = std::get_if<ast::AlterOwner>(&node))
    return owner->object.kind == ast::ObjectKind::large_object;
  if (const auto* grant = std::get_if<ast::Grant>(&node)) return grant->kind == ast::ObjectKind::large_object;
  return false;
}

/// Whether the statement is about a large object.
bool count(const ast::StatementNode& node, Counts& counts) {
  const ast::FunctionCall* const call = ast::top_call(node);
  const bool calls_one = call != nullptr && std::ranges::find(calls, call->name.name) != calls.end();
  if (!calls_one && !is_of_large_objects(node)) return false;
  const std::string_view name = calls_one ? std::string_view(call->name.name) : std::string_view();
  counts.only_unlinked = counts.only_unlinked && name == "lo_unlink";
  if (name == "lo_create" || name == "lo_creat" || name == "lo_from_bytea" || name == "lo_import")
    ++counts.made;
  if (name == "lowrite" || name == "lo_from_bytea" || name == "lo_put") counts.bytes += bytes_of(*call);
  return true;
}

void run(PassContext& context) {
  if (context.target.has(Capability::large_objects)) return;
  Counts counts;
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live() || !count(statement.node, counts)) continue;
    if (counts.first == nullptr) counts.first = &statement;
    context.drop(statement, "of large objects, which CockroachDB does not have");
  }
  if (counts.only_unlinked) return;
  if (counts.made == 0)
    return context.report(rules[0], *counts.first, {}, "what is said of large objects is left out");
  context.report(rules[0], *counts.first, {},
                 std::to_string(counts.made) +
                     (counts.made == 1 ? " large object is" : " large objects are") +
                     " not carried over, of " + std::to_string(counts.bytes) + " bytes");
}

}  // namespace

extern const Pass large_objects;
const Pass large_objects = {
    .name = "large-objects",
    .category = "rows",
    .fidelity = Fidelity::loses,
    .summary = "leaves out large objects, and counts them",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
