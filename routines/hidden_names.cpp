// Names that CockroachDB does not tell apart: a variable that hides another one, a variable by its block's
// label, a second name for a row of a trigger. Each gets a name of its own.
#include <algorithm>
#include <utility>

#include "ast/field_values.h"
#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"
#include "routines/renames.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

/// In all that knows a variable of the block; the values that it and those before it are declared with are
/// computed before. Whether that was done.
bool rename_behind(Block& block, size_t declared, const Renaming& renaming) {
  const auto first = static_cast<std::ptrdiff_t>(declared) + 1;
  std::vector<Declaration> behind(block.declarations.begin() + first, block.declarations.end());
  if (!renaming.is_plain(behind) || !renaming.is_plain(block.statements) ||
      !renaming.is_plain(block.handlers))
    return false;
  renaming.run(behind);
  std::ranges::move(behind, block.declarations.begin() + first);
  renaming.run(block.statements);
  renaming.run(block.handlers);
  block.declarations[declared].name = renaming.name();
  return true;
}

/// FOR over integers has a variable of its own, which must not hide another one: where nothing but such loops
/// names a variable, it goes.
void unused_variables(Conversion& conversion) {
  struct Loop {
    std::string variable;
    size_t begin = 0;
    size_t end = 0;
  };
  std::vector<Loop> loops;
  std::set<std::string> read_by_bounds;  ///< those are computed before the loop has its variable
  each_part(conversion.body, [&](Statement& statement) {
    auto* loop = std::get_if<ForRange>(&statement.node);
    if (loop == nullptr || statement.offset < 0) return;
    loops.push_back(
        {loop->variable, static_cast<size_t>(statement.offset), static_cast<size_t>(statement.end)});
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      if (ref != nullptr && ref->names == std::vector{loop->variable}) read_by_bounds.insert(loop->variable);
    };
    for (Value* bound : {&loop->from, &loop->to, loop->by ? &*loop->by : nullptr}) {
      if (bound == nullptr) continue;
      if (auto* expr = std::get_if<ast::Expr>(&bound->node))
        ast::walk(*expr, look);
      else
        read_by_bounds.insert(loop->variable);
    }
  });
  if (loops.empty()) return;
  const std::vector<transform::Token>& tokens = conversion.tokens();
  const auto is_used = [&](const Declaration& one) {
    return std::ranges::any_of(tokens, [&](const transform::Token& token) {
      if (!token.is_name() || token.name() != one.name) return false;
      if (token.begin == static_cast<size_t>(one.offset)) return false;
      return std::ranges::none_of(loops, [&](const Loop& loop) {
        return loop.variable == one.name && loop.begin <= token.begin && token.begin < loop.end;
      });
    });
  };
  each_part(conversion.body, [&](Block& block) {
    std::erase_if(block.declarations, [&](const Declaration& one) {
      const bool is_loops = std::ranges::find(loops, one.name, &Loop::variable) != loops.end();
      const auto* variable = std::get_if<VariableDeclaration>(&one.node);
      const auto* value = variable != nullptr && variable->default_value
                              ? std::get_if<ast::Expr>(&variable->default_value->node)
                              : nullptr;
      const bool computes = variable != nullptr && variable->default_value &&
                            (value == nullptr || !std::holds_alternative<ast::Literal>(value->node));
      if (!is_loops || one.offset < 0 || computes || read_by_bounds.contains(one.name) || is_used(one))
        return false;
      conversion.note("a variable that a loop hides", one.offset);
      return true;
    });
  });
}

/// `b.x` is x where nothing else is called so, or gets a name of its own.
class Labels {
 public:
  explicit Labels(Conversion& conversion) : conversion_(conversion) {}

  void run() {
    const std::set<std::string> tables = conversion_.names_in_from();
    each_part(conversion_.body, [&](Block& block) {
      if (block.label.empty() || tables.contains(block.label) || conversion_.is_declared(block.label)) return;
      for (Declaration& one : block.declarations) look(block, one);
    });
  }

  /// Where a variable of the block has another name now.
  void rename(Block& block, const std::string& from, const std::string& to) {
    if (block.label.empty() || conversion_.names_in_from().contains(block.label)) return;
    label_ = block.label;
    variable_ = from;
    now_ = to;
    rewrite_labelled(block);
  }

 private:
  void look(Block& block, Declaration& declaration) {
    label_ = block.label;
    variable_ = declaration.name;
    offset_ = -1;
    find(block);
    if (offset_ < 0 || !conversion_.is_declared(variable_)) return;
    const bool is_column = conversion_.routine.columns.contains(variable_);
    if (conversion_.type_of(variable_) == nullptr || (is_column && !is_always_labelled(block))) return;
    now_ = is_column ? conversion_.new_name(label_ + "_" + variable_) : variable_;
    rewrite(block);
    declaration.name = now_;
    if (is_column) conversion_.made_of[now_] = variable_;
    conversion_.note("a variable by its block's label", offset_);
  }

