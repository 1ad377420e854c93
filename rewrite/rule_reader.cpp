// The file as a whole, and what is asked everywhere: places, texts, variables.
#include "rewrite/rule_reader.h"

#include <algorithm>
#include <sstream>

#include "RewriteLexer.h"
#include "rewrite/site.h"
#include "support/nearest.h"

namespace pg2crdb::rewrite {
namespace {

/// How deep conditions and braces may be nested: the parser and what evaluates conditions are recursive.
constexpr size_t deepest = 200;

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

}  // namespace

void fail(Place place, std::string message, std::string advice) {
  throw Failed{place, std::move(message), std::move(advice)};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  return near.empty() ? std::string() : "did you mean `" + near + "`?";
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

void RuleReader::read() {
  check_text(file_.text);
  antlr4::ANTLRInputStream input(file_.text);
  antlr::RewriteLexer lexer(&input);
  ErrorListener errors(positions_);
  lexer.removeErrorListeners();
  lexer.addErrorListener(&errors);
  antlr4::CommonTokenStream tokens(&lexer);
  antlr::RewriteParser parser(&tokens);
  parser.getATN();  // which makes its tables
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

Place RuleReader::place(antlr4::Token* token) const {
  return {positions_.byte(token->getStartIndex()), positions_.byte(token->getStopIndex() + 1)};
}

Place RuleReader::place(antlr4::ParserRuleContext* rule) const {
  return {place(rule->getStart()).begin, place(rule->getStop()).end};
}

Template RuleReader::read_template(antlr4::tree::TerminalNode* string) {
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

std::vector<std::string> RuleReader::path(const std::vector<Parser::PathContext*>& steps) const {
  std::vector<std::string> result;
  for (Parser::PathContext* step : steps) result.push_back(step->name()->getText());
  return result;
}

std::string RuleReader::words(const std::vector<Parser::WordContext*>& names) const {
  std::string result;
  for (Parser::WordContext* name : names) result += (result.empty() ? "" : " ") + name->getText();
  return result;
}

bool RuleReader::is_implicit(const std::string& name) {
  return std::find(implicit_variables().begin(), implicit_variables().end(), name) !=
         implicit_variables().end();
}

const Template* RuleReader::reason() const {
  for (const Action& action : rule_->actions) {
    const bool leaves = action.kind == Action::Kind::remove || action.kind == Action::Kind::hold ||
                        action.kind == Action::Kind::move;
    if (leaves && !action.text.empty()) return &action.text;
  }
  return nullptr;
}

bool RuleReader::binds(const std::string& name) const {
  return std::any_of(bound_.begin(), bound_.end(), [&](const auto& bound) { return bound.contains(name); });
}

Template RuleReader::with_reason(const Template& text) const {
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

void RuleReader::use_variable(const std::string& name, Place where) {
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
         "no `match` of this rule binds `$" + name + "`" + (bound_.size() > 1 ? " in every alternative" : ""),
         did_you_mean(name, candidates));
  }
}

void RuleReader::file(Parser::FileContext& context) {
  if (auto* header = context.passHeader()) pass_header(*header);
  for (auto* finding : context.finding()) this->finding(*finding);
  // Rules point to findings: there may be no more of them once the first rule is read.
  file_.findings.reserve(file_.findings.size() + context.rewriteRule().size());
  for (auto* rule : context.rewriteRule()) this->rule(*rule);
  if (file_.rules.empty()) fail({0, 0}, "there is no rule in this file", "a rule begins with `rule NAME`");
}

void RuleReader::pass_header(Parser::PassHeaderContext& context) {
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

Severity RuleReader::severity(Parser::SeverityContext* context) {
  const std::string word = context->getText();
  return word == "error" ? Severity::error : word == "warning" ? Severity::warning : Severity::info;
}

void RuleReader::finding(Parser::FindingContext& context) {
  FindingKind rule;
  rule.id = keep(context.name(0)->getText());
  rule.severity = severity(context.severity());
  rule.category = keep(context.name(1)->getText());
  rule.summary = keep(text(context.STRING(0)));
  rule.advice = keep(text(context.STRING(1)));
  for (const FindingKind& other : file_.findings) {
    if (other.id == rule.id)
      fail(place(context.name(0)), "the finding `" + std::string(rule.id) + "` is declared twice");
  }
  file_.findings.push_back(rule);
}

void RuleReader::rule(Parser::RewriteRuleContext& context) {
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
    const bool possible = std::ranges::any_of(known_releases(), [&](const Release& release) {
      return rule.target->holds(Target(release.version));
    });
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

void RuleReader::report(Parser::RewriteRuleContext& context, RewriteRule& rule) {
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
    for (const FindingKind& finding : file_.findings) {
      if (finding.id == id) rule.finding = &finding;
      known.emplace_back(finding.id);
    }
    if (rule.finding == nullptr)
      fail(place(report), "no `finding` of this file is called `" + id + "`", did_you_mean(id, known));
    return;
  }
  for (const FindingKind& finding : file_.findings) {
    if (finding.id == rule.name)
      fail(rule.place, "the finding `" + rule.name + "` is declared twice",
           "write `rule ... reports " + rule.name + "`");
  }
  FindingKind finding;
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

Placement RuleReader::placement(Parser::PlacementContext& context) {
  if (context.name() == nullptr) {
    return context.side->getText() == "last" ? Placement{Placement::Side::before, "order-phases"}
                                             : Placement{Placement::Side::after, "resolve-history"};
  }
  return {context.side->getText() == "before" ? Placement::Side::before : Placement::Side::after,
          context.name()->getText()};
}

std::string RuleReader::block_text(Parser::BlockContext* block) const {
  const Place where = place(block);
  return file_.text.substr(where.begin + 1, where.end - where.begin - 2);
}

void RuleReader::rule_test(Parser::RuleTestContext& context) {
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

}  // namespace pg2crdb::rewrite
