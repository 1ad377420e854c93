#include "order/graph.h"

#include <algorithm>
#include <unordered_map>

namespace pg2crdb::order {
namespace {

uint64_t key_of(ast::ObjectId object, Aspect aspect) {
  return (uint64_t{object} << 8U) | static_cast<uint64_t>(aspect);
}

}  // namespace

Graph::Graph(ast::Script& script, EffectReader& reader) {
  for (ast::Statement& statement : script.statements) {
    const bool shown = statement.live() || statement.fate == ast::Fate::needs_person;
    if (shown && !std::holds_alternative<ast::CopyFrom>(statement.node)) statements_.push_back(&statement);
  }
  // Added statements stand where the one stands that they come from.
  std::stable_sort(
      statements_.begin(), statements_.end(), [](const ast::Statement* a, const ast::Statement* b) {
        return a->span.file != b->span.file ? a->span.file < b->span.file : a->span.begin < b->span.begin;
      });
  before_.resize(statements_.size());
  after_.resize(statements_.size());

  struct Use {
    size_t node;
    How how;
  };
  std::unordered_map<ast::ObjectId, size_t> creators;
  std::unordered_map<uint64_t, std::vector<Use>> uses;
  std::vector<Effects> effects;
  effects.reserve(statements_.size());
  for (size_t node = 0; node < statements_.size(); ++node) {
    effects.push_back(reader.of(*statements_[node]));
    for (const ast::ObjectId id : effects[node].creates) creators.emplace(id, node);
  }
  for (size_t node = 0; node < statements_.size(); ++node) {
    for (const Access& access : effects[node].accesses) {
      const auto creator = creators.find(access.object);
      if (creator != creators.end()) {
        if (creator->second == node) continue;
        edge(creator->second, node);
      }
      // What is held back is no writer: what stands around it is ordered as if it were not there.
      const How how = statements_[node]->live() ? access.how : How::reads;
      uses[key_of(access.object, access.aspect)].push_back({node, how});
    }
  }
  for (auto& [key, list] : uses) {
    // What a DROP names is never what stands at the end: that got the name by a rename behind the DROP.
    if (static_cast<Aspect>(key & 0xFFU) == Aspect::name) {
      const auto created = std::find_if(list.begin(), list.end(),
                                        [&](const Use& use) { return !effects[use.node].creates.empty(); });
      std::stable_partition(created, list.end(), [&](const Use& use) {
        const ast::Statement& one = *statements_[use.node];
        return one.live() && std::holds_alternative<ast::Drop>(one.node);
      });
    }
    size_t writer = size();
    std::vector<size_t> readers, adders;
    for (const Use& use : list) {
      if (writer != size()) edge(writer, use.node);
      if (use.how == How::adds) {
        adders.push_back(use.node);
        continue;
      }
      for (const size_t one : adders) edge(one, use.node);
      if (use.how == How::reads) {
        readers.push_back(use.node);
        continue;
      }
      for (const size_t one : readers) edge(one, use.node);
      readers.clear();
      adders.clear();
      writer = use.node;
    }
  }
}

void Graph::edge(size_t from, size_t to) {
  if (from == to) return;
  if (!after_[from].empty() && after_[from].back() == to) return;
  after_[from].push_back(to);
  before_[to].push_back(from);
}

void Graph::remove(size_t from, size_t to) {
  std::erase(after_[from], to);
  std::erase(before_[to], from);
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
  for (size_t root = 0; root < size(); ++root) {
    if (number[root] != 0) continue;
    std::vector<Step> steps{{root, 0}};
    while (!steps.empty()) {
      Step& step = steps.back();
      const size_t node = step.node;
      if (step.next == 0) {
        number[node] = low[node] = ++count;
        open.push_back(node);
        is_open[node] = true;
      }
      bool descended = false;
      while (step.next < after_[node].size()) {
        const size_t other = after_[node][step.next++];
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