  bool is_labelled(const std::vector<std::string>& names) const {
    return names.size() > 1 && names[0] == label_ && names[1] == variable_;
  }

  void find(Block& block) {
    ast::Visitor labelled;
    labelled.expr = [&](ast::Expr& expr) {
      const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      if (ref != nullptr && is_labelled(ref->names)) offset_ = std::max(expr.offset, 0);
    };
    walk_part(block, labelled);
    each_part(block, [&](Variable& one) {
      if (is_labelled(one.names)) offset_ = std::max(one.offset, 0);
    });
    each_part(block, [&](StaticSql& one) {
      const auto* text = std::get_if<ast::Opaque>(&one.statement);
      if (text != nullptr && !places(text->text).empty()) offset_ = std::max(one.offset, 0);
    });
  }

  /// The tokens that a label begins at.
  std::vector<size_t> places(const std::string& sql) const {
    std::vector<size_t> result;
    const std::vector<transform::Token> tokens = transform::scan(sql).tokens;
    for (size_t i = 0; i + 2 < tokens.size(); ++i) {
      const bool is_label = tokens[i].is_name() && tokens[i].name() == label_ && tokens[i + 1].is(".") &&
                            tokens[i + 2].is_name() && tokens[i + 2].name() == variable_;
      if (is_label && !(i > 0 && tokens[i - 1].is("."))) result.push_back(i);
    }
    return result;
  }

  /// Where a statement names the variable by the label, the name alone is a column's there: PostgreSQL
  /// refuses one that is both.
  bool is_always_labelled(Block& block) const {
    bool always = true;
    const auto names_alone = [&](ast::Query& query) {
      bool alone = false, labelled = false;
      ast::Visitor look;
      look.expr = [&](ast::Expr& expr) {
        const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
        if (ref == nullptr) return;
        alone = alone || (ref->names.size() == 1 && ref->names[0] == variable_);
        labelled = labelled || is_labelled(ref->names);
      };
      ast::walk(query, look);
      return alone && !labelled;
    };
    each_part(block, [&](Value& value) {
      if (auto* query = std::get_if<ast::Query>(&value.node)) always = always && !names_alone(*query);
      if (auto* expr = std::get_if<ast::Expr>(&value.node)) {
        ast::Visitor look;
        look.query = [&](ast::Query& query) { always = always && !names_alone(query); };
        ast::walk(*expr, look);
      }
    });
    each_part(block, [&](StaticSql& one) {
      if (auto* select = std::get_if<ast::SelectStatement>(&one.statement))
        always = always && !names_alone(*select->query);
    });
    each_text(block, [&](ast::Opaque& text) {
      if (!places(text.text).empty()) return;
      for (const transform::Token& token : transform::scan(text.text).tokens)
        always = always && !(token.is_name() && token.name() == variable_);
    });
    return always;
  }

  void rewrite(Block& block) const {
    rewrite_labelled(block);
    each_part(block, [&](Variable& one) {
      if (one.names[0] == variable_) one.names[0] = now_;
    });
    each_part(block, [&](Value& value) {
      auto* expr = std::get_if<ast::Expr>(&value.node);
      if (expr != nullptr) rename_outside_of_queries(*expr);
    });
  }

  void rewrite_labelled(Block& block) const {
    const auto name_again = [&](std::vector<std::string>& names) {
      if (!is_labelled(names)) return;
      names.erase(names.begin());
      names[0] = now_;
    };
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      if (auto* ref = std::get_if<ast::ColumnRef>(&expr.node)) name_again(ref->names);
    };
    walk_part(block, look);
    each_part(block, [&](Variable& one) { name_again(one.names); });
    each_text(block, [&](ast::Opaque& text) {
      const std::string before = text.text;
      const std::vector<transform::Token> tokens = transform::scan(before).tokens;
      const std::vector<size_t> found = places(before);
      for (size_t i = found.size(); i-- > 0;)
        text.text.replace(tokens[found[i]].begin, tokens[found[i] + 2].end - tokens[found[i]].begin,
                          to_sql(column({now_}), Dialect::cockroachdb));
    });
  }

  /// In a query the name alone is a column's.
  void rename_outside_of_queries(ast::Expr& expr) const {
    std::set<const ast::Expr*> in_queries;
    ast::Visitor queries;
    queries.query = [&](ast::Query& query) {
      ast::Visitor inside;
      inside.expr = [&](ast::Expr& one) { in_queries.insert(&one); };
      ast::walk(query, inside);
    };
    ast::walk(expr, queries);
    ast::Visitor look;
    look.expr = [&](ast::Expr& one) {
      auto* ref = std::get_if<ast::ColumnRef>(&one.node);
      if (ref != nullptr && !ref->names.empty() && ref->names[0] == variable_ && !in_queries.contains(&one))
        ref->names[0] = now_;
    };
    ast::walk(expr, look);
  }

  Conversion& conversion_;
  std::string label_;
  std::string variable_;
  std::string now_;
  int32_t offset_ = -1;
};

