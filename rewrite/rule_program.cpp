#include "rewrite/rule_program.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "ast/describe.h"
#include "rewrite/fragment.h"
#include "rewrite/rename.h"
#include "rewrite/site.h"

namespace pg2crdb::rewrite {

using ast::FieldInfo;
using ast::type_info;
using ast::TypeInfo;
using Kind = TypeInfo::Kind;

namespace {

const Rule rules_of_engine[] = {
    {"rule-never-ends", Severity::error, "rules", "a rewrite rule matches what it has just written, for ever",
     "Add a condition that no longer holds once the rule has run."},
    {"rules-undo-each-other", Severity::error, "rules",
     "two rewrite rules change the same place back and forth, so neither result stands",
     "Remove one of them, or add a condition that keeps them apart."},
    {"rule-leaves-nothing", Severity::error, "rules",
     "a rewrite rule deleted the last part that a statement needs",
     "Let the rule delete the statement, or keep a part."},
    {"rule-cannot-write", Severity::error, "rules",
     "a rewrite rule matched, and what it should write cannot be made of what its variables stand for",
     "Bind the variable by a pattern that gives it the right kind of thing."},
    {"column-left-out", Severity::warning, "rules",
     "a rewrite rule without a finding of its own leaves a column out, and the values in it",
     "Let the rule say so, or acknowledge it."},
    rename_not_followed,
};
enum : size_t { never_ends, undo_each_other, leaves_nothing, cannot_write, column_left_out };

/// Rounds over one statement, beyond its depth, before rules are held to be without end.
constexpr size_t most_rounds = 64;

/// A rule and which of its patterns.
struct Candidate {
  size_t rule = 0;
  size_t match = 0;
  auto operator<=>(const Candidate&) const = default;
};

template <class T>
const T& as(const void* node) {
  return *static_cast<const T*>(node);
}

/// What is cheap to look at before a rule is tried: texts that have to stand in the statement somewhere, as
/// bits of their hashes, and what the names have to hold.
struct Hurdle {
  uint64_t texts = 0;
  std::string_view in_table;  ///< empty: anything
  std::string_view in_column;
};

uint64_t bit_of(std::string_view text) {
  return uint64_t{1} << (std::hash<std::string_view>{}(text) % 64);
}

/// The bits of all texts of a tree, those that stand for variables left out.
uint64_t bits_of(const TypeInfo& type, void* node) {
  if (type.kind == Kind::text) {
    const auto& text = *static_cast<const std::string*>(node);
    // Passes take pg_catalog off; it is no difference.
    return text.empty() || text[0] == variable_mark || text == "pg_catalog" ? 0 : bit_of(text);
  }
  uint64_t bits = 0;
  ast::for_each_part(type, node, [&](const TypeInfo& part, void* held) { bits |= bits_of(part, held); });
  return bits;
}

/// What a name has to hold for a condition on it: `$name ~ 'regex'`, alone or joined by `and`.
std::string_view needed_of(const Condition& condition, std::string_view variable) {
  if (condition.kind == Condition::Kind::conjunction) {
    const std::string_view first = needed_of(condition.parts[0], variable);
    return first.empty() ? needed_of(condition.parts[1], variable) : first;
  }
  const bool on_name = condition.kind == Condition::Kind::pattern && !condition.negated &&
                       condition.left.kind == Value::Kind::variable && condition.left.path.empty() &&
                       condition.left.text == variable;
  return on_name ? std::string_view(condition.needed) : std::string_view();
}

Hurdle hurdle_of(const RewriteRule& rule, const Match& match) {
  Hurdle hurdle;
  if (match.pattern) hurdle.texts = bits_of(*match.type, match.pattern.node.get());
  // Where the default of a policy's command is written out, it need not be in the statement.
  if (&*match.type == &type_info<ast::StatementNode>() && match.pattern &&
      std::holds_alternative<ast::CreatePolicy>(as<ast::StatementNode>(match.pattern.node.get())))
    hurdle.texts = 0;
  auto needed = [&](const std::string& name) -> std::string_view {
    if (name.empty()) return {};
    if (name[0] != '$') return name;
    return rule.condition ? needed_of(*rule.condition, std::string_view(name).substr(1)) : std::string_view();
  };
  hurdle.in_table = needed(match.table);
  hurdle.in_column = needed(match.column);
  return hurdle;
}

/// By what a pattern and its subjects agree in first: the kind of node, then a word of it.
struct Entry {
  size_t alternative = 0;
  std::string_view word;  ///< empty: any
  bool any_alternative = false;
};

std::string_view plain(std::string_view word) {
  return variable_in(word) ? std::string_view() : word;
}

/// Where a node stands in the index. Of a pattern: where to put it; of a subject: where to look.
Entry entry_of(const TypeInfo& type, const void* node, bool pattern) {
  if (&type == &type_info<ast::StatementNode>()) return {as<ast::StatementNode>(node).index(), {}, false};
  if (&type == &type_info<ast::AlterCommand>()) return {as<ast::AlterCommand>(node).index(), {}, false};
  if (&type == &type_info<ast::Expr>()) {
    const auto& expr = as<ast::Expr>(node).node;
    Entry entry{expr.index(), {}, false};
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr)) entry.word = plain(call->name.name);
    if (const auto* operation = std::get_if<ast::Operation>(&expr); operation && !operation->op.empty())
      entry.word = plain(operation->op.back());
    if (const auto* cast = std::get_if<ast::Cast>(&expr)) entry.word = plain(cast->type.name.name);
    const auto* column = std::get_if<ast::ColumnRef>(&expr);
    entry.any_alternative =
        pattern && column != nullptr && column->names.size() == 1 && variable_in(column->names[0]);
    return entry;
  }
  if (&type == &type_info<ast::TypeName>()) return {0, plain(as<ast::TypeName>(node).name.name), false};
  if (&type == &type_info<ast::Column>()) return {0, plain(as<ast::Column>(node).type.name.name), false};
  if (&type == &type_info<ast::Name>()) return {0, plain(as<ast::Name>(node).name), false};
  if (&type == &type_info<ast::Option>()) return {0, plain(as<ast::Option>(node).name), false};
  if (&type == &type_info<ast::Privilege>()) return {0, plain(as<ast::Privilege>(node).name), false};
  if (&type == &type_info<ast::Role>()) return {0, plain(as<ast::Role>(node).name), false};
  if (&type == &type_info<ast::Constraint>())
    return {static_cast<size_t>(as<ast::Constraint>(node).kind), {}, false};
  return {};
}

