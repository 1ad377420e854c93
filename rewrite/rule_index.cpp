#include "rewrite/rule_index.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

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
  if (match.pattern) hurdle.texts = texts_of(*match.type, match.pattern.node.get());
  // Where the default of a policy's command is written out, it need not be in the statement.
  if (&*match.type == &type_info<ast::StatementNode>() && match.pattern &&
      std::holds_alternative<ast::CreatePolicy>(as<ast::StatementNode>(match.pattern.node.get())))
    hurdle.texts = {};
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

Entry entry_of_expr(const ast::Expr& whole, bool pattern) {
  const auto& expr = whole.node;
  Entry entry{expr.index(), {}, false};
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr)) entry.word = call->name.name;
  if (const auto* operation = std::get_if<ast::Operation>(&expr); operation && !operation->op.empty())
    entry.word = operation->op.back();
  if (const auto* cast = std::get_if<ast::Cast>(&expr)) entry.word = cast->type.name.name;
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
      return Entry{0, as<ast::TypeName>(v).name.name};
    });
    look(type_info<ast::Column>(), [](const void* v, bool) {
      return Entry{0, as<ast::Column>(v).type.name.name};
    });
    look(type_info<ast::Name>(), [](const void* v, bool) { return Entry{0, as<ast::Name>(v).name}; });
    look(type_info<ast::Option>(), [](const void* v, bool) { return Entry{0, as<ast::Option>(v).name}; });
    look(type_info<ast::Privilege>(), [](const void* v, bool) {
      return Entry{0, as<ast::Privilege>(v).name};
    });
    look(type_info<ast::Role>(), [](const void* v, bool) { return Entry{0, as<ast::Role>(v).name}; });
    look(type_info<ast::Constraint>(),
         [](const void* v, bool) { return Entry{static_cast<size_t>(as<ast::Constraint>(v).kind)}; });
    return by_type;
  }();
  return looks[type.id](node, pattern);
}

/// The word with which the kind of each sort of statement begins; empty where it can be several.
const std::vector<std::string_view>& first_words() {
  static const std::vector<std::string_view> words = [] {
    constexpr std::pair<std::string_view, std::string_view> beginnings[] = {
        {"Create", "CREATE"}, {"Alter", "ALTER"},   {"Drop", "DROP"},      {"Comment", "COMMENT"},
        {"CopyFrom", "COPY"}, {"Select", "SELECT"}, {"Refresh", "REFRESH"}};
    std::vector<std::string_view> all;
    for (const TypeInfo* statement : type_info<ast::StatementNode>().alternatives) {
      const auto found =
          std::find_if(std::begin(beginnings), std::end(beginnings),
                       [&](const auto& beginning) { return statement->name.starts_with(beginning.first); });
      all.push_back(found == std::end(beginnings) ? std::string_view() : found->second);
    }
    return all;
  }();
  return words;
}

/// What may be inside of what, worked out once for all indexes: of each type those that it may be in, however
/// deep, as bits by their ids.
class Insides {
 public:
  /// A field that is more than a word or a number.
  struct Way {
    uint16_t owner = 0;  ///< ids of types
    uint16_t type = 0;
    uint16_t field = 0;
  };

  static const Insides& all() {
    static const Insides insides;
    return insides;
  }
  std::span<const Way> ways_of(size_t owner) const {
    return std::span(ways_).subspan(ways_begin_[owner], ways_begin_[owner + 1] - ways_begin_[owner]);
  }
  size_t count_of_ways() const { return ways_.size(); }
  /// Adds those in which a type may stand, at any depth.
  void add_holders(size_t type, std::vector<uint64_t>& set) const {
    for (size_t i = 0; i < width_; ++i) set[i] |= holders_[type * width_ + i];
  }
  /// Of no type.
  std::vector<uint64_t> none() const { return std::vector<uint64_t>(width_); }

 private:
  Insides() : width_((ast::type_count() + 63) / 64), holders_(ast::type_count() * width_) {
    const size_t count = ast::type_count();
    for (size_t id = 0; id < count; ++id) {
      const std::vector<FieldInfo>& fields = ast::type_with_id(id).fields;
      ways_begin_.push_back(ways_.size());
      for (size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].type->kind < Kind::text)
          ways_.push_back({static_cast<uint16_t>(id), static_cast<uint16_t>(fields[i].type->id),
                           static_cast<uint16_t>(i)});
      }
    }
    ways_begin_.push_back(ways_.size());
    // What holds a type holds what stands in it: those whose holders are more since are looked into again.
    std::vector<size_t> open(count);
    std::iota(open.begin(), open.end(), size_t{0});
    std::vector<char> is_open(count, 1);
    for (size_t next = 0; next < open.size(); ++next) {
      const size_t holder = open[next];
      is_open[holder] = 0;
      for_each_part(holder, [&](size_t part) {
        if (take(part, holder) && std::exchange(is_open[part], 1) == 0) open.push_back(part);
      });
    }
  }

  template <class Use>
  void for_each_part(size_t holder, Use use) const {
    const TypeInfo& type = ast::type_with_id(holder);
    if (type.element != nullptr) use(size_t{type.element->id});
    for (const TypeInfo* alternative : type.alternatives) use(size_t{alternative->id});
    for (const Way& way : ways_of(holder)) use(size_t{way.type});
  }

  /// Whether something new was found.
  bool take(size_t part, size_t holder) {
    uint64_t grown = 0;
    for (size_t i = 0; i < width_; ++i) {
      const uint64_t more =
          holders_[holder * width_ + i] | (holder / 64 == i ? uint64_t{1} << (holder % 64) : 0);
      grown |= more & ~holders_[part * width_ + i];
      holders_[part * width_ + i] |= more;
    }
    return grown != 0;
  }

  size_t width_;  ///< of a set, in numbers
  std::vector<uint64_t> holders_;
  std::vector<Way> ways_;           // by owner
  std::vector<size_t> ways_begin_;  // by owner, and the end of the last
};

