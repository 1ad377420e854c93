#include "parser/sql_body.h"

#include <algorithm>

#include "parser/pg_tree.h"
#include "parser/sql_tokens.h"
#include "parser/transform.h"

namespace pg2crdb {

std::optional<std::vector<WrittenStatement>> parse_sql_body(const std::string& body) {
  if (body.find('\0') != std::string::npos) return std::nullopt;
  const transform::ScannedSql scanned = transform::scan(body);
  const transform::PgTree tree(body);
  if (!tree.good() || !scanned.error.empty()) return std::nullopt;
  const std::vector<transform::Token>& tokens = scanned.tokens;
  std::vector<WrittenStatement> statements;
  auto token = tokens.begin();
  for (const RawStmt& raw : tree.statements()) {
    const size_t from = static_cast<size_t>(std::max(raw.stmt_location, 0));
    const size_t to = raw.stmt_len > 0 ? from + static_cast<size_t>(raw.stmt_len) : body.size();
    token = std::find_if(token, tokens.end(),
                         [&](const transform::Token& one) { return one.begin >= from && !one.is(";"); });
    if (token == tokens.end()) return std::nullopt;
    WrittenStatement written;
    written.begin = token->begin;
    for (; token != tokens.end() && token->end <= to && !token->is(";"); ++token) written.end = token->end;
    transform::Context context{body};
    context.rows_as_text = false;
    context.changes_rows = true;  // a SELECT may do so in its WITH
    try {
      written.node = transform::statement(context, raw.stmt);
    } catch (const transform::TooDeep&) {
      return std::nullopt;
    } catch (const transform::Unmodelled&) {
      written.node = ast::Opaque{transform::opaque_kind(raw.stmt),
                                 body.substr(written.begin, written.end - written.begin)};
    }
    statements.push_back(std::move(written));
  }
  return statements;
}

}  // namespace pg2crdb