/// `*` stands for any words.
bool fits_kind(std::string_view pattern, std::string_view kind) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == kind;
  if (!kind.starts_with(pattern.substr(0, star))) return false;
  for (size_t at = star; at <= kind.size(); ++at) {
    if (fits_kind(pattern.substr(star + 1), kind.substr(at))) return true;
  }
  return false;
}

/// The word with which the kind of such a statement begins; empty where it can be several.
std::string_view first_word(const TypeInfo& statement) {
  constexpr std::pair<std::string_view, std::string_view> beginnings[] = {
      {"Create", "CREATE"}, {"Alter", "ALTER"},   {"Drop", "DROP"},      {"Comment", "COMMENT"},
      {"CopyFrom", "COPY"}, {"Select", "SELECT"}, {"Refresh", "REFRESH"}};
  for (const auto& [name, word] : beginnings) {
    if (statement.name.starts_with(name)) return word;
  }
  return {};
}

}  // namespace

const std::span<const Rule> engine_rules = rules_of_engine;

struct RuleProgram::Index {
  struct Alternative {
    std::vector<Candidate> any;
    std::unordered_map<std::string_view, std::vector<Candidate>> by_word;  ///< those of `any` among them
  };
  struct Table {
    std::vector<Alternative> alternatives;
  };

  explicit Index(std::vector<const RewriteRule*> its_rules)
      : rules(std::move(its_rules)), tables(ast::type_count()) {
    for (size_t rule = 0; rule < rules.size(); ++rule) {
      std::vector<Hurdle>& of_rule = hurdles.emplace_back();
      for (size_t match = 0; match < rules[rule]->matches.size(); ++match) {
        of_rule.push_back(hurdle_of(*rules[rule], rules[rule]->matches[match]));
        add({rule, match});
      }
    }
    find_reachable();
  }

  bool empty() const { return rules.empty(); }

  const std::vector<Candidate>& candidates(const TypeInfo& type, const void* node) const {
    static const std::vector<Candidate> none;
    const Table& table = tables[type.id];
    if (table.alternatives.empty()) return none;
    const Entry entry = entry_of(type, node, false);
    if (entry.alternative >= table.alternatives.size()) return none;
    const Alternative& alternative = table.alternatives[entry.alternative];
    if (!alternative.by_word.empty()) {
      const auto found = alternative.by_word.find(entry.word);
      if (found != alternative.by_word.end()) return found->second;
    }
    return alternative.any;
  }

  /// Candidates among statements of a kind, by their command's words. A dump has few kinds: `known`
  /// remembers.
  const std::vector<Candidate>& of_kind(
      const std::string& kind, std::unordered_map<std::string, std::vector<Candidate>>& known) const {
    const auto [it, unknown] = known.emplace(kind, std::vector<Candidate>());
    std::vector<Candidate>& result = it->second;
    if (!unknown) return result;
    if (const auto found = kinds.find(kind); found != kinds.end()) result = found->second;
    for (const auto& [pattern, candidate] : kind_patterns) {
      if (fits_kind(pattern, kind)) result.push_back(candidate);
    }
    if (!kind_patterns.empty()) std::sort(result.begin(), result.end());
    return result;
  }
  bool wants_kind(const ast::StatementNode& node) const { return kind_alternatives[node.index()]; }

  std::vector<const RewriteRule*> rules;
  std::vector<std::vector<Hurdle>> hurdles;  ///< of each rule's matches
  std::vector<Table> tables;                 ///< by type id
  std::vector<bool> reachable;               ///< by type id: a candidate may stand in it
  std::vector<std::vector<size_t>> ways;     ///< by type id: the fields that are or lead to candidates
  std::unordered_map<std::string, std::vector<Candidate>> kinds;
  std::vector<std::pair<std::string, Candidate>> kind_patterns;  ///< those with a `*`
  std::vector<bool> kind_alternatives = std::vector<bool>(std::variant_size_v<ast::StatementNode>);

