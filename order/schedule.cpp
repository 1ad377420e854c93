#include "order/schedule.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <set>
#include <tuple>
#include <unordered_map>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/tree_edit.h"
#include "order/graph.h"
#include "order/wishes.h"

namespace pg2crdb::order {
namespace {

using ast::Phase;

constexpr FindingKind declared[] = {
    {"circular-dependency", Severity::error, "order",
     "objects name each other in a circle, and CockroachDB looks at every name when a statement runs",
     "Create one of them first without the others, and replace it at the end."},
    {"rows-too-early", Severity::error, "order",
     "a table has rows to load and cannot be made before the load: what it needs has to wait for the rows",
     "Load the rows of this table by hand at the end."},
};
enum : size_t { circular_dependency, rows_too_early };

/// The order of wishes: phase, kind, place in the script.
struct Wish {
  Phase phase = Phase::pre_data;
  int rank = 0;
  size_t place = 0;

  auto key() const { return std::tuple(phase, rank, place); }
  bool operator<(const Wish& other) const { return key() < other.key(); }
};

class Scheduler {
 public:
  explicit Scheduler(PassContext& context) : context_(context) {}

  void run() {
    constexpr int most_repairs = 8;
    for (int i = 0; i < most_repairs; ++i) {
      EffectReader reader(context_.script);
      Graph graph(context_.script, reader);
      if (i + 1 < most_repairs && repair(graph)) continue;
      break_circles(graph);
      place(graph);
      return;
    }
  }

 private:
  /// Takes defaults and CHECKs out of tables that stand in a circle with what they call. True where anything
  /// was taken out.
  bool repair(Graph& graph) {
    const std::vector<std::vector<size_t>> circles = graph.circles();
    if (circles.empty()) return false;
    std::unordered_map<ast::StatementId, std::vector<ast::ObjectId>> made;
    for (const std::vector<size_t>& circle : circles) {
      for (const size_t node : circle) made[graph.statement(node).id];
    }
    for (ast::ObjectId id = 1; id < context_.script.objects.size(); ++id) {
      const auto maker = made.find(context_.script.objects[id].created);
      if (maker != made.end()) maker->second.push_back(id);
    }
    bool repaired = false;
    for (const std::vector<size_t>& circle : circles) {
      std::set<ast::ObjectId> inside;
      for (const size_t node : circle) {
        const std::vector<ast::ObjectId>& objects = made[graph.statement(node).id];
        inside.insert(objects.begin(), objects.end());
      }
      for (const size_t node : circle) {
        auto* table = std::get_if<ast::CreateTable>(&graph.statement(node).node);
        if (table != nullptr) repaired |= split(graph.statement(node), *table, inside);
      }
    }
    return repaired;
  }

  static bool names_any(const ast::Expr& expr, const std::set<ast::ObjectId>& inside, ast::ObjectId own) {
    bool found = false;
    bind::TreeEdit look;
    look.name = [&](ast::Name& name) {
      found = found || (name.object != own && inside.contains(name.object));
    };
    bind::edit(const_cast<ast::Expr&>(expr), look);
    return found;
  }

  bool split(ast::Statement& statement, ast::CreateTable& table, const std::set<ast::ObjectId>& inside) {
    ast::AlterTable alter;
    alter.name = table.name;
    for (ast::Column& column : table.columns) {
      if (column.default_value && names_any(*column.default_value, inside, table.name.object)) {
        alter.commands.push_back(ast::SetDefault{column.name, std::move(column.default_value)});
        column.default_value.reset();
      }
      take_checks(column.constraints, alter, inside, table.name.object);
    }
    take_checks(table.constraints, alter, inside, table.name.object);
    if (alter.commands.empty()) return false;
    context_.rewritten(statement);
    context_.add(std::move(alter), statement, Phase::pre_data);
    return true;
  }

  static void take_checks(std::vector<ast::Constraint>& constraints, ast::AlterTable& alter,
                          const std::set<ast::ObjectId>& inside, ast::ObjectId own) {
    std::erase_if(constraints, [&](ast::Constraint& constraint) {
      if (!constraint.check || !names_any(*constraint.check, inside, own)) return false;
      alter.commands.push_back(ast::AddConstraint{constraint});
      return true;
    });
  }

