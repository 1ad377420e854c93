#include "rewrite/rule_program.h"

#include <algorithm>
#include <unordered_map>

#include "ast/describe.h"
#include "rewrite/kept_name.h"
#include "rewrite/routine_body.h"
#include "rewrite/rule_actions.h"
#include "rewrite/rule_index.h"
#include "rewrite/rule_scan.h"

namespace pg2crdb::rewrite {

using ast::FieldInfo;
using ast::type_info;
using ast::TypeInfo;
using Kind = TypeInfo::Kind;

namespace {

/// Rounds over one statement, beyond its depth, before rules are held to be without end.
constexpr size_t most_rounds = 64;

/// Structures inside each other.
size_t depth(const TypeInfo& type, void* node) {
  size_t most = 0;
  ast::for_each_part(type, node,
                     [&](const TypeInfo& part, void* held) { most = std::max(most, depth(part, held)); });
  return type.kind == Kind::structure ? most + 1 : most;
}

enum class Visit { kept, gone };

class Run {
 public:
  Run(PassContext& context, Bodies bodies)
      : context_(context),
        actions_(context),
        bodies_(bodies),
        is_explaining_(!context.options.explained_rule.empty()) {}

  /// All statements that are `wanted`, those that rules add on the way included.
  template <class Wanted>
  void all(const RuleIndex& rewriting, const RuleIndex& reporting, Wanted wanted) {
    enabled(rewriting, rewriting_enabled_);
    enabled(reporting, reporting_enabled_);
    // Rules may add statements to the end, which are then looked at too.
    for (size_t i = 0; i < context_.script.statements.size(); ++i) {
      if (!wanted(static_cast<ast::StatementId>(i))) continue;
      ast::Statement& statement = context_.script.statements[i];
      if (!statement.live()) continue;
      begin(statement);
      if (!rewriting.rules().empty()) until_nothing_changes(rewriting);
      if (!reporting.rules().empty() && statement.live()) {
        enabled_ = &reporting_enabled_;
        walk(reporting);
      }
      if (body_ && body_changed_) body_->write(context_.script, statement);
    }
  }

 private:
  void enabled(const RuleIndex& index, std::vector<bool>& flags) const {
    for (const RewriteRule* rule : index.rules())
      flags.push_back(!rule->target || rule->target->holds(context_.target));
  }

  void begin(ast::Statement& statement) {
    statement_ = &statement;
    begin_tree(type_info<ast::StatementNode>(), &statement.node);
    texts_open_ = false;
    changed_.clear();
    actions_.begin_statement();
    body_changed_ = false;
    body_.reset();
    if (bodies_ == Bodies::looked_into) body_ = RoutineBody::of(statement);
  }

  void until_nothing_changes(const RuleIndex& index) {
    enabled_ = &rewriting_enabled_;
    std::vector<const RewriteRule*> lately;
    size_t limit = most_rounds;
    for (size_t round = 0; round < limit; ++round) {
      changed_.clear();
      texts_known_ = texts_known_ && !texts_open_;
      texts_open_ = false;
      walk(index);
      // Changes inside each other take a round each.
      if (round + 1 == most_rounds) limit += depth(type_info<ast::StatementNode>(), &statement_->node);
      if (changed_.empty() || !statement_->live()) return;
      lately.insert(lately.end(), changed_.begin(), changed_.end());
    }
    endless(lately);
  }

  /// The rules of the last rounds are those that do not end.
  void endless(const std::vector<const RewriteRule*>& lately) {
    std::vector<const RewriteRule*> last;
    for (size_t i = lately.size() - std::min<size_t>(lately.size(), 8); i < lately.size(); ++i) {
      if (std::find(last.begin(), last.end(), lately[i]) == last.end()) last.push_back(lately[i]);
    }
    const std::string object = ast::statement_object(statement_->node);
    PassContext named = context_.named(last[0]->touches_as);
    if (last.size() == 1) {
      named.report(engine::never_ends, *statement_, object,
                   "the rule " + last[0]->shown() + " never comes to an end on `" + object + "`");
    } else {
      named.report(engine::undo_each_other, *statement_, object,
                   "the rules " + last[0]->shown() + " and " + last[1]->shown() + " undo each other on `" +
                       object + "`");
    }
    named.needs_person(*statement_, "rewrite rules do not come to an end on it");
  }

  // --- the walk