 private:
  static size_t alternatives_of(const TypeInfo& type) {
    if (type.kind == Kind::variant) return type.alternatives.size();
    if (&type == &type_info<ast::Expr>()) return std::variant_size_v<ast::Expr::Node>;
    if (&type == &type_info<ast::Constraint>()) return type.field("kind")->type->words.size();
    return 1;
  }

  void add(Candidate candidate) {
    const Match& match = rules[candidate.rule]->matches[candidate.match];
    if (!match.kinds.empty()) {
      for (const std::string& kind : match.kinds) {
        if (kind.find('*') == std::string::npos)
          kinds[kind].push_back(candidate);
        else
          kind_patterns.emplace_back(kind, candidate);
        const auto& statements = type_info<ast::StatementNode>().alternatives;
        for (size_t i = 0; i < statements.size(); ++i) {
          const std::string_view word = first_word(*statements[i]);
          if (word.empty() || kind.starts_with(word)) kind_alternatives[i] = true;
        }
      }
      return;
    }
    Table& table = tables[match.type->id];
    table.alternatives.resize(alternatives_of(*match.type));
    Entry entry;
    entry.any_alternative = !match.pattern;
    if (match.pattern) entry = entry_of(*match.type, match.pattern.node.get(), true);
    for (size_t i = 0; i < table.alternatives.size(); ++i) {
      if (!entry.any_alternative && i != entry.alternative) continue;
      Alternative& alternative = table.alternatives[i];
      if (entry.word.empty()) {
        alternative.any.push_back(candidate);
        for (auto& [word, candidates] : alternative.by_word) candidates.push_back(candidate);
      } else {
        const auto [it, inserted] = alternative.by_word.emplace(entry.word, alternative.any);
        it->second.push_back(candidate);
      }
    }
  }

  void find_reachable() {
    reachable.assign(ast::type_count(), false);
    if (rules.empty()) return;
    static const std::vector<const TypeInfo*> types = [] {
      std::vector<const TypeInfo*> all;
      collect(type_info<ast::StatementNode>(), all);
      return all;
    }();
    for (bool grown = true; grown;) {
      grown = false;
      for (const TypeInfo* type : types) {
        if (reachable[type->id]) continue;
        auto has = [&](const TypeInfo* part) {
          return !tables[part->id].alternatives.empty() || reachable[part->id];
        };
        const bool now = (type->element != nullptr && has(type->element)) ||
                         std::any_of(type->alternatives.begin(), type->alternatives.end(), has) ||
                         std::any_of(type->fields.begin(), type->fields.end(),
                                     [&](const FieldInfo& field) { return has(field.type); });
        reachable[type->id] = now;
        grown = grown || now;
      }
    }
    ways.resize(ast::type_count());
    for (const TypeInfo* type : types) {
      for (size_t i = 0; i < type->fields.size(); ++i) {
        const size_t id = type->fields[i].type->id;
        if (reachable[id] || !tables[id].alternatives.empty()) ways[type->id].push_back(i);
      }
    }
  }
  static void collect(const TypeInfo& type, std::vector<const TypeInfo*>& types) {
    if (std::find(types.begin(), types.end(), &type) != types.end()) return;
    types.push_back(&type);
    if (type.element != nullptr) collect(*type.element, types);
    for (const TypeInfo* alternative : type.alternatives) collect(*alternative, types);
    for (const FieldInfo& field : type.fields) collect(*field.type, types);
  }
};

