#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ast/reflect.h"
#include "ast/script.h"
#include "diag/diagnostic.h"
#include "rewrite/pass.h"
#include "rewrite/regex.h"
#include "target/target.h"

/// The rule language as data: what `read_rule_file` makes and `RuleProgram` runs. docs/rule-language.md says
/// what each part means.
namespace pg2crdb::rewrite {

/// Bytes of the rule file, half open.
struct Place {
  size_t begin = 0;
  size_t end = 0;
};

/// A piece of SQL as a tree, in which variables stand as names: see `fragment.h`.
struct Fragment {
  const ast::TypeInfo* type = nullptr;
  std::shared_ptr<void> node;
  std::vector<std::string> variables;  ///< without their dollar signs, each once
  Place place;

  explicit operator bool() const { return node != nullptr; }
};

struct Match {
  const ast::TypeInfo* type = nullptr;  ///< of the nodes that are candidates
  Fragment pattern;                     ///< may be missing: every node of the type
  std::vector<std::string> kinds;       ///< statements only: `of kind 'COMMENT ON *'`
  std::string table;   ///< `on $table`, or a column's table: a variable with its `$`, or a name
  std::string column;  ///< of a column: a variable with its `$`, or a name
  Place place;
};

/// A text with variables in it: `$name`, `${name.path}`.
struct Template {
  struct Part {
    std::string text;      ///< where no variable is named
    std::string variable;  ///< "object", "x"; "." is the node that matched
    std::vector<std::string> path;
  };
  std::vector<Part> parts;

  bool empty() const { return parts.empty(); }
};

struct Value {
  enum class Kind { variable, path, count, type_of, literal };
  Kind kind = Kind::literal;
  std::string text;  ///< a variable's name, a literal's text
  std::vector<std::string> path;
  std::shared_ptr<Value> argument;  ///< of count and type of
  Place place;
};

struct Condition {
  enum class Kind {
    negation,
    conjunction,
    disjunction,
    comparison,
    pattern,
    membership,
    property,
    possession,
    truth
  };
  Kind kind = Kind::truth;
  std::vector<Condition> parts;
  Value left;
  std::optional<Value> right;
  std::string op;  ///< "=", "~" ...; the words of a property or possession
  bool negated = false;
  std::vector<std::string> options;  ///< of IN
  std::optional<Regex> regex;
  std::string needed;    ///< what every text that `regex` finds holds: cheaper to look for
  std::string captured;  ///< variable that gets what the first group of `regex` found; empty for none
  Place place;
};

struct TargetCondition {
  enum class Kind { negation, conjunction, disjunction, version, capability };
  Kind kind = Kind::capability;
  std::vector<TargetCondition> parts;
  std::string op;
  Version version;
  Capability capability{};
  bool lacks = false;

  bool holds(const Target& target) const;
};

struct Action {
  enum class Kind {
    remove,  ///< the node leaves its list, the statement the output
    hold,    ///< the statement needs a person
    move,
    rewrite,        ///< the fragment takes the node's place
    add_statement,  ///< `fragment` or `text`, in `phase`
    add_element,    ///< `fragment` goes to the end of the list at `path`
    set,
    unset,
    replace_text,  ///< what `regex` finds in the text at `path`
    rename,
  };
  Kind kind = Kind::remove;
  std::vector<std::string> path;
  Fragment fragment;
  Template text;  ///< verbatim statement, new name or text, or the reason of remove, hold and move
  std::optional<Regex> regex;
  ast::Phase phase = ast::Phase::post_data;
  Place place;
};

struct RuleTest {
  std::optional<Version> crdb;
  std::string input;
  std::optional<std::string> becomes;
  bool unchanged = false;
  std::vector<std::string> reports;
  Place place;
  Place becomes_place;  ///< of the braces and what is in them
  Place reports_place;  ///< from `reports` to the last text; empty where there is none
};

/// One rule. Owned by its RuleFile.
struct RewriteRule {
  std::string name;
  std::string
      touches_as;  ///< what statements list as the pass that touched them: the built-in pass, or `name`
  const FindingKind* finding = nullptr;  ///< what it reports; null: it rewrites in silence
  std::vector<Match> matches;            ///< the first that fits counts
  std::optional<Condition> condition;
  std::optional<TargetCondition> target;
  std::vector<Action> actions;  ///< none: it only reports
  Template say;
  Template about;     ///< the object that is spoken of; empty: the place's own
  bool once = false;  ///< said once a statement, where the finding was not yet
  std::vector<RuleTest> tests;
  std::optional<Placement> placement;  ///< where `run` was said
  std::string file;                    ///< its path, for messages
  uint64_t line = 0;
  Place place;  ///< of its name

  /// "rules/mine.rule:3 (no-float-money)".
  std::string shown() const;
};

}  // namespace pg2crdb::rewrite