  /// What is left of circles is cut where the script's order is against an edge.
  void break_circles(Graph& graph) {
    for (const std::vector<size_t>& circle : graph.circles()) {
      const std::set<size_t> members(circle.begin(), circle.end());
      std::set<size_t> told;
      for (const size_t to : circle) {
        const std::span<const Graph::Node> before = graph.before(to);
        for (const size_t from : std::vector(before.begin(), before.end())) {
          if (from < to || !members.contains(from)) continue;
          graph.remove(from, to);
          ast::Statement& statement = graph.statement(to);
          if (!statement.live() || !told.insert(to).second) continue;
          const std::string object = ast::statement_object(statement.node);
          context_.report(declared[circular_dependency], statement, object,
                          "`" + object + "` needs `" + ast::statement_object(graph.statement(from).node) +
                              "`, which needs it");
        }
      }
    }
  }

  static std::vector<size_t> topological(const Graph& graph) {
    std::vector<size_t> waiting(graph.size()), order;
    for (size_t node = 0; node < graph.size(); ++node) {
      waiting[node] = graph.before(node).size();
      if (waiting[node] == 0) order.push_back(node);
    }
    for (size_t i = 0; i < order.size(); ++i) {
      for (const size_t other : graph.after(order[i])) {
        if (--waiting[other] == 0) order.push_back(other);
      }
    }
    return order;
  }

  void place(Graph& graph) {
    std::vector<Wish> wishes(graph.size());
    bool created = false;
    for (size_t node = 0; node < graph.size(); ++node) {
      const ast::Statement& statement = graph.statement(node);
      created = created || creates(statement.node);
      // What stands before the first CREATE (pg_dump --clean) comes first.
      const bool clean = !created && drops(statement.node);
      wishes[node] = {statement.phase, clean ? 0 : rank_wish(statement), node};
    }
    const std::vector<size_t> sorted = topological(graph);
    // What others need comes early enough, where it does not wait for the rows itself. What is held back
    // wishes nothing: it passes on what those want that stand behind it, so that it is in nobody's way.
    const auto key = [](const Wish& wish) { return std::pair(wish.phase, wish.rank); };
    std::vector<std::pair<Phase, int>> wanted(graph.size(),
                                              {Phase::revalidate, std::numeric_limits<int>::max()});
    for (auto node = sorted.rbegin(); node != sorted.rend(); ++node) {
      Wish& wish = wishes[*node];
      std::tie(wish.phase, wish.rank) = std::min(wanted[*node], key(wish));
      const std::pair<Phase, int> passed_on = graph.statement(*node).live() ? key(wish) : wanted[*node];
      for (const size_t from : graph.before(*node)) {
        const ast::Statement& statement = graph.statement(from);
        const bool may_move =
            !statement.live() || wishes[from].phase <= passed_on.first || !waits_for_rows(statement);
        if (may_move) wanted[from] = std::min(wanted[from], passed_on);
      }
    }
    for (const size_t node : sorted) {
      for (const size_t to : graph.after(node)) {
        if (!graph.statement(node).live() || !graph.statement(to).live()) continue;
        if (wishes[to].phase < wishes[node].phase) wishes[to].phase = wishes[node].phase;
      }
    }
    emit(graph, wishes);
    check_rows();
  }

  static bool drops(const ast::StatementNode& node) {
    const auto* alter = std::get_if<ast::AlterTable>(&node);
    if (alter == nullptr) return std::holds_alternative<ast::Drop>(node);
    return std::all_of(alter->commands.begin(), alter->commands.end(), [](const ast::AlterCommand& command) {
      const auto* set = std::get_if<ast::SetDefault>(&command);
      return std::holds_alternative<ast::DropConstraint>(command) ||
             std::holds_alternative<ast::DropColumn>(command) ||
             std::holds_alternative<ast::DropIdentity>(command) || (set != nullptr && !set->value);
    });
  }

