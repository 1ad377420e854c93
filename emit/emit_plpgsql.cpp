#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "ast/enum_words.h"
#include "emit/emit.h"
#include "emit/plpgsql.h"
#include "support/ascii.h"
#include "target/plpgsql_words.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

using namespace ast::plpgsql;

/// Queries that would be longer get a line for each clause.
constexpr size_t widest = 100;

std::string upper(std::string_view words) {
  std::string result(words);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

template <class E>
std::string keywords(E value) {
  std::string words = upper(ast::enum_word(value));
  std::ranges::replace(words, '_', ' ');
  return words;
}

/// Whether one of these words stands in an expression outside of its parentheses: PL/pgSQL would end it
/// there.
bool ends_at(std::string_view sql, std::initializer_list<std::string_view> words) {
  int depth = 0;
  for (size_t i = 0; i < sql.size();) {
    const size_t begin = i++;
    const char c = sql[begin];
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c == '\'' || c == '"') {
      const bool escapes = c == '\'' && begin > 0 && sql[begin - 1] == 'e';
      while (i < sql.size() && sql[i] != c) i += escapes && sql[i] == '\\' ? 2 : 1;
      ++i;
    } else if (begins_name(c)) {
      while (i < sql.size() && in_name(sql[i])) ++i;
      if (depth == 0 && std::ranges::find(words, sql.substr(begin, i - begin)) != words.end()) return true;
    }
  }
  return false;
}

/// `$1`, not a name with a dollar sign in it.
bool is_parameter(std::string_view name) {
  return name.size() > 1 && name[0] == '$' && std::ranges::all_of(name.substr(1), is_digit);
}

class BodyWriter {
 public:
  explicit BodyWriter(Dialect dialect, int margin = 0, const KeptText& kept = {})
      : dialect_(dialect), margin_(margin), kept_(kept) {}

  std::string write(const Body& body) {
    for (const CompilerOption& option : body.options) line("#" + option.name + " " + option.value);
    comments(body.comments.before);
    block(body.block);
    end(body.comments);
    comments(body.comments_behind);
    return std::move(out_);
  }

  std::string write_part(const Statement& part) {
    statement(part);
    return std::move(*this).part();
  }
  std::string write_part(const Declaration& part) {
    declaration(part);
    return std::move(*this).part();
  }
  std::string write_part(const Value& value, std::initializer_list<std::string_view> words) const {
    return text(value, words);
  }
  std::string write_part(const std::vector<Condition>& conditions) const { return text(conditions); }

 private:
  /// Without the first line's indentation and the last one's end.
  std::string part() && {
    out_.pop_back();
    return out_.substr(out_.find_first_not_of(" \n"));
  }

  // --- lines

  void indent() { out_.append(static_cast<size_t>(margin_), ' '); }
  void line(std::string_view text) {
    indent();
    out_.append(text).push_back('\n');
  }
  void comments(const std::vector<std::string>& comments) {
    for (const std::string& comment : comments) line(comment);
  }
  /// Of a statement or declaration whose last line is written but for its end.
  void end(const Comments& comments) {
    if (comments.behind.empty()) return;
    out_.pop_back();
    out_.append("  ").append(comments.behind).push_back('\n');
  }
  template <class Write>
  void indented(Write write) {
    margin_ += 2;
    write();
    margin_ -= 2;
  }

  // --- SQL

