#include "routines/text_statements.h"

#include <optional>
#include <utility>
#include <vector>

#include "parser/move_offsets.h"
#include "parser/sql_body.h"
#include "routines/sql_body.h"

namespace pg2crdb::routines {
namespace {

/// CALL has no tree: its call is one, as what a SELECT shows.
constexpr std::string_view call = "CALL", select = "SELECT";

}  // namespace

bool adapt_text(ast::Opaque& statement, int32_t offset,
                const std::function<void(ast::StatementNode&)>& adapt) {
  return change_text(statement, offset, [&](ast::StatementNode& node) {
    adapt(node);
    return true;
  });
}

bool change_text(ast::Opaque& statement, int32_t offset,
                 const std::function<bool(ast::StatementNode&)>& change) {
  const bool is_call = statement.kind == call;
  const std::string text =
      is_call ? std::string(select) + statement.text.substr(call.size()) : statement.text;
  std::optional<std::vector<WrittenStatement>> read = parse_sql_body(text);
  if (!read || read->size() != 1 || std::holds_alternative<ast::Opaque>((*read)[0].node)) return false;
  const int32_t shift =
      std::max(offset - (is_call ? static_cast<int32_t>(select.size() - call.size()) : 0), 0);
  ast::StatementNode node = (*read)[0].node;
  move_offsets(node, [&](size_t at) { return at + static_cast<size_t>(shift); });
  if (!change(node)) return true;
  std::string now = written_statement(text, std::move((*read)[0]), node, shift);
  if (now == text) return true;
  statement.text = is_call ? std::string(call) + now.substr(select.size()) : std::move(now);
  return true;
}

}  // namespace pg2crdb::routines
