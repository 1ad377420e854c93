// `$1`, and other names for a parameter: CockroachDB knows it by its name alone. One without a name gets one.
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

class Numbered {
 public:
  explicit Numbered(Conversion& conversion) : conversion_(conversion) {}

  void run() {
    aliases();
    ast::Visitor look;
    look.expr = [&](ast::Expr& expr) {
      const auto* parameter = std::get_if<ast::Parameter>(&expr.node);
      const std::string name = parameter == nullptr ? "" : name_of(static_cast<size_t>(parameter->number));
      if (name.empty()) return;
      note(static_cast<size_t>(parameter->number), expr.offset);
      expr.node = ast::ColumnRef{{name}};
    };
    ast::walk(conversion_.body, look);
    each_part(conversion_.body, [&](Variable& one) {
      const size_t number = ast::parameter_number(one.names[0]);
      const std::string name = name_of(number);
      if (name.empty()) return;
      note(number, one.offset);
      one.names[0] = name;
    });
    each_part(conversion_.body, [&](StaticSql& one) {
      if (auto* text = std::get_if<ast::Opaque>(&one.statement)) rewrite(*text, one.offset);
    });
  }

 private:
  void note(size_t number, int32_t offset) {
    conversion_.note("$" + std::to_string(number) + " for a parameter", offset);
  }

  /// What it can be called wherever it is read: no column has that name. Empty where there is none.
  std::string name_of(size_t number) {
    if (number == 0 || number > conversion_.routine.parameters.size()) return {};
    std::string& name = names_[number];
    if (!name.empty()) return name;
    const std::string& own = conversion_.routine.parameters[number - 1].name;
    if (own.empty()) {
      name = conversion_.new_name("parameter" + std::to_string(number));
      conversion_.parameter_names.emplace(number - 1, name);
    } else if (conversion_.type_of(own) != nullptr && !conversion_.routine.columns.contains(own)) {
      name = own;
    }
    return name;
  }

  void rewrite(ast::Opaque& sql, int32_t offset) {
    const std::string before = sql.text;
    const std::vector<transform::Token> tokens = transform::scan(before).tokens;
    for (size_t i = tokens.size(); i-- > 0;) {
      const size_t number = ast::parameter_number(tokens[i].text);
      const std::string name = name_of(number);
      if (name.empty()) continue;
      note(number, offset);
      sql.text.replace(tokens[i].begin, tokens[i].end - tokens[i].begin,
                       to_sql(column({name}), Dialect::cockroachdb));
    }
  }

  /// `a ALIAS FOR $1` is a variable with its value, where the parameter has no other name in the body.
  void aliases() {
    each_part(conversion_.body, [&](Declaration& one) {
      const auto* alias = std::get_if<AliasDeclaration>(&one.node);
      if (alias == nullptr || alias->of.names.size() != 1) return;
      const size_t number = number_in_order(alias->of.names[0]);
      if (number == 0 || is_used_otherwise(number, one)) return;
      const ast::FunctionParameter& parameter = conversion_.routine.parameters[number - 1];
      const bool is_polymorphic = parameter.type.name.name.starts_with("any");  // as no variable is
      const bool is_input = is_argument(parameter) && parameter.mode != ast::FunctionParameter::Mode::inout;
      std::string name = parameter.name.empty() ? name_of(number) : parameter.name;
      if (!is_input || is_polymorphic || name == one.name) return;
      conversion_.note("ALIAS FOR", one.offset);
      VariableDeclaration variable;
      variable.type = named(parameter.type);
      variable.default_value = value_of(column({std::move(name)}));
      one.node = std::move(variable);
    });
    conversion_.read_declarations();
  }

  size_t number_in_order(const std::string& name) const {
    const auto& parameters = conversion_.routine.parameters;
    if (const size_t number = ast::parameter_number(name)) return number <= parameters.size() ? number : 0;
    const auto found = std::ranges::find(parameters, name, &ast::FunctionParameter::name);
    return found == parameters.end() ? 0 : static_cast<size_t>(found - parameters.begin()) + 1;
  }

  bool is_used_otherwise(size_t number, const Declaration& alias) const {
    const std::string& name = conversion_.routine.parameters[number - 1].name;
    const std::string numbered = "$" + std::to_string(number);
    return std::ranges::any_of(conversion_.tokens(), [&](const transform::Token& token) {
      const auto place = static_cast<int64_t>(token.begin);
      const bool in_alias = alias.offset <= place && place < alias.end;
      return !in_alias &&
             (token.text == numbered || (token.is_name() && !name.empty() && token.name() == name));
    });
  }

  Conversion& conversion_;
  std::map<size_t, std::string> names_;  ///< by the numbers
};

}  // namespace

void convert_parameters(Conversion& conversion) {
  if (!conversion.routine.target.has(Capability::plpgsql_alias)) Numbered(conversion).run();
}

}  // namespace pg2crdb::routines
