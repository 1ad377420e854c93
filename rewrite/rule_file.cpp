#include "rewrite/rule_file.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "RewriteLexer.h"
#include "RewriteParser.h"
#include "rewrite/fragment.h"
#include "rewrite/site.h"
#include "support/nearest.h"
#include "support/utf8.h"

namespace pg2crdb::rewrite {
namespace {

using Parser = antlr::RewriteParser;

/// How deep conditions and braces may be nested: the parser and what evaluates conditions are recursive.
constexpr size_t deepest = 200;

struct Failed {
  Place place;
  std::string message;
  std::string advice;
};

[[noreturn]] void fail(Place place, std::string message, std::string advice = {}) {
  throw Failed{place, std::move(message), std::move(advice)};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  return near.empty() ? std::string() : "did you mean `" + near + "`?";
}

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

std::string unquoted(std::string_view quoted) {
  const char quote = quoted[0];
  std::string text;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    text += quoted[i];
    if (quoted[i] == quote) ++i;
  }
  return text;
}

/// Characters of ANTLR's input are code points, spans are bytes.
class Positions {
 public:
  explicit Positions(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      bytes_.push_back(at);
      at += decode_utf8(text.substr(at)).length;
    }
    bytes_.push_back(text.size());
  }
  size_t byte(size_t character) const { return bytes_[std::min(character, bytes_.size() - 1)]; }

 private:
  std::vector<size_t> bytes_;
};

/// Keeps the first error. It does not throw: the runtime calls it where nothing may be thrown.
class ErrorListener : public antlr4::BaseErrorListener {
 public:
  explicit ErrorListener(const Positions& positions) : positions_(positions) {}

  void syntaxError(antlr4::Recognizer*, antlr4::Token* token, size_t, size_t, const std::string& message,
                   std::exception_ptr) override {
    if (first_) return;
    if (token == nullptr) {
      first_ = Failed{{0, 0}, message, {}};
      return;
    }
    const size_t begin = positions_.byte(token->getStartIndex());
    if (token->getType() == antlr4::Token::EOF) {
      first_ = Failed{{begin, begin}, "the file ends in the middle of a rule", readable(message, {})};
      return;
    }
    const size_t end = positions_.byte(token->getStopIndex() + 1);
    first_ = Failed{{begin, std::max(end, begin)},
                    "`" + token->getText() + "` cannot stand here",
                    readable(message, token->getText())};
  }

  const std::optional<Failed>& first() const { return first_; }
  void forget() { first_.reset(); }

 private:
  /// "mismatched input 'x' expecting {'a', 'b'}" as "expected: a, b".
  static std::string readable(const std::string& message, const std::string& is) {
    const size_t at = message.find("expecting ");
    if (at == std::string::npos) return {};
    std::string words = message.substr(at + 10);
    for (const char c : {'{', '}', '\''})
      words.erase(std::remove(words.begin(), words.end(), c), words.end());
    const std::pair<std::string_view, std::string_view> names[] = {{"STRING", "a text in '...'"},
                                                                   {"NUMBER", "a number"},
                                                                   {"VARIABLE", "a $variable"},
                                                                   {"NAME", "a name"},
                                                                   {"<EOF>", "the end of the file"}};
    for (const auto& [token, word] : names) {
      const size_t found = words.find(token);
      if (found != std::string::npos) words.replace(found, token.size(), word);
    }
    std::vector<std::string> candidates;
    std::istringstream list(words);
    for (std::string word; std::getline(list, word, ',');) {
      word.erase(0, word.find_first_not_of(' '));
      if (!word.empty()) candidates.push_back(std::move(word));
    }
    const std::string hint = did_you_mean(is, candidates);
    constexpr size_t longest = 160;
    return (hint.empty() ? "expected: " : hint + " Expected: ") +
           (words.size() <= longest ? words : words.substr(0, longest) + " ...");
  }

  const Positions& positions_;
  std::optional<Failed> first_;
};

