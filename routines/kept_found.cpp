#include "routines/kept_found.h"

#include <optional>
#include <utility>

#include "ast/walk.h"
#include "parser/sql_tokens.h"
#include "routines/renames.h"
#include "routines/told_rows.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

class KeptFound {
 public:
  explicit KeptFound(Conversion& conversion) : conversion_(conversion), rows_(conversion) {}

  bool run() {
    if (!is_plain()) return false;
    name_ = conversion_.new_name("row_found_before");
    ast::Expr nothing{ast::Literal{ast::Literal::Kind::boolean, "false"}};
    conversion_.declare(name_, built_in_type("bool"), ast::Box<Value>(value_of(std::move(nothing))));
    int32_t first = -1;
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      ast::ColumnRef* ref = as_found(expr);
      if (ref == nullptr) return;
      if (first < 0) first = expr.offset;
      ref->names = {name_};
    };
    ast::walk(conversion_.body, look);
    each_part(conversion_.body, [&](Statements& statements) { set_in(statements); });
    conversion_.note("FOUND", first);
    return good_;
  }

 private:
  /// Nothing else is called so, what is kept word for word does not name it, and each loop is left at its
  /// end.
  bool is_plain() {
    const std::string name = found_name;
    bool plain = !conversion_.is_declared(name) && !conversion_.routine.columns.contains(name);
    each_text(conversion_.body, [&](ast::Opaque& text) {
      for (const transform::Token& token : transform::scan(text.text).tokens)
        plain = plain && !is_found(token);
    });
    each_part(conversion_.body, [&](Exit& exit) { plain = plain && exit.label.empty(); });
    each_part(conversion_.body, [&](GetDiagnostics&) { plain = false; });
    each_part(conversion_.body, [&](ForCursor&) { plain = false; });
    return plain;
  }

  /// All are asked before any is moved: what one of them says may depend on the others.
  void set_in(Statements& statements) {
    std::vector<std::optional<ast::Expr>> told;
    for (Statement& one : statements.list)
      told.push_back(inside_of_loop(one) == nullptr ? told_by(one) : std::nullopt);
    std::vector<Statement> now;
    for (size_t i = 0; i < told.size(); ++i) {
      Statement& one = statements.list[i];
      if (Statements* inside = inside_of_loop(one)) {
        const std::string any = conversion_.new_name("loop_found");
        conversion_.declare(any, built_in_type("bool"));
        inside->list.insert(inside->list.begin(), assignment(any, truth(true)));
        now.push_back(assignment(any, truth(false)));
        now.back().comments.before = std::move(one.comments.before);
        now.back().after_blank_line = std::exchange(one.after_blank_line, false);
        now.push_back(std::move(one));
        now.push_back(assignment(name_, column({any})));
        continue;
      }
      now.push_back(std::move(one));
      if (told[i]) now.push_back(assignment(name_, std::move(*told[i])));
    }
    statements.list = std::move(now);
  }

  std::optional<ast::Expr> told_by(Statement& statement) {
    auto* run = std::get_if<RunSql>(&statement.node);
    const auto* text = run == nullptr ? nullptr : std::get_if<ast::Opaque>(&run->sql.statement);
    const bool calls = text != nullptr && text->kind == "CALL";
    if (run != nullptr && run->into.strict) return truth(true);
    const bool sets = (run != nullptr && !calls) || std::holds_alternative<Perform>(statement.node) ||
                      std::holds_alternative<Fetch>(statement.node) ||
                      std::holds_alternative<ReturnQuery>(statement.node);
    if (!sets) return std::nullopt;
    std::optional<ast::Expr> told = rows_.tell_found(statement);
    good_ = good_ && told;
    return told;
  }

  static Statements* inside_of_loop(Statement& statement) {
    if (auto* one = std::get_if<ForRange>(&statement.node)) return &one->statements;
    if (auto* one = std::get_if<ForRows>(&statement.node)) return &one->statements;
    if (auto* one = std::get_if<Foreach>(&statement.node)) return &one->statements;
    return nullptr;
  }

  static ast::Expr truth(bool value) {
    return {ast::Literal{ast::Literal::Kind::boolean, value ? "true" : "false"}};
  }
  static Statement assignment(const std::string& name, ast::Expr value) {
    Assignment node;
    node.target.names = {name};
    node.value = value_of(std::move(value));
    Statement statement;
    statement.node = std::move(node);
    return statement;
  }

  Conversion& conversion_;
  ToldRows rows_;
  std::string name_;
  bool good_ = true;
};

}  // namespace

ast::ColumnRef* as_found(ast::Expr& expr) {
  return is_found(expr) ? std::get_if<ast::ColumnRef>(&expr.node) : nullptr;
}

bool is_found(const ast::Expr& expr) {
  const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
  return ref != nullptr && !ref->star && ref->names.size() == 1 && ref->names[0] == found_name;
}

bool is_found(const transform::Token& token) {
  return token.is(found_name) ||
         (token.kind == transform::Token::Kind::quoted_word && token.name() == found_name);
}

bool reads_found(Conversion& conversion) {
  bool reads = false;
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) { reads = reads || as_found(expr) != nullptr; };
  ast::walk(conversion.body, look);
  return reads;
}

bool keep_found(Conversion& conversion) {
  return KeptFound(conversion).run();
}

}  // namespace pg2crdb::routines
