#include "grammar/describe.h"

#include <CockroachDBParser.h>
#include <fmt/format.h>

#include <algorithm>

#include "support/nearest.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using Grammar = antlr::CockroachDBParser;

constexpr size_t most_expected = 14;
// Forms of several words may stand so many words before the place that is refused.
constexpr size_t words_before = 3;
constexpr size_t longest_shown = 40;

struct Form {
  std::string_view beginning;
  std::string_view words;
  Capability capability;
};

constexpr Form forms[] = {
#define FORM(beginning, words, capability) {beginning, words, Capability::capability},
#include "grammar/postgresql_forms.def"
#undef FORM
};

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::string_view text_of(const Refusal& refusal, size_t index) {
  const ScannedToken& token = refusal.tokens[index];
  return refusal.statement.substr(token.begin, token.end - token.begin);
}

std::string word_at(const Refusal& refusal, size_t index) {
  if (index >= refusal.tokens.size()) return {};
  std::string_view text = text_of(refusal, index);
  if (text.starts_with('"')) text = text.substr(1, text.size() - 2);
  return upper(text);
}

size_t count_words(std::string_view words) {
  return words.empty() ? 0 : 1 + static_cast<size_t>(std::ranges::count(words, ' '));
}

bool stand_at(const Refusal& refusal, std::string_view words, size_t index) {
  for (; !words.empty(); ++index) {
    const size_t blank = std::min(words.find(' '), words.size());
    if (word_at(refusal, index) != words.substr(0, blank)) return false;
    words.remove_prefix(std::min(blank + 1, words.size()));
  }
  return true;
}

// CREATE OR REPLACE and CREATE begin the same statements.
bool begins_with(const Refusal& refusal, std::string_view words) {
  if (stand_at(refusal, words, 0)) return true;
  return stand_at(refusal, "CREATE OR REPLACE", 0) && words.starts_with("CREATE ") &&
         stand_at(refusal, words.substr(7), 3);
}

// The words stand where the statement is refused, or are refused for what follows them, or began earlier.
bool refused_at(const Refusal& refusal, std::string_view words) {
  const size_t count = count_words(words);
  const size_t back = count > 1 ? count + words_before : count;
  const size_t first = refusal.at > back ? refusal.at - back : 0;
  for (size_t index = first; index <= refusal.at; ++index) {
    if (stand_at(refusal, words, index)) return true;
  }
  return false;
}

std::string hint_for(const Refusal& refusal) {
  for (const Form& form : forms) {
    if (begins_with(refusal, form.beginning) && refused_at(refusal, form.words))
      return fmt::format("PostgreSQL's form, which CockroachDB does not have: {}.",
                         info(form.capability).sentence);
  }
  return {};
}

// Names, expressions and operators are many tokens; one word stands for them.
std::vector<std::string> in_words(const Refusal& refusal) {
  std::set<size_t> types = refusal.expected;
  std::vector<std::string> words;
  const auto drop_literals = [&](auto&& drop) {
    std::erase_if(
        types, [&](size_t type) { return type < refusal.literals.size() && drop(refusal.literals[type]); });
  };
  const auto is_word = [](const std::string& literal) {
    return !literal.empty() && literal[0] >= 'A' && literal[0] <= 'Z';
  };
  const bool names = types.contains(Grammar::IDENT);
  const bool expression = types.contains(Grammar::FCONST) && names;
  if (expression) {
    words.emplace_back("an expression");
    types.clear();
  } else if (names) {
    words.emplace_back("a name");
    drop_literals(is_word);
    for (const size_t kind : {Grammar::IDENT, Grammar::NO_TYPE, Grammar::LOCALE, Grammar::INDEX_DEFINITION})
      types.erase(kind);
  }
  const bool operators = std::ranges::any_of(
      types, [&](size_t type) { return type < refusal.literals.size() && refusal.literals[type] == "::"; });
  if (operators) {
    drop_literals([&](const std::string& literal) {
      return !literal.empty() && !is_word(literal) && literal != "," && literal != ")" && literal != ";";
    });
    for (const char* word : {"AND", "OR", "NOT", "LIKE", "ILIKE", "SIMILAR", "IN", "IS", "ISNULL", "NOTNULL",
                             "BETWEEN", "COLLATE", "OVERLAPS", "OPERATOR", "AT", "ESCAPE"})
      drop_literals([&](const std::string& literal) { return literal == word; });
  }
  for (const size_t type : types) {
    if (type == end_of_text)
      words.emplace_back("the end");
    else if (type == Grammar::ICONST)
      words.emplace_back("a number");
    else if (type == Grammar::SCONST)
      words.emplace_back("a string");
    else if (type == Grammar::LOCALE)
      words.emplace_back("a collation of CockroachDB");
    else if (type == Grammar::INDEX_DEFINITION)
      words.emplace_back("INDEX");
    else if (type < refusal.literals.size() && !refusal.literals[type].empty() &&
             refusal.literals[type] != ";")
      words.push_back(refusal.literals[type]);
  }
  return words;
}