/// Bytes that ANTLR's decoder would throw at, and nesting that would overflow its stack.
void check_text(std::string_view text) {
  size_t depth = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8Character character = decode_utf8(text.substr(at));
    if (!character.valid) fail({at, at + character.length}, "this is not valid UTF-8");
    if (character.code == 0) fail({at, at + 1}, "the file holds a zero byte");
    if (character.code == '(' || character.code == '{') ++depth;
    if ((character.code == ')' || character.code == '}') && depth > 0) --depth;
    if (depth > deepest) fail({at, at + 1}, "this is nested too deeply");
    at += character.length;
  }
  size_t negations = 0;
  for (size_t at = text.find("not "); at != std::string_view::npos; at = text.find("not ", at + 4)) {
    negations = at >= 4 && text.substr(at - 4, 4) == "not " ? negations + 1 : 0;
    if (negations > deepest) fail({at, at + 3}, "this is nested too deeply");
  }
}

class Reader {
 public:
  explicit Reader(RuleFile& file) : file_(file), positions_(file.text) {}

  void read() {
    check_text(file_.text);
    antlr4::ANTLRInputStream input(file_.text);
    antlr::RewriteLexer lexer(&input);
    ErrorListener errors(positions_);
    lexer.removeErrorListeners();
    lexer.addErrorListener(&errors);
    antlr4::CommonTokenStream tokens(&lexer);
    antlr::RewriteParser parser(&tokens);
    parser.removeErrorListeners();
    parser.addErrorListener(&errors);
    // What parses without looking at the context parses the same with it; only what does not is worth the
    // price.
    auto* prediction = parser.getInterpreter<antlr4::atn::ParserATNSimulator>();
    prediction->setPredictionMode(antlr4::atn::PredictionMode::SLL);
    Parser::FileContext* tree = parser.file();
    if (errors.first()) {
      errors.forget();
      parser.reset();
      prediction->setPredictionMode(antlr4::atn::PredictionMode::LL);
      tree = parser.file();
    }
    if (errors.first()) throw *errors.first();
    file(*tree);
  }

 private:
  // --- places and texts

  Place place(antlr4::Token* token) const {
    return {positions_.byte(token->getStartIndex()), positions_.byte(token->getStopIndex() + 1)};
  }
  Place place(antlr4::ParserRuleContext* rule) const {
    return {place(rule->getStart()).begin, place(rule->getStop()).end};
  }
  std::string source(Place where) const { return file_.text.substr(where.begin, where.end - where.begin); }
  std::string source(antlr4::ParserRuleContext* rule) const { return source(place(rule)); }
  static std::string text(antlr4::tree::TerminalNode* string) { return unquoted(string->getText()); }

  std::string_view keep(std::string text) { return file_.strings.emplace_back(std::move(text)); }

  Template read_template(antlr4::tree::TerminalNode* string) {
    const std::string text = this->text(string);
    const Place where = place(string->getSymbol());
    Template result;
    auto plain = [&](std::string_view piece) {
      if (piece.empty()) return;
      if (result.parts.empty() || !result.parts.back().variable.empty()) result.parts.emplace_back();
      result.parts.back().text += piece;
    };
    size_t at = 0;
    auto word = [&](size_t from) {
      size_t end = from;
      while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
        ++end;
      return end;
    };
    while (at < text.size()) {
      const size_t dollar = text.find('$', at);
      plain(std::string_view(text).substr(at, std::min(dollar, text.size()) - at));
      if (dollar == std::string::npos) break;
      Template::Part part;
      const bool braces = dollar + 1 < text.size() && text[dollar + 1] == '{';
      size_t begin = dollar + (braces ? 2 : 1);
      if (!braces && begin < text.size() && text[begin] == '$') ++begin;
      size_t end = word(begin);
      part.variable = text.substr(begin, end - begin);
      if (braces) {
        if (part.variable.empty()) part.variable = ".";
        while (end < text.size() && text[end] == '.') {
          const size_t stop = word(end + 1);
          part.path.push_back(text.substr(end + 1, stop - end - 1));
          end = stop;
        }
        if (end >= text.size() || text[end] != '}') fail(where, "`${` has no `}`");
        ++end;
      }
      if (part.variable.empty()) {
        plain("$");
        at = dollar + 1;
        continue;
      }
      if (part.variable != ".") use_variable(part.variable, where);
      result.parts.push_back(std::move(part));
      at = end;
    }
    return result;
  }

