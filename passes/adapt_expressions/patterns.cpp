#include "passes/adapt_expressions/patterns.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

constexpr std::string_view word_characters[] = {"\\w",       "\\W",       "[:alpha:]", "[:alnum:]",
                                                "[:upper:]", "[:lower:]", "[:word:]"};
constexpr std::string_view quantifiers = "*+?{";

/// Of a group, or of the whole pattern.
using Branches = std::vector<std::string>;

/// One character, escape or bracket expression.
size_t end_of_atom(std::string_view pattern, size_t at) {
  if (pattern[at] == '\\') return std::min(at + 2, pattern.size());
  if (pattern[at] != '[') return at + 1;
  size_t end = at + 1;
  if (end < pattern.size() && pattern[end] == '^') ++end;
  if (end < pattern.size() && pattern[end] == ']') ++end;
  while (end < pattern.size() && pattern[end] != ']') {
    const size_t inner =
        pattern.substr(end).starts_with("[:") ? pattern.find(":]", end) : std::string_view::npos;
    end = inner == std::string_view::npos ? end + 1 : inner + 2;
  }
  return std::min(end + 1, pattern.size());
}

/// Of each group that has more than one branch.
std::vector<Branches> alternatives_in(std::string_view pattern) {
  std::vector<Branches> found, open = {{""}};
  const auto close = [&] {
    if (open.back().size() > 1) found.push_back(open.back());
    open.pop_back();
  };
  for (size_t i = 0; i < pattern.size();) {
    const std::string_view atom = pattern.substr(i, end_of_atom(pattern, i) - i);
    i += atom.size();
    if (atom == "(") {
      for (Branches& outer : open) outer.back() += atom;
      open.push_back({""});
      if (pattern.substr(i).starts_with("?:")) i += 2;
      continue;
    }
    if (atom == ")" && open.size() > 1) close();
    const size_t inner = open.size() - 1;
    if (atom == "|") open[inner].emplace_back();
    for (size_t k = 0; k < open.size(); ++k) {
      if (k != inner || atom != "|") open[k].back() += atom;
    }
  }
  while (!open.empty()) close();
  return found;
}

std::string_view without_anchors(std::string_view branch) {
  if (branch.starts_with('^')) branch.remove_prefix(1);
  if (branch.ends_with('$') && !branch.ends_with("\\$")) branch.remove_suffix(1);
  return branch;
}

/// The characters that a branch begins with whatever follows.
std::string fixed_beginning(std::string_view branch) {
  std::string fixed;
  for (size_t i = 0; i < branch.size();) {
    const size_t end = end_of_atom(branch, i);
    const std::string_view atom = branch.substr(i, end - i);
    const bool plain =
        atom.size() == 1 && std::string_view("^$.()|*+?{[").find(atom[0]) == std::string_view::npos;
    const bool quoted =
        atom.size() == 2 && atom[0] == '\\' && std::isalnum(static_cast<unsigned char>(atom[1])) == 0;
    const bool repeated = end < branch.size() && quantifiers.find(branch[end]) != std::string_view::npos;
    if ((!plain && !quoted) || repeated) break;
    fixed += atom.back();
    i = end;
  }
  return fixed;
}

/// Whether both may match at one place, the second one more than the first.
bool second_may_take_more(std::string_view first, std::string_view second) {
  first = without_anchors(first);
  second = without_anchors(second);
  if (first == second) return false;
  const std::string begins = fixed_beginning(first), other = fixed_beginning(second);
  const size_t common = std::min(begins.size(), other.size());
  if (begins.compare(0, common, other, 0, common) != 0) return false;
  const bool second_ends = other.size() == second.size();
  return !(second_ends && other.size() <= begins.size());
}

bool mixes_greediness(std::string_view pattern) {
  bool greedy = false, lazy = false;
  for (size_t i = 0; i < pattern.size();) {
    const size_t end = end_of_atom(pattern, i);
    const bool is_group_mark = pattern[i] == '(' && end < pattern.size() && pattern[end] == '?';
    i = is_group_mark ? end + 1 : end;
    if (is_group_mark || i >= pattern.size() || quantifiers.find(pattern[i]) == std::string_view::npos)
      continue;
    if (pattern[i] == '{') {
      const size_t closed = pattern.find('}', i);
      if (closed == std::string_view::npos) break;
      // {3} is neither
      const bool counts = pattern.substr(i, closed - i).find(',') == std::string_view::npos;
      i = closed;
      if (counts) continue;
    }
    const bool is_lazy = i + 1 < pattern.size() && pattern[i + 1] == '?';
    (is_lazy ? lazy : greedy) = true;
    i += is_lazy ? 2 : 1;
  }
  return greedy && lazy;
}