// The keyword that a misspelt word was meant to be; empty where none is near.
std::string near_keyword(const Refusal& refusal) {
  constexpr size_t shortest = 3, longest = 30;
  const std::string word = word_at(refusal, refusal.at);
  if (word.size() < shortest || word.size() > longest) return {};
  std::string best;
  size_t least = word.size() / 3 + 1;
  for (const size_t type : refusal.expected) {
    if (type >= refusal.literals.size() || refusal.literals[type].size() < shortest) continue;
    const size_t distance = edit_distance(word, refusal.literals[type]);
    if (distance == 0 || distance >= least) continue;
    least = distance;
    best = refusal.literals[type];
  }
  return best;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    const bool phrase =
        words[i].starts_with("a ") || words[i].starts_with("an ") || words[i].starts_with("the ");
    out += phrase ? words[i] : "`" + words[i] + "`";
  }
  return out;
}

std::string shown(std::string_view text) {
  if (text.size() <= longest_shown) return std::string(text);
  size_t cut = longest_shown;
  while (cut > 0 && continues_character(text[cut])) --cut;
  return std::string(text.substr(0, cut)) + " ...";
}

// `word`: empty for the end of `whole`.
std::string sentence(std::string_view word, std::string_view whole,
                     const std::vector<std::string>& expected) {
  if (expected.empty())
    return word.empty() ? fmt::format("the {} ends too early", whole)
                        : fmt::format("`{}` is not expected here", shown(word));
  return word.empty() ? fmt::format("the {} ends where {} is expected", whole, joined(expected))
                      : fmt::format("`{}` stands where {} is expected", shown(word), joined(expected));
}

SyntaxProblem at_refusal(const Refusal& refusal) {
  SyntaxProblem problem;
  if (refusal.at < refusal.tokens.size()) {
    problem.offset = refusal.tokens[refusal.at].begin;
    problem.length = refusal.tokens[refusal.at].end - refusal.tokens[refusal.at].begin;
  } else {
    problem.offset = refusal.tokens.empty() ? 0 : refusal.tokens.back().end;
  }
  return problem;
}

}  // namespace

SyntaxProblem describe(const Refusal& refusal) {
  SyntaxProblem problem = at_refusal(refusal);
  const bool at_end = refusal.at >= refusal.tokens.size() || text_of(refusal, refusal.at) == ";";
  problem.expected = in_words(refusal);
  if (problem.expected.size() > most_expected) problem.expected.clear();
  problem.message = sentence(at_end ? "" : text_of(refusal, refusal.at), "statement", problem.expected);
  problem.hint = hint_for(refusal);
  if (const std::string near = near_keyword(refusal); problem.hint.empty() && !near.empty())
    problem.hint = fmt::format("Did you mean {}?", near);
  return problem;
}

SyntaxProblem describe_in_body(const Refusal& refusal) {
  constexpr size_t most_shown = 3;
  SyntaxProblem problem = at_refusal(refusal);
  for (const size_t type : refusal.expected) {
    if (type < refusal.literals.size() && !refusal.literals[type].empty())
      problem.expected.push_back(refusal.literals[type]);
  }
  if (problem.expected.size() != refusal.expected.size() || problem.expected.size() > most_shown)
    problem.expected.clear();
  const bool at_end = refusal.at >= refusal.tokens.size();
  problem.message = sentence(at_end ? "" : text_of(refusal, refusal.at), "body", problem.expected);
  return problem;
}

SyntaxProblem describe_release(const Refusal& refusal, Capability missing) {
  // The predicate stands behind the words that it is about.
  Refusal before = refusal;
  if (before.at > 0) --before.at;
  SyntaxProblem problem = at_refusal(before);
  const CapabilityInfo& row = info(missing);
  problem.message =
      fmt::format("`{}` is not in this release of CockroachDB", shown(text_of(before, before.at)));
  problem.hint = row.since ? fmt::format("Since CockroachDB {}: {}.", to_string(*row.since), row.sentence)
                           : fmt::format("In no release: {}.", row.sentence);
  return problem;
}

SyntaxProblem describe_misfit(const Refusal& refusal, std::string_view sentence) {
  SyntaxProblem problem = at_refusal(refusal);
  problem.message = fmt::format("`{}` {}", shown(text_of(refusal, refusal.at)), sentence);
  problem.hint = hint_for(refusal);
  return problem;
}

SyntaxProblem describe_depth(const Refusal& refusal) {
  SyntaxProblem problem = at_refusal(refusal);
  problem.message = "the statement is nested too deeply to be checked";
  problem.too_deep = true;
  return problem;
}

}  // namespace pg2crdb