  std::vector<std::string> path(const std::vector<Parser::PathContext*>& steps) const {
    std::vector<std::string> result;
    for (Parser::PathContext* step : steps) result.push_back(step->name()->getText());
    return result;
  }

  /// In the order of the text, words that belong together with one blank between.
  std::string words(const std::vector<Parser::WordContext*>& names) const {
    std::string result;
    for (Parser::WordContext* name : names) result += (result.empty() ? "" : " ") + name->getText();
    return result;
  }

  // --- variables of the rule that is read

  /// What conditions and texts may name without a pattern that binds it.
  static bool is_implicit(const std::string& name) {
    return std::find(implicit_variables().begin(), implicit_variables().end(), name) !=
           implicit_variables().end();
  }
  /// What the rule's action says behind `because`; null where it says nothing.
  const Template* reason() const {
    for (const Action& action : rule_->actions) {
      const bool leaves = action.kind == Action::Kind::remove || action.kind == Action::Kind::hold ||
                          action.kind == Action::Kind::move;
      if (leaves && !action.text.empty()) return &action.text;
    }
    return nullptr;
  }
  bool binds(const std::string& name) const {
    return std::any_of(bound_.begin(), bound_.end(), [&](const auto& bound) { return bound.contains(name); });
  }
  /// Puts the reason in place of `$reason`, unless a pattern gives the name to something else.
  Template with_reason(const Template& text) const {
    if (binds("reason")) return text;
    Template result;
    for (const Template::Part& part : text.parts) {
      if (part.variable != "reason") {
        result.parts.push_back(part);
      } else {
        const std::vector<Template::Part>& parts = reason()->parts;
        result.parts.insert(result.parts.end(), parts.begin(), parts.end());
      }
    }
    return result;
  }
  void use_variable(const std::string& name, Place where) {
    if (is_implicit(name)) return;
    if (name == "reason" && !binds(name)) {
      if (reason() != nullptr) return;
      fail(where, "`$reason` is what an action says behind `because`, and none of this rule says so",
           "write `delete because '...'`, or say the reason itself");
    }
    for (const std::set<std::string>& bound : bound_) {
      if (bound.contains(name)) continue;
      std::vector<std::string> candidates(bound.begin(), bound.end());
      candidates.insert(candidates.end(), implicit_variables().begin(), implicit_variables().end());
      fail(where,
           "no `match` of this rule binds `$" + name + "`" +
               (bound_.size() > 1 ? " in every alternative" : ""),
           did_you_mean(name, candidates));
    }
  }

  // --- the file

  void file(Parser::FileContext& context) {
    if (auto* header = context.passHeader()) pass_header(*header);
    for (auto* finding : context.finding()) this->finding(*finding);
    // Rules point to findings: there may be no more of them once the first rule is read.
    file_.findings.reserve(file_.findings.size() + context.rewriteRule().size());
    for (auto* rule : context.rewriteRule()) this->rule(*rule);
    if (file_.rules.empty()) fail({0, 0}, "there is no rule in this file", "a rule begins with `rule NAME`");
  }

  void pass_header(Parser::PassHeaderContext& context) {
    RuleFile::Header header;
    header.summary = text(context.STRING());
    header.category = context.name(0)->getText();
    const std::string fidelity = context.name(1)->getText();
    const std::vector<std::string> known = {"exact", "changes-behaviour", "loses"};
    const auto it = std::find(known.begin(), known.end(), fidelity);
    if (it == known.end())
      fail(place(context.name(1)), "a pass is exact, changes-behaviour or loses",
           did_you_mean(fidelity, known));
    header.fidelity = static_cast<Fidelity>(it - known.begin());
    if (context.name().size() > 2) {
      if (context.name(2)->getText() != "phases-only")
        fail(place(context.name(2)), "all that may follow is `phases-only`",
             did_you_mean(context.name(2)->getText(), {"phases-only"}));
      header.in_order = InOrder::skipped;
    }
    file_.header = std::move(header);
  }

