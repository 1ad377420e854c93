// EXECUTE of a text that is not always the same: what the body tells of it, and what to do instead.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

constexpr size_t most_shown = 72;  ///< bytes of a text

/// With one blank wherever there are any, and without comments.
std::string in_one_line(const std::string& text) {
  const transform::ScannedSql scanned = transform::scan(text);
  std::string result;
  size_t end = 0;
  for (const transform::Token& token : scanned.tokens) {
    if (token.begin > end && !result.empty()) result += ' ';
    result += token.text;
    end = token.end;
  }
  if (!scanned.error.empty()) result = text;
  std::ranges::replace(result, '\n', ' ');
  return result;
}

/// A byte of a letter behind the first stays with it.
std::string shortened(std::string text) {
  if (text.size() <= most_shown) return text;
  size_t end = most_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "..";
}

class Reader {
 public:
  explicit Reader(Conversion& conversion) {
    std::map<std::string, int> targets;
    each_part(conversion.body, [&](Variable& one) { ++targets[one.names[0]]; });
    each_part(conversion.body, [&](Assignment& one) {
      if (one.target.names.size() != 1 || !one.target.steps.empty()) return;
      set_.push_back({one.target.names[0], &one.value});
      --targets[one.target.names[0]];
    });
    for (const auto& [name, left] : targets) {
      if (left > 0) filled_.insert(name);
    }
    each_part(conversion.body, [&](Declaration& one) {
      const auto* variable = std::get_if<VariableDeclaration>(&one.node);
      if (variable != nullptr && variable->default_value)
        set_.push_back({one.name, &*variable->default_value});
    });
  }

  /// The text, with what only a run knows of it in braces.
  std::string text(const Value& value) {
    if (const auto* expr = std::get_if<ast::Expr>(&value.node)) return text(*expr, value.offset, 0);
    return unknown("a query");
  }
  bool any_unknown() const { return any_unknown_; }

 private:
  struct Set {
    std::string name;
    const Value* value;
  };
  static constexpr int deepest = 20;

  std::string unknown(std::string_view what) {
    any_unknown_ = true;
    return "{" + std::string(what) + "}";
  }
  std::string unknown(const ast::Expr& expr) {
    return unknown(shortened(in_one_line(to_sql(expr, Dialect::postgresql))));
  }

  std::string text(const ast::Expr& expr, int32_t offset, int depth) {
    if (depth > deepest) return unknown("..");
    if (const auto* literal = std::get_if<ast::Literal>(&expr.node)) return literal->text;
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node))
      return text(*cast->argument, offset, depth + 1);
    if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
      const bool joins =
          operation->left && operation->right && operation->op.size() == 1 && operation->op[0] == "||";
      if (!joins) return unknown(expr);
      return text(*operation->left, offset, depth + 1) + text(*operation->right, offset, depth + 1);
    }
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
      if (call->arguments.empty() || call->variadic) return unknown(expr);
      if (call->name.name == "format") return formatted(*call, offset, depth);
      if (call->name.name != "quote_ident" && call->name.name != "quote_literal") return unknown(expr);
      return text(call->arguments[0], offset, depth + 1);
    }
    const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
    if (reference == nullptr || reference->star || reference->names.size() != 1) return unknown(expr);
    const Value* last = nullptr;
    for (const Set& one : set_) {
      const bool is_before = one.name == reference->names[0] && one.value->offset < offset;
      if (is_before && (last == nullptr || last->offset < one.value->offset)) last = one.value;
    }
    const auto* value = last == nullptr ? nullptr : std::get_if<ast::Expr>(&last->node);
    const bool is_known = value != nullptr && !filled_.contains(reference->names[0]);
    return is_known ? text(*value, last->offset, depth + 1) : unknown(expr);
  }

  /// %s, %I and %L with what they stand for.
  std::string formatted(const ast::FunctionCall& call, int32_t offset, int depth) {
    const std::string form = text(call.arguments[0], offset, depth + 1);
    std::string result;
    size_t next = 1;
    for (size_t i = 0; i < form.size(); ++i) {
      if (form[i] != '%' || i + 1 == form.size()) {
        result += form[i];
        continue;
      }
      size_t at = i + 1, number = 0;
      while (at < form.size() && form[at] >= '0' && form[at] <= '9' && number < call.arguments.size())
        number = number * 10 + static_cast<size_t>(form[at++] - '0');
      if (at < form.size() && form[at] == '$') ++at;
      if (at >= form.size()) break;
      if (form[at] == '%') {
        result += '%';
      } else {
        const size_t argument = number > 0 ? number : next;
        next = argument + 1;
        result += argument < call.arguments.size() ? text(call.arguments[argument], offset, depth + 1)
                                                   : unknown("..");
      }
      i = at;
    }
    return result;
  }

  std::vector<Set> set_;
  std::set<std::string> filled_;  ///< by INTO, loops and the like
  bool any_unknown_ = false;
};

std::string_view what_to_do(const std::string& text) {
  const std::vector<transform::Token> tokens = transform::scan(text).tokens;
  const auto begins = [&](std::initializer_list<std::string_view> words) {
    return !tokens.empty() && std::ranges::any_of(words, [&](auto word) { return tokens[0].is(word); });
  };
  if (begins({"create"}) && tokens.size() > 1 && tokens[1].is("trigger"))
    return "write out CREATE TRIGGER for each table, beside the output";
  if (begins({"alter", "analyze", "cluster", "comment", "create", "drop", "grant", "lock", "refresh",
              "reindex", "revoke", "truncate", "vacuum"}))
    return "CockroachDB has no such statement in a body: run it in the application or in a migration";
  if (begins({"reset", "set"})) return "set it in the application, or by set_config()";
  if (begins({"delete", "insert", "select", "update", "with"}))
    return "write a branch with the statement for each value that it may have, or run it in the application";
  return "run it in the application";
}

}  // namespace

std::vector<Change> built_texts(Conversion& conversion) {
  std::vector<const Value*> texts;
  each_part(conversion.body, [&](DynamicSql& one) { texts.push_back(&one.text); });
  each_part(conversion.body, [&](Execute& one) { texts.push_back(&one.sql.text); });
  std::ranges::sort(texts, {}, [](const Value* one) { return one->offset; });
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  std::vector<Change> result;
  for (const Value* one : texts) {
    Reader reader(conversion);
    const std::string text = reader.text(*one);
    const auto offset = static_cast<size_t>(std::max(one->offset, 0));
    const size_t end = std::min(offset, conversion.text.size());
    const size_t line =
        1 + static_cast<size_t>(std::count(conversion.text.begin(),
                                           conversion.text.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    result.push_back({"EXECUTE in body line " + std::to_string(line) + " runs `" +
                          shortened(in_one_line(text)) + "`" +
                          (reader.any_unknown() ? ", of which only a run knows what is in braces" : "") +
                          ": " + std::string(what_to_do(text)) + ".",
                      line, offset});
  }
  return result;
}

}  // namespace pg2crdb::routines
