// CockroachDB's LIKE copies constraints, defaults, generated columns and indexes; it refuses the other
// options by their names, and ALL means none of them. DDL facts 4, #47071. Tables of the script are written
// out before (resolve-history): what is left copies one of the target.
#include "rewrite/pass.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"like-option-lost", Severity::error, "tables",
     "a table is made LIKE one that the script does not make, with its identity columns or comments: "
     "CockroachDB "
     "copies neither",
     "Give the new table its identity columns and comments with statements of their own."},
    {"like-option-dropped", Severity::info, "tables",
     "an option of LIKE is about PostgreSQL's pages and planner, and means nothing in CockroachDB",
     "Nothing to do."},
};
enum : size_t { lost, dropped };

bool is_taken(const std::string& option) {
  return option == "ALL" || option == "CONSTRAINTS" || option == "DEFAULTS" || option == "GENERATED" ||
         option == "INDEXES";
}

/// What CockroachDB does not copy for an option; empty where nothing is lost.
std::string lost_by(const std::string& option) {
  if (option == "ALL") return "identity columns and comments";
  if (option == "IDENTITY") return "identity columns";
  return option == "COMMENTS" ? "comments" : "";
}

void take_off_options(PassContext& context, ast::Statement& statement, const ast::CreateTable& table,
                      ast::LikeClause& like) {
  const std::string name = to_string(table.name);
  const auto found = [&](size_t rule, const std::string& what) {
    context.report(rules[rule], statement, name,
                   "`" + name + "` is made LIKE `" + to_string(like.table) + "`, without " + what);
  };
  std::string meaningless;
  for (const std::string& option : like.including) {
    if (const std::string what = lost_by(option); !what.empty()) {
      found(lost, what);
    } else if (!is_taken(option)) {
      meaningless += (meaningless.empty() ? "" : ", ") + option;
    }
  }
  if (!meaningless.empty()) found(dropped, meaningless);
  const size_t before = like.including.size();
  std::erase_if(like.including, [](const std::string& option) { return !is_taken(option); });
  if (like.including.size() < before) context.rewritten(statement);
}

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    auto* table = std::get_if<ast::CreateTable>(&statement.node);
    if (table == nullptr || !statement.live()) continue;
    for (ast::LikeClause& like : table->likes) take_off_options(context, statement, *table, like);
  }
}

}  // namespace

extern const Pass like_options;
const Pass like_options = {
    .name = "like-options",
    .category = "tables",
    .fidelity = Fidelity::loses,
    .summary = "takes options off LIKE that CockroachDB refuses",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