  static Severity severity(Parser::SeverityContext* context) {
    const std::string word = context->getText();
    return word == "error" ? Severity::error : word == "warning" ? Severity::warning : Severity::info;
  }

  void finding(Parser::FindingContext& context) {
    Rule rule;
    rule.id = keep(context.name(0)->getText());
    rule.severity = severity(context.severity());
    rule.category = keep(context.name(1)->getText());
    rule.summary = keep(text(context.STRING(0)));
    rule.advice = keep(text(context.STRING(1)));
    for (const Rule& other : file_.findings) {
      if (other.id == rule.id)
        fail(place(context.name(0)), "the finding `" + std::string(rule.id) + "` is declared twice");
    }
    file_.findings.push_back(rule);
  }

  void rule(Parser::RewriteRuleContext& context) {
    file_.rules.emplace_back();
    RewriteRule& rule = file_.rules.back();
    rule_ = &rule;
    bound_.clear();
    rule.name = rule.touches_as = context.name()->getText();
    rule.place = place(context.name());
    rule.file = file_.path;
    rule.line = context.name()->getStart()->getLine();
    for (size_t i = 0; i + 1 < file_.rules.size(); ++i) {
      if (file_.rules[i].name == rule.name)
        fail(rule.place, "the rule `" + rule.name + "` is declared twice: first in line " +
                             std::to_string(file_.rules[i].line));
    }
    if (auto* where = context.placement()) rule.placement = placement(*where);
    if (context.matched().empty())
      fail(rule.place, "the rule `" + rule.name + "` matches nothing",
           "add a line like `match column $table.$column;`");
    for (auto* match : context.matched()) this->match(*match->subject());
    if (auto* condition = context.condition()) rule.condition = test(*condition->test_());
    if (auto* target = context.target()) {
      rule.target = this->target(*target->targetTest());
      const auto versions = known_versions();
      const bool possible = std::any_of(versions.begin(), versions.end(),
                                        [&](Version version) { return rule.target->holds(Target(version)); });
      if (!possible)
        fail(place(target),
             "the rule `" + rule.name + "` can never match: no known release of CockroachDB is like this");
    }
    for (auto* action : context.action()) this->action(*action);
    if (auto* saying = context.saying()) {
      rule.say = with_reason(read_template(saying->STRING(0)));
      if (saying->STRING().size() > 1) rule.about = read_template(saying->STRING(1));
      rule.once = saying->once != nullptr;
    }
    report(context, rule);
    for (auto* test : context.ruleTest()) this->rule_test(*test);
  }

  void report(Parser::RewriteRuleContext& context, RewriteRule& rule) {
    auto* report = context.report();
    if (report == nullptr) {
      if (context.saying() != nullptr)
        fail(place(context.saying()), "`say` needs a severity: who reads it has to know how bad it is",
             "write `rule " + rule.name + " info`, warning or error");
      if (rule.actions.empty())
        fail(rule.place, "the rule `" + rule.name + "` does nothing: it neither rewrites nor reports",
             "write `rule " + rule.name + " warning` and a `say` line, or add an action");
      return;
    }
    if (context.saying() == nullptr)
      fail(place(report), "the rule `" + rule.name + "` reports and has nothing to say", "add `say '...';`");
    if (report->severity() == nullptr) {
      const std::string id = report->name()->getText();
      std::vector<std::string> known;
      for (const Rule& finding : file_.findings) {
        if (finding.id == id) rule.finding = &finding;
        known.emplace_back(finding.id);
      }
      if (rule.finding == nullptr)
        fail(place(report), "no `finding` of this file is called `" + id + "`", did_you_mean(id, known));
      return;
    }
    for (const Rule& finding : file_.findings) {
      if (finding.id == rule.name)
        fail(rule.place, "the finding `" + rule.name + "` is declared twice",
             "write `rule ... reports " + rule.name + "`");
    }
    Rule finding;
    finding.id = keep(rule.name);
    finding.severity = severity(report->severity());
    finding.category = keep(report->name() != nullptr ? report->name()->getText() : "rules");
    finding.summary =
        keep(report->STRING() != nullptr ? text(report->STRING()) : text(context.saying()->STRING(0)));
    std::string advice = context.helping() != nullptr
                             ? text(context.helping()->STRING())
                             : "See the rule `" + rule.name + "` in " + file_.path + ".";
    if (context.linking() != nullptr) advice += " " + text(context.linking()->STRING());
    finding.advice = keep(std::move(advice));
    file_.findings.push_back(finding);
    rule.finding = &file_.findings.back();
  }

