#include "rewrite/rule_index.h"

#include <algorithm>

#include "rewrite/fragment.h"

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