  template <class Write>
  std::string sql(Write write) const {
    SqlWriter out(dialect_, margin_);
    write(out);
    return std::move(out).take();
  }
  /// Of a variable, a label, a condition.
  std::string ident(const std::string& name) const {
    if (dialect_ == Dialect::cockroachdb && is_plpgsql_word(name)) return '"' + name + '"';
    return sql([&](SqlWriter& out) { out.ident(name); });
  }
  std::string text(const Value& value) const {
    if (kept_.value) {
      if (std::optional<std::string> kept = kept_.value(value)) return std::move(*kept);
    }
    if (const auto* opaque = std::get_if<ast::Opaque>(&value.node)) return opaque->text;
    return sql([&](SqlWriter& out) {
      if (const auto* expr = std::get_if<ast::Expr>(&value.node)) return write_expr(out, *expr);
      SqlWriter query(dialect_, margin_);
      write_query(query, std::get<ast::Query>(value.node), Layout::one_line);
      constexpr std::string_view select = "SELECT ";
      const std::string sql_text = std::move(query).take();
      out.keyword(std::string_view(sql_text).substr(std::min(select.size(), sql_text.size())));
    });
  }
  /// In a place where one of `words` follows.
  std::string text(const Value& value, std::initializer_list<std::string_view> words) const {
    std::string sql = text(value);
    if (std::holds_alternative<ast::Opaque>(value.node) || !ends_at(upper(sql), words)) return sql;
    return (std::holds_alternative<ast::Query>(value.node) ? "(SELECT " : "(") + sql + ")";
  }
  template <class Items, class Text>
  static std::string list(const Items& items, Text text_of) {
    std::string result;
    for (const auto& item : items) {
      if (!result.empty()) result += ", ";
      result += text_of(item);
    }
    return result;
  }
  std::string text(const std::vector<Value>& values) const {
    return list(values, [&](const Value& value) { return text(value); });
  }
  std::string text(const Variable& variable) const {
    return sql([&](SqlWriter& out) {
      bool first = true;
      for (const std::string& name : variable.names) {
        if (!first) out.glue(".");
        first = false;
        out.keyword(is_parameter(name) ? name : ident(name));
      }
      for (const ast::Step& step : variable.steps) write_step(out, step);
    });
  }
  std::string text(const std::vector<Variable>& variables) const {
    return list(variables, [&](const Variable& variable) { return text(variable); });
  }
  std::string text(const Into& into) const {
    if (into.targets.empty()) return {};
    return (into.strict ? " INTO STRICT " : " INTO ") + text(into.targets);
  }
  std::string text(const DynamicSql& dynamic) const {
    return "EXECUTE " + text(dynamic.text, {"INTO", "LOOP", "USING"}) + parameters(dynamic);
  }
  std::string parameters(const DynamicSql& dynamic) const {
    return dynamic.parameters.empty() ? std::string() : " USING " + text(dynamic.parameters);
  }
  /// `used`: columns of its first line before it.
  std::string text(const StaticSql& one, size_t used, const Into& into = {}) const {
    const auto* select = std::get_if<ast::SelectStatement>(&one.statement);
    if (select == nullptr) {
      return sql([&](SqlWriter& out) {
               std::visit([&](const auto& node) { write_statement(out, node); }, one.statement);
             }) +
             text(into);
    }
    const std::string in_one_line = query(*select->query, Layout::one_line, into);
    const bool fits = static_cast<size_t>(margin_) + used + in_one_line.size() <= widest;
    return fits ? in_one_line : query(*select->query, Layout::lines, into);
  }
  /// INTO stands behind what is selected; behind all of it where it is more than one SELECT.
  std::string query(const ast::Query& query, Layout layout, const Into& into) const {
    std::string whole = sql([&](SqlWriter& out) { write_query(out, query, layout); });
    if (into.targets.empty()) return whole;
    if (!query.values.empty() || query.left) return whole + text(into);
    ast::Query head;
    head.recursive = query.recursive;
    head.with = query.with;
    head.distinct = query.distinct;
    head.distinct_on = query.distinct_on;
    head.targets = query.targets;
    const size_t size = sql([&](SqlWriter& out) { write_query(out, head, layout); }).size();
    return whole.insert(size, text(into));
  }
  std::string text(const Rows& rows, size_t used) const {
    if (const auto* dynamic = std::get_if<DynamicSql>(&rows)) return text(*dynamic);
    return text(std::get<StaticSql>(rows), used);
  }
  std::string text(const std::vector<Argument>& arguments) const {
    if (arguments.empty()) return {};
    return "(" +
           list(arguments,
                [&](const Argument& argument) {
                  return (argument.name.empty() ? "" : ident(argument.name) + " := ") + text(argument.value);
                }) +
           ")";
  }
  std::string text(const VariableType& type) const {
    return sql([&](SqlWriter& out) {
      if (type.kind == VariableType::Kind::named) return write_type(out, type.type);
      out.dotted(type.names);
      out.glue("%");
      out.keyword(type.kind == VariableType::Kind::of_row ? "ROWTYPE" : "TYPE");
      for (const int64_t bound : type.array_bounds) {
        out.glue("[");
        if (bound >= 0) out.keyword(std::to_string(bound));
        out.close(']');
      }
    });
  }
  static std::string_view text(Scroll scroll) {
    switch (scroll) {
      case Scroll::unspecified:
        return "";
      case Scroll::scroll:
        return " SCROLL";
      case Scroll::no_scroll:
        return " NO SCROLL";
    }
    return "";
  }
  std::string text(const Condition& condition) const {
    return condition.sqlstate.empty() ? ident(condition.name)
                                      : "SQLSTATE " + quote_literal(condition.sqlstate);
  }

