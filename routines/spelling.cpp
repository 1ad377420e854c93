// What CockroachDB's PL/pgSQL has under other words, or in quotes only, and what it reads otherwise.
#include <algorithm>
#include <utility>

#include "ast/walk.h"
#include "emit/plpgsql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "support/ascii.h"
#include "target/plpgsql_words.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// The last word of a text, folded.
std::string last_word(std::string_view text) {
  while (!text.empty() && !in_name(text.back())) text.remove_suffix(1);
  size_t begin = text.size();
  while (begin > 0 && in_name(text[begin - 1])) --begin;
  return lower(text.substr(begin));
}

/// `DECLARE n int DEFAULT 1`
void defaults(Conversion& conversion) {
  each_part(conversion.body, [&](Declaration& one) {
    const auto* variable = std::get_if<VariableDeclaration>(&one.node);
    if (variable == nullptr || !variable->default_value || one.offset < 0) return;
    const int32_t value = variable->default_value->offset;
    if (value < one.offset) return;
    const auto begin = static_cast<size_t>(one.offset);
    const auto head = std::string_view(conversion.text).substr(begin, static_cast<size_t>(value) - begin);
    if (last_word(head) != "default") return;
    const size_t word = begin + lower(head).rfind("default");
    conversion.words.push_back({word, word + std::string_view("default").size(), ":="});
    conversion.note("DEFAULT of a variable", one.offset);
  });
}

void elseifs(Conversion& conversion) {
  constexpr std::string_view word = "elseif";
  each_part(conversion.body, [&](If& one) {
    for (const Branch& branch : one.branches) {
      const auto begin = static_cast<size_t>(std::max(branch.offset, 0));
      if (lower(std::string_view(conversion.text).substr(begin, word.size())) != word) continue;
      conversion.words.push_back({begin, begin + word.size(), "ELSIF"});
      conversion.note("ELSEIF", branch.offset);
    }
  });
}

/// `x := a FROM t` is `x := (SELECT a FROM t)`. What PERFORM runs is a query anyway, and the values of a CASE
/// are several.
void queries(Conversion& conversion) {
  std::set<const Value*> performed;
  each_part(conversion.body, [&](Perform& one) { performed.insert(&one.query); });
  each_part(conversion.body, [&](Value& value) {
    auto* query = std::get_if<ast::Query>(&value.node);
    if (query == nullptr || query->targets.size() != 1 || performed.contains(&value)) return;
    ast::Subquery subquery;
    subquery.query = std::move(*query);
    value.node = ast::Expr{std::move(subquery)};
    conversion.note("a query as a value", value.offset);
  });
}

/// `type := 1`: where one is set or named, CockroachDB takes a word of its own for nothing else.
void words(Conversion& conversion) {
  const auto look = [&](int32_t offset) {
    if (offset < 0) return;
    const auto begin = static_cast<size_t>(offset);
    const transform::WrittenName written =
        transform::read_name(std::string_view(conversion.text).substr(begin));
    for (size_t i = 0; i < written.parts.size(); ++i) {
      const size_t at = begin + written.begins[i];
      if (conversion.text[at] == '"' || !is_plpgsql_word(written.parts[i])) continue;
      conversion.words.push_back({at, begin + written.ends[i], '"' + written.parts[i] + '"'});
      conversion.note("a variable called `" + written.parts[i] + "`", static_cast<int32_t>(at));
    }
  };
  each_part(conversion.body, [&](Variable& one) { look(one.offset); });
  each_part(conversion.body, [&](Declaration& one) { look(one.offset); });
}

/// Whether a name in the SQL of a body may be a variable and a column.
bool has_conflicts(Conversion& conversion) {
  std::set<std::string> names;
  for (const ast::FunctionParameter& one : conversion.routine.parameters) names.insert(one.name);
  each_part(conversion.body, [&](Declaration& one) { names.insert(one.name); });
  each_part(conversion.body, [&](ForRange& one) { names.insert(one.variable); });
  bool found = std::ranges::any_of(
      names, [&](const std::string& name) { return conversion.routine.columns.contains(name); });
  ast::Visitor look;
  look.query = [&](ast::Query& query) {
    for (const ast::SelectItem& item : query.targets) found = found || names.contains(item.alias);
    for (const ast::CommonTable& table : query.with) {
      found =
          found || std::ranges::any_of(table.columns, [&](const auto& one) { return names.contains(one); });
    }
  };
  names.erase("");
  ast::walk(conversion.body, look);
  return found;
}