namespace {

/// Whether the pattern, the new form or both say something about a field.
bool says(const TypeInfo& type, const void* node) {
  return node != nullptr && !ast::is_empty(type, node);
}

/// Open nodes keep what neither the pattern nor the new form mentions; see docs/rule-language.md.
bool is_open(const TypeInfo& type) {
  return type.kind == Kind::structure && &type != &type_info<ast::Expr>() &&
         &type != &type_info<ast::TypeName>() && &type != &type_info<ast::Name>() &&
         &type != &type_info<ast::Role>();
}

/// Puts the new form in place of the node: what it says is set, what only the pattern said is cleared, the
/// rest stays.
void replace(const TypeInfo& type, void* node, const void* pattern, const void* form) {
  void* fresh = const_cast<void*>(form);
  void* wanted = const_cast<void*>(pattern);
  if (type.kind == Kind::variant && type.index(node) == type.index(form)) {
    const TypeInfo& held = *type.alternatives[type.index(node)];
    return replace(held, type.held(node), wanted == nullptr ? nullptr : type.held(wanted), type.held(fresh));
  }
  if (&type == &type_info<ast::TypeName>() && pattern != nullptr) {
    // Arrays and sets of a type stay arrays and sets of what it becomes.
    const auto& wanted_type = as<ast::TypeName>(pattern);
    ast::TypeName now = as<ast::TypeName>(form);
    now.set_of = now.set_of || as<ast::TypeName>(node).set_of;
    now.offset = as<ast::TypeName>(node).offset;
    if (wanted_type.array_bounds.empty() && !variable_in(wanted_type.name.name))
      now.array_bounds.insert(now.array_bounds.begin(), as<ast::TypeName>(node).array_bounds.begin(),
                              as<ast::TypeName>(node).array_bounds.end());
    return type.assign(node, &now);
  }
  if (&type == &type_info<ast::Expr>()) {
    // It stands where the old one stood; the form's own offset is one of the rule file.
    ast::Expr now = as<ast::Expr>(form);
    now.offset = as<ast::Expr>(node).offset;
    return type.assign(node, &now);
  }
  if (!is_open(type)) return type.assign(node, form);
  for (const FieldInfo& field : type.fields) {
    void* now = field.member(node);
    void* then = field.member(fresh);
    void* matched = wanted == nullptr ? nullptr : field.member(wanted);
    if (says(*field.type, then)) {
      if (is_open(*field.type)) {
        replace(*field.type, now, matched, then);
      } else {
        field.type->assign(now, then);
      }
    } else if (says(*field.type, matched)) {
      field.type->assign(now, then);
    }
  }
}

/// Structures inside each other.
size_t depth(const TypeInfo& type, void* node) {
  size_t most = 0;
  ast::for_each_part(type, node,
                     [&](const TypeInfo& part, void* held) { most = std::max(most, depth(part, held)); });
  return type.kind == Kind::structure ? most + 1 : most;
}

/// Where a node hangs, so that it can be taken out.
struct Slot {
  const TypeInfo* list = nullptr;
  void* items = nullptr;
  size_t index = 0;
  const TypeInfo* box = nullptr;
  void* boxed = nullptr;
  const TypeInfo* plain = nullptr;  ///< a field of this type
  bool required = false;            ///< the list or box must not become empty
};

enum class Visit { kept, gone };

class Run {
 public:
  explicit Run(PassContext& context) : context_(context) {}

  /// All statements, those that rules add on the way included.
  template <class Index>
  void all(const Index& rewriting, const Index& reporting) {
    enabled(rewriting, rewriting_enabled_);
    enabled(reporting, reporting_enabled_);
    // Rules may add statements to the end, which are then looked at too.
    for (size_t i = 0; i < context_.script.statements.size(); ++i) {
      ast::Statement& statement = context_.script.statements[i];
      if (!statement.live()) continue;
      begin(statement);
      if (!rewriting.empty()) until_nothing_changes(rewriting);
      if (!reporting.empty() && statement.live()) {
        enabled_ = &reporting_enabled_;
        walk(reporting);
      }
    }
  }

 private:
  template <class Index>
  void enabled(const Index& index, std::vector<bool>& flags) const {
    for (const RewriteRule* rule : index.rules)
      flags.push_back(!rule->target || rule->target->holds(context_.target));
  }

  void begin(ast::Statement& statement) {
    statement_ = &statement;
    texts_known_ = false;
    tried_ = 0;
    changed_.clear();
    done_.clear();
    told_.clear();
  }

  template <class Index>
  void until_nothing_changes(const Index& index) {
    enabled_ = &rewriting_enabled_;
    std::vector<const RewriteRule*> lately;
    size_t limit = most_rounds;
    for (size_t round = 0; round < limit; ++round) {
      changed_.clear();
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
      named.report(rules_of_engine[never_ends], *statement_, object,
                   "the rule " + last[0]->shown() + " never comes to an end on `" + object + "`");
    } else {
      named.report(rules_of_engine[undo_each_other], *statement_, object,
                   "the rules " + last[0]->shown() + " and " + last[1]->shown() + " undo each other on `" +
                       object + "`");
    }
    named.needs_person(*statement_, "rewrite rules do not come to an end on it");
  }

  // --- the walk

  template <class Index>
  void walk(const Index& index) {
    table_ = nullptr;
    column_ = nullptr;
    offset_ = -1;
    field_ = {};
    required_ = false;
    path_.clear();
    command_gone_ = false;
    const TypeInfo& type = type_info<ast::StatementNode>();
    // What a pass added word for word is meant as it stands: it says what only CockroachDB has a form for.
    const bool is_meant =
        statement_->fate == ast::Fate::added && std::holds_alternative<ast::Opaque>(statement_->node);
    if (!is_meant && index.wants_kind(statement_->node)) {
      const std::vector<Candidate>& candidates =
          index.of_kind(ast::statement_kind(statement_->node), kinds_[&index]);
      if (!candidates.empty() && try_all(index, candidates, type, &statement_->node, {}) == Visit::gone)
        return;
    }
    if (!index.reachable[type.id] && index.tables[type.id].alternatives.empty()) return;
    visit(index, type, &statement_->node, {});
  }

  /// Parents come before their children, so that the rule that says more about a place comes first. What was
  /// changed is looked into in the next round: a rule that puts what it matches into something larger would
  /// not come back from here.
  template <class Index>
  Visit visit(const Index& index, const TypeInfo& type, void* node, const Slot& slot) {
    if (!index.tables[type.id].alternatives.empty()) {
      const std::vector<Candidate>& candidates = index.candidates(type, node);
      const size_t changes = changed_.size();
      if (!candidates.empty() && try_all(index, candidates, type, node, slot) == Visit::gone)
        return Visit::gone;
      if (changed_.size() > changes) return Visit::kept;
    }
    return index.reachable[type.id] ? inside(index, type, node) : Visit::kept;
  }

