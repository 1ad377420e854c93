// EXECUTE of a text that is not always the same: what the body tells of it, and what to do instead.
#include <algorithm>
#include <deque>
#include <map>
#include <string_view>
#include <utility>

#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "support/utf8.h"

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
  while (end > 0 && continues_character(text[end])) --end;
  return text.substr(0, end) + "..";
}

/// A statement in its list, and where that stands.
struct Place {
  enum class Inside { block, handler, branch, loop };
  Statements* list = nullptr;
  size_t index = 0;
  Inside inside = Inside::block;
  const Place* outer = nullptr;  ///< of the statement that has the list; null of the outermost block's
  Block* block = nullptr;        ///< that has the list or the handler
  size_t declared = 0;           ///< of the block: how many of its declarations are made
};

/// Whether it may give a variable of that name another value.
bool may_set(Statement& statement, const std::string& name) {
  bool sets = false;
  each_part(statement,
            [&](Variable& one) { sets = sets || std::ranges::find(one.names, name) != one.names.end(); });
  each_part(statement, [&](ForRange& one) { sets = sets || one.variable == name; });
  each_part(statement, [&](ForCursor& one) { sets = sets || one.variable == name; });
  each_part(statement, [&](StaticSql& one) {
    const auto* opaque = std::get_if<ast::Opaque>(&one.statement);
    sets = sets || (opaque != nullptr && opaque->kind == "CALL");  // its arguments may be INOUT
  });
  return sets;
}

/// Where each text of EXECUTE stands.
class Places {
 public:
  explicit Places(Body& body) { add(body.block, nullptr); }

  const Place* of(const Value& text) const {
    const auto found = places_.find(&text);
    return found == places_.end() ? nullptr : found->second;
  }

 private:
  using Inside = Place::Inside;

  void add(Block& block, const Place* outer) {
    const size_t all = block.declarations.size();
    add({&block.statements, 0, Inside::block, outer, &block, all});
    for (Handler& one : block.handlers) add({&one.statements, 0, Inside::handler, outer, &block, all});
  }
  void add(Statements& list, Inside inside, const Place* outer) { add({&list, 0, inside, outer}); }
  void add(const Place& first) {
    for (size_t i = 0; i < first.list->list.size(); ++i) {
      all_.push_back(first);
      all_.back().index = i;
      add(first.list->list[i], &all_.back());
    }
  }
  void add(Statement& statement, const Place* place) {
    if (auto* block = std::get_if<Block>(&statement.node)) {
      add(*block, place);
    } else if (auto* choice = std::get_if<If>(&statement.node)) {
      for (Branch& one : choice->branches) add(one.statements, Inside::branch, place);
      add(choice->otherwise, Inside::branch, place);
    } else if (auto* one_of = std::get_if<Case>(&statement.node)) {
      for (Branch& one : one_of->branches) add(one.statements, Inside::branch, place);
      add(one_of->otherwise, Inside::branch, place);
    } else {
      add_loop<Loop>(statement, place);
      add_loop<While>(statement, place);
      add_loop<ForRange>(statement, place);
      add_loop<ForRows>(statement, place);
      add_loop<ForCursor>(statement, place);
      add_loop<Foreach>(statement, place);
    }
    each_part(statement, [&](DynamicSql& one) { places_.try_emplace(&one.text, place); });
  }
  template <class T>
  void add_loop(Statement& statement, const Place* place) {
    if (auto* loop = std::get_if<T>(&statement.node)) add(loop->statements, Inside::loop, place);
  }

  std::deque<Place> all_;
  std::map<const Value*, const Place*> places_;
};

/// What a variable always has at a place, and where that was computed.
struct Known {
  const Value* value = nullptr;  ///< null where only a run knows it
  Place place = {};
};

