// Releases before 25.2.11, 25.3.7, 25.4.3 and 26.1 leave out a statement with all its effects where nobody
// reads what it puts into variables (release notes, #158344, #158345, #158346): it is read.
#include <algorithm>
#include <utility>

#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// Names that the body only declares and sets by INTO.
class Unread {
 public:
  explicit Unread(Conversion& conversion) {
    std::set<int32_t> written;
    each_part(conversion.body, [&](Declaration& one) { written.insert(one.offset); });
    each_part(conversion.body, [&](Into& into) {
      for (const Variable& one : into.targets) written.insert(one.offset);
    });
    for (const transform::Token& token : conversion.tokens()) {
      if (token.is_name() && !written.contains(static_cast<int32_t>(token.begin))) read_.insert(token.name());
    }
    // A parameter may be what the routine returns.
    for (const ast::FunctionParameter& one : conversion.routine.parameters) read_.insert(one.name);
  }
  bool operator()(const Variable& variable) const {
    return variable.offset >= 0 && variable.names.size() == 1 && !read_.contains(variable.names[0]);
  }

 private:
  std::set<std::string> read_;
};

/// Whether it does more than read: what it calls may.
bool has_effects(ast::StatementNode& node) {
  auto* select = std::get_if<ast::SelectStatement>(&node);
  bool calls = select == nullptr;
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) { calls = calls || std::holds_alternative<ast::FunctionCall>(expr.node); };
  if (select != nullptr) ast::walk(*select->query, look);
  return calls;
}

}  // namespace

void convert_unread_targets(Conversion& conversion) {
  if (conversion.routine.target.has(Capability::plpgsql_unread_into)) return;
  const Unread is_unread(conversion);
  each_part(conversion.body, [&](Statements& statements) {
    std::vector<Statement> now;
    now.reserve(statements.list.size());
    for (Statement& one : statements.list) {
      auto* run = std::get_if<RunSql>(&one.node);
      const bool all_unread = run != nullptr && !run->into.targets.empty() &&
                              std::ranges::all_of(run->into.targets, is_unread) &&
                              has_effects(run->sql.statement);
      const int32_t offset = one.offset;
      const std::string target = all_unread ? run->into.targets[0].names[0] : std::string();
      now.push_back(std::move(one));
      if (!all_unread) continue;
      ast::NullTest test;
      test.argument = column({target});
      Statement nothing, read;
      nothing.node = Null{};
      read.node = if_then({std::move(test)}, std::move(nothing));
      now.push_back(std::move(read));
      conversion.note("INTO a variable that nobody reads", offset);
    }
    statements.list = std::move(now);
  });
}

}  // namespace pg2crdb::routines
