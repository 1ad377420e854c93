#include "parser/name_walker.h"
#include "parser/pg_tree.h"

namespace pg2crdb::transform {
namespace {

void read_body(const std::string& language, const Piece& piece, NameCollector& names) {
  constexpr int deepest = 8;
  if (piece.level > deepest) {
    names.unread(piece.at(0), "too many bodies inside each other");
  } else if (language == "sql") {
    read_sql(piece, names);
  } else if (language == "plpgsql") {
    read_plpgsql(piece, {}, names);
  } else {
    names.unread(piece.at(0), "a body in " + language + " is not read");
  }
}

/// The semicolons between statements: not those in CREATE RULE's parentheses and in BEGIN ATOMIC ... END.
std::vector<Token> ends_of_statements(const std::vector<Token>& tokens) {
  std::vector<Token> result;
  int depth = 0;
  int atomic = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.is("(")) ++depth;
    if (token.is(")")) --depth;
    if (token.is("atomic") && i > 0 && tokens[i - 1].is("begin")) ++atomic;
    if (atomic > 0 && token.is("case")) ++atomic;
    if (atomic > 0 && token.is("end")) --atomic;
    if (depth == 0 && atomic == 0 && token.is(";") && i + 1 < tokens.size()) result.push_back(token);
  }
  return result;
}

/// False where it does not parse; the tree then says why.
bool read_statements(const Piece& piece, const PgTree& tree, NameCollector& names) {
  if (!tree.good()) return false;
  NameWalker walker(piece, names);
  for (const RawStmt& one : tree.statements()) {
    const auto begin = static_cast<size_t>(one.stmt_location);
    const size_t end = one.stmt_len > 0 ? begin + static_cast<size_t>(one.stmt_len) : piece.sql.size();
    const int64_t place = piece.at(one.stmt_location);
    try {
      walker.statement(one.stmt, begin, end);
    } catch (const TooDeep&) {
      names.unread(place, "the statement is nested too deeply");
    } catch (const Unmodelled&) {
      names.unread(place, "the statement has a form that is not known");
    }
  }
  for (const NameWalker::Body& body : walker.bodies) read_body(body.language, body.piece, names);
  return true;
}

}  // namespace

void read_sql(const Piece& piece, NameCollector& names) {
  const PgTree whole(piece.sql);
  if (read_statements(piece, whole, names)) return;
  std::string error;
  const std::optional<std::vector<Token>> tokens = scan_sql(piece.sql, error);
  const std::vector<Token> ends = tokens ? ends_of_statements(*tokens) : std::vector<Token>();
  if (ends.empty()) return names.unread(piece.at(whole.error_offset()), whole.error());
  // One statement in error does not cost the others.
  size_t begin = 0;
  for (size_t i = 0; i <= ends.size(); ++i) {
    const size_t end = i < ends.size() ? ends[i].begin : piece.sql.size();
    Piece one = piece;
    one.sql = piece.sql.substr(begin, end - begin);
    one.shift += static_cast<int64_t>(begin);
    const PgTree tree(one.sql);
    if (!read_statements(one, tree, names)) names.unread(one.at(tree.error_offset()), tree.error());
    begin = end + 1;
  }
}

}  // namespace pg2crdb::transform