/// `(?..)` in front, where PostgreSQL has options for all of the pattern; empty where it has none.
std::string_view options_of(std::string_view pattern) {
  const size_t end = pattern.find_first_not_of("abcdefghijklmnopqrstuvwxyz", 2);
  const bool has_options = pattern.starts_with("(?") && end != std::string_view::npos && pattern[end] == ')';
  return has_options ? pattern.substr(0, end + 1) : std::string_view();
}

/// A constant behind the pattern, and behind what replaces it: PostgreSQL has it last.
std::string_view written_flags(const ast::FunctionCall& call) {
  const size_t operands = call.name.name == "regexp_replace" ? 3 : 2;
  if (!call.name.name.starts_with("regexp_") || call.arguments.size() <= operands) return {};
  const ast::Literal* literal = string_literal(call.arguments.back());
  return literal == nullptr ? std::string_view() : literal->text;
}

}  // namespace

Pattern written_pattern(const ast::Expr& expr) {
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    constexpr std::string_view matches[] = {"~", "~*", "!~", "!~*"};
    if (operation->op.empty() || !operation->left || !operation->right) return {};
    const bool matching = std::ranges::find(matches, operation->op.back()) != std::end(matches);
    const ast::Literal* literal = matching ? string_literal(*operation->right) : nullptr;
    return literal == nullptr ? Pattern{} : Pattern{literal->text, false};
  }
  const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr || call->arguments.size() < 2) return {};
  const std::string& name = call->name.name;
  const bool substring = name == "substring" && call->arguments.size() == 2;
  if (!built_in(call->name) || (!substring && !name.starts_with("regexp_"))) return {};
  const ast::Literal* literal = string_literal(call->arguments[1]);
  const std::string_view flags = written_flags(*call);
  return literal == nullptr ? Pattern{{}, false, flags}
                            : Pattern{literal->text, name != "regexp_like", flags};
}

std::string_view foreign_to_re2(std::string_view pattern) {
  if (pattern.starts_with("***")) return "***";
  const std::string_view options = options_of(pattern);
  if (options.find_first_not_of("(?ims)") != std::string_view::npos) return options;
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    for (const std::string_view part : {"(?=", "(?!", "(?<=", "(?<!", "[[:<:]]", "[[:>:]]"}) {
      if (rest.starts_with(part)) return part;
    }
    if (pattern[i] != '\\') continue;
    for (const std::string_view part :
         {"\\m", "\\M", "\\y", "\\Y", "\\Z", "\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7", "\\8", "\\9"}) {
      if (rest.starts_with(part)) return part;
    }
    ++i;
  }
  return {};
}

std::string_view foreign_flag(std::string_view flags) {
  const size_t found = flags.find_first_not_of("cgimnpsw");
  return found == std::string_view::npos ? std::string_view() : flags.substr(found, 1);
}

std::string different_in_re2(const Pattern& pattern) {
  if (pattern.is_replaced) {
    // The end of the text, where nothing else matches: `$|,+`.
    const bool ends_lines =
        pattern.flags.find_first_of("mnpw") != std::string_view::npos || !options_of(pattern.text).empty();
    for (const Branches& branches : alternatives_in(pattern.text)) {
      for (size_t i = 0; i < branches.size(); ++i) {
        if (branches[i] == "$" && !ends_lines) continue;
        for (size_t k = i + 1; k < branches.size(); ++k) {
          if (second_may_take_more(branches[i], branches[k]))
            return "`" + branches[i] + "|" + branches[k] +
                   "` may take the longer match in PostgreSQL, and the first in CockroachDB";
        }
      }
    }
    if (mixes_greediness(pattern.text))
      return "has greedy and lazy quantifiers: in PostgreSQL the first of a branch says it for all";
  }
  for (const std::string_view part : word_characters) {
    if (pattern.text.find(part) != std::string_view::npos)
      return "`" + std::string(part) + "` knows ASCII's letters only in CockroachDB";
  }
  return {};
}

}  // namespace pg2crdb::adapt