Known known_before(const std::string& name, Place place) {
  using Inside = Place::Inside;
  for (const Place* at = &place; at != nullptr; at = at->outer) {
    for (size_t i = at->index; i-- > 0;) {
      Statement& statement = at->list->list[i];
      auto* assignment = std::get_if<Assignment>(&statement.node);
      if (assignment != nullptr && assignment->target.steps.empty() &&
          assignment->target.names == std::vector{name}) {
        Known known{&assignment->value, *at};
        known.place.index = i;
        return known;
      }
      if (may_set(statement, name)) return {};
    }
    const bool is_around = at->inside == Inside::loop || at->inside == Inside::handler;
    if (is_around && at->outer != nullptr && may_set(at->outer->list->list[at->outer->index], name))
      return {};
    // The outermost block's handlers, and what its declarations hide.
    if (at->block == nullptr) continue;
    if (at->inside == Inside::handler &&
        std::ranges::any_of(at->block->statements.list, [&](Statement& one) { return may_set(one, name); }))
      return {};
    for (size_t i = at->declared; i-- > 0;) {
      Declaration& one = at->block->declarations[i];
      if (one.name != name) continue;
      auto* variable = std::get_if<VariableDeclaration>(&one.node);
      if (variable == nullptr || !variable->default_value) return {};
      return {&*variable->default_value, {at->list, 0, Inside::block, at->outer, at->block, i}};
    }
  }
  return {};
}

class Reader {
 public:
  /// The text, with what only a run knows of it in braces.
  std::string text(const Value& value, const Place* place) {
    const auto* expr = std::get_if<ast::Expr>(&value.node);
    if (expr == nullptr || place == nullptr) return unknown("a query");
    return text(*expr, *place, 0);
  }
  bool any_unknown() const { return any_unknown_; }

 private:
  static constexpr int deepest = 20;

  std::string unknown(std::string_view what) {
    any_unknown_ = true;
    return "{" + std::string(what) + "}";
  }
  std::string unknown(const ast::Expr& expr) {
    return unknown(shortened(in_one_line(to_sql(expr, Dialect::postgresql))));
  }

  std::string text(const ast::Expr& expr, const Place& place, int depth) {
    if (depth > deepest) return unknown("..");
    if (const auto* literal = std::get_if<ast::Literal>(&expr.node)) return literal->text;
    if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return text(*cast->argument, place, depth + 1);
    if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
      const bool joins =
          operation->left && operation->right && operation->op.size() == 1 && operation->op[0] == "||";
      if (!joins) return unknown(expr);
      return text(*operation->left, place, depth + 1) + text(*operation->right, place, depth + 1);
    }
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
      if (call->arguments.empty() || call->variadic) return unknown(expr);
      if (call->name.name == "format") return formatted(*call, place, depth);
      if (call->name.name == "quote_literal") return quoted(call->arguments[0], place, depth + 1);
      if (call->name.name != "quote_ident") return unknown(expr);
      return text(call->arguments[0], place, depth + 1);
    }
    const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
    if (reference == nullptr || reference->star || reference->names.size() != 1) return unknown(expr);
    const Known known = known_before(reference->names[0], place);
    const auto* value = known.value == nullptr ? nullptr : std::get_if<ast::Expr>(&known.value->node);
    return value == nullptr ? unknown(expr) : text(*value, known.place, depth + 1);
  }

  /// A string constant, where all of it is known.
  std::string quoted(const ast::Expr& expr, const Place& place, int depth) {
    const bool was_unknown = std::exchange(any_unknown_, false);
    const std::string inner = text(expr, place, depth);
    if (any_unknown_) return inner;
    any_unknown_ = was_unknown;
    return to_sql(text_literal(inner), Dialect::postgresql);
  }

  /// %s, %I and %L with what they stand for.
  std::string formatted(const ast::FunctionCall& call, const Place& place, int depth) {
    const std::string form = text(call.arguments[0], place, depth + 1);
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
        if (argument >= call.arguments.size())
          result += unknown("..");
        else if (form[at] == 'L')
          result += quoted(call.arguments[argument], place, depth + 1);
        else
          result += text(call.arguments[argument], place, depth + 1);
      }
      i = at;
    }
    return result;
  }

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
  const Places places(conversion.body);
  std::vector<Change> result;
  for (const Value* one : texts) {
    Reader reader;
    const std::string text = reader.text(*one, places.of(*one));
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
