#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "ast/plpgsql.h"
#include "parser/plpgsql_grammar.h"
#include "parser/plpgsql_sql.h"

/// From the contexts of PlPgSql.g4 to ast/plpgsql.h; between the sources that read bodies only.
namespace pg2crdb::transform {

class BodyReader {
 public:
  /// Throws BodyError. `body` outlives it.
  BodyReader(const std::string& body, std::string_view routine)
      : text_(body), routine_(routine), tree_(body) {}
  ast::plpgsql::Body read();

 private:
  using Context = antlr4::ParserRuleContext;

  // --- the body, declarations, handlers (plpgsql_declarations.cpp)

  ast::plpgsql::CompilerOption option(PlPgSql::OptionContext& context) const;
  ast::plpgsql::Block block(PlPgSql::BlockContext& context);
  void declarations(PlPgSql::DeclarationsContext& context, ast::plpgsql::Block& block);
  void declare(PlPgSql::DeclarationContext& context, ast::plpgsql::Declaration& declaration);
  ast::plpgsql::VariableType type(PlPgSql::TypeContext* context) const;
  ast::plpgsql::Handler handler(PlPgSql::HandlerContext& context);
  /// `code` stands behind SQLSTATE.
  ast::plpgsql::Condition condition(std::string name, antlr4::tree::TerminalNode* code,
                                    const Context& context) const;
  static ast::plpgsql::Scroll scroll(PlPgSql::ScrollContext* context);

  // --- statements (plpgsql_statements.cpp, plpgsql_loops.cpp)

  ast::plpgsql::Statements statements(PlPgSql::StatementsContext* context);
  /// Behind a head in the middle of a statement, whose comments go to the first of them.
  ast::plpgsql::Statements branch_statements(PlPgSql::StatementsContext* context);
  void statement(PlPgSql::StatementContext& context, std::vector<ast::plpgsql::Statement>& list);
  void read(PlPgSql::StatementContext& context, ast::plpgsql::Statement& statement);
  ast::plpgsql::If if_statement(PlPgSql::IfStatementContext& context);
  ast::plpgsql::Case case_statement(PlPgSql::CaseStatementContext& context);
  ast::plpgsql::Branch branch(const Context& context, PlPgSql::ToThenContext* condition,
                              PlPgSql::StatementsContext* then);
  void otherwise(PlPgSql::OtherwiseContext* context, bool& has_else, ast::plpgsql::Statements& statements);
  void for_statement(PlPgSql::ForStatementContext& context, ast::plpgsql::Statement& statement);
  ast::plpgsql::Foreach foreach_statement(PlPgSql::ForeachStatementContext& context);
  ast::plpgsql::Statements loop(PlPgSql::LabelContext* label, PlPgSql::LoopBodyContext* body);
  ast::plpgsql::Exit exit_statement(PlPgSql::ExitStatementContext& context);
  void return_statement(PlPgSql::ReturnStatementContext& context, ast::plpgsql::Statement& statement);
  ast::plpgsql::Raise raise_statement(PlPgSql::RaiseStatementContext& context);
  void check_format(const ast::plpgsql::Raise& raise, const Context& context) const;
  ast::plpgsql::GetDiagnostics get_statement(PlPgSql::GetStatementContext& context) const;
  ast::plpgsql::Execute execute_statement(PlPgSql::ExecuteStatementContext& context);
  ast::plpgsql::Open open_statement(PlPgSql::OpenStatementContext& context);
  ast::plpgsql::Fetch fetch(PlPgSql::DirectionContext* direction, PlPgSql::VariableContext* cursor);
  ast::plpgsql::RunSql sql_statement(PlPgSql::SqlContext& context);

  // --- what statements are made of (plpgsql_reader.cpp)

  /// Tokens [from, end).
  struct Range {
    size_t from = 0;
    size_t end = 0;
  };
  static Range range(const Context& context);
  int32_t begin_of(size_t token) const;
  int32_t end_of(size_t token) const;
  int32_t begin_of(const Context& context) const { return begin_of(range(context).from); }
  std::string text(Range tokens) const;
  bool is(const Context& context, std::string_view first_word) const;

  std::string name(Context* context) const;
  std::string label(PlPgSql::LabelContext* context) const;
  /// Of PlPgSql::variable, ::cursor: names with dots between them.
  ast::plpgsql::Variable variable(const Context& context) const;
  ast::plpgsql::Variable variable(Range tokens) const;
  /// The names with dots between them that begin at a token.
  Range names_at(size_t token, size_t end) const;
  std::vector<ast::plpgsql::Variable> variables(PlPgSql::VariablesContext* context) const;
  ast::plpgsql::Variable target(PlPgSql::TargetContext& context) const;
  ast::plpgsql::Into into(PlPgSql::IntoContext* context) const;

  ast::plpgsql::Value value(const Context* run);
  ast::Box<ast::plpgsql::Value> value_if(const Context* run);
  template <class Contexts>
  std::vector<ast::plpgsql::Value> values(const Contexts& runs) {
    std::vector<ast::plpgsql::Value> result;
    for (const Context* run : runs) result.push_back(value(run));
    return result;
  }
  ast::plpgsql::StaticSql static_sql(const Context* run);
  ast::plpgsql::DynamicSql dynamic_sql(const Context* run, PlPgSql::UsingValuesContext* parameters);
  std::vector<ast::plpgsql::Argument> arguments(PlPgSql::ArgumentsContext* context);
  /// The text that a string stands for.
  std::string literal(antlr4::tree::TerminalNode* string) const;

  [[noreturn]] void fail(std::string message, const Context& context) const;
  /// "... at or near".
  [[noreturn]] void fail_at(std::string_view message, size_t token) const;

  // --- comments

  /// Those that begin before a byte of the body and belong to nothing yet become the node's that is read.
  void hoist_comments(int32_t before);
  /// What is kept word for word keeps its comments.
  void keep_comments_in(Range tokens);
  /// The one that stands behind a token in its line, with nothing more in that line.
  std::string comment_behind(size_t token);
  std::string comment_text(const Token& comment) const;
  /// Whether a blank line stands before a token and the comments that belong to it.
  bool after_blank_line(size_t token) const;

  /// Labels that EXIT and CONTINUE may name.
  struct OpenLabel {
    std::string name;
    bool is_loop = false;
  };
  void check_end_label(PlPgSql::NameContext* end, const std::string& begin) const;

  const std::string& text_;
  std::string_view routine_;
  PlPgSqlTree tree_;
  size_t next_comment_ = 0;
  std::vector<std::string>* comments_ = nullptr;  ///< of the node that is read
  std::vector<OpenLabel> labels_;
};

}  // namespace pg2crdb::transform