/// Whether each variable is declared once and named without a label.
bool all_names_stay(Conversion& conversion) {
  std::set<std::string> labels = {conversion.routine.name}, names;
  each_part(conversion.body, [&](Block& one) { labels.insert(one.label); });
  labels.erase("");
  bool all_stay = true;
  const auto declare = [&](const std::string& name) { all_stay = names.insert(name).second && all_stay; };
  for (const ast::FunctionParameter& one : conversion.routine.parameters) {
    if (!one.name.empty()) declare(one.name);
  }
  each_part(conversion.body, [&](Declaration& one) {
    declare(one.name);
    all_stay = all_stay && std::holds_alternative<VariableDeclaration>(one.node);
  });
  each_part(conversion.body, [&](ForRange& one) { declare(one.variable); });
  const std::vector<transform::Token>& tokens = conversion.tokens();
  for (size_t i = 0; i + 1 < tokens.size(); ++i)
    all_stay =
        all_stay && !(tokens[i].is_name() && labels.contains(tokens[i].name()) && tokens[i + 1].is("."));
  return all_stay;
}

/// What they ask for changes no result of a body that runs: `variable_conflict error` refuses those that the
/// other two would decide about, and CockroachDB means the column, as `use_column` does (release facts 7.25).
/// Where no variable gets another name, it stays that one.
void options(Conversion& conversion) {
  std::erase_if(conversion.body.options, [&](const CompilerOption& option) {
    const bool is_same = option.name != "variable_conflict" || option.value == "error" ||
                         !has_conflicts(conversion) ||
                         (option.value == "use_column" && all_names_stay(conversion));
    if (is_same) conversion.note("#" + option.name, 0);
    return is_same;
  });
}

/// `n integer` is `n INT4`, `a | b & c` is `(a | b) & c`.
void differences(Conversion& conversion) {
  each_part(conversion.body, [&](VariableType& one) {
    if (differs_in_cockroachdb(one)) conversion.note("a bare integer", one.offset);
  });
  constexpr std::string_view otherwise = "an operator or a type that CockroachDB reads otherwise";
  each_part(conversion.body, [&](Value& one) {
    if (differs_in_cockroachdb(one)) conversion.note(otherwise, one.offset);
  });
  each_part(conversion.body, [&](StaticSql& one) {
    if (differs_in_cockroachdb(one)) conversion.note(otherwise, one.offset);
  });
}

/// OVERRIDING SYSTEM VALUE, where no column of the table always has its own value.
void overriding(Conversion& conversion) {
  if (conversion.routine.target.has(Capability::overriding_system_value)) return;
  each_part(conversion.body, [&](StaticSql& one) {
    auto* text = std::get_if<ast::Opaque>(&one.statement);
    if (text == nullptr) return;
    const std::string before = text->text;
    const std::vector<transform::Token> tokens = transform::scan(before).tokens;
    if (tokens.size() < 3 || !tokens[0].is("insert") || !tokens[1].is("into")) return;
    const std::vector<std::string> names =
        transform::read_name(std::string_view(before).substr(tokens[2].begin)).parts;
    if (names.empty() || names.size() > 2) return;
    const ast::CreateTable* table =
        conversion.table(names.size() == 1 ? ast::Name{"", names[0]} : ast::Name{names[0], names[1]});
    if (table == nullptr || std::ranges::any_of(table->columns, [](const ast::Column& column) {
          return column.identity && column.identity->always;
        }))
      return;
    for (size_t i = 3; i + 3 < tokens.size(); ++i) {
      if (!tokens[i].is("overriding") || !tokens[i + 1].is("system") || !tokens[i + 2].is("value")) continue;
      text->text.erase(tokens[i].begin, tokens[i + 3].begin - tokens[i].begin);
      conversion.note("OVERRIDING SYSTEM VALUE", one.offset);
      return;
    }
  });
}

}  // namespace

void convert_spelling(Conversion& conversion) {
  defaults(conversion);
  elseifs(conversion);
  queries(conversion);
  words(conversion);
  options(conversion);
  overriding(conversion);
  differences(conversion);
}

}  // namespace pg2crdb::routines