  void walk(const RuleIndex& index) {
    walk_statement(index);
    if (!body_ || !statement_->live()) return;
    const size_t changes = changed_.size();
    in_body_ = true;
    size_t tree = 0;
    body_->each([&](const TypeInfo& type, void* node) {
      if (!statement_->live()) return false;
      const size_t before = changed_.size();
      begin_way();
      begin_tree(type, node);
      way_.steps.push_back(tree++);
      offset_ = body_->offset();
      field_ = "body";
      visit(index, type, node, {});
      return changed_.size() > before;
    });
    in_body_ = false;
    begin_tree(type_info<ast::StatementNode>(), &statement_->node);
    body_changed_ = body_changed_ || changed_.size() > changes;
  }

  /// The statement, or what is walked of its body.
  void begin_tree(const TypeInfo& type, void* tree) {
    tree_type_ = &type;
    tree_ = tree;
    texts_known_ = false;
    tried_ = 0;
  }

  void begin_way() {
    table_ = nullptr;
    column_ = nullptr;
    offset_ = -1;
    field_ = {};
    required_ = false;
    way_.steps.clear();
    way_.command_gone = false;
  }

  void walk_statement(const RuleIndex& index) {
    begin_way();
    const TypeInfo& type = type_info<ast::StatementNode>();
    // What a pass added word for word is meant as it stands: it says what only CockroachDB has a form for.
    const bool is_meant =
        statement_->fate == ast::Fate::added && std::holds_alternative<ast::Opaque>(statement_->node);
    if (!is_meant && index.wants_kind(statement_->node)) {
      const std::vector<Candidate>& candidates =
          index.candidates_of_kind(ast::statement_kind(statement_->node), kinds_[&index]);
      if (!candidates.empty() && try_all(index, candidates, type, &statement_->node, {}) == Visit::gone)
        return;
    }
    if (!interesting(index, type)) return;
    visit(index, type, &statement_->node, {});
  }

  /// Parents come before their children, so that the rule that says more about a place comes first. What was
  /// changed is looked into in the next round: a rule that puts what it matches into something larger would
  /// not come back from here.
  Visit visit(const RuleIndex& index, const TypeInfo& type, void* node, const Slot& slot) {
    // Of a body's statements rules see what is in them: one about a statement is about the script's.
    const bool of_body = &type == &type_info<ast::StatementNode>() && node != &statement_->node;
    if (index.matches(type) && !of_body) {
      const std::vector<Candidate>& candidates = index.candidates(type, node);
      const size_t changes = changed_.size();
      if (!candidates.empty() && try_all(index, candidates, type, node, slot) == Visit::gone)
        return Visit::gone;
      if (changed_.size() > changes) return Visit::kept;
    }
    return index.leads_on(type) ? inside(index, type, node) : Visit::kept;
  }

  /// What hangs below a node.
  Visit inside(const RuleIndex& index, const TypeInfo& type, void* node) {
    switch (type.kind) {
      case Kind::structure: {
        const ast::Name* const table = table_;
        const ast::Column* const column = column_;
        const int64_t offset = offset_;
        const KeptName kept(type, node);
        const size_t changes = changed_.size();
        enter(type, node);
        for (const size_t i : index.ways(type)) {
          const FieldInfo& field = type.fields[i];
          void* const member = field.member(node);
          if (holds_nothing(*field.type, member)) continue;
          const std::string_view outer = field_;
          field_ = field.name;
          const bool outer_required = required_;
          required_ = field.required;
          way_.steps.push_back(i);
          Slot slot;
          slot.plain = field.type;
          const Visit result = visit(index, *field.type, member, slot);
          way_.steps.pop_back();
          field_ = outer;
          required_ = outer_required;
          if (way_.command_gone || (result == Visit::gone && !statement_->live())) return Visit::gone;
        }
        table_ = table;
        column_ = column;
        offset_ = offset;
        if (changed_.size() > changes) kept.keep();
        return Visit::kept;
      }
      case Kind::variant:
        return visit(index, *type.alternatives[type.index(node)], type.held(node), {});
      case Kind::box: {
        void* boxed = type.inside(node);
        if (boxed == nullptr || !interesting(index, *type.element)) return Visit::kept;
        Slot slot;
        slot.box = &type;
        slot.boxed = node;
        slot.required = required_;
        const Visit result = visit(index, *type.element, boxed, slot);
        return result == Visit::gone && !statement_->live() ? Visit::gone : Visit::kept;
      }
      case Kind::vector:
        if (!interesting(index, *type.element)) return Visit::kept;
        for (size_t i = 0; i < type.size(node);) {
          way_.steps.push_back(i);
          Slot slot;
          slot.list = &type;
          slot.items = node;
          slot.required = required_;
          slot.index = i;
          if (type.element == &type_info<ast::AlterCommand>()) way_.command = slot;
          const Visit result = visit(index, *type.element, type.at(node, i), slot);
          way_.steps.pop_back();
          if (result == Visit::gone && !statement_->live()) return Visit::gone;
          if (type.element == &type_info<ast::AlterCommand>()) way_.command_gone = false;
          if (result != Visit::gone) ++i;
        }
        return Visit::kept;
      default:
        return Visit::kept;
    }
  }

