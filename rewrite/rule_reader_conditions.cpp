// What a rule matches and on what conditions.
#include <algorithm>

#include "rewrite/rule_reader.h"
#include "rewrite/site.h"

namespace pg2crdb::rewrite {
namespace {

/// The longest run of plain characters that every text holds which the regular expression finds; empty where
/// that is not plain to see. Looks no further than the first group, class or escape.
std::string needed_text(std::string_view regex) {
  if (regex.find('|') != std::string_view::npos) return {};
  std::string longest, run;
  for (const char c : regex) {
    const bool optional = c == '?' || c == '*' || c == '{';
    if (optional && !run.empty()) run.pop_back();
    const bool special = optional || std::string_view("([\\.^$+").find(c) != std::string_view::npos;
    if (!special) {
      run += c;
      continue;
    }
    if (run.size() > longest.size()) longest = run;
    run.clear();
    if (c == '(' || c == '[' || c == '\\' || c == '{') return longest;
  }
  return run.size() > longest.size() ? run : longest;
}

}  // namespace

Fragment RuleReader::fragment(Noun noun, Parser::SqlContext& sql) {
  const Place where = place(&sql);
  auto parsed = parse_fragment(noun, source(where));
  if (auto* error = std::get_if<FragmentError>(&parsed)) {
    const size_t at = std::min(where.begin + error->offset, where.end);
    fail({at, std::max(at, where.end)}, error->message, error->advice);
  }
  Fragment result = std::move(std::get<Fragment>(parsed));
  result.place = where;
  return result;
}

std::string RuleReader::part(antlr4::ParserRuleContext* context) const {
  const std::string text = source(context);
  return text[0] == '"' ? unquoted(text) : text;
}

void RuleReader::match(Parser::SubjectContext& context) {
  Match match;
  match.place = place(&context);
  if (auto* kinds = dynamic_cast<Parser::StatementOfKindContext*>(&context)) {
    match.type = &type_of(Noun::statement);
    for (auto* kind : kinds->STRING()) match.kinds.push_back(text(kind));
  } else if (auto* statement = dynamic_cast<Parser::StatementSubjectContext*>(&context)) {
    set_pattern(match, Noun::statement, statement->sql());
  } else if (auto* column = dynamic_cast<Parser::ColumnSubjectContext*>(&context)) {
    match.type = &type_of(Noun::column);
    if (column->sql() != nullptr) {
      set_pattern(match, Noun::column, column->sql());
      // Its name is not the fragment's to say.
      static_cast<ast::Column*>(match.pattern.node.get())->name.clear();
    }
    match.table = part(column->tablePart());
    match.column = part(column->columnPart());
  } else if (auto* plain = dynamic_cast<Parser::PlainSubjectContext*>(&context)) {
    set_pattern(match, noun(plain->noun->getText()), plain->sql());
  } else if (auto* owned = dynamic_cast<Parser::OwnedSubjectContext*>(&context)) {
    set_pattern(match, noun(owned->noun->getText()), owned->sql());
    if (owned->VARIABLE() != nullptr) match.table = owned->VARIABLE()->getText();
  } else if (auto* element = dynamic_cast<Parser::ElementSubjectContext*>(&context)) {
    set_pattern(match, Noun::index_element, element->sql());
    if (element->VARIABLE() != nullptr) match.table = element->VARIABLE()->getText();
  }
  std::set<std::string> bound(match.pattern.variables.begin(), match.pattern.variables.end());
  for (const std::string* name : {&match.table, &match.column}) {
    if (name->starts_with("$$"))
      fail(match.place, "`" + *name + "` stands for one name, so it has one dollar sign",
           "write `" + name->substr(1) + "`");
    if (name->starts_with('$')) bound.insert(name->substr(1));
  }
  if (!match.table.empty() && match.table == match.column)
    fail(match.place, "the rule can never match: `" + match.table + "` would be a table and a column");
  bound_.push_back(std::move(bound));
  rule_->matches.push_back(std::move(match));
}

Noun RuleReader::noun(const std::string& word) {
  if (word == "type") return Noun::type;
  if (word == "expression") return Noun::expression;
  if (word == "role") return Noun::role;
  if (word == "name") return Noun::name;
  if (word == "parameter") return Noun::parameter;
  if (word == "constraint") return Noun::constraint;
  if (word == "option") return Noun::option;
  if (word == "privilege") return Noun::privilege;
  return Noun::command;
}

void RuleReader::set_pattern(Match& match, Noun noun, Parser::SqlContext* sql) {
  match.type = &type_of(noun);
  if (sql != nullptr) match.pattern = fragment(noun, *sql);
}

Value RuleReader::value(Parser::ValueContext& context) {
  Value value;
  value.place = place(&context);
  if (context.VARIABLE() != nullptr) {
    value.kind = Value::Kind::variable;
    value.text = context.VARIABLE()->getText();
    value.text.erase(0, value.text.find_first_not_of('$'));
    value.path = path(context.path());
    use_variable(value.text, value.place);
  } else if (context.value() != nullptr) {
    value.kind = context.getStart()->getText() == "count" ? Value::Kind::count : Value::Kind::type_of;
    value.argument = std::make_shared<Value>(this->value(*context.value()));
  } else if (context.literal() != nullptr) {
    value.text = literal(*context.literal());
  } else {
    value.kind = Value::Kind::path;
    value.path = path(context.path());
    check_path(value.path, value.place);
  }
  return value;
}

std::string RuleReader::literal(Parser::LiteralContext& context) const {
  return context.STRING() != nullptr ? text(context.STRING()) : source(&context);
}

bool RuleReader::reachable(const ast::TypeInfo& type, const std::vector<std::string>& path, size_t step,
                           std::vector<std::string>& known, std::vector<const ast::TypeInfo*>* ends) {
  using Kind = ast::TypeInfo::Kind;
  if (step == path.size() && type.kind != Kind::box) {
    if (ends != nullptr) ends->push_back(&type);
    return true;
  }
  if (type.kind == Kind::box) return reachable(*type.element, path, step, known, ends);
  if (type.kind == Kind::variant) {
    bool any = false;
    for (const ast::TypeInfo* alternative : type.alternatives)
      any = reachable(*alternative, path, step, known, ends) || any;
    return any;
  }
  if (type.kind != Kind::structure) return false;
  if (const ast::FieldInfo* field = type.field(path[step]))
    return reachable(*field->type, path, step + 1, known, ends);
  if (type.name == "Expr") return reachable(*type.fields[0].type, path, step, known, ends);
  for (const ast::FieldInfo& field : type.fields) known.emplace_back(field.name);
  return false;
}

const ast::TypeInfo& RuleReader::kind_of_match(const Match& match) {
  const ast::TypeInfo& type = *match.type;
  if (!match.pattern) return type;
  void* pattern = match.pattern.node.get();
  if (type.kind == ast::TypeInfo::Kind::variant) return *type.alternatives[type.index(pattern)];
  if (&type != &type_of(Noun::expression)) return type;
  const ast::FieldInfo& node = type.fields[0];
  const ast::TypeInfo& held = *node.type->alternatives[node.type->index(node.member(pattern))];
  return held.name == "ColumnRef" ? type : held;  // which is how a variable stands there
}

std::vector<const ast::TypeInfo*> RuleReader::check_path(const std::vector<std::string>& path, Place where) {
  std::vector<const ast::TypeInfo*> ends;
  for (const Match& match : rule_->matches) {
    std::vector<std::string> known;
    if (!reachable(kind_of_match(match), path, 0, known, &ends)) {
      std::string written;
      for (const std::string& step : path) written += "." + step;
      const std::string hint = did_you_mean(path.back(), known);
      fail(where, "what is matched has no part `" + written + "`",
           hint.empty() ? "`pg2crdb ast` shows the parts of each statement" : hint);
    }
  }
  return ends;
}

void RuleReader::check_not_required(std::vector<std::string> path, Place where) const {
  const std::string last = path.back();
  path.pop_back();
  for (const Match& match : rule_->matches) {
    std::vector<std::string> known;
    std::vector<const ast::TypeInfo*> parents;
    reachable(kind_of_match(match), path, 0, known, &parents);
    for (const ast::TypeInfo* parent : parents) {
      const ast::FieldInfo* field = parent->field(last);
      if (field != nullptr && field->required) fail(where, "`." + last + "` cannot be left empty");
    }
  }
}

Condition RuleReader::test(Parser::Test_Context& context) {
  Condition condition;
  condition.place = place(&context);
  if (auto* negation = dynamic_cast<Parser::NegationContext*>(&context)) {
    condition.kind = Condition::Kind::negation;
    condition.parts.push_back(test(*negation->test_()));
  } else if (auto* conjunction = dynamic_cast<Parser::ConjunctionContext*>(&context)) {
    condition.kind = Condition::Kind::conjunction;
    for (auto* part : conjunction->test_()) condition.parts.push_back(test(*part));
  } else if (auto* disjunction = dynamic_cast<Parser::DisjunctionContext*>(&context)) {
    condition.kind = Condition::Kind::disjunction;
    for (auto* part : disjunction->test_()) condition.parts.push_back(test(*part));
  } else if (auto* grouped = dynamic_cast<Parser::GroupedContext*>(&context)) {
    return test(*grouped->test_());
  } else if (auto* comparison = dynamic_cast<Parser::ComparisonContext*>(&context)) {
    condition.kind = Condition::Kind::comparison;
    condition.left = value(*comparison->value(0));
    condition.right = value(*comparison->value(1));
    condition.op = comparison->op->getText();
  } else if (auto* pattern = dynamic_cast<Parser::PatternContext*>(&context)) {
    condition.kind = Condition::Kind::pattern;
    condition.left = value(*pattern->value());
    condition.negated = pattern->op->getText() == "!~";
    condition.op = text(pattern->STRING());
    condition.regex = regex(pattern->STRING());
    condition.needed = needed_text(condition.op);
    if (pattern->VARIABLE() != nullptr) {
      const Place where = place(pattern->VARIABLE()->getSymbol());
      if (condition.negated || condition.regex->groups() == 0)
        fail(where, "there is nothing that `" + pattern->VARIABLE()->getText() + "` could stand for",
             "`~` with a group in parentheses gives it a value");
      condition.captured = pattern->VARIABLE()->getText();
      condition.captured.erase(0, condition.captured.find_first_not_of('$'));
      for (std::set<std::string>& bound : bound_) bound.insert(condition.captured);
    }
  } else if (auto* membership = dynamic_cast<Parser::MembershipContext*>(&context)) {
    condition.kind = Condition::Kind::membership;
    condition.left = value(*membership->value());
    for (auto* one : membership->literal()) condition.options.push_back(literal(*one));
    condition.negated = membership->negation_ != nullptr;
  } else if (auto* property = dynamic_cast<Parser::PropertyContext*>(&context)) {
    condition.kind = Condition::Kind::property;
    condition.left = value(*property->value());
    const std::vector<Parser::WordContext*> names = property->word();
    condition.negated = property->negation_ != nullptr;
    condition.op = known_words(words(names), property_names(), place(names[0]), place(names.back()), "is");
  } else if (auto* possession = dynamic_cast<Parser::PossessionContext*>(&context)) {
    condition.kind = Condition::Kind::possession;
    condition.left = value(*possession->value(0));
    const std::vector<Parser::WordContext*> names = possession->word();
    condition.negated = possession->negation_ != nullptr;
    condition.op = known_words(words(names), possession_names(), place(names[0]), place(names.back()), "has");
    if (possession->value().size() > 1) condition.right = value(*possession->value(1));
    if (condition.op == "column" && !condition.right)
      fail(condition.place, "`has column` wants the column's name behind it");
  } else if (auto* truth = dynamic_cast<Parser::TruthContext*>(&context)) {
    condition.left = value(*truth->value());
  }
  return condition;
}

std::string RuleReader::known_words(std::string words, const std::vector<std::string>& known, Place first,
                                    Place last, std::string_view verb) {
  if (std::find(known.begin(), known.end(), words) == known.end()) {
    std::string all;
    for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
    const std::string hint = did_you_mean(words, known);
    fail({first.begin, last.end}, "nothing " + std::string(verb) + " `" + words + "`",
         hint.empty() ? "what can be asked: " + all : hint);
  }
  return words;
}

Regex RuleReader::regex(antlr4::tree::TerminalNode* string) const {
  Regex made(text(string));
  if (const auto problem = made.problem())
    fail(place(string->getSymbol()), "this is no regular expression: " + *problem);
  return made;
}

TargetCondition RuleReader::target(Parser::TargetTestContext& context) {
  TargetCondition condition;
  if (auto* negation = dynamic_cast<Parser::TargetNegationContext*>(&context)) {
    condition.kind = TargetCondition::Kind::negation;
    condition.parts.push_back(target(*negation->targetTest()));
  } else if (auto* conjunction = dynamic_cast<Parser::TargetConjunctionContext*>(&context)) {
    condition.kind = TargetCondition::Kind::conjunction;
    for (auto* part : conjunction->targetTest()) condition.parts.push_back(target(*part));
  } else if (auto* disjunction = dynamic_cast<Parser::TargetDisjunctionContext*>(&context)) {
    condition.kind = TargetCondition::Kind::disjunction;
    for (auto* part : disjunction->targetTest()) condition.parts.push_back(target(*part));
  } else if (auto* grouped = dynamic_cast<Parser::TargetGroupedContext*>(&context)) {
    return target(*grouped->targetTest());
  } else if (auto* version = dynamic_cast<Parser::TargetVersionContext*>(&context)) {
    condition.kind = TargetCondition::Kind::version;
    condition.op = version->op->getText();
    condition.version = release(version->NUMBER());
  } else if (auto* capability = dynamic_cast<Parser::TargetCapabilityContext*>(&context)) {
    const std::string name = capability->name()->getText();
    std::vector<std::string> known;
    bool found = false;
    for (const CapabilityInfo& info : capabilities()) {
      known.emplace_back(info.name);
      if (info.name != name) continue;
      condition.capability = info.capability;
      found = true;
    }
    if (!found) {
      const std::string hint = did_you_mean(name, known);
      fail(place(capability->name()), "there is no capability `" + name + "`",
           hint.empty() ? "docs/capabilities.md lists them" : hint);
    }
    condition.lacks = capability->verb->getText() == "lacks";
  }
  return condition;
}

Version RuleReader::release(antlr4::tree::TerminalNode* number) const {
  const std::optional<Version> version = parse_version(number->getText());
  if (!version) {
    fail(place(number->getSymbol()), "`" + number->getText() + "` is no release of CockroachDB that is known",
         "known are " + known_versions_text());
  }
  return *version;
}

}  // namespace pg2crdb::rewrite