  std::string text(const std::vector<Condition>& conditions) const {
    std::string result;
    for (const Condition& condition : conditions) result += (result.empty() ? "" : " OR ") + text(condition);
    return result;
  }

  // --- blocks

  void label(const std::string& name) {
    if (!name.empty()) line("<<" + ident(name) + ">>");
  }

  void block(const Block& block) {
    label(block.label);
    if (!block.declarations.empty() || !block.comments.empty()) {
      line("DECLARE");
      indented([&] {
        for (const Declaration& one : block.declarations) declaration(one);
        comments(block.comments);
      });
    }
    line("BEGIN");
    statements(block.statements);
    if (!block.handlers.empty()) line("EXCEPTION");
    indented([&] {
      for (const Handler& handler : block.handlers) {
        line("WHEN " + text(handler.conditions) + " THEN");
        statements(handler.statements);
      }
    });
    line("END;");
  }

  void declaration(const Declaration& declaration) {
    if (declaration.after_blank_line) out_ += '\n';
    comments(declaration.comments.before);
    line(ident(declaration.name) +
         std::visit([&](const auto& node) { return declared(node); }, declaration.node) + ";");
    end(declaration.comments);
  }
  std::string declared(const VariableDeclaration& node) const {
    std::string result = node.constant ? " CONSTANT " : " ";
    result += text(node.type);
    if (!node.collation.empty())
      result += " COLLATE " + sql([&](SqlWriter& out) { out.name(node.collation); });
    if (node.not_null) result += " NOT NULL";
    if (node.default_value) result += " := " + text(*node.default_value);
    return result;
  }
  std::string declared(const AliasDeclaration& node) const { return " ALIAS FOR " + text(node.of); }
  std::string declared(const CursorDeclaration& node) const {
    std::string result = std::string(text(node.scroll)) + " CURSOR ";
    if (!node.parameters.empty()) {
      result += "(" +
                list(node.parameters,
                     [&](const CursorParameter& one) { return ident(one.name) + " " + text(one.type); }) +
                ") ";
    }
    result += "FOR ";
    return result + text(node.query, result.size());
  }

  // --- statements

  void statements(const Statements& statements) {
    indented([&] {
      for (const Statement& one : statements.list) statement(one);
      comments(statements.comments);
    });
  }

  void statement(const Statement& statement) {
    if (statement.after_blank_line) out_ += '\n';
    std::optional<std::string> kept;
    if (kept_.statement) kept = kept_.statement(statement, margin_);
    for (const std::string& comment : statement.comments.before) {
      const bool is_in_text = kept && kept->find(comment) != std::string::npos;
      if (!is_in_text) line(comment);
    }
    if (kept)
      line(*kept);
    else
      std::visit([&](const auto& node) { write(node); }, statement.node);
    end(statement.comments);
  }