  /// Most fields of most nodes: an empty list or box.
  static bool holds_nothing(const TypeInfo& type, void* value) {
    return type.kind == Kind::box ? type.inside(value) == nullptr
                                  : type.kind == Kind::vector && type.size(value) == 0;
  }

  static bool interesting(const RuleIndex& index, const TypeInfo& type) {
    return index.leads_on(type) || index.matches(type);
  }

  /// Where a node stands in the statement; -1 where that is not known.
  int64_t offset_of(const TypeInfo& type, void* node) const {
    const int64_t offset = type.offset(node);
    if (!in_body_ || offset < 0) return offset;
    return body_->offset() < 0 ? -1 : offset + body_->offset();
  }

  void enter(const TypeInfo& type, void* node) {
    const int64_t offset = offset_of(type, node);
    if (offset >= 0) offset_ = offset;
    if (&type == &type_info<ast::Column>()) {
      column_ = static_cast<const ast::Column*>(node);
    } else if (const FieldInfo* table = table_field(type)) {
      table_ = static_cast<const ast::Name*>(table->member(node));
    }
  }

  /// The field of a statement that names the table, view or composite type which its parts belong to.
  static const FieldInfo* table_field(const TypeInfo& type) {
    static const std::vector<const FieldInfo*> fields = [] {
      std::vector<const FieldInfo*> by_type(ast::type_count());
      for (const TypeInfo* statement : type_info<ast::StatementNode>().alternatives) {
        const std::string_view name = statement->name;
        if (name == "CreateTable" || name == "AlterTable" || name == "CreateCompositeType" ||
            name == "CreateView" || name == "CreateTableAs")
          by_type[statement->id] = statement->field("name");
        if (name == "CreateIndex" || name == "CreateTrigger" || name == "CreatePolicy" || name == "CopyFrom")
          by_type[statement->id] = statement->field("table");
      }
      return by_type;
    }();
    return fields[type.id];
  }

  // --- one node

  Visit try_all(const RuleIndex& index, const std::vector<Candidate>& candidates, const TypeInfo& type,
                void* node, const Slot& slot) {
    const ast::Name* const outer_table = table_;
    if (&type == &type_info<ast::StatementNode>()) {
      auto& held = *static_cast<ast::StatementNode*>(node);
      enter(*type.alternatives[held.index()], type.held(node));
    }
    const int64_t own = offset_of(type, node);
    const ast::Column* column =
        &type == &type_info<ast::Column>() ? static_cast<const ast::Column*>(node) : column_;
    Site site{context_, *statement_, type, node, table_, column, field_, own >= 0 ? own : offset_, in_body_};
    size_t acted = index.rules().size();  // of a rule's alternatives the first that fits counts
    Visit result = Visit::kept;
    for (const Candidate& candidate : candidates) {
      const RewriteRule& rule = *index.rules()[candidate.rule];
      if (!(*enabled_)[candidate.rule] || candidate.rule == acted) continue;
      // A rule is not fed with what it added itself.
      if (statement_->fate == ast::Fate::added && made_by(*statement_, rule)) continue;
      bindings_.clear();
      const bool explained = is_explaining_ && rule.name == context_.options.explained_rule;
      if (!explained && !passes(index.hurdle(candidate), site)) continue;
      if (!fits(rule, rule.matches[candidate.match], site, explained)) continue;
      acted = candidate.rule;
      const RuleActions::Outcome outcome =
          actions_.act(rule, rule.matches[candidate.match], site, slot, way_, bindings_);
      if (outcome.changed) {
        changed_.push_back(&rule);
        texts_open_ = true;
      }
      if (outcome.gone) {
        result = Visit::gone;
        break;
      }
    }
    table_ = outer_table;
    return result;
  }

  /// The texts of a tree are gathered once some candidates were tried: most trees have few. Once a rule
  /// acted, others may be in it, and until the next round any rule may fit.
  bool passes(const Hurdle& hurdle, const Site& site) {
    constexpr size_t few = 3;  // a try costs a third of the gathering
    if (!hurdle.in_table.empty() &&
        (site.table == nullptr || site.table->name.find(hurdle.in_table) == std::string::npos))
      return false;
    if (!clears(hurdle, site.type, site.node)) return false;
    if (hurdle.texts.empty() || texts_open_) return true;
    if (!texts_known_) {
      if (++tried_ <= few) return true;
      texts_ = texts_of(*tree_type_, tree_);
      texts_known_ = true;
    }
    return texts_.has(hurdle.texts);
  }

