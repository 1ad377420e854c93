#include "rewrite/rule_index.h"

#include <algorithm>

#include "rewrite/fragment.h"
#include "rewrite/node_variables.h"

namespace pg2crdb::rewrite {

using ast::FieldInfo;
using ast::type_info;
using ast::TypeInfo;
using Kind = TypeInfo::Kind;

namespace {

template <class T>
const T& as(const void* node) {
  return *static_cast<const T*>(node);
}

/// One of 64 bits, by what is quickly seen of a text.
uint64_t bit_of(std::string_view text) {
  if (text.empty()) return 1;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const size_t mixed =
      text.size() + at(0) * size_t{7} + at(text.size() / 2) * size_t{31} + at(text.size() - 1) * size_t{3};
  return uint64_t{1} << (mixed % 61);
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

using Needs = std::vector<std::vector<Need>>;

/// A text that a value has to be; nothing where an empty one may be it.
std::optional<Need> need_of(const FieldInfo& field, std::string_view text) {
  const TypeInfo& type = *field.type;
  if (type.kind == Kind::enumeration) {
    const auto word = std::find(type.words.begin(), type.words.end(), text);
    return word == type.words.end() ? std::nullopt : std::optional(Need{&field, word - type.words.begin()});
  }
  const bool is_text = type.kind == Kind::text || &type == &type_info<ast::Name>();
  return is_text && !text.empty() ? std::optional(Need{&field}) : std::nullopt;
}

/// What the fields of a structure say wherever the condition holds; nothing of what is not seen.
Needs needs_of(const Condition& condition, const TypeInfo& type) {
  if (condition.kind == Condition::Kind::conjunction) {
    Needs both = needs_of(condition.parts[0], type);
    for (std::vector<Need>& need : needs_of(condition.parts[1], type)) both.push_back(std::move(need));
    return both;
  }
  if (condition.kind == Condition::Kind::disjunction) {
    Needs either = needs_of(condition.parts[0], type);
    const Needs other = needs_of(condition.parts[1], type);
    if (either.empty() || other.empty()) return {};
    either.resize(1);
    either[0].insert(either[0].end(), other[0].begin(), other[0].end());
    return either;
  }
  if (condition.left.kind != Value::Kind::path || condition.left.path.empty()) return {};
  const FieldInfo* field = type.field(condition.left.path[0]);
  if (field == nullptr) return {};
  if (condition.kind == Condition::Kind::truth) return {{Need{field}}};
  if (condition.left.path.size() > 1) return {};
  std::vector<std::string> texts;
  if (condition.kind == Condition::Kind::membership && !condition.negated) {
    texts = condition.options;
  } else if (condition.kind == Condition::Kind::comparison && condition.op == "=" &&
             condition.right->kind == Value::Kind::literal) {
    texts = {condition.right->text};
  }
  std::vector<Need> needs;
  for (const std::string& text : texts) {
    const std::optional<Need> need = need_of(*field, text);
    if (!need) return {};
    needs.push_back(*need);
  }
  return needs.empty() ? Needs() : Needs{needs};
}

/// What a pattern of a statement or a command says with words of its own: true, or an enumerator that is not
/// the first.
Needs needs_of(const TypeInfo& type, void* pattern) {
  Needs needs;
  const Traits& traits = traits_of(type);
  for (size_t i = 0; i < type.fields.size(); ++i) {
    const FieldInfo& field = type.fields[i];
    if (field.type->kind != Kind::enumeration && field.type->kind != Kind::boolean) continue;
    const int64_t number = field.type->number(field.member(pattern));
    if (number != 0 && !traits.fields[i].true_by_default) needs.push_back({Need{&field, number}});
  }
  return needs;
}

/// The structure whose fields a condition's paths begin with.
const TypeInfo* structure_of(const Match& match) {
  if (match.type->kind == Kind::structure) return match.type;
  if (match.type->kind != Kind::variant || !match.pattern) return nullptr;
  return match.type->alternatives[match.type->index(match.pattern.node.get())];
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
  if (const TypeInfo* structure = structure_of(match)) {
    if (rule.condition) hurdle.needs = needs_of(*rule.condition, *structure);
    if (match.type->kind == Kind::variant) {
      for (std::vector<Need>& need : needs_of(*structure, match.type->held(match.pattern.node.get())))
        hurdle.needs.push_back(std::move(need));
    }
  }
  return hurdle;
}

/// By what a pattern and its subjects agree in first: the kind of node, then a word of it.
struct Entry {
  size_t alternative = 0;
  std::string_view word = {};  ///< empty: any
  bool any_alternative = false;
};

std::string_view plain(std::string_view word) {
  return variable_in(word) ? std::string_view() : word;
}

Entry entry_of_expr(const ast::Expr& whole, bool pattern) {
  const auto& expr = whole.node;
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

/// Where a node stands in the index. Of a pattern: where to put it; of a subject: where to look. Asked at
/// every node, so the type is looked up once, by its number.
Entry entry_of(const TypeInfo& type, const void* node, bool pattern) {
  using Look = Entry (*)(const void*, bool);
  static const std::vector<Look> looks = [] {
    std::vector<Look> by_type(ast::type_count(), [](const void*, bool) { return Entry{}; });
    const auto look = [&](const TypeInfo& of, Look how) { by_type[of.id] = how; };
    look(type_info<ast::StatementNode>(),
         [](const void* v, bool) { return Entry{as<ast::StatementNode>(v).index()}; });
    look(type_info<ast::AlterCommand>(),
         [](const void* v, bool) { return Entry{as<ast::AlterCommand>(v).index()}; });
    look(type_info<ast::Expr>(), [](const void* v, bool p) { return entry_of_expr(as<ast::Expr>(v), p); });
    look(type_info<ast::TypeName>(), [](const void* v, bool) {
      return Entry{0, plain(as<ast::TypeName>(v).name.name)};
    });
    look(type_info<ast::Column>(), [](const void* v, bool) {
      return Entry{0, plain(as<ast::Column>(v).type.name.name)};
    });
    look(type_info<ast::Name>(), [](const void* v, bool) { return Entry{0, plain(as<ast::Name>(v).name)}; });
    look(type_info<ast::Option>(), [](const void* v, bool) {
      return Entry{0, plain(as<ast::Option>(v).name)};
    });
    look(type_info<ast::Privilege>(), [](const void* v, bool) {
      return Entry{0, plain(as<ast::Privilege>(v).name)};
    });
    look(type_info<ast::Role>(), [](const void* v, bool) { return Entry{0, plain(as<ast::Role>(v).name)}; });
    look(type_info<ast::Constraint>(),
         [](const void* v, bool) { return Entry{static_cast<size_t>(as<ast::Constraint>(v).kind)}; });
    return by_type;
  }();
  return looks[type.id](node, pattern);
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

size_t alternatives_of(const TypeInfo& type) {
  if (type.kind == Kind::variant) return type.alternatives.size();
  if (&type == &type_info<ast::Expr>()) return std::variant_size_v<ast::Expr::Node>;
  if (&type == &type_info<ast::Constraint>()) return type.field("kind")->type->words.size();
  return 1;
}

}  // namespace

bool clears(const Hurdle& hurdle, const TypeInfo& type, void* node) {
  if (!hurdle.in_column.empty() && as<ast::Column>(node).name.find(hurdle.in_column) == std::string::npos)
    return false;
  void* const structure = type.kind == Kind::variant ? type.held(node) : node;
  const auto says = [&](const Need& need) {
    void* const value = need.field->member(structure);
    return need.enumerator ? need.field->type->number(value) == *need.enumerator
                           : !ast::is_empty(*need.field->type, value);
  };
  return std::all_of(hurdle.needs.begin(), hurdle.needs.end(), [&](const std::vector<Need>& one_of) {
    return std::any_of(one_of.begin(), one_of.end(), says);
  });
}

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

bool fits_kind(std::string_view pattern, std::string_view kind) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == kind;
  if (!kind.starts_with(pattern.substr(0, star))) return false;
  for (size_t at = star; at <= kind.size(); ++at) {
    if (fits_kind(pattern.substr(star + 1), kind.substr(at))) return true;
  }
  return false;
}

RuleIndex::RuleIndex(std::vector<const RewriteRule*> rules)
    : rules_(std::move(rules)), tables_(ast::type_count()) {
  for (size_t rule = 0; rule < rules_.size(); ++rule) {
    std::vector<Hurdle>& of_rule = hurdles_.emplace_back();
    for (size_t match = 0; match < rules_[rule]->matches.size(); ++match) {
      of_rule.push_back(hurdle_of(*rules_[rule], rules_[rule]->matches[match]));
      add({rule, match});
    }
  }
  find_ways();
}

const std::vector<Candidate>& RuleIndex::candidates(const TypeInfo& type, const void* node) const {
  static const std::vector<Candidate> none;
  const std::vector<Alternative>& table = tables_[type.id];
  if (table.empty()) return none;
  const Entry entry = entry_of(type, node, false);
  if (entry.alternative >= table.size()) return none;
  const Alternative& alternative = table[entry.alternative];
  if ((alternative.words & bit_of(entry.word)) != 0) {
    const auto found = alternative.by_word.find(entry.word);
    if (found != alternative.by_word.end()) return found->second;
  }
  return alternative.any;
}

const std::vector<Candidate>& RuleIndex::candidates_of_kind(
    const std::string& kind, std::unordered_map<std::string, std::vector<Candidate>>& known) const {
  const auto [it, unknown] = known.emplace(kind, std::vector<Candidate>());
  std::vector<Candidate>& result = it->second;
  if (!unknown) return result;
  if (const auto found = kinds_.find(kind); found != kinds_.end()) result = found->second;
  for (const auto& [pattern, candidate] : kind_patterns_) {
    if (fits_kind(pattern, kind)) result.push_back(candidate);
  }
  if (!kind_patterns_.empty()) std::sort(result.begin(), result.end());
  return result;
}

void RuleIndex::add(Candidate candidate) {
  const Match& match = rules_[candidate.rule]->matches[candidate.match];
  if (!match.kinds.empty()) {
    for (const std::string& kind : match.kinds) {
      if (kind.find('*') == std::string::npos)
        kinds_[kind].push_back(candidate);
      else
        kind_patterns_.emplace_back(kind, candidate);
      const auto& statements = type_info<ast::StatementNode>().alternatives;
      for (size_t i = 0; i < statements.size(); ++i) {
        const std::string_view word = first_word(*statements[i]);
        if (word.empty() || kind.starts_with(word)) kind_alternatives_[i] = true;
      }
    }
    return;
  }
  std::vector<Alternative>& table = tables_[match.type->id];
  table.resize(alternatives_of(*match.type));
  Entry entry;
  entry.any_alternative = !match.pattern;
  if (match.pattern) entry = entry_of(*match.type, match.pattern.node.get(), true);
  for (size_t i = 0; i < table.size(); ++i) {
    if (!entry.any_alternative && i != entry.alternative) continue;
    Alternative& alternative = table[i];
    if (entry.word.empty()) {
      alternative.any.push_back(candidate);
      for (auto& [word, candidates] : alternative.by_word) candidates.push_back(candidate);
    } else {
      const auto [it, inserted] = alternative.by_word.emplace(entry.word, alternative.any);
      it->second.push_back(candidate);
      alternative.words |= bit_of(entry.word);
    }
  }
}

void RuleIndex::find_ways() {
  leads_on_.assign(ast::type_count(), false);
  ways_.resize(ast::type_count());
  if (rules_.empty()) return;
  auto wanted = [&](const TypeInfo* type) { return matches(*type) || leads_on(*type); };
  for (bool grown = true; grown;) {
    grown = false;
    for (size_t id = 0; id < ast::type_count(); ++id) {
      const TypeInfo& type = ast::type_with_id(id);
      if (leads_on_[id]) continue;
      const bool now = (type.element != nullptr && wanted(type.element)) ||
                       std::any_of(type.alternatives.begin(), type.alternatives.end(), wanted) ||
                       std::any_of(type.fields.begin(), type.fields.end(),
                                   [&](const FieldInfo& field) { return wanted(field.type); });
      leads_on_[id] = now;
      grown = grown || now;
    }
  }
  for (size_t id = 0; id < ast::type_count(); ++id) {
    const TypeInfo& type = ast::type_with_id(id);
    for (size_t i = 0; i < type.fields.size(); ++i) {
      if (wanted(type.fields[i].type)) ways_[id].push_back(i);
    }
  }
}

}  // namespace pg2crdb::rewrite
