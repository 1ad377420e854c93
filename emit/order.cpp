#include "emit/order.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "emit/sql.h"
#include "support/words.h"

namespace pg2crdb {
namespace {

using ast::Phase;

/// The order of kinds within a phase. CockroachDB resolves what a statement names when it runs, function
/// bodies included.
constexpr int rank_of_routines_and_views = 9;

struct RankOf {
  int operator()(const ast::CreateDatabase&) const { return 1; }
  int operator()(const ast::CreateSchema&) const { return 2; }
  int operator()(const ast::CreateExtension&) const { return 3; }
  int operator()(const ast::CreateEnum&) const { return 4; }
  int operator()(const ast::AlterEnum&) const { return 5; }
  int operator()(const ast::CreateCompositeType&) const { return 6; }
  int operator()(const ast::CreateDomain&) const { return 7; }
  int operator()(const ast::CreateSequence&) const { return 8; }
  int operator()(const ast::CreateFunction&) const { return rank_of_routines_and_views; }
  int operator()(const ast::CreateView&) const { return rank_of_routines_and_views; }
  int operator()(const ast::CreateTableAs&) const { return rank_of_routines_and_views; }
  int operator()(const ast::CreateTable&) const { return 10; }
  int operator()(const ast::CreateIndex&) const { return 11; }
  int operator()(const ast::AlterTable& alter) const {
    const bool owner = std::any_of(
        alter.commands.begin(), alter.commands.end(),
        [](const ast::AlterCommand& command) { return std::holds_alternative<ast::OwnerTo>(command); });
    return owner ? 16 : 12;
  }
  int operator()(const ast::CreateTrigger&) const { return 13; }
  int operator()(const ast::CreatePolicy&) const { return 13; }
  int operator()(const ast::Comment&) const { return 15; }
  int operator()(const ast::AlterOwner&) const { return 16; }
  /// An owner needs CREATE on the schema first.
  int operator()(const ast::Grant& grant) const {
    return grant.kind == ast::ObjectKind::schema && grant.grant ? 15 : 17;
  }
  int operator()(const ast::GrantRole&) const { return 17; }
  int operator()(const ast::AlterDefaultPrivileges&) const { return 17; }
  template <class Node>
  int operator()(const Node&) const {
    return 14;
  }
};

bool creates(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateTable>(node) || std::holds_alternative<ast::CreateView>(node) ||
         std::holds_alternative<ast::CreateSequence>(node) || std::holds_alternative<ast::CreateEnum>(node) ||
         std::holds_alternative<ast::CreateFunction>(node);
}

/// Functions and views name each other in any order: PostgreSQL looks when they are called, CockroachDB when
/// they are created. So those that a statement names come before it, otherwise in dump order; a circle is
/// broken where it was entered.
class DependencyOrder {
 public:
  explicit DependencyOrder(const std::vector<const ast::Statement*>& statements) : statements_(statements) {
    for (size_t i = 0; i < statements.size(); ++i) {
      if (const std::string* name = created_name(statements[i]->node)) by_name_[*name].push_back(i);
    }
  }

  std::vector<const ast::Statement*> sorted() {
    state_.assign(statements_.size(), State::unseen);
    for (size_t i = 0; i < statements_.size(); ++i) visit(i);
    return std::move(sorted_);
  }

 private:
  enum class State { unseen, open, done };

  static const std::string* created_name(const ast::StatementNode& node) {
    if (const auto* function = std::get_if<ast::CreateFunction>(&node)) return &function->name.name;
    if (const auto* view = std::get_if<ast::CreateView>(&node)) return &view->name.name;
    if (const auto* as = std::get_if<ast::CreateTableAs>(&node)) return &as->name.name;
    return nullptr;
  }

  /// What cannot be printed names nothing here; whoever emits it says so.
  static std::string text_of(const ast::Statement& statement) {
    try {
      return to_sql(statement.node, Dialect::postgresql);
    } catch (const std::logic_error&) {
      return {};
    }
  }

  void visit(size_t i) {
    if (state_[i] != State::unseen) return;
    state_[i] = State::open;
    std::vector<size_t> needed;
    for_each_word(text_of(*statements_[i]), [&](std::string_view word) {
      const auto found = by_name_.find(std::string(word));
      if (found != by_name_.end()) needed.insert(needed.end(), found->second.begin(), found->second.end());
    });
    for (const size_t other : needed) visit(other);
    state_[i] = State::done;
    sorted_.push_back(statements_[i]);
  }

  const std::vector<const ast::Statement*>& statements_;
  std::unordered_map<std::string, std::vector<size_t>> by_name_;
  std::vector<State> state_;
  std::vector<const ast::Statement*> sorted_;
};

std::vector<const ast::Statement*> statements_of(const ast::Script& script, Phase phase) {
  struct Ranked {
    int rank;
    const ast::Statement* statement;
  };
  std::vector<Ranked> ranked;
  bool anything_created = false;
  for (const ast::Statement& statement : script.statements) {
    anything_created = anything_created || creates(statement.node);
    const bool shown = statement.live() || statement.fate == ast::Fate::needs_person;
    if (!shown || statement.phase != phase || std::holds_alternative<ast::CopyFrom>(statement.node)) continue;
    // What stands before the first CREATE (pg_dump --clean) comes first, in its order.
    const bool clean = !anything_created && (std::holds_alternative<ast::Drop>(statement.node) ||
                                             std::holds_alternative<ast::AlterTable>(statement.node));
    ranked.push_back({clean ? 0 : std::visit(RankOf{}, statement.node), &statement});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.statement->span.begin < b.statement->span.begin;
  });
  std::vector<const ast::Statement*> statements;
  std::vector<const ast::Statement*> routines_and_views;
  statements.reserve(ranked.size());
  for (size_t i = 0; i < ranked.size(); ++i) {
    const bool orderless = ranked[i].rank == rank_of_routines_and_views;
    (orderless ? routines_and_views : statements).push_back(ranked[i].statement);
    if (orderless && (i + 1 == ranked.size() || ranked[i + 1].rank != rank_of_routines_and_views)) {
      const std::vector<const ast::Statement*> sorted = DependencyOrder(routines_and_views).sorted();
      statements.insert(statements.end(), sorted.begin(), sorted.end());
    }
  }
  return statements;
}

}  // namespace

std::vector<OrderedStatement> output_order(const ast::Script& script) {
  std::vector<OrderedStatement> ordered;
  for (const Phase phase : {Phase::roles, Phase::pre_data, Phase::post_data, Phase::revalidate}) {
    for (const ast::Statement* statement : statements_of(script, phase))
      ordered.push_back({statement, phase});
  }
  return ordered;
}

}  // namespace pg2crdb