  void write(const Block& node) { block(node); }
  void write(const Assignment& node) { line(text(node.target) + " := " + text(node.value) + ";"); }

  void branches(const std::vector<Branch>& branches, std::string_view first, std::string_view others) {
    bool is_first = true;
    for (const Branch& branch : branches) {
      line(std::string(is_first ? first : others) + " " + text(branch.condition, {"THEN"}) + " THEN");
      is_first = false;
      statements(branch.statements);
    }
  }
  void otherwise(bool has_else, const Statements& otherwise) {
    if (!has_else) return;
    line("ELSE");
    statements(otherwise);
  }
  void write(const If& node) {
    branches(node.branches, "IF", "ELSIF");
    otherwise(node.has_else, node.otherwise);
    line("END IF;");
  }
  void write(const Case& node) {
    line(node.argument ? "CASE " + text(*node.argument, {"WHEN"}) : "CASE");
    indented([&] {
      branches(node.branches, "WHEN", "WHEN");
      otherwise(node.has_else, node.otherwise);
    });
    line("END CASE;");
  }

  void loop(const std::string& name, const std::string& head, const Statements& body) {
    label(name);
    line(head + "LOOP");
    statements(body);
    line("END LOOP;");
  }
  void write(const Loop& node) { loop(node.label, "", node.statements); }
  void write(const While& node) { loop(node.label, "WHILE " + text(node.condition) + " ", node.statements); }
  void write(const ForRange& node) {
    const std::string from = text(node.from);
    std::string head = "FOR " + ident(node.variable) + (node.reverse ? " IN REVERSE " : " IN ") + from;
    // Behind `1.` two more dots would be others.
    head += (from.ends_with('.') ? " .. " : "..") + text(node.to, {"BY"});
    if (node.by) head += " BY " + text(*node.by);
    loop(node.label, head + " ", node.statements);
  }
  void write(const ForRows& node) {
    std::string head = "FOR " + text(node.targets) + " IN ";
    head += text(node.rows, head.size() + 5);
    loop(node.label, head + " ", node.statements);
  }
  void write(const ForCursor& node) {
    loop(node.label, "FOR " + ident(node.variable) + " IN " + text(node.cursor) + text(node.arguments) + " ",
         node.statements);
  }
  void write(const Foreach& node) {
    std::string head = "FOREACH " + text(node.targets);
    if (node.slice != 0) head += " SLICE " + std::to_string(node.slice);
    loop(node.label, head + " IN ARRAY " + text(node.array) + " ", node.statements);
  }
  void write(const Exit& node) {
    std::string words = node.continues ? "CONTINUE" : "EXIT";
    if (!node.label.empty()) words += " " + ident(node.label);
    if (node.condition) words += " WHEN " + text(*node.condition);
    line(words + ";");
  }

  void optional(std::string words, const ast::Box<Value>& value) {
    if (value) words += " " + text(*value);
    line(words + ";");
  }
  void write(const Return& node) { optional("RETURN", node.value); }
  void write(const ReturnNext& node) { optional("RETURN NEXT", node.value); }
  void write(const ReturnQuery& node) { line("RETURN QUERY " + text(node.rows, 13) + ";"); }

  void write(const Raise& node) {
    std::string words = "RAISE";
    if (node.level != Raise::Level::unspecified) words += " " + keywords(node.level);
    if (node.has_format) {
      words += " " + quote_literal(node.format);
      if (!node.arguments.empty()) words += ", " + text(node.arguments);
    } else if (!node.condition.name.empty() || !node.condition.sqlstate.empty()) {
      words += " " + text(node.condition);
    }
    if (!node.options.empty()) {
      words += " USING " + list(node.options, [&](const Raise::Option& option) {
                 return upper(option.name) + " = " + text(option.value);
               });
    }
    line(words + ";");
  }
  void write(const Assert& node) {
    std::string words = "ASSERT " + text(node.condition);
    if (node.message) words += ", " + text(*node.message);
    line(words + ";");
  }
  void write(const GetDiagnostics& node) {
    line(
        (node.stacked ? "GET STACKED DIAGNOSTICS " : "GET DIAGNOSTICS ") +
        list(node.items,
             [&](const GetDiagnostics::Item& item) { return text(item.target) + " = " + upper(item.item); }) +
        ";");
  }
  void write(const RunSql& node) { line(text(node.sql, 1, node.into) + ";"); }
  void write(const Perform& node) { line("PERFORM " + text(node.query) + ";"); }
  void write(const Execute& node) {
    line("EXECUTE " + text(node.sql.text, {"INTO", "USING"}) + text(node.into) + parameters(node.sql) + ";");
  }

