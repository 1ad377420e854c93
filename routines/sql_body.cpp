#include "routines/sql_body.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ast/equal.h"
#include "ast/field_values.h"
#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/sql_body.h"
#include "parser/sql_tokens.h"
#include "routines/word_changes.h"

namespace pg2crdb::routines {
namespace {

bool is_int4(const ast::TypeName& type) {
  return type.name.name == "int4" && (type.name.schema.empty() || type.name.schema == "pg_catalog");
}

/// With names for integers that no words stand for: those in the text are seen to apart.
ast::StatementNode without_words(ast::StatementNode statement) {
  constexpr std::array<std::string_view, 3> integers = {"int2", "int4", "int8"};
  ast::Visitor visitor;
  visitor.type = [&](ast::TypeName& type) {
    const bool built_in = type.name.schema.empty() || type.name.schema == "pg_catalog";
    if (built_in && std::ranges::find(integers, type.name.name) != integers.end())
      type.name = {"", type.name.name + "_"};
  };
  ast::walk(statement, visitor);
  return statement;
}

/// Whether another text than that of `before` says what `now` does, in CockroachDB.
bool has_changed(const std::vector<transform::Token>& tokens, int32_t shift, const ast::StatementNode& before,
                 const ast::StatementNode& now) {
  const ast::StatementNode was = without_words(before);
  ast::StatementNode taken = was;
  WordChanges(tokens, shift).take_over(taken, now);
  // Operators of other ranks need parentheses.
  return !ast::equal(taken, without_words(now)) || !to_sql_if_different(was).empty();
}

/// Writes a body piece by piece.
class Writer {
 public:
  explicit Writer(const std::string& text) : text_(text), scanned_(transform::scan(text)) {}

  /// The piece as it is, but that `integer` is INT4, and for what single words say. Offsets of what it is
  /// now are `shift` more.
  void keep(WrittenStatement& statement, const ast::StatementNode& now, int32_t shift) {
    WordChanges changes(scanned_.tokens, shift);
    changes.take_over(statement.node, now);
    std::map<size_t, TextEdit> words;
    for (const TextEdit& edit : changes.edits()) words.emplace(edit.begin, edit);
    ast::Visitor visitor;
    visitor.type = [&](ast::TypeName& type) {
      if (!is_int4(type) || type.offset < 0) return;
      const auto begin = static_cast<size_t>(type.offset);
      const auto token = std::ranges::lower_bound(scanned_.tokens, begin, {}, &transform::Token::begin);
      if (token != scanned_.tokens.end() && token->begin == begin &&
          (token->is("integer") || token->is("int")))
        words.emplace(begin, TextEdit{begin, token->end, "INT4"});
    };
    ast::walk(statement.node, visitor);
    for (const auto& [begin, edit] : words) {
      copy_to(begin);
      result_ += edit.text;
      at_ = edit.end;
    }
  }

  void replace(const WrittenStatement& before, const ast::StatementNode& now) {
    copy_to(before.begin);
    for (const transform::Token& comment : scanned_.comments) {
      if (comment.begin > before.begin && comment.end <= before.end)
        result_ += std::string(comment.text) + "\n";
    }
    result_ += to_sql(now, Dialect::cockroachdb);
    at_ = before.end;
  }

  const std::vector<transform::Token>& tokens() const { return scanned_.tokens; }

  std::string finish() {
    copy_to(text_.size());
    return std::move(result_);
  }

 private:
  void copy_to(size_t end) {
    result_.append(text_, at_, end - at_);
    at_ = end;
  }

  const std::string& text_;
  transform::ScannedSql scanned_;
  std::string result_;
  size_t at_ = 0;
};

/// All that a statement may call something before a dot.
struct NamesBeforeDots {
  std::set<std::string>& names;

  template <class T>
  void operator()(T& node) const {
    if constexpr (std::is_same_v<T, ast::Alias>) names.insert(node.name);
    if constexpr (std::is_same_v<T, ast::TableRef>) names.insert(node.name.name);
    ast::for_each_child(node, *this);
  }
};

/// 0: it has none of that name.
int64_t number_of(const ast::CreateFunction& function, const std::string& parameter) {
  using Mode = ast::FunctionParameter::Mode;
  int64_t number = 0;
  for (const ast::FunctionParameter& one : function.parameters) {
    if (one.mode == Mode::out || one.mode == Mode::table) continue;
    ++number;
    if (one.name == parameter) return number;
  }
  return 0;
}

/// A statement behind what was written already.
void write(Writer& writer, WrittenStatement& before, const ast::StatementNode& now, int32_t shift,
           bool anew) {
  const bool changed = anew ? !std::holds_alternative<ast::Opaque>(now)
                            : has_changed(writer.tokens(), shift, before.node, now);
  if (changed)
    writer.replace(before, now);
  else
    writer.keep(before, now, shift);
}

std::string write(const ast::CreateFunction& function, bool anew) {
  const std::string& text = function.body.front();
  std::optional<std::vector<WrittenStatement>> before;
  if (!function.statements.empty()) before = parse_sql_body(text);
  if (!before || before->size() != function.statements.size()) return text;
  Writer writer(text);
  for (size_t i = 0; i < before->size(); ++i)
    write(writer, (*before)[i], function.statements[i].node, std::max(function.offset, 0), anew);
  return writer.finish();
}

}  // namespace

std::vector<std::string> number_parameters(ast::CreateFunction& function) {
  std::vector<std::string> written;
  for (ast::BodyStatement& statement : function.statements) {
    std::set<std::string> taken = {"excluded", "old", "new"};
    NamesBeforeDots{taken}(statement.node);
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
      if (reference == nullptr || reference->star || reference->names.size() < 2 ||
          taken.contains(reference->names[0]))
        return;
      const std::vector<std::string>& names = reference->names;
      size_t used = 0;
      int64_t number = names[0] == function.name.name ? number_of(function, names[1]) : 0;
      if (number != 0) {
        used = 2;
      } else if ((number = number_of(function, names[0])) != 0) {
        used = 1;
      } else {
        return;
      }
      std::string whole;
      for (const std::string& name : names) whole += (whole.empty() ? "" : ".") + name;
      if (std::ranges::find(written, whole) == written.end()) written.push_back(whole);
      ast::Indirection field;
      for (size_t i = used; i < names.size(); ++i) {
        ast::Step step;
        step.kind = ast::Step::Kind::field;
        step.field = names[i];
        field.steps.push_back(std::move(step));
      }
      ast::Expr parameter{ast::Parameter{number}, expr.offset};
      if (field.steps.empty()) {
        expr = std::move(parameter);
      } else {
        field.argument = std::move(parameter);
        expr.node = std::move(field);
      }
    };
    ast::walk(statement.node, visitor);
  }
  return written;
}

std::string written_body(const ast::CreateFunction& function) {
  return write(function, false);
}

std::string written_statement(const std::string& text, WrittenStatement before, const ast::StatementNode& now,
                              int32_t shift) {
  Writer writer(text);
  write(writer, before, now, shift, false);
  return writer.finish();
}

std::string rewritten_body(const ast::CreateFunction& function, Types types) {
  if (types == Types::as_they_are) return write(function, true);
  ast::CreateFunction plain = function;
  ast::Visitor visitor;
  visitor.type = [](ast::TypeName& type) {
    if (!type.name.schema.empty() && type.name.schema != "pg_catalog") return;
    type.name = {"", "text"};
    type.modifiers.clear();
    type.interval_fields.clear();
  };
  for (ast::BodyStatement& one : plain.statements) ast::walk(one.node, visitor);
  return write(plain, true);
}

}  // namespace pg2crdb::routines
