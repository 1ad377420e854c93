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
  ast::CreateFunction body;
  body.body = {is_call ? std::string(select) + statement.text.substr(call.size()) : statement.text};
  std::optional<std::vector<WrittenStatement>> read = parse_sql_body(body.body[0]);
  if (!read || read->size() != 1 || std::holds_alternative<ast::Opaque>((*read)[0].node)) return false;
  const int32_t shift = offset - (is_call ? static_cast<int32_t>(select.size() - call.size()) : 0);
  body.offset = std::max(shift, 0);
  move_offsets((*read)[0].node, [&](size_t at) { return at + static_cast<size_t>(body.offset); });
  if (!change((*read)[0].node)) return true;
  body.statements.push_back({std::move((*read)[0].node)});
  std::string now = written_body(body);
  if (now == body.body[0]) return true;
  statement.text = is_call ? std::string(call) + now.substr(select.size()) : std::move(now);
  return true;
}

}  // namespace pg2crdb::routines
