// Conditions of handlers and of RAISE. A handler of a class takes all errors of it, CockroachDB's that one
// error alone; some names it does not have, but their SQLSTATEs (source of its PL/pgSQL).
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/field_values.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "routines/error_names.h"
#include "routines/raised_errors.h"
#include "support/words.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

struct Name {
  std::string_view condition;
  std::string_view sqlstate;
};

constexpr std::string_view sqlstates[] = {
#define CONDITION(name, sqlstate) sqlstate,
#define CONDITION_CLASS CONDITION
#define CONDITION_OF_TWO(name, first, second) first, second,
#include "routines/condition_names.def"
};

constexpr Name classes[] = {
#define CONDITION(name, sqlstate)
#define CONDITION_CLASS(name, sqlstate) {name, sqlstate},
#include "routines/condition_names.def"
};

constexpr Name unknown[] = {
#define CONDITION(name, sqlstate)
#define CONDITION_UNKNOWN(name, sqlstate) {name, sqlstate},
#include "routines/condition_names.def"
};

template <size_t count>
std::string_view sqlstate_of(const Name (&names)[count], std::string_view condition) {
  const auto* found = std::ranges::find(names, condition, &Name::condition);
  return found == std::end(names) ? std::string_view() : found->sqlstate;
}

bool is_class(std::string_view sqlstate) {
  return sqlstate.ends_with("000");
}

/// The SQLSTATE of a class of errors; of another condition what is no class.
std::string_view class_of(const Condition& condition) {
  return condition.sqlstate.empty() ? sqlstate_of(classes, condition.name)
                                    : std::string_view(condition.sqlstate);
}

/// The other errors of a condition's class; none where it is no class.
std::vector<Condition> members_of(const Conversion& conversion, const Condition& condition) {
  if (conversion.routine.target.has(Capability::plpgsql_class_handlers)) return {};
  const std::string_view sqlstate = class_of(condition);
  std::vector<Condition> members;
  if (!is_class(sqlstate)) return members;
  for (const std::string_view one : sqlstates) {
    if (one.substr(0, 2) == sqlstate.substr(0, 2) && one != sqlstate)
      members.push_back({"", std::string(one)});
  }
  std::ranges::sort(members, {}, &Condition::sqlstate);
  return members;
}

/// The SQLSTATE of a name that the target does not have; empty of any other.
std::string_view unknown_name(const Conversion& conversion, std::string_view condition) {
  return conversion.routine.target.has(Capability::plpgsql_all_condition_names)
             ? std::string_view()
             : sqlstate_of(unknown, condition);
}

void write_name(Conversion& conversion, Condition& condition, int32_t offset) {
  const std::string_view sqlstate = unknown_name(conversion, condition.name);
  if (sqlstate.empty()) return;
  conversion.note("`" + condition.name + "`", offset);
  condition = {"", std::string(sqlstate)};
}

/// `CASE code WHEN 'invalid_json_text' THEN '22032' .. ELSE code END`: what a name that only a run knows is,
/// where CockroachDB does not have it.
ast::Expr with_sqlstates(const ast::Expr& code) {
  ast::Case choice;
  choice.argument = code;
  for (const Name& one : unknown)
    choice.whens.push_back(
        {text_literal(std::string(one.condition)), text_literal(std::string(one.sqlstate))});
  choice.otherwise = code;
  return {std::move(choice), code.offset};
}

bool has_sqlstates(const ast::Case& choice) {
  return choice.argument && choice.otherwise && choice.whens.size() == std::size(unknown);
}

/// What gives the value of an ERRCODE: `look` sees each literal, `compute` all else that may give it.
template <class Look, class Compute>
void each_error_code(ast::Expr& expr, const Look& look, const Compute& compute) {
  const auto go_on = [&](ast::Expr& part) { each_error_code(part, look, compute); };
  if (auto* literal = std::get_if<ast::Literal>(&expr.node)) {
    look(*literal);
  } else if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    go_on(*cast->argument);
  } else if (auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) {
    for (ast::Expr& one : coalesce->arguments) go_on(one);
  } else if (auto* choice = std::get_if<ast::Case>(&expr.node)) {
    if (has_sqlstates(*choice)) return;
    for (ast::CaseWhen& when : choice->whens) go_on(*when.result);
    if (choice->otherwise) go_on(*choice->otherwise);
  } else {
    compute(expr);
  }
}