  static bool made_by(const ast::Statement& statement, const RewriteRule& rule) {
    return std::find(statement.passes.begin(), statement.passes.end(), rule.touches_as) !=
           statement.passes.end();
  }

  bool fits(const RewriteRule& rule, const Match& match, const Site& site, bool explained) {
    Mismatch mismatch;
    std::string why;
    const bool form = (!match.pattern || matches(*match.type, match.pattern.node.get(), site.node, bindings_,
                                                 explained ? &mismatch : nullptr)) &&
                      named(match, site, why);
    const bool fits =
        form && (!rule.condition || holds(*rule.condition, site, bindings_, explained ? &why : nullptr));
    if (explained && context_.options.explain) {
      std::string text = fits ? "matches" : "does not match: ";
      if (!fits && !mismatch.reason.empty())
        text += (mismatch.path.empty() ? "" : "`" + mismatch.path + "`: ") + mismatch.reason;
      else if (!fits)
        text += why;
      if (fits) {
        for (const Binding& binding : bindings_.all())
          text += ", $" + binding.name + " is `" + shown(binding) + "`";
      }
      context_.options.explain(site.statement, site.offset, text);
    }
    return fits;
  }

  /// The table and column that a match names or binds.
  bool named(const Match& match, const Site& site, std::string& why) {
    if (!match.table.empty()) {
      if (site.table == nullptr) {
        why = "there is no table around it";
        return false;
      }
      if (match.table[0] == '$') {
        if (!bindings_.bind_node(std::string_view(match.table).substr(1), type_info<ast::Name>(), site.table))
          return false;
      } else if (match.table != site.table->name) {
        why = "the table is `" + to_string(*site.table) + "`";
        return false;
      }
    }
    if (!match.column.empty()) {
      const auto& column = *static_cast<const ast::Column*>(site.node);
      if (match.column[0] == '$') {
        bindings_.bind_node(std::string_view(match.column).substr(1), type_info<std::string>(), &column.name);
      } else if (match.column != column.name) {
        why = "the column is `" + column.name + "`";
        return false;
      }
    }
    return true;
  }

  PassContext& context_;
  RuleActions actions_;
  std::vector<bool> rewriting_enabled_, reporting_enabled_;
  const std::vector<bool>* enabled_ = nullptr;
  ast::Statement* statement_ = nullptr;
  Bodies bodies_;
  bool is_explaining_;
  std::optional<RoutineBody> body_;  ///< the statement's, in PL/pgSQL
  bool body_changed_ = false;
  bool in_body_ = false;
  Bindings bindings_;
  std::vector<const RewriteRule*> changed_;  ///< in this round
  std::unordered_map<const void*, std::unordered_map<std::string, std::vector<Candidate>>>
      kinds_;                            ///< of each index, candidates by the kind of statement
  const TypeInfo* tree_type_ = nullptr;  ///< of the tree that is walked
  void* tree_ = nullptr;
  TextBits texts_;  ///< of that tree, where they are known
  bool texts_known_ = false;
  bool texts_open_ = false;  ///< a rule acted in this round
  size_t tried_ = 0;         ///< candidates in the tree
  // The way to the node.
  const ast::Name* table_ = nullptr;
  const ast::Column* column_ = nullptr;
  int64_t offset_ = -1;
  std::string_view field_;
  bool required_ = false;  ///< that field is never left empty
  Way way_;
};

}  // namespace

RuleProgram::RuleProgram(std::vector<const RewriteRule*> rules, Bodies bodies) : bodies_(bodies) {
  std::vector<const RewriteRule*> reporting;
  std::erase_if(rules, [&](const RewriteRule* rule) {
    if (rule->actions.empty()) reporting.push_back(rule);
    return rule->actions.empty();
  });
  rewriting_ = std::make_unique<RuleIndex>(std::move(rules));
  reporting_ = std::make_unique<RuleIndex>(std::move(reporting));
}

RuleProgram::RuleProgram(RuleProgram&&) noexcept = default;
RuleProgram::~RuleProgram() = default;

void RuleProgram::run(PassContext& context, RuleScan* scan) const {
  // What is explained is told of every candidate, those that a scan passes by too.
  if (!context.options.explained_rule.empty()) scan = nullptr;
  Run(context, bodies_).all(*rewriting_, *reporting_, [&](ast::StatementId id) {
    return scan == nullptr || scan->wants(*this, id, context);
  });
}

}  // namespace pg2crdb::rewrite
