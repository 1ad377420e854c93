#include "order/graph.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "support/script_order.h"

namespace pg2crdb::order {
namespace {

using Node = Graph::Node;

struct Use {
  Node node;
  Aspect aspect;
  How how;
};

/// What all statements do to each object, in their order.
class Uses {
 public:
  explicit Uses(EffectReader& reader) : reader_(reader) {}

  void read(const std::vector<ast::Statement*>& statements) {
    for (Node node = 0; node < statements.size(); ++node) {
      effects_.creates.clear();
      effects_.accesses.clear();
      reader_.read(*statements[node], effects_);
      makes_.push_back(!effects_.creates.empty());
      for (const ast::ObjectId id : effects_.creates) {
        if (creators_.size() <= id) creators_.resize(id + 1, none);
        if (creators_[id] == none) creators_[id] = node;
      }
      for (const Access& access : effects_.accesses) {
        // What is held back is no writer: what stands around it is ordered as if it were not there.
        const How how = statements[node]->live() ? access.how : How::reads;
        all_.push_back({access.object, {node, access.aspect, how}});
      }
    }
  }

  static constexpr Node none = std::numeric_limits<Node>::max();
  Node creator(ast::ObjectId id) const { return id < creators_.size() ? creators_[id] : none; }
  bool makes(size_t node) const { return makes_[node]; }

  /// Calls `f(object, uses)` for each object.
  template <class Function>
  void for_each_object(const Function& f) const {
    ast::ObjectId last = 0;
    for (const auto& [object, use] : all_) last = std::max(last, object);
    std::vector<size_t> begins(size_t{last} + 2, 0);
    for (const auto& [object, use] : all_) ++begins[object + 1];
    for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
    std::vector<Use> sorted(all_.size());
    std::vector<size_t> next = begins;
    for (const auto& [object, use] : all_) sorted[next[object]++] = use;
    for (ast::ObjectId object = 0; object <= last; ++object) {
      const std::span<Use> uses =
          std::span(sorted).subspan(begins[object], begins[object + 1] - begins[object]);
      if (!uses.empty()) f(object, uses);
    }
  }

