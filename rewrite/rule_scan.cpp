#include "rewrite/rule_scan.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "ast/describe.h"
#include "ast/field_values.h"

namespace pg2crdb::rewrite {

using ast::type_info;
using ast::TypeInfo;

/// Walks a tree by its C++ types, which is several times as fast as by `TypeInfo`: most of what a scan looks
/// at is nothing that a rule wants.
class RuleScan::Walk {
 public:
  Walk(const RuleScan& scan, Programs& found) : scan_(scan), found_(found) {}

  template <class T>
  void operator()(T& node) const {
    if constexpr (ast::Fields<T>::known) {
      static const TypeInfo& type = structure_named(ast::Fields<T>::name);
      if (const Type& known = look_at(type, node); known.leads_on)
        ast::for_each_field(node, [this](std::string_view, auto& member) { (*this)(member); });
    }
  }
  template <class T>
  void operator()(std::vector<T>& items) const {
    for (T& item : items) (*this)(item);
  }
  template <class T>
  requires ast::is_box<T>
  void operator()(T& box) const {
    if (box) (*this)(*box);
  }
  template <class... T>
  void operator()(ast::OneOf<T...>& variant) const {
    if constexpr (std::is_same_v<ast::OneOf<T...>, ast::StatementNode> ||
                  std::is_same_v<ast::OneOf<T...>, ast::AlterCommand>)
      look_at(type_info<ast::OneOf<T...>>(), variant);
    std::visit(*this, variant);
  }

 private:
  static const TypeInfo& structure_named(std::string_view name) {
    size_t id = 0;
    while (ast::type_with_id(id).name != name) ++id;
    return ast::type_with_id(id);
  }

  template <class T>
  const Type& look_at(const TypeInfo& type, T& node) const {
    const Type& known = scan_.types_[type.id];
    if (!known.matched_by.empty()) scan_.look_at(type, &node, known, found_);
    return known;
  }

  const RuleScan& scan_;
  Programs& found_;
};

RuleScan::RuleScan(const std::vector<const RuleProgram*>& programs) : types_(ast::type_count()) {
  for (const RuleProgram* program : programs) {
    if (bits_.size() == std::numeric_limits<Programs>::digits) break;
    const Programs bit = Programs{1} << bits_.size();
    if (!bits_.emplace(program, bit).second) continue;
    for (const RuleIndex* index : program->indexes()) {
      if (!index->rules().empty()) watched_.push_back({bit, index});
    }
  }
  for (size_t id = 0; id < types_.size(); ++id) {
    for (size_t i = 0; i < watched_.size(); ++i) {
      if (watched_[i].index->matches(ast::type_with_id(id))) types_[id].matched_by.push_back(i);
      types_[id].leads_on = types_[id].leads_on || watched_[i].index->leads_on(ast::type_with_id(id));
    }
  }
}

bool RuleScan::wants(const RuleProgram& program, ast::StatementId id, PassContext& context) {
  const auto bit = bits_.find(&program);
  if (bit == bits_.end()) return true;
  if (seen_.size() <= id) seen_.resize(context.script.statements.size());
  Seen& seen = seen_[id];
  const uint32_t version = context.catalog.version(id);
  if (seen.version != version) {
    const Programs before = bit->second - 1;
    seen = {look_at(context.script.statements[id], before), version};
  }
  return (seen.wanting & bit->second) != 0;
}

RuleScan::Programs RuleScan::look_at(ast::Statement& statement, Programs found) {
  if (!statement.live()) return 0;
  std::string kind;
  for (Watched& watched : watched_) {
    if ((found & watched.bit) != 0 || !watched.index->wants_kind(statement.node)) continue;
    if (kind.empty()) kind = ast::statement_kind(statement.node);
    if (!watched.index->candidates_of_kind(kind, watched.kinds).empty()) found |= watched.bit;
  }
  Walk(*this, found)(statement.node);
  return found;
}

void RuleScan::look_at(const TypeInfo& type, void* node, const Type& known, Programs& found) const {
  for (const size_t i : known.matched_by) {
    const Watched& watched = watched_[i];
    if ((found & watched.bit) != 0) continue;
    const std::vector<Candidate>& candidates = watched.index->candidates(type, node);
    if (std::any_of(candidates.begin(), candidates.end(), [&](Candidate candidate) {
          return clears(watched.index->hurdle(candidate), type, node);
        }))
      found |= watched.bit;
  }
}

}  // namespace pg2crdb::rewrite