  /// What hangs below a node.
  template <class Index>
  Visit inside(const Index& index, const TypeInfo& type, void* node) {
    switch (type.kind) {
      case Kind::structure: {
        const ast::Name* const table = table_;
        const ast::Column* const column = column_;
        const int64_t offset = offset_;
        enter(type, node);
        for (const size_t i : index.ways[type.id]) {
          const FieldInfo& field = type.fields[i];
          const std::string_view outer = field_;
          field_ = field.name;
          const bool outer_required = required_;
          required_ = field.required;
          path_.push_back(i);
          Slot slot;
          slot.plain = field.type;
          const Visit result = visit(index, *field.type, field.member(node), slot);
          path_.pop_back();
          field_ = outer;
          required_ = outer_required;
          if (command_gone_ || (result == Visit::gone && !statement_->live())) return Visit::gone;
        }
        table_ = table;
        column_ = column;
        offset_ = offset;
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
          path_.push_back(i);
          Slot slot;
          slot.list = &type;
          slot.items = node;
          slot.required = required_;
          slot.index = i;
          if (type.element == &type_info<ast::AlterCommand>()) command_ = slot;
          const Visit result = visit(index, *type.element, type.at(node, i), slot);
          path_.pop_back();
          if (result == Visit::gone && !statement_->live()) return Visit::gone;
          if (type.element == &type_info<ast::AlterCommand>()) command_gone_ = false;
          if (result != Visit::gone) ++i;
        }
        return Visit::kept;
      default:
        return Visit::kept;
    }
  }

  template <class Index>
  static bool interesting(const Index& index, const TypeInfo& type) {
    return index.reachable[type.id] || !index.tables[type.id].alternatives.empty();
  }

  void enter(const TypeInfo& type, void* node) {
    const int64_t offset = type.offset(node);
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

  template <class Index>
  Visit try_all(const Index& index, const std::vector<Candidate>& candidates, const TypeInfo& type,
                void* node, const Slot& slot) {
    const ast::Name* const outer_table = table_;
    if (&type == &type_info<ast::StatementNode>()) {
      auto& held = *static_cast<ast::StatementNode*>(node);
      enter(*type.alternatives[held.index()], type.held(node));
    }
    const int64_t own = type.offset(node);
    const ast::Column* column =
        &type == &type_info<ast::Column>() ? static_cast<const ast::Column*>(node) : column_;
    Site site{context_, *statement_, type, node, table_, column, field_, own >= 0 ? own : offset_};
    size_t acted = index.rules.size();  // of a rule's alternatives the first that fits counts
    Visit result = Visit::kept;
    for (const Candidate& candidate : candidates) {
      const RewriteRule& rule = *index.rules[candidate.rule];
      if (!(*enabled_)[candidate.rule] || candidate.rule == acted) continue;
      // A rule is not fed with what it added itself.
      if (statement_->fate == ast::Fate::added && made_by(*statement_, rule)) continue;
      bindings_.clear();
      const bool explained = rule.name == context_.options.explained_rule;
      if (!explained && !passes(index.hurdles[candidate.rule][candidate.match], site)) continue;
      if (!fits(rule, rule.matches[candidate.match], site, explained)) continue;
      acted = candidate.rule;
      if (act(rule, rule.matches[candidate.match], site, slot) == Visit::gone) {
        result = Visit::gone;
        break;
      }
    }
    table_ = outer_table;
    return result;
  }

  /// The texts of a statement are gathered once some candidates were tried: most statements have few.
  bool passes(const Hurdle& hurdle, const Site& site) {
    constexpr size_t few = 8;
    if (!hurdle.in_table.empty() &&
        (site.table == nullptr || site.table->name.find(hurdle.in_table) == std::string::npos))
      return false;
    if (!hurdle.in_column.empty() &&
        as<ast::Column>(site.node).name.find(hurdle.in_column) == std::string::npos)
      return false;
    if (hurdle.texts == 0) return true;
    if (!texts_known_) {
      if (++tried_ <= few) return true;
      texts_ = bits_of(type_info<ast::StatementNode>(), &statement_->node);
      texts_known_ = true;
    }
    return (hurdle.texts & ~texts_) == 0;
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
        Binding binding{
            match.table.substr(1), &type_info<ast::Name>(), false, {type_info<ast::Name>().copy(site.table)}};
        if (!bindings_.bind(std::move(binding))) return false;
      } else if (match.table != site.table->name) {
        why = "the table is `" + to_string(*site.table) + "`";
        return false;
      }
    }
    if (!match.column.empty()) {
      const auto& column = as<ast::Column>(site.node);
      if (match.column[0] == '$') {
        bindings_.bind_text(match.column.substr(1), column.name);
      } else if (match.column != column.name) {
        why = "the column is `" + column.name + "`";
        return false;
      }
    }
    return true;
  }

  // --- what happens

