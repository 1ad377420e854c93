#pragma once
#include <antlr4-runtime.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "RewriteParser.h"
#include "rewrite/fragment.h"
#include "rewrite/rule_file.h"
#include "support/utf8.h"

/// For the sources of `read_rule_file` only, which are all that know ANTLR.
namespace pg2crdb::rewrite {

/// Thrown at the first problem.
struct Failed {
  Place place;
  std::string message;
  std::string advice;
};

[[noreturn]] void fail(Place place, std::string message, std::string advice = {});

/// "did you mean `x`?"; empty where nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// A text in quotes of its first character's kind.
std::string unquoted(std::string_view quoted);

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

/// Makes a rule file of its text.
class RuleReader {
 public:
  explicit RuleReader(RuleFile& file) : file_(file), positions_(file.text) {}
  /// Throws Failed.
  void read();

 private:
  using Parser = antlr::RewriteParser;

  // --- places and texts

  Place place(antlr4::Token* token) const;
  Place place(antlr4::ParserRuleContext* rule) const;
  std::string source(Place where) const { return file_.text.substr(where.begin, where.end - where.begin); }
  std::string source(antlr4::ParserRuleContext* rule) const { return source(place(rule)); }
  static std::string text(antlr4::tree::TerminalNode* string) { return unquoted(string->getText()); }
  std::string_view keep(std::string text) { return file_.strings.emplace_back(std::move(text)); }
  Template read_template(antlr4::tree::TerminalNode* string);
  std::vector<std::string> path(const std::vector<Parser::PathContext*>& steps) const;
  /// In the order of the text, words that belong together with one blank between.
  std::string words(const std::vector<Parser::WordContext*>& names) const;

  // --- variables of the rule that is read

  /// What conditions and texts may name without a pattern that binds it.
  static bool is_implicit(const std::string& name);
  /// What the rule's action says behind `because`; null where it says nothing.
  const Template* reason() const;
  bool binds(const std::string& name) const;
  /// Puts the reason in place of `$reason`, unless a pattern gives the name to something else.
  Template with_reason(const Template& text) const;
  void use_variable(const std::string& name, Place where);

  // --- the file

  void file(Parser::FileContext& context);
  void pass_header(Parser::PassHeaderContext& context);
  static Severity severity(Parser::SeverityContext* context);
  void finding(Parser::FindingContext& context);
  void rule(Parser::RewriteRuleContext& context);
  void report(Parser::RewriteRuleContext& context, RewriteRule& rule);
  Placement placement(Parser::PlacementContext& context);

  // --- match

  Fragment fragment(Noun noun, Parser::SqlContext& sql);
  std::string part(antlr4::ParserRuleContext* context) const;
  void match(Parser::SubjectContext& context);
  static Noun noun(const std::string& word);
  void set_pattern(Match& match, Noun noun, Parser::SqlContext* sql);

  // --- conditions

  Value value(Parser::ValueContext& context);
  std::string literal(Parser::LiteralContext& context) const;
  /// Fields at a path from a type on; alternatives of a variant are all followed. Null where one is missing.
  static bool reachable(const ast::TypeInfo& type, const std::vector<std::string>& path, size_t step,
                        std::vector<std::string>& known, std::vector<const ast::TypeInfo*>* ends);
  /// The pattern of a statement or an expression says which kind of it matches.
  static const ast::TypeInfo& kind_of_match(const Match& match);
  /// The types that the matched node has at the path, over all alternatives of the rule.
  std::vector<const ast::TypeInfo*> check_path(const std::vector<std::string>& path, Place where);
  /// A part that who reads the tree relies on cannot be emptied.
  void check_not_required(std::vector<std::string> path, Place where) const;
  Condition test(Parser::Test_Context& context);
  std::string known_words(std::string words, const std::vector<std::string>& known, Place first, Place last,
                          std::string_view verb);
  Regex regex(antlr4::tree::TerminalNode* string) const;
  TargetCondition target(Parser::TargetTestContext& context);
  Version release(antlr4::tree::TerminalNode* number) const;

  // --- actions

  void action(Parser::ActionContext& context);
  ast::Phase phase(Parser::NameContext* context) const;
  void check_renamable(Place where) const;
  static std::string shown_path(const std::vector<std::string>& path);
  /// A fragment that may use bound variables only.
  Fragment used_fragment(Noun noun, Parser::SqlContext& sql);
  void rewrite_as(Action& action, Parser::SqlContext& sql);
  const ast::TypeInfo& only_type(const std::vector<std::string>& path, Place where);
  /// The new value of a part: SQL where the part has a form in SQL, else a word, a number or a text.
  void part_fragment(Action& action, const ast::TypeInfo& type, Parser::SqlContext& sql);

  // --- tests

  std::string block_text(Parser::BlockContext* block) const;
  void rule_test(Parser::RuleTestContext& context);

  RuleFile& file_;
  Positions positions_;
  RewriteRule* rule_ = nullptr;
  std::vector<std::set<std::string>> bound_;  ///< one a `match` of the rule
};

}  // namespace pg2crdb::rewrite
