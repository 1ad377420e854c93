#include <simdjson.h>

#include "parser/json_fields.h"
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
bool read_statements(const Piece& piece, PgTree& tree, NameCollector& names) {
  static thread_local simdjson::dom::parser reader = new_reader();
  Json document;
  if (!tree.good() || !tree.read(reader, document)) return false;
  NameWalker walker(piece, names);
  for (Json one : nodes(document, "stmts")) {
    const std::optional<Json> location = member(one, "stmt_location");
    const std::optional<Json> length = member(one, "stmt_len");
    const auto begin = static_cast<size_t>(location ? integer(*location) : 0);
    const size_t end = length ? begin + static_cast<size_t>(integer(*length)) : piece.sql.size();
    const std::optional<Json> statement = member(one, "stmt");
    const int64_t place = piece.at(static_cast<int64_t>(begin));
    try {
      if (statement) walker.statement(*statement, begin, end);
    } catch (const NameWalker::TooDeep&) {
      names.unread(place, "the statement is nested too deeply");
    } catch (const Unmodelled&) {
      names.unread(place, "the statement has a form that is not known");
    } catch (const simdjson::simdjson_error&) {
      names.unread(place, "the statement has a form that is not known");
    }
  }
  for (const NameWalker::Body& body : walker.bodies) read_body(body.language, body.piece, names);
  return true;
}

}  // namespace

void read_sql(const Piece& piece, NameCollector& names) {
  PgTree whole(piece.sql);
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
    PgTree tree(one.sql);
    if (!read_statements(one, tree, names)) names.unread(one.at(tree.error_offset()), tree.error());
    begin = end + 1;
  }
}

}  // namespace pg2crdb::transform