/// Whether a variable is given nothing but codes of errors that were caught, and constants that CockroachDB
/// knows.
bool holds_known_codes(Conversion& conversion, const std::string& variable) {
  if (variable == "sqlstate") return true;
  bool is_declared = false, all_known = true;
  const auto is_known = [&](Value& value) {
    auto* expr = std::get_if<ast::Expr>(&value.node);
    if (expr == nullptr) return false;
    bool known = true;
    each_error_code(
        *expr, [&](const ast::Literal& one) { known = known && unknown_name(conversion, one.text).empty(); },
        [&](const ast::Expr& one) {
          const auto* name = std::get_if<ast::ColumnRef>(&one.node);
          known = known && name != nullptr && name->names == std::vector<std::string>{"sqlstate"};
        });
    return known;
  };
  const auto is_it = [&](const Variable& one) { return one.names.back() == variable; };
  each_part(conversion.body, [&](Declaration& one) {
    auto* declared = one.name == variable ? std::get_if<VariableDeclaration>(&one.node) : nullptr;
    if (declared == nullptr) return;
    is_declared = true;
    if (declared->default_value) all_known = all_known && is_known(*declared->default_value);
  });
  each_part(conversion.body, [&](Assignment& one) {
    if (is_it(one.target)) all_known = all_known && is_known(one.value);
  });
  each_part(conversion.body, [&](GetDiagnostics& get) {
    for (const GetDiagnostics::Item& one : get.items)
      all_known = all_known && (!is_it(one.target) || one.item == "returned_sqlstate");
  });
  const auto take = [&](auto& one) { all_known = all_known && std::ranges::none_of(one.targets, is_it); };
  each_part(conversion.body, [&](Into& one) { take(one); });
  each_part(conversion.body, [&](ForRows& one) { take(one); });
  each_part(conversion.body, [&](Foreach& one) { take(one); });
  return is_declared && all_known;
}

/// A variable, a parameter or a field may be looked at twice.
void write_given_code(Conversion& conversion, ast::Expr& code, int32_t offset) {
  if (conversion.routine.target.has(Capability::plpgsql_all_condition_names)) return;
  const auto* name = std::get_if<ast::ColumnRef>(&code.node);
  const bool is_variable = name != nullptr && !name->star && name->names.size() == 1;
  if (is_variable ? holds_known_codes(conversion, name->names[0])
                  : name == nullptr && !std::holds_alternative<ast::Parameter>(code.node))
    return;
  code = with_sqlstates(code);
  conversion.note("an ERRCODE that may be a name which CockroachDB does not have", offset);
}

/// Whether a string of the body is a name that the target does not have.
bool names_unknown(Conversion& conversion) {
  return std::ranges::any_of(conversion.tokens(), [&](const transform::Token& token) {
    return token.kind == transform::Token::Kind::string && token.text.size() > 2 &&
           !unknown_name(conversion, token.text.substr(1, token.text.size() - 2)).empty();
  });
}

}  // namespace

void convert_conditions(Conversion& conversion) {
  each_part(conversion.body, [&](Handler& handler) {
    std::vector<Condition> now;
    const auto add = [&](Condition one) {
      const bool is_there = std::ranges::any_of(now, [&](const Condition& other) {
        return other.name == one.name && other.sqlstate == one.sqlstate;
      });
      if (!is_there) now.push_back(std::move(one));
    };
    for (Condition& one : handler.conditions) {
      write_name(conversion, one, handler.offset);
      std::vector<Condition> members = members_of(conversion, one);
      add(std::move(one));
      for (Condition& member : members) add(std::move(member));
    }
    if (now.size() > handler.conditions.size())
      conversion.note("a handler of a class of errors", handler.offset);
    handler.conditions = std::move(now);
  });
  each_part(conversion.body, [&](Statement& one) {
    auto* raise = std::get_if<Raise>(&one.node);
    if (raise == nullptr) return;
    write_name(conversion, raise->condition, one.offset);
    for (Raise::Option& option : raise->options) {
      auto* expr = option.name == "errcode" ? std::get_if<ast::Expr>(&option.value.node) : nullptr;
      if (expr == nullptr) continue;
      each_error_code(
          *expr,
          [&](ast::Literal& name) {
            const std::string_view sqlstate = unknown_name(conversion, name.text);
            if (sqlstate.empty()) return;
            conversion.note("`" + name.text + "`", one.offset);
            name.text = sqlstate;
          },
          [&](ast::Expr& code) { write_given_code(conversion, code, one.offset); });
    }
  });
}