class Hidden {
 public:
  explicit Hidden(Conversion& conversion) : conversion_(conversion) {}

  void run() {
    std::set<std::string> outer;
    for (const ast::FunctionParameter& one : conversion_.routine.parameters) outer.insert(one.name);
    outer.erase("");
    look(conversion_.body.block, outer);
  }

 private:
  struct Inside {
    Hidden& hidden;
    const std::set<std::string>& outer;

    template <class T>
    void operator()(T& part) const {
      if constexpr (std::is_same_v<T, Block>) {
        hidden.look(part, outer);
      } else if constexpr (std::is_same_v<T, ForRange>) {
        hidden.look(part, outer);
      } else if constexpr (!std::is_same_v<T, Value> && !std::is_same_v<T, StaticSql>) {
        ast::for_each_child(part, *this);
      }
    }
  };

  /// Inner ones first: what is left of a name in a block is the block's own.
  void look(Block& block, const std::set<std::string>& outer) {
    std::set<std::string> inner = outer;
    for (const Declaration& one : block.declarations) inner.insert(one.name);
    const Inside inside{*this, inner};
    inside(block.statements);
    for (Handler& handler : block.handlers) inside(handler.statements);
    for (size_t i = 0; i < block.declarations.size(); ++i) {
      if (outer.contains(block.declarations[i].name)) rename(block, i);
    }
  }

  void rename(Block& block, size_t declared) {
    const std::string name = block.declarations[declared].name;
    const Renaming renaming(conversion_, name, conversion_.new_name(name));
    if (!rename_behind(block, declared, renaming)) return;
    Labels(conversion_).rename(block, name, renaming.name());
    conversion_.note("a variable `" + name + "` that hides another one", block.declarations[declared].offset);
  }

  void look(ForRange& loop, const std::set<std::string>& outer) {
    std::set<std::string> inner = outer;
    inner.insert(loop.variable);
    Inside{*this, inner}(loop.statements);
    if (!outer.contains(loop.variable)) return;
    const Renaming renaming(conversion_, loop.variable, conversion_.new_name(loop.variable));
    if (!renaming.is_plain(loop.statements)) return;
    renaming.run(loop.statements);
    conversion_.note("a variable `" + loop.variable + "` that hides another one", loop.from.offset);
    loop.variable = renaming.name();
  }

  Conversion& conversion_;
};

/// `r ALIAS FOR NEW` is NEW.
void row_aliases(Conversion& conversion) {
  each_part(conversion.body, [&](Block& block) {
    for (size_t i = 0; i < block.declarations.size(); ++i) {
      const auto* alias = std::get_if<AliasDeclaration>(&block.declarations[i].node);
      const bool is_row = alias != nullptr && alias->of.names.size() == 1 &&
                          (alias->of.names[0] == "new" || alias->of.names[0] == "old");
      if (!is_row) continue;
      const int32_t offset = block.declarations[i].offset;
      const Renaming renaming(conversion, block.declarations[i].name, alias->of.names[0]);
      if (!rename_behind(block, i, renaming)) continue;
      block.declarations.erase(block.declarations.begin() + static_cast<std::ptrdiff_t>(i--));
      conversion.note("ALIAS FOR", offset);
    }
  });
}

/// CockroachDB's scanner takes `error` for a mistake of its own, wherever it is read.
void read_errors(Conversion& conversion) {
  const std::string word = "error";
  if (conversion.routine.target.has(Capability::plpgsql_error_name)) return;
  bool is_read = false;
  ast::Visitor look;
  look.expr = [&](ast::Expr& expr) {
    const auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
    is_read = is_read || (ref != nullptr && !ref->names.empty() && ref->names[0] == word);
  };
  ast::walk(conversion.body, look);
  Block& block = conversion.body.block;
  const auto declared = std::ranges::find(block.declarations, word, &Declaration::name);
  if (!is_read || conversion.type_of(word) == nullptr || declared == block.declarations.end()) return;
  const auto place = static_cast<size_t>(declared - block.declarations.begin());
  const Renaming renaming(conversion, word, conversion.new_name(word));
  if (rename_behind(block, place, renaming))
    conversion.note("a variable called `error`", block.declarations[place].offset);
}

}  // namespace

void convert_hidden_names(Conversion& conversion) {
  if (!conversion.body.options.empty()) return;
  unused_variables(conversion);
  Hidden(conversion).run();
  conversion.read_declarations();
  Labels(conversion).run();
  if (!conversion.routine.target.has(Capability::plpgsql_alias)) row_aliases(conversion);
  conversion.read_declarations();
  read_errors(conversion);
  conversion.read_declarations();
}

}  // namespace pg2crdb::routines
