// `f.x` for the parameter x of the function f, as PostgreSQL tells it from a column: CockroachDB has no
// labels in names. It becomes a variable with a name of its own.
#include <algorithm>
#include <map>
#include <utility>

#include "ast/signature.h"
#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/sql_tokens.h"
#include "routines/conversion.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

class Labelled {
 public:
  explicit Labelled(Conversion& conversion) : conversion_(conversion) {
    for (const ast::FunctionParameter& one : conversion.routine.parameters) {
      const bool is_polymorphic = one.type.name.name.starts_with("any");  // as no variable is
      if (is_argument(one) && one.mode != ast::FunctionParameter::Mode::inout && !one.name.empty() &&
          !is_polymorphic)
        parameters_.emplace(one.name, &one);
    }
    // What is set is no longer what was given; what is declared again is another one.
    each_part(conversion.body, [&](Assignment& one) { parameters_.erase(one.target.names[0]); });
    each_part(conversion.body, [&](Into& into) {
      for (const Variable& one : into.targets) parameters_.erase(one.names[0]);
    });
    each_part(conversion.body, [&](GetDiagnostics& get) {
      for (const GetDiagnostics::Item& one : get.items) parameters_.erase(one.target.names[0]);
    });
    each_part(conversion.body, [&](StaticSql& one) {
      const auto* text = std::get_if<ast::Opaque>(&one.statement);
      if (text == nullptr || text->kind != "CALL") return;  // which may set what it is given
      for (const transform::Token& token : transform::scan(text->text).tokens) {
        if (token.is_name()) parameters_.erase(token.name());
      }
    });
    each_part(conversion.body, [&](ForRows& loop) {
      for (const Variable& one : loop.targets) parameters_.erase(one.names[0]);
    });
    each_part(conversion.body, [&](Foreach& loop) {
      for (const Variable& one : loop.targets) parameters_.erase(one.names[0]);
    });
  }

  void run() {
    if (conversion_.routine.name.empty() || parameters_.empty() ||
        conversion_.names_in_from().contains(conversion_.routine.name))
      return;
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      auto* ref = std::get_if<ast::ColumnRef>(&expr.node);
      if (ref == nullptr || ref->names.size() < 2 || ref->names[0] != conversion_.routine.name ||
          !parameters_.contains(ref->names[1]))
        return;
      ref->names.erase(ref->names.begin());
      ref->names[0] = variable(ref->names[0], expr.offset);
    };
    ast::walk(conversion_.body, look);
    each_part(conversion_.body, [&](StaticSql& one) {
      if (auto* text = std::get_if<ast::Opaque>(&one.statement)) rewrite(*text, one.offset);
    });
    declare();
  }

 private:
  /// Where the name of the routine stands for a table, too, nothing is a parameter.
  void rewrite(ast::Opaque& sql, int32_t offset) {
    const std::string before = sql.text;
    const std::vector<transform::Token> tokens = transform::scan(before).tokens;
    for (size_t i = tokens.size(); i-- > 0;) {
      const bool is_label = tokens[i].is_name() && tokens[i].name() == conversion_.routine.name &&
                            (i == 0 || !tokens[i - 1].is("."));
      const bool has_name = i + 2 < tokens.size() && tokens[i + 1].is(".") && tokens[i + 2].is_name() &&
                            (i + 3 == tokens.size() || !tokens[i + 3].is("("));
      if (!is_label || !has_name || !parameters_.contains(tokens[i + 2].name())) continue;
      const std::string& name = variable(tokens[i + 2].name(), offset);
      sql.text.replace(tokens[i].begin, tokens[i + 2].end - tokens[i].begin,
                       to_sql(column({name}), Dialect::cockroachdb));
    }
  }

  const std::string& variable(const std::string& parameter, int32_t offset) {
    std::string& name = variables_[parameter];
    if (name.empty()) {
      name = conversion_.new_name(parameter + "_given");
      conversion_.note("a parameter by the routine's name", offset);
    }
    return name;
  }

  /// In front of all, which may be declared with a value of them.
  void declare() {
    std::vector<Declaration>& declarations = conversion_.body.block.declarations;
    for (const auto& [parameter, name] : variables_) {
      conversion_.declare(name, parameters_.at(parameter)->type, value_of(column({parameter})));
      std::rotate(declarations.begin(), declarations.end() - 1, declarations.end());
    }
  }

  Conversion& conversion_;
  std::map<std::string, const ast::FunctionParameter*> parameters_;
  std::map<std::string, std::string> variables_;
};

}  // namespace

void convert_labels(Conversion& conversion) {
  Labelled(conversion).run();
}

}  // namespace pg2crdb::routines