void find_unknown_error_codes(Conversion& conversion) {
  each_part(conversion.body, [&](Statement& one) {
    auto* raise = std::get_if<Raise>(&one.node);
    if (raise == nullptr) return;
    for (Raise::Option& option : raise->options) {
      auto* expr = option.name == "errcode" ? std::get_if<ast::Expr>(&option.value.node) : nullptr;
      bool is_computed = false;
      if (expr != nullptr)
        each_error_code(
            *expr, [](const ast::Literal&) {}, [&](const ast::Expr&) { is_computed = true; });
      if (is_computed && names_unknown(conversion))
        conversion.note("an ERRCODE that may be a name which CockroachDB does not have", one.offset);
    }
  });
}

void collect_raised(const std::string& body, Sqlstates& raised) {
  using transform::Token;
  if (!has_word(body, "sqlstate") && !has_word(body, "errcode")) return;
  const std::vector<Token> tokens = transform::scan(body).tokens;
  bool raises = false;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool is_raised = i > 0 && i + 1 < tokens.size() && tokens[i].is("sqlstate") &&
                           tokens[i + 1].kind == Token::Kind::string && !tokens[i - 1].is("when") &&
                           !tokens[i - 1].is("or");
    raises = raises || is_raised || tokens[i].is("errcode");
  }
  if (!raises) return;
  constexpr size_t length = 5;
  for (const Token& token : tokens) {
    if (token.kind != Token::Kind::string || token.text.size() < length + 2) continue;
    const std::string_view quoted = token.text.substr(token.text.size() - length - 2);
    const std::string_view sqlstate = quoted.substr(1, length);
    const bool has_form = quoted.starts_with('\'') && std::ranges::all_of(sqlstate, [](char one) {
                            return (one >= '0' && one <= '9') || (one >= 'A' && one <= 'Z');
                          });
    if (has_form) raised.emplace(sqlstate);
  }
}

std::optional<int32_t> add_raised(ast::plpgsql::Body& body, const Sqlstates& raised) {
  std::optional<int32_t> first;
  each_part(body, [&](Handler& handler) {
    std::vector<Condition> now;
    for (const Condition& condition : handler.conditions) {
      now.push_back(condition);
      const std::string_view sqlstate = class_of(condition);
      if (!is_class(sqlstate)) continue;
      for (const std::string& one : raised) {
        const auto is_that = [&](const Condition& other) { return other.sqlstate == one; };
        const bool is_there =
            std::ranges::any_of(handler.conditions, is_that) || std::ranges::any_of(now, is_that);
        const bool is_known = std::ranges::find(sqlstates, one) != std::end(sqlstates);
        if (!is_there && !is_known && one.substr(0, 2) == sqlstate.substr(0, 2)) now.push_back({"", one});
      }
    }
    if (!first && now.size() > handler.conditions.size()) first = handler.offset;
    handler.conditions = std::move(now);
  });
  return first;
}

bool is_retried(const Condition& condition) {
  constexpr Name retried[] = {{"deadlock_detected", "40P01"},
                              {"serialization_failure", "40001"},
                              {"statement_completion_unknown", "40003"},
                              {"transaction_integrity_constraint_violation", "40002"},
                              {"transaction_rollback", "40000"}};
  return std::ranges::any_of(retried, [&](const Name& one) {
    return condition.sqlstate.empty() ? condition.name == one.condition : condition.sqlstate == one.sqlstate;
  });
}

}  // namespace pg2crdb::routines