 private:
  EffectReader& reader_;
  Effects effects_;  ///< of one statement
  std::vector<std::pair<ast::ObjectId, Use>> all_;
  std::vector<Node> creators_;  ///< by object
  std::vector<bool> makes_;     ///< by node
};

}  // namespace

Graph::Graph(ast::Script& script, EffectReader& reader) {
  for (ast::Statement& statement : script.statements) {
    const bool shown = statement.live() || statement.fate == ast::Fate::needs_person;
    if (shown && !std::holds_alternative<ast::CopyFrom>(statement.node)) statements_.push_back(&statement);
  }
  // Added statements stand where the one stands that they come from.
  std::ranges::stable_sort(statements_, {},
                           [](const ast::Statement* one) { return script_place(one->span); });
  Uses uses(reader);
  uses.read(statements_);
  std::vector<Edge> edges;
  std::vector<Node> readers, adders;
  const auto edge = [&](Node from, Node to) {
    if (from == to) return;
    // Statements often name one object several times.
    if (!edges.empty() && edges.back().from == from && edges.back().to == to) return;
    edges.push_back({from, to});
  };
  uses.for_each_object([&](ast::ObjectId object, std::span<Use> of_object) {
    const Node creator = uses.creator(object);
    if (creator != Uses::none) {
      for (const Use& use : of_object) edge(creator, use.node);
    }
    const auto by_aspect = [](const Use& a, const Use& b) { return a.aspect < b.aspect; };
    if (!std::is_sorted(of_object.begin(), of_object.end(), by_aspect))
      std::stable_sort(of_object.begin(), of_object.end(), by_aspect);
    for (auto begin = of_object.begin(); begin != of_object.end();) {
      const Aspect aspect = begin->aspect;
      const auto end =
          std::find_if(begin, of_object.end(), [&](const Use& use) { return use.aspect != aspect; });
      // What a DROP names is never what stands at the end: that got the name by a rename behind the DROP.
      if (aspect == Aspect::name || aspect == Aspect::members) {
        const auto created = std::find_if(begin, end, [&](const Use& use) {
          return uses.makes(use.node) && (aspect == Aspect::name || use.how == How::writes);
        });
        std::stable_partition(created, end, [&](const Use& use) {
          return use.how == How::writes && std::holds_alternative<ast::Drop>(statements_[use.node]->node);
        });
      }
      Node writer = Uses::none;
      readers.clear();
      adders.clear();
      for (; begin != end; ++begin) {
        const auto& [node, same, how] = *begin;
        if (node == creator) continue;
        if (writer != Uses::none) edge(writer, node);
        if (how == How::adds) {
          adders.push_back(node);
          continue;
        }
        for (const Node one : adders) edge(one, node);
        if (how == How::reads) {
          readers.push_back(node);
          continue;
        }
        for (const Node one : readers) edge(one, node);
        readers.clear();
        adders.clear();
        writer = node;
      }
    }
  });
  before_ = neighbours(edges, &Edge::to, &Edge::from);
  after_ = neighbours(edges, &Edge::from, &Edge::to);
}

Graph::Neighbours Graph::neighbours(const std::vector<Edge>& edges, Node Edge::*node,
                                    Node Edge::*other) const {
  Neighbours found;
  found.begins.resize(size() + 1, 0);
  for (const Edge& edge : edges) ++found.begins[edge.*node + 1];
  for (size_t i = 1; i < found.begins.size(); ++i) found.begins[i] += found.begins[i - 1];
  found.ends = found.begins;
  found.all.resize(edges.size());
  for (const Edge& edge : edges) found.all[found.ends[edge.*node]++] = edge.*other;
  return found;
}

void Graph::Neighbours::remove(size_t node, size_t other) {
  const auto begin = all.begin() + static_cast<ptrdiff_t>(begins[node]);
  const auto end = all.begin() + static_cast<ptrdiff_t>(ends[node]);
  ends[node] -= static_cast<size_t>(end - std::remove(begin, end, static_cast<Node>(other)));
}

void Graph::remove(size_t from, size_t to) {
  after_.remove(from, to);
  before_.remove(to, from);
}

std::vector<std::vector<size_t>> Graph::circles() const {
  // Tarjan's, with a stack of its own: chains may be long.
  std::vector<std::vector<size_t>> found;
  std::vector<size_t> number(size(), 0), low(size(), 0), open;
  std::vector<bool> is_open(size(), false);
  size_t count = 0;
  struct Step {
    size_t node;
    size_t next;
  };
  std::vector<Step> steps;
  for (size_t root = 0; root < size(); ++root) {
    if (number[root] != 0) continue;
    steps.push_back({root, 0});
    while (!steps.empty()) {
      Step& step = steps.back();
      const size_t node = step.node;
      if (step.next == 0) {
        number[node] = low[node] = ++count;
        open.push_back(node);
        is_open[node] = true;
      }
      bool descended = false;
      const std::span<const Node> behind = after(node);
      while (step.next < behind.size()) {
        const size_t other = behind[step.next++];
        if (number[other] == 0) {
          steps.push_back({other, 0});
          descended = true;
          break;
        }
        if (is_open[other]) low[node] = std::min(low[node], number[other]);
      }
      if (descended) continue;
      if (step.next == 0) step.next = 1;
      if (low[node] == number[node]) {
        std::vector<size_t> members;
        size_t member = 0;
        do {
          member = open.back();
          open.pop_back();
          is_open[member] = false;
          members.push_back(member);
        } while (member != node);
        std::sort(members.begin(), members.end());
        if (members.size() > 1) found.push_back(std::move(members));
      }
      steps.pop_back();
      if (!steps.empty()) low[steps.back().node] = std::min(low[steps.back().node], low[node]);
    }
  }
  return found;
}

}  // namespace pg2crdb::order