  Visit act(const RewriteRule& rule, const Match& match, Site& site, const Slot& slot) {
    if (rule.actions.empty()) {
      report(rule, site);
      return Visit::kept;
    }
    // Texts speak of what was found, not of what it became.
    const std::string message = rule.finding != nullptr ? filled(rule.say, site, bindings_) : std::string();
    const std::string object = rule.about.empty() ? site.object() : filled(rule.about, site, bindings_);
    PassContext context = context_.named(rule.touches_as);
    const std::shared_ptr<void> before = site.type.copy(site.node);
    std::optional<ast::TypeName> type_before;
    if (site.column != nullptr) type_before = site.column->type;
    bool structural = false;
    Visit result = Visit::kept;
    for (const Action& action : rule.actions) {
      if (!once(rule, action)) continue;
      if (!perform(rule, match, action, context, site, slot, structural, result)) {
        return Visit::kept;
      }
      if (result == Visit::gone) break;
    }
    const bool changed =
        structural || result == Visit::gone || !ast::equal(site.type, before.get(), site.node);
    if (!changed) return result;
    if (result != Visit::gone && site.column != nullptr && type_before && site.column->source_type.empty() &&
        !ast::equal(type_info<ast::TypeName>(), &*type_before, &site.column->type)) {
      const_cast<ast::Column*>(site.column)->source_type = *type_before;
    }
    if (&site.type == &type_info<ast::StatementNode>() && result != Visit::gone)
      keep_source_types(*static_cast<const ast::StatementNode*>(before.get()), site.statement.node);
    changed_.push_back(&rule);
    texts_known_ = false;
    if (site.statement.live()) context.rewritten(site.statement);
    if (rule.finding != nullptr && tell(rule, site))
      context.report(*rule.finding, site.statement, object, message, site.offset);
    return result;
  }

  void report(const RewriteRule& rule, const Site& site) {
    PassContext context = context_.named(rule.touches_as);
    if (rule.finding != nullptr && tell(rule, site))
      context.report(*rule.finding, site.statement,
                     rule.about.empty() ? site.object() : filled(rule.about, site, bindings_),
                     filled(rule.say, site, bindings_), site.offset);
  }

  /// Types in expressions are told of where nothing was said of the statement yet: a column's own says more.
  bool tell(const RewriteRule& rule, const Site& site) {
    const bool first = told_.insert(rule.finding).second;
    if (rule.once) return first;
    return first || &site.type != &type_info<ast::TypeName>() || site.is_type_of_column();
  }

  /// Adding is not visible in the node, so each place gets it once.
  bool once(const RewriteRule& rule, const Action& action) {
    if (action.kind != Action::Kind::add_statement && action.kind != Action::Kind::add_element) return true;
    std::string key = rule.name + std::to_string(action.place.begin);
    for (const size_t step : path_) key += "/" + std::to_string(step);
    return done_.insert(std::move(key)).second;
  }

  /// A table that was rewritten as a whole: its columns' types in PostgreSQL are those that they had.
  static void keep_source_types(const ast::StatementNode& before, ast::StatementNode& after) {
    const auto* old_table = std::get_if<ast::CreateTable>(&before);
    auto* new_table = std::get_if<ast::CreateTable>(&after);
    if (old_table == nullptr || new_table == nullptr) return;
    for (ast::Column& column : new_table->columns) {
      const auto it = std::find_if(old_table->columns.begin(), old_table->columns.end(),
                                   [&](const ast::Column& other) { return other.name == column.name; });
      if (it == old_table->columns.end() || !column.source_type.empty()) continue;
      if (!it->source_type.empty())
        column.source_type = it->source_type;
      else if (!ast::equal(type_info<ast::TypeName>(), &it->type, &column.type))
        column.source_type = it->type;
    }
  }

