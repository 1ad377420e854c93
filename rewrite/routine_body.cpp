#include "rewrite/routine_body.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/body_parts.h"
#include "ast/walk.h"
#include "parser/plpgsql.h"
#include "routines/edit.h"
#include "routines/text_statements.h"

namespace pg2crdb::rewrite {

using ast::type_info;

namespace {

/// The text of a body in PL/pgSQL; null where the statement has none.
template <class Node>
auto* text_of(Node& node) {
  auto* function = std::get_if<ast::CreateFunction>(&node);
  auto* block = std::get_if<ast::DoBlock>(&node);
  if (function != nullptr && function->language == "plpgsql" && function->body.size() == 1)
    return &function->body.front();
  if (block != nullptr && (block->language.empty() || block->language == "plpgsql")) return &block->body;
  return static_cast<decltype(&block->body)>(nullptr);
}

int32_t offset_of(const ast::StatementNode& node) {
  const auto* function = std::get_if<ast::CreateFunction>(&node);
  return function != nullptr ? function->offset : std::get<ast::DoBlock>(node).offset;
}

std::vector<ast::Name> names_in(ast::plpgsql::Body& body) {
  std::vector<ast::Name> names;
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) names.push_back(call->name);
  };
  look.type = [&](ast::TypeName& type) { names.push_back(type.name); };
  look.table_ref = [&](ast::TableRef& table) { names.push_back(table.name); };
  ast::walk(body, look);
  return names;
}

}  // namespace

RoutineBody::RoutineBody(std::string text, ast::plpgsql::Body read, int32_t offset)
    : text_(std::move(text)), read_(read), body_(std::move(read)), offset_(offset) {}

std::optional<RoutineBody> RoutineBody::of(const ast::Statement& statement) {
  const std::string* text = text_of(statement.node);
  if (text == nullptr) return std::nullopt;
  const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
  ParsedBody parsed = parse_plpgsql(*text, function == nullptr ? std::string_view() : function->name.name);
  if (!parsed.body) return std::nullopt;
  return RoutineBody(*text, std::move(*parsed.body), offset_of(statement.node));
}

void RoutineBody::each(const std::function<bool(const ast::TypeInfo&, void*)>& visit) {
  using namespace ast::plpgsql;
  const auto text = [&](ast::Opaque& opaque, int32_t offset) {
    return routines::change_text(opaque, offset, [&](ast::StatementNode& node) {
      return visit(type_info<ast::StatementNode>(), &node);
    });
  };
  each_part(body_, [&](VariableType& one) {
    if (one.kind == VariableType::Kind::named) visit(type_info<ast::TypeName>(), &one.type);
  });
  each_part(body_, [&](Value& one) {
    if (auto* expr = std::get_if<ast::Expr>(&one.node)) visit(type_info<ast::Expr>(), expr);
    if (auto* query = std::get_if<ast::Query>(&one.node)) visit(type_info<ast::Query>(), query);
  });
  each_part(body_, [&](ast::Step& one) { visit(type_info<ast::Step>(), &one); });
  each_part(body_, [&](StaticSql& one) {
    auto* opaque = std::get_if<ast::Opaque>(&one.statement);
    if (opaque == nullptr)
      visit(type_info<ast::StatementNode>(), &one.statement);
    else
      text(*opaque, one.offset);
  });
  each_part(body_, [&](DynamicSql& one) {
    auto* expr = std::get_if<ast::Expr>(&one.text.node);
    auto* literal = expr == nullptr ? nullptr : std::get_if<ast::Literal>(&expr->node);
    if (literal == nullptr || literal->kind != ast::Literal::Kind::string) return;
    ast::Opaque constant;
    constant.text = literal->text;
    if (text(constant, one.text.offset)) literal->text = std::move(constant.text);
  });
}

void RoutineBody::write(ast::Script& script, ast::Statement& statement) const {
  ast::plpgsql::Body now = body_;
  std::string text = routines::edited(text_, read_, now, {});
  const std::vector<ast::Name> names = names_in(now);
  std::vector<ast::ObjectId>& named = statement.text_objects;
  std::erase_if(named, [&](ast::ObjectId id) {
    return !script.objects[id].made_here() && text.find(script.objects[id].name.name) == std::string::npos;
  });
  for (ast::ObjectId id = 0; id < script.objects.size(); ++id) {
    const ast::Object& object = script.objects[id];
    const bool is_named =
        object.made_here() && object.parent == ast::no_object &&
        std::ranges::any_of(names, [&](const ast::Name& one) { return may_be_same(one, object.name); });
    if (is_named && std::ranges::find(named, id) == named.end()) named.push_back(id);
  }
  *text_of(statement.node) = std::move(text);
}

}  // namespace pg2crdb::rewrite
