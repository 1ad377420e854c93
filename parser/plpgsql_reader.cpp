#include "parser/plpgsql_reader.h"

#include <algorithm>

#include "support/ascii.h"

namespace pg2crdb::transform {
using namespace ast::plpgsql;

// --- places, texts

BodyReader::Range BodyReader::range(const Context& context) {
  return {context.start->getTokenIndex(), context.stop->getTokenIndex() + 1};
}

int32_t BodyReader::begin_of(size_t token) const {
  const std::vector<Token>& tokens = tree_.tokens();
  return static_cast<int32_t>(token < tokens.size() ? tokens[token].begin : text_.size());
}

int32_t BodyReader::end_of(size_t token) const {
  return static_cast<int32_t>(tree_.tokens()[token].end);
}

std::string BodyReader::text(Range tokens) const {
  const size_t begin = tree_.tokens()[tokens.from].begin;
  return text_.substr(begin, tree_.tokens()[tokens.end - 1].end - begin);
}

bool BodyReader::is(const Context& context, std::string_view first_word) const {
  return tree_.tokens()[range(context).from].is(first_word);
}

void BodyReader::fail(std::string message, const Context& context) const {
  throw BodyError{std::move(message), begin_of(context)};
}

void BodyReader::fail_at(std::string_view message, size_t token) const {
  if (token >= tree_.tokens().size())
    throw BodyError{std::string(message) + " at end of input", begin_of(token)};
  throw BodyError{std::string(message) + " at or near \"" + std::string(tree_.tokens()[token].text) + "\"",
                  begin_of(token)};
}

// --- names

std::string BodyReader::name(Context* context) const {
  return context == nullptr ? std::string() : tree_.tokens()[range(*context).from].name();
}

std::string BodyReader::label(PlPgSql::LabelContext* context) const {
  return context == nullptr ? std::string() : name(context->name());
}

Variable BodyReader::variable(const Context& context) const {
  return variable(range(context));
}

Variable BodyReader::variable(Range tokens) const {
  Variable variable;
  variable.offset = begin_of(tokens.from);
  for (size_t i = tokens.from; i < tokens.end; i += 2) variable.names.push_back(tree_.tokens()[i].name());
  return variable;
}

BodyReader::Range BodyReader::names_at(size_t token, size_t end) const {
  const auto is_name = [&](size_t i) {
    return i < end &&
           (tree_.type(i) == PlPgSql::PARAMETER || (tree_.tokens()[i].is_name() && !tree_.is_reserved(i)));
  };
  if (!is_name(token)) fail_at("syntax error", token);
  Range names{token, token + 1};
  while (names.end < end && tree_.tokens()[names.end].is(".") && is_name(names.end + 1)) names.end += 2;
  return names;
}

std::vector<Variable> BodyReader::variables(PlPgSql::VariablesContext* context) const {
  std::vector<Variable> result;
  for (PlPgSql::VariableContext* one : context->variable()) result.push_back(variable(*one));
  return result;
}

Variable BodyReader::target(PlPgSql::TargetContext& context) const {
  const Range tokens = range(context);
  // PostgreSQL's own grammar reads what is assigned to.
  if (tree_.tokens()[tokens.from].reserved) fail_at("syntax error", tokens.from);
  const auto is_path = [&] {
    for (size_t i = tokens.from; i < tokens.end; ++i) {
      if (tree_.tokens()[i].is("[")) return false;
    }
    return true;
  };
  if (is_path()) return variable(tokens);
  Variable variable;
  variable.offset = begin_of(tokens.from);
  Value value = plpgsql_value(text(tokens), variable.offset);
  auto* expr = std::get_if<ast::Expr>(&value.node);
  auto* indirection = expr == nullptr ? nullptr : std::get_if<ast::Indirection>(&expr->node);
  if (indirection == nullptr) fail("this cannot be assigned to", context);
  if (auto* column = std::get_if<ast::ColumnRef>(&indirection->argument->node)) {
    variable.names = std::move(column->names);
  } else {
    variable.names = {tree_.tokens()[tokens.from].name()};
  }
  variable.steps = std::move(indirection->steps);
  return variable;
}

Into BodyReader::into(PlPgSql::IntoContext* context) const {
  return {context->strict != nullptr, variables(context->variables())};
}

// --- SQL

Value BodyReader::value(const Context* run) {
  const Range tokens = range(*run);
  Value value = plpgsql_value(text(tokens), begin_of(tokens.from));
  value.end = end_of(tokens.end - 1);
  if (std::holds_alternative<ast::Opaque>(value.node)) keep_comments_in(tokens);
  return value;
}

ast::Box<Value> BodyReader::value_if(const Context* run) {
  return run == nullptr ? ast::Box<Value>() : ast::Box<Value>(value(run));
}

StaticSql BodyReader::static_sql(const Context* run) {
  const Range tokens = range(*run);
  StaticSql sql = plpgsql_statement(text(tokens), begin_of(tokens.from));
  if (std::holds_alternative<ast::Opaque>(sql.statement)) keep_comments_in(tokens);
  return sql;
}

DynamicSql BodyReader::dynamic_sql(const Context* run, PlPgSql::UsingValuesContext* parameters) {
  DynamicSql sql{value(run), {}};
  if (parameters != nullptr) sql.parameters = values(parameters->toComma());
  return sql;
}

std::vector<Argument> BodyReader::arguments(PlPgSql::ArgumentsContext* context) {
  std::vector<Argument> result;
  if (context == nullptr) return result;
  for (PlPgSql::ArgumentContext* one : context->argument()) {
    result.push_back({name(one->name()), value(one->toComma())});
  }
  return result;
}

std::string BodyReader::literal(antlr4::tree::TerminalNode* string) const {
  const size_t token = string->getSymbol()->getTokenIndex();
  Value value = plpgsql_value(std::string(tree_.tokens()[token].text), begin_of(token));
  const auto* expr = std::get_if<ast::Expr>(&value.node);
  const auto* literal = expr == nullptr ? nullptr : std::get_if<ast::Literal>(&expr->node);
  if (literal == nullptr || literal->kind != ast::Literal::Kind::string) fail_at("syntax error", token);
  return literal->text;
}

RunSql BodyReader::sql_statement(PlPgSql::SqlContext& context) {
  const Range all = range(context);
  RunSql run;
  Range into;  // INTO with its variables
  for (size_t i = all.from; i < all.end; ++i) {
    if (!tree_.tokens()[i].is("into")) continue;
    const Token& before = tree_.tokens()[i - 1];
    if (before.is("insert") || before.is("merge") || tree_.tokens()[all.from].is("import")) continue;
    if (into.from != 0) fail_at("INTO specified more than once", i);
    into = {i, i + 1};
    run.into.strict = into.end < all.end && tree_.tokens()[into.end].is("strict");
    if (run.into.strict) ++into.end;
    for (;;) {
      const Range one = names_at(into.end, all.end);
      run.into.targets.push_back(variable(one));
      into.end = one.end;
      if (into.end >= all.end || !tree_.tokens()[into.end].is(",")) break;
      ++into.end;
    }
  }
  const int32_t place = begin_of(all.from);
  if (into.from == 0) {
    run.sql = static_sql(&context);
    return run;
  }
  // What is left, each byte in its place.
  std::string sql = text(all);
  const auto begin = static_cast<size_t>(begin_of(into.from) - place);
  const auto end = std::min(static_cast<size_t>(begin_of(into.end) - place), sql.size());
  std::fill(sql.begin() + static_cast<std::ptrdiff_t>(begin), sql.begin() + static_cast<std::ptrdiff_t>(end),
            ' ');
  run.sql = plpgsql_statement(sql, place);
  if (auto* opaque = std::get_if<ast::Opaque>(&run.sql.statement)) {
    opaque->text = text({all.from, into.from});
    keep_comments_in({all.from, into.from});
    if (into.end < all.end) {
      opaque->text += ' ' + text({into.end, all.end});
      keep_comments_in({into.end, all.end});
    }
  }
  return run;
}

// --- comments

void BodyReader::hoist_comments(int32_t before) {
  for (; next_comment_ < tree_.comments().size(); ++next_comment_) {
    const Token& comment = tree_.comments()[next_comment_];
    if (static_cast<int32_t>(comment.begin) >= before) return;
    comments_->push_back(comment_text(comment));
  }
}

void BodyReader::keep_comments_in(Range tokens) {
  hoist_comments(begin_of(tokens.from));
  const auto end = static_cast<size_t>(end_of(tokens.end - 1));
  while (next_comment_ < tree_.comments().size() && tree_.comments()[next_comment_].begin < end)
    ++next_comment_;
}

std::string BodyReader::comment_behind(size_t token) {
  if (next_comment_ == tree_.comments().size()) return {};
  const Token& comment = tree_.comments()[next_comment_];
  const auto end = static_cast<size_t>(end_of(token));
  if (comment.begin > static_cast<size_t>(begin_of(token + 1))) return {};
  const std::string_view between = std::string_view(text_).substr(end, comment.begin - end);
  const std::string_view behind =
      std::string_view(text_).substr(comment.end, static_cast<size_t>(begin_of(token + 1)) - comment.end);
  const bool alone = behind.find('\n') != std::string_view::npos || token + 1 >= tree_.tokens().size();
  if (between.find('\n') != std::string_view::npos || !alone) return {};
  ++next_comment_;
  return comment_text(comment);
}

std::string BodyReader::comment_text(const Token& comment) const {
  std::string text(comment.text);
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  return text;
}

bool BodyReader::after_blank_line(size_t token) const {
  auto begin = static_cast<size_t>(begin_of(token));
  if (next_comment_ < tree_.comments().size()) begin = std::min(begin, tree_.comments()[next_comment_].begin);
  int lines = 0;
  for (; begin > 0 && is_blank(text_[begin - 1]); --begin) lines += text_[begin - 1] == '\n' ? 1 : 0;
  return lines > 1;
}

}  // namespace pg2crdb::transform