  static bool creates(const ast::StatementNode& node) {
    return std::holds_alternative<ast::CreateTable>(node) || std::holds_alternative<ast::CreateView>(node) ||
           std::holds_alternative<ast::CreateSequence>(node) ||
           std::holds_alternative<ast::CreateEnum>(node) || std::holds_alternative<ast::CreateFunction>(node);
  }

  void emit(Graph& graph, const std::vector<Wish>& wishes) {
    const auto later = [&](size_t a, size_t b) { return wishes[b] < wishes[a]; };
    std::priority_queue<size_t, std::vector<size_t>, decltype(later)> ready(later);
    std::vector<size_t> waiting(graph.size());
    for (size_t node = 0; node < graph.size(); ++node) {
      waiting[node] = graph.before(node).size();
      if (waiting[node] == 0) ready.push(node);
    }
    std::vector<ast::StatementId>& order = context_.script.order;
    order.clear();
    while (!ready.empty()) {
      const size_t node = ready.top();
      ready.pop();
      ast::Statement& statement = graph.statement(node);
      statement.phase = wishes[node].phase;
      order.push_back(statement.id);
      for (const size_t other : graph.after(node)) {
        if (--waiting[other] == 0) ready.push(other);
      }
    }
    if (order.size() != graph.size()) throw InternalError("the order of statements has a circle");
    // Held back statements stand in no phase's way.
    std::stable_sort(order.begin(), order.end(), [&](ast::StatementId a, ast::StatementId b) {
      return context_.script.statements[a].phase < context_.script.statements[b].phase;
    });
  }

  void check_rows() {
    std::unordered_map<ast::ObjectId, std::vector<ast::DataBlock*>> rows;
    for (ast::DataBlock& block : context_.script.data) {
      if (block.left_out.empty() && block.table.object != ast::no_object)
        rows[block.table.object].push_back(&block);
    }
    for (const ast::StatementId id : context_.script.order) {
      ast::Statement& statement = context_.script.statements[id];
      const auto* table = std::get_if<ast::CreateTable>(&statement.node);
      if (table == nullptr || !statement.live() || statement.phase <= Phase::pre_data) continue;
      const auto found = rows.find(table->name.object);
      if (found == rows.end()) continue;
      context_.report(declared[rows_too_early], statement, to_string(table->name),
                      "`" + to_string(table->name) + "` can only be made after the load");
      for (ast::DataBlock* block : found->second) {
        block->left_out = "their table can only be made after the load";
        if (block->statement != ast::no_statement)
          context_.drop(context_.script.statements[block->statement], block->left_out);
      }
    }
  }

  PassContext& context_;
};

}  // namespace

const std::span<const FindingKind> rules = declared;

namespace {

/// SELECT setval(...), whatever the value.
bool sets_value(const ast::StatementNode& node) {
  const auto* select = std::get_if<ast::SelectStatement>(&node);
  if (select == nullptr || select->query->targets.size() != 1) return false;
  const auto* call = std::get_if<ast::FunctionCall>(&select->query->targets[0].expr->node);
  return call != nullptr && call->name.name == "setval";
}

}  // namespace

void hold_back_self_readers(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    const auto* view = statement.live() ? std::get_if<ast::CreateView>(&statement.node) : nullptr;
    if (view == nullptr || view->name.object == ast::no_object ||
        !bind::names(*view->query, view->name.object))
      continue;
    const std::string object = to_string(view->name);
    context.report(rules[circular_dependency], statement, object, "view `" + object + "` reads itself", -1,
                   "Write what it is to read: PostgreSQL fails at each query of it, too.");
    context.needs_person(statement, "it reads itself");
  }
}

void schedule(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (std::holds_alternative<ast::CopyFrom>(statement.node) && statement.live()) {
      context.move(statement, Phase::pre_data, "its rows are in the load plan");
    } else if (statement.before_rows) {
      statement.phase = Phase::pre_data;
    } else if (sets_value(statement.node) && statement.live()) {
      context.move(statement, Phase::revalidate, "the sequence is set after the load");
    } else if (statement.fate != ast::Fate::moved && statement.fate != ast::Fate::added) {
      statement.phase = phase_wish(statement);
    }
  }
  Scheduler(context).run();
}

}  // namespace pg2crdb::order