void add_texts(const TypeInfo& type, void* node, TextBits& texts) {
  if (type.kind == Kind::text) {
    const auto& text = *static_cast<const std::string*>(node);
    // Passes take pg_catalog off; it is no difference.
    if (!text.empty() && text[0] != variable_mark && text != "pg_catalog") texts.add(text);
    return;
  }
  ast::for_each_part(type, node, [&](const TypeInfo& part, void* held) { add_texts(part, held, texts); });
}

size_t alternatives_of(const TypeInfo& type) {
  if (type.kind == Kind::variant) return type.alternatives.size();
  if (&type == &type_info<ast::Expr>()) return ast::Expr::Node::count;
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

void TextBits::add(std::string_view text) {
  const size_t hash = std::hash<std::string_view>()(text) % (bits_.size() * 64);
  bits_[hash / 64] |= uint64_t{1} << (hash % 64);
}

TextBits texts_of(const TypeInfo& type, void* node) {
  TextBits texts;
  add_texts(type, node, texts);
  return texts;
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

RuleIndex::RuleIndex(std::vector<const RewriteRule*> rules) : rules_(std::move(rules)) {
  if (rules_.empty()) return;
  table_of_.resize(ast::type_count());
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
  if (!matches(type)) return none;
  const Table& table = tables_[table_of_[type.id] - size_t{1}];
  const Entry entry = entry_of(type, node, false);
  if (entry.alternative >= table.places.size()) return none;
  const Alternative& alternative = table.lists[table.places[entry.alternative]];
  if ((alternative.words & bit_of(entry.word)) != 0) {
    const auto found = alternative.by_word.find(entry.word);
    if (found != alternative.by_word.end()) return found->second;
  }
  return alternative.any;
}

const std::vector<Candidate>& RuleIndex::candidates_of_kind(
    const std::string& kind, std::unordered_map<std::string, std::vector<Candidate>>& known) const {
  const auto [it, unknown] = known.try_emplace(kind);
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
      for (size_t i = 0; i < first_words().size(); ++i) {
        if (kind.starts_with(first_words()[i])) kind_alternatives_[i] = true;
      }
    }
    return;
  }
  Table& table = table_of(*match.type);
  Entry entry;
  entry.any_alternative = !match.pattern;
  if (match.pattern) entry = entry_of(*match.type, match.pattern.node.get(), true);
  if (variable_in(entry.word)) entry.word = {};
  const auto put = [&](Alternative& alternative) {
    if (entry.word.empty()) {
      alternative.any.push_back(candidate);
      for (auto& [word, candidates] : alternative.by_word) candidates.push_back(candidate);
    } else {
      const auto [it, inserted] = alternative.by_word.emplace(entry.word, alternative.any);
      it->second.push_back(candidate);
      alternative.words |= bit_of(entry.word);
    }
  };
  if (entry.any_alternative) {
    for (Alternative& alternative : table.lists) put(alternative);
    return;
  }
  uint16_t& place = table.places[entry.alternative];
  if (place == 0) {
    place = static_cast<uint16_t>(table.lists.size());
    Alternative others = table.lists[0];
    table.lists.push_back(std::move(others));
  }
  put(table.lists[place]);
}

RuleIndex::Table& RuleIndex::table_of(const TypeInfo& type) {
  if (!matches(type)) {
    tables_.push_back({std::vector<uint16_t>(alternatives_of(type)), std::vector<Alternative>(1)});
    table_of_[type.id] = static_cast<uint16_t>(tables_.size());
  }
  return tables_[table_of_[type.id] - size_t{1}];
}

void RuleIndex::find_ways() {
  const size_t count = table_of_.size();
  leads_on_.resize(count);
  ways_begin_.resize(count + 1);
  // Each pass of rules has two of these, and most of them match no nodes, or none at all.
  if (tables_.empty()) return;
  const Insides& insides = Insides::all();
  std::vector<uint64_t> leading = insides.none();
  for (size_t id = 0; id < count; ++id) {
    if (table_of_[id] != 0) insides.add_holders(id, leading);
  }
  for (size_t id = 0; id < count; ++id) leads_on_[id] = (leading[id / 64] >> (id % 64)) & 1;
  ways_.reserve(insides.count_of_ways());
  for (size_t owner = 0; owner < count; ++owner) {
    ways_begin_[owner] = static_cast<uint16_t>(ways_.size());
    if (leads_on_[owner] == 0) continue;
    for (const Insides::Way& way : insides.ways_of(owner)) {
      if (table_of_[way.type] != 0 || leads_on_[way.type] != 0) ways_.push_back(way.field);
    }
  }
  ways_begin_[count] = static_cast<uint16_t>(ways_.size());
}

}  // namespace pg2crdb::rewrite