  /// False where the rule could not be carried out; that is reported.
  bool perform(const RewriteRule& rule, const Match& match, const Action& action, PassContext& context,
               Site& site, const Slot& slot, bool& structural, Visit& result) {
    ast::Statement& statement = site.statement;
    auto reason = [&](std::string_view otherwise) {
      return action.text.empty() ? std::string(otherwise) : filled(action.text, site, bindings_);
    };
    switch (action.kind) {
      case Action::Kind::remove:
        result = Visit::gone;
        return remove(rule, context, site, slot, reason("a rule leaves it out"));
      case Action::Kind::hold:
        context.needs_person(statement, reason("a rule holds it back"));
        result = Visit::gone;
        return true;
      case Action::Kind::move:
        if (!context.options.in_order &&
            (statement.phase != action.phase || statement.fate != ast::Fate::moved)) {
          structural = true;
          context.move(statement, action.phase, reason("a rule moves it"));
        }
        return true;
      case Action::Kind::rewrite: {
        const std::shared_ptr<void> form = made(rule, action, context, site);
        if (!form) return false;
        if (&site.type == &type_info<ast::Column>()) static_cast<ast::Column*>(form.get())->name.clear();
        replace(site.type, site.node, match.pattern ? match.pattern.node.get() : nullptr, form.get());
        return true;
      }
      case Action::Kind::add_statement: {
        ast::StatementNode node;
        if (action.fragment) {
          const std::shared_ptr<void> form = made(rule, action, context, site);
          if (!form) return false;
          node = *static_cast<ast::StatementNode*>(form.get());
        } else {
          node = ast::Opaque{"verbatim", filled_sql(action.text, site, bindings_)};
        }
        ast::Statement& added = context.add(std::move(node), statement, action.phase);
        // What made its origin made it too: no rule is fed by its own chain.
        added.passes.insert(added.passes.begin(), statement.passes.begin(), statement.passes.end());
        structural = true;
        return true;
      }
      case Action::Kind::add_element: {
        const Reached list = reach(site.type, site.node, action.path, Boxes::fill);
        const std::shared_ptr<void> form = made(rule, action, context, site);
        if (!form) return false;
        if (list.node == nullptr) return cannot(rule, context, site, "there is no list to add to");
        list.type->insert(list.node, list.type->size(list.node), form.get());
        return true;
      }
      case Action::Kind::set: {
        const Reached part = reach(site.type, site.node, action.path, Boxes::fill);
        if (part.node == nullptr) return cannot(rule, context, site, "it has no such part");
        if (!action.text.empty()) {
          *static_cast<std::string*>(part.node) = filled(action.text, site, bindings_);
          return true;
        }
        const std::shared_ptr<void> form = made(rule, action, context, site);
        if (!form) return false;
        const bool boxed = part.type->kind == Kind::box;
        (boxed ? part.type->element : part.type)
            ->assign(boxed ? part.type->fill(part.node) : part.node, form.get());
        return true;
      }
      case Action::Kind::unset: {
        std::vector<std::string> parents(action.path.begin(), action.path.end() - 1);
        const Reached parent = follow(site.type, site.node, parents);
        if (parent.node == nullptr) return true;
        const Reached part = reach(*parent.type, parent.node, {action.path.back()}, Boxes::fill);
        if (part.node != nullptr) part.type->assign(part.node, part.type->make().get());
        return true;
      }
      case Action::Kind::replace_text: {
        const Reached part = follow(site.type, site.node, action.path);
        if (part.node == nullptr || part.type->kind != Kind::text) return true;
        auto& text = *static_cast<std::string*>(part.node);
        // std::regex recurses once a character.
        if (text.size() > 4096) return cannot(rule, context, site, "the text is too long to be searched");
        text = std::regex_replace(text, action.regex->get(), filled(action.text, site, bindings_));
        return true;
      }
      case Action::Kind::rename: {
        const std::string name = filled(action.text, site, bindings_);
        const Result<bool> renamed = rename(context, site, name);
        if (!renamed) return cannot(rule, context, site, renamed.error().message);
        structural = *renamed;
        return true;
      }
    }
    return true;
  }

  bool cannot(const RewriteRule& rule, PassContext& context, const Site& site, const std::string& why) {
    context.report(rules_of_engine[cannot_write], site.statement, site.object(),
                   "the rule " + rule.shown() + " cannot be carried out on `" + site.object() + "`: " + why,
                   site.offset);
    context.needs_person(site.statement, "a rewrite rule could not be carried out");
    return false;
  }

  /// The action's fragment with its variables filled in; null, and reported, where that cannot be done.
  std::shared_ptr<void> made(const RewriteRule& rule, const Action& action, PassContext& context,
                             const Site& site) {
    std::shared_ptr<void> form = action.fragment.type->copy(action.fragment.node.get());
    std::string problem;
    Bindings all = bindings_;
    with_implicit(all, site);
    if (instantiate(*action.fragment.type, form.get(), all, problem)) return form;
    cannot(rule, context, site, "`" + problem + "` cannot stand there");
    return nullptr;
  }

  static void with_implicit(Bindings& bindings, const Site& site) {
    if (site.table != nullptr && bindings.find("table") == nullptr)
      bindings.bind({"table", &type_info<ast::Name>(), false, {type_info<ast::Name>().copy(site.table)}});
    if (site.column != nullptr && bindings.find("column") == nullptr)
      bindings.bind_text("column", site.column->name);
  }

  bool remove(const RewriteRule& rule, PassContext& context, Site& site, const Slot& slot,
              const std::string& reason) {
    ast::Statement& statement = site.statement;
    if (&site.type == &type_info<ast::StatementNode>()) {
      context.drop(statement, reason);
      return true;
    }
    const std::string object = site.object();
    if (rule.finding == nullptr && &site.type == &type_info<ast::Column>()) {
      context.report(rules_of_engine[column_left_out], statement, object,
                     "the rule " + rule.shown() + " leaves `" + object + "` out, and its values with it",
                     site.offset);
    }
    if (slot.list != nullptr) {
      slot.list->erase(slot.items, slot.index);
      if (slot.list->size(slot.items) > 0) return true;
      // Without any entry left, these say nothing any more.
      const bool commands = slot.list->element == &type_info<ast::AlterCommand>();
      const bool privileges = slot.list->element == &type_info<ast::Privilege>();
      if (commands || privileges) {
        context.drop(statement, reason);
      } else if (slot.required) {
        context.report(rules_of_engine[leaves_nothing], statement, object,
                       "the rule " + rule.shown() + " leaves nothing of `" + object + "`");
        context.needs_person(statement, "a rewrite rule left nothing of it");
      }
      return true;
    }
    if (slot.box != nullptr) {
      if (slot.required) return cannot(rule, context, site, "what it is in cannot be without it");
      slot.box->reset(slot.boxed);
      return true;
    }
    // The column of ADD COLUMN and the constraint of ADD CONSTRAINT are what the command is.
    if (&site.type == &type_info<ast::Column>() || &site.type == &type_info<ast::Constraint>()) {
      command_.list->erase(command_.items, command_.index);
      command_gone_ = true;
      if (command_.list->size(command_.items) == 0) context.drop(statement, reason);
      return true;
    }
    if (slot.plain == &site.type) {
      site.type.assign(site.node, site.type.make().get());
      return true;
    }
    return cannot(rule, context, site, "it cannot be taken out of what it is in");
  }