  Placement placement(Parser::PlacementContext& context) {
    if (context.name() == nullptr) {
      return context.side->getText() == "last" ? Placement{Placement::Side::before, "order-phases"}
                                               : Placement{Placement::Side::after, "resolve-history"};
    }
    return {context.side->getText() == "before" ? Placement::Side::before : Placement::Side::after,
            context.name()->getText()};
  }

  // --- match

  Fragment fragment(Noun noun, Parser::SqlContext& sql) {
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

  std::string part(antlr4::ParserRuleContext* context) const {
    const std::string text = source(context);
    return text[0] == '"' ? unquoted(text) : text;
  }

  void match(Parser::SubjectContext& context) {
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

  static Noun noun(const std::string& word) {
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

  void set_pattern(Match& match, Noun noun, Parser::SqlContext* sql) {
    match.type = &type_of(noun);
    if (sql != nullptr) match.pattern = fragment(noun, *sql);
  }

  // --- conditions

  Value value(Parser::ValueContext& context) {
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

  std::string literal(Parser::LiteralContext& context) const {
    return context.STRING() != nullptr ? text(context.STRING()) : source(&context);
  }

  /// Fields at a path from a type on; alternatives of a variant are all followed. Null where one is missing.
  static bool reachable(const ast::TypeInfo& type, const std::vector<std::string>& path, size_t step,
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

  /// The pattern of a statement or an expression says which kind of it matches.
  static const ast::TypeInfo& kind_of_match(const Match& match) {
    const ast::TypeInfo& type = *match.type;
    if (!match.pattern) return type;
    void* pattern = match.pattern.node.get();
    if (type.kind == ast::TypeInfo::Kind::variant) return *type.alternatives[type.index(pattern)];
    if (&type != &type_of(Noun::expression)) return type;
    const ast::FieldInfo& node = type.fields[0];
    const ast::TypeInfo& held = *node.type->alternatives[node.type->index(node.member(pattern))];
    return held.name == "ColumnRef" ? type : held;  // which is how a variable stands there
  }

  /// The types that the matched node has at the path, over all alternatives of the rule.
  std::vector<const ast::TypeInfo*> check_path(const std::vector<std::string>& path, Place where) {
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

  /// A part that who reads the tree relies on cannot be emptied.
  void check_not_required(std::vector<std::string> path, Place where) const {
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

  Condition test(Parser::Test_Context& context) {
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
        if (condition.negated || condition.regex->get().mark_count() == 0)
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
      condition.op =
          known_words(words(names), possession_names(), place(names[0]), place(names.back()), "has");
      if (possession->value().size() > 1) condition.right = value(*possession->value(1));
      if (condition.op == "column" && !condition.right)
        fail(condition.place, "`has column` wants the column's name behind it");
    } else if (auto* truth = dynamic_cast<Parser::TruthContext*>(&context)) {
      condition.left = value(*truth->value());
    }
    return condition;
  }

  std::string known_words(std::string words, const std::vector<std::string>& known, Place first, Place last,
                          std::string_view verb) {
    if (std::find(known.begin(), known.end(), words) == known.end()) {
      std::string all;
      for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
      const std::string hint = did_you_mean(words, known);
      fail({first.begin, last.end}, "nothing " + std::string(verb) + " `" + words + "`",
           hint.empty() ? "what can be asked: " + all : hint);
    }
    return words;
  }

  Regex regex(antlr4::tree::TerminalNode* string) const {
    try {
      Regex made(text(string));
      made.get();
      return made;
    } catch (const std::regex_error& problem) {
      fail(place(string->getSymbol()), "this is no regular expression: " + std::string(problem.what()));
    }
  }

  TargetCondition target(Parser::TargetTestContext& context) {
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

  Version release(antlr4::tree::TerminalNode* number) const {
    const std::optional<Version> version = parse_version(number->getText());
    if (!version) {
      std::string all;
      for (const Version known : known_versions()) all += (all.empty() ? "" : ", ") + to_string(known);
      fail(place(number->getSymbol()),
           "`" + number->getText() + "` is no release of CockroachDB that is known", "known are " + all);
    }
    return *version;
  }

  // --- actions

  void action(Parser::ActionContext& context) {
    Action action;
    action.place = place(&context);
    auto because = [&](Parser::BecauseContext* reason) {
      if (reason != nullptr) action.text = read_template(reason->STRING());
    };
    if (auto* remove = dynamic_cast<Parser::DeleteActionContext*>(&context)) {
      because(remove->because());
    } else if (auto* hold = dynamic_cast<Parser::HoldActionContext*>(&context)) {
      action.kind = Action::Kind::hold;
      because(hold->because());
    } else if (auto* move = dynamic_cast<Parser::MoveActionContext*>(&context)) {
      action.kind = Action::Kind::move;
      because(move->because());
      action.phase = phase(move->name());
    } else if (auto* rewrite = dynamic_cast<Parser::RewriteActionContext*>(&context)) {
      action.kind = Action::Kind::rewrite;
      rewrite_as(action, *rewrite->sql());
    } else if (auto* verbatim = dynamic_cast<Parser::AddVerbatimActionContext*>(&context)) {
      action.kind = Action::Kind::add_statement;
      action.phase = verbatim->side->getText() == "before" ? ast::Phase::pre_data : ast::Phase::post_data;
      action.text = read_template(verbatim->STRING());
    } else if (auto* add = dynamic_cast<Parser::AddStatementActionContext*>(&context)) {
      action.kind = Action::Kind::add_statement;
      action.phase = add->side->getText() == "before" ? ast::Phase::pre_data : ast::Phase::post_data;
      action.fragment = used_fragment(Noun::statement, *add->sql());
    } else if (auto* element = dynamic_cast<Parser::AddElementActionContext*>(&context)) {
      action.kind = Action::Kind::add_element;
      action.path = path(element->path());
      const ast::TypeInfo& type = only_type(action.path, action.place);
      if (type.kind != ast::TypeInfo::Kind::vector)
        fail(action.place, "`" + shown_path(action.path) + "` is no list that something can be added to");
      part_fragment(action, *type.element, *element->sql());
    } else if (auto* set = dynamic_cast<Parser::SetActionContext*>(&context)) {
      action.kind = Action::Kind::set;
      action.path = path(set->path());
      part_fragment(action, only_type(action.path, action.place), *set->sql());
    } else if (auto* unset = dynamic_cast<Parser::UnsetActionContext*>(&context)) {
      action.kind = Action::Kind::unset;
      action.path = path(unset->path());
      check_path(action.path, action.place);
      check_not_required(action.path, action.place);
    } else if (auto* replace = dynamic_cast<Parser::ReplaceActionContext*>(&context)) {
      action.kind = Action::Kind::replace_text;
      action.path = path(replace->path());
      action.regex = regex(replace->STRING(0));
      action.text = read_template(replace->STRING(1));
      if (only_type(action.path, action.place).kind != ast::TypeInfo::Kind::text)
        fail(action.place, "`" + shown_path(action.path) + "` is no text");
    } else if (auto* rename = dynamic_cast<Parser::RenameActionContext*>(&context)) {
      action.kind = Action::Kind::rename;
      action.text = read_template(rename->STRING());
      check_renamable(action.place);
    }
    rule_->actions.push_back(std::move(action));
  }

  ast::Phase phase(Parser::NameContext* context) const {
    const std::string name = context->getText();
    const std::vector<std::string> known = {"roles", "pre-data", "post-data", "revalidate"};
    const auto it = std::find(known.begin(), known.end(), name);
    if (it == known.end())
      fail(place(context), "there is no phase `" + name + "`",
           "the phases are roles, pre-data, post-data and revalidate");
    return static_cast<ast::Phase>(it - known.begin());
  }

  void check_renamable(Place where) const {
    for (const Match& match : rule_->matches) {
      const bool column = match.type == &type_of(Noun::column);
      const bool table = match.pattern && match.type == &type_of(Noun::statement) &&
                         std::holds_alternative<ast::CreateTable>(
                             *static_cast<const ast::StatementNode*>(match.pattern.node.get()));
      if (!column && !table)
        fail(where, "only columns and tables are renamed everywhere",
             "match `column $table.$column` or `statement CREATE TABLE $table ()`; `set .name to ...` "
             "changes other names");
    }
  }

  static std::string shown_path(const std::vector<std::string>& path) {
    std::string text;
    for (const std::string& step : path) text += "." + step;
    return text;
  }

  /// A fragment that may use bound variables only.
  Fragment used_fragment(Noun noun, Parser::SqlContext& sql) {
    Fragment result = fragment(noun, sql);
    for (const std::string& name : result.variables) use_variable(name, result.place);
    return result;
  }

  void rewrite_as(Action& action, Parser::SqlContext& sql) {
    std::optional<Noun> noun;
    for (const Match& match : rule_->matches) {
      const std::optional<Noun> one = noun_of(*match.type);
      if (noun && one != noun)
        fail(action.place, "the alternatives match different things, so `rewrite as` cannot fit all of them",
             "make them rules of their own");
      noun = one;
    }
    action.fragment = used_fragment(*noun, sql);
    if (*noun == Noun::column) static_cast<ast::Column*>(action.fragment.node.get())->name.clear();
    for (const Match& match : rule_->matches) {
      if (match.pattern &&
          ast::equal(*match.pattern.type, match.pattern.node.get(), action.fragment.node.get()) &&
          !rule_->condition)
        fail(action.place,
             "the rule `" + rule_->name + "` would never end: what it writes is what it matches");
    }
  }

  const ast::TypeInfo& only_type(const std::vector<std::string>& path, Place where) {
    const std::vector<const ast::TypeInfo*> ends = check_path(path, where);
    for (const ast::TypeInfo* type : ends) {
      if (type != ends[0])
        fail(where, "`" + shown_path(path) + "` is not the same kind of thing in all that is matched");
    }
    return *ends[0];
  }

  /// The new value of a part: SQL where the part has a form in SQL, else a word, a number or a text.
  void part_fragment(Action& action, const ast::TypeInfo& type, Parser::SqlContext& sql) {
    using Kind = ast::TypeInfo::Kind;
    if (const std::optional<Noun> noun = noun_of(type)) {
      action.fragment = used_fragment(*noun, sql);
      // A column that is added brings its name: `add to .columns tenant_id uuid NOT NULL`.
      return;
    }
    const std::string text = source(&sql);
    action.fragment.type = &type;
    action.fragment.node = type.make();
    action.fragment.place = place(&sql);
    void* node = action.fragment.node.get();
    if (type.kind == Kind::text) {
      auto& value = *static_cast<std::string*>(node);
      if (text[0] == '\'') {
        antlr4::Token* only = sql.getStart();
        if (only != sql.getStop())
          fail(action.fragment.place, "one text in '...' is all that can stand here");
        action.text = read_template(dynamic_cast<antlr4::tree::TerminalNode*>(sql.children[0]));
      } else if (text[0] == '$') {
        value = std::string(1, variable_mark) + "$" + text.substr(1);
        action.fragment.variables.push_back(text.substr(1));
        use_variable(text.substr(1), action.fragment.place);
      } else {
        value = text;
      }
      return;
    }
    if (type.kind == Kind::boolean) {
      if (text != "true" && text != "false") fail(action.fragment.place, "this part is true or false");
      type.set_number(node, text == "true" ? 1 : 0);
      return;
    }
    if (type.kind == Kind::enumeration) {
      const std::vector<std::string> known(type.words.begin(), type.words.end());
      const auto it = std::find(known.begin(), known.end(), text);
      if (it == known.end()) {
        std::string all;
        for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
        fail(action.fragment.place, "`" + text + "` is none of the values of this part", "it can be " + all);
      }
      type.set_number(node, it - known.begin());
      return;
    }
    if (type.kind == Kind::integer) {
      if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos || text.size() > 18)
        fail(action.fragment.place, "this part is a number");
      type.set_number(node, std::stoll(text));
      return;
    }
    fail(action.fragment.place, "a part of this kind cannot be written in a rule",
         "set one of its own parts, or rewrite the whole");
  }

  // --- tests

  std::string block_text(Parser::BlockContext* block) const {
    const Place where = place(block);
    return file_.text.substr(where.begin + 1, where.end - where.begin - 2);
  }

  void rule_test(Parser::RuleTestContext& context) {
    RuleTest test;
    test.place = place(&context);
    if (context.NUMBER() != nullptr) test.crdb = release(context.NUMBER());
    test.input = block_text(context.block(0));
    if (context.block().size() > 1) {
      test.becomes = block_text(context.block(1));
      test.becomes_place = place(context.block(1));
    }
    test.unchanged = context.same != nullptr;
    for (auto* report : context.STRING()) test.reports.push_back(text(report));
    if (context.said != nullptr)
      test.reports_place = {place(context.said).begin, place(context.STRING().back()->getSymbol()).end};
    if (!test.becomes && !test.unchanged && test.reports.empty())
      fail(test.place, "this test expects nothing",
           "write `becomes { ... }`, `unchanged` or `reports '...'` behind it");
    rule_->tests.push_back(std::move(test));
  }

  RuleFile& file_;
  Positions positions_;
  RewriteRule* rule_ = nullptr;
  std::vector<std::set<std::string>> bound_;  ///< one a `match` of the rule
};

}  // namespace

std::string RuleProblem::text() const {
  std::string out = path + ":" + std::to_string(line) + ":" + std::to_string(column) + ": error: " + message +
                    "\n" + excerpt;
  if (!advice.empty()) out += "  help: " + advice + "\n";
  return out;
}

RuleProblem problem_at(std::string_view path, std::string_view text, Place place, std::string message,
                       std::string advice) {
  RuleProblem problem;
  problem.path = path;
  problem.message = std::move(message);
  problem.advice = std::move(advice);
  const size_t at = std::min(place.begin, text.size());
  const size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  const size_t end = std::min(text.find('\n', at), text.size());
  problem.line = static_cast<uint64_t>(
                     std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n')) +
                 1;
  std::string shown, indent;
  problem.column = 1;
  for (size_t i = begin; i < end;) {
    const Utf8Character character = decode_utf8(text.substr(i));
    const bool control = character.code < 0x20;
    shown += !character.valid ? replacement_character
             : control        ? std::string_view(" ")
                              : text.substr(i, character.length);
    if (i < at) {
      indent += ' ';
      ++problem.column;
    }
    i += character.length;
  }
  const std::string number = std::to_string(problem.line);
  const size_t stop = std::clamp(place.end, at + 1, std::max(end, at + 1));
  problem.excerpt = "  " + number + " | " + shown + "\n  " + std::string(number.size(), ' ') + " | " +
                    indent + "^" + std::string(stop - at - 1, '~') + "\n";
  return problem;
}

bool TargetCondition::holds(const Target& target) const {
  switch (kind) {
    case Kind::negation:
      return !parts[0].holds(target);
    case Kind::conjunction:
      return parts[0].holds(target) && parts[1].holds(target);
    case Kind::disjunction:
      return parts[0].holds(target) || parts[1].holds(target);
    case Kind::capability:
      return target.has(capability) != lacks;
    case Kind::version: {
      const auto order = target.version() <=> version;
      if (op == "=") return order == 0;
      if (op == "<>") return order != 0;
      if (op == "<") return order < 0;
      if (op == "<=") return order <= 0;
      if (op == ">") return order > 0;
      return order >= 0;
    }
  }
  return false;
}

std::string RewriteRule::shown() const {
  return file + ":" + std::to_string(line) + " (" + name + ")";
}

ReadRules read_rule_file(std::string path, std::string text) {
  auto file = std::make_unique<RuleFile>();
  file->path = std::move(path);
  file->text = std::move(text);
  try {
    Reader(*file).read();
  } catch (const Failed& failed) {
    return problem_at(file->path, file->text, failed.place, failed.message, failed.advice);
  }
  return file;
}

}  // namespace pg2crdb::rewrite