  void write(const Open& node) {
    std::string words = "OPEN " + text(node.cursor) + std::string(text(node.scroll));
    if (node.rows) words += " FOR " + text(*node.rows, words.size() + 6);
    line(words + text(node.arguments) + ";");
  }
  void write(const Fetch& node) {
    std::string words = node.moves ? "MOVE" : "FETCH";
    if (node.direction != Fetch::Direction::unspecified) words += " " + keywords(node.direction);
    if (node.count) words += " " + text(*node.count, {"FROM", "IN"});
    words += " FROM " + text(node.cursor) + text(node.into);
    line(words + ";");
  }
  void write(const Close& node) { line("CLOSE " + text(node.cursor) + ";"); }
  void write(const Null&) { line("NULL;"); }
  void write(const EndTransaction& node) {
    std::string words = node.rollback ? "ROLLBACK" : "COMMIT";
    if (node.chain == EndTransaction::Chain::chain) words += " AND CHAIN";
    if (node.chain == EndTransaction::Chain::no_chain) words += " AND NO CHAIN";
    line(words + ";");
  }

  Dialect dialect_;
  int margin_;
  const KeptText kept_;
  std::string out_;
};

template <class Write>
bool differs(Write write) {
  SqlWriter out(Dialect::cockroachdb, 0);
  write(out);
  return out.differs();
}

}  // namespace

std::string to_plpgsql(const ast::plpgsql::Body& body, Dialect dialect) {
  return BodyWriter(dialect).write(body);
}

std::string to_plpgsql(const ast::plpgsql::Statement& statement, Dialect dialect, int margin,
                       const KeptText& kept) {
  return BodyWriter(dialect, margin, kept).write_part(statement);
}
std::string to_plpgsql(const ast::plpgsql::Declaration& declaration, Dialect dialect, int margin,
                       const KeptText& kept) {
  return BodyWriter(dialect, margin, kept).write_part(declaration);
}
std::string to_plpgsql(const std::vector<Condition>& conditions, Dialect dialect) {
  return BodyWriter(dialect).write_part(conditions);
}
std::string to_plpgsql(const ast::plpgsql::Value& value, Dialect dialect, int margin,
                       std::string_view before) {
  const BodyWriter writer(dialect, margin);
  const std::string was = upper(before);
  if (ends_at(was, {"THEN"})) return writer.write_part(value, {"BY", "INTO", "LOOP", "USING"});
  return writer.write_part(value, {"BY", "INTO", "LOOP", "THEN", "USING"});
}

bool differs_in_cockroachdb(const ast::plpgsql::Value& value) {
  return differs([&](SqlWriter& out) {
    if (const auto* expr = std::get_if<ast::Expr>(&value.node)) write_expr(out, *expr);
    if (const auto* query = std::get_if<ast::Query>(&value.node)) write_query(out, *query, Layout::one_line);
  });
}
bool differs_in_cockroachdb(const ast::plpgsql::VariableType& type) {
  return type.kind == VariableType::Kind::named &&
         differs([&](SqlWriter& out) { write_type(out, type.type); });
}
bool differs_in_cockroachdb(const ast::plpgsql::StaticSql& sql) {
  return differs([&](SqlWriter& out) {
    std::visit([&](const auto& node) { write_statement(out, node); }, sql.statement);
  });
}

}  // namespace pg2crdb
