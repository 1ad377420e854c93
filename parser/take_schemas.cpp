#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ast/top_call.h"
#include "parser/dump_parser.h"

namespace pg2crdb {

// CREATE SCHEMA with what is made in it: each as a statement, which finds names in the schema first. False
// where one of them is none.
bool DumpParser::take_schema(const Text& text, std::string_view sql) {
  const std::optional<SchemaElements> found =
      text.expansion == nullptr && text.complete ? schema_elements(sql) : std::nullopt;
  if (!found) return false;
  const auto piece_of = [&](const SchemaElements::Piece& piece) {
    return sql.substr(piece.begin, piece.end - piece.begin);
  };
  std::vector<ParsedStatement> made;
  made.push_back(parse_statement(piece_of(found->schema)));
  for (const SchemaElements::Piece& piece : found->elements) made.push_back(parse_statement(piece_of(piece)));
  if (std::ranges::any_of(made, [](const ParsedStatement& one) { return !one.error.empty(); })) return false;
  const auto* schema = std::get_if<ast::CreateSchema>(&made.front().node);
  if (schema == nullptr) return false;
  const std::string name = schema->name.empty() ? schema->owner.name : schema->name;
  add_piece(text.segment, sql, found->schema, std::move(made.front().node));
  ast::SetVariable inside{ast::SetVariable::Kind::value, "search_path", {}, false};
  inside.values.push_back({ast::Literal{ast::Literal::Kind::string, name}});
  const auto* before = search_path_ ? std::get_if<ast::SetVariable>(&*search_path_) : nullptr;
  if (before != nullptr)
    inside.values.insert(inside.values.end(), before->values.begin(), before->values.end());
  if (!search_path_) inside.values.push_back({ast::Literal{ast::Literal::Kind::string, "public"}});
  add(text.segment, std::move(inside));
  for (size_t i = 0; i < found->elements.size(); ++i)
    add_piece(text.segment, sql, found->elements[i], std::move(made[i + 1].node));
  if (search_path_) {
    add(text.segment, ast::StatementNode(*search_path_));
  } else {
    add(text.segment, ast::SetVariable{ast::SetVariable::Kind::reset, "search_path", {}, false});
  }
  return true;
}

void DumpParser::add_piece(const Segment& whole, std::string_view sql, const SchemaElements::Piece& piece,
                           ast::StatementNode&& node) {
  Segment segment = whole;
  segment.begin = whole.begin + piece.begin;
  segment.end = whole.begin + piece.end;
  const std::string_view before = sql.substr(0, piece.begin);
  segment.line += static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  sent_ = add(segment, std::move(node)).id;
}

// The session's search_path, as it was set last.
void DumpParser::follow_search_path(const ast::StatementNode& node) {
  const auto* set = std::get_if<ast::SetVariable>(&node);
  if (set != nullptr && set->name == "search_path" && !set->local) {
    search_path_ = set->kind == ast::SetVariable::Kind::value ? std::optional(node) : std::nullopt;
  } else if (const ast::FunctionCall* const call = ast::top_call(node);
             call != nullptr && call->name.name == "set_config" && !call->arguments.empty()) {
    const auto* variable = std::get_if<ast::Literal>(&call->arguments.front().node);
    if (variable != nullptr && variable->text == "search_path") search_path_ = node;
  }
}

}  // namespace pg2crdb
