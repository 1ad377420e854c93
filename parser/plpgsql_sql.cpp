#include "parser/plpgsql_sql.h"

#include <optional>
#include <string_view>

#include "ast/describe.h"
#include "parser/pg_tree.h"
#include "parser/statement_text.h"
#include "parser/transform.h"

namespace pg2crdb::transform {
namespace {

/// Bytes of `sql` before `prefix` are ours.
struct Piece {
  std::string sql;
  int32_t prefix = 0;
  int32_t place = 0;

  std::string_view written() const { return std::string_view(sql).substr(static_cast<size_t>(prefix)); }
};

/// What `read` makes of the tree; word for word where the AST has no place for it.
template <class Result, class Read>
Result read_piece(const Piece& piece, PgTree::ReadAs as, std::string_view kind, Read read) {
  const PgTree tree(piece.sql, as);
  if (!tree.good()) {
    const int32_t within = tree.error_offset() < piece.prefix ? 0 : tree.error_offset() - piece.prefix;
    throw BodyError{tree.error(), piece.place + within};
  }
  if (tree.roots().size() != 1) throw BodyError{"an SQL statement is missing", piece.place};
  Context context{piece.sql, piece.prefix - piece.place};
  const Node* root = tree.roots()[0];
  if (const auto* raw = node_if<RawStmt>(root)) root = raw->stmt;
  try {
    return read(context, root);
  } catch (const TooDeep&) {
    throw BodyError{"the statement is nested too deeply", piece.place};
  } catch (const Unmodelled&) {
    return Result{ast::Opaque{kind.empty() ? opaque_kind(root) : std::string(kind),
                              std::string(without_semicolon(piece.written()))}};
  }
}

using ValueNode = decltype(ast::plpgsql::Value::node);

ast::plpgsql::Value value_of(const Piece& piece, PgTree::ReadAs as) {
  const auto read = [](Context& context, const Node* root) -> ValueNode {
    ast::Query selected = query(context, root);
    if (std::optional<ast::Expr> expr = only_expression(selected)) return std::move(*expr);
    return selected;
  };
  return {read_piece<ValueNode>(piece, as, "expression", read), piece.place};
}

}  // namespace

ast::plpgsql::Value plpgsql_value(const std::string& sql, int32_t place) {
  return value_of({sql, 0, place}, PgTree::ReadAs::plpgsql_expression);
}

ast::plpgsql::Value plpgsql_performed(const std::string& sql, int32_t place) {
  constexpr std::string_view select = "SELECT ";
  return value_of({std::string(select) + sql, static_cast<int32_t>(select.size()), place},
                  PgTree::ReadAs::statements);
}

ast::plpgsql::StaticSql plpgsql_statement(const std::string& sql, int32_t place) {
  // What changes rows is kept word for word: its comments are, too, and INTO stands in RETURNING.
  const auto read = [](Context& context, const Node* root) {
    ast::StatementNode node = statement(context, root);
    if (ast::changed_table(node) != nullptr) throw Unmodelled{};
    return node;
  };
  return {read_piece<ast::StatementNode>({sql, 0, place}, PgTree::ReadAs::statements, "", read), place};
}

ast::TypeName plpgsql_type(const std::string& sql, int32_t place) {
  const Piece piece{sql, 0, place};
  const auto read = [](Context& context, const Node* root) -> std::variant<ast::TypeName, ast::Opaque> {
    return type_name(context, node_as<TypeName>(root));
  };
  auto type = read_piece<std::variant<ast::TypeName, ast::Opaque>>(piece, PgTree::ReadAs::type, "type", read);
  if (auto* known = std::get_if<ast::TypeName>(&type)) return std::move(*known);
  throw BodyError{"the type `" + sql + "` is not known in this form", place};
}

}  // namespace pg2crdb::transform