  PassContext& context_;
  std::vector<bool> rewriting_enabled_, reporting_enabled_;
  const std::vector<bool>* enabled_ = nullptr;
  ast::Statement* statement_ = nullptr;
  Bindings bindings_;
  std::vector<const RewriteRule*> changed_;  ///< in this round
  std::set<std::string> done_;               ///< additions that were made
  std::set<const Rule*> told_;
  std::unordered_map<const void*, std::unordered_map<std::string, std::vector<Candidate>>>
      kinds_;           ///< of each index, candidates by the kind of statement
  uint64_t texts_ = 0;  ///< bits of the statement's texts, where they are known
  bool texts_known_ = false;
  size_t tried_ = 0;  ///< candidates in the statement
  // The way to the node.
  const ast::Name* table_ = nullptr;
  const ast::Column* column_ = nullptr;
  int64_t offset_ = -1;
  std::string_view field_;
  bool required_ = false;  ///< that field is never left empty
  std::vector<size_t> path_;
  Slot command_;               ///< the command of ALTER TABLE that the way leads through
  bool command_gone_ = false;  ///< it was taken out of its list, and the way back leads nowhere
};

/// Whether whatever fits `narrow` fits `wide` too: the same words, or a pattern that matches the other.
bool covers(const Match& wide, const Match& narrow) {
  if (wide.type != narrow.type) return false;
  if (!wide.kinds.empty() || !narrow.kinds.empty()) {
    return !wide.kinds.empty() && !narrow.kinds.empty() &&
           std::all_of(narrow.kinds.begin(), narrow.kinds.end(), [&](const std::string& kind) {
             return std::any_of(wide.kinds.begin(), wide.kinds.end(),
                                [&](const std::string& pattern) { return fits_kind(pattern, kind); });
           });
  }
  const auto any = [](const std::string& name) { return name.empty() || name.starts_with('$'); };
  if ((!any(wide.table) && wide.table != narrow.table) || (!any(wide.column) && wide.column != narrow.column))
    return false;
  if (!wide.pattern) return true;
  Bindings bindings;
  return narrow.pattern && matches(*wide.type, wide.pattern.node.get(), narrow.pattern.node.get(), bindings);
}

bool takes_all(const RewriteRule& rule) {
  return !rule.condition && !rule.target &&
         std::any_of(rule.actions.begin(), rule.actions.end(), [](const Action& action) {
           return action.kind == Action::Kind::remove || action.kind == Action::Kind::rewrite ||
                  action.kind == Action::Kind::hold;
         });
}

bool same_placement(const RewriteRule& a, const RewriteRule& b) {
  if (!a.placement || !b.placement) return a.placement.has_value() == b.placement.has_value();
  return a.placement->pass == b.placement->pass && a.placement->side == b.placement->side;
}

}  // namespace

RuleProgram::RuleProgram(std::vector<const RewriteRule*> rules) {
  std::vector<const RewriteRule*> reporting;
  std::erase_if(rules, [&](const RewriteRule* rule) {
    if (rule->actions.empty()) reporting.push_back(rule);
    return rule->actions.empty();
  });
  rewriting_ = std::make_unique<Index>(std::move(rules));
  reporting_ = std::make_unique<Index>(std::move(reporting));
}

RuleProgram::RuleProgram(RuleProgram&&) noexcept = default;
RuleProgram::~RuleProgram() = default;

void RuleProgram::run(PassContext& context) const {
  Run(context).all(*rewriting_, *reporting_);
}

std::optional<RuleProblem> find_shadowed(const std::vector<const RewriteRule*>& rules,
                                         const std::vector<const RuleFile*>& files) {
  for (size_t i = 0; i < rules.size(); ++i) {
    const RewriteRule& earlier = *rules[i];
    if (!takes_all(earlier)) continue;
    for (size_t k = i + 1; k < rules.size(); ++k) {
      const RewriteRule& later = *rules[k];
      const bool covered = !later.actions.empty() && same_placement(earlier, later) &&
                           std::all_of(later.matches.begin(), later.matches.end(), [&](const Match& match) {
                             return std::any_of(earlier.matches.begin(), earlier.matches.end(),
                                                [&](const Match& other) { return covers(other, match); });
                           });
      if (!covered) continue;
      for (const RuleFile* file : files) {
        if (file->path != later.file) continue;
        return problem_at(
            file->path, file->text, later.place,
            "the rule `" + later.name + "` can never match: " + earlier.shown() + " takes all that it could",
            "put the narrower rule first, or give the wider one a condition");
      }
    }
  }
  return std::nullopt;
}

}  // namespace pg2crdb::rewrite
