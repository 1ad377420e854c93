#include <algorithm>
#include <set>

#include "parser/plpgsql_reader.h"

namespace pg2crdb::transform {

using namespace ast::plpgsql;

Body BodyReader::read() {
  Body body;
  comments_ = &body.comments.before;
  PlPgSql::BodyContext& root = tree_.root();
  for (PlPgSql::OptionContext* one : root.option()) body.options.push_back(option(*one));
  hoist_comments(begin_of(*root.block()));
  body.block = block(*root.block());
  const size_t last = tree_.tokens().size() - 1;
  hoist_comments(end_of(last));
  body.comments.behind = comment_behind(last);
  comments_ = &body.comments_behind;
  hoist_comments(static_cast<int32_t>(text_.size()));
  return body;
}

CompilerOption BodyReader::option(PlPgSql::OptionContext& context) const {
  CompilerOption option{name(context.name(0)), name(context.name(1))};
  const auto is = [&](std::string_view name, std::initializer_list<std::string_view> values) {
    return option.name == name && std::ranges::find(values, option.value) != values.end();
  };
  const bool known = is("option", {"dump"}) || is("print_strict_params", {"on", "off"}) ||
                     is("variable_conflict", {"error", "use_variable", "use_column"});
  if (!known) fail_at("syntax error", range(context).from + 1);
  return option;
}

Block BodyReader::block(PlPgSql::BlockContext& context) {
  Block block;
  block.label = label(context.label());
  labels_.push_back({block.label, false});
  if (context.declarations() != nullptr) declarations(*context.declarations(), block);
  block.statements = statements(context.statements());
  for (PlPgSql::HandlerContext* one : context.handler()) block.handlers.push_back(handler(*one));
  labels_.pop_back();
  check_end_label(context.name(), block.label);
  return block;
}

void BodyReader::declarations(PlPgSql::DeclarationsContext& context, Block& block) {
  hoist_comments(begin_of(context));
  std::vector<std::string>* const outer = comments_;
  std::set<std::string> names;
  for (PlPgSql::DeclarationContext* one : context.declaration()) {
    const Range tokens = range(*one);
    Declaration& declaration = block.declarations.emplace_back();
    declaration.after_blank_line = block.declarations.size() > 1 && after_blank_line(tokens.from);
    declaration.offset = begin_of(tokens.from);
    declaration.end = end_of(tokens.end - 1);
    comments_ = &declaration.comments.before;
    hoist_comments(declaration.offset);
    declare(*one, declaration);
    if (!names.insert(declaration.name).second) fail_at("duplicate declaration", tokens.from);
    hoist_comments(declaration.end);
    declaration.comments.behind = comment_behind(tokens.end - 1);
  }
  comments_ = &block.comments;
  hoist_comments(begin_of(range(context).end));
  comments_ = outer;
}

void BodyReader::declare(PlPgSql::DeclarationContext& context, Declaration& declaration) {
  if (auto* alias = dynamic_cast<PlPgSql::AliasDeclarationContext*>(&context)) {
    declaration.name = name(alias->name());
    declaration.node = AliasDeclaration{variable(*alias->variable())};
  } else if (auto* cursor = dynamic_cast<PlPgSql::CursorDeclarationContext*>(&context)) {
    declaration.name = name(cursor->name());
    CursorDeclaration node;
    node.scroll = scroll(cursor->scroll());
    if (cursor->cursorParameters() != nullptr) {
      for (PlPgSql::CursorParameterContext* one : cursor->cursorParameters()->cursorParameter())
        node.parameters.push_back({name(one->name()), type(one->type())});
    }
    node.query = static_sql(cursor->toSemicolon());
    declaration.node = std::move(node);
  } else if (auto* plain = dynamic_cast<PlPgSql::VariableDeclarationContext*>(&context)) {
    declaration.name = name(plain->name());
    VariableDeclaration node;
    node.constant = plain->constant != nullptr;
    node.type = type(plain->type());
    if (plain->collation() != nullptr) {
      const std::vector<std::string> names = variable(*plain->collation()->variable()).names;
      if (names.size() > 2) fail("a collation's name has too many parts", *plain->collation());
      node.collation = names.size() == 2 ? ast::Name{names[0], names[1]} : ast::Name{"", names[0]};
    }
    node.not_null = plain->notNull != nullptr;
    if (plain->defaultValue() != nullptr) node.default_value = value(plain->defaultValue()->toSemicolon());
    declaration.node = std::move(node);
  }
}

Scroll BodyReader::scroll(PlPgSql::ScrollContext* context) {
  if (context == nullptr) return Scroll::unspecified;
  return context->no == nullptr ? Scroll::scroll : Scroll::no_scroll;
}

VariableType BodyReader::type(PlPgSql::TypeContext* context) const {
  const std::vector<Token>& tokens = tree_.tokens();
  const Range all = range(*context);
  VariableType type;
  type.offset = begin_of(all.from);
  size_t percent = all.from + 1;
  while (percent + 1 < all.end && tokens[percent].is(".")) percent += 2;
  const bool of_another = percent + 1 < all.end && tokens[percent].is("%");
  if (!of_another) {
    type.type = plpgsql_type(text(all), type.offset);
    return type;
  }
  if (tokens[percent + 1].is("type")) {
    type.kind = VariableType::Kind::of_variable;
  } else if (tokens[percent + 1].is("rowtype")) {
    type.kind = VariableType::Kind::of_row;
  } else {
    fail_at("syntax error", percent);
  }
  const Range names = names_at(all.from, percent);
  if (names.end != percent) fail_at("syntax error", names.end);
  type.names = variable(names).names;
  if (percent + 2 == all.end) return type;
  // `[]`, `[3]`, `ARRAY`: as those of any type.
  const size_t behind = percent + 2;
  type.array_bounds = plpgsql_type("int " + text({behind, all.end}), begin_of(behind)).array_bounds;
  return type;
}

Handler BodyReader::handler(PlPgSql::HandlerContext& context) {
  Handler handler;
  handler.offset = begin_of(context);
  for (PlPgSql::ConditionContext* one : context.condition())
    handler.conditions.push_back(condition(name(one->name()), one->STRING(), *one));
  handler.statements = branch_statements(context.statements());
  return handler;
}

Condition BodyReader::condition(std::string name, antlr4::tree::TerminalNode* code,
                                const Context& context) const {
  if (name != "sqlstate" && code == nullptr) return {std::move(name), {}};
  const size_t token = range(context).from + 1;
  if (name != "sqlstate" || code == nullptr) fail_at("syntax error", token);
  Condition condition{{}, literal(code)};
  const bool valid = condition.sqlstate.size() == 5 && std::ranges::all_of(condition.sqlstate, [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
                     });
  if (!valid) fail_at("invalid SQLSTATE code", token);
  return condition;
}

void BodyReader::check_end_label(PlPgSql::NameContext* end, const std::string& begin) const {
  if (end == nullptr || name(end) == begin) return;
  if (begin.empty()) fail("end label \"" + name(end) + "\" specified for unlabeled block", *end);
  fail("end label \"" + name(end) + "\" differs from block's label \"" + begin + "\"", *end);
}

}  // namespace pg2crdb::transform
